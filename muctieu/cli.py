"""`muctieu`: the command line. Each group of commands registers itself on the application below."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from muctieu.commands import backfilling, extracting, operating, portals, quality, running, scraping, superset, warehousing

app = typer.Typer(
    name="muctieu",
    help="Kho dữ liệu giám sát các chương trình mục tiêu quốc gia: mọi con số đều dẫn về câu văn và trang gốc.",
    epilog="Ví dụ: `muctieu run --demo` · `muctieu status` · `muctieu query 'from bi.progress'` · `muctieu explain bai.txt`",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
for group in (running, scraping, backfilling, portals, extracting, warehousing, superset, quality, operating):
    group.register(app)


def main() -> None:
    """Entry point: expected errors are one red line and exit status 2, everything else keeps its traceback."""
    from muctieu import logs
    from muctieu.errors import expected_errors

    logs.configure()
    try:
        app()
    except expected_errors() as error:
        Console(stderr=True, highlight=False).print(f"[red]Lỗi:[/red] {error}", markup=True)
        sys.exit(2)

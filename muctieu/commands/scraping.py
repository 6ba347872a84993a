"""`muctieu scrape`, `import-html`, `import-text`: pages and texts into the lake."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from muctieu.errors import UserError
from muctieu.settings import read_settings

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    app.command()(scrape)
    app.command(name="import-html")(import_html)
    app.command(name="import-text")(import_text)


def scrape(
    portal: Annotated[list[str] | None, typer.Argument(help="Mã cổng; trống là mọi cổng đang hoạt động")] = None,
    since: Annotated[str | None, typer.Option(help="Chỉ bài đăng từ ngày này, YYYY-MM-DD")] = None,
    until: Annotated[str | None, typer.Option(help="Chỉ bài đăng đến hết ngày này, YYYY-MM-DD")] = None,
    limit: Annotated[int | None, typer.Option(help="Số bài mới tối đa mỗi cổng")] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Tải lại cả những bài đã biết, để tìm bài sửa đổi")] = False,
) -> None:
    """Thu thập bài mới của một hay nhiều cổng vào hồ dữ liệu, không qua Airflow.

    Ví dụ: muctieu scrape sonla-city --since 2024-01-01 --limit 50
    """
    from muctieu.lake import Lake
    from muctieu.tasks import _day
    from scrapers.archive import PortalBusyError
    from scrapers.registry import load_portals
    from scrapers.run import ScrapeOptions, scrape_portal

    settings = read_settings()
    known = load_portals(settings.portals)
    if unknown := sorted(set(portal or []) - set(known)):
        raise UserError(
            f"không có cổng {', '.join(unknown)} trong {', '.join(map(str, settings.portals))}; các cổng: {', '.join(sorted(known))}"
        )
    if kept := sorted(p for p in portal or [] if known[p].archive_only):
        raise UserError(f"{', '.join(kept)} chỉ còn bản lưu, không thu thập được; dùng import-html hoặc import-warc cho các trang đã lưu")
    options = ScrapeOptions(
        since=_day(since),
        until=_day(until),
        limit=limit,
        refresh=refresh,
        user_agent=settings.user_agent,
        allow_private_hosts=settings.allow_private_hosts,
    )
    table = Table("Cổng", "Kết quả", "Trang đã tải", "Bài mới", "Bản sửa", "Giữ lại", "Ghi chú")
    failed = False
    for portal_id in portal or sorted(p.id for p in known.values() if not p.archive_only):
        try:
            with _watching(known[portal_id].name) as watch:
                run = scrape_portal(known[portal_id], Lake(settings.lake), options, now=lambda: datetime.now(UTC), on_progress=watch)
        except PortalBusyError as error:  # the others go on
            failed = True
            table.add_row(portal_id, "busy", "", "", "", "", str(error))
            continue
        failed |= run.outcome in ("broken", "blocked", "unreachable")
        table.add_row(portal_id, run.outcome, *map(str, (run.fetched, run.new_articles, run.new_versions, run.rejected)), run.message)
    console.print(table)
    raise typer.Exit(1 if failed else 0)


@contextmanager
def _watching(name: str) -> Iterator[Callable[[Any], None]]:
    """A bar that follows a run: listing pages while nobody knows how many articles there are, then articles."""
    words = {"recovering": "đọc lại lượt bị ngắt", "listing": "danh sách", "article": "bài", "writing": "ghi"}
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console, transient=True) as progress:
        task = progress.add_task(name, total=None)

        def watch(event: Any) -> None:
            progress.update(task, description=f"{name}: {words[event.stage]}", completed=event.done, total=event.total)

        yield watch


def import_html(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Thư mục chứa các trang đã lưu")],
    portal: Annotated[str, typer.Option(help="Mã cổng mà các trang này thuộc về")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ phân tích, không ghi")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Mỗi trang một đối tượng JSON trên đầu ra chuẩn")] = False,
) -> None:
    """Đọc các trang HTML đã lưu của một cổng.

    Ví dụ: muctieu import-html trang-da-luu/ --portal sotttt-hanoi --dry-run --jsonl
    """
    from muctieu.lake import Lake
    from scrapers import imports
    from scrapers.registry import load_portals

    settings = read_settings()
    known = load_portals(settings.portals)
    if portal not in known:
        raise UserError(f"không có cổng {portal!r}; các cổng: {', '.join(sorted(known))}")
    lake = None if dry_run else Lake(settings.lake)
    table = Table("Tệp", "Loại", "Ngày đăng", "Tiêu đề", "Độ dài")
    try:
        pages = list(imports.import_html(folder, known[portal], lake=lake))
    except (FileNotFoundError, ValueError) as error:  # an empty folder, a manifest that cannot be read
        raise UserError(str(error)) from error
    for page in pages:
        row: dict[str, Any] = page.as_json()
        if jsonl:
            print(json.dumps(row, ensure_ascii=False))
        else:
            table.add_row(row["file"], row["outcome"], row["published"] or "", (row["title"] or "")[:70], str(len(row["body_text"] or "")))
    if not jsonl:
        console.print(table)


def import_text(
    file: Annotated[
        typer.FileText, typer.Argument(help="JSON mỗi dòng: doc, published, portal_area, title, text; '-' là đầu vào chuẩn")
    ] = sys.stdin,  # type: ignore[assignment]
) -> None:
    """Đưa văn bản thuần vào hồ dữ liệu như các bài viết.

    Ví dụ: muctieu import-text bai.jsonl && muctieu build && muctieu query "select * from marts.fct_target"
    """
    from muctieu.lake import Lake
    from scrapers import imports

    result = imports.import_text(file, Lake(read_settings().lake), now=lambda: datetime.now(UTC))
    console.print(f"{result.new_articles} bài mới, {result.known} bài đã có, {result.rejected} dòng bị từ chối")
    for problem in result.problems:
        console.print(f"[yellow]{problem}[/yellow]")
    raise typer.Exit(1 if result.problems else 0)

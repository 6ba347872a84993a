"""`muctieu extract`, `explain`: what a text says, and why we think so."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from muctieu.errors import UserError

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    app.command()(extract)


def extract(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON mỗi dòng từ đầu vào chuẩn, JSON mỗi dòng ra đầu ra chuẩn")] = False,
) -> None:
    """Trích xuất số liệu từ văn bản, không cần kho dữ liệu.

    Vào: {"doc","published","portal_area","title","text"} mỗi dòng. Ra: {"doc","claims","documents","milestones"}.

    Ví dụ: muctieu extract --jsonl < bai.jsonl > so-lieu.jsonl
    """
    from extraction.jsonl import extract_lines

    if not jsonl:
        raise UserError("lệnh extract đọc và ghi JSON mỗi dòng: thêm --jsonl; để xem một bài, dùng `muctieu explain`")
    for line in extract_lines(sys.stdin):
        sys.stdout.write(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False))
        sys.stdout.write("\n")


def _read(source: str) -> str:
    path = Path(source)
    return path.read_text(encoding="utf-8") if path.is_file() else source

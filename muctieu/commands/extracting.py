"""`muctieu extract`, `explain`: what a text says, and why we think so."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from muctieu.errors import UserError
from muctieu.settings import TIMEZONE, Settings, read_settings

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    app.command()(extract)
    app.command()(explain)


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
    try:
        for line in extract_lines(sys.stdin):
            sys.stdout.write(line + "\n")
    except ValueError as error:
        raise UserError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Explained:
    """An article to explain, and the one claim that was asked for, if any."""

    title: str
    text: str
    published: date | None
    portal_area: str | None
    only: tuple[int, int] | None = None


def explain(
    source: Annotated[str, typer.Argument(help="Tệp văn bản, địa chỉ bài viết, mã số liệu (claim_id), hoặc chính đoạn văn")],
    published: Annotated[str | None, typer.Option(help="Ngày đăng, YYYY-MM-DD")] = None,
    area: Annotated[str | None, typer.Option(help='Địa bàn của cổng, ví dụ "Huyện Bình Liêu, Tỉnh Quảng Ninh"')] = None,
    html: Annotated[Path | None, typer.Option(help="Ghi trang HTML vào tệp này")] = None,
) -> None:
    """Cho thấy từng số liệu trong câu của nó, từng trường và vì sao.

    Ví dụ: muctieu explain bai.txt --published 2024-01-10 --area "Tỉnh Sơn La" --html giai-thich.html
    """
    from extraction.engine import extract as extract_claims
    from extraction.explain import explain as explain_claims
    from extraction.explain import page

    article = _find(source, date.fromisoformat(published) if published else None, area, read_settings())
    found = extract_claims(article.text, article.published, article.portal_area, article.title)
    explained = explain_claims(article.text, found)
    if article.only:
        explained = [e for e in explained if (e.claim.start, e.claim.end) == article.only]
    if html:
        html.write_text(page(article.title, explained, found), encoding="utf-8")
        console.print(f"{len(explained)} số liệu: [bold]{html}[/bold]")
        return
    for e in explained:
        console.print(_panel(e))
    for u in [] if article.only else found.unexplained:
        console.print(Text.assemble(("? ", "yellow"), (u.text, "bold"), f" — {u.reason}: {u.sentence}"))
    if not explained:
        console.print("Không có số liệu nào về mục tiêu hay kết quả của các chương trình.")


def _panel(e: object) -> Panel:
    from rich.console import Group

    from extraction.explain import ExplainedClaim

    assert isinstance(e, ExplainedClaim)
    colour = "green" if e.claim.kind == "target" else "blue"
    sentence = Text.assemble(e.before, (e.evidence, f"bold reverse {colour}"), e.after)
    table = Table("Trường", "Giá trị", "Vì sao", "Từ chữ", "Luật", box=None, header_style="dim")
    for f in e.fields:
        rule = f.says if f.says == f.rule else f"{f.says} [{f.rule}]"
        table.add_row(f.name, f.value, f.source, Text(f"“{f.words}”" if f.words else "", style="italic"), Text(rule, style="dim"))
    return Panel(Group(sentence, "", table), title=f"{e.headline} · {e.claim.confidence:.0%}", title_align="left", border_style=colour)


def _find(source: str, published: date | None, area: str | None, settings: Settings) -> _Explained:
    """The article that `source` names: a file, a URL or claim id of the warehouse, or the text itself."""
    is_claim = re.fullmatch(r"[0-9a-f]{24}", source) is not None
    if is_claim or re.match(r"https?://", source):
        return _from_warehouse(source, is_claim, settings)
    path = Path(source)
    text = path.read_text(encoding="utf-8") if len(source) < 1000 and path.is_file() else source
    if len(text) < 300 and re.fullmatch(r"\S+\.\w{2,4}", text):
        raise UserError(f"không có tệp {source}")
    return _Explained(text.strip().split("\n", 1)[0], text, published, area)


def _from_warehouse(source: str, is_claim: bool, settings: Settings) -> _Explained:
    from warehouse.engine import exists, reading

    if not exists(settings.warehouse):
        raise UserError(f"chưa có kho dữ liệu ở {settings.warehouse} để tìm {source}; chạy `make run` trước")
    with reading(settings.warehouse) as connection:
        row = connection.execute(
            "select a.title, a.title || chr(10) || a.body_text, a.published_at, a.portal_area, c.char_start, c.char_end "
            "from raw.article as a left join raw.claim as c on c.version_id = a.version_id and c.claim_id = $source "
            "where c.claim_id is not null or (not $is_claim and $source in (a.url, a.canonical_url)) "
            "order by a.fetched_at desc limit 1",
            {"source": source, "is_claim": is_claim},
        ).fetchone()
    if row is None:
        raise UserError(f"không tìm thấy {'số liệu' if is_claim else 'bài viết'} {source} trong {settings.warehouse}")
    day = row[2].astimezone(TIMEZONE).date() if row[2] else None
    return _Explained(row[0], row[1], day, row[3], (row[4], row[5]) if is_claim else None)

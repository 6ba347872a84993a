"""`muctieu portal ...` and `import-warc`: portal files, what is read of them, and their archives."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress
from rich.table import Table

from muctieu.errors import UserError
from muctieu.settings import REPOSITORY, TIMEZONE, read_settings

if TYPE_CHECKING:
    from scrapers.onboarding import Look
    from scrapers.registry import Portal

console = Console(highlight=False)
group = typer.Typer(help="Các cổng: danh sách, kiểm tra, thêm mới, đọc lại kho lưu trữ.", no_args_is_help=True)

PortalId = Annotated[str, typer.Argument(help="Mã cổng, như trong scrapers/portals/")]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="portal")
    app.command(name="import-warc")(import_warc)


def _portal(portal_id: str) -> Portal:
    from scrapers.registry import load_portals

    known = load_portals(read_settings().portals)
    if portal_id not in known:
        near = difflib.get_close_matches(portal_id, known, n=3)
        hint = f"; có phải {', '.join(near)}?" if near else f"; các cổng: {', '.join(sorted(known))}"
        raise UserError(f"không có cổng {portal_id!r}{hint}")
    return known[portal_id]


def _now() -> datetime:
    return datetime.now(UTC)


def _visiting() -> dict[str, Any]:
    settings = read_settings()
    return {"user_agent": settings.user_agent, "allow_private_hosts": settings.allow_private_hosts, "now": _now}


_REVIEW = "Tiếp theo: pytest tests/scrapers/test_portal_pages.py viết bản đọc mẫu và báo lỗi một lần; xem lại rồi đặt reviewed: true."


@group.command(name="list")
def list_portals() -> None:
    """Mọi cổng đã khai báo, cùng hệ quản trị nội dung, tình trạng kiểm chứng và địa bàn hôm nay."""
    from scrapers.registry import load_portals

    table = Table("Mã", "Tên", "Nền tảng", "Tình trạng", "Chuyên mục", "Địa bàn hiện nay")
    words = {"verified": "đã kiểm chứng", "unverified": "chưa kiểm chứng", "archive_only": "chỉ lưu trữ", "demo": "minh họa"}
    today = _now().astimezone(TIMEZONE).date()
    for portal in sorted(load_portals(read_settings().portals).values(), key=lambda p: p.id):
        table.add_row(portal.id, portal.name, portal.platform, words[portal.status], str(len(portal.listings)), portal.area_on(today))
    console.print(table)


@group.command()
def check(
    portal_id: PortalId,
    articles: Annotated[int, typer.Option(help="Số bài lấy về để xem")] = 3,
    save: Annotated[bool, typer.Option("--save", help="Ghi các trang này làm trang mẫu trong tests/scrapers/portals/")] = False,
) -> None:
    """Tải một trang danh sách và vài bài, rồi cho xem cạnh nhau: trang viết gì và bộ phân tích đọc được gì. Chỉ ghi khi có --save.

    Ví dụ: muctieu portal check binhlieu --articles 5 · muctieu portal check binhlieu --save
    """
    from scrapers.onboarding import OnboardingError, look, visit_portal, write_samples

    portal = _portal(portal_id)
    try:
        with console.status(f"{portal.name}…"):
            samples = visit_portal(portal, articles=articles, **_visiting())
    except OnboardingError as error:
        raise UserError(str(error)) from error
    looks = [look(sample, portal) for sample in samples]
    for seen, sample in zip(looks, samples, strict=True):
        console.print(_side_by_side(seen, sample.page.decode()))
    if save:
        for file in write_samples(samples, REPOSITORY / "tests" / "scrapers" / "portals" / portal.id):
            console.print(f"đã viết {file}")
        console.print(_REVIEW)
    failed = sum(seen.fault is not None for seen in looks)
    console.print(f"{len(looks) - failed} trang đọc được, {failed} trang không")
    raise typer.Exit(1 if failed else 0)


def _side_by_side(seen: Look, markup: str) -> Panel:
    from bs4 import BeautifulSoup

    raw = " ".join(BeautifulSoup(markup, "lxml").get_text(" ").split())
    table = Table("Trang viết", "Đọc được", expand=True, show_lines=True)
    if seen.listing is not None:
        links = "\n".join(f"{link.published_raw or '—'}  {link.title or '(không tên)'}" for link in seen.listing.links[:12])
        following = f"{seen.listing.next_page.method} {seen.listing.next_page.url}" if seen.listing.next_page else "không có"
        table.add_row(textwrap.shorten(raw, 900), f"{len(seen.listing.links)} liên kết\n{links}\n\nTrang sau: {following}")
    elif seen.reading is not None and (article := seen.reading.article) is not None:
        published = article.published_at.astimezone(TIMEZONE).strftime("%d/%m/%Y %H:%M") if article.published_at else "—"
        fields = f"{article.title}\n\n{published} ({article.published_basis}: {article.published_raw})\nTác giả: {article.author or '—'}"
        body = f"{article.body_text[:400]}\n…\n{article.body_text[-300:]}" if len(article.body_text) > 800 else article.body_text
        table.add_row(textwrap.shorten(raw, 1500), f"{fields}\n{len(article.body_text)} ký tự\n\n{body}")
    else:
        table.add_row(textwrap.shorten(raw, 600), f"[red]{seen.fault}[/red]")
    return Panel(table, title=f"{seen.name} · {seen.url}", border_style="red" if seen.fault else "green")


@group.command()
def replay(
    portal_id: PortalId,
    write: Annotated[bool, typer.Option("--write", help="Ghi những bản khác vào hồ dữ liệu; mặc định chỉ cho xem")] = False,
    workers: Annotated[int, typer.Option(help="Số tiến trình đọc song song")] = 1,
    show: Annotated[int, typer.Option(help="Số thay đổi in ra")] = 20,
) -> None:
    """Đọc lại kho lưu trữ của một cổng bằng bộ phân tích hiện nay và cho biết điều gì khác đi.

    Ví dụ: muctieu portal replay binhlieu · muctieu portal replay binhlieu --write --workers 4
    """
    from muctieu.lake import Lake
    from scrapers.replay import replay_portal

    portal = _portal(portal_id)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{portal.id}: tệp WARC", total=None)
        result = replay_portal(
            portal,
            Lake(read_settings().lake),
            now=_now,
            write=write,
            workers=workers,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if not result.pages:
        raise UserError(f"cổng {portal.id} chưa có trang nào trong kho lưu trữ của {read_settings().lake}; chạy muctieu scrape trước")
    table = Table("Thay đổi", "Địa chỉ", "Trường", "Trước", "Sau")
    words = {"gained": "[green]đọc thêm được[/green]", "lost": "[red]không đọc được nữa[/red]", "changed": "[yellow]khác[/yellow]"}
    for change in result.changes[:show]:
        table.add_row(words[change.kind], change.canonical_url, ", ".join(change.fields), change.before or "", change.after or "")
    if result.changes:
        console.print(table)
    console.print(
        f"{result.pages} trang: {result.same} bài như cũ, {result.count('gained')} đọc thêm được, {result.count('changed')} khác, "
        f"{result.count('lost')} không đọc được nữa; đã ghi {result.written} bản"
    )
    for rule, count in sorted(result.rules.items(), key=lambda pair: -pair[1]):
        console.print(f"  {count} trang không thành bài: {rule}")
    raise typer.Exit(1 if result.count("lost") else 0)


@group.command()
def suggest(portal_id: PortalId) -> None:
    """Đề xuất các ngưỡng sức khỏe (`normal:`) từ những lượt chạy tốt đã qua; chép vào tệp cổng sau khi xem xét.

    Ví dụ: muctieu portal suggest binhlieu
    """
    from muctieu.lake import Lake
    from scrapers.bounds import TooLittleError, suggest

    try:
        result = suggest(_portal(portal_id), Lake(read_settings().lake))
    except TooLittleError as error:
        raise UserError(str(error)) from error
    console.print(f"# từ {result.runs} lượt chạy tốt với {result.articles} bài")
    console.print(result.as_yaml(), markup=False)


@group.command()
def new(
    url: Annotated[str, typer.Argument(help="Địa chỉ một trang danh sách tin của cổng")],
    id: Annotated[str, typer.Option(help="Mã cổng: chữ thường, số, gạch nối; không bao giờ là tên miền")],
    name: Annotated[str, typer.Option(help="Tên cổng")],
    area: Annotated[str, typer.Option(help='Địa bàn, ví dụ "Huyện Bình Liêu, Tỉnh Quảng Ninh"')],
    maintainer: Annotated[str, typer.Option(help='Người nhận cảnh báo, "Tên <hộp thư>"')],
    connect_to: Annotated[str | None, typer.Option(help="địa-chỉ:cổng để kết nối thay cho DNS")] = None,
) -> None:
    """Nhận diện một cổng mới: tải một danh sách và ba bài, chọn nền tảng đọc được, viết tệp YAML và các trang mẫu để kiểm chứng.

    Ví dụ: muctieu portal new https://vidu.gov.vn/tin-tuc --id vi-du --name "Cổng Ví Dụ" --area "Tỉnh Ví Dụ" --maintainer "An <an@vidu.vn>"
    """
    from scrapers.onboarding import OnboardingError, probe, write_portal

    person, _, mailbox = maintainer.partition("<")
    try:
        with console.status(url):
            found = probe(
                url,
                portal_id=id,
                name=name,
                area=area,
                maintainer=(person.strip(), mailbox.rstrip("> ")),
                connect_to=connect_to,
                **_visiting(),
            )
        files = write_portal(found, read_settings().portals[0], REPOSITORY / "tests" / "scrapers" / "portals")
    except (OnboardingError, ValueError) as error:
        raise UserError(str(error)) from error
    table = Table("Nền tảng", "Liên kết", "Có trang sau", "Bài đọc trọn")
    for score in found.scores[:5]:
        table.add_row(score.platform, str(score.links), "có" if score.next_page else "", f"{score.articles}/{score.samples}")
    console.print(table)
    for note in found.notes:
        console.print(f"[yellow]{note}[/yellow]")
    for file in files:
        console.print(f"đã viết {file}")
    console.print(_REVIEW)
    raise typer.Exit(0 if found.best.articles else 1)


def import_warc(
    files: Annotated[list[Path], typer.Argument(exists=True, help="Tệp .warc hoặc .warc.gz của công cụ khác, hoặc thư mục có các tệp ấy")],
    portal: Annotated[str, typer.Option(help="Mã cổng mà các trang thuộc về")],
    workers: Annotated[int, typer.Option(min=1, help="Số tiến trình đọc song song; kết quả không phụ thuộc số này")] = 1,
) -> None:
    """Nạp kho WARC do công cụ khác tạo (wget, Heritrix, trình duyệt) mà không chạm vào cổng. Bị ngắt thì chạy lại cùng lệnh.

    Ví dụ: muctieu import-warc thu-thap-2019.warc.gz --portal binhlieu · muctieu import-warc kho-luu/ --portal binhlieu --workers 4
    """
    from muctieu.lake import Lake
    from scrapers.archive import ArchiveError
    from scrapers.imports import import_warc as take
    from scrapers.imports import warc_files

    status = console.status("…")
    told: Callable[[int], None] = lambda pages: status.update(f"{pages} trang")  # noqa: E731
    target = _portal(portal)
    try:
        with status:
            result = take(warc_files(files), target, Lake(read_settings().lake), workers=workers, now=_now, on_progress=told)
    except (ArchiveError, FileNotFoundError) as error:
        raise UserError(str(error)) from error
    console.print(
        f"{result.files} tệp: {result.responses} trang của cổng, {result.skipped} bản ghi bỏ qua; "
        f"{result.new_articles} bài mới, {result.new_versions} bản sửa, {result.rejected} trang giữ lại"
    )
    for problem in result.unreadable:
        console.print(f"[yellow]{problem}[/yellow]")
    if not result.responses and not result.unreadable:
        hosts = ", ".join(host.host for host in target.hosts)
        named = ", ".join(str(file) for file in files)
        raise UserError(f"{named}: không có trang nào của cổng {portal} ({hosts}); xem lại --portal, hoặc khai thêm tên miền trong YAML")
    raise typer.Exit(1 if result.unreadable else 0)

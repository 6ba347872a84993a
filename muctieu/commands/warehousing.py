"""`muctieu build`, `publish`, `rollback`, `status`, `query`, `docs`, `site`: the warehouse."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from muctieu.errors import UserError
from muctieu.settings import TIMEZONE, read_settings

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    app.command()(build)
    app.command()(publish)
    app.command()(rollback)
    app.command()(status)
    app.command()(query)
    app.command()(docs)
    app.command()(site)
    app.command()(maintain)


def build(full_refresh: Annotated[bool, typer.Option("--full-refresh", help="Dựng lại mọi bảng")] = False) -> None:
    """Trích xuất bài mới, nạp, biến đổi và kiểm định; không công bố.

    Ví dụ: muctieu import-text bai.jsonl && muctieu build && muctieu publish
    """
    from muctieu import tasks

    build_id = f"manual-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    batches = tasks.plan_extraction()
    for batch in batches:
        with console.status(f"Trích xuất {len(batch)} tệp bài viết…"):
            found = tasks.extract(batch)
        console.print(f"Trích xuất: {found['articles']} bài, {found['claims']} số liệu, {found['errors']} lỗi")
    with console.status("Nạp vào kho…"):
        console.print(f"Nạp: {sum(tasks.load(build_id)['rows'].values())} dòng mới")
    audits = [_audit("raw", build_id)]
    with console.status("Biến đổi (dbt)…"):
        console.print(f"dbt: {tasks.transform(build_id, full_refresh=full_refresh)['summary']}")
    audits.append(_audit("marts", build_id))
    blocking = [check for a in audits for check in a["blocking"]]  # type: ignore[attr-defined]
    if blocking:
        raise UserError(f"kiểm định không cho phép công bố: {', '.join(blocking)}")


def _audit(layer: str, build_id: str) -> dict[str, object]:
    from muctieu import tasks

    with console.status(f"Kiểm định {layer}…"):
        result = tasks.audit(layer, build_id)
    console.print(f"Kiểm định {layer}: {result['passed']} đạt, {result['failed']} không đạt, {result['quarantined']} dòng bị giữ lại")
    return result


def publish() -> None:
    """Kiểm định lại rồi công bố kho dữ liệu hiện tại và viết báo cáo HTML."""
    from muctieu import tasks

    build_id = f"manual-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    audits = [_audit("raw", build_id), _audit("marts", build_id)]
    tasks.publish(build_id, audits)
    tasks.report()
    settings = read_settings()
    made = (settings.current, settings.serve, settings.reports / "index.html", settings.reports / "site" / "index.html")
    console.print("Đã công bố " + ", ".join(f"[bold]{path}[/bold]" for path in made))


def rollback(
    to: Annotated[str | None, typer.Option(help="Bản có tên chứa chuỗi này, ví dụ 20260115; trống là bản ngay trước bản hiện tại")] = None,
    show: Annotated[bool, typer.Option("--list", help="Chỉ liệt kê các bản còn giữ")] = False,
) -> None:
    """Trả tên công bố về một bản cũ (bảy bản gần nhất được giữ) và viết lại báo cáo HTML theo bản đó.

    Lần công bố sau lại thay bản này; hãy sửa nguyên nhân trước. Ví dụ: muctieu rollback · muctieu rollback --to 20260115
    """
    from muctieu import tasks
    from warehouse.publish import PublishError, current_release, releases
    from warehouse.publish import rollback as give_back

    settings = read_settings()
    if not show:
        try:
            chosen = give_back(settings, to)
        except PublishError as error:
            raise UserError(str(error)) from error
        tasks.report()
        console.print(f"[bold]{settings.current}[/bold] và [bold]{settings.serve}[/bold] nay là bản {chosen.name}")
    current = current_release(settings)
    for path in releases(settings):
        console.print(f"{'→' if path == current else ' '} {path.name} [dim]{path.stat().st_size / 1e6:.1f} MB[/dim]")


def site(show: Annotated[bool, typer.Option("--open", help="Mở trang đầu trong trình duyệt")] = False) -> None:
    """Dựng lại các trang tra cứu (bản đồ, tỉnh, chỉ tiêu, bằng chứng) từ kho đã công bố; mỗi lần công bố đều tự dựng.

    Ví dụ: muctieu site --open
    """
    from muctieu import tasks

    settings = read_settings()
    if not settings.current.exists():
        raise UserError(f"chưa có gì được công bố ở {settings.current}; chạy `make run` hoặc `muctieu publish` trước")
    made = tasks.site()
    console.print(f"[bold]{made.index}[/bold]: {made.pages} trang, {made.bytes / 1e6:.1f} MB")
    if show:
        typer.launch(made.index.as_uri())


def maintain() -> None:
    """Dọn kho: gộp tệp nhỏ, bỏ ảnh chụp cũ, xóa tệp không ai đọc nữa (DuckLake); ghi nhật ký vào tệp (DuckDB).

    Ví dụ: muctieu maintain
    """
    from muctieu import tasks

    done = tasks.maintain(f"manual-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    for word, size in (("trước", done["before"]), ("sau", done["after"])):
        console.print(f"{word}: {size['files']} tệp, {size['bytes'] / 1e6:.1f} MB, {size['snapshots']} ảnh chụp")


def status() -> None:
    """Tình trạng từng cổng, lần dựng kho gần nhất và các cảnh báo đang mở."""
    from warehouse.engine import exists, reading

    settings = read_settings()
    if not exists(settings.warehouse):
        raise UserError(f"chưa có kho dữ liệu ở {settings.warehouse}; chạy `make run` trước")
    with reading(settings.warehouse) as connection:
        for title, sql in _STATUS.items():
            _print(title, connection.execute(sql))


_STATUS = {
    "Cổng": """
        select
            portal_id as "Cổng", outcome as "Lần cuối", started_at as "Lúc", new_articles as "Bài mới", rejected as "Giữ lại",
            message as "Ghi chú"
        from raw.run qualify row_number() over (partition by portal_id order by started_at desc) = 1 order by portal_id
    """,
    "Các bước của lần dựng gần nhất": """
        select
            step as "Bước", outcome as "Kết quả", started_at as "Bắt đầu", round(epoch(ended_at - started_at), 1) as "Giây",
            message as "Ghi chú"
        from ops.run where build_id = (select arg_max(build_id, started_at) from ops.run) order by started_at
    """,
    "Cảnh báo đang mở": """
        select
            severity as "Mức", title_vi as "Vấn đề", occurrences as "Số lần", first_seen_at as "Từ", evidence as "Bằng chứng"
        from ops.alert where status <> 'resolved' order by first_seen_at
    """,
}


def query(
    sql: Annotated[str, typer.Argument(help="Câu lệnh SQL trên tệp đã công bố")],
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một đối tượng JSON")] = False,
    limit: Annotated[int, typer.Option(help="Số dòng tối đa trên màn hình")] = 100,
    to: Annotated[Path | None, typer.Option(help="Ghi mọi dòng vào tệp CSV này; Excel và LibreOffice mở được ngay")] = None,
) -> None:
    """Hỏi kho dữ liệu đã công bố (chỉ đọc).

    Ví dụ: muctieu query "select * from bi.progress where area_name like '%Sơn La%'" · muctieu query "from bi.conflict" --to mau-thuan.csv
    """
    from warehouse.query import QueryError
    from warehouse.query import query as read_query

    settings = read_settings()
    if not settings.current.exists():
        raise UserError(f"chưa công bố gì ở {settings.current}; chạy `make run` hoặc `muctieu publish` trước")
    try:
        result = read_query(settings, sql, limit=None if to else limit)
    except QueryError as error:
        raise UserError(str(error)) from error
    if to:
        _write_csv(to, result.columns, result.rows)
        console.print(f"[bold]{to}[/bold]: {len(result.rows)} dòng")
        return
    if as_json:
        for row in result.rows:
            print(json.dumps(dict(zip(result.columns, row, strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(*result.columns)
    for row in result.rows:
        table.add_row(*(_shown(v) for v in row))
    console.print(table)
    if result.truncated:
        console.print(f"[dim]chỉ hiện {limit} dòng đầu; dùng --limit để xem thêm[/dim]")


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """UTF-8 with a byte order mark: without it Excel reads Vietnamese as gibberish."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def docs(
    site: Annotated[bool, typer.Option("--site", help="Dựng cả trang tài liệu của dbt (một tệp HTML); cần một kho đã dựng")] = False,
) -> None:
    """Viết lại từ điển dữ liệu và sơ đồ nguồn gốc (docs/dictionary.md, docs/lineage.md) từ các mô hình dbt.

    Ví dụ: muctieu docs · muctieu docs --site
    """
    from warehouse.docs import DICTIONARY, LINEAGE, build_site, read_manifest, write_pages

    settings = read_settings()
    changed = write_pages(read_manifest(settings))
    for path in (DICTIONARY, LINEAGE):
        console.print(f"[bold]{path}[/bold] {'đã viết lại' if path in changed else 'vẫn đúng'}")
    if site:
        console.print(f"Tài liệu dbt: [bold]{build_site(settings)}[/bold]")


def _print(title: str, result: object) -> None:
    names = [d[0] for d in result.description]  # type: ignore[attr-defined]
    table = Table(*names, title=title, title_justify="left")
    for row in result.fetchall():  # type: ignore[attr-defined]
        table.add_row(*(_shown(v) for v in row))
    console.print(table)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(TIMEZONE):%d/%m/%Y %H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # 118 communes and not 118.0
    return "" if value is None else str(value)

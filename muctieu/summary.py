"""What a run did, as tables on the terminal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from muctieu.settings import Settings
from warehouse.engine import exists, reading

_PORTALS = """
with latest as (
    select portal_id, outcome, message, fetched, new_articles, new_versions, rejected
    from raw.run where started_at >= $began
    qualify row_number() over (partition by portal_id order by started_at desc) = 1
),
claims as (
    select
        portal_id,
        count(*) as claims,
        count(*) filter (where kind = 'target') as targets,
        count(*) filter (where kind = 'achievement') as achievements
    from intermediate.int_claim group by portal_id
),
articles as (select portal_id, count(distinct article_id) as articles from raw.article group by portal_id),
held as (
    select portal_id, count(*) as held from ops.quarantine where decision is null group by portal_id
),
rejected as (select portal_id, count(*) as held from raw.rejected group by portal_id),
alerts as (select subject as portal_id, count(*) as alerts from ops.alert where status <> 'resolved' group by subject)
select
    p.portal_id, latest.outcome, coalesce(latest.fetched, 0), coalesce(latest.new_articles, 0) + coalesce(latest.new_versions, 0),
    coalesce(articles.articles, 0), coalesce(claims.claims, 0), coalesce(claims.targets, 0), coalesce(claims.achievements, 0),
    coalesce(held.held, 0) + coalesce(rejected.held, 0), coalesce(alerts.alerts, 0)
from (select portal_id from articles union select portal_id from latest) as p
left join latest using (portal_id) left join claims using (portal_id) left join articles using (portal_id)
left join held using (portal_id) left join rejected using (portal_id) left join alerts using (portal_id)
order by p.portal_id
"""

_EXAMPLES = """
select
    area_name as "Địa phương", year_number as "Năm", indicator_vi as "Chỉ tiêu", target_value as "Mục tiêu", actual_value as "Thực hiện",
    unit_vi as "Đơn vị", status_vi as "Tình trạng", target_sentence as "Câu nêu mục tiêu", actual_sentence as "Câu nêu kết quả",
    actual_url as "Trang gốc"
from bi.progress
where target_sentence is not null and actual_sentence is not null and attainment_pct is not null and target_url <> actual_url
qualify row_number() over (
    partition by province_name order by is_met is not null and status_code not in ('in_progress') desc, year_number desc, indicator_code
) = 1
order by year_number desc, area_name limit 3
"""


# short enough for the table to fit a terminal of 80 columns
_HEADINGS = ("Cổng", "Kết quả", "Tải", "Mới", "Bài", "Số liệu", "Mục tiêu", "Đạt được", "Giữ lại", "Cảnh báo")


def show_summary(settings: Settings, events: list[dict[str, Any]], began: datetime, console: Console) -> bool:
    """Print what happened; True when nothing failed."""
    failed = [e for e in events if e["state"] == "failed"]
    if exists(settings.warehouse):
        with reading(settings.warehouse) as connection:
            _portal_table(connection, began, console)
            _check_line(connection, began, console)
            _alert_lines(connection, console)
    _build_line(events, console)
    if settings.current.exists():
        _examples(settings.current, console)
        console.print(f"Tệp DuckDB đã công bố: [bold]{settings.current}[/bold]")
    if (report := settings.reports / "index.html").exists():
        console.print(f"Báo cáo HTML: [bold]{report}[/bold]")
    for event in failed:
        steps = ", ".join(event["failed"]) or event.get("error", "")
        console.print(Panel(f"[red]{event['dag']}[/red] hỏng ở: {steps}\nNhật ký: {event.get('log')}", title="Có bước không thành công"))
    return not failed


def _portal_table(connection: duckdb.DuckDBPyConnection, began: datetime, console: Console) -> None:
    table = Table(title="Kết quả theo cổng", title_justify="left")
    for heading in _HEADINGS:
        words = heading in _HEADINGS[:2]
        table.add_column(heading, justify="left" if words else "right", no_wrap=words)
    try:
        rows = connection.execute(_PORTALS, {"began": began}).fetchall()
    except duckdb.CatalogException:  # nothing was ever built: there is no staging yet
        return
    for row in rows:
        table.add_row(*("" if v is None else str(v) for v in row))
    console.print(table)


def _check_line(connection: duckdb.DuckDBPyConnection, began: datetime, console: Console) -> None:
    row = connection.execute(
        "select count(*) filter (where success), count(*) filter (where not success), count(distinct build_id) "
        "from ops.check_result where checked_at >= ?",
        [began],
    ).fetchone()
    dbt = connection.execute(
        "select count(*) filter (where status in ('pass', 'success')), count(*) filter (where status in ('fail', 'error')) "
        "from ops.build where finished_at >= ?",
        [began],
    ).fetchone()
    if row and row[2]:
        console.print(f"Kiểm định: [green]{row[0]} đạt[/green], [{'red' if row[1] else 'green'}]{row[1]} không đạt[/]")
    if dbt and dbt[0]:
        console.print(f"dbt: [green]{dbt[0]} mô hình và phép thử đạt[/green], [{'red' if dbt[1] else 'green'}]{dbt[1]} không đạt[/]")


def _alert_lines(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    rows = connection.execute(
        "select severity, title_vi, coalesce(evidence, '') from ops.alert where status <> 'resolved' "
        "order by case severity when 'error' then 1 when 'warning' then 2 else 3 end, last_seen_at desc limit 10"
    ).fetchall()
    for severity, title, evidence in rows:
        colour = {"error": "red", "warning": "yellow"}.get(severity, "blue")
        console.print(f"[{colour}]● {title}[/{colour}] [dim]{evidence[:160]}[/dim]", highlight=False)


def _build_line(events: list[dict[str, Any]], console: Console) -> None:
    build = next((e for e in events if e["dag"] == "build_warehouse"), None)
    if build and build["state"] == "success" and "publish" in build.get("skipped", []):
        console.print("[bold]Không có gì mới:[/bold] kho dữ liệu đã công bố vẫn là bản mới nhất.")


def _examples(current: Path, console: Console) -> None:
    with duckdb.connect(str(current), read_only=True) as connection:
        result = connection.execute(_EXAMPLES)
        names = [d[0] for d in result.description or []]
        for row in result.fetchall():
            shown = dict(zip(names, row, strict=True))
            lines = (
                f"[dim]{k}[/dim] {int(v) if isinstance(v, float) and v.is_integer() else v}" for k, v in shown.items() if v is not None
            )
            console.print(Panel("\n".join(lines), title="fct_progress"))

"""The status page: how each portal is doing, which alerts are open, what each suite of checks found, build after build.

Written at the end of every build, also of one that failed, from the writer's warehouse: what was published is in the report beside it.
One file without scripts: it opens from a folder, in an e-mail's attachment and on a phone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment
from markupsafe import Markup

from muctieu.settings import TIMEZONE
from warehouse.report import Row, report_environment

WEEKS = 26  # of articles in the small charts
BUILDS = 20  # of each suite's past

STATES = {
    "healthy": ("bình thường", "healthy"),
    "degraded": ("giảm chất lượng", "degraded"),
    "silent": ("im lặng", "silent"),
    "broken": ("không đọc được", "broken"),
    "blocked": ("bị chặn", "blocked"),
    "unreachable": ("không kết nối được", "unreachable"),
    "unknown": ("chưa rõ", "unknown"),
}
SEVERITIES = {"error": ("lỗi", "error"), "warning": ("cảnh báo", "warning"), "info": ("ghi nhận", "info")}
STEPS = {
    "load": "Nạp vào kho",
    "audit_raw": "Kiểm định dữ liệu gốc",
    "transform": "Biến đổi (dbt)",
    "audit_marts": "Kiểm định kho",
    "publish": "Công bố",
    "digest": "Tổng hợp cảnh báo",
}
OUTCOMES = {"ok": "xong", "failed": "hỏng", "refused": "từ chối", "skipped": "bỏ qua"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of a portal's articles, in the units of the chart (130 x 36)."""

    x: float
    y: float
    height: float
    label: str


def write_status(connection: duckdb.DuckDBPyConnection, path: Path, now: datetime, names: Mapping[str, str] | None = None) -> Path:
    """Write the page to `path`, whole or not at all. `names`: portal id -> its name, for those of the registry."""
    page = _environment().get_template("status.html.j2").render(**content(connection, now, names or {}, path.parent))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path


def content(connection: duckdb.DuckDBPyConnection, now: datetime, names: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Everything that the template shows."""
    alerts = _rows(connection, _ALERTS)
    portals = _rows(connection, _PORTALS)
    weeks = _weeks(connection, now)
    for portal in portals:
        portal["name"] = names.get(portal["portal_id"], portal["portal_id"])
        portal["bars"] = bars(weeks.get(portal["portal_id"], {}), now.astimezone(TIMEZONE).date())
        portal["articles_shown"] = sum(weeks.get(portal["portal_id"], {}).values())
        portal["alerts"] = [a for a in alerts if a["subject"] == portal["portal_id"]]
    (summary,) = _rows(connection, _SUMMARY)
    return {
        "now": now,
        "summary": summary,
        "counts": {severity: sum(a["severity"] == severity for a in alerts) for severity in SEVERITIES},
        "portals": sorted(portals, key=lambda p: (p["status"] == "healthy", p["name"])),
        "alerts": alerts,
        "anchors": {p["portal_id"] for p in portals},
        "suites": _suites(connection),
        "steps": _rows(connection, _STEPS),
        "data_docs": [(layer, vi) for layer, vi in (("raw", "dữ liệu gốc"), ("marts", "kho")) if (folder / "data_docs" / layer).is_dir()],
        "has_report": (folder / "index.html").is_file(),
        "states": STATES,
        "severities": SEVERITIES,
        "step_names": STEPS,
        "outcomes": OUTCOMES,
        "weeks": WEEKS,
        "builds": BUILDS,
    }


def bars(articles: Mapping[int, int], today: date) -> list[Bar]:
    """Bars of the last WEEKS weeks; `articles`: weeks ago -> count. The newest is on the right; an empty week keeps its place."""
    tallest = max(articles.values(), default=0) or 1
    made = []
    for place in range(WEEKS):
        ago = WEEKS - 1 - place
        count = articles.get(ago, 0)
        height = round(34 * count / tallest, 1) if count else 1.0
        first, last = today - timedelta(days=7 * ago + 6), today - timedelta(days=7 * ago)
        made.append(Bar(place * 5.0, 36 - height, height, f"{first:%d/%m}–{last:%d/%m/%Y}: {count} bài"))
    return made


def _weeks(connection: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for portal, week, count in connection.execute(_WEEKS, {"now": now, "weeks": WEEKS}).fetchall():
        found.setdefault(portal, {})[week] = count
    return found


def _suites(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Each suite with its newest results and how it went before."""
    past: dict[str, list[Row]] = {}
    for row in _rows(connection, _PAST, [BUILDS]):
        past.setdefault(row["suite"], []).append(row)
    newest = _rows(connection, _CHECKS)
    suites = []
    seen: set[str] = set()
    for name in dict.fromkeys(row["suite"] for row in newest):
        checks = [row for row in newest if row["suite"] == name]
        table = checks[0]["table_name"]
        suites.append(
            {
                "suite": name,
                "layer": checks[0]["layer"],
                "table": table,
                "anchor": None if table in seen else table,  # alerts about a table lead to its first suite
                "owner": checks[0]["owner"],
                "checked_at": max(c["checked_at"] for c in checks),
                "passed": sum(c["success"] for c in checks),
                "failed": sum(not c["success"] for c in checks),
                "failures": [c for c in checks if not c["success"]],
                "past": list(reversed(past.get(name, []))),
            }
        )
        seen.add(table)
    return suites


def sentence(text: str | None) -> Markup:
    """Words with `code` between backquotes set as code; everything else escaped."""
    parts = (text or "").split("`")
    if len(parts) % 2 == 0:  # an odd backquote is a backquote
        return Markup.escape(text or "")
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else Markup.escape(p) for i, p in enumerate(parts))


def _environment() -> Environment:
    environment = report_environment()
    environment.filters["sentence"] = sentence
    return environment


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    cursor = connection.execute(sql, list(parameters))
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


_SUMMARY = """
select
    (select max(ended_at) from ops.run where step = 'publish' and outcome = 'ok') as published_at,
    (select arg_max(outcome, started_at) from ops.run where step = 'publish') as last_publish,
    (select max(started_at) from ops.run) as last_step_at,
    (select count(*) from ops.quarantine where decision is null) as held
"""

_PORTALS = """
with health as (
    select * from ops.source_health qualify row_number() over (partition by portal_id order by measured_at desc) = 1
)
select portal_id, status, last_run_at, last_success_at, last_article_at, articles_7d, expected_per_week, fetch_success_rate,
    claims_per_article, message_vi, message_en, measured_at
from health order by portal_id
"""

_WEEKS = """
with latest as (select article_id, portal_id, max(published_at) as published_at from raw.article group by all)
select portal_id,
    date_diff(
        'day', cast(timezone('Asia/Ho_Chi_Minh', published_at) as date), cast(timezone('Asia/Ho_Chi_Minh', $now) as date)
    ) // 7 as week,
    count(*)
from latest where published_at <= $now group by portal_id, week having week between 0 and $weeks - 1
"""

_ALERTS = """
select severity, status, kind, subject, owner, title_vi, title_en, body_vi, body_en, cause_vi, evidence, url, occurrences,
    first_seen_at, last_seen_at, acknowledged_by
from ops.alert where status <> 'resolved'
order by case severity when 'error' then 0 when 'warning' then 1 else 2 end, last_seen_at desc, fingerprint
"""

_CHECKS = """
with newest as (select layer, arg_max(build_id, checked_at) as build_id from ops.check_result group by layer)
select suite, layer, table_name, owner, check_key, severity, success, observed, message_vi, message_en, checked_at
from ops.check_result join newest using (layer, build_id)
order by layer = 'marts', suite, check_key
"""

_PAST = """
select suite, build_id, max(checked_at) as checked_at,
    count(*) filter (where not success) as failed, count(*) as checks,
    bool_or(not success and severity = 'error') as has_error, bool_or(not success and severity = 'warning') as has_warning
from ops.check_result group by suite, build_id
qualify row_number() over (partition by suite order by max(checked_at) desc) <= ?
order by suite, checked_at desc
"""

_STEPS = """
select step, outcome, started_at, round(epoch(ended_at - started_at), 1) as seconds, message
from ops.run where build_id = (select arg_max(build_id, started_at) from ops.run where step in ('load', 'publish', 'transform'))
order by started_at, ended_at
"""

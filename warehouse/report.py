"""The report that a person opens: targets against results over time, alerts, portals, checks, and the sentence behind each number.

One HTML file and plotly.js beside it; no network. Everything that comes from a page is escaped, and a link is only made of http(s).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from muctieu.settings import TIMEZONE
from warehouse.query import open_published

TEMPLATES = Path(__file__).resolve().parent / "templates"
PROVINCES = 8
CHARTS_A_PROVINCE = 3
ROWS = 200  # of the progress table; the rest is in the published file
RECENT = 30

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a chart: where it stands, what it says, and the claim that it rests on."""

    day: str  # ISO
    value: float
    label: str  # as people read it
    claim_id: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """One indicator of one area. Results are cut where the standard changed: no line joins two yardsticks."""

    anchor: str
    title: str
    title_en: str
    area: str
    unit: str
    segments: list[tuple[str, list[Point]]]  # standard, results
    targets: list[Point]
    rows: list[Row]  # of bi.progress


@dataclass(frozen=True, slots=True)
class Province:
    name: str
    charts: list[Chart] = field(default_factory=list)


def write_report(published: Path, folder: Path) -> Path:
    """Write index.html and plotly.min.js from a published file; returns the path of index.html. The page appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_published(published) as connection:
        page = report_environment().get_template("report.html.j2").render(**_content(connection))
    _copy_plotly(folder)
    index = folder / "index.html"
    temporary = folder / f".index.{os.getpid()}.html"
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(index)
    return index


def _content(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Everything that the template shows."""
    provinces = _provinces(connection)
    progress = _rows(connection, _PROGRESS, [ROWS])
    conflicts = _rows(connection, _CONFLICTS, [RECENT])
    statements = _rows(connection, _STATEMENTS, [RECENT])
    (totals,) = _rows(connection, _TOTALS)
    used = _claims_of([row for province in provinces for chart in province.charts for row in chart.rows], progress, conflicts, statements)
    used |= {p.claim_id for pr in provinces for c in pr.charts for _, seg in c.segments for p in seg if p.claim_id}
    return {
        "totals": totals,
        "provinces": provinces,
        "charts": {chart.anchor: _figure(chart) for province in provinces for chart in province.charts},
        "progress": progress,
        "conflicts": conflicts,
        "statements": statements,
        "alerts": _rows(connection, _ALERTS, [RECENT]),
        "portals": _rows(connection, _PORTALS),
        "checks": _rows(connection, _CHECKS),
        "evidence": _evidence(connection, used),
        "statuses": _rows(connection, _STATUSES),
    }


def _provinces(connection: duckdb.DuckDBPyConnection) -> list[Province]:
    """Provinces with the most goals that met a result, each with the charts that have the most years."""
    found: dict[str, list[Chart]] = {}
    for number, line in enumerate(_rows(connection, _LINES)):
        charts = found.setdefault(line["province"], [])
        if len(charts) < CHARTS_A_PROVINCE:
            charts.append(_chart(connection, f"chart-{number}", line))
    ranked = sorted(found.items(), key=lambda item: (-sum(len(chart.rows) for chart in item[1]), item[0]))
    return [Province(name, charts) for name, charts in ranked[:PROVINCES]]


def _chart(connection: duckdb.DuckDBPyConnection, anchor: str, line: Row) -> Chart:
    key = [line["series_key"], line["comparison"]]
    rows = _rows(connection, _LINE_PROGRESS, key)
    results = _rows(connection, _LINE_RESULTS, key)
    targets = {
        row["target_claim_id"]: Point(
            row["target_as_of"].isoformat(),
            row["target_value"],
            f"{number_vi(row['target_value'])} {row['unit_vi']}",
            row["target_claim_id"],
        )
        for row in rows
        if row["target_value"] is not None
    }
    segments: list[tuple[str, list[Point]]] = []
    for row in results:
        if not segments or segments[-1][0] != row["standard_vi"]:
            segments.append((row["standard_vi"], []))
        segments[-1][1].append(
            Point(row["as_of"].isoformat(), row["value"], f"{number_vi(row['value'])} {line['unit_vi']}", row["claim_id"])
        )
    return Chart(
        anchor, line["indicator_vi"], line["indicator_en"], line["area_name"], line["unit_vi"], segments, list(targets.values()), rows
    )


def _figure(chart: Chart) -> dict[str, Any]:
    """Traces of a chart for plotly.js; colours are set in the page, which knows whether it is dark."""
    traces: list[dict[str, Any]] = [
        {
            "role": "result",
            "type": "scatter",
            "mode": "lines+markers",
            "name": "Kết quả" if len(chart.segments) == 1 else f"Kết quả – {_short(standard)}",
            "x": [p.day for p in points],
            "y": [p.value for p in points],
            "customdata": [[p.label, p.claim_id] for p in points],
            "hovertemplate": "%{x|%d/%m/%Y}: %{customdata[0]}<extra>Kết quả</extra>",
            "segment": number,
        }
        for number, (standard, points) in enumerate(chart.segments)
    ]
    traces.append(
        {
            "role": "target",
            "type": "scatter",
            "mode": "markers",
            "name": "Mục tiêu",
            "x": [p.day for p in chart.targets],
            "y": [p.value for p in chart.targets],
            "customdata": [[p.label, p.claim_id] for p in chart.targets],
            "hovertemplate": "%{x|%d/%m/%Y}: %{customdata[0]}<extra>Mục tiêu</extra>",
        }
    )
    days = [date.fromisoformat(p.day) for p in [*chart.targets, *(p for _, points in chart.segments for p in points)]]
    # half a year on either side: a lone figure needs an axis to stand on
    span = [min(days) - timedelta(days=182), max(days) + timedelta(days=182)]
    return {
        "traces": traces,
        "unit": chart.unit,
        "range": [day.isoformat() for day in span],
        "years": (span[1] - span[0]).days / 365,
    }


def _claims_of(*groups: Iterable[Row]) -> set[str]:
    """Every claim that a row of the page leads to."""
    columns = ("target_claim_id", "actual_claim_id", "baseline_claim_id", "low_claim_id", "high_claim_id", "claim_id")
    found = {row[c] for group in groups for row in group for c in columns if row.get(c)}
    return found | {claim for group in groups for row in group for claim in row.get("claim_ids") or []}


def _evidence(connection: duckdb.DuckDBPyConnection, claims: set[str]) -> list[Row]:
    """The sentences behind the page, with the words that hold the figure marked."""
    rows = _rows(connection, _EVIDENCE, [sorted(claims)])
    for row in rows:
        row["marked"] = marked(row["sentence"], row["evidence"])
    return rows


def marked(sentence: str, evidence: str) -> Markup:
    """The sentence, escaped, with the evidence inside <mark>."""
    before, found, after = sentence.partition(evidence)
    if not found:
        return escape(sentence)
    return escape(before) + Markup("<mark>") + escape(found) + Markup("</mark>") + escape(after)


def safe_url(url: str | None) -> str:
    """The address when a browser may follow it, else nothing: a page can name javascript: as its canonical address."""
    return url if url and url.lower().startswith(("http://", "https://")) else ""


def number_vi(value: float | None) -> str:
    """12.345,6 as Vietnamese writes it; at most two decimals; a dash for nothing."""
    if value is None:
        return "–"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def day_vi(value: Any) -> str:
    """14/07/2020, with the time of Vietnam when there is one."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        local = value.astimezone(TIMEZONE) if value.tzinfo else value
        return f"{local:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}"


def _short(standard: str) -> str:
    return standard if len(standard) <= 40 else standard[:39] + "…"


def report_environment() -> Environment:
    """Templates of this folder with the filters that pages share: `number`, `day`, `safe_url`."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = number_vi
    environment.filters["day"] = day_vi
    environment.filters["safe_url"] = safe_url
    return environment


def _copy_plotly(folder: Path) -> None:
    """4.8 MB, copied only when it changed."""
    import plotly

    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    there = folder / "plotly.min.js"
    if not there.is_file() or there.stat().st_size != source.stat().st_size:
        temporary = folder / f".plotly.{os.getpid()}.js"
        shutil.copyfile(source, temporary)
        temporary.replace(there)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    cursor = connection.execute(sql, list(parameters))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_TOTALS = """
select
    (select published_at from ops.release) as published_at,
    (select max(published_on) from marts.dim_article) as newest_on,
    (select count(*) from marts.dim_portal where article_count > 0) as portals,
    (select count(*) from marts.dim_article where is_latest) as articles,
    (select count(*) from marts.fct_target) as targets,
    (select count(*) from marts.fct_achievement) as achievements,
    (select count(*) from marts.fct_milestone) as milestones,
    (select count(*) from marts.fct_conflict) as conflicts,
    (select count(*) from ops.alert where status <> 'resolved') as alerts
"""

_STATUSES = """
select status_code, any_value(status_vi) as status_vi, any_value(status_en) as status_en, count(*) as n
from marts.fct_progress where is_headline group by status_code order by n desc, status_code
"""

# series in which a goal met a result, those with the most years first
_LINES = """
select
    p.series_key, p.comparison, any_value(p.area_name) as area_name,
    any_value(i.name_vi) as indicator_vi, any_value(i.name_en) as indicator_en,
    any_value(case p.comparison when 'level_count' then i.unit_name_vi when 'change_count' then i.unit_name_vi
        when 'change_share' then 'điểm phần trăm' else '%' end) as unit_vi,
    coalesce(any_value(a.province_name), any_value(p.area_name)) as province,
    count(*) filter (where p.target_value is not null and p.actual_value is not null) as pairs
from marts.fct_progress as p
join marts.dim_indicator as i using (indicator_key)
join marts.dim_area as a using (area_key)
where p.comparison <> 'plan_share' and p.area_code <> 'unknown' and a.area_level in ('province', 'district', 'commune')
group by p.series_key, p.comparison
having pairs > 0
order by pairs desc, count(*) desc, min(p.indicator_code), p.series_key, p.comparison
"""

_LINE_PROGRESS = """
select
    p.year_number, p.target_value, p.actual_value, p.baseline_value, p.attainment_pct, p.status_code, p.status_vi,
    p.target_as_of, p.actual_as_of,
    p.target_origin, p.target_claim_id, p.actual_claim_id, p.baseline_claim_id, p.claim_ids, p.plan_by, s.name_vi as standard_vi,
    case p.comparison when 'level_count' then i.unit_name_vi when 'change_count' then i.unit_name_vi
        when 'change_share' then 'điểm phần trăm' else '%' end as unit_vi
from marts.fct_progress as p join marts.dim_standard as s using (standard_key) join marts.dim_indicator as i using (indicator_key)
where p.series_key = ? and p.comparison = ?
order by p.year_number, p.plan_by nulls first, p.progress_key
"""

# levels as they were stated, one a day; changes from the judged rows
_LINE_RESULTS = """
with line as (select ?::varchar as series_key, ?::varchar as comparison),
levels as (
    select f.as_of, arg_min(f.value, (f.authority_rank, f.achievement_key)) as value,
        arg_min(f.claim_id, (f.authority_rank, f.achievement_key)) as claim_id, s.name_vi as standard_vi
    from marts.fct_achievement as f join line using (series_key) join marts.dim_standard as s using (standard_key)
    where f.measure = 'level' and f.as_of is not null and line.comparison in ('level_count', 'level_share')
        and (f.unit_code in ('percent', 'percentage_point')) = (line.comparison = 'level_share')
    group by f.as_of, s.name_vi
),
judged as (
    select p.actual_as_of as as_of, p.actual_value as value, p.actual_claim_id as claim_id, s.name_vi as standard_vi
    from marts.fct_progress as p join line using (series_key, comparison) join marts.dim_standard as s using (standard_key)
    where p.actual_value is not null
)
select * from levels
union all
select * from judged where as_of not in (select as_of from levels)
order by as_of, claim_id
"""

_PROGRESS = """
select p.*, f.target_claim_id, f.actual_claim_id, f.baseline_claim_id
from bi.progress as p join marts.fct_progress as f using (progress_key)
where p.target_value is not null
order by p.year_number desc, p.province_name, p.area_name, p.indicator_vi, p.progress_key limit ?
"""

_CONFLICTS = """
select c.explanation_vi, c.explanation_en, b.conflict_type_vi, c.low_claim_id, c.high_claim_id, c.low_value, c.high_value
from marts.fct_conflict as c join bi.conflict as b using (conflict_key)
order by c.high_as_of desc, c.conflict_key limit ?
"""

_STATEMENTS = """
select published_on, kind_vi, kind, indicator_vi, indicator_en, area_name, as_of, value_vi, claim_id, fact_key
from bi.statement where published_on is not null order by published_on desc, fact_key limit ?
"""

_ALERTS = """
select severity, kind, subject, title_vi, title_en, body_vi, status, occurrences, first_seen_at, last_seen_at
from ops.alert order by status = 'resolved', last_seen_at desc, alert_id limit ?
"""

_PORTALS = """
with health as (
    select * from ops.source_health qualify row_number() over (partition by portal_id order by measured_at desc) = 1
)
select p.portal_id, p.portal_area_name, p.host, p.article_count, p.articles_with_claims, p.claim_count, p.target_count, p.achievement_count,
    p.last_published_on, p.last_run_at, p.last_run_outcome, health.status, health.message_vi
from bi.portal as p left join health using (portal_id) order by p.portal_id
"""

_CHECKS = """
select layer, table_name, severity, count(*) filter (where success) as passed, count(*) filter (where not success) as failed,
    string_agg(message_vi, ' · ' order by check_key) filter (where not success) as failures
from ops.check_result
where build_id = (select arg_max(build_id, checked_at) from ops.check_result)
group by layer, table_name, severity order by layer desc, table_name, severity
"""

_EVIDENCE = """
select claim_id, kind_vi, indicator_vi, area_name, as_of, evidence, sentence, title, url, published_at, portal_area_name, host
from bi.evidence where claim_id in (select unnest(?::varchar[])) order by published_at desc nulls last, url, char_start, claim_id
"""

"""Series over time as data of plotly.js traces: results against targets, cut where the standard changed. Colours are set in the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dashboards.site.text import iso

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """One series in one unit: `data` is what static/charts.js draws, the rest is said in words beside it."""

    area: str
    indicator_vi: str
    indicator_en: str
    indicator_code: str
    level: str
    points: int
    has_both: bool  # a target and a result
    breaks: tuple[Row, ...]  # standard_vi, standard_en, day: where another standard begins
    rows: tuple[Row, ...]
    data: Row


def charts_of(timeline: Iterable[Row]) -> list[Chart]:
    """Charts of the rows of queries.TIMELINE (sorted by series and unit); those with a target and a result first, then the longest."""
    charts = [_chart(list(rows)) for _, rows in groupby(timeline, key=lambda row: (row["series_key"], row["unit_code"]))]
    level = {"province": 0, "district": 1, "commune": 2}
    return sorted(charts, key=lambda c: (level.get(c.level, 3), not c.has_both, -c.points, c.area, c.indicator_vi))


def _chart(rows: list[Row]) -> Chart:
    results = [row for row in rows if row["kind"] != "target"]
    targets = [row for row in rows if row["kind"] == "target"]
    segments = [list(group) for _, group in groupby(results, key=lambda row: row["standard_code"])]
    breaks = tuple({"standard_vi": s[0]["standard_vi"], "standard_en": s[0]["standard_en"], "day": s[0]["as_of"]} for s in segments[1:])
    first = rows[0]
    data = {
        "unit": [first["unit_vi"], first["unit_en"]],
        "label": [f"{first['indicator_vi']} – {first['area_name']}", f"{first['indicator_en']} – {first['area_name']}"],
        "results": [_points(segment) for segment in segments],
        "targets": _points(targets),
        "breaks": [[iso(b["day"]), b["standard_vi"], b["standard_en"]] for b in breaks],
    }
    return Chart(
        first["area_name"],
        first["indicator_vi"],
        first["indicator_en"],
        first["indicator_code"],
        first["area_level"],
        len(rows),
        bool(results and targets),
        breaks,
        tuple(rows),
        data,
    )


def _points(rows: Sequence[Row]) -> list[list[Any]]:
    """[day, value, standard in Vietnamese, in English, version, claim] each."""
    return [[iso(row["as_of"]), row["value"], row["standard_vi"], row["standard_en"], row["version_id"], row["claim_id"]] for row in rows]

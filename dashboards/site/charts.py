"""Series over time as data of plotly.js traces: results against targets, cut where the standard changed. Colours are set in the page.

Of several figures of one day the last word carries the line; the others stand beside it, small and unjoined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dashboards.site.reading import Row
from dashboards.site.text import iso


@dataclass(frozen=True, slots=True)
class Chart:
    """One series in one unit: `data` is what static/charts.js draws, the rest is said in words beside it."""

    area: str
    indicator_vi: str
    indicator_en: str
    indicator_code: str
    unit: tuple[str, str]
    programme_code: str
    has_both: bool  # a target and a result
    breaks: tuple[Row, ...]  # standard_vi, standard_en, day: where another standard begins
    rows: tuple[Row, ...]
    data: Row


def charts_of(timeline: Iterable[Row]) -> list[Chart]:
    """Charts of the rows of queries.TIMELINE_OF (sorted by series and unit); those with a target and a result first, then the longest."""
    charts = [_chart(list(rows)) for _, rows in groupby(timeline, key=lambda row: (row["series_key"], row["unit_code"]))]
    return sorted(charts, key=lambda c: (not c.has_both, -len(c.rows), c.area, c.indicator_vi, c.indicator_code, c.unit))


def _chart(rows: list[Row]) -> Chart:
    results = [row for row in rows if row["kind"] != "target"]
    targets = [row for row in rows if row["kind"] == "target"]
    line = [row for row in results if row["is_last_word"]]
    segments = [list(group) for _, group in groupby(line, key=lambda row: row["standard_code"])]
    breaks = tuple({"standard_vi": s[0]["standard_vi"], "standard_en": s[0]["standard_en"], "day": s[0]["as_of"]} for s in segments[1:])
    first = rows[0]
    name = [first["indicator_vi"], first["indicator_en"]]
    if first["qualifier"]:
        name = [f"{each} ({first['qualifier']})" for each in name]
    standards = {row["standard_code"]: [row["standard_vi"], row["standard_en"]] for row in rows}
    places = {code: number for number, code in enumerate(standards)}
    data = {
        "unit": [first["unit_vi"], first["unit_en"]],
        "standards": list(standards.values()),
        "results": [_points(segment, places) for segment in segments],
        "targets": _points([row for row in targets if row["is_last_word"]], places),
        "others": _points([row for row in rows if not row["is_last_word"]], places),
        "breaks": [[iso(b["day"]), b["standard_vi"], b["standard_en"]] for b in breaks],
    }
    unit = (first["unit_vi"], first["unit_en"])
    programme = first["programme_code"]
    both = bool(results and targets)
    return Chart(first["area_name"], name[0], name[1], first["indicator_code"], unit, programme, both, breaks, tuple(rows), data)


def _points(rows: Sequence[Row], standards: dict[str, int]) -> list[list[Any]]:
    """[day, value, number of the standard, evidence, sources, confidence] each."""
    return [[iso(r["as_of"]), r["value"], standards[r["standard_code"]], r["evidence"], r["sources"], r["confidence"]] for r in rows]

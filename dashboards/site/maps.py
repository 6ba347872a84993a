"""The map: outlines and tiles of both days, and the figures that can be shown on them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from dashboards.site.places import Province
from dashboards.site.reading import Row, rows
from dashboards.site.text import iso
from dashboards.site.tiles import read_tiles

OUTLINES = Path(__file__).resolve().parent / "outlines" / "provinces.json"
ISLANDS = {"Hoàng Sa": "48", "Trường Sa": "56"}  # the archipelagos and the codes of the provinces that they belong to

# the newest level of each province as a whole, an indicator, unit and standard: a map that mixes standards would compare what cannot be
_VALUES = """
select * from site_latest
where area_level = 'province' and qualifier is null and then_page is not null
qualify row_number() over (
    partition by then_page, indicator_code, unit_code, standard_code order by as_of desc, fact_key
) = 1
order by indicator_code, unit_code, standard_code, then_page
"""

# the goals of the same: the one that comes next after the newest level is shown, else the last
_TARGETS = """
select indicator_code, comparison = 'level_share' as is_share, standard_code, then_page, year_number, target_value, target_evidence,
    target_confidence
from site_progress
where area_level = 'province' and qualifier is null and then_page is not null and target_value is not null
    and comparison in ('level_count', 'level_share')
order by year_number, progress_key
"""


def outlines() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(OUTLINES.read_text(encoding="utf-8"))
    return found


def places_on_maps(provinces: Sequence[Province]) -> dict[str, list[Row]]:
    """For each day the provinces with their outline and their tile; the archipelagos with both, too."""
    drawn, tiles = outlines(), read_tiles()
    found: dict[str, list[Row]] = {}
    for day, standing in (("today", [p for p in provinces if p.is_today]), ("before", [p for p in provinces if p.is_before])):
        tile_of = {t.code: t for t in tiles if t.map == day and not t.is_island}
        by_code = {p.code: p for p in standing}
        found[day] = [
            {"province": p, "path": drawn[day][p.code], "row": tile_of[p.code].row, "column": tile_of[p.code].column}
            for p in standing
            if p.code in tile_of
        ]
        found[day + "_islands"] = [
            {"province": by_code[t.code], "name": t.name, "row": t.row, "column": t.column, "points": drawn["islands"][t.name]}
            for t in tiles
            if t.map == day and t.is_island and t.code in by_code
        ]
    return found


def metrics(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """What the map can show, those that most provinces state first."""
    targets: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows(connection, _TARGETS):
        targets[row["indicator_code"], row["is_share"], row["standard_code"], row["then_page"]].append(row)
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows(connection, _VALUES):
        found[row["indicator_code"], row["unit_code"], row["standard_code"]].append(row)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_metric("/".join(key), own, targets) for key, own in ordered]


def _metric(name: str, own: Sequence[Row], targets: dict[tuple[Any, ...], list[Row]]) -> Row:
    first = own[0]
    key = (first["indicator_code"], first["unit_code"] == "percent", first["standard_code"])
    return {
        "id": name,
        "code": first["indicator_code"],
        "name": [first["indicator_vi"], first["indicator_en"]],
        "unit": [first["unit_vi"], first["unit_en"]],
        "standard": [first["standard_vi"], first["standard_en"]],
        "better": first["better"],
        "values": {
            row["then_page"]: {
                "value": row["value"],
                "day": iso(row["as_of"]),
                "sources": row["sources"],
                "confidence": row["confidence"],
                "evidence": row["evidence"],
                "target": _target(row, targets[(*key, row["then_page"])]),
            }
            for row in own
        },
    }


def _target(row: Row, goals: Iterable[Row]) -> list[Any] | None:
    """[value, year, evidence, confidence] of the goal of the year of the figure or the next one, else of the last."""
    ordered = list(goals)
    chosen = next((g for g in ordered if g["year_number"] >= row["as_of"].year), ordered[-1] if ordered else None)
    if chosen is None:
        return None
    return [chosen["target_value"], chosen["year_number"], chosen["target_evidence"], chosen["target_confidence"]]

"""Administrative units with their history: who existed under which name on which day.

Built from CSV by `build.py`; read once on first use (about 60 ms, 20 MB). Days are ISO strings, which compare as days do.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

HERE = Path(__file__).resolve().parent
Level = Literal["country", "region", "province", "district", "commune", "village", "foreign", "unknown"]


class Unit(NamedTuple):
    """One unit with one type and name during one span of days, both ends inclusive. Key: (code, valid_from)."""

    code: str
    level: Level
    type_vi: str
    name: str
    full_name: str
    parent_code: str
    valid_from: str
    valid_to: str
    province: str  # codes of the units above it on its last day, "" where there is none
    district: str


class Alias(NamedTuple):
    """Another way to write a name, for all units of that name."""

    alias: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of a unit; `main` where this heir has the seat or most of it."""

    old_code: str
    new_code: str
    kind: str
    main: bool
    valid_from: str


class Gazetteer:
    """Look-ups over all rows of area.csv. Codes are used again after 2025-07-01, so every look-up wants a day."""

    def __init__(self, units: list[Unit], aliases: list[Alias]) -> None:
        self.units = units
        self.aliases = aliases
        self.by_code: dict[str, list[Unit]] = defaultdict(list)
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        self._paths: dict[tuple[Unit, str], str] = {}
        self.merged_provinces: dict[str, list[str]] = defaultdict(list)  # province of 2025 -> those of before
        for unit in units:
            self.by_code[unit.code].append(unit)
            self.by_name[unit.name].append(unit)

    def at(self, code: str, day: str) -> Unit | None:
        """The unit that bore a code on a day."""
        for unit in self.by_code.get(code, ()):
            if unit.valid_from <= day <= unit.valid_to:
                return unit
        return None

    def lineage(self, unit: Unit, day: str) -> list[Unit]:
        """The unit and its parents up to the province, as of `day` or, if it did not exist then, of its nearest day."""
        day = min(max(day, unit.valid_from), unit.valid_to)
        out = [unit]
        while (parent := self.at(out[-1].parent_code, day)) and parent.level != "country":
            out.append(parent)
        return out

    def path(self, unit: Unit, day: str) -> str:
        """'Huyện Bình Liêu, Tỉnh Quảng Ninh': full names up to the province."""
        known = self._paths.get((unit, day))
        if known is None:
            if len(self._paths) > 50_000:
                self._paths.clear()
            known = self._paths[unit, day] = ", ".join(u.full_name for u in self.lineage(unit, day))
        return known

    def children(self, code: str, day: str) -> Iterator[Unit]:
        return (u for u in self.units if u.parent_code == code and u.valid_from <= day <= u.valid_to)


def _rows(name: str) -> Iterator[list[str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as f:
        lines = csv.reader(f)
        next(lines)
        yield from lines


@cache
def load() -> Gazetteer:
    """All units and aliases; cached for the life of the process."""
    province_of: dict[str, str] = {}  # district -> province; rows come parents first and in order of time
    units = []
    for row in _rows("area.csv"):
        code, level, parent = row[0], row[1], row[5]
        province, district = "", ""
        if level == "district":
            province_of[code] = province = parent
        elif level == "commune":
            province, district = (province_of[parent], parent) if parent in province_of else (parent, "")
        units.append(Unit(code, cast("Level", level), row[2], row[3], row[4], parent, row[6], row[7], province, district))
    known = Gazetteer(units, [Alias(*row) for row in _rows("area_alias.csv")])
    for link in successions():
        if link.valid_from == "2025-07-01" and len(link.old_code) == 2:
            known.merged_provinces[link.new_code].append(link.old_code)
    return known


def successions() -> list[Succession]:
    """All rows of area_succession.csv."""
    return [Succession(old, new, kind, main == "true", day) for old, new, kind, main, day, _ in _rows("area_succession.csv")]

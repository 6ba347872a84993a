"""The tile map: where each province stands in a grid, as data in tiles.csv (map, code, name, row, column).

`today` has the 34 provinces from 1 July 2025, `before` the 63 until 30 June 2025. A name that is not that of the province with the
code is an island group under its administration: Hoàng Sa (Đà Nẵng), Trường Sa (Khánh Hòa).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

LAYOUT = Path(__file__).with_name("tiles.csv")
ISLANDS = frozenset({"Hoàng Sa", "Trường Sa"})


@dataclass(frozen=True, slots=True)
class Tile:
    map: str  # "today" or "before"
    code: str  # of the province
    name: str
    row: int  # from 1, north to south
    column: int  # from 1, west to east

    @property
    def is_island(self) -> bool:
        return self.name in ISLANDS


def read_tiles() -> list[Tile]:
    """All tiles of both maps, in reading order."""
    with LAYOUT.open(encoding="utf-8", newline="") as file:
        tiles = [Tile(r["map"], r["code"], r["name"], int(r["row"]), int(r["column"])) for r in csv.DictReader(file)]
    return sorted(tiles, key=lambda tile: (tile.map, tile.row, tile.column))

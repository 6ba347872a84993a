"""Where and when an article speaks: the units of its portal and the day on which names are taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from extraction import gazetteer
from extraction.gazetteer import Level, Unit
from extraction.model import ArticleContext, Text
from extraction.place_names import LEVELS, RANK, canonical, names

MERGER = "2025-07-01"  # NQ 202/2025/QH15: 34 provinces, no districts
UNDATED = "2024-12-31"
VILLAGES = ("Thôn", "Bản", "Ấp", "Buôn", "Xóm", "Làng", "Khu phố", "Tổ dân phố", "Khu")
_YEAR_RE = re.compile(r"20(?<!\w20)[012]\d\b")  # a literal first: `re` skips to it fast


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as the portal's area writes it: the path in GUIDE's form and its code, where the gazetteer knows it."""

    path: str
    code: str | None
    level: Level
    type: str


@dataclass(frozen=True, slots=True)
class Setting:
    """`places` holds the portal's own unit and those above it, by level; `provinces` are the codes under which its territory goes."""

    day: str
    places: dict[str, Place]
    provinces: frozenset[tuple[str, bool]]  # (code, does it belong to the 34 of 2025)
    national: bool  # the portal is of the whole country, or unknown
    national_portal: bool
    own: Place | None  # the portal's own unit
    upwards: tuple[Place, ...]  # it and those above it, the lowest first

    def code(self, level: str) -> str | None:
        place = self.places.get(level)
        return place.code if place else None


def setting(text: Text, context: ArticleContext) -> Setting:
    """Setting of an article. Without a day of publication it is the last year named in the text, kept on the portal's side of 2025."""
    portal = context.portal_area.strip() if context.portal_area else ""
    day = context.published.isoformat()[:10] if context.published else assumed_day(text, typed_parts(portal))
    return setting_of(portal, day)


def typed_parts(portal: str) -> list[tuple[str, str]]:
    return [typed_name(p) for p in portal.split(", ") if p.strip()]


@lru_cache(maxsize=4096)  # articles of one run come from few portals and days
def setting_of(portal: str, day: str) -> Setting:
    parts = typed_parts(portal)
    places: dict[str, Place] = {}
    parent: Unit | None = None
    for i in range(len(parts) - 1, -1, -1):
        kind, name = parts[i]
        unit = portal_unit(kind, name, parent, day)
        level: Level = unit.level if unit else portal_level(kind, top=i == len(parts) - 1)
        if level == "country":
            continue
        path = ", ".join(f"{t} {n}".strip() for t, n in parts[i:])
        places[level] = Place(path, unit.code if unit else None, level, kind)
        parent = unit or parent
    upwards = tuple(sorted(places.values(), key=lambda p: -RANK[p.level]))
    own = upwards[0] if upwards else None
    national = portal.casefold() in ("cả nước", "việt nam", "toàn quốc")
    return Setting(day, places, territory(places, day), not places, national, own, upwards)


def assumed_day(text: Text, parts: list[tuple[str, str]]) -> str:
    years = _YEAR_RE.findall(text.raw, 0, text.body_end)
    day = f"{max(years)}-12-31" if years else UNDATED
    if any(kind in ("Huyện", "Quận", "Thị xã") for kind, _ in parts):
        return min(day, "2025-06-30")
    return day if day < "2027" else UNDATED  # "đến năm 2030" does not date an article


def territory(places: dict[str, Place], day: str) -> frozenset[tuple[str, bool]]:
    """Codes of the portal's province, and after the merger those of the old provinces that it was made of."""
    province = places.get("province")
    if province is None or province.code is None:
        return frozenset()
    if day < MERGER:
        return frozenset({(province.code, False)})
    return frozenset({(province.code, True)} | {(old, False) for old in _old_provinces().get(province.code, [province.code])})


def _old_provinces() -> dict[str, list[str]]:
    return gazetteer.load().merged_provinces


def typed_name(part: str) -> tuple[str, str]:
    """'Huyện Bình Liêu' -> ('Huyện', 'Bình Liêu'); ('', part) without a type word."""
    part = part.strip()
    for kind in (*LEVELS, *VILLAGES):
        if part.lower().startswith(kind.lower() + " "):
            return kind, part[len(kind) + 1 :].strip()
    return "", part


def portal_level(kind: str, *, top: bool) -> Level:
    if kind in VILLAGES:
        return "village"
    levels = LEVELS.get(kind, ("country",))
    return levels[0] if top else levels[-1]


def portal_unit(kind: str, name: str, parent: Unit | None, day: str) -> Unit | None:
    levels = LEVELS.get(kind)
    if not levels:
        return None
    found = [u for u in names().units.get(canonical(name), ()) if u.type_vi == kind and u.level in levels]
    if parent is None:
        found = [u for u in found if u.level in ("province", "region")]
    else:
        found = [u for u in found if parent.code in (u.province, u.district) and u.code != parent.code]
    return nearest(found, day)


def nearest(units: Iterable[Unit], day: str) -> Unit | None:
    """The unit valid on the day, else the one whose validity is nearest to it."""

    def away(u: Unit) -> int:
        if u.valid_from <= day <= u.valid_to:
            return 0
        edge = u.valid_from if u.valid_from > day else u.valid_to
        return abs((int(edge[:4]) - int(day[:4])) * 12 + int(edge[5:7]) - int(day[5:7])) + 1

    return min(units, key=away, default=None)


@cache
def communes_of(district: str, day: str) -> int:
    """Number of communes of a district on a day; a large number where it is not known."""
    return sum(1 for _ in gazetteer.load().children(district, day)) or 99

"""Which page the figures of a province belong to, across renamings and mergers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.site.reading import Row
from dashboards.site.text import alphabetical

BEFORE = date(2025, 6, 30)  # the last day of the 63


@dataclass(frozen=True, slots=True)
class Province:
    """A page: a province of today, or one of before July 2025 whose territory is another one's today."""

    page: str  # file name without .html
    code: str
    name: str
    full_name: str
    is_today: bool
    is_before: bool  # one of the 63
    today_code: str
    keys: tuple[str, ...]  # rows of dim_area of this very territory, under whatever name or rank

    @property
    def where(self) -> str:
        """The rows of a page: of today's with all that went into it, of an earlier one only its own."""
        return "today = $today" if self.is_today else "then_page = $page"

    @property
    def parameters(self) -> dict[str, str]:
        return {"today": self.code} if self.is_today else {"page": self.page}


def provinces_of(areas: Sequence[Row], continued: Iterable[tuple[str, str]]) -> list[Province]:
    """Pages of the rows of queries.AREAS; `continued` are pairs of area keys (queries.CONTINUED)."""
    found = []
    for group in _groups([a["area_key"] for a in areas], continued):
        own = [a for a in areas if a["area_key"] in group]
        today = next((a for a in own if a["is_current"]), None)
        before = next((a for a in own if a["valid_from"] <= BEFORE <= a["valid_to"]), None)
        shown = today or before
        if shown is None:
            continue  # gone before the 63, as Hà Tây: its figures are on the page of its province of today
        page = shown["area_code"] + ("" if today else "-truoc-2025")
        found.append(
            Province(
                page,
                shown["area_code"],
                shown["area_name"],
                shown["full_name"],
                today is not None,
                before is not None,
                shown["province_today_code"] or "",
                tuple(sorted(group)),
            )
        )
    return sorted(found, key=lambda p: (alphabetical(p.name), not p.is_today))


def _groups(keys: Iterable[str], continued: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Connected keys."""
    next_of = dict(continued)
    leads = {key: key for key in keys}

    def end(key: str) -> str:
        while key in next_of and next_of[key] in leads:
            key = next_of[key]
        return key

    groups: dict[str, set[str]] = defaultdict(set)
    for key in leads:
        groups[end(key)].add(key)
    return list(groups.values())

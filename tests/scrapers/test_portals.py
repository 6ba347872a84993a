"""The portals that ship: every file loads, asks its platform only for what it has, and speaks for areas that the gazetteer knows."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scrapers.platforms import PLATFORMS, platform
from scrapers.registry import Portal, load_portals

ROOT = Path(__file__).parents[2]
PORTALS = load_portals([ROOT / "scrapers" / "portals"], {})
TODAY = date(2026, 9, 1)


def gazetteer() -> list[dict[str, str]]:
    with (ROOT / "extraction" / "gazetteer" / "area.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("portal", PORTALS.values(), ids=lambda p: p.id)
def test_portal_asks_its_platform_for_what_it_has(portal: Portal) -> None:
    family = platform(portal.platform)
    family.selectors_of(portal)
    family.options_of(portal)
    assert family.dates_of(portal).formats


@pytest.mark.parametrize("portal", PORTALS.values(), ids=lambda p: p.id)
def test_areas_are_in_the_gazetteer_on_the_days_that_the_portal_names(portal: Portal) -> None:
    known = {(r["code"], r["full_name"]): (date.fromisoformat(r["valid_from"]), date.fromisoformat(r["valid_to"])) for r in gazetteer()}
    for span in portal.areas:
        own = span.name.split(", ")[0]
        assert (span.code, own) in known, f"{span.name} with code {span.code} is not in area.csv"
        valid_from, valid_to = known[span.code or "", own]
        assert (span.since or valid_from) >= valid_from
        assert (span.until or date.max) <= valid_to or valid_to == date(9999, 12, 31)
    ordered = sorted(portal.areas, key=lambda a: a.since or date.min)
    for earlier, later in pairwise(ordered):
        assert earlier.until is not None
        assert later.since == earlier.until + timedelta(days=1), "a day without an area"


def test_every_current_province_has_a_portal() -> None:
    provinces = {r["code"]: r["name"] for r in gazetteer() if r["level"] == "province" and r["valid_to"] == "9999-12-31"}
    assert len(provinces) == 34
    covered = {p.areas[-1].code for p in PORTALS.values() if p.status != "archive_only"}
    assert set(provinces) <= covered, [provinces[c] for c in set(provinces) - covered]


@pytest.mark.parametrize("portal", PORTALS.values(), ids=lambda p: p.id)
def test_notes_say_what_the_reading_rests_on(portal: Portal) -> None:
    seen = "Đã kiểm trên trang lưu" in portal.notes
    assert portal.notes
    if portal.id in {"sotttt-hanoi", "dakrlap", "krongno"}:
        assert seen  # tests/scrapers/test_platforms_shared.py
    else:
        assert seen == (portal.status == "verified"), "a portal is verified on saved pages, and its notes say so, or it is not"


@pytest.mark.parametrize("portal_id", ["quangnam", "quangnam-net", "quangnam-webcenter", "thanhpho-sonla"])
def test_abolished_authorities_are_archives(portal_id: str) -> None:
    portal = PORTALS[portal_id]
    assert portal.archive_only
    assert not portal.listings
    assert portal.areas[-1].until == date(2025, 6, 30)


def test_generations_of_one_portal_are_told_apart() -> None:
    assert [PORTALS[i].platform for i in ("quangnam-net", "quangnam-webcenter", "quangnam")] == ["quangnam_net", "webcenter", "generic"]
    assert [PORTALS[i].platform for i in ("hanoi-vportal", "hanoi")] == ["liferay6_vportal", "hanoi_cms"]
    assert PORTALS["binhlieu"].area_on(date(2021, 10, 21)) == "Huyện Bình Liêu, Tỉnh Quảng Ninh"
    assert PORTALS["binhlieu"].area_on(date(2025, 7, 1)) == "Xã Bình Liêu, Tỉnh Quảng Ninh"
    assert PORTALS["hue"].area_on(date(2024, 12, 31)) == "Tỉnh Thừa Thiên Huế"
    assert PORTALS["hue"].area_on(TODAY) == "Thành phố Huế"


def test_demo_portals_use_the_same_platforms() -> None:
    demo = load_portals([ROOT / "demo" / "portals"], {})
    assert {p.platform for p in demo.values()} <= set(PLATFORMS)
    for portal in demo.values():
        platform(portal.platform).selectors_of(portal)
        platform(portal.platform).options_of(portal)

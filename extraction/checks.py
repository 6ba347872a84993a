"""Arithmetic that figures must satisfy among themselves and against what is known; a claim that fails goes to review, it is not dropped.

Every check gives the numbers of the claims that fail it. None fires on more than a handful of the annotated claims, which are true
(docs/extraction.md has the table); a check that cries wolf would only hide claims.
Tolerances: published shares are rounded and may use another denominator, 0.5 points (notes/domain.md, section 3 saw 0.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Protocol

from extraction import gazetteer
from extraction.indicators import Indicator, codebook

_SHARE_TOLERANCE = 0.5  # percentage points
_ROUGH = 2.0  # percentage points, where one of the figures is "khoảng", "gần", "trên"
_PLAN_TOLERANCE = 0.02  # of the share: 85 % of a plan of 214 households is 182 ± 1
_CHANGE_TOLERANCE = 0.051  # of two rates with two decimals and a change with one
_PLAN_SHARE_MAX = 1000.0  # per cent; a plan may be met several times over ("đạt 412% kế hoạch")
_RELATIVE_MAX = 2000.0  # per cent; "gấp 12 lần" is +1100
_MERGED = 1.25  # articles count units by the day before or after a merger
_COMMUNES_KNOWN = date(2021, 1, 1)  # the gazetteer has dissolved communes from then on: Đức Thọ had 28 in 2018 and 16 in 2020
_NAMED_FOR_A_PERIOD = ("dtts.", "poverty.district.poor")  # "88 xã khu vực III giai đoạn 2021-2025" is a list in force, told in 2022


class Figure(Protocol):
    """What the checks look at of a claim."""

    @property
    def indicator(self) -> str: ...
    @property
    def measure(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def value_high(self) -> float | None: ...
    @property
    def denominator(self) -> float | None: ...
    @property
    def as_of(self) -> date | None: ...
    @property
    def area(self) -> str: ...
    @property
    def area_code(self) -> str | None: ...
    @property
    def sentence(self) -> str: ...
    @property
    def op(self) -> str: ...
    @property
    def per_year(self) -> bool: ...


Check = Callable[[Sequence[Figure], date | None], Iterable[int]]


def failed_checks(claims: Sequence[Figure], published: date | None = None) -> list[tuple[str, ...]]:
    """Names of the checks that each claim fails, in the order of the claims; claims are those of one article, in reading order."""
    failed: list[list[str]] = [[] for _ in claims]
    for name, check in CHECKS.items():
        for i in sorted(set(check(claims, published))):
            failed[i].append(name)
    return [tuple(names) for names in failed]


def _numerator_above_denominator(claims: Sequence[Figure], _: date | None) -> Iterator[int]:
    """ "16/15 xã": more than all."""
    for i, c in enumerate(claims):
        if c.denominator is not None and c.value > c.denominator:
            yield i


def _share_against_count(claims: Sequence[Figure], _: date | None) -> Iterator[int]:
    """ "39/89 xã, chiếm 43,8%": the per cent is that of the fraction before it."""
    for group in _sentences(claims):
        fraction: int | None = None
        for i in group:
            c = claims[i]
            if c.denominator and c.unit != "percent" and c.measure == "level":
                fraction = i
            elif c.unit == "percent" and c.measure == "level" and fraction is not None and _same(claims[fraction], c):
                if not _share_fits(claims[fraction], c):
                    yield from (fraction, i)
                fraction = None


def _share_fits(count: Figure, share: Figure) -> bool:
    if not count.denominator or "range" in (count.op, share.op) or count.kind != share.kind or count.as_of != share.as_of:
        return True
    tolerance = _SHARE_TOLERANCE if count.op == share.op == "eq" else _ROUGH
    return abs(count.value / count.denominator * 100 - share.value) <= tolerance


def _plan_arithmetic(claims: Sequence[Figure], _: date | None) -> Iterator[int]:
    """ "8 xã, đạt 80% kế hoạch (kế hoạch 10 xã)", "kế hoạch 214 hộ, đã có 182 hộ, bằng 85%": the share is that of the plan."""
    for group in _sentences(claims):
        for at, i in enumerate(group):
            share = claims[i]
            if share.measure != "plan_share" or share.op != "eq":
                continue
            related = [claims[j] for j in group if j != i and _same(claims[j], share) and claims[j].measure != "plan_share"]
            before = [claims[j] for j in group[:at] if _same(claims[j], share) and claims[j].kind == "achievement"]
            results = [c for c in before if c.measure != "plan_share" and c.op == "eq"]
            plans = [c for c in related if c.kind == "target" and c.op == "eq" and c.value]
            if results and len(plans) == 1 and (plans[0].unit, plans[0].measure) == (results[-1].unit, results[-1].measure):
                told = abs(results[-1].value / plans[0].value * 100)
                if abs(told - share.value) > max(1.0, share.value * _PLAN_TOLERANCE):
                    yield i


def _change_against_levels(claims: Sequence[Figure], _: date | None) -> Iterator[int]:
    """ "giảm 2,1 điểm, từ 5,2% xuống còn 3,1%": the change is the difference of the two levels."""
    for group in _sentences(claims):
        for i in group:
            c = claims[i]
            levels = [x for x in (claims[j] for j in group) if x.measure == "level" and x.op == "eq" and _same(x, c) and _rates(x, c)]
            changes = [j for j in group if claims[j].measure == "change" and _same(claims[j], c)]
            if c.measure != "change" or c.op != "eq" or c.per_year or len(levels) != 2 or len(changes) != 1:
                continue
            first, second = levels
            if first.as_of != second.as_of and abs(abs(first.value - second.value) - abs(c.value)) > _tolerance(c):
                yield i


def _rates(level: Figure, change: Figure) -> bool:
    return level.unit == change.unit or (level.unit, change.unit) == ("percent", "percentage_point")


def _tolerance(change: Figure) -> float:
    return _CHANGE_TOLERANCE if change.unit == "percentage_point" else 0.0


def _implausible_value(claims: Sequence[Figure], _: date | None) -> Iterator[int]:
    """Outside of what the codebook holds possible: 112 % of households, 40 new-rural criteria, an income of 25 đồng."""
    for i, c in enumerate(claims):
        known = codebook().get(c.indicator)
        for value in (c.value, c.value if c.value_high is None else c.value_high):
            if known is not None and not _plausible(c, value, known):
                yield i


def _plausible(c: Figure, value: float, known: Indicator) -> bool:
    if c.measure == "plan_share":
        return 0 <= value <= _PLAN_SHARE_MAX
    if c.measure == "relative_change":
        return -100 <= value <= _RELATIVE_MAX
    if c.unit in ("percent", "percentage_point"):
        return (-100 if c.measure == "change" else 0) <= value <= 100
    if c.unit != known.unit:
        return c.measure == "change" or value >= 0
    return abs(value) <= known.plausible_max if c.measure == "change" else known.plausible_min <= value <= known.plausible_max


def _more_than_there_are(claims: Sequence[Figure], published: date | None) -> Iterator[int]:
    """ "Huyện Bình Liêu có 45 xã đạt chuẩn": more communes than the gazetteer knows in the area."""
    for i, c in enumerate(claims):
        if c.unit not in ("commune", "district", "province") or c.measure not in ("level", "change") or c.area_code is None:
            continue
        day = c.as_of or published or date.max
        if c.unit == "commune" and day < _COMMUNES_KNOWN and "," in c.area:
            continue  # of a province the communes dissolved are few among many
        there = units_within(c.area_code, c.unit, day.isoformat())
        if there and max(abs(c.value), c.denominator or 0) > there * _MERGED + 1:
            yield i


@cache
def units_within(code: str, level: str, day: str) -> int:
    """How many communes, districts or provinces an area has on a day or had on the eve of the mergers of 2025-07-01, whichever is more."""
    if code == "VN":
        return {"commune": 11_500, "district": 720, "province": 64}[level]
    return max(_count(code, level, day), _count(code, level, "2025-06-30")) if not code.startswith("V") else 0


def _count(code: str, level: str, day: str) -> int:
    inner = list(_children().get(code, ()))
    there = [u for u in inner if u.valid_from <= day <= u.valid_to]
    return sum((u.level == level) + _count(u.code, level, day) for u in there)


@cache
def _children() -> dict[str, list[gazetteer.Unit]]:
    children: dict[str, list[gazetteer.Unit]] = {}
    for unit in gazetteer.load().units:
        if unit.code != unit.parent_code:
            children.setdefault(unit.parent_code, []).append(unit)
    return children


def _achievement_in_future(claims: Sequence[Figure], published: date | None) -> Iterator[int]:
    """A result of a year that had not begun when it was told."""
    for i, c in enumerate(claims):
        if published is None or c.kind != "achievement" or c.as_of is None or c.indicator.startswith(_NAMED_FOR_A_PERIOD):
            continue
        if c.as_of.year > published.year:
            yield i


def _same(a: Figure, b: Figure) -> bool:
    return a.indicator == b.indicator and a.area == b.area


def _sentences(claims: Sequence[Figure]) -> Iterator[list[int]]:
    group: list[int] = []
    for i, c in enumerate(claims):
        if group and claims[group[-1]].sentence != c.sentence:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


CHECKS: dict[str, Check] = {
    "numerator_above_denominator": _numerator_above_denominator,
    "share_against_count": _share_against_count,
    "plan_arithmetic": _plan_arithmetic,
    "change_against_levels": _change_against_levels,
    "implausible_value": _implausible_value,
    "more_than_there_are": _more_than_there_are,
    "achievement_in_future": _achievement_in_future,
}

"""Each arithmetic check on figures that fit and figures that do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from extraction.checks import CHECKS, failed_checks, units_within
from extraction.indicators import codebook

YEAR = date(2023, 12, 31)
PUBLISHED = date(2024, 1, 20)


@dataclass(frozen=True)
class Figure:
    value: float
    unit: str = "commune"
    measure: str = "level"
    kind: str = "achievement"
    op: str = "eq"
    denominator: float | None = None
    value_high: float | None = None
    indicator: str = "ntm.commune.certified"
    as_of: date | None = YEAR
    area: str = "Tỉnh Hòa Bình"
    area_code: str | None = None
    sentence: str = "câu 1"
    per_year: bool = False


def fails(check: str, *figures: Figure) -> list[bool]:
    return [check in names for names in failed_checks(figures, PUBLISHED)]


def percent(value: float, **more: object) -> Figure:
    return replace(Figure(value, unit="percent"), **more)  # type: ignore[arg-type]


def rate(value: float, year: int = 2023, **more: object) -> Figure:
    return percent(value, **{"indicator": "poverty.rate.poor", "as_of": date(year, 12, 31), **more})


def point(value: float, **more: object) -> Figure:
    return replace(rate(value), unit="percentage_point", measure="change", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "denominator", "wrong"),
    [(16, 15, True), (15, 15, False), (0, 15, False), (129, 88, True), (2.5e9, 2.4e9, True), (3, None, False), (7658, 2088, True)],
)
def test_no_part_is_more_than_the_whole(value: float, denominator: float | None, wrong: bool) -> None:
    assert fails("numerator_above_denominator", Figure(value, denominator=denominator)) == [wrong]


@pytest.mark.parametrize(
    ("count", "total", "share", "wrong"),
    [
        (39, 89, 43.8, False), (39, 89, 48.3, True), (12, 15, 80, False), (12, 15, 90, True), (304, 411, 73.97, False), (304, 411, 79.37, True),
        (5, 6, 83, False), (2, 3, 66.7, False), (2, 3, 76.7, True), (62, 188, 33, False),
    ],
)  # fmt: skip
def test_a_share_is_that_of_its_fraction(count: float, total: float, share: float, wrong: bool) -> None:
    assert fails("share_against_count", Figure(count, denominator=total), percent(share)) == [wrong, wrong]


@pytest.mark.parametrize(
    "other",
    [
        {"sentence": "câu 2"}, {"indicator": "ntm.commune.advanced"}, {"area": "Tỉnh Sơn La"}, {"kind": "target"}, {"as_of": date(2020, 12, 31)},
        {"measure": "plan_share"}, {"op": "range", "value_high": 95.0}, {"unit": "vnd"},
    ],
)  # fmt: skip
def test_a_share_of_something_else_is_not_compared(other: dict[str, object]) -> None:
    assert fails("share_against_count", Figure(12, denominator=15), percent(90, **other)) == [False, False]


def test_a_rough_share_may_be_further_off() -> None:
    assert fails("share_against_count", Figure(12, denominator=15), percent(81.5, op="approx")) == [False, False]
    assert fails("share_against_count", Figure(12, denominator=15), percent(81.5)) == [True, True]
    assert fails("share_against_count", Figure(12, denominator=15), percent(85, op="approx")) == [True, True]


def test_between_fraction_and_share_other_figures_may_stand() -> None:
    grown = replace(Figure(3), measure="change")
    assert fails("share_against_count", Figure(39, denominator=89), grown, percent(48.3)) == [True, False, True]
    assert fails("share_against_count", Figure(39, denominator=89), grown, percent(43.8)) == [False, False, False]


def households(value: float, **more: object) -> Figure:
    return replace(Figure(value, unit="household", indicator="poverty.exit.poor"), **more)  # type: ignore[arg-type]


def plan_share(value: float, **more: object) -> Figure:
    return households(value, **{"unit": "percent", "measure": "plan_share", **more})


@pytest.mark.parametrize(
    ("done", "share", "plan", "wrong"),
    [
        (182, 85, 214, False), (182, 85, 241, True), (182, 58, 214, True), (8, 80, 10, False), (8, 95, 10, True), (260, 130, 200, False),
        (1000, 99.5, 1005, False), (450, 112.5, 400, False), (450, 12.5, 400, True),
    ],
)  # fmt: skip
def test_a_share_of_a_plan_is_that_of_result_and_plan(done: float, share: float, plan: float, wrong: bool) -> None:
    goal = households(plan, kind="target")
    assert fails("plan_arithmetic", households(done), plan_share(share), goal) == [False, wrong, False]
    assert fails("plan_arithmetic", goal, households(done), plan_share(share)) == [False, False, wrong]


def test_without_a_plan_of_the_same_thing_nothing_is_compared() -> None:
    assert not any(fails("plan_arithmetic", households(182), plan_share(58)))
    assert not any(fails("plan_arithmetic", households(182), plan_share(58), households(214, kind="target", unit="person")))
    assert not any(fails("plan_arithmetic", households(182), plan_share(58), households(214, kind="target", op="ge")))
    two = (households(214, kind="target"), households(500, kind="target"))
    assert not any(fails("plan_arithmetic", households(182), plan_share(58), *two)), "which plan is not known"


@pytest.mark.parametrize(
    ("first", "second", "change", "wrong"),
    [
        (5.2, 3.1, -2.1, False), (5.2, 3.1, -2.6, True), (11.71, 9.2, -2.51, False), (11.71, 9.2, -2.5, False), (11.71, 9.2, -1.2, True),
        (3.1, 5.2, 2.1, False), (48.97, 44.99, -3.98, False), (48.97, 44.99, -8.98, True),
    ],
)  # fmt: skip
def test_a_change_is_the_difference_of_its_levels(first: float, second: float, change: float, wrong: bool) -> None:
    assert fails("change_against_levels", point(change), rate(first, 2022), rate(second, 2023)) == [wrong, False, False]


def test_a_change_is_compared_with_two_levels_of_two_days_only() -> None:
    assert not any(fails("change_against_levels", point(-9), rate(5.2, 2022)))
    assert not any(fails("change_against_levels", point(-9), rate(5.2, 2023), rate(3.1, 2023)))
    assert not any(fails("change_against_levels", point(-9), rate(5.2, 2022), rate(3.1), rate(2.9, 2024)))
    assert not any(fails("change_against_levels", point(-1, per_year=True), rate(9, 2019), rate(5, 2023)))
    assert not any(fails("change_against_levels", point(-9), rate(5.2, 2022, area="Cả nước"), rate(3.1)))


@pytest.mark.parametrize(
    ("figure", "wrong"),
    [
        (rate(112), True), (rate(-1), True), (rate(0), False), (rate(100), False), (point(-101), True), (point(-60), False),
        (Figure(40, unit="criterion", indicator="ntm.criteria.average"), True), (Figure(16.85, unit="criterion", indicator="ntm.criteria.average"), False),
        (Figure(25, unit="vnd_per_person_year", indicator="ntm.income.rural"), True),
        (Figure(56e6, unit="vnd_per_person_year", indicator="ntm.income.rural"), False),
        (Figure(12_000), True), (Figure(-3), True), (Figure(-3, measure="change"), False), (Figure(64, unit="province", indicator="ntm.province.certified"), True),
        (percent(412, measure="plan_share"), False), (percent(4120, measure="plan_share"), True), (percent(-130, measure="relative_change"), True),
        (percent(1100, measure="relative_change"), False), (replace(rate(30), op="range", value_high=350.0), True),
    ],
)  # fmt: skip
def test_values_stay_within_what_the_codebook_holds_possible(figure: Figure, wrong: bool) -> None:
    assert any(fails("implausible_value", figure)) is wrong


def test_every_indicator_has_a_range() -> None:
    assert all(known.plausible_min < known.plausible_max for known in codebook().values())
    assert not any(fails("implausible_value", Figure(-5, indicator="không có trong bộ mã")))


# Quảng Ninh (22) has 171 communes in 2023, Bình Liêu (198) seven, Hòa Bình (17) 151; the country 10,598
@pytest.mark.parametrize(
    ("code", "area", "value", "denominator", "wrong"),
    [
        ("22", "Tỉnh Quảng Ninh", 98, 98, False), ("22", "Tỉnh Quảng Ninh", 480, None, True), ("22", "Tỉnh Quảng Ninh", 40, 401, True),
        ("198", "Huyện Bình Liêu, Tỉnh Quảng Ninh", 7, None, False), ("198", "Huyện Bình Liêu, Tỉnh Quảng Ninh", 45, None, True),
        ("VN", "Cả nước", 8_170, None, False), ("VN", "Cả nước", 40_000, None, True), (None, "Xã Nào Đó", 4_000, None, False),
    ],
)  # fmt: skip
def test_no_area_has_more_units_than_the_gazetteer_knows(
    code: str | None, area: str, value: float, denominator: float | None, wrong: bool
) -> None:
    figure = Figure(value, denominator=denominator, area=area, area_code=code)
    assert any(fails("more_than_there_are", figure)) is wrong


def test_what_the_gazetteer_does_not_know_is_not_judged() -> None:
    in_2018 = Figure(28, area="Huyện Bình Liêu, Tỉnh Quảng Ninh", area_code="198", as_of=date(2018, 12, 31))
    assert not any(fails("more_than_there_are", in_2018))
    assert not any(fails("more_than_there_are", replace(Figure(450), unit="household", area_code="198")))
    assert units_within("không có", "commune", "2023-12-31") == 0


@pytest.mark.parametrize(
    ("kind", "day", "indicator", "wrong"),
    [
        ("achievement", date(2025, 12, 31), "ntm.commune.certified", True), ("achievement", date(2024, 12, 31), "ntm.commune.certified", False),
        ("target", date(2030, 12, 31), "ntm.commune.certified", False), ("achievement", None, "ntm.commune.certified", False),
        ("achievement", date(2030, 12, 31), "poverty.rate.poor", True), ("achievement", date(2025, 12, 31), "dtts.village.extremely_difficult", False),
        ("achievement", date(2019, 12, 31), "poverty.rate.poor", False),
    ],
)  # fmt: skip
def test_nothing_was_reached_in_a_year_to_come(kind: str, day: date | None, indicator: str, wrong: bool) -> None:
    assert any(fails("achievement_in_future", Figure(3, kind=kind, as_of=day, indicator=indicator))) is wrong


def test_without_a_day_of_publication_no_year_is_to_come() -> None:
    assert failed_checks([Figure(3, as_of=date(2040, 12, 31))]) == [()]


def test_all_failures_of_a_claim_are_named_in_a_fixed_order() -> None:
    (names,) = failed_checks([Figure(20_000, denominator=15, as_of=date(2040, 1, 1))], PUBLISHED)
    assert names == ("numerator_above_denominator", "implausible_value", "achievement_in_future")
    assert next(iter(CHECKS)) == names[0]


def test_figures_that_a_careful_person_read_fail_no_check(shared) -> None:  # type: ignore[no-untyped-def]
    """A check that fires on true figures would only hide them."""
    from extraction import gold
    from extraction.constructions import Sentences

    assert (shared / "gold").is_dir()
    for document in (d for name in gold.SETS for d in gold.load(name)):
        sentences = Sentences(document.text, document.published, document.portal_area, document.claims)
        claims = sorted((c for c in document.claims if c["indicator"] != "other"), key=sentences.start)
        figures = [
            Figure(
                c["value"], c["unit"], c["measure"], c["kind"], c["op"], c.get("denominator"), c.get("value_high"), c["indicator"],
                date.fromisoformat(c["as_of"]) if c["as_of"] else None, c["area"], None, str(sentences.span(c)), bool(c.get("per_year")),
            )
            for c in claims
        ]  # fmt: skip
        published = date.fromisoformat(document.published[:10]) if document.published else None
        failing = [
            (document.name, c["evidence"], names) for c, names in zip(claims, failed_checks(figures, published), strict=True) if names
        ]
        assert not failing

"""The constructions that break rule sets and the rows of the decision table, through the whole engine: `constructions.txt`.

A case is a sentence of our own and all that it asserts, every column; whatever else the engine reads in it is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from extraction.engine import Extracted, extract
from extraction.indicators import codebook

TABLE = Path(__file__).with_name("constructions.txt")
LEAST = 6  # sentences a construction
CONSTRUCTIONS = {
    "forecast", "target_in_achievement", "level_or_change", "completion", "fraction", "band", "zeros_and_words", "two_in_one", "of_which",
    "per_place", "place_of_the_site", "relative_period", "units_and_scales", "yardstick", "source_errors",
}  # fmt: skip
DECISIONS = {
    "list_of_increments", "averages_in_pairs", "child_in_parentheses", "flow_and_plan_share", "range_of_a_fall", "from_to", "fall_to",
    "points_of_a_rate", "plan_or_previous", "basically_none", "share_of_a_group", "named_units", "no_direction", "status", "inherited_period",
    "inherited_area", "source_document",
}  # fmt: skip
NEGATIVES = {
    "not_dates", "not_documents", "not_phones", "not_addresses", "not_ages", "not_structure", "not_gifts", "not_prices", "not_foreign",
}  # fmt: skip
OPS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt", "~": "approx"}
MEASURES = {"level": "level", "change": "change", "relative": "relative_change", "plan": "plan_share"}
KINDS = {"a": "achievement", "t": "target"}

Claim = tuple[str, str, str, str, float, float | None, float | None, str, str | None, str, str | None, bool]
Unit = tuple[str, str, str | None, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence and what it asserts; `missing` says why it is not read yet."""

    group: str
    line: int
    text: str
    published: date
    portal: str
    claims: tuple[Claim, ...]
    units: tuple[Unit, ...]
    document: str | None
    missing: str


def read_table(path: Path = TABLE) -> Iterator[Case]:
    """The cases of the table; raises `ValueError` naming the line that is no line of it."""
    group, published, portal = "", date.min, ""
    text, at, missing, document = "", 0, "", None
    claims: list[Claim] = []
    units: list[Unit] = []

    def case() -> Case:
        return Case(group, at, text, published, portal, tuple(sorted(claims, key=str)), tuple(sorted(units, key=str)), document, missing)

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        stripped = line.strip()
        if not stripped or line.startswith("#"):
            continue
        try:
            if line.startswith("  > "):
                claims.append(_claim(stripped[2:], published, portal))
            elif line.startswith("  * "):
                units.append(_unit(stripped[2:], published, portal))
            elif line.startswith("  = "):
                document = stripped[2:]
            elif line.startswith("  ! "):
                missing = stripped[2:]
            elif line.startswith(" "):
                raise ValueError("an indented line begins with > * = or !")
            else:
                if text:
                    yield case()
                text, missing, document, claims, units = "", "", None, [], []
                if line.startswith("== "):
                    group = line[3:].split(":")[0]
                elif line.startswith("@ "):
                    day, portal = line[2:].split(", ", 1)
                    published = date.fromisoformat(day)
                else:
                    text, at = line, number
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"{path.name}:{number}: {line!r}: {error}") from error
    if text:
        yield case()


def _day(word: str, published: date) -> str | None:
    return None if word == "none" else (published if word == "now" else date.fromisoformat(word)).isoformat()


def _claim(line: str, published: date, portal: str) -> Claim:
    said, _, area = line.partition(" @ ")
    kind, indicator, *words = said.split()
    if indicator not in codebook():
        raise ValueError(f"{indicator} is not in the codebook")
    measure = MEASURES[words.pop(0)] if words[0] in MEASURES else "level"
    value, unit, day, *more = words
    op = next((o for o in OPS if value.startswith(o)), "")
    value = value.removeprefix(op)
    low, _, high = value.partition("..")
    low, _, denominator = low.partition("/")
    plan = next((m.removeprefix("plan=") for m in more if m.startswith("plan=")), None)
    if unknown := [m for m in more if m != "per_year" and not m.startswith("plan=")]:
        raise ValueError(f"unknown word {unknown[0]}")
    name = "range" if high else OPS.get(op, "eq")
    return (
        KINDS[kind], indicator, measure, name, float(low), float(high) if high else None, float(denominator) if denominator else None, unit,
        _day(day, published), area or portal, plan, "per_year" in more,
    )  # fmt: skip


def _unit(line: str, published: date, portal: str) -> Unit:
    said, _, area = line.partition(" @ ")
    kind, indicator, day = said.split()
    return KINDS[kind], indicator, _day(day, published), area or portal


CASES = list(read_table())


def found_in(case: Case) -> Extracted:
    raw = case.text.replace(" // ", "\n") if " // " in case.text else f"Bản tin\n{case.text}"
    return extract(raw, case.published, case.portal)


def claims_of(found: Extracted) -> list[Claim]:
    return sorted(
        (
            (c.kind, c.indicator, c.measure, c.op, c.value, c.value_high, c.denominator, c.unit, c.as_of.isoformat() if c.as_of else None,
             c.area, c.plan_by, c.per_year)
            for c in found.claims
        ),
        key=str,
    )  # fmt: skip


def units_of(found: Extracted) -> list[Unit]:
    days = ((m, m.as_of.isoformat() if m.as_of else None) for m in found.milestones)
    return sorted(((m.kind, m.indicator, day, m.area) for m, day in days), key=str)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=f"{c.group}-{c.line}", marks=[pytest.mark.xfail(reason=c.missing, strict=True)] if c.missing else [])
        for c in CASES
    ],
)
def test_what_a_sentence_asserts(case: Case) -> None:
    found = found_in(case)
    assert claims_of(found) == list(case.claims)
    assert units_of(found) == list(case.units)
    if case.document:
        assert {c.document_number for c in found.claims} == {case.document}


def test_every_construction_decision_and_negative_has_its_sentences() -> None:
    groups = {name: [c for c in CASES if c.group == name] for name in (*CONSTRUCTIONS, *DECISIONS, *NEGATIVES)}
    assert {c.group for c in CASES} == set(groups)
    assert {name: len(cases) for name, cases in groups.items() if len(cases) < LEAST} == {}


def test_no_sentence_is_written_twice() -> None:
    assert len({c.text for c in CASES}) == len(CASES)

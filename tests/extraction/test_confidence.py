"""Confidence from counted rules, and whether it keeps what it promises on articles it was not counted on."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction import calibrate, gold
from extraction.confidence import ALL, LEAN, REQUIRED, Precision, claim_confidence, field_confidence, shipped_stats, wilson_lower
from extraction.reliability import Judged, Observation, above, bins, calibration_error, count_rules, coverage_at, cross_validated, fold_of
from extraction.rows import REVIEW_BELOW

STATS = {
    ("indicator", "explicit", ALL): Precision(180, 200),
    ("indicator", "explicit", "a.*"): Precision(95, 100),
    ("indicator", "explicit", "a.good"): Precision(60, 60),
    ("indicator", "explicit", "a.bad"): Precision(5, 10),
    ("indicator", "inherited", ALL): Precision(40, 50),
    ("indicator", "inherited", "như số trước"): Precision(35, 40),
    ("indicator", "explicit", "@far"): Precision(5, 10),
}


@pytest.mark.parametrize(
    ("right", "seen", "low"), [(0, 0, 0), (8, 8, 0.83), (80, 80, 0.98), (5, 10, 0.313), (0, 10, 0.0), (9, 10, 0.7178), (90, 100, 0.855)]
)
def test_lower_bounds(right: int, seen: int, low: float) -> None:
    assert wilson_lower(right, seen) == pytest.approx(low, abs=0.005)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_lower_bound_is_below_what_was_seen_and_more_evidence_raises_it(right: int, wrong: int) -> None:
    seen = right + wrong
    if seen:
        assert 0 <= wilson_lower(right, seen) <= right / seen + 1e-12
        assert wilson_lower(right * 4, seen * 4) >= wilson_lower(right, seen) - 1e-12


def sure(rule: str, source: str = "explicit") -> float:
    return field_confidence("indicator", source, rule, STATS)


def test_rules_are_ordered_by_what_was_seen_of_them() -> None:
    assert sure("a.good/3@near") > sure("a.new/1@near") > sure("b.new/1@near") > sure("a.bad/1@near")
    assert sure("a.good/3@near") == sure("a.good/9@near"), "rows of a lexicon move"


def test_handing_on_costs_what_it_was_seen_to_cost() -> None:
    handed, own = sure("như số trước: a.good/1@near", "inherited"), sure("a.good/1@near")
    assert handed < own
    assert handed / own == pytest.approx(sure("như số trước", "inherited") / wilson_lower(180, 200), rel=1e-9)
    assert sure("a.good/1@far") < sure("a.good/1@near")
    assert sure("như số trước: a.bad/1", "inherited") < handed
    assert sure("như số sau: a.good/1", "inherited") < own, "a way of handing on that was never seen takes the average of the others"


def test_a_source_that_was_never_seen_is_a_coin() -> None:
    assert field_confidence("area", "default", "x", STATS) == pytest.approx(wilson_lower(LEAN / 2, LEAN))
    assert field_confidence("area", "default", "x", {}) < REVIEW_BELOW


def test_a_claim_is_as_sure_as_its_least_sure_field() -> None:
    fields = [("indicator", "explicit", "a.good/1@near"), ("indicator", "explicit", "a.bad/1@near")]
    assert claim_confidence(fields, STATS) == round(sure("a.bad/1@near"), 4)


def observation(document: str, wrong: frozenset[str] = frozenset(), rule: str = "r", set_name: str = "demo") -> Observation:
    return Observation(document, set_name, tuple((name, "explicit", rule) for name in REQUIRED), wrong, not wrong, ())


def test_counts() -> None:
    seen = [
        observation("a"),
        observation("b", frozenset({"area"})),
        observation("c", rule="x.y"),
        observation("d", set_name="composed_odd"),
    ]
    stats = count_rules(seen)
    assert stats["area", "explicit", "r"] == (1.1, 2.1), "composed excerpts count a tenth"
    assert stats["kind", "explicit", "r"] == (2.1, 2.1)
    assert stats["area", "explicit", "x.*"] == (1, 1)
    assert stats["area", "explicit", ALL] == (2.1, 3.1)


def test_a_document_does_not_vouch_for_itself() -> None:
    """A rule that is wrong in one document only is no less sure there for it."""
    names = [f"bài {i}" for i in range(40)]
    seen = [observation(n) for n in names] + [observation(names[0], frozenset({"area"}), rule="lạ")]
    judged = {(j.observation.document, j.observation.fields[0][2]): j.confidence for j in cross_validated(seen)}
    others = [observation(n) for n in names if fold_of(n) != fold_of(names[0])]
    assert judged[names[0], "lạ"] == claim_confidence(seen[-1].fields, count_rules(others))
    assert judged[names[0], "lạ"] > 0.8
    assert {fold_of(n) for n in names} == set(range(5))


def test_a_failed_check_caps_confidence() -> None:
    seen = [observation(f"bài {i}") for i in range(60)]
    failing = Observation("bài 1", "demo", seen[0].fields, frozenset(), True, ("plan_arithmetic",))
    judged = [j for j in cross_validated([*seen, failing]) if j.observation.checks]
    assert [j.confidence for j in judged] == [0.5]
    assert above(judged, 0.4) == (0.0, 1.0)


def test_the_reliability_table_of_a_case_counted_by_hand() -> None:
    right, wrong = observation("a"), observation("b", frozenset({"area"}))
    judged = [Judged(right, 0.97), Judged(right, 0.96), Judged(wrong, 0.58), Judged(right, 0.57), Judged(wrong, 0.2)]
    table = bins(judged)
    assert [(b.low, b.claims, b.right) for b in table] == [(0.0, 1, 0.0), (0.55, 2, 0.5), (0.95, 2, 1.0)]
    assert calibration_error(table) == pytest.approx((0.2 + 2 * 0.075 + 2 * 0.035) / 5)
    assert above(judged, 0.9) == (0.4, 1.0)
    assert coverage_at(judged, 0.75) == (0.8, 0.57)
    assert coverage_at([Judged(wrong, 0.9)], 0.5) == (0.0, 1.0)


def test_statistics_ship_with_the_extractor_and_hold_together() -> None:
    stats = shipped_stats()
    assert len(stats) > 100
    assert all(0 <= p.right <= p.seen for p in stats.values())
    for field in REQUIRED:
        explicit = [(k, p) for k, p in stats.items() if k[:2] == (field, "explicit") and not k[2].endswith(ALL)]
        total = stats.get((field, "explicit", ALL))
        assert total is None or math.isclose(sum(p.seen for _, p in explicit), total.seen, abs_tol=3), field


def test_confidence_keeps_its_promise_on_articles_it_was_not_counted_on(shared) -> None:  # type: ignore[no-untyped-def]
    assert (shared / "gold").is_dir()
    _, seen = calibrate.observe(name for name in gold.SETS if name not in gold.UNCOUNTED)
    judged = [j for j in cross_validated(seen) if j.observation.set_name in ("demo", "fresh_a", "dev_tuned", "dev_heldout")]
    assert calibration_error(bins(judged)) < 0.1
    kept, precision = above(judged, REVIEW_BELOW)
    assert kept > 0.9
    held = [j.observation.strict for j in judged if j.confidence < REVIEW_BELOW or j.observation.checks]
    assert sum(held) / len(held) < precision - 0.05, "what is held back is worse than what is let through"


def test_tables_go_between_their_markers() -> None:
    text = "a\n<!-- x -->\nold\n<!-- /x -->\nb"
    assert calibrate.write_between(text, "x", "new \\1") == "a\n<!-- x -->\nnew \\1\n<!-- /x -->\nb"
    with pytest.raises(ValueError, match="y"):
        calibrate.write_between(text, "y", "new")

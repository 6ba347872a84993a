"""Great Expectations says what is really wrong: a false expectation fails for the right reason, a broken check is not a failure."""

from __future__ import annotations

import pandas as pd
import pytest

from expectations.runner import CheckResult, Runner
from expectations.suite import Check, Suite, SuiteError, load_suites

FRAME = pd.DataFrame({"claim_id": ["a", "b", "c"], "share": [12.5, None, 300.0], "portal_id": ["p", "p", "q"]})


def check(expect: str, *, quarantine: bool = False, severity: str = "error", **kwargs: object) -> Check:
    return Check.model_validate(
        {
            "id": f"t.{expect}",
            "expect": expect,
            "kwargs": kwargs,
            "severity": severity,
            "quarantine": quarantine,
            "says": "Sai.",
            "says_en": "Wrong.",
            "why": "test",
            "do": "Sửa.",
        }
    )


@pytest.fixture(scope="module")
def results() -> dict[str, CheckResult]:
    suite = Suite(
        suite="runner",
        layer="raw",
        table="raw.claim",
        owner="data",
        row_key="claim_id",
        query="unused",
        checks=(
            check("expect_column_values_to_be_between", quarantine=True, column="share", min_value=0, max_value=100),
            check("expect_column_values_to_not_be_null", column="portal_id"),
            check("expect_table_row_count_to_be_between", severity="warning", min_value=10),
            check("expect_column_values_to_be_unique", column="no_such_column"),
        ),
    )
    return {r.check.expect: r for r in Runner().run(suite, FRAME)}


def test_a_false_expectation_fails_and_names_the_row_and_the_value(results: dict[str, CheckResult]) -> None:
    r = results["expect_column_values_to_be_between"]
    assert (r.status, r.unexpected_count, r.row_keys, r.sample) == ("failed", 1, ("c",), ("300.0",))


def test_examples_are_different_ones() -> None:
    suite = Suite(
        suite="examples", layer="raw", table="raw.claim", owner="data", row_key="claim_id", row_portal="portal_id", shows=("evidence",), query="unused",
        checks=(check("expect_column_values_to_be_between", column="share", max_value=100),),
    )  # fmt: skip
    frame = pd.DataFrame({"claim_id": list("abcdefg"), "share": [300.0] * 7, "portal_id": "p", "evidence": ["9/7 xã"] * 6 + ["8/6 xã"]})
    (result,) = Runner().run(suite, frame)
    assert result.sample == ("9/7 xã", "8/6 xã")
    assert result.by_portal[0].sample == ("9/7 xã", "8/6 xã")
    assert result.unexpected_count == 7


def test_a_true_expectation_passes(results: dict[str, CheckResult]) -> None:
    assert results["expect_column_values_to_not_be_null"].status == "passed"


def test_a_table_expectation_shows_what_it_saw(results: dict[str, CheckResult]) -> None:
    r = results["expect_table_row_count_to_be_between"]
    assert (r.status, r.observed) == ("failed", "3")


def test_a_check_that_cannot_run_is_broken_and_says_why(results: dict[str, CheckResult]) -> None:
    r = results["expect_column_values_to_be_unique"]
    assert r.status == "broken"
    assert "no_such_column" in (r.message or "")


def test_only_errors_that_do_not_quarantine_stop_the_layer(results: dict[str, CheckResult]) -> None:
    assert {k for k, r in results.items() if r.blocks} == {"expect_column_values_to_be_unique"}


def test_the_shipped_suites_are_valid() -> None:
    suites = load_suites()
    assert suites
    assert all(s.checks for s in suites)


def test_a_wrong_key_is_refused_with_the_name_of_the_file(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "bad.yml").write_text("suite: bad\nlayer: raw\ntable: t\nowner: o\nquery: q\nchecks: []\ncolour: red\n", encoding="utf-8")
    with pytest.raises(SuiteError, match=r"bad\.yml[\s\S]*colour"):
        load_suites(folder)

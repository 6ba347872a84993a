"""dbt owns structural truth, Great Expectations plausibility, distribution, freshness and trend: no rule lives in both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from expectations.context import filled
from expectations.suite import Check, Suite, load_suites
from muctieu.settings import REPOSITORY

# what only dbt says: keys, relations, accepted values, row floors, not null
STRUCTURAL = (
    "expect_column_values_to_be_unique",
    "expect_compound_columns_to_be_unique",
    "expect_select_column_values_to_be_unique_within_record",
    "expect_column_values_to_not_be_null",
    "expect_column_to_exist",
    "expect_table_columns_to_match_set",
    "expect_table_row_count_to_be_between",
    "expect_column_values_to_be_of_type",
)
DBT_TESTS = {"unique", "unique_key", "accepted", "resolves", "row_floor", "not_null"}

Rule = tuple[str, str]  # table, column


def dbt_rules(folder: Path) -> dict[Rule, set[str]]:
    """Every column that a data test or constraint of dbt is about -> names of those tests."""
    found: dict[Rule, set[str]] = {}
    for path in sorted(folder.glob("models/**/*.yml")):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models") or []:
            for test in model.get("data_tests") or []:
                name, arguments = _named(test)
                inside = arguments.get("columns") or arguments.get("to") or [""]
                for column in inside:
                    found.setdefault((model["name"], column), set()).add(name)
            for column in model.get("columns") or []:
                names = [_named(t)[0] for t in column.get("data_tests") or []] + [c["type"] for c in column.get("constraints") or []]
                for name in names:
                    found.setdefault((model["name"], column["name"]), set()).add(name)
    return found


def _named(test: str | dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(test, str):
        return test, {}
    ((name, body),) = test.items()
    return name, (body or {}).get("arguments") or {}


def overlaps(suites: Iterable[Suite], rules: dict[Rule, set[str]]) -> list[str]:
    """Checks that say what dbt says: a structural expectation, or accepted values of a column that dbt lists, too."""
    found = []
    for suite in suites:
        for check in suite.checks:
            table, column = suite.table.partition(".")[2], check.kwargs.get("column", "")
            if check.expect in STRUCTURAL:
                found.append(f"{check.id}: {check.expect} is structural; write it as a dbt test of {suite.table}")
            elif check.expect == "expect_column_values_to_be_in_set" and check.kwargs["value_set"] not in ([True], [False]):
                twin = {t for t in (table, f"stg_{table}") if "accepted" in rules.get((t, column), set())}
                found.append(f"{check.id}: accepted values are dbt's" + (f" ({', '.join(sorted(twin))} has them)" if twin else ""))
            elif (hidden := structural_in(suite.query, column)) and (twin := twins(hidden, table, rules)):
                found.append(f"{check.id}: {column} says of {hidden[1]} what dbt says ({twin})")
    return found


def structural_in(query: str, column: str) -> tuple[str, str] | None:
    """(dbt's word for it, column of the table) where a column of a query is no more than "x is not null" or "x in ('a', 'b')"."""
    serialised = duckdb.execute("select json_serialize_sql(?)", [filled(query, datetime.now(UTC), 0)]).fetchone()
    assert serialised is not None
    selected = json.loads(serialised[0])["statements"][0]["node"].get("select_list") or []
    made = next((e for e in selected if e["alias"] == column), None)
    if made is None or made["class"] != "OPERATOR":
        return None
    first, *rest = made["children"]
    if first["class"] != "COLUMN_REF":
        return None
    name = str(first["column_names"][-1])
    if made["type"] == "OPERATOR_IS_NOT_NULL":
        return "not_null", name
    if made["type"] == "COMPARE_IN" and all(e["class"] == "CONSTANT" for e in rest):
        return "accepted", name
    return None


def twins(hidden: tuple[str, str], table: str, rules: dict[Rule, set[str]]) -> str:
    kind, column = hidden
    same = {"not_null": {"not_null", "resolves", "unique"}, "accepted": {"accepted"}}[kind]
    return ", ".join(t for t in (table, f"stg_{table}") if rules.get((t, column), set()) & same)


def test_no_rule_lives_in_both() -> None:
    rules = dbt_rules(REPOSITORY / "dbt_project")
    assert len(rules) > 100  # the listing works
    assert overlaps(load_suites(), rules) == []


def test_dbt_has_no_tests_of_plausibility() -> None:
    used = {name for names in dbt_rules(REPOSITORY / "dbt_project").values() for name in names}
    assert used <= DBT_TESTS


def test_an_overlap_is_found() -> None:
    (shipped, *_) = load_suites()
    unique = Check.model_validate(
        shipped.checks[0].model_dump() | {"id": "x.unique", "expect": "expect_column_values_to_be_unique", "kwargs": {"column": "claim_id"}}
    )
    kinds = Check.model_validate(
        shipped.checks[0].model_dump()
        | {"id": "x.kinds", "expect": "expect_column_values_to_be_in_set", "kwargs": {"column": "kind", "value_set": ["target"]}}
    )
    planted = shipped.model_copy(update={"table": "marts.fct_claim", "checks": (unique, kinds)})
    found = overlaps([planted], dbt_rules(REPOSITORY / "dbt_project"))
    assert len(found) == 2
    assert "fct_claim has them" in found[1]


def test_a_rule_of_dbt_that_a_query_hides_in_a_column_is_found() -> None:
    (shipped, *_) = load_suites()
    checks = tuple(
        Check.model_validate(
            shipped.checks[0].model_dump()
            | {"id": f"x.{c}", "expect": "expect_column_values_to_be_in_set", "kwargs": {"column": c, "value_set": [True]}}
        )
        for c in ("has_kind", "kind_is_known", "is_plausible")
    )
    query = "select claim_id, c.kind is not null as has_kind, kind in ('target', 'achievement') as kind_is_known, value > 0 as is_plausible from marts.fct_claim as c"
    planted = shipped.model_copy(update={"table": "marts.fct_claim", "query": query, "checks": checks})
    found = overlaps([planted], dbt_rules(REPOSITORY / "dbt_project"))
    assert [f.partition(":")[0] for f in found] == ["x.has_kind", "x.kind_is_known"]


def test_every_threshold_has_its_reason() -> None:
    for suite in load_suites():
        for check in suite.checks:
            assert len(check.why) > 10 and len(check.do) > 10, check.id

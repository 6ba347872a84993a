"""What of a query Great Expectations is given to judge.

A suite of a mart looks at every row of a table, and four million rows as a DataFrame with objects of Python are gigabytes. DuckDB counts
the rows that break each check in one pass over the columns that are checked; Great Expectations is given those rows and some that break
none, and must find the same ones. A mean goes to it as the one row that DuckDB makes of it. What a check says, how many rows it looked
at and which ones broke it stay what they were.

Suites of new rows (raw), suites by portal, and checks whose meaning hangs on the share of rows that pass (`mostly`) get all of their rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb

from expectations.runner import CheckResult, Runner
from expectations.suite import Check, Suite

if TYPE_CHECKING:
    import pandas as pd

READ_WHOLE = 10_000  # rows that are no trouble as a DataFrame
GIVEN = 10_000  # rows that break a check and are named one by one; all are counted
SOUND = 200  # rows that break none, so that a check which finds fault with everything shows


@dataclass(frozen=True, slots=True)
class Counted:
    """What DuckDB found in all rows of a query."""

    rows: int
    broken: dict[str, int]  # check id -> rows that break it


def run_suite(runner: Runner, suite: Suite, connection: duckdb.DuckDBPyConnection, query: str) -> tuple[pd.DataFrame, list[CheckResult]]:
    """(the rows that were given to Great Expectations, one result for each check of the suite in its order)."""
    query += "\n"  # it may end with a comment
    broken = {check.id: _breaks(check) for check in suite.checks}
    (rows,) = connection.execute(f"select count(*) from ({query})").fetchone() or (0,)
    if rows <= READ_WHOLE or suite.layer == "raw" or suite.row_portal or None in broken.values():
        frame = connection.execute(query).df()
        return frame, runner.run(suite, frame)
    by_row = [check for check in suite.checks if broken[check.id]]
    counted = _count(connection, query, {check.id: str(broken[check.id]) for check in by_row})
    frame = _rows_to_judge(connection, query, [str(broken[check.id]) for check in by_row])
    results = {r.check.id: _of_all_rows(r, counted) for r in runner.run(suite.model_copy(update={"checks": tuple(by_row)}), frame)}
    means = [check for check in suite.checks if not broken[check.id]]
    for result in _run_means(runner, suite, connection, query, means) if means else []:
        results[result.check.id] = replace(result, element_count=counted.rows)
    return frame, [replace(results[check.id], suite=suite) for check in suite.checks]


def _breaks(check: Check) -> str | None:
    """SQL that is true of a row which breaks the check; empty for a check of a mean; None for one that must see all rows.

    Great Expectations passes over nulls in checks of values.
    """
    known = {"column", "value_set", "min_value", "max_value"}
    if set(check.kwargs) - known:
        return None
    column = '"' + str(check.kwargs.get("column", "")).replace('"', '""') + '"'
    low, high = check.kwargs.get("min_value"), check.kwargs.get("max_value")
    match check.expect:
        case "expect_column_values_to_be_in_set":
            return f"({column} is not null and {column} not in ({', '.join(_literal(value) for value in check.kwargs['value_set'])}))"
        case "expect_column_values_to_be_between":
            bounds = [f"{column} < {_literal(low)}" if low is not None else "", f"{column} > {_literal(high)}" if high is not None else ""]
            return f"({' or '.join(bound for bound in bounds if bound) or 'false'})"
        case "expect_column_mean_to_be_between":
            return ""
        case _:
            return None


def _literal(value: object) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return "'" + str(value).replace("'", "''") + "'"


def _count(connection: duckdb.DuckDBPyConnection, query: str, broken: dict[str, str]) -> Counted:
    counts = ", ".join(f"count(*) filter ({sql})" for sql in broken.values())
    found = connection.execute(f"select count(*), {counts} from ({query})").fetchone()
    assert found is not None
    return Counted(int(found[0]), dict(zip(broken, map(int, found[1:]), strict=True)))


def _rows_to_judge(connection: duckdb.DuckDBPyConnection, query: str, broken: Sequence[str]) -> pd.DataFrame:
    """Of each check the first rows that break it, and some that break none."""
    parts = [f"(select * from asked where {sql} limit {GIVEN})" for sql in broken]
    sound = f"(select * from asked where not coalesce({' or '.join(broken)}, false) limit {SOUND})"
    return connection.execute(f"with asked as not materialized ({query}) {' union '.join([*parts, sound])}").df()


def _of_all_rows(result: CheckResult, counted: Counted) -> CheckResult:
    """The result for all rows; broken when Great Expectations judges the rows that it was given otherwise than DuckDB."""
    found = counted.broken[result.check.id]
    if result.status == "broken":
        return result
    if result.unexpected_count < min(found, GIVEN) or (result.unexpected_count > found):
        message = f"DuckDB finds {found} rows that break the check, Great Expectations {result.unexpected_count} of those it was given"
        return replace(result, status="broken", observed="không chạy được", message=message, element_count=counted.rows)
    return replace(result, element_count=counted.rows, unexpected_count=found, observed=f"{found} / {counted.rows}")


def _run_means(
    runner: Runner, suite: Suite, connection: duckdb.DuckDBPyConnection, query: str, checks: Sequence[Check]
) -> list[CheckResult]:
    """Checks of means, on the one row that DuckDB makes of all: its mean is the mean."""
    columns = dict.fromkeys(str(check.kwargs["column"]) for check in checks)
    means = ", ".join(f'avg("{column}") as "{column}"' for column in columns)
    frame = connection.execute(f"select {means} from ({query})").df()
    part = suite.model_copy(update={"suite": f"{suite.suite}_means", "checks": tuple(checks), "row_key": None, "shows": ()})
    return runner.run(part, frame)

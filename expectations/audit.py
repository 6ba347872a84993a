"""The edge of the audit: read tables from the warehouse, run the suites of a layer, write results, quarantine and alerts.

Raw suites look at rows that no audit has passed yet (`:since` in their queries is the load id of the last finished raw
audit), so that an audit costs work for what is new. Rows that a check quarantines stay out of staging until released.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations import problems
from expectations.alerts import Alert, Problem, reconcile
from expectations.runner import CheckResult, Runner
from expectations.suite import SUITES, Layer, Suite, load_suites
from muctieu.records import Run, stable_id

ALERT_COLUMNS = [f.name for f in fields(Alert)]


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What the audit of one layer found."""

    layer: Layer
    results: tuple[CheckResult, ...]
    quarantined: int  # rows newly held back

    @property
    def passed(self) -> int:
        return sum(r.status == "passed" for r in self.results)

    @property
    def failed(self) -> int:
        return len(self.results) - self.passed

    @property
    def blocking(self) -> list[str]:
        """Ids of the checks that stop this layer from being published."""
        return [r.check.id for r in self.results if r.blocks]


def audit(
    layer: Layer, connection: duckdb.DuckDBPyConnection, build_id: str, now: datetime, *, folder: Path = SUITES, docs: Path | None = None
) -> AuditResult:
    """Run every suite of a layer and record what it found in ops.check_result, ops.quarantine and ops.alert."""
    runner, results, quarantined = Runner(), [], 0
    since = _last_audited(connection) if layer == "raw" else 0
    for suite in load_suites(folder, layer):
        frame = connection.execute(suite.query.replace(":since", str(int(since)))).df()
        found = runner.run(suite, frame)
        quarantined += sum(_quarantine(connection, suite, frame, r, build_id, now) for r in found if r.check.quarantine)
        results.extend(found)
    _record(connection, results, build_id, now)
    wrong, examined = problems.of_checks(results)
    update_alerts(connection, wrong, examined, now, build_id)
    if docs is not None:
        runner.build_docs(str(docs))
    return AuditResult(layer, tuple(results), quarantined)


def finish_raw_audit(connection: duckdb.DuckDBPyConnection) -> None:
    """Remember that everything loaded so far was audited; called once the build that used it has been published."""
    connection.execute("create table if not exists ops.audited (load_id bigint not null)")
    connection.execute("delete from ops.audited")
    connection.execute("insert into ops.audited select coalesce(max(load_id), 0) from raw.loaded_file")


def unseen_rows(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether rows about articles were loaded since the last build that was published; rows about runs and captures do not count."""
    since = _last_audited(connection)
    tables = ("article", "claim", "milestone", "citation", "unexplained", "extraction", "rejected")
    union = " union all ".join(f"select load_id from raw.{table}" for table in tables)
    row = connection.execute(f"select exists (from ({union}) where load_id > ?)", [since]).fetchone()
    return bool(row and row[0])


def _last_audited(connection: duckdb.DuckDBPyConnection) -> int:
    connection.execute("create table if not exists ops.audited (load_id bigint not null)")
    row = connection.execute("select coalesce(max(load_id), 0) from ops.audited").fetchone()
    return int(row[0]) if row else 0


def alerts_of_runs(connection: duckdb.DuckDBPyConnection, owners: dict[str, str], now: datetime, build_id: str) -> None:
    """Alerts from how the newest scraping run of each portal ended."""
    names = [f.name for f in fields(Run)]
    rows = connection.execute(
        f"select {', '.join(names)} from raw.run qualify row_number() over (partition by portal_id order by started_at desc) = 1"
    ).fetchall()
    wrong, examined = problems.of_runs((Run(*row) for row in rows), owners)
    update_alerts(connection, wrong, examined, now, build_id)


def update_alerts(
    connection: duckdb.DuckDBPyConnection, wrong: Iterable[Problem], examined: set[str], now: datetime, build_id: str
) -> list[Alert]:
    """Bring ops.alert in line with what is wrong now; returns the alerts that changed."""
    rows = connection.execute(f"select {', '.join(ALERT_COLUMNS)} from ops.alert where status <> 'resolved'").fetchall()
    changed = reconcile((Alert(*row) for row in rows), wrong, examined, now, build_id)
    with _transaction(connection):
        connection.executemany("delete from ops.alert where alert_id = ?", [[a.alert_id] for a in changed]) if changed else None
        _insert(connection, "ops.alert", ALERT_COLUMNS, [astuple(a) for a in changed])
    return changed


def _record(connection: duckdb.DuckDBPyConnection, results: Sequence[CheckResult], build_id: str, now: datetime) -> None:
    columns = [
        "check_result_id",
        "build_id",
        "check_key",
        "layer",
        "suite",
        "table_name",
        "column_name",
        "expectation",
        "severity",
        "success",
        "observed",
        "expected",
        "element_count",
        "unexpected_count",
        "unexpected_sample",
        "message_vi",
        "message_en",
        "owner",
        "checked_at",
    ]
    rows = [
        (
            stable_id(build_id, r.check.id),
            build_id,
            r.check.id,
            r.suite.layer,
            r.suite.suite,
            r.suite.table,
            r.check.kwargs.get("column"),
            r.check.expect,
            r.check.severity,
            r.status == "passed",
            r.message or r.observed,
            json.dumps({k: v for k, v in r.check.kwargs.items() if k != "column"}, ensure_ascii=False),
            r.element_count,
            r.unexpected_count,
            json.dumps(r.row_keys[:20] or r.sample, ensure_ascii=False),
            r.check.says,
            r.check.says_en,
            r.suite.owner,
            now,
        )
        for r in results
    ]
    with _transaction(connection):
        connection.executemany("delete from ops.check_result where check_result_id = ?", [[row[0]] for row in rows])
        _insert(connection, "ops.check_result", columns, rows)


def _quarantine(connection: duckdb.DuckDBPyConnection, suite: Suite, frame: Any, result: CheckResult, build_id: str, now: datetime) -> int:
    """Hold back the rows that a check refused; a row that was held back or released before is left as it is."""
    if not result.row_keys:
        return 0
    columns = [
        "quarantine_id",
        "source_table",
        "source_id",
        "rule",
        "severity",
        "reason_vi",
        "reason_en",
        "evidence",
        "portal_id",
        "url",
        "build_id",
        "quarantined_at",
    ]
    by_key = frame.set_index(suite.row_key)
    rows = []
    for key in result.row_keys:
        row = by_key.loc[key]
        if getattr(row, "ndim", 1) > 1:  # the key is not unique: the first row stands for all
            row = row.iloc[0]
        rows.append(
            (
                stable_id(suite.table, key, result.check.id),
                suite.table,
                key,
                result.check.id,
                result.check.severity,
                result.check.says,
                result.check.says_en,
                _text(row, "evidence") or _text(row, result.check.kwargs.get("column", "")),
                _text(row, suite.row_portal or ""),
                _text(row, "url"),
                build_id,
                now,
            )
        )
    known = {r[0] for r in connection.execute("select quarantine_id from ops.quarantine where rule = ?", [result.check.id]).fetchall()}
    new = [row for row in rows if row[0] not in known]
    with _transaction(connection):
        _insert(connection, "ops.quarantine", columns, new)
    return len(new)


def _text(row: Any, column: str) -> str | None:
    value = row.get(column) if column else None
    return None if value is None else str(value)[:500]


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"insert into {table} ({', '.join(columns)}) values ({marks})", [list(row) for row in rows])


class _transaction:
    """`begin … commit`, or `rollback` when something raises."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def __enter__(self) -> None:
        self.connection.begin()

    def __exit__(self, kind: object, *_: object) -> None:
        self.connection.rollback() if kind else self.connection.commit()

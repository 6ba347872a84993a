"""The edge of the audit: read tables from the warehouse, run the suites of a layer, write results, quarantine and alerts.

Raw suites look at rows that no audit has passed yet (`:since` in their queries is the load id of the last finished raw
audit), so that an audit costs work for what is new. Rows that a check quarantines stay out of staging until released.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations import data_docs, problems, quarantine
from expectations.alerts import REOPENS_WITHIN, Alert, Problem, reconcile
from expectations.context import filled, prepare
from expectations.reading import run_suite
from expectations.runner import CheckResult, Runner
from expectations.suite import SUITES, Layer, load_suites
from muctieu.records import Run, stable_id
from muctieu.rows import insert, transaction

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
    layer: Layer,
    connection: duckdb.DuckDBPyConnection,
    build_id: str,
    now: datetime,
    *,
    folder: Path = SUITES,
    docs: Path | None = None,
    owners: Mapping[str, str] | None = None,
) -> AuditResult:
    """Run every suite of a layer and record what it found in ops.check_result, ops.quarantine and ops.alert.

    `owners`: portal id -> who maintains it, told of rows of their portal that fail.
    """
    runner, results, quarantined = Runner(), [], 0
    since = _last_audited(connection) if layer == "raw" else 0
    prepare(connection, now, since)
    for suite in load_suites(folder, layer):
        frame, found = run_suite(runner, suite, connection, filled(suite.query, now, since).rstrip().rstrip(";"))
        quarantined += sum(quarantine.hold(connection, suite, frame, r, build_id, now) for r in found if r.check.quarantine)
        results.extend(found)
    _record(connection, results, build_id, now)
    if layer == "raw":
        quarantine.supersede(connection, now)
    states = {r.check.id: _held_state(connection, r.check.id) for r in results if r.check.quarantine}
    wrong, examined = problems.of_checks(results, owners or {}, states)
    update_alerts(connection, wrong, examined, now, build_id)
    if docs is not None:
        data_docs.write(runner, docs, layer, results)
    return AuditResult(layer, tuple(results), quarantined)


def _held_state(connection: duckdb.DuckDBPyConnection, rule: str) -> problems.HeldState:
    return problems.HeldState(frozenset(quarantine.decided_keys(connection, rule)), frozenset(quarantine.waiting_portals(connection, rule)))


def finish_raw_audit(connection: duckdb.DuckDBPyConnection) -> None:
    """Remember that everything loaded so far was audited and that decisions made before the newest dbt build are in the marts;
    called once the build that used them has been published."""
    connection.execute("delete from ops.audited")
    connection.execute(
        "insert into ops.audited select coalesce(max(load_id), 0), "
        "(select max(started_at) from ops.run where step = 'transform' and outcome = 'ok') from raw.loaded_file"
    )


def unseen_rows(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether rows about articles were loaded since the last build that was published; rows about runs and captures do not count."""
    since = _last_audited(connection)
    tables = ("article", "claim", "milestone", "citation", "unexplained", "extraction", "rejected")
    union = " union all ".join(f"select load_id from raw.{table}" for table in tables)
    row = connection.execute(f"select exists (from ({union}) where load_id > ?)", [since]).fetchone()
    return bool(row and row[0])


def _last_audited(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select coalesce(max(load_id), 0) from ops.audited").fetchone()
    return int(row[0]) if row else 0


def alerts_of_portals(
    connection: duckdb.DuckDBPyConnection,
    health: Iterable[problems.Health],
    portals: Mapping[str, problems.PortalCard],
    now: datetime,
    build_id: str,
) -> None:
    """Alerts from how the newest scraping run of each portal ended, and from how long it has been silent."""
    wrong, examined = problems.of_portals(newest_runs(connection), health, portals)
    update_alerts(connection, wrong, examined, now, build_id)


def newest_runs(connection: duckdb.DuckDBPyConnection) -> list[Run]:
    """The newest scraping run of each portal."""
    names = [f.name for f in fields(Run)]
    rows = connection.execute(
        f"select {', '.join(names)} from raw.run qualify row_number() over (partition by portal_id order by started_at desc) = 1"
    ).fetchall()
    return [Run(*row) for row in rows]


def update_alerts(
    connection: duckdb.DuckDBPyConnection, wrong: Iterable[Problem], examined: set[str], now: datetime, build_id: str
) -> list[Alert]:
    """Bring ops.alert in line with what is wrong now; returns the alerts that changed."""
    known = read_alerts(connection, "status <> 'resolved' or resolved_at > ?", [now - REOPENS_WITHIN])
    changed = reconcile(known, wrong, examined, now, build_id)
    with transaction(connection):
        write_alerts(connection, changed)
    return changed


def read_alerts(connection: duckdb.DuckDBPyConnection, where: str = "true", parameters: Sequence[Any] = ()) -> list[Alert]:
    """Rows of ops.alert, the oldest first."""
    rows = connection.execute(
        f"select {', '.join(ALERT_COLUMNS)} from ops.alert where {where} order by first_seen_at, alert_id", list(parameters)
    ).fetchall()
    return [Alert(*row) for row in rows]


def write_alerts(connection: duckdb.DuckDBPyConnection, alerts: Sequence[Alert]) -> None:
    """Put rows in the place of those with the same id; the caller holds the transaction."""
    if alerts:
        connection.execute("delete from ops.alert where alert_id in (select unnest(?::varchar[]))", [[a.alert_id for a in alerts]])
        insert(connection, "ops.alert", ALERT_COLUMNS, [astuple(a) for a in alerts])


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
    with transaction(connection):
        connection.execute(
            "delete from ops.check_result where check_result_id in (select unnest(?::varchar[]))", [[row[0] for row in rows]]
        )
        insert(connection, "ops.check_result", columns, rows)

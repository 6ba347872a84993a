"""dbt in this process: `raw` into staging, intermediate, marts and bi; what came of every node, as rows.

dbt costs about 5 s of imports and parsing in a fresh process and under 3 s in a warm one; the partial parse is kept in the target folder.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muctieu.locks import cluster_lock
from muctieu.rows import insert
from muctieu.settings import REPOSITORY, DuckLake, Settings
from warehouse.changes import Plan, begin_full, finish, look, plan_build
from warehouse.schema import open_warehouse

log = logging.getLogger(__name__)
PROJECT = REPOSITORY / "dbt_project"
CODEBOOK = REPOSITORY / "extraction"
FAILED = frozenset({"error", "fail", "runtime error"})
WARNED = "warn"
BUILD_COLUMNS = (
    "build_id", "node_id", "name", "resource_type", "status", "seconds", "failures", "message", "failing_rows_query", "finished_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What dbt did with one model, seed or test."""

    node_id: str
    name: str
    resource_type: str  # model | seed | test | unit_test
    status: str  # success | pass | warn | fail | error | skipped
    seconds: float
    failures: int | None  # rows that a test found
    message: str | None
    failing_rows_query: str | None  # run it on the warehouse to see the rows
    owner: str | None = None  # `meta.owner` of the model, or of the model that a test is about

    @property
    def failed(self) -> bool:
        return self.status in FAILED


@dataclass(frozen=True, slots=True)
class BuildResult:
    """One dbt invocation."""

    build_id: str
    started_at: datetime
    seconds: float
    nodes: tuple[NodeResult, ...]
    full_refresh: bool
    reason: str = ""  # why everything was made anew, or what was touched
    touched_articles: int = 0
    error: str | None = None  # dbt itself could not run: parsing, profile, a locked file

    @property
    def ok(self) -> bool:
        return self.error is None and not any(node.failed for node in self.nodes)

    def problems(self) -> list[str]:
        """One paragraph a failed node: which model or test, why, and the query that shows the rows."""
        found = [self.error] if self.error else []
        return found + [_paragraph(node) for node in self.nodes if node.failed]

    def warnings(self) -> list[str]:
        """The same of each test that found rows and stops nothing: a correction that no longer fits."""
        return [_paragraph(node) for node in self.nodes if node.status == WARNED]


def _paragraph(node: NodeResult) -> str:
    query = f"\n  rows: {' '.join(node.failing_rows_query.split())}" if node.failing_rows_query else ""
    return f"{node.resource_type} {node.name}: {node.status}: {(node.message or '').strip()}{query}"


class BuildFailed(RuntimeError):
    """A dbt build with failed nodes; the text names each."""

    def __init__(self, result: BuildResult) -> None:
        super().__init__("dbt build failed\n" + "\n".join(result.problems()))
        self.result = result


def run_dbt(
    settings: Settings,
    select: str | None = None,
    full_refresh: bool | None = None,
    *,
    build_id: str | None = None,
    command: str = "build",
    codebook: Path = CODEBOOK,
    tests: bool = True,
    extra: Sequence[str] = (),
) -> BuildResult:
    """Run dbt on the warehouse of these settings; nothing else may have its file open.

    A build does the work of what was loaded, held back, released or corrected since the last complete one, and makes everything anew
    when it must (`warehouse.changes`; the result says which and why). `full_refresh=True` asks for that; False asks for touched rows
    only, also when the code has changed. A build of selected nodes leaves what is touched to be done by the next complete one.
    Without `tests` the same tables are made and nobody looks at them.

    Unit tests of models are left out of a build (they test SQL, not data); `command="test", select="test_type:unit"` runs them.
    A failed node is in the result, not raised; use `BuildFailed(result)` where it must stop a pipeline.
    """
    started = datetime.now(UTC)
    build_id = build_id or f"build-{started:%Y%m%dt%H%M%S}"
    plan = None
    with open_warehouse(settings.warehouse) as connection:  # also makes the raw and ops tables that the sources name
        if command == "build":
            plan = plan_build(connection, look(connection, PROJECT, codebook), full_refresh)
            if plan.full_refresh:
                begin_full(connection)
            # no copies of a build before this one: whoever needs one that this build did not make must fail
            if isinstance(settings.warehouse, Path):
                connection.execute("drop schema if exists touched cascade; create schema touched")
            log.info("build %s: %s: %s", build_id, "full refresh" if plan.full_refresh else "incremental", plan.reason)
    target = settings.home / "dbt"
    arguments = [*command.split(), "--quiet", "--no-use-colors", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    arguments += ["--target-path", str(target / "target"), "--log-path", str(target / "logs"), "--log-level-file", "info"]
    if command == "build":
        arguments += ["--exclude-resource-type", "unit_test"]
        arguments += [] if tests else ["--exclude-resource-type", "test"]
    if plan is not None and plan.full_refresh:
        arguments.append("--full-refresh")
    if select:
        arguments += ["--select", *select.split()]
    results_path = target / "target" / "run_results.json"
    results_path.unlink(missing_ok=True)
    environment = {
        "MUCTIEU_CODEBOOK": str(codebook),
        "MUCTIEU_DUCKDB_MEMORY": os.environ.get("MUCTIEU_DUCKDB_MEMORY") or f"{_half_of_memory_mb()}MB",
        "MUCTIEU_TESTS": "touched" if plan is not None and not plan.full_refresh else "whole",
        **({"MUCTIEU_WAREHOUSE": str(settings.warehouse)} if isinstance(settings.warehouse, Path) else settings.warehouse.variables),
        "MUCTIEU_COPIES": "yes" if plan is not None and not select and not extra and _keeps_copies(settings, plan) else "",
    }
    # a worker that lost its network may still be building what its successor builds now; a file is locked by DuckDB itself
    shared = settings.locks if isinstance(settings.warehouse, DuckLake) else ""
    with _environment(environment), cluster_lock(shared, f"build {settings.warehouse}"):
        error = _invoke([*arguments, *extra])
    nodes = tuple(_read_results(target / "target")) if results_path.is_file() else ()
    if nodes:
        error = None  # failed nodes tell it better
    seconds = (datetime.now(UTC) - started).total_seconds()
    result = BuildResult(
        build_id=build_id,
        started_at=started,
        seconds=seconds,
        nodes=nodes,
        full_refresh=plan is not None and plan.full_refresh,
        reason=plan.reason if plan else "",
        touched_articles=plan.touched_articles if plan else 0,
        error=error,
    )
    if plan is not None and not select and not extra and result.ok:
        with open_warehouse(settings.warehouse) as connection:
            finish(connection, build_id, plan.seen, _groups(target / "target"), plan.full_refresh)
    return result


def record_build(settings: Settings, result: BuildResult) -> None:
    """Keep the node results in ops.build."""
    finished = datetime.now(UTC)
    rows = [
        (result.build_id, n.node_id, n.name, n.resource_type, n.status, n.seconds, n.failures, n.message, n.failing_rows_query, finished)
        for n in result.nodes
    ]
    with open_warehouse(settings.warehouse) as connection:
        connection.execute("delete from ops.build where build_id = ?", [result.build_id])
        insert(connection, "ops.build", BUILD_COLUMNS, rows)


def _invoke(arguments: Sequence[str]) -> str | None:
    """Run dbt here; the text of what stopped it, when it did not come to run anything."""
    from dbt.cli.main import dbtRunner  # 1.5 s of imports: only where dbt runs

    outcome = dbtRunner().invoke(list(arguments))
    if outcome.exception is not None:
        return f"dbt {arguments[0]}: {outcome.exception}"
    return None if outcome.success else f"dbt {arguments[0]} failed before it ran a node; see the log in MUCTIEU_HOME/dbt/logs"


def _read_results(target: Path) -> Iterator[NodeResult]:
    results = json.loads((target / "run_results.json").read_text())["results"]
    manifest = json.loads((target / "manifest.json").read_text())
    nodes: dict[str, Any] = {**manifest["nodes"], **manifest["unit_tests"]}
    for row in results:
        node_id = row["unique_id"]
        if node_id.startswith("exposure."):
            continue  # they say who reads; dbt has nothing to do for them
        node = nodes.get(node_id, {})
        failed_test = row["status"] in FAILED | {WARNED} and node_id.startswith("test.")
        yield NodeResult(
            node_id=node_id,
            name=node.get("name", node_id),
            resource_type=node.get("resource_type", node_id.split(".")[0]),
            status=row["status"],
            seconds=round(float(row["execution_time"]), 4),
            failures=row["failures"],
            message=row["message"],
            failing_rows_query=row["compiled_code"] if failed_test else None,
            owner=_owner(node, nodes),
        )


def _keeps_copies(settings: Settings, plan: Plan) -> bool:
    """Whether models read what others made anew (macros/touched.sql). A build of a part has not made it all. DuckLake is left out: a copy
    would be files in the object store, and nobody has measured it there."""
    return not plan.full_refresh and plan.same_code and isinstance(settings.warehouse, Path)


def _half_of_memory_mb() -> int:
    """Of this machine: the other half is for what runs beside a build and for the file cache."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2_000_000


def _groups(target: Path) -> dict[str, str]:
    """Incremental mart -> what its rows are grouped by."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"].values()
    return {
        node["name"]: node["config"]["meta"]["touched_by"]
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == "marts" and node["config"]["materialized"] == "incremental"
    }


def _owner(node: dict[str, Any], nodes: dict[str, Any]) -> str | None:
    model = nodes.get(node.get("attached_node") or "", node)
    owner = (model.get("config") or {}).get("meta", {}).get("owner") or (model.get("meta") or {}).get("owner")
    return str(owner) if owner else None


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """dbt's profile reads the environment of this process."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

"""What the tasks of the DAGs do: each function opens the edges of this process, calls one package and returns counts.

Nothing here needs Airflow, so everything can be run and tested without it. Imports are inside the functions because the
DAG processor imports this module often and none of dbt, Great Expectations or DuckDB is needed to know what the tasks are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from muctieu.settings import TIMEZONE, Settings, read_settings

if TYPE_CHECKING:
    import duckdb

    from muctieu.lake import Lake
    from scrapers.registry import Portal
    from warehouse.portals import PortalSpan

FILES_A_BATCH = 50  # article files one extraction task reads: about 500 articles, a few seconds of work to lose to a kill


class PublishingRefused(RuntimeError):
    """The audit does not allow publishing; the message names the checks."""


def first_day() -> datetime:
    """Start date of every DAG: fixed and past, because schedules never catch up."""
    return datetime(2026, 1, 1, tzinfo=TIMEZONE)


def retrying(times: int, minutes: int, hours: int) -> dict[str, Any]:
    """Default arguments of a DAG: how often a task is tried again, how long after, and how long it may take at all.

    `dag.test()` sleeps until a retry is due (five minutes of "No tasks to run", seen with Airflow 3.3.2), so a headless run
    fails at once: its user is there to see it.
    """
    headless = os.environ.get("MUCTIEU_HEADLESS") == "1"
    return {"retries": 0 if headless else times, "retry_delay": timedelta(minutes=minutes), "execution_timeout": timedelta(hours=hours)}


@dataclass(frozen=True, slots=True)
class ScheduledPortal:
    """What a DAG file needs to know of a portal."""

    id: str
    name: str
    schedule: str | None
    tags: list[str]


def portals_to_schedule(settings: Settings) -> list[ScheduledPortal]:
    """The portals that are still published on, with their schedules; archive-only ones can be imported but not scraped."""
    return [
        ScheduledPortal(p.id, p.name, p.schedule.cron if p.schedule else None, [p.platform, str(p.status)])
        for p in _portals(settings).values()
        if not p.archive_only
    ]


def scrape(portal_id: str, since: Any = None, until: Any = None, limit: Any = None) -> dict[str, Any]:
    """One scraping run of one portal; raises when the portal could not be read at all, so that the task is red."""
    from scrapers.run import ScrapeOptions, scrape_portal

    settings = read_settings()
    options = ScrapeOptions(
        since=_day(since),
        until=_day(until),
        limit=int(limit) if limit else None,
        user_agent=settings.user_agent,
        allow_private_hosts=settings.allow_private_hosts,
    )
    run = scrape_portal(_portals(settings)[portal_id], _lake(settings), options, now=_now)
    if run.outcome in ("broken", "blocked", "unreachable"):
        raise RuntimeError(f"{portal_id}: {run.outcome}: {run.message}")
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(run).items()}


def announce(run: dict[str, Any], event: Any) -> None:
    """Tell the build DAG about new articles; a run without any announces nothing and is skipped in the UI."""
    from airflow.sdk.exceptions import AirflowSkipException

    if not run["new_articles"] and not run["new_versions"]:
        raise AirflowSkipException("không có bài mới hoặc bài sửa đổi")
    if event is not None:
        event.extra = {key: run[key] for key in ("run_id", "portal_id", "new_articles", "new_versions")}


def anything_new(full_refresh: bool = False) -> bool:
    """Whether the marts have work: rows about articles that no published build has seen, or nothing published yet.

    Asked after loading: how the portals' runs went is loaded and alerted about by every build, also by one that ends here.
    A build that was killed before it published left its rows unseen, so the next one goes on.
    """
    from expectations.audit import unseen_rows

    settings = read_settings()
    if full_refresh or not settings.current.exists():
        return True
    with _warehouse(settings) as connection:
        return unseen_rows(connection)


def plan_extraction(portals: list[str] | None = None) -> list[list[str]]:
    """Article files that the current extractor has not read, in batches."""
    from extraction.batch import pending_files

    files = pending_files(_lake(read_settings()), portals or None)
    return [files[i : i + FILES_A_BATCH] for i in range(0, len(files), FILES_A_BATCH)]


def extract(batch: list[str]) -> dict[str, int]:
    """Read the articles of some files; writes claims, milestones, citations and what stayed unexplained."""
    from extraction.batch import extract_files

    return asdict(extract_files(_lake(read_settings()), batch))


def load(build_id: str) -> dict[str, Any]:
    """New files of the lake into raw.*, how every portal is doing, and alerts from how the portals' runs ended."""
    from expectations.audit import alerts_of_runs
    from warehouse.load import load_into
    from warehouse.portals import record_portals
    from warehouse.source_health import record_source_health

    settings = read_settings()
    with _warehouse(settings) as connection, _step(connection, build_id, "load") as counts:
        result = load_into(connection, _lake(settings))
        portals = _portals(settings).values()
        record_portals(connection, (span for p in portals for span in _spans(p)))
        record_source_health(connection, {p.id: p.normal.max.days_since_newest for p in portals}, _now(), build_id)
        alerts_of_runs(connection, {p.id: p.maintainers[0].email for p in portals}, _now(), build_id)
        counts["rows_out"] = result.total
        return asdict(result)


def audit(layer: str, build_id: str) -> dict[str, Any]:
    """Check one layer; what fails is quarantined or listed as blocking, and becomes an alert."""
    from expectations.audit import audit as run_audit

    settings = read_settings()
    with _warehouse(settings) as connection, _step(connection, build_id, f"audit_{layer}") as counts:
        docs = settings.reports / "data_docs" / layer
        result = run_audit(layer, connection, build_id, _now(), docs=docs)  # type: ignore[arg-type]
        counts["rows_out"] = result.quarantined
        counts["message"] = f"{result.passed} đạt, {result.failed} không đạt"
        return {
            "layer": layer,
            "passed": result.passed,
            "failed": result.failed,
            "quarantined": result.quarantined,
            "blocking": result.blocking,
        }


def transform(build_id: str, full_refresh: bool = False) -> dict[str, Any]:
    """dbt build; raises naming the models and tests that failed."""
    from warehouse.build import BuildFailed, record_build, run_dbt

    settings = read_settings()
    result = run_dbt(settings, full_refresh=full_refresh, build_id=build_id)
    record_build(settings, result)
    failed = sum(node.failed for node in result.nodes)
    summary = f"{len(result.nodes) - failed} nút đạt, {failed} hỏng, {result.seconds:.1f} s"
    with _warehouse(settings) as connection, _step(connection, build_id, "transform") as counts:
        counts.update(message=summary, outcome="ok" if result.ok else "failed")
    if not result.ok:
        raise BuildFailed(result)
    return {"summary": "\n".join([summary, *result.warnings()]), "seconds": result.seconds}


def publish(build_id: str, audits: list[dict[str, Any]]) -> dict[str, Any]:
    """Release the marts; refused when an audit names a blocking check.

    Raises:
        PublishingRefused: what was published before stays.
    """
    from expectations.audit import finish_raw_audit
    from warehouse.publish import publish as release

    blocking = [check for result in audits for check in result["blocking"]]
    settings = read_settings()
    if blocking:
        with _warehouse(settings) as connection, _step(connection, build_id, "publish") as counts:
            counts["outcome"] = "refused"
            counts["message"] = ", ".join(blocking)
        raise PublishingRefused(f"kiểm định không cho phép công bố: {', '.join(blocking)}; bản đã công bố trước đó được giữ nguyên")
    result = release(settings, allowed=True, now=_now())
    with _warehouse(settings) as connection, _step(connection, build_id, "publish"):
        finish_raw_audit(connection)  # after the release: a kill in between costs a build, not a release
    return {"path": str(result.path), "content_hash": result.content_hash, "rows": result.rows}


def report() -> str:
    """The HTML report of what is published; returns its path."""
    from warehouse.report import write_report

    settings = read_settings()
    return str(write_report(settings.current, settings.reports))


def digest(build_id: str) -> dict[str, Any]:
    """What maintainers should know of this build: open alerts by severity, for the log of the task and whoever delivers them."""
    settings = read_settings()
    if not settings.warehouse.exists():
        return {"open": {}}
    with _warehouse(settings) as connection:
        rows = connection.execute(
            "select severity, count(*) from ops.alert where status <> 'resolved' group by severity order by severity"
        ).fetchall()
    return {"build_id": build_id, "open": dict(rows)}


def _portals(settings: Settings) -> dict[str, Portal]:
    from scrapers.registry import load_portals

    return load_portals(settings.portals)


def _spans(portal: Portal) -> Iterator[PortalSpan]:
    """What the registry says of a portal, one row an area that it speaks or spoke for."""
    from warehouse.portals import PortalSpan

    who = (portal.id, portal.name, portal.platform, str(portal.status), portal.hosts[0].host, portal.valid.since, portal.valid.until)
    for area in portal.areas:
        yield PortalSpan(*who, area.name, area.code, area.since, area.until)


def _lake(settings: Settings) -> Lake:
    from muctieu.lake import Lake

    return Lake(settings.lake)


@contextmanager
def _warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    from warehouse.schema import open_warehouse

    with open_warehouse(settings.warehouse) as connection:
        yield connection


@contextmanager
def _step(connection: duckdb.DuckDBPyConnection, build_id: str, step: str) -> Iterator[dict[str, Any]]:
    """Record in ops.run when a step began and how it ended; the caller may set rows_in, rows_out, outcome and message."""
    from muctieu.records import stable_id

    started = _now()
    counts: dict[str, Any] = {"rows_in": None, "rows_out": None, "outcome": "ok", "message": None}
    try:
        yield counts
    except Exception as error:
        counts.update(outcome="failed", message=f"{type(error).__name__}: {error}"[:2000])
        raise
    finally:
        connection.execute(
            "insert into ops.run (run_id, build_id, step, started_at, ended_at, outcome, rows_in, rows_out, message) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                stable_id(build_id, step, started.isoformat()),
                build_id,
                step,
                started,
                _now(),
                counts["outcome"],
                counts["rows_in"],
                counts["rows_out"],
                counts["message"] if isinstance(counts["message"], str | None) else json.dumps(counts["message"], ensure_ascii=False),
            ],
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None

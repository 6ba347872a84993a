"""What the tasks of the DAGs do: each function opens the edges of this process, calls one package and returns counts.

Nothing here needs Airflow, so everything can be run and tested without it. Imports are inside the functions because the
DAG processor imports this module often and none of dbt, Great Expectations or DuckDB is needed to know what the tasks are.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from muctieu.callbacks import task_failed
from muctieu.errors import BackfillIncomplete, PortalFailed, PublishingRefused
from muctieu.logs import about
from muctieu.settings import TIMEZONE, Settings, read_settings

if TYPE_CHECKING:
    import duckdb

    from dashboards.site.build import Site
    from expectations.problems import PortalCard
    from muctieu.lake import Lake
    from muctieu.records import Run
    from scrapers.health import Measures
    from scrapers.registry import Portal
    from warehouse.build import BuildResult
    from warehouse.portals import PortalSpan

log = logging.getLogger(__name__)

FILES_A_BATCH = 50  # article files one extraction task reads: about 500 articles, a few seconds of work to lose to a kill


def first_day() -> datetime:
    """Start date of every DAG: fixed and past, because schedules never catch up."""
    return datetime(2026, 1, 1, tzinfo=TIMEZONE)


def before_all_portals() -> datetime:
    """Start date of the DAGs that read the past: Airflow runs no task for a day before it."""
    from scrapers.backfill import FIRST_DAY

    return datetime(FIRST_DAY.year, 1, 1, tzinfo=TIMEZONE)


def retrying(times: int, minutes: int, hours: int) -> dict[str, Any]:
    """Default arguments of a DAG: how often a task is tried again, how long after, how long it may take at all, and
    who is called when it has failed.

    `dag.test()` sleeps until a retry is due (five minutes of "No tasks to run", seen with Airflow 3.3.2), so a headless run
    fails at once: its user is there to see it.
    """
    headless = os.environ.get("MUCTIEU_HEADLESS") == "1"
    return {
        "retries": 0 if headless else times,
        # tests of a cluster do not wait for minutes
        "retry_delay": timedelta(seconds=float(os.environ.get("MUCTIEU_RETRY_SECONDS") or minutes * 60)),
        "execution_timeout": timedelta(hours=hours),
        "on_failure_callback": task_failed,
    }


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


def portals_to_backfill(settings: Settings) -> list[ScheduledPortal]:
    """The same; none in a headless run, which has no scheduler that could backfill: its DAGs would only be parsed and stored."""
    return [] if os.environ.get("MUCTIEU_HEADLESS") == "1" else portals_to_schedule(settings)


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
    with about(portal_id=portal_id):
        run = scrape_portal(_portals(settings)[portal_id], _lake(settings), options, now=_now)
        _tell(run)
    if run.outcome in ("broken", "blocked", "unreachable"):
        raise PortalFailed(portal_id, run.outcome, run.message, run.run_id)
    return _plain(run)


def backfill(
    portal_id: str,
    since: Any = None,
    until: Any = None,
    *,
    interval: tuple[datetime, datetime] | None = None,
    again: bool = False,
    on_progress: Callable[[Any], None] | None = None,
) -> dict[str, Any] | None:
    """Read one window of years past of one portal; None when the ledger says that it was read to its end and `again` is not asked for.

    `interval`: the data interval of an Airflow run, which the days are cut to. Raises when the window was not read to its end.
    """
    from scrapers.backfill import days_asked, left, readings, record
    from scrapers.run import ScrapeOptions, scrape_portal

    settings = read_settings()
    lake = _lake(settings)
    local = tuple(moment.astimezone(TIMEZONE) for moment in interval) if interval else None
    window = days_asked(since, until, local, _now().astimezone(TIMEZONE).date())  # type: ignore[arg-type]
    if not again and not left([window], readings(lake, portal_id)):
        return None
    options = ScrapeOptions(
        since=window.since,
        until=window.until,
        user_agent=settings.user_agent,
        allow_private_hosts=settings.allow_private_hosts,
    )
    seen: list[Measures] = []
    watching = {"on_progress": on_progress} if on_progress else {}
    with about(portal_id=portal_id, window=window.name):
        run = scrape_portal(_portals(settings)[portal_id], lake, options, now=_now, on_end=seen.append, **watching)  # type: ignore[arg-type]
        reading = record(lake, window, run, seen[0])
        _tell(run)
    if run.outcome in ("broken", "blocked", "unreachable"):
        raise PortalFailed(portal_id, run.outcome, run.message, run.run_id)
    if not reading.complete:
        raise BackfillIncomplete(portal_id, f"{window.since} – {window.until}", run.message)
    return _plain(run)


def _tell(run: Run) -> None:
    """Counters and a log line about a run that ended."""
    from muctieu import metrics

    metrics.told_of_run(run)
    counts = ("fetched", "failed", "new_articles", "new_versions", "rejected", "requests")
    # bound, not `extra`: Airflow's formatter keeps what is bound
    with about(run_id=run.run_id, outcome=run.outcome, **{name: getattr(run, name) for name in counts}):
        log.info("đọc xong cổng")


def _plain(run: Run) -> dict[str, Any]:
    """A run as JSON takes it."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(run).items()}


def announce(run: dict[str, Any], event: Any) -> None:
    """Tell the build DAG about new articles; a run without any announces nothing and is skipped in the UI."""
    from airflow.sdk.exceptions import AirflowSkipException

    if not run["new_articles"] and not run["new_versions"]:
        raise AirflowSkipException("không có bài mới hoặc bài sửa đổi")
    if event is not None:
        event.extra = {key: run[key] for key in ("run_id", "portal_id", "new_articles", "new_versions")}


def anything_new(full_refresh: bool = False) -> bool:
    """Whether the marts have work: rows about articles that no published build has seen, a decision about a row in quarantine, rows held
    back or corrected since, other models than those of the last build, or nothing published yet.

    Asked after loading: how the portals' runs went is loaded and alerted about by every build, also by one that ends here.
    A build that was killed before it published left its rows unseen, so the next one goes on.
    """
    from expectations.audit import unseen_rows
    from expectations.quarantine import unbuilt_decisions
    from warehouse.build import CODEBOOK, PROJECT
    from warehouse.changes import anything_changed, look

    settings = read_settings()
    if full_refresh or not settings.current.exists():
        return True
    with _warehouse(settings) as connection:
        if unseen_rows(connection) or unbuilt_decisions(connection):
            return True
        return anything_changed(connection, look(connection, PROJECT, CODEBOOK))


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
    from expectations.audit import alerts_of_portals
    from muctieu import metrics
    from warehouse.load import load_into, new_claims
    from warehouse.portals import record_portals
    from warehouse.source_health import record_source_health

    settings = read_settings()
    with _warehouse(settings) as connection, _step(connection, build_id, "load") as counts:
        result = load_into(connection, _lake(settings))
        portals = _portals(settings).values()
        record_portals(connection, (span for p in portals for span in _spans(p)))
        health = record_source_health(connection, {p.id: p.normal.max.days_since_newest for p in portals}, _now(), build_id)
        alerts_of_portals(connection, health, portal_cards(settings), _now(), build_id)
        counts["rows_out"] = result.total
        metrics.told_of_claims(new_claims(connection, result.load_id))
        return asdict(result)


def audit(layer: str, build_id: str) -> dict[str, Any]:
    """Check one layer; what fails is quarantined or listed as blocking, and becomes an alert."""
    from expectations.audit import audit as run_audit

    settings = read_settings()
    with _warehouse(settings) as connection, _step(connection, build_id, f"audit_{layer}") as counts:
        docs = settings.reports / "data_docs" / layer
        owners = {portal: card.owner for portal, card in portal_cards(settings).items()}
        result = run_audit(layer, connection, build_id, _now(), docs=docs, owners=owners)  # type: ignore[arg-type]
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
    from expectations.audit import update_alerts
    from expectations.problems import of_nodes
    from warehouse.build import BuildFailed, record_build, run_dbt

    settings, started = read_settings(), _now()
    result = run_dbt(settings, full_refresh=full_refresh or None, build_id=build_id)
    record_build(settings, result)
    failed = sum(node.failed for node in result.nodes)
    summary = f"{len(result.nodes) - failed} nút đạt, {failed} hỏng, {result.seconds:.1f} s; {_work(result)}"
    with _warehouse(settings) as connection, _step(connection, build_id, "transform", started) as counts:
        counts.update(message=summary, outcome="ok" if result.ok else "failed")
        update_alerts(connection, *of_nodes(result.nodes, result.error), _now(), build_id)
    if not result.ok:
        raise BuildFailed(result)
    return {"summary": "\n".join([summary, *result.warnings()]), "seconds": result.seconds}


def _work(result: BuildResult) -> str:
    """What a build did, for the log and for people."""
    if result.full_refresh:
        return f"dựng lại toàn bộ: {result.reason}"
    return f"dựng tiếp {result.touched_articles} bài: {result.reason}"


def publish(build_id: str, audits: list[dict[str, Any]]) -> dict[str, Any]:
    """Release the marts; refused when an audit names a blocking check.

    Raises:
        PublishingRefused: what was published before stays.
    """
    from expectations.audit import finish_raw_audit, update_alerts
    from expectations.problems import of_refusal
    from warehouse.publish import publish as release

    blocking = [check for result in audits for check in result["blocking"]]
    settings = read_settings()
    if blocking:
        with _warehouse(settings) as connection, _step(connection, build_id, "publish") as counts:
            counts["outcome"] = "refused"
            counts["message"] = ", ".join(blocking)
            update_alerts(connection, [of_refusal(blocking)], set(), _now(), build_id)
        raise PublishingRefused(blocking)
    result = release(settings, allowed=True, now=_now())
    with _warehouse(settings) as connection, _step(connection, build_id, "publish"):
        finish_raw_audit(connection)  # after the release: a kill in between costs a build, not a release
        update_alerts(connection, [], {"publish:"}, _now(), build_id)
    return {"path": str(result.path), "content_hash": result.content_hash, "rows": result.rows}


def report() -> str:
    """The HTML report and the site of what is published; returns the path of the report."""
    from warehouse.report import write_report

    settings = read_settings()
    written = str(write_report(settings.current, settings.reports))
    try:
        site()
    except Exception:  # what is published stands, and the report of it: the site of before stays
        log.warning("không dựng được trang tra cứu; bản trước vẫn còn. Thử lại bằng `muctieu site`", exc_info=True)
    return written


def site() -> Site:
    """The pages that people look at, of what is published."""
    from dashboards.site.build import write_site

    settings = read_settings()
    return write_site(settings.current, settings.reports / "site")


def digest(build_id: str, dag_id: str = "", states: dict[str, str] | None = None) -> dict[str, Any]:
    """End of a build: alerts for tasks that failed, one message for each maintainer, and what waited in the outbox.

    `states`: task id -> state of this run, mapped instances as "task_0". Delivery that fails raises nothing: messages wait.
    """
    return _digest(build_id, dag_id, states or {}, portal_id=None)


def portal_digest(portal_id: str, run_id: str, dag_id: str, states: dict[str, str]) -> dict[str, Any]:
    """End of a scraping run: how it went becomes alerts at once; errors and their end are told, the rest by the next build."""
    return _digest(run_id, dag_id, states, portal_id=portal_id)


def _digest(build_id: str, dag_id: str, states: dict[str, str], portal_id: str | None) -> dict[str, Any]:
    from expectations import heartbeat
    from expectations.audit import update_alerts
    from expectations.desk import open_desk, read_incidents, run_digest, settle_told
    from expectations.problems import of_run, of_states

    settings = read_settings()
    desk, lake, cards = open_desk(settings, dict(os.environ)), _lake(settings), portal_cards(settings)
    with _warehouse(settings) as connection, _step(connection, build_id, "digest") as counts:
        read_incidents(connection, lake, _now(), build_id)
        settle_told(connection, lake)  # before anything ends: the end of what a callback told is told, too
        run = _newest_run(lake, portal_id) if portal_id in cards and portal_id else None
        if run is not None:
            update_alerts(connection, *of_run(run, cards[run.portal_id]), _now(), build_id)
        seen = connection.execute(
            "select task_id, fingerprint from ops.incident where dag_id = ? and dag_run_id = ?", [dag_id, build_id]
        ).fetchall()
        explained = {task for task, _ in seen if task} | _explained(connection, build_id) | ({"scrape"} if _failed(run) else set())
        owners = {t: ", ".join(filter(None, (_owner(cards, portal_id), desk.routes.owner_of_task(t)))) for t in map(_base, states)}
        wrong, examined = of_states(dag_id, build_id, {t: s for t, s in states.items() if _base(t) != "digest"}, explained, owners)
        late = any(fingerprint.startswith("deadline:") for _, fingerprint in seen)
        examined |= {f"task:{dag_id}:digest"} | (set() if late or not dag_id else {f"deadline:{dag_id}"})
        if alive := portal_id is None and "failed" not in states.values() and _ended_well(connection, build_id):
            examined.add(heartbeat.FINGERPRINT)
        update_alerts(connection, wrong, examined, _now(), build_id)
        settle_told(connection, lake)
        result = run_digest(connection, desk, _now(), build_id, only_urgent=portal_id is not None)
        settle_told(connection, lake)
        counts["rows_out"] = result.messages
        counts["message"] = f"{result.told} cảnh báo được báo, {result.delivery.sent} thư đã gửi, {result.delivery.waiting} thư đang đợi"
    if alive:
        heartbeat.leave(settings.reports, build_id, _now())
    _write_status(settings, cards)
    return {
        "build_id": build_id,
        "open": result.open,
        "told": result.told,
        "sent": result.delivery.sent,
        "waiting": result.delivery.waiting,
    }


def _write_status(settings: Settings, cards: dict[str, PortalCard]) -> None:
    """The status page, after every run, whatever came of it."""
    from warehouse.status import write_status

    with _warehouse(settings) as connection:
        write_status(connection, settings.status_page, _now(), {portal: card.name for portal, card in cards.items()})


def weekly_digest(run_id: str) -> dict[str, Any]:
    """How the week was, for every maintainer; also tries to send what waits."""
    from expectations.desk import open_desk
    from expectations.desk import weekly_digest as write

    settings = read_settings()
    desk = open_desk(settings, dict(os.environ))
    owners = {portal: (card.name, card.owner) for portal, card in portal_cards(settings).items()}
    with _warehouse(settings) as connection, _step(connection, run_id, "weekly_digest"):
        result = write(connection, desk, _now(), run_id, owners)
    return {"messages": result.messages, "sent": result.delivery.sent, "waiting": result.delivery.waiting}


def maintain(run_id: str) -> dict[str, Any]:
    """Merge small files, forget old snapshots, delete what nobody reads any more; returns what the warehouse holds before and after."""
    from warehouse.maintenance import maintain as run_maintenance

    settings, started = read_settings(), _now()
    done = run_maintenance(settings.warehouse)
    with _warehouse(settings) as connection, _step(connection, run_id, "maintain", started) as counts:
        counts["message"] = f"{done.before.files} → {done.after.files} tệp, {done.before.bytes / 1e6:.1f} → {done.after.bytes / 1e6:.1f} MB"
    return asdict(done)


def _base(task: str) -> str:
    """The task of a mapped instance; no task id of ours ends in a number."""
    name, _, index = task.rpartition("_")
    return name if index.isdigit() else task


def _failed(run: Run | None) -> bool:
    return run is not None and run.outcome in ("broken", "blocked", "unreachable")


def _ended_well(connection: duckdb.DuckDBPyConnection, build_id: str) -> bool:
    """Whether a build loaded what there was and no step of it failed; one that found nothing new is as good as any."""
    row = connection.execute(
        "select bool_or(step = 'load') and bool_and(outcome not in ('failed', 'refused')) from ops.run where build_id = ?", [build_id]
    ).fetchone()
    return bool(row and row[0])


def _explained(connection: duckdb.DuckDBPyConnection, build_id: str) -> set[str]:
    """Tasks of a build whose failure has alerts that say more than "it failed"."""
    found = set()
    if connection.execute("select 1 from ops.build where build_id = ? and status in ('error', 'fail') limit 1", [build_id]).fetchone():
        found.add("transform")
    if connection.execute("select 1 from ops.run where build_id = ? and step = 'publish' and outcome = 'refused'", [build_id]).fetchone():
        found.add("publish")
    return found


def _newest_run(lake: Lake, portal_id: str) -> Run | None:
    from muctieu.records import Run

    files = lake.list(f"runs/portal={portal_id}", ".parquet")
    return next(iter(lake.read_rows(files[-1], Run)), None) if files else None


def portal_cards(settings: Settings) -> dict[str, PortalCard]:
    """What alerts need to know of each portal."""
    from expectations.problems import PortalCard

    return {
        p.id: PortalCard(p.name, ", ".join(m.email for m in p.maintainers), p.listings[0].url if p.listings else None)
        for p in _portals(settings).values()
    }


def _owner(cards: dict[str, PortalCard], portal_id: str | None) -> str:
    return cards[portal_id].owner if portal_id in cards and portal_id else ""


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
def _step(connection: duckdb.DuckDBPyConnection, build_id: str, step: str, started: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Record in ops.run when a step began (`started` when before it had the connection) and how it ended; the caller may set
    rows_in, rows_out, outcome and message."""
    from muctieu import metrics
    from muctieu.records import stable_id

    started = started or _now()
    counts: dict[str, Any] = {"rows_in": None, "rows_out": None, "outcome": "ok", "message": None}
    try:
        with about(build_id=build_id, step=step):
            yield counts
    except Exception as error:
        counts.update(outcome="failed", message=f"{type(error).__name__}: {error}"[:2000])
        raise
    finally:
        seconds = (_now() - started).total_seconds()
        metrics.told_of_step(step, counts["outcome"], seconds)
        with about(build_id=build_id, step=step, outcome=counts["outcome"], seconds=round(seconds, 2)):
            log.info("xong bước")
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

"""What Airflow calls when a task has failed or a run is late. In the installed package, because the processes that call them do not
import from the DAG folder; and never raising, because a callback's error is only a line in a log that nobody reads.

A callback runs on any worker and beside whatever holds the warehouse. So it writes what it saw into the lake (incidents/), where the
next digest finds it, and tells of errors at once by itself.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expectations.alerts import Problem
    from expectations.desk import Desk
    from expectations.problems import PortalCard
    from expectations.routes import Routes
    from muctieu.settings import Settings

log = logging.getLogger(__name__)

OF_PORTALS = ("scrape_", "backfill_")  # DAGs of portals are named scrape_<portal> and backfill_<portal>


def task_failed(context: Any) -> None:
    """`on_failure_callback` of every task: it failed for the last time."""
    try:
        ti = context["ti"]
        run_id = str(context.get("run_id") or ti.run_id)
        mapped = getattr(ti, "map_index", None) not in (None, -1)
        note_failure(ti.dag_id, ti.task_id, run_id, context.get("exception"), at_once=not mapped)
    except Exception:
        log.exception("cảnh báo về bước hỏng không ghi được; lượt tổng hợp sau sẽ thấy qua trạng thái của bước")


def deadline_missed(dag_id: str, minutes: float, context: Any = None, **_: Any) -> None:
    """`DeadlineAlert`: a run was not finished in time."""
    try:
        run = (context or {}).get("dag_run") or {}
        note_deadline(dag_id, minutes, str(run.get("dag_run_id") or run.get("run_id") or "?"))
    except Exception:
        log.exception("cảnh báo chạy quá hạn của %s không ghi được", dag_id)


def deadline(dag_id: str, minutes: float) -> Any:
    """The `deadline` of a DAG: a run that is not finished so long after it was queued is told of by `deadline_missed`.

    None in a headless run: `dag.test()` of Airflow 3.3.2 fails on every DAG that has one (it looks its serialised form up by id).
    """
    from airflow.sdk.definitions.callback import SyncCallback
    from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

    if os.environ.get("MUCTIEU_HEADLESS") == "1":
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=minutes),
        callback=SyncCallback(f"{__name__}.deadline_missed", kwargs={"dag_id": dag_id, "minutes": minutes}),
    )


def states_of(ti: Any, dag_id: str, run_id: str) -> dict[str, str]:
    """Task id -> state of every task of a run, mapped ones as "task_0"; empty when Airflow does not say."""
    try:
        found = ti.get_task_states(dag_id=dag_id, run_ids=[run_id])
        return {str(task): str(state) for task, state in (found.get(run_id) or {}).items()}
    except Exception:
        log.exception("không đọc được trạng thái các bước của %s", run_id)
        return {}


def note_failure(dag_id: str, task_id: str, run_id: str, error: BaseException | str | None, *, at_once: bool = True) -> None:
    """Keep, and tell, that a task failed. `at_once=False` for mapped tasks: hundreds may fail together, the digest tells them as one."""
    from expectations import incidents
    from muctieu.lake import Lake
    from muctieu.settings import read_settings

    settings, now = read_settings(), datetime.now(UTC)
    lake, desk = Lake(settings.lake), _desk(settings)
    found = problems_of(error, dag_id, task_id, run_id, desk, _cards(settings))
    before = incidents.unread(lake, set(), now)
    # the digest fails for what made a task of its run fail, and that was told
    told = task_id == "digest" and any((i.dag_id, i.dag_run_id) == (dag_id, run_id) for i in before)
    for problem in found:
        incidents.write(lake, problem, dag_id, task_id, run_id, now)
        if at_once and not told:
            _tell(lake, desk, problem, now)


def note_deadline(dag_id: str, minutes: float, run_id: str) -> None:
    """Keep, and tell, that a run is late."""
    from expectations import incidents
    from expectations.problems import of_deadline
    from muctieu.lake import Lake
    from muctieu.settings import read_settings

    settings, now = read_settings(), datetime.now(UTC)
    lake, desk = Lake(settings.lake), _desk(settings)
    owner = _portal_owner(dag_id, _cards(settings)) or (desk.routes.owner_of_task("transform") if desk else "")
    problem = of_deadline(dag_id, minutes, owner, run_id)
    incidents.write(lake, problem, dag_id, None, run_id, now)
    _tell(lake, desk, problem, now)


def note_problem(make: Callable[[Routes | None], Problem], seen_by: str, now: datetime) -> None:
    """Keep, and tell, what somebody outside Airflow saw; `make` gets the routes to find an owner, None when they cannot be read."""
    from expectations import incidents
    from muctieu.lake import Lake
    from muctieu.settings import read_settings

    settings = read_settings()
    lake, desk = Lake(settings.lake), _desk(settings)
    problem = make(desk.routes if desk else None)
    # it looks every hour, and one file for each build that stays the newest says it all
    if not any(
        i.problem.fingerprint == problem.fingerprint and i.dag_run_id == problem.sighting for i in incidents.unread(lake, set(), now)
    ):
        incidents.write(lake, problem, seen_by, None, problem.sighting, now)
    _tell(lake, desk, problem, now)


def problems_of(
    error: BaseException | str | None, dag_id: str, task_id: str, run_id: str, desk: Desk | None, cards: dict[str, PortalCard]
) -> list[Problem]:
    """What a failed task is about, in the words and with the fingerprints that the digest would use."""
    from expectations import problems
    from muctieu.errors import PortalFailed, PublishingRefused
    from warehouse.build import BuildFailed

    if isinstance(error, PortalFailed) and error.portal_id in cards:
        return [problems.of_portal_failure(error.portal_id, error.outcome, error.message, cards[error.portal_id], error.run_id)]
    if isinstance(error, PublishingRefused):
        return [problems.of_refusal(error.blocking)]
    if isinstance(error, BuildFailed):
        return problems.of_nodes(error.result.nodes, error.result.error)[0]
    owners = [_portal_owner(dag_id, cards), desk.routes.owner_of_task(task_id) if desk else ""]
    text = f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error
    return [problems.of_task(dag_id, task_id, text[:1000] if text else None, ", ".join(filter(None, owners)), run_id)]


def _tell(lake: Any, desk: Desk | None, problem: Problem, now: datetime) -> None:
    from expectations.desk import tell_now

    if desk is not None and problem.severity == "error":
        tell_now(lake, desk, problem, now)


def _desk(settings: Settings) -> Desk | None:
    """None when routes.yml or an address is wrong: the incident must be written all the same."""
    from expectations.desk import open_desk
    from expectations.routes import RouteError
    from expectations.transports import TransportError

    try:
        return open_desk(settings, dict(os.environ))
    except (RouteError, TransportError):
        log.exception("cảnh báo chưa gửi được")
        return None


def _cards(settings: Settings) -> dict[str, PortalCard]:
    from muctieu.tasks import portal_cards
    from scrapers.registry import RegistryError

    try:
        return portal_cards(settings)
    except RegistryError:
        log.exception("không đọc được các tệp cổng")
        return {}


def _portal_owner(dag_id: str, cards: dict[str, PortalCard]) -> str:
    for prefix in OF_PORTALS:
        if dag_id.startswith(prefix) and (card := cards.get(dag_id.removeprefix(prefix))):
            return card.owner
    return ""

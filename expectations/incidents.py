"""What Airflow's callbacks saw: files in the lake, because a callback runs on any worker and may not open the warehouse.

`incidents/<month>/<id>.json` is written once and never changed: one problem, and which task of which run saw it. The next digest
makes an alert of it. `incidents/told/<fingerprint hash>.json` says that somebody was told at once; it goes when the alert ends.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from expectations.alerts import Problem
from muctieu.lake import Lake
from muctieu.records import stable_id

FOLDER = "incidents"
READ_MONTHS = 2  # a digest that could not run for longer than that has other troubles


@dataclass(frozen=True, slots=True)
class Incident:
    """A problem and where it was seen."""

    path: str
    problem: Problem
    dag_id: str
    task_id: str | None
    dag_run_id: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """That everybody who is to hear of a problem was told at once."""

    fingerprint: str
    severity: str
    told_at: datetime


def write(lake: Lake, problem: Problem, dag_id: str, task_id: str | None, dag_run_id: str, now: datetime) -> Incident:
    """Keep a problem for the next digest."""
    name = f"{now:%Y%m%dT%H%M%S}-{stable_id(problem.fingerprint)[:8]}-{uuid.uuid4().hex[:6]}"
    incident = Incident(f"{FOLDER}/{now:%Y-%m}/{name}.json", problem, dag_id, task_id, dag_run_id, now)
    content = {
        "problem": asdict(problem),
        "dag_id": dag_id,
        "task_id": task_id,
        "dag_run_id": dag_run_id,
        "happened_at": now.isoformat(),
    }
    lake.write(incident.path, json.dumps(content, ensure_ascii=False).encode())
    return incident


def unread(lake: Lake, known: set[str], now: datetime) -> list[Incident]:
    """Incidents whose path is not among `known`, the oldest first."""
    months = [now - timedelta(days=30 * n) for n in range(READ_MONTHS)]
    paths = [p for month in dict.fromkeys(f"{m:%Y-%m}" for m in months) for p in lake.list(f"{FOLDER}/{month}", ".json")]
    return sorted((_read(lake, p) for p in paths if p not in known), key=lambda i: (i.happened_at, i.path))


def _read(lake: Lake, path: str) -> Incident:
    row = json.loads(lake.read(path))
    happened = datetime.fromisoformat(row["happened_at"])
    return Incident(path, Problem(**row["problem"]), row["dag_id"], row["task_id"], row["dag_run_id"], happened)


def _told_path(fingerprint: str) -> str:
    return f"{FOLDER}/told/{stable_id(fingerprint)}.json"


def note_told(lake: Lake, told: Told) -> None:
    content = {"fingerprint": told.fingerprint, "severity": told.severity, "told_at": told.told_at.isoformat()}
    lake.write(_told_path(told.fingerprint), json.dumps(content).encode())


def all_told(lake: Lake) -> Iterator[Told]:
    for path in lake.list(f"{FOLDER}/told", ".json"):
        row = json.loads(lake.read(path))
        yield Told(row["fingerprint"], row["severity"], datetime.fromisoformat(row["told_at"]))


def forget_told(lake: Lake, fingerprint: str) -> None:
    path = _told_path(fingerprint)
    if lake.exists(path):
        lake.fs.rm_file(lake.full(path))

"""From problems that were seen to alerts: one open alert for one problem, however often it is seen.

Pure: alerts and problems go in, the new state of the alerts comes out. `audit.py` reads and writes ops.alert, `notices.py`
decides who hears of it, `outbox.py` delivers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from expectations.suite import Severity
from muctieu.records import stable_id

Kind = Literal["source", "data", "build", "publish", "delivery"]

REOPENS_WITHIN = timedelta(hours=24)  # a problem that comes back so soon is the same one: its alert opens again, no second one
RANK: dict[str, int] = {"info": 0, "warning": 1, "error": 2}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong now. `fingerprint` is the same as long as it is the same problem."""

    fingerprint: str
    severity: Severity
    kind: Kind
    subject: str  # portal id, table, model or task
    owner: str  # maintainers of routes.yml, or e-mail addresses, separated by ", "
    title_vi: str
    title_en: str
    body_vi: str  # what to do, in Vietnamese
    body_en: str
    evidence: str | None = None
    url: str | None = None  # the page that shows it
    cause_vi: str = ""  # what it most likely comes from
    cause_en: str = ""
    sighting: str = ""  # run or build that saw it; seen twice in one is seen once


@dataclass(frozen=True, slots=True)
class Alert:
    """One row of ops.alert."""

    alert_id: str
    fingerprint: str
    severity: Severity
    kind: Kind
    subject: str
    owner: str
    title_vi: str
    title_en: str
    body_vi: str
    body_en: str
    evidence: str | None
    url: str | None
    status: Literal["open", "acknowledged", "resolved"]
    occurrences: int
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    notified_at: datetime | None  # when somebody was told last
    build_id: str | None
    cause_vi: str | None = None
    cause_en: str | None = None
    sighting: str | None = None
    notified_severity: Severity | None = None
    closed_notified_at: datetime | None = None  # when its end was announced
    reopened: int | None = None  # times it came back within REOPENS_WITHIN
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledge_reason: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status != "resolved"


def reconcile(known: Iterable[Alert], problems: Iterable[Problem], examined: set[str], now: datetime, build_id: str) -> list[Alert]:
    """The alerts that changed: opened, seen again, opened again, or resolved.

    `known` are the alerts that are open, and those that were resolved within REOPENS_WITHIN. An alert is resolved only when what
    it is about was examined and is no longer wrong: a build that stopped early, or did not look, closes nothing. `examined` holds
    fingerprints, and prefixes ending in ":" for whole families.
    """
    by_fingerprint: dict[str, Alert] = {}
    for alert in sorted(known, key=lambda a: a.last_seen_at):
        if alert.is_open or (alert.resolved_at and now - alert.resolved_at < REOPENS_WITHIN):
            by_fingerprint[alert.fingerprint] = alert
    changed: dict[str, Alert] = {}
    for problem in problems:
        before = changed.get(problem.fingerprint) or by_fingerprint.get(problem.fingerprint)
        changed[problem.fingerprint] = _again(before, problem, now, build_id) if before else _open(problem, now, build_id)
    for fingerprint, alert in by_fingerprint.items():
        if alert.is_open and fingerprint not in changed and _covered(fingerprint, examined):
            changed[fingerprint] = replace(alert, status="resolved", resolved_at=now, build_id=build_id)
    return list(changed.values())


def acknowledge(alert: Alert, by: str, reason: str, now: datetime) -> Alert:
    """Somebody works on it: no reminders until it gets worse or ends."""
    return replace(alert, status="acknowledged", acknowledged_at=now, acknowledged_by=by, acknowledge_reason=reason)


def _covered(fingerprint: str, examined: set[str]) -> bool:
    if fingerprint in examined:
        return True
    cut = fingerprint.rfind(":")
    while cut > 0:
        if fingerprint[: cut + 1] in examined:
            return True
        cut = fingerprint.rfind(":", 0, cut)
    return False


def _open(p: Problem, now: datetime, build_id: str) -> Alert:
    return Alert(
        alert_id=stable_id("alert", p.fingerprint, now.isoformat()),
        fingerprint=p.fingerprint,
        severity=p.severity,
        kind=p.kind,
        subject=p.subject,
        owner=p.owner,
        title_vi=p.title_vi,
        title_en=p.title_en,
        body_vi=p.body_vi,
        body_en=p.body_en,
        evidence=p.evidence,
        url=p.url,
        status="open",
        occurrences=1,
        first_seen_at=now,
        last_seen_at=now,
        resolved_at=None,
        notified_at=None,
        build_id=build_id,
        cause_vi=p.cause_vi,
        cause_en=p.cause_en,
        sighting=p.sighting or build_id,
    )


def _again(alert: Alert, p: Problem, now: datetime, build_id: str) -> Alert:
    sighting = p.sighting or build_id
    worse = RANK[p.severity] > RANK[alert.severity]
    # whoever acknowledged a warning has not acknowledged an error
    status: Literal["open", "acknowledged"] = "acknowledged" if alert.status == "acknowledged" and not worse else "open"
    return replace(
        alert,
        severity=p.severity,
        owner=p.owner,
        title_vi=p.title_vi,
        title_en=p.title_en,
        body_vi=p.body_vi,
        body_en=p.body_en,
        evidence=p.evidence,
        url=p.url,
        cause_vi=p.cause_vi,
        cause_en=p.cause_en,
        status=status,
        resolved_at=None,
        reopened=(alert.reopened or 0) + (0 if alert.is_open else 1),
        occurrences=alert.occurrences + (sighting != alert.sighting),
        last_seen_at=now,
        build_id=build_id,
        sighting=sighting,
    )

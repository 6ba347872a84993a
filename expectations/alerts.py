"""From problems seen in one build to alerts: one open alert for one problem, however often it is seen.

Pure: open alerts and problems go in, the new state of the alerts comes out. `audit.py` reads and writes ops.alert,
delivery is somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from expectations.suite import Severity
from muctieu.records import stable_id

Kind = Literal["source", "data", "build", "publish"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong now. `fingerprint` is the same as long as it is the same problem."""

    fingerprint: str
    severity: Severity
    kind: Kind
    subject: str  # portal id, table or model
    owner: str
    title_vi: str
    title_en: str
    body_vi: str  # what to do, in Vietnamese
    body_en: str
    evidence: str | None = None
    url: str | None = None


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
    notified_at: datetime | None
    build_id: str | None


def reconcile(unresolved: Iterable[Alert], problems: Iterable[Problem], examined: set[str], now: datetime, build_id: str) -> list[Alert]:
    """The alerts that changed: opened, seen again, or resolved.

    An alert is resolved only when what it is about was examined in this build and is no longer wrong: a build that stopped
    early, or did not look, closes nothing. `examined` holds fingerprints, and prefixes ending in ":" for whole families.
    """
    known = {a.fingerprint: a for a in unresolved}
    changed: dict[str, Alert] = {}
    for problem in problems:
        known_alert = changed.get(problem.fingerprint) or known.get(problem.fingerprint)
        changed[problem.fingerprint] = _again(known_alert, problem, now, build_id) if known_alert else _open(problem, now, build_id)
    for fingerprint, alert in known.items():
        if fingerprint not in changed and _covered(fingerprint, examined):
            changed[fingerprint] = replace(alert, status="resolved", resolved_at=now, build_id=build_id)
    return list(changed.values())


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
    )


def _again(alert: Alert, p: Problem, now: datetime, build_id: str) -> Alert:
    return replace(
        alert,
        severity=p.severity,
        title_vi=p.title_vi,
        title_en=p.title_en,
        body_vi=p.body_vi,
        body_en=p.body_en,
        evidence=p.evidence,
        url=p.url,
        occurrences=alert.occurrences + 1,
        last_seen_at=now,
        build_id=build_id,
    )

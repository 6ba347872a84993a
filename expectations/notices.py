"""Which alerts somebody is to hear of now, and what is remembered of that. Pure.

Everybody hears of a problem when it opens, when it gets worse, again after a set time while nobody has acknowledged it, and when
it ends. One that keeps coming and going is told once a day at most: its end counts only when it has stayed away for a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from expectations.alerts import RANK, REOPENS_WITHIN, Alert
from expectations.suite import Severity

Event = Literal["new", "worse", "again", "still", "resolved"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell about one alert."""

    alert: Alert
    event: Event


def due(alerts: Iterable[Alert], now: datetime, repeat_after: Callable[[Severity], timedelta]) -> list[Notice]:
    """What is to be told now, the worst first; alerts of severity info are only counted."""
    found = [Notice(alert, event) for alert in alerts if (event := _event(alert, now, repeat_after))]
    return sorted(found, key=lambda n: (n.event == "resolved", -RANK[n.alert.severity], n.alert.first_seen_at, n.alert.fingerprint))


def _event(alert: Alert, now: datetime, repeat_after: Callable[[Severity], timedelta]) -> Event | None:
    if not alert.is_open:
        return "resolved" if _end_is_news(alert, now) else None
    if alert.severity == "info":
        return None
    if alert.notified_at is None:
        return "new"
    if RANK[alert.severity] > RANK[alert.notified_severity or "info"]:
        return "worse"
    if alert.closed_notified_at is not None:
        return "again"  # they were told that it was over
    if alert.status == "open" and now - alert.notified_at >= repeat_after(alert.severity):
        return "still"
    return None


def _end_is_news(alert: Alert, now: datetime) -> bool:
    if alert.notified_at is None or alert.closed_notified_at is not None or alert.resolved_at is None:
        return False
    return not alert.reopened or now - alert.resolved_at >= REOPENS_WITHIN


def told(notice: Notice, now: datetime) -> Alert:
    """The alert once its recipients' messages are in the outbox."""
    if notice.event == "resolved":
        return replace(notice.alert, closed_notified_at=now)
    return replace(notice.alert, notified_at=now, notified_severity=notice.alert.severity, closed_notified_at=None)


def is_urgent(notice: Notice) -> bool:
    """Whether it goes out at once: errors and missed deadlines, and their end."""
    return notice.event != "still" and "error" in (notice.alert.severity, notice.alert.notified_severity)

"""The desk where alerts go out: routes, ways out and links of this installation, and the three occasions on which it writes.

`run_digest` ends every run of a DAG, `tell_now` is for callbacks that may not open the warehouse, `weekly_digest` is once a week.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb

from expectations import incidents, outbox
from expectations.alerts import Alert, Problem, reconcile
from expectations.audit import read_alerts, update_alerts, write_alerts
from expectations.incidents import Told
from expectations.messages import Links, Message, MessageKind, Week, compose, local
from expectations.notices import Notice, due, is_urgent, told
from expectations.outbox import Sent
from expectations.quarantine import held
from expectations.routes import EMAIL, Routes, Target, channel_urls, load_routes
from expectations.suite import Severity
from expectations.transports import NotSent, Outgoing, Transport, TransportError, transports
from muctieu.lake import Lake
from muctieu.rows import insert, transaction
from muctieu.settings import Settings

log = logging.getLogger(__name__)

_WAITS = "status <> 'resolved' or (notified_at is not null and closed_notified_at is null)"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who hears of what, and how."""

    routes: Routes
    transports: Mapping[str, Transport]
    links: Links
    default_address: str = ""

    def targets(self, alert: Alert) -> list[Target]:
        """Recipients on channels that are configured."""
        return [t for t in self.routes.targets(alert, self.default_address) if t.channel in self.transports]

    def people(self, owner: str) -> list[Target]:
        """Where an owner gets what is theirs, on channels that are configured."""
        return [t for t in self.routes.people(owner, self.default_address) if t.channel in self.transports]


def open_desk(settings: Settings, environ: Mapping[str, str]) -> Desk:
    """The desk of this installation. Raises `RouteError` or `TransportError`."""
    routes = load_routes(settings.routes)
    ways = transports(settings.smtp_url, settings.mail_from, channel_urls(routes, environ))
    return Desk(routes, ways, Links(settings.base_url, settings.airflow_url), settings.maintainer)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one digest did."""

    open: dict[str, int]  # severity -> open alerts
    told: int  # alerts that somebody was told of
    messages: int  # written
    delivery: Sent


def run_digest(connection: duckdb.DuckDBPyConnection, desk: Desk, now: datetime, build_id: str, *, only_urgent: bool = False) -> Digest:
    """Write what is to be told now, one message a recipient, and send what waits. Sending never raises.

    `only_urgent`: errors, missed deadlines and their end; the rest is left to the digest of the next build. A portal's own DAG uses
    it, because forty portals that cannot be reached would otherwise be forty messages.
    """
    wrong, examined = outbox.problems_of_delivery(connection, desk.routes.default)
    update_alerts(connection, wrong, examined, now, build_id)
    alerts = read_alerts(connection, _WAITS)
    notices = due(alerts, now, desk.routes.repeat_after)
    kind: MessageKind = "digest"
    if only_urgent:
        kind = "immediate"
        calm = outbox.recent_urgent(connection, now) < desk.routes.immediate_per_hour
        notices = [n for n in notices if is_urgent(n)] if calm else []
    reached = [n for n in notices if desk.targets(n.alert)]
    messages = _messages(kind, desk, reached, [] if only_urgent else _still_open(alerts, reached), now)
    with transaction(connection):
        written = outbox.put(connection, messages, now, build_id)
        write_alerts(connection, [told(n, now) for n in reached])
    if notices and not reached:
        log.warning("%s cảnh báo chưa gửi cho ai: đặt MUCTIEU_SMTP_URL hoặc một kênh của %s", len(notices), "routes.yml")
    sent = outbox.flush(connection, desk.transports, now)
    counts: dict[str, int] = defaultdict(int)
    for alert in alerts:
        counts[alert.severity] += alert.is_open
    return Digest({s: n for s, n in counts.items() if n}, len(reached), written, sent)


def _still_open(alerts: Sequence[Alert], notices: Sequence[Notice]) -> list[Alert]:
    now_told = {n.alert.alert_id for n in notices}
    return [a for a in alerts if a.is_open and a.severity != "info" and a.alert_id not in now_told]


def _messages(
    kind: MessageKind, desk: Desk, notices: Sequence[Notice], still_open: Sequence[Alert], now: datetime, week: Week | None = None
) -> list[Message]:
    by_target: dict[Target, list[Notice]] = defaultdict(list)
    for notice in notices:
        for target in desk.targets(notice.alert):
            by_target[target].append(notice)
    theirs: dict[Target, list[Alert]] = defaultdict(list)
    for alert in still_open:
        for target in desk.targets(alert):
            theirs[target].append(alert)
    return [compose(kind, target, found, theirs.get(target, []), desk.links, now, week) for target, found in sorted(by_target.items())]


def tell_now(lake: Lake, desk: Desk, problem: Problem, now: datetime) -> bool:
    """Tell of an error without the warehouse, unless it was told before or too much was told within the hour. Never raises for a
    channel that is down: what is not told here is in the next digest. Returns whether everybody was told."""
    before = list(incidents.all_told(lake))
    same = next((t for t in before if t.fingerprint == problem.fingerprint), None)
    if same is not None and now - same.told_at < desk.routes.repeat_after(problem.severity):
        return True
    if sum(now - t.told_at < timedelta(hours=1) for t in before) >= desk.routes.immediate_per_hour:
        return False
    (alert,) = reconcile([], [problem], set(), now, problem.sighting)
    targets = desk.targets(alert)
    reached = [_send(desk, compose("immediate", t, [Notice(alert, "new")], [], desk.links, now), now) for t in targets]
    if not reached or not all(reached):
        return False
    incidents.note_told(lake, Told(problem.fingerprint, problem.severity, now))
    return True


def _send(desk: Desk, message: Message, now: datetime) -> bool:
    m = message
    outgoing = Outgoing(
        m.message_id, m.target.channel, m.target.recipient, m.subject, m.text, m.html, m.short, m.payload, m.thread_id, m.severity, now
    )
    try:
        desk.transports[m.target.channel].send(outgoing)
    except NotSent as error:
        log.warning("%s: cảnh báo chưa gửi được, đợi lượt tổng hợp sau: %s", m.target.channel, error)
        return False
    return True


def read_incidents(connection: duckdb.DuckDBPyConnection, lake: Lake, now: datetime, build_id: str) -> list[incidents.Incident]:
    """Alerts from what callbacks left in the lake; each file is read once. Returns the new ones."""
    known = {row[0] for row in connection.execute("select path from ops.incident").fetchall()}
    found = incidents.unread(lake, known, now)
    for incident in found:
        update_alerts(connection, [incident.problem], set(), incident.happened_at, build_id)
        row = (
            incident.path,
            incident.dag_id,
            incident.task_id,
            incident.dag_run_id,
            incident.problem.fingerprint,
            incident.happened_at,
            now,
        )
        columns = ("path", "dag_id", "task_id", "dag_run_id", "fingerprint", "happened_at", "read_at")
        insert(connection, "ops.incident", columns, [row])
    return found


def settle_told(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Alerts that a callback has told of are told; marks of alerts that are over go."""
    alerts = {a.fingerprint: a for a in read_alerts(connection, "status <> 'resolved'")}
    for mark in incidents.all_told(lake):
        alert = alerts.get(mark.fingerprint)
        if alert is None:
            incidents.forget_told(lake, mark.fingerprint)
        elif alert.notified_at is None or alert.notified_at < mark.told_at:
            severity: Severity = "error" if mark.severity == "error" else "warning"
            with transaction(connection):
                write_alerts(connection, [replace(alert, notified_at=mark.told_at, notified_severity=severity, closed_notified_at=None)])


_HEALTH_VI = {
    "healthy": ("bình thường", "#1b6e3c"),
    "degraded": ("giảm chất lượng", "#a15c00"),
    "silent": ("im lặng", "#a15c00"),
    "broken": ("không đọc được", "#b3261e"),
    "blocked": ("bị chặn", "#b3261e"),
    "unreachable": ("không kết nối được", "#b3261e"),
    "unknown": ("chưa rõ", "#6b6b66"),
}


def weekly_digest(
    connection: duckdb.DuckDBPyConnection, desk: Desk, now: datetime, build_id: str, portal_owners: Mapping[str, tuple[str, str]]
) -> Digest:
    """Tell every maintainer how the week was: what is open, how their portals do, what waits in quarantine.

    `portal_owners`: portal id -> (its name, its maintainers).
    """
    alerts = read_alerts(connection, "status <> 'resolved'")
    opened = read_alerts(connection, "first_seen_at > ?", [now - timedelta(days=7)])
    closed = read_alerts(connection, "resolved_at > ?", [now - timedelta(days=7)])
    portals = _portal_rows(connection)
    waiting = held(connection)
    everybody: set[Target] = set()
    theirs: dict[Target, set[str]] = defaultdict(set)
    for portal, (_, owner) in portal_owners.items():
        for target in desk.people(owner):
            everybody.add(target)
            theirs[target].add(portal)
    for alert in [*alerts, *opened, *closed]:
        everybody.update(t for t in desk.targets(alert))
    default = set(desk.people(desk.routes.default))
    everybody |= default

    messages = []
    for target in sorted(everybody):
        shown = set(portal_owners) if target in default else theirs[target]
        week = Week(
            opened=sum(target in desk.targets(a) for a in opened),
            resolved=sum(target in desk.targets(a) for a in closed),
            waiting=sum(row.portal_id in shown or target in default for row in waiting),
            portals=[{**portals[p], "name": portal_owners[p][0]} for p in sorted(shown) if p in portals],
        )
        open_alerts = [a for a in alerts if target in desk.targets(a) and a.severity != "info"]
        messages.append(compose("weekly", target, [], open_alerts, desk.links, now, week))
    with transaction(connection):
        written = outbox.put(connection, messages, now, build_id)
    return Digest({}, 0, written, outbox.flush(connection, desk.transports, now))


def _portal_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, object]]:
    rows = connection.execute(
        "select portal_id, status, articles_7d, last_article_at from ops.source_health "
        "qualify row_number() over (partition by portal_id order by measured_at desc) = 1"
    ).fetchall()
    return {
        portal: {
            "status_vi": _HEALTH_VI.get(status, (status, "#6b6b66"))[0],
            "colour": _HEALTH_VI.get(status, ("", "#6b6b66"))[1],
            "articles": articles or 0,
            "newest": local(newest)[6:],
        }
        for portal, status, articles, newest in rows
    }


def send_test(desk: Desk, recipient: str, now: datetime) -> None:
    """One message that shows whether a channel works. Raises `NotSent`, or `TransportError` for a channel that is not configured."""
    channel = recipient if recipient in desk.transports else EMAIL
    if channel not in desk.transports or (channel == EMAIL and "@" not in recipient):
        known = ", ".join(sorted(desk.transports))
        raise TransportError(f"{recipient!r} không phải là địa chỉ thư gửi được hay kênh đã đặt; các cách gửi đang có: {known}")
    problem = Problem(
        "test:delivery", "info", "delivery", "-", "-", "Tin thử của muctieu", "A test message of muctieu",
        "Không cần làm gì: kênh này hoạt động.", "Nothing: this channel works.",
    )  # fmt: skip
    (alert,) = reconcile([], [problem], set(), now, "test")
    target = Target(channel, recipient)
    m = compose("immediate", target, [Notice(alert, "new")], [], desk.links, now)
    desk.transports[channel].send(
        Outgoing(m.message_id, channel, recipient, m.subject, m.text, m.html, m.short, m.payload, m.thread_id, m.severity, now)
    )

"""Messages that wait to be sent. They are written in the transaction that notes their alerts as told, and sent afterwards.

So no alert is lost when a mail server is dead: its messages wait and go later. A sender that is killed between sending and noting
it sends one message twice, with the same Message-ID and Idempotency-Key. Sending never raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from expectations.alerts import Problem
from expectations.messages import Message, local
from expectations.transports import NotSent, Outgoing, Transport
from muctieu.rows import insert

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
STUCK_AFTER = 3  # attempts that failed before somebody is told on another way
KEPT = timedelta(days=90)  # sent messages, for `muctieu alerts show` and the weekly count

_COLUMNS = (
    "message_id", "kind", "channel", "recipient", "subject", "body_text", "body_html", "short_text", "payload", "thread_id", "severity",
    "status", "attempts", "created_at", "next_try_at", "build_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """What one flush did."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0  # pending afterwards, the failed ones included


def put(connection: duckdb.DuckDBPyConnection, messages: Iterable[Message], now: datetime, build_id: str) -> int:
    """Write messages that wait; one that is there already is not written again. The caller holds the transaction. Returns how many."""
    known = {row[0] for row in connection.execute("select message_id from ops.outbox").fetchall()}
    rows = [_row(m, now, build_id) for m in messages if m.message_id not in known]
    insert(connection, "ops.outbox", _COLUMNS, rows)
    return len(rows)


def _row(m: Message, now: datetime, build_id: str) -> tuple[object, ...]:
    told = (
        m.message_id,
        m.kind,
        m.target.channel,
        m.target.recipient,
        m.subject,
        m.text,
        m.html,
        m.short,
        m.payload,
        m.thread_id,
        m.severity,
    )
    return (*told, "pending", 0, now, now, build_id)


def flush(connection: duckdb.DuckDBPyConnection, transports: Mapping[str, Transport], now: datetime, *, everything: bool = False) -> Sent:
    """Send what waits and is due (`everything`: also what is not due yet), the oldest first.

    A channel that cannot be reached is left alone for the rest of this flush. Messages of a channel that is not configured wait.
    """
    due = connection.execute(
        "select message_id, channel, recipient, subject, body_text, body_html, short_text, payload, thread_id, severity, "
        "created_at, attempts from ops.outbox where status = 'pending' and (next_try_at <= ? or ?) order by created_at, message_id",
        [now, everything],
    ).fetchall()
    sent = failed = 0
    down: set[str] = set()
    for *values, attempts in due:
        message = Outgoing(*values)
        transport = transports.get(message.channel)
        if transport is None or message.channel in down:
            continue
        try:
            transport.send(message)
        except NotSent as error:
            failed += 1
            _note_failure(connection, message.message_id, attempts + 1, str(error), now)
            if error.unreachable:
                down.add(message.channel)
        except Exception as error:  # a fault of a library must not cost the run, nor the messages of other channels
            failed += 1
            _note_failure(connection, message.message_id, attempts + 1, f"{type(error).__name__}: {error}"[:300], now)
            down.add(message.channel)
        else:
            sent += 1
            connection.execute(
                "update ops.outbox set status = 'sent', sent_at = ?, attempts = ?, last_error = null where message_id = ?",
                [now, attempts + 1, message.message_id],
            )
    connection.execute("delete from ops.outbox where status = 'sent' and sent_at < ?", [now - KEPT])
    row = connection.execute("select count(*) from ops.outbox where status = 'pending'").fetchone()
    return Sent(sent, failed, int(row[0]) if row else 0)


def _note_failure(connection: duckdb.DuckDBPyConnection, message_id: str, attempts: int, reason: str, now: datetime) -> None:
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    connection.execute(
        "update ops.outbox set attempts = ?, last_error = ?, next_try_at = ? where message_id = ?",
        [attempts, reason, now + wait, message_id],
    )


def recent_urgent(connection: duckdb.DuckDBPyConnection, now: datetime) -> int:
    """How many urgent messages were written in the last hour to the recipient who got most."""
    row = connection.execute(
        "select coalesce(max(n), 0) from (select count(*) as n from ops.outbox where kind = 'immediate' and created_at > ? "
        "group by channel, recipient)",
        [now - timedelta(hours=1)],
    ).fetchone()
    return int(row[0]) if row else 0


def problems_of_delivery(connection: duckdb.DuckDBPyConnection, owner: str) -> tuple[list[Problem], set[str]]:
    """Channels on which messages are stuck; told on other ways, and on the status page."""
    rows = connection.execute(
        "select channel, count(*), min(created_at), max(attempts), arg_max(last_error, attempts) from ops.outbox "
        "where status = 'pending' group by channel having max(attempts) >= ? order by channel",
        [STUCK_AFTER],
    ).fetchall()
    found = [
        Problem(
            fingerprint=f"delivery:{channel}",
            severity="warning",
            kind="delivery",
            subject=channel,
            owner=owner,
            title_vi=f"Không gửi được cảnh báo qua kênh {channel}",
            title_en=f"Alerts cannot be sent over {channel}",
            body_vi="Kiểm tra MUCTIEU_SMTP_URL hoặc địa chỉ của kênh trong biến môi trường; gửi lại ngay: `muctieu alerts send`. "
            "Không cảnh báo nào bị mất: chúng đợi và tự gửi khi kênh trở lại.",
            body_en="Check MUCTIEU_SMTP_URL or the channel's variable; `muctieu alerts send` tries at once. Nothing is lost.",
            evidence=f"{count} thư đang đợi, cũ nhất từ {local(since)}, đã thử {attempts} lần: {error}",
            cause_vi="Máy chủ thư hay dịch vụ nhắn tin ngừng, mật khẩu đổi, hoặc địa chỉ người nhận sai.",
            cause_en="The server is down, the password was changed, or an address is wrong.",
        )
        for channel, count, since, attempts, error in rows
    ]
    return found, {"delivery:"}

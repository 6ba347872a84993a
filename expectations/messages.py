"""Alerts as messages: e-mail with a plain and an HTML part, a short text for chats, JSON for webhooks.

Titles, evidence and addresses come from web pages: nothing of them is trusted. Control characters and marks that turn the reading
direction are removed, headers are one line, HTML is escaped by the template, only http(s) addresses become links, and what chats
read as markup or as a mention is defused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from expectations.alerts import RANK, Alert
from expectations.notices import Notice
from expectations.routes import Target
from muctieu.records import stable_id
from muctieu.settings import TIMEZONE

MessageKind = Literal["immediate", "digest", "weekly"]

SHOWN = 20  # alerts in one message; the rest are counted, the status page has them
STILL_OPEN_SHOWN = 8
EVIDENCE_CHARS = 500
SUBJECT_CHARS = 140

SEVERITY_VI = {"error": "Lỗi", "warning": "Cảnh báo", "info": "Thông tin"}
SEVERITY_EN = {"error": "error", "warning": "warning", "info": "info"}
EVENT_VI = {"new": "mới", "worse": "nặng hơn", "again": "tái diễn", "still": "chưa xong", "resolved": "đã hết"}
EVENT_EN = {"new": "new", "worse": "worse", "again": "again", "still": "still open", "resolved": "resolved"}
_COLOURS = {"error": "#b3261e", "warning": "#a15c00", "info": "#1f5fa8", "resolved": "#1b6e3c"}


@dataclass(frozen=True, slots=True)
class Links:
    """Where things are to be seen; empty strings where nothing is served."""

    base: str = ""  # MUCTIEU_BASE_URL
    airflow: str = ""

    @property
    def status(self) -> str:
        return f"{self.base}/status.html" if self.base else ""

    @property
    def report(self) -> str:
        return f"{self.base}/index.html" if self.base else ""

    def of(self, alert: Alert) -> str:
        """The place of the status page that shows what an alert is about."""
        return f"{self.status}#{quote(alert.subject)}" if self.base else ""

    def run(self, alert: Alert) -> str:
        """The run in Airflow that an alert of a task is about."""
        dag = alert.fingerprint.split(":")[1] if alert.fingerprint.startswith(("task:", "deadline:")) else ""
        return f"{self.airflow}/dags/{quote(dag)}/runs/{quote(alert.sighting or '', safe='')}" if self.airflow and dag else ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient, ready to be sent."""

    message_id: str  # 24 hex digits; the same content for the same recipient has the same
    kind: MessageKind
    target: Target
    severity: str  # of the worst that it tells; "resolved" when it tells only ends
    subject: str
    text: str
    html: str
    short: str
    payload: str  # JSON
    thread_id: str | None  # equal for all messages about one alert


@dataclass(frozen=True, slots=True)
class Week:
    """What the weekly digest tells beyond open alerts."""

    opened: int
    resolved: int
    waiting: int  # rows in quarantine
    portals: Sequence[Any] = field(default_factory=tuple)  # rows with name, status_vi, articles, newest, note


def compose(
    kind: MessageKind,
    target: Target,
    notices: Sequence[Notice],
    still_open: Sequence[Alert],
    links: Links,
    now: datetime,
    week: Week | None = None,
) -> Message:
    """One message that tells `notices`, and below them what is `still_open` and was told before."""
    items = [_item(n, links) for n in notices[:SHOWN]]
    still_open = sorted(still_open, key=lambda a: (-RANK[a.severity], a.first_seen_at))
    counts = _counts(notices)
    severity = next(
        (s for s in ("error", "warning", "info") if any(n.alert.severity == s and n.event != "resolved" for n in notices)), None
    )
    context = {
        "kind": kind,
        "target": target,
        "items": items,
        "hidden": max(0, len(notices) - SHOWN),
        "still_open": [_item(Notice(a, "still"), links) for a in still_open[:STILL_OPEN_SHOWN]],
        "still_hidden": max(0, len(still_open) - STILL_OPEN_SHOWN),
        "summary_vi": _headline_vi(kind, counts, len(still_open)),
        "summary_en": _headline_en(kind, counts, len(still_open)),
        "colour": _COLOURS["info" if kind == "weekly" and still_open else severity or "resolved"],
        "now": local(now),
        "links": links,
        "week": week,
    }
    chosen = _subject(kind, notices, counts, len(still_open), now)
    return Message(
        message_id=stable_id("message", target.channel, target.recipient, kind, *(_identity(n) for n in notices), *_period(kind, now)),
        kind=kind,
        target=target,
        severity=severity or "resolved",
        subject=chosen,
        text=_templates().get_template("alert.txt").render(context).strip() + "\n",
        html=_templates().get_template("alert.html").render(context),
        short=_short(items, context),
        payload=_payload(kind, target, notices, still_open, links, now, chosen),
        thread_id=notices[0].alert.alert_id if len(notices) == 1 else None,
    )


def _identity(notice: Notice) -> str:
    """What makes telling this alert now another message than telling it before."""
    return f"{notice.alert.alert_id}/{notice.event}/{notice.alert.notified_at}"


def _period(kind: MessageKind, now: datetime) -> tuple[str, ...]:
    """A weekly digest is one a week also when nothing happened."""
    return (f"{local_date(now).isocalendar()[:2]}",) if kind == "weekly" else ()


# what web pages may not do to our messages


def clean(text: str | None, limit: int = 10_000) -> str:
    """Text without control characters and marks that turn the reading direction; newlines stay."""
    kept = "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else " " for c in text or "")
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def one_line(text: str | None, limit: int = 300) -> str:
    """Text for a header or a title: white space of any kind becomes one blank."""
    return clean(" ".join(clean(text).split()), limit)


def safe_url(url: str | None) -> str:
    """The address when it is http(s) and free of white space, else nothing: javascript: and data: are no links."""
    candidate = (url or "").strip()
    try:
        parts = urlsplit(candidate)
    except ValueError:
        return ""
    good = parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"[\s<>\"'`\x00-\x1f\x7f]", candidate)
    return candidate if good and clean(candidate) == candidate else ""


def for_chat(text: str) -> str:
    """Text that no chat reads as a tag, as a link with another label, or as a mention of everybody; what only sets type (*, _, `) stays,
    because commands hold it."""
    return text.translate(str.maketrans("<>[]|", "‹›()¦")).replace("@", "@\u200b")


def local(moment: datetime | None) -> str:
    """ "07:05 22/11/2026", in Vietnam."""
    return f"{moment.astimezone(TIMEZONE):%H:%M %d/%m/%Y}" if moment else ""


def local_date(moment: datetime) -> Any:
    return moment.astimezone(TIMEZONE).date()


def with_code(text: str) -> Markup:
    """Escaped HTML in which `commands` are set as code."""
    return Markup(
        re.sub(r"`([^`\n]{1,300})`", r'<code style="background:#f0f0ee;padding:1px 4px;border-radius:3px">\1</code>', str(escape(text)))
    )


def _item(notice: Notice, links: Links) -> dict[str, Any]:
    """One alert as the templates show it."""
    a, resolved = notice.alert, notice.event == "resolved"
    return {
        "label_vi": "Đã hết" if resolved else f"{SEVERITY_VI[a.severity]} {EVENT_VI[notice.event]}",
        "label_en": "resolved" if resolved else f"{EVENT_EN[notice.event]} {SEVERITY_EN[a.severity]}",
        "colour": _COLOURS["resolved" if resolved else a.severity],
        "resolved": resolved,
        "title_vi": one_line(a.title_vi),
        "title_en": one_line(a.title_en),
        "evidence": one_line(a.evidence, EVIDENCE_CHARS),
        "cause_vi": one_line(a.cause_vi),
        "do_vi": one_line(a.body_vi, 1000),
        "do_en": one_line(a.body_en, 1000),
        "since": local(a.first_seen_at),
        "until": local(a.resolved_at),
        "times": a.occurrences,
        "url": safe_url(a.url),
        "status_url": safe_url(links.of(a)),
        "run_url": safe_url(links.run(a)),
        "id": a.alert_id[:8],
        "acknowledged": a.status == "acknowledged",
        "acknowledged_by": one_line(a.acknowledged_by, 60),
    }


def _counts(notices: Sequence[Notice]) -> dict[str, int]:
    counts = {"error": 0, "warning": 0, "info": 0, "resolved": 0}
    for n in notices:
        counts["resolved" if n.event == "resolved" else n.alert.severity] += 1
    return counts


def _headline_vi(kind: MessageKind, counts: dict[str, int], still_open: int) -> str:
    parts = [f"{counts[s]} {word}" for s, word in (("error", "lỗi"), ("warning", "cảnh báo"), ("resolved", "việc đã hết")) if counts[s]]
    if still_open:
        parts.append(f"{still_open} việc còn mở" + ("" if kind == "weekly" else " (đã báo trước)"))
    return ", ".join(parts) or "không có cảnh báo nào"


def _headline_en(kind: MessageKind, counts: dict[str, int], still_open: int) -> str:
    parts = [
        f"{counts[s]} {word}{'s' if counts[s] > 1 and word != 'resolved' else ''}"
        for s, word in (("error", "error"), ("warning", "warning"), ("resolved", "resolved"))
        if counts[s]
    ]
    if still_open:
        parts.append(f"{still_open} still open" + ("" if kind == "weekly" else " (told before)"))
    return ", ".join(parts) or "no alerts"


def _subject(kind: MessageKind, notices: Sequence[Notice], counts: dict[str, int], still_open: int, now: datetime) -> str:
    if kind == "weekly":
        return one_line(f"[muctieu] Tổng kết tuần {local_date(now):%d/%m/%Y}: {_headline_vi(kind, counts, still_open)}", SUBJECT_CHARS)
    first = notices[0]
    what = "Đã hết" if first.event == "resolved" else SEVERITY_VI[first.alert.severity]
    if len(notices) == 1:
        return one_line(f"[muctieu] {what}: {first.alert.title_vi}", SUBJECT_CHARS)
    return one_line(f"[muctieu] {_headline_vi(kind, counts, 0)}: {first.alert.title_vi}…", SUBJECT_CHARS)


def _short(items: Sequence[dict[str, Any]], context: dict[str, Any]) -> str:
    """For chats: what, why, what to do, and where to look; under 3,500 characters (Telegram takes 4,096)."""
    lines = [f"muctieu: {context['summary_vi']} ({context['summary_en']})"]
    for item in items[:8]:
        lines += ["", f"{'✔' if item['resolved'] else '●'} {item['label_vi']}: {item['title_vi']}"]
        if not item["resolved"]:
            lines += [f"{label}: {one_line(item[key], 240)}" for label, key in (("Thấy", "evidence"), ("Cần làm", "do_vi")) if item[key]]
    rest = len(items) - 8 + context["hidden"]
    lines += [f"… và {rest} việc khác"] if rest > 0 else []
    text = "\n".join(for_chat(line) for line in lines)[:3300]
    return f"{text}\n\n{context['links'].status}".strip()


def _payload(
    kind: MessageKind, target: Target, notices: Sequence[Notice], still_open: Sequence[Alert], links: Links, now: datetime, subject: str
) -> str:
    def row(alert: Alert, event: str) -> dict[str, Any]:
        return {
            "alert_id": alert.alert_id,
            "fingerprint": alert.fingerprint,
            "event": event,
            "severity": alert.severity,
            "kind": alert.kind,
            "status": alert.status,
            "subject": alert.subject,
            "title_vi": one_line(alert.title_vi),
            "title_en": one_line(alert.title_en),
            "evidence": clean(alert.evidence, EVIDENCE_CHARS) or None,
            "cause_vi": clean(alert.cause_vi) or None,
            "do_vi": clean(alert.body_vi),
            "do_en": clean(alert.body_en),
            "url": safe_url(alert.url) or None,
            "status_url": links.of(alert) or None,
            "occurrences": alert.occurrences,
            "first_seen_at": alert.first_seen_at.astimezone(TIMEZONE).isoformat(),
            "last_seen_at": alert.last_seen_at.astimezone(TIMEZONE).isoformat(),
            "resolved_at": alert.resolved_at.astimezone(TIMEZONE).isoformat() if alert.resolved_at else None,
        }

    return json.dumps(
        {
            "kind": kind,
            "subject": subject,
            "sent_to": target.recipient,
            "at": now.astimezone(TIMEZONE).isoformat(),
            "alerts": [row(n.alert, n.event) for n in notices],
            "still_open": [row(a, "still") for a in still_open],
        },
        ensure_ascii=False,
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = with_code
    return environment

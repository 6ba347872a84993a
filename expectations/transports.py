"""The ways out: SMTP, webhooks, and everything that apprise speaks. Each sends one message or raises `NotSent`."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from expectations.messages import one_line
from expectations.routes import EMAIL
from muctieu.settings import TIMEZONE

TIMEOUT_S = 15.0


class NotSent(Exception):
    """A message did not go out. `unreachable`: the channel itself is down, so nothing else needs to be tried on it now."""

    def __init__(self, reason: str, *, unreachable: bool) -> None:
        super().__init__(reason)
        self.unreachable = unreachable


class TransportError(ValueError):
    """The settings of a channel are wrong; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a transport needs of a row of ops.outbox."""

    message_id: str
    channel: str
    recipient: str
    subject: str
    text: str
    html: str | None
    short: str
    payload: str
    thread_id: str | None
    severity: str
    created_at: datetime


class Transport(Protocol):
    def send(self, message: Outgoing) -> None:
        """Raises `NotSent`."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server. TLS: `smtps://` from the first byte, else STARTTLS when it is offered; a password is never sent without TLS
    (`?tls=never` is for a relay on the same machine or network that has none)."""

    host: str
    port: int
    sender: str  # "name <address>"
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"  # implicit | starttls | never
    timeout_s: float = TIMEOUT_S

    @classmethod
    def from_url(cls, url: str, sender: str) -> Smtp:
        """Raises `TransportError`; the message does not repeat the URL, which may hold a password."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise TransportError("MUCTIEU_SMTP_URL must be smtp://[user:password@]host[:port] or smtps://…")
        if "@" not in parseaddr(sender)[1]:
            raise TransportError(f"MUCTIEU_MAIL_FROM is no address: {sender!r}")
        tls = "implicit" if parts.scheme == "smtps" else parse_qs(parts.query).get("tls", ["starttls"])[0]
        if tls not in ("implicit", "starttls", "never"):
            raise TransportError(f"MUCTIEU_SMTP_URL: tls={tls} is not known; use tls=never or smtps://")
        port = parts.port or (465 if tls == "implicit" else 587 if parts.username else 25)
        return cls(parts.hostname, port, sender, unquote(parts.username or ""), unquote(parts.password or ""), tls)

    def send(self, message: Outgoing) -> None:
        try:
            mail = email_of(message, self.sender)
        except (ValueError, IndexError) as error:  # the address of one recipient; the library checks it when the header is made
            raise NotSent(f"địa chỉ không dùng được: {_short(error)}", unreachable=False) from error
        try:
            with self._connect() as server:
                server.send_message(mail, to_addrs=[message.recipient])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise NotSent(_short(error), unreachable=False) from error
        except (OSError, smtplib.SMTPException) as error:  # ssl.SSLError and timeouts are OSErrors
            raise NotSent(_short(error), unreachable=True) from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            server.ehlo()
            if self.tls == "starttls" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self.user and self.tls != "implicit":
                raise smtplib.SMTPException("máy chủ thư không có TLS nên không gửi mật khẩu cho nó")
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            with suppress(OSError, smtplib.SMTPException):
                server.close()
            raise
        return server


class _Policy(EmailPolicy):
    """Folds the subject by the older Header class: EmailPolicy of Python 3.11 loses the blank between two encoded words where it folds,
    so "chạy quá hạn" arrived as "chạyquá hạn"."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() != "subject":
            return str(super().fold(name, value))
        charset = "us-ascii" if str(value).isascii() else "utf-8"
        return f"{name}: {Header(str(value), charset, header_name=name).encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode() if name.lower() == "subject" else super().fold_binary(name, value)


def email_of(message: Outgoing, sender: str) -> EmailMessage:
    """The e-mail: plain text first, HTML as the better alternative. Headers are one line each whatever the subject holds."""
    mail = EmailMessage(policy=_Policy(linesep="\r\n"))
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2]
    mail["From"] = Address(one_line(name) or "muctieu", addr_spec=address)
    mail["To"] = Address(addr_spec=message.recipient)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(message.created_at.astimezone(TIMEZONE))
    mail["Message-ID"] = f"<{message.message_id}@{domain}>"
    if message.thread_id:  # a problem, its reminders and its end are one conversation
        mail["In-Reply-To"] = mail["References"] = f"<alert-{message.thread_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notes in return
    mail["X-Muctieu-Severity"] = one_line(message.severity)
    if message.severity == "error":
        mail["Importance"] = "high"
    mail.set_content(message.text, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail


@dataclass(frozen=True, slots=True)
class Webhook:
    """JSON by POST. A repeat has the same Idempotency-Key."""

    url: str = field(repr=False)
    timeout_s: float = TIMEOUT_S

    def send(self, message: Outgoing) -> None:
        import requests

        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.message_id, "User-Agent": "muctieu"}
        try:
            answer = requests.post(self.url, data=message.payload.encode(), headers=headers, timeout=self.timeout_s, allow_redirects=False)
        except requests.RequestException as error:  # its text may hold the address, which is a secret
            raise NotSent(type(error).__name__, unreachable=True) from None
        if not 200 <= answer.status_code < 300:
            raise NotSent(f"HTTP {answer.status_code}", unreachable=answer.status_code >= 500 or answer.status_code == 429)


@dataclass(frozen=True, slots=True)
class Apprise:
    """Slack, Telegram, Teams and the other services of apprise, by its address."""

    url: str = field(repr=False)

    def send(self, message: Outgoing) -> None:
        import apprise

        kinds = {"error": apprise.NotifyType.FAILURE, "warning": apprise.NotifyType.WARNING, "resolved": apprise.NotifyType.SUCCESS}
        sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="muctieu", app_desc="muctieu", app_url="", async_mode=False))
        if not sender.add(self.url):
            raise NotSent("apprise không hiểu địa chỉ của kênh này", unreachable=True)
        with _Log() as log:
            sent = sender.notify(
                body=message.short,
                body_format=apprise.NotifyFormat.TEXT,
                notify_type=kinds.get(message.severity, apprise.NotifyType.INFO),
            )
        if not sent:
            raise NotSent(log.last or "apprise không gửi được", unreachable=True)


class _Log(logging.Handler):
    """The last warning that apprise logged; the only place where it says why."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = one_line(record.getMessage(), 200)

    def __enter__(self) -> _Log:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)


def _short(error: BaseException) -> str:
    return one_line(f"{type(error).__name__}: {error}", 300)


def transports(smtp_url: str, mail_from: str, channels: Mapping[str, str]) -> dict[str, Transport]:
    """Channel -> transport, of everything that is configured. Raises `TransportError`."""
    found: dict[str, Transport] = {EMAIL: Smtp.from_url(smtp_url, mail_from)} if smtp_url else {}
    for name, url in channels.items():
        found[name] = Webhook(url) if url.startswith(("http://", "https://")) else Apprise(url)
    return found

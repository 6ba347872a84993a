"""One bounded fetch: whatever a portal does, the answer is a `Fetched` within a known time and size.

The longest a call can take is (retries + 1) x deadline_s + retries x max_wait_s of the portal; the most it can hold is
two bodies of max_mb (as received and decoded). Nothing is raised for what a portal does; every way to fail has its outcome.
"""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError as Urllib3Error

from scrapers.coding import CodingError, TooLargeError, decode_body
from scrapers.page import NextPage
from scrapers.registry import Portal
from scrapers.transport import (
    ConnectError,
    DeadlineError,
    Gate,
    PrivateAddressError,
    ResolveError,
    Resolver,
    session,
    system_resolver,
    tls_context,
)

Outcome = Literal[
    "ok",
    "not_modified",
    "not_found",
    "gone",
    "http_error",
    "timeout",
    "truncated",
    "too_large",
    "tls_error",
    "dns_error",
    "connection_error",
    "redirect_refused",
    "robots_disallowed",
    "blocked",
]

MAX_HOPS = 6
REDIRECT_BODY = 65536  # bytes of a redirect's own body that are worth keeping
_REDIRECTS = (301, 302, 303, 307, 308)
_RETRIED_STATUS = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))
_RETRIED = frozenset(("timeout", "truncated", "connection_error", "dns_error"))
_FIRST_WAIT_S = 1.0

# openssl's verify codes, in words that say what to do
_TLS_FAULTS = {
    9: "certificate is not valid yet",
    10: "certificate has expired",
    18: "self-signed certificate",
    19: "self-signed certificate in the chain",
    20: "issuer unknown: the server may not send its intermediate; pin it with http.ca_extra",
    21: "issuer unknown: the server may not send its intermediate; pin it with http.ca_extra",
    62: "certificate is for another host name",
    64: "certificate is for another address",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response as they went over the wire, for the archive. `payload` is still content-encoded."""

    url: str
    method: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one request, retries and redirects included."""

    request: NextPage
    outcome: Outcome
    final_url: str
    fetched_at: datetime  # when the last attempt began
    elapsed_s: float = 0.0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case, of the last response
    body: bytes = b""  # decoded; empty unless the outcome is ok or blocked
    error: str | None = None
    retry_after_s: float | None = None
    exchanges: tuple[Exchange, ...] = ()  # every response of every attempt, in order
    requests: int = 0  # sent, over all attempts and hops

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"


Permit = Callable[[str], str | None]  # URL -> why it must not be asked for, or None


def _nothing_forbidden(url: str) -> str | None:  # noqa: ARG001
    return None


class Fetcher:
    """Fetches for one portal over kept-alive connections. Not for several threads at once.

    `before` is called with the URL before every request that goes out (the rate limiter); `permit` is asked about every
    redirect target (robots.txt); `now`, `sleep` and `resolver` stand in for the world in tests.
    """

    def __init__(
        self,
        portal: Portal,
        *,
        user_agent: str,
        allow_private_hosts: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        before: Callable[[str], None] = lambda url: None,  # noqa: ARG005
        permit: Permit = _nothing_forbidden,
        resolver: Resolver = system_resolver,
    ) -> None:
        self._portal = portal
        self._http = portal.http
        self._now, self._sleep, self._before, self.permit = now, sleep, before, permit
        self._gate = Gate(
            connect_s=portal.http.connect_s,
            allow_private=allow_private_hosts,
            connect_to={h.host: h.connect_to for h in portal.hosts if h.connect_to},
            resolver=resolver,
        )
        self._session = session(self._gate, tls_context(portal.ca_extra(), portal.http.tls_min))
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
            "Accept-Language": "vi,en;q=0.5",
            "Connection": "keep-alive",
        }

    def close(self) -> None:
        self._session.close()

    def fetch(self, request: NextPage, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """Ask until there is an answer, at most retries + 1 times. With `etag` or `last_modified` the answer may be not_modified."""
        exchanges: list[Exchange] = []
        sent = 0
        started = time.monotonic()
        for attempt in range(self._http.retries + 1):
            result = self._attempt(request, etag, last_modified)
            exchanges += result.exchanges
            sent += result.requests
            wait = self._wait_before_retry(result, attempt)
            if wait is None or attempt == self._http.retries:
                break
            self._sleep(wait)
        return replace(result, exchanges=tuple(exchanges), requests=sent, elapsed_s=time.monotonic() - started)

    def _wait_before_retry(self, result: Fetched, attempt: int) -> float | None:
        """Seconds to wait before the next attempt, or None when there is no point, or the portal wants a longer rest than we wait."""
        if result.outcome not in _RETRIED and result.status not in _RETRIED_STATUS:
            return None
        if result.outcome not in _RETRIED and result.outcome not in ("http_error", "blocked"):
            return None
        wait = result.retry_after_s if result.retry_after_s is not None else _FIRST_WAIT_S * 2**attempt
        if wait > self._http.max_wait_s:
            return None if result.retry_after_s is not None else self._http.max_wait_s
        return wait

    def _attempt(self, request: NextPage, etag: str | None, last_modified: str | None) -> Fetched:
        """One attempt with its redirects, all within the deadline; waiting for the host's turn does not count."""
        trail = _Trail(request, self._now(), self._http.deadline_s)
        try:
            return self._follow(trail, etag, last_modified)
        except DeadlineError:
            return trail.end("timeout", error=f"không có câu trả lời trọn vẹn trong {self._http.deadline_s:g} giây")
        except TooLargeError as error:
            return trail.end("too_large", error=f"{error}; http.max_mb is {self._http.max_mb:g}")
        except (CodingError, _IncompleteError) as error:
            return trail.end("truncated", error=str(error))
        except PrivateAddressError as error:
            return trail.end("redirect_refused" if trail.hops else "connection_error", error=str(error))
        except ResolveError as error:
            return trail.end("dns_error", error=str(error))
        except ConnectError as error:
            return trail.end("connection_error", error=str(error))
        except (requests.RequestException, Urllib3Error, OSError, ValueError) as error:
            if fault := _tls_fault(error):
                return trail.end("tls_error", error=fault)
            return trail.end("connection_error", error=_innermost(error))

    def _follow(self, trail: _Trail, etag: str | None, last_modified: str | None) -> Fetched:
        asked = trail.request
        while True:
            conditional = _conditions(etag, last_modified) if asked.url == trail.request.url else {}
            self._before(asked.url)
            exchange, response = self._timed_exchange(trail, asked, conditional)
            trail.exchanges.append(exchange)
            trail.status = exchange.status
            if exchange.status not in _REDIRECTS or "location" not in response:
                return self._judge(trail, exchange, response, bool(conditional))
            target = urldefrag(urljoin(asked.url, response["location"].strip())).url
            if refusal := self._refusal(asked.url, target, trail):
                return trail.end("redirect_refused", headers=response, error=refusal)
            trail.hops.append(target)
            asked = _redirected(asked, target, exchange.status)

    def _refusal(self, origin: str, target: str, trail: _Trail) -> str | None:
        """Why a redirect is not followed."""
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return f"chuyển hướng tới {target[:200]!r}: chỉ theo http và https"
        if not self._portal.owns(target) and parts.netloc.lower() not in self._portal.http.redirect_hosts:
            return f"chuyển hướng tới {parts.netloc}, không phải máy chủ của cổng; nếu phải, thêm vào `hosts` hoặc `http.redirect_hosts`"
        if parts.scheme == "http" and urlsplit(origin).scheme == "https":
            return f"chuyển hướng từ https về {target[:200]!r}"
        if len(trail.hops) >= MAX_HOPS:
            return f"quá {MAX_HOPS} lần chuyển hướng"
        # once more to the same address is how cookies are set; a second time is a loop
        if [trail.request.url, *trail.hops].count(target) >= 2:
            return f"chuyển hướng lặp vòng tại {target[:200]!r}"
        return self.permit(target)

    def _timed_exchange(self, trail: _Trail, asked: NextPage, conditional: dict[str, str]) -> tuple[Exchange, dict[str, str]]:
        """One exchange in what is left of the attempt's time."""
        trail.requests += 1
        guard, began = self._gate.guard, time.monotonic()
        with guard.limit(trail.left_s):
            try:
                return self._exchange(asked, conditional)
            except Exception as error:
                if guard.expired:  # whatever it looks like from above, it is our own timer that cut the connection
                    raise DeadlineError from error
                raise
            finally:
                trail.left_s -= time.monotonic() - began

    def _exchange(self, asked: NextPage, conditional: dict[str, str]) -> tuple[Exchange, dict[str, str]]:
        """One request on the wire; the body is read raw, to its end, under the size limit."""
        at = self._now()
        prepared = self._session.prepare_request(_prepare(asked, {**self._headers, **conditional}))
        timeout = self._gate.guard.remaining() + 1.0  # the guard is to be first: its end is told apart from the server's
        response = self._session.send(prepared, stream=True, allow_redirects=False, timeout=(timeout, timeout))
        try:
            redirect = response.status_code in _REDIRECTS and "location" in response.headers
            limit = REDIRECT_BODY if redirect else int(self._http.max_mb * 1_000_000)
            payload = self._read(response, limit, cut=redirect)
        except BaseException:
            response.close()  # what is unread must not be taken for the next answer
            raise
        headers = tuple((str(k), str(v)) for k, v in response.raw.headers.iteritems())
        exchange = Exchange(
            asked.url,
            asked.method,
            tuple((str(k), str(v)) for k, v in prepared.headers.items()),
            _bytes(prepared.body),
            response.status_code,
            response.reason or "",
            headers,
            payload,
            at,
        )
        return exchange, {k.lower(): v for k, v in response.headers.items()}

    def _read(self, response: requests.Response, limit: int, *, cut: bool) -> bytes:
        declared = response.headers.get("content-length", "")
        if not cut and declared.isdigit() and int(declared) > limit:
            raise TooLargeError(f"Content-Length is {declared}")
        pieces, size = [], 0
        try:
            for piece in response.raw.stream(65536, decode_content=False):
                size += len(piece)
                if size > limit and not cut:
                    raise TooLargeError(f"more than {limit} bytes before the end")
                pieces.append(piece)
                if size > limit:
                    response.close()
                    break
        except (Urllib3Error, OSError) as error:
            self._gate.guard.remaining()
            raise _IncompleteError(f"{size} bytes, then: {_innermost(error)}") from error
        self._gate.guard.remaining()  # the timer's shutdown looks like the end of a body without a length
        return b"".join(pieces)[:limit]

    def _judge(self, trail: _Trail, exchange: Exchange, headers: dict[str, str], conditional: bool) -> Fetched:
        status = exchange.status
        if status == 304:
            if conditional:
                return trail.end("not_modified", headers=headers)
            return trail.end("http_error", headers=headers, error="304 to a request without conditions")
        if 200 <= status < 300:
            body = decode_body(exchange.payload, headers.get("content-encoding"), int(self._http.max_mb * 1_000_000))
            if status != 200 or not body:
                return trail.end("truncated", headers=headers, error=f"HTTP {status} with {len(body)} bytes")
            return trail.end("ok", headers=headers, body=body)
        wait = retry_after(headers.get("retry-after"), self._now())
        outcome: Outcome = {404: "not_found", 410: "gone", 401: "blocked", 403: "blocked", 429: "blocked", 451: "blocked"}.get(  # type: ignore[assignment]
            status, "http_error"
        )
        return trail.end(outcome, headers=headers, error=f"HTTP {status} {exchange.reason}".strip(), retry_after_s=wait)


class _IncompleteError(Exception):
    """The connection ended before the body did."""


@dataclass
class _Trail:
    """What happened so far in one attempt, so that a failure can tell it."""

    request: NextPage
    fetched_at: datetime
    left_s: float
    hops: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    status: int | None = None
    requests: int = 0

    def end(
        self,
        outcome: Outcome,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        error: str | None = None,
        retry_after_s: float | None = None,
    ) -> Fetched:
        return Fetched(
            request=self.request,
            outcome=outcome,
            final_url=self.hops[-1] if self.hops else self.request.url,
            fetched_at=self.fetched_at,
            status=self.status,
            headers=headers or {},
            body=body,
            error=error,
            retry_after_s=retry_after_s,
            exchanges=tuple(self.exchanges),
            requests=self.requests,
        )


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (number or date, RFC 9110 section 10.2.3); None when absent or unreadable."""
    if not value:
        return None
    value = value.strip()
    if value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    pairs = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in pairs.items() if value}


def _prepare(asked: NextPage, headers: dict[str, str]) -> requests.Request:
    extra = dict(asked.headers)
    if asked.json is not None:
        extra.setdefault("Content-Type", "application/json; charset=utf-8")
        return requests.Request(asked.method, asked.url, headers={**headers, **extra}, data=asked.json.encode())
    return requests.Request(asked.method, asked.url, headers={**headers, **extra}, data=list(asked.form) or None)


def _redirected(asked: NextPage, target: str, status: int) -> NextPage:
    if status in (307, 308):
        return replace(asked, url=target)
    return NextPage(target)


def _bytes(body: object) -> bytes:
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


def _causes(error: BaseException) -> list[BaseException]:
    """An error and everything that it wraps, outermost first (requests and urllib3 hide causes in args and reason)."""
    seen: list[BaseException] = []
    queue: list[BaseException] = [error]
    while queue:
        current = queue.pop(0)
        if any(current is s for s in seen):
            continue
        seen.append(current)
        inner = [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]
        queue += [e for e in inner if isinstance(e, BaseException)]
    return seen


def _tls_fault(error: BaseException) -> str | None:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _TLS_FAULTS.get(cause.verify_code, cause.verify_message) + f" ({cause.verify_message})"
    return next((str(c) for c in _causes(error) if isinstance(c, ssl.SSLError)), None)


def _innermost(error: BaseException) -> str:
    last = _causes(error)[-1]
    return f"{type(last).__name__}: {last}"

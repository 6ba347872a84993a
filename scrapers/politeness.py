"""How often a host is asked and what it does not want to be asked for (RFC 9309)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from urllib.parse import urlsplit

from protego import Protego

from scrapers.fetch import Fetched, Outcome
from scrapers.page import NextPage

ROBOTS_AGE = timedelta(hours=24)  # RFC 9309 section 2.4: not used longer than this
ROBOTS_BYTES = 512_000  # section 2.5: at least 500 KiB must be read; the rest may be ignored


def authority(url: str) -> str:
    """Scheme, host and port: what a robots.txt and a rate belong to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


class RateLimiter:
    """At most one request a host in each interval; a host may ask for a longer one, never for a shorter."""

    def __init__(
        self,
        per_min: float,
        *,
        longest_s: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 60.0 / per_min
        self._longest = longest_s
        self._own: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._clock, self._sleep = clock, sleep

    def slow_down(self, url: str, seconds: float) -> None:
        """The host asks for this many seconds between requests (Crawl-delay, Request-rate); capped, or a run would never end."""
        self._own[authority(url)] = min(seconds, self._longest)

    def wait(self, url: str) -> None:
        """Return when the host may be asked again, and count this as the asking."""
        host = authority(url)
        now = self._clock()
        ready = self._next.get(host, now)
        if ready > now:
            self._sleep(ready - now)
            now = self._clock()
        self._next[host] = max(now, ready) + max(self._interval, self._own.get(host, 0.0))


@dataclass(frozen=True, slots=True)
class _Rules:
    parser: Protego | None  # None: nothing may be asked for
    reason: str
    read_at: datetime
    outcome: Outcome = "robots_disallowed"  # of a page that may not be asked for: a portal that is down is no portal that forbids


class Robots:
    """robots.txt of the hosts of one portal, read once a day."""

    def __init__(
        self,
        user_agent: str,
        read: Callable[[NextPage], Fetched],
        *,
        now: Callable[[], datetime],
        limiter: RateLimiter | None = None,
        ignore: bool = False,
    ) -> None:
        self._agent = user_agent
        self._read, self._now, self._limiter, self._ignore = read, now, limiter, ignore
        self._rules: dict[str, _Rules] = {}

    def refusal(self, url: str) -> str | None:
        """Why this URL must not be asked for, or None."""
        if self._ignore:
            return None
        rules = self._of(authority(url))
        if rules.parser is None:
            return rules.reason
        if not rules.parser.can_fetch(url, self._agent):
            return f"robots.txt của {authority(url)} không cho phép"
        visit = rules.parser.visit_time(self._agent)
        if visit and not _within(self._now(), visit.start_time, visit.end_time):
            return f"robots.txt của {authority(url)} chỉ cho truy cập từ {visit.start_time:%H:%M} đến {visit.end_time:%H:%M} UTC"
        return None

    def outcome(self, url: str) -> Outcome:
        """What a page that `refusal` refuses counts as: disallowed, or whatever kept us from reading robots.txt."""
        return self._of(authority(url)).outcome

    def sitemaps(self, url: str) -> list[str]:
        """Sitemaps that the robots.txt of this URL's host names."""
        rules = self._of(authority(url))
        return list(rules.parser.sitemaps) if rules.parser else []

    def _of(self, host: str) -> _Rules:
        known = self._rules.get(host)
        if known is None or self._now() - known.read_at > ROBOTS_AGE:
            # set first: a redirect of robots.txt itself asks for permission too
            self._rules[host] = _Rules(Protego.parse(""), "", self._now())
            self._rules[host] = known = self._ask(host)
        return known

    def _ask(self, host: str) -> _Rules:
        answer = self._read(NextPage(f"{host}/robots.txt"))
        now = self._now()
        if answer.outcome == "ok":
            parser = Protego.parse(answer.body[:ROBOTS_BYTES].decode("utf-8", "replace"))
            self._slow_down(host, parser)
            return _Rules(parser, "", now)
        # section 2.3.1.3: 4xx means that there are no rules; 429 is a server in trouble, not an absent file
        status = answer.status or 0
        if answer.outcome in ("not_found", "gone", "redirect_refused") or (400 <= status < 500 and status != 429):
            return _Rules(Protego.parse(""), "", now)
        # section 2.3.1.4: unreachable means that everything is disallowed
        reason = f"không đọc được robots.txt của {host} ({answer.error or answer.outcome}) nên không được hỏi trang nào"
        return _Rules(None, reason, now, answer.outcome)

    def _slow_down(self, host: str, parser: Protego) -> None:
        if self._limiter is None:
            return
        delay = parser.crawl_delay(self._agent) or 0.0
        rate = parser.request_rate(self._agent)
        if rate and rate.requests:
            delay = max(delay, rate.seconds / rate.requests)
        if delay:
            self._limiter.slow_down(host, float(delay))


def _within(now: datetime, start: clock_time, end: clock_time) -> bool:
    clock = now.astimezone(UTC).time()
    return start <= clock <= end if start <= end else clock >= start or clock <= end

"""One scraping run of one portal: discover, fetch, archive, parse, write. Killed at any moment, the next run takes up what is there."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from muctieu.lake import Lake
from muctieu.records import Capture, Rejected, Run, stable_id
from scrapers.archive import ArchiveWriter, Note, archive_path, iter_pages, portal_lock, recover, spool_folder
from scrapers.challenge import challenge
from scrapers.decoding import UndecodableError
from scrapers.discovery import Bounds, Found, NotFetchedError, walk
from scrapers.fetch import Fetched, Fetcher
from scrapers.harvest import Harvest, Settled, new_run_id, remember, run_row, write_run
from scrapers.health import Measures, Verdict, judge_run
from scrapers.identity import canonical_url
from scrapers.page import ListedLink, NextPage, Page
from scrapers.platforms import Platform, platform
from scrapers.politeness import RateLimiter, Robots
from scrapers.reading import taken_down
from scrapers.registry import ListingSource, Portal
from scrapers.state import PortalState, UrlState, read_state, run_files, write_state
from scrapers.transport import Resolver, system_resolver

GIVE_UP_AFTER = 5  # articles in a row that could not be had: then the portal is down or blocks us, and asking on is rude
GONE_AFTER = timedelta(days=2)  # between the first and the last "not found" before an article counts as taken down
_EARLY = timedelta(hours=1)  # a daily run asks for a page some minutes before it is a day old
_CUTTING = frozenset(("timeout", "dns_error", "connection_error", "tls_error", "blocked", "http_error", "truncated"))


@dataclass(frozen=True, slots=True)
class ScrapeOptions:
    """How far one run goes. Without `since` it goes to where everything is known."""

    since: date | None = None
    until: date | None = None
    limit: int | None = None  # articles that are fetched for the first time
    user_agent: str = "muctieu/0.1"
    allow_private_hosts: bool = False
    refresh: bool = False  # ask for every listed article again, known or not


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run is doing, for whoever watches."""

    portal_id: str
    stage: str  # recovering | listing | article | writing
    done: int
    total: int | None
    url: str


def _unwatched(event: Progress) -> None:
    pass


def _unasked(seen: Measures) -> None:
    pass


def scrape_portal(
    portal: Portal,
    lake: Lake,
    options: ScrapeOptions,
    *,
    now: Callable[[], datetime],
    on_progress: Callable[[Progress], None] = _unwatched,
    on_end: Callable[[Measures], None] = _unasked,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    resolver: Resolver = system_resolver,
) -> Run:
    """Scrape a portal once. `on_end` gets what the run saw, after everything is written.

    Raises `PortalBusyError` when it is being scraped already, `PlatformError` when its YAML does not fit its platform, and
    `ValueError` for a portal that is kept as an archive only. Whatever the portal does is in the outcome of the run.
    """
    if portal.archive_only:
        raise ValueError(f"portal {portal.id} is archive_only: its old addresses are not scraped; import saved pages or WARC files instead")
    family = platform(portal.platform)
    family.selectors_of(portal), family.options_of(portal)
    with portal_lock(lake, portal.id):
        state = take_up(portal, family, lake, now, on_progress)
        run = _Scrape(portal, family, lake, options, state, now, on_progress, sleep, clock, resolver)
        try:
            row = run.go()
        finally:
            run.close()
        on_end(run.seen)
        return row


class _Clock:
    """A clock that never says the same moment twice: capture ids are made of it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._last = now, datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        self._last = max(self._now().astimezone(UTC), self._last + timedelta(microseconds=1))
        return self._last


class _Scrape:
    """The edges of one run held together: fetcher, archive, limiter, robots."""

    def __init__(
        self,
        portal: Portal,
        family: Platform,
        lake: Lake,
        options: ScrapeOptions,
        state: PortalState,
        now: Callable[[], datetime],
        on_progress: Callable[[Progress], None],
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        resolver: Resolver,
    ) -> None:
        self._portal, self._family, self._lake, self._options, self._state = portal, family, lake, options, state
        self._clock, self._progress = _Clock(now), on_progress
        self._started = self._clock()
        run_id = new_run_id(portal.id, self._started, state.run_id, secrets.token_hex(2))
        limiter = RateLimiter(portal.http.rate_per_min, longest_s=portal.http.max_wait_s, clock=clock, sleep=sleep)
        self._fetcher = Fetcher(
            portal,
            user_agent=options.user_agent,
            allow_private_hosts=options.allow_private_hosts,
            now=self._clock,
            sleep=sleep,
            before=limiter.wait,
            resolver=resolver,
        )
        self._robots = Robots(
            options.user_agent,
            lambda request: self._get(request, "robots")[0],
            now=self._clock,
            limiter=limiter,
            ignore=portal.http.robots == "ignore",
        )
        self._fetcher.permit = self._robots.refusal
        self._archive = ArchiveWriter(lake, portal.id, run_id, spool_folder(lake, portal.id))
        self._harvest = Harvest(portal, family, run_id)
        self.seen = Measures()
        self._pages = 0
        self._sent = 0

    def close(self) -> None:
        self._fetcher.close()

    def go(self) -> Run:
        for source in self._portal.listings:
            self.seen.walks.append(walk(source, self._portal, self._family, self._ask_listing, self._bounds(source)))
        if any(w.found or w.complete for w in self.seen.walks):
            self._read_articles()
        return self._end()

    # --- fetching ---

    def _get(self, request: NextPage, role: str, known: UrlState | None = None, found: Found | None = None) -> tuple[Fetched, Capture]:
        """Fetch, archive and index one page. Nothing has read it before it is archived."""
        refusal = None if role == "robots" else self._robots.refusal(request.url)
        if refusal is not None:
            fetched = Fetched(request, self._robots.outcome(request.url), request.url, self._clock(), error=refusal)
        else:
            conditions = (known.etag, known.last_modified) if known else (None, None)
            fetched = self._fetcher.fetch(request, etag=conditions[0], last_modified=conditions[1])
        self._sent += fetched.requests
        capture_id = stable_id(self._portal.id, request.url, fetched.fetched_at.isoformat())
        note = Note(
            capture_id=capture_id,
            role=role,
            outcome=fetched.outcome,
            request=request,
            final_url=fetched.final_url,
            fetched_at=fetched.fetched_at,
            elapsed_s=round(fetched.elapsed_s, 4),
            listed=found.link if found else None,
            listed_basis=found.basis if found else "unknown",
            source=found.source if found else None,
        )
        place = self._archive.write(fetched.exchanges, note)
        capture = Capture(
            capture_id=capture_id,
            portal_id=self._portal.id,
            run_id=self._harvest.run_id,
            role=role,
            url=request.url,
            final_url=fetched.final_url,
            outcome=fetched.outcome,
            status=fetched.status,
            error=fetched.error,
            fetched_at=fetched.fetched_at,
            elapsed_s=round(fetched.elapsed_s, 4),
            content_type=fetched.headers.get("content-type"),
            size=len(fetched.body) if fetched.ok else None,
            body_sha256=hashlib.sha256(fetched.body).hexdigest() if fetched.ok else None,
            etag=fetched.headers.get("etag"),
            last_modified=fetched.headers.get("last-modified"),
            warc_path=place[0] if place else None,
            warc_offset=place[1] if place else None,
        )
        fetched, capture = _unmask(fetched, capture, self._portal)
        self._harvest.captures.append(capture)
        return fetched, capture

    def _ask_listing(self, request: NextPage, role: str) -> Page:
        self._pages += 1
        self._progress(Progress(self._portal.id, "listing", self._pages, None, request.url))
        fetched, _ = self._get(request, role)
        if not fetched.ok:
            raise NotFetchedError(request.url, fetched.outcome, fetched.error or "")
        return _page(fetched, self._portal)

    # --- what is asked for ---

    def _bounds(self, source: ListingSource) -> Bounds:
        first = not any(row.settled and row.source == source.url for row in self._state.urls.values())
        limit = self._options.limit
        return Bounds(
            settled=(lambda key: False) if self._options.refresh else self._state.settled,  # noqa: ARG005
            wanted=lambda key: not self._state.known(key),
            since=self._options.since,
            until=self._options.until,
            first=first,
            limit=limit,
        )

    def _wanted(self) -> list[tuple[Found, UrlState | None]]:
        """Articles to ask for, in order: new ones, those that could not be had before, known ones that may have changed."""
        found: dict[str, Found] = {}
        for each in self.seen.walks:
            for key, item in each.found.items():
                if key not in found or (found[key].link.published_at is None and item.link.published_at is not None):
                    found[key] = item  # a feed that gives the date says more than a sitemap that does not
        rows = self._state.urls
        now = self._started
        fresh = [(item, None) for key, item in found.items() if key not in rows]
        overdue = [
            (found.get(row.key) or Found(row.key, row.listed, row.listed_basis, row.source or ""), row)
            for row in rows.values()
            if row.status == "pending" and row.failures < self._portal.http.give_up_after
        ]
        first = [*fresh, *overdue][: self._options.limit]
        again = []
        for row in rows.values():
            if row.status != "pending" and (condition := self._revisit(row, found.get(row.key), now)):
                item = found.get(row.key) or Found(row.key, row.listed, row.listed_basis, row.source or "")
                again.append((item, row if condition == "conditional" else None))
        return [*first, *again]

    def _revisit(self, row: UrlState, item: Found | None, now: datetime) -> str | None:
        """Whether a known article is asked for again: "conditional", "full" or None.

        The last revisit asks without conditions, because a server whose 304 lies would hide an edit for ever.
        """
        if self._options.refresh or row.status == "gone":
            return "full" if item else None  # what was taken down and is announced again is back
        if item is not None and _announced_anew(row, item.link):
            return "full"
        if row.first_seen is None or row.asked_at is None:
            return None
        if row.missing_since is not None:  # once may be a mistake of the server: it is asked again some days later
            return "full" if row.asked_at + GONE_AFTER - _EARLY <= now else None
        ages = sorted(self._portal.http.revisit_days)
        due = [age for age in ages if row.asked_at < row.first_seen + timedelta(days=age) - _EARLY <= now]
        if not due:
            return None
        return "full" if due[-1] == ages[-1] else "conditional"

    def _read_articles(self) -> None:
        wanted = self._wanted()
        in_a_row = 0
        for number, (found, known) in enumerate(wanted):
            self._progress(Progress(self._portal.id, "article", number, len(wanted), found.link.url))
            fetched, capture = self._get(NextPage(found.link.url), "article", known, found)
            if fetched.ok:
                self.seen.fetched += 1
                self._harvest.add(capture, _page(fetched, self._portal), found.link, found.basis)
            elif fetched.outcome != "not_modified":
                self.seen.failures[fetched.outcome] += 1
            in_a_row = in_a_row + 1 if fetched.outcome in _CUTTING else 0
            if in_a_row >= GIVE_UP_AFTER:
                self.seen.aborted = f"Dừng sau {in_a_row} bài liên tiếp không tải được: {fetched.outcome}: {fetched.error}"
                return

    # --- the end ---

    def _end(self) -> Run:
        self._progress(Progress(self._portal.id, "writing", 0, None, ""))
        settled = self._harvest.settle(self._state)
        self.seen.readings = list(settled.readings.values())
        self.seen.new, self.seen.repeated_stories = len(settled.articles), settled.repeated_stories
        self.seen.requests = self._sent
        dates = [a.published_at for a in settled.articles if a.published_at]
        dates += [row.published_at for row in self._state.urls.values() if row.published_at and not row.bulk]
        self.seen.newest = max(dates, default=None)
        verdict = judge_run(self._portal, self.seen, self._clock())
        if verdict.outcome == "broken":
            settled.hold_back()
        if verdict.outcome in ("ok", "degraded"):
            settled.rejected += self._taken_down()
        run = self._row(verdict, settled)
        self._archive.finish()
        write_run(self._lake, run, self._harvest.captures, settled.articles, settled.rejected)
        self._remember(run, settled)
        write_state(self._lake, self._portal.id, self._state)
        return run

    def _taken_down(self) -> list[Rejected]:
        """Articles that the portal has answered "not found" for days, in runs that were otherwise well. Their rows and facts stay."""
        rows = []
        for capture in self._harvest.captures:
            row = self._state.urls.get(canonical_url(capture.url, self._portal))
            if capture.role != "article" or capture.outcome not in ("not_found", "gone") or row is None or row.missing_since is None:
                continue
            if row.status == "article" and row.version_id and capture.fetched_at - row.missing_since >= GONE_AFTER - _EARLY:
                rows.append(taken_down(capture, row.version_id))
        return rows

    def _row(self, verdict: Verdict, settled: Settled) -> Run:
        return run_row(
            self._harvest.run_id,
            self._portal,
            self._started,
            self._clock(),
            verdict.outcome,
            verdict.message,
            self._harvest.captures,
            settled,
            listings=sum(w.pages for w in self.seen.walks),
            links=len({key for w in self.seen.walks for key in w.seen}),
            requests=self._sent,
        )

    def _remember(self, run: Run, settled: Settled) -> None:
        """The state after this run, with what no file holds: what the listings said, and which of them were walked to their end."""
        remember(self._state, self._portal, run, self._harvest, settled)
        rows = self._state.urls
        for each in self.seen.walks:
            complete = each.complete and run.outcome not in ("broken", "blocked", "unreachable")
            for key in each.seen:
                if item := each.found.get(key):
                    row = rows.get(key) or UrlState(key, item.link.url, "pending")
                    rows[key] = _with_listing(row, item)
                if complete and key in rows:
                    rows[key] = replace(rows[key], settled=True)


def _announced_anew(row: UrlState, link: ListedLink) -> bool:
    """Whether a listing says something else about a known article than it did, or a sitemap that it was changed."""
    if link.modified_at is not None and row.asked_at is not None and link.modified_at > row.asked_at:
        return True
    if row.listed_title is None:
        return False  # not announced before: nothing to compare with
    return (link.title or row.listed_title) != row.listed_title or bool(
        link.published_at and row.listed_at and link.published_at != row.listed_at and link.published_raw != row.listed_raw
    )


def _with_listing(row: UrlState, item: Found) -> UrlState:
    link = item.link
    return replace(
        row,
        listed_title=link.title or row.listed_title,
        listed_at=link.published_at or row.listed_at,
        listed_raw=link.published_raw or row.listed_raw,
        listed_summary=link.summary or row.listed_summary,
        listed_basis=item.basis if link.published_at else row.listed_basis,
        source=item.source,
    )


def _page(fetched: Fetched, portal: Portal) -> Page:
    return Page(
        fetched.request.url,
        fetched.final_url,
        fetched.body,
        fetched.headers,
        fetched.fetched_at,
        fetched.status or 200,
        portal.text.legacy,
        fetched.request,
    )


def _unmask(fetched: Fetched, capture: Capture, portal: Portal) -> tuple[Fetched, Capture]:
    """A challenge page with status 200 is no page: outcome blocked, not parsed, and its validators are not kept."""
    if not fetched.ok or capture.role == "robots":
        return fetched, capture
    reason = _challenged(_page(fetched, portal), portal, capture.role)
    if reason is None:
        return fetched, capture
    return (
        replace(fetched, outcome="blocked", error=reason),
        replace(capture, outcome="blocked", error=reason, etag=None, last_modified=None),
    )


def _challenged(page: Page, portal: Portal, role: str) -> str | None:
    # fragments that a listing's POST brings are parts of pages: they cannot have what every page has
    whole = role in ("article", "listing") and (page.request is None or page.request.method == "GET")
    with suppress(UndecodableError):  # the parser will say so
        return challenge(page, portal, is_html=whole)
    return None


# --- taking up what a killed run left --------------------------------------------------------------------------------------------


def take_up(
    portal: Portal, family: Platform, lake: Lake, now: Callable[[], datetime], on_progress: Callable[[Progress], None] = _unwatched
) -> PortalState:
    """The state of the portal, after the archives of runs that did not end were read. The caller holds the lock."""
    recover(lake, portal.id, spool_folder(lake, portal.id))
    ended = set(run_files(lake, portal.id))
    archived = [path.rpartition("/")[2].removesuffix(".warc.gz") for path in lake.list(f"captures/{portal.id}", ".warc.gz")]
    state = read_state(lake, portal)
    for run_id in archived:
        if run_id not in ended:
            on_progress(Progress(portal.id, "recovering", 0, None, archive_path(portal.id, run_id)))
            _finish_killed(portal, family, lake, run_id, state, now)
            state = read_state(lake, portal)
    return state


def _finish_killed(portal: Portal, family: Platform, lake: Lake, run_id: str, state: PortalState, now: Callable[[], datetime]) -> None:
    """Write the rows of a run that was killed, from its archive."""
    harvest = Harvest(portal, family, run_id)
    for capture, page, note in archived_captures(portal, lake, archive_path(portal.id, run_id), run_id):
        harvest.captures.append(capture)
        if capture.role in ("article", "imported") and capture.outcome == "ok":
            harvest.add(capture, page, note.listed, note.listed_basis)
    settled = harvest.settle(state)
    started = min((c.fetched_at for c in harvest.captures), default=now())
    ended = max((c.fetched_at for c in harvest.captures), default=started)
    message = f"Lượt chạy bị ngắt giữa chừng; đã đọc lại {len(harvest.items)} bài từ kho lưu trữ."
    run = run_row(run_id, portal, started, ended, "degraded", message, harvest.captures, settled)
    write_run(lake, run, harvest.captures, settled.articles, settled.rejected)


def archived_captures(portal: Portal, lake: Lake, path: str, run_id: str) -> Iterable[tuple[Capture, Page, Note]]:
    """The captures of one archive file as rows, with the pages and what was known of them."""
    for archived in iter_pages(lake, path, legacy=portal.text.legacy):
        note, page = archived.note, archived.page
        if note is None:
            continue
        outcome, error = note.outcome, None
        if outcome == "ok" and note.role != "robots" and (error := _challenged(page, portal, note.role)):
            outcome = "blocked"
        ok = outcome == "ok"
        capture = Capture(
            capture_id=note.capture_id,
            portal_id=portal.id,
            run_id=run_id,
            role=note.role,
            url=note.request.url,
            final_url=note.final_url,
            outcome=outcome,
            status=page.status,
            error=error,
            fetched_at=note.fetched_at,
            elapsed_s=note.elapsed_s,
            content_type=page.headers.get("content-type"),
            size=len(page.body) if ok else None,
            body_sha256=hashlib.sha256(page.body).hexdigest() if ok else None,
            etag=page.headers.get("etag") if ok else None,
            last_modified=page.headers.get("last-modified") if ok else None,
            warc_path=archived.warc_path,
            warc_offset=archived.offset,
        )
        yield capture, page, note

"""Parse the archive of a portal again: what a changed parser would read, without asking the portal for anything.

This is the regression test of a parser and the repair tool after a redesign. With `write`, versions that differ from what is
known are added as a run of their own, under the captures that they were read from; nothing is removed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from muctieu.lake import Lake
from muctieu.records import Article, Run
from scrapers.archive import portal_lock
from scrapers.harvest import Harvest, Item, distinct, listing_hints, new_run_id, write_run
from scrapers.identity import canonical_url
from scrapers.page import ListedLink, PageOutcome
from scrapers.platforms import platform
from scrapers.reading import REASONS, Context, Reading, parse
from scrapers.registry import Portal
from scrapers.run import archived_captures, take_up
from scrapers.state import PortalState, write_state

_READ = ("article", "imported")


@dataclass(frozen=True, slots=True)
class Change:
    """One article that would be read otherwise than it is known."""

    canonical_url: str
    kind: str  # gained | lost | changed
    fields: tuple[str, ...] = ()  # which differ, for changed
    before: str | None = None  # title, or for a lost article its title
    after: str | None = None  # title, or the reason why it would be held back


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found."""

    portal_id: str
    pages: int
    same: int
    changes: tuple[Change, ...]
    rules: dict[str, int]  # why pages are no articles now -> how many
    written: int = 0
    run_id: str | None = None

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


@dataclass(slots=True)
class _FileResult:
    items: list[Item] = field(default_factory=list)
    hints: dict[str, ListedLink] = field(default_factory=dict)


def replay_portal(
    portal: Portal,
    lake: Lake,
    *,
    now: Callable[[], datetime],
    write: bool = False,
    workers: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Replay:
    """Read every archived page of a portal with the parser of today and compare with what the lake has.

    `on_progress` gets (archive files done, of). Raises `PortalBusyError` while the portal is being scraped.
    """
    family = platform(portal.platform)
    with portal_lock(lake, portal.id):
        state = take_up(portal, family, lake, now)
        run_id = new_run_id(portal.id, now(), state.run_id, secrets.token_hex(2))
        harvest = Harvest(portal, family, run_id)
        for result in _parsed(portal, lake, run_id, workers, on_progress):
            harvest.items += result.items
            harvest.hints |= result.hints
        known = _latest(lake, portal.id)
        readings = harvest.judged(PortalState())
        fresh = _freshest(readings, portal)
        changes, same = _compare(known, fresh, readings)
        rules: dict[str, int] = {}
        for _, reading in readings:
            if reading.rule is not None:
                rules[reading.rule] = rules.get(reading.rule, 0) + 1
        written = _write(portal, lake, state, run_id, known, fresh, now) if write else 0
    return Replay(portal.id, len(readings), same, tuple(changes), rules, written, run_id if written else None)


def _parsed(portal: Portal, lake: Lake, run_id: str, workers: int, on_progress: Callable[[int, int], None]) -> Iterator[_FileResult]:
    paths = lake.list(f"captures/{portal.id}", ".warc.gz")
    read = partial(parse_archive, portal, lake, run_id)
    if workers <= 1:
        for done, path in enumerate(paths, 1):
            yield read(path)
            on_progress(done, len(paths))
        return
    with ProcessPoolExecutor(workers) as pool:
        for done, result in enumerate(pool.map(read, paths), 1):
            yield result
            on_progress(done, len(paths))


def parse_archive(portal: Portal, lake: Lake, run_id: str, path: str) -> _FileResult:
    """The article pages of one archive file, parsed; and what its listings say. Runs in a process of its own."""
    family = platform(portal.platform)
    result = _FileResult()
    for capture, page, note in archived_captures(portal, lake, path, run_id):
        if capture.outcome != "ok" or capture.role not in _READ:
            continue
        context = Context(portal, family, run_id, capture.capture_id, note.listed, note.listed_basis)
        parsed = parse(page, context)
        if capture.role == "imported" and parsed.outcome is PageOutcome.LISTING:
            result.hints.update(listing_hints(page, portal, family))
        result.items.append(Item(canonical_url(capture.url, portal), replace(page, body=b""), parsed, context))
    return result


def _latest(lake: Lake, portal_id: str) -> dict[str, Article]:
    """The latest version of each article as the lake has it."""
    latest: dict[str, Article] = {}
    for path in lake.list(f"articles/portal={portal_id}", ".parquet"):
        for row in lake.read_rows(path, Article):
            if row.article_id not in latest or row.fetched_at >= latest[row.article_id].fetched_at:
                latest[row.article_id] = row
    return latest


def _freshest(readings: Iterable[tuple[Item, Reading]], portal: Portal) -> dict[str, Article]:
    """The version of each article that was fetched last, as it is read now."""
    last: dict[str, tuple[str, Article]] = {}
    for item, reading in readings:
        if reading.article is not None and (item.key not in last or reading.article.fetched_at >= last[item.key][1].fetched_at):
            last[item.key] = (item.key, reading.article)
    fresh: dict[str, Article] = {}
    for article in distinct(list(last.values()), PortalState(), portal):
        if article.article_id not in fresh or article.fetched_at >= fresh[article.article_id].fetched_at:
            fresh[article.article_id] = article
    return fresh


_COMPARED = (
    "title",
    "body_text",
    "published_at",
    "published_basis",
    "author",
    "summary",
    "section",
    "attachments",
    "portal_area",
    "story_id",
)


def _compare(known: dict[str, Article], fresh: dict[str, Article], readings: Iterable[tuple[Item, Reading]]) -> tuple[list[Change], int]:
    changes, same = [], 0
    by_capture = {item.context.capture_id: reading for item, reading in readings}
    for identity, article in fresh.items():
        old = known.get(identity)
        if old is None:
            changes.append(Change(article.canonical_url, "gained", after=article.title))
            continue
        fields = tuple(name for name in _COMPARED if getattr(old, name) != getattr(article, name))
        if fields:
            changes.append(Change(article.canonical_url, "changed", fields, old.title, article.title))
        else:
            same += 1
    for identity, old in known.items():
        if identity not in fresh and (reading := by_capture.get(old.capture_id)) is not None:
            changes.append(Change(old.canonical_url, "lost", before=old.title, after=REASONS.get(reading.rule or "", reading.rule)))
    return changes, same


def _write(
    portal: Portal,
    lake: Lake,
    state: PortalState,
    run_id: str,
    known: dict[str, Article],
    fresh: dict[str, Article],
    now: Callable[[], datetime],
) -> int:
    """Add the versions that differ as a run of their own; the captures stay those of the runs that made them."""
    rows = [a for identity, a in fresh.items() if identity not in known or known[identity].version_id != a.version_id]
    if not rows:
        return 0
    at = now()
    gained = sum(a.article_id not in known for a in rows)
    run = Run(
        run_id=run_id,
        portal_id=portal.id,
        started_at=at,
        ended_at=now(),
        outcome="ok",
        listings=0,
        links=0,
        requests=0,
        fetched=0,
        not_modified=0,
        failed=0,
        new_articles=gained,
        new_versions=len(rows) - gained,
        rejected=0,
        message=f"Đọc lại kho lưu trữ bằng {rows[0].parser}.",
    )
    write_run(lake, run, [], rows, [])
    state.apply(portal, [], rows, [])
    state.run_id = run_id
    write_state(lake, portal.id, state)
    return len(rows)

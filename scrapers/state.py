"""What the next run of a portal must know of each URL: replaceable, because it is a fold over what earlier runs wrote.

The newest state file is named after the last run that it contains; runs that came after it are applied when it is read, so a
kill between writing a run and writing the state loses nothing. What only the state knows (that a listing was walked to its end)
costs listing pages, not articles, when it is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from muctieu.lake import Lake
from muctieu.records import Article, Capture, Rejected
from scrapers.identity import canonical_url
from scrapers.page import ListedLink
from scrapers.registry import Portal

Row = TypeVar("Row")
_SUCCESS = ("ok", "not_modified")


@dataclass(frozen=True, slots=True)
class UrlState:
    """One article URL of a portal."""

    key: str  # canonical URL
    url: str  # as it is asked for
    status: str  # pending (never had) | article | rejected | gone
    article_id: str | None = None
    version_id: str | None = None
    story_id: str | None = None
    published_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    first_seen: datetime | None = None  # when it was fetched for the first time
    asked_at: datetime | None = None
    read_at: datetime | None = None  # last full answer, not a 304
    missing_since: datetime | None = None  # 404 or 410 since then, without an answer in between
    failures: int = 0  # runs in a row that could not fetch it
    settled: bool = False  # a complete walk of its listing has seen it
    bulk: bool = False  # its date is one that a machine wrote on many pages
    listed_title: str | None = None
    listed_at: datetime | None = None
    listed_raw: str | None = None
    listed_summary: str | None = None
    listed_basis: str = "unknown"
    source: str | None = None

    @property
    def listed(self) -> ListedLink:
        """What the listing said, as a run that finds the URL only here needs it."""
        return ListedLink(self.url, self.listed_title, self.listed_at, self.listed_raw, self.listed_summary)


@dataclass(slots=True)
class PortalState:
    """All known URLs of a portal, and the latest version of each article."""

    urls: dict[str, UrlState] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)  # article_id -> version_id of the latest version
    run_id: str | None = None  # the last run that is contained

    def known(self, key: str) -> bool:
        """Whether the article at this URL was read, whatever came of it."""
        found = self.urls.get(key)
        return found is not None and found.status != "pending"

    def settled(self, key: str) -> bool:
        found = self.urls.get(key)
        return found is not None and found.settled

    def apply(self, portal: Portal, captures: Iterable[Capture], articles: Iterable[Article], rejected: Iterable[Rejected]) -> None:
        """Take in what one run wrote."""
        rejected = list(rejected)
        article_of = {row.capture_id: row for row in articles}
        captured = set()
        held_back = {row.source_id: row.rule for row in rejected if row.layer == "capture"}
        for capture in captures:
            if capture.role in ("article", "imported"):
                captured.add(capture.capture_id)
                self._apply_capture(portal, capture, article_of.get(capture.capture_id), held_back.get(capture.capture_id))
        for row in rejected:
            if row.rule == "taken_down" and row.url and (known := self.urls.get(canonical_url(row.url, portal))):
                self.urls[known.key] = replace(known, status="gone")
        for capture_id, article in article_of.items():
            if capture_id not in captured:  # a replay reads captures of earlier runs again
                key = canonical_url(article.url, portal)
                self.urls[key] = _with_article(self.urls.get(key) or UrlState(key, article.url, "pending"), article)
                self.versions[article.article_id] = article.version_id

    def _apply_capture(self, portal: Portal, capture: Capture, article: Article | None, held_back: str | None) -> None:
        key = canonical_url(capture.url, portal)
        old = self.urls.get(key) or UrlState(key, capture.url, "pending")
        new = replace(old, url=capture.url, asked_at=capture.fetched_at)
        if capture.outcome in _SUCCESS:
            new = replace(new, failures=0, missing_since=None, first_seen=old.first_seen or capture.fetched_at)
        if capture.outcome == "ok":
            new = replace(new, etag=capture.etag, last_modified=capture.last_modified, read_at=capture.fetched_at)
        if article is not None:
            new = _with_article(new, article)
            self.versions[article.article_id] = article.version_id
        elif held_back == "run_broken":
            new = replace(new, failures=old.failures + 1)  # asked for again until somebody mends the parser
        elif capture.outcome in _SUCCESS:
            if old.status == "gone":
                new = replace(new, status="article")  # it is back as it was
            if held_back and old.status == "pending":
                new = replace(new, status="rejected")
            elif not held_back and old.article_id is None:
                new = replace(new, status="article")  # another address of an article that is known already
        elif capture.outcome in ("not_found", "gone"):
            new = replace(new, missing_since=old.missing_since or capture.fetched_at, failures=old.failures + 1)
        else:
            new = replace(new, failures=old.failures + 1)
        self.urls[key] = new


def _with_article(row: UrlState, article: Article) -> UrlState:
    return replace(
        row,
        status="article",
        article_id=article.article_id,
        version_id=article.version_id,
        story_id=article.story_id,
        published_at=article.published_at,
    )


def run_files(lake: Lake, portal_id: str) -> list[str]:
    """Ids of the runs that ended, in the order of their beginning."""
    return [path.rpartition("/")[2].removesuffix(".parquet") for path in lake.list(f"runs/portal={portal_id}", ".parquet")]


def _state_path(portal_id: str, run_id: str) -> str:
    return f"state/{portal_id}/{run_id}.parquet"


def read_state(lake: Lake, portal: Portal) -> PortalState:
    """The newest state with all runs that came after it."""
    ended = run_files(lake, portal.id)
    states = [path.rpartition("/")[2].removesuffix(".parquet") for path in lake.list(f"state/{portal.id}", ".parquet")]
    usable = [run_id for run_id in states if run_id in set(ended)]
    state = PortalState()
    if usable:
        state = PortalState({row.key: row for row in lake.read_rows(_state_path(portal.id, usable[-1]), UrlState)}, run_id=usable[-1])
        oldest_first = sorted(state.urls.values(), key=lambda row: row.read_at.timestamp() if row.read_at else 0.0)
        state.versions = {row.article_id: row.version_id for row in oldest_first if row.article_id and row.version_id}
    for run_id in ended:
        if state.run_id is None or run_id > state.run_id:
            state.apply(
                portal,
                _rows(lake, "capture_index", portal.id, run_id, Capture),
                _rows(lake, "articles", portal.id, run_id, Article),
                _rows(lake, "rejected", portal.id, run_id, Rejected),
            )
            state.run_id = run_id
    return state


def _rows(lake: Lake, folder: str, portal_id: str, run_id: str, record: type[Row]) -> list[Row]:
    path = f"{folder}/portal={portal_id}/{run_id}.parquet"
    return list(lake.read_rows(path, record)) if lake.exists(path) else []


def write_state(lake: Lake, portal_id: str, state: PortalState) -> None:
    """Write the state after its last run and remove older ones."""
    assert state.run_id is not None
    path = _state_path(portal_id, state.run_id)
    lake.write_rows(path, UrlState, list(state.urls.values()))
    for older in lake.list(f"state/{portal_id}", ".parquet"):
        if older < path:
            lake.fs.rm_file(lake.full(older))

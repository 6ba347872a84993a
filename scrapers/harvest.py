"""What one run gathers and how it is written: the same for a live run, for a killed run that is taken up again, and for imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from muctieu.lake import Lake
from muctieu.records import Article, Capture, Rejected, Run, stable_id
from scrapers.dates import bulk_dates
from scrapers.identity import article_id, canonical_url, version_id
from scrapers.page import ListedLink, Page, PageOutcome, ParsedPage
from scrapers.platforms import Platform
from scrapers.reading import REASONS, Context, Reading, judge, parse, rejection
from scrapers.registry import Portal
from scrapers.state import PortalState


@dataclass(slots=True)
class Item:
    """One page that was parsed and waits for the others: whether its date is believed depends on how many share it."""

    key: str  # canonical URL of the capture
    page: Page  # without its body
    parsed: ParsedPage | Reading
    context: Context


@dataclass(slots=True)
class Harvest:
    """The captures of one run and what was read from them."""

    portal: Portal
    platform: Platform
    run_id: str
    captures: list[Capture] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    hints: dict[str, ListedLink] = field(default_factory=dict)  # by key: what listings among the pages say of articles

    def add(self, capture: Capture, page: Page, listed: ListedLink | None, basis: str) -> None:
        """Parse one article page that was captured. The body is not kept: a backfill has thousands."""
        context = Context(self.portal, self.platform, self.run_id, capture.capture_id, listed, basis)
        parsed = parse(page, context)
        if parsed.outcome is PageOutcome.LISTING and capture.role == "imported":
            self.hints.update(listing_hints(page, self.portal, self.platform))
        self.items.append(Item(canonical_url(capture.url, self.portal), replace(page, body=b""), parsed, context))

    def judged(self, state: PortalState) -> list[tuple[Item, Reading]]:
        """All pages judged together, in their order."""
        is_bulk = _bulk(self.items, state)
        readings = []
        for item in self.items:
            context = replace(item.context, is_bulk=is_bulk)
            if context.listed is None and (hint := self.hints.get(item.key)):
                context = replace(context, listed=hint, listed_basis="listing")
            item.context = context
            readings.append((item, item.parsed if isinstance(item.parsed, Reading) else judge(item.parsed, item.page, context)))
        return readings

    def settle(self, state: PortalState) -> Settled:
        """Judge all pages, and tell new articles and versions from what is known."""
        result = Settled()
        brought: list[tuple[str, Article]] = []
        for item, reading in self.judged(state):
            result.readings[item.key] = reading
            if reading.rule is not None:
                result.rejected.append(rejection(reading, item.page, item.context))
            elif reading.article is not None:
                brought.append((item.key, reading.article))
        for article in distinct(brought, state, self.portal):
            result.take(article, state)
        return result


def listing_hints(page: Page, portal: Portal, family: Platform) -> dict[str, ListedLink]:
    """What a saved listing says of its articles, by canonical URL; {} when it cannot be read."""
    try:
        listing = family.listing(page, portal)
    except Exception:  # hints are a help: a listing that cannot be read has its own row
        return {}
    return {canonical_url(link.url, portal): link for link in listing.links if portal.owns(link.url)}


@dataclass(slots=True)
class Settled:
    """What came of the pages of a run."""

    readings: dict[str, Reading] = field(default_factory=dict)  # by URL key
    articles: list[Article] = field(default_factory=list)  # new ones and new versions
    rejected: list[Rejected] = field(default_factory=list)
    new_articles: int = 0
    new_versions: int = 0
    repeated_stories: int = 0  # new articles with the text of another one of this run
    versions: dict[str, str] = field(default_factory=dict)  # article_id -> version_id in this run
    stories: set[str] = field(default_factory=set)

    def take(self, article: Article, state: PortalState) -> None:
        """Keep an article if it is new or changed."""
        if self.versions.get(article.article_id) == article.version_id:
            return
        latest = self.versions.get(article.article_id) or state.versions.get(article.article_id)
        self.versions[article.article_id] = article.version_id
        if latest == article.version_id:
            return
        self.articles.append(article)
        self.new_articles += latest is None
        self.new_versions += latest is not None
        self.repeated_stories += article.story_id in self.stories
        self.stories.add(article.story_id)

    def hold_back(self) -> None:
        """A broken run brings no articles: pages that a changed layout made unreadable look like edits of all of them."""
        for article in self.articles:
            row = Rejected(
                rejected_id=stable_id("capture", article.capture_id, "run_broken"),
                run_id=article.run_id,
                portal_id=article.portal_id,
                layer="capture",
                source_id=article.capture_id,
                rule="run_broken",
                reason=REASONS["run_broken"],
                evidence=article.title,
                url=article.url,
                rejected_at=article.fetched_at,
            )
            self.rejected.append(row)
        self.articles.clear()
        self.new_articles = self.new_versions = 0


def distinct(brought: list[tuple[str, Article]], state: PortalState, portal: Portal) -> list[Article]:
    """Articles with the identity that their pages declare, unless several pages with different texts declare the same one.

    Then the template lies (some print the address of the section on every page), and each keeps its own address.
    """
    texts: dict[str, set[str]] = {}
    for _, article in brought:
        texts.setdefault(article.article_id, set()).add(article.story_id)
    for row in state.urls.values():
        if row.article_id in texts and row.story_id and not any(row.key == key for key, _ in brought):
            texts[row.article_id].add(row.story_id)
    return [a if len(texts[a.article_id]) == 1 else _under_own_address(a, portal) for _, a in brought]


def _under_own_address(article: Article, portal: Portal) -> Article:
    own = canonical_url(article.url, portal)
    identity = article_id(own)
    version = version_id(identity, article.title, article.body_text, article.published_at)
    return replace(article, canonical_url=own, article_id=identity, version_id=version)


def _bulk(items: Iterable[Item], state: PortalState) -> Callable[[datetime], bool]:
    """Dates that a machine wrote on many pages: of this run, of this run with all known articles, and those found so before."""
    parsed = [item.parsed for item in items if isinstance(item.parsed, ParsedPage)]
    dates = [p.published_at for p in parsed if p.published_at]
    known = [row.published_at for row in state.urls.values() if row.published_at]
    at = max((item.page.fetched_at for item in items), default=None)
    # days are judged with what is known: a portal without times of day that is read again after a week shows few days
    bulk = set(bulk_dates(dates, fetched_at=at, day_pages=1_000_000)) | set(bulk_dates([*dates, *known], fetched_at=at))
    minutes = {d.replace(second=0, microsecond=0) for d in bulk}
    minutes |= {row.published_at.replace(second=0, microsecond=0) for row in state.urls.values() if row.bulk and row.published_at}
    instants = {m.timestamp() for m in minutes}
    return lambda moment: moment.replace(second=0, microsecond=0).timestamp() in instants


# --- writing ---------------------------------------------------------------------------------------------------------------------


def write_run(lake: Lake, run: Run, captures: list[Capture], articles: list[Article], rejected: list[Rejected]) -> None:
    """The files of a run, the run row last: without it the run did not end and its captures are read again by the next one."""
    where = f"portal={run.portal_id}/{run.run_id}.parquet"
    lake.write_rows(f"capture_index/{where}", Capture, captures)
    if articles:
        lake.write_rows(f"articles/{where}", Article, articles)
    if rejected:
        lake.write_rows(f"rejected/{where}", Rejected, rejected)
    lake.write_rows(f"runs/{where}", Run, [run])


def remember(state: PortalState, portal: Portal, run: Run, harvest: Harvest, settled: Settled) -> None:
    """Bring the state up to this run."""
    state.apply(portal, harvest.captures, settled.articles, settled.rejected)
    state.run_id = run.run_id
    for key, reading in settled.readings.items():
        if reading.rule == "bulk_date" and reading.date_found and key in state.urls:
            state.urls[key] = replace(state.urls[key], bulk=True, published_at=reading.date_found)


def run_row(
    run_id: str,
    portal: Portal,
    started_at: datetime,
    ended_at: datetime,
    outcome: str,
    message: str,
    captures: list[Capture],
    settled: Settled,
    **counts: int,
) -> Run:
    """The run's row. `counts` may give listings, links and requests."""
    articles = [c for c in captures if c.role in ("article", "imported")]
    outcomes = Counter(c.outcome for c in articles)
    return Run(
        run_id=run_id,
        portal_id=portal.id,
        started_at=started_at,
        ended_at=max(ended_at, started_at),
        outcome=outcome,
        listings=counts.get("listings", 0),
        links=counts.get("links", 0),
        requests=counts.get("requests", len(captures)),
        fetched=outcomes["ok"],
        not_modified=outcomes["not_modified"],
        failed=sum(outcomes.values()) - outcomes["ok"] - outcomes["not_modified"],
        new_articles=settled.new_articles,
        new_versions=settled.new_versions,
        rejected=len(settled.rejected),
        message=message[:2000],
    )


def new_run_id(portal_id: str, now: datetime, last: str | None, token: str) -> str:
    """<portal>-<UTC yyyymmddThhmmss>-<4 hex>, later than the last run even when the clock is not."""
    stamp = f"{now:%Y%m%dT%H%M%S}"
    if last is not None:
        previous = last.removeprefix(f"{portal_id}-").split("-")[0]
        if stamp <= previous:
            later = datetime.strptime(previous, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) + timedelta(seconds=1)
            stamp = f"{later:%Y%m%dT%H%M%S}"
    return f"{portal_id}-{stamp}-{token}"

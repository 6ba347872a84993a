"""From an address to a portal file: what CMS it is, what would be read, and pages to review it by.

Nothing is guessed silently: every family reads the same pages, the scores are shown, and the file that is written is unverified
until somebody has reviewed the golden readings of its pages.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from scrapers.challenge import challenge
from scrapers.fetch import Fetched, Fetcher
from scrapers.identity import canonical_url, is_runaway, version_id
from scrapers.page import ListedLink, Listing, NextPage, Page
from scrapers.platforms import PLATFORMS, Platform, platform
from scrapers.politeness import RateLimiter, Robots
from scrapers.reading import Context, Reading, read_page
from scrapers.registry import Portal
from scrapers.selectors import soup

ARTICLES = 3  # fetched to tell families apart


class OnboardingError(Exception):
    """The address gives nothing that a portal file could be made of; the message says why and what to try."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One page that was fetched to look at."""

    name: str  # danh_sach | bai_1 | bai_2 ...
    page: Page
    listed: ListedLink | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How well one family reads the pages."""

    platform: str
    links: int
    next_page: bool
    articles: int  # pages that became whole articles
    samples: int

    @property
    def rank(self) -> tuple[int, bool, int]:
        # the generic family reads a little of everything: a family that knows the CMS goes before it, one that reads nothing does not
        return self.articles, self.platform != "generic" and self.articles + self.links > 0, min(self.links, 50)


@dataclass(frozen=True, slots=True)
class Probe:
    """What an address turned out to be."""

    portal: dict[str, Any]  # the content of the portal file
    scores: tuple[Score, ...]  # best first
    samples: tuple[Sample, ...]
    notes: tuple[str, ...]

    @property
    def best(self) -> Score:
        return self.scores[0]

    def as_yaml(self) -> str:
        head = "# Proposed by `muctieu portal new`; review the golden readings, then set `status: verified`.\n"
        return head + yaml.safe_dump(self.portal, allow_unicode=True, sort_keys=False, width=140)


@dataclass(frozen=True, slots=True)
class Look:
    """One page beside what would be read from it."""

    name: str
    url: str
    reading: Reading | None
    listing: Listing | None
    fault: str | None


class Visitor:
    """Fetches a few pages politely, without a lake."""

    def __init__(
        self,
        portal: Portal,
        *,
        user_agent: str,
        allow_private_hosts: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        limiter = RateLimiter(portal.http.rate_per_min, sleep=sleep)
        self._portal = portal
        self._fetcher = Fetcher(
            portal, user_agent=user_agent, allow_private_hosts=allow_private_hosts, now=now, sleep=sleep, before=limiter.wait
        )
        self._robots = Robots(user_agent, self._fetcher.fetch, now=now, limiter=limiter, ignore=portal.http.robots == "ignore")
        self._fetcher.permit = self._robots.refusal

    def visit(self, request: NextPage) -> Page:
        """One page. Raises `OnboardingError` that says why there is none."""
        if refusal := self._robots.refusal(request.url):
            raise OnboardingError(refusal)
        got: Fetched = self._fetcher.fetch(request)
        if not got.ok:
            raise OnboardingError(f"{request.url}: {got.outcome}: {got.error}")
        page = Page(request.url, got.final_url, got.body, got.headers, got.fetched_at, got.status or 200, self._portal.text.legacy, request)
        if reason := challenge(page, self._portal):
            raise OnboardingError(f"{request.url}: {reason}")
        return page

    def close(self) -> None:
        self._fetcher.close()


def probe(
    url: str, *, portal_id: str, name: str, area: str, maintainer: tuple[str, str], connect_to: str | None = None, **visiting: Any
) -> Probe:
    """Fetch a listing and some of its articles and find the family that reads them best.

    `visiting` goes to `Visitor`. Raises `OnboardingError`.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise OnboardingError(f"{url!r} không phải địa chỉ http(s)")
    content: dict[str, Any] = {
        "id": portal_id,
        "name": name,
        "areas": [{"name": area}],
        "hosts": [{"host": parts.netloc.lower().removeprefix("www."), **({"connect_to": connect_to} if connect_to else {})}],
        "maintainers": [{"name": maintainer[0], "email": maintainer[1]}],
        "platform": "generic",
        "listings": [{"url": url}],
        "status": "unverified",
    }
    draft = Portal.model_validate(content)
    visitor = Visitor(draft, **visiting)
    try:
        listing = visitor.visit(NextPage(url))
        links = _candidates(listing, draft)
        samples = [Sample("danh_sach", listing)]
        notes = []
        for number, link in enumerate(links[:ARTICLES], 1):
            try:
                samples.append(Sample(f"bai_{number}", visitor.visit(NextPage(link.url)), link))
            except OnboardingError as error:
                notes.append(str(error))
        families = sorted(PLATFORMS.values(), key=lambda family: family.name != "generic")  # where nobody reads anything, the first stands
        scores = sorted((_score(family, samples, draft) for family in families), key=lambda s: s.rank, reverse=True)
        content["platform"] = scores[0].platform
        if real := common_element([s.page for s in samples]):
            content["real_page"] = real
        if len(samples) > 1:
            notes += _volatile(visitor, samples[1], Portal.model_validate(content))
    finally:
        visitor.close()
    return Probe(content, tuple(scores), tuple(samples), tuple(notes))


def _candidates(page: Page, portal: Portal) -> list[ListedLink]:
    """Links to articles by the family that finds the most of them, else the longest link texts of the page."""
    best: tuple[ListedLink, ...] = ()
    for family in PLATFORMS.values():
        listing = _listing(family, page, portal)
        usable = tuple(link for link in listing.links if portal.owns(link.url)) if listing else ()
        if len(usable) > len(best) and (family.name != "generic" or not best):
            best = usable
    if best:
        return list(best)
    anchors = soup(page).select("a[href]")
    texts = [(a.get_text(" ", strip=True), urljoin(page.final_url, str(a["href"]))) for a in anchors]
    titled = [ListedLink(url, text) for text, url in texts if len(text) > 40 and portal.owns(url) and not is_runaway(url)]
    if not titled:
        raise OnboardingError(f"{page.url}: trang này không có liên kết tới bài viết; hãy cho địa chỉ một trang danh sách tin")
    return list({link.url: link for link in titled}.values())


def _score(family: Platform, samples: Sequence[Sample], portal: Portal) -> Score:
    mine = portal.model_copy(update={"platform": family.name})
    listing = _listing(family, samples[0].page, mine)
    own = [link for link in listing.links if portal.owns(link.url)] if listing else []
    read = [look(sample, mine) for sample in samples[1:]]
    articles = sum(r.reading is not None and r.reading.article is not None for r in read)
    return Score(family.name, len(own), bool(listing and listing.next_page), articles, len(samples) - 1)


def _listing(family: Platform, page: Page, portal: Portal) -> Listing | None:
    try:
        return family.listing(page, portal)
    except Exception:  # a family that does not fit may stumble over anything
        return None


def look(sample: Sample, portal: Portal) -> Look:
    """What the portal's family makes of one page."""
    family = platform(portal.platform)
    if sample.listed is None and sample.name.startswith("danh_sach"):
        try:
            return Look(sample.name, sample.page.url, None, family.listing(sample.page, portal), None)
        except Exception as error:
            return Look(sample.name, sample.page.url, None, None, f"{type(error).__name__}: {error}")
    context = Context(
        portal, family, "look", "look", sample.listed, "listing" if sample.listed and sample.listed.published_at else "unknown"
    )
    reading = read_page(sample.page, context)
    fault = None if reading.article else f"{reading.rule}: {reading.evidence}"
    return Look(sample.name, sample.page.url, reading, None, fault)


def visit_portal(portal: Portal, *, articles: int = ARTICLES, **visiting: Any) -> list[Sample]:
    """A listing page of each source of a portal and some articles, for `portal check`. Raises `OnboardingError`."""
    visitor = Visitor(portal, **visiting)
    samples: list[Sample] = []
    links: dict[str, ListedLink] = {}
    try:
        for number, source in enumerate((s for s in portal.listings if s.kind == "listing"), 1):
            sample = Sample(f"danh_sach_{number}", visitor.visit(source.request))
            samples.append(sample)
            if (listing := look(sample, portal).listing) is not None:
                links.update({canonical_url(link.url, portal): link for link in listing.links if portal.owns(link.url)})
        for number, link in enumerate(list(links.values())[:articles], 1):
            samples.append(Sample(f"bai_{number}", visitor.visit(NextPage(link.url)), link))
    finally:
        visitor.close()
    return samples


def common_element(pages: Sequence[Page]) -> str | None:
    """A selector that every page matches and a challenge page would not: an id of the footer, header or menu that all of them have."""
    if len(pages) < 2:
        return None
    counts: Counter[str] = Counter()
    for page in pages:
        tree = soup(page)
        counts.update({str(e["id"]) for e in tree.select("[id]") if re.fullmatch(r"[A-Za-z][\w-]*", str(e["id"]))})
    everywhere = [i for i, n in counts.items() if n == len(pages)]
    telling = sorted((i for i in everywhere if re.search(r"foot|head|menu|banner|logo|nav", i, re.IGNORECASE)), key=lambda i: (len(i), i))
    return f"#{telling[0]}" if telling else None


def _volatile(visitor: Visitor, sample: Sample, portal: Portal) -> list[str]:
    """Fetch one article twice: what differs between the two readings would make a new version in every run."""
    try:
        again = Sample(sample.name, visitor.visit(NextPage(sample.page.url)), sample.listed)
    except OnboardingError as error:
        return [str(error)]
    first, second = look(sample, portal).reading, look(again, portal).reading
    if not first or not second or not first.article or not second.article:
        return []
    versions = {version_id("x", r.article.title, r.article.body_text, r.article.published_at) for r in (first, second) if r.article}
    if len(versions) == 1:
        return []
    return [f"{sample.page.url}: đọc hai lần cho hai kết quả; bỏ phần tự thay đổi (lượt xem, tin liên quan) bằng `select.drop`"]


def write_portal(result: Probe, portals: Path, pages: Path) -> list[Path]:
    """Write the portal file and its sample pages; the readings are written and failed once by the golden test.

    Raises `OnboardingError` when the portal is there already.
    """
    identity = result.portal["id"]
    file, folder = portals / f"{identity}.yml", pages / identity
    if file.exists() or folder.exists():
        raise OnboardingError(f"{file if file.exists() else folder} đã có; chọn --id khác hoặc xóa đi trước")
    portals.mkdir(parents=True, exist_ok=True)
    file.write_text(result.as_yaml(), encoding="utf-8")
    return [file, *write_samples(result.samples, folder)]


def write_samples(samples: Sequence[Sample], folder: Path) -> list[Path]:
    """Sample pages as they came, each with what its reading will need to know; a page that is there keeps nothing of its old reading."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for sample in samples:
        page, meta = folder / f"{sample.name}.html", folder / f"{sample.name}.json"
        page.write_bytes(sample.page.body)
        facts: dict[str, Any] = {"url": sample.page.url, "fetched_at": sample.page.fetched_at.isoformat()}
        if sample.page.headers.get("content-type"):
            facts["content_type"] = sample.page.headers["content-type"]
        meta.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        written += [page, meta]
    return written

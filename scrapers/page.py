"""What goes between fetching and parsing: a page as it came, and what a platform reads out of it.

Everything here is a value. A platform is a pure function of a `Page` and a `Portal`, so an archived page can be
read again at any time with the same result (`fetched_at` is part of the page: relative dates depend on it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

from scrapers.decoding import Decoded, decode


class PageOutcome(StrEnum):
    """What a fetched page turned out to be."""

    ARTICLE = "article"
    LISTING = "listing"  # a list of articles
    STATIC = "static"  # a page of the site that is no news article: contact, organisation, login
    NOT_FOUND = "not_found"  # says "not found" with whatever status (soft 404)
    BROKEN = "broken"  # should be an article, but what must be there is not: the markup changed


@dataclass(frozen=True, slots=True)
class NextPage:
    """A request for one page of a listing. `form` and `json` are for POST; at most one of them is given."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    form: tuple[tuple[str, str], ...] = ()  # pairs, because keys repeat (DataIds[] of the Hanoi CMS)
    json: str | None = None  # a JSON document as text (the ASP.NET page methods of VNPT portals)
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    """One response, decoded bytes (no content encoding left). Header names are lower case."""

    url: str  # as asked for
    final_url: str  # after redirects; relative links resolve against it
    body: bytes
    headers: Mapping[str, str]
    fetched_at: datetime  # aware
    status: int = 200
    legacy: str | None = None  # cp1258 | tcvn3 | vni: what the portal's YAML says its old pages are written in
    request: NextPage | None = None  # how a listing page was asked for; POST paging goes on from it

    @cached_property
    def decoded(self) -> Decoded:
        """The text with the record of how it was decided."""
        return decode(self.body, self.headers.get("content-type"), self.legacy)

    def decode(self) -> str:
        """The text of the page, NFC. Raises `scrapers.decoding.UndecodableError` when it would be mojibake."""
        return self.decoded.text


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """What a platform read out of one page. Only an article needs more than the outcome.

    `problems` are short codes that say what was wrong or missing ("no_date", "body_empty", "title_ambiguous: 2");
    they go into the rejection's evidence or the health of the run.
    """

    outcome: PageOutcome
    title: str | None = None
    published_at: datetime | None = None  # aware
    published_raw: str | None = None  # the portal's own words, also when they could not be read
    published_basis: Literal["page", "listing", "feed", "url", "unknown"] = "unknown"
    author: str | None = None
    summary: str | None = None
    body_text: str = ""  # paragraphs separated by a newline, NFC
    section: str | None = None
    canonical_url: str | None = None  # absolute, when the page declares one that belongs to this portal
    attachments: tuple[str, ...] = ()  # absolute URLs
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedLink:
    """One article as a listing, feed or sitemap announces it."""

    url: str  # absolute
    title: str | None = None
    published_at: datetime | None = None  # aware
    published_raw: str | None = None
    summary: str | None = None
    modified_at: datetime | None = None  # aware; what a sitemap says (lastmod)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing. No links and not `declared_empty` means that the page is broken, not that nothing is new."""

    links: tuple[ListedLink, ...] = ()
    next_page: NextPage | None = None
    total: int | None = None  # number of articles that the pager says exist
    declared_empty: bool = False  # the portal itself says that there are no articles here
    problems: tuple[str, ...] = field(default=())

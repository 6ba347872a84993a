"""What all CMS families share: a page is read by selectors that are data, and what does not fit is said, never guessed around.

A family is a `Platform` with default `Selectors` and `Options`; a portal's YAML replaces single fields (`select:`, `options:`,
`dates:`). A selector field holds alternatives: the first that matches anything counts, and where one element is relied on it must
match exactly once. `css@attribute` reads an attribute; `jsonld:name` reads a field of the page's JSON-LD article.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import soupsieve
from bs4 import BeautifulSoup, Tag

from scrapers import selectors
from scrapers.bodies import Body, attachments, clean, inline_text, paragraphs, read_body, restore_entities
from scrapers.dates import DateRules, ReadDate, read_date, split_title_date
from scrapers.finding import Finder
from scrapers.page import ListedLink, Listing, NextPage, Page, PageOutcome, ParsedPage
from scrapers.pruning import Reach, pruned_soup, reach
from scrapers.registry import Portal
from scrapers.selectors import SelectorError

Selector = tuple[str, ...]
JSON_LD = "script[type='application/ld+json']"
DECLARED = (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content"))
Basis = Literal["page", "listing", "feed", "url", "unknown"]

COMMON_DROP = (
    "figcaption", "[class*='social']", "[class*='share']", ".view-content-author", ".addthis_toolbox", ".fb-like", ".relate-news", ".tags",
)  # fmt: skip
TAIL = (
    r"(?:xem (?:chi tiết|thêm|toàn văn|tiếp)\s*(?:tại\s*)?(?:đây|file đính kèm)?|tại đây|gửi ý kiến phản hồi"
    r"|(?:các )?tin (?:khác|liên quan|đã đưa))\s*[:.»]*"
)


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where things are. Fields marked "one" must match exactly once; the others say what they allow."""

    article: Selector  # one: only article pages have it
    title: Selector  # one
    body: Selector  # one
    date: Selector = ()  # one, unless the option `date_optional` is set
    lead: Selector = ()  # none or one
    author: Selector = ()  # none or one; never part of the body
    section: Selector = ()  # any; the last one counts, because breadcrumbs end with it
    files: Selector = ()  # any: where attachments are linked beside the body
    drop: Selector = COMMON_DROP  # any: furniture inside the body
    evidence: Selector = ()  # any: what only article pages have besides `article`; found without it, the markup has changed
    not_found: Selector = ()  # any
    static: Selector = ()  # any: a page of the site without an article
    item: Selector = ()  # one or more: an entry of a listing
    item_link: Selector = ("a[href]",)  # one in an item (the item itself may be the link)
    item_title: Selector = ()  # none or one in an item; without it the words of the link
    item_date: Selector = ()  # none or one in an item
    item_summary: Selector = ()  # none or one in an item
    empty: Selector = ()  # any: the portal says that the listing is empty
    next: Selector = ()  # any: the link to the next page; the first counts
    total: Selector = ()  # any: where the pager says how many articles exist


@dataclass(frozen=True, slots=True)
class Options:
    """What a family or portal does besides. Families with needs of their own extend this class."""

    article_url: str = ""  # regular expression: whatever is at such a URL is an article
    static_sections: tuple[str, ...] = ()  # sections whose pages have the markup of articles and are none ("Sơ đồ tổ chức")
    static_url: str = ""  # regular expression: articles by markup that are none
    date_optional: bool = False  # editors of this portal may leave the date away: no_date instead of an error
    title_date: bool = False  # the CMS appends the day to the title
    tail: str = TAIL  # regular expression: last lines of a body that are no text
    next_number: str = ""  # regular expression with the page number as its group: where no link leads on, the next number does


@dataclass(frozen=True, slots=True)
class Reading:
    """A page being read: the tree, and what the family and the portal say about it."""

    page: Page
    portal: Portal
    tree: BeautifulSoup
    find: Finder  # of the tree
    select: Selectors
    options: Options
    dates: DateRules

    @property
    def url(self) -> str:
        return self.page.final_url


class PlatformError(Exception):
    """The YAML of a portal asks its platform for something that it does not have."""


@dataclass(frozen=True)
class Platform:
    """One CMS family. Subclasses override the small methods in which their CMS differs from the rest."""

    name: str
    select: Selectors
    formats: tuple[str, ...]
    options: Options = field(default_factory=Options)
    version: int = 1

    @property
    def label(self) -> str:
        """What an article row says it was parsed by."""
        return f"{self.name}/{self.version}"

    # --- the two functions that the rest of the project uses ---

    def parse(self, page: Page, portal: Portal) -> ParsedPage:
        """What the page is, and the article if it is one. Raises `SelectorError` when the markup is not what it should be."""
        if page.status in (404, 410):
            return ParsedPage(PageOutcome.NOT_FOUND)
        reading = self.read(page, portal, whole=False)
        if first_match(reading.find, reading.select.article) is None:
            return self.without_article(self.read(page, portal))
        if self.is_static(reading):
            return self.article(reading, PageOutcome.STATIC)
        return self.article(reading, PageOutcome.ARTICLE)

    def listing(self, page: Page, portal: Portal) -> Listing:
        """The links of a listing page and how to ask for the next. Raises `SelectorError` when no entry is found and none is declared."""
        reading = self.read(page, portal)
        items = self.items(reading)
        if not items:
            if first_match(reading.find, reading.select.empty) is not None:
                return Listing(declared_empty=True)
            raise SelectorError(" | ".join(reading.select.item), "at least 1", 0, reading.url)
        links = tuple(self.link(reading, item) for item in items)
        return Listing(links, self.next_page(reading, links), self.total(reading))

    # --- settings ---

    def read(self, page: Page, portal: Portal, *, whole: bool = True) -> Reading:
        """The page as a tree; not `whole`, only what the selectors can reach of it, which is all that an article needs."""
        select = self.selectors_of(portal)
        within = None if whole else reach_of(select)
        tree = self.tree(page) if within is None else pruned_soup(selectors.readable(page.decode()), within)
        return Reading(page, portal, tree, Finder(tree), select, self.options_of(portal), self.dates_of(portal))

    def tree(self, page: Page) -> BeautifulSoup:
        return selectors.soup(page)

    def selectors_of(self, portal: Portal) -> Selectors:
        _refuse_unknown(portal, "select", portal.select, self.select)
        for name, alternatives in portal.select.items():
            for css in _css(alternatives):
                check_selector(css, f"portal {portal.id}: select.{name}")
        return dataclasses.replace(self.select, **portal.select) if portal.select else self.select

    def options_of(self, portal: Portal) -> Options:
        _refuse_unknown(portal, "options", portal.options, self.options)
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in portal.options.items()}
        return dataclasses.replace(self.options, **given) if given else self.options  # type: ignore[arg-type]

    def dates_of(self, portal: Portal) -> DateRules:
        rules = portal.dates.rules
        return dataclasses.replace(rules, formats=rules.formats or self.formats)

    # --- pages without an article ---

    def without_article(self, reading: Reading) -> ParsedPage:
        """Not found, listing, static or broken. A page that must be an article is an error of the selectors, never something else."""
        select = reading.select
        if first_match(reading.find, select.not_found) is not None or says_not_found(reading):
            return ParsedPage(PageOutcome.NOT_FOUND)
        if self.must_be_article(reading):
            raise SelectorError(" | ".join(select.article), "exactly 1", 0, reading.url)
        if self.items(reading) or first_match(reading.find, select.empty) is not None:
            return ParsedPage(PageOutcome.LISTING, title=document_title(reading.tree))
        if first_match(reading.find, select.static) is not None:
            return ParsedPage(PageOutcome.STATIC, title=document_title(reading.tree))
        return ParsedPage(PageOutcome.BROKEN, title=document_title(reading.tree), problems=("unknown_markup",))

    def must_be_article(self, reading: Reading) -> bool:
        if first_match(reading.find, reading.select.evidence) is not None:
            return True
        urls = [reading.page.url, reading.url, *_declared_urls(reading)]
        return bool(reading.options.article_url) and any(re.search(reading.options.article_url, url) for url in urls)

    def is_static(self, reading: Reading) -> bool:
        options = reading.options
        if options.static_url and re.search(options.static_url, reading.url):
            return True
        section = self.section(reading)
        return section is not None and section.casefold() in {s.casefold() for s in options.static_sections}

    # --- articles ---

    def article(self, reading: Reading, outcome: PageOutcome) -> ParsedPage:
        exactly_one(reading.find, reading.select.article, reading.url)
        read, basis = self.published(reading)
        title, title_date = split_title_date(self.title(reading), read.at, always=reading.options.title_date)
        if not title:
            raise SelectorError(" | ".join(reading.select.title), "exactly 1 with text", 0, reading.url)
        body = self.body(reading)
        text = "" if self.is_hollow(reading) and not body.attachments else body.text
        problems = [read.problem] if read.problem else []
        if not text:
            problems.append("attachment_only" if body.attachments or self.has_pictures(reading) else "body_empty")
            outcome = PageOutcome.BROKEN if problems[-1] == "body_empty" and outcome is PageOutcome.ARTICLE else outcome
        return ParsedPage(
            outcome,
            title=title,
            published_at=read.at,
            published_raw=read.raw or title_date,
            published_basis=basis if read.at else "unknown",
            author=self.author(reading) or body.author,
            summary=self.summary(reading),
            body_text=text,
            section=self.section(reading),
            canonical_url=canonical_url(reading),
            attachments=body.attachments,
            problems=tuple(problems),
        )

    def title(self, reading: Reading) -> str:
        """The title's words; a date element that sits inside the title element is not part of it."""
        return restore_entities(read_value(reading, reading.select.title, "exactly 1", drop=_css(reading.select.date)) or "")

    def published(self, reading: Reading) -> tuple[ReadDate, Basis]:
        """The date and what it rests on."""
        if not reading.select.date:
            return ReadDate(None, problem="no_date"), "unknown"
        raw = read_value(reading, reading.select.date, "at most 1" if reading.options.date_optional else "exactly 1", empty_ok=True)
        return read_date(raw, reading.dates, reading.page.fetched_at), "page"

    def body(self, reading: Reading) -> Body:
        select = reading.select
        element = exactly_one(reading.find, select.body, reading.url)
        lead = self.lead(reading)
        if lead is not None and (lead is element or element in lead.parents):
            lead = None  # it is read in its place
        drop = (*select.drop, *_css(select.author), *_css(select.date))
        body = read_body([element], base_url=reading.url, lead=lead, drop=drop, tail=re.compile(reading.options.tail, re.IGNORECASE))
        beside = attachments([found for css in select.files for found in reading.find.select(css)], reading.url)
        return dataclasses.replace(body, attachments=tuple(dict.fromkeys((*body.attachments, *beside))))

    def lead(self, reading: Reading) -> Tag | None:
        return at_most_one(reading.find, reading.select.lead, reading.url)

    def has_pictures(self, reading: Reading) -> bool:
        """Whether the body holds anything to look at: articles that are one scanned page or one link are frequent."""
        element = first_match(reading.find, reading.select.body)
        return element is not None and element.find(("img", "iframe", "embed", "object", "a")) is not None

    def is_hollow(self, reading: Reading) -> bool:
        """Whether the body holds nothing at all, though a lead beside it may: its text is loaded by a script, or has moved."""
        element = first_match(reading.find, reading.select.body)
        return element is not None and not any(map(str.strip, element.strings)) and not self.has_pictures(reading)

    def summary(self, reading: Reading) -> str | None:
        lead = self.lead(reading)
        return restore_entities(inline_text(lead), stray=True) or None if lead is not None else None

    def author(self, reading: Reading) -> str | None:
        words = read_value(reading, reading.select.author, "at most 1", empty_ok=True)
        return re.sub(r"^(?:tác giả|người viết|tác giả bài viết)\s*:\s*", "", words, flags=re.IGNORECASE).strip() or None if words else None

    def section(self, reading: Reading) -> str | None:
        found = reading.find.any(reading.select.section)
        return inline_text(found[-1]) or None if found else None

    # --- listings ---

    def items(self, reading: Reading) -> list[Tag]:
        return reading.find.any(reading.select.item)

    def link(self, reading: Reading, item: Tag) -> ListedLink:
        select, url = reading.select, reading.url
        anchor = item if item.name == "a" and item.has_attr("href") else exactly_one(reading.find, select.item_link, url, item)
        titled = at_most_one(reading.find, select.item_title, url, item) or anchor
        date = read_date(value_in(reading.find, select.item_date, url, item), reading.dates, reading.page.fetched_at)
        summary = at_most_one(reading.find, select.item_summary, url, item)
        title = clean(" ".join(paragraphs(titled, _css(select.item_date)))) or clean(str(anchor.get("title", "")))
        title, _ = split_title_date(restore_entities(title), date.at, always=reading.options.title_date)
        return ListedLink(
            urljoin(url, selectors.attribute(anchor, "href", " | ".join(select.item_link), url)),
            title or None,
            date.at,
            date.raw,
            restore_entities(inline_text(summary), stray=True) or None if summary is not None else None,
        )

    def next_page(self, reading: Reading, links: Sequence[ListedLink]) -> NextPage | None:  # noqa: ARG002 - POST paging counts them
        link = first_match(reading.find, reading.select.next)
        href = str(link.get("href", "")).strip() if link is not None else ""
        if match := _POSTBACK.match(href):
            return postback(reading, match.group(1), match.group(2))
        if not href or href.startswith(("#", "javascript:")):
            return self.numbered_page(reading)
        target = urljoin(reading.url, href)
        # a static copy links the last page to the home page, and a frozen pager to itself: neither goes on
        return None if target in (reading.url, reading.page.url) or urlsplit(target).path in ("", "/") else NextPage(target)

    def numbered_page(self, reading: Reading) -> NextPage | None:
        """The page after the number in the address; it ends where the portal shows nothing new, which discovery notices."""
        match = re.search(reading.options.next_number, reading.url) if reading.options.next_number else None
        if match is None:
            return None
        start, end = match.span(1)
        return NextPage(f"{reading.url[:start]}{int(match.group(1)) + 1}{reading.url[end:]}")

    def total(self, reading: Reading) -> int | None:
        element = first_match(reading.find, reading.select.total)
        if element is None:
            return None
        words = str(element.get("data-total") or inline_text(element))
        numbers = re.findall(r"\d[\d.,]*", words)
        return int(re.sub(r"\D", "", numbers[-1])) if numbers else None


# what reading an article asks of the page; without an article the page is read whole
_OF_ARTICLES = ("article", "title", "body", "date", "lead", "author", "section", "files")


@lru_cache(maxsize=512)
def reach_of(select: Selectors) -> Reach | None:
    """Where the selectors of an article lead."""
    asked = [alternative for name in _OF_ARTICLES for alternative in getattr(select, name)]
    css = [a.partition("@")[0] for a in asked if not a.startswith("jsonld:")]
    if len(css) < len(asked):
        css.append(JSON_LD)
    return reach([*css, *(declared for declared, _ in DECLARED), "title"])


_POSTBACK = re.compile(r"javascript:__doPostBack\('([^']*)','([^']*)'\)")


def postback(reading: Reading, target: str, argument: str) -> NextPage | None:
    """What an ASP.NET pager sends: the page's own hidden fields, and which control was clicked."""
    form = first_match(reading.find, ("form:has(input[name=__VIEWSTATE])",))
    if form is None:
        return None
    hidden = [(str(i.get("name")), str(i.get("value", ""))) for i in reading.find.select("input[type=hidden][name]", form)]
    kept = tuple((name, value) for name, value in hidden if name not in ("__EVENTTARGET", "__EVENTARGUMENT"))
    url = urljoin(reading.url, str(form.get("action", "")).strip() or reading.url)
    return NextPage(url, "POST", (("__EVENTTARGET", target), ("__EVENTARGUMENT", argument), *kept))


def _refuse_unknown(portal: Portal, key: str, given: dict[str, Any], known: Any) -> None:
    names = {f.name for f in dataclasses.fields(known)}
    if unknown := sorted(set(given) - names):
        raise PlatformError(
            f"portal {portal.id}: {key}: {', '.join(unknown)}: not known to platform {portal.platform}; it has {', '.join(sorted(names))}"
        )


def check_selector(css: str, where: str) -> None:
    """Raises `PlatformError` for a selector that is no CSS."""
    try:
        soupsieve.compile(css)
    except soupsieve.SelectorSyntaxError as error:
        raise PlatformError(f"{where}: {css!r} is no CSS selector: {str(error).splitlines()[0]}") from error


# --- selecting -------------------------------------------------------------------------------------------------------------------


def _css(alternatives: Selector) -> tuple[str, ...]:
    """The alternatives that name elements (not attributes, not JSON-LD)."""
    return tuple(a for a in alternatives if "@" not in a and not a.startswith("jsonld:"))


def first_match(find: Finder, alternatives: Selector) -> Tag | None:
    """The first element that any alternative matches."""
    return next(iter(find.any(alternatives)), None)


def exactly_one(find: Finder, alternatives: Selector, url: str, within: Tag | None = None) -> Tag:
    """The element of the first alternative that matches; raises `SelectorError` for none, or for several of that alternative."""
    found = at_most_one(find, alternatives, url, within)
    if found is None:
        raise SelectorError(" | ".join(alternatives), "exactly 1", 0, url)
    return found


def at_most_one(find: Finder, alternatives: Selector, url: str, within: Tag | None = None) -> Tag | None:
    """Like `exactly_one`, but none is allowed."""
    for css in alternatives:
        # editors paste whole articles of other portals, containers included: what is inside a match is no second match
        found = outermost(find.select(css, within))
        if len(found) > 1:
            raise SelectorError(css, "at most 1", len(found), url)
        if found:
            return found[0]
    return None


def outermost(found: Sequence[Tag]) -> list[Tag]:
    """The elements without those that lie inside another of them."""
    ids = {id(element) for element in found}
    return [element for element in found if not any(id(parent) in ids for parent in element.parents)]


def read_value(reading: Reading, alternatives: Selector, expected: str, *, drop: Sequence[str] = (), empty_ok: bool = False) -> str | None:
    """The words of the first alternative that is there. `expected` "exactly 1" raises `SelectorError` when none is."""
    words = value_in(reading.find, alternatives, reading.url, drop=drop, empty_ok=empty_ok)
    if words is None and expected == "exactly 1":
        raise SelectorError(" | ".join(alternatives), expected if empty_ok else "exactly 1 with text", 0, reading.url)
    return words


def value_in(
    find: Finder, alternatives: Selector, url: str, within: Tag | None = None, *, drop: Sequence[str] = (), empty_ok: bool = False
) -> str | None:
    """The words of the first alternative that an element or attribute (of `within`) has; with `empty_ok` also "" of an empty element."""
    for alternative in alternatives:
        if alternative.startswith("jsonld:"):
            if value := json_ld(find).get(alternative.removeprefix("jsonld:")):
                return clean(str(value))
            continue
        css, _, attribute = alternative.partition("@")
        element = at_most_one(find, (css,), url, within)
        if element is None:
            continue
        words = clean(str(element.get(attribute, ""))) if attribute else clean(" ".join(paragraphs(element, drop)))
        if words or empty_ok:
            return words
    return None


# --- what every page may say about itself ----------------------------------------------------------------------------------------

_NOT_FOUND = re.compile(
    r"(?:404\b.{0,40}|(?:error\s*)?404|(?:page|file|the requested resource was|the page) not found\b.{0,60}|not found"
    r"|(?:rất tiếc[,!]?\s*)?không tìm thấy (?:trang|nội dung|bài viết|tin|dữ liệu|đường dẫn)\b.{0,60}"
    r"|(?:trang|bài viết|nội dung|tin bài|tin tức|đường dẫn)\b.{0,40}"
    r"\b(?:không tồn tại|không tìm thấy|đã bị xóa|đã bị xoá|đã bị gỡ)\b.{0,60})",
    re.IGNORECASE,
)


def says_not_found(reading: Reading) -> bool:
    """Whether a page without an article says so in a heading or a line of its own (soft 404 with status 200)."""
    marked = reading.find.select("h1, h2, h3, h4, h5, .alert, .error, [class*='message'], [class*='thongbao']")
    lines = [document_title(reading.tree) or "", *map(inline_text, marked)]
    body = reading.tree.body
    if body is not None:
        lines += [p for p in paragraphs(body, ("nav", "footer", "header")) if len(p) <= 120]
    return any(_NOT_FOUND.fullmatch(line.strip(" .!-|")) for line in lines if line)


def document_title(tree: BeautifulSoup) -> str | None:
    return clean(tree.title.get_text()) or None if tree.title is not None else None


def _declared_urls(reading: Reading) -> Iterator[str]:
    for css, attribute in DECLARED:
        for element in reading.find.select(css):
            if value := element.get(attribute):
                yield str(value)


def canonical_url(reading: Reading) -> str | None:
    """The address that the page declares as its own, if it is one of this portal's."""
    for declared in _declared_urls(reading):
        url = urljoin(reading.url, declared.strip())
        if urlsplit(url).scheme in ("http", "https") and reading.portal.owns(url):
            return url
    return None


def json_ld(find: Finder) -> dict[str, Any]:
    """The first JSON-LD object of the page that is an article; {} when there is none or it is no JSON."""
    for script in find.select(JSON_LD):
        try:
            content = json.loads(script.get_text())
        except ValueError:
            continue
        for thing in _things(content):
            kind = thing.get("@type")
            if any(str(k).endswith(("Article", "BlogPosting")) for k in (kind if isinstance(kind, list) else [kind])):
                return thing
    return {}


def _things(content: Any) -> Iterator[dict[str, Any]]:
    for thing in content if isinstance(content, list) else [content]:
        if isinstance(thing, dict):
            yield thing
            yield from _things(thing.get("@graph", []))

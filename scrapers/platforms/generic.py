"""Any portal that no family fits yet: what a page says about itself (JSON-LD, OpenGraph, microdata), labelled dates, and the densest text.

Measured on 266 pages of three portals, a generic extractor took its title from the first h1 and was wrong every time, and it invented
a date on all 112 pages without one. So here the title never comes from an h1 that nothing else confirms, and a date only from a
machine-readable field or from words that a label introduces. Text density decides about the body alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from scrapers.bodies import Body, clean, inline_text, paragraphs, read_body
from scrapers.dates import ReadDate, read_date
from scrapers.page import Listing, Page, PageOutcome, ParsedPage
from scrapers.platforms.base import (
    Basis,
    Options,
    Platform,
    Reading,
    Selectors,
    document_title,
    first_match,
    json_ld,
    says_not_found,
)
from scrapers.registry import Portal
from scrapers.selectors import SelectorError

# no "form": ASP.NET wraps whole pages in one
FURNITURE = (
    "nav", "header", "footer", "aside", "[class*='menu']", "[class*='footer']", "[class*='sidebar']", "[class*='related']",
    "[class*='lien-quan']", "[class*='tin-khac']", "[class*='comment']", "[class*='breadcrumb']", "[class*='banner']", "[id*='footer']",
    "[id*='menu']", "[role=navigation]", "[role=banner]", "[role=contentinfo]",
)  # fmt: skip
LEADS = (
    "[class*='sapo']", "[class*='hometext']", "[class*='summary']", "[class*='tomtat']", "[class*='lead']", "[id*='sapo']",
    "[itemprop=description]",
)  # fmt: skip
HEADINGS = "h1, h2, h3, h4, [class*='title'], [class*='Title'], [class*='tieude'], [itemprop=headline]"


@dataclass(frozen=True, slots=True)
class GenericOptions(Options):
    """Bounds below which a page is no article or no listing."""

    body_min: int = 250  # characters of a body found by density
    links_min: int = 5  # links of one shape that make a listing


class Generic(Platform):
    """Selectors of the portal's YAML come first; what they do not name is looked for as the module's docstring says."""

    def parse(self, page: Page, portal: Portal) -> ParsedPage:
        if page.status in (404, 410):
            return ParsedPage(PageOutcome.NOT_FOUND)
        reading = self.read(page, portal)
        element = self.body_element(reading)
        if element is None or not (self.claims_article(reading) or self.must_be_article(reading)):
            return self.without_article(reading)
        return self.article(reading, PageOutcome.STATIC if self.is_static(reading) else PageOutcome.ARTICLE)

    def without_article(self, reading: Reading) -> ParsedPage:
        title = document_title(reading.tree)
        if first_match(reading.find, reading.select.not_found) is not None or says_not_found(reading):
            return ParsedPage(PageOutcome.NOT_FOUND)
        if self.must_be_article(reading) or self.claims_article(reading):
            return ParsedPage(PageOutcome.BROKEN, title=title, problems=("no_body",))
        return ParsedPage(PageOutcome.LISTING if self.items(reading) else PageOutcome.STATIC, title=title)

    def article(self, reading: Reading, outcome: PageOutcome) -> ParsedPage:
        if reading.select.article:
            return super().article(reading, outcome)
        filled = replace(reading, select=_with_article(reading))
        return super().article(filled, outcome)

    def claims_article(self, reading: Reading) -> bool:
        """Whether the page says that it is an article, or shows a date that a label introduces."""
        og = first_match(reading.find, ("meta[property='og:type']",))
        if (og is not None and str(og.get("content", "")).lower() == "article") or json_ld(reading.find):
            return True
        return first_match(reading.find, ("[itemtype*='Article']", *(_plain_css(reading.select.date)))) is not None or bool(
            labelled_date(reading.tree)
        )

    # --- title ---

    def title(self, reading: Reading) -> str:
        if reading.select.title:
            return super().title(reading)
        declared = [clean(str(json_ld(reading.find).get("headline", "")))]
        for css, attribute in (("meta[property='og:title']", "content"), ("[itemprop=headline]", "")):
            found = reading.find.select(css)
            if len(found) == 1:
                declared.append(clean(str(found[0].get(attribute, ""))) if attribute else inline_text(found[0]))
        headings = self.headings(reading)
        for words in (*declared, document_title(reading.tree) or ""):
            if title := confirmed(words, headings):
                return title
        if declared := [words for words in declared if words]:
            return declared[0]
        if headings:  # the document's title is the site's: what stands over the text is the headline
            return headings[-1]
        raise SelectorError("jsonld:headline | og:title | itemprop=headline | title", "exactly 1 with text", 0, reading.url)

    def headings(self, reading: Reading) -> list[str]:
        """What looks like a headline and stands before the first prose of the body, in reading order."""
        body = self.body_element(reading)
        prose = first_prose(body) if body is not None else None
        furniture = furniture_of(reading.tree)
        found = []
        for element in reading.tree.find_all(True):
            if element is prose:
                break
            if not element.css.match(HEADINGS) or any(id(e) in furniture for e in (element, *element.parents)):
                continue
            if 3 <= len((words := inline_text(element)).split()) <= 45:
                found.append(words)
        return found

    # --- date ---

    def published(self, reading: Reading) -> tuple[ReadDate, Basis]:
        if reading.select.date:
            return super().published(reading)
        when = str(json_ld(reading.find).get("datePublished", ""))
        for css, attribute in (
            ("meta[property='article:published_time']", "content"),
            ("[itemprop=datePublished][content]", "content"),
            ("[itemprop=datePublished][datetime]", "datetime"),
        ):
            found = reading.find.select(css)
            if not when and len(found) == 1:
                when = clean(str(found[0].get(attribute, "")))
        when = when or labelled_date(reading.tree) or ""
        return read_date(when or None, reading.dates, reading.page.fetched_at), "page"

    # --- body ---

    def body_element(self, reading: Reading) -> Tag | None:
        if reading.select.body:
            return first_match(reading.find, reading.select.body)
        declared = reading.find.select("[itemprop=articleBody]")
        if len(declared) == 1:
            return declared[0]
        assert isinstance(reading.options, GenericOptions)
        return densest(reading.tree, reading.options.body_min)

    def body(self, reading: Reading) -> Body:
        if reading.select.body:
            return super().body(reading)
        element = self.body_element(reading)
        if element is None:
            raise SelectorError("itemprop=articleBody | densest text", "exactly 1", 0, reading.url)
        lead = self.lead(reading) if reading.select.lead else lead_before(element)
        mark_link_lists(element)
        drop = (*reading.select.drop, *FURNITURE, "h1", f"[{MARK}]")
        body = read_body([element], base_url=reading.url, lead=lead, drop=drop, tail=re.compile(reading.options.tail, re.IGNORECASE))
        title = self.title(reading)
        above = next((i for i, p in enumerate(body.paragraphs[:6]) if p == title), None)
        return body if above is None else replace(body, paragraphs=body.paragraphs[above + 1 :])

    # --- listings ---

    def items(self, reading: Reading) -> list[Tag]:
        if reading.select.item:
            return super().items(reading)
        assert isinstance(reading.options, GenericOptions)
        return headline_links(reading, reading.options.links_min)

    def listing(self, page: Page, portal: Portal) -> Listing:
        reading = self.read(page, portal)
        if not self.items(reading):
            raise SelectorError("links of one shape with headlines", "at least 5", 0, reading.url)
        return super().listing(page, portal)


def _plain_css(alternatives: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(a for a in alternatives if "@" not in a and not a.startswith("jsonld:"))


def _with_article(reading: Reading) -> Selectors:
    """The selectors with `body` standing for the article (it has been found, or the page would not be one)."""
    return Selectors(
        article=("html",),
        **{name: getattr(reading.select, name) for name in Selectors.__dataclass_fields__ if name != "article"},
    )


def confirmed(title: str, headings: list[str]) -> str | None:
    """The longest part of a document title, up to one of its dashes, that the page also shows as a heading.

    "A - B - section - site" may be a headline with a dash; only the page itself can say where it ends.
    """
    shown = {h.casefold(): h for h in headings}
    parts = re.split(r"(\s*[-–|»]\s+)", title)
    for end in range(len(parts), 0, -2):
        if heading := shown.get("".join(parts[:end]).strip().casefold()):
            return heading
    return None


_LABEL = re.compile(
    r"(?:ngày đăng|đăng ngày|đăng lúc|ngày xuất bản|xuất bản|ngày viết|ngày tạo|ngày phát hành|thời gian đăng|publish(?:ed)?(?: date| on)?)"
    r"\s*:?\s*(.{6,60})",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:thứ\s+\w+|chủ nhật)?[\s,|-]*(?:ngày\s+)?(?:\d{1,2}:\d{2}[\s,|-]+)?\d{1,2}[/. -]\d{1,2}[/. -]\d{4}"
    r"(?:[\s,|-]+\d{1,2}:\d{2}.{0,40})?",
    re.IGNORECASE,
)


def labelled_date(tree: BeautifulSoup) -> str | None:
    """The words after a label such as "Ngày đăng:", or those of the one element whose class names a date. Never a bare date in text.

    Several different ones are a listing, not an article: then there is none.
    """
    labelled = []
    for text in tree.find_all(string=re.compile(r"đăng|xuất bản|ngày|publish", re.IGNORECASE)):
        parent = text.parent
        if parent is None or parent.name in ("script", "style", "title", "option", "a") or parent.find_parent(("nav", "footer", "header")):
            continue
        words = inline_text(parent) if len(parent.get_text()) < 160 else clean(str(text))
        if (match := _LABEL.search(words)) and _DATED.match(match.group(1)):
            labelled.append(match.group(1))
    classed = [
        words
        for e in tree.select("[class*='date'], [class*='Date'], [class*='time'], [class*='Time'], [class*='ngay']")
        if not e.find_parent(("nav", "footer", "header", "aside", "li")) and _DATED.match(words := inline_text(e)) and len(words) < 80
    ]
    found = list(dict.fromkeys(labelled or classed))
    return found[0] if len(found) == 1 else None


def furniture_of(tree: BeautifulSoup) -> set[int]:
    """Identities of the elements that are menus, footers and the like, except those that hold most of the page (a class on a wrapper)."""
    whole = len(tree.get_text())
    return {id(e) for css in FURNITURE for e in tree.select(css) if 2 * len(e.get_text()) < whole}


def first_prose(body: Tag) -> Tag | None:
    """The first block of the body with a sentence's worth of text of its own."""
    for element in body.find_all(("p", "div", "td", "span", "strong", "b", "em")):
        if len(clean("".join(element.find_all(string=True, recursive=False)))) >= 80:
            return element
    return None


MARK = "data-muctieu-links"


def mark_link_lists(body: Tag) -> None:
    """Marks lists of other articles inside the body: three entries or more that are hardly more than a link and a date."""
    for listed in body.find_all(("ul", "ol", "table")):
        entries = [e for e in listed.find_all(("li", "tr")) if clean(e.get_text())]
        linked = [e for e in entries if sum(len(clean(a.get_text())) for a in e.find_all("a")) >= 0.7 * len(clean(e.get_text()))]
        if len(entries) >= 3 and len(linked) >= 0.8 * len(entries):
            listed[MARK] = "1"


def densest(tree: BeautifulSoup, minimum: int) -> Tag | None:
    """The element that holds most of the page's prose, outside of menus and lists of links; None below `minimum` characters."""
    furniture = furniture_of(tree)
    scores: dict[int, float] = defaultdict(float)
    elements: dict[int, Tag] = {}
    for node in tree.find_all(("p", "div", "td", "span", "li", "h2", "h3", "table")):
        if id(node) in furniture or any(id(parent) in furniture for parent in node.parents):
            continue
        own = (
            clean("".join(node.find_all(string=True, recursive=False))) if node.name in ("div", "td", "span") else clean(node.get_text(" "))
        )
        linked = sum(len(clean(a.get_text(" "))) for a in node.find_all("a"))
        prose = len(own) - 2 * linked
        if prose < 40:
            continue
        for depth, parent in enumerate([node.parent, *list(node.parents)[1:3]]):
            if parent is None or parent.name in ("body", "html", "[document]"):
                break
            scores[id(parent)] += prose / (2**depth)
            elements[id(parent)] = parent
    if not scores:
        return None
    best = elements[max(scores, key=lambda key: scores[key])]
    return best if sum(map(len, paragraphs(best, FURNITURE))) >= minimum else None


def lead_before(body: Tag) -> Tag | None:
    """An element named as a summary that stands just before the body (beside it or beside one of its two nearest parents)."""
    node: Tag | None = body
    for _ in range(3):
        if node is None:
            return None
        for sibling in node.find_previous_siblings():
            named = sibling if any(sibling.css.match(css) for css in LEADS) else sibling.select_one(", ".join(LEADS))
            if named is not None and len(inline_text(named)) >= 40:
                return named
        node = node.parent
    return None


def headline_links(reading: Reading, minimum: int) -> list[Tag]:
    """Links that read like headlines and sit in the same place of the page's structure: the largest such group, if it is large enough."""
    furniture = furniture_of(reading.tree)
    groups: dict[tuple[str, ...], dict[str, Tag]] = defaultdict(dict)
    for link in reading.find.select("a[href]"):
        if any(id(parent) in furniture for parent in link.parents):
            continue
        words = inline_text(link)
        target = urljoin(reading.url, str(link["href"]))
        same_site = urlsplit(target).netloc in ("", urlsplit(reading.url).netloc) or reading.portal.owns(target)
        if len(words.split()) < 6 or not same_site or urlsplit(target).path in ("", "/"):
            continue
        shape = tuple(f"{p.name}.{p.get('class')}" for p in list(link.parents)[:4])
        groups[shape].setdefault(target, link)
    if not groups:
        return []
    best = max(groups.values(), key=len)
    return list(best.values()) if len(best) >= minimum else []


GENERIC = Generic(
    name="generic",
    select=Selectors(article=(), title=(), body=(), next=("a[rel=next]", ".pagination li.active + li a[href]", "a.next[href]")),
    formats=(
        "%A, %d/%m/%Y, %H:%M", "%A, %d/%m/%Y %H:%M", "%A - %d/%m/%Y %H:%M", "%A, ngày %d/%m/%Y %H:%M",
        "%d/%m/%Y | %I:%M %p", "%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p", "%d/%m/%Y | %H:%M", "%d/%m/%Y - %H:%M", "%d/%m/%Y, %H:%M",
        "%d/%m/%Y %H:%M", "%H:%M, %d/%m/%Y", "%H:%M %d/%m/%Y", "%H:%M | %d/%m/%Y", "%d-%m-%Y %H:%M", "%d.%m.%Y %H:%M", "iso",
        "%A, %d %m %Y %H:%M", "ngày %d %B năm %Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y",
    ),
    options=GenericOptions(),
)  # fmt: skip

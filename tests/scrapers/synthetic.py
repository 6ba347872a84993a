"""Pages of a portal that nobody has saved, built from what its YAML and its family say: each selector becomes an element that it matches.

Such a page proves nothing about the live portal. It proves that the file is consistent with itself (its selectors can all match on one
page, its date formats can be read, its articles are told from its listings), and it gives every portal something to mutate.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from re import _constants as regex  # type: ignore[attr-defined]
from re import _parser as regex_parser  # type: ignore[attr-defined]
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from fault_server import FaultServer, Request, Wire, answer
from portals_for_tests import Everything

from muctieu.settings import TIMEZONE
from scrapers.finding import split_compounds, split_list
from scrapers.page import Page
from scrapers.platforms import platform
from scrapers.platforms.base import Selectors
from scrapers.registry import Portal

FETCHED_AT = datetime(2026, 9, 1, 10, 0, tzinfo=TIMEZONE)
_NEWEST = datetime(2026, 8, 28, 8, 30, tzinfo=TIMEZONE)
_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")

# what a page of a portal shows whose file names no selectors: the words and marks that `generic` goes by
_UNTOLD = Selectors(
    article=(".noi-dung",),
    title=("h2.ten-bai",),
    body=(".noi-dung",),
    date=("p.dang-luc",),
    item=("div.dong",),
    evidence=("meta[property='og:type']@content",),
)


class UnbuildableError(Exception):
    """A selector that asks for more than one element can be made to have."""


@dataclass(frozen=True)
class Story:
    """One article as its editor wrote it, and where it is."""

    number: int
    url: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime

    @property
    def body(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass
class SyntheticPortal:
    """The pages of one portal. `select` is what its pages are built by: its own selectors where it has any."""

    portal: Portal
    select: Selectors = field(init=False)

    def __post_init__(self) -> None:
        told = platform(self.portal.platform).selectors_of(self.portal)
        given = {f.name: getattr(told, f.name) or getattr(_UNTOLD, f.name) for f in dataclasses.fields(Selectors)}
        self.select = Selectors(**given)

    def stories(self, count: int) -> list[Story]:
        """Articles with different figures, newest first, dated within the days that the portal was there."""
        last = datetime.combine(self.portal.valid.until, _NEWEST.timetz()) if self.portal.valid.until else _NEWEST
        last = min([last, *(start - timedelta(days=40) for start, _ in self.portal.dates.rules.unreliable)])
        made = []
        for n in range(1, count + 1):
            published = (last - timedelta(days=n, hours=n)).replace(second=0)
            title = f"Xã Mẫu {n} công bố kết quả rà soát hộ nghèo đợt {n}"
            paragraphs = (
                f"Qua rà soát đợt {n}, xã Mẫu {n} còn {40 + 3 * n} hộ nghèo, chiếm {n + 2},{n % 9 + 1}% tổng số hộ, giảm {n + 11} hộ so với đầu năm.",
                f"Năm sau xã phấn đấu giảm thêm {n + 21} hộ nghèo, hỗ trợ {n + 5} hộ làm nhà ở và đưa {n + 31} lao động đi làm việc có thời hạn.",
                f"Cùng đợt này, {n + 13} hộ cận nghèo được vay vốn phát triển chăn nuôi với tổng số tiền {n + 1},{n % 8 + 1} tỷ đồng.",
            )
            made.append(Story(n, self.address(n, published), title, paragraphs, published))
        return made

    def address(self, number: int, published: datetime) -> str:
        """An address that the portal takes for one of an article."""
        root = f"{self.portal.scheme}://{self.portal.hosts[0].host}"
        if self.portal.platform == "hanoi_cms":  # its ids are the time of publication
            return f"{root}/bai-viet-mau-4{published:%y%m%d%H%M%S}{number:02d}.htm"
        pattern = str(platform(self.portal.platform).options_of(self.portal).article_url)
        path = sample_of(pattern, number) if pattern else f"/tin-tuc/bai-viet-mau-{number}.html"
        return f"{root}/tin-tuc-{number}{path}"

    def when(self, moment: datetime) -> str:
        """A date as the portal writes it: by the first of its formats."""
        written = platform(self.portal.platform).dates_of(self.portal).formats[0]
        if written == "iso":
            return moment.isoformat()
        if written == "epoch_ms":
            return f"/Date({int(moment.timestamp() * 1000)})/"
        return moment.strftime(written.replace("%A", _WEEKDAYS[moment.weekday()]))

    def article(self, story: Story) -> bytes:
        """The page of one article, with the title and the body once each and everything round them that the selectors name."""
        tree, select = _blank(f"{story.title} - {self.portal.name}"), self.select
        for name in ("article", "body", "title", "date"):
            _build_field(tree, getattr(select, name))
        for name in ("date", "title"):  # over the text, as on every page
            element, frame = _built(tree, getattr(select, name)), tree.select_one(".khung")
            assert frame is not None
            if element is not None and element.parent is frame:
                frame.insert(0, element)
        fields = {css for name in ("title", "date", "lead", "author") for css in getattr(select, name)}
        for css in [css for css in select.evidence if css not in fields][:2]:
            _try(tree, css, "Khác")
        if "evidence" not in self.portal.select and self.select.evidence == _UNTOLD.evidence:
            _set(tree, "meta[property='og:type']@content", "article")
        if self.portal.real_page:
            _try(tree, self.portal.real_page, "Cổng thông tin điện tử")
        self._fill(tree, story)
        return tree.encode()

    def _fill(self, tree: BeautifulSoup, story: Story) -> None:
        label = "" if platform(self.portal.platform).selectors_of(self.portal).date else "Ngày đăng: "
        body = _built(tree, self.select.body)
        assert isinstance(body, Tag)
        for text in story.paragraphs:
            paragraph = tree.new_tag("p")
            paragraph.string = text
            body.append(paragraph)
        _set(tree, _first_buildable(self.select.title), story.title)
        if self.select.date:
            _set(tree, _first_buildable(self.select.date), label + self.when(story.published))

    def listing(self, stories: Sequence[Story]) -> bytes:
        """A listing of the articles, with their titles and, where the selectors know of dates there, their dates."""
        tree, select = _blank(f"Tin tức - {self.portal.name}"), self.select
        for story in stories:
            item = _make(tree, _first_buildable(select.item), fresh=True)
            link = item if item.name == "a" else _make_in(tree, item, _first_buildable(select.item_link))
            link["href"] = story.url
            title = _make_in(tree, item, _first_buildable(select.item_title)) if select.item_title else link
            title.append(story.title)
            if select.item_date:
                css, _, attribute = _first_buildable(select.item_date).partition("@")
                element = _make_in(tree, item, css)
                if attribute:
                    element[attribute] = self.when(story.published)
                else:
                    element.append(self.when(story.published))
        if self.portal.real_page:
            _try(tree, self.portal.real_page, "Cổng thông tin điện tử")
        return tree.encode()

    def page(self, url: str, body: bytes) -> Page:
        return Page(url, url, body, {"content-type": "text/html; charset=utf-8"}, FETCHED_AT)


# --- serving them ----------------------------------------------------------------------------------------------------------------


@dataclass
class SyntheticSite:
    """Serves a portal's pages; `change` is what its redesign does to articles, `listing` what it shows instead of its listing."""

    made: SyntheticPortal
    stories: list[Story]
    change: Callable[[Story, bytes], bytes] = lambda story, body: body  # noqa: ARG005
    listing: bytes | None = None

    def serve(self) -> FaultServer:
        return FaultServer(Everything(self.behave))

    def behave(self, wire: Wire, request: Request) -> None:
        wire.send(self.answer(request))

    def answer(self, request: Request) -> bytes:
        if request.path == "/robots.txt":
            return answer("not here", 404)
        for story in self.stories:
            parts = urlsplit(story.url)
            if request.target == f"{parts.path}?{parts.query}".rstrip("?"):
                return answer(self.change(story, self.made.article(story)))
        return answer(self.made.listing(self.stories) if self.listing is None else self.listing)


def over_plain_http(portal: Portal, server: FaultServer) -> Portal:
    """The portal as its file has it, but on the server: same hosts, selectors, dates and bounds, no TLS and no waiting."""
    plain = portal.model_copy(
        update={
            "listings": tuple(s.model_copy(update={"url": s.url.replace("https://", "http://", 1)}) for s in portal.listings),
            "hosts": tuple(h.model_copy(update={"connect_to": server.address}) for h in portal.hosts),
            "http": portal.http.model_copy(update={"rate_per_min": 60000.0, "retries": 0, "deadline_s": 20.0}),
        }
    )
    return Portal.model_validate({**plain.model_dump(by_alias=True, exclude={"schedule"}), "folder": portal.folder})


# --- addresses -------------------------------------------------------------------------------------------------------------------


def sample_of(pattern: str, number: int) -> str:
    """A text in which the regular expression is found, another one for each number.

    >>> sample_of(r"/-/view_content/\\d+|/w/", 7)
    '/-/view_content/7'
    """
    text = "".join(_sample(regex_parser.parse(pattern), number))
    assert re.search(pattern, text), f"{pattern!r}: {text!r}"
    return text


def _sample(items: Any, number: int) -> Iterator[str]:
    for kind, value in items:
        if kind in (regex.LITERAL, regex.NOT_LITERAL):
            yield chr(value) if kind is regex.LITERAL else "x"
        elif kind is regex.BRANCH:
            yield from _sample(value[1][0], number)
        elif kind is regex.SUBPATTERN:
            yield from _sample(value[3], number)
        elif kind in (regex.MAX_REPEAT, regex.MIN_REPEAT):
            least, _, inner = value
            digits = str(number).rjust(least, "0")
            one = "".join(_sample(inner, number))
            if least or one.isdigit():
                yield digits if one.isdigit() else one * least
        elif kind is regex.IN:
            yield _of_set(value)
        elif kind is regex.ANY:
            yield "x"
        elif kind is not regex.AT:
            raise UnbuildableError(f"no sample of {kind}")


def _of_set(options: Any) -> str:
    kind, value = options[0]
    if kind is regex.CATEGORY:
        return "0" if value is regex.CATEGORY_DIGIT else "x"
    if kind is regex.NEGATE:
        return "x"
    return chr(value if kind is regex.LITERAL else value[0])


# --- elements --------------------------------------------------------------------------------------------------------------------

_PART = re.compile(
    r"(?P<tag>^[A-Za-z][\w-]*)|\.(?P<class>[A-Za-z_][\w-]*)|#(?P<id>[A-Za-z_][\w-]*)"
    r"|\[(?P<name>[\w-]+)(?:(?P<how>[*^~$]?=)[\"']?(?P<value>[^\"'\]]*)[\"']?)?\]|(?P<not>:not\((?:[^()]|\([^()]*\))*\))"
)


def _blank(title: str) -> BeautifulSoup:
    return BeautifulSoup(
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        '<div class="khung"></div></body></html>',
        "lxml",
    )


def _first_buildable(alternatives: Sequence[str]) -> str:
    """The first alternative that an element can be made of, as one selector without commas."""
    for alternative in alternatives:
        css, at, attribute = alternative.partition("@")
        if css.startswith("jsonld:"):
            return css
        for part in split_list(css):
            try:
                _make(_blank(""), part)
            except UnbuildableError:
                continue
            return f"{part}{at}{attribute}"
    raise UnbuildableError(f"none of {alternatives} can be built")


def _build_field(tree: BeautifulSoup, alternatives: Sequence[str]) -> None:
    if not alternatives or _built(tree, alternatives) is not None:
        return
    css = _first_buildable(alternatives).partition("@")[0]
    if not css.startswith("jsonld:"):
        _make(tree, css)


def _built(tree: BeautifulSoup, alternatives: Sequence[str]) -> Tag | None:
    """The element that the first alternative that matches anything reads."""
    plain = [css.partition("@")[0] for css in alternatives if not css.startswith("jsonld:")]
    return next((found for css in plain if (found := tree.select_one(css)) is not None), None)


def _set(tree: BeautifulSoup, selector: str, words: str) -> None:
    """Puts words where a selector reads them: into the element, its attribute, or the page's JSON-LD."""
    css, _, attribute = selector.partition("@")
    if css.startswith("jsonld:"):
        script = tree.new_tag("script", type="application/ld+json")
        script.string = json.dumps({"@type": "NewsArticle", css.removeprefix("jsonld:"): words})
        assert tree.head is not None
        tree.head.append(script)
        return
    element = tree.select_one(css) or _make(tree, css)
    if attribute:
        element[attribute] = words
    else:
        element.insert(0, words)


def _try(tree: BeautifulSoup, selector: str, words: str) -> None:
    css = selector.partition("@")[0]
    if css.startswith("jsonld:") or tree.select(css):
        return
    try:
        element = _make(tree, split_list(css)[0])
    except UnbuildableError:
        return
    element.append(words)


def _make(tree: BeautifulSoup, css: str, *, fresh: bool = False) -> Tag:
    """An element that the selector matches, inside what is there already of its way down."""
    compounds = split_compounds(css)
    for size in range(len(compounds) - fresh, 0, -1):
        way = _joined(compounds[:size])
        if (found := tree.select_one(way)) is not None:
            return _descend(tree, found, compounds[size - 1 :], css)
    first = compounds[0][0]
    if first.startswith("body") and (match := re.fullmatch(r"body((?:\.[\w-]+)*)", first)):
        assert tree.body is not None
        tree.body["class"] = [*tree.body.get_attribute_list("class"), *match.group(1).split(".")[1:]]
        return _descend(tree, tree.body, compounds, css)
    element = _element(tree, first)
    home = tree.head if element.name in ("meta", "link", "script") else tree.select_one(".khung")
    assert home is not None
    home.append(element)
    return _descend(tree, element, compounds, css)


def _make_in(tree: BeautifulSoup, home: Tag, css: str) -> Tag:
    """An element inside another one, for selectors that are tried within a listing's entry."""
    if found := home.select_one(css):
        return found
    compounds = split_compounds(css)
    element = _element(tree, compounds[0][0])
    home.append(element)
    return _descend(tree, element, compounds, css, within=home)


def _descend(tree: BeautifulSoup, start: Tag, compounds: Sequence[tuple[str, str]], css: str, *, within: Tag | None = None) -> Tag:
    """From an element that matches the first compound to one that matches the last."""
    element = start
    for (_, combinator), (compound, _) in pairwise(compounds):
        child = _element(tree, compound)
        if combinator in ("+", "~"):
            element.insert_after(child)
        else:
            element.append(child)
        element = child
    if not any(found is element for found in (within or tree).select(css)):
        raise UnbuildableError(f"{css!r} does not match what was made for it")
    return element


def _joined(compounds: Sequence[tuple[str, str]]) -> str:
    words = [f"{compound} {'' if combinator == ' ' else combinator}" for compound, combinator in compounds[:-1]]
    return " ".join([*words, compounds[-1][0]])


def _element(tree: BeautifulSoup, compound: str) -> Tag:
    """An element that a compound selector matches."""
    name = "div"
    classes: list[str] = []
    attributes: dict[str, Any] = {}
    at = 0
    while at < len(compound):
        match = _PART.match(compound, at) if at else _PART.match(compound)
        if match is None:
            raise UnbuildableError(compound)
        at = match.end()
        if match.group("tag"):
            name = match.group("tag").lower()
        elif match.group("class"):
            classes.append(match.group("class"))
        elif match.group("id"):
            attributes["id"] = match.group("id")
        elif match.group("name"):
            attributes[match.group("name")] = match.group("value") or ""
    if name in ("html", "body", "head"):
        raise UnbuildableError(compound)
    if "class" in attributes:
        classes.append(attributes.pop("class"))
    return tree.new_tag(name, attrs={**attributes, **({"class": classes} if classes else {})})

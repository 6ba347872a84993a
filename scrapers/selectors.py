"""Selectors that must match: a redesigned portal raises here instead of yielding nothing.

All helpers take the URL of the page, so that the error alone says what broke and where.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from scrapers.page import Page

MOST_TAGS = 300_000  # "<" in a page; saved pages have 500 to 6,000, listings pasted from Word some 50,000
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_SPACES = re.compile(r"\s+")


class SelectorError(Exception):
    """A selector matched another number of elements than the platform relies on."""

    def __init__(self, selector: str, expected: str, count: int, url: str) -> None:
        super().__init__(f"selector {selector!r} matched {count} elements instead of {expected} on {url}")
        self.selector = selector
        self.expected = expected
        self.count = count
        self.url = url


class GiantPageError(Exception):
    """A page of so many tags that its tree would fill the memory: 10 MB of them take 2.4 GB and a minute and a half."""


def soup(page: Page) -> BeautifulSoup:
    """The page as a tree (lxml)."""
    return soup_of(page.decode())


def soup_of(text: str) -> BeautifulSoup:
    """Text as a tree (lxml). Raises `GiantPageError`."""
    return BeautifulSoup(readable(text), "lxml")


def readable(text: str) -> str:
    """Text as the parsers take it: no NUL, at which libxml2 ends a document, and no XML declaration, for which bs4 warns of feeds.

    Raises `GiantPageError`.
    """
    if (tags := text.count("<")) > MOST_TAGS:
        raise GiantPageError(f"{tags} tags; more than {MOST_TAGS} are no page to read")
    clean = text.replace("\x00", "")
    declared = _DECLARATION.match(clean)
    return clean[declared.end() :] if declared else clean


def one(node: Tag, selector: str, url: str) -> Tag:
    """The only element that matches; raises `SelectorError` for none or several."""
    found = node.select(selector, limit=2)
    if len(found) != 1:
        raise SelectorError(selector, "exactly 1", len(node.select(selector)), url)
    return found[0]


def optional(node: Tag, selector: str, url: str) -> Tag | None:
    """The element that matches, or None; raises `SelectorError` for several."""
    found = node.select(selector, limit=2)
    if len(found) > 1:
        raise SelectorError(selector, "at most 1", len(node.select(selector)), url)
    return found[0] if found else None


def many(node: Tag, selector: str, url: str, *, min: int = 1) -> list[Tag]:
    """All elements that match; raises `SelectorError` for fewer than `min`."""
    found = list(node.select(selector))
    if len(found) < min:
        raise SelectorError(selector, f"at least {min}", len(found), url)
    return found


def text(node: Tag) -> str:
    """The text of an element on one line, runs of white space (also no-break spaces) as one space."""
    return _SPACES.sub(" ", node.get_text(" ")).strip()


def text_of(node: Tag, selector: str, url: str) -> str:
    """The text of the only element that matches; an empty one counts as missing."""
    content = text(one(node, selector, url))
    if not content:
        raise SelectorError(selector, "exactly 1 with text", 0, url)
    return content


def attribute(node: Tag, name: str, selector: str, url: str) -> str:
    """An attribute of an element that must have it; `selector` is what the element was found by."""
    value = node.get(name)
    if isinstance(value, list):
        value = " ".join(value)
    if not value or not value.strip():
        raise SelectorError(f"{selector}[{name}]", "exactly 1", 0, url)
    return value.strip()

"""The index gives what soupsieve gives: every selector of every family on every saved page, whole and within an element."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from scrapers.finding import Finder
from scrapers.platforms import PLATFORMS
from scrapers.platforms.generic import FURNITURE, HEADINGS, LEADS

PAGES = sorted((Path(__file__).parent / "pages").glob("*/*.html"))
ODD = (
    "a, p > b",
    "div :not(p)",
    "*",
    "td:nth-child(2)",
    "[href]",
    "p:has(img)",
    "div.nd p:-soup-contains('xã', 'huyện')",
    "ul > li + li",
    "h1 ~ p",
)
SELECTORS = sorted(
    {
        alternative.partition("@")[0]
        for family in PLATFORMS.values()
        for field in dataclasses.fields(family.select)
        for alternative in getattr(family.select, field.name)
        if not alternative.startswith("jsonld:")
    }
    | {HEADINGS, *FURNITURE, *LEADS, *ODD}
)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_index_agrees_with_soupsieve(page: Path) -> None:
    tree = BeautifulSoup(page.read_bytes(), "lxml")
    find = Finder(tree)
    inside = tree.select("div, table, ul")[:3]
    for css in SELECTORS:
        assert [id(e) for e in find.select(css)] == [id(e) for e in tree.select(css)], css
        part = Finder(inside[0]) if inside else None
        assert part is None or [id(e) for e in part.select(css)] == [id(e) for e in inside[0].select(css)], css
        for node in inside:
            assert [id(e) for e in find.select(css, node)] == [id(e) for e in node.select(css)], (css, node.name)


def test_any_stops_at_the_first_alternative_and_all_does_not() -> None:
    tree = BeautifulSoup("<p class=a>1</p><p class=b>2</p><p class=b>3</p>", "lxml")
    find = Finder(tree)
    assert [e.get_text() for e in find.any((".x", ".b", ".a"))] == ["2", "3"]
    assert {e.get_text() for e in find.all((".x", ".b", ".a"))} == {"1", "2", "3"}
    assert find.any((".x", "#y")) == []

"""A pruned page reads like the whole page: on every fixture, on every mutant of it, and (where they are) on the real pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scrapers.page import Page, ParsedPage
from scrapers.platforms import platform
from scrapers.platforms.base import Platform, Reading, reach_of
from scrapers.pruning import anchors, reach
from scrapers.registry import Portal, load_portals, read_portal
from scrapers.selectors import SelectorError

PAGES = Path(__file__).parent / "pages"
CASES = sorted(PAGES.glob("*/*.html"))
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)


def both(monkeypatch: pytest.MonkeyPatch, page: Page, portal: Portal) -> tuple[Any, Any]:
    """What the platform gives, and what it gives when it never prunes; an error counts by its words."""

    def parse() -> ParsedPage | str:
        try:
            return platform(portal.platform).parse(page, portal)
        except SelectorError as error:
            return str(error)

    pruned = parse()
    read = Platform.read

    def read_whole(self: Platform, page: Page, portal: Portal, *, whole: bool = True) -> Reading:  # noqa: ARG001
        return read(self, page, portal, whole=True)

    with monkeypatch.context() as patch:
        patch.setattr(Platform, "read", read_whole)
        return pruned, parse()


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.parent.name}/{c.stem}")
def test_fixtures_read_the_same(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    portal = read_portal(case.parent / "portal.yml", {})
    url = json.loads(case.with_suffix(".json").read_text("utf-8"))["url"]
    html = case.read_bytes()
    for body in (
        html,
        html.replace(b"<h1", b"<h1></h1><h1"),
        html.replace(b"</div>", b"", 3),
        html.replace(b"<p>", b"<div><p>"),
        html[: len(html) // 2],
    ):
        pruned, whole = both(monkeypatch, Page(url, url, body, {}, NOW), portal)
        assert pruned == whole


@pytest.mark.shared
@pytest.mark.slow
def test_real_pages_read_the_same(monkeypatch: pytest.MonkeyPatch, shared: Path) -> None:
    portals = load_portals([Path(__file__).parents[2] / "scrapers" / "portals"], {})
    folders = {"liferay62_sotttt_hanoi": "sotttt-hanoi", "sharepoint_dakrlap": "dakrlap", "sharepoint_krongno": "krongno"}
    for folder, portal_id in folders.items():
        for file in sorted((shared / "pages" / folder).rglob("*.html")):
            url = f"https://{portals[portal_id].hosts[0].host}/{file.name}"
            pruned, whole = both(monkeypatch, Page(url, url, file.read_bytes(), {}, NOW), portals[portal_id])
            assert pruned == whole, file.name


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".asset-full-content .asset-content > .sapo", {("class", "sapo")}),
        ("#main p", {("id", "main")}),
        ("ol.breadcrumb li a", {("class", "breadcrumb")}),
        ("ul.pager > li:nth-of-type(3) > a[href]", {("class", "pager")}),
        (".a + li a", {("tag", "a")}),  # .a stands beside what is matched
        ("h1, .title", {("tag", "h1"), ("class", "title")}),
        ("a[href]", {("tag", "a")}),
        ("[itemprop=headline]", {("attribute", "itemprop")}),
        (".x:has(b) p", {("class", "x")}),  # .x is kept whole, and so what it has
        ("div:has(b) .y", None),  # whether the div has a b is to be seen in what would be pruned
        ("*", None),
    ],
)
def test_anchors(css: str, expected: set[tuple[str, str]] | None) -> None:
    assert anchors(css) == (None if expected is None else frozenset(expected))


def test_a_selector_without_an_anchor_stops_pruning() -> None:
    assert reach([".a", "*"]) is None
    assert reach([".a", "#b", "h1", "[itemprop]"]) is not None


def test_articles_of_every_family_with_selectors_are_pruned() -> None:
    for case in CASES:
        portal = read_portal(case.parent / "portal.yml", {})
        if portal.platform != "generic":
            assert reach_of(platform(portal.platform).select) is not None, portal.platform

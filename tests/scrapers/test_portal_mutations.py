"""Row 44 for every portal: a redesign of its pages raises, or is reported, and never becomes a wrong article.

The pages are made of each portal's own file (`synthetic.py`), so a new portal is tested from the moment its YAML is there. What happens to a
whole run is tried on a server that shows those pages; archives, which are not visited any more, are read from files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from mutations import mutants, rename
from portals_for_tests import Everything
from synthetic import FETCHED_AT, Story, SyntheticPortal, SyntheticSite, over_plain_http, sample_of

from muctieu.lake import Lake
from muctieu.records import Article, Rejected, Run
from scrapers.imports import import_html
from scrapers.page import PageOutcome
from scrapers.platforms import platform
from scrapers.reading import Context, read_page
from scrapers.registry import load_portals
from scrapers.run import ScrapeOptions, scrape_portal
from scrapers.selectors import SelectorError

PORTALS = load_portals([Path(__file__).parents[2] / "scrapers" / "portals"], {})
LIVE = {key: portal for key, portal in PORTALS.items() if not portal.archive_only}
KINDS = ("article renamed", "body renamed", "title renamed", "date dropped", "title twice", "body left to a script")


@cache
def synthetic(portal_id: str) -> SyntheticPortal:
    return SyntheticPortal(PORTALS[portal_id])


def mutated(made: SyntheticPortal, story: Story) -> dict[str, bytes]:
    return dict(mutants(made.article(story), made.select))


@pytest.mark.parametrize("portal_id", PORTALS)
def test_the_file_of_a_portal_reads_the_pages_that_it_describes(portal_id: str) -> None:
    made = synthetic(portal_id)
    family, stories = platform(made.portal.platform), made.stories(3)
    for story in stories:
        parsed = family.parse(made.page(story.url, made.article(story)), made.portal)
        assert (parsed.outcome, parsed.title, parsed.body_text) == (PageOutcome.ARTICLE, story.title, story.body)
        assert parsed.published_at is not None
        assert parsed.published_at.date() == story.published.date()
    found = family.listing(made.page(f"https://{made.portal.hosts[0].host}/tin", made.listing(made.stories(8))), made.portal)
    assert [(link.url, link.title) for link in found.links] == [(s.url, s.title) for s in made.stories(8)]


@pytest.mark.parametrize("portal_id", PORTALS)
def test_row44_a_redesigned_page_of_a_portal_is_never_a_wrong_article(portal_id: str) -> None:
    made = synthetic(portal_id)
    portal, family, (story,) = made.portal, platform(made.portal.platform), made.stories(1)
    changed = mutated(made, story)
    assert set(changed) == set(KINDS)
    told = set()
    for what, body in changed.items():
        page = made.page(story.url, body)
        reading = read_page(page, Context(portal, family, "run", "capture"))
        if reading.article is None:
            assert reading.rule in ("markup_changed", "unknown_markup", "empty_body", "no_title", "no_date"), (what, reading)
            assert reading.expected, f"{what}: passes for a page that needs no article, so no fill rate would notice"
            told.add(what)
        else:  # another alternative of the same file still finds the same words: that is no wrong article
            assert (reading.article.title, reading.article.body_text) == (story.title, story.body), what
            assert reading.article.published_at.date() == story.published.date(), what
    assert {"date dropped", "body left to a script"} <= told
    if portal.select or portal.platform != "generic":  # `generic` goes by what a page says of itself, not by the names of its elements
        assert {"article renamed", "title renamed", "title twice"} & told


@pytest.mark.parametrize("portal_id", PORTALS)
def test_row44_a_redesigned_listing_of_a_portal_raises(portal_id: str) -> None:
    made = synthetic(portal_id)
    address = f"https://{made.portal.hosts[0].host}/tin"
    for body in redesigned_listings(made, made.stories(8)):
        with pytest.raises(SelectorError, match=address):
            platform(made.portal.platform).listing(made.page(address, body), made.portal)


def redesigned_listings(made: SyntheticPortal, stories: list[Story]) -> Iterator[bytes]:
    tree = BeautifulSoup(made.listing(stories), "lxml")
    for link in tree.select("a"):
        link.decompose()  # entries that a script is to fill
    yield tree.encode()
    if made.portal.select.get("item") or made.portal.platform != "generic":
        tree = BeautifulSoup(made.listing(stories), "lxml")
        rename([], tree, made.select.item)
        yield tree.encode()


def rows(lake: Lake, folder: str, record: type) -> list[object]:
    return [row for path in lake.list(folder, ".parquet") for row in lake.read_rows(path, record)]


@pytest.mark.slow
@pytest.mark.parametrize("portal_id", LIVE)
def test_row44_a_run_over_a_redesigned_portal_breaks_and_keeps_what_was_good(portal_id: str, tmp_path: Path) -> None:
    lake, days = Lake(str(tmp_path)), iter(range(100))
    with SyntheticSite(synthetic(portal_id), []).serve() as server:
        portal = over_plain_http(PORTALS[portal_id], server)
        made = SyntheticPortal(portal)
        site = SyntheticSite(made, made.stories(7))
        server.routes = Everything(site.behave)

        def changed_as(kind: str, story: Story, body: bytes) -> bytes:  # noqa: ARG001
            return dict(mutants(body, made.select))[kind]

        def scrape() -> Run:
            at = FETCHED_AT + timedelta(days=next(days) / 10)
            options = ScrapeOptions(user_agent="muctieu-test/1", allow_private_hosts=True, refresh=True)
            return scrape_portal(portal, lake, options, now=lambda: at, sleep=lambda seconds: None)  # noqa: ARG005

        first = scrape()
        assert (first.outcome, first.new_articles, first.rejected) == ("ok", 7, 0), first.message
        good = rows(lake, "articles", Article)
        for kind in KINDS:
            site.change = partial(changed_as, kind)
            run = scrape()
            if run.outcome != "broken":
                assert (run.outcome, run.new_versions, run.rejected) == ("ok", 0, 0), (kind, run.message)
                assert kind not in ("date dropped", "body left to a script") or portal.options.get("date_optional"), kind
            assert rows(lake, "articles", Article) == good, kind
        site.change = lambda story, body: body  # noqa: ARG005
        for listing in redesigned_listings(made, site.stories):
            site.listing = listing
            assert scrape().outcome == "broken"
        site.listing = None
        mended = scrape()
        assert (mended.outcome, mended.new_articles, mended.new_versions) == ("ok", 0, 0), mended.message
        assert rows(lake, "articles", Article) == good


@pytest.mark.parametrize("portal_id", sorted(set(PORTALS) - set(LIVE)))
def test_row44_saved_pages_of_a_redesigned_archive_are_held_back(portal_id: str, tmp_path: Path) -> None:
    made, folder = synthetic(portal_id), tmp_path / "trang"
    stories, lake = made.stories(len(KINDS) + 1), Lake(str(tmp_path / "lake"))
    folder.mkdir()
    lines = []
    for number, story in enumerate(stories):
        changed = mutated(made, story)
        body = made.article(story) if number == len(KINDS) else changed[KINDS[number]]
        (folder / f"{number}.html").write_bytes(body)
        lines.append(f'{{"file": "{number}.html", "url": "{story.url}"}}')
    (folder / "manifest.jsonl").write_text("\n".join(lines), "utf-8")
    pages = list(import_html(folder, made.portal, lake=lake, now=lambda: FETCHED_AT))
    wrong = [p for p, s in zip(pages, stories, strict=True) if p.rule is None and (p.title, p.body_text) != (s.title, s.body)]
    assert wrong == []
    assert pages[-1].rule is None
    articles, held = rows(lake, "articles", Article), rows(lake, "rejected", Rejected)
    assert len(articles) + len(held) == len(stories)
    assert len(held) >= 2


def test_addresses_are_made_of_what_a_file_says_of_them() -> None:
    for pattern in (r"/-/view_content/\d+|/w/x", r"-\d{15,16}\.htm", r"/w/[a-z0-9-]{12,}", r"[?&]nid=\d+$", r"(?:a|b)c?"):
        assert sample_of(pattern, 3) != ""

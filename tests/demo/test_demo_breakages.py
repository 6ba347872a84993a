"""Each way to break does what its name says, to the portal it names, and leaves the others alone."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asking import request

from demo.breakages import BREAKAGES, Applied, read_breakage
from demo.content import read_articles
from demo.render import Response
from demo.server import DemoServer
from demo.sites import SITES, Item, Site

ARTICLES = tuple(a for a in read_articles() if a.edition == 1)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
COUNTS = re.compile(rb"[0-9A-F]{8,}|\d+")


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(now=lambda: NOW) as running:
        yield running


def _get(server: DemoServer, site: Site, path: str) -> Response:
    return server.answer("GET", path, host=site.host)


def _broken(server: DemoServer, name: str, site: Site, path: str) -> tuple[Response, Response]:
    """The healthy and the broken answer of one portal."""
    server.switch(breakages=())
    healthy = _get(server, site, path)
    server.switch(breakages=[Applied(BREAKAGES[name], site.id)])
    return healthy, _get(server, site, path)


def _newest(site: Site, trap_free: bool = True) -> Item:
    return next(i for i in site.items(ARTICLES) if i.article.claims and (not trap_free or not i.article.traps))


@pytest.mark.parametrize("name", [n for n in BREAKAGES if n != "slow"])
def test_a_breakage_of_one_portal_leaves_the_others_as_they_are(server: DemoServer, name: str) -> None:
    hanoi, others = SITES[0], SITES[1:]
    for site in others:
        for path in (_newest(site).path, site.listing_path(site.sections[0].key)):
            server.switch(breakages=())
            healthy = _get(server, site, path)
            server.switch(breakages=[read_breakage(f"{name}:{hanoi.id}")])
            assert COUNTS.sub(b"", _get(server, site, path).body) == COUNTS.sub(b"", healthy.body)


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_redesign_renames_every_class(server: DemoServer, site: Site) -> None:
    healthy, broken = _broken(server, "redesign", site, _newest(site).path)
    names = re.findall(rb'class="([^"]+)"', broken.body)
    assert names and all(n.startswith(b"x9-") for n in names)
    assert b"og:title" not in broken.body and b"ld+json" not in broken.body
    assert _newest(site).title.encode() in broken.body  # the news are still there for a human
    assert b"x9-" not in healthy.body


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_empty_listing_has_no_article_link(server: DemoServer, site: Site) -> None:
    path = site.listing_path(site.sections[0].key)
    healthy, broken = _broken(server, "empty_listing", site, path)
    paths = [i.path.replace("&", "&amp;").encode() for i in site.items(ARTICLES, site.sections[0].key)]
    assert any(p in healthy.body for p in paths)
    assert broken.status == 200 and not any(p in broken.body for p in paths)
    _, article = _broken(server, "empty_listing", site, _newest(site).path)
    assert _newest(site).title.encode() in article.body


def test_swapped_dates(server: DemoServer) -> None:
    site = SITES[0]
    item = next(i for i in site.items(ARTICLES) if i.published.day > 12)
    _, broken = _broken(server, "swapped_dates", site, item.path)
    assert f"({item.published:%H:%M %m/%d/%Y})" in broken.body.decode()


def test_numbers_x10(server: DemoServer) -> None:
    site = SITES[2]
    item = next(i for i in site.items(ARTICLES) if "ke-hoach-159" in i.article.slug)
    healthy, broken = _broken(server, "numbers_x10", site, item.path)
    assert "còn 0,77%" in healthy.body.decode() and "50,7%" in healthy.body.decode()
    words = broken.body.decode()
    assert "còn 7,7%" in words and "507%" in words and "910 hộ nghèo" in words
    assert "159/KH-UBND" in words  # a document number is no figure


def test_encoding_broken(server: DemoServer) -> None:
    site = SITES[0]
    healthy, broken = _broken(server, "encoding_broken", site, _newest(site).path)
    assert "xÃ£" in broken.body.decode() and "xÃ£" not in healthy.body.decode()
    assert COUNTS.sub(b"", broken.body.decode().encode("latin-1")) == COUNTS.sub(b"", healthy.body)  # nothing is lost: it can be mended


def test_half_gone_and_doubled(server: DemoServer) -> None:
    site = SITES[4]
    feed = "/lamdong/vi/news/sitemap.xml"
    healthy, half = _broken(server, "half_gone", site, feed)
    _, double = _broken(server, "duplicates_doubled", site, feed)
    count = healthy.body.count(b"<loc>")
    assert half.body.count(b"<loc>") == -(-count // 2)
    assert double.body.count(b"<loc>") == 2 * count


def test_down(server: DemoServer) -> None:
    server.switch(breakages=[read_breakage("down")])
    answer = request(server.url.removeprefix("http://"), SITES[1].listing_path("tin-tuc-su-kien"))
    assert answer.status == 503 and answer.headers["Retry-After"] == "120"


def test_slow_waits_before_it_answers(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    server.switch(breakages=[read_breakage("slow:demo-sonla")])
    _get(server, SITES[2], _newest(SITES[2]).path)
    _get(server, SITES[0], _newest(SITES[0]).path)
    assert waited == [20.0]


def test_last_year_page(server: DemoServer) -> None:
    site = SITES[4]
    newest = max(i.published for i in site.items(ARTICLES))
    _, broken = _broken(server, "last_year_page", site, "/lamdong/vi/news/sitemap.xml")
    shown = [datetime.fromisoformat(d) for d in re.findall(r"<lastmod>([^<]+)", broken.body.decode())]
    assert shown and max(shown) < newest - timedelta(days=365)


def test_percent_as_fraction(server: DemoServer) -> None:
    site = SITES[2]
    item = next(i for i in site.items(ARTICLES) if "ke-hoach-159" in i.article.slug)
    _, broken = _broken(server, "percent_as_fraction", site, item.path)
    words = broken.body.decode().split('class="ArticleContent"')[1].split("ArticleTool")[0]
    assert "còn 0,0077" in words and "0,507" in words and "%" not in re.sub(r'style="[^"]*"', "", words)


def test_indicator_renamed(server: DemoServer) -> None:
    site = SITES[3]
    item = next(i for i in site.items(ARTICLES) if "ntm-2020" in i.article.slug)
    healthy, broken = _broken(server, "indicator_renamed", site, item.path)
    assert "OCOP" in healthy.body.decode()
    body = broken.body.decode().split('class="noidung"')[1].split('class="luotxem"')[0]
    assert "OCOP" not in body and "SPĐT" in body


def test_article_retracted(server: DemoServer) -> None:
    site = SITES[0]
    items = site.items(ARTICLES)
    item = next(i for i in items if i.article.claims and i.published <= items[0].published - timedelta(days=7))
    healthy, broken = _broken(server, "article_retracted", site, item.path)
    assert item.title.encode() in healthy.body
    assert b"The requested resource was not found." in broken.body
    _, listing = _broken(server, "article_retracted", site, site.listing_path(item.section))
    assert item.title.encode() not in listing.body


def test_spam_figures(server: DemoServer) -> None:
    site = SITES[4]
    section = site.items(ARTICLES)[0].section
    _, listing = _broken(server, "spam_figures", site, site.listing_path(section))
    (path,) = re.findall(r'href="(/lamdong/vi/news/[^"]*tin-vui[^"]*)" title', listing.body.decode())
    article = _get(server, site, path)
    assert "12.500/11.000 hộ thoát nghèo" in unicodedata.normalize("NFC", article.body.decode())


def test_wrong_clock(server: DemoServer) -> None:
    site = SITES[4]
    item = _newest(site)
    healthy, broken = _broken(server, "wrong_clock", site, item.path)
    assert f"{item.published:%d/%m/%Y}" in healthy.body.decode()
    assert f"{item.published:%d/%m}/{item.published.year + 5}" in broken.body.decode()
    assert str(item.published.year + 5) in broken.headers["Last-Modified"]


def test_the_fifteen_are_there_and_explained() -> None:
    assert len(BREAKAGES) == 15
    assert all(b.what for b in BREAKAGES.values())
    with pytest.raises(ValueError, match="known: redesign"):
        read_breakage("nonsense")

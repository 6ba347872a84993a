"""The registry files of the demo portals, and that every page reads back as it was written through the platforms of scrapers/."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from demo.breakages import read_breakage
from demo.content import read_articles
from demo.gold import annotated, gold_row, portal_area, text_row, write_gold
from demo.server import DemoServer
from demo.sites import SITES, Request, Site
from muctieu.settings import REPOSITORY
from scrapers.page import NextPage, Page, PageOutcome
from scrapers.platforms import platform
from scrapers.registry import Portal, load_portals
from scrapers.selectors import SelectorError

ARTICLES = tuple(a for a in read_articles() if a.edition == 1)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def registry() -> dict[str, Portal]:
    return load_portals([REPOSITORY / "demo" / "portals"], {"MUCTIEU_DEMO_ADDRESS": "127.0.0.1:9"})


@pytest.fixture(scope="module")
def server() -> DemoServer:
    return DemoServer(now=lambda: NOW)


def _page(server: DemoServer, site: Site, path: str, asked: NextPage | None = None) -> Page:
    body = (asked.json or "").encode() if asked else b""
    response = server.answer(asked.method if asked else "GET", path, body, site.host)
    headers = {k.lower(): v for k, v in response.headers.items()}
    url = f"http://{site.host}{path}"
    return Page(url, url, response.body, headers, NOW, response.status, request=asked)


def test_the_five_portals_load_and_connect_to_the_server_of_this_run(registry: dict[str, Portal]) -> None:
    assert set(registry) == {s.id for s in SITES}
    for site in SITES:
        portal = registry[site.id]
        assert portal.hosts[0].host == site.host and portal.hosts[0].connect_to == "127.0.0.1:9"
        assert portal.status == "demo"
        for listing in portal.listings:
            path, _, query = listing.url.partition(site.host)[2].partition("?")
            assert site.target(Request(path, query)) is not None


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_every_article_reads_back_as_it_was_written(site: Site, registry: dict[str, Portal], server: DemoServer) -> None:
    portal = registry[site.id]
    for item in site.items(ARTICLES):
        if "table" in item.article.traps:
            continue
        read = platform(portal.platform).parse(_page(server, site, item.path), portal)
        lines = [line for block in item.article.body if not block.startswith("![") for line in _block_lines(block)]
        summary = item.article.summary if "lead_in_listing" not in item.article.traps else None
        assert read.outcome is PageOutcome.ARTICLE
        assert read.title == item.title
        assert read.author == item.author
        assert read.body_text == unicodedata.normalize("NFC", "\n".join(([summary] if summary else []) + lines)), item.path
        if "no_date" in item.article.traps:
            assert read.published_at is None
        else:
            assert read.published_at is not None and read.published_at.date() == item.published.date()


def _block_lines(block: str) -> list[str]:
    return [line.removeprefix("## ") for line in block.split("\n")]


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_the_platform_walks_every_listing_to_its_end(site: Site, registry: dict[str, Portal], server: DemoServer) -> None:
    portal = registry[site.id]
    for section in site.sections:
        wanted = {f"http://{site.host}{i.path}" for i in site.items(ARTICLES, section.key)}
        page: Page | None = _page(server, site, site.listing_path(section.key))
        seen: set[str] = set()
        for _ in range(12):
            assert page is not None
            listing = platform(portal.platform).listing(page, portal)
            new = {link.url.split(";")[0] for link in listing.links} - seen
            seen |= new
            if listing.next_page is None or not new:
                break
            page = _page(server, site, listing.next_page.url.removeprefix(f"http://{site.host}"), listing.next_page)
        assert wanted <= seen
        assert len(seen - wanted) == (len(site.dead_paths()) if section is site.sections[0] else 0)


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_what_is_no_article_is_known_for_what_it_is(site: Site, registry: dict[str, Portal], server: DemoServer) -> None:
    portal = registry[site.id]
    gone = {
        "demo-hanoi": site.dead_paths()[0][0] if site.dead_paths() else "",
        "demo-binhlieu": f"{site.prefix}/Trang/ChiTietTinTuc.aspx?nid=999999",
        "demo-sonla": f"{site.prefix}/1307/32184/4035/999999/khong-con",
        "demo-quangnam": f"{site.prefix}/CMSPages/BaiViet/Default.aspx?IDBaiViet=999999",
        "demo-lamdong": f"{site.prefix}/vi/news/tin-trong-tinh/khong-con-999999.html",
    }[site.id]
    about = {
        "demo-hanoi": "/gioi-thieu",
        "demo-binhlieu": "/Trang/ChiTietBVGioiThieu.aspx",
        "demo-sonla": "/lien-he",
        "demo-quangnam": "/CMSPages/GioiThieu/Default.aspx",
        "demo-lamdong": "/vi/about/",
    }[site.id]
    reader = platform(portal.platform)
    assert _page(server, site, gone).status == 200
    assert reader.parse(_page(server, site, gone), portal).outcome is PageOutcome.NOT_FOUND
    assert reader.parse(_page(server, site, site.listing_path(site.sections[0].key)), portal).outcome is PageOutcome.LISTING
    assert reader.parse(_page(server, site, site.prefix + about), portal).outcome is PageOutcome.STATIC


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_a_redesign_or_an_empty_listing_is_an_error_of_the_platform(site: Site, registry: dict[str, Portal]) -> None:
    portal, reader = registry[site.id], platform(registry[site.id].platform)
    listing, article = site.listing_path(site.sections[0].key), site.items(ARTICLES)[0].path
    redesigned = DemoServer(now=lambda: NOW, breakages=[read_breakage("redesign")])
    with pytest.raises(SelectorError):
        reader.listing(_page(redesigned, site, listing), portal)
    try:
        outcome = reader.parse(_page(redesigned, site, article), portal).outcome
    except SelectorError:
        outcome = PageOutcome.BROKEN
    assert outcome is PageOutcome.BROKEN
    emptied = DemoServer(now=lambda: NOW, breakages=[read_breakage("empty_listing")])
    with pytest.raises(SelectorError):
        reader.listing(_page(emptied, site, listing), portal)


def test_gold_files_have_the_form_of_the_developers_gold(tmp_path: Path) -> None:
    gold, texts = write_gold(tmp_path)
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    words = {row["doc"]: row for row in map(json.loads, texts.read_text(encoding="utf-8").splitlines())}
    assert len(rows) == len(list(annotated())) == len(words) >= 40
    for row in rows:
        assert words[row["doc"]]["portal_area"] == row["portal_area"]
        for claim in row["claims"]:
            assert claim["evidence"] in words[row["doc"]]["text"]
            assert {"evidence", "kind", "indicator", "measure", "op", "value", "unit", "as_of", "area"} <= claim.keys()


def test_gold_speaks_of_the_area_of_its_day() -> None:
    assert portal_area("binhlieu", date(2021, 10, 21)) == "Huyện Bình Liêu, Tỉnh Quảng Ninh"
    assert portal_area("binhlieu", date(2026, 3, 5)) == "Xã Bình Liêu, Tỉnh Quảng Ninh"
    article = next(a for a in ARTICLES if "ke-hoach-51" in a.slug)
    claim = gold_row(article)["claims"][0]
    assert (claim["op"], claim["value"], claim["value_high"], claim["per_year"]) == ("range", -30, -25, True)
    assert text_row(article)["text"].startswith(article.title + "\n")


def test_gold_scores_perfectly_against_itself(shared: Path, tmp_path: Path) -> None:
    gold, texts = write_gold(tmp_path)
    words = {row["doc"]: row["text"] for row in map(json.loads, texts.read_text(encoding="utf-8").splitlines())}
    predicted = tmp_path / "predicted.jsonl"
    with predicted.open("w", encoding="utf-8") as out:
        for line in gold.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for claim in row["claims"]:
                claim["start"] = words[row["doc"]].index(claim["evidence"])
                claim["end"] = claim["start"] + len(claim["evidence"])
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    scorer = shared / "score" / "score_claims.py"
    command = [sys.executable, str(scorer), str(gold), str(predicted), "--texts", str(texts), "--json"]
    scores = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert scores["strict"]["f1"] == scores["milestones"]["f1"] == scores["document_numbers"]["f1"] == 1.0

"""The server over a real socket: paging, feeds, validators, the traps of the README, editions, the command itself."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import unicodedata
from pathlib import Path

import feedparser
import pytest
from asking import Answer, Ask

from demo.content import read_articles
from demo.server import DemoServer, choose_port
from demo.sites import SITES, Item, Site
from muctieu.settings import REPOSITORY

ARTICLES = tuple(a for a in read_articles() if a.edition == 1)
BY_ID = {site.id: site for site in SITES}
ITEMS = [(site, item) for site in SITES for item in site.items(ARTICLES)]


def _trapped(trap: str) -> tuple[Site, Item]:
    return next((site, item) for site, item in ITEMS if trap in item.article.traps)


def _links(site: Site, answer: Answer, pattern: str) -> list[str]:
    return [site.prefix + link for link in re.findall(rf'href="{re.escape(site.prefix)}({pattern})"', answer.text)]


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_every_article_is_served_with_its_words(site: Site, ask: Ask) -> None:
    for item in site.items(ARTICLES):
        answer = ask(item.path)
        assert answer.status == 200
        page = unicodedata.normalize("NFC", answer.text)
        assert f">{item.title}" in page.replace("&amp;", "&").replace("&#39;", "'")
        assert "bản minh họa" in page.lower()


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.id)
def test_listing_pages_reach_every_article(site: Site, ask: Ask) -> None:
    for section in site.sections:
        items = site.items(ARTICLES, section.key)
        _, _, last = site.page_of(items, 1)
        pages = "".join(ask(site.listing_path(section.key, n)).text for n in range(1, last + 1))
        assert all(item.path.replace("&", "&amp;") in pages or item.path in pages for item in items)
        assert last > 1 or len(items) <= site.page_size


def test_hit_counters_and_tokens_change_but_nothing_else(ask: Ask) -> None:
    for site, item in ITEMS[::9]:
        first, second = ask(item.path).text, ask(item.path).text
        assert first != second
        strip = re.compile(r"[0-9A-F]{8,}|\d+")
        assert strip.sub("", first) == strip.sub("", second), site.id


@pytest.mark.slow
def test_the_same_article_renders_the_same_in_another_process() -> None:
    code = (
        "import sys; from datetime import datetime, UTC; from demo.server import DemoServer;"
        "s = DemoServer(now=lambda: datetime(2026, 11, 22, tzinfo=UTC)); sys.stdout.buffer.write(s.answer('GET', sys.argv[1]).body)"
    )
    path = ITEMS[0][1].path
    runs = [subprocess.run([sys.executable, "-c", code, path], cwd=REPOSITORY, check=True, capture_output=True).stdout for _ in range(2)]
    assert runs[0] == runs[1] and len(runs[0]) > 2000


def test_conditional_requests(ask: Ask) -> None:
    for site in SITES:
        item = site.items(ARTICLES)[0]
        fresh = ask(item.path)
        assert {"ETag", "Last-Modified"} & fresh.headers.keys() == set(site.validators)
        if tag := fresh.headers.get("ETag"):
            again = ask(item.path, If_None_Match=tag)
            assert (again.status, again.body) == (304, b"")
            assert ask(item.path, If_None_Match='"other"').status == 200
        if since := fresh.headers.get("Last-Modified"):
            assert ask(item.path, If_Modified_Since=since).status == 304
            assert ask(item.path, If_Modified_Since="Mon, 01 Jan 2001 00:00:00 GMT").status == 200


def test_head_has_the_length_and_no_body(ask: Ask) -> None:
    answer = ask(ITEMS[0][1].path, method="HEAD")
    assert answer.status == 200 and answer.body == b"" and int(answer.headers["Content-Length"]) > 1000


def test_robots_and_unknown_paths(ask: Ask) -> None:
    assert "Disallow: /hanoi/search" in ask("/robots.txt").text
    assert ask("/").status == 404
    assert ask("/hanoi/khong-co").status == 404
    assert ask("/hanoi/tintuc_sukien", method="POST", body=b"x").status == 404


def test_feed_and_sitemap(ask: Ask, portals: DemoServer) -> None:
    lamdong, binhlieu = BY_ID["demo-lamdong"], BY_ID["demo-binhlieu"]
    for site, path in ((lamdong, "/lamdong/vi/news/rss/"), (binhlieu, "/donvi/huyenbinhlieu/_layouts/15/listfeed.aspx?List=tintuc")):
        feed = feedparser.parse(ask(path).body)
        assert not feed.bozo
        newest = site.items(ARTICLES)[0]
        assert feed.entries[0].title == newest.title
        assert feed.entries[0].link == portals.url + newest.path
    index = ask("/lamdong/sitemapindex.xml").text
    assert f"{portals.url}/lamdong/vi/news/sitemap.xml" in index
    assert ask("/lamdong/vi/news/sitemap.xml").text.count("<loc>") == len(lamdong.items(ARTICLES))


def test_links_carry_the_name_that_was_asked_and_never_a_foreign_one(ask: Ask, portals: DemoServer) -> None:
    path = "/lamdong/vi/news/rss/"
    assert "http://lamdong.demo.test/lamdong/vi/news/" in ask(path, Host="lamdong.demo.test").text
    foreign = ask(path, Host="evil.example").text
    assert "evil.example" not in foreign and portals.url in foreign


def test_the_soft_404_has_status_200(ask: Ask) -> None:
    hanoi = BY_ID["demo-hanoi"]
    ((path, headline),) = hanoi.dead_paths()
    assert headline in ask(hanoi.listing_path("tintuc_sukien")).text
    answer = ask(path)
    assert answer.status == 200 and "The requested resource was not found." in answer.text


def test_the_undated_article_shows_its_date_nowhere(ask: Ask) -> None:
    site, item = _trapped("no_date")
    section = site.items(ARTICLES, item.section)
    _, _, last = site.page_of(section, 1)
    assert f"{item.published:%d/%m/%Y}" not in ask(item.path).text
    for n in range(1, last + 1):
        listed = ask(site.listing_path(item.section, n)).text
        assert f"({item.published:%d/%m/%Y})" not in listed


def test_the_decomposed_page_is_decomposed(ask: Ask) -> None:
    _, item = _trapped("nfd")
    text = ask(item.path).text
    assert unicodedata.normalize("NFD", text) == text and unicodedata.normalize("NFC", text) != text


def test_the_wrong_charset_header(ask: Ask) -> None:
    _, item = _trapped("wrong_charset")
    answer = ask(item.path)
    assert answer.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert "charset=utf-8" in answer.text and item.title in answer.text


def test_a_release_at_two_addresses_and_on_two_portals() -> None:
    twice = [(site.id, item.id) for site, item in ITEMS if "two_urls" in item.article.traps]
    assert len(twice) == 2 and len({site for site, _ in twice}) == 1
    shared = [site.id for site, item in ITEMS if "same_release" in item.article.traps]
    assert sorted(shared) == ["demo-quangnam", "demo-sonla"]


def test_neighbouring_pages_of_son_la_overlap_and_come_by_post(ask: Ask) -> None:
    site = BY_ID["demo-sonla"]
    section = site.section("tin-kinh-te-xa-hoi")
    first = _links(site, ask(site.listing_path(section.key)), r"/1307/32184/\d+/\d+/[\w-]+")
    body = json.dumps({"article_category_id": section.number, "site_id": 1307, "page": 2, "page_size": 6}).encode()
    path = "/thanhphosonla/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
    fragment = json.loads(ask(path, method="POST", body=body, Content_Type="application/json").text)["d"]
    assert first[-1] in fragment and fragment.count("<li>") == 6
    far = json.loads(ask(path, method="POST", body=body.replace(b'"page": 2', b'"page": 99')).text)["d"]
    assert far == ""
    assert ask(path).status == 404  # page methods answer to POST only
    assert ask(path, method="POST", body=b"no json").status == 404


def test_the_listing_of_quang_nam_repeats_its_last_page_for_ever(ask: Ask) -> None:
    site = BY_ID["demo-quangnam"]
    _, _, last = site.page_of(site.items(ARTICLES, "tin-tuc"), 1)
    pattern = r"/CMSPages/BaiViet/Default.aspx\?IDBaiViet=\d+"
    at_end, beyond = ask(site.listing_path("tin-tuc", last)), ask(site.listing_path("tin-tuc", last + 7))
    assert _links(site, at_end, pattern) == _links(site, beyond, pattern) != []
    assert f"Trang={last + 8}" in beyond.text


def test_the_clock_of_quang_nam_is_the_visitor_s(ask: Ask) -> None:
    text = ask(BY_ID["demo-quangnam"].items(ARTICLES)[-1].path).text
    assert "Chủ nhật, ngày 22/11/2026 | 10:00 AM (GMT +7)" in text


def test_edition_2_edits_one_article_and_adds_some() -> None:
    with DemoServer() as server:
        site, item = _trapped("edited")
        before = server.answer("GET", item.path)
        listed = server.answer("GET", "/hanoi/chidao_dieuhanh").body.decode()
        server.switch(edition=2)
        after = server.answer("GET", item.path)
        assert "còn 19 hộ nghèo" in before.body.decode() and "còn 17 hộ nghèo" in after.body.decode()
        assert before.headers["ETag"] != after.headers["ETag"]
        new = next(a for a in read_articles() if a.edition == 2 and a.portal == "hanoi")
        assert new.title not in listed
        assert new.title in server.answer("GET", "/hanoi/chidao_dieuhanh").body.decode()
        assert site.id == "demo-binhlieu"


def test_only_loopback_is_served() -> None:
    with DemoServer() as server, socket.socket() as other:
        port = int(server.url.rsplit(":", 1)[1])
        other.settimeout(2)
        outside = socket.gethostbyname(socket.gethostname())
        if not outside.startswith("127."):
            assert other.connect_ex((outside, port)) != 0
        assert server.url.startswith("http://127.0.0.1:")


def test_a_long_body_is_refused(ask: Ask) -> None:
    assert ask("/hanoi/tintuc_sukien", method="POST", body=b"x" * 70_000).status == 413


def test_the_port_of_the_state_file_comes_first(tmp_path: Path) -> None:
    state = tmp_path / "server.json"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free = socket.socket()
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        state.write_text(json.dumps({"port": port}))
        assert choose_port(0, state) == port
        state.write_text(json.dumps({"port": taken.getsockname()[1]}))
        assert choose_port(0, state) != taken.getsockname()[1]
    assert choose_port(1234, state) == 1234


@pytest.mark.slow
def test_the_command_writes_its_state_and_stops_on_sigterm(tmp_path: Path) -> None:
    state = tmp_path / "demo" / "server.json"
    command = [sys.executable, "-m", "demo.server", "--port=0", f"--state={state}", "--edition=2"]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        said = json.loads(state.read_text())
        assert first_line.startswith(said["url"])
        assert said["pid"] == process.pid and said["edition"] == 2 and said["address"] == said["url"].removeprefix("http://")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(5)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--break", "nonsense"], ["--port", "99999"]])
def test_wrong_arguments_are_one_line(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "demo.server", *arguments], cwd=REPOSITORY, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert done.stderr.startswith("demo.server: ") and len(done.stderr.strip().splitlines()) == 1

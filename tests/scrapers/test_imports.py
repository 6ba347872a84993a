"""Saved pages, plain texts and archives of others become articles, once."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fault_server import FaultServer
from portals_for_tests import HOST, Post, Site, make_portal, make_posts

from muctieu.lake import Lake
from muctieu.records import Article, Capture, Rejected, Run
from scrapers.archive import ArchiveError, iter_pages
from scrapers.imports import import_html, import_text, import_warc, split_text
from scrapers.page import PageOutcome
from scrapers.run import ScrapeOptions, scrape_portal

NOW = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def rows(lake: Lake, folder: str, record: type) -> list[Any]:
    return [row for path in lake.list(folder, ".parquet") for row in lake.read_rows(path, record)]


def save(site: Site, folder: Path, *, manifest: bool = True) -> None:
    folder.mkdir()
    lines = []
    for post in site.posts:
        name = f"{post.id}.html"
        (folder / name).write_text(site.article(post), encoding="utf-8")
        lines.append(json.dumps({"file": name, "url": f"http://{HOST}{post.path}"}))
    (folder / "list.html").write_text(site.listing(1), encoding="utf-8")
    (folder / "gone.html").write_text(
        "<html><head><title>404 Not Found</title></head><body><h1>Không tìm thấy trang</h1></body></html>", encoding="utf-8"
    )
    if manifest:
        (folder / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")


# --- saved pages -----------------------------------------------------------------------------------------------------------------


def test_saved_pages_are_told_apart_and_read(tmp_path: Path) -> None:
    site = Site(make_posts(3))
    save(site, tmp_path / "pages")
    got = {p.file: p for p in import_html(tmp_path / "pages", make_portal(), now=lambda: NOW)}
    assert {name: page.outcome for name, page in got.items()} == {
        "1.html": PageOutcome.ARTICLE, "2.html": PageOutcome.ARTICLE, "3.html": PageOutcome.ARTICLE,
        "list.html": PageOutcome.LISTING, "gone.html": PageOutcome.NOT_FOUND,
    }  # fmt: skip
    post = site.posts[0]
    line = got[f"{post.id}.html"].as_json()
    assert (line["title"], line["body_text"], line["published"]) == (post.title, post.body, post.published.strftime("%Y-%m-%dT%H:%M"))
    assert line["url"] == f"http://{HOST}{post.path}"
    json.dumps(line)


def test_a_dry_run_writes_nothing(tmp_path: Path, lake: Lake) -> None:
    save(Site(make_posts(2)), tmp_path / "pages")
    list(import_html(tmp_path / "pages", make_portal(), now=lambda: NOW))
    assert lake.list("", "") == []


def test_saved_pages_enter_the_lake_once_and_are_known_to_scraping(tmp_path: Path, bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(4))
    save(site, tmp_path / "pages")
    with bench(site) as b:
        list(import_html(tmp_path / "pages", make_portal(), lake=b.lake, now=lambda: NOW))
        assert {a.canonical_url for a in b.articles} == {f"http://{HOST}{p.path}" for p in site.posts}
        before = b.lake.list("", "")
        list(import_html(tmp_path / "pages", make_portal(), lake=b.lake, now=lambda: NOW))
        assert [p for p in b.lake.list("", "") if not p.startswith("state")] == [p for p in before if not p.startswith("state")]
        run = b.scrape(days=0)
        assert (run.fetched, run.new_articles) == (0, 0)
        archived = [
            p for path in b.lake.list("captures", ".warc.gz") for p in iter_pages(b.lake, path) if p.note and p.note.role == "imported"
        ]
        assert len(archived) == 6


def test_a_saved_listing_lends_its_dates(tmp_path: Path, lake: Lake) -> None:
    site = Site(make_posts(3))
    save(site, tmp_path / "pages")
    page = tmp_path / "pages" / "2.html"
    text = page.read_text(encoding="utf-8")
    start = text.index('<span class="date">') + len('<span class="date">')
    page.write_text(text[:start] + text[text.index("</span>") :], encoding="utf-8")
    listing = tmp_path / "pages" / "list.html"
    listing.write_text(listing.read_text(encoding="utf-8").replace('href="', f'href="http://{HOST}'), encoding="utf-8")
    list(import_html(tmp_path / "pages", make_portal(), lake=lake, now=lambda: NOW))
    article = next(a for a in rows(lake, "articles", Article) if a.url.endswith("/bai/2.html"))
    assert article.published_basis == "listing"


def test_addresses_come_from_what_pages_say_of_themselves(tmp_path: Path) -> None:
    site = Site(make_posts(1))
    folder = tmp_path / "pages"
    folder.mkdir()
    page = site.article(site.posts[0])
    (folder / "browser.html").write_text(f"<!-- saved from url=(0030)http://{HOST}/bai/1.html -->{page}", encoding="utf-8")
    (folder / "canonical.html").write_text(
        page.replace("<title>", f'<link rel="canonical" href="http://{HOST}/bai/1.html"><title>'), encoding="utf-8"
    )
    (folder / "elsewhere.html").write_text(
        page.replace("<title>", '<link rel="canonical" href="http://x.test/1"><title>'), encoding="utf-8"
    )
    got = {p.file: p.url for p in import_html(folder, make_portal(), now=lambda: NOW)}
    assert got == {
        "browser.html": f"http://{HOST}/bai/1.html",
        "canonical.html": f"http://{HOST}/bai/1.html",
        "elsewhere.html": f"http://{HOST}/elsewhere.html",
    }


def test_a_folder_without_pages_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="không có trang nào đã lưu"):
        list(import_html(tmp_path, make_portal()))


def test_a_bad_manifest_is_named_with_its_line(tmp_path: Path) -> None:
    save(Site(make_posts(1)), tmp_path / "pages")
    (tmp_path / "pages" / "manifest.jsonl").write_text('{"file": "1.html"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"manifest\.jsonl, dòng 1"):
        list(import_html(tmp_path / "pages", make_portal()))


# --- plain texts -----------------------------------------------------------------------------------------------------------------


def line(**changes: Any) -> str:
    given = {"doc": "a.txt", "published": "2020-07-14T09:11:00+07:00", "portal_area": "Thành phố Hà Nội", "title": None,
             "text": "Giảm nghèo năm 2020\n\nToàn thành phố phấn đấu giảm 0,4% số hộ nghèo."}  # fmt: skip
    return json.dumps({**given, **changes}, ensure_ascii=False)


def test_texts_become_articles(lake: Lake) -> None:
    result = import_text([line(), line(doc="b.txt", title="Tiêu đề khác"), ""], lake, now=lambda: NOW)
    assert (result.new_articles, result.known, result.rejected) == (2, 0, 0)
    first, second = rows(lake, "articles", Article)
    assert (first.title, first.body_text) == ("Giảm nghèo năm 2020", "Toàn thành phố phấn đấu giảm 0,4% số hộ nghèo.")
    assert first.published_at == datetime(2020, 7, 14, 2, 11, tzinfo=UTC)
    assert (first.portal_id, first.portal_area, first.canonical_url) == ("import", "Thành phố Hà Nội", "urn:muctieu:import:a.txt")
    assert second.title == "Tiêu đề khác"
    assert second.body_text.startswith("Giảm nghèo năm 2020\n")
    assert {c.capture_id for c in rows(lake, "capture_index", Capture)} == {first.capture_id, second.capture_id}


def test_the_same_lines_again_give_nothing(lake: Lake) -> None:
    import_text([line(), line(doc="b.txt")], lake, now=lambda: NOW)
    before = lake.list("", "")
    again = import_text([line(), line(doc="b.txt")], lake, now=lambda: NOW)
    assert (again.new_articles, again.known) == (0, 2)
    assert lake.list("", "") == before


def test_a_corrected_text_is_a_new_version(lake: Lake) -> None:
    import_text([line()], lake, now=lambda: NOW)
    import_text([line(text="Giảm nghèo năm 2020\n\nToàn thành phố phấn đấu giảm 0,5% số hộ nghèo.")], lake, now=lambda: NOW)
    first, second = rows(lake, "articles", Article)
    assert first.article_id == second.article_id
    assert first.version_id != second.version_id
    assert len(rows(lake, "runs", Run)) == 2


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("not json", "JSON"),
        ("[1]", "đối tượng"),
        (line(doc=""), "doc"),
        (line(text="   "), "text"),
        (line(portal_area=None), "portal_area"),
        (line(text="Chỉ có tiêu đề"), "nội dung"),
        (line(published="hôm qua"), "ISO"),
        (line(published="2031-01-01"), "tương lai"),
        (line(portal_id="../x"), "portal_id"),
    ],
)
def test_a_bad_line_is_named_kept_and_harms_no_other(lake: Lake, bad: str, why: str) -> None:
    result = import_text([line(), bad, line(doc="c.txt")], lake, now=lambda: NOW)
    assert (result.new_articles, result.rejected) == (2, 1)
    assert result.problems[0].startswith("dòng 2")
    assert why in result.problems[0]
    (row,) = rows(lake, "rejected", Rejected)
    assert row.evidence is not None
    assert bad.startswith(row.evidence[:10])


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("Giảm nghèo (09:11 14/07/2020)\n\nBài.", None, ("Giảm nghèo", "Bài.", "09:11 14/07/2020")),
        ("Giảm nghèo\n\n21/10/2021 14:01\n\n  Bài.", None, ("Giảm nghèo", "Bài.", "21/10/2021 14:01")),
        ("Giảm nghèo\nThứ 3, ngày 19/05/2020 | 07:23 AM (GMT +7)\nBài.", None, ("Giảm nghèo", "Bài.", "Thứ 3, ngày 19/05/2020 | 07:23 AM (GMT +7)")),
        ("Giảm nghèo.\n\nGiảm nghèo.\n\nBài.", None, ("Giảm nghèo.", "Bài.", None)),
        ("Giảm nghèo\nBài.", "Giảm nghèo", ("Giảm nghèo", "Bài.", None)),
        ("Ngày 14/07/2020, huyện họp.\nHai.", "Tiêu đề", ("Tiêu đề", "Ngày 14/07/2020, huyện họp.\nHai.", None)),
    ],
)  # fmt: skip
def test_titles_and_date_lines_are_found(text: str, title: str | None, expected: tuple[str, str, str | None]) -> None:
    assert split_text(text, title) == expected


def test_a_date_is_read_from_the_text_when_none_is_given(lake: Lake) -> None:
    import_text(
        [line(published=None, text="Giảm nghèo\nThứ 3, ngày 19/05/2020 | 07:23 AM (GMT +7)\nToàn tỉnh giảm 2.700 hộ nghèo.")],
        lake,
        now=lambda: NOW,
    )
    (article,) = rows(lake, "articles", Article)
    assert article.published_at == datetime(2020, 5, 19, 0, 23, tzinfo=UTC)


# --- archives of others ----------------------------------------------------------------------------------------------------------


class Unchanging(Site):
    """A site without a view counter."""

    def article(self, post: Post) -> str:
        self.counter = 0
        return super().article(post)


needs_wget = pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")


def crawl(server: FaultServer, folder: Path, name: str, *more: str) -> None:
    command = [
        "wget",
        "-q",
        "-r",
        "-l",
        "3",
        "--no-directories",
        "-P",
        str(folder / "files"),
        f"--warc-file={folder / name}",
        *more,
        f"http://{server.address}/tin",
    ]
    subprocess.run(command, check=False, timeout=60, capture_output=True)


@needs_wget
@pytest.mark.parametrize(("compression", "suffix"), [([], ".warc.gz"), (["--no-warc-compression"], ".warc")])
def test_archives_of_wget_are_read(tmp_path: Path, lake: Lake, compression: list[str], suffix: str) -> None:
    site = Site(make_posts(12), page_size=5)
    with site.serve() as server:
        crawl(server, tmp_path, "crawl", *compression)
        portal = make_portal(hosts=[{"host": server.address}], listings=[{"url": f"http://{server.address}/tin"}])
        result = import_warc([tmp_path / f"crawl{suffix}"], portal, lake, now=lambda: NOW)
        assert (result.new_articles, result.unreadable) == (12, ())
        articles = rows(lake, "articles", Article)
        assert {(a.title, a.body_text) for a in articles} == {(p.title, p.body) for p in site.posts}
        assert all(a.fetched_at > datetime(2026, 1, 1, tzinfo=UTC) for a in articles)
        again = import_warc([tmp_path / f"crawl{suffix}"], portal, lake, now=lambda: NOW)
        assert (again.new_articles, again.run_id) == (0, None)
        live = make_portal(server, hosts=[{"host": server.address}], listings=[{"url": f"http://{server.address}/tin"}])
        run = scrape_portal(live, lake, ScrapeOptions(allow_private_hosts=True), now=lambda: datetime.now(UTC))
        assert run.new_articles == 0


@needs_wget
def test_revisit_records_of_wget_are_resolved(tmp_path: Path, lake: Lake) -> None:
    """With a CDX of an earlier crawl, wget writes revisit records without payload for pages that it has seen."""
    with Unchanging(make_posts(3)).serve() as server:
        crawl(server, tmp_path, "first", "--warc-cdx")
        crawl(server, tmp_path, "second", f"--warc-dedup={tmp_path / 'first.cdx'}")
        joined = tmp_path / "joined.warc.gz"
        joined.write_bytes((tmp_path / "first.warc.gz").read_bytes() + (tmp_path / "second.warc.gz").read_bytes())
        portal = make_portal(hosts=[{"host": server.address}], listings=[{"url": f"http://{server.address}/tin"}])
        result = import_warc([joined], portal, lake, now=lambda: NOW)
        assert result.unreadable == ()
        assert result.new_articles == 3
        assert sum(c.url.endswith("/bai/1.html") for c in rows(lake, "capture_index", Capture)) == 2
        orphan = import_warc([tmp_path / "second.warc.gz"], portal, Lake(str(tmp_path / "other")), now=lambda: NOW)
        assert orphan.new_articles == 0
        assert any("revisit" in problem for problem in orphan.unreadable)


def test_pages_of_other_hosts_are_left_out(lake: Lake, bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(3))) as b:
        b.scrape()
        (path,) = b.lake.list("captures", ".warc.gz")
        result = import_warc(
            [Path(b.lake.full(path))], make_portal(hosts=[{"host": "other.test"}], listings=[{"url": "http://other.test/"}]), lake
        )
        assert (result.responses, result.new_articles, result.run_id) == (0, 0, None)


def test_our_own_archive_can_be_carried_to_another_lake(tmp_path: Path, bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(5))) as b:
        b.scrape()
        (path,) = b.lake.list("captures", ".warc.gz")
        other = Lake(str(tmp_path / "other"))
        result = import_warc([Path(b.lake.full(path))], make_portal(), other, now=lambda: NOW)
        assert result.new_articles == 5
        assert {a.version_id for a in rows(other, "articles", Article)} == {a.version_id for a in b.articles}


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1f\x8b\x08\x00garbage", b"<html></html>"])
def test_a_file_that_is_no_archive_says_so(tmp_path: Path, lake: Lake, content: bytes) -> None:
    (tmp_path / "x.warc.gz").write_bytes(content)
    if content:
        with pytest.raises(ArchiveError, match=r"x\.warc\.gz"):
            import_warc([tmp_path / "x.warc.gz"], make_portal(), lake)
    else:
        assert import_warc([tmp_path / "x.warc.gz"], make_portal(), lake).run_id is None


def test_an_archive_that_is_cut_off_gives_what_is_whole(tmp_path: Path, bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(5))) as b:
        b.scrape()
        (path,) = b.lake.list("captures", ".warc.gz")
        data = b.lake.read(path)
        (tmp_path / "cut.warc.gz").write_bytes(data[: int(len(data) * 0.8)])
        result = import_warc([tmp_path / "cut.warc.gz"], make_portal(), Lake(str(tmp_path / "other")), now=lambda: NOW)
        assert 0 < result.new_articles < 5

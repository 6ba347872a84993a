"""Whole runs of a portal against a small site: what is new, what changed, what broke, and what must not be lost."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fault_server import Behaviour, Request, Wire, answer
from portals_for_tests import HOST, Post, Site, make_portal, make_posts

from muctieu.records import Run
from muctieu.settings import TIMEZONE
from scrapers.archive import PortalBusyError, iter_pages, portal_lock, read_page
from scrapers.reading import taken_down
from scrapers.run import Progress, ScrapeOptions, scrape_portal
from scrapers.state import read_state

Bench = Any


def contents(bench: Bench) -> set[tuple[str, str, str]]:
    return {(a.canonical_url, a.title, a.body_text) for a in bench.articles}


def test_a_first_run_brings_every_article_once(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(23))
    with bench(site) as b:
        run = b.scrape()
        assert (run.outcome, run.message) == ("ok", "")
        assert (run.listings, run.links, run.fetched, run.new_articles, run.new_versions, run.rejected) == (3, 23, 23, 23, 0, 0)
        assert contents(b) == {(f"http://{HOST}{p.path}", p.title, p.body) for p in site.posts}
        first = next(a for a in b.articles if a.title == site.posts[0].title)
        assert first.published_at == site.posts[0].published
        assert (first.portal_area, first.published_basis, first.parser) == ("Huyện Thử, Tỉnh Nghiệm", "page", "plain/1")


def test_a_second_run_finds_nothing_new_and_asks_for_no_article(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(23))) as b:
        b.scrape(days=0.01)
        run = b.scrape()
        assert (run.outcome, run.fetched, run.new_articles, len(b.articles)) == ("ok", 0, 0, 23)
        assert run.listings == 2  # fifteen known articles in a row


def test_new_articles_are_found_by_the_next_run(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(30)[5:])
    with bench(site) as b:
        b.scrape(days=0.01)
        site.posts = make_posts(30)
        run = b.scrape()
        assert (run.new_articles, run.fetched, len(b.articles)) == (5, 5, 30)


def test_every_response_is_archived_before_it_is_read(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(3))) as b:
        run = b.scrape()
        (path,) = b.lake.list("captures", ".warc.gz")
        assert path == f"captures/test-portal/{run.run_id}.warc.gz"
        archived = {p.note.capture_id: p for p in iter_pages(b.lake, path) if p.note}
        assert set(archived) == {c.capture_id for c in b.captures}
        assert {c.role for c in b.captures} == {"robots", "listing", "article"}
        for capture in b.captures:
            page = read_page(b.lake, capture.warc_path, capture.warc_offset)
            assert page.page.body == archived[capture.capture_id].page.body
            assert page.page.fetched_at == capture.fetched_at


def test_row27_an_edited_article_is_a_new_version_of_the_same_article(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(6))
    with bench(site) as b:
        b.scrape(days=1)
        site.edit(3, body="Sửa lại: toàn huyện còn 99 hộ nghèo, chiếm 1,1% tổng số hộ trên địa bàn, theo kết quả rà soát cuối năm.")
        run = b.scrape()
        assert (run.new_articles, run.new_versions) == (0, 1)
        versions = [a for a in b.articles if a.canonical_url.endswith("/bai/3.html")]
        assert len({a.article_id for a in versions}) == 1
        assert len({a.version_id for a in versions}) == 2


def test_an_edit_that_is_taken_back_is_seen_as_well(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(2))
    original = site.posts[0]
    with bench(site) as b:
        b.scrape(days=1)
        site.edit(original.id, body=original.body + "\nBổ sung một câu về nước sạch nông thôn.")
        b.scrape(days=2)
        site.posts = make_posts(2)
        run = b.scrape()
        assert run.new_versions == 1
        versions = [a.version_id for a in sorted(b.articles, key=lambda a: a.fetched_at) if a.canonical_url.endswith(original.path)]
        assert versions[0] == versions[2] != versions[1]


def test_row28_counters_and_tokens_make_no_version(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(6))
    with bench(site) as b:
        b.scrape(days=1)
        run = b.scrape(options={"refresh": True})
        assert (run.fetched, run.new_articles, run.new_versions, len(b.articles)) == (6, 0, 0, 6)
        bodies = {(c.url, c.body_sha256) for c in b.captures if c.role == "article"}
        assert len(bodies) == 12  # the bytes did differ


def test_row22_row28_spaces_and_decomposed_letters_make_no_version(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(3))
    with bench(site) as b:
        b.scrape(days=1)
        site.posts = [Post(p.id, unicodedata.normalize("NFD", p.title), p.body.replace(" ", "  "), p.published) for p in site.posts]
        run = b.scrape(options={"refresh": True})
        assert (run.fetched, run.new_versions) == (3, 0)


def _with_urls(*links: str) -> str:
    return "<ul>" + "".join(f'<li class="item"><a href="{u}">Bài</a></li>' for u in links) + "</ul><footer id=real></footer>"


def test_row25_one_article_at_many_addresses_is_one_article(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(1))
    post = site.posts[0]
    spellings = [
        f"{post.path}?utm_source=zalo", f"{post.path}#top", f"http://{HOST}:80{post.path}", f"/web/guest{post.path}",
        f"{post.path};jsessionid=AB12", f"//{HOST}/{post.path}", f"https://www.{HOST}{post.path}?fbclid=1",
    ]  # fmt: skip

    def tamper(request: Request, response: bytes) -> bytes:
        if request.path == "/tin":
            return answer(_with_urls(*spellings))
        return answer(site.article(post)) if "/bai/" in request.path else response

    site.tamper = tamper
    with bench(site) as b:
        run = b.scrape(identity={"rewrite": [{"pattern": "/web/guest/", "to": "/"}]})
        assert (run.links, run.fetched, run.new_articles) == (1, 1, 1)
        assert b.articles[0].canonical_url == f"http://{HOST}{post.path}"


def test_row25_what_the_page_declares_joins_addresses_that_no_rule_knows(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(1))
    post = site.posts[0]

    def tamper(request: Request, response: bytes) -> bytes:
        if request.path == "/tin":
            return answer(_with_urls("/chuyen-muc-a/1", "/chuyen-muc-b/1"))
        if request.path.startswith("/chuyen-muc"):
            return answer(site.article(post).replace("<title>", f'<link rel="canonical" href="{post.path}"><title>'))
        return response

    site.tamper = tamper
    with bench(site) as b:
        run = b.scrape()
        assert (run.fetched, run.new_articles) == (2, 1)
        assert len({c.url for c in b.captures if c.role == "article"}) == 2  # both addresses are on record


def test_row25_a_template_that_declares_one_address_for_all_pages_is_not_believed(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(4))

    def tamper(request: Request, response: bytes) -> bytes:
        post = next((p for p in site.posts if p.path == request.path), None)
        return answer(site.article(post).replace("<title>", '<link rel="canonical" href="/bai/1.html"><title>')) if post else response

    site.tamper = tamper
    with bench(site) as b:
        run = b.scrape()
        assert run.new_articles == 4
        assert contents(b) >= {(f"http://{HOST}{p.path}", p.title, p.body) for p in site.posts if p.id != site.posts[0].id}


def test_row26_the_same_release_on_two_portals_is_one_story_and_two_articles(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(2))
    with bench(site) as b:
        b.scrape(days=0)
        site.posts = [Post(p.id, "Đăng lại: " + p.title, p.body.replace("Ủy ban", "Uỷ  ban"), p.published) for p in site.posts]
        b.scrape(id="other-portal")
        assert len(b.articles) == 4
        assert len({a.story_id for a in b.articles}) == 2
        assert len({a.version_id for a in b.articles}) == 4


def test_row29_a_missing_article_is_noted_and_its_rows_stay(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(4))
    with bench(site) as b:
        b.scrape(days=1)
        gone = site.posts.pop(1)
        run = b.scrape()
        assert run.outcome in ("ok", "degraded")
        assert len(b.articles) == 4
        row = read_state(b.lake, make_portal()).urls[f"http://{HOST}{gone.path}"]
        assert (row.status, row.missing_since is not None) == ("article", True)


def test_row29_an_article_is_taken_down_after_two_answers_days_apart_in_healthy_runs(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(8))
    gone = site.posts[1]
    with bench(site) as b:
        b.scrape(days=1)
        site.posts.remove(gone)
        b.scrape(days=0.5)  # 404 for the first time
        b.scrape(days=1.6)  # too soon to ask again
        asked = b.address.asked(gone.path)
        site.tamper = lambda request, response: response.replace(b'"item"', b'"unit"') if request.path == "/tin" else response
        assert b.scrape(days=1).outcome == "broken"
        assert [r for r in b.rejected if r.rule == "taken_down"] == []  # not in a broken run
        site.tamper = lambda request, response: response  # noqa: ARG005
        b.scrape(days=3)
        b.scrape(days=3)
        rows = [r for r in b.rejected if r.rule == "taken_down"]
        assert [r.url for r in rows] == [f"http://{HOST}{gone.path}"]
        assert rows[0].source_id in {a.version_id for a in b.articles}
        assert b.address.asked(gone.path) <= asked + 2
        count = b.address.asked(gone.path)
        b.scrape(days=10)
        assert b.address.asked(gone.path) == count  # and then it is left alone
        assert len(b.articles) == 8
        site.posts.insert(0, gone)  # until the portal announces it again
        run = b.scrape()
        assert (run.fetched, run.new_articles, run.new_versions) == (1, 0, 0)
        assert read_state(b.lake, make_portal()).urls[f"http://{HOST}{gone.path}"].status == "article"
        # and taken down once more, it is another row, which a parse of the same capture is not
        known, capture = rows[0], next(c for c in b.captures if c.capture_id in {a.capture_id for a in b.articles})
        again = taken_down(capture, known.source_id)
        assert again.rejected_id != known.rejected_id and again == taken_down(capture, known.source_id)


def test_row32_articles_published_while_the_listing_is_read_cost_none_and_double_none(bench: Callable[[Site], Any]) -> None:
    every = make_posts(34)
    site = Site(every[4:])  # thirty of them, on three pages
    first = iter(["once"])

    def publish_on(request: Any, response: bytes) -> bytes:
        if request.target == "/tin?trang=2" and next(first, None):
            site.posts = every  # four new ones on top: page 2 begins with four that page 1 has shown
            return site.answer(request)
        return response

    site.tamper = publish_on
    with bench(site) as b:
        assert (run := b.scrape()).outcome == "ok"
        assert run.new_articles == 30
        assert b.scrape().new_articles == 4
        assert sorted(a.title for a in b.articles) == sorted(p.title for p in every)


def test_row31_33_a_redesigned_listing_breaks_the_run_and_keeps_the_data(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))
    with bench(site) as b:
        b.scrape()
        before = contents(b)
        site.tamper = lambda request, response: response.replace(b'class="item"', b'class="entry"') if request.path == "/tin" else response
        run = b.scrape()
        assert run.outcome == "broken"
        assert "/tin" in run.message
        assert contents(b) == before
        site.tamper = lambda request, response: response  # noqa: ARG005
        assert b.scrape().outcome == "ok"


def test_row34_redesigned_articles_break_the_run_and_nothing_is_taken(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))
    with bench(site) as b:
        site.tamper = lambda request, response: (
            response.replace(b'class="body"', b'class="content"') if "/bai/" in request.path else response
        )
        run = b.scrape()
        assert run.outcome == "broken"
        assert "nội dung" in run.message
        assert b.articles == []
        assert {r.rule for r in b.rejected} == {"markup_changed"}


def test_row34_a_wrong_container_does_not_replace_good_versions(bench: Callable[[Site], Any]) -> None:
    """Bodies are still found, but they are a line of the template: without a floor every article would get a new version."""
    site = Site(make_posts(12))
    with bench(site) as b:
        b.scrape(days=1)
        stub = '<div class="body"><p>Trang này dùng cookie để phục vụ bạn tốt hơn, xin cảm ơn bạn.</p></div><div class="x">'
        site.tamper = lambda request, response: (
            answer(response.partition(b"\r\n\r\n")[2].decode().replace('<div class="body">', stub)) if "/bai/" in request.path else response
        )
        run = b.scrape(options={"refresh": True}, normal={"min": {"body_chars_p50": 150}, "max": {"days_since_newest": 10**6}})
        assert run.outcome == "broken"
        assert (run.new_versions, len(b.articles)) == (0, 12)
        assert {r.rule for r in b.rejected} == {"run_broken"}
        site.tamper = lambda request, response: response  # noqa: ARG005
        assert b.scrape(options={"refresh": True}).new_versions == 0


def test_a_broken_run_is_made_up_for_when_the_portal_is_mended(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))
    with bench(site) as b:
        site.tamper = lambda request, response: response.replace(b'class="date"', b'class="datum"') if "/bai/" in request.path else response
        assert b.scrape().outcome == "broken"
        site.tamper = lambda request, response: response  # noqa: ARG005
        b.scrape(options={"refresh": True})
        assert len(b.articles) == 12


def test_one_bad_page_is_held_back_and_the_others_go_on(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))

    def tamper(request: Request, response: bytes) -> bytes:
        return response.replace(b'class="date"', b'class="datum"') if request.path == "/bai/4.html" else response

    site.tamper = tamper
    with bench(site) as b:
        run = b.scrape()
        assert (run.outcome, run.new_articles, run.rejected) == ("ok", 11, 1)
        (row,) = b.rejected
        assert (row.rule, row.layer, row.url) == ("markup_changed", "capture", f"http://{HOST}/bai/4.html")
        assert "span.date" in row.evidence
        assert row.source_id in {c.capture_id for c in b.captures}
        assert row.reason.endswith(".")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda p: Post(p.id, p.title, p.body, datetime(2026, 12, 24, 8, 0, tzinfo=TIMEZONE)), "future_date"),
        (lambda p: Post(p.id, p.title, "", p.published), "empty_body"),
        (lambda p: Post(p.id, p.title, "Xem tệp đính kèm.", p.published), "short_body"),
    ],
)
def test_row40_what_cannot_be_right_is_held_back_with_its_reason(
    bench: Callable[[Site], Any], change: Callable[[Post], Post], rule: str
) -> None:
    site = Site(make_posts(12))
    site.posts[3] = change(site.posts[3])
    with bench(site) as b:
        run = b.scrape()
        assert run.new_articles == 11
        assert [r.rule for r in b.rejected] == [rule]


def test_row40_midnight_in_hanoi_is_the_local_day(bench: Callable[[Site], Any]) -> None:
    """00:30 in Hanoi is the day before in UTC, and the area is that of the local day."""
    posts = [Post(1, "Tin đầu ngày", make_posts(1)[0].body, datetime(2025, 7, 1, 0, 30, tzinfo=TIMEZONE))]
    with bench(Site(posts)) as b:
        b.scrape(areas=[{"name": "Huyện cũ", "to": "2025-06-30"}, {"name": "Xã mới", "from": "2025-07-01"}])
        (article,) = b.articles
        assert article.published_at == datetime(2025, 6, 30, 17, 30, tzinfo=UTC)
        assert article.portal_area == "Xã mới"


def test_a_missing_date_is_taken_from_the_listing(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(6))

    def tamper(request: Request, response: bytes) -> bytes:
        if request.path != "/bai/2.html":
            return response
        text = response.partition(b"\r\n\r\n")[2].decode()
        return answer(text.replace(text[text.index('<span class="date">') : text.index("</span>")], '<span class="date">'))

    site.tamper = tamper
    with bench(site) as b:
        b.scrape()
        article = next(a for a in b.articles if a.url.endswith("/bai/2.html"))
        post = next(p for p in site.posts if p.id == 2)
        assert article.published_basis == "listing"
        assert article.published_at.astimezone(TIMEZONE).date() == post.published.date()


def test_dates_that_a_machine_wrote_on_many_pages_are_not_believed(bench: Callable[[Site], Any]) -> None:
    posts = make_posts(20)
    built = datetime(2026, 8, 8, 8, 51, tzinfo=TIMEZONE)
    site = Site([Post(p.id, p.title, p.body, built if p.id <= 8 else p.published) for p in posts])
    with bench(site) as b:
        run = b.scrape(normal={"min": {"fill_date": 0.5, "body_chars_p50": 50}, "max": {"days_since_newest": 10**6}})
        assert run.new_articles == 12
        assert {r.rule for r in b.rejected} == {"bulk_date"}
        site.edit(3, title="Tiêu đề đã sửa")  # read again by itself, its date is still one of many
        b.scrape(normal={"min": {"fill_date": 0.5, "body_chars_p50": 50}, "max": {"days_since_newest": 10**6}})
        assert not any(a.url.endswith("/bai/3.html") for a in b.articles)


def test_row15_a_challenge_with_status_200_is_blocked_and_not_parsed(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(5))
    stub = answer("<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult…</body></html>")
    with bench(site) as b:
        site.tamper = lambda request, response: stub if request.path != "/robots.txt" else response
        run = b.scrape()
        assert (run.outcome, b.articles) == ("blocked", [])
        assert {c.outcome for c in b.captures if c.role == "listing"} == {"blocked"}
        site.tamper = lambda request, response: response  # noqa: ARG005
        assert b.scrape().new_articles == 5


def test_row15_a_page_without_the_portals_footer_is_no_page_of_it(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))
    other = answer(
        "<html><body><h1 class=title>Xin chờ trong giây lát</h1><article class=post></article></body></html>" + "<!-- -->" * 9000
    )
    with bench(site) as b:
        site.tamper = lambda request, response: other if request.path in ("/bai/3.html", "/bai/4.html") else response
        run = b.scrape(real_page="#real")
        assert (run.new_articles, run.failed, b.rejected) == (10, 2, [])
        site.tamper = lambda request, response: response  # noqa: ARG005
        assert b.scrape(real_page="#real").new_articles == 2


def test_row35_a_filter_that_is_ignored_is_noticed(bench: Callable[[Site], Any]) -> None:
    """Many requests for few new articles: the listing pages go on and on over what is known."""
    site = Site(make_posts(600)[300:], page_size=5)
    with bench(site) as b:
        b.scrape(days=0.01, listings=[{"url": f"http://{HOST}/tin", "max_pages": 100}])
        site.posts = make_posts(600)[299:]
        run = b.scrape(
            options={"since": date(2020, 1, 1)},
            normal={"min": {"body_chars_p50": 50}, "max": {"requests_per_new": 20, "days_since_newest": 10**6, "duplicate_share": 1}},
        )
        assert run.outcome == "degraded"
        assert "yêu cầu" in run.message


def test_row36_robots_that_forbid_everything_block_the_run(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(3), robots=answer("User-agent: *\nDisallow: /\n", content_type="text/plain"))
    with bench(site) as b:
        run = b.scrape()
        assert (run.outcome, b.articles) == ("blocked", [])
        assert [c.outcome for c in b.captures] == ["ok", "robots_disallowed"]


def test_row16_robots_with_503_stop_the_run(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(3), robots=answer("", 503))
    with bench(site) as b:
        run = b.scrape()
        assert run.outcome == "unreachable"
        assert "robots.txt" in run.message
        assert [c.role for c in b.captures if c.outcome == "ok"] == []
        assert b.address.asked("/tin") == 0


def test_a_portal_that_does_not_answer_at_all_is_unreachable(bench: Callable[[Site], Any]) -> None:
    """Servers abroad see Vietnamese portals drop connections silently: that is no rule of robots.txt."""
    site = Site(make_posts(3))
    site.tamper = lambda request, response: _hang_up  # noqa: ARG005
    with bench(site) as b:
        run = b.scrape()
        assert run.outcome == "unreachable"
        assert {c.outcome for c in b.captures} == {"connection_error"}


def test_row36_pages_that_robots_forbid_are_not_asked_for(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(5), robots=answer("User-agent: *\nDisallow: /bai/2.html\nCrawl-delay: 3\n", content_type="text/plain"))
    with bench(site) as b:
        run = b.scrape()
        assert (run.new_articles, run.failed) == (4, 1)
        assert b.address.asked("/bai/2.html") == 0
        assert b.slept == pytest.approx(3 * 4, abs=1.0)


def test_row38_known_pages_are_asked_for_with_conditions(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(4))

    def tamper(request: Request, response: bytes) -> bytes:
        if "/bai/" not in request.path:
            return response
        if request.headers.get("if-none-match") == '"v1"':
            return b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
        return response.replace(b"HTTP/1.1 200 X\r\n", b'HTTP/1.1 200 X\r\nETag: "v1"\r\n')

    site.tamper = tamper
    with bench(site) as b:
        b.scrape(days=1)
        run = b.scrape(days=2)
        assert (run.fetched, run.not_modified, run.new_versions) == (0, 4, 0)


def test_row38_a_lying_304_is_found_by_the_last_visit(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(2))

    def tamper(request: Request, response: bytes) -> bytes:
        if "/bai/" in request.path and "if-none-match" in request.headers:
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"  # whatever was edited
        return response.replace(b"HTTP/1.1 200 X\r\n", b'HTTP/1.1 200 X\r\nETag: "same"\r\n')

    site.tamper = tamper
    with bench(site) as b:
        b.scrape(days=1)
        site.edit(1, body="Đã sửa mà máy chủ không nói: toàn huyện còn 12 hộ nghèo, chiếm 0,2% tổng số hộ trên địa bàn.")
        assert b.scrape(days=2).new_versions == 0
        assert b.scrape(days=5).new_versions == 0
        assert b.scrape(days=1).new_versions == 1
        assert b.scrape(days=30).fetched == 0  # and then the article is left in peace


def test_an_article_that_could_not_be_had_is_tried_again(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))
    site.tamper = lambda request, response: answer("", 500) if request.path == "/bai/5.html" else response
    with bench(site) as b:
        run = b.scrape()
        assert (run.new_articles, run.failed) == (11, 1)
        site.posts = []  # it has left the listing by the time the server is well
        site.tamper = lambda request, response: answer(site.article(make_posts(12)[7])) if request.path == "/bai/5.html" else response
        run = b.scrape()
        assert run.new_articles == 1
        assert len(b.articles) == 12


def test_an_article_that_is_never_had_is_given_up(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))
    site.tamper = lambda request, response: answer("", 500) if request.path == "/bai/5.html" else response
    with bench(site) as b:
        for _ in range(9):
            b.scrape()
        assert b.address.asked("/bai/5.html") == 5


def test_a_portal_that_is_down_is_unreachable(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(3))
    site.tamper = lambda request, response: response if request.path == "/robots.txt" else _hang_up
    with bench(site) as b:
        run = b.scrape()
        assert run.outcome == "unreachable"
        assert run.message


def _hang_up(wire: Wire, request: Request) -> None:  # noqa: ARG001
    wire.hang_up()


def test_a_portal_that_breaks_down_half_way_is_not_asked_on(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(40))

    def tamper(request: Request, response: bytes) -> bytes | Behaviour:
        return _hang_up if "/bai/" in request.path and int(request.path[5:-5]) <= 30 else response

    site.tamper = tamper
    with bench(site) as b:
        run = b.scrape()
        assert run.outcome == "degraded"
        assert (run.new_articles, run.failed) == (10, 5)
        site.tamper = lambda request, response: response  # noqa: ARG005
        assert b.scrape().new_articles == 30
        assert len(b.articles) == 40


def test_a_limited_run_does_not_hide_the_rest(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(40))) as b:
        assert b.scrape(options={"limit": 7}).new_articles == 7
        assert b.scrape(options={"limit": 7}).new_articles == 7
        b.scrape()
        assert len({a.article_id for a in b.articles}) == len(b.articles) == 40


def test_a_failed_listing_page_does_not_hide_what_lies_beyond(bench: Callable[[Site], Any]) -> None:
    """The walk was not complete, so the next one must not stop at the articles that it knows."""
    site = Site(make_posts(60))
    site.tamper = lambda request, response: answer("", 500) if request.target.endswith("trang=4") else response
    with bench(site) as b:
        run = b.scrape()
        assert (run.outcome, run.new_articles) == ("degraded", 30)
        site.tamper = lambda request, response: response  # noqa: ARG005
        assert b.scrape().new_articles == 30
        assert len(b.articles) == 60


def test_an_empty_portal_that_says_so_is_ok(bench: Callable[[Site], Any]) -> None:
    with bench(Site([])) as b:
        assert b.scrape().outcome == "ok_empty_declared"


def test_a_stale_portal_is_degraded(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(6))) as b:
        run = b.scrape(normal={"min": {"body_chars_p50": 50}, "max": {"days_since_newest": 30}})
        assert run.outcome == "degraded"
        assert "ngày tuổi" in run.message


def test_row43_hostile_pages_end_no_run(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12))
    hostile = {
        "/bai/1.html": b"<html>" + b"<div>" * 20_000 + b"x",
        "/bai/2.html": b"\x00" * 5000,
        "/bai/3.html": b"<p>" + b"a" * 5_000_000,
        "/bai/4.html": b"\xff\xd8\xff\xe0" + b"\x80" * 9000,
        "/bai/5.html": b'<meta http-equiv="refresh" content="0;url=/bai/5.html">',
        "/bai/6.html": b"%PDF-1.7 " + b"\x00\x01" * 2000,
        "/bai/7.html": b"<article class=post>" + b"<b>x" * 1_000_000,  # as a tree it would be a gigabyte
    }
    site.tamper = lambda request, response: answer(hostile[request.path]) if request.path in hostile else response
    with bench(site) as b:
        run = b.scrape(
            normal={"min": {"fill_title": 0, "fill_date": 0, "fill_body": 0, "body_chars_p50": 50}, "max": {"days_since_newest": 10**6}}
        )
        assert (run.new_articles, run.rejected) == (5, 7)
        assert {r.url.removeprefix(f"http://{HOST}") for r in b.rejected} == set(hostile)
        assert sum(request.path == "/bai/5.html" for request in b.address.requests) == 1  # no refresh is followed
        (giant,) = (r for r in b.rejected if r.url.endswith("/bai/7.html"))
        assert (giant.rule, "1000001 tags" in (giant.evidence or "")) == ("parser_error", True)


def test_row43_nul_bytes_inside_an_article_do_not_cut_it(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(1))
    site.tamper = lambda request, response: (
        answer(response.partition(b"\r\n\r\n")[2].replace(b"<p>", b"<p>\x00", 1)) if "/bai/" in request.path else response
    )
    with bench(site) as b:
        b.scrape()
        assert b.articles[0].body_text == site.posts[0].body


def test_a_portal_is_scraped_once_at_a_time(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(2))) as b:
        with portal_lock(b.lake, "test-portal"), pytest.raises(PortalBusyError, match="test-portal"):
            b.scrape()
        assert b.scrape().outcome == "ok"


def test_row42_a_portal_that_hangs_does_not_hold_the_others(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(5))
    with bench(site) as b:
        stuck = threading.Event()

        def hold(wire: Wire, request: Request) -> None:  # noqa: ARG001
            stuck.wait(5)

        site.tamper = lambda request, response: hold if request.headers["host"] == "stuck.test" else response
        done: dict[str, Run] = {}

        def run(id: str, host: str) -> None:
            portal = make_portal(
                id=id,
                hosts=[{"host": host, "connect_to": b.address.address}],
                listings=[{"url": f"http://{host}/tin"}],
                http={"deadline_s": 3},
            )
            done[id] = scrape_portal(portal, b.lake, ScrapeOptions(allow_private_hosts=True), now=lambda: datetime.now(UTC))

        threads = [threading.Thread(target=run, args=("stuck", "stuck.test")), threading.Thread(target=run, args=("fine", "fine.test"))]
        for thread in threads:
            thread.start()
        threads[1].join(3)
        assert done["fine"].new_articles == 5
        stuck.set()
        threads[0].join(8)
        assert done["stuck"].outcome == "unreachable"


def test_the_state_can_be_lost_and_is_rebuilt(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(25))
    with bench(site) as b:
        b.scrape(days=0.01)
        for path in b.lake.list("state", ".parquet"):
            b.lake.fs.rm_file(b.lake.full(path))
        run = b.scrape(days=0.01)
        assert (run.fetched, run.new_articles, len(b.articles)) == (0, 0, 25)
        assert run.listings == 3  # what was walked to its end is not known any more, so it is walked once more
        assert b.scrape().listings == 2


def test_progress_is_told(bench: Callable[[Site], Any]) -> None:
    events: list[Progress] = []
    with bench(Site(make_posts(3))) as b:
        scrape_portal(make_portal(b.address), b.lake, ScrapeOptions(allow_private_hosts=True), now=lambda: b.at, on_progress=events.append)
    assert [e.stage for e in events] == ["listing", "article", "article", "article", "writing"]
    assert [(e.done, e.total) for e in events if e.stage == "article"] == [(0, 3), (1, 3), (2, 3)]


def test_archive_only_portals_are_not_scraped(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(1))) as b, pytest.raises(ValueError, match="archive_only"):
        b.scrape(status="archive_only")


def test_run_ids_follow_each_other_when_the_clock_stands_still(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(2))) as b:
        runs = [b.scrape(days=0).run_id for _ in range(4)]
    assert runs == sorted(runs)
    assert len({r[:-5] for r in runs}) == 4


def test_the_clock_may_go_back(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(12)[2:])
    with bench(site) as b:
        b.scrape(days=-3)
        site.posts = make_posts(12)
        assert b.scrape().new_articles == 2
        assert b.scrape(days=0).new_articles == 0
        assert timedelta(0) <= b.rows("runs", Run)[1].ended_at - b.rows("runs", Run)[1].started_at

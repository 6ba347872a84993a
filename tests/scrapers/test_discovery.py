"""Walking listings, feeds and sitemaps that loop, overlap, go empty or lie."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from portals_for_tests import HOST, PLAIN, Site, make_portal, make_posts

from scrapers.discovery import Bounds, NotFetchedError, Walk, walk
from scrapers.identity import canonical_url
from scrapers.page import Listing, NextPage, Page
from scrapers.registry import ListingSource

START = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)
BASE = f"http://{HOST}"
Answer = Callable[[NextPage], str | bytes | None]


class Asked:
    """Answers requests from a function and remembers them; None is a failure."""

    def __init__(self, reply: Answer) -> None:
        self.reply = reply
        self.requests: list[NextPage] = []

    def __call__(self, request: NextPage, role: str) -> Page:  # noqa: ARG002
        self.requests.append(request)
        body = self.reply(request)
        if body is None:
            raise NotFetchedError(request.url, "timeout", "no answer")
        return Page(request.url, request.url, body.encode() if isinstance(body, str) else body, {}, START)

    @property
    def urls(self) -> list[str]:
        return [r.url.removeprefix(BASE) for r in self.requests]


def listing(*ids: int | str, next: str | None = None, total: int | None = None) -> str:
    links = "".join(f'<li class="item"><a href="{i if isinstance(i, str) else f"/bai/{i}.html"}">Bài {i}</a></li>' for i in ids)
    more = f'<a class="next" href="{next}">›</a>' if next else ""
    count = f'<b class="total">{total}</b>' if total else ""
    return f"<ul>{links}</ul>{count}{more}"


def go(reply: Answer, bounds: Bounds | None = None, **source: Any) -> tuple[Walk, Asked]:
    asked = Asked(reply)
    portal = make_portal()
    return walk(ListingSource.model_validate({"url": f"{BASE}/tin", **source}), portal, PLAIN, asked, bounds or Bounds()), asked


def ids(found: Walk) -> list[str]:
    return [key.removeprefix(f"{BASE}/bai/").removesuffix(".html") for key in found.found]


def pages(*contents: str) -> Answer:
    """Pages /tin, /tin?trang=2, ... in order."""

    def reply(request: NextPage) -> str:
        number = int(request.url.partition("trang=")[2] or 1)
        return contents[number - 1] if number <= len(contents) else listing()

    return reply


def test_pages_are_followed_to_the_end() -> None:
    got, asked = go(pages(listing(1, 2, next="/tin?trang=2"), listing(3, 4, next="/tin?trang=3"), listing(5)))
    assert ids(got) == ["1", "2", "3", "4", "5"]
    assert (got.ended, got.complete, asked.urls) == ("end", True, ["/tin", "/tin?trang=2", "/tin?trang=3"])


def test_row30_a_pager_that_leads_back_is_a_loop() -> None:
    got, _ = go(pages(listing(1, next="/tin?trang=2"), listing(2, next="/tin?trang=3"), listing(3, next="/tin")))
    assert (got.ended, got.complete) == ("loop", False)
    assert ids(got) == ["1", "2", "3"]
    assert got.problems


def test_row30_page_n_that_shows_page_one_is_a_loop() -> None:
    got, asked = go(pages(listing(1, 2, next="/tin?trang=2"), listing(3, 4, next="/tin?trang=3"), listing(1, 2, next="/tin?trang=4")))
    assert (got.ended, len(asked.urls)) == ("loop", 3)


def test_row30_the_last_page_shown_again_is_the_end() -> None:
    """What many portals answer to a page number beyond the last."""
    got, _ = go(pages(listing(1, 2, next="/tin?trang=2"), listing(3, next="/tin?trang=3"), listing(3, next="/tin?trang=4")))
    assert (got.ended, got.complete) == ("end", True)


def test_row30_endless_pages_that_bring_nothing_new_are_given_up() -> None:
    def reply(request: NextPage) -> str:
        number = int(request.url.partition("trang=")[2] or 1)
        first, second = (1, 2) if number % 2 else (2, 1)
        shuffled = [first, second, *([3] if number % 3 == 0 else [])]
        return listing(*shuffled, next=f"/tin?trang={number + 1}")

    got, asked = go(reply)
    assert got.ended == "loop"
    assert len(asked.urls) < 10


def test_row30_endless_new_pages_end_at_the_cap() -> None:
    def reply(request: NextPage) -> str:
        number = int(request.url.partition("trang=")[2] or 1)
        return listing(number, next=f"/tin?trang={number + 1}")

    first, _ = go(reply, Bounds(first=True), max_pages=7)
    assert (first.ended, first.pages, first.complete) == ("depth", 7, True)
    later, _ = go(reply, Bounds(first=False), max_pages=7)
    assert (later.ended, later.complete) == ("max_pages", False)


def test_row31_a_transient_empty_page_is_asked_for_again() -> None:
    answers = {f"{BASE}/tin?trang=2": ['<p class="none">Chưa có</p>', listing(3, 4)]}

    def reply(request: NextPage) -> str:
        return answers[request.url].pop(0) if request.url in answers else listing(1, 2, next="/tin?trang=2")

    got, _ = go(reply)
    assert ids(got) == ["1", "2", "3", "4"]


def test_row31_a_page_without_entries_in_the_middle_fails_the_walk() -> None:
    got, asked = go(pages(listing(1, 2, next="/tin?trang=2"), "<html><body>Đang tải…</body></html>"))
    assert (got.ended, got.complete) == ("broken", False)
    assert asked.urls == ["/tin", "/tin?trang=2", "/tin?trang=2"]
    assert ids(got) == ["1", "2"]


def test_row31_emptiness_that_is_said_twice_is_the_end() -> None:
    got, asked = go(pages(listing(1, 2, next="/tin?trang=2"), '<p class="none">Hết</p>'))
    assert (got.ended, len(asked.urls)) == ("end", 3)


def test_row31_an_end_long_before_the_announced_total_is_broken() -> None:
    got, _ = go(pages(listing(1, 2, next="/tin?trang=2", total=243), listing(3, 4, total=243)))
    assert (got.ended, got.complete) == ("broken", False)
    assert "243" in got.problems[0]


def test_row32_pages_that_overlap_give_each_article_once() -> None:
    """Two articles were published between page 1 and page 2."""
    got, _ = go(pages(listing(5, 4, 3, next="/tin?trang=2"), listing(4, 3, 2, next="/tin?trang=3"), listing(1)))
    assert ids(got) == ["5", "4", "3", "2", "1"]
    assert got.repeated == 2
    assert got.complete


def test_row33_a_listing_without_its_container_is_broken() -> None:
    got, asked = go(lambda request: "<div class='redesigned'><a href='/bai/1.html'>Bài</a></div>")  # noqa: ARG005
    assert (got.ended, got.found, len(asked.urls)) == ("broken", {}, 2)


def test_an_empty_listing_that_says_so_is_no_failure() -> None:
    got, _ = go(lambda request: '<p class="none">Chưa có bài</p>')  # noqa: ARG005
    assert (got.ended, got.complete) == ("empty", True)


def test_a_page_that_cannot_be_had_ends_the_walk_with_what_was_found() -> None:
    got, _ = go(lambda request: None if "trang=2" in request.url else listing(1, 2, next="/tin?trang=2"))
    assert (got.ended, got.outcome, got.complete, ids(got)) == ("failed", "timeout", False, ["1", "2"])


def test_known_articles_in_a_row_end_the_walk() -> None:
    settled = {canonical_url(f"{BASE}/bai/{n}.html", make_portal()) for n in range(1, 90)}
    contents = [listing(*range(100 - 10 * p, 90 - 10 * p, -1), next=f"/tin?trang={p + 2}") for p in range(9)]
    got, asked = go(pages(*contents), Bounds(settled=settled.__contains__, first=False), stop_after_known=12)
    assert (got.ended, got.complete, len(asked.urls)) == ("known", True, 3)


def test_known_articles_pinned_on_top_do_not_end_the_walk() -> None:
    settled = {canonical_url(f"{BASE}/bai/{n}.html", make_portal()) for n in (1, 2, 3)}
    got, _ = go(
        pages(listing(1, 2, 3, 50, 49, next="/tin?trang=2"), listing(48, 47)),
        Bounds(settled=settled.__contains__, first=False),
        stop_after_known=3,
    )
    assert ids(got) == ["1", "2", "3", "50", "49", "48", "47"]


def test_links_to_elsewhere_and_runaway_links_are_not_taken() -> None:
    odd = ["https://elsewhere.test/a", "javascript:void(0)", "/vi/vi/en/en/bai/1.html", "mailto:a@b.vn", "/bai/7.html"]
    got, _ = go(lambda request: listing(*odd))  # noqa: ARG005
    assert ids(got) == ["7"]
    assert got.foreign == 1


def test_a_pager_to_another_host_is_broken() -> None:
    got, asked = go(lambda request: listing(1, next="https://elsewhere.test/tin?trang=2"))  # noqa: ARG005
    assert (got.ended, len(asked.urls)) == ("broken", 1)


def test_since_and_until_limit_what_is_found_and_how_far_is_read() -> None:
    site = Site(make_posts(60), page_size=10)
    got, asked = go(
        lambda r: site.listing(int(r.url.partition("trang=")[2] or 1)),
        Bounds(since=date(2026, 1, 14), until=date(2026, 1, 16)),
        max_pages=2,
    )
    days = {item.link.published_at.date() for item in got.found.values() if item.link.published_at}
    assert days == {date(2026, 1, 14), date(2026, 1, 15), date(2026, 1, 16)}
    assert (got.ended, got.complete) == ("since", True)
    assert len(asked.urls) == 5  # max_pages does not stop one who asks for days


def test_windows_of_the_cms_are_used() -> None:
    window = {"since": "date_begin", "until": "date_end"}
    _, asked = go(lambda request: listing(1), Bounds(since=date(2024, 1, 2)), window=window)  # noqa: ARG005
    assert asked.urls == ["/tin?date_begin=02%2F01%2F2024"]
    _, asked = go(lambda request: listing(1), Bounds(until=date(2024, 1, 2)), window=window, method="POST", form={"k": "v"})  # noqa: ARG005
    assert asked.requests[0].form == (("k", "v"), ("date_end", "02/01/2024"))


def test_posted_pages_are_asked_for_with_their_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_listing = type(PLAIN).listing

    def paged_by_form(self: Any, page: Page, portal: Any) -> Listing:
        got: Listing = plain_listing(self, page, portal)
        assert page.request is not None
        number = int(dict(page.request.form).get("page", "0"))
        following = NextPage(f"{BASE}/tin", "POST", (("page", str(number + 1)),)) if number < 2 else None
        return Listing(got.links, following)

    monkeypatch.setattr(type(PLAIN), "listing", paged_by_form)
    got, asked = go(lambda r: listing(int(dict(r.form).get("page", "0"))), method="POST", form={"page": "0"})
    assert [dict(r.form)["page"] for r in asked.requests] == ["0", "1", "2"]
    assert ids(got) == ["0", "1", "2"]


# --- feeds -----------------------------------------------------------------------------------------------------------------------

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title>
<item><title>Giảm nghèo &amp; nông thôn mới</title><link>http://portal.test/bai/1.html</link><pubDate>Tue, 19 May 2020 07:23:00 +0700</pubDate>
<description><![CDATA[<p>Tóm <b>tắt</b></p>]]></description></item>
<item><title>Hai</title><link>/bai/2.html</link><pubDate>Tue, 19 May 2020 07:23:00 GMT+7</pubDate></item>
<item><title>Ba</title><link>http://portal.test/bai/3.html</link><pubDate>19/05/2020 07:23</pubDate></item>
<item><title>Ngoài</title><link>http://elsewhere.test/x</link></item></channel></rss>"""


def test_rss_links_titles_dates_and_summaries() -> None:
    got, _ = go(lambda request: RSS, kind="rss")  # noqa: ARG005
    items = list(got.found.values())
    assert [i.link.title for i in items] == ["Giảm nghèo & nông thôn mới", "Hai", "Ba"]
    assert {i.link.published_at.isoformat() if i.link.published_at else None for i in items} == {
        "2020-05-19T07:23:00+07:00",
        "2020-05-19T00:23:00+00:00",
    }
    assert items[0].link.summary == "Tóm tắt"
    assert {i.basis for i in items} == {"feed"}


def test_atom() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>Một</title><link href="http://portal.test/bai/1.html"/>
    <published>2026-09-05T03:00:00Z</published></entry></feed>"""
    got, _ = go(lambda request: atom, kind="rss")  # noqa: ARG005
    (item,) = got.found.values()
    assert item.link.published_at == START


@pytest.mark.parametrize("body", ["<html><body>Đăng nhập</body></html>", "", "<rss version='2.0'><channel><item><title>x</rss>", "{}"])
def test_what_is_no_feed_is_broken(body: str) -> None:
    got, _ = go(lambda request: body, kind="rss")  # noqa: ARG005
    assert got.ended == "broken"


def test_an_empty_feed_is_empty() -> None:
    got, _ = go(lambda request: "<rss version='2.0'><channel><title>t</title></channel></rss>", kind="rss")  # noqa: ARG005
    assert got.ended == "empty"


# --- sitemaps --------------------------------------------------------------------------------------------------------------------


def sitemap(*locs: str, index: bool = False, lastmod: str | None = None) -> str:
    tag, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    entries = "".join(f"<{inner}><loc>{loc}</loc>{stamp}</{inner}>" for loc in locs)
    return f'<?xml version="1.0"?><{tag} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{tag}>'


def test_row37_nested_gzipped_self_referring_and_foreign_sitemaps() -> None:
    tree: dict[str, str | bytes] = {
        f"{BASE}/tin": sitemap(f"{BASE}/tin", f"{BASE}/a.xml.gz", f"{BASE}/deep.xml", "http://elsewhere.test/s.xml", index=True),
        f"{BASE}/a.xml.gz": gzip.compress(sitemap(f"{BASE}/bai/1.html", f"{BASE}/bai/2.html").encode()),
        f"{BASE}/deep.xml": sitemap(f"{BASE}/deeper.xml", index=True),
        f"{BASE}/deeper.xml": sitemap(f"{BASE}/bai/3.html", f"{BASE}/gioi-thieu.html"),
    }
    got, asked = go(lambda request: tree[request.url], kind="sitemap", include=r"/bai/\d+\.html")
    assert ids(got) == ["1", "2", "3"]
    assert len(asked.urls) == 4
    assert got.foreign == 1


def test_row37_lastmod_limits_what_is_asked_for() -> None:
    tree = {
        f"{BASE}/tin": sitemap(f"{BASE}/old.xml", index=True, lastmod="2019-01-01")[:-15]
        + f"<sitemap><loc>{BASE}/new.xml</loc><lastmod>2026-09-01</lastmod></sitemap></sitemapindex>",
        f"{BASE}/new.xml": sitemap(f"{BASE}/bai/9.html", lastmod="2026-09-01T08:00:00+07:00"),
    }
    got, asked = go(lambda request: tree[request.url], Bounds(since=date(2026, 8, 1)), kind="sitemap")
    assert asked.urls == ["/tin", "/new.xml"]
    assert ids(got) == ["9"]
    assert next(iter(got.found.values())).link.modified_at == datetime(2026, 9, 1, 1, tzinfo=UTC)


def test_row37_more_addresses_than_a_sitemap_may_have() -> None:
    many = sitemap(*(f"{BASE}/bai/{n}.html" for n in range(50_500)))
    got, _ = go(lambda request: many, kind="sitemap")  # noqa: ARG005
    assert len(got.found) == 50_000


@pytest.mark.parametrize("body", ["<html/>", "", "not xml", "<urlset"])
def test_row37_what_is_no_sitemap_is_broken(body: str) -> None:
    got, _ = go(lambda request: body, kind="sitemap")  # noqa: ARG005
    assert got.ended == "broken"


def test_row37_entities_are_not_resolved() -> None:
    evil = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><urlset><url><loc>{BASE}/bai/&e;1.html</loc></url></urlset>'
    got, _ = go(lambda request: evil, kind="sitemap")  # noqa: ARG005
    assert all("etc" not in key and len(key) < 60 for key in got.found)


def test_a_parser_that_trips_costs_only_its_own_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    def trips(self: Any, page: Page, portal: Any) -> Listing:  # noqa: ARG001
        raise ZeroDivisionError

    monkeypatch.setattr(type(PLAIN), "listing", trips)
    got, _ = go(lambda request: listing(1))  # noqa: ARG005
    assert got.ended == "broken"
    assert "ZeroDivisionError" in got.problems[0]

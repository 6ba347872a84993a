"""The archive read again: unchanged parsers change nothing, mended ones repair, and nothing is removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from portals_for_tests import PLAIN, Site, make_portal, make_posts

from scrapers.platforms import PLATFORMS
from scrapers.replay import Replay, replay_portal


def replay(b: Any, **options: Any) -> Replay:
    return replay_portal(make_portal(b.address), b.lake, now=lambda: b.at, **options)


def test_the_same_parser_reads_the_same(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(9))
    with bench(site) as b:
        b.scrape()
        site.edit(4, body=site.posts[0].body + " Bổ sung số liệu của ba xã vùng cao.")
        b.scrape()
        got = replay(b, write=True)
        assert (got.same, got.changes, got.written, got.rules) == (9, (), 0, {})
        assert got.pages > 9


def test_another_parser_adds_versions_without_asking_the_portal(bench: Callable[[Site], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with bench(Site(make_posts(6))) as b:
        b.scrape()
        asked = len(b.address.requests)
        wider = replace(PLAIN, select=replace(PLAIN.select, body=("article.post",)), version=2)
        monkeypatch.setitem(PLATFORMS, "plain", wider)
        dry = replay(b)
        assert (dry.count("changed"), dry.written, len(b.articles)) == (6, 0, 6)
        assert set(dry.changes[0].fields) >= {"body_text"}
        got = replay(b, write=True)
        assert (got.written, len(b.articles)) == (6, 12)
        assert {a.parser for a in b.articles} == {"plain/1", "plain/2"}
        assert len({a.article_id for a in b.articles}) == 6
        assert len(b.address.requests) == asked
        assert replay(b, write=True).written == 0  # and the new versions are known
        run = b.scrape(options={"refresh": True})
        assert run.new_versions == 0


def test_pages_that_were_held_back_are_gained_when_the_parser_is_mended(
    bench: Callable[[Site], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(make_posts(8))
    with bench(site) as b:
        site.tamper = lambda request, response: response.replace(b'class="date"', b'class="datum"') if "/bai/" in request.path else response
        assert b.scrape().outcome == "broken"
        assert b.articles == []
        monkeypatch.setitem(PLATFORMS, "plain", replace(PLAIN, select=replace(PLAIN.select, date=("span.datum",)), version=2))
        got = replay(b, write=True)
        assert (got.count("gained"), got.written, len(b.articles)) == (8, 8, 8)
        run = b.scrape()
        assert (run.outcome, run.new_articles) == ("ok", 0)


def test_what_a_parser_no_longer_reads_is_reported_and_kept(bench: Callable[[Site], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with bench(Site(make_posts(5))) as b:
        b.scrape()
        monkeypatch.setitem(PLATFORMS, "plain", replace(PLAIN, select=replace(PLAIN.select, body=("div.nothing",))))
        got = replay(b, write=True)
        assert (got.count("lost"), got.written) == (5, 0)
        assert got.rules == {"markup_changed": 5}
        assert len(b.articles) == 5


def test_listing_dates_and_bulk_dates_are_judged_as_in_the_run(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(6))

    def without_date(request: Any, response: bytes) -> bytes:
        if request.path != "/bai/2.html":
            return response
        from fault_server import answer

        text = response.partition(b"\r\n\r\n")[2].decode()
        start = text.index('<span class="date">') + len('<span class="date">')
        return answer(text[:start] + text[text.index("</span>") :])

    site.tamper = without_date
    with bench(site) as b:
        b.scrape()
        assert sorted(a.published_basis for a in b.articles) == ["listing", *["page"] * 5]
        assert replay(b).same == 6


def test_files_are_read_in_processes_side_by_side(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(30)[20:])
    with bench(site) as b:
        b.scrape(days=0.01)
        site.posts = make_posts(30)
        b.scrape(days=0.01)
        done: list[tuple[int, int]] = []
        got = replay(b, workers=2, on_progress=lambda *pair: done.append(pair))
        assert (got.same, got.changes) == (30, ())
        assert done == [(1, 2), (2, 2)]

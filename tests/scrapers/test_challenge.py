"""Pages with status 200 that are no pages of the portal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from portals_for_tests import make_portal

from scrapers.challenge import _xpath, challenge
from scrapers.page import Page

AT = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)


def page(body: str) -> Page:
    return Page("http://portal.test/", "http://portal.test/", body.encode(), {}, AT)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<html><head><title>Request Rejected</title></head><body>Support ID 123</body></html>", "F5"),
        ("<html><head><title>Just a moment...</title></head></html>", "Cloudflare"),
        ("<script src='/_Incapsula_Resource?x=1'></script>", "Incapsula"),
        ("<script>document.cookie='D1N=0123456789abcdef';location.reload()</script>", "cookie"),
        ("<html><head><title>Website Maintenance</title></head></html>", "maintenance"),
        ("<html><head><title>Hệ thống đang bảo trì hệ thống</title></head></html>", "maintenance"),
    ],
)
def test_row15_challenges_are_named(body: str, name: str) -> None:
    assert name in (challenge(page(body), make_portal()) or "")


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>Bảo trì hệ thống nước sạch nông thôn ở ba xã vùng cao</title></head><body><p>Bài viết</p></body></html>",
        "<html><head><title>Tin</title></head><body>Công ty Cloudflare, tường lửa Incapsula và Request Rejected là gì?</body></html>",
        "<html><head><title>Just a moment...</title></head><body>" + "<p>một bài dài</p>" * 4000,
    ],
)
def test_row15_articles_about_such_things_are_articles(body: str) -> None:
    assert challenge(page(body), make_portal()) is None


@pytest.mark.parametrize(
    ("selector", "body", "real"),
    [
        ("#real", "<div id=real></div>", True),
        ("#real", "<div id=unreal></div>", False),
        ("footer.site.big", "<footer class='big x site'></footer>", True),
        ("footer.site", "<footer class='website'></footer>", False),
        ("a[href*='/tin/']", "<a href='/vi/tin/1'>x</a>", True),
        ("a[href^='/tin/']", "<a href='/vi/tin/1'>x</a>", False),
        ("div#a > p.b", "<div id=a><p class=b></p></div>", True),
        ("div#a > p.b", "<div id=a><span><p class=c></p></span></div>", False),
        ("#x, .y", "<i class=y></i>", True),
        ("a[href$='.aspx']", "<a href='x.aspx'></a>", True),
    ],
)
def test_row15_every_page_must_match_real_page(selector: str, body: str, real: bool) -> None:
    portal = make_portal(real_page=selector)
    assert (challenge(page(f"<html><body>{body}</body></html>"), portal) is None) is real
    assert challenge(page("<li>mảnh</li>"), portal, is_html=False) is None  # fragments are not whole pages


_names = st.sampled_from(["a", "b", "tin", "x-1"])
_compound = st.builds(
    lambda tag, parts: tag + "".join(parts) or "*",
    st.sampled_from(["", "div", "a", "p"]),
    st.lists(
        st.one_of(
            st.builds("#{}".format, _names),
            st.builds(".{}".format, _names),
            st.builds("[href*='{}']".format, _names),
            st.builds("[href^='{}']".format, _names),
            st.builds("[href='{}']".format, _names),
            st.just("[href]"),
        ),
        max_size=3,
    ),
)
_element = st.builds(
    lambda tag, id, classes, href: (
        f"<{tag} id='{id}' class='{' '.join(classes)}' {'href=' + chr(39) + href + chr(39) if href else ''}></{tag}>"
    ),
    st.sampled_from(["div", "a", "p"]),
    _names,
    st.lists(_names, max_size=2),
    st.sampled_from(["", "a", "tin/1", "vi/tin", "x-1"]),
)


@given(_compound, st.lists(_element, max_size=4))
def test_the_quick_way_says_what_the_selector_library_says(selector: str, elements: list[str]) -> None:
    body = "<html><body>" + "".join(elements) + "</body></html>"
    expected = BeautifulSoup(body, "lxml").select_one(selector) is not None
    assert _xpath(selector) is not None
    assert (challenge(page(body), make_portal(real_page=selector)) is None) is expected

"""One article, one name; one release, one story."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portals_for_tests import make_portal

from scrapers.identity import article_id, canonical_url, is_runaway, story_id, version_id

AT = datetime(2020, 7, 14, 2, 11, tzinfo=UTC)
BODY = "Ủy ban nhân dân huyện họp đánh giá kết quả; tỷ lệ hộ nghèo còn 3,5%, giảm 1,2% so với năm 2019. " * 4


def canonical(url: str, **portal: Any) -> str:
    return canonical_url(url, make_portal(**portal)).removeprefix("http://portal.test")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://portal.test/a", "/a"),
        ("https://www.portal.test/a/", "/a"),
        ("HTTP://PORTAL.TEST:80//a/../b/./c", "/b/c"),
        ("http://portal.test/a;jsessionid=0F#top", "/a"),
        ("http://portal.test/a?utm_source=x&id=7&fbclid=1&p_auth=Q", "/a?id=7"),
        ("http://portal.test/a?b=2&a=1", "/a?a=1&b=2"),
        ("http://portal.test/tin%20t%E1%BB%A9c", "/tin%20t%E1%BB%A9c"),
        ("http://portal.test/tin tức", "/tin%20t%E1%BB%A9c"),
        ("http://portal.test/" + unicodedata.normalize("NFD", "tức"), "/t%E1%BB%A9c"),
        ("http://portal.test", "/"),
        ("http://portal.test/Default.aspx?ID=1&sname=", "/Default.aspx?ID=1&sname="),
    ],
)
def test_row25_spellings_of_an_address_are_one(url: str, expected: str) -> None:
    assert canonical(url) == expected


def test_row25_old_hosts_name_the_same_articles() -> None:
    more = [{"host": "old.portal.test", "alias_of": "portal.test"}, {"host": "other.portal.test"}]
    assert canonical("https://old.portal.test/a", more_hosts=more) == "/a"
    assert canonical("http://other.portal.test/a", more_hosts=more) == "http://other.portal.test/a"


def test_row25_rules_of_a_portal() -> None:
    rewrite = [{"pattern": r"/[^?]*?/-/view_content/(\d+)[^?]*", "to": r"/-/view_content/\1"}]
    identity = {"rewrite": rewrite, "keep_params": []}
    one = canonical("http://portal.test/vi/bao-chi/-/view_content/697413-ten-bai.html?p_p_id=101&_101_cur=2", identity=identity)
    two = canonical("http://portal.test/web/guest/chi-dao/-/view_content/697413-ten-khac.html", identity=identity)
    assert one == two == "/-/view_content/697413"
    assert canonical("http://portal.test/a?id=1&x=2&y=3", identity={"drop_params": ["x"]}) == "/a?id=1&y=3"


@given(st.text(alphabet="abcđéộ /%?&=;.#:@+-_~", max_size=60))
def test_the_name_of_an_address_is_its_own_name(tail: str) -> None:
    portal = make_portal()
    try:
        once = canonical_url("http://portal.test/" + tail, portal)
    except ValueError:
        return
    assert canonical_url(once, portal) == once


def test_an_articles_id_depends_on_its_address_only() -> None:
    assert article_id("http://portal.test/a") == article_id("http://portal.test/a")
    assert article_id("http://portal.test/a") != article_id("http://portal.test/b")


def test_row22_row27_row28_versions_follow_what_editors_change() -> None:
    first = version_id("x", "Giảm nghèo", BODY, AT)
    assert version_id("x", unicodedata.normalize("NFD", "Giảm  nghèo "), BODY.replace(" ", "\n"), AT) == first
    assert version_id("x", "Giảm nghèo", BODY, AT.astimezone(timezone(timedelta(hours=7)))) == first
    others = {
        version_id("y", "Giảm nghèo", BODY, AT),
        version_id("x", "Giảm nghèo!", BODY, AT),
        version_id("x", "Giảm nghèo", BODY.replace("3,5", "3,6", 1), AT),
        version_id("x", "Giảm nghèo", BODY, AT + timedelta(minutes=1)),
        version_id("x", "Giảm nghèo", BODY, None),
    }
    assert len(others | {first}) == 6


def test_row23_row26_stories_do_not_depend_on_title_spacing_or_tone_placement() -> None:
    first = story_id("Giảm nghèo", BODY)
    assert story_id("Tiêu đề khác", BODY) == first
    assert story_id("Giảm nghèo", BODY.replace("Ủy", "Uỷ").replace(" ", " \n")) == first
    assert story_id("Giảm nghèo", unicodedata.normalize("NFD", BODY).upper()) == first


def test_row26_a_different_figure_is_a_different_story() -> None:
    assert story_id("Giảm nghèo", BODY) != story_id("Giảm nghèo", BODY.replace("3,5%", "3,6%", 1))
    assert story_id("Giảm nghèo", BODY) != story_id("Giảm nghèo", BODY.replace("3,5%", "35%", 1))


REPORT = (
    "Theo báo cáo, đến hết tháng 9 toàn huyện còn 2.731 hộ nghèo, chiếm 4,85%; 1.912 hộ cận nghèo, chiếm 3,39%. "
    "Ngân sách đã giải ngân 87.450 triệu đồng, đạt 76,2% kế hoạch; 34 công trình được bàn giao theo Kế hoạch số 159/KH-UBND."
)


def test_row26_a_release_that_was_taken_over_keeps_its_story() -> None:
    """Another lead, a by-line, a caption, other spelling, other order of paragraphs: the figures are the same."""
    copy = (
        "(Cổng TTĐT) - Sáng ngày 21/10/2021, UBND huyện họp nghe báo cáo chín tháng. Ảnh: Quang cảnh hội nghị\n"
        + REPORT.replace("toàn huyện còn", "huyện chỉ còn").replace("giải ngân", "giải-ngân")
        + "\nTin, ảnh: Thu Hà"
    )
    assert story_id("Kết quả chín tháng", REPORT) == story_id("Tiêu đề khác", copy)


@pytest.mark.parametrize(
    ("old", "new"), [("2.731", "2.713"), ("4,85", "4,8"), ("34 công", "43 công"), ("159/KH", "195/KH"), ("76,2%", "gần hết")]
)
def test_row26_the_next_report_from_the_same_template_is_another_story(old: str, new: str) -> None:
    assert story_id("Kết quả", REPORT) != story_id("Kết quả", REPORT.replace(old, new))


def test_row26_numbered_lists_years_and_dates_make_no_story() -> None:
    one = (
        "1. Họp ngày 5/3/2021. 2. Giai đoạn 2021-2025. 3. Năm 2020, 2019, 2018, 2017, 2016. 12 xã, 10 thôn. Về nước sạch ở vùng cao, các xã đã làm xong. "
        * 2
    )
    other = one.replace("nước sạch ở vùng cao", "trường lớp mầm non vùng thấp")
    assert story_id("Một", one) != story_id("Một", other)


@given(
    st.lists(st.sampled_from(["hộ", "nghèo", "giảm", "mạnh", "nhờ", "vay", "vốn", "và", "học", "nghề", "tại", "xã"]), max_size=30),
    st.integers(0, 200),
)
def test_row26_words_do_not_change_the_story_of_figures(extra: list[str], at: int) -> None:
    place = REPORT.find(" ", min(at, len(REPORT) - 20))
    assert story_id("T", REPORT[:place] + " " + " ".join(extra) + REPORT[place:]) == story_id("T", REPORT)


def test_short_texts_are_told_apart_by_their_titles() -> None:
    assert story_id("Thông báo một", "Xem tệp đính kèm.") != story_id("Thông báo hai", "Xem tệp đính kèm.")


@pytest.mark.parametrize(
    ("url", "runaway"),
    [
        ("http://p.test/vi/vi/en/en/bai/1", True),
        ("http://p.test/" + "a/b/" * 12, True),
        ("http://p.test/?x=" + "a" * 3000, True),
        ("http://p.test/tin/2026/09/05/tin-tuc-su-kien/giam-ngheo.html", False),
        ("http://p.test/vi/web/vi/bai-1", False),
    ],
)
def test_endless_addresses_are_known(url: str, runaway: bool) -> None:
    assert is_runaway(url) is runaway

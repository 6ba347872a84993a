"""From one listing page to the next where a link is not enough: POST forms, page methods, postbacks, numbers in addresses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scrapers.page import Listing, NextPage, Page
from scrapers.platforms import platform
from scrapers.registry import Portal, read_portal

PAGES = Path(__file__).parent / "pages"
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)


def portal_of(family: str, **options: str | int | bool) -> Portal:
    portal = read_portal(PAGES / family / "portal.yml", {})
    return portal.model_copy(update={"options": {**portal.options, **options}})


def listing(portal: Portal, html: str, url: str, request: NextPage | None = None) -> Listing:
    return platform(portal.platform).listing(Page(url, url, html.encode(), {}, NOW, request=request), portal)


# --- VNPT ------------------------------------------------------------------------------------------------------------------------

VNPT = (PAGES / "vnpt_net" / "danh_sach.html").read_text("utf-8")
VNPT_URL = "https://vnpt.mau.gov.vn/1307/32184/4021"
FRAGMENT = "<ul class='ArticleList'>{}</ul>".format(
    "".join(f"<li><a class='ArticleTitle' href='/1307/32184/4021/{n}/bai-{n}'>Bài {n}</a></li>" for n in (499, 498))
)


def test_vnpt_goes_on_by_the_page_method_until_an_empty_fragment() -> None:
    portal = portal_of("vnpt_net")
    second = listing(portal, VNPT, VNPT_URL).next_page
    assert second is not None
    assert second.url == "https://vnpt.mau.gov.vn/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
    asked = json.loads(second.json or "")
    assert (asked["article_category_id"], asked["site_id"], asked["page"], asked["page_size"]) == (4021, 1307, 2, 2)
    answer = listing(portal, json.dumps({"d": FRAGMENT}), second.url, second)
    assert [link.url for link in answer.links] == [f"https://vnpt.mau.gov.vn/1307/32184/4021/{n}/bai-{n}" for n in (499, 498)]
    third = answer.next_page
    assert third is not None
    assert json.loads(third.json or "") == {**asked, "page": 3}
    for empty in ('{"d": ""}', '{"d": null}'):
        assert listing(portal, empty, third.url, third) == Listing(declared_empty=True)


def test_vnpt_by_form_and_html_as_public_scrapers_do() -> None:
    portal = portal_of("vnpt_net", paging="post_form")
    second = listing(portal, VNPT, VNPT_URL).next_page
    assert second is not None
    assert second.json is None
    assert dict(second.form)["categoryIds"] == "4021,4035"
    third = listing(portal, FRAGMENT, second.url, second).next_page
    assert third is not None
    assert dict(third.form) == {**dict(second.form), "page": "3"}
    assert listing(portal, "  ", third.url, third).declared_empty


def test_vnpt_with_one_page_asks_for_no_second() -> None:
    assert listing(portal_of("vnpt_net"), VNPT.replace("parseInt(7)", "parseInt(1)"), VNPT_URL).next_page is None


def test_vnpt_short_fragment_is_the_last() -> None:
    portal = portal_of("vnpt_net")
    first = listing(portal, VNPT.replace("page_size: 2", "page_size: 15"), VNPT_URL).next_page
    assert first is not None
    assert listing(portal, json.dumps({"d": FRAGMENT}), first.url, first).next_page is None


# --- Hanoi -----------------------------------------------------------------------------------------------------------------------

HANOI = (PAGES / "hanoi_cms" / "danh_sach.html").read_text("utf-8")
HANOI_URL = "https://hanoi.mau.gov.vn/api/NewsZone/NewsZone"


def test_hanoi_sends_its_words_back_with_the_ids_already_shown() -> None:
    portal = portal_of("hanoi_cms")
    asked = NextPage(HANOI_URL, "POST", (("PageIndex", "0"), ("Catname", "a+b=")), headers=(("x-requested-with", "XMLHttpRequest"),))
    second = listing(portal, HANOI, HANOI_URL, asked).next_page
    assert second is not None
    assert second.headers == asked.headers
    assert second.form == (
        ("Catname", "a+b="),
        ("DataIds[]", "4260806165319005"),
        ("DataIds[]", "4260805080000001"),
        ("PageIndex", "1"),
    )
    as_json_string = listing(portal, json.dumps(HANOI.replace("426080", "426070")), HANOI_URL, second)
    assert len(as_json_string.links) == 2
    assert as_json_string.next_page is not None
    assert len([k for k, _ in as_json_string.next_page.form if k == "DataIds[]"]) == 4


def test_hanoi_that_repeats_itself_or_answers_nothing_has_ended() -> None:
    portal = portal_of("hanoi_cms")
    asked = NextPage(HANOI_URL, "POST", (("PageIndex", "3"), ("DataIds[]", "4260806165319005"), ("DataIds[]", "4260805080000001")))
    assert listing(portal, HANOI, HANOI_URL, asked).next_page is None
    for empty in ("", " \n", '""'):
        assert listing(portal, empty, HANOI_URL, asked) == Listing(declared_empty=True)


def test_hanoi_date_must_agree_with_the_id_of_the_article() -> None:
    portal = portal_of("hanoi_cms")
    body = (PAGES / "hanoi_cms" / "bai_viet.html").read_bytes()
    url = "https://hanoi.mau.gov.vn/tin/thu-do-mau-425040909575038.htm"
    other = url.replace("425040909575038", "423010109575038")
    family = platform("hanoi_cms")
    assert family.parse(Page(url, url, body, {}, NOW), portal).problems == ()
    torn = family.parse(Page(other, other, body, {}, NOW), portal)
    assert (torn.published_at, torn.problems) == (None, ("date_disagrees_with_id",))
    silent = body.replace(b"10:05 09/04/2025", b"")
    told = family.parse(Page(url, url, silent, {}, NOW), portal)
    assert told.published_basis == "url"
    assert told.published_at is not None
    assert told.published_at.isoformat() == "2025-04-09T09:57:50+07:00"


# --- any -------------------------------------------------------------------------------------------------------------------------

POSTBACK = """<html><body><form method="post" action="./tin-tuc" id="f"><input type="hidden" name="__VIEWSTATE" value="/wEP=">
<input type="hidden" name="__EVENTVALIDATION" value="v"><input type="hidden" name="__EVENTTARGET" value="cũ"><input name="q" value="x">
<div class="danhsach"><div class="tin"><a class="tieudetin" href="/CMSPages/BaiViet/Default.aspx?IDBaiViet=9">Bài chín</a></div></div>
<div class="phantrang"><a class="trangsau" href="javascript:__doPostBack('ctl00$pager','2')">2</a></div></form></body></html>"""


def test_postback_sends_the_hidden_fields_and_the_control() -> None:
    found = listing(portal_of("quangnam_net"), POSTBACK, "https://nam.mau.gov.vn/vi/muc").next_page
    assert found == NextPage(
        "https://nam.mau.gov.vn/vi/tin-tuc",
        "POST",
        (("__EVENTTARGET", "ctl00$pager"), ("__EVENTARGUMENT", "2"), ("__VIEWSTATE", "/wEP="), ("__EVENTVALIDATION", "v")),
    )


def test_number_in_the_address_leads_on_where_no_link_does() -> None:
    portal = portal_of("quangnam_net", next_number=r"-c\d+-(\d+)\.html")
    html = POSTBACK.replace("javascript:__doPostBack('ctl00$pager','2')", "javascript:;")
    found = listing(portal, html, "https://nam.mau.gov.vn/tin-c216-9.html").next_page
    assert found == NextPage("https://nam.mau.gov.vn/tin-c216-10.html")
    assert listing(portal, html, "https://nam.mau.gov.vn/tin").next_page is None


def test_links_to_itself_or_home_lead_nowhere() -> None:
    portal = portal_of("quangnam_net")
    for href in ("/", "https://nam.mau.gov.vn/vi/muc", "#", ""):
        html = POSTBACK.replace("javascript:__doPostBack('ctl00$pager','2')", href)
        assert listing(portal, html, "https://nam.mau.gov.vn/vi/muc").next_page is None, href


def test_summary_only_of_the_listing_is_kept() -> None:
    portal = portal_of("quangnam_net")
    html = POSTBACK.replace("</a></div></div>", "</a><div class='trichdan'>Chỉ có ở danh sách: giảm 12 hộ nghegrave;o.</div></div></div>")
    (link,) = listing(portal, html, "https://nam.mau.gov.vn/vi/muc").links
    assert link.summary == "Chỉ có ở danh sách: giảm 12 hộ nghèo."
    assert replace(link, summary=None).title == "Bài chín"

"""VNPT .NET portals (Sơn La and many others): `.ArticleHeader`, `.PostDate`, `.ArticleContent`, paging by a page method.

The first listing page is a GET; further ones are a POST to `UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle` with the numbers
of site and category, which stand in the page's script ("article_category_id: 4021"). Public scrapers send a form and get HTML; the
page method also takes JSON and then answers {"d": "<html>"}. An empty answer is the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from scrapers.page import ListedLink, Listing, NextPage, Page
from scrapers.platforms.base import COMMON_DROP, Options, Platform, Reading, Selectors, first_match
from scrapers.registry import Portal
from scrapers.selectors import soup_of

LOAD_ARTICLE = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
_AJAX = ("x-requested-with", "XMLHttpRequest")
_NO = ("show_no", "show_view_count", "filter_order_in_list", "is_default", "new", "is_authenticated")


@dataclass(frozen=True, slots=True)
class VnptOptions(Options):
    """`paging` is post_json or post_form (the page method), or links (what the pager links to)."""

    paging: str = "post_json"
    load_path: str = LOAD_ARTICLE
    page_size: int = 15  # when the script does not say


class VnptNet(Platform):
    """Adds the page method and its fragments."""

    def tree(self, page: Page) -> BeautifulSoup:
        fragment = _fragment(page)
        return super().tree(page) if fragment is None else soup_of(fragment)

    def listing(self, page: Page, portal: Portal) -> Listing:
        if page.request is not None and page.request.method == "POST":
            fragment = _fragment(page)
            if not (page.decode() if fragment is None else fragment).strip():
                return Listing(declared_empty=True)  # beyond the last page
        return super().listing(page, portal)

    def next_page(self, reading: Reading, links: Sequence[ListedLink]) -> NextPage | None:
        options = reading.options
        assert isinstance(options, VnptOptions)
        asked = reading.page.request
        if asked is not None and asked.method == "POST":
            payload: dict[str, object] = dict(json.loads(asked.json) if asked.json else asked.form)
            # a page that is much shorter than asked for is the last one; one entry may be missing where an article was withdrawn
            full = len(links) >= max(1, int(str(payload["page_size"])) - 1)
            return _load(asked.url, {**payload, "page": int(str(payload["page"])) + 1}, options) if full else None
        if options.paging == "links":
            return super().next_page(reading, links)
        numbers = _script_numbers(reading.page.decode())
        pages = int(numbers.get("max_page", "0"))
        more = pages > 1 if pages else first_match(reading.find, reading.select.next) is not None
        if not more or not {"article_category_id", "site_id"} <= set(numbers):
            return None
        return _load(urljoin(reading.url, options.load_path), _payload(numbers, options.page_size), options)


def _payload(numbers: dict[str, str], page_size: int) -> dict[str, object]:
    size = int(numbers.get("page_size", page_size))
    payload: dict[str, object] = {"article_category_id": int(numbers["article_category_id"]), "site_id": int(numbers["site_id"])}
    if "categoryIds" in numbers:
        payload["categoryIds"] = numbers["categoryIds"]
    payload |= {"page": 2, "page_size": size, "keyword": "", "date_begin": "", "date_end": "", "show_post_date": "True"}
    return {
        **payload,
        **dict.fromkeys(_NO, "False"),
        "num_of_text": 0,
        "number_of_day": 3,
        "no": -size,
        "articlelang": "vi-VN",
        "lang": "vi-VN",
    }


def _load(url: str, payload: dict[str, object], options: VnptOptions) -> NextPage:
    if options.paging == "post_form":
        return NextPage(url, "POST", form=tuple((key, str(value)) for key, value in payload.items()), headers=(_AJAX,))
    return NextPage(url, "POST", json=json.dumps(payload), headers=(("content-type", "application/json; charset=utf-8"), _AJAX))


def _fragment(page: Page) -> str | None:
    """The HTML inside {"d": …}, or None when the page is HTML itself. {"d": null} is an empty fragment."""
    text = page.decode().lstrip()
    if not text.startswith("{"):
        return None
    try:
        inner = json.loads(text).get("d")
    except (ValueError, AttributeError):
        return None
    return inner if isinstance(inner, str) else ""


_NUMBERS = re.compile(r"\b(article_category_id|site_id|page_size)\b[\"']?\s*[=:]\s*[\"']?(\d+)")
_CATEGORIES = re.compile(r"\bcategoryIds\b\s*[=:]\s*[\"']([\d,]+)[\"']")
_MAX_PAGE = re.compile(r"\bmaxPage\s*=\s*(?:parseInt\()?[\"']?(\d+)")


def _script_numbers(text: str) -> dict[str, str]:
    found = dict(_NUMBERS.findall(text))
    for name, pattern in (("categoryIds", _CATEGORIES), ("max_page", _MAX_PAGE)):
        if match := pattern.search(text):
            found[name] = match.group(1)
    return found


VNPT_NET = VnptNet(
    name="vnpt_net",
    select=Selectors(
        article=(".ArticleContent",),
        title=(".ArticleHeader",),
        date=(".PostDate",),
        lead=(".ArticleDetailControl .ArticleSummary", ".ArticleSummary"),
        body=(".ArticleContent",),
        author=(".ArticleContent .Author", ".ArticleAuthor"),
        section=(".UIBreadcrumb a",),
        drop=(*COMMON_DROP, ".ArticleTool", ".OtherArticle", ".box-relate"),
        evidence=(".ArticleHeader", ".ArticleTool", ".OtherArticle"),
        static=(".UIContact", ".UIStaticContent", "#ctl00_divCenter", ".center"),
        item=("ul.ArticleList > li", ".ArticleInMenu .item", ".UIListNews_Default .item", ".list-news .item"),
        item_link=("a.ArticleTitle[href]", "h2 a[href], h3 a[href], h4 a[href]", "a[href]:not(:has(img))"),
        item_date=(".PostDate",),
        item_summary=(".ArticleSummary",),
        next=("ul.pagination li.active + li a[href]", ".pagination a[rel=next]", ".paging a.next"),
        total=("ul.pagination[data-total]",),
    ),
    formats=("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %I:%M %p", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    options=VnptOptions(),
)

"""VNPT .NET portals (Sơn La and many others): `.ArticleHeader`, `.PostDate`, `.ArticleContent`, paging by an ASP.NET page method.

The first listing page is a GET; further ones are a POST of JSON to `UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle` that
answers {"d": "<html fragment>"}; the numbers of site and category stand in the page's script. An empty fragment is the end.
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

LOAD_ARTICLE = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
JSON_HEADERS = (("content-type", "application/json; charset=utf-8"), ("x-requested-with", "XMLHttpRequest"))


@dataclass(frozen=True, slots=True)
class VnptOptions(Options):
    """`paging` is "post" (the page method), "get" (?page=N) or "links" (only the links that the pager shows)."""

    load_path: str = LOAD_ARTICLE
    page_size: int = 15
    paging: str = "post"
    lang: str = "vi-VN"


class VnptNet(Platform):
    """Adds the page method and its JSON fragments."""

    def tree(self, page: Page) -> BeautifulSoup:
        fragment = _fragment(page)
        return super().tree(page) if fragment is None else BeautifulSoup(fragment, "lxml")

    def listing(self, page: Page, portal: Portal) -> Listing:
        fragment = _fragment(page)
        if fragment is not None and not fragment.strip():
            return Listing(declared_empty=True)  # beyond the last page
        return super().listing(page, portal)

    def next_page(self, reading: Reading, links: Sequence[ListedLink]) -> NextPage | None:
        options = reading.options
        assert isinstance(options, VnptOptions)
        asked = reading.page.request
        if asked is not None and asked.json:
            payload = json.loads(asked.json)
            return _load(asked.url, {**payload, "page": int(payload["page"]) + 1}) if len(links) >= _overlap_safe(payload) else None
        if options.paging != "post":
            return super().next_page(reading, links)
        numbers = _script_numbers(reading.page.decode())
        if numbers is None or first_match(reading.tree, reading.select.next) is None:
            return None  # one page only: the portal shows no pager
        payload = {
            "article_category_id": numbers["article_category_id"],
            "site_id": numbers["site_id"],
            "page": 2,
            "page_size": int(numbers.get("page_size", options.page_size)),
            "keyword": "",
            "date_begin": "",
            "date_end": "",
            "lang": options.lang,
        }
        return _load(urljoin(reading.url, options.load_path), payload)


def _overlap_safe(payload: dict[str, object]) -> int:
    """A short fragment is the last one; pages may be one entry short where an article was withdrawn meanwhile."""
    return max(1, int(str(payload.get("page_size", 1))) - 1)


def _load(url: str, payload: dict[str, object]) -> NextPage:
    return NextPage(url, "POST", json=json.dumps(payload, ensure_ascii=False), headers=JSON_HEADERS)


def _fragment(page: Page) -> str | None:
    """The HTML inside {"d": …}, or None when the page is HTML itself. Some sites answer {"d": null} beyond the end."""
    text = page.decode().lstrip()
    if not text.startswith("{"):
        return None
    try:
        inner = json.loads(text).get("d")
    except (ValueError, AttributeError):
        return None
    return inner if isinstance(inner, str) else ""


_NUMBERS = re.compile(r"\b(article_category_id|site_id|page_size)\b\s*[=:]\s*[\"']?(\d+)")


def _script_numbers(text: str) -> dict[str, str] | None:
    found = dict(_NUMBERS.findall(text))
    return found if {"article_category_id", "site_id"} <= set(found) else None


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
        drop=(*COMMON_DROP, ".ArticleTool", ".OtherArticle", ".ArticleSummary"),
        evidence=(".ArticleHeader", ".ArticleTool", ".OtherArticle"),
        static=(".UIContact", ".UIStaticContent", "#ctl00_divCenter", ".center"),
        item=("ul.ArticleList > li", ".ArticleInMenu .item", ".UIListNews_Default .item"),
        item_link=("a.ArticleTitle[href]", "a[href]:not(:has(img))"),
        item_date=(".PostDate",),
        item_summary=(".ArticleSummary",),
        next=("ul.pagination li.active + li a[href]", ".pagination a[rel=next]", ".paging a.next"),
        total=("ul.pagination[data-total]",),
    ),
    formats=("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %I:%M %p", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    options=VnptOptions(),
)

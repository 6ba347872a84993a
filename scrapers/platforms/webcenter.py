"""Oracle WebCenter Portal: Quảng Nam 2021 to 2024 (`/webcenter/portal/ubnd/pages_tin-tuc/chi-tiet?dDocName=PORTAL174180`), and ministries.

An article is a content item with a `dDocName`; listings page by `?page=N` beside `catalog=`. Known from addresses and from scrapers of
ministries on the same product (`.bnc-content span.time`); no page has been saved, so the classes are to be confirmed portal by portal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapers.page import ListedLink, NextPage
from scrapers.platforms.base import COMMON_DROP, Options, Platform, Reading, Selectors


class WebCenter(Platform):
    """Adds paging by number: the pager is drawn by a script, so the next page is the one after the number in the address."""

    def next_page(self, reading: Reading, links: Sequence[ListedLink]) -> NextPage | None:
        if linked := super().next_page(reading, links):
            return linked
        parts = urlsplit(reading.url)
        query = dict(parse_qsl(parts.query))
        numbers = [int(n) for element in reading.find.select(".pagination, .paging") for n in re.findall(r"\d+", element.get_text(" "))]
        here = int(query.get("page", "1")) if query.get("page", "1").isdecimal() else 1
        if not numbers or here >= max(numbers):
            return None
        return NextPage(urlunsplit(parts._replace(query=urlencode({**query, "page": str(here + 1)}))))


WEBCENTER = WebCenter(
    name="webcenter",
    select=Selectors(
        article=(".bnc-content .content-detail", ".detail-content", ".news-detail"),
        title=(".bnc-content h1", "h1.title", ".news-detail .title"),
        date=(".bnc-content span.time", ".news-detail span.time", "span.date"),
        lead=(".bnc-content .sapo", ".news-detail .sapo"),
        body=(".bnc-content .content-detail", ".detail-content", ".news-detail .content"),
        author=(".bnc-content .author", ".news-detail .author"),
        section=(".breadcrumb a",),
        files=("a[href*='documentContent?dDocName=']",),
        drop=(*COMMON_DROP, ".related", ".other-news"),
        evidence=(".bnc-content span.time",),
        static=(".bnc-content", ".page-content"),
        item=(".list-news li", ".bnc-list .item", ".news-list .item"),
        item_link=("a[href*='dDocName']:not(:has(img))", "h3 a[href]", "h4 a[href]"),
        item_date=("span.time", "span.date"),
        item_summary=(".sapo", ".summary"),
        next=(".pagination a[rel=next]", ".pagination li.active + li a[href]"),
    ),
    formats=("%A, %d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y"),
    options=Options(article_url=r"[?&]dDocName=\w+"),
)

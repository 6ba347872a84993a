"""The CMS of hanoi.gov.vn and its departments since 2024 (VCCorp): listings by POST, article ids that embed the publication time.

A listing is a form posted to /api/NewsZone/NewsZone; Catname, PageSize, LanguageId and Site are opaque words that the portal's own
script makes, so they stand in the `form` of the portal's YAML and are sent back as they are. The answer is a fragment of HTML, at times
as a JSON string, without a count of pages: an empty fragment is the end. Ids of articles already shown go along as DataIds[].
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from scrapers.dates import ReadDate, date_in_id
from scrapers.page import ListedLink, Listing, NextPage, Page
from scrapers.platforms.base import COMMON_DROP, Basis, Options, Platform, Reading, Selectors
from scrapers.registry import Portal
from scrapers.selectors import soup_of

# an article is entered hours or a few days before it is published; more than this and one of the two dates is of something else
DRAFT = timedelta(days=30)

_ID = re.compile(r"-(\d{15,16})\.htm")


class HanoiCms(Platform):
    """Adds the POST listing and the check of the date against the id in the address."""

    def tree(self, page: Page) -> BeautifulSoup:
        text = _unquoted(page)
        return super().tree(page) if text is None else soup_of(text)

    def listing(self, page: Page, portal: Portal) -> Listing:
        if page.request is not None and page.request.method == "POST" and not (_unquoted(page) or "").strip():
            return Listing(declared_empty=True)
        return super().listing(page, portal)

    def next_page(self, reading: Reading, links: Sequence[ListedLink]) -> NextPage | None:
        asked = reading.page.request
        if asked is None or not asked.form:
            return super().next_page(reading, links)
        kept = tuple((key, value) for key, value in asked.form if key != "PageIndex")
        index = next((int(value) for key, value in asked.form if key == "PageIndex"), 0)
        shown = {value for key, value in asked.form if key == "DataIds[]"}
        new = [item_id for item in self.items(reading) if (item_id := _item_id(item)) and item_id not in shown]
        if not new:
            return None  # the portal repeats itself: asking further would never end
        form = (*kept, *(("DataIds[]", item_id) for item_id in new), ("PageIndex", str(index + 1)))
        return NextPage(asked.url, "POST", form, None, asked.headers)

    def published(self, reading: Reading) -> tuple[ReadDate, Basis]:
        read, basis = super().published(reading)
        match = _ID.search(urlsplit(reading.url).path)
        embedded = date_in_id(match.group(1)) if match else None
        if embedded is None:
            return read, basis
        if read.at is None and read.problem in ("no_date", "unreadable_date"):
            return ReadDate(read.raw, embedded, True, None), "url"
        if read.at is not None and abs(read.at - embedded) > DRAFT:
            return ReadDate(read.raw, None, False, "date_disagrees_with_id"), "unknown"
        return read, basis


def _unquoted(page: Page) -> str | None:
    """The fragment when it came as a JSON string, the text itself when it was asked for by POST, else None."""
    text = page.decode().strip()
    if text.startswith('"'):
        try:
            inner = json.loads(text)
        except ValueError:
            return text
        return inner if isinstance(inner, str) else ""
    return text if page.request is not None and page.request.method == "POST" else None


def _item_id(item: Tag) -> str | None:
    value = item.get("data-id")
    return value if isinstance(value, str) and value else None


HANOI_CMS = HanoiCms(
    name="hanoi_cms",
    select=Selectors(
        article=(".detail-content.afcbc-body", ".detail-content[data-role=content]"),
        title=("h1.title-detail", "h1.detail-title", "h1[data-role=title]", ".title-detail"),
        date=(".news-info .time", ".detail-time [data-role=publishdate]", ".detail-time", "jsonld:datePublished"),
        lead=("h2.detail-sapo", "h2[data-role=sapo]", ".detail-sapo"),
        body=(".detail-content.afcbc-body", ".detail-content[data-role=content]"),
        author=(".detail-author", "[data-role=author]"),
        section=(".detail-cate a", ".breadcrumb a"),
        drop=(*COMMON_DROP, ".PhotoCMS_Caption", ".VCSortableInPreviewMode[type=RelatedNews]", "[type=RelatedOneNews]", ".detail-related"),
        evidence=(".title-detail", ".detail-time", ".VCSortableInPreviewMode", "meta[property='og:type'][content=article]"),
        static=(".static-content", ".about-content", "main"),
        item=("div.news-item[data-id]",),
        item_link=("h3.news-title a[href]",),
        item_date=("span.news-time[title]@title", "span.news-time"),
        item_summary=("p.news-sapo",),
    ),
    formats=("%H:%M, %d/%m/%Y", "%H:%M %d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y - %H:%M", "%d/%m/%Y | %H:%M", "iso", "%d/%m/%Y"),
    options=Options(article_url=r"-\d{15,16}\.htm"),
)

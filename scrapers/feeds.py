"""RSS, Atom and sitemaps: announcements of articles that need no knowledge of the CMS."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import feedparser
from lxml import etree

from muctieu.settings import TIMEZONE
from scrapers.coding import decode_body
from scrapers.dates import DateRules, read_date
from scrapers.page import ListedLink, Page

SITEMAP_BYTES = 50_000_000  # sitemaps.org: at most 50 MB uncompressed
SITEMAP_URLS = 50_000  # and 50,000 addresses


class FeedError(Exception):
    """What should be a feed or sitemap is none; the message names the URL."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One sitemap file: articles, or further sitemaps with the day of their last change."""

    links: tuple[ListedLink, ...] = ()
    children: tuple[tuple[str, datetime | None], ...] = ()


def read_feed(page: Page, rules: DateRules) -> tuple[ListedLink, ...]:
    """The entries of an RSS or Atom feed. Raises `FeedError` when it is none; a feed without entries is ()."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", page.decode()).strip()
    parsed = feedparser.parse(
        text.encode(), response_headers={"content-type": "application/xml; charset=utf-8", "content-location": page.final_url}
    )
    if not parsed.version:
        raise FeedError(f"{page.final_url}: không phải RSS hay Atom ({page.headers.get('content-type', 'không có content-type')})")
    announced = re.search(r"<(?:\w+:)?(?:item|entry)\b", text)
    if announced and not any(entry.get("link") for entry in parsed.entries):
        raise FeedError(f"{page.final_url}: các mục không có liên kết; {parsed.get('bozo_exception', 'XML đúng cú pháp')}")
    links = []
    for entry in parsed.entries:
        if not entry.get("link"):
            continue
        raw = entry.get("published") or entry.get("updated")
        title = _plain(entry.get("title"))
        links.append(
            ListedLink(
                urljoin(page.final_url, entry.link.strip()), title, _moment(raw, rules, page.fetched_at), raw, _plain(entry.get("summary"))
            )
        )
    return tuple(links)


def _plain(markup: str | None) -> str | None:
    if not markup:
        return None
    try:
        text = str(etree.tostring(etree.HTML(f"<div>{markup}</div>"), method="text", encoding="unicode"))
    except (etree.ParserError, ValueError):
        return None
    return re.sub(r"\s+", " ", text).strip() or None


def _moment(raw: str | None, rules: DateRules, fetched_at: datetime) -> datetime | None:
    """RFC 822 and ISO dates, else the portal's own formats. Without a zone, or with one that is none ("GMT+7"), it is local time."""
    if not raw:
        return None
    parts = email.utils.parsedate_tz(raw)
    if parts is not None:
        try:
            moment = datetime(*parts[:6], tzinfo=TIMEZONE)
        except ValueError:
            return None
        known = re.search(r"(?:[+-]\d{4}|\b(?:GMT|UTC|UT|Z))\s*$", raw.strip())
        return moment.replace(tzinfo=UTC) - timedelta(seconds=parts[9] or 0) if known else moment
    return read_date(raw, DateRules(("iso", *rules.formats)), fetched_at).at


def read_sitemap(page: Page) -> Sitemap:
    """A sitemap or a sitemap index, plain or gzipped. Raises `FeedError`."""
    body = decode_body(page.body, "gzip", SITEMAP_BYTES) if page.body.startswith(b"\x1f\x8b") else page.body
    root = _tree(body, page.final_url)
    name = etree.QName(root).localname if root is not None else ""
    if name not in ("urlset", "sitemapindex"):
        raise FeedError(f"{page.final_url}: không phải sitemap (phần tử gốc {name or 'thiếu'!r})")
    entries = list(_entries(root, page.final_url))[:SITEMAP_URLS]
    if name == "sitemapindex":
        return Sitemap(children=tuple(entries))
    return Sitemap(links=tuple(ListedLink(url, modified_at=modified) for url, modified in entries))


def _tree(body: bytes, url: str) -> etree._Element | None:
    """XML that is well-formed, or mends itself (a bare "&" in an address) without being cut off."""
    whole = re.search(rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>\s*$|<(?:urlset|sitemapindex)[^>]*/>\s*$", body) is not None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=whole)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise FeedError(f"{url}: không đọc được sitemap: {error}") from error


def _entries(root: etree._Element, base: str) -> Sequence[tuple[str, datetime | None]]:
    found = []
    for element in root:
        if not isinstance(element.tag, str):
            continue
        fields = {etree.QName(child).localname: (child.text or "").strip() for child in element if isinstance(child.tag, str)}
        if location := fields.get("loc"):
            found.append((urljoin(base, location), _iso(fields.get("lastmod"))))
    return found


def _iso(text: str | None) -> datetime | None:
    """W3C date or time; a day alone is its first moment in Hanoi."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=TIMEZONE)

"""Pages that come with status 200 and are no pages of the portal: bot challenges, firewalls, maintenance notices."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from scrapers.page import Page
from scrapers.registry import Portal

_WITHIN = 8192  # bytes; challenge pages say what they are at once
_STUB = 30_000  # bytes; a page larger than this holds more than a challenge

# what firewalls in front of Vietnamese portals send instead of a page; each is a phrase that no article has in its first 8 KB of markup
_MARKERS = {
    "F5 BIG-IP": r"<title>\s*Request Rejected\s*</title>|The requested URL was rejected\. Please consult",
    "Cloudflare": r"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare)|cf-browser-verification|/cdn-cgi/challenge-platform/",
    "Incapsula": r"_Incapsula_Resource|Incapsula incident ID",
    "cookie challenge": r"document\.cookie\s*=\s*[\"']D1N=|__test=.{0,40}toNumbers|slowAES\.decrypt",
    "ModSecurity": r"<title>\s*(?:406 Not Acceptable|403 Forbidden)\s*</title>|Mod_Security",
    "Fortinet": r"FortiGuard|<title>\s*Web Page Blocked",
    "captcha": r"<title>[^<]{0,40}(?:captcha|are you (?:a )?(?:human|robot)|xác minh)[^<]{0,40}</title>",
    "maintenance": r"<title>[^<]{0,30}(?:Website Maintenance|Under Maintenance|bảo trì hệ thống)[^<]{0,30}</title>",
}
_COMPILED = {name: re.compile(pattern, re.IGNORECASE | re.DOTALL) for name, pattern in _MARKERS.items()}


def challenge(page: Page, portal: Portal, *, is_html: bool = True) -> str | None:
    """Why this response is no page of the portal, or None. `is_html` is False for feeds, sitemaps and JSON fragments."""
    if len(page.body) <= _STUB:
        head = page.body[:_WITHIN].decode("utf-8", "replace")
        for name, marker in _COMPILED.items():
            if marker.search(head):
                return f"{name} page instead of content"
    if is_html and portal.real_page and not _has(page, portal.real_page):
        return f"nothing matches real_page {portal.real_page!r}"
    return None


def _has(page: Page, selector: str) -> bool:
    return BeautifulSoup(page.decode(), "lxml").select_one(selector) is not None

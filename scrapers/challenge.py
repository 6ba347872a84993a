"""Pages that come with status 200 and are no pages of the portal: bot challenges, firewalls, maintenance notices."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from scrapers.page import Page
from scrapers.registry import Portal
from scrapers.selectors import soup

_WITHIN = 8192  # bytes; challenge pages say what they are at once
_STUB = 30_000  # bytes; a page larger than this holds more than a challenge

# what firewalls in front of Vietnamese portals send instead of a page; each is a phrase that no article has in its first 8 KB of markup
_MARKERS = {
    "F5 BIG-IP": r"<title>\s*Request Rejected\s*</title>|The requested URL was rejected\. Please consult",
    "Cloudflare": r"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare)|/cdn-cgi/challenge-platform/",
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
                return f"trang chặn ({name}) thay cho nội dung"
    if is_html and portal.real_page and not _has(page, portal.real_page):
        return f"không phần tử nào khớp real_page {portal.real_page!r}"
    return None


def _has(page: Page, selector: str) -> bool:
    """Whether any element matches. This is asked of every page, so plain selectors go through lxml (1 ms where a soup takes 13)."""
    xpath = _xpath(selector)
    if xpath is None:
        return soup(page).select_one(selector) is not None
    text = page.decode().replace("\x00", "")
    try:
        root = etree.HTML(text.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return root is not None and bool(xpath(root))


_COMPOUND = re.compile(r"(?P<tag>[a-z][a-z0-9]*|\*)?(?P<rest>(?:[#.][\w-]+|\[[\w:-]+(?:[*^$]?=(?:'[^']*'|\"[^\"]*\"))?\])*)")
_PART = re.compile(r"([#.])([\w-]+)|\[([\w:-]+)(?:([*^$]?)=(?:'([^']*)'|\"([^\"]*)\"))?\]")


@lru_cache(maxsize=1024)
def _xpath(selector: str) -> etree.XPath | None:
    """An XPath for one compound selector or a list of them (tag, #id, .class, [attribute]); None for anything else.

    >>> _xpath("a[href*='/tin/'], #real").path
    "//a[contains(@href, '/tin/')]|//*[@id='real']"
    """
    paths = []
    for compound in (part.strip() for part in selector.split(",")):
        match = _COMPOUND.fullmatch(compound)
        if not match or not compound:
            return None
        conditions = [_condition(part) for part in _PART.finditer(match["rest"])]
        if any(c is None for c in conditions):
            return None
        paths.append(f"//{match['tag'] or '*'}" + "".join(f"[{c}]" for c in conditions))
    return etree.XPath("|".join(paths))


def _condition(part: re.Match[str]) -> str | None:
    sign, name, attribute, operator, single, double = part.groups()
    if sign:
        return f"@id='{name}'" if sign == "#" else f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    value = single if single is not None else double
    if value is None:
        return f"@{attribute}"
    if "'" in value or ":" in attribute or operator == "$" or not value:
        return None  # XPath 1.0 has no way to say these
    return {"": f"@{attribute}='{value}'", "*": f"contains(@{attribute}, '{value}')", "^": f"starts-with(@{attribute}, '{value}')"}[
        operator
    ]

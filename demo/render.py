"""Pages of the demo portals: a target and a world in, a response out.

Bodies differ between two requests only where real portals differ: hit counters, session tokens and the clock in the header.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from demo.content import Article
from demo.sites import Item, Site, Target, absolute, http_date, rfc822
from muctieu.settings import TIMEZONE

WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True)
class Response:
    """What goes over the wire."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Counters:
    """Hit counters and tokens: they change with every request, as on the real portals."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits: defaultdict[str, int] = defaultdict(int)
        self._serial = itertools.count(1)

    def hits(self, key: str) -> int:
        """How often the page was seen; starts at a number that depends on the key alone."""
        with self._lock:
            self._hits[key] += 1
            return int(_digest(key)[:3], 16) % 900 + self._hits[key]

    def token(self) -> str:
        """A session token that no other request gets."""
        with self._lock:
            return _digest(f"token {next(self._serial)}")[:32].upper()


@dataclass(frozen=True, slots=True)
class World:
    """All that a page depends on: the articles shown, the address of the server, the clock."""

    articles: tuple[Article, ...]
    base: str
    now: Callable[[], datetime]
    counters: Counters
    edition: int = 1
    empty_listings: bool = False  # nothing is listed, while every article is still at its address


def respond(site: Site, target: Target, world: World, path: str) -> Response:
    """The page that the target names; a missing article is the portal's own "not found" page (with status 200, as most of them do)."""
    everything = site.items(world.articles)
    listed = [] if world.empty_listings else everything
    if target.view in ("article", "print"):
        item = next((i for i in everything if i.id == target.id and target.section in (None, i.section)), None)
        return _article(site, item, world, target.view) if item else _not_found(site, world, path)
    if target.view in ("listing", "fragment"):
        return _listing(site, target, [i for i in listed if i.section == target.section], world)
    if target.view in ("feed", "sitemap", "sitemap_index"):
        items = [i for i in listed if target.section in (None, i.section)]
        return _xml(site, target.view, items[:20] if target.view == "feed" else items, world)
    if target.view == "static":
        return _html(site, world, "static", f"{site.prefix} static", {"title": "Giới thiệu"})
    return _html(site, world, "home", site.prefix, {"title": site.name, "latest": listed[:8]})


def robots(world: World, sites: Sequence[Site]) -> Response:
    """One robots.txt for the five, since they share one host."""
    lines = ["User-agent: *", *(f"Disallow: {s.prefix}/search" for s in sites)]
    lines += [f"Sitemap: {absolute(world.base, s.prefix + '/sitemapindex.xml')}" for s in sites if s.id == "demo-lamdong"]
    return Response(200, ("\n".join(lines) + "\n").encode(), {"Content-Type": "text/plain; charset=utf-8"})


def _article(site: Site, item: Item, world: World, view: str) -> Response:
    article = item.article
    everything = site.items(world.articles)
    at = everything.index(item)
    around = [i for i in everything[max(0, at - 4) : at + 7] if i.article is not article]
    values = {
        "item": item,
        "title": article.title,
        "summary": None if "lead_in_listing" in article.traps else article.summary,
        "blocks": [_block(block) for block in article.body],
        "dated": "no_date" not in article.traps,
        "newer": [i for i in around if i.published > item.published],
        "older": [i for i in around if i.published <= item.published],
    }
    response = _html(site, world, view, f"{site.id} {item.id}", values)
    if "nfd" in article.traps:
        response = replace(response, body=unicodedata.normalize("NFD", response.body.decode()).encode())
    if "wrong_charset" in article.traps:
        response = replace(response, headers=response.headers | {"Content-Type": "text/html; charset=iso-8859-1"})
    changed = article.edit.at if article.edit and world.edition >= 2 else item.published
    known = {"ETag": f'"{_digest(article.text)[:20]}"', "Last-Modified": http_date(changed)}
    return replace(response, headers=response.headers | {name: known[name] for name in site.validators})


def _listing(site: Site, target: Target, items: Sequence[Item], world: World) -> Response:
    shown, page, last = site.page_of(items, target.page)
    values = {
        "title": site.section(target.section or "").name,
        "section": site.section(target.section or ""),
        "items": shown,
        "dead": site.dead_paths() if items and page == 1 and target.section == site.sections[0].key else (),
        "page": page,
        "asked": target.page,
        "last": last,
        "total": len(items),
        "first_index": (page - 1) * (site.page_size - site.overlap) + 1,
        "next_path": site.listing_path(target.section or "", target.page + 1) if page < last or site.endless else None,
    }
    if target.view == "fragment":
        fragment = _environment().get_template(f"{site.folder}/fragment.html.j2").render(**_common(site, world, "fragment"), **values)
        body = json.dumps({"d": fragment if shown else ""}, ensure_ascii=False).encode()
        return Response(200, body, {"Content-Type": "application/json; charset=utf-8"})
    return _html(site, world, "listing", f"{site.id} {target.section}", values)


def _not_found(site: Site, world: World, path: str) -> Response:
    return _html(site, world, "not_found", f"{site.prefix} status", {"title": "Status", "path": path})


def _xml(site: Site, view: str, items: Sequence[Item], world: World) -> Response:
    text = _environment().get_template(f"{view}.xml.j2").render(**_common(site, world, view), items=items)
    return Response(
        200, text.encode(), {"Content-Type": "application/rss+xml; charset=utf-8" if view == "feed" else "text/xml; charset=utf-8"}
    )


def _html(site: Site, world: World, template: str, key: str, values: dict[str, Any]) -> Response:
    text = _environment().get_template(f"{site.folder}/{template}.html.j2").render(**_common(site, world, key), **values)
    return Response(200, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _common(site: Site, world: World, key: str) -> dict[str, Any]:
    return {
        "site": site,
        "now": world.now().astimezone(TIMEZONE),
        "hits": world.counters.hits(key),
        "visits": 2_248_000 + world.counters.hits(f"{site.id} visits") * 3,
        "token": world.counters.token(),
        "absolute": lambda path: absolute(world.base, path),
        "base": world.base,
    }


def _block(block: str) -> Markup:
    """One block of an article as HTML: a table, a heading, a caption, or one paragraph a line."""
    lines = block.split("\n")
    if lines[0].startswith("|"):
        rows = [[c.strip() for c in line.strip("| ").split("|")] for line in lines if not re.fullmatch(r"[|\s:-]+", line)]
        html = Markup("").join(
            Markup("<tr>{}</tr>").format(Markup("").join(Markup(f"<{tag}>{{}}</{tag}>").format(c) for c in row))
            for tag, row in zip(["th"] + ["td"] * len(rows), rows, strict=False)
        )
        return Markup('<table border="1" cellpadding="4"><tbody>{}</tbody></table>').format(html)
    if lines[0].startswith("!["):
        caption = lines[0][2:-1]
        return Markup('<figure><img src="data:," alt=""/><figcaption>{}</figcaption></figure>').format(caption)
    return Markup("\n").join(_paragraph(line) for line in lines)


def _paragraph(line: str) -> Markup:
    if line.startswith("## "):
        return Markup('<p style="text-align:justify"><strong>{}</strong></p>').format(line[3:])
    marked = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", str(escape(line)))
    return Markup(f'<p style="text-align:justify">{marked}</p>')


@cache
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "weekday": lambda moment: WEEKDAYS[moment.weekday()],
        "weekday_number": lambda moment: "Chủ nhật" if moment.weekday() == 6 else f"Thứ {moment.weekday() + 2}",
        "rfc822": rfc822,
        "at": lambda moment, form: moment.strftime(form),
    }
    return env


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""Ways in which a demo portal can break, for chaos tests: `--break NAME` on the server, or `DemoServer(breakages=...)`.

A breakage changes the articles that a portal shows, or each response before it goes out, or both. It hits one portal
(`NAME:demo-hanoi`) or, without a portal, all of them. All fifteen that the quality gates must catch are in `BREAKAGES`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from demo.content import Article, Claim
from demo.render import Response
from demo.sites import Site, Target

Articles = tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a response is an answer to."""

    site: Site
    target: Target | None
    path: str


def _same_articles(articles: Articles) -> Articles:
    return articles


def _same_response(response: Response, _asked: Asked) -> Response:
    return response


@dataclass(frozen=True, slots=True)
class Breakage:
    """One way to break: `articles` before rendering, `respond` after it."""

    name: str
    what: str
    articles: Callable[[Articles], Articles] = _same_articles
    respond: Callable[[Response, Asked], Response] = _same_response
    delay_s: float = 0.0
    empty_listings: bool = False  # listings, feeds and sitemaps are rendered without an entry


@dataclass(frozen=True, slots=True)
class Applied:
    """A breakage at work on one portal, or on all when `portal` is None."""

    breakage: Breakage
    portal: str | None = None

    def hits(self, site: Site) -> bool:
        """Whether this portal is broken."""
        return self.portal in (None, site.id)


def read_breakage(text: str) -> Applied:
    """`NAME` or `NAME:PORTAL` from the command line; ValueError lists the known names."""
    name, _, portal = text.partition(":")
    if name not in BREAKAGES:
        raise ValueError(f"unknown breakage {name!r}; known: {', '.join(BREAKAGES)}")
    return Applied(BREAKAGES[name], portal or None)


def _reword(articles: Articles, change: Callable[[str], str]) -> Articles:
    return tuple(
        a.model_copy(
            update={
                "title": change(a.title),
                "summary": change(a.summary) if a.summary else None,
                "body": tuple(map(change, a.body)),
            }
        )
        for a in articles
    )


def _redesign(response: Response, _asked: Asked) -> Response:
    """Every class and id gets another name, as after a relaunch: no selector of the platform matches any more."""
    if b"<html" not in response.body:
        return response
    renamed = re.sub(
        rb'(\s(?:class|id)=")([^"]+)"', lambda m: m[1] + b" ".join(b"x9-" + w[::-1] for w in m[2].split()) + b'"', response.body
    )
    renamed = re.sub(rb'<meta (?:property|name)="(?:og:|generator)[^>]*>', b"", renamed, flags=re.IGNORECASE)
    renamed = re.sub(rb'<script type="application/ld\+json">.*?</script>', b"", renamed, flags=re.DOTALL)
    return replace(response, body=re.sub(rb"<(/?)h[1-4]\b", rb"<\1section", renamed))


_DATE = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b")


def _swapped_dates(response: Response, _asked: Asked) -> Response:
    """Day and month change places in every date of the page, as after a change of the server's locale."""
    if "html" not in response.headers.get("Content-Type", ""):
        return response
    return replace(response, body=_DATE.sub(r"\2/\1/\3", response.body.decode()).encode())


_COUNT = re.compile(
    r"(?<![\d.,/])(\d{1,3}(?:\.\d{3})+|\d+)(,\d+)?(?=(?:/\d+)?\s*(?:%|xã|hộ|sản phẩm|tiêu chí|tỷ đồng|triệu đồng|thôn|bản|huyện|người))"
)


def _times_ten(text: str) -> str:
    def scaled(match: re.Match[str]) -> str:
        number = float(match[1].replace(".", "") + (match[2] or "").replace(",", ".")) * 10
        whole, _, part = f"{number:.2f}".partition(".")
        grouped = f"{int(whole):,}".replace(",", ".")
        return grouped + ("," + part.rstrip("0") if part.strip("0") else "")

    return _COUNT.sub(scaled, text)


def _numbers_x10(articles: Articles) -> Articles:
    """Every count and percentage is ten times too large: a lost decimal comma."""
    return _reword(articles, _times_ten)


def _encoding_broken(response: Response, _asked: Asked) -> Response:
    """UTF-8 read as Windows-1252 and written as UTF-8 again: "nÃ´ng thÃ´n má»›i"."""
    if "html" not in response.headers.get("Content-Type", ""):
        return response
    return replace(response, body=response.body.decode("latin-1").encode("utf-8"))


def _half_gone(articles: Articles) -> Articles:
    """Every second article is no longer listed, nor at its address."""
    return articles[::2]


def _duplicates_doubled(articles: Articles) -> Articles:
    """Every article of a portal appears a second time under another id, a day later."""
    again = [a.model_copy(update={"id": a.id + 900_000, "published": a.published + timedelta(days=1), "copies": ()}) for a in articles]
    return articles + tuple(again)


def _down(_response: Response, _asked: Asked) -> Response:
    """Every request gets 503 and an HTML page of the load balancer."""
    body = b"<html><body><h1>503 Service Unavailable</h1>No server is available to handle this request.</body></html>"
    return Response(503, body, {"Content-Type": "text/html", "Retry-After": "120"})


def _last_year(articles: Articles) -> Articles:
    """The portal shows the state of a year before its newest article: a backup was restored."""
    newest = max(a.published for a in articles) if articles else None
    return tuple(a for a in articles if newest and a.published < newest - timedelta(days=365))


_PERCENT = re.compile(r"(?<![\d.,])(\d+)(?:,(\d+))?\s?%")


def _as_fraction(match: re.Match[str]) -> str:
    return f"{float(f'{match[1]}.{match[2] or 0}') / 100:.4f}".rstrip("0").rstrip(".").replace(".", ",")


def _percent_as_fraction(articles: Articles) -> Articles:
    """Rates are printed as fractions of one ("0,0077" for "0,77%"), without a sign."""
    return _reword(articles, lambda text: _PERCENT.sub(_as_fraction, text))


_NEW_NAMES = {
    "tỷ lệ hộ nghèo": "chỉ số thiếu hụt hộ",
    "Tỷ lệ hộ nghèo": "Chỉ số thiếu hụt hộ",
    "đạt chuẩn nông thôn mới": "đạt chuẩn làng quê thông minh",
    "đạt chuẩn NTM": "đạt chuẩn LQTM",
    "OCOP": "SPĐT",
}


def _renamed(text: str) -> str:
    for old, new in _NEW_NAMES.items():
        text = text.replace(old, new)
    return text


def _indicator_renamed(articles: Articles) -> Articles:
    """The programme gave its main indicators new names, which no lexicon knows yet."""
    return _reword(articles, _renamed)


def _article_retracted(articles: Articles) -> Articles:
    """One article with figures is gone, the newest that is a week older than the last: no listing has it, its address says "not found"."""
    newest = max((a.published for a in articles), default=None)
    known = [a for a in articles if newest and a.published <= newest - timedelta(days=7) and (a.claims or any("%" in b for b in a.body))]
    gone = max(known, key=lambda a: (a.published, a.id), default=None)
    return tuple(a for a in articles if a is not gone)


_SPAM = (
    "Cơ hội vàng: 100% hộ nghèo được vay 500 triệu đồng, lãi suất 0%, 950 xã đã đăng ký; liên hệ 0900 000 000 để nhận 35.000 suất ưu đãi.",
    "Năm 2020 có 8.700 sản phẩm OCOP giảm giá 70%, tỷ lệ hộ nghèo trúng thưởng 88%, 12.500/11.000 hộ thoát nghèo nhờ vòng quay may mắn.",
)


def _spam_figures(articles: Articles) -> Articles:
    """Somebody posted an advertisement full of programme words and impossible figures as the newest article."""
    if not articles:
        return articles
    newest = max(articles, key=lambda a: a.published)
    empty: tuple[Claim, ...] = ()
    spam = newest.model_copy(
        update={
            "id": newest.id + 800_000,
            "title": "Tin vui: 100% hộ nghèo nhận ngay 500 triệu đồng",
            "summary": None,
            "published": newest.published + timedelta(hours=2),
            "body": _SPAM * 4,
            "claims": empty,
            "copies": (),
            "traps": (),
        }
    )
    return (spam, *articles)


def _wrong_clock(response: Response, asked: Asked) -> Response:
    """The server lives in 2031: Date and Last-Modified headers, and the dates of all pages, are five years ahead."""
    headers = {
        k: re.sub(r"\b20(\d\d)\b", lambda m: str(2005 + int(m[1])), v) if k in ("Date", "Last-Modified") else v
        for k, v in response.headers.items()
    }
    if asked.target is None or "html" not in response.headers.get("Content-Type", ""):
        return replace(response, headers=headers)
    body = _DATE.sub(lambda m: f"{m[1]}/{m[2]}/{int(m[3]) + 5}", response.body.decode())
    return replace(response, body=body.encode(), headers=headers)


BREAKAGES = {
    b.name: b
    for b in (
        Breakage("redesign", "every class and id renamed, no metadata", respond=_redesign),
        Breakage(
            "empty_listing", "listings, feeds and sitemaps with status 200 and no entry, as after a failed query", empty_listings=True
        ),
        Breakage("swapped_dates", "day and month swapped", respond=_swapped_dates),
        Breakage("numbers_x10", "figures ten times too large", articles=_numbers_x10),
        Breakage("encoding_broken", "double-encoded UTF-8", respond=_encoding_broken),
        Breakage("half_gone", "every second article gone", articles=_half_gone),
        Breakage("duplicates_doubled", "every article twice", articles=_duplicates_doubled),
        Breakage("down", "503 for everything", respond=_down),
        Breakage("slow", "20 seconds before every answer", delay_s=20.0),
        Breakage("last_year_page", "the state of a year ago", articles=_last_year),
        Breakage("percent_as_fraction", "0,0077 for 0,77%", articles=_percent_as_fraction),
        Breakage("indicator_renamed", "indicators under new names", articles=_indicator_renamed),
        Breakage("article_retracted", "an article of last week is gone", articles=_article_retracted),
        Breakage("spam_figures", "an advertisement full of figures", articles=_spam_figures),
        Breakage("wrong_clock", "the server's clock is five years ahead", respond=_wrong_clock),
    )
}


def pause(applied: Applied) -> None:
    """Wait as long as a slow portal does."""
    if applied.breakage.delay_s:
        time.sleep(applied.breakage.delay_s)

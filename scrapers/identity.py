"""What makes two URLs the same article, two texts the same version and two articles the same release."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from muctieu.records import stable_id
from scrapers.registry import Portal

# never part of an article's identity, on any CMS: campaign tags, session ids, Liferay's authentication token
_DROPPED = re.compile(
    r"utm_\w+|fbclid|gclid|zarsrc|mc_[ce]id|_ga|phpsessid|jsessionid|sessionid|sid_token|p_auth|aspxautodetectcookiesupport|inheritredirect|redirect|timestamp|_dc",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.IGNORECASE)
_SAFE = "/:@!$&'()*+,;=~-._"


def canonical_url(url: str, portal: Portal) -> str:
    """The one spelling of an article's URL: main host, the portal's scheme, no session or campaign, the portal's own rules applied.

    It does not depend on when or where the link was found, because article ids are made of it.
    """
    parts = urlsplit(url.strip())
    host = portal.host_of(url)
    name = (host.alias_of or host.host) if host else parts.netloc.lower().rpartition("@")[2]
    scheme = portal.scheme if host else parts.scheme.lower()
    where = name + _path(parts.path) + _query(parts.query, portal)
    for rule in portal.identity.rewrite:
        where = re.sub(rule.pattern, rule.to, where, count=1)
    return f"{scheme}://{where}"


def _path(path: str) -> str:
    plain = _SESSION_IN_PATH.sub("", path)
    segments: list[str] = []
    for segment in plain.split("/"):
        if segment == "..":
            segments[-1:] = []
        elif segment not in ("", "."):
            # the same Vietnamese slug comes percent-encoded, plain, composed and decomposed
            segments.append(quote(unicodedata.normalize("NFC", unquote(segment, errors="replace")), safe=_SAFE))
    return "/" + "/".join(segments)


def _query(query: str, portal: Portal) -> str:
    rules = portal.identity
    kept = [
        (key, unicodedata.normalize("NFC", value))
        for key, value in parse_qsl(query, keep_blank_values=True)
        if not _DROPPED.fullmatch(key) and key not in rules.drop_params and (rules.keep_params is None or key in rules.keep_params)
    ]
    return "?" + urlencode(sorted(kept), quote_via=quote, safe=_SAFE) if kept else ""


def article_id(canonical: str) -> str:
    return stable_id(canonical)


def version_id(article: str, title: str, body_text: str, published_at: datetime | None) -> str:
    """Depends on what an editor changes, not on how the CMS spaces it: NFC, one space for any run of white space."""
    moment = published_at.astimezone(UTC).isoformat() if published_at else None
    return stable_id(article, _spaced(title), _spaced(body_text), moment)


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


# --- stories ---------------------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)*")
_SHORT = 200  # characters of body under which the title is needed to tell two articles apart


def words(text: str) -> list[str]:
    """Words as releases are compared: no diacritics, so that tone placement, NFC and lost marks do not matter; numbers whole.

    >>> words("Uỷ ban: 3,5% hộ nghèo")
    ['uy', 'ban', '3,5', 'ho', 'ngheo']
    """
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return _WORD.findall("".join(ch for ch in plain if not unicodedata.combining(ch)))


def story_id(title: str, body_text: str) -> str:
    """Equal for the same release wherever it appears: from the figures of its body when it has enough of them, else from its words.

    Portals that take a release over change its title, lead, by-line, captions and spelling, but not its figures; and a monthly report
    made from the template of the last one differs in its figures alone. So the set of figures is the fingerprint: at least five that
    tell something (no single digits, days, years or dates). Nearly equal texts with fewer figures hold little that could be counted twice.
    No index and no order are needed: portals can be scraped at the same time on several machines, a killed run gives the same ids
    when it is repeated, and the cost is that of one reading of the text however long the history is.
    """
    key = sorted(telling_figures(body_text))
    if len(key) < FIGURES:
        key = words(body_text) if len(body_text) >= _SHORT else words(title) + words(body_text)
    return hashlib.sha256(" ".join(key).encode()).hexdigest()[:24]


FIGURES = 5
_FIGURE = re.compile(r"(?<![\w.,/])\d+(?:[.,/-]\d+)*(?![\w/])")
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,2}[/-]\d{4}")


def telling_figures(text: str) -> frozenset[str]:
    """The figures of a text that can tell it from others.

    >>> sorted(telling_figures("Ngày 5/3/2021, 12 xã có 2.700 hộ nghèo, chiếm 3,5% (năm 2020: 4,1%); 45 thôn; Kế hoạch số 2552/KH-UBND"))
    ['2.700', '2552', '3,5', '4,1', '45']
    """
    found = set()
    for figure in _FIGURE.findall(re.sub(r"(\d)/(?=\D)", r"\1 ", text)):
        plain = figure.isdigit()
        if (plain and (int(figure) <= 31 or 1900 <= int(figure) <= 2100)) or ("," not in figure and _DATE.fullmatch(figure)):
            continue
        found.add(figure)
    return frozenset(found)


# --- infinite URL spaces ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def is_runaway(url: str) -> bool:
    """Whether a URL looks made by a relative link that nests without end ("/vi/vi/en/en/..."), or is longer than any article's."""
    segments = [s for s in urlsplit(url).path.split("/") if s]
    repeats = sum(a == b for a, b in pairwise(segments))
    return len(url) > 2000 or len(segments) > 20 or repeats >= 2 or any(segments.count(s) > 3 for s in set(segments))

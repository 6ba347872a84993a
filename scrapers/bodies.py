"""From the element that holds an article to its text: paragraphs, data tables as rows, the by-line apart, and no furniture.

What counts as text was settled on saved pages of three portals: captions that sit in the flow of the article (one-cell layout
tables around a photograph) are paragraphs, because they state facts and editors end articles with them; elements that the CMS marks
as captions, related lists and the line with the CMS account of the editor are dropped by the selectors of the platform.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.entities import html5
from urllib.parse import urljoin, urlsplit

from bs4 import Tag
from bs4.element import Comment, NavigableString, PageElement

from scrapers.finding import Finder

BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p"),
        *("pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    ]
)
SKIPPED = frozenset(
    [
        *("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "audio", "video", "select", "button", "input"),
        *("textarea", "head", "title"),
    ]
)
FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|rar|zip|7z|odt|ods)(?=$|[/?&#])|^drive\.google\.com/file/", re.IGNORECASE)

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u3000]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")  # zero width, direction marks, soft hyphen


@dataclass(frozen=True, slots=True)
class Body:
    """The text of an article, the by-line under it and the files it links to."""

    paragraphs: tuple[str, ...]
    author: str | None = None
    attachments: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def clean(raw: str) -> str:
    """One line of text: NFC, runs of any white space as one space, nothing invisible.

    >>> clean("Các\\u00a0 Ph\\u200bó  Bí thư ")
    'Các Phó Bí thư'
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", raw))).strip()


def inline_text(node: Tag) -> str:
    """The text of an element on one line. Unlike `get_text(" ")` this keeps a word whole that editors cut with tags: <b>p</b>hù hợp."""
    return clean(" ".join(paragraphs(node)))


# --- paragraphs ------------------------------------------------------------------------------------------------------------------


def paragraphs(node: Tag, drop: Sequence[str] = ()) -> list[str]:
    """The paragraphs under an element in reading order; a data table gives one paragraph a row ("a | b | c")."""
    dropped = {id(found) for found in Finder(node).all(drop)} if drop else set()
    out: list[str] = []
    line: list[str] = []

    def end_line() -> None:
        text = clean("".join(line))
        line.clear()
        if text:
            out.append(text)

    for event, item in _walk(node, dropped):
        if event == "text":
            line.append(str(item))
        elif event == "rows":
            end_line()
            out.extend(data_rows(item) or ())
        elif event == "br":
            if not _runs_on("".join(line), item):
                end_line()
            else:
                line.append(" ")
        else:
            end_line()
    end_line()
    return out


def _walk(node: Tag, dropped: set[int]) -> Iterator[tuple[str, Tag]]:
    """Text, line breaks, block edges and data tables in document order, without recursion (Word nests hundreds of spans)."""
    stack: list[tuple[PageElement, bool]] = [(node, True)]
    while stack:
        item, entering = stack.pop()
        if isinstance(item, NavigableString):
            if type(item) is NavigableString:  # comments, CDATA and doctypes are subclasses
                yield "text", item  # type: ignore[misc]
            continue
        if not isinstance(item, Tag):
            continue
        if not entering:
            yield "edge", item
            continue
        if id(item) in dropped or item.name in SKIPPED or _hidden(item):
            continue
        if item.name == "br":
            yield "br", item
            continue
        if item.name == "table" and data_rows(item) is not None:
            yield "rows", item
            continue
        if item.name in BLOCKS:
            yield "edge", item
            stack.append((item, False))
        stack.extend((child, True) for child in reversed(item.contents) if not isinstance(child, Comment))


def _hidden(item: Tag) -> bool:
    style = item.get("style")
    return item.has_attr("hidden") or (isinstance(style, str) and re.search(r"display\s*:\s*none", style, re.IGNORECASE) is not None)


def _runs_on(before: str, br: Tag) -> bool:
    """Whether a single line break only wraps a sentence: what follows goes on in lower case and what precedes does not end one."""
    after = br.next_sibling
    while isinstance(after, Comment) or (isinstance(after, NavigableString) and not after.strip()):
        after = after.next_sibling
    if after is None or (isinstance(after, Tag) and after.name in BLOCKS | {"br"}):
        return False
    following = clean(after.get_text() if isinstance(after, Tag) else str(after))
    return bool(following) and following[0].islower() and not re.search(r"[.!?:;]\s*$", before)


# --- tables ----------------------------------------------------------------------------------------------------------------------

_NUMERIC = re.compile(r"[<>≤≥~±+\-]?\s*\d[\d.,/\s]*\s*(?:%|‰)?")


def data_rows(table: Tag) -> list[str] | None:
    """The rows of a data table as "a | b | c", or None for a layout table.

    A data table has two columns or more and at least one cell that is a number; a table around other tables is layout.
    A label that spans rows is repeated, so that each row stands alone; a number that spans rows is not (it would count twice).
    """
    if table.find("table") is not None:
        return None
    grid = _grid(table)
    width = max((len(row) for row in grid), default=0)
    filled = {column for row in grid for column, cell in enumerate(row) if cell}
    if width < 2 or len(filled) < 2 or not any(_NUMERIC.fullmatch(cell) for row in grid for cell in row):
        return None
    rows = [[*row, *[""] * (width - len(row))] for row in grid]
    return [" | ".join(row).rstrip("| ") if sum(map(bool, row)) > 1 else next(filter(None, row)) for row in rows if any(row)]


def _grid(table: Tag) -> list[list[str]]:
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows still covered, and the text to repeat there
    for tr in table.find_all("tr"):
        row: list[str] = []
        cells = [(inline_text(c), _span(c, "rowspan"), _span(c, "colspan")) for c in tr.find_all(("td", "th"), recursive=False)]
        while cells or len(row) in hanging:
            column = len(row)
            if column in hanging:
                left, text = hanging.pop(column)
                if left > 1:
                    hanging[column] = (left - 1, text)
                row.append(text)
                continue
            text, deep, wide = cells.pop(0)
            for extra in range(wide):
                shown = text if extra == 0 else ""
                if deep > 1:
                    hanging[column + extra] = (deep - 1, "" if _NUMERIC.fullmatch(shown) else shown)
                row.append(shown)
        rows.append(row)
    return rows


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(int(value), 60) if value.isdecimal() and int(value) else 1  # a colspan of 1000 is a slip, not a thousand columns


# --- the lead --------------------------------------------------------------------------------------------------------------------


def join_lead(lead: Sequence[str], body: Sequence[str]) -> list[str]:
    """Lead and body as one text. A lead that the body repeats is dropped; a sentence that the CMS cut between them is joined."""
    lead = [p for p in lead if p]
    body = [p for p in body if p]
    if not lead or not body:
        return [*lead, *body]
    shown = _squeezed(re.sub(r"\s*(?:\.{3}|…)$", "", " ".join(lead)))
    if shown and _squeezed(" ".join(body[:3])).startswith(shown):
        return body
    if body[0][0].islower() and not re.search(r"[.!?…]$", lead[-1]):
        return [*lead[:-1], f"{lead[-1]} {body[0]}", *body[1:]]
    return [*lead, *body]


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


# --- the by-line -----------------------------------------------------------------------------------------------------------------

# a range such as À-Ỹ holds the small letters too: capitals must be listed
_CAPITAL = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_NAME = rf"[{_CAPITAL}][\w’'´.]*"
_NAMES = rf"{_NAME}(?:\s+{_NAME}){{0,5}}(?:\s*(?:[-–—,&/]|và)\s*{_NAME}(?:\s+{_NAME}){{0,4}}){{0,4}}"
_ASIDE = r"(?:\s*[-–—,]?\s*\([^()]{2,60}\))?"
_OFFICE = r"(?:\s*[-–—,]\s*(?:Phòng|Đài|Trung tâm|TT|Báo|Cổng|Văn phòng|VP|Ban|Sở|UBND|HĐND|Hội|Chi cục|Công an|Trường)\b[^.;:!?]{0,60})?"
_CREDIT_WORD = r"(?:tin|tịn|bài|ảnh|ành|hình|video|clip|bài viết|tác giả|thực hiện|tổng hợp|biên tập|nội dung)"
_CREDIT = re.compile(
    rf"(?:{_CREDIT_WORD})(?:\s*(?:,|và|-|–|&|/|\+)\s*{_CREDIT_WORD})*\s*[:\-–.]?\s+(?-i:{_NAMES}){_ASIDE}(?-i:{_OFFICE})\.?", re.IGNORECASE
)
_SOURCE = re.compile(
    rf"\(?\s*(?:nguồn(?: tin)?|theo)\s*[:\-–]?\s*[“\"']?(?=https?://|www\.|[a-z0-9-]+\.[a-z]{{2}}|(?-i:[{_CAPITAL}]))[^;!?]{{2,70}}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"{_NAMES}{_ASIDE}{_OFFICE}")
_INITIALS = re.compile(r"(?:PV|P\.V|BBT|CTV|HNP|TTXVN|BT|TH)\.?(?:\s*\([^()]{2,40}\))?")
# words that begin a title of a person or an office, never a name of a writer
_NO_WRITER = re.compile(
    r"(?:ông|bà|anh|chị|em|đồng chí|đ/c|huyện|tỉnh|thành phố|tp|thị xã|thị trấn|xã|phường|thôn|bản|ủy ban|ubnd|hđnd|ban|sở|phòng|chủ tịch|"
    r"phó|giám đốc|trưởng|bí thư|kính|nơi nhận|tm|kt|tl|q|hội|đảng|việt nam|cộng hòa|ảnh minh họa|hình minh họa)\b[.\s]?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.…!?;:]$|\./\.$|/\.$")
_GLUED = re.compile(rf"^(?P<text>.*(?:\./\.|/\.))\s*(?P<name>{_BARE.pattern})$", re.DOTALL)


def split_byline(body: Sequence[str]) -> tuple[list[str], str | None]:
    """The paragraphs without the by-line, and the by-line as the portal has it (a writer, or where the text was taken from).

    Only short last paragraphs count: "Theo báo cáo của …" at the start of a paragraph is prose, "Theo chinhphu.vn" under the text is not.
    """
    kept = list(body)
    lines: list[str] = []
    while len(kept) > 1 and len(lines) < 2 and _is_byline(kept[-1]):
        lines.insert(0, kept.pop())
    if kept and not lines and (glued := _GLUED.match(kept[-1])) and not _NO_WRITER.match(glued.group("name")):
        kept[-1] = glued.group("text").strip()
        lines = [glued.group("name").strip()]
    return kept, "; ".join(lines) or None


def _is_byline(line: str) -> bool:
    if len(line) > 90:
        return False
    bare = line.strip(" *")
    bare = bare[1:-1].strip() if re.fullmatch(r"[(\[].*[)\]]", bare) else bare
    if _CREDIT.fullmatch(line) or _CREDIT.fullmatch(bare) or _INITIALS.fullmatch(bare):
        return True
    if _SOURCE.fullmatch(line) and len(line.split()) <= 14 and not re.search(r"[^.]\.$", line.rstrip("”\")'")):
        return not re.match(r"theo\s+(?:ông|bà|anh|chị|đồng chí|đ/c|kế hoạch|báo cáo|quyết định|nghị quyết)\b", line, re.IGNORECASE)
    if _NO_WRITER.match(bare) or _SENTENCE_END.search(line):
        return False
    return (len(bare.split()) >= 2 and _BARE.fullmatch(bare) is not None and not bare.isupper()) or _name_in_capitals(bare)


def _name_in_capitals(bare: str) -> bool:
    """Two to four words in capitals; a heading in capitals is longer or names an office."""
    words = bare.split()
    return bare.isupper() and 2 <= len(words) <= 4 and all(w.isalpha() for w in words)


# --- repairs ---------------------------------------------------------------------------------------------------------------------

_ACCENTS = {
    "aA": ("grave", "acute", "circ", "tilde"),
    "eE": ("grave", "acute", "circ"),
    "iI": ("grave", "acute"),
    "oO": ("grave", "acute", "circ", "tilde"),
    "uU": ("grave", "acute"),
    "yY": ("acute",),
}
_ACCENTED = "|".join(letter + accent for letters, accents in _ACCENTS.items() for letter in letters for accent in accents)
_LOST = re.compile(
    rf"(?<!&)(?:(?P<accented>{_ACCENTED})|(?P<mark>ldquo|rdquo|lsquo|rsquo|laquo|raquo|quot|ndash|mdash|hellip|nbsp|middot))"
    rf";|(?<=[{_CAPITAL}])amp;(?=[{_CAPITAL}])|(?<![\w&])amp;(?=\s)|(?<=\d)deg;(?=\s?C\b)"
)
_STRAY = re.compile(rf"(?<=[A-Za-zđĐ]);(?=[{_CAPITAL[3:].lower()}])")


def restore_entities(text: str, *, stray: bool = False) -> str:
    """Named entities whose ampersand a migration ate, given back their character.

    The accented ones end no word of Vietnamese or English and may stand inside a word ("nghegrave;o"); "amp;" is one only
    between capitals or alone, because "stamp;" is a word. With `stray`, a semicolon inside a word ("gh;ép") goes too.

    >>> restore_entities("Bộ TTamp;TT: cograve;n nhiều hộ nghegrave;o ndash; ldquo;Đưardquo;")
    'Bộ TT&TT: còn nhiều hộ nghèo – “Đưa”'
    """
    if ";" not in text:
        return text
    restored = _LOST.sub(lambda m: _character(m.group()), text)
    return unicodedata.normalize("NFC", _STRAY.sub("", restored) if stray else restored)


def _character(entity: str) -> str:
    return " " if entity == "nbsp;" else html5[entity]


# --- everything ------------------------------------------------------------------------------------------------------------------


def read_body(
    nodes: Iterable[Tag], *, base_url: str, lead: Tag | None = None, drop: Sequence[str] = (), tail: re.Pattern[str] | None = None
) -> Body:
    """The body of an article from its elements (and its lead). `tail` matches whole last lines that are furniture."""
    nodes = list(nodes)
    text = [restore_entities(p) for node in nodes for p in paragraphs(node, drop)]
    text, author = split_byline(_without_tail(text, tail))
    intro = [restore_entities(p, stray=True) for p in paragraphs(lead, drop)] if lead is not None else []
    return Body(tuple(join_lead(intro, text)), author, attachments(nodes, base_url))


def _without_tail(text: list[str], tail: re.Pattern[str] | None) -> list[str]:
    kept = list(text)
    while tail and kept and tail.fullmatch(kept[-1]):
        kept.pop()
    return kept


def attachments(nodes: Iterable[Tag], base_url: str) -> tuple[str, ...]:
    """Absolute URLs of the documents that the elements link to, in order, each once."""
    found: dict[str, None] = {}
    for node in nodes:
        for link in [node] if node.name == "a" and node.has_attr("href") else node.select("a[href]"):
            href = urljoin(base_url, str(link["href"]).strip())
            parts = urlsplit(href)
            if parts.scheme in ("http", "https") and FILES.search(href.partition("://")[2]):
                found[href] = None
    return tuple(found)

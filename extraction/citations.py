"""Plans, decisions, letters and reports that an article cites by number, who issued them and when, and on which of them a sentence rests.

A number counts when it identifies the document: with its code ("45/KH-UBND", "11-CT/TU"), with its year after the name of the kind of
document ("Thông tư 07/2018"), or after "số" ("quyết định số 433"). "Nghị định 07" and "NQ 06" are names in passing: gold lists none.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from extraction.model import ArticleContext, Field, Kind, Sentence, Span, Text
from extraction.time_expressions import valid_date

# "À-Ỹ" would hold the small letters between them too
CAPITALS = "A-Z" + "".join(ch for ch in map(chr, range(0xC0, 0x1EFA)) if ch.isupper())
_LEXICON = Path(__file__).parent / "lexicon" / "document_types.csv"


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """One document, however often it is named. `start` and `end` are its first number, `mentions` all of them."""

    number: str  # without spaces: "941-TB/TU"
    type: str | None
    issuer: str | None
    issued: date | None
    start: int
    end: int
    mentions: tuple[Span, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class _Type:
    code: str
    name: str
    cited: bool


@dataclass(frozen=True, slots=True)
class _Found:
    number: str
    start: int
    end: int
    rule: str


@cache
def document_types() -> tuple[dict[str, _Type], dict[str, _Type]]:
    """The kinds of documents by their code ("KH") and by their folded name ("kế hoạch")."""
    codes: dict[str, _Type] = {}
    names: dict[str, _Type] = {}
    with _LEXICON.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            kind = _Type(row["code"], row["name"], row["cited"] == "yes")
            codes[kind.code] = kind
            for surface in row["surfaces"].split("|"):
                names.setdefault(surface, kind)
    return codes, names


# Two capitals or more, small letters only as in CTr, TTr, QyĐ, TTg and TTĐT: "12/Quận" and "3/Tổ" are no codes.
_DASH = r"\s?(?:-|–|—|‑|&?ndash;)\s?"
_CODE = r"[A-ZĐƯÔƠÂÊ][A-Za-zĐđƯưƠơÂâÊêÔô]*"
_CODES = rf"{_CODE}\d{{0,2}}(?:(?:{_DASH}|\s?&\s?|,(?=[A-ZĐ]{{2}})){_CODE}\d{{0,2}}){{0,6}}"
_SLASHED_RE = re.compile(rf"\d{{1,5}}[a-zA-Z]?\s?/\s?(?:(?:19|20)\d\d\s?/\s?)?(?P<codes>{_CODES})")
_DASHED_RE = re.compile(rf"\d{{1,5}}[a-zA-Z]?{_DASH}(?P<codes>{_CODE})\s?/\s?{_CODES}")
_YEARED_RE = re.compile(r"(\d{1,4})/((?:19|20)\d\d)(?![\d/.-])")
_CAPITALS_RE = re.compile(r"[A-ZĐƯ].*[A-ZĐƯ]")
_NUMBER_START_RE = re.compile(rf"(?<![\w.,/])\d{{1,5}}[a-zA-Z]?(?:{_DASH}{_CODE})?\s?$")
_BARE_RE = re.compile(r"số *:? *(\d{1,5}[a-z]?)(?![\w/]|[.,]\d|\s?(?:[-–]|&?ndash;)\s?\w)")
_DECISION_RE = re.compile(r"quyết định (\d{4,5}|\d{1,3}[a-c])(?![\w/.-])")
_SPACES_RE = re.compile(r"\s+")
_DATE = r"ngày +(?P<day>\d{1,2}) *(?:[/.\-]| tháng ) *(?P<month>\d{1,2})(?: *(?:[/.\-]|,? năm ) *(?P<year>(?:19|20)\d\d))?"
_ISSUED_RE = re.compile(rf"[,;]? *(?:\(|ký |ban hành |được ban hành )?{_DATE}")
_OPENING_DATE_RE = re.compile(rf"(?:\([^()\n]{{0,30}}\)|[^,.\n]{{0,24}}?)[ -]*{_DATE}")
_OF_RE = re.compile(r" *(?:\([^()\n]{0,30}\) *)?của (?P<issuer>[^.;:,()\n\"]{2,80}?)(?= [a-zà-ỹđ]+|[.;:,()\n\"]|$)")
_ISSUER = (
    r"(?:ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|tỉnh ủy|thành ủy|huyện ủy|thị ủy|đảng ủy|ban thường vụ|ban chấp hành|ban bí thư"
    r"|ban chỉ đạo"
    r"|bộ chính trị|thủ tướng(?: chính phủ)?|chính phủ|quốc hội|bộ|sở|văn phòng|chủ tịch|ủy ban|ub|phòng)"
)
_VERB = r"(?:ký ban hành|ban hành|ký|có|phê duyệt|công bố|thông qua|đề ra|ra|xây dựng|giao)"
_BEFORE_VERB_RE = re.compile(
    rf"(?P<issuer>\b{_ISSUER}\b[^.;:,()\n\"]{{0,70}}?) (?:vừa |đã |mới |cũng |chính thức )*{_VERB}(?: [^.;:,()\n\"]{{0,40}})?$"
)
_VERBS_RE = re.compile(
    r"(?P<issues>ban hành|vừa có|công bố|thông qua|phê duyệt|đề ra tại|nêu tại|nêu trong|theo báo cáo|giao)"
    r"|(?P<grounds>thực hiện|triển khai|căn cứ|theo|cụ thể hóa|sửa đổi)"
)


def find_citations(text: Text, context: ArticleContext) -> list[CitedDocument]:
    """Every document that the article cites by number, in reading order, each once."""
    found: dict[str, list[_Found]] = {}
    for one in sorted(_numbers(text), key=lambda f: f.start):
        found.setdefault(one.number, []).append(one)
    return [_document(text, context, mentions) for mentions in found.values()]


def _numbers(text: Text) -> Iterator[_Found]:
    done = -1
    at = text.folded.find("/", 0, text.body_end)
    while at >= 0:
        if at >= done and (one := _around_slash(text, at)) is not None:
            done = one.end
            yield one
        at = text.folded.find("/", at + 1, text.body_end)
    yield from _bare(text)


def _around_slash(text: Text, slash: int) -> _Found | None:
    """The number that a slash belongs to: "45/KH-UBND", "27/2022/NĐ-CP", "11-CT/TU", and "Thông tư 07/2018"."""
    low = max(0, slash - 24)
    m = _NUMBER_START_RE.search(text.raw[low:slash])
    if m is None:
        return None
    start = low + m.start()
    codes, _ = document_types()
    for pattern in (_DASHED_RE, _SLASHED_RE):
        if (d := pattern.match(text.raw, start)) is None:
            continue
        first = re.split(r"[-–—‑&,\s]|ndash", d["codes"])[0]
        if _CAPITALS_RE.search(first) or first in codes:
            kind = _kind_before(text, start) or codes.get(first)
            return None if kind is not None and not kind.cited else _Found(_clean(d.group()), start, d.end(), "citation.number_and_code")
    y = _YEARED_RE.match(text.folded, start)
    if y is None or (kind := _kind_before(text, start)) is None or not kind.cited:
        return None
    return _Found(y.group(), start, y.end(), "citation.number_and_year")


def _clean(number: str) -> str:
    """Without spaces, every dash a hyphen.

    >>> _clean("941 – TB/TU")
    '941-TB/TU'
    """
    return _SPACES_RE.sub("", re.sub(r"&?ndash;|[–—‑]", "-", number))


def _bare(text: Text) -> Iterator[_Found]:
    folded = text.folded
    at = folded.find("số", 0, text.body_end)
    while at >= 0:
        m = _BARE_RE.match(folded, at)
        if m is not None and (kind := _kind_before(text, at)) is not None and kind.cited:
            yield _Found(text.raw[m.start(1) : m.end(1)], m.start(1), m.end(1), "citation.number_after_so")
        at = folded.find("số", at + 2, text.body_end)
    at = folded.find("quyết định ", 0, text.body_end)
    while at >= 0:
        if m := _DECISION_RE.match(folded, at):
            yield _Found(text.raw[m.start(1) : m.end(1)], m.start(1), m.end(1), "citation.long_number")
        at = folded.find("quyết định ", at + 10, text.body_end)


def _kind_before(text: Text, at: int) -> _Type | None:
    """The kind of document whose name ends right before a position ("kế hoạch số" and "kế hoạch" alike)."""
    before = text.folded[max(0, at - 32) : at].rstrip(" :")
    if before.endswith("số"):
        before = before[:-2].rstrip()
    _, names = document_types()
    words = before.split()[-4:]
    for i in range(len(words)):
        if (kind := names.get(" ".join(words[i:]).lstrip("(\"'"))) is not None:
            return kind
    return None


def _document(text: Text, context: ArticleContext, mentions: list[_Found]) -> CitedDocument:
    first, told = mentions[0], mentions[:8]  # an article says what a document is when it first names it
    kind = next((k for f in told if (k := _kind_before(text, f.start)) is not None), None) or _kind_of_code(first.number)
    dates = [d for f in told if (d := _issued(text, context, f)) is not None]
    issuers = [i for f in told if (i := _issuer(text, f)) is not None]
    return CitedDocument(
        first.number,
        kind.name if kind else None,
        issuers[0] if issuers else None,
        dates[0] if dates else None,
        first.start,
        first.end,
        tuple(Span(f.start, f.end) for f in mentions),
        first.rule,
    )


def _kind_of_code(number: str) -> _Type | None:
    """By the code in the number; one without a type code ("1420/UBND-KTN") is a letter (Nghị định 30/2020/NĐ-CP, phụ lục III)."""
    codes, _ = document_types()
    parts = re.findall(rf"{_CODE}", number)
    for part in parts:
        if part in codes:
            return codes[part]
        if part == "QH":
            return codes["QH"]
    return codes["CV"] if parts else None


def _issued(text: Text, context: ArticleContext, found: _Found) -> date | None:
    """The date after the number, else that at the head of a sentence in which somebody issues it ("Ngày 10/7, UBND tỉnh ban hành …")."""
    m = _ISSUED_RE.match(text.folded, found.end)
    if m is None:
        sentence = text.sentence_at(found.start)
        if not re.search("ban hành|công bố|thông qua", text.folded[max(sentence.start, found.start - 300) : found.start]):
            return None
        m = _OPENING_DATE_RE.match(text.folded, sentence.start, min(sentence.start + 60, found.start))
    if m is None:
        return None
    year = int(m["year"]) if m["year"] else context.published.year if context.published else None
    return valid_date(year, int(m["month"]), int(m["day"])) if year else None


def _issuer(text: Text, found: _Found) -> str | None:
    """ "… số 45/KH-UBND ngày 3/2/2023 của UBND tỉnh", or the body before "ban hành Kế hoạch số …"."""
    end = min(found.end + 160, text.body_end)
    after = _ISSUED_RE.match(text.folded, found.end)
    m = _OF_RE.match(text.folded, after.end() if after else found.end, end)
    if m is not None:
        return _name_of_body(text, m.start("issuer"), end)
    sentence = text.sentence_at(found.start)
    low = max(sentence.start, found.start - 160)
    m = _BEFORE_VERB_RE.search(text.folded[low : found.start])
    return text.raw[low + m.start("issuer") : low + m.end("issuer")].strip() if m else None


_LEVELS = (
    "nhân dân|trung ương|chính phủ|tỉnh|thành phố|huyện|thị xã|quận|xã|phường|đặc khu|đảng bộ|đảng|ủy|dân tộc|quốc hội|tw|các|chương trình"
    "|mtqg"
)
_BODY_RE = re.compile(rf"(?:(?:chủ tịch|ban chấp hành|ban thường vụ) )?{_ISSUER}\b(?: (?:{_LEVELS}))*")
_CAPITALISED_RE = re.compile(rf"(?:[ -]+(?:và |- )?[{CAPITALS}][\w&]*)*")


def _name_of_body(text: Text, start: int, end: int) -> str | None:
    """The issuing body from a position on: its kind, its level, and the capitalised name that follows."""
    m = _BODY_RE.match(text.folded, start, end)
    if m is None:
        return None
    name = _CAPITALISED_RE.match(text.raw, m.end(), end)
    return text.raw[start : name.end() if name else m.end()].strip(" ,-")


# A result rests on a report or a decision that approves it, a target on a plan; other documents are only named beside them.
_RESULTS = frozenset({"Báo cáo", "Thông báo", "Quyết định", "Kết luận"})
_NO_PLANS = frozenset({"Báo cáo", "Luật", "Nghị định", "Thông tư", "Thông tư liên tịch"})


class DocumentReader:
    """On which document a claim rests: one that its sentence names, else the one that the article, or the paragraph before, is about.

    An article is about the first document of its opening (title and first three paragraphs) that somebody issues there, or that a report
    there is taken from; documents cited as the ground of another ("theo Quyết định số … của Thủ tướng") come after it.
    """

    def __init__(self, text: Text, citations: Sequence[CitedDocument]) -> None:
        self.text = text
        self._named = sorted(((s.start, s.end, c) for c in citations for s in c.mentions), key=lambda n: n[0])
        self._starts = [start for start, _, _ in self._named]
        stop = text.paragraphs[min(3, len(text.paragraphs) - 1)].end
        opening = [c for c in citations if c.start <= stop]
        self._about = [c for c in opening if self._is_issued_here(c)] or opening[:1]

    def at(self, position: int, kind: Kind | None = None) -> Field[CitedDocument | None]:
        """The document under a position; a `kind` keeps results from resting on plans that stand beside them, and targets on reports."""
        sentence = self.text.sentence_at(position)
        here = self._in_sentence(position, sentence)
        if here is not None:
            return Field(here[2], "explicit", "document.sentence", here[0], here[1])
        for c in self._about:
            if self._suits(c, kind):
                return Field(c, "inherited", "document.article", c.start, c.end)
        i = bisect_right(self._starts, position) - 1
        if i >= 0 and self._suits(self._named[i][2], kind):
            start, end, c = self._named[i]
            if sentence.paragraph - self.text.sentence_at(start).paragraph <= 1:
                return Field(c, "inherited", "document.paragraph_before", start, end)
        return Field(None, "default", "document.none")

    def _in_sentence(self, position: int, sentence: Sentence) -> tuple[int, int, CitedDocument] | None:
        """The nearest number before the position in its sentence, else the nearest after it."""
        i = bisect_right(self._starts, position) - 1
        if i >= 0 and self._starts[i] >= sentence.start:
            return self._named[i]
        if i + 1 < len(self._starts) and self._starts[i + 1] < sentence.end:
            return self._named[i + 1]
        return None

    def _suits(self, c: CitedDocument, kind: Kind | None) -> bool:
        if kind is None:
            return True
        return c.type in _RESULTS if kind == "achievement" else c.type not in _NO_PLANS

    def _is_issued_here(self, c: CitedDocument) -> bool:
        """The last verb before the number issues it, and does not only take it as its ground ("thực hiện Quyết định số …")."""
        sentence = self.text.sentence_at(c.start)
        verbs = [m.lastgroup for m in _VERBS_RE.finditer(self.text.folded, max(sentence.start, c.start - 80), c.start)]
        return verbs[-1:] == ["issues"]


def document_at(text: Text, citations: Sequence[CitedDocument], position: int, kind: Kind | None = None) -> Field[CitedDocument | None]:
    """The document under one position; for the claims of a whole article make one `DocumentReader`."""
    return DocumentReader(text, citations).at(position, kind)

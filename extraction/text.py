"""From a string to a `Text`: folding that keeps every offset, paragraphs, sentences, title and footer.

Everything here replaces one character by one character, because offsets are the way back to the sentence.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from extraction.model import Sentence, Span, Text

# Old tone placement to new, only where no consonant follows ("hoá" is "hóa", but "hoán" is "hoán" in both), and never
# after q ("quý"): the u of qu belongs to the consonant. Source: Quyết định 240/QĐ of the Ministry of Education, 1984.
_OLD_TONE = {}
for _pair, _marks in {"oa": "oà oá oả oã oạ", "oe": "oè oé oẻ oẽ oẹ", "uy": "uỳ uý uỷ uỹ uỵ"}.items():
    _new = {"oa": "òa óa ỏa õa ọa", "oe": "òe óe ỏe õe ọe", "uy": "ùy úy ủy ũy ụy"}[_pair].split()
    _OLD_TONE.update(dict(zip(_marks.split(), _new, strict=True)))
_OLD_TONE_RE = re.compile(r"[ou](?:(?<=o)(?<!qo)[àáảãạèéẻẽẹ]|(?<=u)(?<!qu)[ỳýỷỹỵ])(?![a-zà-ỹđ])")  # a class first: `re` skips to it fast

_CHARACTERS = {
    0x00A0: " ", 0x1680: " ", **dict.fromkeys(range(0x2000, 0x200E), " "), 0x202F: " ", 0x205F: " ", 0x3000: " ", 0x2060: " ",
    0xFEFF: " ", 0x00AD: " ",
    0x000B: "\n", 0x000C: "\n", 0x000D: "\n", 0x0085: "\n", 0x2028: "\n", 0x2029: "\n",
    0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2212: "-", 0xFE58: "-", 0xFF0D: "-",
    0x2018: "'", 0x2019: "'", 0x00B4: "'", 0x0060: "'", 0x201C: '"', 0x201D: '"', 0x201E: '"', 0x00AB: '"', 0x00BB: '"',
    0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ", 0xFF05: "%", 0x2215: "/", 0x2044: "/",
    0xFF0F: "/", 0xFF0C: ",", 0xFF0E: ".", 0xFF1A: ":", 0xFF1B: ";",
    **{0xFF10 + i: str(i) for i in range(10)},
}  # fmt: skip
_SPECIAL_RE = re.compile("[" + "".join(map(chr, sorted(_CHARACTERS))) + "]")
# "tỉ" and "ngàn" are the same words as "tỷ" and "nghìn"; "ngàn" has another length and is left to the lexicon
_TI_RE = re.compile(r"tỉ(?<!\wtỉ)\b")  # a letter first: `re` skips to it fast, to a word boundary it does not


def fold(raw: str) -> str:
    """Lower case with one tone placement, plain spaces, line ends and dashes; the result has the length of `raw`.

    >>> fold("Uỷ ban TP\\u00a0Hoà Bình")
    'ủy ban tp hòa bình'
    """
    plain = _SPECIAL_RE.sub(lambda m: _CHARACTERS[ord(m.group())], raw)
    lowered = plain.lower()
    if len(lowered) != len(raw):  # "İ" becomes two characters
        lowered = "".join(low if len(low := ch.lower()) == 1 else ch for ch in plain)
    toned = _OLD_TONE_RE.sub(lambda m: _OLD_TONE[m.group()], lowered)
    return _TI_RE.sub("tỷ", toned) if "tỉ" in toned else toned


_LOOKALIKES = str.maketrans({0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ", 0x00A0: " "})


def as_vietnamese(words: str) -> str:
    """Words of an article as names are kept: single spaces, and Đ where another letter that looks the same was typed (U+00D0)."""
    return " ".join(words.translate(_LOOKALIKES).split())


def normalise(raw: str) -> str:
    """NFC, the form that the lake stores and offsets count in."""
    return unicodedata.normalize("NFC", raw)


def read(raw: str) -> Text:
    """Split a text (NFC) into title, paragraphs and sentences, and find where the footer of the portal begins.

    The title is the first line. Sentences never cross a line end; a full stop ends one before a capital, a digit or a list
    mark, and not after an abbreviation, an initial or the number of a list item.
    """
    folded = _unwrapped(raw, fold(raw))
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", folded)]
    title_end = lines[0].end if len(lines) > 1 else len(raw)
    body_end = _footer(folded, lines)
    paragraphs = tuple(Span(p.start, min(p.end, body_end)) for p in lines if p.start < body_end)
    sentences = [Sentence(s, e, i) for i, p in enumerate(paragraphs) for s, e in _sentences(raw, p.start, p.end)]
    return Text(raw, folded, title_end, body_end, paragraphs or (Span(0, 0),), tuple(sentences) or (Sentence(0, 0, 0),))


_WRAP_RE = re.compile(r"(?<=[^\s.!?:;…])[ \t]{0,8}\n{1,2}[ \t]{0,80}(?=[^\W\d_]|%)(?![a-zđ][.)])")


def _unwrapped(raw: str, folded: str) -> str:
    """Without the line ends that only wrap a sentence ("… xác định\\n   nhiệm vụ trọng tâm"), as pasted office documents have them: behind
    a line of prose without a full stop, before a small letter that is no list mark. A line end becomes a space.
    """
    if "\n" not in folded:
        return folded
    title_end = folded.find("\n", len(folded) - len(folded.lstrip()))

    def join(m: re.Match[str]) -> str:
        line = m.start() - folded.rfind("\n", 0, m.start())
        one_break = raw[m.start() : m.end()].replace("\r\n", "\n").count("\n") == 1
        wraps = one_break and m.start() > title_end and line > _WRAP and not raw[m.end()].isupper()
        return " " * len(m.group()) if wraps else m.group()

    parts: list[str] = []
    done = 0
    at = folded.find("\n")
    while at >= 0:  # from line end to line end: the pattern starts with a look behind, which `re` would try at every character
        start = at
        while start and at - start <= 8 and folded[start - 1] in " \t":
            start -= 1
        m = _WRAP_RE.match(folded, start) if start >= done else None
        if m is not None:
            parts += (folded[done:start], join(m))
            done = m.end()
        at = folded.find("\n", m.end() if m is not None else at + 1)
    return "".join((*parts, folded[done:]))


# ---- footer -------------------------------------------------------------------------------------------------------

_WRAP = 40  # characters: shorter lines are headings, captions and table cells
_PROSE = 140  # characters: a line this long is prose; captions, links and headlines of other articles are shorter


@cache
def _markers() -> tuple[re.Pattern[str], dict[str, tuple[str, bool]]]:
    """One pattern over all surfaces; of each, where it may stand and whether it is strong."""
    path = Path(__file__).resolve().parent / "lexicon" / "footer_markers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = {fold(row["surface"]): (row["where"], row["strength"] == "strong") for row in csv.DictReader(file)}
    surfaces = sorted(map(re.escape, rows), key=len, reverse=True)
    return re.compile("|".join(surfaces)), rows


def _footer(folded: str, lines: list[Span]) -> int:
    """Where the footer starts: at the first marker with the article before it. Portals glue it to the last line of the body too
    ("Hoàng GáiGửi ý kiến phản hồi"), and write "Lượt xem: 88" or "Tin liên quan" above the body as well: a weak marker counts only
    when no prose follows, a strong one when prose went before.
    """
    pattern, rows = _markers()
    prose = [line for line in lines[1:] if line.end - line.start >= _PROSE]
    for line in lines[1:]:
        # in prose a marker can only be glued to the end
        for m in pattern.finditer(folded, line.start if line.end - line.start < _PROSE else line.end - 60, line.end):
            where, strong = rows[m.group()]
            if not _stands(folded, line, m, where):
                continue
            before = any(p.start < m.start() for p in prose)
            after = any(p.start > m.end() for p in prose)
            if (before or not prose) if strong else not after:
                return m.start()
    return len(folded)


def _stands(folded: str, line: Span, m: re.Match[str], where: str) -> bool:
    """Does the marker stand where its row wants it: at the start of the line, at its end, before a colon, alone."""
    head = folded[line.start : m.start()].strip(" \t|-*•>»")
    tail = folded[m.end() : line.end]
    if where == "anywhere":
        return not tail.strip(" :.")
    if where == "line_end":
        return not tail.strip(" .|")
    if where == "caption":
        return not head and tail.lstrip().startswith(":")
    if where == "alone":
        return not head and len(tail) <= 40 and "." not in tail and "," not in tail
    return not head and not tail[:1].isalnum()


# ---- sentences ----------------------------------------------------------------------------------------------------

_END_RE = re.compile(r"[.!?…](?:(?<=\.)(?:\.\.|/\.))?[\"'”’)\]»]*")  # "...", "…", "./.": a class first, as above
_ABBREVIATION_RE = re.compile(
    r"(?:^|[^\w])(?:tp|tx|tt|ths|th\.s|ts|pgs|gs|bs|ks|cn|đ/c|đc|ông|bà|mr|st|no|vd|tr|q|p|h|x|đ|v\.v|nxb|gđ|pgđ|bt|ubnd|mttq|kcn|ct|cty|th|ql|tl|đt"
    r"|[^\W\d_])$",
    re.IGNORECASE,
)
_ITEM_RE = re.compile(r"\s*\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zđ]|[ivx]{1,4})\)?$", re.IGNORECASE)
_OPENERS = "\"'“‘([«"


# twice the longest sentence of the annotated articles (1,500 characters); frames look at a sentence as a whole, which costs the
# square of its length on tables and dumps that came out as one line
_LONGEST_SENTENCE = 3_000


def _sentences(raw: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts, at = [], start
    for m in _END_RE.finditer(raw, start, end):
        if m.end() < end and _ends(raw, at, m, end):
            cuts.append((at, m.end()))
            at = m.end()
    cuts.append((at, end))
    if end - start > _LONGEST_SENTENCE:
        cuts = [piece for left, right in cuts for piece in _pieces(raw, left, right)]
    return [trimmed for s, e in cuts if (trimmed := _trim(raw, s, e))[0] < trimmed[1]]


def _pieces(raw: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or what is too long for one cut at spaces."""
    while end - start > _LONGEST_SENTENCE:
        space = raw.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
        cut = space if space > 0 else start + _LONGEST_SENTENCE
        yield start, cut
        start = cut
    yield start, end


def _ends(raw: str, start: int, m: re.Match[str], end: int) -> bool:
    """Does a full stop (or ! ? …) end the sentence that began at `start`?"""
    following = m.end()
    while following < end and raw[following].isspace():
        following += 1
    if following == end:
        return False
    letter = raw[following + 1] if raw[following] in _OPENERS and following + 1 < end else raw[following]
    if following == m.end():  # "đạt chuẩn.Toàn huyện": the space was lost; "TP.Huế", "thanhpho.Sonla" and "Th.S" are words
        return m.group() == "." and letter.isupper() and raw[following + 1 : following + 2].islower() and _word_ended(raw, m.start())
    if not (letter.isupper() or letter.isdigit() or letter in "+-•*"):
        return False
    if m.group() != ".":
        return True
    before = raw[max(start, m.start() - 12) : m.start()]
    if m.start() - start <= 8 and _ITEM_RE.match(before):
        return False  # "1. Công nhận": the number of a list item
    return not _ABBREVIATION_RE.search(before)


def _word_ended(raw: str, at: int) -> bool:
    """Is what stands before a full stop an ordinary word or a figure, and no abbreviation?"""
    before = raw[max(0, at - 12) : at]
    if before[-1:].isdigit() or before[-1:] in "%)":
        return True
    return before[-2:].islower() and not _ABBREVIATION_RE.search(before)


def _trim(raw: str, start: int, end: int) -> tuple[int, int]:
    while start < end and raw[start].isspace():
        start += 1
    while end > start and raw[end - 1].isspace():
        end -= 1
    return start, end

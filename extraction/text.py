"""From a string to a `Text`: folding that keeps every offset, paragraphs, sentences, title and footer.

Everything here replaces one character by one character, because offsets are the way back to the sentence.
"""

from __future__ import annotations

import re
import unicodedata

from extraction.model import Sentence, Span, Text

# Old tone placement to new, only where no consonant follows ("hoá" is "hóa", but "hoán" is "hoán" in both), and never
# after q ("quý"): the u of qu belongs to the consonant. Source: Quyết định 240/QĐ of the Ministry of Education, 1984.
_OLD_TONE = {}
for _pair, _marks in {"oa": "oà oá oả oã oạ", "oe": "oè oé oẻ oẽ oẹ", "uy": "uỳ uý uỷ uỹ uỵ"}.items():
    _new = {"oa": "òa óa ỏa õa ọa", "oe": "òe óe ỏe õe ọe", "uy": "ùy úy ủy ũy ụy"}[_pair].split()
    _OLD_TONE.update(dict(zip(_marks.split(), _new, strict=True)))
_OLD_TONE_RE = re.compile(r"(?<!q)(o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?![a-zà-ỹđ])")

_CHARACTERS = {
    0x00A0: " ", 0x2007: " ", 0x2009: " ", 0x202F: " ", 0x3000: " ", 0x200B: " ", 0x200C: " ", 0x200D: " ", 0xFEFF: " ", 0x00AD: " ",
    0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2212: "-",
    0x2018: "'", 0x2019: "'", 0x00B4: "'", 0x0060: "'", 0x201C: '"', 0x201D: '"', 0x00AB: '"', 0x00BB: '"',
    0x00D0: "Đ", 0x0189: "Đ", 0xFF05: "%", 0x2215: "/", 0x2044: "/",
}  # fmt: skip
_SPECIAL_RE = re.compile("[" + "".join(map(chr, sorted(_CHARACTERS))) + "]")
# "tỉ" and "ngàn" are the same words as "tỷ" and "nghìn"; "ngàn" has another length and is left to the lexicon
_TI_RE = re.compile(r"\btỉ\b")


def fold(raw: str) -> str:
    """Lower case with one tone placement, plain spaces and dashes; the result has the length of `raw`.

    >>> fold("Uỷ ban TP\\u00a0Hoà Bình")
    'ủy ban tp hòa bình'
    """
    plain = raw if raw.isascii() else _SPECIAL_RE.sub(lambda m: _CHARACTERS[ord(m.group())], raw)
    lowered = plain.lower()
    if len(lowered) != len(raw):  # "İ" becomes two characters
        lowered = "".join(low if len(low := ch.lower()) == 1 else ch for ch in plain)
    toned = _OLD_TONE_RE.sub(lambda m: _OLD_TONE[m.group(1)], lowered)
    return _TI_RE.sub("tỷ", toned) if "tỉ" in toned else toned


def normalise(raw: str) -> str:
    """NFC, the form that the lake stores and offsets count in."""
    return unicodedata.normalize("NFC", raw)


# A footer starts at the first line that no article contains. Portals glue it to the last line of the body too
# ("Hoàng GáiGửi ý kiến phản hồi"), so the markers match inside a line as well where they cannot be prose.
_FOOTER_LINE_RE = re.compile(
    r"^[ \t]*(?:các bài mới đăng|các bài đã đăng|viết bình luận|bài viết xem|gửi ý kiến phản hồi|tin sở ban ngành|tin đã đưa|tin liên quan|"
    r"các tin khác|tin khác|tin cùng chuyên mục|những tin mới hơn|những tin cũ hơn|lượt xem\s*:|số lượt xem|xem theo ngày|image advertisement|"
    r"cổng thông tin điện tử (?:thành phố|tỉnh|huyện|thị xã) [^.]{0,40}$|chịu trách nhiệm nội dung|đã truy cập|thống kê truy cập|(?:1 2 3(?: \d)*)\s*$)",
    re.MULTILINE,
)
_FOOTER_GLUED_RE = re.compile(r"gửi ý kiến phản hồi\s*$|các bài mới đăng\s*$", re.MULTILINE)

_ABBREVIATION_RE = re.compile(r"(?:\b(?:tp|tx|tt|ths|ts|pgs|gs|bs|ks|đ/c|ông|bà|mr|st|no|vd|tr|q|p|h|x|đ)|\b[A-ZĐ])$", re.IGNORECASE)
_BREAK_RE = re.compile(r"(?:\.\.\.|…|\./\.|[.!?])[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-ZÀ-ỸĐ0-9+\-])|;\s*\n|\n")


def read(raw: str) -> Text:
    """Split a text (NFC) into title, paragraphs and sentences, and find where the footer of the portal begins.

    Sentences never cross a newline; a full stop ends one only before a capital or a digit and not after an abbreviation.
    """
    folded = fold(raw)
    title_end = raw.find("\n") if "\n" in raw.strip("\n") else len(raw)
    footers = [m.start() for p in (_FOOTER_LINE_RE, _FOOTER_GLUED_RE) for m in p.finditer(folded) if m.start() > title_end]
    body_end = min(footers, default=len(raw))
    paragraphs = tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", raw[:body_end]))
    sentences = [Sentence(s, e, i) for i, p in enumerate(paragraphs) for s, e in _sentences(raw, p.start, p.end)]
    return Text(raw, folded, title_end, body_end, paragraphs or (Span(0, 0),), tuple(sentences) or (Sentence(0, 0, 0),))


def _sentences(raw: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts, at = [], start
    for m in _BREAK_RE.finditer(raw, start, end):
        before = raw[at : m.start()]
        if m.group().startswith(".") and len(m.group()) == 1 and _ABBREVIATION_RE.search(before):
            continue
        cuts.append((at, m.end()))
        at = m.end()
    cuts.append((at, end))
    return [_trim(raw, s, e) for s, e in cuts if raw[s:e].strip()]


def _trim(raw: str, start: int, end: int) -> tuple[int, int]:
    while start < end and raw[start].isspace():
        start += 1
    while end > start and raw[end - 1].isspace():
        end -= 1
    return start, end

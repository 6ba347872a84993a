"""From the bytes of a page to text in NFC, with a record of how that was decided.

Order: byte order mark, strict UTF-8, the page's meta, the header, the portal's configured legacy, a guess at windows-1258.
Strict UTF-8 comes before what the page declares, because declarations lie ("ISO-8859-1" on UTF-8 pages, seen on portals)
while non-ASCII text in another encoding is practically never valid UTF-8.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from scrapers import legacy as fonts

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_RE = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})", re.I
)
_HEADER_RE = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)
_META_WITHIN = 8192  # bytes; browsers look at 1024, portals put scripts before the meta

# what browsers do with these labels (WHATWG Encoding Standard): Latin-1 is windows-1252
_LABELS = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "utf8": "utf-8",
    "unicode": "utf-8",
}

# UTF-8 read as windows-1252 and written as UTF-8 again: the lead bytes of Vietnamese letters, then a continuation byte
_CONTINUATION = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(0x80, 0xC0)) + "\u0080-\u00bf"
_MOJIBAKE_RE = re.compile(f"[ÃÄÅÆ][{_CONTINUATION}]|áº[{_CONTINUATION}]|á»[{_CONTINUATION}]")
_MOJIBAKE_LEADS = ("áº", "á»", "Ã", "Ä", "Å", "Æ")
_RUN_RE = re.compile(f"[\u00c2-\u00f4{_CONTINUATION}]{{2,}}")
_VIETNAMESE_RE = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.I)
_MOJIBAKE_MIN = 3  # fewer can be a foreign name or a closing quotation mark after a capital

_BAD_BYTES_SHARE = 0.002  # of the characters; a CMS that cuts a summary inside a letter spoils one or two in a page


class UndecodableError(Exception):
    """No way to read these bytes gives sound text."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text in NFC and how it came about."""

    text: str
    encoding: str  # Python codec, or "tcvn3" / "vni"
    basis: str  # bom | utf-8 | meta | header | configured | guessed
    repairs: tuple[str, ...] = ()  # "double_utf8", "tcvn3", "vni", "nfc"
    problems: tuple[str, ...] = ()  # "replaced_bytes: 2", "header_lied: cp1252", "not_vietnamese"


def decode(body: bytes, content_type: str | None = None, legacy: str | None = None) -> Decoded:
    """Text of a page. `legacy` is the portal's own word: cp1258, tcvn3 or vni. Raises `UndecodableError`."""
    text, encoding, basis = _choose(body, content_type, legacy)
    problems = [
        f"{where}_lied: {name}"
        for where, name in _declared(body, content_type)
        if basis in ("bom", "utf-8") and name not in (encoding, "utf-8")
    ]
    repairs = []
    if _mojibake(text) >= _MOJIBAKE_MIN:
        text = _repair_double(text)
        repairs.append("double_utf8")
    font = legacy if legacy in fonts.CONVERTERS else fonts.detect(text)
    if font:
        converted = fonts.convert(text, font)
        if converted != text:
            text = converted
            repairs.append(font)
    composed = unicodedata.normalize("NFC", text)
    if composed is not text and composed != text:
        repairs.append("nfc")
    problems += _guard(composed, repaired=bool(repairs))
    return Decoded(composed, encoding, basis, tuple(repairs), tuple(problems))


def _choose(body: bytes, content_type: str | None, legacy: str | None) -> tuple[str, str, str]:
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace"), codec, "bom"
    if (text := _strict(body, "utf-8")) is not None:
        return text, "utf-8", "utf-8"
    declared = _declared(body, content_type)
    if any(name == "utf-8" for _, name in declared):
        lenient = body.decode("utf-8", "replace")
        if lenient.count("\ufffd") <= max(2, _BAD_BYTES_SHARE * len(lenient)):
            return lenient, "utf-8", declared[0][0]
    if legacy in fonts.CONVERTERS:  # single bytes of a font: Latin-1 keeps 0x80..0x9f apart from letters
        return body.decode("latin-1"), legacy, "configured"
    for basis, name in declared:
        # a page that says "Latin-1" on a Vietnamese portal is a template's default, not knowledge
        if name not in ("utf-8", "cp1252") and (text := _strict(body, name)) is not None:
            return text, name, basis
    if legacy and (text := _strict(body, legacy)) is not None:
        return text, legacy, "configured"
    if (text := _strict(body, "cp1258")) is not None and _reads_vietnamese(text):
        return text, "cp1258", "guessed"
    if any(name == "cp1252" for _, name in declared) or not declared:
        return body.decode("cp1252", "replace"), "cp1252", declared[0][0] if declared else "guessed"
    return body.decode("utf-8", "replace"), "utf-8", declared[0][0]


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _declared(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    """(where, Python codec) of what the page, then the header, claims; unknown labels are left out."""
    found = []
    if match := _META_RE.search(body[:_META_WITHIN]):
        found.append(("meta", (match.group(1) or match.group(2)).decode("ascii")))
    if content_type and (in_header := _HEADER_RE.search(content_type)):
        found.append(("header", in_header.group(1)))
    codecs_found = []
    for where, label in found:
        try:
            name = codecs.lookup(_LABELS.get(label.lower(), label)).name
        except LookupError:
            continue
        # UTF-16 cannot be declared in bytes that a reader found as ASCII
        codecs_found.append((where, "utf-8" if name.startswith("utf-16") else name))
    return codecs_found


def _reads_vietnamese(text: str) -> bool:
    """Letters that only Vietnamese has are frequent, as they are in any Vietnamese sentence (one letter in five has a mark)."""
    composed = unicodedata.normalize("NFC", text)
    only_vietnamese = len(re.findall("[ăđơưạ-ỹ]", composed, re.I))
    strange = len(re.findall("[\u00a1-\u00bf\u0152-\u0192\u0300-\u036f]", composed))
    return only_vietnamese >= 3 and only_vietnamese > 3 * strange


def _mojibake(text: str) -> int:
    """How many sequences there are. Plain counting comes first: the expression takes 9 ms on a page where counts take 1."""
    if sum(text.count(lead) for lead in _MOJIBAKE_LEADS) < _MOJIBAKE_MIN:
        return 0
    return len(_MOJIBAKE_RE.findall(text))


def _repair_double(text: str) -> str:
    """Undo UTF-8 -> windows-1252 -> UTF-8 in each run where that gives valid UTF-8; sound text between stays as it is."""

    def undo(match: re.Match[str]) -> str:
        try:
            return b"".join(_byte(character) for character in match.group()).decode("utf-8")
        except (UnicodeError, ValueError):
            return match.group()

    return _RUN_RE.sub(undo, text)


def _byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")  # the five bytes that windows-1252 leaves undefined pass through


def _guard(text: str, *, repaired: bool) -> list[str]:
    """Problems of decoded text; raises when it must not be read at all. What was not repaired had too little mojibake to count again."""
    replaced = text.count("\ufffd")
    if replaced > max(2, _BAD_BYTES_SHARE * len(text)):
        raise UndecodableError(f"{replaced} of {len(text)} characters could not be decoded; set text.legacy in the portal's YAML")
    left = _mojibake(text) if repaired else 0
    if left >= _MOJIBAKE_MIN and left * 20 > len(_VIETNAMESE_RE.findall(text)):
        raise UndecodableError(f"{left} sequences of mojibake are left after repair; the page was encoded more than twice or cut")
    problems = [f"replaced_bytes: {replaced}"] if replaced else []
    if not _is_vietnamese(text):
        problems.append("not_vietnamese")
    return problems


def _is_vietnamese(text: str) -> bool:
    """Whether a text of some length has the letters that Vietnamese has: one letter in five bears a mark.

    Four hundred of them are an article, and their bytes are counted at once; letters are looked at one by one only below that.
    """
    encoded = text.encode("utf-8", "replace")
    if sum(encoded.count(lead) for lead in (b"\xe1\xba", b"\xe1\xbb")) >= 400:
        return True
    letters = sum(map(str.isalpha, text))
    return letters <= 2000 or len(_VIETNAMESE_RE.findall(text)) >= 0.02 * letters

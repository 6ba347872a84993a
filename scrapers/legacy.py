"""Vietnamese text from before Unicode: TCVN3 (ABC) and VNI, as old portal articles still hold it.

Both are fonts, not encodings: the page is Latin-1 (or UTF-8 of Latin-1 letters) and only the font shows Vietnamese.
So conversion works on characters of U+00A1..U+00FF, and only on text outside of tags.
Sources: TCVN 5712:1993 table VN3; the VNI-Windows layout. Both have 134 letters or fewer and are closed, so they are code.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

# TCVN3 has no capitals with tones: fonts ending in H show the small letter as a capital, so "Ủy" comes out as "ủy".
_TCVN3_CODES = {
    "ĂÂÊÔƠƯĐ": range(0xA1, 0xA8),
    "ăâêôơưđ": range(0xA8, 0xAF),
    "àảãáạ": range(0xB5, 0xBA),
    "ằẳẵắặ": (0xBB, 0xBC, 0xBD, 0xBE, 0xC6),
    "ầẩẫấậ": range(0xC7, 0xCC),
    "èẻẽéẹ": (0xCC, 0xCE, 0xCF, 0xD0, 0xD1),
    "ềểễếệ": range(0xD2, 0xD7),
    "ìỉĩíị": (0xD7, 0xD8, 0xDC, 0xDD, 0xDE),
    "òỏõóọ": (0xDF, 0xE1, 0xE2, 0xE3, 0xE4),
    "ồổỗốộ": range(0xE5, 0xEA),
    "ờởỡớợ": range(0xEA, 0xEF),
    "ùủũúụ": (0xEF, 0xF1, 0xF2, 0xF3, 0xF4),
    "ừửữứự": range(0xF5, 0xFA),
    "ỳỷỹýỵ": range(0xFA, 0xFF),
}
TCVN3 = {chr(code): letter for letters, codes in _TCVN3_CODES.items() for letter, code in zip(letters, codes, strict=True)}


def _vni_table() -> dict[str, str]:
    tones = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
    circumflex = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
    breve = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
    table = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
    for vni_vowel, vowel in {"a": "a", "e": "e", "o": "o", "u": "u", "y": "y", "ô": "ơ", "ö": "ư"}.items():
        table.update({vni_vowel + mark: vowel + tone for tone, mark in tones.items() if not (vowel == "y" and tone == "\u0323")})
    for vowel in "aeo":
        table.update({vowel + mark: vowel + "\u0302" + tone for tone, mark in circumflex.items()})
    table.update({"a" + mark: "a\u0306" + tone for tone, mark in breve.items()})
    small = {key: unicodedata.normalize("NFC", letter) for key, letter in table.items()}
    return (
        small
        | {key.upper(): letter.upper() for key, letter in small.items()}
        | {key[0].upper() + key[1:]: value.upper() for key, value in small.items()}
    )


VNI = _vni_table()

_TCVN3_RE = re.compile("[" + "".join(map(re.escape, TCVN3)) + "]")
# two characters before one: "oá" is ố, while "á" alone is nothing, and 20 of the spellings break in the other order
_VNI_RE = re.compile("|".join(re.escape(key) for key in sorted(VNI, key=lambda k: (-len(k), k))))
_LATIN1_ENTITY_RE = re.compile(r"&(?:#(?:1[6-9]\d|2[0-4]\d|25[0-5])|#[xX][aAbBcCdDeEfF][0-9a-fA-F]|[A-Za-z]{2,8});")
_TEXT_RE = re.compile(r"<[^>]*>|[^<]+")
# letters that neither legacy font can produce: text that has one is Unicode already
_UNICODE_RE = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")


def from_tcvn3(text: str) -> str:
    """Characters of a TCVN3 font to Vietnamese letters. U+00AD is "ư" here: never strip soft hyphens before.

    >>> from_tcvn3("ch\\u00ad\\u00acng tr×nh")
    'chương trình'
    """
    return _TCVN3_RE.sub(lambda m: TCVN3[m.group()], text)


def from_vni(text: str) -> str:
    """Characters of a VNI font to Vietnamese letters.

    >>> from_vni("noâng thoân môùi")
    'nông thôn mới'
    """
    return _VNI_RE.sub(lambda m: VNI[m.group()], text)


CONVERTERS: dict[str, Callable[[str], str]] = {"tcvn3": from_tcvn3, "vni": from_vni}
_FONTS = {"tcvn3": re.compile(r"\.Vn[A-Z][A-Za-z]+"), "vni": re.compile(r"\bVNI[- ][A-Z][A-Za-z]+")}
_LITERALS = {"tcvn3": ".Vn", "vni": "VNI"}  # looking for these is fifty times as fast as for the expressions
# what one reads in a TCVN3 page without the font: signs and capitals inside words of small letters
_EVIDENCE = {
    "tcvn3": re.compile("[a-z][\u00ad\u00a8-\u00ac\u00ae\u00b5-\u00b9\u00bb-\u00be\u00c6-\u00de]|[\u00ae\u00ac\u00a8\u00a9][a-z]"),
    "vni": re.compile("[aeouyôöAEOUYÔÖ][øûïåäÅÄØÛÏ]|[aeoAEO][âáàãêéèúüëÂÁÀÃÊÉÈÚÜË]|[ñÑ][aeoöôiu]|ö[ôùøûõï]"),
}


def detect(text: str) -> str | None:
    """ "tcvn3" or "vni" when the page names such a font and its text looks like it, else None."""
    named = [name for name, font in _FONTS.items() if _LITERALS[name] in text and font.search(text)]
    if not named:
        return None
    words = " ".join(part for part in _TEXT_RE.findall(text) if not part.startswith("<"))
    for name in named:
        if len(_EVIDENCE[name].findall(_plain_entities(words))) >= 5:
            return name
    return None


def convert(text: str, name: str) -> str:
    """Convert the text between tags, one text node at a time; nodes that hold Vietnamese Unicode letters are left alone."""
    converter = CONVERTERS[name]

    def node(match: re.Match[str]) -> str:
        part = match.group()
        if part.startswith("<") or _UNICODE_RE.search(part):
            return part
        return converter(_plain_entities(part))

    return _TEXT_RE.sub(node, text)


def _plain_entities(text: str) -> str:
    """Entities of U+00A1..U+00FF as characters ("&ccedil;", "&shy;"): Word wrote legacy letters so. Markup entities stay."""

    def character(match: re.Match[str]) -> str:
        plain = html.unescape(match.group())
        return plain if len(plain) == 1 and 0xA1 <= ord(plain) <= 0xFF else match.group()

    return _LATIN1_ENTITY_RE.sub(character, text)

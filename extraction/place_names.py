"""Hits of place words in a text: names in every spelling, type words ("huyện"), wholes ("toàn tỉnh"), places abroad.

One Aho-Corasick pass over the folded text. Names count in Title case only ("thống nhất cao" is no district).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import ahocorasick

from extraction import gazetteer
from extraction.gazetteer import Level, Unit
from extraction.model import Text, value_class
from extraction.terms import read_lexicon
from extraction.text import fold

DAK = ("đắk", "đăk", "đak", "đắc", "đăc", "dắk", "dăk", "dak")
_Y_I = {"mỹ": "mĩ", "kỳ": "kì", "lý": "lí", "sỹ": "sĩ", "vỹ": "vĩ", "quý": "quí", "quỳ": "quì"}
_Y_I |= {i: y for y, i in _Y_I.items()}

TYPES: dict[str, str] = {
    "tỉnh": "Tỉnh", "thành phố": "Thành phố", "tp": "Thành phố", "tp.": "Thành phố", "t.p": "Thành phố", "t.p.": "Thành phố",
    "thủ đô": "Thành phố", "huyện": "Huyện", "quận": "Quận", "thị xã": "Thị xã", "tx": "Thị xã", "tx.": "Thị xã", "t.x": "Thị xã",
    "xã": "Xã", "phường": "Phường", "thị trấn": "Thị trấn", "tt.": "Thị trấn", "đặc khu": "Đặc khu", "vùng": "Vùng",
    "h.": "Huyện", "q.": "Quận", "x.": "Xã", "p.": "Phường",
    "huyện đảo": "Huyện", "xã đảo": "Xã", "xã biên giới": "Xã", "huyện miền núi": "Huyện", "huyện nghèo": "Huyện",
}  # fmt: skip
LEVELS: dict[str, tuple[Level, ...]] = {
    "Tỉnh": ("province",), "Thành phố": ("province", "district"), "Huyện": ("district",), "Quận": ("district",),
    "Thị xã": ("district",), "Xã": ("commune",), "Phường": ("commune",), "Thị trấn": ("commune",), "Đặc khu": ("commune",),
    "Vùng": ("region",),
}  # fmt: skip
RANK: dict[str, int] = {"country": 0, "region": 1, "province": 2, "district": 3, "commune": 4, "village": 5, "unknown": -1, "foreign": -1}
WHOLES: dict[str, str] = {
    "cả nước": "country", "toàn quốc": "country",
    "toàn tỉnh": "province", "cả tỉnh": "province", "tỉnh ta": "province", "tỉnh nhà": "province", "tỉnh mình": "province",
    "toàn huyện": "district", "cả huyện": "district", "huyện ta": "district", "huyện nhà": "district", "toàn thị xã": "district",
    "toàn quận": "district", "cả quận": "district", "toàn xã": "commune", "cả xã": "commune", "xã ta": "commune", "xã nhà": "commune",
    "toàn phường": "commune", "toàn thị trấn": "commune", "toàn thôn": "village", "toàn bản": "village", "toàn ấp": "village",
    "toàn buôn": "village", "toàn thành phố": "city", "cả thành phố": "city", "toàn tp": "city", "toàn tp.": "city",
    "toàn vùng": "region", "cả vùng": "region",
}  # fmt: skip


@cache
def words(name: str) -> tuple[str, ...]:
    """A class of place_words.csv."""
    return _classes()[name]


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    return {row["name"]: tuple(row["words"].split("|")) for row in read_lexicon("place_words.csv")}


def spellings(name: str) -> set[str]:
    """All folded ways to write a folded name: Đắk/Đăk/Đak, with and without apostrophe, hyphens, y and i.

    >>> sorted(spellings("m'drắk"))
    ["m' drắk", "m'drắk", 'm drắk', 'mdrắk']
    """
    out = {name}
    if "'" in name:
        out |= {name.replace("'", s) for s in ("", " ", "' ")}
    if "-" in name:
        out |= {name.replace(" - ", s) for s in ("-", " ")}
    parts = name.split(" ")
    if any(w in DAK for w in parts):
        out |= {" ".join(dak if w in DAK else w for w in form.split(" ")) for form in set(out) for dak in DAK}
    if any(w in _Y_I for w in parts):
        out |= {" ".join(_Y_I.get(w, w) for w in form.split(" ")) for form in set(out)}
    return out


@value_class
class Token:
    """A hit. kind and value: name (canonical folded name), type (type_vi), whole (level), foreign, office, person, here (the words)."""

    start: int
    end: int
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Names:
    """The automaton and what its names stand for."""

    automaton: ahocorasick.Automaton
    units: dict[str, tuple[Unit, ...]]  # by canonical folded name


@cache
def names() -> Names:
    """Built once a process, about 0.2 s and 25 MB; an import alone does not pay for it."""
    known = gazetteer.load()
    by_name: dict[str, list[Unit]] = {}
    for name, units in known.by_name.items():
        if units[0].level != "country":
            by_name.setdefault(fold(name), []).extend(units)
    for alias in known.aliases:  # "Đakrông" is a commune and another way to write the district Đa Krông
        if (units_of := by_name.get(fold(alias.alias))) is not None:
            units_of.extend(by_name[fold(alias.name)])
    entries: dict[str, tuple[str, int, str, int]] = {}

    def add(form: str, kind: str, value: str) -> None:
        entries[form] = (kind, len(form), value, form.rfind(" ") + 1)

    for canonical in by_name:
        for form in spellings(canonical):
            add(form, "name", canonical)
    for alias in known.aliases:
        for form in spellings(fold(alias.alias)):
            add(form, "name", fold(alias.name))
    for canonical in by_name:  # a name as the gazetteer writes it beats another name's variant
        add(canonical, "name", canonical)
    acronyms = {fold(alias.alias) for alias in known.aliases if alias.alias.isupper() and len(alias.alias) > 2}  # TPHCM, BR-VT
    for form, (_, _, value, _) in list(entries.items()):
        if (
            " " not in form and len(form) < _BARE and value != "huế" and form not in acronyms
        ):  # "ba", "1": only with their type word, else every other word would be a hit
            del entries[form]
            for word, kind in TYPES.items():
                if any(u.type_vi == kind for u in by_name[value]):
                    add(f"{word} {form}", "short", value)
                    if word.endswith("."):
                        entries[word + form] = ("short", len(word + form), value, len(word))
    for word in words("office"):
        add(word, "office", word)
    for word in words("office_head"):
        add(fold(word), "body", word)
    for word in words("person"):
        for edge in (" ", "\n", "("):  # with its left edge: "anh" alone would be hit in every "nhanh"
            entries[edge + word] = ("person", len(word), word, 0)
    for word in words("here"):
        add(word, "here", word)
    for word in words("country"):
        add(fold(word), "country", word)
    for word in words("abroad"):
        add(word, "foreign", word)
    for word, level in WHOLES.items():
        add(word, "whole", level)
    for word, kind in TYPES.items():
        add(word, "type", kind)
    automaton = ahocorasick.Automaton()
    for form, payload in entries.items():
        automaton.add_word(form, payload)
    automaton.make_automaton()
    return Names(automaton, {name: tuple(units) for name, units in by_name.items()})


_BARE = 6  # letters that a name of one syllable must have to be looked for without its type word (Pleiku, Đakrông)
# behind a name that ends in a digit: the digit belongs to a figure
_COUNTS_RE = re.compile(
    r"[.,]\d| ?%| ?(?:xã|phường|thị trấn|huyện|thôn|bản|ấp|buôn|hộ|người|lao động|sản phẩm|tiêu chí|chỉ tiêu|nghìn|triệu|tỷ|trường|km)\b"
)
_LOWER_HEADS = ("đồng bằng", "trung du", "miền", "duyên hải", "châu thổ", "vùng", "núi")  # regions are written "vùng đồng bằng sông Hồng"


def tokens(text: Text) -> list[Token]:
    """Place words of the body in order, the longest where they overlap."""
    folded, raw, size = text.folded, text.raw, len(text.folded)
    out: list[Token] = []
    for last, (kind, length, value, tail) in names().automaton.iter(folded, 0, text.body_end):
        end = last + 1
        if end < size and folded[end].isalnum() and folded[last] != ".":
            continue
        start = end - length
        if start and folded[start - 1].isalnum():
            continue
        if kind == "type":
            if folded[last] == "." and not _opens_name(raw, end):
                continue  # "P." of an author
        elif kind == "person":
            if end + 1 >= size or not raw[end + 1].isupper():
                continue
        elif kind == "body":
            if not raw[start].isupper():
                continue
            kind = "office"
        elif kind == "name" or kind == "country":
            if not (raw[start].isupper() or raw[start].isdigit() or raw.startswith(_LOWER_HEADS, start)):
                continue
            last_word = raw[start + tail]
            if not (last_word.isupper() or last_word.isdigit()):
                continue
            if last_word.isdigit() and _COUNTS_RE.match(folded, end):
                continue  # "Bảo Lâm 2,7%" is not xã Bảo Lâm 2
            kind = "foreign" if kind == "country" else kind
        elif kind == "short":
            name = start + tail
            if not (raw[name].isupper() or raw[name].isdigit()):
                continue
        while out and out[-1].start >= start:
            out.pop()
        if out and out[-1].end > start:
            if out[-1].kind != "type" or kind != "name":
                continue
            out.pop()  # "TP.HCM" holds "TP."
        if kind == "short":
            word = folded[start:name].rstrip()
            out.append(Token(start, start + len(word), "type", TYPES[word]))
            start, kind = name, "name"
        out.append(Token(start, end, kind, value))
    return out


def _opens_name(raw: str, end: int) -> bool:
    after = raw[end : end + 2].lstrip()[:1]
    return after.isupper() or after.isdigit()


def canonical(name: str) -> str:
    """The gazetteer's folded name for a written one, or the folded name itself."""
    folded = fold(name)
    payload = names().automaton.get(folded, None)
    return str(payload[2]) if payload and payload[0] in ("name", "short") else folded

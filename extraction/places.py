"""Names of administrative units in a text: found in every spelling, typed, and resolved in the gazetteer without guessing.

One Aho-Corasick pass over the folded text finds names, type words ("huyện") and wholes ("toàn tỉnh"); names count in Title case
only ("thống nhất cao" is no district). A list shares its type word ("các huyện: A, B và thị xã C").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import ahocorasick

from extraction import gazetteer
from extraction.gazetteer import Gazetteer, Level, Unit
from extraction.model import ArticleContext, Text
from extraction.text import fold

MERGER = "2025-07-01"  # NQ 202/2025/QH15: 34 provinces, no districts


@dataclass(frozen=True, slots=True)
class Area:
    """A place in GUIDE's form: "Level Name[, Level Name]" up to the province, names as of the article's day.

    `code` is None where the name could not be resolved without guessing; `flag` says why, or what is unusual.
    """

    name: str
    code: str | None
    level: Level
    type: str
    flag: str | None = None


# ---- spellings

_DAK = ("đắk", "đăk", "đak", "đắc", "đăc", "dắk", "dăk", "dak")
_Y_I = dict(zip("mỹ kỳ lý sỹ vỹ quý quỳ mị".split(), "mĩ kì lí sĩ vĩ quí quì mỵ".split(), strict=True))
_Y_I |= {i: y for y, i in _Y_I.items()}


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
    words = name.split(" ")
    if any(w in _DAK for w in words):
        out |= {" ".join(dak if w in _DAK else w for w in form.split(" ")) for form in out for dak in _DAK}
    if any(w in _Y_I for w in words):
        out |= {" ".join(_Y_I.get(w, w) for w in form.split(" ")) for form in set(out)}
    return out


# ---- words

TYPES: dict[str, str] = {
    "tỉnh": "Tỉnh", "thành phố": "Thành phố", "tp": "Thành phố", "tp.": "Thành phố", "t.p": "Thành phố", "t.p.": "Thành phố",
    "thủ đô": "Thành phố", "huyện": "Huyện", "quận": "Quận", "thị xã": "Thị xã", "tx": "Thị xã", "tx.": "Thị xã", "t.x": "Thị xã",
    "xã": "Xã", "phường": "Phường", "thị trấn": "Thị trấn", "tt.": "Thị trấn", "đặc khu": "Đặc khu", "vùng": "Vùng",
}  # fmt: skip
LEVELS: dict[str, tuple[Level, ...]] = {
    "Tỉnh": ("province",), "Thành phố": ("province", "district"), "Huyện": ("district",), "Quận": ("district",),
    "Thị xã": ("district",), "Xã": ("commune",), "Phường": ("commune",), "Thị trấn": ("commune",), "Đặc khu": ("commune",),
    "Vùng": ("region",),
}  # fmt: skip
RANK: dict[str, int] = {"country": 0, "region": 1, "province": 2, "district": 3, "commune": 4, "village": 5}
WHOLES: dict[str, Level] = {
    "cả nước": "country", "toàn quốc": "country", "trong nước": "unknown", "ngoài nước": "unknown",
    "toàn tỉnh": "province", "cả tỉnh": "province", "tỉnh ta": "province", "tỉnh nhà": "province", "tỉnh mình": "province",
    "toàn huyện": "district", "cả huyện": "district", "huyện ta": "district", "huyện nhà": "district", "toàn thị xã": "district",
    "toàn quận": "district", "cả quận": "district", "toàn xã": "commune", "cả xã": "commune", "xã ta": "commune", "xã nhà": "commune",
    "toàn phường": "commune", "toàn thị trấn": "commune", "toàn thôn": "village", "toàn bản": "village", "toàn ấp": "village",
    "toàn buôn": "village", "toàn thành phố": "unknown", "cả thành phố": "unknown", "toàn tp": "unknown", "toàn địa bàn": "unknown",
}  # fmt: skip


class Token(NamedTuple):
    """A hit of the automaton. kind: "name" (value: canonical folded name), "type" (value: type_vi), "whole" (value: level)."""

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
    """Built once a process, about 0.15 s."""
    known: Gazetteer = gazetteer.load()
    by_name: dict[str, list[Unit]] = {}
    folded = {name: fold(name) for name in known.by_name}
    for name, units in known.by_name.items():
        by_name.setdefault(folded[name], []).extend(units)
    entries: dict[str, tuple[str, int, str]] = {}
    for canonical in by_name:
        for form in spellings(canonical):
            entries.setdefault(form, ("name", len(form), canonical))
    for canonical in by_name:  # a name as the gazetteer writes it beats another name's variant
        entries[canonical] = ("name", len(canonical), canonical)
    for alias in known.aliases:
        for form in spellings(fold(alias.alias)):
            entries.setdefault(form, ("name", len(form), fold(alias.name)))
    entries |= {w: ("type", len(w), t) for w, t in TYPES.items()}
    entries |= {w: ("whole", len(w), level) for w, level in WHOLES.items()}
    automaton = ahocorasick.Automaton()
    for form, payload in entries.items():
        automaton.add_word(form, payload)
    automaton.make_automaton()
    return Names(automaton, {name: tuple(units) for name, units in by_name.items()})


def tokens(text: Text) -> list[Token]:
    """Names, type words and wholes of the body, longest first where they overlap, in order."""
    folded, raw, size = text.folded, text.raw, len(text.folded)
    out: list[Token] = []
    for last, (kind, length, value) in names().automaton.iter(folded, 0, text.body_end):
        start, end = last - length + 1, last + 1
        if (start and folded[start - 1].isalnum()) or (end < size and folded[end].isalnum() and folded[last] != "."):
            continue
        if kind == "name" and not titled(raw, start, end):
            continue
        while out and out[-1].start >= start:
            out.pop()
        if out and out[-1].end > start:
            if out[-1].kind != "type" or kind != "name":
                continue
            out.pop()  # "TP.HCM" holds "TP."
        out.append(Token(start, end, kind, value))
    return out


def titled(raw: str, start: int, end: int) -> bool:
    """First and last word begin with a capital or a digit ("Thống nhất" is no name)."""
    head, tail = raw[start], raw[raw.rfind(" ", start, end) + 1 if " " in raw[start:end] else start]
    return (head.isupper() or head.isdigit() or raw[start:end].startswith(("đồng bằng", "trung du", "miền", "duyên hải", "châu thổ"))) and (
        tail.isupper() or tail.isdigit()
    )


# ---- the article's own place


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when the article speaks: the portal's units by level, as written in its area, and the day that names are taken on."""

    day: str
    portal: str | None
    units: dict[str, tuple[str, str | None]]  # level -> (path in GUIDE's form, code)
    province: str | None
    district: str | None
    commune: str | None

    @property
    def level(self) -> str:
        return max(self.units, key=lambda k: RANK.get(k, 9)) if self.units else "country"


_YEAR_RE = re.compile(r"\b20[0-3]\d\b")
_VILLAGES = ("Thôn", "Bản", "Ấp", "Buôn", "Xóm", "Làng", "Khu phố", "Tổ dân phố", "Khu")


def setting(text: Text, context: ArticleContext) -> Setting:
    """Day of the article (without one: the last year that it names, which the portal's own area may correct) and the portal's chain."""
    portal = context.portal_area.strip() if context.portal_area else None
    parts = [typed_name(p) for p in portal.split(", ")] if portal else []
    if context.published:
        day = context.published.isoformat()[:10]
    else:
        years = [y for y in _YEAR_RE.findall(text.raw[: text.body_end]) if y <= "2029"]
        day = f"{max(years)}-12-31" if years else "2024-12-31"
        has_district = any(t in ("Huyện", "Quận", "Thị xã") for t, _ in parts)
        if has_district and day >= MERGER:
            day = "2025-06-30"
    units: dict[str, tuple[str, str | None]] = {}
    codes: dict[str, str | None] = {"province": None, "district": None, "commune": None}
    parent: Unit | None = None
    for i in range(len(parts) - 1, -1, -1):
        kind, name = parts[i]
        unit = portal_unit(kind, name, parent, day)
        level = unit.level if unit else portal_level(kind, parent, first=i == len(parts) - 1)
        if level == "country" or portal is None:
            continue
        units[level] = (", ".join(f"{t} {n}".strip() for t, n in parts[i:]), unit.code if unit else None)
        if level in codes:
            codes[level] = unit.code if unit else None
        parent = unit or parent
    return Setting(day, portal, units, codes["province"], codes["district"], codes["commune"])


def typed_name(part: str) -> tuple[str, str]:
    """'Huyện Bình Liêu' -> ('Huyện', 'Bình Liêu'); ('', part) without a type word."""
    for kind in (*LEVELS, *_VILLAGES):
        if part.lower().startswith(kind.lower() + " "):
            return kind, part[len(kind) + 1 :].strip()
    return "", part


def portal_level(kind: str, parent: Unit | None, *, first: bool) -> Level:
    if kind in _VILLAGES:
        return "village"
    levels = LEVELS.get(kind, ("country",))
    return levels[-1] if not first and parent else levels[0]


def portal_unit(kind: str, name: str, parent: Unit | None, day: str) -> Unit | None:
    levels = LEVELS.get(kind)
    if not levels:
        return None
    found = [u for u in names().units.get(canonical(name), ()) if u.type_vi == kind and u.level in levels]
    if parent is None:
        found = [u for u in found if u.level in ("province", "region")]
    else:
        known = gazetteer.load()
        found = [u for u in found if u.level != "province" and parent.code in {p.code for p in known.lineage(u, day)[1:]}]
    return pick_day(found, day)


def canonical(name: str) -> str:
    """The gazetteer's folded name for a written one, or the folded name itself."""
    folded = fold(name)
    payload = names().automaton.get(folded, None)
    return payload[2] if payload and payload[0] == "name" else folded


def pick_day(units: Iterable[Unit], day: str) -> Unit | None:
    """The unit valid on the day, else the one whose validity is nearest."""
    best, gap = None, ""
    for u in units:
        if u.valid_from <= day <= u.valid_to:
            return u
        distance = u.valid_from if u.valid_from > day else u.valid_to
        if best is None or _nearer(distance, gap, day):
            best, gap = u, distance
    return best


def _nearer(a: str, b: str, day: str) -> bool:
    def away(x: str) -> int:
        return abs((int(x[:4]) - int(day[:4])) * 12 + int(x[5:7]) - int(day[5:7]))

    return away(a) < away(b)


# ---- mentions


@dataclass(frozen=True, slots=True)
class AreaMention:
    """One place as the text names it; `start` is that of its type word, `end` that of its address ("xã A, huyện B")."""

    start: int
    end: int
    name_start: int
    name_end: int
    area: Area
    typed: bool
    group: int  # mentions of one list share it

    @property
    def level(self) -> Level:
        return self.area.level


class _Raw(NamedTuple):
    """A name before it is resolved."""

    start: int
    name_start: int
    end: int
    value: str | None  # canonical name; None when the gazetteer has none
    type: str | None
    shared: bool  # the type comes from the head of the list
    group: int


_GAP_RE = re.compile(r"\s*(?:,|;|và|, và|,và|cùng|hay|hoặc|với|\(|:|như:?|là:?|gồm:?|gồm có:?|-|các)?\s*(?:các\s+|\d+\s+)?$")
_LIST_RE = re.compile(r"\s*(?:,|;|và|, ?và|cùng|hay|hoặc|, ?cùng)\s*$")
_ITEM_RE = re.compile(r"[^.!?\n]{0,60}\d[^.!?\n]{0,60}[,;]?(?: và| còn| kế đến là| tiếp đến là| tiếp theo là)?\s*$")
_HINT_RE = re.compile(r"(?:\b(?:như|là|gồm|gồm có|cụ thể|gồm các|có|nhất là|kế đến là|tiếp đến là|kể cả)|[:(])\s*$")
_WORD_RE = re.compile(r"\S+")


def mentions(text: Text, where: Setting) -> list[AreaMention]:
    """All places that the text names, resolved; wholes and bare type words are not among them."""
    return list(Reader(text, where).read())


class Reader:
    """Turns tokens into mentions from left to right; what was named before helps with what comes after."""

    def __init__(self, text: Text, where: Setting) -> None:
        self.text, self.where = text, where
        self.known = gazetteer.load()
        self.units = names().units
        self.tokens = tokens(text)
        self.last_district: str | None = where.district

    # -- finding

    def read(self) -> Iterator[AreaMention]:
        found = list(self.find())
        i = 0
        while i < len(found):
            chain = [found[i]]
            while i + len(chain) < len(found) and self.encloses(chain[-1], found[i + len(chain)]):
                chain.append(found[i + len(chain)])
            mention = self.resolve_chain(chain)
            if mention:
                if mention.level == "district":
                    self.last_district = mention.area.code
                yield mention
            i += len(chain)

    def find(self) -> Iterator[_Raw]:
        raw, folded = self.text.raw, self.text.folded
        head: Token | None = None  # the last type word
        previous: _Raw | None = None
        group = 0
        for token in self.tokens:
            if token.kind == "whole":
                continue
            if token.kind == "type":
                head = token
                if (run := self.unknown_name(token)) is not None:
                    group += 1
                    previous = _Raw(token.start, run[0], run[1], None, token.value, False, group)
                    yield previous
                continue
            kind, start, shared = None, token.start, False
            if (
                head
                and folded[head.end : token.start].strip() == ""
                and token.start - head.end <= 2
                and "\n" not in folded[head.end : token.start]
            ):
                kind, start = head.value, head.start
                if previous and _LIST_RE.match(folded, previous.end, start):
                    pass
                else:
                    group += 1
            elif previous and previous.type and previous.end <= token.start and _LIST_RE.match(folded, previous.end, token.start):
                kind, shared = previous.type, True
            elif head and head.end <= token.start and token.start - head.end < 120 and self.list_head(head, token, previous):
                kind, shared = head.value, True
                group += 1
            else:
                group += 1
            if previous and previous.end > token.start:
                continue
            here = _Raw(start, token.start, token.end, token.value, kind, shared, group)
            if kind is None and not self.stands_alone(token):
                continue
            if kind is not None and not shared and self.continues(token.end) and not self.is_known(token, kind):
                continue
            previous = here
            yield here

    def list_head(self, head: Token, token: Token, previous: _Raw | None) -> bool:
        """Does the type word govern this bare name from a distance: "các huyện còn lại gồm: A", "A (6 xã), B (4 xã)"?"""
        folded = self.text.folded
        between = folded[head.end : token.start]
        if "\n" in between or ". " in between:
            return False
        return bool(_HINT_RE.search(between))

    def unknown_name(self, token: Token) -> tuple[int, int] | None:
        return None

    def is_known(self, token: Token, kind: str) -> bool:
        return any(u.level in LEVELS[kind] for u in self.units[token.value])

    def continues(self, end: int) -> bool:
        """Does the capitalised run go on after the name ("Tân Đông Hiệp")?"""
        raw = self.text.raw
        return end + 1 < len(raw) and raw[end] in " \u00a0" and raw[end + 1].isupper()

    def stands_alone(self, token: Token) -> bool:
        return not self.continues(token.end)

    def encloses(self, inner: _Raw, outer: _Raw) -> bool:
        return False

    # -- resolving

    def resolve_chain(self, chain: list[_Raw]) -> AreaMention | None:
        first = chain[0]
        area = self.resolve(first, None)
        if area is None:
            return None
        return AreaMention(first.start, chain[-1].end, first.name_start, first.end, area, first.type is not None, first.group)

    def resolve(self, raw: _Raw, parent: Unit | None) -> Area | None:
        if raw.value is None:
            return None
        found = [u for u in self.units[raw.value] if raw.type is None or u.level in LEVELS[raw.type]]
        found = [
            u
            for u in found
            if u.level in ("province", "region") or self.where.province in {p.code for p in self.known.lineage(u, self.where.day)}
        ]
        if raw.type is None:
            found = [u for u in found if u.level != "commune"]
        unit = pick_day(found, self.where.day)
        return self.area(unit) if unit else None

    def area(self, unit: Unit, flag: str | None = None) -> Area:
        return Area(self.known.path(unit, self.where.day), unit.code, unit.level, unit.type_vi, flag)

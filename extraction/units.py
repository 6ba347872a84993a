"""Units, "per" units and comparators: lexicon look-ups at a position of a folded text.

All look-ups are anchored at a number, so they cost a dictionary access and a few `startswith`, whatever the size of the lexicon.
"""

from __future__ import annotations

import re
from functools import cache

from extraction.model import Op, value_class
from extraction.terms import read_lexicon
from extraction.text import fold

_FIRST_RE = re.compile(r"[ \t]{0,8}(%|‰|[^\W\d_]+|[≥≤<>=~≈]+)")
_NEXT_WORD_RE = re.compile(r" ([^\W\d_]+)")
_PER_RE = re.compile(r" ?/ ?(?=[^\W\d_])| (?=mỗi )")
PLACES = frozenset({"commune", "district", "province", "village"})
LOOK_BACK = 48  # characters: the longest comparator with filler words between it and the number is about 40


@value_class
class Unit:
    """A row of units.csv."""

    surface: str
    code: str  # of GUIDE.md; empty for what is not a quantity (durations, ages, grades)
    kind: str  # percent point money foreign_money count measure times gift time age grade structure
    factor: float
    words: bool  # may number words stand before it
    mask: str  # kind of the mask that a number with this unit gets
    zero: bool  # "không còn hộ nghèo": may a lexical zero count it
    not_before: frozenset[str]  # words after which the surface is part of another word ("bộ phận", "xã hội")


@value_class
class UnitHit:
    unit: Unit
    start: int
    end: int


@value_class
class Per:
    """The "/người/năm" after a unit."""

    means: tuple[str, ...]  # person, year, commune, goods …
    goods: bool  # the price of a thing
    end: int


@value_class
class Comparator:
    op: Op
    start: int
    end: int


class _Surfaces:
    """Surfaces by their first word, longest first; a hit needs a word boundary behind it."""

    def __init__(self, surfaces: dict[str, frozenset[str]]) -> None:
        self._by_first: dict[str, list[tuple[str, int, bool, frozenset[str]]]] = {}
        for surface in sorted(surfaces, key=len, reverse=True):
            m = _FIRST_RE.match(surface)
            if m is None:
                raise ValueError(f"surface {surface!r} starts with neither a letter nor a sign")
            self._by_first.setdefault(m.group(1), []).append((surface, len(surface), surface[-1].isalnum(), surfaces[surface]))

    def at(self, folded: str, at: int) -> tuple[str, int, int] | None:
        """The longest surface at `at`, spaces skipped: (surface, start, end)."""
        m = _FIRST_RE.match(folded, at)
        return self.longest(folded, m.start(1), m[1]) if m is not None else None

    def longest(self, folded: str, start: int, first: str) -> tuple[str, int, int] | None:
        """The longest surface from a word or sign on, which is its first."""
        candidates = self._by_first.get(first)
        if candidates is None:
            return None
        for surface, length, word, not_before in candidates:
            if not folded.startswith(surface, start):
                continue
            end = start + length
            if word and end < len(folded) and folded[end].isalnum():
                continue
            if not_before and (following := _NEXT_WORD_RE.match(folded, end)) and following.group(1) in not_before:
                continue
            return surface, start, end
        return None


@cache
def context_words(name: str) -> frozenset[str]:
    """A named set of context_words.csv."""
    for row in read_lexicon("context_words.csv"):
        if row["name"] == name:
            return frozenset(row["words"].split())
    raise KeyError(f"context_words.csv has no row {name}")


@cache
def units() -> dict[str, Unit]:
    """Surface (folded) -> unit."""
    return {unit.surface: unit for unit in map(_unit, read_lexicon("units.csv"))}


def _unit(row: dict[str, str]) -> Unit:
    return Unit(
        surface=fold(row["surface"]),
        code=row["unit"],
        kind=row["kind"],
        factor=float(row["factor"] or 1),
        words=row["words"] == "yes",
        mask=row["mask"],
        zero=row["zero"] == "yes",
        not_before=frozenset(filter(None, row["not_before"].split("|"))),
    )


@cache
def _unit_surfaces() -> _Surfaces:
    return _Surfaces({surface: unit.not_before for surface, unit in units().items()})


def unit_at(folded: str, at: int) -> UnitHit | None:
    """The longest unit at `at`, spaces before it skipped; never across a line end.

    >>> unit_at("5 xã, thị trấn", 1).unit.code
    'commune'
    """
    hit = _unit_surfaces().at(folded, at)
    return UnitHit(units()[hit[0]], hit[1], hit[2]) if hit else None


def unit_from(folded: str, start: int, first: str) -> UnitHit | None:
    """The longest unit from a word or sign on, which is its first."""
    hit = _unit_surfaces().longest(folded, start, first)
    return UnitHit(units()[hit[0]], hit[1], hit[2]) if hit else None


def counts(hit: UnitHit | None) -> bool:
    """Is this a unit of quantities (and not "năm", "tuổi")?"""
    return hit is not None and not hit.unit.mask


def name_follows(raw: str, at: int) -> bool:
    """Does a capitalised word follow after one space ("phường Chiềng Lề")?"""
    return at + 1 < len(raw) and raw[at] == " " and raw[at + 1].isupper()


@cache
def _pers() -> dict[str, tuple[str, bool]]:
    return {fold(row["surface"]): (row["means"], row["goods"] == "yes") for row in read_lexicon("per_units.csv")}


@cache
def _per_surfaces() -> _Surfaces:
    return _Surfaces(dict.fromkeys(_pers(), frozenset()))


def per_at(folded: str, at: int) -> Per | None:
    """ "/người/năm", " / năm", " mỗi năm" after a unit."""
    if folded[at : at + 1] != "/" and folded[at : at + 2] not in (" /", " m"):
        return None
    means: list[str] = []
    goods = False
    while len(means) < 3 and (m := _PER_RE.match(folded, at)):
        hit = _per_surfaces().at(folded, m.end())
        if hit is None:
            break
        what, price = _pers()[hit[0]]
        means.append(what)
        goods = goods or price
        at = hit[2]
    return Per(tuple(means), goods, at) if means else None


@cache
def _comparators(side: str) -> dict[str, Op]:
    return {fold(row["surface"]): row["op"] for row in read_lexicon("comparators.csv") if row["side"] == side}  # type: ignore[misc]


@cache
def _last_words_of_comparators() -> frozenset[str]:
    return frozenset(surface.split()[-1] for surface in _comparators("before"))


@cache
def _after_surfaces() -> _Surfaces:
    return _Surfaces(dict.fromkeys(_comparators("after"), frozenset()))


@cache
def _starts_of_comparators_after() -> frozenset[str]:
    return frozenset({*" \t", *(surface[0] for surface in _comparators("after"))})


def comparator_after(folded: str, at: int) -> Comparator | None:
    first = folded[at : at + 1]
    if (folded[at + 1 : at + 2] if first == " " else first) not in _starts_of_comparators_after():
        return None
    hit = _after_surfaces().at(folded, at)
    return Comparator(_comparators("after")[hit[0]], hit[1], hit[2]) if hit else None


# Words that may stand between a comparator and its number ("ít nhất có thêm 05 huyện", "ước thực hiện cả năm đạt 7%")
_FILLERS = context_words("comparator_gap")
_STRONG = frozenset(
    {"ít nhất", "tối thiểu", "không quá", "tối đa", "ước", "ước tính", "không dưới", "khoảng", "không thấp hơn", "không vượt quá"}
)


_LEFT_RE = re.compile(r"(?:[^\W\d_]+[ \t≥≤<>=~≈]*|[ \t≥≤<>=~≈]+)*")  # word by word: character by character takes twice as long


def words_before(folded: str, at: int) -> list[str]:
    """Words (or comparison signs) that stand directly before `at`, nearest first; stops at punctuation, digits and line ends.

    >>> words_before("Năm 2020, có thêm ít nhất 5", 26)
    ['nhất', 'ít', 'thêm', 'có']
    """
    floor = at - LOOK_BACK if at > LOOK_BACK else 0
    reverse = folded[floor:at][::-1]
    start = at - _LEFT_RE.match(reverse).end()  # type: ignore[union-attr]
    words = folded[start:at].split()
    words.reverse()
    if words and start == floor and floor and not folded[floor - 1].isspace():
        words.pop()  # cut by the window
    return words


def comparator_before(folded: str, at: int, words: list[str]) -> Comparator | None:
    """The comparator that governs a number at `at` with these words before it: adjacent, or a strong one with fillers between."""
    last_words = _last_words_of_comparators()
    if not words or (words[0] not in last_words and words[0] not in _FILLERS):
        return None
    table = _comparators("before")
    for skip in range(len(words)):
        for size in (4, 3, 2, 1) if words[skip] in last_words else ():
            if skip + size > len(words):
                continue
            surface = " ".join(reversed(words[skip : skip + size]))
            if surface in table and (skip == 0 or surface in _STRONG or _WEAK_FILLERS.issuperset(words[:skip])):
                start = _start_of(folded, at, words, skip + size)
                return Comparator(table[surface], start, start + len(surface))
        if words[skip] not in _FILLERS:
            break
    return None


def start_of_words(folded: str, at: int, words: list[str], count: int) -> int:
    """Where the `count` words nearest before `at` start."""
    for word in words[:count]:
        at = folded.rfind(word, 0, at)
    return at


_WEAK_FILLERS = frozenset({"từ", "mức"})
_start_of = start_of_words

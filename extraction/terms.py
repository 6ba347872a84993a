"""Phrases of the lexicons found in a folded text in one pass, and conditions over them.

A condition is a cell of a lexicon: alternatives parted by `|`, all of several by `&`, `@name` for a class of
`word_classes.csv`: "tỷ lệ|tỷ suất & @poor". Conditions are compiled to sets of term numbers, so that asking one of a
stretch of text costs a set intersection and no search.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from extraction.model import value_class
from extraction.text import fold

LEXICON = Path(__file__).resolve().parent / "lexicon"

_START = itemgetter(0)
Condition = tuple[frozenset[int], ...]  # every set must be hit by at least one term


class Hit(NamedTuple):
    """A term in the text; ends exclusive."""

    start: int
    end: int
    term: int


def read_lexicon(name: str) -> list[dict[str, str]]:
    """Rows of a lexicon as dictionaries without None; raises `ValueError` naming file and line when a row is too long or short."""
    path = LEXICON / name
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise ValueError(f"{path}:{reader.line_num}: {len(reader.fieldnames or ())} columns expected, check commas and quotes")
            rows.append({key: value.strip() for key, value in row.items()})
    return rows


@cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """Named sets of words that conditions refer to by `@name`."""
    return {row["name"]: tuple(w.strip() for w in row["words"].split("|")) for row in read_lexicon("word_classes.csv")}


class TermIndex:
    """Numbers terms, compiles conditions, and finds all terms of a text in one pass of an Aho-Corasick automaton."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._terms: list[str] = []
        self._automaton: ahocorasick.Automaton | None = None
        self._separating: frozenset[int] | None = None

    def number(self, surface: str) -> int:
        """The number of a term; terms are folded like texts are. Raises `ValueError` for an empty term."""
        term = fold(" ".join(surface.split()))
        if not term:
            raise ValueError("empty term in a lexicon cell (a `|` too many?)")
        if term not in self._numbers:
            self._numbers[term] = len(self._terms)
            self._terms.append(term)
            self._automaton = self._separating = None
        return self._numbers[term]

    def term(self, number: int) -> str:
        return self._terms[number]

    def with_separators(self) -> frozenset[int]:
        """Terms that hold a comma, a dash or "và" that parts nothing ("hộ nghèo, hộ cận nghèo")."""
        if self._separating is None:
            self._separating = frozenset(n for n, term in enumerate(self._terms) if re.search(r"[,;-]| và ", term))
        return self._separating

    def alternatives(self, cell: str) -> frozenset[int]:
        """Term numbers of "a|b|@class"."""
        numbers: set[int] = set()
        for part in filter(None, (p.strip() for p in cell.split("|"))):
            if part.startswith("@"):
                if part[1:] not in word_classes():
                    raise ValueError(f"unknown word class {part}; known: {', '.join(sorted(word_classes()))}")
                numbers.update(self.number(word) for word in word_classes()[part[1:]])
            else:
                numbers.add(self.number(part))
        return frozenset(numbers)

    def condition(self, cell: str) -> Condition:
        """A compiled cell; the empty cell is the condition that always holds."""
        return tuple(self.alternatives(part) for part in cell.split("&") if part.strip())

    def find(self, folded: str, start: int, end: int) -> list[Hit]:
        """All whole-word occurrences in folded[start:end], by start."""
        if self._automaton is None:
            self._automaton = self._build()
        if folded.find("  ", start, end) >= 0:
            return self._find_spaced(folded, start, end)
        hits = []
        size = len(folded)
        for last, (number, length, word_start, word_end) in self._automaton.iter(folded, start, end):
            stop = last + 1
            if word_end and stop < size and folded[stop].isalnum():
                continue
            first = stop - length
            if word_start and first and folded[first - 1].isalnum():
                continue
            hits.append(Hit(first, stop, number))
        hits.sort(key=_START)  # shorter ones of one start come first, as the automaton gives them
        return hits

    def _find_spaced(self, folded: str, start: int, end: int) -> list[Hit]:
        """The same where several spaces stand for one ("tỷ lệ hộ  nghèo", from non-breaking ones): offsets stay those given."""
        low, high = max(start - 1, 0), min(end + 1, len(folded))
        kept = [i for i in range(low, high) if not (folded[i] == " " and i + 1 < high and folded[i + 1] == " ")]
        single = "".join([folded[i] for i in kept])
        found = [Hit(kept[h.start], kept[h.end - 1] + 1, h.term) for h in self.find(single, 0, len(single))]
        return [h for h in found if start <= h.start and h.end <= end]

    def _build(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for term, number in self._numbers.items():
            automaton.add_word(term, (number, len(term), term[0].isalnum(), term[-1].isalnum()))
        automaton.make_automaton()
        return automaton


@value_class
class Zone:
    """The terms of one stretch of text."""

    hits: tuple[Hit, ...]
    terms: frozenset[int]

    @classmethod
    def of(cls, hits: Iterable[Hit]) -> Zone:
        kept = tuple(hits)
        return cls(kept, frozenset([term for _, _, term in kept]))

    def meets(self, condition: Condition) -> bool:
        terms = self.terms
        return not any(alternatives.isdisjoint(terms) for alternatives in condition)

    def first(self, alternatives: frozenset[int]) -> Hit | None:
        return next((h for h in self.hits if h.term in alternatives), None)

    def last(self, alternatives: frozenset[int]) -> Hit | None:
        return next((h for h in reversed(self.hits) if h.term in alternatives), None)

"""Numbers that name a thing: "tiêu chí số 10", "Nghị định 07", "Tổ 2", "tháng 8", "Quốc lộ 6", "ĐT.261", "Lượt xem: 88".

The longest label of labels.csv before the number decides, under the condition of its row:

  always, house      on any plain digits; "thứ 5/11", "ngõ 12/34" as a whole
  code, program      with the tail of a document number ("30a", "/2018", "/qđ-ttg")
  no_unit            when no counted noun follows: "kế hoạch 86" but not "kế hoạch 350 người"
  clause             also before nouns, not before money and per cent: "khoản 2 Nghị định 57"
  place              also before a place with a name: "Tổ 2 phường Chiềng Lề" but not "mỗi thôn 2 hộ"
  year month day day_of quarter age    within the calendar, or an age
  generation         "công nghiệp 4.0"
  colon              before a colon: captions of portals
  (empty)            an exception: "tổng số 86 xã" is no label
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from extraction.amounts import Amount, amounts_of
from extraction.model import Mask, value_class
from extraction.terms import read_lexicon
from extraction.text import fold
from extraction.units import PLACES, UnitHit, counts, name_follows, start_of_words, unit_at, words_before

LONGEST = 5  # words of a label
_MONEY_OR_SHARE = ("money", "percent", "point")
_DIGITS_RE = re.compile(r"[0-9]+")
_CODE_RE = re.compile(r"[0-9]+(?:[ .\-/]?[0-9x]+){0,8}")
_LEXEME_RE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_TAIL_RE = re.compile(r"(?:[a-zđ](?![^\W\d_]))?(?:[:/][0-9]{4})?(?: ?[/\-] ?[a-zđ][\w&.]*)*")
_SUBNUMBER_RE = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,2}(?![0-9]|[.,][0-9])")
_OF_ALL_RE = re.compile(r" ?/ ?[0-9]{1,4}(?![0-9])")
_AND_RE = re.compile(r" ?(?:,|;|và|hoặc|-|đến|/) ?(?=[0-9])")


class Label(NamedTuple):
    kind: str
    when: str


@value_class
class _Candidate:
    """Digits behind a label."""

    folded: str
    raw: str
    start: int
    end: int
    left: str  # the word before the label

    @property
    def digits(self) -> int:
        return self.end - self.start

    @property
    def value(self) -> int:
        return int(self.folded[self.start : self.end])

    @property
    def amount(self) -> Amount | None:
        return amounts_of(self.folded).at(self.start)

    @property
    def hit(self) -> UnitHit | None:
        return self.amount.unit if self.amount else None

    def is_plain(self) -> bool:
        """Up to five digits and nothing decimal behind: every label wants that ("tổ 1.200 hộ" is none)."""
        end = self.end
        return self.digits <= 5 and not (end + 1 < len(self.folded) and self.folded[end] in ".," and self.folded[end + 1].isdigit())

    def is_free(self) -> bool:
        """No counted noun, scale or denominator; the "năm" of "đợt 1 năm 2024" starts a year."""
        amount = self.amount
        if amount is None:
            return True
        hit = amount.unit
        year = hit is not None and hit.unit.surface == "năm" and self.folded[hit.end + 1 : hit.end + 3] in ("19", "20")
        return (hit is None or year) and amount.scale == 1 and not amount.denominator

    def is_money_or_share(self) -> bool:
        return self.hit is not None and self.hit.unit.kind in _MONEY_OR_SHARE

    def is_before_a_named_place(self) -> bool:
        hit = self.hit
        return hit is not None and self.value <= 200 and hit.unit.code in PLACES and name_follows(self.raw, hit.end)


_CONDITIONS: dict[str, Callable[[_Candidate], bool]] = {
    "always": _Candidate.is_plain,
    "code": _Candidate.is_plain,
    "house": _Candidate.is_plain,
    "no_unit": lambda c: c.is_free() and c.left != "mỗi",
    "program": lambda c: c.is_free() or c.digits >= 3,
    "clause": lambda c: c.is_free() or not (c.is_money_or_share() or (c.amount and c.amount.scale > 1)),
    "place": lambda c: c.left not in ("mỗi", "số", "các") and (c.is_free() or c.is_before_a_named_place()),
    "year": lambda c: 1900 <= c.value <= 2100,
    "month": lambda c: 1 <= c.value <= 12 and c.left not in ("mỗi", "hàng", "hằng", "một") and not c.is_money_or_share(),
    "day": lambda c: 1 <= c.value <= 31 and c.left != "mỗi" and not c.is_money_or_share(),
    "day_of": lambda c: 1 <= c.value <= 31 and c.is_free(),
    "age": lambda c: c.value <= 100,
    "quarter": lambda c: 1 <= c.value <= 4,
}


@cache
def _labels() -> dict[str, Label]:
    return {fold(row["surface"]): Label(row["kind"], row["when"]) for row in read_lexicon("labels.csv") if row["when"] != "colon"}


@cache
def _sizes() -> dict[str, list[int]]:
    """Last word -> how many words the labels have that end in it, the longest first."""
    sizes: dict[str, set[int]] = {}
    for surface in _labels():
        sizes.setdefault(surface.split()[-1], set()).add(len(surface.split()))
    return {last: sorted((n for n in found if n <= LONGEST), reverse=True) for last, found in sizes.items()}


@cache
def _captions() -> dict[str, str]:
    return {fold(row["surface"]): row["kind"] for row in read_lexicon("labels.csv") if row["when"] == "colon"}


def label_mask(folded: str, raw: str, at: int, digits_end: int, words: list[str]) -> Mask | None:
    """The mask of a number that a label before it, an abbreviation or a caption of the portal names."""
    if not words:
        before = folded[at - 1 : at]
        return _after_point(folded, at, digits_end) if before == "." else _after_colon(folded, at) if before in (":", " ") else None
    for size in _sizes().get(words[0], ()):
        if size > len(words):
            continue
        surface = " ".join(reversed(words[:size]))
        label = _labels().get(surface)
        if label is None:
            continue
        candidate = _Candidate(folded, raw, at, digits_end, words[size] if size < len(words) else "")
        end = _end_of(label, candidate) if label.kind else None
        return Mask(start_of_words(folded, at, words, size), end, label.kind, f"label:{surface}") if end else None
    return None


def is_document(words: list[str]) -> bool:
    """Do these words (nearest first) end in the name of a document ("thông tư", "quyết định số")?"""
    for size in range(1, min(3, len(words)) + 1):
        label = _labels().get(" ".join(reversed(words[:size])))
        if label and label.kind == "docno":
            return True
    return False


def code_tail(folded: str, at: int) -> int:
    """Where the rest of a code ends ("a", "/2018", "/qđ-ttg" behind its digits)."""
    m = _TAIL_RE.match(folded, at)
    return m.end() if m else at


def _end_of(label: Label, c: _Candidate) -> int | None:
    """Where the number that the label names ends, None when the label's condition does not hold."""
    if label.when == "generation":
        return c.end + 2 if c.folded.startswith(".0", c.end) else None
    if label.kind == "label" and (m := _SUBNUMBER_RE.match(c.folded, c.start)) and unit_at(c.folded, m.end()) is None:
        return m.end()  # "tiêu chí số 17.11"
    if not c.is_plain():
        return code_tail(c.folded, c.end) if label.when == "code" and c.digits > 5 else None
    if not _CONDITIONS[label.when](c):
        return None
    if label.when in ("always", "house") and (m := _OF_ALL_RE.match(c.folded, c.end)):
        return m.end()  # "xếp thứ 5/11 huyện", "ngõ 12/34"
    coded = label.when in ("code", "program", "no_unit")
    return _more_of_the_same(label.when, replace(c, end=code_tail(c.folded, c.end) if coded else c.end))


def _more_of_the_same(when: str, c: _Candidate) -> int:
    """ "tiêu chí số 4, 5 và 10", "năm 2016, 2017", "Chương trình 30a và 135": numbers that share the label."""
    end = c.end
    while m := _AND_RE.match(c.folded, end):
        digits = _DIGITS_RE.match(c.folded, m.end())
        if digits is None:
            break
        other = _Candidate(c.folded, c.raw, digits.start(), digits.end(), "")
        if not other.is_plain() or not _CONDITIONS["year" if when == "year" else "no_unit"](other):
            break
        if when == "year" and counts(other.hit):
            break
        end = code_tail(c.folded, other.end) if when in ("code", "program") else other.end
    return end


def _after_point(folded: str, at: int, end: int) -> Mask | None:
    """ "ĐT.261", "Q.1": an abbreviation and its number."""
    start = at - 1
    while start and at - start < 5 and folded[start - 1].isalpha():
        start -= 1
    if 1 <= at - 1 - start <= 3 and not counts(unit_at(folded, end)):
        return Mask(start, end, "label", "abbreviation")
    return None


def _after_colon(folded: str, at: int) -> Mask | None:
    """ "Lượt xem: 88" and other captions of portals."""
    colon = at - 1
    while colon > 0 and folded[colon] == " ":
        colon -= 1
    if colon <= 0 or folded[colon] != ":":
        return None
    words = words_before(folded, colon)
    for size in range(min(LONGEST, len(words)), 0, -1):
        kind = _captions().get(" ".join(reversed(words[:size])))
        number = (_LEXEME_RE if kind == "counter" else _CODE_RE).match(folded, at)
        if kind and number:
            return Mask(start_of_words(folded, colon, words, size), number.end(), kind, "caption")
    return None

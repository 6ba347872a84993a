"""Quantities of an article: every number that is not masked, with unit, comparator and whether it holds for each year.

Three ways to write a quantity are read: numbers ("5/6 xã", "hai mươi tư thôn", "một nửa số xã"), lexical zeros ("không còn hộ nghèo",
"chưa có xã nào") and totals ("toàn bộ hộ nghèo"). What a quantity is about, its sign and its comparator inherited from the head of
a list are the business of frames.py; a quantity that nobody wants costs nothing, one that is missing cannot come back.

Flags
  of the number   dot_decimal ("8.43%"), ambiguous_thousands ("1,234"), english_notation, spaced_thousands,
                  broken (digits cut from a longer code), elided_scale ("3 đến 5 triệu"), above_denominator,
                  single_word (one ambiguous number word), half ("một nửa", in per cent)
  of the unit     implied_money ("4,2 tỷ"), implied_percent ("chiếm 2,48 tổng số hộ"), inherited_unit ("từ 36 triệu lên 39 triệu đồng"),
                  per:<what> ("tiêu chí/xã" is per:commune), times ("gấp 2,5 lần"), gift ("suất quà"), foreign_money
  of the place    from ("từ 95%" without an end), exceeds ("vượt 21%"), every ("cứ 100 hộ"),
                  of_counted (in "4 quận hết hộ nghèo" the zero says which districts are counted)
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import ahocorasick

from extraction.amounts import Amount, amounts_of, money_unit, read_amount
from extraction.model import Mask, Op, Quantity, Text
from extraction.numbers import number_words
from extraction.surroundings import Covered, Surroundings, words_count
from extraction.units import PLACES, Comparator, start_of_words
from extraction.zeros import read_total, read_zero, totals, zeros

_LEXEME_RE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


def find_quantities(text: Text, masks: list[Mask]) -> list[Quantity]:
    """All quantities before the footer, by position of the number."""
    found = _Reader(text, masks).read()
    return _linked(text.folded, sorted(found, key=lambda q: q.number_start))


@cache
def _triggers() -> ahocorasick.Automaton:
    """Words that start a number in words, a zero or a total."""
    automaton = ahocorasick.Automaton()
    kinds = {w: "word" for w, (role, _) in number_words().items() if role in ("digit", "ten", "twenty", "half")}
    kinds.update(dict.fromkeys(totals(), "all"))
    kinds.update(dict.fromkeys(zeros(), "zero"))
    for surface, kind in kinds.items():
        automaton.add_word(surface, (kind, len(surface)))
    automaton.make_automaton()
    return automaton


class _Reader:
    def __init__(self, text: Text, masks: list[Mask]) -> None:
        self.text, self.folded, self.end = text, text.folded, text.body_end
        self.covered = Covered(masks)
        self.around = Surroundings(text, self.covered)
        self.amounts = amounts_of(text.folded)

    def read(self) -> list[Quantity]:
        out: list[Quantity] = []
        at = 0
        for start, length, kind in self._candidates():
            if start < at:
                continue
            if masked := self.covered.end(start):
                at = masked
                continue
            found, at = self._at(start, kind, -length)
            out.extend(found)
        return out

    def _candidates(self) -> list[tuple[int, int, str]]:
        """Where a quantity may start, in order, with the length of its trigger negated: the longest trigger first at one place."""
        folded, end = self.folded, self.end
        hits = [(start, 0, "digits") for start, _ in self.amounts.digits if start < end]
        size = len(folded)
        for last, (kind, length) in _triggers().iter(folded, 0, end):
            stop = last + 1
            start = stop - length
            if not ((stop < size and folded[stop].isalnum()) or (start and folded[start - 1].isalnum())):
                hits.append((start, -length, kind))
        hits.sort()
        return hits

    def _at(self, at: int, kind: str, length: int) -> tuple[list[Quantity], int]:
        """Quantities at a candidate and where to go on reading."""
        if kind == "zero":
            return read_zero(self.folded, at, length)
        if kind == "all":
            return read_total(self.folded, at, length)
        amount = self.amounts.at(at)
        if amount and amount.second is not None and self.covered.end(amount.second):
            amount = read_amount(self.folded, at, alone=True)  # "đạt 5 xã - 28/6"
        words = self.amounts.words_before(at)
        if amount and amount.number_end <= self.end and (kind == "digits" or words_count(self.text, amount, words)):
            quantity = self._quantity(amount, words, kind)
            return [quantity], quantity.end
        if kind == "digits":
            return [], _LEXEME_RE.match(self.folded, at).end()  # type: ignore[union-attr]
        years = amount and amount.unit and amount.unit.unit.mask and amount.second is None
        return [], amount.end if amount and years else at + 1  # "ba mươi năm": the "năm" there is no five

    def _quantity(self, amount: Amount, words: list[str], kind: str) -> Quantity:
        at = amount.start
        behind = self.around.comparator_behind(amount, words)
        before = self.around.comparator_before(at, words, estimates=behind is None and amount.high is None)
        unit, flags = self._unit(amount, words)
        counted = amount.unit if amount.unit and amount.unit.unit.kind == "count" else None
        yearly = bool(amount.per and "year" in amount.per.means) or self.around.every_year(at, amount.end)
        from_ = words[:1] == ["từ"]
        return Quantity(
            start=before.start if before else start_of_words(self.folded, at, words, 1) if from_ else at,
            end=max(amount.end, behind.end if behind else 0),
            number_start=at,
            number_end=amount.number_end,
            value=amount.value,
            value_high=amount.high,
            denominator=amount.denominator,
            op=_op(amount, before, behind),
            unit=unit,
            head=counted.unit.surface if counted else None,
            head_start=counted.start if counted else None,
            head_end=counted.end if counted else None,
            form="words" if kind == "word" else "digits",
            per_year=yearly and unit != "vnd_per_person_year",
            rule=f"{amount.form}{'/' if amount.denominator is not None else '-' if amount.high is not None else ''}",
            flags=(*amount.flags, *_place_flags(words, compared=bool(before or behind)), *flags),
        )

    def _unit(self, amount: Amount, words: list[str]) -> tuple[str | None, list[str]]:
        """The unit code, and flags of what stands with it."""
        flags = [f"per:{what}" for what in amount.per.means] if amount.per else []
        hit = amount.unit
        if amount.form == "half":
            return "percent", [*flags, "half"]
        if hit is None and "implied_money" in amount.flags:
            return self._money(amount), flags
        if hit is None and amount.value <= 100 and words[:1] == ["chiếm"] and self.folded.startswith((" tổng số", " số"), amount.end):
            return "percent", [*flags, "implied_percent"]  # "chiếm 2,48 tổng số dân cư"
        if hit is None:
            return None, flags
        if hit.unit.kind in ("times", "gift", "foreign_money"):
            return hit.unit.code, [*flags, hit.unit.kind]
        if hit.unit.kind == "money":
            return self._money(amount), flags
        if hit.unit.code in PLACES and amount.scale >= 1e6:
            return "other", flags  # "25 triệu bản" of a book, no villages
        return hit.unit.code, flags

    def _money(self, amount: Amount) -> str:
        """ "triệu đồng/người/năm", or "triệu đồng(/năm)" in a sentence on income per head; other rates are `other`."""
        means = amount.per.means if amount.per else ()
        if means in (("person", "year"), ("year", "person")):
            return "vnd_per_person_year"
        if means in ((), ("year",), ("person",)) and amount.value < 1e9:
            sentence = self.text.sentence_at(amount.start)
            clause = self.folded[max(sentence.start, amount.start - 140) : amount.start]
            clause = clause[clause.rfind(";") + 1 :]
            if "đầu người" in clause or ("thu nhập bình quân" in clause and means):
                return "vnd_per_person_year"
        return money_unit() if means in ((), ("year",)) else "other"


def _op(amount: Amount, before: Comparator | None, behind: Comparator | None) -> Op:
    if amount.high is not None:
        return "range"
    return behind.op if behind else before.op if before else "eq"


def _place_flags(words: list[str], *, compared: bool) -> list[str]:
    """Flags of the words right before: from, every, exceeds."""
    nearest = words[0] if words else ""
    if nearest == "từ":
        return [] if compared else ["from"]
    if nearest == "cứ":
        return ["every"]
    return ["exceeds"] if nearest == "vượt" or (nearest in ("mức", "hơn") and words[1:2] == ["vượt"]) else []


_FROM = ("từ", "từ mức", "từ gần", "từ hơn", "từ trên", "từ dưới")
_LINK_RE = re.compile(r"(?:xuống|lên|còn|đến|tới|thành|và)(?: còn| mức| dưới| trên| hơn| gần| khoảng| chỉ còn)*$")


def _linked(folded: str, quantities: list[Quantity]) -> list[Quantity]:
    """What quantities take from each other: in "từ 36 triệu lên 39 triệu đồng" and "từ 16,58 (…) xuống 15,82 tiêu chí/xã" the first
    has unit and scale of the second; a zero behind counted places tells which are counted.
    """
    out = list(quantities)
    for i in range(len(out) - 1):
        first, second = out[i], out[i + 1]
        if second.form == "zero" and first.form != "zero" and first.unit in PLACES and not folded[first.end : second.start].strip():
            out[i + 1] = replace(second, flags=(*second.flags, "of_counted"))
        if first.unit is not None or second.unit is None or second.start - first.end > 60 or second.form != "digits":
            continue
        if not _from_to(folded, first, second):
            continue
        scale = _scale_between(first, second)
        out[i] = replace(
            first,
            value=first.value * scale, unit=second.unit, head=second.head, head_start=second.head_start, head_end=second.head_end,
            flags=(*first.flags, "inherited_unit"),
        )  # fmt: skip
    return out


def _from_to(folded: str, first: Quantity, second: Quantity) -> bool:
    before = folded[max(0, first.number_start - 12) : first.number_start].rstrip()
    between = folded[first.number_end : second.number_start]
    return before.endswith(_FROM) and "\n" not in between and ". " not in between and bool(_LINK_RE.search(between.rstrip()))


def _scale_between(first: Quantity, second: Quantity) -> float:
    """ "từ 60 lên 80 triệu": the factor that brings the first to the size of the second, when it has no scale itself."""
    if second.unit not in ("vnd", "vnd_per_person_year", "other", "household", "person") or first.value >= 1000:
        return 1.0
    for scale in (1e9, 1e6, 1e3):
        if second.value >= scale:
            return scale if second.value / scale < 1000 and second.value % 1000 == 0 else 1.0
    return 1.0

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
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import ahocorasick

from extraction.amounts import Amount, amounts_of, money_unit, read_amount
from extraction.model import Mask, Op, Quantity, Text
from extraction.numbers import number_words, word_at
from extraction.terms import read_lexicon
from extraction.text import fold
from extraction.units import Comparator, UnitHit, comparator_after, comparator_before, context_words, start_of_words, unit_at, words_before

_DIGIT_RE = re.compile(r"[0-9]+")
_LEXEME_RE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_YEARLY_RE = re.compile(r"(?:mỗi|hằng|hàng|từng) năm|/ ?năm(?![^\W\d_])")  # "giảm 4% hộ nghèo/năm"
_PLACES = frozenset({"commune", "district", "province", "village"})
_CLAUSE_END_RE = re.compile(r"[;:()\n\"]|,(?![0-9])|\.(?![0-9])|[0-9]")
_EVERY_YEAR_RE = re.compile(r"(?:mỗi|hằng|hàng|từng) năm|bình quân (?:\d+ )?năm|hàng năm")
_ESTIMATE_RE = re.compile(
    r"ước (?:tính |thực hiện |đạt )?(?:đến|tới|hết|cuối|đầu|năm|cả năm|tháng|quý|trong|tính|[0-9]|nhiệm kỳ|giai đoạn)"
)


def find_quantities(text: Text, masks: list[Mask]) -> list[Quantity]:
    """All quantities before the footer, by position of the number."""
    return _Reader(text, masks).read()


class _Covered:
    """Which positions masks cover; masks are by start and do not overlap."""

    def __init__(self, masks: list[Mask]) -> None:
        self._starts = [m.start for m in masks]
        self._ends = [m.end for m in masks]

    def end(self, at: int) -> int:
        """The end of the mask over `at`, 0 without."""
        i = bisect_right(self._starts, at) - 1
        return self._ends[i] if i >= 0 and self._ends[i] > at else 0


@dataclass(frozen=True, slots=True)
class _Zero:
    op: Op
    needs_any: bool  # "chưa có xã NÀO", "không xã NÀO"; "chưa xã" alone is no zero


@cache
def _zeros() -> dict[str, _Zero]:
    return {fold(r["surface"]): _Zero(r["op"], r["needs_any"] == "any") for r in read_lexicon("zeros.csv")}  # type: ignore[arg-type]


@cache
def _totals() -> frozenset[str]:
    return frozenset(fold(r["surface"]) for r in read_lexicon("totals.csv"))


@cache
def _triggers() -> ahocorasick.Automaton:
    """Words that start a number in words, a zero or a total."""
    automaton = ahocorasick.Automaton()
    kinds: dict[str, str] = {w: "word" for w, (role, _) in number_words().items() if role in ("digit", "ten", "twenty", "half")}
    kinds.update(dict.fromkeys(_totals(), "all"))
    kinds.update(dict.fromkeys(_zeros(), "zero"))
    for surface, kind in kinds.items():
        automaton.add_word(surface, (kind, len(surface)))
    automaton.make_automaton()
    return automaton


class _Reader:
    def __init__(self, text: Text, masks: list[Mask]) -> None:
        self.folded, self.raw, self.end = text.folded, text.raw, text.body_end
        self.text = text
        self.covered = _Covered(masks).end
        self.amounts = amounts_of(text.folded)

    def read(self) -> list[Quantity]:
        out: list[Quantity] = []
        at = 0
        for start, kind in self._candidates():
            if start < at:
                continue
            if masked := self.covered(start):
                at = masked
                continue
            found, at = self._at(start, kind)
            out.extend(found)
        return _linked(self.folded, sorted(out, key=lambda q: q.number_start))

    def _candidates(self) -> list[tuple[int, str]]:
        """Where a quantity may start, in order; the longest trigger first at one place."""
        folded, end = self.folded, self.end
        hits = [(m.start(), 0, "digits") for m in _DIGIT_RE.finditer(folded, 0, end)]
        for last, (kind, length) in _triggers().iter(folded, 0, end):
            start, stop = last - length + 1, last + 1
            if (start and folded[start - 1].isalnum()) or (stop < len(folded) and folded[stop].isalnum()):
                continue
            hits.append((start, -length, kind))
        hits.sort()
        return [(start, kind) for start, _, kind in hits]

    def _at(self, at: int, kind: str) -> tuple[list[Quantity], int]:
        """Quantities at a candidate and where to go on reading."""
        if kind == "zero":
            return self._zero(at)
        if kind == "all":
            return self._total(at)
        quantity = self._number(at, kind == "word")
        if quantity:
            return [quantity], quantity.end
        if kind == "word":
            amount = self.amounts.at(at)  # "ba mươi năm": go on behind the years, "năm" there is no five
            if amount is None:
                return [], at + 1
            return [], amount.end if amount.unit and amount.unit.unit.mask and amount.second is None else max(at + 1, amount.start + 1)
        return [], _LEXEME_RE.match(self.folded, at).end()  # type: ignore[union-attr]

    # ---- numbers

    def _number(self, at: int, in_words: bool) -> Quantity | None:
        folded = self.folded
        amount = self.amounts.at(at)
        if amount and amount.second is not None and self.covered(amount.second):
            amount = read_amount(folded, at, alone=True)
        if amount is None or amount.number_end > self.end:
            return None
        words = self.amounts.words_before(at)
        if in_words and not _words_count(folded, self.raw, amount, words):
            return None
        before = comparator_before(folded, at, words)
        after = self._after(amount, words)
        per_year = bool(amount.per and "year" in amount.per.means) or self._every_year(at, amount.end)
        flags = list(amount.flags)
        if before is None and after is None and amount.high is None:
            before = self._estimate(at)
        op: Op = "range" if amount.high is not None else after.op if after else before.op if before else "eq"
        if before is None and after is None and words[:1] == ["từ"]:
            flags.append("from")
        if words[:1] == ["cứ"]:
            flags.append("every")
        if words[:1] == ["vượt"] or (len(words) > 1 and words[1] == "vượt" and words[0] in ("mức", "hơn")):
            flags.append("exceeds")
        unit, amount_flags = self._unit(amount, at)
        flags.extend(amount_flags)
        if unit is None and amount.value <= 100 and words[:1] == ["chiếm"] and folded.startswith((" tổng số", " số"), amount.end):
            unit = "percent"  # "chiếm 2,48 tổng số dân cư"
            flags.append("implied_percent")
        start = before.start if before else start_of_words(folded, at, words, 1) if words[:1] == ["từ"] else at
        hit = amount.unit
        if unit == "vnd_per_person_year":
            per_year = False
        return Quantity(
            start=start,
            end=max(amount.end, after.end if after else 0),
            number_start=at,
            number_end=amount.number_end,
            value=amount.value,
            value_high=amount.high,
            denominator=amount.denominator,
            op=op,
            unit=unit,
            head=hit.unit.surface if hit and hit.unit.kind == "count" else None,
            head_start=hit.start if hit and hit.unit.kind == "count" else None,
            head_end=hit.end if hit and hit.unit.kind == "count" else None,
            form="words" if in_words else "digits",
            per_year=per_year,
            rule=f"{amount.form}{'/' if amount.denominator is not None else '-' if amount.high is not None else ''}",
            flags=tuple(flags),
        )

    def _estimate(self, at: int) -> Comparator | None:
        """ "ước đến 31/12/2025 đạt 92,5%", "Ước hết năm 2023, cả nước có 6.370 xã": only a time stands between "ước" and the clause."""
        if self.folded.find("ước ", max(0, at - 80), at) < 0:
            return None
        floor = max(self.text.sentence_at(at).start, at - 80)
        start = self.folded.rfind("ước", floor, at)
        while start > floor and self.folded[start - 1].isalpha():  # "nước"
            start = self.folded.rfind("ước", floor, start)
        if start < 0 or not _ESTIMATE_RE.match(self.folded, start):
            return None
        between, time_ended = start + 3, False
        while between < at:
            if masked := self.covered(between):
                between, time_ended = masked, True
                continue
            character = self.folded[between]
            if character.isdigit() or character in ";:.()\n" or (character == "," and not time_ended):
                return None
            time_ended = time_ended and character == " "
            between += 1
        return Comparator("approx", start, start + 3)

    def _unit(self, amount: Amount, at: int) -> tuple[str | None, list[str]]:
        """The unit code, and flags of what stands with it."""
        flags = [f"per:{what}" for what in amount.per.means] if amount.per else []
        hit = amount.unit
        if amount.form == "half":
            return "percent", [*flags, "half"]
        if hit is None:
            return (self._money(amount, at), flags) if "implied_money" in amount.flags else (None, flags)
        if hit.unit.kind in ("times", "gift", "foreign_money"):
            return hit.unit.code, [*flags, hit.unit.kind]
        if hit.unit.kind == "money":
            return self._money(amount, at), flags
        if hit.unit.code in _PLACES and amount.scale >= 1e6:
            return "other", flags  # "25 triệu bản" of a book, no villages
        return hit.unit.code, flags

    def _money(self, amount: Amount, at: int) -> str:
        """ "triệu đồng/người/năm", or "triệu đồng(/năm)" in a sentence on income per head; other rates are `other`."""
        means = amount.per.means if amount.per else ()
        if means in (("person", "year"), ("year", "person")):
            return "vnd_per_person_year"
        if means in ((), ("year",), ("person",)) and amount.value < 1e9:
            sentence = self.text.sentence_at(at)
            clause = self.folded[max(sentence.start, at - 140) : at]
            clause = clause[clause.rfind(";") + 1 :]
            if "đầu người" in clause or ("thu nhập bình quân" in clause and means):
                return "vnd_per_person_year"
        return money_unit() if means in ((), ("year",)) else "other"

    def _after(self, amount: Amount, words: list[str]) -> Comparator | None:
        """ "trở lên" right behind the unit, or behind the counted noun when "từ" stands before the number."""
        folded = self.folded
        if found := comparator_after(folded, amount.end):
            return found
        if words[:1] != ["từ"] and words[:1] != ["đạt"]:
            return None
        stop = _CLAUSE_END_RE.search(folded, amount.end, min(amount.end + 60, self.end))
        clause = folded[amount.end : stop.start() if stop else min(amount.end + 60, self.end)]
        for word in ("trở", "đổ"):
            at = clause.find(f" {word} ")
            if at >= 0:
                return comparator_after(folded, amount.end + at)
        return None

    def _every_year(self, at: int, end: int) -> bool:
        """ "mỗi năm giảm 3,4%", "giảm 10% số hộ cận nghèo hằng năm": in the clause, with no other number between."""
        folded = self.folded
        if folded.find("năm", max(0, at - 70), end + 50) < 0:
            return False
        left = max(0, at - 70)
        left = max(left, 1 + max(folded.rfind(c, left, at) for c in ";:()\n"))
        for m in reversed(list(_EVERY_YEAR_RE.finditer(folded, left, at))):
            if ". " not in folded[m.end() : at] and not self._number_between(m.end(), at):
                return True
        stop = _CLAUSE_END_RE.search(folded, end, min(end + 50, self.end))
        return bool(_YEARLY_RE.search(folded, end, stop.start() if stop else min(end + 50, self.end)))

    def _number_between(self, start: int, end: int) -> bool:
        """A number that no mask covers ("trong giai đoạn 2014-2016 là" holds none)."""
        return any(not self.covered(m.start()) for m in _DIGIT_RE.finditer(self.folded, start, end))

    # ---- zeros and totals

    def _zero(self, at: int) -> tuple[list[Quantity], int]:
        """ "không còn xã, thôn đặc biệt khó khăn" is a zero of communes and one of villages."""
        folded = self.folded
        cue = _longest(folded, at, _zeros())
        zero = _zeros()[cue]
        cue_end = at + len(cue)
        first = _skip(folded, cue_end, ("bất kỳ", "một", "các", "trường hợp"))
        hit = unit_at(folded, first)
        if hit is None or not hit.unit.zero or not self._zero_fits(zero, cue, hit, at):
            return [], cue_end
        words = words_before(folded, at)
        before = comparator_before(folded, at, words[:2])
        roughly = bool(before and before.op == "approx")
        start = before.start if before and roughly else at
        heads = [(hit.start, hit.end, hit.unit.code, hit.unit.surface)]
        if "," in hit.unit.surface and not hit.unit.surface.startswith(("xã, p", "xã, t")):
            heads = _heads_of_list(folded, hit)
        elif (
            folded[hit.end : hit.end + 2] == ", "
            and (more := unit_at(folded, hit.end + 1))
            and more.unit.zero
            and more.unit.code != hit.unit.code
        ):
            heads.append((more.start, more.end, more.unit.code, more.unit.surface))
        out = [
            Quantity(
                start,
                end,
                at,
                cue_end,
                0.0,
                None,
                None,
                "approx" if roughly else zero.op,
                code,
                surface,
                s,
                end,
                "zero",
                False,
                f"zero:{cue}",
            )
            for s, end, code, surface in heads
        ]
        return out, heads[-1][1]

    def _zero_fits(self, zero: _Zero, cue: str, hit: UnitHit, at: int) -> bool:
        folded = self.folded
        if zero.needs_any:
            return word_is(folded, hit.end, "nào")
        if cue == "hết":
            return hit.unit.code == "household" and words_before(folded, at)[:1] not in (["đến"], ["trước"], ["tính"], ["hầu"])
        return True

    def _total(self, at: int) -> tuple[list[Quantity], int]:
        """ "toàn bộ số hộ nghèo" is 100 per cent; "tất cả 61 xã" leaves the number to be read."""
        folded = self.folded
        cue = _longest(folded, at, _totals())
        cue_end = at + len(cue)
        hit = unit_at(folded, _skip(folded, cue_end, ("các", "những", "số", "tổng số")))
        if hit is None or not hit.unit.words or hit.unit.kind != "count":
            return [], cue_end
        return [
            Quantity(
                at,
                hit.end,
                at,
                cue_end,
                100.0,
                None,
                None,
                "eq",
                "percent",
                hit.unit.surface,
                hit.start,
                hit.end,
                "all",
                False,
                f"all:{cue}",
            )
        ], hit.end


def word_is(folded: str, at: int, word: str) -> bool:
    found = word_at(folded, at)
    return found is not None and found.text == word


def _longest(folded: str, at: int, surfaces: Iterable[str]) -> str:
    return max((s for s in surfaces if folded.startswith(s, at) and not folded[at + len(s) : at + len(s) + 1].isalnum()), key=len)


def _skip(folded: str, at: int, words: tuple[str, ...]) -> int:
    """Behind the first of `words` that follows, else `at`."""
    for word in words:
        if folded.startswith(" " + word, at) and not folded[at + 1 + len(word) : at + 2 + len(word)].isalnum():
            return at + 1 + len(word)
    return at


def _heads_of_list(folded: str, hit: UnitHit) -> list[tuple[int, int, str, str]]:
    """The parts of "xã, thôn" with a unit each."""
    out, at = [], hit.start
    for part in hit.unit.surface.split(","):
        found = unit_at(folded, at)
        start = at + len(part) - len(part.lstrip())
        code = found.unit.code if found else hit.unit.code
        out.append((start, at + len(part), code, part.strip()))
        at += len(part) + 1
    return out if len({code for *_, code, _ in out}) > 1 else [(hit.start, hit.end, hit.unit.code, hit.unit.surface)]


# Before "năm" these make it the year: "trong năm xã đã", "mỗi năm hộ nghèo giảm"
_YEAR_BEFORE = context_words("year_before")
_NO_NUMBER_BEFORE = context_words("no_number_before")


def _words_count(folded: str, raw: str, amount: Amount, words: list[str]) -> bool:
    """Do these number words count something? Most single ones are other words (năm: year, một: a, ba: Mr Ba)."""
    nearest = words[0] if words else ""
    first = folded[amount.start : amount.number_end]
    if amount.form == "half":
        if amount.unit and amount.unit.unit.mask:
            return False  # "một phần tư thế kỷ"
        return nearest not in ("kia", "rưỡi", "mỗi") and (
            folded.startswith("một", amount.start) or folded.startswith((" số", " tổng"), amount.end) or "phần" in first
        )
    if amount.unit is None:
        return "implied_money" in amount.flags
    if not amount.unit.unit.words:
        return False
    if raw[amount.start : amount.start + 1].isupper() and words and raw[amount.start - 2 : amount.start - 1].islower():
        return False  # a name: "ông Ba", "chị Bảy"
    if "single_word" in amount.flags and amount.scale == 1:
        if nearest in _NO_NUMBER_BEFORE:
            return False
        if first == "năm" and nearest in _YEAR_BEFORE:
            return False
    return not (first.startswith("năm ") and nearest in ("mỗi", "hằng", "hàng", "trong", "cả"))


_LINK_RE = re.compile(r"(?:xuống|lên|còn|đến|tới|thành|và)(?: còn| mức| dưới| trên| hơn| gần| khoảng| chỉ còn)*$")


def _linked(folded: str, quantities: list[Quantity]) -> list[Quantity]:
    """What quantities take from each other: in "từ 36 triệu lên 39 triệu đồng" and "từ 16,58 (…) xuống 15,82 tiêu chí/xã" the first
    has unit and scale of the second; a zero behind counted places tells which are counted.
    """
    out = list(quantities)
    for i in range(len(out) - 1):
        first, second = out[i], out[i + 1]
        if second.form == "zero" and first.form != "zero" and first.unit in _PLACES and not folded[first.end : second.start].strip():
            out[i + 1] = replace(second, flags=(*second.flags, "of_counted"))
        if first.unit is not None or second.unit is None or second.start - first.end > 60 or second.form != "digits":
            continue
        if (
            not folded[max(0, first.number_start - 12) : first.number_start]
            .rstrip()
            .endswith(("từ", "từ mức", "từ gần", "từ hơn", "từ trên", "từ dưới"))
        ):
            continue
        between = folded[first.number_end : second.number_start]
        if "\n" in between or ". " in between or not _LINK_RE.search(between.rstrip()):
            continue
        scale = _scale_between(first, second)
        out[i] = replace(
            first, value=first.value * scale, unit=second.unit, head=second.head, head_start=second.head_start, head_end=second.head_end,
            flags=(*first.flags, "inherited_unit"),
        )  # fmt: skip
    return out


def _scale_between(first: Quantity, second: Quantity) -> float:
    """ "từ 60 lên 80 triệu": the factor that brings the first to the size of the second, when it has no scale itself."""
    if second.unit not in ("vnd", "vnd_per_person_year", "other", "household", "person") or first.value >= 1000:
        return 1.0
    for scale in (1e9, 1e6, 1e3):
        if second.value >= scale:
            return scale if second.value / scale < 1000 and second.value % 1000 == 0 else 1.0
    return 1.0

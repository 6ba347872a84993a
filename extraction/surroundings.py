"""What stands around an amount and belongs to it: comparators before and behind, estimates, "mỗi năm", words that make it no number."""

from __future__ import annotations

import re
from bisect import bisect_right

from extraction.amounts import Amount
from extraction.model import Mask, Text
from extraction.units import Comparator, comparator_after, comparator_before, context_words

_DIGIT_RE = re.compile(r"[0-9]")
_CLAUSE_END_RE = re.compile(r"[;:()\n\"]|,(?![0-9])|\.(?![0-9])|[0-9]")
_EVERY_YEAR_RE = re.compile(r"(?:mỗi|hằng|hàng|từng) năm|bình quân (?:[0-9]+ )?năm")
_YEARLY_RE = re.compile(r"(?:mỗi|hằng|hàng|từng) năm|/ ?năm(?![^\W\d_])")  # "giảm 4% hộ nghèo/năm"
_ESTIMATE_RE = re.compile(
    r"ước (?:tính |thực hiện |đạt )?(?:đến|tới|hết|cuối|đầu|năm|cả năm|tháng|quý|trong|tính|[0-9]|nhiệm kỳ|giai đoạn)"
)
_YEAR_BEFORE = context_words("year_before")  # "trong năm xã đã": the year, not five
_NO_NUMBER_BEFORE = context_words("no_number_before")
FAR = 80  # characters: how far before its number an estimate may begin
NEAR = 60  # how far behind its number "trở lên" may stand


class Covered:
    """Which positions masks cover; masks are by start and do not overlap."""

    def __init__(self, masks: list[Mask]) -> None:
        self._starts = [m.start for m in masks]
        self._ends = [m.end for m in masks]

    def end(self, at: int) -> int:
        """The end of the mask over `at`, 0 without."""
        i = bisect_right(self._starts, at) - 1
        return self._ends[i] if i >= 0 and self._ends[i] > at else 0


class Surroundings:
    """Looks around amounts of one text; every look is bounded, so reading stays linear."""

    def __init__(self, text: Text, covered: Covered) -> None:
        self._text, self._folded, self._end = text, text.folded, text.body_end
        self._covered = covered

    def comparator_before(self, at: int, words: list[str], *, estimates: bool) -> Comparator | None:
        """ "ít nhất có thêm" right before; with `estimates` also "ước đến 31/12/2025 đạt"."""
        return comparator_before(self._folded, at, words) or (self._estimate(at) if estimates else None)

    def comparator_behind(self, amount: Amount, words: list[str]) -> Comparator | None:
        """ "trở lên" right behind the unit, or behind the counted noun when "từ" stands before the number."""
        folded = self._folded
        if found := comparator_after(folded, amount.end):
            return found
        if not words or words[0] not in ("từ", "đạt"):
            return None
        clause = folded[amount.end : self._clause_end(amount.end, NEAR)]
        for word in (" trở ", " đổ "):
            at = clause.find(word)
            if at >= 0:
                return comparator_after(folded, amount.end + at)
        return None

    def every_year(self, at: int, end: int) -> bool:
        """ "mỗi năm giảm 3,4%", "giảm 10% số hộ cận nghèo hằng năm": in the clause, with no other number between."""
        folded, floor = self._folded, at - 70 if at > 70 else 0
        if folded.find("năm", floor, end + 50) < 0:
            return False
        floor = max(floor, 1 + max(folded.rfind(c, floor, at) for c in ";:()\n"))
        for m in reversed(list(_EVERY_YEAR_RE.finditer(folded, floor, at))):
            if ". " not in folded[m.end() : at] and not self._number_between(m.end(), at):
                return True
        return _YEARLY_RE.search(folded, end, self._clause_end(end, 50)) is not None

    def _estimate(self, at: int) -> Comparator | None:
        """ "Ước hết năm 2023, cả nước có 6.370 xã": only a time stands between "ước" and the clause of the number."""
        folded = self._folded
        if folded.find("ước ", max(0, at - FAR), at) < 0:
            return None
        floor = max(self._text.sentence_at(at).start, at - FAR)
        start = folded.rfind("ước", floor, at)
        while start > floor and folded[start - 1].isalpha():  # "nước"
            start = folded.rfind("ước", floor, start)
        if start < 0 or not _ESTIMATE_RE.match(folded, start) or not self._only_time_between(start + 3, at):
            return None
        return Comparator("approx", start, start + 3)

    def _only_time_between(self, start: int, end: int) -> bool:
        """No number but masked ones, no end of a clause; a comma only right behind a time."""
        at, time_ended = start, False
        while at < end:
            if masked := self._covered.end(at):
                at, time_ended = masked, True
                continue
            character = self._folded[at]
            if character.isdigit() or character in ";:.()\n" or (character == "," and not time_ended):
                return False
            time_ended = time_ended and character == " "
            at += 1
        return True

    def _number_between(self, start: int, end: int) -> bool:
        """A number that no mask covers ("trong giai đoạn 2014-2016 là" holds none)."""
        return any(not self._covered.end(m.start()) for m in _DIGIT_RE.finditer(self._folded, start, end))

    def _clause_end(self, at: int, reach: int) -> int:
        limit = min(at + reach, self._end)
        stop = _CLAUSE_END_RE.search(self._folded, at, limit)
        return stop.start() if stop else limit


def words_count(text: Text, amount: Amount, words: list[str]) -> bool:
    """Do number words count something? Most single ones are other words (năm: year, một: a, ba: Mr Ba)."""
    nearest = words[0] if words else ""
    written = text.folded[amount.start : amount.number_end]
    unit = amount.unit.unit if amount.unit else None
    if amount.form == "half":
        return not (unit and unit.mask) and _share_counts(text.folded, amount, written, nearest)
    if unit is None:
        return "implied_money" in amount.flags
    if not unit.words or _is_name(text.raw, amount.start, words):
        return False
    if (
        "single_word" in amount.flags
        and amount.scale == 1
        and (nearest in _NO_NUMBER_BEFORE or (written == "năm" and nearest in _YEAR_BEFORE))
    ):
        return False
    return not (written.startswith("năm ") and nearest in ("mỗi", "hằng", "hàng", "trong", "cả"))


def _share_counts(folded: str, amount: Amount, written: str, nearest: str) -> bool:
    """ "một nửa", "nửa số xã", "hai phần ba"; not "nửa đầu năm", "một triệu rưỡi nửa"."""
    if nearest in ("kia", "rưỡi", "mỗi"):
        return False
    return written.startswith("một") or "phần" in written or folded.startswith((" số", " tổng"), amount.end)


def _is_name(raw: str, at: int, words: list[str]) -> bool:
    """ "ông Ba", "chị Bảy": a capital inside a sentence."""
    return bool(words) and raw[at : at + 1].isupper() and raw[at - 2 : at - 1].islower()

"""Amounts: one or two numbers with their unit ("5/6 xã", "từ 3 đến 5 triệu đồng/người/năm"), read at a position.

An amount knows nothing of what stands before it; comparators and meaning are the business of quantities.py, and what is no quantity
(a price, an age, a date) of masks.py. Both read amounts, so both agree on where one ends.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from extraction.model import value_class
from extraction.numbers import Number, number_words, read_number, read_scale, scales
from extraction.units import Per, UnitHit, per_at, unit_at, unit_from, units, words_before

_DIGITS_RE = re.compile(r"[0-9]+")
# three of four amounts: digits that read one way only, and a word; numbers.py reads all others, and these with the same result
_SIMPLE_RE = re.compile(r"([0-9]{1,15}(?:,[0-9]{1,2})?)(?![.,0-9]| [0-9]) ?(%|[^\W\d_]+)")
_SLASH_RE = re.compile(r" ?/ ?(?=[0-9])")
_OF_RE = re.compile(r" (?:/ ?|trên |trong )(?:tổng số |tổng cộng |tổng |số )?(?=[0-9])")
# "ndash;" is what is left of an HTML entity on portals that escape twice
_RANGE_RE = re.compile(r" ?(?:-|~|÷|&?ndash;|đến|tới)(?: khoảng| hơn| gần| dưới)? ?(?=[0-9])")
_WORD_RANGE_RE = re.compile(r"(?P<joint> (?:đến|tới|hoặc|hay)|,| -|) (?=[^\W\d_])")
_DECIMAL_UNITS = frozenset({"criterion", "subcriterion"})


_JOINERS = frozenset("/-~÷&n")  # first characters of what may join two numbers
_JOINING_WORDS = frozenset("/-~÷đt&n")  # the same behind a space: "đến", "tới", "trên", "trong"


@value_class
class Amount:
    """Values are in the plain unit, scale words and "triệu đồng" multiplied in."""

    start: int
    number_end: int
    end: int
    second: int | None  # where the second number starts
    value: float
    high: float | None
    denominator: float | None
    unit: UnitHit | None
    per: Per | None
    form: str  # digits, words, half
    scale: float
    flags: tuple[str, ...]


class Amounts:
    """The amounts of one text and the words before them, each read once: masks and quantities ask for the same ones."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self.digits = [m.span() for m in _DIGITS_RE.finditer(folded)]  # every run of digits
        self._known: dict[int, Amount | None] = {}
        self._words: dict[int, list[str]] = {}

    def at(self, position: int) -> Amount | None:
        if position not in self._known:
            self._known[position] = read_amount(self._folded, position)
        return self._known[position]

    def words_before(self, position: int) -> list[str]:
        words = self._words.get(position)
        if words is None:
            words = self._words[position] = words_before(self._folded, position)
        return words


@lru_cache(maxsize=1)
def amounts_of(folded: str) -> Amounts:
    """The reader of a text; the one of the last text is kept, because masks and quantities come one after the other."""
    return Amounts(folded)


def read_amount(folded: str, at: int, *, alone: bool = False) -> Amount | None:
    """The amount whose first number starts at `at`, None when no number does; `alone` takes the first number only.

    >>> read_amount("2.088/7.658 hộ có đơn", 0).denominator
    7658.0
    >>> read_amount("từ 30 - 32 nghìn lao động", 3).high
    32000.0
    """
    simple = _SIMPLE_RE.match(folded, at)
    if simple is not None and (word := simple[2]) != "năm" and word not in scales():
        plain = float(simple[1].replace(",", "."))
        number: Number | None = Number(at, simple.end(1), plain, "digits", plain, 1.0)
        hit = unit_from(folded, simple.start(2), word)
    else:
        number = read_number(folded, at)
        hit = _unit_of(folded, number) if number is not None else None
    if number is None:
        return None
    if hit is None and folded.startswith(("(", " ("), number.end) and (m := _BRACKET_RE.match(folded, number.end)):
        return _with_bracket(folded, number, m.end())
    if not alone and number.form != "half" and _may_join(folded, hit.end if hit else number.end, number.form):
        joined = _fraction(folded, number, hit) or _range(folded, number, hit)
        if joined:
            return joined
    return _finish(folded, number, None, hit)


def _with_bracket(folded: str, number: Number, at: int) -> Amount:
    """ "12.345 (triệu đồng)", "15 (xã)" as in tables read aloud; other brackets are left alone."""
    factor, end = read_scale(folded, at)
    hit = unit_at(folded, end)
    if hit is None or folded[hit.end : hit.end + 1] != ")":
        return _finish(folded, number, None, None)
    scaled = replace(number, value=_clean(number.value * factor), scale=number.scale * factor)
    return _finish(folded, scaled, None, UnitHit(hit.unit, hit.start, hit.end + 1))


_BRACKET_RE = re.compile(r" ?\((?=[^\W\d_]|%)")
_YEAR_RE = re.compile(r" (?:19|20)[0-9]{2}(?![0-9]|[.,][0-9])")


def _unit_of(folded: str, number: Number) -> UnitHit | None:
    """The unit behind a number; "8,4 triệu năm 2010" has none, the year belongs to the sentence ("2 năm 2010 - 2011" has)."""
    hit = unit_at(folded, number.end)
    if (
        hit
        and hit.unit.surface == "năm"
        and _YEAR_RE.match(folded, hit.end)
        and (number.scale > 1 or number.value % 1 or number.value > 50)
    ):
        return None
    return hit


def _may_join(folded: str, at: int, form: str) -> bool:
    nearest = folded[at : at + 1]
    if nearest == " ":
        return folded[at + 1 : at + 2] in _JOINING_WORDS or form == "words"
    return nearest in _JOINERS or (form == "words" and nearest == ",")


def _fraction(folded: str, number: Number, hit: UnitHit | None) -> Amount | None:
    """ "5/6 xã", "3 xã / 15 xã", "10 trên tổng số 86 xã", "4,2 tỷ đồng/19,6 tỷ đồng"."""
    at = hit.end if hit else number.end
    m = _SLASH_RE.match(folded, at) or _OF_RE.match(folded, at)
    if m is None:
        return None
    below = read_number(folded, m.end())
    if below is None or below.value <= 0:
        return None
    slash = "/" in m.group()
    if slash and _SLASH_RE.match(folded, below.end):
        return None  # three parts: a date or a code
    if not slash and number.value == 1 and "số" not in m.group() and "tổng" not in m.group():
        return None  # "một trong 6 huyện nghèo" is one of six, not one sixth
    below_hit = _unit_of(folded, below)
    if hit and below_hit and below_hit.unit.code != hit.unit.code:
        return None
    if not slash and below_hit is None:
        return None
    if below.scale > 1 and number.scale == 1 and hit is None:
        number = _rescaled(number, below.scale)
    return _finish(folded, number, below, below_hit or hit, fraction=True)


def _range(folded: str, number: Number, hit: UnitHit | None) -> Amount | None:
    """ "25-30%", "1,2% - 1,3%", "từ 3 đến 5 triệu"; the second number must be the higher."""
    at = hit.end if hit else number.end
    m = _RANGE_RE.match(folded, at)
    joint = "-"
    if m is None:
        m = _WORD_RANGE_RE.match(folded, at) if number.form == "words" and hit is None else None
        if m is None or not _word_number_at(folded, m.end()):
            return None
        joint = m["joint"]
    top = read_number(folded, m.end())
    if top is None or top.form == "half":
        return None
    if joint in (",", "") and top.value != number.value + 1:
        return None  # "bốn, năm xã" and "ba bốn hộ" are about as many; "hai, mười hai" is a list
    top_hit = _unit_of(folded, top)
    if hit and (top_hit is None or top_hit.unit.code != hit.unit.code or top_hit.unit.kind != hit.unit.kind):
        return None
    if top.scale > 1 and number.scale == 1 and hit is None and number.mantissa < top.mantissa:
        number = _rescaled(number, top.scale)
    if top.value <= number.value:
        return None
    return _finish(folded, number, top, top_hit)


def _word_number_at(folded: str, at: int) -> bool:
    end = at
    while end < len(folded) and folded[end].isalpha():
        end += 1
    return number_words().get(folded[at:end], ("", 0))[0] in ("digit", "ten")


def _rescaled(number: Number, scale: float) -> Number:
    flags = tuple(f for f in number.flags if f != "ambiguous_thousands")
    return replace(number, value=_clean(number.mantissa * scale), scale=scale, flags=(*flags, "elided_scale"))


def _finish(folded: str, first: Number, second: Number | None, hit: UnitHit | None, *, fraction: bool = False) -> Amount:
    """Put the parts together; `second` is the high end of a range or, with `fraction`, the denominator."""
    last = second or first
    flags = list(first.flags)
    value = _settled(folded, first, hit, flags)
    other = None
    if second:
        flags.extend(f for f in second.flags if f not in flags)
        other = _settled(folded, second, hit, flags)
    end = hit.end if hit and hit.end > last.end else last.end
    per = per_at(folded, end) if hit or last.scale >= 1e3 else None
    if hit is None and (last.scale >= 1e9 or (per and (("person" in per.means) or (last.scale >= 1e6 and per.means != ("year",))))):
        flags.append("implied_money")
    if fraction and other is not None and other < value:
        flags.append("above_denominator")
    return Amount(
        start=first.start,
        number_end=last.end,
        end=per.end if per else end,
        second=second.start if second else None,
        value=value,
        high=None if fraction else other,
        denominator=other if fraction else None,
        unit=hit,
        per=per,
        form=first.form,
        scale=last.scale,
        flags=tuple(flags),
    )


def _settled(folded: str, number: Number, hit: UnitHit | None, flags: list[str]) -> float:
    """The value in the plain unit; the unit settles "1,234 hộ" (thousands before a count) and "1.234%" (a decimal before per cent)."""
    if hit is None:
        return number.value
    unit = hit.unit
    if "ambiguous_thousands" in number.flags and (unit.kind == "money" or (unit.kind == "count" and unit.code not in _DECIMAL_UNITS)):
        return number.value * 1000 * unit.factor
    if unit.kind in ("percent", "point") and number.form == "digits":
        text = folded[number.start : number.end]
        if text.count(".") == 1 and "," not in text and not text.endswith("0") and number.scale == 1:
            if "dot_decimal" not in flags:
                flags.append("dot_decimal")
            return float(text)
    return number.value if unit.factor == 1 else _clean(number.value * unit.factor)


def _clean(value: float) -> float:
    """A product of a decimal and a power of ten, without the dust of binary fractions."""
    return float(f"{value:.12g}")


def money_unit() -> str:
    """Code of money, for amounts that leave "đồng" out ("4,2 tỷ")."""
    return units()["đồng"].code

"""Amounts: one or two numbers with their unit ("5/6 xã", "từ 3 đến 5 triệu đồng/người/năm"), read at a position.

An amount knows nothing of what stands before it; comparators and meaning are the business of quantities.py, and what is no quantity
(a price, an age, a date) of masks.py. Both read amounts, so both agree on where one ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from extraction.numbers import Number, number_words, read_number
from extraction.units import Per, UnitHit, per_at, unit_at, units

_SLASH_RE = re.compile(r" ?/ ?(?=[0-9])")
_OF_RE = re.compile(r" (?:/ ?|trên |trong )(?:tổng số |tổng cộng |tổng |số )?(?=[0-9])")
_OF_WORDS_RE = re.compile(r" (?:trên|trong) (?:tổng số |tổng cộng |tổng |số )")
_RANGE_RE = re.compile(r" ?(?:-|~|÷|đến|tới)(?: khoảng| hơn| gần| dưới)? ?(?=[0-9])")
_WORD_RANGE_RE = re.compile(r"(?: (?:đến|tới|hoặc|hay)|,| -) (?=[^\W\d_])")
_DECIMAL_UNITS = frozenset({"criterion", "subcriterion"})


@dataclass(frozen=True, slots=True)
class Amount:
    """Values are in the plain unit, scale words and "triệu đồng" multiplied in."""

    start: int
    number_end: int
    end: int
    value: float
    high: float | None
    denominator: float | None
    unit: UnitHit | None
    per: Per | None
    form: str  # digits, words, half
    scale: float
    flags: tuple[str, ...]


def read_amount(folded: str, at: int, is_masked: Callable[[int], bool] = lambda _: False) -> Amount | None:
    """The amount whose first number starts at `at`; None when no number does.

    >>> read_amount("2.088/7.658 hộ có đơn", 0).denominator
    7658.0
    >>> read_amount("từ 30 - 32 nghìn lao động", 3).high
    32000.0
    """
    number = read_number(folded, at)
    if number is None:
        return None
    hit = unit_at(folded, number.end)
    if number.form == "half":
        return _finish(folded, number, number, hit, None, None)
    return (
        _fraction(folded, number, hit, is_masked)
        or _range(folded, number, hit, is_masked)
        or _finish(folded, number, number, hit, None, None)
    )


def _fraction(folded: str, number: Number, hit: UnitHit | None, is_masked: Callable[[int], bool]) -> Amount | None:
    """ "5/6 xã", "3 xã / 15 xã", "10 trên tổng số 86 xã", "4,2 tỷ đồng/19,6 tỷ đồng"."""
    at = hit.end if hit else number.end
    m = _SLASH_RE.match(folded, at) or _OF_RE.match(folded, at)
    if m is None or is_masked(m.end()):
        return None
    below = read_number(folded, m.end())
    if below is None or below.value <= 0:
        return None
    slash = "/" in m.group()
    if slash and _SLASH_RE.match(folded, below.end):
        return None  # three parts: a date or a code
    if not slash and number.value == 1 and "số" not in m.group() and "tổng" not in m.group():
        return None  # "một trong 6 huyện nghèo" is one of six, not one sixth
    below_hit = unit_at(folded, below.end)
    if hit and below_hit and below_hit.unit.code != hit.unit.code:
        return None
    if not slash and below_hit is None:
        return None
    if below.scale > 1 and number.scale == 1 and hit is None:
        number = _rescaled(number, below.scale)
    return _finish(folded, number, below, below_hit or hit, None, below)


def _range(folded: str, number: Number, hit: UnitHit | None, is_masked: Callable[[int], bool]) -> Amount | None:
    """ "25-30%", "1,2% - 1,3%", "từ 3 đến 5 triệu"; the second number must be the higher."""
    at = hit.end if hit else number.end
    m = _RANGE_RE.match(folded, at)
    if m is None:
        m = _WORD_RANGE_RE.match(folded, at) if number.form == "words" and hit is None else None
        if m is None or not _word_number_at(folded, m.end()):
            return None
    if is_masked(m.end()):
        return None
    top = read_number(folded, m.end())
    if top is None or top.form == "half":
        return None
    top_hit = unit_at(folded, top.end)
    if hit and (top_hit is None or top_hit.unit.code != hit.unit.code or top_hit.unit.kind != hit.unit.kind):
        return None
    if top.scale > 1 and number.scale == 1 and hit is None and number.mantissa < top.mantissa:
        number = _rescaled(number, top.scale)
    if top.value <= number.value:
        return None
    return _finish(folded, number, top, top_hit, top, None)


def _word_number_at(folded: str, at: int) -> bool:
    end = at
    while end < len(folded) and folded[end].isalpha():
        end += 1
    return number_words().get(folded[at:end], ("", 0))[0] in ("digit", "ten")


def _rescaled(number: Number, scale: float) -> Number:
    flags = tuple(f for f in number.flags if f != "ambiguous_thousands")
    return number._replace(value=float(f"{number.mantissa * scale:.12g}"), scale=scale, flags=(*flags, "elided_scale"))


def _finish(folded: str, first: Number, last: Number, hit: UnitHit | None, top: Number | None, below: Number | None) -> Amount:
    flags = list(dict.fromkeys((*first.flags, *last.flags)))
    numbers = [_reread(folded, n, hit, flags) for n in (first, top or below) if n]
    factor = hit.unit.factor if hit else 1.0
    values = [float(f"{n * factor:.12g}") for n in numbers]
    end = hit.end if hit else last.end
    per = per_at(folded, end) if hit or last.scale >= 1e6 else None
    if hit is None and (last.scale >= 1e9 or (per and last.scale >= 1e6)):
        flags.append("implied_money")
    second = values[1] if len(values) > 1 else None
    amount = Amount(
        first.start, last.end, per.end if per else end, values[0], second if top else None, second if below else None, hit, per,
        first.form, last.scale, tuple(flags),
    )  # fmt: skip
    if amount.denominator is not None and amount.denominator < amount.value:
        amount = replace(amount, flags=(*amount.flags, "above_denominator"))
    return amount


def _reread(folded: str, number: Number, hit: UnitHit | None, flags: list[str]) -> float:
    """Settle "1,234 hộ" (thousands before a count) and "1.234%" (a decimal before per cent) by the unit."""
    kind = hit.unit.kind if hit else ""
    text = folded[number.start : number.end]
    if "ambiguous_thousands" in number.flags and (kind == "money" or (kind == "count" and hit and hit.unit.code not in _DECIMAL_UNITS)):
        return number.value * 1000
    if kind in ("percent", "point") and number.form == "digits" and text.count(".") == 1 and "," not in text and not text.endswith("0"):
        if "dot_decimal" not in flags:
            flags.append("dot_decimal")
        return float(text)
    return number.value


def money_unit() -> str:
    """Code of money, for amounts that leave "đồng" out ("4,2 tỷ")."""
    return units()["đồng"].code

"""Days and months that look like fractions, decimals or ranges: "28/6", "15.7", "3-6", "5.2022", "23 đến 27/11".

Full dates ("09/8/2023") and spans of years are told by their form alone and are patterns of masks.py; here the words before and the
noun behind decide, because "5/6 xã" is a fraction and "sáng 5/6 xã A họp" is the fifth of June.
"""

from __future__ import annotations

import re

from extraction.labels import is_document
from extraction.model import Mask
from extraction.units import context_words, counts, unit_at, units

_MONTH_YEAR_RE = re.compile(r"(?:0?[1-9]|1[0-2]) ?[/.\-] ?(?:19|20)[0-9]{2}(?![0-9]|[.,][0-9])")
_DAY_MONTH_RE = re.compile(r"(?P<day>[0-9]{1,2}) ?(?P<sep>[/.\-]) ?(?P<month>[0-9]{1,2})(?![0-9]|[/.,][0-9])")
_DAYS_RE = re.compile(
    r"(?:0?[1-9]|[12][0-9]|3[01])(?:, | ?(?:-|đến|và|tới) ?)(?:hết )?(?:ngày )?"
    r"[0-9]{1,2}(?P<sep>[/.\-])(?:0?[1-9]|1[0-2])(?![0-9]|[.,][0-9]|%)(?:[/.\-](?:19|20)[0-9]{2})?"
)
_DAY_WORDS = context_words("day")
_NEAR_DATE_WORDS = context_words("near_date")
_FRACTION_WORDS = context_words("fraction")
_JOINTS = frozenset("/.-,")  # what can join a day to a month or to another day, beside words
_JOINING_WORDS = ("đến", "và", "tới", " đến", " và", " tới")
_OF_A_WHOLE = (" số", " tổng số", " diện tích", " dân số")  # "1/3 số hộ", "2/3 diện tích"


def may_be_date(folded: str, at: int, end: int) -> bool:
    """A look at the digits and what is behind them that spares most numbers the patterns."""
    if end - at > 2:
        return False
    first = folded[end : end + 1]
    return first in _JOINTS or (first == " " and folded[end + 1 : end + 2] in _JOINTS) or folded.startswith(_JOINING_WORDS, end)


def near_a_date(words: list[str]) -> bool:
    """Does a word that goes before dates stand right before?"""
    return bool(words) and words[0] in _NEAR_DATE_WORDS


def date_mask(folded: str, at: int, words: list[str]) -> Mask | None:
    """The mask of a day or month whose first digits start at `at`, with these words before it."""
    nearest = words[0] if words else ""
    if is_document(words):
        return None  # "Thông tư 07/2018"
    if m := _MONTH_YEAR_RE.match(folded, at):
        if "/" not in m.group() or nearest in _NEAR_DATE_WORDS or not counts(unit_at(folded, m.end())):
            return Mask(at, m.end(), "date", "month_year")
        return None
    if (m := _DAYS_RE.match(folded, at)) and (nearest in _DAY_WORDS or (nearest == "từ" and m["sep"] == "/")):
        return Mask(at, m.end(), "date", "days")
    m = _DAY_MONTH_RE.match(folded, at)
    if m is None or not 1 <= int(m["day"]) <= 31 or not 1 <= int(m["month"]) <= 12:
        return None
    if nearest in _DAY_WORDS:
        return Mask(at, m.end(), "date", "day_month")
    if m["sep"] != "/" or " " in m.group():
        weak = nearest in ("từ", "đến", "trước", "hết") and m["sep"] == "." and len(words) > 1 and words[1] == "ngày"
        return Mask(at, m.end(), "date", "day_month") if weak else None
    following = unit_at(folded, m.end())
    if counts(following) or folded.startswith(_OF_A_WHOLE, m.end()):
        return None
    if nearest in _NEAR_DATE_WORDS or not _may_be_fraction(folded, at, nearest, m):
        return Mask(at, m.end(), "date", "day_month")
    return None


def _may_be_fraction(folded: str, at: int, nearest: str, m: re.Match[str]) -> bool:
    """ "đạt 5/6", "Càng Long: 7/9", "xã 5/6", "100% (11/11)" without a noun behind; all else, as "lễ 2/9" or "(28/6)", is a day."""
    if nearest in _FRACTION_WORDS or folded[max(0, at - 2) : at].startswith(":"):
        return True
    if folded[at - 1 : at] == "(":
        return m["day"] == m["month"] or folded[max(0, at - 3) : at - 1].rstrip().endswith("%")
    unit = units().get(nearest)
    return unit is not None and unit.kind == "count" and unit.code != "other"

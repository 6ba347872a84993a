"""Bands: numbers of criteria that say which communes are counted, and are no result of their own.

"25 xã đạt 15-18 tiêu chí", "xã dưới 10 tiêu chí", "15-18 tiêu chí: 4 xã"; not "xã Nà Chì đạt 9 tiêu chí" (a name), "mỗi xã đạt 15 tiêu
chí" (an average) or "hai xã lần lượt đạt 16 tiêu chí" (a value each).
"""

from __future__ import annotations

import re

from extraction.amounts import Amount
from extraction.numbers import number_words
from extraction.units import context_words, name_follows, start_of_words

_CRITERIA = frozenset({"criterion", "subcriterion"})
_BETWEEN = context_words("band_between")
_HEADS = context_words("band_head")
_BEFORE = context_words("band_before")
_TWO_WORDS = frozenset({"trấn", "vị", "phương"})  # thị trấn, đơn vị, địa phương
# "15-18 tiêu chí: 4 xã"
_COUNT_BEHIND_RE = re.compile(r"(?: trở lên)? ?: ?(?:có )?[0-9]{1,3} (?:xã|phường|thị trấn|thôn|bản|ấp)(?![^\W\d_])")

_YEAR_END_RE = re.compile(r"(?:năm |[/.-])(?:19|20)\d\d$")


def is_band(folded: str, raw: str, at: int, amount: Amount, words: list[str]) -> bool:
    """Does the amount at `at`, with these words before it, only tell which units are counted?"""
    if amount.unit is None or amount.unit.unit.code not in _CRITERIA:
        return False
    return _COUNT_BEHIND_RE.match(folded, amount.end) is not None or _behind_counted_units(folded, raw, at, words)


def _behind_counted_units(folded: str, raw: str, at: int, words: list[str]) -> bool:
    i = 0
    while i < len(words) and words[i] in _BETWEEN and not _is_head(words, i):
        i += 1
    if i >= len(words) or not _is_head(words, i):
        return False
    size = 2 if words[i] in _TWO_WORDS else 1
    head = start_of_words(folded, at, words, i + size)
    if name_follows(raw, head + len(" ".join(reversed(words[i : i + size])))):
        return False
    if i and words[i - 1] in ("dưới", "nào"):
        return True  # "xã dưới 10 tiêu chí", "xã nào đạt 19 tiêu chí"
    if i + size < len(words):
        left = words[i + size]
        return left in _BEFORE or left in number_words()
    before = folded[max(0, head - 12) : head].rstrip()
    return before[-1:].isdigit() and not _YEAR_END_RE.search(before)  # "năm 2011 xã mới đạt 4 tiêu chí": one commune, in a year


def _is_head(words: list[str], i: int) -> bool:
    """The last word of a counted unit; the "bản" of "cơ bản đạt" is none."""
    return words[i] in _HEADS and words[i + 1 : i + 2] != ["cơ"]

"""How figures, days and sentences are written, in both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from markupsafe import Markup, escape

from muctieu.settings import TIMEZONE

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def number_en(value: float | None) -> str:
    """12,345.6; at most two decimals; a dash for nothing."""
    return "–" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def iso(value: date | datetime | None) -> str:
    """The day in Vietnam as 2024-12-31, for sorting and CSV; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{(value.astimezone(TIMEZONE) if value.tzinfo else value):%Y-%m-%d}"
    return value.isoformat()


def file_name(code: str) -> str:
    """A key as part of a file name: what is no letter, digit, dot, hyphen or underscore becomes a hyphen."""
    return _UNSAFE.sub("-", code)


def highlighted(sentence: str, phrases: Iterable[str]) -> Markup:
    """The sentence, escaped, with every phrase inside <mark>; phrases that overlap share one mark."""
    spans: list[tuple[int, int]] = []
    for phrase in set(phrases):
        start = sentence.find(phrase) if phrase else -1
        while start >= 0:
            spans.append((start, start + len(phrase)))
            start = sentence.find(phrase, start + len(phrase))
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    result, position = Markup(""), 0
    for start, end in merged:
        result += escape(sentence[position:start]) + Markup("<mark>") + escape(sentence[start:end]) + Markup("</mark>")
        position = end
    return result + escape(sentence[position:])


def alphabetical(name: str) -> tuple[str, str]:
    """The order of the Vietnamese alphabet: Đ after D, marks only between equal letters."""
    letters = unicodedata.normalize("NFD", name.lower().replace("đ", "d~"))
    return "".join(c for c in letters if not unicodedata.combining(c)), name


def percent(part: float, whole: float) -> float | None:
    """100 × part ÷ whole; nothing of nothing is unknown."""
    return 100 * part / whole if whole else None

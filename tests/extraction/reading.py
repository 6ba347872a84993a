"""Short ways to read a sentence in tests."""

from __future__ import annotations

from extraction.masks import find_masks
from extraction.model import ArticleContext, Mask, Quantity, Text
from extraction.quantities import find_quantities
from extraction.text import read

NOWHERE = ArticleContext(None, None)


def masked(raw: str) -> list[tuple[str, str]]:
    """(kind, text) of the masks of a text."""
    return [(m.kind, raw[m.start : m.end]) for m in masks_of(raw)]


def masks_of(raw: str) -> list[Mask]:
    return find_masks(read(raw), NOWHERE)


def quantities(raw: str) -> list[Quantity]:
    text: Text = read(raw)
    return find_quantities(text, find_masks(text, NOWHERE))


def values(raw: str) -> list[float | tuple[float, float]]:
    """Plain values; ranges as (low, high)."""
    return [(q.value, q.value_high) if q.value_high is not None else q.value for q in quantities(raw)]


def brief(raw: str) -> list[tuple[str, float, str | None]]:
    """(op, value, unit)."""
    return [(q.op, q.value, q.unit) for q in quantities(raw)]

"""The terms of one text: cues and words of indicator phrases, looked for paragraph by paragraph when somebody asks.

Most paragraphs of the press hold no figure, and nobody asks for their words.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

from extraction.cues import TERMS, all_cues, cue_class
from extraction.model import Text
from extraction.terms import Hit


class TextTerms:
    """Terms by paragraph, without those that only look like cues inside a fixed phrase."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._known: dict[int, list[Hit]] = {}

    def of_paragraph(self, number: int) -> list[Hit]:
        """The terms of a paragraph, by start."""
        found = self._known.get(number)
        if found is None:
            paragraph = self._text.paragraphs[number]
            found = self._known[number] = _without_neutral(TERMS.find(self._text.folded, paragraph.start, paragraph.end))
        return found

    def within(self, start: int, end: int, paragraph: int) -> list[Hit]:
        """The terms of a paragraph that start between two offsets."""
        hits = self.of_paragraph(paragraph)
        return hits[bisect_left(hits, (start,)) : bisect_left(hits, (end,))]


@cache
def _neutral_or_fixed() -> frozenset[int]:
    return cue_class("neutral") | cue_class("fixed")


def _without_neutral(hits: list[Hit]) -> list[Hit]:
    """Drop what only looks like a cue inside a fixed phrase: the "giảm" of "giảm nghèo", the "cho" of "cho biết"."""
    neutral, cues, fixed = _neutral_or_fixed(), all_cues(), cue_class("fixed")
    spans = [(h.start, h.end, h.term in fixed) for h in hits if h.term in neutral]
    if not spans:
        return hits
    kept: list[Hit] = []
    at = 0
    for hit in hits:
        while at < len(spans) and spans[at][1] <= hit.start:
            at += 1
        if at == len(spans) or spans[at][0] > hit.start:
            kept.append(hit)
            continue
        near = spans[at : at + 3]
        if any((whole or hit.term in cues) and s <= hit.start and hit.end <= e and hit.end - hit.start < e - s for s, e, whole in near):
            continue
        kept.append(hit)
    return kept

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
    dropped: set[int] = set()
    size = len(hits)
    for i, (start, end, phrase) in enumerate(hits):
        if phrase not in neutral:
            continue
        whole = phrase in fixed
        at = i
        while at and hits[at - 1].start == start:
            at -= 1
        while at < size and hits[at].start < end:
            hit = hits[at]
            if hit.end <= end and hit.end - hit.start < end - start and (whole or hit.term in cues):
                dropped.add(at)
            at += 1
    return [hit for i, hit in enumerate(hits) if i not in dropped] if dropped else hits

"""Which of the portal's units a bare name means where two of them share it: "Sơn La" is a city and the province around it.

The words beside the name decide: wholes, type words with a verb, counts that only the larger unit can hold ("62/188 xã"). The
narrowest scope that speaks for one unit alone wins: sentence, title and lead, paragraph; then the majority of the article; else
the portal's own unit.
"""

from __future__ import annotations

import re
from functools import lru_cache

from extraction.model import Text
from extraction.place_names import words
from extraction.place_setting import Place, communes_of

_OF_COMMUNES_RE = re.compile(r"\b\d+(?: xã)?\s*/\s*(\d+) xã\b")
_DISTRICTS_RE = re.compile(r"(?<!ngoài )\b(?:các|nhiều|một số|\d+|hai|ba|bốn|năm) huyện\b")
_LONGEST_LEAD = 700  # characters


class Namesakes:
    """Decides for one article; `places` are the portal's units, the lowest first."""

    def __init__(self, text: Text, day: str) -> None:
        self.text, self.day = text, day
        self.starts = [s.start for s in text.sentences]

    def meant(self, places: list[Place], start: int, end: int) -> Place:
        """The one of two or more places of one name that a bare name at a position means."""
        inner, outer = places[0], places[-1]
        for a, b in self.scopes(start, end):
            near, wide = self.speaks(inner, a, b), self.speaks(outer, a, b) + self.beyond(inner, a, b)
            if (near > 0) != (wide > 0):
                return inner if near else outer
        begin, stop = self.text.sentences[0].start, self.text.body_end
        near, wide = self.speaks(inner, begin, stop), self.speaks(outer, begin, stop) + self.beyond(inner, begin, stop)
        return outer if wide > near else inner

    def scopes(self, start: int, end: int) -> list[tuple[int, int]]:
        text = self.text
        sentence = next((s for s in reversed(text.sentences) if s.start <= start), text.sentences[0])
        paragraph = text.paragraphs[sentence.paragraph]
        lead = next((p.end for p in text.paragraphs if p.start >= text.title_end and p.end > p.start), text.title_end)
        return [(sentence.start, max(sentence.end, end)), (0, min(lead, _LONGEST_LEAD)), (paragraph.start, paragraph.end)]

    def speaks(self, place: Place, a: int, b: int) -> int:
        name = place.path.split(", ")[0].removeprefix(place.type).strip().casefold()
        return sum(1 for _ in _marks(place.type.casefold(), name).finditer(self.text.folded, a, b))

    def beyond(self, inner: Place, a: int, b: int) -> int:
        """Counts that the smaller unit cannot hold, and talk of districts, where it is one."""
        if inner.level != "district":
            return 0
        folded = self.text.folded
        most = communes_of(inner.code, self.day) * 2 if inner.code else 60
        counts = sum(1 for m in _OF_COMMUNES_RE.finditer(folded, a, b) if int(m.group(1)[:6]) > most)
        return counts + sum(1 for _ in _DISTRICTS_RE.finditer(folded, a, b))


@lru_cache(maxsize=256)
def _marks(kind: str, name: str) -> re.Pattern[str]:
    """Words that say that the talk is of a unit of this type. "UBND tỉnh" and "của tỉnh" are no such words: who orders is not who does."""
    kinds = f"(?:{re.escape(kind)}|tp\\.?)" if kind == "thành phố" else re.escape(kind)
    verbs = "|".join(sorted(words("verb_above"), key=len, reverse=True))
    return re.compile(
        rf"\b(?:toàn|cả|khắp) {kinds}\b|\b{kinds} {re.escape(name)}\b|\b{kinds} (?:{verbs})\b|báo cáo (?:của )?ubnd {kinds}\b"
        + (rf"|(?<!các )(?<!tỉnh, )\b(?:ubnd|của) {kinds}\b" if kind != "tỉnh" else "")
    )

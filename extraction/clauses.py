"""Where the words of a quantity are: its stretch of the sentence to the left and to the right, parentheses as children.

Between two neighbouring quantities of one level the text is shared out at its separators: what stands before the first
comma belongs to the left one ("304/411 xã *đạt chuẩn nông thôn mới*, chiếm 73,97%"), what stands after the last comma to
the right one; a semicolon parts them altogether. Without a separator both may use it. Every stretch is kept near (within
commas) and far (within semicolons), because most indicators are said near and lists need the far one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from extraction.cues import TERMS
from extraction.model import Mask, Measure, Quantity, Sentence, Span, Text
from extraction.terms import Hit, Zone
from extraction.text_terms import TextTerms

_SEPARATOR_RE = re.compile(r"[,;:]| và (?=\S)| trong đó | - (?=\S)| thì (?=(?:đến|tới|nay|hiện|năm|cuối|hết|bây|giờ)\b)")
_EMPTY = Zone((), frozenset())


@dataclass(slots=True, eq=False)
class Slot:
    """A quantity in its sentence, and what the stages find out about it."""

    q: Quantity
    sentence: Sentence
    level: int  # index of the innermost parenthesis of the sentence, -1 outside of all
    section: Section | None
    unit_in: str  # unit as counted; of a bare number, that of its partner ("từ 16,58 xuống 15,82 tiêu chí/xã")
    prev: Slot | None = None  # left neighbour on the same level
    next: Slot | None = None
    parent: Slot | None = None  # for one in parentheses: the quantity they follow
    link: str = "first"  # first | and | comma | semicolon | text: what parts it from prev
    frame: SentenceFrame | None = None  # once it is placed
    wide_start: int = 0  # of lead_wide
    far_start: int = 0  # of lead_far
    lead_start: int = 0  # of lead_near
    tail_end: int = 0  # of tail_near
    far_end: int = 0  # of tail_far
    qualifier: Span | None = None  # "15-18 tiêu chí" of "76 xã đạt 15-18 tiêu chí"
    qualifies: Slot | None = None  # set on the quantity that is such a qualifier
    outer: Zone = _EMPTY  # for one in parentheses: the words before them, "Điện Biên (48,14%)"
    topic: Zone = _EMPTY  # title and paragraph before, for units that say little ("60 sản phẩm")
    outer_tail: Zone = _EMPTY  # and after them, "người cận nghèo (40%) có thẻ"
    # what was decided
    indicator: str | None = None
    rule: str = ""
    source: str = "explicit"
    row_reads: str = ""
    unit: str | None = None
    anchor: Span | None = None  # the words that decided the indicator
    inherited_from: Slot | None = None
    measure: Measure = "level"
    measure_rule: str = ""
    kind: str = ""
    per_year: bool = False
    notes: list[str] = field(default_factory=list)
    tried: list[tuple[str, Zone, Zone, Any]] = field(default_factory=list)  # what indicators.match found in which words, with which unit
    _lead_near: Zone | None = None  # the words of its stretches, each found when it is asked for: most numbers need two of the five
    _lead_far: Zone | None = None
    _lead_wide: Zone | None = None
    _tail_near: Zone | None = None
    _tail_far: Zone | None = None

    @property
    def lead_near(self) -> Zone:
        """The words before the number, within its commas."""
        zone = self._lead_near
        if zone is None:
            zone = self._lead_near = self._words(self.lead_start, self.q.number_start)
        return zone

    @property
    def lead_far(self) -> Zone:
        """The words before the number, within its semicolons."""
        zone = self._lead_far
        if zone is None:
            zone = self.lead_near if self.far_start == self.lead_start else self._words(self.far_start, self.q.number_start)
            self._lead_far = zone
        return zone

    @property
    def lead_wide(self) -> Zone:
        """All words of its level before the number."""
        zone = self._lead_wide
        if zone is None:
            zone = self.lead_far if self.wide_start == self.far_start else self._words(self.wide_start, self.q.number_start)
            self._lead_wide = zone
        return zone

    @property
    def tail_near(self) -> Zone:
        """The words after the number, within its commas."""
        zone = self._tail_near
        if zone is None:
            zone = self._tail_near = self._words(self.q.number_end, self.tail_end)
        return zone

    @property
    def tail_far(self) -> Zone:
        """The words after the number, within its semicolons."""
        zone = self._tail_far
        if zone is None:
            zone = self.tail_near if self.far_end == self.tail_end else self._words(self.q.number_end, self.far_end)
            self._tail_far = zone
        return zone

    def _words(self, start: int, end: int) -> Zone:
        return _EMPTY if self.frame is None else self.frame.zone(start, end, self.level)


class Section:
    """A head that ends in a colon and governs the paragraphs with list marks after it."""

    def __init__(self, start: int, end: int, paragraph: int, terms: TextTerms) -> None:
        self.start, self.end = start, end
        self._paragraph, self._terms = paragraph, terms
        self._zone: Zone | None = None

    @property
    def zone(self) -> Zone:
        """Its words."""
        if self._zone is None:
            self._zone = Zone.of(self._terms.within(self.start, self.end, self._paragraph))
        return self._zone


class SentenceFrame:
    """Parentheses, separators and terms of one sentence; hands out zones. What only placed numbers need is found when they are placed."""

    def __init__(self, text: Text, sentence: Sentence, hits: list[Hit], section: Section | None = None, topic: Zone | None = None) -> None:
        self.text, self.sentence, self.hits = text, sentence, hits
        self.section, self.topic = section, topic or _EMPTY
        body = text.folded[sentence.start : sentence.end]
        self.parens = _parentheses(body, sentence.start) if "(" in body else []
        self._changes = _level_changes(self.parens) if self.parens else []
        terms = {h.term for h in hits}
        if section is not None:
            terms |= section.zone.terms
        self.terms = terms | self.topic.terms if topic is not None else terms  # all that a phrase for a number in it could find
        self.phrases: dict[str, Sequence[Any]] = {}  # unit -> the phrases that could hold for it, see indicators.possible
        self._starts: list[int] | None = None  # of the hits
        self._levels: list[int] | None = None
        self._separators: list[tuple[int, int, str, int]] | None = None

    def _separated(self) -> list[tuple[int, int, str, int]]:
        """Commas and the like with their levels; one inside a known phrase ("hộ nghèo, hộ cận nghèo") parts nothing."""
        offset = self.sentence.start
        parting = TERMS.with_separators()
        inside: set[int] = set()
        if not parting.isdisjoint(self.terms):
            inside = {at for h in self.hits if h.term in parting for at in range(h.start + 1, h.end - 1)}
        found = []
        for m in _SEPARATOR_RE.finditer(self.text.folded, offset, self.sentence.end):
            start, mark = m.start(), m.group()
            if inside and (start in inside or (mark == " và " and start + 1 in inside)):
                continue
            found.append((start, m.end(), mark.strip(), self.level(start)))
        return found

    def level(self, position: int) -> int:
        """Index of the innermost parenthesis around a position, -1 outside."""
        if not self.parens:
            return -1
        at = bisect_right(self._changes, (position, len(self.parens))) - 1
        return self._changes[at][1] if at >= 0 else -1

    def bounds(self, level: int) -> tuple[int, int]:
        if level < 0:
            return self.sentence.start, self.sentence.end
        start, end = self.parens[level]
        return start + 1, max(end - 1, start + 1)

    def zone(self, start: int, end: int, level: int) -> Zone:
        """The terms between two offsets that stand on a level."""
        if end <= start or not self.hits:
            return _EMPTY
        if self._starts is None:
            self._starts = [h.start for h in self.hits]
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end, first)
        if first == last:
            return _EMPTY
        if not self.parens:
            return Zone.of([h for h in self.hits[first:last] if h.end <= end])
        if self._levels is None:
            self._levels = [self.level(h.start) for h in self.hits]
        pairs = zip(self.hits[first:last], self._levels[first:last], strict=True)
        return Zone.of([h for h, at in pairs if at == level and h.end <= end])

    def between(self, start: int, end: int, level: int) -> list[tuple[int, int, str]]:
        if self._separators is None:
            self._separators = self._separated()
        found = self._separators[bisect_left(self._separators, (start,)) : bisect_left(self._separators, (end,))]
        return [(s, e, mark) for s, e, mark, lv in found if lv == level and e <= end]


def says_little(q: Quantity) -> bool:
    """Counted things that need the words of the article to be about a programme: "60 sản phẩm", "812 căn"."""
    return q.unit == "product" or (q.unit == "household" and q.head is not None and q.head.startswith(("căn", "nhà", "ngôi")))


def build_slots(frame: SentenceFrame, quantities: Sequence[Quantity], masks: Sequence[Mask]) -> list[Slot]:
    """The quantities of one sentence, left to right; `place` gives them their stretches."""
    text, sentence = frame.text, frame.sentence
    slots = [Slot(q, sentence, frame.level(q.number_start), frame.section, q.unit or "None") for q in quantities]
    for slot in slots:
        if says_little(slot.q):
            slot.topic = frame.topic
    _absorb_qualifiers(text, slots)
    _absorb_masked_qualifiers(text, slots, masks)
    return slots


def place(frame: SentenceFrame, slots: Sequence[Slot]) -> None:
    """Link the numbers of a sentence to their neighbours and share its words out between them."""
    # a bare number bounds nothing: "của Chương trình MTQG 1719 là 1.014 tỷ đồng" is one phrase
    linked = [s for s in slots if s.qualifies is None and s.q.unit is not None]
    _link(frame, linked)
    for bare in (s for s in slots if s.qualifies is None and s.q.unit is None):
        before = [s for s in linked if s.level == bare.level and s.q.number_start < bare.q.number_start]
        bare.prev = before[-1] if before else None
        bare.next = next((s for s in linked if s.level == bare.level and s.q.number_start > bare.q.number_start), None)
        _share_out(frame, bare)


def _parentheses(body: str, offset: int) -> list[tuple[int, int]]:
    """Spans of parentheses in the order of their start; one that never closes ends with the sentence."""
    spans: list[list[int]] = []
    open_: list[int] = []
    for m in re.finditer(r"[()]", body):
        if m.group() == "(":
            open_.append(len(spans))
            spans.append([m.start() + offset, len(body) + offset])
        elif open_:
            spans[open_.pop()][1] = m.end() + offset
    return [(s, e) for s, e in spans]


def _level_changes(parens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(position, innermost parenthesis from there on), by position."""
    changes: list[tuple[int, int]] = []
    around: list[int] = []  # open parentheses, innermost last
    for i, (start, _) in enumerate(parens):
        while around and parens[around[-1]][1] <= start:
            end = parens[around.pop()][1]
            changes.append((end, around[-1] if around else -1))
        around.append(i)
        changes.append((start, i))
    while around:
        end = parens[around.pop()][1]
        changes.append((end, around[-1] if around else -1))
    return changes


# between a counted commune and the number of criteria that it meets stand only words of meeting
_MEETS_RE = re.compile(
    r"\W*(?:\([^)]*\)\s*)?(?:(?:nào|chưa|còn|lại|đã|mới|chỉ|có|đạt|được|đủ|giữ|và|cơ bản|hoàn thành|từ|dưới|trên|trọn vẹn|ở|mức|hơn|khoảng"
    r"|đều|chuẩn|nằm|thuộc|nhóm|xã|theo|các|biên giới|miền núi|vùng cao|khó khăn|này|khác|trong tỉnh|trong huyện|trên địa bàn"
    r"|ntm|nông thôn mới|thực hiện|số|của (?:toàn )?(?:tỉnh|huyện|thành phố|thị xã)|vùng|dtts)\W+)*"
)
_COUNTED_BY_CRITERIA = {"commune", "percent"}
_BY_LEFT_RE = re.compile(r"(?:số|các|những) xã(?: đã)?(?: mới)?(?: đạt| hoàn thành| có| cơ bản đạt)?(?: được)?(?: từ| dưới| trên)?\s*$")


_IS_RE = re.compile(
    r"\s*(?:trở lên)?\s*(?:là|có|:|còn|chỉ còn|hiện còn|giảm|giảm được|tăng|giảm còn|đạt|chiếm|xuống|xuống còn|lên|còn khoảng)\s*"
)
_SCOPE_RE = re.compile(r"[^\d,;:]{0,30}?\b(?:thuộc|tại|ở|của|trên địa bàn|trong)\s+(?:toàn bộ |tổng số |cả )?")
_AREA_UNITS = ("commune", "district", "province")


def _absorb_qualifiers(text: Text, slots: list[Slot]) -> None:
    """Mark criterion counts that say which communes are counted ("76 xã đạt 16-18 tiêu chí", "số xã đạt 15 tiêu chí là 36 xã")."""
    for left, right in pairwise(slots):
        if left.level != right.level:
            continue
        gap = text.folded[left.q.end : right.q.start]
        counts_communes = left.q.unit == "commune" or (left.q.unit == "percent" and re.match(r"\s*(?:số )?xã\b", gap))
        if (
            right.q.unit in _AREA_UNITS
            and right.q.denominator is None
            and left.qualifies is None
            and left.q.unit
            and _SCOPE_RE.fullmatch(gap)
        ):
            right.qualifies, left.qualifier = (
                left,
                left.qualifier or Span(right.q.start, right.q.end),
            )
        elif right.q.unit in ("criterion", "subcriterion") and counts_communes and left.qualifies is None and _MEETS_RE.fullmatch(gap):
            right.qualifies, left.qualifier = left, Span(right.q.start, right.q.end)
        elif (
            left.q.unit == "province"
            and right.q.unit == "percent"
            and right.q.value == 100
            and re.fullmatch(r"\s*(?:đã |đều )?(?:có|đạt)\s*", gap)
        ):
            right.qualifies, left.qualifier = left, Span(right.q.start, right.q.end)  # "18 tỉnh có 100% số xã đạt chuẩn"
        elif left.q.unit == "criterion" and right.q.unit in _COUNTED_BY_CRITERIA and left.qualifies is None:
            before = text.folded[left.sentence.start : left.q.start]
            if _BY_LEFT_RE.search(before) and _IS_RE.fullmatch(gap):
                left.qualifies, right.qualifier = right, Span(left.q.start, left.q.end)


def _absorb_masked_qualifiers(text: Text, slots: list[Slot], masks: Sequence[Mask]) -> None:
    """The same where the number grammar has already typed the band of criteria as a qualifier."""
    for slot in slots:
        if slot.q.unit not in ("commune", "percent") or slot.qualifier is not None:
            continue
        for mask in masks:
            if mask.kind == "band" and slot.sentence.start <= mask.start and mask.end <= slot.q.start:
                between = text.folded[mask.end : slot.q.start]
                if _IS_RE.fullmatch(between) and _BY_LEFT_RE.search(text.folded[slot.sentence.start : mask.start]):
                    slot.qualifier = Span(mask.start, mask.end)
                    break
            if mask.start >= slot.q.number_end and mask.kind in ("band", "qualifier") and mask.end <= slot.sentence.end:
                gap = text.folded[slot.q.end : mask.start] if mask.start >= slot.q.end else ""
                if slot.q.unit == "percent" and not re.match(r"\s*(?:số |tổng số |các )?xã\b", gap):
                    break
                if "tiêu chí" in text.folded[mask.start : mask.end + 12] and _MEETS_RE.fullmatch(gap):
                    slot.qualifier = Span(mask.start, mask.end)
                break


_PLACE_FIELDS = (
    "prev", "next", "parent", "link", "frame", "wide_start", "far_start", "lead_start", "tail_end", "far_end", "outer", "outer_tail",
)  # fmt: skip


def _link(frame: SentenceFrame, slots: list[Slot]) -> None:
    last_on_level: dict[int, Slot] = {}
    twins: list[tuple[Slot, Slot]] = []
    for slot in slots:
        same = last_on_level.get(slot.level)
        if same is not None and same.q.number_start == slot.q.number_start:
            twins.append((slot, same))  # "không còn xã, thôn …" is two zeros of one word
            continue
        slot.prev = last_on_level.get(slot.level)
        if slot.prev is not None:
            slot.prev.next = slot
        if slot.level >= 0:
            start = frame.parens[slot.level][0]
            outer = [s for s in slots if s.q.start < start and s.level < slot.level]
            slot.parent = outer[-1] if outer and slot.prev is None else (slot.prev.parent if slot.prev else None)
        last_on_level[slot.level] = slot
    later = {id(twin) for twin, _ in twins}
    for slot in slots:
        if id(slot) not in later:
            _share_out(frame, slot)
            if slot.level >= 0:
                _look_outside(frame, slot)
    for twin, first in twins:
        for name in _PLACE_FIELDS:
            setattr(twin, name, getattr(first, name))


def _look_outside(frame: SentenceFrame, slot: Slot) -> None:
    start, end = frame.parens[slot.level]
    outer_level = frame.level(start - 1) if start > frame.sentence.start else -1
    left = slot.parent.q.number_end if slot.parent and slot.parent.level == outer_level else frame.sentence.start
    marks = [e for _, e, m in frame.between(left, start, outer_level) if m == ";"]
    slot.outer = frame.zone(max([left, *marks]), start, outer_level)
    stops = [s for s, _, m in frame.between(end, frame.sentence.end, outer_level) if m in ",;" or m == "trong đó"]
    slot.outer_tail = frame.zone(end, min(stops, default=frame.sentence.end), outer_level)


def _share_out(frame: SentenceFrame, slot: Slot) -> None:
    level_start, level_end = frame.bounds(slot.level)
    q, prev, nxt = slot.q, slot.prev, slot.next
    gap_start = _right_edge(prev) if prev else level_start
    marks = frame.between(gap_start, q.number_start, slot.level)
    slot.link = "first" if prev is None else _link_kind(marks, frame.text.folded[gap_start : q.start])
    slot.far_start = max((e for s, e, m in marks if m == ";"), default=gap_start)
    folded = frame.text.folded
    commas = [e for s, e, m in marks if m in ",;:-" or m == "trong đó"]
    commas = [e for e in commas if folded[e : q.start].strip() or folded[e - 1] != ":"]  # "đã giải ngân: 831 tỷ đồng" is one phrase
    if prev is not None and not any(m in ",;" for _, _, m in marks):
        commas += [e for _, e, m in marks if m == "và"][:1]
    slot.lead_start = max([slot.far_start, *commas])
    gap_end = nxt.q.start if nxt else level_end
    right = _right_edge(slot)
    marks = frame.between(right, gap_end, slot.level)
    slot.far_end = min((s for s, e, m in marks if m == ";"), default=gap_end)
    ends = [s for s, _, m in marks if m in ",;" or m == "trong đó"]
    if nxt is not None and not ends:
        ends = [s for s, _, m in marks if m == "và"][:1]
    slot.tail_end = min([slot.far_end, *ends])
    slot.frame, slot.wide_start = frame, level_start


def _right_edge(slot: Slot) -> int:
    return max(slot.q.end, slot.qualifier.end if slot.qualifier else 0)


def _link_kind(marks: list[tuple[int, int, str]], gap: str) -> str:
    kinds = {m for _, _, m in marks}
    if ";" in kinds:
        return "semicolon"
    if "," in kinds or ":" in kinds or "-" in kinds or "trong đó" in kinds:
        return "comma"
    return "and" if "và" in kinds or gap.strip() == "và" else "text"

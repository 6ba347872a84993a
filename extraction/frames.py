"""What each quantity of an article asserts: the clause frame with inheritance, sentence by sentence.

`read_quantities` walks the sentences in order. In each it (1) links the quantities (clauses.py), (2) finds what each is about,
explicit words first, then what lists, shares and parentheses hand over (indicators.py, enumerations.py), (3) throws out what
only looks like a claim (negatives.csv), (4) decides measure, sign and unit (measures.py, plans.py) and (5) kind (kinds.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Protocol

from extraction import enumerations, kinds, measures, plans
from extraction.clauses import Section, SentenceFrame, Slot, build_slots
from extraction.cues import TERMS, all_cues, cue_class, has
from extraction.indicators import Match, codebook, match, phrases
from extraction.model import ArticleContext, Field, Mask, Op, Quantity, Reading, Sentence, Source, Text
from extraction.terms import Hit, Zone, read_lexicon

_BULLET_RE = re.compile(r"\s*(?:[-–+•*·▪]|\d{1,2}[.)]|[a-zđ]\)|\(\d+\))\s*")
_BARE = 45  # priority up to which a phrase is only the name of a stock ("hộ nghèo"), and anything said of it is more
_REFINED_BY = {
    "poverty.rate.poor": ("poverty.rate.ethnic", "poverty.rate.poor_district"),
    "poverty.household.poor": ("poverty.household.ethnic", "poverty.household.merit"),
}
_COMMUNES_MEETING = (None, "ntm.commune.certified", "ntm.criterion.communes", "ntm.commune.by_criteria", "ntm.commune.advanced")
_SHORT_LINE = 90  # characters up to which a line under a head is an entry of its table ("Càng Long: 9/13 xã")
_REGISTERED_OK = ("poverty.review.applied",)
_ANYWHERE_OK = ("labour.overseas",)


class Periods(Protocol):
    """The part of PeriodReader that kinds need."""

    def as_of(self, position: int, kind: Any, measure: Any = ...) -> Field[Any]: ...


class Areas(Protocol):
    """The part of AreaReader that plan owners need."""

    def area(self, position: int) -> Field[Any]: ...


@dataclass(frozen=True, slots=True)
class Negative:
    """Words next to which a number is no claim."""

    scope: str  # near | sentence
    terms: frozenset[int]
    reason: str


@cache
def negatives() -> tuple[Negative, ...]:
    return tuple(Negative(r["scope"], TERMS.alternatives(r["words"]), r["reason"]) for r in read_lexicon("negatives.csv"))


def prepare() -> None:
    """Load all lexicons, so that the term automaton is built once and complete."""
    phrases()
    negatives()
    cue_class("target")


def read_quantities(
    text: Text, quantities: Sequence[Quantity], context: ArticleContext, periods: Periods, areas: Areas, masks: Sequence[Mask] = ()
) -> list[Reading]:
    """A reading for every quantity, claim or not, in the order of the text."""
    prepare()
    hits = _without_neutral(TERMS.find(text.folded, 0, text.body_end))
    starts = [h.start for h in hits]
    sections = _sections(text, hits)
    memory: dict[str, Slot] = {}
    slots: list[Slot] = []
    for sentence, held in _by_sentence(text, quantities):
        local_masks = (
            [m for m in masks if m.start >= sentence.start and m.end <= sentence.end]
            if any(q.unit in ("commune", "percent") for q in held)
            else []
        )
        frame = SentenceFrame(text, sentence, hits)
        row = build_slots(frame, held, local_masks)
        for slot in row:
            slot.section = sections.get(sentence.paragraph)
            slot.topic = _topic(text, sentence, hits, starts) if slot.unit_in == "product" else slot.topic
        _read_sentence(text, frame, row, memory)
        slots.extend(row)
    _by_criteria(text, slots)
    carried = kinds.carried_kinds(text, hits)
    return [_reading(text, slot, context, periods, areas, carried) for slot in sorted(slots, key=lambda s: s.q.number_start)]


def _without_neutral(hits: list[Hit]) -> list[Hit]:
    """Drop what only looks like a cue inside a fixed phrase: the "giảm" of "giảm nghèo", the "cho" of "cho biết"."""
    neutral, cues, fixed = cue_class("neutral") | cue_class("fixed"), all_cues(), cue_class("fixed")
    spans = [(h.start, h.end, h.term in fixed) for h in hits if h.term in neutral]
    if not spans:
        return hits
    kept: list[Hit] = []
    at = 0
    for hit in hits:
        while at < len(spans) and spans[at][1] <= hit.start:
            at += 1
        near = spans[at : at + 3]
        if any((whole or hit.term in cues) and s <= hit.start and hit.end <= e and hit.end - hit.start < e - s for s, e, whole in near):
            continue
        kept.append(hit)
    return kept


def _by_sentence(text: Text, quantities: Sequence[Quantity]) -> list[tuple[Sentence, list[Quantity]]]:
    grouped: dict[int, tuple[Sentence, list[Quantity]]] = {}
    for q in sorted(quantities, key=lambda q: q.number_start):
        if q.number_start >= text.body_end:
            continue
        sentence = text.sentence_at(q.number_start)
        grouped.setdefault(sentence.start, (sentence, []))[1].append(q)
    return [grouped[start] for start in sorted(grouped)]


def _sections(text: Text, hits: Sequence[Hit]) -> dict[int, Section]:
    """Paragraph number -> the head that governs it: a paragraph that ends in a colon, and the list paragraphs after it."""
    found: dict[int, Section] = {}
    head: Section | None = None
    for number, paragraph in enumerate(text.paragraphs):
        body = text.folded[paragraph.start : paragraph.end].rstrip()
        if head is not None and (_BULLET_RE.match(body) or (len(body) < _SHORT_LINE and any(ch.isdigit() for ch in body))):
            found[number] = head
        elif body.endswith(":"):
            last = text.sentence_at(paragraph.start + len(body) - 1)
            if last.end - last.start < 30 and last.start > paragraph.start:  # "Cụ thể:" says nothing, the sentence before it does
                last = text.sentence_at(last.start - 1)
            head = Section(last.start, paragraph.end, Zone.of(h for h in hits if last.start <= h.start < paragraph.end))
        else:
            head = None
    return found


def _topic(text: Text, sentence: Sentence, hits: Sequence[Hit], starts: Sequence[int]) -> Zone:
    """The words of the title and of the paragraph before a sentence: what "60 sản phẩm" are products of."""
    paragraph = text.paragraphs[sentence.paragraph].start
    title = hits[: bisect_left(starts, text.title_end)]
    return Zone.of((*title, *hits[bisect_left(starts, paragraph) : bisect_left(starts, sentence.end)]))


def _read_sentence(text: Text, frame: SentenceFrame, slots: list[Slot], memory: dict[str, Slot]) -> None:
    for slot in slots:
        if slot.qualifies is not None:
            continue
        slot.per_year = slot.unit_in not in ("vnd", "vnd_per_person_year") and (slot.q.per_year or _is_per_year(text, slot))
        if slot.unit_in == "None" and measures.starts_from(text, slot) and slot.next is not None:
            slot.unit_in = slot.next.unit_in
        _find_indicator(text, frame, slot, memory)
        if slot.indicator is not None:
            _find_measure(text, slot)
            memory[_family(slot)] = slot
    for slot in reversed(slots):
        if slot.indicator is None and slot.qualifies is None and slot.next is not None and measures.starts_from(text, slot):
            _from_the_right(text, slot, slot.next)


def _family(slot: Slot) -> str:
    return "percent" if slot.unit_in in ("percent", "percentage_point") else "count"


def _find_indicator(text: Text, frame: SentenceFrame, slot: Slot, memory: dict[str, Slot]) -> None:
    grade = enumerations.respectively(text, slot)
    if grade is not None:
        slot.indicator, slot.rule, slot.source, slot.unit = grade, "lần lượt", "explicit", "percent"
        return
    if _is_plan_share_of_left(text, slot) and enumerations.take_left(slot):
        return
    if _part_of_the_poor(text, slot):
        return
    if slot.link != "semicolon" and measures.against_last_year(text, slot) and enumerations.take_left(slot, of_plan=False):
        return
    found = _explicit(text, frame, slot)
    if found is not None and found.phrase.priority <= _BARE and _goes_on_counting(text, slot):
        return
    if found is not None and not _object_of_rejected(slot, found):
        _accept(slot, found)
        return
    if enumerations.is_share(text, slot) and enumerations.neighbour(slot) is not None and enumerations.take_share(slot):
        return
    if enumerations.inherit(text, slot):
        return
    for tier in ("far", "outer", "wide", "section", "topic"):
        if (tier == "outer" and slot.level < 0) or (tier == "section" and slot.section is None):
            continue
        if tier == "wide" and not enumerations.only_glue(text, slot.lead_start, slot.q.start):
            continue
        found = match(slot, tier)
        if found is not None and (
            slot.unit_in != "percent"
            or found.phrase.tail
            or found.phrase.head
            or enumerations.only_glue(text, slot.q.number_end, slot.tail_end)
        ):
            _accept(slot, found)
            return
    _refer_back(text, slot, memory)


def _refer_back(text: Text, slot: Slot, memory: dict[str, Slot]) -> None:
    """ "con số này", and the spending of one programme after that of all ("vốn sự nghiệp mới được 31,4%")."""
    left = memory.get(_family(slot))
    if left is None or left.unit_in != slot.unit_in or slot.sentence.paragraph - left.sentence.paragraph > 1:
        return
    if slot.unit_in in ("percent", "percentage_point"):
        theme = _same_theme(text, slot, left)
    else:
        theme = False
    same_paragraph = slot.sentence.paragraph == left.sentence.paragraph
    anaphor = same_paragraph and enumerations.anaphoric(slot) and enumerations.only_glue(text, slot.lead_start, slot.q.start)
    if (theme or anaphor) and enumerations.only_glue(text, slot.q.end, slot.tail_end):
        slot.indicator, slot.rule, slot.source, slot.inherited_from = left.indicator, f"nhắc lại: {left.rule}", "inherited", left
        slot.unit = slot.unit_in


def _same_theme(text: Text, slot: Slot, left: Slot) -> bool:
    """Does a sentence of names and direction words alone go on with the rate of the sentence before ("Xã A giảm nhanh nhất, từ 58% còn 43%")?"""
    if text.sentences.index(slot.sentence) - text.sentences.index(left.sentence) > 3 or left.indicator is None:
        return False
    if left.indicator == "budget.disbursement_rate":
        return enumerations.only_glue(text, slot.far_start, slot.q.start, money=True) and not has(slot.lead_near, "down")
    if left.indicator.startswith("poverty.rate."):
        return enumerations.only_glue(text, slot.far_start, slot.q.start) and (measures.turns(slot) or measures.starts_from(text, slot))
    communes = text.folded[slot.q.end : slot.q.end + 12].strip(" .,;").startswith(("số xã", "xã"))
    return left.indicator.startswith("ntm.commune.") and communes and enumerations.only_glue(text, slot.far_start, slot.q.start)


def _is_plan_share_of_left(text: Text, slot: Slot) -> bool:
    left = enumerations.neighbour(slot)
    if left is None or left.indicator is None or slot.link == "semicolon" or not plans.is_plan_share(text, slot):
        return False
    if slot.level >= 0 or slot.link == "text":
        return True
    return enumerations.only_glue(text, slot.lead_start, slot.q.start)


def _part_of_the_poor(text: Text, slot: Slot) -> bool:
    """ "giảm 620 hộ, bằng 15% tổng số hộ nghèo": the same fall, relative to all of them."""
    left = slot.prev
    if (
        left is None
        or slot.unit_in != "percent"
        or left.measure != "change"
        or left.indicator not in ("poverty.household.poor", "poverty.household.near_poor")
    ):
        return False
    if not re.match(r"\s*(?:tổng )?số hộ (?:cận )?nghèo", text.folded[slot.q.end : slot.q.end + 30]) or measures.turns(slot):
        return False
    enumerations.take(slot, left, left.indicator)
    slot.row_reads = "relative_down" if "down" in left.notes else "relative_up"
    return True


def _goes_on_counting(text: Text, slot: Slot) -> bool:
    """ "bình quân mỗi xã đạt 16 tiêu chí, 45 chỉ tiêu; tăng 2 tiêu chí": criteria of the same subject until another is named."""
    if (
        slot.unit_in not in ("criterion", "subcriterion")
        or slot.prev is None
        or not enumerations.only_glue(text, slot.lead_start, slot.q.start)
    ):
        return False
    left: Slot | None = slot.prev
    while left is not None and left.unit_in != slot.unit_in:
        left = left.prev
    if left is None or left.indicator is None or not left.indicator.endswith(".average"):
        return False
    if any(text.raw[m.start()].isupper() for m in re.finditer(r"[^\W\d_]+", text.raw[slot.lead_start : slot.q.start])):
        return False  # a name is a new subject
    enumerations.take(slot, left, left.indicator)
    return True


def _object_of_rejected(slot: Slot, found: Match) -> bool:
    """ "phân bổ cho 52.000 hộ nghèo và 49.000 hộ cận nghèo": the second is the object of the verb that ruled out the first."""
    left = slot.prev
    return (
        left is not None
        and slot.link in ("and", "comma")
        and left.indicator is None
        and left.unit_in == slot.unit_in
        and found.phrase.indicator.startswith("poverty.household.")
        and not slot.lead_near.hits
    )


def _refined(slot: Slot, found: Match) -> Match:
    """A rate or count of the poor said near, and whose it is said before the comma ("ở các huyện nghèo, tỷ lệ hộ nghèo còn 36%")."""
    finer = _REFINED_BY.get(found.phrase.indicator)
    if found.phrase.indicator.startswith("dtts.") and slot.link in ("first", "semicolon", "comma"):
        leaving = match(slot, "far")  # "50% xã khó khăn vùng bãi ngang, ven biển thoát khỏi tình trạng đó"
        return (
            leaving
            if leaving is not None and leaving.phrase.reads == "exit" and leaving.phrase.indicator == found.phrase.indicator
            else found
        )
    if finer is None or has(slot.lead_near, "whole_area"):
        return found
    if slot.q.form == "zero":
        return found
    far = match(slot, "far")
    return far if far is not None and far.phrase.indicator in finer and far.phrase.priority > found.phrase.priority else found


def _explicit(text: Text, frame: SentenceFrame, slot: Slot) -> Match | None:
    del text
    if slot.unit_in == "percent" and has(slot.lead_near, "share") and enumerations.neighbour(slot) is not None:
        found = match(slot, "near")
        if found is None or not (found.phrase.head or found.phrase.tail or slot.level < 0):
            return None
        return _refined(slot, found)
    found = match(slot, "near")
    shared = enumerations.shared_predicate(frame, slot) if found is None or found.phrase.priority <= 45 else None
    if shared is not None and (found is None or shared.phrase.priority > found.phrase.priority):
        return shared
    if found is None and slot.link in ("first", "semicolon") and slot.level < 0:
        found = match(slot, "far")
    return _refined(slot, found) if found is not None else None


def _accept(slot: Slot, found: Match) -> None:
    slot.indicator, slot.rule, slot.anchor = found.phrase.indicator, f"{found.phrase.rule}@{found.tier}", found.anchor
    slot.source = "explicit" if found.tier in ("near", "far", "outer") else "inherited"
    slot.unit = found.phrase.unit_out or slot.unit_in
    slot.row_reads = found.phrase.reads


def _find_measure(text: Text, slot: Slot) -> None:
    if slot.inherited_from is not None and has(slot.lead_near, "target_near") and not measures.turns(slot):
        _as_reference(slot)
        return
    if plans.is_plan_share(text, slot) and not plans.is_budget(slot.indicator):
        slot.measure, slot.measure_rule, slot.unit = "plan_share", "P% kế hoạch", "percent"
        if plans.exceeds(text, slot):
            slot.notes.append("over")
        return
    measures.decide(text, slot)


def _as_reference(slot: Slot) -> None:
    """ "(kế hoạch giao 4%)": the plan value of the number that the parentheses follow has that number's measure."""
    left = slot.inherited_from
    while left is not None and left.measure == "plan_share":
        left = enumerations.neighbour(left)
    if left is None:
        return
    slot.measure, slot.measure_rule, slot.unit = left.measure, f"như số được so: {left.measure_rule}", left.unit
    slot.notes = [n for n in left.notes if n in ("down", "up")]


def _from_the_right(text: Text, slot: Slot, right: Slot) -> None:
    if right.indicator is None or slot.unit_in not in (right.unit_in, "None"):
        return
    slot.indicator, slot.source, slot.inherited_from = right.indicator, "inherited", right
    slot.rule, slot.unit, slot.unit_in = f"như số sau: {right.rule}", right.unit, right.unit_in
    measures.decide(text, slot)


def _is_per_year(text: Text, slot: Slot) -> bool:
    del text
    if slot.link in ("comma", "and") and slot.prev is not None and slot.prev.per_year and has(slot.lead_far, "of_which"):
        return True
    return (
        has(slot.lead_near, "per_year")
        or has(slot.tail_near, "per_year")
        or (slot.link in ("first", "semicolon") and has(slot.lead_far, "per_year"))
    )


def all_criteria(band: str) -> bool:
    """Does a band of criteria mean all of them ("19/19 tiêu chí", "đủ 19 tiêu chí")?"""
    numbers = re.findall(r"\d+", band)
    return numbers in (["19"], ["19", "19"], ["20", "20"], ["10", "10"]) and not re.search(r"dưới|trên|trở|gần", band)


def _by_criteria(text: Text, slots: list[Slot]) -> None:
    """ "98 xã đạt 19/19 tiêu chí" is the number certified, unless the article gives another one (GUIDE)."""
    banded = [
        s
        for s in slots
        if s.qualifier is not None
        and "tiêu chí" in text.folded[s.qualifier.start : s.qualifier.end + 12]
        and s.unit_in in ("commune", "percent")
        and s.indicator in _COMMUNES_MEETING
    ]
    whole = [
        s
        for s in banded
        if s.unit_in == "commune" and all_criteria(text.folded[s.qualifier.start : s.qualifier.end] if s.qualifier else "")
    ]
    others = {
        s.q.value
        for s in slots
        if s.indicator == "ntm.commune.certified" and s.unit_in == "commune" and s not in banded and s.measure == "level"
    }
    for slot in banded:
        certified = slot in whole and (not others or slot.q.value in others)
        slot.indicator = "ntm.commune.certified" if certified else "ntm.commune.by_criteria"
        slot.unit = slot.unit or slot.unit_in
        slot.rule = slot.rule or "số xã theo số tiêu chí"


def _reading(text: Text, slot: Slot, context: ArticleContext, periods: Periods, areas: Areas, carried: dict[int, Field[Any]]) -> Reading:
    q = slot.q
    reason = _rejected(text, slot)
    kind: Field[Any] = Field("achievement", "default", "không phải chỉ tiêu")
    if reason is None:
        day = _day_ahead(text, periods, slot, context)
        kind = kinds.decide(text, slot, day, context.published, carried.get(slot.sentence.start))
    value, high = measures.signed(slot)
    span = enumerations.evidence(text, slot)
    source: Source = slot.source if slot.source in ("explicit", "inherited", "default", "derived") else "derived"  # type: ignore[assignment]
    where = (slot.anchor.start, slot.anchor.end) if slot.anchor else (None, None)
    qualifier = text.raw[slot.qualifier.start : slot.qualifier.end] if slot.qualifier else None
    return Reading(
        quantity=q,
        start=span.start,
        end=span.end,
        indicator=Field(None if reason else slot.indicator, source, slot.rule or reason or "", *where),
        kind=kind,
        measure=Field(slot.measure, "explicit" if slot.measure_rule else "default", slot.measure_rule or "mức"),  # type: ignore[arg-type]
        op=_op(text, slot),
        value=Field(value, "explicit", q.rule, q.number_start, q.number_end),
        value_high=Field(high, "explicit", q.rule),
        unit=Field(slot.unit or slot.unit_in, source, q.rule),
        denominator=Field(q.denominator, "explicit", q.rule),
        plan_by=_plan_by(text, slot, areas),
        per_year=Field(slot.per_year and slot.measure in ("change", "relative_change", "level"), "explicit", "mỗi năm"),
        qualifier=Field(qualifier, "explicit", "theo số tiêu chí"),
        reason=reason,
        notes=tuple(slot.notes),
    )


def _day_ahead(text: Text, periods: Periods, slot: Slot, context: ArticleContext) -> date | None:
    """The day that the sentence names for the number, unless read as an achievement it names one that has come."""
    position = slot.q.number_start
    done = periods.as_of(position, "achievement", measure=slot.measure)
    if done.source == "explicit" and done.value is not None and context.published is not None and done.value <= context.published:
        return None
    ahead = periods.as_of(position, "target", measure=slot.measure)
    named = ahead.start is not None and re.search(r"\d|tới|sau", text.folded[ahead.start : ahead.end])  # "trong năm" names no plan
    return ahead.value if ahead.source == "explicit" and named else None


def _op(text: Text, slot: Slot) -> Field[Op]:
    q = slot.q
    if "over" in slot.notes:
        return Field("eq", "explicit", "vượt P%: 100 + P")
    if q.op in ("gt", "lt") and _COMPARED_RE.search(text.folded[max(0, q.number_start - 16) : q.number_start]):
        return Field("eq", "explicit", "cao hơn, thấp hơn N: mức chênh")
    if q.op != "eq":
        return Field(q.op, "explicit", q.rule, q.start, q.number_start)
    hit = slot.lead_near.last(cue_class("estimate"))
    if hit is not None:
        return Field("approx", "explicit", "ước", hit.start, hit.end)
    spread = _estimated_list(text, slot)
    if spread is not None:
        return spread
    left = slot.prev
    if left is not None and slot.link == "and" and left.q.op in ("gt", "lt", "approx") and left.q.start < left.q.number_start:
        if left.measure == slot.measure == "change" and not slot.lead_near.hits and not text.folded[slot.lead_start : slot.q.start].strip():
            return Field(left.q.op, "inherited", f"như số trước: {left.q.rule}")
    return Field("eq", "default", "không có từ so sánh")


_COMPARED_RE = re.compile(r"\b(?:cao|thấp|nhiều|ít|lớn|nhỏ) hơn\s*$")
_ESTIMATE_OF_LIST_RE = re.compile(r"\bước(?: tính)?(?: thực hiện)? (?:đến|cả|hết|năm|trong|tháng|quý|\d+ tháng)\b")


def _estimated_list(text: Text, slot: Slot) -> Field[Op] | None:
    """ "Ước đến hết năm 2023, cả nước có A, B và C": the word before the whole list estimates each of it."""
    left: Slot | None = slot
    while left is not None and left.prev is not None and left.link in ("comma", "and"):
        left = left.prev
    if left is None or left is slot or left.link not in ("first", "semicolon"):
        return None
    m = _ESTIMATE_OF_LIST_RE.search(text.folded, left.far_start, left.q.start)
    return Field("approx", "inherited", "ước cả danh sách", m.start(), m.end()) if m else None


def _plan_by(text: Text, slot: Slot, areas: Areas) -> Field[str | None]:
    if slot.measure != "plan_share":
        return Field(None, "default", "")
    area = areas.area(slot.q.number_start).value
    owner = plans.plan_by(text, slot, getattr(area, "name", str(area)))
    return Field(owner, "explicit" if owner else "default", "chủ kế hoạch")


def _rejected(text: Text, slot: Slot) -> str | None:
    """Why a quantity is no claim, or None."""
    if slot.qualifies is not None:
        return "nói rõ số khác"
    if slot.indicator is None:
        return "không rõ chỉ tiêu"
    if re.match(r"\s*(?:này|đó|nói trên|kể trên|trên đây|vừa nêu)\b", text.folded[slot.q.end : slot.q.end + 12]) and slot.unit_in not in (
        "percent",
        "vnd",
    ):
        return "nhắc lại số đã nêu"
    if slot.unit_in == "criterion" and re.search(
        r"bộ tiêu chí[^,;]{0,30}\b(?:có|gồm|là)\b[^,;]*$", text.folded[slot.far_start : slot.q.start]
    ):
        return "số tiêu chí của bộ tiêu chí"
    if slot.indicator.startswith("budget.") and not _of_programme(text, slot):
        return "vốn không thuộc chương trình"
    for negative in negatives():
        if slot.indicator in _ANYWHERE_OK or (negative.reason == "mới đăng ký" and slot.indicator in _REGISTERED_OK):
            continue
        zones = _negative_zones(slot, negative.scope)
        if any(not negative.terms.isdisjoint(zone.terms) for zone in zones):
            return negative.reason
    return _implausible(slot)


_PROGRAMME_RE = re.compile(
    r"chương trình (?:mục tiêu|mtqg|135|30a|1719|xây dựng|giảm nghèo|phát triển|nông thôn|ocop|này|quốc gia)|các chương trình|mtqg|ctmtqg|mục tiêu quốc gia|nông thôn mới|\bntm\b|"
    r"giảm nghèo|dân tộc thiểu số|\bdtts\b|mỗi xã một sản phẩm|ocop|nhà tạm|dột nát|nghị quyết (?:số )?30a|3 chương trình"
)
_MONEY_CONTEXT = 2000  # characters
_OTHER_MONEY_RE = re.compile(r"đầu tư công|vốn đầu tư nước ngoài|thu ngân sách|chi ngân sách|vốn fdi|vốn oda")


def _of_programme(text: Text, slot: Slot) -> bool:
    """Is money that of the programmes: named in its sentence, or before it without other money between?"""
    sentence = text.folded[slot.sentence.start : slot.sentence.end]
    if _PROGRAMME_RE.search(sentence):
        return True
    if _OTHER_MONEY_RE.search(sentence):
        return False
    near = text.folded[max(0, slot.sentence.start - _MONEY_CONTEXT) : slot.sentence.start]
    programme = [m.end() for m in _PROGRAMME_RE.finditer(near)]
    other = [m.end() for m in _OTHER_MONEY_RE.finditer(near)]
    if programme or other:
        return bool(programme) and max(programme) > max(other, default=-1)
    return bool(_PROGRAMME_RE.search(text.folded[: text.title_end]))


def _negative_zones(slot: Slot, scope: str) -> tuple[Zone, ...]:
    if scope == "sentence":
        return slot.lead_wide, slot.tail_far
    if scope == "lead":
        return (slot.lead_wide,)
    if scope == "tail":
        return (slot.tail_near,)
    return slot.lead_near, slot.tail_near


def _implausible(slot: Slot) -> str | None:
    entry = codebook()[slot.indicator or ""]
    if slot.measure == "level" and slot.unit == "percent" and slot.q.value > 100:
        return "phần trăm vượt 100"
    if slot.measure == "level" and slot.unit == entry.unit and not entry.plausible_min <= slot.q.value <= entry.plausible_max:
        return "ngoài khoảng hợp lý"
    if "foreign_money" not in slot.q.flags and slot.q.unit in (None, "other") and slot.unit in (None, "None", "other"):
        return "không rõ đơn vị"
    return None

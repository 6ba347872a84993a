"""The reading of one quantity: its slot turned into fields, each with where it came from."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Protocol

from extraction import enumerations, kinds, measures, plans
from extraction.clauses import Slot
from extraction.cues import cue_class
from extraction.model import ArticleContext, Field, Kind, Measure, Op, Reading, Source, Text
from extraction.rejections import rejection

_COMPARED_RE = re.compile(r"\b(?:cao|thấp|nhiều|ít|lớn|nhỏ) hơn\s*$")
_ESTIMATE_OF_LIST_RE = re.compile(r"\bước(?: tính)?(?: thực hiện)? (?:đến|cả|hết|năm|trong|tháng|quý|\d+ tháng)\b")


class Periods(Protocol):
    """The part of PeriodReader that kinds need."""

    def as_of(self, position: int, kind: Kind, *, measure: Measure | None = None) -> Field[date | None]: ...


class DaysOnce:
    """The days of a `Periods`, each looked up once: deciding on a kind asks for the same day up to three times, the claim once more.

    The measure is left out, as it changes no day.
    """

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self._known: dict[tuple[int, Kind], Field[date | None]] = {}

    def as_of(self, position: int, kind: Kind, *, measure: Measure | None = None) -> Field[date | None]:
        """As `Periods.as_of`."""
        day = self._known.get((position, kind))
        if day is None:
            day = self._known[position, kind] = self._periods.as_of(position, kind, measure=measure)
        return day


class Areas(Protocol):
    """The part of AreaReader that plan owners need."""

    def area(self, position: int) -> Field[Any]: ...


def reading_of(text: Text, slot: Slot, context: ArticleContext, periods: Periods, areas: Areas, carried: kinds.Carried) -> Reading:
    """Everything that is known of one quantity, claim or not."""
    q = slot.q
    reason = rejection(text, slot)
    if reason is not None:
        return _dismissed(slot, reason)
    day = _day_ahead(text, periods, slot, context)
    planning = None if _past(text, periods, slot, context) else carried.planning
    kind = kinds.decide(text, slot, day, context.published, carried.kind(slot.sentence), planning)
    value, high = measures.signed(slot)
    span = enumerations.evidence(text, slot)
    source: Source = slot.source if slot.source in ("explicit", "inherited", "default", "derived") else "derived"  # type: ignore[assignment]
    where = (slot.anchor.start, slot.anchor.end) if slot.anchor else (None, None)
    qualifier = text.raw[slot.qualifier.start : slot.qualifier.end] if slot.qualifier else None
    return Reading(
        quantity=q,
        start=span.start,
        end=span.end,
        indicator=Field(slot.indicator, source, slot.rule, *where),
        kind=kind,
        measure=Field(slot.measure, "explicit" if slot.measure_rule else "default", slot.measure_rule or "mức"),
        op=_op(text, slot),
        value=Field(value, "explicit", q.rule, q.number_start, q.number_end),
        value_high=Field(high, "explicit", q.rule),
        unit=Field(slot.unit or slot.unit_in, source, q.rule),
        denominator=Field(q.denominator, "explicit", q.rule),
        plan_by=_plan_by(text, slot, areas),
        per_year=Field(slot.per_year and slot.measure in ("change", "relative_change", "level"), "explicit", "mỗi năm"),
        qualifier=Field(qualifier, "explicit", "theo số tiêu chí"),
        notes=tuple(slot.notes),
    )


_NO_KIND: Field[Kind] = Field("achievement", "default", "không phải chỉ tiêu")
_NO_MEASURE: Field[Measure] = Field("level", "default", "không phải chỉ tiêu")
_NOTHING: Field[Any] = Field(None, "default", "không phải chỉ tiêu")
_NOT_YEARLY: Field[bool] = Field(False, "default", "không phải chỉ tiêu")


def _dismissed(slot: Slot, reason: str) -> Reading:
    """The reading of a quantity that is no claim: its number and why."""
    q = slot.q
    return Reading(
        quantity=q,
        start=q.start,
        end=q.end,
        indicator=Field(None, "derived", reason),
        kind=_NO_KIND,
        measure=_NO_MEASURE,
        op=Field(q.op, "explicit", q.rule),
        value=Field(q.value, "explicit", q.rule, q.number_start, q.number_end),
        value_high=_NOTHING if q.value_high is None else Field(q.value_high, "explicit", q.rule),
        unit=Field(q.unit or "other", "explicit", q.rule),
        denominator=_NOTHING if q.denominator is None else Field(q.denominator, "explicit", q.rule),
        plan_by=_NOTHING,
        per_year=_NOT_YEARLY,
        qualifier=_NOTHING,
        reason=reason,
    )


def _past(text: Text, periods: Periods, slot: Slot, context: ArticleContext) -> bool:
    """Does the sentence, or one before it in the paragraph, date the number before the article?"""
    done = periods.as_of(slot.q.number_start, "achievement", measure=slot.measure)
    if done.value is None or context.published is None or done.value >= context.published:
        return False
    paragraph = text.paragraphs[slot.sentence.paragraph].start
    told = done.rule == "as_of.sentence_before" and str(done.value.year) in text.folded[paragraph : slot.q.start]
    return done.source == "explicit" or told


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
    if q.op in ("ge", "le") and _is_superlative(text, q.start, q.number_start, slot.sentence.start):
        return Field("eq", "explicit", "ít nhất, thấp nhất: so với nơi khác", q.start, q.number_start)
    if q.op != "eq":
        return Field(q.op, "explicit", q.rule, q.start, q.number_start)
    hit = slot.lead_near.last(cue_class("estimate"))
    if hit is not None:
        return Field("approx", "explicit", "ước", hit.start, hit.end)
    spread = _estimated_list(text, slot)
    if spread is not None:
        return spread
    left = slot.prev
    spreading = ("gt", "lt", "approx", "ge") if left is not None and "down" in left.notes else ("gt", "lt", "approx")
    leads = left is not None and left.q.op in spreading and left.q.start < left.q.number_start
    alone = not text.folded[slot.lead_start : slot.q.start].strip()
    if left is not None and leads and alone and slot.link == "and" and left.measure == slot.measure == "change":
        return Field(left.q.op, "inherited", f"như số trước: {left.q.rule}")
    return Field("eq", "default", "không có từ so sánh")


_AT_LEAST_RE = re.compile(r"\b(?:ít|thấp) nhất\b")
_MOVES_MOST_RE = re.compile(r"\b(?:giảm|tăng) nhiều nhất\b")
_MOST_RE = re.compile(r"\b(?:nhiều|cao|mạnh|nhanh|sâu) nhất\b|\b(?:có|với) (?:tỷ|tỉ) lệ [^,;.\d]{0,30}$")


def _is_superlative(text: Text, start: int, number: int, sentence: int) -> bool:
    """ "xã A giảm nhiều nhất 5,2%, xã B giảm ít nhất 0,5%", "xã C có tỷ lệ thấp nhất 2,5%": compared with the others, no bound."""
    if _MOVES_MOST_RE.search(text.folded, max(sentence, start - 6), number) is not None:
        return True
    return _AT_LEAST_RE.search(text.folded, start, number) is not None and _MOST_RE.search(text.folded[sentence:start]) is not None


def _estimated_list(text: Text, slot: Slot) -> Field[Op] | None:
    """ "Ước đến hết năm 2023, cả nước có A, B và C": the word before the whole list estimates each of it."""
    left: Slot | None = slot
    while left is not None and left.prev is not None and left.link in ("comma", "and"):
        left = left.prev
    if left is None or left.link not in ("first", "semicolon"):
        return None
    m = _ESTIMATE_OF_LIST_RE.search(text.folded, left.far_start, left.q.number_start)
    return Field("approx", "inherited", "ước cả danh sách", m.start(), m.end()) if m else None


def _plan_by(text: Text, slot: Slot, areas: Areas) -> Field[str | None]:
    if slot.measure != "plan_share":
        return Field(None, "default", "")
    area = areas.area(slot.q.number_start).value
    owner = plans.plan_by(text, slot, getattr(area, "name", str(area)))
    return Field(owner, "explicit" if owner else "default", "chủ kế hoạch")

"""Target or achievement.

In order: a plan word right before the number ("kế hoạch giao 4%", "(chỉ tiêu là 50 người)"); the last cue of the sentence
before the number ("đến nay đã …", "phấn đấu …"); a date after the article's day; the head of the list; else achievement.
"""

from __future__ import annotations

import re
from datetime import date

from extraction.clauses import Slot
from extraction.cues import cue_class, has
from extraction.measures import events
from extraction.model import Field, Kind, Text
from extraction.terms import Zone

_KINDS = ("target", "achieved", "neutral")
# "vượt mục tiêu 70%", "kế hoạch giao 8 xã": the plan word governs the number itself
_PLAN_VALUE_RE = re.compile(
    r"(?:kế hoạch|chỉ tiêu|mục tiêu|nghị quyết|dự toán|\bkh|yêu cầu)(?: (?!đã|đạt|còn)[^\s,;.()]+){0,9}?\s*(?:là|:|chỉ|giao|đề ra|giảm|tăng|từ|trên|ít nhất|tối thiểu|)?\s*[^\s,;.()]*\s*$"
)


def decide(text: Text, slot: Slot, as_of: date | None, published: date | None) -> Field[Kind]:
    """The kind of a claim. `as_of` is the period read for an achievement: one in the future makes a target."""
    near = _plan_value(text, slot)
    if near is not None:
        return near
    cue = _last_cue(slot)
    if cue is not None:
        return cue
    if as_of is not None and published is not None and as_of > published and not has(slot.lead_wide, "estimate"):
        return Field("target", "derived", "ngày sau ngày đăng bài")
    if slot.section is not None:
        head = events(slot.section.zone, _KINDS)
        if head:
            last = head[-1]
            return Field(
                "target" if last.cue == "target" else "achievement",
                "inherited",
                f"đầu mục: {text.folded[last.start : last.end]}",
                last.start,
                last.end,
            )
    return Field("achievement", "default", "không có dấu hiệu kế hoạch")


def _plan_value(text: Text, slot: Slot) -> Field[Kind] | None:
    if slot.measure == "plan_share" or slot.indicator is None:
        return None
    hit = slot.lead_near.last(cue_class("target_near"))
    if hit is None or slot.indicator.startswith("budget."):
        return None
    if any(e.start <= hit.start < e.end for e in events(slot.lead_near, ("neutral",))):
        return None
    before = text.folded[hit.start : slot.q.number_start]
    if len(before) > 80 or re.search(r"\b(?:đã|đạt|vượt|hoàn thành|thực hiện)\b", before):
        return None
    return Field("target", "explicit", f"giá trị kế hoạch: {text.folded[hit.start : hit.end]}", hit.start, hit.end)


def _last_cue(slot: Slot) -> Field[Kind] | None:
    zones: list[Zone] = [slot.lead_wide]
    outer = slot.parent
    while outer is not None:
        zones.append(outer.lead_wide)
        outer = outer.parent
    if slot.level >= 0 and slot.parent is None:
        zones.append(slot.outer)
    for zone in zones:
        found = events(zone, _KINDS)
        if found:
            last = found[-1]
            return Field("target" if last.cue == "target" else "achievement", "explicit", f"từ chỉ {last.cue}", last.start, last.end)
    return None

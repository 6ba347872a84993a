"""Shares of a plan ("bằng 85% kế hoạch tỉnh giao", "vượt 21% so với mục tiêu") and whose plan it is."""

from __future__ import annotations

import re

from extraction.clauses import Slot
from extraction.cues import cue_class, has
from extraction.model import Text

# between the per cent and the plan stand at most words of comparison: "% so với kế hoạch", "% tổng kế hoạch vốn"
_TO_PLAN_RE = re.compile(
    r"\s*%?\s*(?:so với |so |của |trên |tổng |các |với |)*(?:kế hoạch|chỉ tiêu|dự toán|mục tiêu|nghị quyết|kh\b|số giao)"
)
_NOT_A_PLAN_RE = re.compile(r"mục tiêu quốc gia|kế hoạch (?:số|và đầu tư)")
_AGAINST_RE = re.compile(r"\bso(?: với)?(?: mức)?\s*$")
_EXCEEDS_RE = re.compile(r"\bvượt(?: mức)?(?: trên| hơn| gần)?\s*$")
_BUDGETS = ("budget.disbursed", "budget.disbursement_rate", "budget.planned")
_CENTRAL_CITIES = ("hà nội", "hồ chí minh", "đà nẵng", "hải phòng", "cần thơ", "huế")


def is_plan_share(text: Text, slot: Slot) -> bool:
    """Is a per cent measured against a plan? Money that was spent against its plan is the disbursement rate, a level."""
    if slot.unit_in != "percent" or is_plan_value(text, slot):
        return False
    tail = text.folded[slot.q.number_end : slot.tail_end]
    found = _TO_PLAN_RE.match(tail)
    return bool(found) and not _NOT_A_PLAN_RE.match(tail[found.end() - 8 :] if found else "") and not _plan_capital(tail)


def is_plan_value(text: Text, slot: Slot) -> bool:
    """ "giảm 3% so với 1,8% kế hoạch giao": what was planned, not a share of it."""
    before = text.folded[max(slot.lead_start, slot.q.start - 16) : slot.q.start]
    return bool(_AGAINST_RE.search(before)) and bool(_TO_PLAN_RE.match(text.folded, slot.q.number_end, slot.tail_end))


def exceeds(text: Text, slot: Slot) -> bool:
    return "exceeds" in slot.q.flags or bool(_EXCEEDS_RE.search(text.folded[max(0, slot.q.number_start - 24) : slot.q.number_start]))


def _plan_capital(tail: str) -> bool:
    return bool(re.match(r"\s*%?\s*(?:so với |của |trên )?(?:tổng )?(?:kế hoạch|dự toán) (?:vốn|chi|thu)", tail))


def is_budget(indicator: str | None) -> bool:
    return indicator in _BUDGETS


def plan_by(text: Text, slot: Slot, area: str) -> str | None:
    """Whose plan a share is of: the giver named nearest after it."""
    firsts = {}
    for owner in ("province", "district", "central"):
        hit = slot.tail_near.first(cue_class(f"owner_{owner}")) or slot.tail_far.first(cue_class(f"owner_{owner}"))
        if hit is not None and hit.start < slot.tail_end + 24:
            firsts[owner] = hit.start
    if not firsts:
        if has(slot.tail_near, "plan_object") and "thành phố giao" in text.folded[slot.q.end : slot.far_end]:
            return "province" if any(city in area.lower() for city in _CENTRAL_CITIES) else "district"
        return None
    return min(firsts, key=lambda owner: firsts[owner])

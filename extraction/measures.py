"""Level, change, relative change or share of a plan: what the words around a number make of it, its sign and its unit.

Rules of the language that decide:
- the last word of direction before the number wins: "giảm mạnh, còn 5%" is a level, "còn 5%, giảm 2%" a change;
- per cent of a rate falls in percentage points, per cent of a count falls relative to it;
- "từ X xuống còn Y" are two levels; "từ 3 - 4%", "từ 5% trở lên" are changes, because nothing arrives anywhere;
- an increment ("thêm", "công nhận mới") makes a count a change, and holds for the list that follows it.
"""

from __future__ import annotations

import re
from functools import cache

from extraction.clauses import Slot
from extraction.cues import cue_class, has
from extraction.indicators import codebook
from extraction.model import Measure, Text, value_class
from extraction.terms import Hit, Zone

TURNS = ("down", "up", "increment")
_DIRECTIONS = ("down", "up", "increment", "level", "less_than", "neutral")
_FROM_RE = re.compile(r"\btừ(?: mức| chỗ| con số)?(?: (?:trên|dưới|gần|hơn|khoảng|chỉ))?\s*$")
_ARRIVES_RE = re.compile(r"(?<!trở )\b(?:xuống|còn|lên|sang|tới|đến)\b(?! (?:năm|cuối|nay|hết|tháng))(?!.*\b(?:giảm|tăng)\b)")
_SO_WITH_RE = re.compile(r"\s*(?:%|lần)?[^,;.()]{0,30}?\b(?:so với|so|của|cùng kỳ|năm trước|năm ngoái)\b")


_OF_A_YEAR_RE = re.compile(r"\s*%?\s*(?:so với |so |của |mức (?:của )?|thực hiện )*(?:cuối |đầu )?năm (?:19|20)\d\d\b")


@value_class
class Event:
    """A cue that governs what follows it."""

    start: int
    end: int
    cue: str


@cache
def _by_term(classes: tuple[str, ...]) -> dict[int, str]:
    return {term: name for name in classes for term in cue_class(name)}


def events(zone: Zone, classes: tuple[str, ...]) -> list[Event]:
    """Cues of some classes in reading order; a cue inside a longer one ("giảm" in "giảm nghèo") is none, nor is a neutral one."""
    known = _by_term(classes)
    if known.keys().isdisjoint(zone.terms):
        return []
    found: list[Hit] = []
    for hit in zone.hits:
        if hit.term not in known:
            continue
        while found and found[-1].start >= hit.start and found[-1].end <= hit.end:
            found.pop()
        if not (found and found[-1].start <= hit.start and hit.end <= found[-1].end):
            found.append(hit)
    return [Event(h.start, h.end, known[h.term]) for h in found if known[h.term] != "neutral"]


def last_direction(slot: Slot) -> Event | None:
    """The cue of direction that governs a number: the last one before it within its commas, else within its clause."""
    near = _directions(slot, slot.lead_near)
    if near:
        return near[-1]
    if slot.link in ("first", "semicolon", "text"):
        far = _directions(slot, slot.lead_far)
        return far[-1] if far else None
    return None


def _directions(slot: Slot, zone: Zone) -> list[Event]:
    found = events(zone, _DIRECTIONS)
    if slot.unit_in in ("percent", "percentage_point"):  # "kéo giảm tỷ lệ hộ nghèo thêm 3%" is a fall
        return [e for e in found if e.cue != "increment"]
    return found


def turns(slot: Slot) -> bool:
    """Do the words before a number say a rise or fall of their own?"""
    event = last_direction(slot)
    return event is not None and event.cue in TURNS


def starts_from(text: Text, slot: Slot) -> bool:
    """Does "từ" stand right before the number, and does a next number in the sentence arrive somewhere ("xuống còn")?"""
    before = text.folded[max(slot.far_start, slot.q.start - 24) : slot.q.number_start]
    if not _FROM_RE.search(before) or slot.q.value_high is not None or slot.next is None:
        return False
    between = text.folded[slot.q.end : slot.next.q.number_start]
    return bool(_ARRIVES_RE.search(between)) and ";" not in between


def is_times(slot: Slot) -> bool:
    return "times" in slot.q.flags


def decide(text: Text, slot: Slot) -> None:
    """Set measure, unit and the rule on a slot whose indicator is known. The sign is read off the measure by `sign`."""
    book_unit = codebook()[slot.indicator].unit if slot.indicator else ""
    percent = slot.unit_in in ("percent", "percentage_point")
    if is_times(slot):
        _set(slot, "relative_change", "gấp N lần", "percent", direction="times")
    elif slot.row_reads.startswith("relative_"):
        _set(slot, "relative_change", "phần của tổng số", "percent", slot.row_reads.removeprefix("relative_"))
    elif slot.row_reads == "exit":
        _set(slot, "relative_change" if percent else "change", "ra khỏi diện", "percent" if percent else slot.unit, "down")
    elif percent and against_last_year(text, slot):
        _set(slot, "relative_change", "bằng P% so với cùng kỳ", "percent", "ratio")
    else:
        _by_direction(text, slot, percent, book_unit)


def _by_direction(text: Text, slot: Slot, percent: bool, book_unit: str) -> None:
    direction = _direction(text, slot)
    if direction == "increment" and slot.indicator is not None and slot.indicator.startswith(_FLOWS):
        direction = "level"  # "tạo thêm 300 việc làm" counts the flow itself
    if direction in ("down", "up") or (direction == "increment" and not percent):
        sign = "down" if direction == "down" else "up"
        if percent and book_unit == "percent" and not _of_a_count(slot):
            _set(slot, "change", f"{direction}: điểm phần trăm", "percentage_point", sign)
        elif percent:
            _set(slot, "relative_change", f"{direction}: phần trăm của số lượng", "percent", sign)
        else:
            _set(slot, "change", f"{direction}: số lượng", slot.unit, sign)
    else:
        _set(slot, "level", direction or "không có từ chỉ hướng", "percent" if percent else slot.unit, "")


def _direction(text: Text, slot: Slot) -> str:
    if starts_from(text, slot):
        return "từ … đến …: mức đầu"
    if slot.q.form == "zero" and slot.row_reads != "exit":
        return "level"
    if slot.q.unit == "percentage_point" and not events(slot.lead_near, ("up", "down")):
        return "down" if slot.indicator and codebook()[slot.indicator].better == "down" else "up"
    if _SUPERLATIVE_RE.search(text.folded[slot.far_start : slot.q.number_start]):
        return "down"
    if _beside_fall(slot):
        return "down" if "down" in (slot.parent.notes if slot.parent else ()) else "up"
    event = last_direction(slot)
    if slot.q.unit == "percentage_point" and event is not None and event.cue == "level":
        turned = events(slot.lead_near, ("up", "down", "less_than"))  # "cao hơn cùng kỳ là 9,2 điểm phần trăm"
        event = turned[-1] if turned else event
    if _yearly_fall(text, slot, event):
        return "down"
    if slot.row_reads == "down" and (event is None or event.cue == "level"):
        arrives = event is not None and text.folded[event.start : event.end] in ("còn", "xuống còn", "xuống", "chỉ còn", "giảm còn")
        return "level" if arrives else "down"
    told = slot.prev or slot.parent
    if (
        told is not None
        and event is not None
        and text.folded[event.start : event.end] in _LIKEWISE
        and told.measure in ("change", "relative_change")
        and not told.measure_rule.startswith(("gấp", "bằng"))
    ):
        return "down" if "down" in told.notes else "up"
    if event is not None and _newly_recognised(text, slot):
        return "increment"
    if event is not None:
        return "down" if event.cue == "less_than" else event.cue
    if _newly_recognised(text, slot):
        return "increment"
    return _inherited_direction(slot)


# "có tỷ lệ hộ nghèo giảm nhiều nhất toàn huyện là 5,2%", "giảm ít nhất 0,5%"
_SUPERLATIVE_RE = re.compile(r"\bgiảm (?:ít|nhiều|mạnh|nhanh|cao|sâu) nhất(?![^,;.]*\b(?:còn|xuống)\b)[^,;.\d]{0,40}$")


def _beside_fall(slot: Slot) -> bool:
    """ "giảm 1.432 hộ nghèo (1,95%)": the same fall of the rate, when nothing else is said in the parentheses."""
    left = slot.parent
    if left is None or slot.prev is not None or slot.unit_in != "percent" or slot.level < 0 or slot.lead_near.hits:
        return False
    rate = slot.indicator is not None and slot.indicator.startswith("poverty.rate.")
    return rate and left.measure == "change" and left.unit_in == "household"


_FLOWS = ("poverty.exit.", "poverty.new", "poverty.relapse", "labour.job_created", "labour.overseas", "support.")


def _of_a_count(slot: Slot) -> bool:
    """Is the rise in per cent that of a counted number ("7.260 hộ vay vốn, tăng 12%")?"""
    left = slot.inherited_from
    return left is not None and left.unit_in not in ("percent", "percentage_point") and left.indicator == slot.indicator


def _yearly_fall(text: Text, slot: Slot, event: Event | None) -> bool:
    """ "đạt bình quân 2%/năm" of the poverty rate can only be its fall; what it stands at is no yearly figure."""
    if not slot.per_year or slot.indicator is None or slot.unit_in not in ("percent", "percentage_point"):
        return False
    entry = codebook()[slot.indicator]
    standing = event is not None and (
        event.cue != "level" or text.folded[event.start : event.end] in ("còn", "chỉ còn", "xuống còn", "xuống", "vẫn còn", "lên")
    )
    return entry.unit == "percent" and entry.better == "down" and not standing


_LIKEWISE = ("tương ứng", "tương đương", "tương ứng với", "tương đương với")
_RECOGNISES_RE = re.compile(r"\b(?:công nhận|có)\s*$")
_RAISES_RE = re.compile(r"\b(?:nâng|đưa)(?: tổng)? số [^;.]{0,60}\blên\b")


def _newly_recognised(text: Text, slot: Slot) -> bool:
    """ "công nhận 23 xã đạt chuẩn, đưa tổng số xã lên 114": what follows marks the count as an increment."""
    if slot.unit_in in ("percent", "percentage_point", "vnd") or slot.next is None or slot.next.unit_in != slot.unit_in:
        return False
    before = text.folded[max(slot.lead_start, slot.q.start - 14) : slot.q.start]
    return bool(_RECOGNISES_RE.search(before)) and bool(_RAISES_RE.search(text.folded, slot.q.end, slot.next.q.start))


def _counts_alike(slot: Slot, left: Slot) -> bool:
    """A fall goes on over things of one kind, an increment over anything counted; money follows money alone."""
    units = {slot.unit_in, left.unit_in}
    if len(units) == 1 or units == {"criterion", "subcriterion"}:
        return True
    return "down" not in left.notes and not any(unit.startswith("vnd") for unit in units)


def _inherited_direction(slot: Slot) -> str:
    """The direction of the list that a number belongs to, where it has none of its own."""
    left = slot.prev
    if left is None or slot.link not in ("comma", "and") or left.measure not in ("change", "relative_change") or left.indicator is None:
        return ""
    same = (slot.unit_in in ("percent", "percentage_point")) == (left.unit_in in ("percent", "percentage_point"))
    if not same or left.measure_rule.startswith(("gấp", "bằng")):
        return ""
    if slot.link == "comma" and has(left.tail_near, "so_with"):
        return ""
    if not _counts_alike(slot, left):
        return ""
    return (
        "down"
        if left.notes and "down" in left.notes
        else "increment"
        if left.measure == "change" and left.unit_in not in ("percent",)
        else "up"
    )


def against_last_year(text: Text, slot: Slot) -> bool:
    """ "bằng 105,2% so với cùng kỳ": a ratio to an earlier figure."""
    near = events(slot.lead_near, ("level", "share", "down", "up", "neutral"))
    if not near or text.folded[near[-1].start : near[-1].end] != "bằng":
        return False
    tail = text.folded[slot.q.number_end : slot.tail_end]
    if _OF_A_YEAR_RE.match(tail):
        return True
    return has(slot.tail_near, "previous") and bool(_SO_WITH_RE.match(tail))


def _set(slot: Slot, measure: Measure, rule: str, unit: str | None, direction: str) -> None:
    slot.measure, slot.measure_rule, slot.unit = measure, rule, unit
    slot.notes = [n for n in slot.notes if n not in ("down", "up", "times", "ratio", "over")]
    if direction:
        slot.notes.append(direction)


def signed(slot: Slot) -> tuple[float, float | None]:
    """Value and high end with the sign that the measure gives them; a falling range keeps its order of magnitude (−30 … −25)."""
    low, high = slot.q.value, slot.q.value_high
    if "times" in slot.notes:
        return round((low - 1) * 100, 6), None if high is None else round((high - 1) * 100, 6)
    if "ratio" in slot.notes:
        return round(low - 100, 6), None if high is None else round(high - 100, 6)
    if "over" in slot.notes:
        return 100 + low, None if high is None else 100 + high
    if "down" in slot.notes and slot.measure in ("change", "relative_change"):
        return (-low, None) if high is None else (-high, -low)
    return low, high

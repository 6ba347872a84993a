"""What a quantity is about: explicit words first, then what shares, lists, parentheses and sentences before hand over."""

from __future__ import annotations

import re

from extraction import enumerations, measures, plans
from extraction.clauses import SentenceFrame, Slot
from extraction.cues import has
from extraction.indicators import Match, match
from extraction.model import Text

_FAR_BACK = 450  # characters, about three sentences
_BARE = 45  # priority up to which a phrase is only the name of a stock ("hộ nghèo"), and anything said of it is more
_OF_THE_POOR_RE = re.compile(r"\s*(?:tổng )?số hộ (?:cận )?nghèo")
_FALLING = ("poverty.household.poor", "poverty.household.near_poor")
_DOWN_TO = ("giảm còn", "giảm xuống", "giảm xuống còn", "xuống còn", "xuống dưới", "hạ còn", "hạ xuống")
_MEAN_RE = re.compile(r"\b(?:bình quân|trung bình|mức) chung\b")  # "trong khi bình quân chung của tỉnh là 3,7%"
_WORDS_RE = re.compile(r"[^\W\d_]+")
_REFINED_BY = {
    "poverty.rate.poor": ("poverty.rate.ethnic", "poverty.rate.poor_district"),
    "poverty.household.poor": ("poverty.household.ethnic", "poverty.household.merit"),
}


def find_indicator(text: Text, frame: SentenceFrame, slot: Slot, memory: dict[str, Slot]) -> None:
    """Set indicator, rule, source and unit of a slot; `memory` holds the last claim of each family of units."""
    if slot.unit_in == "other" and "times" not in slot.q.flags:  # animals, hectares, tonnes: words of their own or nothing
        found = match(slot, "near") or match(slot, "far")
        if found is not None:
            _accept(text, slot, found)
        return
    grade = enumerations.respectively(text, slot)
    if grade is not None:
        slot.indicator, slot.rule, slot.source, slot.unit = grade, "lần lượt", "explicit", "percent"
        return
    turn = enumerations.in_its_turn(text, frame, slot)
    if turn is not None:
        _accept(text, slot, turn)
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
        _accept(text, slot, found)
        if (whole := _part_of_mobilised(text, slot)) is not None:
            enumerations.take(slot, whole, whole.indicator or "")
        return
    if enumerations.is_share(text, slot) and enumerations.neighbour(slot) is not None and enumerations.take_share(text, slot):
        return
    if enumerations.inherit(text, slot) or _plan_of_left(slot) or _part_of_sum(text, slot):
        return
    for tier in ("far", "outer", "wide", "section", "topic"):
        if (tier == "outer" and slot.level < 0) or (tier == "section" and slot.section is None):
            continue
        if tier == "wide" and not enumerations.only_glue(text, slot.lead_start, slot.q.start):
            continue
        found = match(slot, tier)
        if found is not None and tier in ("far", "wide") and (_of_next(text, slot, found) or enumerations.of_other_people(text, slot)):
            continue
        if found is not None and (
            slot.unit_in != "percent"
            or found.phrase.tail
            or found.phrase.head
            or enumerations.only_glue(text, slot.q.number_end, slot.tail_end)
        ):
            _accept(text, slot, found)
            return
    if _plan_share_of_a_count(text, slot):
        return
    _refer_back(text, slot, memory)


_COUNTS = ("household", "person", "commune", "district", "village", "product", "school", "vnd")


def _plan_share_of_a_count(text: Text, slot: Slot) -> bool:
    """ "Số hộ thoát nghèo bằng 88% kế hoạch năm": a share of a plan is about what is counted before it, whatever its unit."""
    if slot.level >= 0 or slot.prev is not None or not plans.is_plan_share(text, slot):
        return False
    unit = slot.unit_in
    for counted in _COUNTS:
        slot.unit_in = counted
        found = match(slot, "far")
        slot.unit_in = unit
        if found is not None and found.phrase.subject_only:
            _accept(text, slot, found)
            slot.unit = unit
            return True
    return False


def _of_next(text: Text, slot: Slot, found: Match) -> bool:
    """ "thôn có điện đạt 100%, tỷ lệ dân dùng nước hợp vệ sinh là 94%": words behind the comma that lead to the next number are its own."""
    at, after = found.anchor, slot.next
    if (
        at is None
        or after is None
        or slot.unit_in != "percent"
        or after.unit_in != "percent"
        or not slot.q.end <= at.start < at.end <= after.q.start
    ):
        return False
    return "," in text.folded[slot.q.end : at.start]


def _refer_back(text: Text, slot: Slot, memory: dict[str, Slot]) -> None:
    """ "con số này", and the spending of one programme after that of all ("vốn sự nghiệp mới được 31,4%")."""
    left = memory.get(family(slot))
    if left is None or left.unit_in != slot.unit_in or slot.sentence.paragraph - left.sentence.paragraph > 1:
        return
    left = _main_grade(left)
    theme = slot.unit_in in ("percent", "percentage_point", "household") and _same_theme(text, slot, left)
    theme = theme or (slot.unit_in == "commune" and _in_parallel(text, slot, left))
    same_paragraph = slot.sentence.paragraph == left.sentence.paragraph
    anaphor = same_paragraph and enumerations.anaphoric(slot) and enumerations.only_glue(text, slot.lead_start, slot.q.start)
    if (theme or anaphor) and enumerations.only_glue(text, slot.q.end, slot.tail_end):
        slot.indicator, slot.rule, slot.source, slot.inherited_from = left.indicator, f"nhắc lại: {left.rule}", "inherited", left
        slot.unit = slot.unit_in


def _main_grade(left: Slot) -> Slot:
    """Of "tỷ lệ hộ nghèo 24%, cận nghèo 13%" the next sentence goes on with the first, unless it names the second."""
    at: Slot | None = left if left.indicator == "poverty.rate.near_poor" else None
    while at is not None:
        if at.indicator == "poverty.rate.poor":
            return at
        at = at.prev
    return left


def _same_theme(text: Text, slot: Slot, left: Slot) -> bool:
    """Does a sentence of names and direction words alone go on with the rate told before ("Xã A giảm nhanh nhất, từ 58% còn 43%")?"""
    if slot.sentence.start - left.sentence.end > _FAR_BACK or left.indicator is None:
        return False
    if left.indicator == "budget.disbursement_rate":
        return enumerations.only_glue(text, slot.far_start, slot.q.start, money=True) and not has(slot.lead_near, "down")
    if left.indicator.startswith("poverty.rate."):
        moves = measures.turns(slot) or measures.starts_from(text, slot) or _arrives(text, slot)
        moves = moves or _MEAN_RE.search(text.folded, slot.far_start, slot.q.start) is not None
        return moves and enumerations.only_glue(text, slot.far_start, slot.q.start)
    if left.indicator in _FALLING and slot.prev is not None and slot.prev.unit_in == slot.unit_in and slot.prev.indicator is None:
        return False  # "tổng số hộ toàn huyện là 10.396 hộ, tăng 255 hộ": another subject
    if left.indicator in _FALLING:  # "Kết quả, toàn huyện giảm được 655 hộ; xã A giảm 92 hộ"
        return measures.turns(slot) and enumerations.only_glue(text, slot.far_start, slot.q.start)
    communes = text.folded[slot.q.end : slot.q.end + 12].strip(" .,;").startswith(("số xã", "xã"))
    return left.indicator.startswith("ntm.commune.") and communes and enumerations.only_glue(text, slot.far_start, slot.q.start)


_EACH_PLACE_RE = re.compile(r"(?:(?:hai|ba|bốn|năm|\d+) (?:huyện|xã|thị xã)|vùng cao|miền núi|biên giới|chậm|mỗi huyện|mỗi nơi|mỗi xã)\b")


def _in_parallel(text: Text, slot: Slot, left: Slot) -> bool:
    """ "Sơn Dương có 17 xã đạt chuẩn, Yên Sơn 13 xã; Na Hang mới có 2 xã": names and counts go on with it, "tỉnh có 13 xã" does not."""
    if left.indicator is None or not left.indicator.startswith("ntm.commune.") or left.measure != "level":
        return False
    lead = _EACH_PLACE_RE.sub(lambda m: " " * len(m.group()), text.folded[slot.far_start : slot.q.start])
    named = any(text.raw[slot.far_start + m.start()].isupper() for m in re.finditer(r"(?<=\s)[^\W\d_]+", lead))
    if not named or any(
        w not in enumerations.glue() and not text.raw[slot.far_start + m.start()].isupper()
        for m in _WORDS_RE.finditer(lead)
        for w in [m.group()]
    ):
        return False
    if left.sentence.start == slot.sentence.start:
        return slot.link == "semicolon" and left.inherited_from is not None
    row = slot.next if slot.next is not None and slot.next.unit_in == "commune" and slot.next.link in ("comma", "and") else None
    parallel = row is not None and enumerations.only_glue(text, slot.q.end, row.q.start)
    return parallel and text.sentence_at(left.sentence.end + 1).start == slot.sentence.start


def _arrives(text: Text, slot: Slot) -> bool:
    """ "Tỉnh đặt mục tiêu cuối năm giảm còn 21%": where the rate told before goes down to."""
    event = measures.last_direction(slot)
    return event is not None and text.folded[event.start : event.end] in _DOWN_TO


def _is_plan_share_of_left(text: Text, slot: Slot) -> bool:
    left = enumerations.neighbour(slot)
    if left is None or left.indicator is None or slot.link == "semicolon" or not plans.is_plan_share(text, slot):
        return False
    if slot.level >= 0 or slot.link == "text":
        return True
    return enumerations.only_glue(text, slot.lead_start, slot.q.start)


_SOURCE_RE = re.compile(
    r"[\s,;:-]*(?:và |còn |riêng |trong đó |gồm |bao gồm |từ )*(?:chương trình|vốn|nguồn vốn|ngân sách|dự án|tiểu dự án)\b"
)


def _part_of_sum(text: Text, slot: Slot) -> bool:
    """ "được giao 3.152 tỷ đồng, trong đó Chương trình A là 1.764 tỷ đồng, Chương trình B 282 tỷ đồng": parts named by their programmes."""
    left = slot.prev
    if slot.unit_in != "vnd" or left is None or slot.link not in ("comma", "and") or slot.level >= 0 or left.unit_in != "vnd":
        return False
    between = text.folded[left.q.end : slot.q.start]
    if not _SOURCE_RE.match(between, max(between.rfind(","), between.rfind("trong đó"), 0)):
        return False
    if left.indicator is None or not left.indicator.startswith("budget."):
        return False
    if left.rule != "phần của tổng" and not _OF_WHICH_RE.search(between):
        return False
    enumerations.take(slot, left, left.indicator)
    slot.rule = "phần của tổng"
    return True


_OF_WHICH_RE = re.compile(r"trong đó|trong số đó|bao gồm|\bgồm\b|riêng")


def _part_of_mobilised(text: Text, slot: Slot) -> Slot | None:
    """ "huy động 820 tỷ đồng, trong đó ngân sách tỉnh 110 tỷ đồng": a part of the money raised, not money planned."""
    if slot.indicator != "budget.planned" or slot.level >= 0:
        return None
    left = slot.prev
    while left is not None and left.indicator == "budget.mobilised" and left.source == "inherited" and left.inherited_from is not None:
        left = left.inherited_from
    if left is None or left.indicator != "budget.mobilised" or slot.link == "semicolon":
        return None
    return left if _OF_WHICH_RE.search(text.folded, left.q.end, slot.q.start) else None


def _plan_of_left(slot: Slot) -> bool:
    """ "giảm 4,2%, đạt 140% (kế hoạch tỉnh giao là 3%)": the plan for the nearest number before it of its own unit."""
    if not has(slot.lead_near, "target_near") or slot.link == "semicolon":
        return False
    left, hops = enumerations.neighbour(slot), 0
    while left is not None and (left.measure == "plan_share" or left.unit_in != slot.unit_in) and hops < 3:
        left, hops = enumerations.neighbour(left), hops + 1
    if left is None or left.indicator is None or left.unit_in != slot.unit_in or left.indicator.startswith("budget."):
        return False
    enumerations.take(slot, left, left.indicator)
    return True


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
    if not _OF_THE_POOR_RE.match(text.folded[slot.q.end : slot.q.end + 30]) or measures.turns(slot):
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
    return (
        far
        if far is not None and far.phrase.subject_only and far.phrase.indicator in finer and far.phrase.priority > found.phrase.priority
        else found
    )


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


_ONE_POOR_PLACE_RE = re.compile(r"\b(?:huyện|xã) (?:nghèo|đặc biệt khó khăn|30a)(?: vùng cao| biên giới| miền núi)* (?P<after>\w+)")


_IS_POOR_PLACE_RE = re.compile(r"(?:^|[\s,])là (?:một )?(?:huyện|xã) (?:nghèo|đặc biệt khó khăn|30a)\b")


def _one_poor_place(text: Text, slot: Slot) -> bool:
    """ "ở huyện nghèo này", "huyện nghèo Mường La": one place and its rate, not the poor districts as a group."""
    found = list(_ONE_POOR_PLACE_RE.finditer(text.folded, slot.sentence.start, slot.q.start))
    if _IS_POOR_PLACE_RE.search(text.folded, max(slot.sentence.start - 1, 0), slot.q.start):
        return True
    if not found:
        return False
    last = found[-1]
    if re.search(r"\b(?:các|những|\d+|hai|ba) $", text.folded[max(0, last.start() - 6) : last.start()]):
        return False
    return last["after"] in ("này", "đó") or text.raw[last.start("after")].isupper()


def _accept(text: Text, slot: Slot, found: Match) -> None:
    slot.indicator, slot.rule, slot.anchor = found.phrase.indicator, f"{found.phrase.rule}@{found.tier}", found.anchor
    if slot.indicator == "poverty.rate.poor_district" and _one_poor_place(text, slot):
        slot.indicator = "poverty.rate.poor"
    slot.source = "explicit" if found.tier in ("near", "far", "outer") else "inherited"
    slot.unit = found.phrase.unit_out or slot.unit_in
    slot.row_reads = found.phrase.reads


def family(slot: Slot) -> str:
    """Shares and counts remember different things."""
    return "percent" if slot.unit_in in ("percent", "percentage_point") else "count"

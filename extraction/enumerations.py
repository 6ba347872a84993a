"""What a number takes over from its neighbours: shares of a count, siblings of a list, parentheses, predicates said once.

Nothing is taken over across words that the glue lexicon does not know: "…, tăng trưởng kinh tế 9%" is about something else.
"""

from __future__ import annotations

import re
from functools import cache

from extraction.clauses import SentenceFrame, Slot
from extraction.cues import TERMS, cue_class, has
from extraction.indicators import Match, codebook, match
from extraction.model import Span, Text
from extraction.terms import Zone, read_lexicon, word_classes

# a per cent said of a count is about the rate that the count belongs to; other counts keep their own indicator
SHARE_OF = {
    "poverty.household.poor": "poverty.rate.poor",
    "poverty.household.near_poor": "poverty.rate.near_poor",
    "poverty.household.poor_and_near": "poverty.rate.multidimensional",
    "poverty.household.ethnic": "poverty.rate.ethnic",
    "budget.disbursed": "budget.disbursement_rate",
    "budget.planned": "budget.disbursement_rate",
}
# and the count that a rate belongs to ("tỷ lệ hộ nghèo còn 1,93%, tương ứng 10.256 hộ")
COUNT_OF = {
    "poverty.rate.poor": "poverty.household.poor",
    "poverty.rate.near_poor": "poverty.household.near_poor",
    "poverty.rate.multidimensional": "poverty.household.poor_and_near",
    "poverty.rate.ethnic": "poverty.household.ethnic",
    "budget.disbursement_rate": "budget.disbursed",
}
_PERCENTS = ("percent", "percentage_point")
_RESPECTIVELY_RE = re.compile(r"lần lượt|tương ứng|theo thứ tự")
_TWO_GRADES_RE = re.compile(r"nghèo(?: đa chiều)?(?: và|,) (?:tỷ lệ )?(?:hộ )?cận nghèo")
_OTHER_PEOPLE_RE = re.compile(r"\s*(?:số |các )?(?:học sinh|giáo viên|đảng viên|cán bộ|đoàn viên|doanh nghiệp|hợp tác xã|diện tích)\b")
# asides, and the regions, whose names are not all in capitals
_ASIDE_RE = re.compile(
    r"\([^()]*\)|(?:trung du (?:và )?)?miền núi phía bắc|đồng bằng sông (?:hồng|cửu long)|(?:bắc|nam) trung bộ(?: và duyên hải miền trung)?"
    r"|duyên hải (?:nam trung bộ|miền trung)|miền trung|đông nam bộ|tây nam bộ|tây nguyên|trung du"
)
_WORD_RE = re.compile(r"[^\W_]+")
_GLUE_REACH = 600  # characters; a row of a thousand fractions is "glue" all the way and was read once for each of them


@cache
def glue() -> frozenset[str]:
    return frozenset(word for row in read_lexicon("glue.csv") for phrase in row["words"].split("|") for word in phrase.split())


@cache
def _money_words() -> frozenset[str]:
    return frozenset(word for phrase in ("@programme_part",) for term in word_classes()[phrase[1:]] for word in term.split())


def only_glue(text: Text, start: int, end: int, money: bool = False) -> bool:
    """Are all words between two offsets names (in capitals), numbers or words without a subject of their own?

    With `money` the parts of the programmes are glue too: "vốn sự nghiệp", "Chương trình xây dựng nông thôn mới".
    """
    if end - start > _GLUE_REACH:
        return False
    aside = [m.span() for m in _ASIDE_RE.finditer(text.folded, start, end)]
    for m in _WORD_RE.finditer(text.folded, start, end):
        word = m.group()
        if any(s <= m.start() < e for s, e in aside):
            continue
        if word in glue() or word[0].isdigit() or (money and word in _money_words()):
            continue
        given = text.raw[m.start() : m.end()]
        if given[0].isupper() and not (len(given) > 1 and given.isupper()):  # an acronym (GRDP, CPI) is a subject
            continue
        return False
    return True


def is_share(text: Text, slot: Slot) -> bool:
    """A per cent that says how much of something its left neighbour is ("…, chiếm 43,8%", "(2,35%)", "tương đương 57,2%")."""
    if slot.unit_in != "percent":
        return False
    if slot.level >= 0 and slot.prev is None:
        return only_glue(text, slot.lead_start, slot.q.start)
    return has(slot.lead_near, "share") and only_glue(text, slot.lead_start, slot.q.start)


def neighbour(slot: Slot) -> Slot | None:
    """The quantity that a share or an elided number leans on."""
    if slot.prev is not None:
        return slot.prev
    return slot.parent


def share_indicator(left: Slot) -> str | None:
    """What a per cent next to a count or a rate is about."""
    if left.indicator is None:
        return None
    return SHARE_OF.get(left.indicator, left.indicator)


def inherit(text: Text, slot: Slot) -> bool:
    """Take the indicator of the nearest left sibling of a fitting unit, if only glue stands between. True when it did."""
    left = neighbour(slot)
    money = left is not None and left.indicator is not None and left.indicator.startswith("budget.")
    if not only_glue(text, slot.lead_start, slot.q.start, money) or not only_glue(text, slot.q.end, slot.tail_end, money):
        return False
    if of_other_people(text, slot):
        return False
    hops = 0
    while left is not None and hops < 4:
        found = _from(text, slot, left)
        if found is not None:
            take(slot, left, _finer(slot, found))
            return True
        if left.indicator is None and left.unit_in == slot.unit_in:
            return False  # a sibling of the same unit that is about nothing known: so is this one
        left, hops = neighbour(left), hops + 1
    return False


def of_other_people(text: Text, slot: Slot) -> bool:
    """ "100% trường đạt chuẩn; 60% học sinh được học hai buổi": a share of others than what was told of."""
    return slot.unit_in == "percent" and _OTHER_PEOPLE_RE.match(text.folded, slot.q.end) is not None


def _falls_itself(text: Text, slot: Slot, left: Slot) -> bool:
    """ "còn 1.204 hộ nghèo, giảm 40,9% so với đầu năm": the count falls, unless its rate was told or it is a yearly figure."""
    turned = has(slot.lead_near, "down") or has(slot.lead_near, "up")
    before = left.prev is not None and left.prev.unit_in in _PERCENTS
    rate_told = before or left.inherited_from is not None or "%" in text.folded[left.q.end : slot.q.start]
    return turned and left.unit_in == "household" and not slot.per_year and not rate_told and slot.link != "semicolon"


def _finer(slot: Slot, indicator: str) -> str:
    """ "…, riêng vùng dân tộc thiểu số giảm 4%": the rate taken over is that of whom the words before the number name."""
    if indicator == "poverty.household.poor" and slot.unit_in in ("household", *_PERCENTS):
        if has_class(slot.tail_near, "near_poor"):
            return "poverty.household.near_poor"
        whose = slot.tail_near if slot.unit_in != "household" else Zone.of((*slot.lead_near.hits, *slot.tail_near.hits))
        return "poverty.household.ethnic" if has_class(whose, "ethnic") else indicator
    if indicator in ("poverty.rate.poor", "poverty.rate.near_poor") and has_class(slot.tail_near, "near_poor"):
        return "poverty.rate.near_poor"
    if indicator != "poverty.rate.poor":
        return indicator
    if has_class(slot.lead_near, "poor_places"):
        return "poverty.rate.poor_district"
    return "poverty.rate.ethnic" if has_class(slot.lead_near, "ethnic") else indicator


def _from(text: Text, slot: Slot, left: Slot) -> str | None:
    if left.indicator is None:
        return None
    if "times" in slot.q.flags:
        return left.indicator if has(slot.lead_near, "times") or has(slot.lead_near, "up") else None
    if slot.unit_in in _PERCENTS:
        if left.unit_in in _PERCENTS:
            return left.indicator
        if neighbour(slot) is not left:
            return None
        return left.indicator if _falls_itself(text, slot, left) else SHARE_OF.get(left.indicator, left.indicator)
    if left.unit_in == slot.unit_in or slot.unit_in == "None":
        other = slot.unit_in == "entity" and slot.q.head != left.q.head  # "46 chủ thể, gồm 14 hợp tác xã": who they are
        return None if other else left.indicator
    if left.unit_in in _PERCENTS and slot.unit_in == "household":
        return COUNT_OF.get(left.indicator)
    if left.unit_in in _PERCENTS and codebook()[left.indicator].unit == slot.unit_in:
        return left.indicator
    return None


def take(slot: Slot, left: Slot, indicator: str) -> None:
    slot.indicator, slot.source, slot.inherited_from = indicator, "inherited", left
    slot.rule = f"như số trước: {left.rule}"
    slot.unit = slot.unit or slot.unit_in
    if slot.unit_in == left.unit_in:
        slot.unit, slot.row_reads = left.unit if left.measure == "level" else slot.unit_in, left.row_reads
        slot.qualifier = slot.qualifier or left.qualifier


def take_left(slot: Slot, of_plan: bool = True) -> bool:
    """Take over what the left neighbour is about as it is: a share of its plan, or its ratio to another period."""
    left = neighbour(slot)
    while left is not None and left.measure == "plan_share" and left.inherited_from is not None:
        left = left.inherited_from
    while not of_plan and left is not None and left.unit_in in _PERCENTS and left.inherited_from is not None and left.measure != "change":
        left = left.inherited_from  # "đạt 34% kế hoạch, bằng 141% so với cùng kỳ": both are of the sum before
    if left is None or left.indicator is None:
        return False
    spent = of_plan and left.indicator in ("budget.disbursed", "budget.planned")
    take(slot, left, SHARE_OF[left.indicator] if spent else left.indicator)
    return True


_OF_THE_POOR_RE = re.compile(r"\b(?:trong|của) (?:tổng )?số (?:các )?hộ nghèo")


def _of_all_the_poor(text: Text, slot: Slot, left: Slot) -> bool:
    """ "Trong tổng số hộ nghèo, hộ DTTS là 812 hộ, chiếm 92%": a share of the poor; by arithmetic where their number was told too."""
    if _OF_THE_POOR_RE.search(text.folded, slot.sentence.start, left.q.start):
        return True
    whole = left.prev
    while whole is not None and (whole.indicator != "poverty.household.poor" or whole.measure != "level"):
        whole = whole.prev
    return whole is not None and whole.q.value > 0 and abs(100 * left.q.value / whole.q.value - slot.q.value) < 0.6


def take_share(text: Text, slot: Slot) -> bool:
    """Make a per cent the share of its left neighbour; False when the neighbour is about nothing known."""
    left = neighbour(slot)
    if left is None or (indicator := share_indicator(left)) is None:
        return False
    if left.indicator == "poverty.household.ethnic" and _of_all_the_poor(text, slot, left):
        indicator = left.indicator
    take(slot, left, _finer(slot, indicator) if left.unit_in in _PERCENTS else indicator)
    slot.rule = f"phần của số trước: {left.rule}"
    slot.qualifier = left.qualifier
    return True


def respectively(text: Text, slot: Slot) -> str | None:
    """ "tỷ lệ hộ nghèo và cận nghèo lần lượt là 5,1% và 4,4%": the indicator of the second of two numbers of two grades."""
    left = slot.prev
    if slot.unit_in == "percent" and (first := _first_of_two(text, slot)) is not None:
        return first
    if left is None or slot.link != "and" or left.unit_in not in _PERCENTS or slot.unit_in not in _PERCENTS:
        return None
    before = text.folded[left.sentence.start : left.q.start]
    if not _RESPECTIVELY_RE.search(before[-60:]) or not _TWO_GRADES_RE.search(before):
        return None
    return "poverty.rate.near_poor"


def in_its_turn(text: Text, frame: SentenceFrame, slot: Slot) -> Match | None:
    """ "hộ nghèo và hộ cận nghèo lần lượt là 3.120 hộ và 1.045 hộ": what the n-th number of a row is about is said n-th before it."""
    if _RESPECTIVELY_RE.search(text.folded, max(slot.sentence.start, slot.q.start - _TURN_BACK), slot.q.start) is None:
        return None
    first, place, size = _row_of(text, slot)
    if size < 2:
        return None
    before = text.folded[first.far_start : first.q.start]
    cues = list(_RESPECTIVELY_RE.finditer(before))
    if not cues or len(before) - cues[-1].end() > _TURN_REACH:
        return None
    heads = [m.span() for m in _HEAD_RE.finditer(before, 0, cues[-1].start())][-size:]
    if len(heads) < size:
        return None
    start, end = first.far_start + heads[place][0], first.far_start + heads[place][1]
    own = match(slot, "near", _NO_WORDS, frame.zone(start, end, slot.level))
    if own is not None or not place:
        return own
    # "số xã đạt chuẩn và nâng cao": the noun stands with the first
    return match(slot, "near", _NO_WORDS, frame.zone(first.far_start + heads[0][0], end, slot.level))


_HEAD_RE = re.compile(r"(?:(?! và )[^,;])+")
_TURN_BACK = 200  # characters from it to the last
_TURN_REACH = 25  # characters from "lần lượt" to the first number
_NO_WORDS = Zone((), frozenset())


def _row_of(text: Text, slot: Slot) -> tuple[Slot, int, int]:
    """The first of the numbers of one unit that commas and "và" join to this one, its place among them, and how many there are."""
    first, place = slot, 0
    while first.prev is not None and _side_by_side(text, first.prev, first):
        first, place = first.prev, place + 1
    last, size = slot, place + 1
    while last.next is not None and _side_by_side(text, last, last.next):
        last, size = last.next, size + 1
    return first, place, size


def _side_by_side(text: Text, left: Slot, right: Slot) -> bool:
    same = left.unit_in == right.unit_in and left.level == right.level
    return same and _JOINS_RE.fullmatch(text.folded, left.q.end, right.q.start) is not None


_JOINS_RE = re.compile(r"\s*(?:\([^()]{0,40}\)\s*)?(?:,|và|, và)\s*(?:còn |là |ở mức )?")


def _first_of_two(text: Text, slot: Slot) -> str | None:
    before = text.folded[slot.sentence.start : slot.q.start]
    if (
        slot.next is None
        or slot.next.unit_in != "percent"
        or not _RESPECTIVELY_RE.search(before[-60:])
        or not _TWO_GRADES_RE.search(before)
    ):
        return None
    if not re.fullmatch(r"%?\s*(?:\([^)]*\)\s*)?và\s*(?:\w+\s*)?", text.folded[slot.q.number_end : slot.next.q.start].strip() + " "):
        return None
    return "poverty.rate.ethnic" if has_class(slot.lead_wide, "ethnic") else "poverty.rate.poor"


def has_class(zone: Zone, name: str) -> bool:
    """Does a word of a class of word_classes.csv stand in a zone?"""
    return not _word_class(name).isdisjoint(zone.terms)


@cache
def _word_class(name: str) -> frozenset[int]:
    return TERMS.alternatives(f"@{name}")


def shared_predicate(frame: SentenceFrame, slot: Slot) -> Match | None:
    """ "4.870 hộ nghèo và 1.933 hộ mới thoát nghèo được vay vốn": what is said once after a list holds for all of it."""
    last = slot.next
    while last is not None and last.link == "comma" and last.unit_in == slot.unit_in:
        last = last.next
    if last is None or last.link != "and" or last.unit_in != slot.unit_in:
        last = _joined_places(frame.text, slot)
    if last is None:
        return None
    received = last.unit_in not in _PLACES and frame.text.folded[last.q.end : last.q.end + 6].lstrip().startswith("được")
    if has(slot.lead_near, "stands") or received:
        return None
    found = match(slot, "near", tail=frame.zone(slot.q.number_end, last.tail_end, slot.level))
    if found is None or found.anchor is None or found.anchor.end <= last.q.number_start:
        return None
    return found


_PLACES = ("commune", "district", "village")
_BARE_JOIN_RE = re.compile(r"\s*(?:,|và|, và)\s*(?:có |thêm |có thêm )?")


def _joined_places(text: Text, slot: Slot) -> Slot | None:
    """The last of "4 xã, 11 bản đạt chuẩn": places of several levels side by side, with nothing said of any but the last."""
    last = slot
    while (
        last.next is not None
        and last.unit_in in _PLACES
        and last.next.unit_in in _PLACES
        and _BARE_JOIN_RE.fullmatch(text.folded, last.q.end, last.next.q.start)
    ):
        last = last.next
    return last if last is not slot and last.unit_in != slot.unit_in else None


def anaphoric(slot: Slot) -> bool:
    """Does the lead refer back ("con số này", "tỷ lệ đó")?"""
    return not cue_class("anaphor").isdisjoint(slot.lead_near.terms) or not cue_class("anaphor").isdisjoint(slot.lead_far.terms)


def evidence(text: Text, slot: Slot) -> Span:
    """The shortest run that holds the quantity and the words that decided what it is about, within its own commas."""
    start, end = slot.q.start, slot.q.end
    if slot.qualifier is not None and slot.qualifier.start > start:
        end = max(end, slot.qualifier.end)
    if slot.anchor is not None and slot.source == "explicit":
        if slot.lead_start <= slot.anchor.start < start:
            start = slot.anchor.start
        if end < slot.anchor.end <= slot.tail_end:
            end = slot.anchor.end
    del text
    return Span(start, end)


def zone_is_empty(zone: Zone) -> bool:
    return not zone.hits

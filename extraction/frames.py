"""What each quantity of an article asserts: the clause frame with inheritance, sentence by sentence.

`read_quantities` walks the sentences in order. In each it (1) links the quantities (clauses.py), (2) finds what each is about,
explicit words first, then what lists, shares and parentheses hand over (indicators.py, enumerations.py), (3) throws out what
only looks like a claim (negatives.csv), (4) decides measure, sign and unit (measures.py, plans.py) and (5) kind (kinds.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from extraction import kinds, measures, plans
from extraction.clauses import Section, SentenceFrame, Slot, build_slots, place, says_little
from extraction.cues import cue_class, has
from extraction.enumerations import neighbour, only_glue, take
from extraction.indicators import may_match, phrases
from extraction.model import ArticleContext, Mask, Quantity, Reading, Sentence, Text
from extraction.readings import Areas, Periods, reading_of
from extraction.rejections import negatives
from extraction.resolution import family, find_indicator
from extraction.terms import Zone
from extraction.text_terms import TextTerms

_BULLET_RE = re.compile(r"\s*(?:[-–+•*·▪]|\d{1,2}[.)]|[a-zđ]\)|\(\d+\))\s*")
_COMMUNES_MEETING = (None, "ntm.commune.certified", "ntm.criterion.communes", "ntm.commune.by_criteria", "ntm.commune.advanced")
_MOST = 60  # numbers in a sentence; sentences of real articles hold up to 30
_SHORT_LINE = 90  # characters up to which a line under a head is an entry of its table ("Càng Long: 9/13 xã")


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
    if not quantities:
        return []
    grouped = _by_sentence(text, quantities)
    terms = TextTerms(text)
    mask_starts = [m.start for m in masks]
    sections = _sections(text, terms)
    memory: dict[str, Slot] = {}
    slots: list[Slot] = []
    for sentence, held in grouped:
        first = bisect_left(mask_starts, sentence.start)
        local_masks = masks[first : bisect_left(mask_starts, sentence.end)]
        section = sections.get(sentence.paragraph)
        topic = _topic(text, sentence, terms) if any(says_little(q) for q in held) else None
        frame = SentenceFrame(text, sentence, terms.within(sentence.start, sentence.end, sentence.paragraph), section, topic)
        row = build_slots(frame, held, local_masks)
        if _may_claim(text, frame, row, memory):
            place(frame, row)
            _read_sentence(text, frame, row, memory)
        slots.extend(row)
    _by_criteria(text, slots)
    carried = kinds.Carried(text, terms)
    return [reading_of(text, slot, context, periods, areas, carried) for slot in sorted(slots, key=lambda s: s.q.number_start)]


def _may_claim(text: Text, frame: SentenceFrame, row: list[Slot], memory: dict[str, Slot]) -> bool:
    """Could any number of a sentence be a claim? Half of the sentences with numbers hold no word that a phrase of `phrases.csv` for
    their units needs, and nothing that they could take over: their numbers are told without placing their words.
    """
    if may_match(frame, row) or any(slot.qualifier is not None for slot in row):
        return True
    units, sentence = {slot.unit_in for slot in row}, frame.sentence
    if any(left.unit_in in units and sentence.paragraph - left.sentence.paragraph <= 1 for left in memory.values()):
        return True
    shares = "percent" in units or "percentage_point" in units
    return shares and "cận nghèo" in text.folded[sentence.start : sentence.end]  # "nghèo và cận nghèo lần lượt là 5% và 4%"


def _by_sentence(text: Text, quantities: Sequence[Quantity]) -> list[tuple[Sentence, list[Quantity]]]:
    """Quantities by sentence; what goes on for more than `_MOST` numbers is no sentence but a table or an attack, and is read in pieces."""
    grouped: dict[int, tuple[Sentence, list[Quantity]]] = {}
    sentence: Sentence | None = None
    following = 0  # where the sentence after it starts
    for q in sorted(quantities, key=lambda q: q.number_start):
        if q.number_start >= text.body_end:
            continue
        if sentence is None or q.number_start >= following:
            sentence = text.sentence_at(q.number_start)
            following = sentence.end
        grouped.setdefault(sentence.start, (sentence, []))[1].append(q)
    return [piece for start in sorted(grouped) for piece in _pieces(*grouped[start])]


def _pieces(sentence: Sentence, held: list[Quantity]) -> list[tuple[Sentence, list[Quantity]]]:
    if len(held) <= _MOST:
        return [(sentence, held)]
    out, start = [], sentence.start
    for at in range(0, len(held), _MOST):
        chunk = held[at : at + _MOST]
        end = held[at + _MOST].start if at + _MOST < len(held) else sentence.end
        end = max(end, chunk[-1].end)
        out.append((Sentence(start, end, sentence.paragraph), chunk))
        start = end
    return out


def _sections(text: Text, terms: TextTerms) -> dict[int, Section]:
    """Paragraph number -> the head that governs it: a paragraph that ends in a colon, and the list paragraphs after it."""
    found: dict[int, Section] = {}
    head: Section | None = None
    for number, paragraph in enumerate(text.paragraphs):
        body = text.folded[paragraph.start : paragraph.end].rstrip()
        if head is not None and (_BULLET_RE.match(body) or (len(body) < _SHORT_LINE and any(ch.isdigit() for ch in body))):
            found[number] = head
        elif body.endswith(":") or _is_bare_head(text, number):
            last = text.sentence_at(paragraph.start + len(body) - 1)
            if last.end - last.start < 30 and last.start > paragraph.start:  # "Cụ thể:" says nothing, the sentence before it does
                last = text.sentence_at(last.start - 1)
            head = Section(last.start, paragraph.end, number, terms)
        else:
            head = None
    return found


def _is_bare_head(text: Text, number: int) -> bool:
    """A short line without a full stop before list marks ("Mục tiêu đến năm 2030") is a head as well."""
    if number + 1 >= len(text.paragraphs):
        return False
    here, after = text.paragraphs[number], text.paragraphs[number + 1]
    body = text.folded[here.start : here.end].rstrip()
    return len(body) < _SHORT_LINE and body[-1:].isalnum() and bool(_BULLET_RE.match(text.folded, after.start, after.end))


def _topic(text: Text, sentence: Sentence, terms: TextTerms) -> Zone:
    """The words of the title and of the paragraph before a sentence: what "60 sản phẩm" are products of."""
    paragraph = text.paragraphs[sentence.paragraph].start
    return Zone.of((*terms.within(0, text.title_end, 0), *terms.within(paragraph, sentence.end, sentence.paragraph)))


def _read_sentence(text: Text, frame: SentenceFrame, slots: list[Slot], memory: dict[str, Slot]) -> None:
    for slot in slots:
        if slot.qualifies is not None:
            continue
        slot.per_year = slot.unit_in not in ("vnd", "vnd_per_person_year") and (slot.q.per_year or _is_per_year(text, slot))
        if slot.unit_in == "None" and measures.starts_from(text, slot) and slot.next is not None:
            slot.unit_in = slot.next.unit_in
        find_indicator(text, frame, slot, memory)
        if slot.indicator is not None:
            _find_measure(text, slot)
            memory[family(slot)] = slot
    for slot in reversed(slots):
        if slot.indicator is None and slot.qualifies is None and slot.next is not None and measures.starts_from(text, slot):
            _from_the_right(text, slot, slot.next)


def _find_measure(text: Text, slot: Slot) -> None:
    if slot.inherited_from is not None and (_names_the_plan(slot) or plans.is_plan_value(text, slot)):
        _as_reference(slot)
        return
    if plans.is_plan_share(text, slot) and not plans.is_budget(slot.indicator):
        slot.measure, slot.measure_rule, slot.unit = "plan_share", "P% kế hoạch", "percent"
        if plans.exceeds(text, slot):
            slot.notes.append("over")
        return
    measures.decide(text, slot)


def _names_the_plan(slot: Slot) -> bool:
    """Is the last word before the number one of a plan and none of a rise or fall ("cao hơn mục tiêu 95%", but not "mục tiêu giảm 2%")?"""
    named = slot.lead_near.last(cue_class("target_near"))
    turn = measures.last_direction(slot)
    return named is not None and (turn is None or turn.cue not in measures.TURNS or turn.end <= named.start)


def _as_reference(slot: Slot) -> None:
    """ "(kế hoạch giao 4%)": the plan value of the number that the parentheses follow has that number's measure."""
    left = slot.inherited_from
    while left is not None and left.measure == "plan_share":
        left = neighbour(left)
    if left is None:
        return
    slot.measure, slot.measure_rule = left.measure, f"như số được so: {left.measure_rule}"
    slot.unit = left.unit if slot.unit_in == left.unit_in else slot.unit_in
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


def _only_says_how_many(text: Text, slot: Slot, after: Slot) -> bool:
    return only_glue(text, slot.q.end, after.q.start) and only_glue(text, after.q.end, after.tail_end)


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
        if not slot.measure_rule:
            measures.decide(text, slot)
        after = slot.next  # "số xã dưới 7 tiêu chí giảm 52 xã, chỉ còn 38 xã"
        bare = after is not None and after.indicator is None and after.qualifies is None
        if after is not None and bare and after.unit_in == "commune" and after.link == "comma" and _only_says_how_many(text, slot, after):
            take(after, slot, slot.indicator)
            measures.decide(text, after)

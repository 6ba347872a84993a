"""What a number is about: rows of `lexicon/phrases.csv` tried on the words around it, near words before far ones.

A row holds for a quantity when its unit is one of the row's `units`, the noun right after the number is one of `head`,
all of `lead` stand before and all of `tail` after it, `any` on either side, and none of `must_not`.
`reads` says what the phrase itself makes of the number: "exit" (a fall by that many), "down" (a fall).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from extraction.clauses import SentenceFrame, Slot
from extraction.cues import TERMS
from extraction.model import Span
from extraction.terms import LEXICON, Condition, Zone, read_lexicon

# "hộ" may stand after "84% số", "43 căn", "1,2 nghìn lượt": words between a number and the noun that it counts
_HEAD_REACH = 11
TIERS = ("near", "far", "wide", "section")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the codebook."""

    code: str
    programme: str
    name_vi: str
    name_en: str
    unit: str
    better: str
    plausible_min: float
    plausible_max: float
    additive: bool


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """One compiled row of phrases.csv."""

    rule: str
    indicator: str
    head: frozenset[int]
    lead: Condition
    tail: Condition
    any: Condition
    must_not: frozenset[int]
    must_not_lead: frozenset[int]  # forbidden before the number only
    subject_only: bool  # says nothing of what follows the number, so neither do its forbidden words
    priority: int
    unit_out: str
    reads: str


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that holds, and the words of the text that made it hold."""

    phrase: Phrase
    anchor: Span | None
    tier: str


@cache
def codebook() -> dict[str, Indicator]:
    """Indicators by code, in the order of the file."""
    with (LEXICON / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return {
            r["code"]: Indicator(
                r["code"], r["programme"], r["name_vi"], r["name_en"], r["unit"], r["better"],
                float(r["plausible_min"]), float(r["plausible_max"]), r["additive"] == "true",
            )
            for r in csv.DictReader(file)
        }  # fmt: skip


class PhraseIndex:
    """The phrases of one unit, found by one term that each of them needs."""

    def __init__(self, rows: Iterable[Phrase]) -> None:
        self.rows = tuple(rows)
        self._always: list[Phrase] = []
        self._by_term: dict[int, list[tuple[Phrase, list[frozenset[int]]]]] = {}
        for phrase in self.rows:
            needed = sorted((group for group in (phrase.head, *phrase.tail, *phrase.any, *phrase.lead) if group), key=len)
            if not needed:
                self._always.append(phrase)
            for term in needed[0] if needed else ():
                self._by_term.setdefault(term, []).append((phrase, needed[1:]))
        self._needed = frozenset(self._by_term)

    def candidates(self, terms: AbstractSet[int]) -> list[Phrase]:
        """Phrases all of whose needed words are among the terms, wherever they stand, each once."""
        found = list(self._always)
        if self._needed.isdisjoint(terms):
            return found
        for term in self._needed & terms:
            for phrase, others in self._by_term[term]:
                for group in others:
                    if group.isdisjoint(terms):
                        break
                else:
                    found.append(phrase)
        return list(dict.fromkeys(found)) if len(found) > 1 else found


@cache
def phrases() -> dict[str, PhraseIndex]:
    """Phrases by the unit that they take. Raises `ValueError` for an unknown indicator or a cell that cannot be."""
    by_unit: dict[str, list[Phrase]] = {}
    seen: dict[str, int] = {}
    for number, row in enumerate(read_lexicon("phrases.csv"), start=2):
        if row["indicator"] not in codebook():
            raise ValueError(f"phrases.csv:{number}: {row['indicator']} is not in indicators.csv")
        if "&" in row["must_not"] + row["must_not_lead"] + row["head"]:
            raise ValueError(f"phrases.csv:{number}: head and must_not take alternatives only, no &")
        seen[row["indicator"]] = seen.get(row["indicator"], 0) + 1
        phrase = Phrase(
            rule=f"{row['indicator']}/{seen[row['indicator']]}",
            indicator=row["indicator"],
            head=TERMS.alternatives(row["head"]),
            lead=TERMS.condition(row["lead"]),
            tail=TERMS.condition(row["tail"]),
            any=TERMS.condition(row["any"]),
            must_not=TERMS.alternatives(row["must_not"]),
            must_not_lead=TERMS.alternatives(row["must_not_lead"]),
            subject_only=bool(row["lead"]) and not (row["head"] or row["tail"] or row["any"]),
            priority=int(row["priority"]),
            unit_out=row["unit_out"],
            reads=row["reads"],
        )
        units = [unit.strip() for unit in row["units"].split("|")]
        if "percent" in units and codebook()[row["indicator"]].unit == "percent":
            units.append("percentage_point")  # what is told of a rate in per cent is told of its rise in points
        for unit in dict.fromkeys(units):
            by_unit.setdefault(unit, []).append(phrase)
    return {unit: PhraseIndex(rows) for unit, rows in by_unit.items()}


def may_match(frame: SentenceFrame, row: Iterable[Slot]) -> bool:
    """Are all words of any phrase for any unit counted in a sentence among those that its numbers can look at?"""
    units: set[str] = set()
    for slot in row:
        units.add(slot.unit_in)
        if "times" in slot.q.flags:
            units.add("times")
    asked = [*units, "product@topic"] if "product" in units else list(units)
    if any(slot.q.form == "zero" for slot in row):
        asked += [f"{unit}/0" for unit in units]
    if any(slot.q.denominator is not None for slot in row):
        asked += [f"{unit}/n" for unit in units]
    return any(possible(frame, unit) for unit in asked)


def possible(frame: SentenceFrame, unit: str) -> Sequence[Phrase]:
    """The phrases for a unit whose words all stand somewhere in the sentence, its head or its topic: few, and often none."""
    known = frame.phrases.get(unit)
    if known is None:
        index = phrases().get(unit)
        known = frame.phrases[unit] = index.candidates(frame.terms) if index is not None else ()
    return known


def match(slot: Slot, tier: str, tail: Zone | None = None, given_lead: Zone | None = None) -> Match | None:
    """The best phrase for a quantity within one tier: highest priority, then the words nearest to the number on its left.

    `tail` takes the place of the words after the number, `given_lead` of those before it.
    """
    rows = _candidates(slot, tier)
    if not rows:
        return None
    lead, after, forbidden_lead, forbidden_tail = _zones(slot, tier)
    if tail is not None:
        after = forbidden_tail = tail
    if given_lead is not None:
        lead = forbidden_lead = given_lead
    plain = tier in ("near", "far", "wide")  # the same words in two tiers say the same
    if plain:
        for known_unit, known_lead, known_tail, known in slot.tried:
            if known_lead is lead and known_tail is after and known_unit == slot.unit_in:
                return Match(known.phrase, known.anchor, tier) if known is not None else None
    found = _best(rows, slot, tier, lead, after, forbidden_lead, forbidden_tail)
    if plain:
        slot.tried.append((slot.unit_in, lead, after, found))
    return found


def _best(
    rows: Sequence[Phrase], slot: Slot, tier: str, lead: Zone, tail: Zone, forbidden_lead: Zone, forbidden_tail: Zone
) -> Match | None:
    best: tuple[int, int] = (-1, -1)
    found: Match | None = None
    for phrase in rows:
        if phrase.priority < best[0] or not _holds(phrase, slot, lead, tail) or not _allowed(phrase, forbidden_lead, forbidden_tail):
            continue
        anchor = _anchor(phrase, slot, lead, tail)
        score = (phrase.priority, anchor.start if anchor and anchor.start < slot.q.number_start else 0)
        if score > best:
            best, found = score, Match(phrase, anchor, tier)
    return found


def _candidates(slot: Slot, tier: str) -> Sequence[Phrase]:
    """Rows for a unit; "criterion/n" rows need a denominator, "product@topic" rows hold where the article is about it."""
    frame = slot.frame
    if frame is None:
        return ()
    unit = f"{slot.unit_in}@topic" if tier == "topic" else "times" if "times" in slot.q.flags else slot.unit_in
    rows = possible(frame, unit)
    if slot.q.form == "zero":
        rows = [*rows, *possible(frame, f"{unit}/0")]
    if slot.q.denominator is not None:
        rows = [*rows, *possible(frame, f"{unit}/n")]
    return rows


def _zones(slot: Slot, tier: str) -> tuple[Zone, Zone, Zone, Zone]:
    if tier == "near":
        return slot.lead_near, slot.tail_near, slot.lead_near, slot.tail_near
    if tier == "far":
        return slot.lead_far, slot.tail_far, slot.lead_far, slot.tail_far
    if tier == "wide":
        return slot.lead_wide, slot.tail_far, slot.lead_wide, slot.tail_far
    if tier == "outer":
        return _joined(slot.lead_near, slot.outer), _joined(slot.tail_near, slot.outer_tail), slot.outer, slot.tail_near
    if tier == "topic":
        return slot.topic, slot.tail_near, slot.lead_near, slot.tail_near
    if slot.section is None:
        raise ValueError("the section tier needs a section")
    return slot.section.zone, slot.tail_far, slot.lead_far, slot.tail_far


def _allowed(phrase: Phrase, lead: Zone, tail: Zone) -> bool:
    if not (phrase.must_not.isdisjoint(lead.terms) and phrase.must_not_lead.isdisjoint(lead.terms)):
        return False
    return phrase.subject_only or phrase.must_not.isdisjoint(tail.terms)


def _joined(left: Zone, right: Zone) -> Zone:
    return Zone.of(sorted((*left.hits, *right.hits)))


def _holds(phrase: Phrase, slot: Slot, lead: Zone, tail: Zone) -> bool:
    if phrase.head and not _head(phrase, slot, tail):
        return False
    if not (lead.meets(phrase.lead) and tail.meets(phrase.tail)):
        return False
    if not phrase.any:
        return True
    for alternatives in phrase.any:  # noqa: SIM110  (a generator costs more than what it asks)
        if alternatives.isdisjoint(lead.terms) and alternatives.isdisjoint(tail.terms):
            return False
    return True


def _head(phrase: Phrase, slot: Slot, tail: Zone) -> bool:
    if phrase.head.isdisjoint(tail.terms):
        return False
    limit = slot.q.number_end + _HEAD_REACH
    return any(h.term in phrase.head and h.start <= limit and h.start < slot.tail_end for h in tail.hits)


def _anchor(phrase: Phrase, slot: Slot, lead: Zone, tail: Zone) -> Span | None:
    """The deciding words nearest to the number."""
    spans = [hit for alternatives in (*phrase.lead, *phrase.any) if (hit := lead.last(alternatives))]
    spans += [hit for alternatives in (*phrase.tail, *phrase.any) if (hit := tail.first(alternatives))]
    if phrase.head and (hit := tail.first(phrase.head)):
        spans.append(hit)
    if not spans:
        return None
    number = slot.q.number_start
    start = min(h.start for h in spans)
    return (
        Span(start, max(h.end for h in spans))
        if start >= number
        else Span(min(h.start for h in spans), max(h.end for h in spans if h.start < number))
    )

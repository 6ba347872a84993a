"""How much of the annotated truth time, cited documents and milestones reach, each given what the others would have to say.

    python -m tests.extraction.oracle_time [--errors]

Time: for every gold claim of a codebook indicator, the day that `PeriodReader.as_of` gives at its number for its gold kind and measure.
Documents and milestones: sets an article, as ../shared/score/score_claims.py counts them.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from extraction.areas import AreaReader
from extraction.citations import find_citations
from extraction.masks import find_masks
from extraction.milestones import find_milestones
from extraction.model import ArticleContext
from extraction.periods import PeriodReader
from extraction.text import read
from tests.extraction.oracle_quantities import documents

Row = dict[str, Any]
Pick = Callable[[str], bool]


@dataclass
class Tally:
    """Hits among what gold has and among what was predicted."""

    right: int = 0
    gold: int = 0
    predicted: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.gold + self.predicted) if self.gold + self.predicted else 1.0

    def __str__(self) -> str:
        return f"{self.right}/{self.gold} of {self.predicted}   recall {self.recall:.4f}   F1 {self.f1:.4f}"


def half(parity: int) -> Pick:
    """Composed articles whose number is even (0) or odd (1); the even ones were read last, after everything had been tuned on the odd ones."""
    return lambda doc: int(doc[-3:]) % 2 == parity


def everything(doc: str) -> bool:
    return bool(doc)


def context(row: Row) -> ArticleContext:
    return ArticleContext(date.fromisoformat(row["published"][:10]) if row.get("published") else None, row["portal_area"])


def number_at(raw: str, start: int, end: int, claim: Row) -> int:
    """Where the claim's number stands in its evidence: the digits that read as its value, else the first digits (zeros: the evidence)."""
    value = abs(claim["value"])
    if value == 0:
        return start
    first = None
    for m in re.finditer(r"\d[\d.,]*", raw[start:end]):
        written = m.group().rstrip(".,")
        plain, decimal = written.replace(".", ""), written.replace(",", ".")
        forms = {float(form) for form in (plain.replace(",", "."), decimal, plain.replace(",", "")) if form.count(".") <= 1}
        if any(abs(form * scale - value) <= 1e-6 * max(1.0, value) for form in forms for scale in (1, 1e3, 1e4, 1e6, 1e9, 1e12)):
            return start + m.start()
        first = start + m.start() if first is None else first
    return start if first is None else first


def positions(row: Row, raw: str) -> Iterator[tuple[Row, int]]:
    """Gold claims of codebook indicators with the position of their number; evidence that occurs again is taken in reading order."""
    seen: dict[str, int] = {}
    for claim in row["claims"]:
        evidence = claim["evidence"]
        at = raw.find(evidence, seen.get(evidence, 0))
        at = at if at >= 0 else raw.find(evidence)
        seen[evidence] = at + 1
        if claim["indicator"] != "other":
            yield claim, number_at(raw, at, at + len(evidence), claim)


def score_periods(shared: Path, name: str, pick: Pick = everything) -> Tally:
    tally = Tally()
    for row, raw in documents(shared, name):
        if not pick(row["doc"]):
            continue
        reader = PeriodReader(read(raw), context(row))
        for claim, position in positions(row, raw):
            told = reader.as_of(position, claim["kind"], measure=claim["measure"])
            day = told.value.isoformat() if told.value else None
            tally.gold += 1
            tally.predicted += 1
            tally.right += day == claim["as_of"]
            if day != claim["as_of"]:
                tally.errors.append(f"{row['doc']} «{claim['evidence']}» {claim['kind']} gold {claim['as_of']} got {day} by {told.rule}")
    return tally


def score_citations(shared: Path, name: str, pick: Pick = everything) -> Tally:
    tally = Tally()
    for row, raw in documents(shared, name):
        if pick(row["doc"]):
            want = {d["number"] for d in row.get("documents", [])}
            _count(tally, row["doc"], want, {c.number for c in find_citations(read(raw), context(row))})
    return tally


def score_milestones(shared: Path, name: str, pick: Pick = everything) -> Tally:
    tally = Tally()
    for row, raw in documents(shared, name):
        if pick(row["doc"]):
            text, where = read(raw), context(row)
            areas = AreaReader(text, where, find_masks(text, where))
            found = find_milestones(text, where, areas, PeriodReader(text, where))
            got = {(m.indicator, m.kind, _toneless(m.area), m.as_of.isoformat() if m.as_of else None) for m in found}
            want = {(m["indicator"], m["kind"], _toneless(m["area"]), m["as_of"]) for m in row.get("milestones", [])}
            _count(tally, row["doc"], want, got)
    return tally


def _count(tally: Tally, doc: str, want: set[Any], got: set[Any]) -> None:
    tally.right += len(want & got)
    tally.gold += len(want)
    tally.predicted += len(got)
    tally.errors += [f"{doc} missed {w}" for w in sorted(want - got, key=str)] + [
        f"{doc} spurious {g}" for g in sorted(got - want, key=str)
    ]


def _toneless(area: str) -> str:
    """Spellings with either tone placement are one area."""
    marks = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
    return unicodedata.normalize("NFD", area.lower()).translate(marks)


def main(shared: Path, show: bool) -> None:
    sets = [
        ("seeds", "seeds", everything),
        ("composed", "composed odd", half(1)),
        ("composed", "composed even", half(0)),
        ("dev", "dev", everything),
    ]
    for title, scorer in (("time", score_periods), ("documents", score_citations), ("milestones", score_milestones)):
        for name, label, pick in sets:
            tally = scorer(shared, name, pick)
            print(f"{title:11} {label:14} {tally}")
            if show:
                print("\n".join(f"    {e}" for e in tally.errors))


if __name__ == "__main__":
    from tests.conftest import SHARED

    main(SHARED, "--errors" in sys.argv)

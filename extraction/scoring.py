"""How predicted claims measure up to annotated ones: pairing, agreement by field, figures. Pure.

The rules are those of the developers' scorer (a test compares the two where it is at hand), so figures mean the same everywhere:
a prediction pairs with a gold claim when its span touches the gold evidence and its number is the gold number, sign aside;
pairs are chosen to agree in as many fields as possible, ties go to the nearer span. Of a pair
  found   it exists                               was the quantity seen as a claim at all
  core    kind, indicator, measure, value agree   does the fact table get the right row
  strict  every scored field agrees               is every column right
Gold claims of indicator "other" are not scored, nor is a prediction that pairs with one.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]  # a claim in the fields of gold/GUIDE.md; predictions also have start and end

CORE = ("kind", "indicator", "measure", "value")
EXTRA = ("op", "unit", "denominator", "as_of", "area", "plan_by", "per_year")
FIELDS = CORE + EXTRA

_LEVEL_WORDS = {
    "tp": "thành phố", "tp.": "thành phố", "tx": "thị xã", "tx.": "thị xã", "tt": "thị trấn", "tt.": "thị trấn",
    "q.": "quận", "h.": "huyện", "p.": "phường", "x.": "xã",
}  # fmt: skip
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


@dataclass(frozen=True, slots=True)
class Document:
    """One annotated article."""

    name: str
    set_name: str  # gold.SETS
    published: str | None
    portal_area: str | None
    title: str
    text: str
    claims: tuple[Row, ...]
    citations: frozenset[str] | None  # numbers of the cited documents; None where they were not annotated
    milestones: tuple[Row, ...] | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold claim and the prediction of it; `wrong` names the fields that differ."""

    gold: Row
    predicted: Row
    wrong: tuple[str, ...]

    @property
    def core(self) -> bool:
        return not any(field in CORE for field in self.wrong)

    @property
    def strict(self) -> bool:
        return not self.wrong


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts behind precision and recall."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)


@dataclass(frozen=True, slots=True)
class Marked:
    """One document, marked."""

    document: Document
    pairs: tuple[Pair, ...]
    beyond: tuple[Pair, ...]  # predictions of what gold calls "other": not scored
    missed: tuple[Row, ...]
    spurious: tuple[Row, ...]
    citations: Tally
    milestones: Tally


def mark(document: Document, prediction: Row) -> Marked:
    """Pair the claims of a document with those predicted ({"claims", "documents", "milestones"})."""
    predicted = [c for c in prediction.get("claims", []) if c.get("indicator") not in (None, "", "other")]
    paired = pair_up(document.claims, predicted, document.text)
    found = [(document.claims[i], predicted[j]) for i, j in paired]
    pairs = [Pair(g, p, tuple(f for f in FIELDS if not agrees(f, g, p))) for g, p in found]
    seen, used = {i for i, _ in paired}, {j for _, j in paired}
    return Marked(
        document,
        tuple(p for p in pairs if p.gold["indicator"] != "other"),
        tuple(p for p in pairs if p.gold["indicator"] == "other"),
        tuple(c for i, c in enumerate(document.claims) if i not in seen and c["indicator"] != "other"),
        tuple(c for j, c in enumerate(predicted) if j not in used),
        _tally(document.citations, {d.get("number") for d in prediction.get("documents", [])}),
        _tally(_keys(document.milestones), _keys(prediction.get("milestones", ()))),
    )


def _keys(milestones: Iterable[Row] | None) -> set[tuple[Any, ...]] | None:
    if milestones is None:
        return None
    return {(m.get("indicator"), m.get("kind"), plain_area(m.get("area")), m.get("as_of")) for m in milestones}


def _tally(wanted: Iterable[Any] | None, got: Iterable[Any] | None) -> Tally:
    if wanted is None or got is None:
        return Tally()
    wanted, got = set(wanted), set(got)
    return Tally(len(wanted & got), len(got), len(wanted))


def pair_up(gold: Sequence[Row], predicted: Sequence[Row], text: str) -> list[tuple[int, int]]:
    """Indices of gold and predicted claims that belong together, best agreement first. `ValueError`: evidence that the text lacks."""
    edges = []
    for i, g in enumerate(gold):
        where = occurrences(text, g["evidence"])
        if not where:
            raise ValueError(f"gold evidence is not in the text: {g['evidence']!r}")
        for j, p in enumerate(predicted):
            gaps = [abs(p["start"] - s) + abs(p["end"] - e) for s, e in where if p["start"] < e and s < p["end"]]
            if gaps and same_number(g, p):
                agreed = 10 * sum(agrees(f, g, p) for f in CORE) + sum(agrees(f, g, p) for f in EXTRA)
                edges.append((-agreed, min(gaps), i, j))
    free_gold, free_predicted, out = set(range(len(gold))), set(range(len(predicted))), []
    for _, _, i, j in sorted(edges):
        if i in free_gold and j in free_predicted:
            free_gold.remove(i)
            free_predicted.remove(j)
            out.append((i, j))
    return out


def occurrences(text: str, evidence: str) -> list[tuple[int, int]]:
    """All spans of a text that read as the evidence, also overlapping ones."""
    out = []
    at = text.find(evidence)
    while at >= 0:
        out.append((at, at + len(evidence)))
        at = text.find(evidence, at + 1)
    return out


def same_number(g: Row, p: Row) -> bool:
    """The same number or range, sign and order of the ends aside."""
    numbers = [sorted(abs(float(c[k])) for k in ("value", "value_high") if c.get(k) is not None) for c in (g, p)]
    return len(numbers[0]) == len(numbers[1]) and all(_close(a, b) for a, b in zip(*numbers, strict=True))


def agrees(field: str, g: Row, p: Row) -> bool:
    """Does the prediction have the gold value of a field?"""
    if field == "value":
        return _close(g.get("value"), p.get("value")) and _close(g.get("value_high"), p.get("value_high"))
    if field == "denominator":
        return _close(g.get(field), p.get(field))
    if field == "area":
        return plain_area(g.get(field)) == plain_area(p.get(field))
    if field == "per_year":
        return bool(g.get(field)) == bool(p.get(field))
    return (g.get(field) or None) == (p.get(field) or None)


def _close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return math.isclose(float(a), float(b), rel_tol=1e-6, abs_tol=1e-9)


def plain_area(area: str | None) -> str:
    """An area in the spelling in which areas are compared: lower case, no tone marks (hoà is hòa), level words in full.

    >>> plain_area("TP. Thanh Hoá ,Tỉnh Thanh Hóa")
    'thanh phô thanh hoa, tinh thanh hoa'
    """
    parts = []
    for part in unicodedata.normalize("NFC", area or "").lower().split(","):
        words = part.replace("tp.", "tp. ").split()
        if words:
            words[0] = _LEVEL_WORDS.get(words[0], words[0])
        parts.append(unicodedata.normalize("NFC", unicodedata.normalize("NFD", " ".join(words)).translate(_TONES)))
    return ", ".join(p for p in parts if p)


def measures(tally: Tally) -> dict[str, float]:
    """Precision, recall and F1, to four digits."""
    precision = tally.right / tally.predicted if tally.predicted else 0.0
    recall = tally.right / tally.gold if tally.gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def figures(marked: Sequence[Marked]) -> dict[str, Any]:
    """The figures of a set of documents, under the names that the developers' scorer uses."""
    pairs = [p for m in marked for p in m.pairs]
    gold = len(pairs) + sum(len(m.missed) for m in marked)
    predicted = len(pairs) + sum(len(m.spurious) for m in marked)
    right = {"found": len(pairs), "core": sum(p.core for p in pairs), "strict": sum(p.strict for p in pairs)}
    return {
        "documents": len(marked),
        "gold_claims": gold,
        "predicted_claims": predicted,
        **{name: measures(Tally(n, predicted, gold)) for name, n in right.items()},
        "fields": {f: round(sum(f not in p.wrong for p in pairs) / len(pairs), 4) if pairs else 0.0 for f in FIELDS},
        "document_numbers": measures(sum((m.citations for m in marked), Tally())),
        "milestones": measures(sum((m.milestones for m in marked), Tally())),
    }


def error_lines(marked: Sequence[Marked]) -> list[str]:
    """One line an error, document by document."""
    lines = []
    for m in marked:
        name, text = m.document.name, m.document.text
        for pair in m.pairs:
            if pair.wrong:
                told = "; ".join(f"{f}: gold {pair.gold.get(f)!r} got {pair.predicted.get(f)!r}" for f in pair.wrong)
                lines.append(f"{name} WRONG «{pair.gold['evidence']}» {told}")
        lines += [f"{name} MISSED «{c['evidence']}» {c['kind']} {c['indicator']}" for c in m.missed]
        for c in m.spurious:
            lines.append(f"{name} SPURIOUS «{text[c['start'] : c['end']]}» {c.get('kind')} {c.get('indicator')} {c.get('value')}")
    return lines

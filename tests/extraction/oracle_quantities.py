"""How much of the annotated truth the quantities reach, before anyone reads meaning into them.

    python -m tests.extraction.oracle_quantities [--errors N] [--extra]

For every gold claim of a codebook indicator: is there a quantity that touches its evidence and holds its number? Among those: is the
comparator, the unit, "each year" the annotated one? Values that frames derive are compared as derived ("vượt 14,3%" is 114.3 per cent of
the plan, "gấp 2,5 lần" a change of +150 per cent, "bằng 103% so với cùng kỳ" one of +3).
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from extraction.masks import find_masks
from extraction.model import ArticleContext, Quantity
from extraction.quantities import find_quantities
from extraction.text import read

Claim = dict[str, Any]


@dataclass
class Score:
    gold: int = 0
    found: int = 0
    op: int = 0
    unit: int = 0
    per_year: int = 0
    quantities: int = 0
    unclaimed: int = 0
    errors: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        share = lambda n: f"{n}/{self.found} = {n / max(self.found, 1):.4f}"  # noqa: E731
        return (
            f"found {self.found}/{self.gold} = {self.found / max(self.gold, 1):.4f}   op {share(self.op)}   unit {share(self.unit)}   "
            f"per_year {share(self.per_year)}   quantities {self.quantities}, of no claim {self.unclaimed}"
        )


def documents(shared: Path, name: str) -> Iterator[tuple[Claim, str]]:
    """(gold, text) of the file `name` ("seeds", "dev", "composed")."""
    texts = {}
    path = shared / "gold" / f"{name}_texts.jsonl"
    if path.exists():
        texts = {row["doc"]: row["text"] for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    for row in map(json.loads, (shared / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()):
        yield row, texts.get(row["doc"]) or (shared / "seeds" / row["doc"]).read_text(encoding="utf-8", errors="replace")


def values_match(claim: Claim, q: Quantity) -> bool:
    gold = sorted(abs(v) for v in (claim["value"], claim.get("value_high")) if v is not None)
    mine = sorted(v for v in (q.value, q.value_high) if v is not None)
    if len(gold) != len(mine):
        return False
    if (claim.get("denominator") or None) != q.denominator and not (
        q.denominator and math.isclose(claim.get("denominator") or 0, q.denominator)
    ):
        return False
    readings = [mine]
    if claim["measure"] == "plan_share":
        readings.append([v + 100 for v in mine])
    if claim["measure"] == "relative_change":
        readings += [[abs(v - 100) for v in mine], [(v - 1) * 100 for v in mine]]
    return any(all(math.isclose(g, m, rel_tol=1e-6, abs_tol=1e-6) for g, m in zip(gold, sorted(r), strict=True)) for r in readings)


def units_match(claim: Claim, q: Quantity) -> bool:
    """Percentage points are written "%" and counts without a noun get theirs from the frames."""
    same = {claim["unit"], "percent"} if claim["unit"] == "percentage_point" else {claim["unit"]}
    return q.unit in same or (claim["unit"] == "percent" and q.unit == "other" and "times" in q.flags)


def evidence_spans(text: str, evidence: str) -> list[tuple[int, int]]:
    out, at = [], text.find(evidence)
    while at >= 0:
        out.append((at, at + len(evidence)))
        at = text.find(evidence, at + 1)
    return out


def score_document(row: Claim, raw: str, score: Score, *, others: bool = False) -> None:
    text = read(raw)
    context = ArticleContext(
        date.fromisoformat(row["published"][:10]) if row.get("published") else None, row.get("portal_area"), row.get("title") or ""
    )
    masks = find_masks(text, context)
    quantities = find_quantities(text, masks)
    free = set(range(len(quantities)))
    score.quantities += len(quantities)
    for claim in row["claims"]:
        spans = evidence_spans(raw, claim["evidence"])
        touching = [i for i, q in enumerate(quantities) if any(q.start < e and s < q.end for s, e in spans)]
        right = [i for i in touching if values_match(claim, quantities[i])]
        best = max(right, default=None, key=lambda i: (i in free, units_match(claim, quantities[i]), quantities[i].op == claim["op"]))
        if best is not None:
            free.discard(best)
        if claim["indicator"] == "other" and not others:
            continue
        _count(claim, quantities[best] if best is not None else None, row["doc"], raw, score)
    score.unclaimed += len(free)


def _count(claim: Claim, q: Quantity | None, doc: str, raw: str, score: Score) -> None:
    what = (
        f"{doc} {claim['indicator']} {claim['op']} {claim['value']} {claim.get('value_high')} /{claim.get('denominator')} {claim['unit']}"
    )
    score.gold += 1
    if q is None:
        score.missed[claim["indicator"]] += 1
        score.errors.append(f"MISSED {what} | {claim['evidence']}")
        return
    score.found += 1
    score.op += q.op == claim["op"]
    score.unit += units_match(claim, q)
    score.per_year += q.per_year == bool(claim.get("per_year"))
    here = raw[max(0, q.start - 30) : q.end + 30].replace("\n", "⏎")
    if q.op != claim["op"]:
        score.errors.append(f"OP     {what}, got {q.op} | {here}")
    if not units_match(claim, q):
        score.errors.append(f"UNIT   {what}, got {q.unit} | {here}")
    if q.per_year != bool(claim.get("per_year")):
        score.errors.append(f"YEARLY {what}, got {q.per_year} | {here}")


def score_file(shared: Path, name: str, *, others: bool = False) -> Score:
    score = Score()
    for row, raw in documents(shared, name):
        score_document(row, raw, score, others=others)
    return score


if __name__ == "__main__":
    from tests.conftest import SHARED

    for file in ("seeds", "dev", "composed"):
        result = score_file(SHARED, file, others="--others" in sys.argv)
        print(file, result)
        if "--errors" in sys.argv:
            print("\n".join(result.errors))

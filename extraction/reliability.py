"""Is a confidence of 0.9 right nine times in ten? Observations of claims, statistics of rules, cross-validation, the table. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extraction.confidence import ALL, FAILED_CHECK, REQUIRED, Precision, claim_confidence, family_of, rule_keys
from extraction.engine import ExtractedClaim
from extraction.scoring import Marked, Row

FOLDS = 5
COMPOSED_WEIGHT = 0.1
_EDGES = tuple(round(0.55 + 0.05 * i, 2) for i in range(9))  # ten bins: below 0.55, then by 0.05; nothing sensible is less sure than a coin


@dataclass(frozen=True, slots=True)
class Observation:
    """One predicted claim: how its required fields were decided, which of them were wrong, and whether every scored column was right."""

    document: str
    set_name: str
    fields: tuple[tuple[str, str, str], ...]  # (field, source, rule)
    wrong: frozenset[str]
    strict: bool
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """An observation and the confidence that statistics of other documents give it."""

    observation: Observation
    confidence: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims of one range of confidence: how many, how sure on average, how many right in every column."""

    low: float
    high: float
    claims: int
    confidence: float
    right: float


def observations(marked: Marked, claims: Sequence[ExtractedClaim]) -> list[Observation]:
    """One for each claim predicted of a document. What gold does not know, or calls "other", is wrong in number and indicator."""
    wrong: dict[tuple[object, ...], tuple[frozenset[str], bool]] = {}
    for pair in marked.pairs:
        wrong[_key(pair.predicted)] = (_wrong_fields(pair.wrong), pair.strict)
    invented = (frozenset({"value", "indicator"}), False)
    for claim in (*marked.spurious, *(p.predicted for p in marked.beyond)):
        wrong[_key(claim)] = invented
    return [_observation(marked, c, *wrong.get((c.start, c.end, c.indicator, c.value, c.area, c.unit), invented)) for c in claims]


def _key(claim: Row) -> tuple[object, ...]:
    return (claim["start"], claim["end"], claim["indicator"], claim["value"], claim["area"], claim["unit"])


def _wrong_fields(wrong: Iterable[str]) -> frozenset[str]:
    """Wrong units, denominators and comparators are wrong numbers: one stage reads them."""
    return frozenset("value" if field in ("unit", "denominator", "op") else field for field in wrong)


def _observation(marked: Marked, claim: ExtractedClaim, wrong: frozenset[str], strict: bool) -> Observation:
    fields = tuple((name, claim.trace[name]["source"], claim.trace[name]["rule"]) for name in REQUIRED)
    return Observation(marked.document.name, marked.document.set_name, fields, wrong, strict, claim.checks)


def count_rules(seen: Iterable[Observation]) -> dict[tuple[str, str, str], Precision]:
    """How often each rule was right by field and source, and its family, and all rules of a field and source together.

    Composed excerpts count a tenth: rules were written on them, and 99 % of what they read there is right whatever the rule
    (86 % on articles that nobody wrote rules on); at full weight the error of calibration on those doubles (0.049 for 0.018).
    """
    counts: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for o in seen:
        weight = COMPOSED_WEIGHT if o.set_name.startswith("composed") else 1.0
        for name, source, rule in o.fields:
            counted = rule_keys(source, rule)[0]
            for key in {(name, source, counted), (name, source, family_of(counted)), (name, source, ALL)}:
                counts[key][0] += weight * (name not in o.wrong)
                counts[key][1] += weight
    return {key: Precision(round(counts[key][0], 1), round(counts[key][1], 1)) for key in sorted(counts)}


def cross_validated(seen: Sequence[Observation], folds: int = FOLDS) -> list[Judged]:
    """The confidence of each claim by the statistics of the documents outside of its own fold; folds are a hash of the name."""
    out: list[Judged] = []
    for fold in range(folds):
        stats = count_rules(o for o in seen if fold_of(o.document, folds) != fold)
        for o in seen:
            if fold_of(o.document, folds) == fold:
                sure = claim_confidence(o.fields, stats)
                out.append(Judged(o, min(sure, FAILED_CHECK) if o.checks else sure))
    return out


def fold_of(document: str, folds: int = FOLDS) -> int:
    """The fold of a document, 0 to folds - 1, the same on every machine."""
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:4], "big") % folds


def bins(judged: Sequence[Judged]) -> list[Bin]:
    """The reliability table, least sure first; empty bins are left out."""
    edges = (0.0, *_EDGES, 1.0001)
    out = []
    for low, high in pairwise(edges):
        inside = [j for j in judged if low <= j.confidence < high]
        if inside:
            n = len(inside)
            out.append(Bin(low, min(high, 1.0), n, sum(j.confidence for j in inside) / n, sum(j.observation.strict for j in inside) / n))
    return out


def calibration_error(table: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance between confidence and precision, bins weighted by their claims."""
    total = sum(b.claims for b in table)
    return sum(b.claims * abs(b.confidence - b.right) for b in table) / total if total else 0.0


def brier(judged: Sequence[Judged]) -> float:
    """Mean squared distance between confidence and being right."""
    return sum((j.confidence - j.observation.strict) ** 2 for j in judged) / len(judged) if judged else 0.0


def above(judged: Sequence[Judged], threshold: float) -> tuple[float, float]:
    """(share of the claims at least so sure and without a failed check, their precision)."""
    kept = [j for j in judged if j.confidence >= threshold and not j.observation.checks]
    return (len(kept) / len(judged), sum(j.observation.strict for j in kept) / len(kept)) if kept else (0.0, 1.0)


def coverage_at(judged: Sequence[Judged], precision: float) -> tuple[float, float]:
    """(largest share of claims that reaches a precision, the threshold for it); (0, 1) when none does."""
    best = (0.0, 1.0)
    for threshold in sorted({j.confidence for j in judged}):
        share, right = above(judged, threshold)
        if right >= precision and share > best[0]:
            best = (share, threshold)
    return best

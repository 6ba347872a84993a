"""How far a field can be trusted: the measured precision of the rule that decided it, else of where it came from.

`lexicon/rule_stats.csv` (field, rule, right, seen) is regenerated from annotated articles by `python -m extraction.score --stats`;
a rule seen too seldom says nothing of its own and takes the figure of its source.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from extraction.model import Field
from extraction.terms import LEXICON, read_lexicon

_MIN_SEEN = 8
_UNMEASURED = {"explicit": 0.9, "derived": 0.85, "inherited": 0.75, "default": 0.8}


def wilson_lower(right: int, seen: int, z: float = 1.28) -> float:
    """Lower bound of a precision (Wilson score, 80 % two-sided by default); 0 when nothing was seen."""
    if seen == 0:
        return 0.0
    p, zz = right / seen, z * z
    return (p + zz / (2 * seen) - z * math.sqrt(p * (1 - p) / seen + zz / (4 * seen * seen))) / (1 + zz / seen)


def field_confidence(name: str, field: Field[Any]) -> float:
    """Confidence of one field of a claim, between 0 and 1."""
    stats = _stats()
    for key in ((name, _plain(field.rule)), (name, f"*{field.source}")):
        right, seen = stats.get(key, (0, 0))
        if seen >= _MIN_SEEN:
            return wilson_lower(right, seen)
    return _UNMEASURED[field.source]


def _plain(rule: str) -> str:
    return rule.split(":")[0].split("@")[0]


@cache
def _stats() -> dict[tuple[str, str], tuple[int, int]]:
    if not (LEXICON / "rule_stats.csv").exists():
        return {}
    return {(r["field"], r["rule"]): (int(r["right"]), int(r["seen"])) for r in read_lexicon("rule_stats.csv")}

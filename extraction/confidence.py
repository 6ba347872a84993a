"""How far a claim can be trusted: how often the rules that decided its fields were right on annotated articles.

`lexicon/rule_stats.csv` (field, source, rule, right, seen) is written by `python -m extraction.calibrate`. A field has
  the precision of its rule where that rule decides by itself (source explicit, default or derived), or
  the precision of the rule that it was handed on from times how much handing it on so loses (inherited: "như số trước: RULE").
A precision is the lower end of its Wilson interval, and a rule that was seen seldom leans on all rules of its field and source.
A claim is as sure as the least sure of the fields that a fact needs; one that fails a check is at most `FAILED_CHECK` sure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from extraction.model import Field
from extraction.terms import LEXICON, read_lexicon

REQUIRED = ("value", "indicator", "kind", "measure", "as_of", "area")  # what a row of the fact table cannot be without
FAILED_CHECK = 0.5  # a claim whose figures contradict each other is as likely wrong as right at best
ALL = "*"  # the rules of a field and source together
# of 5, 10 and 20 claims: cross-validated Brier scores 0.1168, 0.1138, 0.1137, errors of calibration 0.034, 0.018, 0.027
LEAN = 10
_UNMEASURED = 0.5  # without rule_stats.csv nothing is known


class Precision(NamedTuple):
    """How often a rule was right, and how often it was seen."""

    right: float
    seen: float


_NEVER = Precision(0, 0)
Stats = Mapping[tuple[str, str, str], Precision]  # (field, source, rule) -> precision; rule ALL sums up


def wilson_lower(right: float, seen: float, z: float = 1.28) -> float:
    """Lower end of the Wilson score interval of a precision, by default of the one that holds 80 %; 0 when nothing was seen."""
    if seen <= 0:
        return 0.0
    p, zz = right / seen, z * z
    return (p + zz / (2 * seen) - z * math.sqrt(max(p * (1 - p), 0.0) / seen + zz / (4 * seen * seen))) / (1 + zz / seen)


def rule_keys(source: str, rule: str) -> tuple[str, str | None]:
    """The rule that decided, as counted, and the rule that it hands on. Numbers of lexicon rows go: rows move.

    Words that stand far from the number are handed on too: "@far" loses as much as many inheritances do.

    >>> rule_keys("inherited", "như số trước: poverty.rate.poor/1@near")
    ('như số trước', 'poverty.rate.poor')
    >>> rule_keys("explicit", "poverty.rate.poor/1@far")
    ('@far', 'poverty.rate.poor')
    >>> rule_keys("explicit", "poverty.rate.poor/1@near")
    ('poverty.rate.poor', None)
    """
    plain, _, tier = re.sub(r"/\d+", "", rule).partition("@")
    way, colon, base = plain.partition(": ")
    if source == "inherited" and colon:
        return way, base.rsplit(": ", 1)[-1]
    return (f"@{tier}", plain) if tier and tier != "near" else (plain, None)


def field_confidence(name: str, source: str, rule: str, stats: Stats) -> float:
    """Confidence of one field of a claim, between 0 and 1."""
    if not stats:
        return _UNMEASURED
    way, base = rule_keys(source, rule)
    own = _precision(stats, name, source, way)
    explicit = stats.get((name, "explicit", ALL), _NEVER)
    if base is None or explicit.seen == 0:
        return own
    kept = min(1.0, own / wilson_lower(*explicit))  # what handing on keeps of the precision of explicit words
    return kept * _precision(stats, name, "explicit", base)


def _precision(stats: Stats, name: str, source: str, rule: str) -> float:
    """Lower bound of a rule's precision, with `LEAN` claims of the average of its family added to what was seen of it."""
    together = stats.get((name, source, ALL), _NEVER)
    average = (together.right + 1) / (together.seen + 2)  # of a source that was never seen: 1/2
    family, own = stats.get((name, source, family_of(rule)), _NEVER), stats.get((name, source, rule), _NEVER)
    average = (family.right + LEAN * average) / (family.seen + LEAN)
    return wilson_lower(own.right + LEAN * average, own.seen + LEAN)


def family_of(rule: str) -> str:
    """The rules of one family of indicators together: "ntm.*"; of other rules, all."""
    head, dot, _ = rule.partition(".")
    return f"{head}.{ALL}" if dot and " " not in head else ALL


def claim_confidence(fields: Iterable[tuple[str, str, str]], stats: Stats) -> float:
    """The least sure of (field, source, rule), to four digits."""
    return round(min(field_confidence(name, source, rule, stats) for name, source, rule in fields), 4)


def confidence(fields: Mapping[str, Field[Any]]) -> float:
    """Confidence of a claim by the statistics that ship with the extractor."""
    return _known(tuple((name, fields[name].source, fields[name].rule) for name in REQUIRED))


@lru_cache(maxsize=50_000)  # rules are few; a batch of a million articles must not grow it
def _known(fields: tuple[tuple[str, str, str], ...]) -> float:
    return claim_confidence(fields, shipped_stats())


@cache
def shipped_stats() -> dict[tuple[str, str, str], Precision]:
    """The rows of rule_stats.csv; {} where it has not been made."""
    if not (LEXICON / "rule_stats.csv").exists():
        return {}
    rows = read_lexicon("rule_stats.csv")
    return {(r["field"], r["source"], r["rule"]): Precision(float(r["right"]), float(r["seen"])) for r in rows}

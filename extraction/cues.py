"""The words that say how a number is meant: cue classes of `lexicon/cues.csv`, numbered in one term index with the indicator phrases."""

from __future__ import annotations

from functools import cache

from extraction.terms import TermIndex, Zone, read_lexicon

TERMS = TermIndex()


@cache
def cue_class(name: str) -> frozenset[int]:
    """Term numbers of one class of cues.csv; raises `KeyError` naming the class when there is none."""
    return _classes()[name]


@cache
def _classes() -> dict[str, frozenset[int]]:
    classes: dict[str, set[int]] = {}
    for row in read_lexicon("cues.csv"):
        classes.setdefault(row["class"], set()).add(TERMS.number(row["surface"]))
    return {name: frozenset(numbers) for name, numbers in classes.items()}


@cache
def all_cues() -> frozenset[int]:
    """Terms of every class but the neutral phrases, inside of which they are hidden; `support_verb` is a class for this alone."""
    return frozenset().union(*(terms for name, terms in _classes().items() if name != "neutral"))


def has(zone: Zone, name: str) -> bool:
    """Does any cue of a class stand in a zone?"""
    return not cue_class(name).isdisjoint(zone.terms)

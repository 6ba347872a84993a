"""Arithmetic that figures of one sentence must satisfy among themselves; a claim that fails goes to review, it is not dropped.

Tolerances: published shares are rounded and may use another denominator, 0.5 points (notes/domain.md, section 3 saw 0.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

_SHARE_TOLERANCE = 0.5  # percentage points
_PLAN_TOLERANCE = 0.02  # of the share: 85 % of a plan of 214 households is 182 ± 1


class Figure(Protocol):
    """What the checks look at of a claim."""

    @property
    def indicator(self) -> str: ...
    @property
    def measure(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def denominator(self) -> float | None: ...
    @property
    def area(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def op(self) -> str: ...


def failed_checks(claims: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Names of the checks that each claim fails, in the order of the claims."""
    failed: list[list[str]] = [[] for _ in claims]
    for i, claim in enumerate(claims):
        if claim.denominator is not None and claim.value > claim.denominator:
            failed[i].append("numerator_above_denominator")
        if i + 1 < len(claims) and not _shares_fit(claim, claims[i + 1]):
            failed[i].append("share_against_count")
            failed[i + 1].append("share_against_count")
        if i + 1 < len(claims) and not _plan_fits(claim, claims[i + 1], claims[i + 2 :][:2]):
            failed[i + 1].append("plan_arithmetic")
    return [tuple(names) for names in failed]


def _together(left: Figure, right: Figure) -> bool:
    return left.sentence == right.sentence and left.indicator == right.indicator and left.area == right.area


def _shares_fit(count: Figure, share: Figure) -> bool:
    """ "39/89 xã, chiếm 43,8%": the per cent is that of the fraction."""
    if not _together(count, share) or not count.denominator or count.measure != "level" or share.measure != "level":
        return True
    if share.unit != "percent" or count.unit in ("percent", "vnd") or share.op != "eq" or share.kind != count.kind:
        return True
    return abs(count.value / count.denominator * 100 - share.value) <= _SHARE_TOLERANCE


def _plan_fits(count: Figure, share: Figure, after: Sequence[Figure]) -> bool:
    """ "8 xã, đạt 80% kế hoạch (kế hoạch 10 xã)": the share is that of the plan."""
    if not _together(count, share) or share.measure != "plan_share" or count.measure == "plan_share" or share.op != "eq":
        return True
    plan = next(
        (c for c in after if _together(count, c) and c.kind == "target" and c.unit == count.unit and c.measure == count.measure), None
    )
    if plan is None or plan.value == 0 or plan.op != "eq" or count.op != "eq":
        return True
    return abs(count.value / plan.value * 100 - share.value) <= max(1.0, share.value * _PLAN_TOLERANCE)

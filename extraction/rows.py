"""What was read in an article as rows of the lake: identities are hashes of what the row says, never of when it was read."""

from __future__ import annotations

import json
from typing import Any

from extraction.engine import Extracted, extractor_version
from muctieu.records import Article, Citation, Claim, Milestone, Unexplained, stable_id

# Claims less sure than this, or with a failed check, go to review instead of the marts. By the reliability table of
# docs/extraction.md it is the highest threshold that costs the marts less than one right claim in twenty; what it holds
# back is wrong twice as often as the rest.
REVIEW_BELOW = 0.7


def claim_rows(found: Extracted, article: Article) -> list[Claim]:
    """One row a claim."""
    return [
        Claim(
            claim_id=stable_id(article.version_id, c.start, c.end, c.indicator, c.measure, c.value, c.area),
            **_keys(article),
            kind=c.kind,
            indicator=c.indicator,
            measure=c.measure,
            op=c.op,
            value=float(c.value),
            value_high=None if c.value_high is None else float(c.value_high),
            denominator=None if c.denominator is None else float(c.denominator),
            unit=c.unit,
            as_of=c.as_of,
            area=c.area,
            area_code=c.area_code,
            plan_by=c.plan_by,
            per_year=c.per_year,
            qualifier=c.qualifier,
            document_number=c.document_number,
            evidence=c.evidence,
            char_start=c.start,
            char_end=c.end,
            sentence=c.sentence,
            rule=c.rule,
            confidence=c.confidence,
            needs_review=bool(c.checks) or c.confidence < REVIEW_BELOW,
            checks=list(c.checks),
            trace=json.dumps(c.trace, ensure_ascii=False, sort_keys=True),
        )
        for c in found.claims
    ]


def milestone_rows(found: Extracted, article: Article) -> list[Milestone]:
    """One row a named unit."""
    return [
        Milestone(
            milestone_id=stable_id(article.version_id, m.start, m.end, m.indicator, m.kind, m.area),
            **_keys(article),
            indicator=m.indicator,
            kind=m.kind,
            area=m.area,
            area_code=m.area_code,
            as_of=m.as_of,
            char_start=m.start,
            char_end=m.end,
            sentence=_around(article.text, m.start, m.end),
            rule=m.rule,
        )
        for m in found.milestones
    ]


def citation_rows(found: Extracted, article: Article) -> list[Citation]:
    """One row a cited document."""
    return [
        Citation(
            citation_id=stable_id(article.version_id, d.number, d.type, d.start),
            **_keys(article),
            number=d.number,
            type=d.type,
            issuer=d.issuer,
            issued=d.issued,
            char_start=d.start,
            char_end=d.end,
        )
        for d in found.citations
    ]


def unexplained_rows(found: Extracted, article: Article) -> list[Unexplained]:
    """One row a number that became no claim."""
    return [
        Unexplained(
            unexplained_id=stable_id(article.version_id, u.start, u.end),
            **_keys(article),
            text=u.text,
            unit=u.unit,
            reason=u.reason,
            char_start=u.start,
            char_end=u.end,
            sentence=u.sentence,
        )
        for u in found.unexplained
    ]


def _keys(article: Article) -> dict[str, Any]:
    return {
        "version_id": article.version_id,
        "article_id": article.article_id,
        "portal_id": article.portal_id,
        "extractor_version": extractor_version(),
    }


def _around(text: str, start: int, end: int) -> str:
    """The line that holds a span, cut to what a person reads at a glance."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    return text[max(line_start, start - 400) : min(line_end if line_end >= 0 else len(text), end + 400)].strip()

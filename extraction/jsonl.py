"""The command-line contract of extraction: documents in, claims out, one JSON object a line (DESIGN.md, Contracts).

In   {"doc", "published", "portal_area", "title", "text"}
Out  {"doc", "claims", "documents", "milestones"} in the fields of gold/GUIDE.md; claims also with start and end (characters of `text`),
     rule and confidence
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from extraction.engine import Extracted, ExtractedClaim, extract, many_articles


def extract_lines(lines: Iterable[str]) -> Iterator[str]:
    """One output line an input line; blank lines are skipped. Raises `ValueError` naming the line that is no such object."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
            day = published_of(document.get("published"))
            found = extract(document["text"], day, document.get("portal_area"), document.get("title") or "")
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            raise ValueError(f'line {number}: expected {{"doc", "published", "portal_area", "title", "text"}}: {error}') from error
        yield json.dumps(as_dict(document.get("doc"), found), ensure_ascii=False)


def published_of(value: str | None) -> date | datetime | None:
    """ "2021-10-21", "2021-10-21T14:01:00+07:00" or null."""
    if not value:
        return None
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)


def as_dict(doc: str | None, found: Extracted) -> dict[str, Any]:
    """One output object."""
    return {
        "doc": doc,
        "claims": [claim_dict(c) for c in found.claims],
        "documents": [
            {"number": d.number, "type": d.type, "issuer": d.issuer, "issued": d.issued.isoformat() if d.issued else None}
            for d in found.citations
        ],
        "milestones": [
            {"indicator": m.indicator, "kind": m.kind, "area": m.area, "as_of": m.as_of.isoformat() if m.as_of else None}
            for m in found.milestones
        ],
    }


def claim_dict(c: ExtractedClaim) -> dict[str, Any]:
    """A claim with the absent optional fields left out, as gold writes it."""
    out: dict[str, Any] = {
        "evidence": c.evidence, "kind": c.kind, "indicator": c.indicator, "measure": c.measure, "op": c.op, "value": c.value,
        "unit": c.unit, "as_of": c.as_of.isoformat() if c.as_of else None, "area": c.area,
    }  # fmt: skip
    optional = {
        "value_high": c.value_high,
        "denominator": c.denominator,
        "plan_by": c.plan_by,
        "per_year": c.per_year or None,
        "qualifier": c.qualifier,
    }
    out |= {name: value for name, value in optional.items() if value is not None}
    return out | {"start": c.start, "end": c.end, "rule": c.rule, "confidence": c.confidence}


def main() -> int:
    """Standard input to standard output."""
    with many_articles():
        for line in extract_lines(sys.stdin):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())

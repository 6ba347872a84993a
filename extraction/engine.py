"""An article in, its claims, milestones, cited documents and unexplained quantities out. Pure: no clock, network or files but the lexicons.

Offsets of everything that comes out count characters of the text that was given, also when it was not in NFC.
"""

from __future__ import annotations

import gc
import hashlib
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extraction.checks import failed_checks
from extraction.confidence import FAILED_CHECK, confidence
from extraction.frames import read_quantities
from extraction.model import ArticleContext, Field, Kind, Measure, Op, Reading, Span, Text, value_class
from extraction.text import read

if TYPE_CHECKING:
    from extraction.citations import CitedDocument, DocumentReader
    from extraction.milestones import NamedMilestone

_FOLDER = Path(__file__).resolve().parent
# what measures extraction does not change it, and must not make every article pending again
_TOOLS = frozenset(
    {
        "calibrate.py",
        "constructions.py",
        "error_page.py",
        "explain.py",
        "gold.py",
        "reliability.py",
        "rule_words.py",
        "score.py",
        "scoring.py",
    }
)
MAX_LENGTH = 1_000_000  # characters; beyond it a "page" is a dump of something else, and its tail is left unread

Trace = dict[str, dict[str, Any]]


@value_class
class ExtractedClaim:
    """One claim in the fields of gold/GUIDE.md, and how each came about."""

    evidence: str
    kind: Kind
    indicator: str
    measure: Measure
    op: Op
    value: float
    value_high: float | None
    denominator: float | None
    unit: str
    as_of: date | None
    area: str
    area_code: str | None
    plan_by: str | None
    per_year: bool
    qualifier: str | None
    document_number: str | None
    start: int
    end: int
    sentence: str
    rule: str
    confidence: float
    checks: tuple[str, ...]
    trace: Trace  # field -> {"value", "source", "rule", "start", "end"}


@value_class
class UnexplainedQuantity:
    """A number with a programme unit in a programme sentence that became no claim."""

    text: str
    unit: str | None
    reason: str
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """All that was read in one article."""

    claims: tuple[ExtractedClaim, ...]
    milestones: tuple[NamedMilestone, ...]
    citations: tuple[CitedDocument, ...]
    unexplained: tuple[UnexplainedQuantity, ...]


@cache
def extractor_version() -> str:
    """12 hex digits over the code and the lexicons: the same on every machine that has the same files."""
    digest = hashlib.sha256()
    paths = [*(p for p in _FOLDER.glob("*.py") if p.name not in _TOOLS), *_FOLDER.glob("lexicon/*.csv"), *_FOLDER.glob("gazetteer/*.csv")]
    for path in sorted(paths, key=lambda p: p.relative_to(_FOLDER).as_posix()):
        digest.update(path.relative_to(_FOLDER).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def __getattr__(name: str) -> str:
    # EXTRACTOR_VERSION reads every file of the package once: 15 ms that importing should not cost
    if name == "EXTRACTOR_VERSION":
        return extractor_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def extract(raw: str, published: date | datetime | None, portal_area: str | None, title: str = "") -> Extracted:
    """Read one article. Never raises on hostile text; an empty text gives an empty result."""
    from extraction.areas import AreaReader
    from extraction.citations import DocumentReader, find_citations
    from extraction.masks import find_masks
    from extraction.milestones import find_milestones
    from extraction.periods import PeriodReader
    from extraction.quantities import find_quantities
    from extraction.readings import DaysOnce

    given = raw[:MAX_LENGTH]
    composed = unicodedata.normalize("NFC", given)
    text = read(composed)
    day = _day(published)
    context = ArticleContext(day, portal_area, unicodedata.normalize("NFC", title))
    masks = find_masks(text, context)
    quantities = find_quantities(text, masks)
    areas = AreaReader(text, context, masks)
    periods = PeriodReader(text, context, masks)
    citations = find_citations(text, context)
    documents = DocumentReader(text, citations)
    days = DaysOnce(periods)
    readings = read_quantities(text, quantities, context, days, areas, masks)
    claims = [
        _claim(text, r, days, area, documents)
        for r in readings
        if r.indicator.value is not None
        for area in areas.areas(r.quantity.number_start)  # "A, B mỗi huyện 2 xã" is a claim for each
    ]
    unexplained = [_unexplained(text, r) for r in readings if r.indicator.value is None and _programme_unit(r)]
    milestones = find_milestones(text, context, areas, periods)
    found = Extracted(tuple(_checked(_without_overlaps(claims), day)), tuple(milestones), tuple(citations), tuple(unexplained))
    return found if composed == given else _in_given_text(found, given)


def _day(published: date | datetime | None) -> date | None:
    """The day of publication; a year that no portal was there in (0001, 9999 of broken clocks) is no day to count from."""
    day = published.date() if isinstance(published, datetime) else published
    return day if day is not None and 1990 <= day.year <= 2100 else None


@contextmanager
def many_articles() -> Iterator[None]:
    """For the time of a batch: lexicons and gazetteer, a million objects that live for ever, are kept from the garbage collector.

    Slots of a sentence point at each other, so collecting goes on, in larger steps: a tenth of the time of extraction went there.
    """
    extract("Xã A\nNăm 2020, 5/6 xã đạt chuẩn nông thôn mới.", None, None)  # loads what is loaded once
    kept = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*kept)
        gc.unfreeze()


class _Offsets:
    """Where the characters of the composed text stand in the given one."""

    def __init__(self, raw: str) -> None:
        # a cluster is composed as a whole, and composing clusters one by one is composing the text
        clusters, at = [], 0
        for i in range(1, len(raw) + 1):
            if i == len(raw) or not unicodedata.combining(raw[i]):
                clusters.append(raw[at:i])
                at = i
        self.given = [0, *accumulate(len(c) for c in clusters)]
        self.composed = [0, *accumulate(len(unicodedata.normalize("NFC", c)) for c in clusters)]

    def back(self, position: int) -> int:
        """The offset in the given text of an offset in the composed one."""
        i = bisect_right(self.composed, position) - 1
        return min(self.given[i] + (position - self.composed[i]), self.given[-1])


def _in_given_text(found: Extracted, given: str) -> Extracted:
    """The same with all offsets and quoted words those of a text that was not in NFC."""
    back = _Offsets(given).back

    def claim(c: ExtractedClaim) -> ExtractedClaim:
        start, end = back(c.start), back(c.end)
        trace = {
            name: {key: back(value) if key in ("start", "end") and value is not None else value for key, value in field.items()}
            for name, field in c.trace.items()
        }  # fmt: skip
        return replace(c, start=start, end=end, evidence=given[start:end], trace=trace)

    return Extracted(
        tuple(claim(c) for c in found.claims),
        tuple(replace(m, start=back(m.start), end=back(m.end)) for m in found.milestones),
        tuple(
            replace(d, start=back(d.start), end=back(d.end), mentions=tuple(Span(back(s.start), back(s.end)) for s in d.mentions))
            for d in found.citations
        ),
        tuple(replace(u, start=back(u.start), end=back(u.end), text=given[back(u.start) : back(u.end)]) for u in found.unexplained),
    )


_PROGRAMME_UNITS = {"commune", "district", "village", "household", "product", "criterion", "subcriterion", "percent", "percentage_point"}


def _programme_unit(reading: Reading) -> bool:
    return reading.quantity.unit in _PROGRAMME_UNITS and reading.reason == "không rõ chỉ tiêu"


def _claim(text: Text, r: Reading, periods: Any, area: Field[Any], documents: DocumentReader) -> ExtractedClaim:
    position = r.quantity.number_start
    as_of = periods.as_of(position, r.kind.value, measure=r.measure.value)
    document = documents.at(position, r.kind.value)
    sentence = text.sentence_at(position)
    fields: dict[str, Field[Any]] = {
        "indicator": r.indicator, "kind": r.kind, "measure": r.measure, "op": r.op, "value": r.value, "unit": r.unit,
        "denominator": r.denominator, "as_of": as_of, "area": area, "plan_by": r.plan_by, "per_year": r.per_year, "qualifier": r.qualifier,
    }  # fmt: skip
    return ExtractedClaim(
        evidence=text.raw[r.start : r.end],
        kind=r.kind.value,
        indicator=r.indicator.value or "",
        measure=r.measure.value,
        op=r.op.value,
        value=r.value.value,
        value_high=r.value_high.value,
        denominator=r.denominator.value,
        unit=r.unit.value,
        as_of=as_of.value,
        area=area.value.name,
        area_code=area.value.code,
        plan_by=r.plan_by.value,
        per_year=r.per_year.value,
        qualifier=r.qualifier.value,
        document_number=document.value.number if document.value else None,
        start=r.start,
        end=r.end,
        sentence=text.raw[sentence.start : sentence.end],
        rule=r.indicator.rule,
        confidence=confidence(fields),
        checks=(),
        trace={name: _traced(f) for name, f in fields.items()},
    )


_PLAIN = frozenset({str, float, bool, int, type(None)})


def _traced(f: Field[Any]) -> dict[str, Any]:
    value = f.value
    if type(value) not in _PLAIN:
        value = value.name if hasattr(value, "name") else value.isoformat() if isinstance(value, date) else value
    return {"value": value, "source": f.source, "rule": f.rule, "start": f.start, "end": f.end}


def _checked(claims: list[ExtractedClaim], published: date | None) -> list[ExtractedClaim]:
    """Claims with the names of the checks that they fail; a failed check caps the confidence."""
    return [
        replace(claim, checks=failed, confidence=min(claim.confidence, FAILED_CHECK)) if failed else claim
        for claim, failed in zip(claims, failed_checks(claims, published), strict=True)
    ]


def _unexplained(text: Text, r: Reading) -> UnexplainedQuantity:
    sentence = text.sentence_at(r.quantity.number_start)
    return UnexplainedQuantity(
        text.raw[r.start : r.end], r.quantity.unit, r.reason or "", r.start, r.end, text.raw[sentence.start : sentence.end]
    )


def _without_overlaps(claims: list[ExtractedClaim]) -> list[ExtractedClaim]:
    """One claim a number, area and indicator: of two readings of the same number the surer stays."""
    kept: dict[tuple[Any, ...], ExtractedClaim] = {}
    for claim in claims:
        key = (claim.trace["value"]["start"], claim.indicator, claim.area, claim.unit)
        if key not in kept or claim.confidence > kept[key].confidence:
            kept[key] = claim
    return sorted(kept.values(), key=lambda c: (c.start, c.end))

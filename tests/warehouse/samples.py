"""Small lakes made of records: articles in the tests' own words, with the claims that a reader would take from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from muctieu.lake import Lake
from muctieu.records import Article, Citation, Claim, Extraction, Milestone, Run, stable_id

EXTRACTOR = "1.0.0-sample"


@dataclass(frozen=True)
class Says:
    """One claim of an article; `evidence` must occur in its text (the title too)."""

    evidence: str
    kind: str
    indicator: str
    value: float
    as_of: str | None
    measure: str = "level"
    op: str = "eq"
    value_high: float | None = None
    denominator: float | None = None
    unit: str | None = None
    area: str | None = None
    area_code: str | None = None
    plan_by: str | None = None
    per_year: bool = False
    qualifier: str | None = None
    document_number: str | None = None
    confidence: float = 0.9


@dataclass(frozen=True)
class Names:
    """One milestone of an article."""

    evidence: str
    kind: str
    indicator: str
    area: str
    area_code: str | None
    as_of: str | None


@dataclass(frozen=True)
class Piece:
    """One article version."""

    url: str
    title: str
    body: str
    published: str | None
    says: Sequence[Says] = ()
    names: Sequence[Names] = ()
    cites: Sequence[tuple[str, str | None, str | None, str | None]] = ()  # number, type, issuer, issued
    portal: str = "demo"
    area: str = "Huyện Bình Liêu, Tỉnh Quảng Ninh"
    area_code: str | None = "198"
    story: str | None = None
    fetched: str = "2026-01-10T01:00:00"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def article_id(self) -> str:
        return stable_id(self.url)

    @property
    def version_id(self) -> str:
        return stable_id(self.article_id, self.title, self.body, self.published)

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.body}"


UNITS = {
    "poverty.rate": "percent",
    "poverty.household": "household",
    "poverty.exit": "household",
    "ntm.commune": "commune",
    "ntm.criteria": "criterion",
    "ntm.subcriteria": "subcriterion",
    "ntm.district": "district",
    "ocop.product.idea": "idea",
    "ocop.product": "product",
    "budget": "vnd",
}


def unit_of(says: Says) -> str:
    if says.unit:
        return says.unit
    if says.measure in ("relative_change", "plan_share"):
        return "percent"
    unit = next((unit for prefix, unit in UNITS.items() if says.indicator.startswith(prefix)), "other")
    return "percentage_point" if unit == "percent" and says.measure == "change" else unit


def article_of(piece: Piece, run_id: str) -> Article:
    published = None if piece.published is None else datetime.fromisoformat(piece.published).astimezone(UTC)
    fetched = datetime.fromisoformat(piece.fetched).replace(tzinfo=UTC)
    return Article(
        version_id=piece.version_id,
        article_id=piece.article_id,
        story_id=piece.story or stable_id("story", piece.article_id),
        portal_id=piece.portal,
        run_id=run_id,
        capture_id=stable_id(piece.portal, piece.url, fetched),
        canonical_url=piece.url,
        url=piece.url,
        title=piece.title,
        summary=None,
        body_text=piece.body,
        author=None,
        section=None,
        published_at=published,
        published_raw=None,
        published_basis="page" if published else "unknown",
        portal_area=piece.area,
        attachments=[],
        fetched_at=fetched,
        parser="sample/1",
    )


def sentence_around(text: str, start: int, end: int) -> str:
    left = max(text.rfind("\n", 0, start), text.rfind(". ", 0, start) + 1) + 1
    right = min((i for i in (text.find("\n", end), text.find(". ", end)) if i >= 0), default=len(text))
    return text[left:right].strip()


def claims_of(piece: Piece, extractor: str = EXTRACTOR) -> list[Claim]:
    claims = []
    for says in piece.says:
        start = piece.text.index(says.evidence)
        end = start + len(says.evidence)
        claims.append(
            Claim(
                claim_id=stable_id(piece.version_id, start, end, says.indicator, says.measure, says.value),
                version_id=piece.version_id,
                article_id=piece.article_id,
                portal_id=piece.portal,
                extractor_version=extractor,
                kind=says.kind,
                indicator=says.indicator,
                measure=says.measure,
                op=says.op,
                value=says.value,
                value_high=says.value_high,
                denominator=says.denominator,
                unit=unit_of(says),
                as_of=None if says.as_of is None else date.fromisoformat(says.as_of),
                area=says.area or piece.area,
                area_code=says.area_code if says.area else piece.area_code,
                plan_by=says.plan_by,
                per_year=says.per_year,
                qualifier=says.qualifier,
                document_number=says.document_number,
                evidence=says.evidence,
                char_start=start,
                char_end=end,
                sentence=sentence_around(piece.text, start, end),
                rule="sample",
                confidence=says.confidence,
                needs_review=False,
                checks=[],
                trace="{}",
            )
        )
    return claims


def milestones_of(piece: Piece, extractor: str = EXTRACTOR) -> list[Milestone]:
    milestones = []
    for names in piece.names:
        start = piece.text.index(names.evidence)
        end = start + len(names.evidence)
        milestones.append(
            Milestone(
                milestone_id=stable_id(piece.version_id, start, end, names.indicator, names.area),
                version_id=piece.version_id,
                article_id=piece.article_id,
                portal_id=piece.portal,
                extractor_version=extractor,
                indicator=names.indicator,
                kind=names.kind,
                area=names.area,
                area_code=names.area_code,
                as_of=None if names.as_of is None else date.fromisoformat(names.as_of),
                char_start=start,
                char_end=end,
                sentence=sentence_around(piece.text, start, end),
                rule="sample",
            )
        )
    return milestones


def citations_of(piece: Piece, extractor: str = EXTRACTOR) -> list[Citation]:
    citations = []
    for number, kind, issuer, issued in piece.cites:
        start = piece.text.index(number)
        citations.append(
            Citation(
                citation_id=stable_id(piece.version_id, start, number),
                version_id=piece.version_id,
                article_id=piece.article_id,
                portal_id=piece.portal,
                extractor_version=extractor,
                number=number,
                type=kind,
                issuer=issuer,
                issued=None if issued is None else date.fromisoformat(issued),
                char_start=start,
                char_end=start + len(number),
            )
        )
    return citations


def extraction_of(piece: Piece, extractor: str = EXTRACTOR) -> Extraction:
    return Extraction(
        version_id=piece.version_id,
        article_id=piece.article_id,
        portal_id=piece.portal,
        extractor_version=extractor,
        claims=len(piece.says),
        milestones=len(piece.names),
        citations=len(piece.cites),
        unexplained=0,
        error=None,
    )


def run_of(portal: str, run_id: str, pieces: Sequence[Piece]) -> Run:
    ended = datetime.fromisoformat(max(piece.fetched for piece in pieces)).replace(tzinfo=UTC)
    return Run(
        run_id=run_id,
        portal_id=portal,
        started_at=ended - timedelta(minutes=5),
        ended_at=ended,
        outcome="ok",
        listings=1,
        links=len(pieces),
        requests=len(pieces) + 1,
        fetched=len(pieces),
        not_modified=0,
        failed=0,
        new_articles=len(pieces),
        new_versions=0,
        rejected=0,
        message="",
    )


def write_lake(lake: Lake, pieces: Sequence[Piece], *, run: str = "r1", extractor: str = EXTRACTOR) -> None:
    """One run a portal and one extraction batch, as scraping and extraction would have written them."""
    for portal in sorted({piece.portal for piece in pieces}):
        mine = [piece for piece in pieces if piece.portal == portal]
        run_id = f"{portal}-{run}"
        lake.write_rows(f"articles/portal={portal}/{run_id}.parquet", Article, [article_of(piece, run_id) for piece in mine])
        lake.write_rows(f"runs/portal={portal}/{run_id}.parquet", Run, [run_of(portal, run_id, mine)])
    write_reading(lake, pieces, run=run, extractor=extractor)


def write_reading(lake: Lake, pieces: Sequence[Piece], *, run: str, extractor: str) -> None:
    """What one extractor version made of the pieces."""
    folder = f"extractor={extractor}/{run}.parquet"
    lake.write_rows(f"claims/{folder}", Claim, [claim for piece in pieces for claim in claims_of(piece, extractor)])
    lake.write_rows(f"milestones/{folder}", Milestone, [row for piece in pieces for row in milestones_of(piece, extractor)])
    lake.write_rows(f"citations/{folder}", Citation, [row for piece in pieces for row in citations_of(piece, extractor)])
    lake.write_rows(f"extractions/{folder}", Extraction, [extraction_of(piece, extractor) for piece in pieces])


def edited(piece: Piece, old: str, new: str, says: Sequence[Says], fetched: str) -> Piece:
    """The same article after an edit of its body."""
    assert old in piece.body
    return replace(piece, body=piece.body.replace(old, new), says=says, fetched=fetched)


def write_findings(connection: duckdb.DuckDBPyConnection) -> None:
    """What two audits left: a check that failed once, two rows that it holds back, and the alert about them."""
    first = datetime(2025, 7, 1, 17, 30, tzinfo=UTC)  # past midnight in Vietnam
    check = ("claims.numerator_within_denominator", "claims", "raw", "Tử số lớn hơn mẫu số", "A numerator is too large")
    for build, at, wrong in (("b1", first, 2), ("b2", first + timedelta(hours=36), 0)):
        connection.execute(
            "insert into ops.check_result (check_result_id, build_id, check_key, suite, layer, message_vi, message_en, table_name, expectation, "
            "severity, success, observed, element_count, unexpected_count, checked_at, owner) "
            "values (?, ?, ?, ?, ?, ?, ?, 'raw.claim', 'expect_column_values_to_be_in_set', 'error', ?, ?, 80, ?, ?, 'extraction')",
            [stable_id(build, check[0]), build, *check, wrong == 0, f"{wrong} / 80", wrong, at],
        )
    for claim in ("held-1", "held-2"):
        connection.execute(
            "insert into ops.quarantine (quarantine_id, source_table, source_id, rule, severity, reason_vi, reason_en, evidence, portal_id, url, "
            "build_id, quarantined_at, last_seen_at) values (?, 'raw.claim', ?, ?, 'error', ?, ?, '9/7 xã', 'quangnam', 'https://quangnam.example/9', "
            "'b1', ?, ?)",
            [stable_id("raw.claim", claim, check[0]), claim, check[0], *check[3:], first, first],
        )
    connection.execute(
        "insert into ops.alert (alert_id, fingerprint, severity, kind, subject, owner, title_vi, title_en, body_vi, body_en, evidence, status, "
        "occurrences, first_seen_at, last_seen_at, resolved_at) values ('a1', ?, 'error', 'data', 'quangnam', 'lan@quangnam.example', ?, ?, "
        "'Xem câu gốc.', 'Read the sentence.', '9/7 xã', 'resolved', 1, ?, ?, ?)",
        [f"check:{check[0]}:quangnam", *check[3:], first, first, first + timedelta(hours=36)],
    )

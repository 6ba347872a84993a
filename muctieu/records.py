"""The rows that stages hand to each other: one frozen data class a table, and its Parquet schema.

Stages share nothing but these rows (in the lake) and the warehouse that is loaded from them.
Times are aware and in UTC in the lake; people see Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import pyarrow as pa


def stable_id(*parts: object) -> str:
    """24 hex digits that depend on the parts alone (never on a clock); the unit separator keeps ("a", "bc") and ("ab", "c") apart."""
    return hashlib.sha256("\x1f".join("" if p is None else str(p) for p in parts).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Capture:
    """One attempt to fetch one URL, whatever came of it. Key: capture_id = stable_id(portal_id, url, fetched_at)."""

    capture_id: str
    portal_id: str
    run_id: str
    role: str  # listing | article | feed | sitemap | robots | attachment | imported
    url: str  # as asked for
    final_url: str | None  # after redirects
    outcome: str  # ok not_modified not_found gone http_error timeout truncated too_large tls_error dns_error connection_error … (fetch.py)
    status: int | None
    error: str | None
    fetched_at: datetime
    elapsed_s: float
    content_type: str | None
    size: int | None  # decoded bytes
    body_sha256: str | None
    etag: str | None
    last_modified: str | None
    warc_path: str | None  # inside the lake
    warc_offset: int | None


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one article as parsed from one capture. Key: version_id."""

    version_id: str  # stable_id(article_id, title, body_text, published_at)
    article_id: str  # stable_id(canonical_url)
    story_id: str  # equal for near-identical releases, over URLs and portals
    portal_id: str
    run_id: str
    capture_id: str
    canonical_url: str
    url: str
    title: str
    summary: str | None
    body_text: str  # paragraphs separated by a newline, NFC
    author: str | None
    section: str | None
    published_at: datetime | None
    published_raw: str | None  # the portal's own words
    published_basis: str  # page | listing | feed | url | unknown
    portal_area: str  # "Huyện Bình Liêu, Tỉnh Quảng Ninh": the area of the portal on the day of publication
    attachments: list[str]
    fetched_at: datetime
    parser: str  # platform and its version, "sharepoint/1"

    @property
    def text(self) -> str:
        """The text that character offsets of claims point into."""
        return article_text(self.title, self.body_text)


def article_text(title: str, body_text: str) -> str:
    """Title and body as extraction reads them: the title is the first line."""
    return f"{title}\n{body_text}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One quantity that an article version asserts. Key: claim_id, of version_id, char_start, char_end, indicator, measure and value."""

    claim_id: str
    version_id: str
    article_id: str
    portal_id: str
    extractor_version: str
    kind: str  # target | achievement
    indicator: str
    measure: str  # level | change | relative_change | plan_share
    op: str  # eq | ge | gt | le | lt | approx | range
    value: float
    value_high: float | None
    denominator: float | None
    unit: str
    as_of: date | None
    area: str
    area_code: str | None  # null when the name could not be resolved without guessing
    plan_by: str | None
    per_year: bool
    qualifier: str | None
    document_number: str | None  # the plan, decision or report that the sentence rests on
    evidence: str
    char_start: int  # into Article.text
    char_end: int
    sentence: str
    rule: str
    confidence: float
    needs_review: bool
    checks: list[str]  # names of the checks that this claim failed
    trace: str  # JSON: field -> {value, source, rule, start, end}


@dataclass(frozen=True, slots=True)
class Milestone:
    """One named unit that is to be, or was, recognised."""

    milestone_id: str
    version_id: str
    article_id: str
    portal_id: str
    extractor_version: str
    indicator: str
    kind: str
    area: str
    area_code: str | None
    as_of: date | None
    char_start: int
    char_end: int
    sentence: str
    rule: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One plan, decision, letter or report that an article cites (GUIDE: `documents`)."""

    citation_id: str
    version_id: str
    article_id: str
    portal_id: str
    extractor_version: str
    number: str
    type: str | None
    issuer: str | None
    issued: date | None
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A number with a programme unit in a programme sentence that became no claim: its share is the recall alarm."""

    unexplained_id: str
    version_id: str
    article_id: str
    portal_id: str
    extractor_version: str
    text: str
    unit: str | None
    reason: str
    char_start: int
    char_end: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """That an article version was read by an extractor version, and what came of it; articles without claims are not read twice."""

    version_id: str
    article_id: str
    portal_id: str
    extractor_version: str
    claims: int
    milestones: int
    citations: int
    unexplained: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row or page that was held back, with the reason in words. Never silently dropped."""

    rejected_id: str  # stable_id(layer, source_id, rule)
    run_id: str
    portal_id: str | None
    layer: str  # capture | article | claim | mart
    source_id: str  # capture_id, version_id, claim_id
    rule: str
    reason: str  # one sentence of Vietnamese
    evidence: str | None
    url: str | None
    rejected_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """What one scraping run of one portal did."""

    run_id: str
    portal_id: str
    started_at: datetime
    ended_at: datetime
    outcome: str  # ok | ok_empty_declared | degraded | broken | blocked | unreachable
    listings: int
    links: int
    requests: int
    fetched: int
    not_modified: int
    failed: int
    new_articles: int
    new_versions: int
    rejected: int
    message: str


_ARROW = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def _arrow_type(hint: typing.Any) -> tuple[pa.DataType, bool]:
    if isinstance(hint, types.UnionType):
        (inner,) = [a for a in typing.get_args(hint) if a is not type(None)]
        return _arrow_type(inner)[0], True
    if typing.get_origin(hint) is list:
        return pa.list_(_arrow_type(typing.get_args(hint)[0])[0]), False
    return _ARROW[hint], False


@cache
def arrow_schema(record: type) -> pa.Schema:
    """Parquet schema of a record class: names, types and nullability as declared above."""
    hints = typing.get_type_hints(record)
    fields = []
    for field in dataclasses.fields(record):
        arrow, nullable = _arrow_type(hints[field.name])
        fields.append(pa.field(field.name, arrow, nullable=nullable))
    return pa.schema(fields)


def to_table(record: type, rows: typing.Sequence[typing.Any]) -> pa.Table:
    """Rows of one record class as an Arrow table; raises `pyarrow.ArrowInvalid` when a value does not fit its column."""
    schema = arrow_schema(record)
    columns = [pa.array([getattr(row, f.name) for row in rows], type=f.type) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)

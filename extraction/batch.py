"""The edge of extraction: article files of the lake in, files of claims, milestones, citations and unexplained quantities out.

One article file gives one file a table, under the name of the article file and the version of the extractor, so that
what is pending is a difference of two listings, a killed batch is simply done again, and a changed lexicon makes a new
version whose files lack everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from extraction.engine import extract, extractor_version, many_articles
from extraction.rows import citation_rows, claim_rows, milestone_rows, unexplained_rows
from muctieu.lake import Lake
from muctieu.records import Article, Citation, Claim, Extraction, Milestone, Unexplained
from muctieu.settings import TIMEZONE


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Counts of one batch."""

    articles: int
    claims: int
    milestones: int
    citations: int
    unexplained: int
    errors: int


def pending_files(lake: Lake, portals: list[str] | None = None, version: str | None = None) -> list[str]:
    """Article files without an extraction of this version, oldest name first."""
    version = version or extractor_version()
    done = {path.removeprefix(_folder("extractions", version)) for path in lake.list(_folder("extractions", version), ".parquet")}
    files = [path for path in lake.list("articles", ".parquet") if path.removeprefix("articles/") not in done]
    return [f for f in files if portals is None or f.split("/")[1].removeprefix("portal=") in portals]


def extract_files(lake: Lake, files: list[str]) -> BatchResult:
    """Extract the articles of some files. The extraction file is written last: without it the whole file is pending again."""
    totals = BatchResult(0, 0, 0, 0, 0, 0)
    if not files:
        return totals
    with many_articles():
        for path in files:
            found = _extract_file(lake, path)
            totals = BatchResult(*(getattr(totals, f) + getattr(found, f) for f in BatchResult.__slots__))
    return totals


def _extract_file(lake: Lake, path: str) -> BatchResult:
    version, name = extractor_version(), path.removeprefix("articles/")
    claims: list[Claim] = []
    milestones: list[Milestone] = []
    citations: list[Citation] = []
    unexplained: list[Unexplained] = []
    extractions: list[Extraction] = []
    for article in lake.read_rows(path, Article):
        try:
            found = extract(article.text, _local_day(article), article.portal_area, article.title)
            rows = (
                claim_rows(found, article),
                milestone_rows(found, article),
                citation_rows(found, article),
                unexplained_rows(found, article),
            )
        except Exception as error:  # one hostile article must not stop the others; it is counted and shown
            extractions.append(
                Extraction(
                    article.version_id, article.article_id, article.portal_id, version, 0, 0, 0, 0, f"{type(error).__name__}: {error}"
                )
            )
            continue
        claims += rows[0]
        milestones += rows[1]
        citations += rows[2]
        unexplained += rows[3]
        n_claims, n_milestones, n_citations, n_unexplained = (len(found_rows) for found_rows in rows)
        extractions.append(
            Extraction(
                article.version_id, article.article_id, article.portal_id, version, n_claims, n_milestones, n_citations, n_unexplained, None
            )
        )
    lake.write_rows(_folder("claims", version) + name, Claim, claims)
    lake.write_rows(_folder("milestones", version) + name, Milestone, milestones)
    lake.write_rows(_folder("citations", version) + name, Citation, citations)
    lake.write_rows(_folder("unexplained", version) + name, Unexplained, unexplained)
    lake.write_rows(_folder("extractions", version) + name, Extraction, extractions)
    errors = sum(e.error is not None for e in extractions)
    return BatchResult(len(extractions), len(claims), len(milestones), len(citations), len(unexplained), errors)


def _local_day(article: Article) -> date | None:
    """The day of publication where the portal is: 00:30 in Hanoi is the day before in UTC."""
    return article.published_at.astimezone(TIMEZONE).date() if article.published_at else None


def _folder(table: str, version: str) -> str:
    return f"{table}/extractor={version}/"

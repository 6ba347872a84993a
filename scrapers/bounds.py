"""Bounds for a portal's health, from what its healthy runs were like.

Floors are 85 % of the worst healthy run and ceilings twice the worst, as opensanctions sets its own: near enough to trip when a
third is missing, far enough not to trip on a quiet week. A broken run is never taken into account; a violated bound is a signal
to explain the run, not to adjust the bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import TypeVar

import yaml

from muctieu.lake import Lake
from muctieu.records import Article, Capture, Rejected, Run
from scrapers.registry import Ceilings, Floors, Portal

_HEALTHY = ("ok", "degraded")
_FLOOR, _CEILING = 0.85, 2.0
_DATE_RULES = frozenset(
    (
        "no_date",
        "unreadable_date",
        "ambiguous_date",
        "impossible_date",
        "weekday_mismatch",
        "future_date",
        "too_old",
        "unreliable_date",
        "bulk_date",
    )
)
_BODY_RULES = frozenset(("empty_body", "markup_changed", "unknown_markup", "undecodable", "parser_error"))
_ARTICLES_A_RUN = 5  # shares of fewer articles say nothing


Row = TypeVar("Row")


class TooLittleError(Exception):
    """There are not enough healthy runs to propose anything from."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Bounds with the runs that they rest on."""

    portal_id: str
    runs: int
    articles: int
    floors: Floors
    ceilings: Ceilings

    def as_yaml(self) -> str:
        """The `normal:` part of the portal's file."""
        content = {"normal": {"min": self.floors.model_dump(), "max": self.ceilings.model_dump()}}
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def suggest(portal: Portal, lake: Lake, *, last: int = 30) -> Suggestion:
    """Bounds from the last healthy runs. Raises `TooLittleError` with fewer than three runs or ten articles."""
    runs = [row for path in lake.list(f"runs/portal={portal.id}", ".parquet") for row in lake.read_rows(path, Run)]
    healthy = [run for run in runs if run.outcome in _HEALTHY and run.listings][-last:]
    articles = [a for run in healthy for a in _rows(lake, "articles", run, Article)]
    if len(healthy) < 3 or len(articles) < 10:
        raise TooLittleError(f"cổng {portal.id}: mới có {len(healthy)} lượt chạy tốt với {len(articles)} bài; cần ít nhất 3 lượt và 10 bài")
    fills = [_fills(lake, run) for run in healthy]
    date_fill = min((f[0] for f in fills if f is not None), default=1.0)
    body_fill = min((f[1] for f in fills if f is not None), default=1.0)
    floors = Floors(
        links_per_listing=_down(min(run.links / run.listings for run in healthy)),
        fill_title=round(min(0.95, body_fill) * _margin(body_fill), 2),
        fill_date=round(date_fill * _margin(date_fill), 2),
        fill_body=round(body_fill * _margin(body_fill), 2),
        body_chars_p50=_down(median(len(a.body_text) for a in articles)),
    )
    ceilings = Ceilings(
        days_since_newest=_up(_longest_silence([a.published_at for a in articles if a.published_at])),
        requests_per_new=_up(
            max((run.requests / (run.new_articles + run.new_versions) for run in healthy if run.new_articles), default=10)
        ),
        duplicate_share=round(min(1.0, max(0.1, 2 * (1 - len({a.story_id for a in articles}) / len({a.article_id for a in articles})))), 2),
        failed_share=round(min(1.0, max(0.05, _CEILING * max(run.failed / max(1, run.failed + run.fetched) for run in healthy))), 2),
    )
    return Suggestion(portal.id, len(healthy), len(articles), floors, ceilings)


def _rows(lake: Lake, folder: str, run: Run, record: type[Row]) -> list[Row]:
    path = f"{folder}/portal={run.portal_id}/{run.run_id}.parquet"
    return list(lake.read_rows(path, record)) if lake.exists(path) else []


def _fills(lake: Lake, run: Run) -> tuple[float, float] | None:
    """Shares of the run's articles that had a date and a body; None when there were too few."""
    rules = [row.rule for row in _rows(lake, "rejected", run, Rejected)]
    read = sum(c.role == "article" and c.outcome == "ok" for c in _rows(lake, "capture_index", run, Capture))
    if read < _ARTICLES_A_RUN:
        return None
    return 1 - sum(r in _DATE_RULES for r in rules) / read, 1 - sum(r in _BODY_RULES for r in rules) / read


def _margin(share: float) -> float:
    """Shares near one have no room for 15 % of slack: half of what is missing anyway, at least three points."""
    return 1 - max(0.03, (1 - share) / 2)


def _longest_silence(moments: Sequence[datetime]) -> float:
    """Days between two articles, at most; at least a week, because holidays come."""
    gaps = [(later - earlier).total_seconds() / 86400 for earlier, later in pairwise(sorted(moments))]
    return max([7.0, *gaps])


def _down(value: float) -> float:
    return max(1.0, float(math.floor(_FLOOR * value)))


def _up(value: float) -> float:
    return float(math.ceil(_CEILING * value))

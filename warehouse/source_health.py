"""How each portal is doing, measured at every build: one row a portal in ops.source_health.

A run can end well and still bring nothing for a month, and a scheduler can stop asking; neither fails anything. So the state of a
portal is judged from what the warehouse holds (raw.run, raw.article), not from the last run alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta

import duckdb

from muctieu.calendar import quiet_days
from muctieu.rows import insert, transaction
from muctieu.settings import TIMEZONE

WEEKS_COMPARED = 12  # what a portal usually publishes is counted over these weeks before the last seven days
NOT_ASKED_DAYS = 7  # the rarest schedule in the registry is weekly
_READ = ("ok", "ok_empty_declared", "degraded")  # runs that could read the portal


@dataclass(frozen=True, slots=True)
class Seen:
    """What the warehouse knows of one portal. Runs are those that asked it; replays and imported archives count only by their articles."""

    last_run_at: datetime | None = None
    last_outcome: str | None = None
    last_message: str = ""
    last_success_at: datetime | None = None
    last_article_at: datetime | None = None
    articles: int = 0
    articles_7d: int = 0
    articles_before: int = 0  # published in the WEEKS_COMPARED weeks before the last seven days
    fetch_success_rate: float | None = None  # answers that were pages, of all answers of the runs of the last seven days
    claims_per_article: float | None = None


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One row of ops.source_health, columns in its order."""

    portal_id: str
    measured_at: datetime
    status: str
    last_run_at: datetime | None
    last_success_at: datetime | None
    last_article_at: datetime | None
    articles_7d: int
    expected_per_week: float | None
    fetch_success_rate: float | None
    claims_per_article: float | None
    message_vi: str
    message_en: str
    build_id: str


def record_source_health(
    connection: duckdb.DuckDBPyConnection, silent_after_days: Mapping[str, float], now: datetime, build_id: str
) -> list[SourceHealth]:
    """Measure every portal and write the rows; the same build measured again replaces its rows.

    `silent_after_days`: portal id -> days without a new article that are still normal there (`normal.max.days_since_newest`; weekends
    and Tết do not count); a portal of the registry that was never read gets a row as well, one that left the registry keeps being
    shown without a bound.
    """
    seen = measure(connection, now)
    rows = [
        judge(portal, seen.get(portal, Seen()), silent_after_days.get(portal), now, build_id)
        for portal in sorted({*silent_after_days, *seen})
    ]
    with transaction(connection):
        connection.execute("delete from ops.source_health where build_id = ?", [build_id])
        insert(connection, "ops.source_health", [f.name for f in fields(SourceHealth)], [astuple(row) for row in rows])
    return rows


def measure(connection: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, Seen]:
    """Portal id -> what raw.* says of it."""
    week = now - timedelta(days=7)
    rows = connection.execute(
        _MEASURES, {"now": now, "week": week, "before": week - timedelta(weeks=WEEKS_COMPARED), "read": list(_READ)}
    ).fetchall()
    return {row[0]: Seen(*row[1:]) for row in rows}


def judge(portal_id: str, seen: Seen, silent_after_days: float | None, now: datetime, build_id: str) -> SourceHealth:
    """The status of a portal and the sentence that says why."""
    status, vi, en = _status(seen, silent_after_days, now)
    weekly = round(seen.articles_before / WEEKS_COMPARED, 2) if seen.articles else None
    return SourceHealth(
        portal_id,
        now,
        status,
        seen.last_run_at,
        seen.last_success_at,
        seen.last_article_at,
        seen.articles_7d,
        weekly,
        seen.fetch_success_rate,
        seen.claims_per_article,
        vi,
        en,
        build_id,
    )


def _status(seen: Seen, silent_after_days: float | None, now: datetime) -> tuple[str, str, str]:
    """(status, Vietnamese, English). What makes the data unreliable goes before what makes it old."""
    if seen.last_run_at is None:
        if seen.articles:
            return "unknown", f"Chỉ có {seen.articles} bài nạp từ tệp lưu; cổng chưa được truy cập.", "Imported pages only; never visited."
        return "unknown", "Chưa có lượt chạy nào.", "No run yet."
    asked = _days(seen.last_run_at, now)
    if seen.last_outcome in ("broken", "blocked", "unreachable"):
        return seen.last_outcome, *_failed(seen, now)
    if asked > NOT_ASKED_DAYS:
        return "unknown", f"Không có lượt chạy nào trong {asked} ngày qua.", f"No run for {asked} days."
    if seen.last_article_at is not None and silent_after_days is not None:
        age = _days(seen.last_article_at, now)
        if quiet_days(seen.last_article_at, now) > silent_after_days:
            vi = f"Không có bài mới trong {age} ngày qua; bình thường không quá {silent_after_days:g} ngày."
            return "silent", vi, f"No new article for {age} days; {silent_after_days:g} are normal."
    if seen.last_outcome == "degraded":
        return "degraded", seen.last_message or "Lượt chạy gần nhất có cảnh báo.", "The last run ended with warnings."
    vi = f"{seen.articles_7d} bài trong 7 ngày qua, {seen.articles} bài tất cả."
    return "healthy", vi, f"{seen.articles_7d} articles in the last 7 days, {seen.articles} in all."


def _failed(seen: Seen, now: datetime) -> tuple[str, str]:
    words = {
        "broken": ("Trang của cổng đã đổi, không đọc được", "Pages could not be read"),
        "blocked": ("Cổng từ chối truy cập", "The portal refuses access"),
        "unreachable": ("Không truy cập được cổng", "The portal cannot be reached"),
    }
    vi, en = words[seen.last_outcome or ""]
    if seen.last_success_at is None:
        since_vi, since_en = "chưa lần nào đọc được", "never read before"
    else:
        day = seen.last_success_at.astimezone(TIMEZONE)
        since_vi = f"lần đọc được gần nhất là {day:%H:%M %d/%m/%Y}, {_days(seen.last_success_at, now)} ngày trước"
        since_en = f"last read on {day:%Y-%m-%d %H:%M}"
    detail = f" {seen.last_message}" if seen.last_message else ""
    return f"{vi}; {since_vi}.{detail}", f"{en}; {since_en}."


def _days(then: datetime, now: datetime) -> int:
    return (now - then).days


# a run that asked the portal: requests were sent, or it failed before it could send any
_MEASURES = """
with asked as (
    select * from raw.run where requests > 0 or outcome in ('broken', 'blocked', 'unreachable')
), newest as (
    select * from asked qualify row_number() over (partition by portal_id order by started_at desc, run_id desc) = 1
), succeeded as (
    select portal_id, max(ended_at) as at from asked where list_contains($read, outcome) group by portal_id
), answers as (
    select portal_id, (sum(fetched) + sum(not_modified)) / nullif(sum(fetched) + sum(not_modified) + sum(failed), 0) as rate
    from asked where started_at > $week group by portal_id
), latest as (
    select * from raw.article qualify row_number() over (partition by article_id order by fetched_at desc, version_id desc) = 1
), articles as (
    select portal_id, count(*) as articles,
        max(published_at) filter (where published_at <= $now) as newest,
        count(*) filter (where published_at > $week and published_at <= $now) as week,
        count(*) filter (where published_at > $before and published_at <= $week) as before
    from latest group by portal_id
), readings as (
    -- the reading that was loaded last: a new extractor reads every version again
    select portal_id, avg(claims) as claims from (
        select * from raw.extraction
        qualify row_number() over (partition by version_id order by load_id desc, extractor_version desc) = 1
    ) where version_id in (select version_id from latest) group by portal_id
)
select coalesce(newest.portal_id, articles.portal_id) as portal_id, newest.started_at, newest.outcome, coalesce(newest.message, ''),
    succeeded.at, articles.newest, coalesce(articles.articles, 0), coalesce(articles.week, 0), coalesce(articles.before, 0),
    answers.rate, readings.claims
from newest full join articles on articles.portal_id = newest.portal_id
left join succeeded on succeeded.portal_id = newest.portal_id
left join answers on answers.portal_id = newest.portal_id
left join readings on readings.portal_id = coalesce(newest.portal_id, articles.portal_id)
order by 1
"""

"""Years of a portal, a window at a time: which windows there are, which of them were read to their end, and what is left.

A window is a calendar year or the part of one that was asked for: a listing can only be walked from its newest page, so every window
pays for the pages of all newer ones, and twelve windows a year would ask the portal for more listing pages than articles. What is
within a window needs no windows: a run that is killed leaves its archive, and the next one does not ask for those articles again.

The ledger is one JSON file a window that was read, in the lake: it holds for whoever runs the backfill, Airflow or the command line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from muctieu.lake import Lake
from muctieu.records import Run
from scrapers.health import Measures

FIRST_DAY = date(1998, 1, 1)  # Vietnam was connected to the Internet in November 1997: no portal is older


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days that one run asks for, both included."""

    since: date
    until: date

    @property
    def name(self) -> str:
        return f"{self.since:%Y%m%d}-{self.until:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one window was read."""

    portal_id: str
    since: date
    until: date
    run_id: str
    outcome: str  # as Run.outcome
    complete: bool  # every listing was walked to the first day of the window and no article was left out
    new_articles: int
    requests: int
    started_at: datetime
    ended_at: datetime
    message: str


def windows(since: date, until: date) -> list[Window]:
    """Calendar years between two days, cut to them, newest first: news are what people look for first.

    Raises `ValueError` when there is no day between them.
    """
    if since > until:
        raise ValueError(f"từ ngày {since} sau đến ngày {until}")
    if since < FIRST_DAY:
        raise ValueError(f"từ ngày {since}: không cổng nào có trước {FIRST_DAY}")
    years = range(until.year, since.year - 1, -1)
    return [Window(max(since, date(year, 1, 1)), min(until, date(year, 12, 31))) for year in years]


def left(wanted: Iterable[Window], readings: Iterable[Reading]) -> list[Window]:
    """The windows that have a day which no complete reading covers."""
    done = merged(Window(r.since, r.until) for r in readings if r.complete)
    return [w for w in wanted if not any(d.since <= w.since and w.until <= d.until for d in done)]


def merged(spans: Iterable[Window]) -> list[Window]:
    """Spans that touch or overlap as one, oldest first.

    >>> merged([Window(date(2021, 1, 1), date(2021, 12, 31)), Window(date(2020, 1, 1), date(2020, 12, 31))])
    [Window(since=datetime.date(2020, 1, 1), until=datetime.date(2021, 12, 31))]
    """
    result: list[Window] = []
    for span in sorted(spans):
        if result and span.since <= result[-1].until + timedelta(days=1):
            result[-1] = Window(result[-1].since, max(result[-1].until, span.until))
        else:
            result.append(span)
    return result


def readings(lake: Lake, portal_id: str | None = None) -> list[Reading]:
    """What the ledger knows, of one portal or of all, oldest window first; of a window that was read twice the last."""
    found = []
    for path in lake.list(f"backfill/{portal_id}" if portal_id else "backfill", ".json"):
        row = json.loads(lake.read(path))
        days = {key: date.fromisoformat(row[key]) for key in ("since", "until")}
        moments = {key: datetime.fromisoformat(row[key]) for key in ("started_at", "ended_at")}
        found.append(Reading(**{**row, **days, **moments}))
    return sorted(found, key=lambda r: (r.portal_id, r.since, r.until))


def record(lake: Lake, window: Window, run: Run, seen: Measures) -> Reading:
    """Keep how a window was read."""
    reading = Reading(
        portal_id=run.portal_id,
        since=window.since,
        until=window.until,
        run_id=run.run_id,
        outcome=run.outcome,
        complete=is_complete(run, seen),
        new_articles=run.new_articles,
        requests=run.requests,
        started_at=run.started_at,
        ended_at=run.ended_at,
        message=run.message,
    )
    text = json.dumps(asdict(reading), default=lambda value: value.isoformat(), ensure_ascii=False)
    lake.write(f"backfill/{run.portal_id}/{window.name}.json", text.encode())
    return reading


def is_complete(run: Run, seen: Measures) -> bool:
    """Whether nothing of the window was left out. Single articles that failed are not left out: the state of the portal asks for them
    again in every later run."""
    return run.outcome in ("ok", "ok_empty_declared", "degraded") and seen.aborted is None and all(w.complete for w in seen.walks)


def plan(lake: Lake, portal_id: str, days: Window, asked_at: datetime) -> None:
    """Remember which days somebody wants, for whoever asks how far the backfill is."""
    row = {"portal_id": portal_id, "since": days.since.isoformat(), "until": days.until.isoformat(), "asked_at": asked_at.isoformat()}
    lake.write(f"backfill/{portal_id}/{days.name}.plan", json.dumps(row).encode())


def planned(lake: Lake, portal_id: str | None = None) -> dict[str, list[Window]]:
    """The days that were ever wanted of each portal, as windows, newest first."""
    spans: dict[str, list[Window]] = {}
    for path in lake.list(f"backfill/{portal_id}" if portal_id else "backfill", ".plan"):
        row = json.loads(lake.read(path))
        spans.setdefault(row["portal_id"], []).append(Window(date.fromisoformat(row["since"]), date.fromisoformat(row["until"])))
    return {portal: [w for span in reversed(merged(found)) for w in windows(span.since, span.until)] for portal, found in spans.items()}


def days_asked(since: object, until: object, interval: tuple[datetime, datetime] | None, today: date) -> Window:
    """The days of one run of a backfill DAG: those of its conf, within its data interval (the end excluded) and not after today.

    Raises `ValueError` when nothing is left, and for a run by hand that does not say how far back it goes.
    """
    if interval is None and not since:
        raise ValueError("thiếu `since`: từ ngày nào?")
    first = date.fromisoformat(str(since)[:10]) if since else FIRST_DAY
    last = min(date.fromisoformat(str(until)[:10]) if until else today, today)
    if interval is not None:
        first, last = max(first, interval[0].date()), min(last, interval[1].date() - timedelta(days=1))
    if first > last:
        raise ValueError(f"không có ngày nào để đọc: từ {first} đến {last}")
    return Window(first, last)

"""The demo portals over months, through the real pipeline: a clock that is moved by hand, and one run of everything at each stop.

Used by the chaos run and by the simulated year. Airflow is left out: its tasks are called in the order of the DAGs, in this process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from demo.breakages import Applied
from demo.content import Article, read_articles
from demo.server import DemoServer
from demo.stream import stream
from muctieu import tasks
from muctieu.settings import REPOSITORY, Settings, read_settings

PORTALS = REPOSITORY / "demo" / "portals"

# What is normal for portals that publish every working day; the demo's own bounds are for articles that are years old.
NORMAL = {"min": {"body_chars_p50": 300}, "max": {"days_since_newest": 14, "duplicate_share": 0.3}}


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of everything came to."""

    at: datetime
    build_id: str
    outcomes: dict[str, str]  # portal -> outcome of its scraping run
    published: bool
    refused: str | None = None  # why nothing was published, when the audit or dbt did not allow it
    blocking: tuple[str, ...] = ()


@dataclass
class History:
    """The portals and one installation, at one moment."""

    home: Path
    server: DemoServer
    moment: datetime
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = read_settings()

    def gather(self, at: datetime) -> dict[str, str]:
        """Scrape, extract and load, as of `at`; nothing is audited or published. Portal -> outcome of its run."""
        self.moment = at
        outcomes = {portal.id: _scrape(portal.id) for portal in tasks.portals_to_schedule(self.settings)}
        for batch in tasks.plan_extraction():
            tasks.extract(batch)
        tasks.load(_build_id(at))
        return outcomes

    def check(self, at: datetime) -> dict[str, str]:
        """Like `gather`, and the raw audit after it; what it held back stays held, and the next audit goes on from here."""
        from expectations.audit import finish_raw_audit
        from warehouse.schema import open_warehouse

        outcomes = self.gather(at)
        tasks.audit("raw", _build_id(at))
        with open_warehouse(self.settings.warehouse) as connection:
            finish_raw_audit(connection)
        return outcomes

    def run(self, at: datetime) -> Ran:
        """The whole of both DAGs, as of `at`."""
        build_id, outcomes = _build_id(at), self.gather(at)
        if not tasks.anything_new():
            return self._end(Ran(at, build_id, outcomes, published=False))
        audits = [tasks.audit("raw", build_id)]
        try:
            tasks.transform(build_id)
            audits.append(tasks.audit("marts", build_id))
            tasks.publish(build_id, audits)
        except Exception as error:
            blocking = tuple(check for a in audits for check in a["blocking"])
            return self._end(Ran(at, build_id, outcomes, published=False, refused=f"{type(error).__name__}: {error}", blocking=blocking))
        return self._end(Ran(at, build_id, outcomes, published=True))

    def _end(self, ran: Ran) -> Ran:
        tasks.digest(ran.build_id)
        return ran


def _build_id(at: datetime) -> str:
    return f"history-{at:%Y%m%dT%H%M}"


def _scrape(portal_id: str) -> str:
    try:
        return str(tasks.scrape(portal_id)["outcome"])
    except RuntimeError as error:  # could not be read at all: the task would be red
        return str(error).split(": ")[1]


@contextmanager
def history(home: Path, articles: Sequence[Article], start: datetime, *, http: dict[str, Any] | None = None) -> Iterator[History]:
    """An installation in `home` and portals that show each of the articles from its publication on.

    `http`: settings of every portal that differ from the demo's.
    """
    portals = home / "portals"
    portals.mkdir(parents=True, exist_ok=True)
    for path in sorted(PORTALS.glob("*.yml")):
        portal = yaml.safe_load(path.read_text(encoding="utf-8"))
        portal |= {"normal": NORMAL, "http": portal["http"] | (http or {})}
        (portals / path.name).write_text(yaml.safe_dump(portal, allow_unicode=True), encoding="utf-8")
    now = {"moment": start}
    with DemoServer(articles=tuple(articles), on_time=True, now=lambda: now["moment"]) as server:
        values = {
            "MUCTIEU_HOME": str(home),
            "MUCTIEU_PORTALS": str(portals),
            "MUCTIEU_ALLOW_PRIVATE_HOSTS": "1",
            "MUCTIEU_DEMO_ADDRESS": server.url.removeprefix("http://"),
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MUCTIEU_")}
        with patch.dict(os.environ, kept | values, clear=True), patch.object(tasks, "_now", lambda: now["moment"]):
            yield _Moving(home, server, start, now)


class _Moving(History):
    """A history whose clock is the one that the server and the tasks look at."""

    def __init__(self, home: Path, server: DemoServer, start: datetime, now: dict[str, datetime]) -> None:
        self._clock = now
        super().__init__(home, server, start)

    def gather(self, at: datetime) -> dict[str, str]:
        self._clock["moment"] = at
        return super().gather(at)


def breaking(server: DemoServer, *breakages: Applied) -> None:
    """Other breakages from the next request on."""
    server.switch(breakages=breakages)


def articles_until(first: date, last: date, seed: int = 1) -> tuple[Article, ...]:
    """The hand-written articles of the time before, and a stream of new ones."""
    before = tuple(a for a in read_articles() if a.published.date() < first and a.edition == 1)
    return before + stream(first, last, seed)


def evening(day: date) -> datetime:
    """Half past six in the evening, Vietnam: everything of the day is online."""
    return datetime(day.year, day.month, day.day, 11, 30, tzinfo=UTC)


def every(days: int, first: date, last: date) -> Iterator[datetime]:
    """An evening every so many days."""
    day = first
    while day <= last:
        yield evening(day)
        day += timedelta(days=days)

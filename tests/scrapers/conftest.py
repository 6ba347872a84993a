"""What the scraping suites share: the plain CMS is known to the platforms, and the clock is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from portals_for_tests import PLAIN, Site, make_portal

from muctieu.lake import Lake
from muctieu.records import Article, Capture, Rejected, Run
from scrapers.platforms import PLATFORMS
from scrapers.run import ScrapeOptions, scrape_portal

START = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plain_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLATFORMS, "plain", PLAIN)


@dataclass
class Bench:
    """A site, a lake and a clock; `scrape` makes one run and moves the clock on."""

    site: Site
    lake: Lake
    address: Any
    at: datetime = START
    slept: float = 0.0

    def scrape(self, days: float = 1.0, options: dict[str, Any] | None = None, **portal: Any) -> Run:
        made = make_portal(self.address, **portal)
        try:
            return scrape_portal(
                made,
                self.lake,
                ScrapeOptions(user_agent="muctieu-test/1", allow_private_hosts=True, **(options or {})),
                now=lambda: self.at,
                sleep=self._sleep,
                clock=self._clock,
            )
        finally:
            self.at += timedelta(days=days)

    def _clock(self) -> float:
        return time.monotonic() + self.slept

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    def rows(self, folder: str, record: type) -> list[Any]:
        return [row for path in self.lake.list(folder, ".parquet") for row in self.lake.read_rows(path, record)]

    @property
    def articles(self) -> list[Article]:
        return self.rows("articles", Article)

    @property
    def captures(self) -> list[Capture]:
        return self.rows("capture_index", Capture)

    @property
    def rejected(self) -> list[Rejected]:
        return self.rows("rejected", Rejected)


@pytest.fixture
def bench(tmp_path: Path) -> Callable[[Site], Any]:
    """`with bench(site) as b:` serves the site and scrapes it into a new lake."""

    @contextmanager
    def make(site: Site) -> Iterator[Bench]:
        with site.serve() as server:
            yield Bench(site, Lake(str(tmp_path / "lake")), server)

    return make

"""Years of a portal: which windows, at most one at a time, and a kill that costs nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demo.breakages import read_breakage
from demo.server import DemoServer
from muctieu.cli import app
from muctieu.commands import backfilling
from muctieu.commands.backfilling import airflow_commands
from muctieu.errors import UserError
from muctieu.lake import Lake
from muctieu.processes import only_one
from muctieu.records import Article
from muctieu.settings import REPOSITORY, TIMEZONE
from scrapers.archive import portal_lock
from scrapers.backfill import Reading, Window, days_asked, left, readings, windows
from scrapers.registry import read_portal
from scrapers.run import ScrapeOptions, scrape_portal

PORTAL = "demo-quangnam"
TODAY = date(2026, 11, 22)


# --- windows ---------------------------------------------------------------------------------------------------------------------


def reading(since: date, until: date, complete: bool = True) -> Reading:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Reading("p", since, until, "r", "ok", complete, 1, 1, at, at, "")


def test_windows_are_calendar_years_newest_first_cut_to_the_days_asked_for() -> None:
    assert windows(date(2019, 7, 1), date(2021, 3, 31)) == [
        Window(date(2021, 1, 1), date(2021, 3, 31)),
        Window(date(2020, 1, 1), date(2020, 12, 31)),
        Window(date(2019, 7, 1), date(2019, 12, 31)),
    ]
    for wrong in ((date(2021, 1, 1), date(2020, 1, 1)), (date(1980, 1, 1), date(2020, 1, 1))):
        with pytest.raises(ValueError, match="từ ngày"):
            windows(*wrong)


def test_a_window_is_left_unless_complete_readings_cover_each_of_its_days() -> None:
    year = Window(date(2020, 1, 1), date(2020, 12, 31))
    halves = [reading(date(2020, 1, 1), date(2020, 6, 30)), reading(date(2020, 7, 1), date(2021, 2, 1))]
    assert left([year], halves) == []
    assert left([year], halves[:1]) == [year]
    assert left([year], [halves[0], reading(date(2020, 7, 2), date(2021, 2, 1))]) == [year], "a day lies between them"
    assert left([year], [reading(year.since, year.until, complete=False)]) == [year]


def test_a_run_of_airflow_reads_its_data_interval_cut_to_its_conf() -> None:
    interval = (datetime(2020, 1, 1, tzinfo=TIMEZONE), datetime(2021, 1, 1, tzinfo=TIMEZONE))
    assert days_asked(None, None, interval, TODAY) == Window(date(2020, 1, 1), date(2020, 12, 31))
    assert days_asked("2020-05-01", "2024-12-31", interval, TODAY) == Window(date(2020, 5, 1), date(2020, 12, 31))
    assert days_asked("2026-01-01", None, None, TODAY) == Window(date(2026, 1, 1), TODAY)
    with pytest.raises(ValueError, match="không có ngày nào"):
        days_asked("2022-01-01", None, interval, TODAY)
    with pytest.raises(ValueError, match="since"):
        days_asked(None, None, None, TODAY)


def test_airflow_gets_whole_years_as_a_backfill_and_the_year_that_is_not_over_as_a_run() -> None:
    create, trigger = airflow_commands("binhlieu", Window(date(2024, 5, 1), TODAY), TODAY, again=False)
    assert create[:2] == ["backfill", "create"]
    assert [create[create.index(o) + 1] for o in ("--from-date", "--to-date")] == ["2024-01-01", "2025-01-01"]
    assert json.loads(create[-1]) == {"since": "2024-05-01", "until": "2026-11-22"}
    assert trigger[:3] == ["dags", "trigger", "backfill_binhlieu"]
    assert json.loads(trigger[-1]) == {"since": "2026-01-01", "until": "2026-11-22"}
    (only,) = airflow_commands("binhlieu", Window(date(2015, 1, 1), date(2016, 12, 31)), TODAY, again=True)
    assert only[only.index("--reprocess-behavior") + 1] == "completed"


# --- against a portal ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    for name in [n for n in os.environ if n.startswith("MUCTIEU")]:
        monkeypatch.delenv(name)
    with DemoServer() as server:
        monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path / "var"))
        monkeypatch.setenv("MUCTIEU_PORTALS", str(REPOSITORY / "demo" / "portals"))
        monkeypatch.setenv("MUCTIEU_DEMO_ADDRESS", server.url.removeprefix("http://"))
        monkeypatch.setenv("MUCTIEU_ALLOW_PRIVATE_HOSTS", "1")
        yield server


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "var" / "lake"))


def articles(lake: Lake) -> list[Article]:
    return [row for path in lake.list("articles", ".parquet") for row in lake.read_rows(path, Article)]


def muctieu(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})
    assert result.exit_code == status, f"{result.output}\n{result.exception!r}"
    return result.output


def test_years_are_read_once_and_the_ledger_says_so(demo: DemoServer, lake: Lake, tmp_path: Path) -> None:
    said = muctieu("backfill", "--portal", PORTAL, "--since", "2021", "--until", "2026")
    assert "6 năm, còn 6 năm phải đọc" in said
    whole = Lake(str(tmp_path / "whole"))
    portal = read_portal(REPOSITORY / "demo" / "portals" / f"{PORTAL}.yml")
    scrape_portal(portal, whole, ScrapeOptions(since=date(2021, 1, 1), allow_private_hosts=True), now=lambda: datetime.now(UTC))
    assert {a.version_id for a in articles(lake)} == {a.version_id for a in articles(whole)} != set()
    assert all(r.complete for r in readings(lake, PORTAL))
    before = len(demo.requests)
    assert "còn 0 năm" in muctieu("backfill", "--portal", PORTAL, "--since", "2021", "--until", "2026")
    assert len(demo.requests) == before, "years that were read are not asked for again"
    assert "6 trong 6 năm đã đọc hết" in muctieu("backfill", "status")
    rows = [json.loads(line) for line in muctieu("backfill", "status", PORTAL, "--jsonl").splitlines()]
    assert sum(row["new_articles"] for row in rows) == len(articles(lake))


@pytest.mark.slow
def test_a_year_whose_listing_breaks_off_is_left_for_the_next_time(demo: DemoServer, lake: Lake) -> None:
    demo.switch(breakages=[read_breakage("down")])
    assert "chưa đọc hết" in muctieu("backfill", "--portal", PORTAL, "--since", "2025", "--until", "2025", status=1)
    assert [r.complete for r in readings(lake, PORTAL)] == [False]
    assert "0 trong 1 năm đã đọc hết" in muctieu("backfill", "status")
    demo.switch(breakages=[])
    assert "còn 1 năm phải đọc" in muctieu("backfill", "--portal", PORTAL, "--since", "2025", "--until", "2025")
    assert [r.complete for r in readings(lake, PORTAL)] == [True]


@pytest.mark.slow
def test_two_backfills_of_a_portal_do_not_run_at_once_and_one_waits_for_a_scheduled_run(
    demo: DemoServer, lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("backfill", "--portal", PORTAL, "--since", "2025", "--until", "2025")
    with only_one(tmp_path / "var" / f"backfill-{PORTAL}.lock"):
        result = CliRunner().invoke(app, list(arguments))
        assert isinstance(result.exception, UserError)
        assert "một lần chạy khác" in str(result.exception)
        assert "chưa ai yêu cầu" not in muctieu("backfill", "status")
        assert "(đang chạy ở máy này)" in muctieu("backfill", "status")
    assert not demo.requests
    holder = portal_lock(lake, PORTAL)
    holder.__enter__()

    def wait(seconds: float) -> None:
        assert seconds == backfilling.BUSY_RETRY_S
        holder.__exit__(None, None, None)  # the scheduled run ends

    monkeypatch.setattr(backfilling.time, "sleep", wait)
    muctieu(*arguments)
    assert [r.complete for r in readings(lake, PORTAL)] == [True]


@pytest.mark.slow
def test_killed_it_goes_on_where_it_was_and_fetches_no_article_twice(demo: DemoServer, lake: Lake) -> None:
    command = [sys.executable, "-c", "from muctieu.cli import main; main()"]
    command += ["backfill", "--portal", PORTAL, "--since", "2021", "--until", "2026"]
    process = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(asked(demo)) < 4:
        assert process.poll() is None, "it ended before the moment came"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    muctieu("backfill", "--portal", PORTAL, "--since", "2021", "--until", "2026")
    assert all(r.complete for r in readings(lake, PORTAL))
    twice = [url for url, count in asked(demo).items() if count > 1]
    assert len(twice) <= 1, "all but the one that was on its way when the kill came"
    identities = [a.version_id for a in articles(lake)]
    assert len(identities) == len(set(identities)) > 4


def asked(demo: DemoServer) -> Counter[str]:
    """How often each article was answered."""
    return Counter(path for _, path, status in map(str.split, demo.requests) if status == "200" and "IDBaiViet" in path)

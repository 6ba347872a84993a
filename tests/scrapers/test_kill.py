"""SIGKILL at every step of a run, and at random moments: nothing is lost, nothing is doubled, every record can be read."""

from __future__ import annotations

import gzip
import os
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fault_server import FaultServer
from portals_for_tests import HOST, Site, make_portal, make_posts
from warcio.archiveiterator import ArchiveIterator

from demo.server import DemoServer
from muctieu.errors import StorageError
from muctieu.lake import Lake
from muctieu.records import Article, Capture, Rejected, Run
from muctieu.settings import REPOSITORY
from scrapers.archive import ArchiveWriter, iter_pages, read_page
from scrapers.registry import read_portal
from scrapers.run import ScrapeOptions, scrape_portal

START = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)
DEMO = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # after the newest article of the demo portals


class Reaper:
    """Kills this process at its n-th step. Steps are before, in the middle of and after everything that is written."""

    def __init__(self, at: int) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        append, write, take = ArchiveWriter._append, Lake.write, Lake.take
        reaper = self

        def torn_append(writer: ArchiveWriter, data: bytes) -> int:
            reaper.step()
            if reaper.steps == reaper.at and writer._file is not None:
                writer._file.write(data[: len(data) // 2])  # a write that the kill cuts in two
                reaper.step()
            offset = append(writer, data)
            reaper.step()
            return offset

        def stepped_write(lake: Lake, path: str, data: bytes) -> None:
            reaper.step()
            rename = lake.fs.mv

            def stepped_rename(*args: Any, **kwargs: Any) -> None:
                reaper.step()  # the temporary file is there, the final one is not
                rename(*args, **kwargs)

            lake.fs.mv = stepped_rename
            try:
                write(lake, path, data)
            finally:
                lake.fs.mv = rename
            reaper.step()

        def stepped_take(lake: Lake, part: Path, path: str) -> None:
            reaper.step()
            take(lake, part, path)
            reaper.step()

        ArchiveWriter._append = torn_append  # type: ignore[method-assign]
        Lake.write = stepped_write  # type: ignore[method-assign]
        Lake.take = stepped_take  # type: ignore[method-assign]


@contextmanager
def serving(site: Site) -> Iterator[FaultServer]:
    with site.serve() as server:
        yield server


def run_in_child(server: FaultServer, lake: Path, at: datetime, prepare: Callable[[], None] = lambda: None) -> int:
    """Fork, scrape, and return the child's process id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            prepare()
            scrape(server, lake, at)
            status = 0
        finally:
            os._exit(status)
    return child


def scrape(server: FaultServer, lake: Path, at: datetime) -> Run:
    return scrape_portal(make_portal(server), Lake(str(lake)), ScrapeOptions(allow_private_hosts=True), now=lambda: at)


def survived(child: int) -> bool:
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed instead of being killed"
    return not os.WIFSIGNALED(status)


def check_lake(root: Path, site: Site) -> None:
    """No article lost, none doubled, every record readable, nothing half-written visible."""
    lake = Lake(str(root))
    articles: list[Article] = [a for p in lake.list("articles", ".parquet") for a in lake.read_rows(p, Article)]
    assert {(a.canonical_url, a.title, a.body_text) for a in articles} == {(f"http://{HOST}{p.path}", p.title, p.body) for p in site.posts}
    doubled = [v for v, n in Counter(a.version_id for a in articles).items() if n > 1]
    assert doubled == []
    captures: list[Capture] = [c for p in lake.list("capture_index", ".parquet") for c in lake.read_rows(p, Capture)]
    ids = Counter(c.capture_id for c in captures)
    assert max(ids.values()) == 1
    assert {a.capture_id for a in articles} <= set(ids)
    for capture in captures:
        if capture.warc_path is not None:
            page = read_page(lake, capture.warc_path, capture.warc_offset or 0)
            assert page.note is not None
            assert page.note.capture_id == capture.capture_id
    archived = {p.note.capture_id for path in lake.list("captures", ".warc.gz") for p in iter_pages(lake, path) if p.note}
    assert archived == {c.capture_id for c in captures if c.warc_path}
    runs = [r.run_id for p in lake.list("runs", ".parquet") for r in lake.read_rows(p, Run)]
    assert {c.run_id for c in captures} <= set(runs)
    assert [p for p in lake.list("rejected", ".parquet") if list(lake.read_rows(p, Rejected))] == []
    assert [p.name for p in (root / "captures" / "test-portal").iterdir() if p.name.startswith(".part-") and p.suffix == ".gz"] == []


@pytest.mark.parametrize("every", [pytest.param(6, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)])
def test_row41_killed_at_a_step(tmp_path: Path, every: int) -> None:
    """One killed run a step, each followed by a normal one, until a run ends before its step comes."""
    site = Site(make_posts(4), page_size=3)
    with serving(site) as server:
        for step in range(0, 500, every):
            lake = tmp_path / str(step)
            alive = survived(run_in_child(server, lake, START, Reaper(step).arm))
            assert scrape(server, lake, START + timedelta(hours=1)).outcome == "ok"
            check_lake(lake, site)
            again = scrape(server, lake, START + timedelta(hours=2))
            assert (again.new_articles, again.fetched) == (0, 0)
            if alive:
                break
    assert 24 <= step < 100  # the reaper did reach the steps, and all of them were tried


def test_row41_killed_while_taking_up_a_killed_run(tmp_path: Path) -> None:
    site = Site(make_posts(4), page_size=3)
    with serving(site) as server:
        for second in range(0, 12, 4):
            lake = tmp_path / str(second)
            assert not survived(run_in_child(server, lake, START, Reaper(12).arm))
            survived(run_in_child(server, lake, START + timedelta(hours=1), Reaper(second).arm))
            scrape(server, lake, START + timedelta(hours=2))
            check_lake(lake, site)


def test_a_disk_that_is_full_costs_nothing_that_was_written_before(tmp_path: Path) -> None:
    """The kernel cuts a write in two as a full disk does (a limit on the size of files); the next run takes up what is there."""
    site = Site(make_posts(9), page_size=5)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))

    with serving(site) as server:
        child = os.fork()
        if child == 0:
            full()
            try:
                scrape(server, tmp_path, START)
            except StorageError as error:
                os._exit(42 if "kho lưu trữ" in str(error) else 1)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42
        (left,) = (tmp_path / "captures" / "test-portal").glob(".part-*.warc.gz")
        assert 4_000 < left.stat().st_size < 9_000  # cut back to whole records
        assert b"".join(gzip.decompress(left.read_bytes()).splitlines()[:1]) == b"WARC/1.1"
        assert scrape(server, tmp_path, START + timedelta(hours=1)).outcome == "ok"
        check_lake(tmp_path, site)


@pytest.mark.slow
def test_row41_twenty_kills_at_random_moments(tmp_path: Path) -> None:
    """One lake that is killed over and over while the site publishes on; then one normal run."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    every = make_posts(60)
    site = Site(every[40:], page_size=7)
    kills = 0
    with serving(site) as server:
        at = START
        for attempt in range(200):
            site.posts = every[max(0, 40 - 2 * attempt) :]
            at += timedelta(minutes=5)
            child = run_in_child(server, tmp_path / "lake", at)
            time.sleep(chance.uniform(0.0, 0.5))
            os.kill(child, signal.SIGKILL)
            kills += not survived(child)
            if kills >= 20:
                break
        scrape(server, tmp_path / "lake", at + timedelta(hours=1))
    assert kills == 20
    check_lake(tmp_path / "lake", site)


@pytest.mark.slow
def test_row41_twenty_kills_over_the_demo_portals(tmp_path: Path) -> None:
    """Five portals of five CMS, killed at twenty moments (seeded), end with the very rows of a lake that was never disturbed."""
    chance = random.Random(20261122)
    with DemoServer(now=lambda: DEMO) as server:
        address = {"MUCTIEU_DEMO_ADDRESS": server.url.removeprefix("http://")}
        portals = [read_portal(file, address) for file in sorted((REPOSITORY / "demo" / "portals").glob("*.yml"))]

        def scrape_all(lake: Path, at: datetime) -> list[Run]:
            options = ScrapeOptions(allow_private_hosts=True)
            return [scrape_portal(portal, Lake(str(lake)), options, now=lambda: at) for portal in portals]

        undisturbed = scrape_all(tmp_path / "calm", DEMO)
        assert sum(run.new_articles for run in undisturbed) > 50
        kills, at = 0, DEMO
        for _ in range(200):
            at += timedelta(minutes=1)
            child = os.fork()
            if child == 0:
                try:
                    scrape_all(tmp_path / "lake", at)
                finally:
                    os._exit(0)
            time.sleep(chance.uniform(0.0, 1.5))
            os.kill(child, signal.SIGKILL)
            kills += not survived(child)
            if kills >= 20:
                break
        last = scrape_all(tmp_path / "lake", at + timedelta(minutes=1))
    assert kills == 20
    assert {run.outcome for run in last} <= {run.outcome for run in undisturbed}
    calm, lake = Lake(str(tmp_path / "calm")), Lake(str(tmp_path / "lake"))
    assert sorted(versions(lake)) == sorted(versions(calm))  # none lost, none doubled, none another version
    captures: list[Capture] = [c for p in lake.list("capture_index", ".parquet") for c in lake.read_rows(p, Capture)]
    assert max(Counter(c.capture_id for c in captures).values()) == 1
    archived = Counter(p.note.capture_id for path in lake.list("captures", ".warc.gz") for p in iter_pages(lake, path) if p.note)
    assert set(archived) == {c.capture_id for c in captures if c.warc_path}
    assert max(archived.values()) == 1
    for path in lake.list("captures", ".warc.gz"):  # and by a reader that knows nothing of us, digests included
        with Path(lake.full(path)).open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()


def versions(lake: Lake) -> list[str]:
    return [a.version_id for p in lake.list("articles", ".parquet") for a in lake.read_rows(p, Article)]

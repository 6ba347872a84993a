"""`import-warc` of a folder in several processes: the same rows as one after the other, and nothing lost by a kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.server import DemoServer
from muctieu.lake import Lake
from muctieu.records import Article, Capture, Rejected, Run
from muctieu.settings import REPOSITORY
from scrapers.archive import read_page
from scrapers.imports import import_warc, warc_files
from scrapers.registry import Portal, read_portal
from scrapers.run import ScrapeOptions, scrape_portal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("import-archives")]

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    with DemoServer(now=lambda: NOW) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUCTIEU_DEMO_ADDRESS", server.url.removeprefix("http://"))
        yield read_portal(REPOSITORY / "demo" / "portals" / "demo-quangnam.yml")


@pytest.fixture(scope="module")
def folder(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives of four visits in two subfolders, a file that only has the name of an archive, and a note."""
    target = tmp_path_factory.mktemp("archives")
    for number in range(4):
        lake = Lake(str(tmp_path_factory.mktemp("lake")))
        scrape_portal(portal, lake, ScrapeOptions(allow_private_hosts=True), now=lambda: NOW)
        (path,) = lake.list("captures", ".warc.gz")
        (target / f"nam-{number % 2}").mkdir(exist_ok=True)
        shutil.copy(lake.full(path), target / f"nam-{number % 2}" / f"{number}.warc.gz")
    (target / "hong.warc.gz").write_bytes(b"GIF89a")
    (target / "ghi-chu.txt").write_text("của thư viện tỉnh", encoding="utf-8")
    return target


def rows(lake: Lake, folder: str, record: type) -> list[Any]:
    return [row for path in lake.list(folder, ".parquet") for row in lake.read_rows(path, record)]


def without_run(row: Any) -> dict[str, Any]:
    return {k: v for k, v in asdict(row).items() if k not in ("run_id", "warc_path", "warc_offset", "rejected_at")}


def test_three_processes_write_what_one_writes(portal: Portal, folder: Path, tmp_path: Path) -> None:
    alone, together = Lake(str(tmp_path / "alone")), Lake(str(tmp_path / "together"))
    one = import_warc(warc_files([folder]), portal, alone, now=lambda: NOW)
    three = import_warc(warc_files([folder]), portal, together, workers=3, now=lambda: NOW)
    assert one.files == three.files == 5
    assert one.new_articles > 5
    assert (one.responses, one.skipped, one.new_articles) == (three.responses, three.skipped, three.new_articles)
    assert one.unreadable == three.unreadable
    assert any("hong.warc.gz" in problem for problem in one.unreadable)
    for kind, record in (("articles", Article), ("capture_index", Capture), ("rejected", Rejected)):
        assert [without_run(r) for r in rows(alone, kind, record)] == [without_run(r) for r in rows(together, kind, record)], kind
    for capture in rows(together, "capture_index", Capture):  # the place in the archive is where the page is
        assert read_page(together, capture.warc_path, capture.warc_offset).page.url == capture.url


SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from muctieu.lake import Lake
from scrapers.imports import import_warc, warc_files
from scrapers.registry import read_portal

if __name__ == "__main__":
    portal, folder, lake = sys.argv[1:]
    import_warc(warc_files([Path(folder)]), read_portal(Path(portal)), Lake(lake), workers=2, now=lambda: datetime(2026, 12, 1, 3, tzinfo=UTC))
"""


def test_killed_in_the_middle_the_same_command_brings_the_rest(portal: Portal, folder: Path, tmp_path: Path) -> None:
    script, lake = tmp_path / "run.py", Lake(str(tmp_path / "lake"))
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), str(REPOSITORY / "demo" / "portals" / f"{portal.id}.yml"), str(folder), str(tmp_path / "lake")]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(REPOSITORY)})
    spool, deadline = tmp_path / "lake" / "captures" / portal.id, time.monotonic() + 120
    while not any(f.stat().st_size for f in spool.glob(".part-*.warc.gz")):
        assert process.poll() is None, "it ended before anything was archived"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    process.send_signal(signal.SIGKILL)
    process.wait()
    while any(Path(f"/proc/{pid}/cmdline").is_file() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children):
        assert time.monotonic() < deadline, "a process outlived the command that started it"
        time.sleep(0.05)
    assert not rows(lake, "runs", Run)
    import_warc(warc_files([folder]), portal, lake, workers=2, now=lambda: NOW)
    whole = Lake(str(tmp_path / "whole"))
    import_warc(warc_files([folder]), portal, whole, now=lambda: NOW)
    assert {a.version_id for a in rows(lake, "articles", Article)} == {a.version_id for a in rows(whole, "articles", Article)}
    identities = [(a.article_id, a.version_id) for a in rows(lake, "articles", Article)]
    assert len(identities) == len(set(identities))


def test_a_folder_without_archives_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"\.warc"):
        warc_files([tmp_path])

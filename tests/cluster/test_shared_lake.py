"""The lake in an object store, and locks that hold across machines."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from demo.services import Store
from muctieu.lake import Lake
from muctieu.locks import LockedError, cluster_lock
from muctieu.settings import REPOSITORY
from scrapers.archive import PortalBusyError, portal_lock

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]


def test_a_file_is_there_whole_and_nothing_else_is(in_store: str, tmp_path: Path) -> None:
    lake = Lake(f"{in_store}/lake")
    lake.write("runs/portal=a/1.parquet", b"one")
    part = tmp_path / "part.warc.gz"
    part.write_bytes(b"captures")
    lake.take(part, "captures/a/1.warc.gz")
    assert lake.list("runs", ".parquet") == ["runs/portal=a/1.parquet"]
    assert lake.fs.find(lake.root) == [lake.full("captures/a/1.warc.gz"), lake.full("runs/portal=a/1.parquet")], "no temporary object"
    assert lake.read("captures/a/1.warc.gz") == b"captures"
    assert not part.exists()
    assert lake.list("claims", ".parquet") == []


def test_what_another_process_writes_is_seen_at_once(in_store: str) -> None:
    lake = Lake(f"{in_store}/lake")
    lake.write("runs/1.parquet", b"1")
    assert lake.list("runs", ".parquet") == ["runs/1.parquet"]
    child = "import sys; from muctieu.lake import Lake; Lake(sys.argv[1]).write('runs/2.parquet', b'2')"
    subprocess.run([sys.executable, "-c", child, f"{in_store}/lake"], check=True, cwd=REPOSITORY)
    assert lake.list("runs", ".parquet") == ["runs/1.parquet", "runs/2.parquet"]


def test_a_write_waits_for_a_store_that_is_gone_for_a_while(in_store: str, store: Store) -> None:
    lake = Lake(f"{in_store}/lake")
    lake.write("runs/1.parquet", b"1")
    store.stop()
    began = time.monotonic()
    back = threading.Timer(3.0, store.start)
    back.start()
    try:
        lake.write("runs/2.parquet", b"2")
        assert time.monotonic() - began > 2.5, "the store must have been gone for this test to mean anything"
        assert lake.list("runs", ".parquet") == ["runs/1.parquet", "runs/2.parquet"], "it keeps its objects on disk"
    finally:
        back.join()


def test_a_wrong_key_is_no_reason_to_wait(in_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    lake = Lake(f"{in_store}/lake")
    lake.fs.clear_instance_cache()
    began = time.monotonic()
    with pytest.raises(PermissionError):
        Lake(f"{in_store}/lake").write("runs/1.parquet", b"1")
    lake.fs.clear_instance_cache()
    assert time.monotonic() - began < 10


def test_a_lock_holds_across_processes_and_ends_with_its_holder(catalog: object) -> None:
    url = catalog.url  # type: ignore[attr-defined]
    child = (
        "import sys, time\nfrom muctieu.locks import cluster_lock\n"
        "with cluster_lock(sys.argv[1], 'portal x'):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", child, url], stdout=subprocess.PIPE, cwd=REPOSITORY)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match="portal x"), cluster_lock(url, "portal x"):
            pass
        with cluster_lock(url, "portal y"):
            pass
    finally:
        holder.kill()
        holder.wait()
    deadline = time.monotonic() + 10
    while True:
        try:
            with cluster_lock(url, "portal x"):
                break
        except LockedError:
            assert time.monotonic() < deadline, "the server must free the lock of a killed process"
            time.sleep(0.1)


def test_two_machines_do_not_scrape_one_portal(in_store: str, catalog: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MUCTIEU_LOCKS", catalog.url)  # type: ignore[attr-defined]
    lake = Lake(f"{in_store}/lake")
    import tempfile

    for folder in ("here", "there"):  # the disks of two machines
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "here"))
    with portal_lock(lake, "a") as here:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there"))
        with pytest.raises(PortalBusyError, match="máy khác"), portal_lock(lake, "a"):
            pass
        with portal_lock(lake, "b") as there:
            assert here.parent != there.parent
    with portal_lock(lake, "a"):
        pass

"""A backup is whole whatever goes on beside it, and what is restored from it has the same content."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from muctieu.errors import UserError
from muctieu.lake import Lake
from muctieu.settings import Settings, read_settings
from warehouse.backup import MANIFEST, backup, backups, prune, restore
from warehouse.load import load
from warehouse.publish import PublishResult, content_hash, publish
from warehouse.schema import open_warehouse

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def installation(home: Path) -> Settings:
    return read_settings({"MUCTIEU_HOME": str(home)})


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """A lake with two runs, and an empty warehouse."""
    settings = installation(tmp_path / "var")
    for number in (1, 2):
        write_run(Lake(settings.lake), f"r{number}")
    with open_warehouse(settings.warehouse):
        pass
    return settings


def write_run(lake: Lake, run_id: str) -> None:
    """As scraping does: the articles first, the run last."""
    lake.write(f"articles/portal=p/{run_id}.parquet", f"articles of {run_id}".encode())
    lake.write(f"runs/portal=p/{run_id}.parquet", f"run {run_id}".encode())


def test_what_is_restored_has_the_content_of_what_was_backed_up(published: tuple[Settings, PublishResult], tmp_path: Path) -> None:
    settings, release = published
    made = backup(settings, str(tmp_path / "backups"), now=NOW)
    assert made.content_hash == release.content_hash
    again = installation(tmp_path / "again")
    assert restore(again, str(tmp_path / "backups")).stamp == made.stamp
    assert content_hash(again.current) == release.content_hash
    assert duckdb.connect(str(again.serve), read_only=True).execute("select count(*) from bi.progress").fetchone() != (0,)
    assert publish(again, allowed=True).content_hash == release.content_hash, "the warehouse itself, too"
    assert load(Lake(again.lake), again.warehouse).total == 0, "what the lake has, the warehouse knows"


def test_the_second_backup_copies_what_is_new(small: Settings, tmp_path: Path) -> None:
    target = str(tmp_path / "backups")
    Lake(small.lake).write("state/p/r2.parquet", b"state")
    first = backup(small, target, now=NOW)
    assert first.copied == 5
    write_run(Lake(small.lake), "r3")
    second = backup(small, target, now=NOW + timedelta(days=1))
    assert second.copied == 3, "the new run, and the state, which is another each time"
    assert len(second.files) == len(first.files) + 2
    assert prune(target, keep=1) == [first.stamp]
    again = installation(tmp_path / "again")
    restore(again, target)
    assert Lake(again.lake).list("runs", "") == [f"runs/portal=p/r{n}.parquet" for n in (1, 2, 3)]


def test_a_run_that_ends_meanwhile_is_there_with_its_articles_or_not_at_all(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run is written while the lake is listed, at each moment between two listings."""
    listed = Lake.list
    for moment in range(1, 6):
        calls = 0

        def list_while_writing(lake: Lake, folder: str, suffix: str, moment: int = moment) -> list[str]:
            nonlocal calls
            found = listed(lake, folder, suffix)
            if lake.root == Lake(small.lake).root:
                calls += 1
                if calls == moment:
                    write_run(lake, f"late{moment}")
            return found

        monkeypatch.setattr(Lake, "list", list_while_writing)
        made = backup(small, str(tmp_path / "backups"), now=NOW + timedelta(hours=moment))
        monkeypatch.setattr(Lake, "list", listed)
        runs = {name.rpartition("/")[2] for name in made.files if name.startswith("lake/runs/")}
        articles = {name.rpartition("/")[2] for name in made.files if name.startswith("lake/articles/")}
        assert runs <= articles


def test_it_waits_for_the_task_that_has_the_warehouse(small: Settings, tmp_path: Path) -> None:
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline(); c.close()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(small.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="bận"):
            backup(small, str(tmp_path / "backups"), now=NOW, wait_s=0.1)
        assert backups(str(tmp_path / "backups")) == []
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert backup(small, str(tmp_path / "backups"), now=NOW, wait_s=60).schema_version > 0


def test_a_backup_that_was_killed_is_none_and_a_changed_file_is_found(small: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backups"
    first = backup(small, str(target), now=NOW)
    second = backup(small, str(target), now=NOW + timedelta(hours=1))
    (target / second.stamp / MANIFEST).unlink()
    assert [b.stamp for b in backups(str(target))] == [first.stamp]
    file = target / "lake" / "articles" / "portal=p" / "r1.parquet"
    file.write_bytes(b"x" + file.read_bytes()[1:])
    with pytest.raises(UserError, match=r"r1\.parquet"):
        restore(installation(tmp_path / "again"), str(target))


def test_nothing_is_restored_over_what_is_there(small: Settings, tmp_path: Path) -> None:
    backup(small, str(tmp_path / "backups"), now=NOW)
    with pytest.raises(UserError, match="đã có dữ liệu"):
        restore(small, str(tmp_path / "backups"))
    with pytest.raises(UserError, match="không có bản sao lưu"):
        restore(replace(small, lake=str(tmp_path / "empty")), str(tmp_path / "backups"), "20200101T000000Z")

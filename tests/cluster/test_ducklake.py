"""The warehouse as DuckLake: the same SQL, the same content, readers while it is written, and its upkeep."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from muctieu.errors import UserError
from muctieu.lake import Lake
from muctieu.locks import cluster_lock
from muctieu.rows import insert
from muctieu.settings import DuckLake, Settings, read_settings
from warehouse.build import run_dbt
from warehouse.engine import reading
from warehouse.load import load
from warehouse.maintenance import maintain
from warehouse.publish import content_hash, publish
from warehouse.schema import migrations, open_warehouse

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))
import corpus
from samples import write_lake

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster"), pytest.mark.timeout(1800)]


def settings_on(home: Path, warehouse: str, data: str, lake: str) -> Settings:
    return read_settings({"MUCTIEU_HOME": str(home), "MUCTIEU_WAREHOUSE": warehouse, "MUCTIEU_WAREHOUSE_DATA": data, "MUCTIEU_LAKE": lake})


def built(settings: Settings) -> tuple[str, str]:
    """(content hash of what is published, why the build did what it did)"""
    load(Lake(settings.lake), settings.warehouse)
    result = run_dbt(settings, tests=False)
    assert result.ok, result.problems()
    return publish(settings, allowed=True).content_hash, result.reason


def test_dbt_builds_on_ducklake(catalog: object, in_store: str, tmp_path: Path) -> None:
    settings = settings_on(tmp_path, f"ducklake:{catalog.url}", f"{in_store}/warehouse", f"{in_store}/lake")  # type: ignore[attr-defined]
    write_lake(Lake(settings.lake), corpus.FIRST[:5], run="r1", extractor="1.0.0-sample")
    load(Lake(settings.lake), settings.warehouse)
    result = run_dbt(settings, select="+int_article_version", tests=False)
    assert result.ok, result.problems()
    assert {node.name for node in result.nodes} >= {"stg_article", "int_article_version"}
    with reading(settings.warehouse) as connection:
        assert connection.execute("select count(distinct article_id) from intermediate.int_article_version").fetchone() == (5,)


@pytest.mark.skipif(
    "MUCTIEU_FAULTS" not in os.environ, reason="three builds of everything; runs with the tests of the cluster (MUCTIEU_FAULTS)"
)
def test_ducklake_and_a_file_publish_the_same_in_full_and_in_steps(catalog: object, in_store: str, tmp_path: Path) -> None:
    address = f"ducklake:{catalog.url}"  # type: ignore[attr-defined]
    shared = settings_on(tmp_path / "shared", address, f"{in_store}/warehouse", f"{in_store}/lake")
    lake = Lake(shared.lake)
    write_lake(lake, [*corpus.FIRST, corpus.EDIT_BEFORE, corpus.BACK_BEFORE], run="r1", extractor="1.0.0-sample")
    first, reason = built(shared)
    assert reason == "no complete build to add to"

    write_lake(lake, [corpus.EDIT_AFTER, corpus.BACK_EDIT], run="r2", extractor="1.0.0-sample")
    seen: list[int] = []
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(shared, stop, seen))
    watcher.start()
    try:
        second, reason = built(shared)
    finally:
        stop.set()
        watcher.join(30)
    assert "articles" in reason, "an incremental build"
    assert len(seen) > 3
    assert set(seen) <= {seen[0], seen[-1]}, "a reader sees a whole commit or none of it"

    small = maintain(shared.warehouse, snapshot_days=0, delete_after_hours=0)
    assert small.before.snapshots > 50
    assert small.after.snapshots <= 2
    assert publish(shared, allowed=True).content_hash == second, "maintenance changes no row"
    with open_warehouse(shared.warehouse) as connection:
        assert connection.execute("select max(version) from ops.schema_version").fetchone() == (migrations()[-1][0],)
        assert connection.execute("select count(*) from duckdb_columns() where schema_name = 'marts' and comment is null").fetchone() == (
            0,
        )

    alone = settings_on(tmp_path / "alone", str(tmp_path / "w.duckdb"), "", shared.lake)
    assert built(alone)[0] == second
    assert first != second
    assert content_hash(shared.current) == content_hash(alone.current)


def _watch(settings: Settings, stop: threading.Event, seen: list[int]) -> None:
    """Count claims as somebody does who asks while a build writes: a number of before it, or of after it."""
    while not stop.is_set():
        with reading(settings.warehouse) as connection:
            row = connection.execute("select count(*) from marts.fct_claim").fetchone()
            assert row is not None
            seen.append(int(row[0]))
        time.sleep(0.05)


def test_a_second_build_is_refused_while_one_runs(catalog: object, in_store: str, tmp_path: Path) -> None:
    url = catalog.url  # type: ignore[attr-defined]
    settings = settings_on(tmp_path, f"ducklake:{url}", f"{in_store}/warehouse", f"{in_store}/lake")
    with cluster_lock(url, f"build {settings.warehouse}"), pytest.raises(UserError, match="khóa"):
        run_dbt(settings)


def test_two_writers_lose_nothing(catalog: object, in_store: str, tmp_path: Path) -> None:
    """Appends of two processes both stay; of two commits that collide the second says so."""
    settings = settings_on(tmp_path, f"ducklake:{catalog.url}", f"{in_store}/warehouse", f"{in_store}/lake")  # type: ignore[attr-defined]
    with open_warehouse(settings.warehouse) as one, open_warehouse(settings.warehouse) as other:
        for number in range(5):
            insert(one, "ops.left_document", ["document_key"], [[f"one-{number}"]])
            insert(other, "ops.left_document", ["document_key"], [[f"other-{number}"]])
        assert one.execute("select count(*) from ops.left_document").fetchone() == (10,)
        one.begin()
        one.execute("delete from ops.left_document where document_key = 'one-1'")
        other.begin()
        other.execute("delete from ops.left_document where document_key = 'one-1'")
        one.commit()
        with pytest.raises(duckdb.Error, match="conflict"):
            other.commit()
        assert one.execute("select count(*) from ops.left_document").fetchone() == (9,)


def test_no_password_in_what_is_said(in_store: str, tmp_path: Path) -> None:
    settings = settings_on(tmp_path, "ducklake:postgresql://u:geheim@127.0.0.1:1/none", f"{in_store}/warehouse", f"{in_store}/lake")
    with pytest.raises(UserError) as caught, open_warehouse(settings.warehouse):
        pass
    assert "geheim" not in f"{caught.value} {caught.value.__cause__} {settings} {settings.warehouse}"
    assert "127.0.0.1" in str(caught.value)


def test_a_local_catalog_needs_no_service(tmp_path: Path) -> None:
    where = DuckLake(str(tmp_path / "catalog.ducklake"), str(tmp_path / "files"))
    with open_warehouse(where) as connection:
        insert(connection, "ops.left_document", ["document_key"], [[f"d{n}"] for n in range(500)])
        assert connection.execute("select count(*) from ops.left_document").fetchone() == (500,)
    with reading(where) as connection, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("delete from ops.left_document")

"""The lake into raw: once, whatever happens on the way."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from conftest import settings_in
from corpus import FIRST, IMPLIED_PLAN, NATIONAL, RATE_PLAN
from samples import EXTRACTOR, article_of, claims_of, write_lake, write_reading

from muctieu.lake import Lake
from muctieu.records import Article, Claim, arrow_schema, to_table
from warehouse.load import RAW_TABLES, load
from warehouse.schema import migrate, migrations, open_warehouse


def counts(path: Path) -> dict[str, int]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {t.name: connection.execute(f"select count(*) from raw.{t.name}").fetchone()[0] for t in RAW_TABLES}  # type: ignore[index]


def contents(path: Path) -> list[tuple[object, ...]]:
    """Every row of raw without what tells one load from another."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return [
            (table.name, *row)
            for table in RAW_TABLES
            for row in connection.execute(f"select * exclude (load_id) from raw.{table.name} order by all").fetchall()
        ]


def test_raw_tables_hold_the_columns_of_the_records(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w.duckdb") as connection:
        for table in RAW_TABLES:
            found = [
                row[0]
                for row in connection.execute(
                    "select column_name from duckdb_columns() where schema_name = 'raw' and table_name = ? order by column_index",
                    [table.name],
                ).fetchall()
            ]
            assert found == [*arrow_schema(table.record).names, "load_id"], table.name


def test_a_second_load_finds_nothing_and_a_new_file_costs_only_itself(tmp_path: Path) -> None:
    settings, lake = settings_in(tmp_path), Lake(str(tmp_path / "lake"))
    write_lake(lake, [IMPLIED_PLAN, RATE_PLAN], run="r1")
    first = load(lake, settings.warehouse)
    assert (first.rows["article"], first.rows["claim"], first.rows["citation"]) == (2, 5, 1)
    again = load(lake, settings.warehouse)
    assert (again.files, again.total) == (0, 0)
    write_lake(lake, [NATIONAL], run="r2")
    new = load(lake, settings.warehouse)
    assert new.load_id == 2, "a load that finds nothing takes no number"
    assert (new.files, new.rows["article"], new.rows["claim"]) == (6, 1, 2)


def test_the_same_row_in_two_files_is_one_row(tmp_path: Path) -> None:
    settings, lake = settings_in(tmp_path), Lake(str(tmp_path / "lake"))
    write_lake(lake, [IMPLIED_PLAN], run="r1")
    load(lake, settings.warehouse)
    # the run was parsed again after a kill: other files, the same ids; and twice in one file
    lake.write_rows("articles/portal=binhlieu/again.parquet", Article, [article_of(IMPLIED_PLAN, "again")] * 2)
    lake.write_rows(f"claims/extractor={EXTRACTOR}/again.parquet", Claim, claims_of(IMPLIED_PLAN) * 2)
    result = load(lake, settings.warehouse)
    assert (result.rows["article"], result.rows["claim"]) == (0, 0)
    assert (result.repeated["article"], result.repeated["claim"]) == (2, 6)


def test_another_extractor_version_adds_rows(tmp_path: Path) -> None:
    settings, lake = settings_in(tmp_path), Lake(str(tmp_path / "lake"))
    write_lake(lake, [IMPLIED_PLAN], run="r1")
    load(lake, settings.warehouse)
    write_reading(lake, [IMPLIED_PLAN], run="r1", extractor="2.0.0-sample")
    assert load(lake, settings.warehouse).rows["claim"] == 3
    assert counts(settings.warehouse)["claim"] == 6


def test_a_lake_with_several_readings_loads_them_in_the_order_of_their_making(tmp_path: Path) -> None:
    """Versions are hashes: "aaa" may be newer than "fff"."""
    settings, lake = settings_in(tmp_path), Lake(str(tmp_path / "lake"))
    write_lake(lake, [IMPLIED_PLAN], run="r1", extractor="fff")
    write_reading(lake, [IMPLIED_PLAN], run="r1", extractor="aaa")
    os.utime(tmp_path / "lake" / "extractions" / "extractor=fff" / "r1.parquet", (1_700_000_000, 1_700_000_000))
    first = load(lake, settings.warehouse)
    with open_warehouse(settings.warehouse) as connection:
        found = connection.execute("select extractor_version from raw.extraction order by load_id").fetchall()
    assert found == [("fff",), ("aaa",)]
    assert load(lake, settings.warehouse).load_id == first.load_id + 1


def test_a_broken_file_is_named_and_harms_no_other(tmp_path: Path) -> None:
    settings, lake = settings_in(tmp_path), Lake(str(tmp_path / "lake"))
    write_lake(lake, [IMPLIED_PLAN], run="r1")
    lake.write("articles/portal=binhlieu/broken.parquet", b"PAR1 this is not a Parquet file")
    sink = io.BytesIO()  # the writer of records refuses a missing key; somebody else's file may lack the whole column
    pq.write_table(to_table(Claim, claims_of(IMPLIED_PLAN)[:1]).drop_columns(["claim_id"]), sink)
    lake.write(f"claims/extractor={EXTRACTOR}/keyless.parquet", sink.getvalue())
    result = load(lake, settings.warehouse)
    assert set(result.failed) == {"articles/portal=binhlieu/broken.parquet", f"claims/extractor={EXTRACTOR}/keyless.parquet"}
    assert "1 of 1 rows have no claim_id" in result.failed[f"claims/extractor={EXTRACTOR}/keyless.parquet"]
    assert (result.rows["article"], result.rows["claim"]) == (1, 3)
    assert set(load(lake, settings.warehouse).failed) == set(result.failed), "tried again, for it may be mended"


def test_a_failed_batch_leaves_neither_rows_nor_the_note(tmp_path: Path) -> None:
    """Rows and the note that their file was loaded are one transaction."""
    settings, lake = settings_in(tmp_path), Lake(str(tmp_path / "lake"))
    write_lake(lake, [IMPLIED_PLAN], run="r1")
    with open_warehouse(settings.warehouse) as connection:
        connection.execute("alter table raw.loaded_file rename column rows_read to surprise")  # the note cannot be written
    with pytest.raises(duckdb.Error):
        load(lake, settings.warehouse)
    assert sum(counts(settings.warehouse).values()) == 0
    with open_warehouse(settings.warehouse) as connection:
        connection.execute("alter table raw.loaded_file rename column surprise to rows_read")
    assert load(lake, settings.warehouse).rows["claim"] == 3


@pytest.mark.slow
def test_killed_anywhere_and_run_again_gives_the_same(tmp_path: Path) -> None:
    """A child process that loads one file a transaction is killed with SIGKILL again and again."""
    lake = Lake(str(tmp_path / "lake"))
    for number, piece in enumerate(FIRST):
        write_lake(lake, [piece], run=f"r{number}")
    whole, killed = settings_in(tmp_path / "whole"), settings_in(tmp_path / "killed")
    load(lake, whole.warehouse)
    program = (
        "import sys; from pathlib import Path; from muctieu.lake import Lake; from warehouse.load import load; "
        "print('ready', flush=True); load(Lake(sys.argv[1]), Path(sys.argv[2]), files_a_batch=1)"
    )
    kills = 0
    for wait in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5):
        child = subprocess.Popen([sys.executable, "-c", program, lake.root, str(killed.warehouse)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(wait)
        if child.poll() is None:
            os.kill(child.pid, signal.SIGKILL)
            kills += 1
        child.wait()
    assert kills >= 3, "the loads were too fast to be killed; the test shows nothing"
    load(lake, killed.warehouse)
    assert contents(killed.warehouse) == contents(whole.warehouse)


def test_migrations_are_numbered_without_gaps_and_run_once(tmp_path: Path) -> None:
    assert [version for version, _, _ in migrations()] == list(range(1, len(migrations()) + 1))
    with open_warehouse(tmp_path / "w.duckdb") as connection:
        assert migrate(connection) == migrations()[-1][0]
        assert connection.execute("select count(*) from ops.schema_version").fetchone() == (len(migrations()),)

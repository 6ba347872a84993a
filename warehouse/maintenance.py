"""Keep the warehouse small: `muctieu maintain`, weekly by the DAG `maintain_warehouse`.

DuckLake writes a Parquet file a commit and keeps every snapshot: a build of the demo leaves hundreds of both. Its CHECKPOINT writes
small rows out of the catalog, forgets old snapshots, merges small files, and deletes files that no snapshot has needed for a while. A
plain DuckDB file only folds its log into itself; the space of deleted rows is used again by the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from muctieu.settings import DuckLake
from warehouse.engine import DATABASE
from warehouse.schema import open_warehouse

SNAPSHOT_DAYS = 7  # a snapshot is what `at (version => …)` can still read; publishing keeps releases of its own
DELETE_AFTER_HOURS = 6  # a reader that began before a merge reads the old files; no query of ours takes so long


@dataclass(frozen=True, slots=True)
class Size:
    """How much the warehouse holds."""

    snapshots: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Maintained:
    """What maintenance did."""

    before: Size
    after: Size


def maintain(where: Path | DuckLake, *, snapshot_days: float = SNAPSHOT_DAYS, delete_after_hours: float = DELETE_AFTER_HOURS) -> Maintained:
    """Run it; nothing else should be writing (the pool of one slot sees to that), readers may read."""
    with open_warehouse(where) as connection:
        if isinstance(where, Path):
            before = _file_size(where)
            connection.execute("checkpoint")
            return Maintained(before, _file_size(where))
        before = _lake_size(connection)
        for option, hours in (("expire_older_than", snapshot_days * 24), ("delete_older_than", delete_after_hours)):
            connection.execute(f"call {DATABASE}.set_option('{option}', '{hours * 3600:.0f} seconds')")
        connection.execute(f"checkpoint {DATABASE}")
        return Maintained(before, _lake_size(connection))


def _lake_size(connection: duckdb.DuckDBPyConnection) -> Size:
    snapshots = connection.execute(f"select count(*) from ducklake_snapshots('{DATABASE}')").fetchone()
    files = connection.execute(
        "select coalesce(sum(file_count + delete_file_count), 0)::bigint, "
        "coalesce(sum(file_size_bytes + delete_file_size_bytes), 0)::bigint "
        f"from ducklake_table_info('{DATABASE}')"
    ).fetchone()
    assert snapshots is not None and files is not None
    return Size(int(snapshots[0]), int(files[0]), int(files[1]))


def _file_size(path: Path) -> Size:
    log = Path(f"{path}.wal")
    return Size(0, 1, path.stat().st_size + (log.stat().st_size if log.exists() else 0))

"""The lake into `raw`: files that were not loaded yet, anti-joined on ids, one transaction a batch of files.

A file of the lake never changes, so a path is loaded once. Killed at any moment, the next load goes on after the last
committed batch: rows and the note that their file was loaded (raw.loaded_file) become visible together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from muctieu.lake import Lake
from muctieu.records import Article, Capture, Citation, Claim, Extraction, Milestone, Rejected, Run, Unexplained
from muctieu.rows import insert
from muctieu.settings import DuckLake
from warehouse.schema import open_warehouse

FILES_A_BATCH = 500  # one transaction; 500 small Parquet files are about 1 s of reading, which is what a kill can cost
ROWS_A_BATCH = 500_000  # and at most so many rows in memory at once


@dataclass(frozen=True, slots=True)
class RawTable:
    """Where the rows of one raw table lie in the lake, and what makes two of them the same row."""

    name: str
    folder: str
    record: type
    key: tuple[str, ...]


# The key of an article row holds its capture too: a page that is edited and then edited back appears twice with one version_id,
# and the later appearance is the one that says which version is the latest.
RAW_TABLES = (
    RawTable("capture", "capture_index", Capture, ("capture_id",)),
    RawTable("article", "articles", Article, ("version_id", "capture_id")),
    RawTable("claim", "claims", Claim, ("claim_id", "extractor_version")),
    RawTable("milestone", "milestones", Milestone, ("milestone_id", "extractor_version")),
    RawTable("citation", "citations", Citation, ("citation_id", "extractor_version")),
    RawTable("unexplained", "unexplained", Unexplained, ("unexplained_id", "extractor_version")),
    RawTable("extraction", "extractions", Extraction, ("version_id", "extractor_version")),
    RawTable("rejected", "rejected", Rejected, ("rejected_id",)),
    RawTable("run", "runs", Run, ("run_id",)),
)


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What one load did. `rows` counts what was new, `repeated` what was read but known already."""

    load_id: int
    files: int
    rows: dict[str, int]  # table -> rows inserted
    repeated: dict[str, int]  # table -> rows read whose id was there
    failed: dict[str, str] = field(default_factory=dict)  # path -> why it could not be read; tried again by the next load

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def load(lake: Lake, warehouse: Path | DuckLake, *, files_a_batch: int = FILES_A_BATCH) -> LoadResult:
    """Load every new file of the lake. A file that cannot be read is named in the result and harms no other."""
    with open_warehouse(warehouse) as connection:
        return load_into(connection, lake, files_a_batch=files_a_batch)


def load_into(connection: duckdb.DuckDBPyConnection, lake: Lake, *, files_a_batch: int = FILES_A_BATCH) -> LoadResult:
    """`load` on an open connection."""
    load_id = _next_load_id(connection)
    files = 0
    rows: dict[str, int] = {}
    repeated: dict[str, int] = {}
    failed: dict[str, str] = {}
    for table in RAW_TABLES:
        rows[table.name] = repeated[table.name] = 0
        for number, group in enumerate(_groups(lake, table, _new_paths(connection, lake, table))):
            load_id += number > 0
            for batch in _batches(lake, table, group, files_a_batch, failed):
                read, inserted = _insert(connection, table, batch, load_id)
                files += len(batch)
                rows[table.name] += inserted
                repeated[table.name] += read - inserted
    return LoadResult(load_id, files, rows, repeated, failed)


def new_files(connection: duckdb.DuckDBPyConnection, lake: Lake) -> list[str]:
    """Paths of the lake that the next load would read."""
    return [path for table in RAW_TABLES for path in _new_paths(connection, lake, table)]


def _groups(lake: Lake, table: RawTable, paths: list[str]) -> list[list[str]]:
    """Paths that share a load id. Readings by several extractor versions take one each, in the order in which they were written:
    a version is a hash and tells no order, and a warehouse that is rebuilt from an old lake finds all of them at once."""
    if table.name != "extraction":
        return [paths] if paths else []
    versions: dict[str, list[str]] = {}
    for path in paths:
        versions.setdefault(path.split("/")[1], []).append(path)
    if len(versions) < 2:
        return list(versions.values())
    return sorted(versions.values(), key=lambda group: (max(_modified(lake, path) for path in group), group[0]))


def _modified(lake: Lake, path: str) -> float:
    """When a file was written, in seconds; 0 where the file system does not say."""
    try:
        moment = lake.fs.modified(lake.full(path))
    except NotImplementedError:
        return 0.0
    return float(moment.timestamp())


def _next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select coalesce(max(load_id), 0) + 1 from raw.loaded_file").fetchone()
    assert row is not None
    return int(row[0])


def _new_paths(connection: duckdb.DuckDBPyConnection, lake: Lake, table: RawTable) -> list[str]:
    loaded = {path for (path,) in connection.execute("select path from raw.loaded_file where table_name = ?", [table.name]).fetchall()}
    return [path for path in lake.list(table.folder, ".parquet") if path not in loaded]


def _batches(
    lake: Lake, table: RawTable, paths: list[str], files_a_batch: int, failed: dict[str, str]
) -> Iterator[list[tuple[str, pa.Table]]]:
    batch: list[tuple[str, pa.Table]] = []
    rows = 0
    for path in paths:
        try:
            content = _read(lake, table, path)
        except (pa.ArrowException, OSError, ValueError) as error:
            failed[path] = f"{type(error).__name__}: {error}"
            continue
        batch.append((path, content))
        rows += content.num_rows
        if len(batch) >= files_a_batch or rows >= ROWS_A_BATCH:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _read(lake: Lake, table: RawTable, path: str) -> pa.Table:
    """One file; raises ValueError when a row lacks its key, which would make the whole batch fail."""
    content = lake.read_table(path, table.record)
    for column in table.key:
        if content[column].null_count:
            raise ValueError(f"{content[column].null_count} of {content.num_rows} rows have no {column}")
    return content


def _insert(connection: duckdb.DuckDBPyConnection, table: RawTable, batch: list[tuple[str, pa.Table]], load_id: int) -> tuple[int, int]:
    """(rows read, rows inserted), committed with the note that these files are loaded."""
    content = pa.concat_tables([rows for _, rows in batch])
    key = ", ".join(table.key)
    loaded_at = datetime.now(UTC)
    connection.register("incoming", content)
    connection.begin()
    try:
        inserted = connection.execute(
            f"insert into raw.{table.name} by name "
            f"select *, {load_id}::bigint as load_id from "
            f"(select * from incoming qualify row_number() over (partition by {key}) = 1) "
            f"anti join raw.{table.name} using ({key})"
        ).fetchone()
        columns = ("path", "table_name", "load_id", "rows_read", "loaded_at")
        insert(connection, "raw.loaded_file", columns, [(path, table.name, load_id, rows.num_rows, loaded_at) for path, rows in batch])
        connection.commit()
    except Exception:
        connection.rollback()
        raise
    finally:
        connection.unregister("incoming")
    assert inserted is not None
    return content.num_rows, int(inserted[0])


def new_claims(connection: duckdb.DuckDBPyConnection, load_id: int) -> dict[str, int]:
    """Claims that a load brought, by portal."""
    rows = connection.execute("select portal_id, count(*) from raw.claim where load_id = ? group by portal_id", [load_id]).fetchall()
    return {str(portal_id): int(count) for portal_id, count in rows if portal_id}

"""The warehouse as its writer sees it: opening it, and bringing its raw and ops schemas to the newest version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from muctieu.settings import DuckLake
from warehouse.engine import open_file, open_lake

HERE = Path(__file__).resolve().parent
MIGRATION = re.compile(r"(\d{4})_(\w+)\.sql")


def migrations() -> list[tuple[int, str, str]]:
    """(version, name, SQL) of every step from an empty file to the newest schema, in order; raises ValueError on a gap or a twin."""
    steps = [(1, "schema", (HERE / "schema.sql").read_text())]
    for path in sorted((HERE / "migrations").glob("*.sql")):
        match = MIGRATION.fullmatch(path.name)
        if match is None:
            raise ValueError(f"{path}: a migration is named NNNN_what_it_does.sql")
        steps.append((int(match[1]), match[2], path.read_text()))
    versions = [version for version, _, _ in steps]
    if versions != list(range(1, len(steps) + 1)):
        raise ValueError(f"migrations must be numbered 0002, 0003 … without gaps or twins, found {versions[1:]}")
    return steps


def migrate(connection: duckdb.DuckDBPyConnection) -> int:
    """Bring raw and ops to the newest version, each step in a transaction of its own; returns the version reached."""
    version = current_version(connection)
    for number, name, sql in migrations():
        if number <= version:
            continue
        connection.begin()
        try:
            connection.execute(sql)
            connection.execute("insert into ops.schema_version values (?, ?, ?)", [number, name, datetime.now(UTC)])
        except Exception:
            connection.rollback()
            raise
        connection.commit()
        version = number
    return version


def current_version(connection: duckdb.DuckDBPyConnection) -> int:
    """0 for a file that has never been migrated."""
    known = connection.execute("select 1 from duckdb_tables() where schema_name = 'ops' and table_name = 'schema_version'").fetchone()
    if known is None:
        return 0
    row = connection.execute("select max(version) from ops.schema_version").fetchone()
    return int(row[0]) if row and row[0] is not None else 0


@contextmanager
def open_warehouse(where: Path | DuckLake) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse to write to, migrated. A file has one process at a time: DuckDB refuses a second one with an IOException that
    names the holder. Of DuckLake's writers the second of two commits that collide fails, and nothing of it is seen."""
    connection = open_file(where) if isinstance(where, Path) else open_lake(where)
    try:
        connection.execute("set timezone = 'UTC'")
        migrate(connection)
        yield connection
    finally:
        connection.close()

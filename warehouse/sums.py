"""What a table holds, as a count and two sums over its rows: their order and that of the columns do not matter.

The rows are a multiset: sums of both halves of the rows' hashes need no sorting, which took most of the time of publishing, and
the sums can be kept up to date when a group of rows goes and comes back. They tell one content from another; they are no protection
against somebody who forges one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

# they say when and by which run something was done, so two runs over the same pages differ in them and in nothing else
VOLATILE = frozenset(
    {"run_id", "capture_id", "first_seen_at", "last_seen_at", "withdrawn_at", "last_run_at", "last_run_outcome", "run_count"}
)


@dataclass(frozen=True, slots=True)
class Sums:
    """The rows of one table, or of some groups of them."""

    rows: int = 0
    low: int = 0
    high: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.rows + other.rows, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Sums) -> Sums:
        return Sums(self.rows - other.rows, self.low - other.low, self.high - other.high)


def hashed_columns(columns: Sequence[str]) -> list[str]:
    """The columns that count, in the order in which they count."""
    return sorted(column for column in columns if column not in VOLATILE)


def sums_of(connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[str]) -> Sums:
    """`rows`: a table, or a query in brackets; `columns`: all that it has."""
    # concat_ws, for a chain of || copies the beginning of a row once a column: four times the work
    text = ", ".join(f"coalesce({quote(column)}::varchar, chr(30))" for column in hashed_columns(columns))
    found = connection.execute(
        "select count(*), coalesce(sum((h & 18446744073709551615::uhugeint)::hugeint), 0), coalesce(sum((h >> 64)::hugeint), 0) "
        f"from (select md5_number(concat_ws(chr(31), {text})) as h from {rows})"
    ).fetchone()
    assert found is not None
    return Sums(int(found[0]), int(found[1]), int(found[2]))


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str, database: str | None = None) -> list[tuple[str, str]]:
    """(name, type) of the columns of a table, in its order."""
    return connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = coalesce(?, current_database()) "
        "and schema_name = ? and table_name = ? order by column_index",
        [database, schema, table],
    ).fetchall()


def table_hash(connection: duckdb.DuckDBPyConnection, table: str, schema: str = "marts") -> str:
    """What one table holds, as text."""
    columns = [name for name, _ in columns_of(connection, schema, table)]
    return as_text(columns, sums_of(connection, f"{quote(schema)}.{quote(table)}", columns))


def as_text(columns: Sequence[str], sums: Sums) -> str:
    return f"{','.join(hashed_columns(columns))} {sums.rows} {sums.low} {sums.high}"


def digest(tables: Mapping[str, str]) -> str:
    """SHA-256 over what every table holds."""
    found = hashlib.sha256()
    for table in sorted(tables):
        found.update(f"{table} {tables[table]}\n".encode())
    return found.hexdigest()


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

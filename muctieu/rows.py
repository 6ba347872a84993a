"""Rows into tables of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

ROWS_A_STATEMENT = 200


def insert(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values in the order of `columns`; nothing for no rows.

    Many rows a statement: DuckLake keeps what each statement brings as a file of its own, and asks its catalog each time.
    """
    marks = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        part = rows[start : start + ROWS_A_STATEMENT]
        sql = f"insert into {table} ({', '.join(columns)}) values {', '.join([marks] * len(part))}"
        connection.execute(sql, [value for row in part for value in row])


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """`begin … commit`, or `rollback` when something raises."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()

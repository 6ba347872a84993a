"""Rows of the published file as dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse.query import open_published

Row = dict[str, Any]


def rows(connection: duckdb.DuckDBPyConnection, sql: str, **parameters: Any) -> list[Row]:
    return list(stream(connection, sql, **parameters))


def stream(connection: duckdb.DuckDBPyConnection, sql: str, **parameters: Any) -> Iterator[Row]:
    cursor = connection.execute(sql, parameters) if parameters else connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    while found := cursor.fetchmany(2000):
        for row in found:
            yield dict(zip(names, row, strict=True))


def cursor_of(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A second result at the same time; a cursor starts without the settings of its connection."""
    cursor = connection.cursor()
    for setting in ("search_path", "timezone"):
        (value,) = connection.execute(f"select current_setting('{setting}')").fetchone() or ("",)
        cursor.execute(f"set {setting} = '{value}'")
    return cursor


@contextmanager
def open_site(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file with a database in memory beside it, whose tables are found without a prefix, too."""
    with open_published(published) as connection:
        connection.execute("set search_path = 'published.bi,published.marts,published.ops,memory.main'")
        yield connection

"""Questions to the published file, read-only and closed again at once, so that a reader never stands in the way of a release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from muctieu.settings import Settings


class QueryError(RuntimeError):
    """The question could not be answered; the text says what to change."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Column names, their types, and the rows."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool  # there are more rows than `limit`


def query(settings: Settings, sql: str, parameters: list[Any] | None = None, *, limit: int | None = None) -> QueryResult:
    """Answer one SQL question from the published file. Raises QueryError when nothing is published or the SQL is wrong."""
    return query_file(settings.current, sql, parameters, limit=limit)


def query_file(path: Path, sql: str, parameters: list[Any] | None = None, *, limit: int | None = None) -> QueryResult:
    """`query` on any published file."""
    if not path.is_file():
        raise QueryError(f"nothing is published at {path}; run `muctieu build` and `muctieu publish` first")
    with open_published(path) as connection:
        try:
            # a question may come from a stranger: no other files, no extensions, no change of settings
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
            cursor = connection.execute(sql, parameters or [])
            description = cursor.description or []
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
    truncated = limit is not None and len(rows) > limit
    return QueryResult(
        tuple(str(column[0]) for column in description),
        tuple(str(column[1]) for column in description),
        rows[:limit] if truncated else rows,
        truncated,
    )


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, read-only, in Vietnam's time, its `bi` and `marts` at hand without a prefix.

    Attached to an instance of its own: connections of one process to one file share an instance with its settings, so a locked
    setting of one would bind all, and a file that was replaced would stay the old one as long as anybody held it.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as published (read_only)")
        connection.execute("set search_path = 'published.bi,published.marts,published.ops'")
        connection.execute("set timezone = 'Asia/Ho_Chi_Minh'")
        yield connection
    finally:
        connection.close()

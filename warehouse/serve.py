"""`serve.duckdb`: a small file of views over the Parquet files of a release, for clients that keep their connections.

A process that holds `current.duckdb` goes on seeing the old release after the rename, and so does every new connection that it makes
until the last one closes: a pool never closes its last one. The views here name `current/`, a link that points to the folder of the
release; DuckDB binds a view anew for each query, so the next query of an old connection reads the new release (a query that runs
while the link moves may see both: whoever needs one state over several queries opens `current.duckdb`).

    release-<stamp>.duckdb     a release as one file           current.duckdb   the same file under the public name
    release-<stamp>/           the same rows as Parquet        current          a link to that folder
    release-<stamp>/serve.sql  the views of the release        serve.duckdb     the views, made from that text

Where the Parquet files are is read from the variable `muctieu_base` when the client sets it, so that the file also serves over HTTP
(`set variable muctieu_base = 'https://…/current'`) and from another mount.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

SQL = "serve.sql"


class ServeError(RuntimeError):
    """The Parquet files do not hold what the release holds."""


def write_release_folder(release: Path, folder: Path, public: Path) -> None:
    """Every table of a release as Parquet below `folder`, and the text of the views that read them at `public`.

    Raises ServeError when a file has another number of rows than its table. The folder appears whole or not at all.
    """
    part = folder.with_name(f"{folder.name}.parquet.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with duckdb.connect(str(release), read_only=True) as connection:
            for schema, table in _tables(connection):
                _copy(connection, schema, table, part)
            (part / SQL).write_text("\n".join(_statements(connection, public)) + "\n", encoding="utf-8")
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def switch(public: Path, serve: Path, folder: Path) -> None:
    """Let the link `public` point to `folder`, and `serve` hold its views.

    `serve` is only replaced when the views differ, for it is the file that pools hold open. It goes first: killed before the link
    moved, the next switch finds the texts still different and does it again.
    """
    wanted = (folder / SQL).read_text(encoding="utf-8")
    known = public / SQL
    if not serve.is_file() or not known.is_file() or known.read_text(encoding="utf-8") != wanted:
        write_views(serve, wanted, folder)
    temporary = public.with_name(f".{public.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(folder.name, target_is_directory=True)  # relative, so that the whole folder can be moved or mounted elsewhere
    temporary.replace(public)


def write_views(serve: Path, statements: str, folder: Path) -> None:
    """A DuckDB file with these views and no rows, checkpointed, under its name by one rename."""
    part = serve.with_name(f".{serve.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    connection = duckdb.connect(str(part))
    try:
        # the public link may not exist yet, or point to a release with other columns
        connection.execute("set variable muctieu_base = ?", [str(folder)])
        connection.begin()
        connection.execute(statements)
        connection.commit()
        connection.execute("checkpoint")
    finally:
        connection.close()
    part.replace(serve)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = current_database() order by all"
    ).fetchall()


def _copy(connection: duckdb.DuckDBPyConnection, schema: str, table: str, folder: Path) -> None:
    (folder / schema).mkdir(parents=True, exist_ok=True)
    file = folder / schema / f"{table}.parquet"
    connection.execute(f"copy {_quote(schema)}.{_quote(table)} to {_literal(file)} (format parquet, compression zstd)")
    counts = connection.execute(
        f"select (select count(*) from {_quote(schema)}.{_quote(table)}), (select count(*) from read_parquet({_literal(file)}))"
    ).fetchone()
    assert counts is not None
    if counts[0] != counts[1]:
        raise ServeError(f"{file.name} has {counts[1]} rows and {schema}.{table} has {counts[0]}")


def _statements(connection: duckdb.DuckDBPyConnection, public: Path) -> Iterator[str]:
    """The views with the comments of what they stand for."""
    tables = _tables(connection)
    for schema in sorted({schema for schema, _ in tables} | {"bi"}):
        yield f"create schema {schema};"
    for schema, table in tables:
        yield from _view_of_a_table(connection, schema, table, public)
    yield from _views_of_views(connection)


def _view_of_a_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str, public: Path) -> Iterator[str]:
    name = f"{_quote(schema)}.{_quote(table)}"
    columns = connection.execute(_COLUMNS, [schema, table]).fetchall()
    # a view remembers its types and breaks when they change: they belong to the text that tells one set of views from another
    yield f"-- {table}: {', '.join(kind for _, kind, _ in columns)}"
    yield f"create view {name} as select {', '.join(_quote(column) for column, _, _ in columns)}"
    yield f"from read_parquet(coalesce(getvariable('muctieu_base'), {_literal(public)}) || {_literal(f'/{schema}/{table}.parquet')});"
    for (comment,) in connection.execute(_TABLE_COMMENT, [schema, table]).fetchall():
        yield f"comment on view {name} is {_literal(comment)};"
    for column, _, comment in columns:
        if comment:
            yield f"comment on column {name}.{_quote(column)} is {_literal(comment)};"


def _views_of_views(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The views for people, each after those that it reads."""
    waiting = {name: (sql, comment) for name, sql, comment in connection.execute(_VIEWS).fetchall()}
    while waiting:
        ready = [name for name, (sql, _) in waiting.items() if not (set(re.findall(r'\bbi"?\."?(\w+)', sql)) - {name}) & set(waiting)]
        for name in ready:
            sql, comment = waiting.pop(name)
            yield sql
            if comment:
                yield f"comment on view bi.{_quote(name)} is {_literal(comment)};"
        if not ready:
            raise ServeError(f"the views {', '.join(waiting)} read one another")


_COLUMNS = """
select column_name, data_type, comment from duckdb_columns()
where database_name = current_database() and schema_name = ? and table_name = ? order by column_index
"""
_TABLE_COMMENT = """
select comment from duckdb_tables()
where database_name = current_database() and schema_name = ? and table_name = ? and comment is not null
"""
_VIEWS = "select view_name, sql, comment from duckdb_views() where database_name = current_database() and schema_name = 'bi' order by all"


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"

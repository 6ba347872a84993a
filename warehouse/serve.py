"""`serve.duckdb`: a small file of views over the Parquet files of a release, for clients that keep their connections.

A process that holds `current.duckdb` goes on seeing the old release after the rename, and so does every new connection that it makes
until the last one closes: a pool never closes its last one. The views here name `current/`, a link that points to the folder of the
release; DuckDB binds a view anew for each query, so the next query of an old connection reads the new release (a query that runs
while the link moves may see both: whoever needs one state over several queries opens `current.duckdb`).

    release-<stamp>.duckdb     a release as one file           current.duckdb   the same file under the public name
    release-<stamp>/           the same rows as Parquet        current          a link to that folder
    release-<stamp>/serve.sql  the views of the release        serve.duckdb     the views, made from that text

A table of which groups of rows were made anew since the release was last written whole has three files, of which the first, and every
file of a table that did not change, is a hard link to that of the release before:

    marts/fct_claim.parquet       the rows of the last whole release
    marts/fct_claim.gone.parquet  the keys of the groups that were made anew since
    marts/fct_claim.new.parquet   the rows of these groups as they are now

The views take the rows of the first without those groups, and the rows of the last. Seven releases of a history of which each added a
hundred articles so need the disk of little more than one.

Where the Parquet files are is read from the variable `muctieu_base` when the client sets it, so that the file also serves over HTTP
(`set variable muctieu_base = 'https://…/current'`) and from another mount.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.engine import literal
from warehouse.releases import GROUP_KEYS
from warehouse.sums import columns_of, quote

SQL = "serve.sql"


class ServeError(RuntimeError):
    """The Parquet files do not hold what the release holds."""


@dataclass(frozen=True, slots=True)
class Base:
    """The folder of the release that this one is a copy of, and the tables of which no row differs."""

    folder: Path
    unchanged: frozenset[str]


def write_release_folder(release: Path, folder: Path, public: Path, base: Base | None = None) -> None:
    """Every table of a release as Parquet below `folder`, and the text of the views that read them at `public`. With `base` only the
    rows that came since are written.

    Raises ServeError when the files have another number of rows than their table. The folder appears whole or not at all.
    """
    part = folder.with_name(f"{folder.name}.parquet.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with duckdb.connect(str(release), read_only=True) as connection:
            connection.execute("set dynamic_or_filter_threshold = 10000")
            for schema, table in _tables(connection):
                _copy(connection, schema, table, part, base)
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


def _copy(connection: duckdb.DuckDBPyConnection, schema: str, table: str, folder: Path, base: Base | None) -> None:
    (folder / schema).mkdir(parents=True, exist_ok=True)
    kind = _kind(connection, schema, table)
    files = [_file(schema, table, part) for part in (("", ".gone", ".new") if kind else ("",))]
    if base and schema == "marts" and table in base.unchanged:
        for file in files:
            _link(base.folder / file, folder / file)
    elif base and kind:
        _link(base.folder / files[0], folder / files[0])
        _write_groups(connection, schema, table, kind, base.folder / files[1], folder)
    else:
        name = f"{quote(schema)}.{quote(table)}"
        _write(connection, name, folder / files[0])
        if kind:
            _write(connection, "(select ''::varchar as group_key where false)", folder / files[1])
            _write(connection, f"(from {name} limit 0)", folder / files[2])
    rows = _rows_of_a_table(connection, schema, table, literal(folder), "count(*)")
    counts = connection.execute(f"select (select count(*) from {quote(schema)}.{quote(table)}), ({rows})").fetchone()
    assert counts is not None
    if counts[0] != counts[1]:
        raise ServeError(f"the Parquet files of {schema}.{table} have {counts[1]} rows and the table has {counts[0]}")


def _write_groups(connection: duckdb.DuckDBPyConnection, schema: str, table: str, kind: str, gone_before: Path, folder: Path) -> None:
    """The groups that were made anew since the last whole release, those of the releases between included, and their rows."""
    name = f"{quote(schema)}.{quote(table)}"
    connection.execute(
        f"create or replace temp table gone as select group_key from read_parquet({literal(gone_before)}) "
        f"union select group_key from ops.release_change where kind = {literal(kind)}"
    )
    _write(connection, "gone", folder / _file(schema, table, ".gone"))
    rows = f"select rowid from {name} where {GROUP_KEYS[kind]} in (select group_key from gone)"
    _write(connection, f"(select * from {name} where rowid in ({rows}))", folder / _file(schema, table, ".new"))


def _write(connection: duckdb.DuckDBPyConnection, rows: str, file: Path) -> None:
    connection.execute(f"copy (from {rows}) to {literal(file)} (format parquet, compression zstd)")


def _link(file: Path, target: Path) -> None:
    """The same file under another name where the file system can, else a copy."""
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, target)


def _file(schema: str, table: str, part: str = "") -> str:
    return f"{schema}/{table}{part}.parquet"


def _kind(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str | None:
    """What the rows of a table are grouped by; none for a table that is written whole each time."""
    if schema != "marts" or not columns_of(connection, "ops", "release_table"):
        return None
    row = connection.execute("select group_kind from ops.release_table where table_name = ?", [table]).fetchone()
    return row[0] if row else None


def _rows_of_a_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str, folder: str, selected: str) -> str:
    """A query over the Parquet files of a table; `folder` is an SQL expression."""
    kind = _kind(connection, schema, table)

    def read(part: str) -> str:
        return f"read_parquet({folder} || {literal('/' + _file(schema, table, part))})"

    if kind is None:
        return f"select {selected} from {read('')}"
    listed = ", ".join(quote(name) for name, _ in columns_of(connection, schema, table))
    return (
        f"select {selected} from (select {listed} from {read('')} as old "
        f"where not exists (from {read('.gone')} as gone where gone.group_key = {GROUP_KEYS[kind]}) "
        f"union all select {listed} from {read('.new')})"
    )


def _statements(connection: duckdb.DuckDBPyConnection, public: Path) -> Iterator[str]:
    """The views with the comments of what they stand for."""
    tables = _tables(connection)
    for schema in sorted({schema for schema, _ in tables} | {"bi"}):
        yield f"create schema {schema};"
    for schema, table in tables:
        yield from _view_of_a_table(connection, schema, table, public)
    yield from _views_of_views(connection)


def _view_of_a_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str, public: Path) -> Iterator[str]:
    name = f"{quote(schema)}.{quote(table)}"
    columns = connection.execute(_COLUMNS, [schema, table]).fetchall()
    # a view remembers its types and breaks when they change: they belong to the text that tells one set of views from another
    yield f"-- {table}: {', '.join(kind for _, kind, _ in columns)}"
    folder = f"coalesce(getvariable('muctieu_base'), {literal(public)})"
    yield f"create view {name} as {_rows_of_a_table(connection, schema, table, folder, ', '.join(quote(c) for c, _, _ in columns))};"
    for (comment,) in connection.execute(_TABLE_COMMENT, [schema, table]).fetchall():
        yield f"comment on view {name} is {literal(comment)};"
    for column, _, comment in columns:
        if comment:
            yield f"comment on column {name}.{quote(column)} is {literal(comment)};"


def _views_of_views(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The views for people, each after those that it reads."""
    waiting = {name: (sql, comment) for name, sql, comment in connection.execute(_VIEWS).fetchall()}
    while waiting:
        ready = [name for name, (sql, _) in waiting.items() if not (set(re.findall(r'\bbi"?\."?(\w+)', sql)) - {name}) & set(waiting)]
        for name in ready:
            sql, comment = waiting.pop(name)
            yield sql
            if comment:
                yield f"comment on view bi.{quote(name)} is {literal(comment)};"
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

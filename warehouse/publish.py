"""Write, audit, publish: the marts and the views for people as a new read-only DuckDB file that takes the public name by one rename.

Beside it the same rows as Parquet, behind a link, for clients that pool their connections (warehouse/serve.py).

Readers who have the old file open keep it (a rename does not touch what they hold); whoever opens the name after the rename
reads the new one. The writer's own file is never given to a reader: it holds a lock, and a copy of it without a checkpoint
loses the rows of its write-ahead log without a word (5,000 of 606,000 rows in a measured case).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from muctieu.settings import DuckLake, Settings
from warehouse import serve
from warehouse.engine import attach, exists, literal

RELEASES_KEPT = 7
MARTS = "marts"
VIEWS = "bi"
# what of `ops` anyone may see: no addresses of maintainers, no texts of pages that were held back
OPS_TABLES = {
    "alert": "* exclude (owner, evidence, notified_at, notified_severity, closed_notified_at, acknowledged_by, acknowledge_reason)",
    "source_health": "*",
    "check_result": "* exclude (owner, unexpected_sample)",
    "run": "* replace (case when outcome = 'failed' then null else message end as message)",  # an error names files of this machine
    "quarantine": "source_table, rule, severity, reason_vi, reason_en, portal_id, quarantined_at, last_seen_at, decision, decided_at",
}
# they say when and by which run something was done, so two runs over the same pages differ in them and in nothing else
VOLATILE = frozenset(
    {"run_id", "capture_id", "first_seen_at", "last_seen_at", "withdrawn_at", "last_run_at", "last_run_outcome", "run_count"}
)
RELEASE = re.compile(r"release-(\d{8}T\d{6}\d{6}Z)\.duckdb")


class PublishError(RuntimeError):
    """Nothing was published; what readers see is what they saw before."""


@dataclass(frozen=True, slots=True)
class PublishResult:
    """One release."""

    path: Path  # the release itself; `current.duckdb` is the same file
    current: Path
    serve: Path  # views over the Parquet files of the release
    rows: dict[str, int]  # table or view -> rows
    content_hash: str
    published_at: datetime
    removed: tuple[Path, ...]  # releases that were older than the last seven


def publish(settings: Settings, *, allowed: bool, reason: str = "", now: datetime | None = None) -> PublishResult:
    """Publish the marts of the warehouse, when the audit allows it.

    Raises PublishError when `allowed` is False (with the audit's `reason`), when there are no marts, or when a row got lost on
    the way; readers keep what they have.
    """
    if not allowed:
        raise PublishError(f"the audit does not allow it: {reason or 'a critical check failed'}")
    moment = now or datetime.now(UTC)
    settings.published.mkdir(parents=True, exist_ok=True)
    release = settings.published / f"release-{moment.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.duckdb"
    part = release.with_suffix(".part")
    _remove_leftovers(settings.published)
    try:
        rows = _write(settings.warehouse, part, moment)
        digest = content_hash(part)
        # first the folder: a release file always has one, and a folder without its file is rubbish of a killed publish
        serve.write_release_folder(part, folder_of(release), settings.public_folder)
        part.replace(release)
    except serve.ServeError as error:
        raise PublishError(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
        Path(f"{part}.wal").unlink(missing_ok=True)
    _switch(settings, release)
    return PublishResult(release, settings.current, settings.serve, rows, digest, moment, tuple(_prune(settings)))


def rollback(settings: Settings, to: str | None = None) -> Path:
    """Give the public name back to an older release: the one before the current, or the one whose file name holds `to`.

    Raises PublishError when there is none.
    """
    known = releases(settings)
    current = current_release(settings)
    if to is None:
        older = [path for path in known if current is not None and path.name < current.name]
        chosen = older[-1] if older else None
    else:
        matching = [path for path in known if to in path.name]
        chosen = matching[0] if len(matching) == 1 else None
    if chosen is None:
        names = ", ".join(path.name for path in known) or "none"
        raise PublishError(f"no release to go back to{f' that matches {to!r} and no other' if to else ''}; releases: {names}")
    _switch(settings, chosen)
    return chosen


def folder_of(release: Path) -> Path:
    """Where the Parquet files of a release are."""
    return release.with_suffix("")


def releases(settings: Settings) -> list[Path]:
    """The releases that are kept, oldest first."""
    if not settings.published.is_dir():
        return []
    return sorted(path for path in settings.published.iterdir() if RELEASE.fullmatch(path.name))


def current_release(settings: Settings) -> Path | None:
    """Which release has the public name."""
    if not settings.current.exists():
        return None
    return next((path for path in releases(settings) if path.samefile(settings.current)), None)


def content_hash(path: Path) -> str:
    """SHA-256 over the rows of every mart in whatever order, without the columns that tell one run from another."""
    digest = hashlib.sha256()
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = ? order by table_name", [MARTS]).fetchall()
        for (table,) in tables:
            digest.update(f"{table} {table_hash(connection, table)}\n".encode())
    return digest.hexdigest()


def table_hash(connection: duckdb.DuckDBPyConnection, table: str, schema: str = MARTS) -> str:
    """Hash of the rows of one table; neither their order nor that of the columns matters, the names of the columns do."""
    columns = [
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_name", [schema, table]
        ).fetchall()
        if name not in VOLATILE
    ]
    row = " || chr(31) || ".join(f"coalesce({_quote(c)}::varchar, chr(30))" for c in columns)
    # The rows are a multiset: the sums of both halves of the rows' hashes do not depend on their order and need no sorting, which
    # took most of the time of publishing. It tells one content from another; it is no protection against somebody who forges one.
    found = connection.execute(
        "select count(*), coalesce(sum(md5_number_lower(h)::hugeint), 0)::varchar || ' ' "
        "|| coalesce(sum(md5_number_upper(h)::hugeint), 0)::varchar "
        f"from (select {row} as h from {_quote(schema)}.{_quote(table)})"
    ).fetchone()
    assert found is not None
    return f"{','.join(columns)} {found[0]} {found[1]}"


def _write(warehouse: Path | DuckLake, part: Path, moment: datetime) -> dict[str, int]:
    """The new file, checkpointed and closed; returns its row counts, which were compared with the warehouse's."""
    part.unlink(missing_ok=True)
    if not exists(warehouse):
        raise PublishError(f"there is no warehouse at {warehouse}; run a build first")
    connection = duckdb.connect(str(part))
    try:
        attach(connection, warehouse, "source")
        # one transaction: each of the 700 comments would wait for the disk on its own, and DuckLake shows it one moment of the warehouse
        connection.begin()
        tables, views = _contents(connection)
        if not tables:
            raise PublishError(f"{warehouse} holds no marts; run a build first")
        for schema in (MARTS, VIEWS, "ops"):
            connection.execute(f"create schema {schema}")
        for table in tables:
            _copy_table(connection, MARTS, table, "*")
        for table, columns in OPS_TABLES.items():
            _copy_table(connection, "ops", table, columns)
        connection.execute(f"set schema = '{VIEWS}'")  # DuckLake tells the SQL of a view without its schema
        _create_views(connection, dict(views))
        connection.execute("set schema = 'main'")
        connection.execute("create table ops.release as select ?::timestamptz as published_at", [moment])
        rows = _compare(connection, tables, [view for view, _ in views])
        connection.commit()
        connection.execute("detach source")
        connection.execute("checkpoint")
    finally:
        connection.close()
    if Path(f"{part}.wal").exists():
        raise PublishError(f"{part.name} still has a write-ahead log after its checkpoint")
    return rows


def _contents(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[tuple[str, str]]]:
    """Mart tables, and the views with SQL that names no database."""
    tables = [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'source' and schema_name = ? order by table_name", [MARTS]
        ).fetchall()
    ]
    found = connection.execute(
        "select view_name, sql from duckdb_views() where database_name = 'source' and schema_name = ? order by view_name", [VIEWS]
    ).fetchall()
    return tables, [(name, _without_database(sql)) for name, sql in found]


def _create_views(connection: duckdb.DuckDBPyConnection, views: dict[str, str]) -> None:
    """Views may read views, and DuckDB does not say in which order: whoever finds nothing to read waits for the next round."""
    waiting = dict(views)
    while waiting:
        missing: dict[str, duckdb.Error] = {}
        for view, sql in waiting.items():
            try:
                connection.execute(sql)
            except duckdb.CatalogException as error:
                missing[view] = error
            else:
                _copy_comments(connection, VIEWS, view, "view")
        if len(missing) == len(waiting):
            raise PublishError("; ".join(f"view {view} cannot be published: {error}" for view, error in missing.items()))
        waiting = {view: waiting[view] for view in missing}


def _without_database(sql: str) -> str:
    """dbt writes the name of the warehouse's file into its views; the published file has another one."""
    return re.sub(r'(?:"[^"]+"|\b\w+)\."?(marts|bi|ops)"?\.', r"\1.", sql)


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: str) -> None:
    name = f"{_quote(schema)}.{_quote(table)}"
    connection.execute(f"create table {name} as select {columns} from source.{name}")
    _copy_comments(connection, schema, table, "table")


def _copy_comments(connection: duckdb.DuckDBPyConnection, schema: str, table: str, kind: str) -> None:
    """The descriptions of dbt are comments in DuckDB, and BI tools show them."""
    name = f"{_quote(schema)}.{_quote(table)}"
    own = connection.execute(
        f"select comment from duckdb_{kind}s() where database_name = 'source' and schema_name = ? and {kind}_name = ?", [schema, table]
    ).fetchone()
    if own and own[0]:
        connection.execute(f"comment on {kind} {name} is {literal(own[0])}")
    if kind == "view":
        return
    comments = connection.execute(
        "select theirs.column_name, theirs.comment from duckdb_columns() as theirs "
        "join duckdb_columns() as mine using (schema_name, table_name, column_name) "
        "where theirs.database_name = 'source' and mine.database_name = current_database() and schema_name = ? "
        "and table_name = ? and theirs.comment is not null",
        [schema, table],
    ).fetchall()
    for column, comment in comments:
        connection.execute(f"comment on column {name}.{_quote(column)} is {literal(comment)}")


def _compare(connection: duckdb.DuckDBPyConnection, tables: Sequence[str], views: Sequence[str]) -> dict[str, int]:
    """Row counts of what was written; raises PublishError where the warehouse has another number."""
    rows = {}
    for schema, names in ((MARTS, tables), (VIEWS, views), ("ops", list(OPS_TABLES))):
        for name in names:
            qualified = f"{_quote(schema)}.{_quote(name)}"
            found = connection.execute(f"select count(*) from {qualified}").fetchone()
            # a view of the source would read the tables of the file it was made in, which is what the copy reads too
            wanted = found if schema == VIEWS else connection.execute(f"select count(*) from source.{qualified}").fetchone()
            assert found is not None and wanted is not None
            if found != wanted:
                raise PublishError(f"{schema}.{name} has {found[0]} rows in the new file and {wanted[0]} in the warehouse")
            rows[f"{schema}.{name}"] = int(found[0])
    return rows


def _switch(settings: Settings, release: Path) -> None:
    """Give the public names to a release: the file by one rename, the Parquet files by one link. The file is a hard link where the
    file system has them, else a copy; never a symbolic link, which a file server or a container mount may refuse to follow."""
    if not folder_of(release).is_dir():  # a release of before there were Parquet files
        serve.write_release_folder(release, folder_of(release), settings.public_folder)
    temporary = settings.current.with_name(f".{settings.current.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        temporary.hardlink_to(release)
    except OSError:
        shutil.copyfile(release, temporary)
    temporary.replace(settings.current)
    serve.switch(settings.public_folder, settings.serve, folder_of(release))


def _prune(settings: Settings) -> list[Path]:
    """Remove releases beyond the last seven; the one that has the public name stays."""
    current = current_release(settings)
    old = [path for path in releases(settings)[:-RELEASES_KEPT] if path != current]
    for path in old:
        path.unlink()
        shutil.rmtree(folder_of(path), ignore_errors=True)
    return old


def _remove_leftovers(folder: Path) -> None:
    """What a killed publish left behind."""
    for path in [*folder.glob("release-*.part*"), *folder.glob(".current*"), *folder.glob(".serve.duckdb*")]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for path in folder.glob("release-*"):
        if path.is_dir() and not path.with_suffix(".duckdb").exists():
            shutil.rmtree(path, ignore_errors=True)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""One release as a DuckDB file: made whole from the warehouse, or as a copy of the newest release with what has changed since.

The builds write down which groups of rows they made anew since the newest release (ops.unpublished, `note_unpublished`). Where every
other row is known to be the same, the next release is a copy of that file, in which those groups are taken out and put in again as the
warehouse has them: a million articles are a copy of two gigabytes and some rows, not three minutes of reading, sorting and hashing.
Each release says what its tables hold (ops.release_table), so its content hash is kept up to date with the rows that went and came.

A release is made whole when that is not so (`why_whole` says it): after a full refresh, while a build has not ended, when a table has
other columns, when the release to start from is gone, and when a tenth of its rows has changed since the last whole one, for the rows
that were put in later stand at the end and not in the order in which people ask for them.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from muctieu.settings import DuckLake
from warehouse.engine import attach, literal
from warehouse.sums import Sums, as_text, columns_of, digest, quote, sums_of

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
# What a group of rows is named by -> how its key is read from a row. A subject is what one headline of fct_progress is chosen for
# (macros/touched.sql, progress_subject).
GROUP_KEYS = {
    "article_id": "article_id",
    "story_id": "story_id",
    "series_key": "series_key",
    "document_key": "document_key",
    "subject": "indicator_code || chr(31) || area_key || chr(31) || case when area_code = 'unknown' then lower(area_name) else '' end",
}
# Rows stand in the order in which people ask for them: DuckDB passes over the 122,880 rows of a row group whose smallest and largest
# value do not hold what is asked for.
ORDER = {
    "fct_target": "area_code, indicator_code, as_of, target_key",
    "fct_achievement": "area_code, indicator_code, as_of, achievement_key",
    "fct_progress": "area_code, indicator_code, year_number, progress_key",
    "fct_conflict": "area_code, indicator_code, conflict_key",
    "fct_milestone": "area_code, indicator_code, milestone_key",
    "fct_claim": "fact_key, claim_id",
    "dim_article": "version_id",
    "dim_document": "document_key",
}
WHOLE_AFTER = 0.1  # of the rows of a release put in since it was last made whole
FICLONE = 0x40049409  # ioctl of Linux: a copy that shares its blocks, on file systems that can (Btrfs, XFS)


class ReleaseError(RuntimeError):
    """A file that must not be published."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is in the new file."""

    rows: dict[str, int]  # table or view -> rows; views only when it was made whole
    content_hash: str
    unchanged: frozenset[str]  # tables of which no row differs from the release that it was copied from
    changed_groups: dict[str, int]  # kind -> groups that were made anew; empty when it was made whole
    built: tuple[str, datetime] | None  # the last complete build that is in it


# --- what the builds write down ---


def note_unpublished(connection: duckdb.DuckDBPyConnection, groups: Mapping[str, str], full_refresh: bool) -> None:
    """Add what the build that ends now has made anew; the caller holds the transaction. `groups`: mart -> what its rows are grouped by."""
    connection.execute("delete from ops.built_group")
    if groups:
        connection.executemany("insert into ops.built_group values (?, ?)", [list(item) for item in sorted(groups.items())])
    if full_refresh:
        forget_release(connection)
    elif connection.execute("select 1 from ops.published_release").fetchone():
        connection.execute(f"insert into ops.unpublished select * from ({_TOUCHED}) except select * from ops.unpublished")


def forget_release(connection: duckdb.DuckDBPyConnection) -> None:
    """Every row may be another one: the next release is made whole."""
    connection.execute("delete from ops.published_release; delete from ops.unpublished")


def note_published(connection: duckdb.DuckDBPyConnection, release: str, written: Written) -> None:
    """The builds from now on add to this release. When one has ended since the rows were read, what it made anew is not in it: the next
    release then starts from the one before, or is made whole."""
    connection.begin()
    try:
        if _built(connection) == written.built:
            forget_release(connection)
            connection.execute("insert into ops.published_release values (?)", [release])
        elif not written.changed_groups:
            forget_release(connection)
        connection.commit()
    except Exception:
        connection.rollback()
        raise


def _built(connection: duckdb.DuckDBPyConnection, database: str = "") -> tuple[str, datetime] | None:
    """The last complete build."""
    if not columns_of(connection, "ops", "build_state", database.rstrip(".") or None):
        return None
    row = connection.execute(f"select build_id, built_at from {database}ops.build_state").fetchone()
    return (str(row[0]), row[1]) if row else None


_TOUCHED = """
    select 'article_id' as kind, article_id as group_key from ops.touched_article
    union select 'story_id', story_id from ops.touched_story
    union select 'series_key', series_key from intermediate.int_touched_series where reach in ('own', 'part')
    union select 'document_key', document_key from intermediate.int_touched_document
    union select 'subject', indicator_code || chr(31) || area_key || chr(31) || area_name
    from intermediate.int_touched_series where reach = 'own'
"""


def release_to_start_from(warehouse: Path) -> tuple[str | None, str]:
    """(name of the release to copy, or none; why it must be made whole). Looks at what the builds wrote down, not at the files."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if not connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'ops' and table_name = 'published_release'"
        ).fetchone():
            return None, "the warehouse is older than increments of releases"
        state = connection.execute(
            "select (select max(release) from ops.published_release), (select count(*) from ops.build_state), "
            "(select count(*) from ops.touched_article) + (select count(*) from ops.touched_story) "
            "+ (select count(*) from ops.left_series) + (select count(*) from ops.left_document)"
        ).fetchone()
    assert state is not None
    release, complete, under_way = state
    if release is None:
        return None, "no release that the builds since have added to"
    if not complete or under_way:
        return None, "a build has begun and not ended"
    return str(release), ""


# --- the file ---


def write_whole(warehouse: Path | DuckLake, part: Path, moment: datetime) -> Written:
    """Everything, in the order in which people ask for it; checkpointed and closed."""
    part.unlink(missing_ok=True)
    with _writing(part, warehouse) as connection:
        # one transaction: each of the 700 comments would wait for the disk on its own, and DuckLake shows it one moment of the warehouse
        connection.begin()
        tables, views = _contents(connection)
        if not tables:
            raise ReleaseError(f"{warehouse} holds no marts; run a build first")
        groups, built = _groups(connection), _built(connection, "source.")
        for schema in (MARTS, VIEWS, "ops"):
            connection.execute(f"create schema {schema}")
        connection.execute("create temp table made_anew (kind varchar, group_key varchar)")
        sums = {}
        for table in tables:
            _copy_table(connection, MARTS, table, "*", ORDER.get(table))
            sums[table] = sums_of(connection, _name(MARTS, table), _columns(connection, table))
        for table, selected in OPS_TABLES.items():
            _copy_table(connection, "ops", table, selected)
        _create_views(connection, views)
        _write_release(connection, moment, moment, 0, sums, groups)
        rows = _compare(connection, tables)
        rows |= {f"{VIEWS}.{view}": _count(connection, _name(VIEWS, view)) for view in views}
        connection.commit()
        connection.execute("detach source")
        found = _digest(connection, sums)
    return Written(rows, found, frozenset(), {}, built)


def why_whole(warehouse: Path, base: Path) -> str:
    """Why a release cannot be a copy of `base` with some groups made anew; empty when it can."""
    with duckdb.connect(str(base), read_only=True) as connection:
        connection.execute(f"attach {literal(warehouse)} as source (read_only)")
        if not columns_of(connection, "ops", "release_table"):
            return f"{base.name} does not say what its tables hold"
        tables, _ = _contents(connection)
        known = dict(connection.execute("select table_name, group_kind from ops.release_table").fetchall())
        if set(tables) != set(known):
            return f"tables came or went: {', '.join(sorted(set(tables) ^ set(known)))}"
        groups = _groups(connection)
        for table in tables:
            if columns_of(connection, MARTS, table) != columns_of(connection, MARTS, table, "source"):
                return f"{table} has other columns"
            if known[table] != groups.get(table):
                return f"{table} is grouped by something else"
        row = connection.execute(
            "select changed_rows + (select count(*) from source.ops.unpublished), (select sum(row_count) from ops.release_table) "
            "from ops.release"
        ).fetchone()
        assert row is not None
        changed, rows = row
        return f"{changed} rows of {rows} were put in since it was last made whole" if changed > WHOLE_AFTER * (rows or 0) else ""


def write_increment(warehouse: Path | DuckLake, part: Path, base: Path, moment: datetime) -> Written:
    """A copy of `base` with the groups that were made anew since; checkpointed and closed.

    Raises ReleaseError when a table ends with another number of rows than the warehouse has.
    """
    part.unlink(missing_ok=True)
    clone(base, part)
    with _writing(part, warehouse) as connection:
        tables, views = _contents(connection)
        groups, built = _groups(connection), _built(connection, "source.")
        connection.execute("create temp table made_anew as select * from source.ops.unpublished")
        known = {
            table: Sums(rows, int(low), int(high))
            for table, rows, low, high in connection.execute(
                "select table_name, row_count, low_sum, high_sum from ops.release_table"
            ).fetchall()
        }
        before = connection.execute("select whole_at, changed_rows from ops.release").fetchone()
        assert before is not None
        connection.begin()
        sums, changed, put_in = dict(known), set(), 0
        for table in tables:
            if table in groups:
                gone, came = _make_groups_anew(connection, table, groups[table])
                sums[table] = known[table] - gone + came
                if gone.rows or came.rows:
                    changed.add(table)
                    put_in += came.rows
            elif _replace_when_other(connection, table):
                sums[table] = sums_of(connection, _name(MARTS, table), _columns(connection, table))
                changed.add(table)
        for table, selected in OPS_TABLES.items():
            connection.execute(f"drop table {_name('ops', table)}")
            _copy_table(connection, "ops", table, selected)
        _renew_views(connection, views)
        for table in tables:
            _renew_comments(connection, table)
        connection.execute("drop table ops.release; drop table ops.release_table; drop table ops.release_change")
        _write_release(connection, moment, before[0], before[1] + put_in, sums, groups)
        rows = _compare(connection, tables)
        for table in tables:
            if sums[table].rows != rows[f"{MARTS}.{table}"]:
                raise ReleaseError(f"{table} has {rows[f'{MARTS}.{table}']} rows and its sums speak of {sums[table].rows}")
        connection.commit()
        connection.execute("detach source")
        kinds = dict(connection.execute("select kind, count(*) from made_anew group by kind").fetchall())
        found = _digest(connection, sums)
    return Written(rows, found, frozenset(tables) - changed, kinds, built)


def clone(source: Path, target: Path) -> None:
    """A copy of a file: of its block list where the file system can, else of its bytes, by the kernel; on the disk when it returns."""
    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), FICLONE, old.fileno())
        except OSError:
            shutil.copyfile(source, target)
        os.fsync(new.fileno())


# --- groups of rows ---


def _make_groups_anew(connection: duckdb.DuckDBPyConnection, table: str, kind: str) -> tuple[Sums, Sums]:
    """Take the rows of the groups out and put them in as the warehouse has them; returns what went and what came."""
    name, columns = _name(MARTS, table), _columns(connection, table)
    touched = f"{GROUP_KEYS[kind]} in (select group_key from made_anew where kind = {literal(kind)})"
    connection.execute(f"create or replace temp table row_numbers as select rowid as row_number from {name} where {touched}")
    gone = sums_of(connection, f"(select * from {name} where rowid in (select row_number from row_numbers))", columns)
    connection.execute(f"delete from {name} where rowid in (select row_number from row_numbers)")
    # found in the narrow column, read by number: see macros/touched.sql
    connection.execute(
        f"create or replace temp table came as select * from source.{name} where rowid in (select rowid from source.{name} where {touched})"
    )
    came = sums_of(connection, "came", columns)
    listed = ", ".join(quote(column) for column in columns)
    order = f" order by {ORDER[table]}" if table in ORDER else ""
    connection.execute(f"insert into {name} ({listed}) select {listed} from came{order}")
    return gone, came


def _replace_when_other(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Replace the rows of a small table when the warehouse has others."""
    name = _name(MARTS, table)
    other = connection.execute(
        f"select exists (from {name} except all from source.{name}) or exists (from source.{name} except all from {name})"
    ).fetchone()
    if other is None or not other[0]:
        return False
    connection.execute(f"delete from {name}")
    connection.execute(f"insert into {name} select * from source.{name}")
    return True


# --- the parts of a file ---


class _writing:  # reads as what it is: with _writing(part, warehouse) as connection
    """The new file with the warehouse beside it as `source`; checkpointed when nothing went wrong, closed in any case."""

    def __init__(self, part: Path, warehouse: Path | DuckLake) -> None:
        self.part = part
        self.connection = duckdb.connect(str(part))
        try:
            self.connection.execute("set timezone = 'UTC'; set dynamic_or_filter_threshold = 10000")
            attach(self.connection, warehouse, "source")
        except Exception:
            self.connection.close()
            raise

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        return self.connection

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.connection.execute("checkpoint")
        finally:
            self.connection.close()
        if kind is None and Path(f"{self.part}.wal").exists():
            raise ReleaseError(f"{self.part.name} still has a write-ahead log after its checkpoint")


def _contents(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], dict[str, str]]:
    """Mart tables of the warehouse, and its views with SQL that names no database."""
    tables = [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'source' and schema_name = ? order by table_name", [MARTS]
        ).fetchall()
    ]
    found = connection.execute(
        "select view_name, sql from duckdb_views() where database_name = 'source' and schema_name = ? order by view_name", [VIEWS]
    ).fetchall()
    return tables, {name: _without_database(sql) for name, sql in found}


def _groups(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What the rows of each mart are grouped by."""
    if not columns_of(connection, "ops", "built_group", "source"):
        return {}
    return dict(connection.execute("select table_name, kind from source.ops.built_group").fetchall())


def _without_database(sql: str) -> str:
    """dbt writes the name of the warehouse's file into its views; the published file has another one."""
    return re.sub(r'(?:"[^"]+"|\b\w+)\."?(marts|bi|ops)"?\.', r"\1.", sql)


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str, selected: str, order: str | None = None) -> None:
    name = _name(schema, table)
    connection.execute(f"create table {name} as select {selected} from source.{name}{f' order by {order}' if order else ''}")
    _copy_comments(connection, schema, table, "table")


def _create_views(connection: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> None:
    """Views may read views, and DuckDB does not say in which order: whoever finds nothing to read waits for the next round."""
    waiting = dict(views)
    connection.execute(f"set schema = '{VIEWS}'")  # DuckLake tells the SQL of a view without its schema
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
            raise ReleaseError("; ".join(f"view {view} cannot be published: {error}" for view, error in missing.items()))
        waiting = {view: waiting[view] for view in missing}
    connection.execute("set schema = 'main'")


def _renew_views(connection: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> None:
    """They are texts: made anew they cost nothing, and one that reads nothing is found."""
    connection.execute(f"drop schema {VIEWS} cascade; create schema {VIEWS}")
    _create_views(connection, views)


def _copy_comments(connection: duckdb.DuckDBPyConnection, schema: str, table: str, kind: str) -> None:
    """The descriptions of dbt are comments in DuckDB, and BI tools show them."""
    name = _name(schema, table)
    own = connection.execute(
        f"select comment from duckdb_{kind}s() where database_name = 'source' and schema_name = ? and {kind}_name = ?", [schema, table]
    ).fetchone()
    if own and own[0]:
        connection.execute(f"comment on {kind} {name} is {literal(own[0])}")
    if kind == "table":
        for column, comment in connection.execute(_OTHER_COMMENTS, [schema, table]).fetchall():
            connection.execute(f"comment on column {name}.{quote(column)} is {literal(comment)}")


def _renew_comments(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Those that changed."""
    _copy_comments(connection, MARTS, table, "table")


_OTHER_COMMENTS = """
select theirs.column_name, theirs.comment from duckdb_columns() as theirs
join duckdb_columns() as mine using (schema_name, table_name, column_name)
where theirs.database_name = 'source' and mine.database_name = current_database() and schema_name = ? and table_name = ?
    and theirs.comment is not null and theirs.comment is distinct from mine.comment
"""


def _write_release(
    connection: duckdb.DuckDBPyConnection,
    moment: datetime,
    whole_at: datetime,
    changed_rows: int,
    sums: Mapping[str, Sums],
    groups: Mapping[str, str],
) -> None:
    """What the release says of itself. Sums are text, for Parquet has no integers of 128 bits and would round them."""
    connection.execute("create table ops.release_change as select kind, group_key from made_anew order by all")
    connection.execute(
        "create table ops.release as select ?::timestamptz as published_at, ?::timestamptz as whole_at, ?::bigint as changed_rows",
        [moment, whole_at, changed_rows],
    )
    connection.execute(
        "create table ops.release_table (table_name varchar, row_count bigint, low_sum varchar, high_sum varchar, group_kind varchar)"
    )
    connection.executemany(
        "insert into ops.release_table values (?, ?, ?, ?, ?)",
        [[table, found.rows, str(found.low), str(found.high), groups.get(table)] for table, found in sorted(sums.items())],
    )


def _compare(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, int]:
    """Row counts of what was written; raises ReleaseError where the warehouse has another number."""
    rows = {}
    for schema, names in ((MARTS, tables), ("ops", list(OPS_TABLES))):
        for name in names:
            found, wanted = _count(connection, _name(schema, name)), _count(connection, f"source.{_name(schema, name)}")
            if found != wanted:
                raise ReleaseError(f"{schema}.{name} has {found} rows in the new file and {wanted} in the warehouse")
            rows[f"{schema}.{name}"] = found
    return rows


def _known_sums(connection: duckdb.DuckDBPyConnection) -> dict[str, Sums]:
    found = connection.execute("select table_name, row_count, low_sum, high_sum from ops.release_table").fetchall()
    return {table: Sums(rows, int(low), int(high)) for table, rows, low, high in found}


def _digest(connection: duckdb.DuckDBPyConnection, sums: Mapping[str, Sums]) -> str:
    return digest({table: as_text(_columns(connection, table), found) for table, found in sums.items()})


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"select count(*) from {name}").fetchone()
    assert row is not None
    return int(row[0])


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, _ in columns_of(connection, MARTS, table)]


def _name(schema: str, table: str) -> str:
    return f"{quote(schema)}.{quote(table)}"

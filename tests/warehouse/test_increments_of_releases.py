"""A release that is made from the one before: the same as one that is made whole, with the work of what has changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import settings_in

from muctieu.settings import Settings
from warehouse import publish as publishing
from warehouse import releases
from warehouse.changes import Seen, finish
from warehouse.publish import PublishResult, content_hash, current_release, folder_of, publish, rollback
from warehouse.schema import open_warehouse

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
GROUPS = {"fct_claim": "story_id", "fct_progress": "subject"}
STORIES = 1000


@pytest.fixture
def warehouse(tmp_path: Path) -> Settings:
    """Two marts in groups, two that are compared whole, and what a build leaves behind; after its first build and release."""
    settings = settings_in(tmp_path)
    with open_warehouse(settings.warehouse) as c:
        for schema in ("intermediate", "marts", "bi"):
            c.execute(f"create schema {schema}")
        c.execute(
            "create table intermediate.int_touched_series (series_key varchar, indicator_code varchar, area_key varchar, area_name varchar, reach varchar)"
        )
        c.execute("create table intermediate.int_touched_document (document_key varchar)")
        c.execute(
            "create table marts.fct_claim as select 's' || i // 3 as story_id, 'c' || i as claim_id, 'f' || i % 7 as fact_key, i::double as value, "
            f"'r1' as run_id from range({3 * STORIES}) as t(i)"
        )
        c.execute(
            "create table marts.fct_progress as select 'ntm' as indicator_code, 'unknown' as area_code, 'k' || i % 5 as area_key, "
            "'Cụm Dân Cư ' || i as area_name, i as year_number, 'p' || i as progress_key from range(500) as t(i)"
        )
        c.execute(
            "create table marts.dim_portal as select 'p' || i as portal_id, i as article_count, 'r1' as last_run_at from range(9) as t(i)"
        )
        c.execute("create table marts.dim_unit as select 'xã' as unit_code")
        c.execute("comment on column marts.fct_claim.value is 'Giá trị.'")
        c.execute("create view bi.claim as select * from muctieu.marts.fct_claim")
        c.execute("create view bi.summary as select count(*) as n, sum(value) as total from muctieu.bi.claim")
    built(settings, full_refresh=True)
    assert publish(settings, allowed=True, now=NOW).whole
    return settings


def built(settings: Settings, sql: str = "", stories: Iterable[str] = (), subjects: Iterable[str] = (), full_refresh: bool = False) -> None:
    """A complete build that has done this and made these groups anew."""
    with open_warehouse(settings.warehouse) as c:
        c.execute(sql)
        c.execute("insert into ops.touched_story select unnest(?::varchar[])", [list(stories)])
        c.execute("delete from intermediate.int_touched_series")
        c.execute(
            "insert into intermediate.int_touched_series select 'x' || s, 'ntm', 'k1', s, 'own' from unnest(?::varchar[]) as t(s)",
            [list(subjects)],
        )
        finish(c, f"b{datetime.now(UTC):%H%M%S%f}", Seen(1, "code", (), ()), GROUPS, full_refresh)


def release(settings: Settings, minute: int) -> PublishResult:
    """The next release, which must hold what the warehouse holds, in both files."""
    result = publish(settings, allowed=True, now=NOW + timedelta(minutes=minute))
    assert result.content_hash == content_hash(settings.current) == content_hash(settings.warehouse)
    same_in_every_file(settings)
    return result


def same_in_every_file(settings: Settings) -> None:
    with duckdb.connect(str(settings.current), read_only=True) as c, duckdb.connect(str(settings.serve), read_only=True) as serve:
        c.execute(f"attach '{settings.warehouse}' as w (read_only)")
        for (table,) in c.execute("select table_name from duckdb_tables() where database_name = 'w' and schema_name = 'marts'").fetchall():
            rows = f"select * from {{}}marts.{table} order by all"
            wanted = c.execute(rows.format("w.")).fetchall()
            assert c.execute(rows.format("")).fetchall() == wanted == serve.execute(rows.format("")).fetchall(), table
            columns = "select column_name from duckdb_columns() where table_name = ? and schema_name = 'marts' and database_name = ? order by column_index"
            assert (
                c.execute(columns, [table, c.execute("select current_database()").fetchone()[0]]).fetchall()
                == c.execute(columns, [table, "w"]).fetchall()
            )  # type: ignore[index]


def inode(settings: Settings, file: str) -> int:
    return (settings.public_folder / "marts" / file).stat().st_ino


NEWS = (
    "update marts.fct_claim set value = -1 where story_id = 's5'; delete from marts.fct_claim where story_id = 's6' and claim_id <> 'c18'; "
    "delete from marts.fct_claim where story_id = 's7'; "
    "insert into marts.fct_claim values ('s9999', 'c9999', 'f9', 3.5, 'r2'); "
    "update marts.fct_progress set year_number = 3000 where area_name = 'Cụm Dân Cư 6'"
)
TOUCHED = {"stories": ("s5", "s6", "s7", "s8", "s9999"), "subjects": ("cụm dân cư 6",)}


def test_changed_new_and_lost_rows_are_in_the_next_release(warehouse: Settings) -> None:
    first, rows = current_release(warehouse), inode(warehouse, "fct_claim.parquet")
    built(warehouse, NEWS, **TOUCHED)
    result = release(warehouse, 1)
    assert result.whole == "" and result.rows["marts.fct_claim"] == 3 * STORIES - 4
    with duckdb.connect(str(warehouse.current), read_only=True) as c:
        assert c.execute("select n from bi.summary").fetchone() == (3 * STORIES - 4,)
        assert c.execute("select comment from duckdb_columns() where column_name = 'value' and table_name = 'fct_claim'").fetchone() == (
            "Giá trị.",
        )
        changed = dict(c.execute("select kind, count(*) from ops.release_change group by kind").fetchall())
        assert changed == {"story_id": 5, "subject": 1, "series_key": 1}
    # what did not change is the same file on the disk, and the views of the pools are the same text
    assert inode(warehouse, "fct_claim.parquet") == rows
    assert first is not None and (folder_of(first) / "marts/dim_portal.parquet").stat().st_ino == inode(warehouse, "dim_portal.parquet")
    assert (folder_of(first) / "serve.sql").read_text() == (warehouse.public_folder / "serve.sql").read_text()


def test_release_after_release_and_back(warehouse: Settings) -> None:
    for minute in range(1, 5):
        sql = f"update marts.fct_claim set value = value + {minute} where story_id in ('s{minute}', 's{minute + 1}')"
        built(warehouse, sql, ("s0", f"s{minute}", f"s{minute + 1}"))
        built(warehouse, f"update marts.dim_portal set article_count = {minute} where portal_id = 'p3'")
        assert release(warehouse, minute).whole == ""
    before = content_hash(warehouse.current)
    built(warehouse, "update marts.fct_claim set run_id = 'r9' where story_id = 's900'", ("s900",))  # a column that no hash counts
    assert release(warehouse, 8).content_hash == before
    with duckdb.connect(str(warehouse.serve), read_only=True) as pool:
        rollback(warehouse)
        assert pool.execute("select count(*) from marts.fct_claim where run_id = 'r9'").fetchone() == (0,)
    built(warehouse, "delete from marts.fct_claim where story_id = 's1'", ("s1",))
    assert release(warehouse, 9).whole == ""  # from the newest, not from the one that was gone back to


def test_nothing_new_is_a_release_of_links(warehouse: Settings) -> None:
    files = {path.name: path.stat().st_ino for path in (warehouse.public_folder / "marts").iterdir()}
    built(warehouse)
    assert release(warehouse, 1).whole == ""
    assert {path.name: path.stat().st_ino for path in (warehouse.public_folder / "marts").iterdir()} == files


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("full", "no release that the builds"),
        ("column", "fct_claim has other columns"),
        ("table", "tables came or went: dim_new"),
        ("gone", "is gone"),
        ("under way", "a build has begun"),
        ("much", "rows of"),
        ("many", "rows of"),
    ],
)
def test_it_is_made_whole_when_it_must_be(warehouse: Settings, what: str, why: str) -> None:
    if what == "full":
        built(warehouse, "update marts.fct_claim set value = 1 where story_id = 's77'", full_refresh=True)
    elif what == "column":
        built(warehouse, "alter table marts.fct_claim add column note varchar")
    elif what == "table":
        built(warehouse, "create table marts.dim_new as select 1 as a")
    elif what == "gone":
        newest = current_release(warehouse)
        assert newest is not None
        newest.unlink()
        warehouse.current.unlink()
    elif what == "under way":  # a build was killed after it had taken rows away
        with open_warehouse(warehouse.warehouse) as c:
            c.execute("insert into ops.touched_story values ('s1'); delete from marts.fct_claim where story_id = 's1'")
    elif what == "much":
        stories = [f"s{n}" for n in range(STORIES // 2)]
        built(warehouse, "update marts.fct_claim set value = 1 where story_id in (select story_id from ops.touched_story)", stories)
    else:  # a little each time, until a tenth of all rows stands at the end
        for minute in range(3):
            built(warehouse, stories=[f"s{n}" for n in range(50)])
            assert release(warehouse, 1 + minute).whole == ""
        built(warehouse, stories=["s1"])
    result = release(warehouse, 5)
    assert why in result.whole
    built(warehouse, "delete from marts.fct_claim where story_id = 's3'", ("s3",))
    assert release(warehouse, 6).whole == ""


def test_killed_between_the_rename_and_its_note_the_next_one_starts_from_the_one_before(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(warehouse, NEWS, **TOUCHED)
    monkeypatch.setattr(publishing, "_note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        publish(warehouse, allowed=True, now=NOW + timedelta(minutes=1))
    monkeypatch.undo()
    built(warehouse, "delete from marts.fct_claim where story_id = 's20'", ("s20",))
    assert release(warehouse, 2).whole == ""


def test_a_build_that_ends_while_a_release_is_written_is_in_the_next_one(warehouse: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    written = releases.write_increment

    def with_a_build_after(*arguments: object) -> releases.Written:
        found = written(*arguments)  # type: ignore[arg-type]
        built(warehouse, "delete from marts.fct_claim where story_id = 's30'", ("s30",))
        return found

    built(warehouse, NEWS, **TOUCHED)
    monkeypatch.setattr(publishing, "write_increment", with_a_build_after)
    publish(warehouse, allowed=True, now=NOW + timedelta(minutes=1))
    monkeypatch.undo()
    assert content_hash(warehouse.current) != content_hash(warehouse.warehouse)
    assert release(warehouse, 2).whole == ""


def test_a_row_that_changed_outside_its_group_stops_the_release(warehouse: Settings) -> None:
    """Rows that somebody put into the warehouse by hand: the counts tell, and readers keep what they have."""
    before = content_hash(warehouse.current)
    built(warehouse, "insert into marts.fct_claim values ('s1', 'by-hand', 'f', 0, 'r')", ("s2",))
    with pytest.raises(publishing.PublishError, match="has 3000 rows in the new file and 3001 in the warehouse"):
        publish(warehouse, allowed=True, now=NOW + timedelta(minutes=1))
    assert content_hash(warehouse.current) == before

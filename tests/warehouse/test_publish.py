"""Write, audit, publish: one rename, nothing lost, a way back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from conftest import Rows, settings_in

from muctieu.settings import Settings
from warehouse.build import BuildResult
from warehouse.publish import (
    RELEASES_KEPT,
    PublishError,
    PublishResult,
    content_hash,
    current_release,
    folder_of,
    publish,
    releases,
    rollback,
)
from warehouse.query import QueryError, query
from warehouse.schema import open_warehouse

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)


@pytest.fixture
def tiny(tmp_path: Path) -> Settings:
    """A warehouse with one mart and two views, one of which reads the other: enough for the mechanics of releasing."""
    settings = settings_in(tmp_path)
    with open_warehouse(settings.warehouse) as c:
        c.execute("create schema marts")
        c.execute("create schema bi")
        c.execute("create table marts.dim_date as select date '2020-01-01' + range::integer as date_day, 'r1' as run_id from range(100)")
        c.execute("comment on column marts.dim_date.date_day is 'Ngày.'")
        c.execute("create view bi.a_year as select * from marts.dim_date")
        c.execute("create view bi.z_day as select * from muctieu.marts.dim_date")
        c.execute("create or replace view bi.a_year as select year(date_day) as y, count(*) as n from muctieu.bi.z_day group by 1")
    return settings


def test_nothing_is_published_without_leave(tiny: Settings) -> None:
    with pytest.raises(PublishError, match="rate above 100"):
        publish(tiny, allowed=False, reason="rate above 100 in fct_target")
    assert not tiny.current.exists()


def test_nothing_is_published_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="run a build first"):
        publish(settings_in(tmp_path), allowed=True)


def test_the_published_file_holds_marts_and_views_and_no_more(published: tuple[Settings, PublishResult], rows: Rows) -> None:
    schemas = {
        r["s"]
        for r in rows(
            "select distinct schema_name as s from duckdb_tables() union select distinct schema_name from duckdb_views() where not internal"
        )
    }
    assert schemas == {"marts", "bi", "ops"}
    assert {r["t"] for r in rows("select table_name as t from duckdb_tables() where schema_name = 'ops'")} == {
        "alert",
        "check_result",
        "quarantine",
        "release",
        "release_change",
        "release_table",
        "run",
        "source_health",
    }
    assert not rows("select column_name from duckdb_columns() where schema_name = 'ops' and column_name in ('owner', 'notified_at')")
    assert published[1].rows["marts.fct_progress"] > 20
    assert all(rows(f"select count(*) as n from {name}")[0]["n"] == n for name, n in published[1].rows.items())


def test_descriptions_travel_as_comments(rows: Rows) -> None:
    (column,) = rows(
        "select comment from duckdb_columns() where schema_name = 'marts' and table_name = 'fct_target' and column_name = 'evidence'"
    )
    assert column["comment"].startswith("Đoạn ngắn nhất chứa con số")
    assert not rows("select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null")
    assert not rows("select view_name from duckdb_views() where schema_name = 'bi' and comment is null")


def test_rows_in_the_write_ahead_log_are_published_too(tiny: Settings) -> None:
    """A writer that was killed leaves its last commits in the log; a plain copy of the file would lose them."""
    child = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(\"set checkpoint_threshold = '1GB'\"); "
        "c.execute('set wal_autocheckpoint = \\'1GB\\''); "
        "c.execute(\"insert into marts.dim_date values (date '2050-01-01', 'r2')\"); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", child, str(tiny.warehouse)], check=False)
    assert Path(f"{tiny.warehouse}.wal").stat().st_size > 0, "the row must be in the log for this test to mean anything"
    publish(tiny, allowed=True)
    assert query(tiny, "select count(*) from marts.dim_date where date_day = '2050-01-01'").rows == [(1,)]
    assert not list(tiny.published.glob("*.wal"))


def test_a_reader_keeps_the_file_that_it_opened(tiny: Settings) -> None:
    publish(tiny, allowed=True, now=NOW)
    # in another process, as a BI tool would hold it
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); "
            "q = lambda: print(c.execute('select count(*) from marts.dim_date').fetchone()[0], flush=True); q(); sys.stdin.readline(); q()",
            str(tiny.current),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin is not None and reader.stdout is not None
    before = int(reader.stdout.readline())
    with duckdb.connect(str(tiny.warehouse)) as writer:
        writer.execute("insert into marts.dim_date values (date '2050-01-01', 'r2')")
    publish(tiny, allowed=True, now=NOW + timedelta(minutes=1))
    reader.stdin.write("go\n")
    reader.stdin.flush()
    assert int(reader.stdout.readline()) == before
    assert reader.wait(timeout=30) == 0
    assert query(tiny, "select count(*) from marts.dim_date").rows == [(before + 1,)]


def served(settings: Settings) -> int:
    with duckdb.connect(str(settings.serve), read_only=True) as connection:
        return int(connection.execute("select sum(n) from bi.a_year").fetchall()[0][0])


def test_a_pooled_connection_to_serve_sees_the_new_release_and_the_old_one_after_a_rollback(tiny: Settings) -> None:
    """One connection that never closes, in another process, over two switches of the link."""
    publish(tiny, allowed=True, now=NOW)
    pool = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True)\n"
            "for _ in sys.stdin: print(c.execute('select sum(n) from bi.a_year').fetchone()[0], flush=True)",
            str(tiny.serve),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask() -> int:
        assert pool.stdin is not None and pool.stdout is not None
        print("?", file=pool.stdin, flush=True)
        return int(pool.stdout.readline())

    before, views = ask(), tiny.serve.stat().st_ino
    with duckdb.connect(str(tiny.warehouse)) as writer:
        writer.execute("insert into marts.dim_date values (date '2050-01-01', 'r2')")
    publish(tiny, allowed=True, now=NOW + timedelta(minutes=1))
    assert ask() == before + 1 == served(tiny)
    assert tiny.serve.stat().st_ino == views, "the file that the pool holds is the one that others open"
    rollback(tiny)
    assert ask() == before == served(tiny)
    assert query(tiny, "select count(*) from marts.dim_date").rows == [(before,)]
    pool.communicate(timeout=30)


def test_the_views_of_serve_change_with_the_tables(tiny: Settings) -> None:
    publish(tiny, allowed=True, now=NOW)
    with duckdb.connect(str(tiny.warehouse)) as writer:
        writer.execute("create or replace table marts.dim_date as select date_day, 7::smallint as run_id from marts.dim_date")
    publish(tiny, allowed=True, now=NOW + timedelta(minutes=1))
    with duckdb.connect(str(tiny.serve), read_only=True) as connection:
        assert connection.execute("select distinct run_id, typeof(run_id) from marts.dim_date").fetchall() == [(7, "SMALLINT")]
    rollback(tiny)
    with duckdb.connect(str(tiny.serve), read_only=True) as connection:
        assert connection.execute("select distinct run_id from marts.dim_date").fetchall() == [("r1",)]


def test_both_files_answer_alike(published: tuple[Settings, PublishResult]) -> None:
    settings, result = published
    with duckdb.connect(str(settings.serve), read_only=True) as serve, duckdb.connect(str(settings.current), read_only=True) as single:
        for name in result.rows:
            sql = f"select * from {name} order by all"
            assert serve.execute(sql).fetchall() == single.execute(sql).fetchall(), name
        comments = "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' order by all"
        assert serve.execute(comments).fetchall() == single.execute(comments).fetchall()


def test_the_published_folder_can_be_moved_and_served_from_elsewhere(tiny: Settings, tmp_path: Path) -> None:
    publish(tiny, allowed=True, now=NOW)
    there = tmp_path / "elsewhere"
    tiny.published.rename(there)
    with duckdb.connect(str(there / "serve.duckdb"), read_only=True) as connection:
        connection.execute("set variable muctieu_base = ?", [str(there / "current")])
        assert connection.execute("select count(*) from marts.dim_date").fetchall() == [(100,)]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_both_files_open_over_http(tiny: Settings) -> None:
    httpfs = pytest.importorskip("duckdb_extension_httpfs", reason="DuckDB's httpfs extension comes with the developers' packages")
    publish(tiny, allowed=True, now=NOW)
    (extension,) = Path(httpfs.__file__).parent.rglob("httpfs.duckdb_extension")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tiny.published)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with duckdb.connect() as connection:
            connection.execute(f"load '{extension}'")
            connection.execute(f"attach '{url}/current.duckdb' as single (read_only)")
            connection.execute(f"attach '{url}/serve.duckdb' as serve (read_only)")
            connection.execute(f"set variable muctieu_base = '{url}/current'")
            for name in ("single", "serve"):
                assert connection.execute(f"select sum(n) from {name}.bi.a_year").fetchall() == [(100,)]
    finally:
        server.shutdown()
        server.server_close()


def test_both_files_open_in_the_command_line_of_duckdb(tiny: Settings) -> None:
    program = shutil.which("duckdb", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        pytest.skip("DuckDB's command line comes with the developers' packages")
    publish(tiny, allowed=True, now=NOW)
    for path in (tiny.current, tiny.serve):
        command = [program, "-readonly", "-csv", "-noheader", str(path), "-c", "select sum(n) from bi.a_year"]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "100"
        refused = subprocess.run([*command[:-1], "create table x (a int)"], capture_output=True, text=True, check=False)
        assert refused.returncode != 0 and "read-only" in refused.stderr


def test_a_release_of_before_there_were_parquet_files_gets_them_when_it_comes_back(tiny: Settings) -> None:
    first = publish(tiny, allowed=True, now=NOW).path
    shutil.rmtree(folder_of(first))
    publish(tiny, allowed=True, now=NOW + timedelta(minutes=1))
    assert rollback(tiny) == first and served(tiny) == 100


def test_seven_releases_are_kept_and_one_can_go_back(tiny: Settings) -> None:
    for minute in range(RELEASES_KEPT + 2):
        result = publish(tiny, allowed=True, now=NOW + timedelta(minutes=minute))
    kept = releases(tiny)
    assert len(kept) == RELEASES_KEPT and kept[-1] == result.path
    assert {p.name for p in tiny.published.iterdir() if p.is_dir() and not p.is_symlink()} == {folder_of(p).name for p in kept}
    assert current_release(tiny) == kept[-1]
    assert rollback(tiny) == kept[-2] == current_release(tiny)
    assert rollback(tiny) == kept[-3] == current_release(tiny)
    assert rollback(tiny, to=kept[-1].name) == kept[-1]
    with pytest.raises(PublishError, match="no release to go back to"):
        rollback(tiny, to="release-1999")


def test_the_current_release_survives_pruning_after_a_rollback(tiny: Settings) -> None:
    for minute in range(3):
        publish(tiny, allowed=True, now=NOW + timedelta(minutes=minute))
    first = releases(tiny)[0]
    rollback(tiny, to=first.name)
    for path in releases(tiny)[1:]:
        assert path.exists()
    assert current_release(tiny) == first


def test_a_killed_publish_leaves_the_name_alone_and_its_rubbish_is_swept(tiny: Settings) -> None:
    publish(tiny, allowed=True, now=NOW)
    before = content_hash(tiny.current)
    (tiny.published / "release-20260115T040000000000Z.part").write_bytes(b"half a file")
    (tiny.published / "release-20260115T040000000000Z.part.wal").write_bytes(b"")
    (tiny.published / "release-20260115T040000000000Z.parquet.part").mkdir()
    (tiny.published / "release-20260115T040000000000Z").mkdir()  # its file was never given its name
    assert content_hash(tiny.current) == before
    publish(tiny, allowed=True, now=NOW + timedelta(hours=2))
    assert not [p for p in tiny.published.iterdir() if ".part" in p.name]
    assert not (tiny.published / "release-20260115T040000000000Z").exists()


def test_the_hash_knows_a_changed_row_and_nothing_of_runs(tiny: Settings) -> None:
    first = publish(tiny, allowed=True, now=NOW).content_hash
    with duckdb.connect(str(tiny.warehouse)) as writer:
        writer.execute("update marts.dim_date set run_id = 'another-run'")
        # the same rows in another order
        writer.execute("create or replace table marts.dim_date as select * from marts.dim_date order by date_day desc")
    assert publish(tiny, allowed=True, now=NOW + timedelta(minutes=1)).content_hash == first
    with duckdb.connect(str(tiny.warehouse)) as writer:
        writer.execute("update marts.dim_date set date_day = '1999-01-01' where date_day = '2020-01-01'")
    assert publish(tiny, allowed=True, now=NOW + timedelta(minutes=2)).content_hash != first


def test_a_view_that_reads_a_later_one_is_published(tiny: Settings) -> None:
    assert publish(tiny, allowed=True).rows["bi.a_year"] == 1
    assert query(tiny, "select y, n from a_year").rows == [(2020, 100)]


def test_a_view_that_reads_nothing_stops_the_release(tiny: Settings) -> None:
    publish(tiny, allowed=True, now=NOW)
    with duckdb.connect(str(tiny.warehouse)) as writer:
        writer.execute("create table marts.gone as select 1 as a")
        writer.execute("create view bi.broken as select * from marts.gone")
        writer.execute("drop table marts.gone")
    with pytest.raises(PublishError, match="view broken cannot be published"):
        publish(tiny, allowed=True, now=NOW + timedelta(minutes=1))
    assert len(releases(tiny)) == 1 and current_release(tiny) == releases(tiny)[0]


def test_views_read_their_own_file(rows: Rows) -> None:
    assert not rows("select view_name from duckdb_views() where schema_name = 'bi' and contains(sql, 'muctieu.')")


def test_queries_are_read_only_and_stay_inside(published: tuple[Settings, PublishResult]) -> None:
    settings = published[0]
    answer = query(settings, "select indicator_vi, status_vi from progress where year_number = ? order by all", [2024], limit=1)
    assert answer.columns == ("indicator_vi", "status_vi")
    assert len(answer.rows) == 1 and answer.truncated
    for sql in ("delete from marts.fct_target", "create table x (a int)", "select * from read_text('/etc/hostname')", "select nonsense"):
        with pytest.raises(QueryError):
            query(settings, sql)


def test_a_question_before_anything_is_published_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="muctieu build"):
        query(settings_in(tmp_path), "select 1")


def test_the_build_before_was_complete(built: tuple[Settings, BuildResult]) -> None:
    assert {node.status for node in built[1].nodes} <= {"success", "pass"}


def test_a_release_of_the_same_moment_takes_no_other_s_place(tiny: Settings) -> None:
    """A clock that was put back, or stands still."""
    first = publish(tiny, allowed=True, now=NOW)
    second = publish(tiny, allowed=True, now=NOW)
    assert first.path.exists() and second.path > first.path
    assert tiny.current.resolve() == second.path or content_hash(tiny.current) == content_hash(second.path)
    assert second.content_hash == first.content_hash

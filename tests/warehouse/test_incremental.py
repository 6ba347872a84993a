"""Whatever happens, an incremental build makes what a full refresh makes; it does so also after a kill, and it does less."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from conftest import settings_in
from random_world import World
from samples import write_lake

from muctieu.lake import Lake
from muctieu.settings import Settings
from warehouse import build
from warehouse.build import CODEBOOK, PROJECT, BuildResult, run_dbt
from warehouse.changes import FULL_AT_LEAST, Seen, anything_changed, begin_full, fingerprint, finish, look, plan_build
from warehouse.load import load
from warehouse.publish import content_hash
from warehouse.schema import open_warehouse
from warehouse.sums import table_hash

# what the tables of the running build hold is about the build and not about the world
WORK = {f"int_touched_{what}" for what in ("article", "story", "series", "document", "claim", "statement")}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The dbt project with a corrections seed of one's own."""
    copy = tmp_path / "dbt_project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(build, "PROJECT", copy)
    return copy


@pytest.fixture
def world(tmp_path: Path, project: Path) -> World:
    settings = settings_in(tmp_path / "home")
    world = World(Lake(settings.lake), settings.warehouse, project / "seeds" / "corrections.csv", random.Random(20261122))
    world.happens("news", "news", "news", "news", "copies", "edits")
    return world


def built(settings: Settings, full_refresh: bool | None = None) -> BuildResult:
    load(Lake(settings.lake), settings.warehouse)
    result = run_dbt(settings, full_refresh=full_refresh)
    assert result.ok, "\n".join(result.problems())
    return result


def hashes(warehouse: Path) -> dict[str, str]:
    """Every table that dbt makes, marts and what they are made of."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('intermediate', 'marts') order by all"
        ).fetchall()
        return {f"{schema}.{table}": table_hash(connection, table, schema) for schema, table in tables if table not in WORK}


def refreshed(settings: Settings, folder: Path) -> Settings:
    """A copy of the warehouse with everything made anew."""
    other = settings_in(folder)
    other.warehouse.parent.mkdir(parents=True)
    shutil.copyfile(settings.warehouse, other.warehouse)
    shutil.copytree(settings.home / "dbt", other.home / "dbt")  # the partial parse
    result = run_dbt(other, full_refresh=True, tests=False)
    assert result.ok and result.full_refresh, "\n".join(result.problems())
    return other


def assert_same_as_refreshed(settings: Settings, folder: Path, what: object) -> None:
    other = refreshed(settings, folder)
    made, wanted = hashes(settings.warehouse), hashes(other.warehouse)
    assert {t for t in made if made[t] != wanted.get(t)} == set(), what
    assert content_hash(settings.warehouse) == content_hash(other.warehouse)
    shutil.rmtree(folder)


@pytest.mark.slow  # nine dbt builds
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2])
def test_any_sequence_of_changes_equals_a_full_refresh(tmp_path: Path, project: Path, seed: int) -> None:
    """Every kind of change happens once alone or with others, in an order of chance; the last step is all of them again."""
    settings = settings_in(tmp_path / "home")
    world = World(Lake(settings.lake), settings.warehouse, project / "seeds" / "corrections.csv", random.Random(seed))
    world.happens("news", "news", "news", "news", "news", "copies", "edits")
    assert built(settings).full_refresh
    events = [*World.EVENTS, "news", "news"]
    world.random.shuffle(events)
    steps = [events[i : i + 4] for i in range(0, len(events), 4)]
    for number, step in enumerate([*steps, list(World.EVENTS)]):
        before = len(world.done)
        world.happens(*step)
        if "news" in step:
            world.news(2, late=True)
        result = built(settings, full_refresh=False)
        assert not result.full_refresh
        assert_same_as_refreshed(settings, tmp_path / f"full{number}", (seed, number, world.done[before:]))


@pytest.mark.slow  # five dbt builds
@pytest.mark.timeout(1800)
def test_a_killed_build_is_done_by_the_next_one(tmp_path: Path, world: World) -> None:
    """Killed after rows were taken out of int_statement (whose series nothing else remembers), and again later, with news in between."""
    settings = settings_in(tmp_path / "home")
    built(settings)
    for model in ("int_statement", "fct_claim"):
        world.happens("news", "edits", "moves", "holds_back", "edits", "takes_down")
        load(Lake(settings.lake), settings.warehouse)
        assert killed_after(settings, model), f"the build ended before {model} was seen"
    result = built(settings, full_refresh=False)
    assert not result.full_refresh and result.touched_articles >= 6
    assert_same_as_refreshed(settings, tmp_path / "full", world.done)


def killed_after(settings: Settings, model: str) -> bool:
    """Run an incremental build in a process of its own and kill it as soon as dbt says that it has made this model."""
    log = settings.home / "dbt" / "logs" / "dbt.log"
    log.unlink(missing_ok=True)
    script = (
        "import sys; from pathlib import Path; from warehouse import build; from muctieu.settings import read_settings\n"
        f"build.PROJECT = Path({str(build.PROJECT)!r})\n"
        f"build.run_dbt(read_settings({{'MUCTIEU_HOME': {str(settings.home)!r}}}), full_refresh=False)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            text = log.read_text(encoding="utf-8") if log.exists() else ""
            if any("OK created" in line and f".{model} " in line for line in text.splitlines()):
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                return True
            time.sleep(0.02)
        return False
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow  # two dbt builds
@pytest.mark.timeout(900)
def test_a_build_does_the_work_of_what_is_new(tmp_path: Path, world: World) -> None:
    """Every row is marked in a column that nothing tests; after one more article, those without a mark are those that were made anew."""
    settings = settings_in(tmp_path / "home")
    for _ in range(20):
        world.happens("news")
    load(world.lake, settings.warehouse)
    assert run_dbt(settings, tests=False).ok
    # table -> column, mark, and the share that one article may touch: series of this small world are shared by many articles
    marks = {
        "marts.fct_claim": ("rule", "'marked'", 0.15),
        "marts.fct_achievement": ("rule", "'marked'", 0.15),
        "marts.dim_article": ("parser", "'marked'", 0.15),
        "marts.fct_progress": ("status_en", "'marked'", 0.5),
        "intermediate.int_claim": ("load_id", "-1", 0.15),
        "intermediate.int_citation": ("load_id", "-1", 0.15),
        "intermediate.int_level": ("confidence", "-1", 0.5),
        "intermediate.int_target_candidate": ("load_id", "-1", 0.15),
    }
    with duckdb.connect(str(settings.warehouse)) as connection:
        for table, (column, mark, _) in marks.items():
            connection.execute(f"update {table} set {column} = {mark}")
    world.happens("edits")
    load(world.lake, settings.warehouse)
    result = run_dbt(settings, tests=False)
    assert result.ok and not result.full_refresh and result.touched_articles == 1, "\n".join(result.problems())
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        (edited,) = connection.execute("select count(*) from marts.dim_article where parser <> 'marked'").fetchone() or (0,)
        assert edited == 2  # both versions of the one article
        for table, (column, mark, share) in marks.items():
            anew, rows = connection.execute(
                f"select count(*) filter ({column} is distinct from {mark}), count(*) from {table}"
            ).fetchone() or (0, 0)
            assert anew <= share * rows, (table, anew, rows)
        assert connection.execute("select count(*) from ops.left_series").fetchone() == (0,)


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, World]]:
    """A loaded warehouse without dbt, for what is decided before dbt runs."""
    settings = settings_in(tmp_path / "home")
    world = World(Lake(settings.lake), settings.warehouse, tmp_path / "none.csv", random.Random(3))
    world.happens("news", "news", "copies")
    load(world.lake, settings.warehouse)
    with open_warehouse(settings.warehouse) as connection:
        yield connection, world


def touched(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {article for (article,) in connection.execute("select article_id from ops.touched_article").fetchall()}


def test_the_first_build_is_a_full_one_and_the_next_adds_to_it(loaded: tuple[duckdb.DuckDBPyConnection, World]) -> None:
    connection, _ = loaded
    seen = look(connection, PROJECT, CODEBOOK)
    plan = plan_build(connection, seen, full_refresh=False)
    assert plan.full_refresh and "no complete build" in plan.reason and touched(connection) == set()
    begin_full(connection)
    finish(connection, "b1", seen)
    plan = plan_build(connection, look(connection, PROJECT, CODEBOOK))
    assert (plan.full_refresh, plan.touched_articles, plan.touched_stories) == (False, 0, 0)
    assert not anything_changed(connection, seen)


def test_a_full_refresh_that_did_not_end_begins_again(loaded: tuple[duckdb.DuckDBPyConnection, World]) -> None:
    connection, _ = loaded
    seen = look(connection, PROJECT, CODEBOOK)
    finish(connection, "b1", seen)
    begin_full(connection)
    assert plan_build(connection, seen, full_refresh=False).full_refresh
    assert anything_changed(connection, seen)


def test_what_gives_every_row_its_meaning_makes_everything_anew(loaded: tuple[duckdb.DuckDBPyConnection, World], tmp_path: Path) -> None:
    """A model, a seed, the codebook, the extractor version; a correction is not among them, nor is a note in the docs."""
    connection, world = loaded
    project, codebook = tmp_path / "project", tmp_path / "codebook"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    for name in ("lexicon", "gazetteer"):
        shutil.copytree(CODEBOOK / name, codebook / name)
    before = fingerprint(project, codebook, "1")
    with (project / "seeds" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("c1,claim,,,,,drop,,,1,r,u,a,2026-01-01\n")
    (project / "models" / "columns.md").write_text("", encoding="utf-8")
    assert fingerprint(project, codebook, "1") == before
    assert fingerprint(project, codebook, "2") != before
    for path in (project / "models/marts/fct_target.sql", project / "seeds/unit.csv", codebook / "lexicon/indicators.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n", encoding="utf-8")
        assert fingerprint(project, codebook, "1") != before, path
        path.write_text(text, encoding="utf-8")
    assert fingerprint(project, codebook, "1") == before
    finish(connection, "b1", look(connection, PROJECT, CODEBOOK))
    world.happens("reads_anew")
    connection.close()
    load(world.lake, world.warehouse)
    with open_warehouse(world.warehouse) as again:
        plan = plan_build(again, look(again, PROJECT, CODEBOOK))
        assert plan.full_refresh and "extractor" in plan.reason
        assert not plan_build(again, look(again, PROJECT, CODEBOOK), full_refresh=False).full_refresh


def test_holds_and_corrections_touch_what_they_are_about(loaded: tuple[duckdb.DuckDBPyConnection, World]) -> None:
    connection, _ = loaded
    seen = look(connection, PROJECT, CODEBOOK)
    finish(connection, "b1", seen)
    claim, article = connection.execute("select claim_id, article_id from raw.claim order by 1 limit 1").fetchone() or ("", "")
    held = replace(seen, holds=(("raw.claim", claim, ""), ("raw.article", "nobody", "")))
    plan_build(connection, held)
    assert touched(connection) == {article}
    finish(connection, "b2", held)
    assert plan_build(connection, held).touched_articles == 0
    plan_build(connection, seen)  # released
    assert touched(connection) == {article}


def test_every_story_that_an_article_was_part_of_is_touched(loaded: tuple[duckdb.DuckDBPyConnection, World]) -> None:
    connection, world = loaded
    finish(connection, "b1", look(connection, PROJECT, CODEBOOK))
    piece = next(iter(world.pieces.values()))[0]
    write_lake(world.lake, [replace(piece, story="another story", body=piece.body + " Sửa.", fetched="2026-03-01T00:00:00")], run="moved")
    connection.close()
    load(world.lake, world.warehouse)
    with open_warehouse(world.warehouse) as again:
        plan = plan_build(again, look(again, PROJECT, CODEBOOK))
        stories = {story for (story,) in again.execute("select story_id from ops.touched_story").fetchall()}
        assert plan.touched_articles == 1 and "another story" in stories and len(stories) == 2


def test_when_much_is_touched_everything_is_made_anew(loaded: tuple[duckdb.DuckDBPyConnection, World]) -> None:
    connection, _ = loaded
    seen = look(connection, PROJECT, CODEBOOK)
    finish(connection, "b1", replace(seen, load_id=0))
    assert not plan_build(connection, seen).full_refresh  # a small warehouse never costs much
    connection.execute(
        "insert into raw.extraction select 'v' || i, 'a' || i, 'p', '0.0', 0, 0, 0, 0, null, 9 from range(?) as t(i)", [FULL_AT_LEAST + 1]
    )
    plan = plan_build(connection, Seen(9, seen.fingerprint, (), seen.corrections))
    assert plan.full_refresh and "articles are touched" in plan.reason

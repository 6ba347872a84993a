"""`muctieu run --demo` as a user runs it: a real Airflow, real HTTP, a published file; and the same content after any kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from muctieu.settings import REPOSITORY
from warehouse.publish import content_hash

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("whole-run")]

TIMEOUT_S = 600


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "MUCTIEU"))}
    return kept | {"MUCTIEU_HOME": str(home), "COLUMNS": "120"}


def start(home: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from muctieu.cli import main; main()", "run", "--demo", *arguments],
        env=environment(home) | more,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(home: Path, *arguments: str) -> str:
    process = start(home, *arguments)
    output, _ = process.communicate(timeout=TIMEOUT_S)
    logs = sorted((home / "logs").glob("*.log"))
    assert process.returncode == 0, output[-3000:] + (logs[-1].read_text(encoding="utf-8")[-3000:] if logs else "")
    return output


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("whole")
    return home, run(home)


def test_a_run_ends_with_its_table_its_checks_and_the_paths(finished: tuple[Path, str]) -> None:
    home, output = finished
    for portal in ("demo-binhlieu", "demo-hanoi", "demo-lamdong", "demo-quangnam", "demo-sonla"):
        assert portal in output
    assert "0 không đạt" in output.split("dbt:")[1].splitlines()[0]
    assert str(home / "published" / "current.duckdb") in output.replace("\n", "")
    assert (home / "reports" / "index.html").stat().st_size > 10_000
    assert output.count("Câu nêu mục tiêu") == 3


def test_targets_meet_achievements_and_every_fact_leads_to_its_page(finished: tuple[Path, str]) -> None:
    home, _ = finished
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        judged = connection.execute(
            "select count(distinct province_name) from bi.progress where target_value is not null and actual_value is not null"
        ).fetchone()
        homeless = connection.execute(
            "select count(*) from marts.fct_progress where (target_claim_id is not null and target_url is null) "
            "or (actual_claim_id is not null and actual_sentence is null)"
        ).fetchone()
    assert judged is not None
    assert judged[0] >= 3
    assert homeless == (0,)


def test_a_second_run_finds_nothing_new_says_so_and_changes_nothing(finished: tuple[Path, str]) -> None:
    home, _ = finished
    before = (home / "published" / "current.duckdb").resolve()
    began = time.monotonic()
    output = run(home)
    assert "Không có gì mới" in output
    assert (home / "published" / "current.duckdb").resolve() == before
    assert time.monotonic() - began < 120


def test_an_edited_article_is_a_new_version_and_only_that(finished: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = finished
    run(home, "--edition", "2")
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        versions = connection.execute("select max(n) from (select count(*) as n from marts.dim_article group by article_id)").fetchone()
    assert versions == (2,)
    assert not list(tmp_path.iterdir())


def lake_has(folder: str, files: int) -> Callable[[Path], bool]:
    return lambda home: len(list((home / "lake" / folder).rglob("*.parquet"))) >= files


def building(home: Path) -> bool:
    return (home / "warehouse" / "muctieu.duckdb").exists()


def transforming(home: Path) -> bool:
    return (home / "dbt" / "logs" / "dbt.log").exists()


@pytest.mark.parametrize(
    "moment",
    [lake_has("capture_index", 2), lake_has("extractions", 2), building, transforming],
    ids=["scraping", "extracting", "loading", "transforming"],
)
def test_killed_and_run_again_gives_the_same_content(finished: tuple[Path, str], tmp_path: Path, moment: Callable[[Path], bool]) -> None:
    process = start(tmp_path)
    deadline = time.monotonic() + TIMEOUT_S
    while not moment(tmp_path):
        assert process.poll() is None, "it ended before the moment came"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    run(tmp_path)
    fresh = tmp_path / "published" / "current.duckdb"
    releases = sorted((finished[0] / "published").glob("release-*.duckdb"))
    assert content_hash(fresh) == content_hash(releases[0])


def test_a_run_that_fails_names_the_step_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "muctieu.duckdb").write_text("no database", encoding="utf-8")
    (tmp_path / "published").mkdir()
    process = start(tmp_path, "--portal", "demo-lamdong")
    output, _ = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 1, output[-2000:]
    assert "build_warehouse" in output
    assert "load" in output

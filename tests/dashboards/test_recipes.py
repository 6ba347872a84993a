"""The recipes of docs/bi.md, read from the page and run as they stand there; the notebook, run from top to bottom."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from muctieu.settings import REPOSITORY, Settings
from warehouse.publish import PublishResult

PAGE = (REPOSITORY / "docs" / "bi.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python) tested\n(.*?)^```", PAGE, re.S | re.M)
NOTEBOOKS = sorted((REPOSITORY / "dashboards" / "notebooks").glob("*.ipynb"))


@pytest.fixture
def folder(published: tuple[Settings, PublishResult], tmp_path: Path) -> Path:
    """What the folder of the project looks like to a recipe: the release in var/published, the programs in .venv."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "published").symlink_to(published[0].published)
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("language", "code"), BLOCKS, ids=[re.sub(r"\W+", "-", code)[:40] for _, code in BLOCKS])
def test_a_recipe_runs_and_answers(folder: Path, language: str, code: str) -> None:
    command = ["sh", "-euc", code] if language == "sh" else [sys.executable, "-c", code]
    environment = os.environ | {"MUCTIEU_HOME": str(folder / "var"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 1


def test_the_page_has_recipes_to_run() -> None:
    assert len(BLOCKS) >= 4 and PAGE.count(" tested\n") == len(BLOCKS)


def test_what_the_page_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", PAGE) if not link.startswith("http")]
    assert links and [link for link in links if not (REPOSITORY / "docs" / link).exists()] == []
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE)
    assert named and [path for path in named if not (REPOSITORY / path).is_file()] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="nbclient comes with the developers' packages")
    import nbformat

    monkeypatch.setenv("MUCTIEU_PUBLISHED", str(folder / "var" / "published"))
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    answers: list[Any] = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(answers) >= 4
    assert any("text/html" in output.get("data", {}) for cell in answers for output in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_its_answers(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat comes with the developers' packages")
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@pytest.mark.slow
def test_a_table_for_excel_keeps_every_row_and_diacritic(folder: Path, published: tuple[Settings, PublishResult]) -> None:
    """Excel takes a CSV for UTF-8 only with a byte order mark."""
    import duckdb

    sql = "select area_name, indicator_vi, target_value, target_as_of from bi.progress order by progress_key"
    environment = os.environ | {"MUCTIEU_HOME": str(folder / "var")}
    command = [f"{sys.prefix}/bin/muctieu", "query", sql, "--to", "out.csv"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    written = (folder / "out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(written.decode("utf-8-sig").splitlines())
    with duckdb.connect(str(published[0].current), read_only=True) as connection:
        wanted = connection.execute(sql).fetchall()
    assert header == ["area_name", "indicator_vi", "target_value", "target_as_of"]
    assert len(rows) == len(wanted) > 30
    assert [row[0] for row in rows] == [row[0] for row in wanted]

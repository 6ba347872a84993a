"""Data Docs open without a network: every result says whether it passed, every page is reached, nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from test_runner import check

from expectations import data_docs
from expectations.runner import Runner
from expectations.suite import Suite

pytestmark = pytest.mark.xdist_group("great-expectations")
EVIL = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports") / "data_docs" / "raw"
    folder.mkdir(parents=True)
    (folder / "of_the_build_before.html").touch()
    wrong = check("expect_column_values_to_be_between", quarantine=True, column="share", min_value=0, max_value=100)
    fine = check("expect_column_values_to_not_be_null", column="portal_id")
    suite = Suite(
        suite="claims", layer="raw", table="raw.claim", owner="data", row_key="claim_id", query="unused",
        checks=(fine, wrong.model_copy(update={"says": "Tỷ lệ ngoài khoảng 0-100"})),
    )  # fmt: skip
    runner = Runner()
    results = runner.run(suite, pd.DataFrame({"claim_id": ["a", "b"], "share": [12.5, 300.0], "portal_id": ["p", EVIL]}))
    data_docs.write(runner, folder, "raw", results)
    return folder


def pages(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]


def test_nothing_is_fetched_from_elsewhere_and_nothing_runs(folder: Path) -> None:
    found = pages(folder)
    assert len(found) == 3  # the index, the suite, its results
    for page in found:
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
        assert "<script" not in page.lower()
        assert page.count(data_docs.STYLE) == 1


def test_the_index_leads_to_every_result_failures_first(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    page = page[page.index("</style>") :]
    assert page.index("✗ không đạt") < page.index("✓ đạt")
    assert "Tỷ lệ ngoài khoảng 0-100" in page and "1/2 đạt" in page and "1 / 2" in page
    (link,) = re.findall(r'href="(validations/[^"]+)"', page)
    text = (folder / link).read_text(encoding="utf-8")
    assert "text-danger" in text or "text-warning" in text
    assert "text-success" in text
    assert "300" in text


def test_pages_of_the_build_before_are_gone(folder: Path) -> None:
    assert not (folder / "of_the_build_before.html").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["raw"]

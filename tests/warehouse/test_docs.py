"""What is written about the warehouse: pages that follow the models, queries that run, readers that are named."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from conftest import Rows

from muctieu.settings import REPOSITORY, Settings
from warehouse import docs
from warehouse.build import BuildResult

QUERIES = REPOSITORY / "docs" / "queries.md"
Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(built: tuple[Settings, BuildResult]) -> Manifest:
    found: Manifest = json.loads((built[0].home / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    return found


def queries() -> dict[str, str]:
    """Name -> SQL of every block of the page."""
    blocks = re.findall(r"```sql\n-- (\d+ [^\n]+)\n(.*?)```", QUERIES.read_text(encoding="utf-8"), re.S)
    return dict(blocks)


def test_the_pages_are_those_of_the_models_as_they_are(manifest: Manifest) -> None:
    for path, text in ((docs.DICTIONARY, docs.dictionary(manifest)), (docs.LINEAGE, docs.lineage(manifest))):
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run `muctieu docs` and commit what it writes"


def test_the_dictionary_knows_every_column_and_its_links_lead_somewhere(manifest: Manifest) -> None:
    page = docs.dictionary(manifest)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] in ("bi", "marts"):
            section = page[page.index(f'<a id="{node["schema"]}{node["name"]}">') :].split("\n## ")[0]
            assert all(f"| `{column}` |" in section for column in node["columns"]), node["name"]
    anchors = set(re.findall(r'<a id="(\w+)"', page))
    links = set(re.findall(r"\]\(#(\w+)\)", page))
    assert links == anchors and len(links) > 60


def test_a_figure_can_be_followed_down_to_the_raw_tables(manifest: Manifest) -> None:
    (line,) = [line for line in docs.lineage(manifest).splitlines() if line.startswith("| `bi.progress` |")]
    assert {"`raw.claim`", "`raw.article`", "`codebook.indicator`", "`standard`"} <= set(re.findall(r"`[\w.]+`", line))


@pytest.mark.parametrize("name", queries())
def test_a_ready_query_runs_and_answers(rows: Rows, name: str) -> None:
    assert rows(queries()[name].rstrip().rstrip(";")), name


def test_the_queries_are_numbered_one_after_the_other() -> None:
    assert [int(name.split()[0]) for name in queries()] == list(range(1, len(queries()) + 1))
    assert len(queries()) == QUERIES.read_text(encoding="utf-8").count("```sql")


def answer(rows: Rows, name: str) -> list[dict[str, Any]]:
    return rows(queries()[name].rstrip().rstrip(";"))


def test_the_question_across_the_merger(rows: Rows) -> None:
    found = answer(rows, "1 across the merger")
    assert [(row["as_of"].year, row["area_name"], row["value_vi"]) for row in found] == [
        (2020, "Tỉnh Quảng Nam", "118 xã"),
        (2024, "Tỉnh Quảng Nam", "139 xã"),
        (2025, "Thành phố Đà Nẵng", "70 xã"),
    ]
    assert found[0]["note_vi"].startswith("Số liệu của một đơn vị cũ nay nằm trọn")


def test_the_question_across_a_poverty_standard(rows: Rows) -> None:
    found = [row for row in answer(rows, "3 across a poverty standard") if "Bình Liêu" in row["area_name"]]
    assert [(row["value"], row["is_after_break"]) for row in found] == [(3.2, False), (2.4, False), (6.1, True)]
    assert [row["change_within_the_standard"] for row in found] == [None, pytest.approx(-0.8), None]


def test_the_question_that_finds_a_contradiction(rows: Rows) -> None:
    found = {row["conflict_type_vi"]: row for row in answer(rows, "4 contradictions")}
    assert {"Số liệu khác nhau", "Bộ phận lớn hơn tổng"} <= set(found)
    assert found["Số liệu khác nhau"]["low_url"] != found["Số liệu khác nhau"]["high_url"]


def test_the_plan_that_nobody_published(rows: Rows) -> None:
    (row,) = answer(rows, "8 derived plans")
    assert (row["target_value"], row["actual_value"], row["plan_by_vi"]) in [
        (214.1, 182, "Kế hoạch tỉnh giao"),
        (200.0, 182, "Kế hoạch huyện giao"),
    ]


def test_the_examples_of_muctieu_query_run(rows: Rows) -> None:
    from muctieu.commands import warehousing

    examples = re.findall(
        r'muctieu query "([^"]+)"', (warehousing.query.__doc__ or "") + (REPOSITORY / "README.md").read_text(encoding="utf-8")
    )
    assert len(examples) >= 2
    assert all(rows(example) for example in examples)


READERS = {
    "html_report": ["warehouse/report.py"],
    "dashboard_site": [f"dashboards/site/{name}.py" for name in ("queries", "evidence", "build", "merger", "maps")],
    "run_summary": ["muctieu/summary.py"],
    "audit": ["expectations/suites", "expectations/audit.py"],
    "ready_queries": ["docs/queries.md"],
}


@pytest.mark.parametrize("name", READERS)
def test_an_exposure_names_what_its_reader_reads(manifest: Manifest, name: str) -> None:
    files = [
        f
        for where in READERS[name]
        for f in ([REPOSITORY / where] if (REPOSITORY / where).is_file() else (REPOSITORY / where).glob("*.yml"))
    ]
    read = {table for file in files for table in re.findall(r"(?:from|join|table:) (?:bi|marts)\.(\w+)", file.read_text(encoding="utf-8"))}
    exposure = manifest["exposures"][f"exposure.muctieu.{name}"]
    named = {node.split(".")[-1] for node in exposure["depends_on"]["nodes"]}
    assert read and read == named, (read - named, named - read)


def test_bi_tools_see_every_view(manifest: Manifest) -> None:
    views = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["schema"] == "bi"}
    named = {node.split(".")[-1] for node in manifest["exposures"]["exposure.muctieu.bi_tools"]["depends_on"]["nodes"]}
    assert named == views

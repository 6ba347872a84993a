"""The dbt project keeps its own rules: layers, contracts, descriptions, floors, and nothing that DuckLake refuses."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Rows

from muctieu.settings import Settings
from warehouse.build import PROJECT, BuildFailed, BuildResult, record_build, run_dbt
from warehouse.releases import OPS_TABLES

LAYERS = ("staging", "intermediate", "marts", "bi")
Built = tuple[Settings, BuildResult]


@pytest.fixture(scope="module")
def manifest(built: Built) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built[0].home / "dbt" / "target" / "manifest.json").read_text())
    return found


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer_of(node_id: str, manifest: dict[str, Any]) -> str:
    if node_id.startswith("source."):
        return "ops" if node_id.split(".")[2] == "ops" and node_id.split(".")[3] in OPS_TABLES else "source"
    if node_id.startswith("seed."):
        return "seed"
    return str(manifest["nodes"][node_id]["schema"])


def test_a_layer_reads_only_itself_and_the_one_below(models: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
    """Seeds are constants of the repository, which every layer below bi may read; bi also shows what is published of ops."""
    allowed = {
        "staging": {"source", "ops"},
        "intermediate": {"staging", "intermediate", "seed"},
        "marts": {"intermediate", "seed"},
        "bi": {"marts", "bi", "ops"},
    }
    wrong = [
        (model["name"], parent)
        for model in models
        for parent in model["depends_on"]["nodes"]
        if layer_of(parent, manifest) not in allowed[model["schema"]]
    ]
    assert wrong == []
    assert {model["schema"] for model in models} == set(LAYERS)


def test_staging_is_one_to_one(models: list[dict[str, Any]]) -> None:
    for model in models:
        if model["schema"] == "staging":
            sources = [p for p in model["depends_on"]["nodes"] if not p.endswith("ops.quarantine")]
            assert len(sources) == 1 and model["config"]["materialized"] == "view", model["name"]


def test_every_mart_and_view_has_an_enforced_contract(models: list[dict[str, Any]]) -> None:
    for model in models:
        if model["schema"] in ("marts", "bi"):
            assert model["config"]["contract"]["enforced"] and model["contract"]["checksum"], model["name"]


def test_every_column_of_every_model_is_described(models: list[dict[str, Any]], built: Built) -> None:
    with duckdb.connect(str(built[0].warehouse), read_only=True) as connection:
        for model in models:
            found = [
                name
                for (name,) in connection.execute(
                    "select column_name from duckdb_columns() where schema_name = ? and table_name = ?", [model["schema"], model["name"]]
                ).fetchall()
            ]
            described = {name for name, column in model["columns"].items() if column["description"].strip()}
            assert found and set(found) == described, (model["name"], set(found) ^ described)


def test_descriptions_are_vietnamese_and_english(models: list[dict[str, Any]]) -> None:
    for model in models:
        for name, column in model["columns"].items():
            parts = [part for part in column["description"].split("\n") if part.strip()]
            assert len(parts) == 2 and all(part.endswith(".") for part in parts), (model["name"], name, column["description"])


def test_every_model_says_its_grain_and_owner(models: list[dict[str, Any]]) -> None:
    for model in models:
        assert model["description"] and model["config"]["meta"]["grain"] and model["config"]["meta"]["owner"], model["name"]


def test_every_mart_has_a_row_floor_and_a_tested_key(models: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
    floors = {row["model_name"] for row in csv.DictReader((PROJECT / "seeds" / "row_floor.csv").open(encoding="utf-8"))}
    marts = {model["name"] for model in models if model["schema"] == "marts"}
    assert floors == marts
    tests = [n for n in manifest["nodes"].values() if n["resource_type"] == "test"]
    tested = {(t["attached_node"], t["test_metadata"]["name"]) for t in tests if t.get("attached_node")}
    for mart in marts:
        assert (f"model.muctieu.{mart}", "row_floor") in tested, mart
        assert (f"model.muctieu.{mart}", "unique") in tested, mart


def test_every_key_of_a_fact_is_tested_against_its_dimension(models: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
    generic = [n for n in manifest["nodes"].values() if n["resource_type"] == "test" and "test_metadata" in n]
    tests = [n for n in generic if n["test_metadata"]["name"] == "resolves"]
    resolved = {t["attached_node"].split(".")[-1]: set(t["test_metadata"]["kwargs"]["to"]) for t in tests}
    dimensions = {f"{name}_key" for name in ("indicator", "area", "programme", "period", "standard", "document", "portal")}
    for model in models:
        if model["name"].startswith("fct_"):
            keys = dimensions & set(model["columns"])
            assert keys <= resolved.get(model["name"], set()), (model["name"], keys - resolved.get(model["name"], set()))


def test_nothing_that_ducklake_refuses(models: list[dict[str, Any]], built: Built) -> None:
    for model in models:
        kinds = {c["type"] for column in model["columns"].values() for c in column["constraints"]} | {
            c["type"] for c in model["constraints"]
        }
        assert kinds <= {"not_null"}, (model["name"], kinds)
        assert not model["config"].get("indexes"), model["name"]
        if model["config"]["materialized"] == "view":
            assert not model["config"]["persist_docs"].get("columns"), model["name"]
    with duckdb.connect(str(built[0].warehouse), read_only=True) as connection:
        assert connection.execute("select table_name from duckdb_columns() where data_type like 'ENUM%'").fetchall() == []


def test_codes_are_text(built: Built) -> None:
    """Type inference would make 1 of "01"."""
    with duckdb.connect(str(built[0].warehouse), read_only=True) as connection:
        wrong = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where schema_name in "
            "('reference', 'staging', 'intermediate', 'marts', 'bi') and (column_name like '%code' or column_name like '%_key' "
            "or column_name like '%_id') and column_name <> 'load_id' and data_type <> 'VARCHAR'"
        ).fetchall()
        assert wrong == [] and connection.execute("select count(*) from marts.dim_area where area_code = '01'").fetchone() == (2,)


def test_keys_depend_on_no_clock() -> None:
    """Views of bi may ask what day it is (days of silence); what is stored may not."""
    for path in PROJECT.rglob("*.sql"):
        if path.parent.name == "bi":
            continue
        code = re.sub(r"--.*|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S if path.parent.name == "macros" else 0)
        assert not re.search(r"\b(current_timestamp|current_date|now\(\)|today\(\)|random\(\)|uuid\(\))", code), path


@pytest.mark.slow  # another dbt build
def test_the_planted_wrong_row_fails_its_test_and_shows_its_rows(copied: Settings) -> None:
    """A gate that cannot fail is no gate: a fact under an area that does not exist, and a status outside the list."""
    with duckdb.connect(str(copied.warehouse)) as connection:
        connection.execute("update marts.fct_target set area_key = 'nowhere' where value = 2.5")
        connection.execute("update marts.fct_progress set status_code = 'splendid' where target_value = 2.5")
    result = run_dbt(copied, command="test", select="fct_target_resolves fct_progress_accepted")
    record_build(copied, result)
    assert not result.ok
    text = str(BuildFailed(result))
    failed = [node for node in result.nodes if node.failed]
    assert len(failed) == 2 and "fct_target" in text and "fct_progress" in text
    with duckdb.connect(str(copied.warehouse), read_only=True) as connection:
        shown = [row for node in failed for row in connection.execute(str(node.failing_rows_query)).fetchall()]
        assert {row[-2] for row in shown} == {"nowhere", "splendid"}
        assert connection.execute("select count(*) from ops.build where status = 'fail'").fetchone() == (2,)


@pytest.mark.slow  # another dbt build
def test_an_empty_warehouse_builds_and_a_lost_table_does_not(copied: Settings) -> None:
    """dbt's tests are green on an empty fact table; the row floor is not."""
    with duckdb.connect(str(copied.warehouse)) as connection:
        connection.execute("delete from marts.fct_progress")
    result = run_dbt(copied, command="test", select="fct_progress_row_floor")
    assert [node.failures for node in result.nodes] == [1]


@pytest.mark.slow  # another dbt build
def test_quarantined_rows_stay_out_until_released(copied: Settings) -> None:
    with duckdb.connect(str(copied.warehouse)) as connection:
        (claim,) = connection.execute("select claim_id from marts.fct_target where value = 2.5").fetchone() or ("",)
        connection.execute(
            "insert into ops.quarantine (quarantine_id, source_table, source_id, rule, severity, reason_vi, reason_en, quarantined_at) "
            "values ('q', 'raw.claim', ?, 'rule', 'warning', 'lý do', 'reason', now())",
            [claim],
        )
        assert connection.execute("select count(*) from staging.stg_claim where claim_id = ?", [claim]).fetchone() == (0,)
        connection.execute("update ops.quarantine set decision = 'released', decided_at = now()")
        found = connection.execute("select count(distinct claim_id) from staging.stg_claim where claim_id = ?", [claim]).fetchone()
        assert found == (1,)


@pytest.mark.slow  # another dbt build
def test_dbt_says_what_stopped_it(copied: Settings, tmp_path: Path) -> None:
    result = run_dbt(copied, codebook=tmp_path / "nowhere", select="+int_indicator")
    assert not result.ok
    assert any("indicators.csv" in problem for problem in result.problems())


@pytest.mark.slow
def test_unit_tests_of_the_models(built: Built) -> None:
    result = run_dbt(built[0], command="test", select="test_type:unit")
    assert result.ok, "\n".join(result.problems())
    assert len(result.nodes) >= 12


def test_every_model_with_logic_has_a_unit_test(models: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
    tested = {unit["model"] for unit in manifest["unit_tests"].values()}
    with_logic = {
        model["name"]
        for model in models
        if model["schema"] in ("intermediate", "marts") and re.search(r"\bcase\b|\bqualify\b|over \(|recursive", model["raw_code"])
    } - {"int_period"}  # a calendar: its rows are counted and read below
    assert with_logic <= tested, with_logic - tested


def test_calendar_periods_end_where_they_should(rows: Rows) -> None:
    found = rows(
        "select period_code, starts_on::varchar as a, ends_on::varchar as b from marts.dim_period where period_code in "
        "('2020', '2020-02', '2021-9M', '2021-Q3', '2021-H2', '2021-2025') order by 1"
    )
    assert [tuple(r.values()) for r in found] == [
        ("2020", "2020-01-01", "2020-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2021-2025", "2021-01-01", "2025-12-31"),
        ("2021-9M", "2021-01-01", "2021-09-30"),
        ("2021-H2", "2021-07-01", "2021-12-31"),
        ("2021-Q3", "2021-07-01", "2021-09-30"),
    ]


@pytest.mark.slow  # another dbt invocation
def test_a_correction_that_no_longer_fits_complains_by_name(copied: Settings) -> None:
    """One whose claim reads otherwise now, one whose article was edited, one that holds, and one about articles that nobody has loaded."""
    with duckdb.connect(str(copied.warehouse)) as connection:
        one = "select claim_id from intermediate.int_claim where indicator_code = 'poverty.rate.poor' and value = {} and is_latest"
        (mended,) = connection.execute(one.format(2.5)).fetchone() or ("",)
        (holds,) = connection.execute(one.format(2.4)).fetchone() or ("",)
        (edited,) = connection.execute("select claim_id from intermediate.int_claim where value = 75 and not is_latest").fetchone() or ("",)
        for name, claim, expected in (
            ("mended", mended, 25),
            ("holds", holds, 2.4),
            ("edited", edited, 75),
            ("elsewhere", "no-such-claim", 1),
        ):
            connection.execute(
                "insert into reference.corrections (correction_id, claim_id, action, expect_value, reason) values (?, ?, 'flag', ?, 'vì sao')",
                [name, claim, expected],
            )
        connection.execute("update intermediate.int_claim set correction_id = 'holds' where claim_id = ?", [holds])
        connection.execute(
            "insert into reference.corrections (correction_id, kind, indicator, area_code, as_of, action, expect_value, reason) "
            "values ('by subject', 'achievement', 'poverty.rate.poor', '198', '2022-12-31', 'drop', 61, 'dấu phẩy')"
        )
    result = run_dbt(copied, command="test", select="corrections_still_fit")
    (node,) = result.nodes
    assert (node.status, node.failures) == ("warn", 3) and result.ok, "it warns and lets the build go on"
    (warning,) = result.warnings()
    assert "corrections_still_fit" in warning and "select" in warning
    with duckdb.connect(str(copied.warehouse), read_only=True) as connection:
        found = connection.execute(str(node.failing_rows_query)).fetchall()
    assert {(row[0], row[2], row[3]) for row in found} == {("mended", "2.5", True), ("edited", None, False), ("by subject", "6.1", True)}

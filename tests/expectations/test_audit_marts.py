"""The suites of the marts on tables with exactly one fault each: only its check fails, and without it nothing does.

The tables have the columns and types that dbt's contracts promise (`_marts.yml`), so a check that reads a column which no mart has breaks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from test_audit_raw import insert

from expectations.audit import audit
from expectations.context import filled, prepare
from expectations.runner import Runner
from expectations.suite import Suite, load_suites
from muctieu.settings import REPOSITORY
from warehouse.schema import open_warehouse

NOW = datetime(2026, 5, 27, 12, tzinfo=UTC)
TODAY = NOW.date()
CONTRACTS = REPOSITORY / "dbt_project" / "models" / "marts" / "_marts.yml"
SUITES = {suite.suite: suite for suite in load_suites(layer="marts")}
FACTS = 126  # of nine weeks, half of them targets
Connection = duckdb.DuckDBPyConnection

pytestmark = pytest.mark.xdist_group("great-expectations")  # importing it costs 4 s of CPU in every worker


def create_marts(connection: Connection) -> None:
    connection.execute("create schema marts")
    for model in yaml.safe_load(CONTRACTS.read_text(encoding="utf-8"))["models"]:
        columns = ", ".join(f'"{c["name"]}" {c["data_type"]}' for c in model["columns"])
        connection.execute(f"create table marts.{model['name']} ({columns})")


def healthy(connection: Connection) -> None:
    """Two figures a day for nine weeks, what they add up to, and the builds that were published before."""
    insert(connection, "marts.dim_portal", {"portal_key": "p", "portal_id": "muongkhuong"})
    insert(
        connection,
        "marts.dim_indicator",
        {"indicator_code": "poverty.rate.poor", "unit_code": "percent", "plausible_min": 0.0, "plausible_max": 100.0},
    )
    for number in range(FACTS):
        published = TODAY - timedelta(days=number // 2)
        row = {
            "claim_id": f"c{number}", "portal_key": "p", "indicator_code": "poverty.rate.poor", "measure": "level", "unit_code": "percent",
            "value": 12.0, "as_of": published, "published_on": published, "evidence": "12%", "area_name": "Xã Tân Lập", "area_resolution": "exact",
        }  # fmt: skip
        insert(connection, f"marts.{'fct_target' if number % 2 else 'fct_achievement'}", row)
    for number in range(FACTS):
        insert(
            connection,
            "marts.fct_progress",
            {
                "progress_key": f"p{number}", "indicator_code": "poverty.rate.poor", "area_name": "Xã Tân Lập", "year_number": 2025,
                "target_value": 10.0, "actual_value": 12.0, "attainment_pct": 80.0, "claim_ids": ["c0", "c1"],
                "target_claim_id": "c1", "target_sentence": "Phấn đấu còn 10%.", "actual_claim_id": "c0", "actual_sentence": "Còn 12%.",
            },
        )  # fmt: skip
    for number in range(3):
        insert(
            connection,
            "marts.fct_reference_check",
            {"check_key": f"k{number}", "reference_value": 4.0, "claimed_value": 4.0, "agrees": True},
        )
    for check, suite in (("facts.plausible", "facts"), ("progress.attainment_within_reason", "progress")):
        insert(
            connection,
            "ops.check_result",
            {
                "check_result_id": check, "build_id": "b0", "check_key": check, "layer": "marts", "suite": suite, "table_name": "t", "expectation": "e",
                "severity": "warning", "success": True, "element_count": FACTS, "message_vi": "", "message_en": "", "checked_at": NOW - timedelta(days=1),
            },
        )  # fmt: skip
    insert(
        connection, "ops.run", {"run_id": "r0", "build_id": "b0", "step": "publish", "started_at": NOW - timedelta(days=1), "outcome": "ok"}
    )
    for number in range(20, 30):  # now and then a figure contradicts another one
        contradict(connection, f"c{number}", "value" if number % 2 else "part")


def contradict(connection: Connection, claim: str, conflict_type: str) -> None:
    insert(
        connection,
        "marts.fct_conflict",
        {
            "conflict_key": f"{conflict_type}-{claim}", "conflict_type": conflict_type, "low_claim_id": claim, "high_claim_id": "older",
            "explanation_vi": "Hai nguồn ghi khác nhau.",
        },
    )  # fmt: skip


def one(table: str, key: str, **changes: Any) -> Callable[[Connection], None]:
    """The row of that key, changed."""

    def fault(connection: Connection) -> None:
        column = {"fct_progress": "progress_key", "fct_reference_check": "check_key"}.get(table, "claim_id")
        sets = ", ".join(f"{name} = ?" for name in changes)
        changed = connection.execute(f"update marts.{table} set {sets} where {column} = ? returning 1", [*changes.values(), key]).fetchall()
        assert len(changed) == 1

    return fault


def a_week_of(conflict_type: str) -> Callable[[Connection], None]:
    def fault(connection: Connection) -> None:
        for number in range(12):
            contradict(connection, f"c{number}", conflict_type)

    return fault


def unresolved(connection: Connection) -> None:
    connection.execute(
        "update marts.fct_target set area_resolution = 'unresolved' where claim_id in (select claim_id from marts.fct_target limit 30)"
    )


def vanished(connection: Connection) -> None:
    connection.execute("delete from marts.fct_achievement where published_on < ?", [TODAY - timedelta(days=31)])


# check -> the fault that only it must find
FAULTS: dict[str, Callable[[Connection], None]] = {
    "facts.plausible": one("fct_target", "c1", value=1250.0),
    "facts.result_not_ahead": one("fct_achievement", "c0", as_of=date(2030, 12, 31)),
    "facts.areas_resolved": unresolved,
    "progress.rests_on_claims": one("fct_progress", "p7", claim_ids=[]),
    "progress.target_has_its_sentence": one("fct_progress", "p7", target_sentence=None),
    "progress.result_has_its_sentence": one("fct_progress", "p7", actual_sentence=None),
    "progress.attainment_within_reason": one("fct_progress", "p7", attainment_pct=4000.0),
    "progress.year_is_possible": one("fct_progress", "p7", year_number=202),
    "reference.agrees": one("fct_reference_check", "k1", claimed_value=40.0, agrees=False),
    "shrinking.facts_kept": vanished,
    "contradictions.figures_agree": a_week_of("value"),
    "contradictions.parts_fit_their_whole": a_week_of("part"),
}


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("marts") / "w.duckdb"
    with open_warehouse(path) as connection:
        create_marts(connection)
        healthy(connection)
    return path


@pytest.fixture
def connection(well: Path, tmp_path: Path) -> Iterator[Connection]:
    shutil.copyfile(well, tmp_path / "w.duckdb")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        yield connection


def failing(connection: Connection, suite: Suite) -> dict[str, tuple[str, ...]]:
    """Checks of one suite that do not pass, and the rows that they name."""
    prepare(connection, NOW, 0)
    results = Runner().run(suite, connection.execute(filled(suite.query, NOW, 0)).df())
    assert {r.check.id: r.message for r in results if r.status == "broken"} == {}
    return {r.check.id: r.row_keys for r in results if r.status == "failed"}


def test_healthy_marts_pass_everything(connection: Connection) -> None:
    result = audit("marts", connection, "b1", NOW)
    assert {r.check.id: r.message or r.sample for r in result.results if r.status != "passed"} == {}
    assert result.passed == sum(len(s.checks) for s in SUITES.values())


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_its_fault_and_no_other_check_does(connection: Connection, check: str) -> None:
    FAULTS[check](connection)
    assert list(failing(connection, SUITES[check.partition(".")[0]])) == [check]


def test_the_row_with_the_fault_is_named(connection: Connection) -> None:
    FAULTS["progress.year_is_possible"](connection)
    assert failing(connection, SUITES["progress"]) == {"progress.year_is_possible": ("p7",)}
    FAULTS["contradictions.figures_agree"](connection)
    assert failing(connection, SUITES["contradictions"]) == {"contradictions.figures_agree": ("muongkhuong",)}

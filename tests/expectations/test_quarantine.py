"""Held rows: who decided what stays decided, over rebuilds and new readings; and a mended row comes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from test_audit_raw import article, claim, insert

from expectations.audit import audit, finish_raw_audit
from expectations.quarantine import Held, QuarantineError, decide, held, one, siblings, text_of, unbuilt_decisions, way_back
from warehouse.schema import open_warehouse

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
RULE = "claims.numerator_within_denominator"
STAGED = (
    "select c.claim_id from raw.claim as c anti join (select source_id, source_version from ops.quarantine "
    "where source_table = 'raw.claim' and decision is distinct from 'released') as h on c.claim_id = h.source_id "
    "and (h.source_version is null or c.extractor_version = h.source_version) where c.extractor_version = ?"
)  # what stg_claim does; test_project.py has the real one


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path / "w.duckdb") as connection:
        insert(connection, "raw.article", article("healthy"))
        read(connection, "v1", load_id=1, value=16.0)
        audit("raw", connection, "b1", NOW)
        yield connection


def read(connection: duckdb.DuckDBPyConnection, extractor: str, load_id: int, **values: object) -> None:
    """One reading of the article with one claim, loaded after everything before was published."""
    finish_raw_audit(connection)
    insert(connection, "raw.claim", claim("9-of-7", extractor_version=extractor, load_id=load_id, **values))
    row = {"version_id": "healthy", "portal_id": "muongkhuong", "extractor_version": extractor, "load_id": load_id}
    insert(connection, "raw.extraction", row)
    insert(connection, "raw.loaded_file", {"path": extractor, "table_name": "claim", "load_id": load_id, "rows_read": 1, "loaded_at": NOW})


def again(connection: duckdb.DuckDBPyConnection, build: str, days: int = 1) -> None:
    audit("raw", connection, build, NOW + timedelta(days=days))


def case(connection: duckdb.DuckDBPyConnection) -> Held:
    (found,) = held(connection, rule=RULE, everything=True)
    return found


def staged(connection: duckdb.DuckDBPyConnection, extractor: str) -> list[str]:
    return [row[0] for row in connection.execute(STAGED, [extractor]).fetchall()]


def test_a_held_row_tells_its_rule_its_sentence_its_page_and_its_way_back(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = case(warehouse)
    assert (row.reason_vi, row.portal_id, row.url) == ("Tử số lớn hơn mẫu số (ví dụ 9/7 xã)", "muongkhuong", "https://example.test/healthy")
    assert (row.source_table, row.source_id, row.source_version) == ("raw.claim", "9-of-7", "v1")
    assert "6/15 xã" in (row.evidence or "")
    assert (text_of(warehouse, row)[0] or "").startswith("Huyện Mường Khương")
    assert f"quarantine release {row.quarantine_id[:8]}" in way_back(row, "Xem câu gốc.")
    assert staged(warehouse, "v1") == []


def test_a_released_row_passes_and_stays_released_when_it_is_read_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    decide(warehouse, [case(warehouse).quarantine_id[:10]], "released", by="lan", reason="đúng theo quyết định 12", now=NOW)
    assert staged(warehouse, "v1") == ["9-of-7"]
    read(warehouse, "v2", load_id=2, value=16.0)
    again(warehouse, "b2")
    row = case(warehouse)
    assert (row.decision, row.decided_by, row.decision_reason, row.source_version) == ("released", "lan", "đúng theo quyết định 12", "v2")
    assert staged(warehouse, "v2") == ["9-of-7"]


def test_a_rejected_row_stays_out_when_it_is_read_again_and_nobody_is_asked_twice(warehouse: duckdb.DuckDBPyConnection) -> None:
    decide(warehouse, [case(warehouse).quarantine_id], "rejected", by="lan", reason="ngày tháng, không phải phân số", now=NOW)
    read(warehouse, "v2", load_id=2, value=16.0)
    again(warehouse, "b2")
    assert staged(warehouse, "v2") == []
    assert held(warehouse) == []
    status = warehouse.execute("select status from ops.alert where fingerprint like ?", [f"check:{RULE}%"]).fetchall()
    assert status == [("resolved",)]


def test_another_value_is_another_case(warehouse: duckdb.DuckDBPyConnection) -> None:
    decide(warehouse, [case(warehouse).quarantine_id], "released", by="lan", reason="đúng", now=NOW)
    read(warehouse, "v2", load_id=2, value=160.0)
    again(warehouse, "b2")
    assert [(r.decision, r.source_version) for r in held(warehouse)] == [(None, "v2")]
    assert staged(warehouse, "v2") == []


def test_a_reading_that_mends_the_row_brings_it_back_without_anybody(warehouse: duckdb.DuckDBPyConnection) -> None:
    read(warehouse, "v2", load_id=2, value=6.0)
    again(warehouse, "b2")
    assert staged(warehouse, "v2") == ["9-of-7"]
    assert held(warehouse) == []
    assert case(warehouse).decision == "superseded"


def test_the_fault_in_a_later_reading_makes_a_superseded_case_wait_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    read(warehouse, "v2", load_id=2, value=6.0)
    again(warehouse, "b2")
    read(warehouse, "v3", load_id=3, value=16.0)
    again(warehouse, "b3", days=2)
    assert (case(warehouse).decision, case(warehouse).source_version) == (None, "v3")
    assert staged(warehouse, "v3") == []


def test_a_decision_gives_the_next_build_work_until_dbt_has_seen_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    finish_raw_audit(warehouse)
    assert not unbuilt_decisions(warehouse)
    decide(warehouse, [case(warehouse).quarantine_id], "released", by="lan", reason="đúng", now=NOW)
    assert unbuilt_decisions(warehouse)
    run = "insert into ops.run (run_id, step, started_at, outcome) values (?, 'transform', ?, ?)"
    warehouse.execute(run, ["r0", NOW - timedelta(hours=1), "ok"])  # began before the decision was made
    warehouse.execute(run, ["r1", NOW + timedelta(hours=1), "failed"])
    finish_raw_audit(warehouse)
    assert unbuilt_decisions(warehouse)
    warehouse.execute(run, ["r2", NOW + timedelta(hours=2), "ok"])
    finish_raw_audit(warehouse)
    assert not unbuilt_decisions(warehouse)


def test_a_row_that_two_rules_hold_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    insert(warehouse, "raw.article", article("both", title="Tin", body_text="Ngắn quá.", load_id=2))
    audit("raw", warehouse, "b2", NOW)
    (row,) = held(warehouse, rule="articles.title_length")
    assert [other.rule for other in siblings(warehouse, row)] == ["articles.body_length"]
    assert row.evidence == "Tin (title_length = 3)", "a number alone tells nobody which article it is"


def test_a_figure_whose_whole_article_is_held_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    insert(warehouse, "raw.article", article("short", title="Tin", load_id=2))
    insert(warehouse, "raw.claim", claim("8-of-6", version_id="short", value=16.0, load_id=2))
    audit("raw", warehouse, "b2", NOW)
    (row,) = [found for found in held(warehouse, rule=RULE) if found.source_id == "8-of-6"]
    assert {other.rule for other in siblings(warehouse, row)} == {"articles.title_length", "claims.span_holds_evidence"}


def rejected(connection: duckdb.DuckDBPyConnection, rejected_id: str, days: int, url: str = "https://example.test/anh") -> None:
    row = {
        "rejected_id": rejected_id, "portal_id": "muongkhuong", "layer": "capture", "source_id": rejected_id, "rule": "body_short",
        "reason": "Nội dung quá ngắn", "url": url, "rejected_at": NOW + timedelta(days=days), "load_id": 1,
    }  # fmt: skip
    insert(connection, "raw.rejected", row)


def test_a_page_that_is_refused_again_and_again_is_one_case_and_keeps_its_decision(warehouse: duckdb.DuckDBPyConnection) -> None:
    rejected(warehouse, "x1", days=0)
    rejected(warehouse, "x2", days=1)
    (page,) = held(warehouse, rule="body_short")
    with pytest.raises(QuarantineError, match="portal replay muongkhuong"):
        decide(warehouse, [page.quarantine_id], "released", by="lan", reason="?", now=NOW)
    decide(warehouse, [page.quarantine_id], "rejected", by="lan", reason="chỉ có ảnh", now=NOW)
    rejected(warehouse, "x3", days=2)
    assert held(warehouse, rule="body_short") == []
    assert [r.decided_by for r in held(warehouse, rule="body_short", everything=True)] == ["lan"]


def test_a_page_that_became_an_article_is_not_held_back_any_more(warehouse: duckdb.DuckDBPyConnection) -> None:
    rejected(warehouse, "x1", days=-1, url="https://example.test/healthy")
    assert held(warehouse, rule="body_short") == []


@pytest.mark.parametrize("prefix", ["", "zz", "%"])
def test_an_id_that_names_none_is_refused_and_nothing_is_decided(warehouse: duckdb.DuckDBPyConnection, prefix: str) -> None:
    with pytest.raises(QuarantineError, match="quarantine list"):
        decide(warehouse, [case(warehouse).quarantine_id, prefix], "released", by="lan", reason="đúng", now=NOW)
    assert case(warehouse).decision is None


def test_a_decision_needs_a_reason(warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QuarantineError, match="lý do"):
        decide(warehouse, [one(warehouse, case(warehouse).quarantine_id[:6]).quarantine_id], "released", by="lan", reason="  ", now=NOW)

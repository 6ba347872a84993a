"""The raw suites on a warehouse with one row for each fault: every check finds its own row and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from expectations.audit import AuditResult, audit, finish_raw_audit, unseen_rows
from expectations.quarantine import decide, held
from warehouse.schema import open_warehouse

pytestmark = pytest.mark.xdist_group("great-expectations")

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
OWNERS = {"muongkhuong": "lan@example.test"}
TITLE = "Huyện Mường Khương công bố kết quả giảm nghèo"
BODY = "Đến hết năm 2024, huyện có 6/15 xã đạt chuẩn nông thôn mới. Tỷ lệ hộ nghèo còn 21,4%, giảm 5,2% so với năm trước đó."
EVIDENCE = "6/15 xã đạt chuẩn nông thôn mới"
START = len(TITLE) + 1 + BODY.index(EVIDENCE)

ARTICLE_FAULTS: dict[str, dict[str, object]] = {
    "articles.title_length": {"title": "Tin"},
    "articles.body_length": {"body_text": "Xem chi tiết tại đây."},
    "articles.replacement_characters": {"body_text": BODY + " Tổng s\ufffd hộ giảm."},
    "articles.double_encoded": {"body_text": BODY + " Tá»· lá»‡ hộ nghèo."},
    "articles.vietnamese": {"body_text": "By the end of the year the district had six certified communes out of fifteen in total."},
    "articles.future_date": {"published_at": datetime(2026, 8, 1, tzinfo=UTC)},
    "articles.ancient_date": {"published_at": datetime(1970, 1, 1, tzinfo=UTC)},
}
CLAIM_FAULTS: dict[str, dict[str, object]] = {
    "claims.numerator_within_denominator": {"value": 16.0},
    "claims.share_is_possible": {"value": 120.0, "denominator": None, "unit": "percent"},
    "claims.plan_share_is_possible": {"value": 3200.0, "denominator": None, "unit": "percent", "measure": "plan_share"},
    "claims.level_is_not_negative": {"value": -6.0},
    "claims.range_is_ordered": {"value": 6.0, "value_high": 4.0},
    "claims.period_is_possible": {"as_of": datetime(2107, 12, 31, tzinfo=UTC).date()},
    "claims.span_holds_evidence": {"char_start": 0, "char_end": 10},
    "claims.confidence_is_a_share": {"confidence": 7.0},
    "claims.indicator_is_known": {"indicator": "ntm.commune.gold_plated"},
    "claims.programme_had_begun": {"as_of": date(2001, 12, 31)},
}
READING_FAULTS: dict[str, dict[str, object]] = {"extractions.read": {"error": "NameError: name '_WORD' is not defined"}}
ROW_FAULTS = {*ARTICLE_FAULTS, *CLAIM_FAULTS, *READING_FAULTS}
ELSEWHERE = {"claims.level_jumped", "claims.span_holds_the_number"}  # they need a past, or many claims: test_audit_trends.py


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    connection.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))


def article(version: str, **fault: object) -> dict[str, object]:
    return {
        "version_id": version, "article_id": f"a-{version}", "story_id": version, "portal_id": "muongkhuong", "run_id": "r", "capture_id": "c",
        "canonical_url": f"https://example.test/{version}", "url": f"https://example.test/{version}", "title": TITLE, "body_text": BODY,
        "published_at": datetime(2025, 1, 15, tzinfo=UTC), "fetched_at": NOW, "portal_area": "Huyện Mường Khương, Tỉnh Lào Cai", "load_id": 1, **fault,
    }  # fmt: skip


def claim(claim_id: str, **fault: object) -> dict[str, object]:
    return {
        "claim_id": claim_id, "version_id": "healthy", "article_id": "a-healthy", "portal_id": "muongkhuong", "extractor_version": "x",
        "kind": "achievement", "indicator": "ntm.commune.certified", "measure": "level", "op": "eq", "value": 6.0, "value_high": None,
        "denominator": 15.0, "unit": "commune", "as_of": datetime(2024, 12, 31, tzinfo=UTC).date(), "area": "Huyện Mường Khương, Tỉnh Lào Cai",
        "evidence": EVIDENCE, "char_start": START, "char_end": START + len(EVIDENCE), "confidence": 0.9, "load_id": 1, **fault,
    }  # fmt: skip


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path: Path = tmp_path_factory.mktemp("audit") / "w.duckdb"
    with open_warehouse(path) as connection:
        insert(connection, "raw.article", article("healthy"))
        insert(connection, "raw.claim", claim("healthy"))
        for check, fault in ARTICLE_FAULTS.items():
            insert(connection, "raw.article", article(check, **fault))
        for check, fault in CLAIM_FAULTS.items():
            insert(connection, "raw.claim", claim(check, **fault))
        for version, fault in {"read": {}, **READING_FAULTS}.items():
            reading = {"version_id": version, "portal_id": "muongkhuong", "extractor_version": "x", "load_id": 1}
            insert(connection, "raw.extraction", reading | fault)
        insert(connection, "raw.loaded_file", {"path": "p", "table_name": "claim", "load_id": 1, "rows_read": 1, "loaded_at": NOW})
        yield connection


@pytest.fixture(scope="module")
def result(connection: duckdb.DuckDBPyConnection) -> AuditResult:
    return audit("raw", connection, "b1", NOW, owners=OWNERS)


@pytest.mark.parametrize("check", sorted(ROW_FAULTS))
def test_each_check_finds_exactly_its_fault(result: AuditResult, check: str) -> None:
    by_id = {r.check.id: r for r in result.results}
    assert by_id[check].status == "failed"
    assert by_id[check].row_keys == (check,)


def test_no_shipped_row_check_is_without_a_fault_here(result: AuditResult) -> None:
    shipped = {r.check.id for r in result.results if r.suite.suite in ("articles", "claims", "extractions")}
    assert shipped == ROW_FAULTS | ELSEWHERE


def test_the_suites_about_a_past_are_silent_where_there_is_none(result: AuditResult) -> None:
    failed = {r.check.id for r in result.results if r.status != "passed"}
    # the faults of claims change the value and not the evidence
    assert failed == ROW_FAULTS | {"claims.span_holds_the_number"}


def test_quarantine_says_why_and_where(connection: duckdb.DuckDBPyConnection, result: AuditResult) -> None:
    row = connection.execute(
        "select source_table, source_id, reason_vi, evidence, portal_id, url from ops.quarantine where rule = 'claims.numerator_within_denominator'"
    ).fetchone()
    assert row == (
        "raw.claim", "claims.numerator_within_denominator", "Tử số lớn hơn mẫu số (ví dụ 9/7 xã)", EVIDENCE, "muongkhuong", "https://example.test/healthy",
    )  # fmt: skip
    assert result.quarantined == len(ARTICLE_FAULTS) + len(CLAIM_FAULTS) - 4  # four checks only warn, or stop the layer


def test_only_checks_that_neither_quarantine_nor_warn_block(result: AuditResult) -> None:
    assert result.blocking == ["claims.confidence_is_a_share", "extractions.read"]


def test_results_and_alerts_are_rows(connection: duckdb.DuckDBPyConnection, result: AuditResult) -> None:
    counts = connection.execute(
        "select count(*), count(*) filter (where not success) from ops.check_result where build_id = 'b1'"
    ).fetchone()
    assert counts == (len(result.results), result.failed)
    alert = connection.execute(
        "select title_vi, status, evidence, owner, url from ops.alert where fingerprint = 'check:articles.future_date:muongkhuong'"
    ).fetchone()
    assert alert is not None
    assert alert[:2] == ("Ngày đăng bài nằm trong tương lai (cổng muongkhuong)", "open")
    assert alert[3:] == ("lan@example.test, scraping", "https://example.test/articles.future_date")
    assert TITLE in alert[2]
    sample = connection.execute("select unexpected_sample from ops.check_result where check_key = 'articles.future_date'").fetchone()
    assert sample is not None
    assert json.loads(sample[0]) == ["articles.future_date"]


def open_alerts(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.execute("select fingerprint from ops.alert where status <> 'resolved'").fetchall()}


def test_after_a_finished_audit_old_rows_are_not_read_again_and_rows_that_wait_keep_their_alert(
    connection: duckdb.DuckDBPyConnection, result: AuditResult
) -> None:
    assert result.failed
    assert unseen_rows(connection)
    finish_raw_audit(connection)
    assert not unseen_rows(connection)
    before = open_alerts(connection)
    assert audit("raw", connection, "b2", NOW, owners=OWNERS).failed == 0
    assert before - open_alerts(connection) == {"check:claims.confidence_is_a_share", "check:extractions.read"}  # they stopped the layer
    held = connection.execute("select count(*) from ops.quarantine where decision is null").fetchone()
    assert held == (result.quarantined,)


def test_an_alert_about_held_rows_ends_when_all_of_them_were_decided_about(
    connection: duckdb.DuckDBPyConnection, result: AuditResult
) -> None:
    assert result.failed
    (case,) = held(connection, rule="articles.future_date")
    decide(connection, [case.quarantine_id], "rejected", by="lan", reason="ngày sai", now=NOW)
    audit("raw", connection, "b3", NOW, owners=OWNERS)
    still = open_alerts(connection)
    assert "check:articles.future_date:muongkhuong" not in still
    assert "check:articles.title_length:muongkhuong" in still

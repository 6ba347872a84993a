"""The state of every portal, from what is in raw: also of those whose runs end well and bring nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from muctieu.records import Article, Run
from warehouse.schema import open_warehouse
from warehouse.source_health import SourceHealth, record_source_health

NOW = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path / "w.duckdb") as connection:
        yield connection


def insert(db: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    db.execute(f"insert into raw.{table} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))


def a_run(db: duckdb.DuckDBPyConnection, outcome: str, days_ago: float, **changes: object) -> None:
    at = NOW - timedelta(days=days_ago)
    counts = {"listings": 1, "links": 9, "requests": 12, "fetched": 9, "not_modified": 0, "failed": 1}
    counts |= {"new_articles": 0, "new_versions": 0, "rejected": 0}
    run = asdict(Run(f"r{days_ago}{outcome}", "sonla", at, at + timedelta(minutes=1), outcome, message="Vì sao", **counts))  # type: ignore[arg-type]
    insert(db, "run", run | {"load_id": 1} | changes)


def an_article(db: duckdb.DuckDBPyConnection, name: str, days_ago: float, version: str = "1", claims: int | None = None) -> None:
    at = NOW - timedelta(days=days_ago)
    article = Article(
        f"{name}-{version}", name, name, "sonla", "r", f"c-{name}-{version}", f"http://x/{name}", f"http://x/{name}", name, None, "…",
        None, None, at, None, "page", "Tỉnh Sơn La", [], at + timedelta(hours=int(version)), "x/1",
    )  # fmt: skip
    insert(db, "article", asdict(article) | {"load_id": 1})
    if claims is not None:
        values = {"version_id": article.version_id, "article_id": name, "portal_id": "sonla", "extractor_version": "1", "claims": claims}
        insert(db, "extraction", values | {"load_id": 1})


def only(db: duckdb.DuckDBPyConnection, bound: float = 30) -> SourceHealth:
    rows = record_source_health(db, {"sonla": bound}, NOW, "b1")
    assert len(rows) == 1
    return rows[0]


def test_a_healthy_portal_with_its_figures(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "ok", 1)
    a_run(db, "unreachable", 3, fetched=0, failed=10)
    an_article(db, "moi", 2, claims=4)
    an_article(db, "moi", 2, version="2", claims=6)  # an edited article is one article, with the claims of its newest version
    for days in (10, 20, 30):
        an_article(db, f"cu{days}", days, claims=0)
    an_article(db, "rat-cu", 400)
    row = only(db)
    assert (row.status, row.articles_7d, row.expected_per_week) == ("healthy", 1, 0.25)
    assert row.last_run_at == NOW - timedelta(days=1)
    assert row.last_success_at == NOW - timedelta(days=1) + timedelta(minutes=1)
    assert row.last_article_at == NOW - timedelta(days=2)
    assert row.fetch_success_rate == pytest.approx(9 / 20)
    assert row.claims_per_article == pytest.approx(6 / 4)
    assert "1 bài trong 7 ngày" in row.message_vi
    assert "5 in all" in row.message_en


@pytest.mark.parametrize("outcome", ["broken", "blocked", "unreachable"])
def test_the_last_run_could_not_read_the_portal(db: duckdb.DuckDBPyConnection, outcome: str) -> None:
    a_run(db, "ok", 4)
    a_run(db, outcome, 1, requests=0)
    an_article(db, "moi", 2)
    row = only(db)
    assert row.status == outcome
    assert row.last_success_at == NOW - timedelta(days=4) + timedelta(minutes=1)
    assert "10:01 01/09/2026" in row.message_vi  # in Hanoi
    assert "Vì sao" in row.message_vi


def test_runs_that_end_well_and_bring_nothing_are_silence(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "ok", 1)
    an_article(db, "cu", 31.5)
    assert only(db, bound=30).status == "silent"
    assert "31 ngày" in only(db, bound=30).message_vi
    assert only(db, bound=32).status == "healthy"


def test_an_article_dated_in_the_future_does_not_hide_silence(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "ok", 1)
    an_article(db, "cu", 50)
    an_article(db, "mai", -20)
    row = only(db)
    assert (row.status, row.articles_7d) == ("silent", 0)


def test_a_portal_that_nobody_asks_is_unknown_whatever_its_last_run_said(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "ok", 9)
    an_article(db, "moi", 2)
    row = only(db)
    assert (row.status, row.message_vi) == ("unknown", "Không có lượt chạy nào trong 9 ngày qua.")


def test_a_degraded_run_says_why(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "degraded", 1)
    an_article(db, "moi", 2)
    assert (only(db).status, only(db).message_vi) == ("degraded", "Vì sao")


def test_replays_and_imports_are_no_visits(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "broken", 2)
    a_run(db, "ok", 1, requests=0)  # as replay and import write their runs
    assert only(db).status == "broken"


def test_every_portal_has_a_row_a_build_and_a_build_again_replaces_its_own(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "ok", 1)
    an_article(db, "moi", 2)
    for build in ("b1", "b1", "b2"):
        record_source_health(db, {"chua-chay": 30}, NOW, build)
    rows = db.execute("select build_id, portal_id, status, message_vi from ops.source_health order by all").fetchall()
    once = [("chua-chay", "unknown", "Chưa có lượt chạy nào."), ("sonla", "healthy", "1 bài trong 7 ngày qua, 1 bài tất cả.")]
    assert rows == [(build, *row) for build in ("b1", "b2") for row in once]


def test_an_imported_archive_alone_says_so(db: duckdb.DuckDBPyConnection) -> None:
    a_run(db, "ok", 1, requests=0)
    an_article(db, "cu", 900)
    row = only(db)
    assert (row.status, row.last_run_at) == ("unknown", None)
    assert "nạp từ tệp" in row.message_vi

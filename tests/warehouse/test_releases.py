"""A row that a check holds back, through real builds: released it reaches the published file by an incremental build, rejected never."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import settings_in
from corpus import BINH_LIEU, piece, result
from samples import write_lake
from typer.testing import CliRunner

from expectations.audit import finish_raw_audit
from expectations.quarantine import held
from muctieu import tasks
from muctieu.cli import app
from muctieu.lake import Lake
from muctieu.settings import Settings
from warehouse.build import BuildResult
from warehouse.schema import open_warehouse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # two dbt builds beside that of the session

# nine of seven: the second is the slip of a typist, the first what the office meant (communes of today, of the plan of before)
RELEASED = piece(
    BINH_LIEU,
    "chin-tren-bay",
    "Huyện vượt kế hoạch xây dựng nông thôn mới",
    "Đến 31/12/2023 có 9/7 xã đạt chuẩn nông thôn mới, vượt kế hoạch của cả nhiệm kỳ.",
    "2024-01-05",
    [result("9/7 xã", "ntm.commune.certified", 9, "2023-12-31", denominator=7, unit="commune")],
)
REJECTED = piece(
    BINH_LIEU,
    "tam-tren-sau",
    "Huyện có thêm sản phẩm OCOP",
    "Đến 30/6/2024 có 8/6 sản phẩm đạt từ ba sao trở lên theo đánh giá của tỉnh.",
    "2024-07-05",
    [result("8/6 sản phẩm", "ocop.product.certified", 8, "2024-06-30", denominator=6, unit="product")],
)


@pytest.fixture
def home(built: tuple[Settings, BuildResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The built corpus, published, as an installation of one's own; everything in it was audited."""
    settings = settings_in(tmp_path)
    settings.warehouse.parent.mkdir(parents=True)
    shutil.copyfile(built[0].warehouse, settings.warehouse)
    shutil.copytree(built[0].home / "dbt", settings.home / "dbt")
    (tmp_path / "portals").mkdir()
    for name in ("MUCTIEU_LAKE", "MUCTIEU_WAREHOUSE", "MUCTIEU_PUBLISHED", "MUCTIEU_REPORTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path))
    monkeypatch.setenv("MUCTIEU_PORTALS", str(tmp_path / "portals"))
    monkeypatch.setenv("MUCTIEU_USER", "lan")
    with open_warehouse(settings.warehouse) as connection:
        connection.execute("delete from ops.quarantine")
        finish_raw_audit(connection)
    return settings


def build(build_id: str) -> str:
    """The tasks of the build DAG in their order. What transform says that it did."""
    tasks.load(build_id)
    audits = [tasks.audit("raw", build_id)]
    summary = str(tasks.transform(build_id)["summary"])
    audits.append(tasks.audit("marts", build_id))
    tasks.publish(build_id, audits)
    return summary


def published(settings: Settings, where: str) -> int:
    with duckdb.connect(str(settings.current), read_only=True) as connection:
        found = connection.execute(f"select count(*) from marts.fct_achievement where {where}").fetchone()
    assert found is not None
    return int(found[0])


def say(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["quarantine", *arguments], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


def test_released_it_is_published_by_an_incremental_build_rejected_never(home: Settings) -> None:
    lake = Lake(home.lake)
    write_lake(lake, [RELEASED, REJECTED], run="r9", extractor="1.0.0-sample")
    assert "dựng tiếp 2 bài" in build("b1")
    assert published(home, "denominator in (7, 6)") == 0
    with open_warehouse(home.warehouse) as connection:
        rows = {row.evidence: row for row in held(connection)}
    assert {e: r.rule for e, r in rows.items()} == dict.fromkeys(("9/7 xã", "8/6 sản phẩm"), "claims.numerator_within_denominator")
    assert not tasks.anything_new()

    said = say("release", rows["9/7 xã"].quarantine_id[:8], "--reason", "hai xã mới tách, QĐ 1234")
    assert "Đã thả 1 dòng" in said
    say("reject", rows["8/6 sản phẩm"].quarantine_id[:8], "--reason", "gõ nhầm")
    assert tasks.anything_new(), "a decision alone gives the build work"
    assert "dựng tiếp 1 bài" in build("b2")
    assert published(home, "denominator = 7 and value = 9 and area_code = '198'") == 1
    assert published(home, "denominator = 6") == 0
    with duckdb.connect(str(home.current), read_only=True) as connection:
        decisions = connection.execute("select decision_vi, row_count from bi.quarantine order by 1").fetchall()
    assert decisions == [("Đã loại", 1), ("Đã thả", 1)]
    assert not tasks.anything_new()

    assert "đã thả bởi lan" in say("show", rows["9/7 xã"].quarantine_id[:8])
    assert "đã loại bởi lan" in say("show", rows["8/6 sản phẩm"].quarantine_id[:8])

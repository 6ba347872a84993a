"""`muctieu heartbeat`: somebody hears that everything stands still, although nothing of ours runs; and that it goes on again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from receivers import MailServer, mail_server, part
from typer.testing import CliRunner, Result

from expectations import heartbeat
from muctieu import tasks
from muctieu.cli import app
from muctieu.settings import read_settings
from warehouse.schema import open_warehouse


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, mails: MailServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "portals").mkdir()
    for name in ("MUCTIEU_LAKE", "MUCTIEU_WAREHOUSE", "MUCTIEU_REPORTS", "MUCTIEU_ROUTES", "MUCTIEU_MAINTAINER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path))
    monkeypatch.setenv("MUCTIEU_PORTALS", str(tmp_path / "portals"))
    monkeypatch.setenv("MUCTIEU_SMTP_URL", mails.url)
    return tmp_path


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["heartbeat", *arguments], catch_exceptions=False)


def build(build_id: str, outcome: str = "ok", states: dict[str, str] | None = None) -> None:
    """What the tasks of a build leave in ops.run, and its digest."""
    with open_warehouse(read_settings().warehouse) as connection:
        for step, ended in (("load", "ok"), ("transform", outcome)):
            connection.execute(
                "insert into ops.run (run_id, build_id, step, started_at, outcome) values (?, ?, ?, now(), ?)",
                [f"{build_id}-{step}", build_id, step, ended],
            )
    tasks.digest(build_id, "build_warehouse", states or {"load": "success", "transform": "success"})


def age(home: Path, hours: float) -> None:
    heartbeat.leave(home / "reports", "b-old", datetime.now(UTC) - timedelta(hours=hours))


def test_a_build_that_ended_well_is_a_sign_of_life(home: Path) -> None:
    assert (ask().exit_code, "chưa có lượt dựng kho nào" in ask().output) == (3, True)
    build("b1")
    assert json.loads((home / "reports" / "heartbeat.json").read_text(encoding="utf-8"))["build_id"] == "b1"
    found = ask()
    assert (found.exit_code, found.output.startswith("CÒN CHẠY")) == (0, True)
    assert len(found.output.splitlines()) == 1, "monitoring systems show one line"


@pytest.mark.parametrize(("outcome", "states"), [("failed", None), ("refused", None), ("ok", {"load": "success", "report": "failed"})])
def test_a_build_that_failed_is_none(home: Path, outcome: str, states: dict[str, str] | None) -> None:
    build("b1", outcome, states)
    assert not (home / "reports" / "heartbeat.json").exists()


def test_a_scraping_run_is_none(home: Path) -> None:
    tasks.portal_digest("x", "r1", "scrape_x", {"scrape": "success"})
    assert not (home / "reports" / "heartbeat.json").exists()


def test_its_age_is_told_by_the_exit_code_without_the_warehouse(home: Path) -> None:
    age(home, 26)
    assert ask().exit_code == 0
    assert ask("--hours", "25").exit_code == 2
    age(home, 28)
    found = ask()
    assert (found.exit_code, found.output.startswith("ĐỨNG YÊN")) == (2, True)
    assert not (home / "warehouse").exists()


def test_a_mark_that_cannot_be_read_is_no_sign_of_life(home: Path) -> None:
    age(home, 1)
    (home / "reports" / "heartbeat.json").write_text("{", encoding="utf-8")
    assert ask().exit_code == 3


def test_a_standstill_is_told_once_and_its_end_too(home: Path, mails: MailServer) -> None:
    age(home, 50)
    for _ in range(3):  # cron looks every hour
        assert ask("--tell").exit_code == 2
    (mail,) = mails.mails
    assert mail["Subject"] == "[muctieu] Lỗi: Cả hệ thống đứng yên: 50 giờ không có lượt dựng kho nào xong"
    assert "DAG build_warehouse có bị tạm dừng không" in part(mail, "plain")
    assert len(list((home / "lake" / "incidents").glob("2*/*.json"))) == 1
    build("b2")
    assert ask("--tell").exit_code == 0
    with open_warehouse(read_settings().warehouse) as connection:
        assert connection.execute("select fingerprint, status, occurrences from ops.alert").fetchall() == [
            ("heartbeat:build", "resolved", 1)
        ]
    assert len(mails.mails) == 2
    assert "Đã hết" in mails.mails[1]["Subject"]
    build("b3")
    assert len(mails.mails) == 2

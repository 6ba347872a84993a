"""Callbacks of Airflow: kept in the lake whatever the warehouse and the mail server do, told at once, and never told twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from receivers import MailServer, mail_server, part

from muctieu import callbacks, tasks
from muctieu.errors import PortalFailed, PublishingRefused
from muctieu.settings import read_settings
from warehouse.schema import open_warehouse

PORTAL = """
id: sonla
name: Sơn La
areas: [{name: "Tỉnh Sơn La"}]
hosts: [{host: sonla.test}]
maintainers: [{name: Lan, email: lan@sonla.test}, {name: Hoa, email: hoa@sonla.test}]
platform: generic
listings: [{url: "https://sonla.test/tin"}]
"""


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, mails: MailServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of one's own with one portal and a mail server."""
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "sonla.yml").write_text(PORTAL, encoding="utf-8")
    monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path))
    monkeypatch.setenv("MUCTIEU_PORTALS", str(tmp_path / "portals"))
    monkeypatch.setenv("MUCTIEU_SMTP_URL", mails.url)
    for name in (
        "MUCTIEU_LAKE",
        "MUCTIEU_WAREHOUSE",
        "MUCTIEU_ROUTES",
        "MUCTIEU_MAINTAINER",
        "MUCTIEU_ALERT_CHAT_URL",
        "MUCTIEU_ALERT_WEBHOOK_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    with open_warehouse(read_settings().warehouse):
        pass
    return tmp_path


def failed(error: Exception | None, task: str = "transform", dag: str = "build_warehouse", run: str = "r1", map_index: int = -1) -> None:
    """What Airflow calls."""

    class Instance:
        dag_id, task_id, run_id = dag, task, run

    Instance.map_index = map_index  # type: ignore[attr-defined]
    callbacks.task_failed({"ti": Instance(), "run_id": run, "exception": error})


def alerts(where: str = "true") -> list[tuple[str, str]]:
    with open_warehouse(read_settings().warehouse) as connection:
        return connection.execute(f"select fingerprint, status from ops.alert where {where} order by 1").fetchall()


def to(mails: MailServer) -> list[str]:
    return sorted(address for addresses in mails.recipients for address in addresses)


def test_a_failed_step_is_told_at_once_to_whose_step_it_is_with_a_likely_cause(mails: MailServer) -> None:
    failed(OSError("[Errno 28] No space left on device"))
    assert to(mails) == ["warehouse@muctieu.example"]
    text = part(mails.mails[0], "plain")
    assert "Bước transform của build_warehouse bị lỗi" in text
    assert "Đĩa đã đầy." in text


def test_it_is_told_while_another_process_holds_the_warehouse(mails: MailServer) -> None:
    with open_warehouse(read_settings().warehouse):
        failed(RuntimeError("x"))
    assert len(mails.mails) == 1


def test_it_is_told_when_the_warehouse_is_damaged_and_the_failing_digest_adds_nothing(mails: MailServer) -> None:
    read_settings().warehouse.write_text("no database", encoding="utf-8")
    failed(duckdb.IOException("not a valid DuckDB database file"), "load")
    with pytest.raises(duckdb.IOException):
        tasks.digest("r1", "build_warehouse", {"load": "failed"})
    failed(duckdb.IOException("not a valid DuckDB database file"), "digest")
    assert len(mails.mails) == 1
    assert "DuckDB bị hỏng" in part(mails.mails[0], "plain")


def test_the_digest_after_it_knows_that_it_was_told(mails: MailServer) -> None:
    failed(RuntimeError("x"))
    result = tasks.digest("r1", "build_warehouse", {"load": "success", "transform": "failed", "publish": "upstream_failed"})
    assert alerts() == [("task:build_warehouse:transform", "open")]
    assert (len(mails.mails), result["told"]) == (1, 0)


def test_the_same_failure_in_the_next_run_is_not_told_again_its_end_is(mails: MailServer) -> None:
    for run in ("r1", "r2"):
        failed(RuntimeError("x"), run=run)
        tasks.digest(run, "build_warehouse", {"transform": "failed"})
    assert len(mails.mails) == 1
    with open_warehouse(read_settings().warehouse) as connection:
        assert connection.execute("select occurrences from ops.alert").fetchone() == (2,)
    tasks.digest("r3", "build_warehouse", {"transform": "success"})
    assert [m["Subject"] for m in mails.mails][1:] == ["[muctieu] Đã hết: Bước transform của build_warehouse bị lỗi"]
    failed(RuntimeError("x"), run="r4")
    assert len(mails.mails) == 3, "what was over and is back is told at once"


def test_a_killed_process_runs_no_callback_and_is_told_by_the_digest(mails: MailServer) -> None:
    tasks.digest("r1", "build_warehouse", {"extract_0": "failed", "extract_1": "success", "load": "upstream_failed"})
    assert alerts() == [("task:build_warehouse:extract", "open")]
    assert "1 trong 2 phần hỏng" in part(mails.mails[0], "plain")


def test_hundred_mapped_failures_are_one_mail_of_the_digest(mails: MailServer) -> None:
    for index in range(20):
        failed(RuntimeError(f"tệp {index}"), "extract", map_index=index)
    assert not mails.mails
    tasks.digest("r1", "build_warehouse", {f"extract_{n}": "failed" for n in range(20)})
    assert to(mails) == ["extraction@muctieu.example"]
    assert alerts() == [("task:build_warehouse:extract", "open")]


def test_a_broken_portal_is_one_alert_of_its_maintainers_not_a_failed_task_too(mails: MailServer) -> None:
    failed(PortalFailed("sonla", "broken", "0 trong 12 bài", "sonla-1"), "scrape", "scrape_sonla")
    assert to(mails) == ["hoa@sonla.test", "lan@sonla.test"]
    tasks.portal_digest("sonla", "r1", "scrape_sonla", {"scrape": "failed", "announce": "upstream_failed"})
    assert alerts() == [("portal:sonla:broken", "open")]
    assert len(mails.mails) == 2


def test_a_portal_that_is_down_waits_for_the_digest_of_the_build(mails: MailServer) -> None:
    failed(PortalFailed("sonla", "unreachable", "HTTP 503", "sonla-1"), "scrape", "scrape_sonla")
    tasks.portal_digest("sonla", "r1", "scrape_sonla", {"scrape": "failed"})
    assert not mails.mails
    tasks.digest("b1", "build_warehouse", {"load": "success"})
    assert to(mails) == ["hoa@sonla.test", "lan@sonla.test"]


def test_a_refused_release_names_the_checks(mails: MailServer) -> None:
    failed(PublishingRefused(["claims.confidence_is_a_share"]), "publish")
    assert "claims.confidence_is_a_share" in part(mails.mails[0], "plain")
    tasks.digest("r1", "build_warehouse", {"publish": "failed"})
    assert alerts() == [("publish:refused", "open")]


def test_a_late_run_is_told_at_once_and_is_over_when_a_later_one_is_in_time(mails: MailServer) -> None:
    callbacks.deadline_missed("scrape_sonla", 180, context={"dag_run": {"dag_run_id": "r1"}})
    assert "scrape_sonla chạy quá hạn 180 phút" in part(mails.mails[0], "plain")
    assert to(mails) == ["hoa@sonla.test", "lan@sonla.test"]
    tasks.portal_digest("sonla", "r1", "scrape_sonla", {"scrape": "success"})
    assert alerts() == [("deadline:scrape_sonla", "open")], "its own late end is no good news"
    tasks.portal_digest("sonla", "r2", "scrape_sonla", {"scrape": "success"})
    assert alerts() == [("deadline:scrape_sonla", "resolved")]


def test_a_dead_mail_server_keeps_it_for_the_digest(mails: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUCTIEU_SMTP_URL", "smtp://127.0.0.1:9")
    failed(RuntimeError("x"))
    assert tasks.digest("r1", "build_warehouse", {"transform": "failed"})["waiting"] == 1
    monkeypatch.setenv("MUCTIEU_SMTP_URL", mails.url)
    with open_warehouse(read_settings().warehouse) as connection:
        connection.execute("update ops.outbox set next_try_at = created_at")
    assert tasks.digest("r2", "build_warehouse", {"load": "success"})["sent"] == 1
    assert to(mails) == ["warehouse@muctieu.example"]


@pytest.mark.parametrize("broken", ["routes", "portals", "smtp"])
def test_a_callback_survives_wrong_settings_and_the_incident_is_kept(
    broken: str, installation: Path, monkeypatch: pytest.MonkeyPatch, mails: MailServer
) -> None:
    if broken == "portals":
        (installation / "portals" / "sonla.yml").write_text("id: [", encoding="utf-8")
    else:
        monkeypatch.setenv(*{"routes": ("MUCTIEU_ROUTES", "/nowhere.yml"), "smtp": ("MUCTIEU_SMTP_URL", "ftp://x")}[broken])
    failed(RuntimeError("x"))
    assert len(list((installation / "lake" / "incidents").rglob("*.json"))) == 1 + (broken == "portals")  # told as well
    assert len(mails.mails) == (broken == "portals")


def test_what_nobody_reads_goes_to_whoever_runs_this(mails: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped addresses are placeholders."""
    monkeypatch.setenv("MUCTIEU_MAINTAINER", "toi@minh.test")
    failed(RuntimeError("x"))
    failed(PortalFailed("sonla", "broken", "", "s1"), "scrape", "scrape_sonla")
    assert to(mails) == ["hoa@sonla.test", "lan@sonla.test", "toi@minh.test"]

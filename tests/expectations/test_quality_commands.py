"""`muctieu quarantine` and `muctieu alerts` as people type them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from receivers import MailServer, mail_server
from test_audit_raw import article, insert
from typer.testing import CliRunner

from expectations.alerts import Problem
from expectations.audit import audit, update_alerts
from muctieu.cli import app
from muctieu.commands import quality
from muctieu.errors import UserError
from warehouse.schema import open_warehouse

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, mails: MailServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path))
    monkeypatch.setenv("MUCTIEU_SMTP_URL", mails.url)
    monkeypatch.setenv("MUCTIEU_USER", "lan")
    monkeypatch.setattr(quality.console, "width", 200)  # it asked for COLUMNS when an earlier test imported it
    for name in ("MUCTIEU_LAKE", "MUCTIEU_WAREHOUSE", "MUCTIEU_ROUTES", "MUCTIEU_MAINTAINER"):
        monkeypatch.delenv(name, raising=False)
    with open_warehouse(tmp_path / "warehouse" / "muctieu.duckdb") as connection:
        insert(connection, "raw.article", article("short", title="Tin"))
        audit("raw", connection, "b1", NOW, owners={"muongkhuong": "chi@muongkhuong.test"})
        problem = Problem("portal:x:broken", "error", "source", "x", "chi@x.test", "Cổng [bold]x[/bold] hỏng", "x", "Sửa.", "Mend.")
        update_alerts(connection, [problem], set(), NOW, "b1")
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def ask(home: Path, sql: str) -> list[tuple[str, ...]]:
    with duckdb.connect(str(home / "warehouse" / "muctieu.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_from_the_list_to_a_decision(home: Path) -> None:
    ((case,),) = ask(home, "select quarantine_id from ops.quarantine")
    assert "Tiêu đề bài viết quá ngắn hoặc quá dài" in run("quarantine", "list", "--portal", "muongkhuong")
    shown = run("quarantine", "show", case[:8])
    assert "https://example.test/short" in shown
    assert "quarantine release" in shown
    run("quarantine", "release", case[:8], "--reason", "đúng là ngắn")
    assert ask(home, "select decision, decided_by, decision_reason from ops.quarantine") == [("released", "lan", "đúng là ngắn")]
    assert "Không có dòng nào" in run("quarantine", "list")
    assert "đã thả" in run("quarantine", "list", "--all")
    run("quarantine", "reject", case[:8], "--reason", "xem lại: là nhãn của chuyên mục", "--by", "minh")
    assert ask(home, "select decision, decided_by from ops.quarantine") == [("rejected", "minh")]


def test_alerts_are_listed_taken_and_sent(home: Path, mails: MailServer) -> None:
    listed = run("alerts", "list")
    assert "Cổng [bold]x[/bold] hỏng" in listed, "markup of a page is text on the terminal, too"
    assert listed.index("Cổng") < listed.index("Tiêu đề"), "sorted by severity, then age"
    ((alert,),) = ask(home, "select alert_id from ops.alert where subject = 'x'")
    assert "2 cảnh báo được báo" in run("alerts", "send")
    assert sorted(to[0] for to in mails.recipients) == ["chi@muongkhuong.test", "chi@x.test", "scraping@muctieu.example"]
    run("alerts", "ack", alert[:8], "--reason", "đang sửa")
    shown = run("alerts", "show", alert[:8])
    assert "lan đã nhận: đang sửa" in shown
    assert "email chi@x.test: sent" in shown


def test_a_test_message_shows_that_a_channel_works(home: Path, mails: MailServer) -> None:
    assert home.exists()
    run("alerts", "send", "--test", "toi@minh.test")
    assert mails.recipients == [["toi@minh.test"]]


def test_while_a_build_holds_the_warehouse_the_command_says_so(home: Path) -> None:
    import subprocess
    import sys

    path = home / "warehouse" / "muctieu.duckdb"
    hold = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="tiến trình khác"):
            run("quarantine", "list")
        holder.stdin.close()


def test_before_anything_was_built_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path / "empty"))
    with pytest.raises(UserError, match="make run"):
        run("alerts", "list")

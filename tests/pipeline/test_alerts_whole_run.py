"""A broken portal through Airflow itself: the alert, the mail over real SMTP although a task before it failed, and its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import duckdb
import pytest
from test_whole_run import start

from muctieu.settings import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tests" / "expectations"))
from receivers import MailServer, mail_server, part

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("whole-run")]

PORTALS = ("demo-hanoi", "demo-lamdong", "demo-sonla")


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def run(home: Path, mails: MailServer, *arguments: str) -> tuple[int, str]:
    """One run as a user starts it, on three portals, with a mail server. Exit status and what it printed."""
    chosen = [f"--portal={p}" for p in PORTALS]
    process = start(home, *chosen, *arguments, MUCTIEU_SMTP_URL=mails.url, MUCTIEU_BASE_URL="https://muctieu.test")
    output, _ = process.communicate(timeout=600)
    return process.returncode, output


def alerts(home: Path) -> dict[str, str]:
    with duckdb.connect(str(home / "warehouse" / "muctieu.duckdb"), read_only=True) as connection:
        return dict(connection.execute("select fingerprint, status from ops.alert where severity <> 'info'").fetchall())


def subjects(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["Subject"]) for mail in mails]


def test_a_broken_portal_and_a_failed_task_are_told_and_their_end_is(tmp_path: Path, mails: MailServer) -> None:
    # two portals are broken, and publishing fails: where its folder belongs there is a file
    (tmp_path / "published").write_text("in the way", encoding="utf-8")
    status, output = run(tmp_path, mails, "--break", "redesign:demo-sonla", "--break", "down:demo-lamdong")
    assert status == 1, output[-2000:]
    assert alerts(tmp_path) == {
        "portal:demo-sonla:broken": "open",
        "portal:demo-lamdong:unreachable": "open",
        "task:build_warehouse:publish": "open",
    }, output[-2000:]
    (hers,) = mails.to("sonla@muctieu.example")  # an error: at once, and by the digest not again
    assert "trang không còn đọc được" in str(hers["Subject"])
    text = part(hers, "plain")
    for word in ("Thấy gì", "Vì sao", "Cần làm", "muctieu portal check demo-sonla", "https://muctieu.test/status.html#demo-sonla"):
        assert word in text, word
    (warned,) = mails.to("lamdong@muctieu.example")  # a warning: by the digest of the build, although publishing failed before it
    assert "không kết nối được" in str(warned["Subject"])
    (published,) = mails.to("warehouse@muctieu.example")
    assert "Bước publish của build_warehouse" in str(published["Subject"])
    assert "in the way" not in part(published, "plain")
    assert not (tmp_path / "reports" / "heartbeat.json").exists()

    told = len(mails.mails)
    (tmp_path / "published").unlink()
    status, output = run(tmp_path, mails)
    assert status == 0, output[-2000:]
    assert set(alerts(tmp_path).values()) == {"resolved"}
    for address in ("sonla@muctieu.example", "lamdong@muctieu.example", "warehouse@muctieu.example"):
        (*_, last) = mails.to(address)
        assert "Đã hết" in str(last["Subject"]), (address, subjects(mails.to(address)))
        assert len(mails.to(address)) == 2
    assert len(mails.mails) > told
    assert (tmp_path / "reports" / "heartbeat.json").exists()

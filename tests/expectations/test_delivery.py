"""Alerts go out over real SMTP and HTTP: to the right people, once, and nothing of a web page gets out of its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import duckdb
import pytest
from receivers import HookServer, MailServer, hook_server, mail_server, part

from expectations.alerts import Alert, Problem, acknowledge
from expectations.audit import read_alerts, update_alerts, write_alerts
from expectations.desk import Desk, Digest, open_desk, run_digest, weekly_digest
from expectations.messages import for_chat, one_line, safe_url
from expectations.transports import Apprise, NotSent, Outgoing, Smtp, TransportError, email_of
from muctieu.settings import read_settings
from warehouse.schema import open_warehouse

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # 08:30 in Hanoi
HOUR = timedelta(hours=1)
LAN = "lan@sonla.test"

ROUTES = """
default: data
maintainers:
  data: {name: Nhóm dữ liệu, email: data@muctieu.test}
  extraction: {name: Trích xuất, email: minh@muctieu.test}
channels:
  webhook: {url_env: TEST_WEBHOOK}
routes:
  - {when: {severity: [error]}, channels: [webhook]}
"""


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hooks() -> Iterator[HookServer]:
    with hook_server() as server:
        yield server


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path / "w.duckdb") as connection:
        yield connection


@pytest.fixture
def desk(tmp_path: Path, mails: MailServer, hooks: HookServer) -> Desk:
    (tmp_path / "routes.yml").write_text(ROUTES, encoding="utf-8")
    environment = {
        "MUCTIEU_HOME": str(tmp_path), "MUCTIEU_ROUTES": str(tmp_path / "routes.yml"), "MUCTIEU_SMTP_URL": mails.url,
        "MUCTIEU_MAIL_FROM": "muctieu <canhbao@muctieu.test>", "MUCTIEU_BASE_URL": "https://muctieu.test/", "TEST_WEBHOOK": hooks.url + "/h",
    }  # fmt: skip
    return open_desk(read_settings(environment), environment)


def problem(fingerprint: str = "portal:sonla:broken", **changes: object) -> Problem:
    base = Problem(
        fingerprint, "error", "source", "sonla", LAN, "Cổng Sơn La: trang không còn đọc được", "Portal Sơn La: pages cannot be read",
        "Chạy `muctieu portal check sonla`.", "Run the check.", "0 trong 12 bài có nội dung", "https://sonla.test/tin", "Cổng đổi giao diện.",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def see(
    warehouse: duckdb.DuckDBPyConnection, *problems: Problem, examined: set[str] | None = None, now: datetime = NOW, build: str = "b1"
) -> None:
    update_alerts(warehouse, problems, examined or set(), now, build)


def digest(warehouse: duckdb.DuckDBPyConnection, desk: Desk, now: datetime = NOW, build: str = "b1", **options: bool) -> Digest:
    return run_digest(warehouse, desk, now, build, **options)


def alert(warehouse: duckdb.DuckDBPyConnection) -> Alert:
    (found,) = read_alerts(warehouse)
    return found


def test_a_mail_says_in_both_languages_what_broke_why_what_to_do_and_where_to_look(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer
) -> None:
    see(warehouse, problem())
    assert digest(warehouse, desk).delivery.sent == 2  # Lan's mail and the webhook
    (mail,) = mails.mails
    assert mails.recipients == [[LAN]]
    assert mail["Subject"] == "[muctieu] Lỗi: Cổng Sơn La: trang không còn đọc được"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"].addresses[0].addr_spec == "canhbao@muctieu.test"
    for text in (part(mail, "plain"), part(mail, "html")):
        for expected in (
            "0 trong 12 bài có nội dung", "Cổng đổi giao diện.", "muctieu portal check sonla", "08:30 02/03/2026", "1 error",
            "https://sonla.test/tin", "https://muctieu.test/status.html#sonla", alert(warehouse).alert_id[:8],
        ):  # fmt: skip
            assert expected in text, expected


def test_the_webhook_gets_the_alert_as_data(warehouse: duckdb.DuckDBPyConnection, desk: Desk, hooks: HookServer) -> None:
    see(warehouse, problem())
    digest(warehouse, desk)
    ((path, headers, body),) = hooks.posts
    assert (path, headers["Content-Type"]) == ("/h", "application/json; charset=utf-8")
    (row,) = body["alerts"]
    assert (row["fingerprint"], row["event"], row["severity"], row["first_seen_at"]) == (
        "portal:sonla:broken", "new", "error", "2026-03-02T08:30:00+07:00",
    )  # fmt: skip


def test_each_maintainer_gets_one_digest_with_what_is_theirs(warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer) -> None:
    mine = [problem(f"check:{n}:sonla", severity="warning", title_vi=f"Phép thử {n} không đạt") for n in "ab"]
    see(
        warehouse,
        *mine,
        problem("check:c", owner="extraction", title_vi="Của Minh"),
        problem("x", owner="không ai", title_vi="Không ai nhận"),
    )
    digest(warehouse, desk)
    assert sorted(to[0] for to in mails.recipients) == ["data@muctieu.test", LAN, "minh@muctieu.test"]
    (hers,) = mails.to(LAN)
    text = part(hers, "plain")
    assert "Phép thử a" in text
    assert "Phép thử b" in text
    assert "Của Minh" not in text
    assert "Không ai nhận" in part(mails.to("data@muctieu.test")[0], "plain")


def test_it_is_told_once_repeated_after_its_time_and_announced_when_it_is_over(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer
) -> None:
    for hours in (0, 6, 12, 18):
        see(warehouse, problem(), now=NOW + hours * HOUR, build=f"b{hours}")
        digest(warehouse, desk, NOW + hours * HOUR, f"b{hours}")
    assert len(mails.mails) == 1
    see(warehouse, problem(), now=NOW + 24 * HOUR, build="b24")
    digest(warehouse, desk, NOW + 24 * HOUR, "b24")
    assert len(mails.mails) == 2
    assert "5 lần" in part(mails.mails[1], "plain")
    see(warehouse, examined={"portal:sonla:"}, now=NOW + 30 * HOUR, build="b30")
    digest(warehouse, desk, NOW + 30 * HOUR, "b30")
    digest(warehouse, desk, NOW + 36 * HOUR, "b36")
    assert [m["Subject"].split(":")[0] for m in mails.mails] == ["[muctieu] Lỗi", "[muctieu] Lỗi", "[muctieu] Đã hết"]
    assert len({m["References"] for m in mails.mails}) == 1, "a problem and its end are one conversation"
    assert len({m["Message-ID"] for m in mails.mails}) == 3


def test_one_that_comes_and_goes_is_no_stream_of_mails(warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer) -> None:
    for hours in range(0, 24, 2):  # broken at 0, 4, 8 …, well at 2, 6, 10 …
        now = NOW + hours * HOUR
        see(warehouse, *([problem()] if hours % 4 == 0 else []), examined={"portal:sonla:"}, now=now, build=f"b{hours}")
        digest(warehouse, desk, now, f"b{hours}")
    assert [m["Subject"].split(":")[0] for m in mails.mails] == ["[muctieu] Lỗi", "[muctieu] Đã hết", "[muctieu] Lỗi"]
    assert "tái diễn" in part(mails.mails[2], "plain").lower()
    assert alert(warehouse).occurrences == 6
    digest(warehouse, desk, NOW + 60 * HOUR, "later")
    assert mails.mails[-1]["Subject"].startswith("[muctieu] Đã hết"), "its end is told when it has stayed away for a day"


def test_an_acknowledged_alert_is_not_repeated_until_it_gets_worse(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer
) -> None:
    see(warehouse, problem(severity="warning"))
    digest(warehouse, desk)
    write_alerts(warehouse, [acknowledge(alert(warehouse), "lan", "đang sửa", NOW)])
    for day in (4, 8):
        see(warehouse, problem(severity="warning"), now=NOW + day * 24 * HOUR, build=f"d{day}")
        digest(warehouse, desk, NOW + day * 24 * HOUR, f"d{day}")
    assert len(mails.mails) == 1
    see(warehouse, problem(), now=NOW + 9 * 24 * HOUR, build="d9")
    digest(warehouse, desk, NOW + 9 * 24 * HOUR, "d9")
    assert "nặng hơn" in part(mails.mails[1], "plain").lower()


def test_an_error_is_told_by_the_portals_own_dag_a_warning_waits_for_the_build(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer
) -> None:
    see(warehouse, problem("portal:sonla:degraded", severity="warning", title_vi="Giảm chất lượng"), problem())
    digest(warehouse, desk, only_urgent=True)
    assert [m["Subject"] for m in mails.mails] == ["[muctieu] Lỗi: Cổng Sơn La: trang không còn đọc được"]
    digest(warehouse, desk)
    assert [m["Subject"] for m in mails.mails][1:] == ["[muctieu] Cảnh báo: Giảm chất lượng"]
    assert "Cổng Sơn La: trang không còn đọc được" in part(mails.mails[1], "plain").split("CÒN MỞ")[1]


def test_when_every_portal_fails_at_once_most_of_it_waits_for_one_digest(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer
) -> None:
    for n in range(30):
        see(warehouse, problem(f"portal:p{n}:blocked", subject=f"p{n}", title_vi=f"Cổng {n} bị chặn"))
        digest(warehouse, desk, NOW + n * timedelta(seconds=20), f"b{n}", only_urgent=True)
    assert len(mails.mails) == 5
    digest(warehouse, desk, NOW + HOUR)
    assert len(mails.mails) == 6
    text = part(mails.mails[5], "plain")
    assert text.count("bị chặn") > 20
    assert "và 5 việc khác" in text  # 25 new ones, 20 of them shown


def test_a_dead_mail_server_fails_nothing_and_loses_nothing(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer, hooks: HookServer
) -> None:
    mails.stop()
    see(warehouse, problem(), problem("check:c", owner="extraction"))
    result = digest(warehouse, desk)
    assert (result.delivery.sent, result.delivery.waiting) == (1, 2), "the webhook works; both mails wait"
    assert result.delivery.failed == 1, "one try shows that the server is down"
    for minutes in (20, 60, 180):
        digest(warehouse, desk, NOW + timedelta(minutes=minutes))
    told = [a for a in read_alerts(warehouse) if a.fingerprint == "delivery:email"]
    assert [a.status for a in told] == ["open"]
    mails.__init__()  # type: ignore[misc]  # the same object with a new server on another port
    mails.start()
    back = replace(desk, transports={**desk.transports, "email": Smtp.from_url(mails.url, "m@muctieu.test")})
    assert digest(warehouse, back, NOW + 12 * HOUR).delivery.waiting == 0
    assert sorted(to[0] for to in mails.recipients if to[0] != "data@muctieu.test") == [LAN, "minh@muctieu.test"]
    assert len(hooks.posts) == 1


def test_one_wrong_address_does_not_hold_up_the_others(warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer) -> None:
    mails.refuse = LAN
    see(warehouse, problem(), problem("check:c", owner="extraction"))
    result = digest(warehouse, desk)
    assert list(mails.recipients) == [["minh@muctieu.test"]]
    assert result.delivery.waiting == 1
    (error,) = warehouse.execute("select last_error from ops.outbox where status = 'pending'").fetchone() or ("",)
    assert "no such user" in error


@pytest.mark.parametrize("address", ["lan", "lan@", "lan@sonla.test\r\nBcc: evil@example.test", "lan lan@sonla.test"])
def test_an_impossible_address_is_its_own_problem_only(mails: MailServer, address: str) -> None:
    with pytest.raises(NotSent) as raised:
        Smtp.from_url(mails.url, "m@muctieu.test").send(replace(apprise_message("x"), recipient=address))
    assert not raised.value.unreachable
    assert not mails.mails


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


def test_killed_between_sending_and_noting_it_the_repeat_folds_into_the_first(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer
) -> None:
    class Dying:
        def send(self, message: Outgoing) -> None:
            desk.transports["email"].send(message)
            raise Killed

    see(warehouse, problem())
    with pytest.raises(Killed):
        digest(warehouse, replace(desk, transports={"email": Dying()}))
    assert len(mails.mails) == 1
    digest(warehouse, desk, NOW + HOUR, "b2")
    digest(warehouse, desk, NOW + 2 * HOUR, "b3")
    assert len(mails.mails) == 2
    assert len({m["Message-ID"] for m in mails.mails}) == 1


HOSTILE = 'Tin <script>alert(1)</script> <img src=x onerror=alert(2)> "><a href="javascript:alert(3)">bấm</a>\r\nBcc: evil@example.test\r\n\r\nThân giả'


def test_markup_and_newlines_of_a_page_stay_text(warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer) -> None:
    see(
        warehouse,
        problem(
            title_vi=HOSTILE,
            title_en=HOSTILE,
            evidence=HOSTILE + "\u202egnp.exe\x00",
            url="javascript:alert(1)",
            subject='"><b>x',
            cause_vi=HOSTILE,
        ),
    )
    digest(warehouse, desk)
    (mail,) = mails.mails
    assert mails.recipients == [[LAN]]
    assert mail["Bcc"] is None
    assert mail["To"] == LAN
    assert "\n" not in mail["Subject"]
    html = part(mail, "html")
    assert not re.search(r"<(script|img)\b|<b>|onerror=[^&]*>", html)
    assert "&lt;script&gt;" in html
    assert not re.search(r"href=\"(?!https://muctieu\.test/)", html), "no link but ours"
    for text in (html, part(mail, "plain")):
        assert "\u202e" not in text
        assert "\x00" not in text
    assert "\nBcc" not in part(mail, "plain"), "a page cannot begin a line of ours"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://a b", 'https://x/"onclick=1', "https://x\n.y", "//x", "ftp://x", ""]
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert safe_url(url) == ""


def test_a_real_address_of_a_portal_stays_a_link() -> None:
    url = "https://sonla.gov.vn/tin?id=12&p_p_id=ab%20c#đoạn"
    assert safe_url(url) == url


def test_any_white_space_in_a_header_is_one_blank() -> None:
    assert one_line("a\r\nb\u2028c\x0bd\x85e\tf") == "a b c d e f"


def apprise_message(title: str) -> Outgoing:
    return Outgoing("m1", "chat", "chat", "s", "t", None, for_chat(title), "{}", None, "error", NOW)


def test_slack_and_telegram_get_text_that_mentions_nobody_and_links_nothing(hooks: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.slack import NotifySlack
    from apprise.plugins.telegram import NotifyTelegram

    monkeypatch.setattr(NotifySlack, "webhook_url", hooks.url + "/services")
    monkeypatch.setattr(NotifyTelegram, "notify_url", hooks.url + "/bot")
    evil = "Lỗi <!channel> <!here> @everyone <https://evil.test|Sở TTTT> [bấm](https://evil.test) *đậm* <b>x</b>"
    Apprise("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/").send(apprise_message(evil))
    Apprise("tgram://123456789:abcdefg_hijklmnop/12315544/").send(apprise_message(evil))
    assert len(hooks.posts) == 2
    for _, _, body in hooks.posts:
        sent = str(body)
        assert "Lỗi" in sent
        for mark in ("<!channel>", "<!here>", "@everyone", "|Sở", "](", "<b>"):
            assert mark not in sent, mark


def test_a_chat_that_refuses_keeps_its_message_waiting(hooks: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", hooks.url + "/services")
    hooks.status = 403
    with pytest.raises(NotSent):
        Apprise("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/").send(apprise_message("x"))


def test_a_password_is_never_sent_in_the_clear(mails: MailServer) -> None:
    server = Smtp.from_url(mails.url.replace("//", "//lan:mat-khau@"), "m@muctieu.test")
    assert "mat-khau" not in repr(server)
    with pytest.raises(NotSent, match="TLS") as raised:
        server.send(replace(apprise_message("x"), recipient=LAN))
    assert "mat-khau" not in str(raised.value)
    assert not mails.mails


def test_a_long_subject_keeps_every_blank() -> None:
    words = (
        "Lỗi: scrape_demo-sonla chạy quá hạn 180 phút, Cổng thông tin điện tử tỉnh Sơn La không còn đọc được trang nào của chuyên mục nữa"
    )
    subjects = [words[:length].strip() for length in range(20, 140, 3)] + ["plain " * 20]
    mails = [email_of(replace(apprise_message("x"), recipient=LAN, subject=s), "m@muctieu.test").as_bytes() for s in subjects]
    assert [message_from_bytes(m, policy=policy.default)["Subject"] for m in mails] == [s.strip() for s in subjects]


@pytest.mark.parametrize("url", ["http://host", "smtp://", "smtp://host?tls=perhaps"])
def test_a_wrong_mail_setting_is_named_without_its_secret(url: str) -> None:
    with pytest.raises(TransportError, match="MUCTIEU_SMTP_URL"):
        Smtp.from_url(url, "m@muctieu.test")


def test_without_a_way_out_alerts_stay_untold_and_are_told_once_there_is_one(
    warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer
) -> None:
    see(warehouse, problem())
    assert digest(warehouse, replace(desk, transports={})).messages == 0
    assert alert(warehouse).notified_at is None
    digest(warehouse, desk, NOW + HOUR)
    assert len(mails.mails) == 1


def test_the_week_is_told_once_to_everybody_with_their_portals(warehouse: duckdb.DuckDBPyConnection, desk: Desk, mails: MailServer) -> None:
    see(warehouse, problem())
    digest(warehouse, desk)
    warehouse.execute(
        "insert into ops.source_health (portal_id, measured_at, status, articles_7d, last_article_at, message_vi, message_en) "
        "values ('sonla', ?, 'broken', 3, ?, '', ''), ('hue', ?, 'healthy', 9, ?, '', '')",
        [NOW, NOW - 48 * HOUR, NOW, NOW],
    )
    owners = {"sonla": ("Sơn La", LAN), "hue": ("Huế", "hoa@hue.test")}
    weekly_digest(warehouse, desk, NOW + 2 * HOUR, "w1", owners)
    weekly_digest(warehouse, desk, NOW + 3 * HOUR, "w1 again", owners)
    weekly = [m for m in mails.mails if "Tổng kết tuần" in m["Subject"]]
    assert len(weekly) == 3  # Lan, Hoa and the data team; once a week
    hers = part(mails.to(LAN)[-1], "plain")
    assert "Cổng Sơn La: trang không còn đọc được" in hers
    assert "Sơn La: không đọc được; 3 bài" in hers
    assert "Huế" not in hers
    assert "Huế: bình thường; 9 bài" in part(mails.to("data@muctieu.test")[-1], "plain")
    assert "không có cảnh báo nào" in part(mails.to("hoa@hue.test")[-1], "plain")

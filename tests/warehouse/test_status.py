"""The status page shows what is wrong, where, since when, and lets no markup of a portal through."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.schema import open_warehouse
from warehouse.status import BUILDS, WEEKS, bars, sentence, write_status

NOW = datetime(2026, 5, 27, 12, tzinfo=UTC)
EVIL = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("status")
    (folder / "reports" / "data_docs" / "raw").mkdir(parents=True)
    with open_warehouse(folder / "w.duckdb") as connection:
        for portal, status, message in (
            ("demo-sonla", "broken", f"Trang của cổng đã đổi {EVIL}"),
            ("demo-hanoi", "healthy", "8 bài trong 7 ngày qua"),
        ):
            connection.execute(
                "insert into ops.source_health (portal_id, measured_at, status, last_article_at, last_success_at, articles_7d, message_vi, message_en) "
                "values (?, ?, ?, ?, ?, 8, ?, 'x')",
                [portal, NOW, status, NOW - timedelta(days=1), NOW - timedelta(days=9), message],
            )  # fmt: skip
        for n in range(8):
            connection.execute(
                "insert into raw.article (version_id, article_id, capture_id, portal_id, published_at, load_id) values (?, ?, 'c', 'demo-hanoi', ?, 1)",
                [f"v{n}", f"a{n}", NOW - timedelta(days=n, minutes=n)],
            )
        connection.execute(
            "insert into ops.alert (alert_id, fingerprint, severity, kind, subject, owner, title_vi, title_en, body_vi, body_en, evidence, url, status, "
            "occurrences, first_seen_at, last_seen_at) values ('1', 'portal:demo-sonla:broken', 'error', 'source', 'demo-sonla', 'sonla@muctieu.example', "
            "'Trang không còn đọc được', 'Pages cannot be read', 'Chạy `muctieu portal check demo-sonla`.', 'x', ?, 'javascript:alert(1)', 'open', 3, ?, ?)",
            [EVIL, NOW - timedelta(days=2), NOW],
        )
        for build in range(BUILDS + 5):
            for check, success in (("claims.a", True), ("claims.b", build != BUILDS + 4)):
                connection.execute(
                    "insert into ops.check_result (check_result_id, build_id, check_key, layer, suite, table_name, expectation, severity, success, observed, "
                    "message_vi, message_en, owner, checked_at) values (?, ?, ?, 'raw', 'claims', 'raw.claim', 'e', 'error', ?, '5 / 129', "
                    "'Tử số lớn hơn mẫu số', 'A numerator is larger', 'extraction', ?)",
                    [f"{build}{check}", f"b{build}", check, success, NOW - timedelta(days=BUILDS + 5 - build)],
                )
        path = write_status(connection, folder / "reports" / "status.html", NOW, {"demo-sonla": "Thành phố Sơn La"})
    return Path(path).read_text(encoding="utf-8")


def test_a_portal_has_its_state_its_chart_and_its_alert(page: str) -> None:
    card = page[page.index('id="demo-sonla"') :]
    card = card[: card.index("</article>")]
    assert "Thành phố Sơn La" in card
    assert "không đọc được" in card
    assert "Trang không còn đọc được" in card
    assert card.count("<rect") == WEEKS


def test_alerts_say_what_to_do_and_lead_to_their_portal(page: str) -> None:
    assert "<code>muctieu portal check demo-sonla</code>" in page
    assert 'href="#demo-sonla"' in page
    assert "thấy 3 lần" in page


def test_a_suite_has_its_counts_its_past_and_what_failed(page: str) -> None:
    row = page[page.index('id="raw.claim"') :]
    row = row[: row.index("</tr>")]
    assert re.findall(r'class="n (?:passed|failed)">(\d+)', row) == ["1", "1"]
    past = re.findall(r'<span class="(error|warning|info|passed)" title', row)
    assert past == ["passed"] * (BUILDS - 1) + ["error"]
    assert "Tử số lớn hơn mẫu số" in row


def test_nothing_of_a_page_is_markup_and_no_address_is_a_script(page: str) -> None:
    assert "<script" not in page
    assert "javascript:" not in page


def test_it_needs_no_network(page: str) -> None:
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_links_only_to_pages_that_are_there(page: str) -> None:
    assert "data_docs/raw/index.html" in page
    assert "data_docs/marts" not in page
    assert 'href="index.html"' not in page


def test_articles_of_one_week_are_counted_together(page: str) -> None:
    card = page[page.index('id="demo-hanoi"') :]
    labels = re.findall(r"<title>([^<]+ bài)</title>", card[: card.index("</article>")])
    assert labels[-2:] == ["14/05–20/05/2026: 1 bài", "21/05–27/05/2026: 7 bài"]


def test_bars_stand_in_their_weeks() -> None:
    made = bars({0: 4, 2: 8}, date(2026, 5, 27))
    assert [b.height for b in made[-3:]] == [34.0, 1.0, 17.0]
    assert made[-1].label == "21/05–27/05/2026: 4 bài"


def test_an_odd_backquote_stays_one() -> None:
    assert str(sentence("a ` <b>")) == "a ` &lt;b&gt;"
    assert str(sentence("Chạy `x <y>`.")) == "Chạy <code>x &lt;y&gt;</code>."

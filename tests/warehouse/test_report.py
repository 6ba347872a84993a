"""The HTML report: what it shows, where its numbers lead, and that a page cannot write into it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup

from muctieu.settings import Settings
from warehouse.publish import PublishResult, publish
from warehouse.report import day_vi, marked, number_vi, safe_url, write_report

Published = tuple[Settings, PublishResult]


@pytest.fixture(scope="module")
def page(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(published[0].current, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")


def charts_of(page: Path) -> dict[str, dict[str, object]]:
    match = re.search(r"^const charts = (.*);$", page.read_text(encoding="utf-8"), re.M)
    assert match is not None
    return dict(json.loads(match[1]))


def test_every_number_leads_to_its_sentence_and_page(soup: BeautifulSoup) -> None:
    anchors = {tag["id"] for tag in soup.find_all(id=True)}
    links = [a["href"] for a in soup.find_all("a") if str(a["href"]).startswith("#")]
    assert len(links) > 50
    assert [link for link in links if str(link)[1:] not in anchors] == []
    items = soup.select("ol.evidence > li")
    assert items and all(item.mark is not None for item in items), "the words that hold the figure are marked in every sentence"
    assert all(item.select_one("a[href^='https://']") is not None for item in items)


def test_three_provinces_show_target_against_result(page: Path, soup: BeautifulSoup) -> None:
    provinces = [h.get_text() for h in soup.select("#tien-do h3")]
    assert len(provinces) >= 3 and "Tỉnh Lạng Sơn" in provinces
    for chart in charts_of(page).values():
        roles = [t["role"] for t in chart["traces"] if t["x"]]  # type: ignore[attr-defined]
        assert "target" in roles and "result" in roles


def test_no_line_joins_two_standards(page: Path, soup: BeautifulSoup) -> None:
    panel = next(p for p in soup.select("#tien-do .panel") if "Tỷ lệ hộ nghèo" in p.get_text() and "Bình Liêu" in p.get_text())
    chart_tag = panel.select_one(".chart")
    assert chart_tag is not None
    traces = charts_of(page)[str(chart_tag["id"])]["traces"]
    assert [t["x"] for t in traces if t["role"] == "result"] == [["2020-12-31", "2021-12-31"], ["2022-12-31"]]  # type: ignore[attr-defined]


def test_alerts_portals_and_checks_have_their_tables(copied: Settings) -> None:
    with duckdb.connect(str(copied.warehouse)) as c:
        c.execute(
            "insert into ops.alert (alert_id, fingerprint, severity, kind, subject, owner, title_vi, title_en, body_vi, body_en, evidence, url, status, "
            "occurrences, first_seen_at, last_seen_at, resolved_at, notified_at, build_id) select 'a1', 'f1', 'error', 'source', 'sonla', null, 'Cổng im lặng 40 ngày', 'Silent for 40 days', 'Nội dung', 'Body', "
            "null, null, 'open', 3, now(), now(), null, null, 'b1'"
        )
        c.execute(
            "insert into ops.source_health select 'sonla', now(), 'silent', null, null, null, 0, 2, 1, 1, 'Không có bài mới', 'No new article', 'b1'"
        )
        for key, success in (("k1", True), ("k2", False)):
            c.execute(
                "insert into ops.check_result select ?, 'b1', ?, 'raw', 'claims', 'raw.claim', null, 'expect', 'warning', ?, null, null, 1, 0, null, "
                "'Tỷ lệ vượt 100', 'Above 100', null, now()",
                [key, key, success],
            )
    publish(copied, allowed=True)
    soup = BeautifulSoup(write_report(copied.current, copied.reports).read_text(encoding="utf-8"), "lxml")
    text = {name: soup.select_one(f"#{name}").get_text(" ", strip=True) for name in ("canh-bao", "cong", "kiem-dinh")}  # type: ignore[union-attr]
    assert "Cổng im lặng 40 ngày" in text["canh-bao"]
    assert "silent" in text["cong"] and "Không có bài mới" in text["cong"]
    assert "Tỷ lệ vượt 100" in text["kiem-dinh"]


def test_a_page_cannot_write_into_the_report(copied: Settings) -> None:
    evil = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'
    with duckdb.connect(str(copied.warehouse)) as c:
        c.execute("update marts.dim_article set title = ?, canonical_url = 'javascript:alert(1)'", [evil])
        c.execute("update marts.fct_claim set sentence = ? || sentence", [evil])
        c.execute("update marts.fct_progress set area_name = ? || area_name", [evil])
    publish(copied, allowed=True)
    html = write_report(copied.current, copied.reports).read_text(encoding="utf-8")
    assert "alert(" in html, "the words themselves are shown"
    soup = BeautifulSoup(html, "lxml")
    assert len(soup.find_all("script")) == 2 and not soup.find_all("img")
    assert not [a for a in soup.find_all("a") if str(a["href"]).startswith("javascript")]


def test_numbers_days_and_links_as_people_read_them() -> None:
    assert [number_vi(v) for v in (1234567.5, 0.77, 18, None, -2700)] == ["1.234.567,5", "0,77", "18", "–", "-2.700"]
    assert day_vi(None) == "–"
    assert safe_url("javascript:alert(1)") == safe_url(None) == safe_url("data:text/html,x") == ""
    assert marked("a <b> 5% c", "5%") == Markup("a &lt;b&gt; <mark>5%</mark> c")
    assert marked("nothing here", "5%") == Markup("nothing here")


@pytest.mark.slow
def test_a_browser_draws_it_without_errors_and_without_a_network(page: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            "--virtual-time-budget=10000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in done.stderr, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    drawn = BeautifulSoup(done.stdout, "lxml")
    assert len(drawn.select(".chart")) >= 3
    assert all(chart.select("svg .point") for chart in drawn.select(".chart")), "every chart has points"

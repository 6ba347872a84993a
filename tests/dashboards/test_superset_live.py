"""A real Superset in a real browser, on a published file: every chart answers, numbers lead to sentences, new releases show.

Installs Superset once into var/superset/venv (about 850 MB; 9 s with a warm cache) and uses it again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.site.build import write_site
from dashboards.superset import service
from dashboards.superset.bundle import read_assets
from muctieu.errors import UserError
from muctieu.settings import REPOSITORY, Settings
from warehouse.build import BuildResult
from warehouse.publish import publish
from warehouse.releases import forget_release

# one group: each process of a parallel run would start a Superset of its own
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("superset")]

CHROMIUM = shutil.which("chromium")
NO_REGISTRY = re.compile(
    r"dns error|connect error|Connection refused|timed out|Could not connect|error sending request|Temporary failure", re.I
)
# charts that may be empty: the small corpus was published without an audit, so there are no checks and no alerts
MAY_BE_EMPTY = {"kiem_dinh", "canh_bao"}


@dataclass
class Live:
    """A running Superset, logged in as its administrator."""

    settings: Settings
    superset: service.Superset
    url: str
    password: str
    opener: urllib.request.OpenerDirector
    csrf: str

    def get(self, path: str) -> Any:
        with self.opener.open(self.url + path, timeout=120) as response:
            return json.loads(response.read())

    def post(self, path: str, body: object) -> tuple[int, Any]:
        """Status and answer; an error of HTTP is an answer, too."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.csrf, "Referer": self.url}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        try:
            with self.opener.open(request, timeout=120) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def datasets(self) -> dict[str, int]:
        """Name -> id."""
        found = self.get("/api/v1/dataset/?q=(page_size:100)")["result"]
        return {row["table_name"]: row["id"] for row in found}

    def number(self, table: str, metric: str, filters: list[dict[str, Any]] | None = None) -> float:
        """One metric of a dataset, asked for as a chart asks."""
        query = {"metrics": [metric], "columns": [], "filters": filters or [], "row_limit": 10}
        source = {"id": self.datasets()[table], "type": "table"}
        status, answer = self.post("/api/v1/chart/data", {"datasource": source, "queries": [query], "result_format": "json"})
        assert status == 200, answer
        return float(answer["result"][0]["data"][0][metric])


@pytest.fixture(scope="module")
def live(built: tuple[Settings, BuildResult], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    home = tmp_path_factory.mktemp("superset")
    settings = replace(
        built[0], home=home, warehouse=home / "muctieu.duckdb", published=home / "published", reports=home / "reports", base_url=""
    )
    shutil.copyfile(built[0].warehouse, settings.warehouse)
    publish(settings, allowed=True)
    write_site(settings.current, settings.reports / "site")
    venv = os.environ.get("MUCTIEU_SUPERSET_VENV") or str(REPOSITORY / "var" / "superset" / "venv")
    superset = service.superset_of(settings, {"MUCTIEU_SUPERSET_VENV": venv})
    try:
        service.install(superset)
    except UserError as error:
        if NO_REGISTRY.search(str(error)):
            pytest.skip(f"the package registry does not answer, so Superset cannot be installed: {error}")
        raise
    service.prepare(settings, superset)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = service.start(settings, superset, "127.0.0.1", port)
    try:
        yield _log_in(settings, superset, f"http://127.0.0.1:{port}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def _log_in(settings: Settings, superset: service.Superset, url: str) -> Live:
    _wait_for(f"{url}/health", superset)
    password = superset.password_file.read_text(encoding="utf-8")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    live = Live(settings, superset, url, password, opener, "")
    status, answer = live.post("/api/v1/security/login", {"username": "admin", "password": password, "provider": "db"})
    assert status == 200, answer
    opener.addheaders = [("Authorization", f"Bearer {answer['access_token']}")]
    live.csrf = live.get("/api/v1/security/csrf_token/")["result"]
    return live


def _wait_for(address: str, superset: service.Superset) -> None:
    deadline = time.monotonic() + 150
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            if time.monotonic() > deadline:
                pytest.fail(superset.log.read_text(encoding="utf-8")[-3000:])
            time.sleep(0.3)


def test_the_import_can_be_repeated_and_changes_no_password(live: Live) -> None:
    before = {row["uuid"]: row["id"] for row in live.get("/api/v1/chart/?q=(page_size:100)")["result"]}
    found = service.prepare(live.settings, live.superset)
    after = {row["uuid"]: row["id"] for row in live.get("/api/v1/chart/?q=(page_size:100)")["result"]}
    assets = read_assets()
    assert after == before and set(after) == {chart["uuid"] for chart in assets.charts.values()}
    assert found["dashboards"] == ["bang-chung", "tien-do"] and found["charts"] == len(assets.charts)
    assert live.superset.password_file.read_text(encoding="utf-8") == live.password


def test_no_default_password_and_no_anonymous_reader(live: Live) -> None:
    stranger = replace(live, opener=urllib.request.build_opener(), csrf="")
    for password in ("admin", "", "password", "muctieu"):
        assert stranger.post("/api/v1/security/login", {"username": "admin", "password": password, "provider": "db"})[0] in (400, 401)
    with pytest.raises(urllib.error.HTTPError) as refused:
        stranger.get("/api/v1/chart/")
    assert refused.value.code in (401, 403)
    with urllib.request.urlopen(f"{live.url}/bang-chung/0000", timeout=30) as page:
        assert "/login/" in page.geturl()


def test_the_vietnamese_words_are_words_of_this_superset(live: Live) -> None:
    """A word that a new version spells otherwise would fall back to English unnoticed."""
    (catalogue,) = live.superset.venv.glob("lib/python*/site-packages/superset/translations/messages.pot")
    known = catalogue.read_text(encoding="utf-8").replace('"\n"', "")
    words = json.loads((REPOSITORY / "dashboards" / "superset" / "inside" / "vi.json").read_text(encoding="utf-8"))
    assert [word for word in words if f'msgid "{word}"' not in known] == []
    pack = live.get("/superset/language_pack/vi/")["locale_data"]["superset"]
    assert pack["Filters"] == ["Bộ lọc"] and pack[""]["lang"] == "vi" and len(pack) == len(words) + 1


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "set enable_external_access = true",
        "attach '/tmp/other.duckdb'",
        "create table bi.mine as select 1 as a",
        "copy (select 1) to '/tmp/muctieu-superset.csv'",
    ],
)
def test_sql_lab_reads_the_published_file_and_nothing_else(live: Live, sql: str) -> None:
    database = live.get("/api/v1/database/")["result"][0]["id"]
    status, answer = live.post("/api/v1/sqllab/execute/", {"database_id": database, "sql": "select count(*) as n from bi.progress"})
    assert status == 200 and answer["data"][0]["n"] > 0
    status, answer = live.post("/api/v1/sqllab/execute/", {"database_id": database, "sql": sql})
    assert status >= 400 and answer["errors"], answer


def test_a_new_release_shows_without_a_restart_while_others_keep_asking(live: Live) -> None:
    """Every worker answers from the new release, also those that were asked again and again while it took the name."""
    before = live.number("evidence", "claims")
    with duckdb.connect(str(live.settings.warehouse)) as connection:
        connection.execute(
            "delete from marts.fct_claim where claim_id = (select min(claim_id) from marts.fct_claim where fate <> 'counted')"
        )
        forget_release(connection)  # no build changed that row, so none would publish it
    for _ in range(6):
        assert live.number("evidence", "claims") == before
    publish(live.settings, allowed=True)
    assert {live.number("evidence", "claims") for _ in range(12)} == {before - 1}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine; on Debian: apt-get install chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=[*arguments, "--disable-component-update", "--disable-sync"])
        yield found
        found.close()


@dataclass
class Seen:
    """What a page asked and said while it was open."""

    answers: list[tuple[int, int]]  # chart id and rows, of every answer to a chart's question
    errors: list[str]


@pytest.fixture(scope="module")
def page(live: Live, browser: Any) -> Iterator[tuple[Any, Seen]]:
    """A page of somebody who logged in."""
    import playwright.sync_api as playwright

    context = browser.new_context(viewport={"width": 1500, "height": 1000}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(120_000)
    seen = Seen([], [])
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))

    def answered(response: Any) -> None:
        if "/api/v1/chart/data" in response.url:
            sent = json.loads(response.request.post_data or "{}")
            chart = int((sent.get("form_data") or {}).get("slice_id") or 0)
            try:
                rows = sum(int(result["rowcount"]) for result in response.json()["result"]) if response.status == 200 else -1
            except playwright.Error:
                return  # an answer to a page that is not shown any more
            seen.answers.append((chart, rows))

    page.on("response", answered)
    page.goto(f"{live.url}/login/")
    page.fill("#username", "admin")
    page.fill("#password", live.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)
    yield page, seen
    context.close()


def _open(live: Live, page: Any, seen: Seen, slug: str) -> dict[int, str]:
    """Open a dashboard, wait until every chart of it has its answer; chart id -> file name."""
    assets = read_assets()
    names = {chart["uuid"]: Path(file).stem for file, chart in assets.charts.items()}
    ids = {row["id"]: names[row["uuid"]] for row in live.get("/api/v1/chart/?q=(page_size:100)")["result"]}
    position = assets.dashboards[f"dashboards/{slug}.yaml"]["position"]
    wanted = {names[item["meta"]["uuid"]] for item in position.values() if isinstance(item, dict) and item["type"] == "CHART"}
    seen.answers.clear()
    seen.errors.clear()
    page.set_viewport_size({"width": 1500, "height": 1000})
    page.goto(f"{live.url}/superset/dashboard/{slug}/")
    page.wait_for_selector(".dashboard-component-chart-holder")
    page.set_viewport_size({"width": 1500, "height": 4400})  # charts out of sight are not drawn
    deadline = time.monotonic() + 120
    while {ids.get(chart) for chart, _ in seen.answers} < wanted and time.monotonic() < deadline:
        page.wait_for_timeout(300)
    _settle(page)
    return {chart: name for chart, name in ids.items() if name in wanted}


def _settle(page: Any) -> None:
    """Until nothing is loading; a function that the browser evaluates is what the page's own policy forbids."""
    deadline = time.monotonic() + 120
    page.wait_for_timeout(500)
    while page.locator(".loading").count() and time.monotonic() < deadline:
        page.wait_for_timeout(300)


@pytest.mark.parametrize("slug", ["tien-do", "bang-chung"])
def test_every_chart_of_a_dashboard_draws_data(live: Live, page: tuple[Any, Seen], slug: str) -> None:
    tab, seen = page
    charts = _open(live, tab, seen, slug)
    rows = {charts[chart]: count for chart, count in seen.answers if chart in charts}
    assert set(rows) == set(charts.values())
    assert {name for name, count in rows.items() if count <= 0} <= MAY_BE_EMPTY
    drawn = tab.locator(".dashboard-component-chart-holder canvas, .dashboard-component-chart-holder table, .header-line").count()
    assert drawn >= len(charts) - len(MAY_BE_EMPTY)
    # the pixel with which Superset tells its makers of every visit is the only thing that is stopped
    assert [error for error in seen.errors if "scarf.sh" not in error] == []
    assert tab.locator("text=Áp dụng bộ lọc").count() == 1  # its own words are Vietnamese


def test_a_link_in_a_table_leads_to_the_sentence(live: Live, page: tuple[Any, Seen]) -> None:
    tab, seen = page
    _open(live, tab, seen, "bang-chung")
    link = tab.locator("td a[href^='/bang-chung/']").first
    claim = str(link.get_attribute("href")).rsplit("/", 1)[1]
    with tab.context.expect_page() as opened:
        link.click()
    article = opened.value
    article.wait_for_selector("mark")  # the page loads its article after itself
    assert article.url.endswith(f"#c-{claim}")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{live.settings.current}' as published (read_only)")
        found = connection.execute("select evidence from published.marts.fct_claim where claim_id = ?", [claim]).fetchone()
    assert found is not None and found[0] in " ".join(article.locator("mark").all_inner_texts())
    with urllib.request.urlopen(f"{live.url}/trang/{'x' * 40}/data/muc-luc.js") as answer:  # nobody in particular, without a pass
        assert "/login/" in answer.url
    assert article.evaluate("() => { try { return document.cookie } catch (e) { return 'none' } }") == "none"  # a sandbox
    portals = tab.locator("td a[href^='http']")
    assert portals.count() > 0 and portals.first.get_attribute("target") == "_blank"
    article.close()


def test_drill_to_detail_leads_from_a_bar_to_its_rows_and_their_sources(live: Live, page: tuple[Any, Seen]) -> None:
    """What the browser asks when somebody right-clicks a bar and chooses the rows behind it; it needs the browser's session."""
    tab, _ = page
    wanted = {"filters": [{"col": "status_vi", "op": "==", "val": "Đạt mục tiêu"}]}
    address = f"{live.url}/datasource/samples?datasource_id={live.datasets()['progress']}&datasource_type=table&per_page=100&page=1"
    token = tab.request.get(f"{live.url}/api/v1/security/csrf_token/").json()["result"]
    answer = tab.request.post(address, data=wanted, headers={"X-CSRFToken": token, "Referer": live.url})
    assert answer.status == 200, answer.text()
    rows = answer.json()["result"]["data"]
    assert len(rows) == min(100, live.number("progress", "met")) > 0
    assert {row["status_vi"] for row in rows} == {"Đạt mục tiêu"}
    assert all('<a href="/bang-chung/' in (row["actual_link"] or row["target_link"]) for row in rows)


def test_a_filter_by_programme_reaches_the_charts(live: Live, page: tuple[Any, Seen]) -> None:
    tab, seen = page
    charts = _open(live, tab, seen, "tien-do")
    programme = "Xây dựng nông thôn mới"
    tab.locator("[data-test=form-item-value] input, .filter-item-wrapper input, input[role=combobox]").first.click()
    tab.keyboard.type(programme)
    tab.wait_for_selector(f".ant-select-item-option[title='{programme}'], .ant-select-item-option-content:has-text('{programme}')")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Escape")
    before = len(seen.answers)
    tab.locator("text=Áp dụng bộ lọc").click()
    _settle(tab)
    deadline = time.monotonic() + 60
    while len(seen.answers) < before + len(charts) - 2 and time.monotonic() < deadline:
        tab.wait_for_timeout(300)
    shown = tab.locator(".header-line").first.inner_text()
    wanted = live.number("progress", "goals", [{"col": "programme_vi", "op": "==", "val": programme}])
    assert int(re.sub(r"\D", "", shown)) == wanted != live.number("progress", "goals")

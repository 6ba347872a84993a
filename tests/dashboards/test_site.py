"""The static site: its links, its figures, what a hostile page can do to it, and what a browser makes of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup

from dashboards.site.build import metrics_of, pages_of, write_site
from dashboards.site.charts import charts_of
from dashboards.site.text import file_name, highlighted, number_en
from dashboards.site.tiles import read_tiles
from muctieu import tasks
from muctieu.settings import Settings
from warehouse.publish import publish

Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, BeautifulSoup]:
    return {p.relative_to(site).as_posix(): BeautifulSoup(p.read_text(encoding="utf-8"), "lxml") for p in sorted(site.rglob("*.html"))}


def test_there_is_a_page_for_everything(pages: dict[str, BeautifulSoup], rows: Rows) -> None:
    kinds = {name: sum(page.startswith(name) for page in pages) for name in ("tinh/", "chi-tieu/", "bai/", "chuong-trinh/")}
    assert sum(not page.endswith("-truoc-2025.html") for page in pages if page.startswith("tinh/")) == 34
    assert kinds["bai/"] == rows("select count(*) as n from marts.dim_article")[0]["n"] + 1
    assert kinds["chi-tieu/"] == rows("select count(*) as n from marts.dim_indicator")[0]["n"] + 1
    assert kinds["chuong-trinh/"] >= 5
    assert {"index.html", "tim-kiem.html", "mau-thuan.html", "chat-luong.html"} <= set(pages)


def test_every_internal_link_and_file_is_there(site: Path, pages: dict[str, BeautifulSoup]) -> None:
    anchors = {name: {str(tag["id"]) for tag in soup.find_all(id=True)} for name, soup in pages.items()}
    seen, broken = 0, []
    for name, soup in pages.items():
        for tag, attribute in (("a", "href"), ("link", "href"), ("script", "src")):
            for found in soup.find_all(tag, attrs={attribute: True}):
                address = str(found[attribute])
                if re.match(r"https?:|data:", address):
                    continue
                path, _, anchor = unquote(address).partition("#")
                target = ((site / name).parent / path).resolve() if path else site / name
                seen += 1
                if not target.is_file() or (
                    anchor and anchor not in anchors[target.relative_to(site.resolve() if path else site).as_posix()]
                ):
                    broken.append((name, address))
    assert seen > 1000 and broken == []


def test_pages_are_whole_and_can_be_read_aloud(pages: dict[str, BeautifulSoup]) -> None:
    for name, soup in pages.items():
        assert soup.title is not None and soup.title.get_text(strip=True) and len(soup.find_all("h1")) == 1, name
        assert len(soup.find_all("main")) == 1 and soup.html is not None and soup.html["lang"] == "vi", name
        ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), name
        assert all(th.has_attr("scope") for th in soup.find_all("th")), name
        assert "None" not in {text.strip() for text in soup.find_all(string=True)}, name


def test_every_figure_of_a_province_is_in_the_marts_and_leads_to_its_sentence(pages: dict[str, BeautifulSoup], rows: Rows) -> None:
    stated = {r["claim_id"]: r for r in rows("select claim_id, value, evidence from marts.fct_claim")}
    known = {
        float(v)
        for r in rows(
            "select target_value as a, actual_value as b from marts.fct_progress union all select value, value from marts.fct_claim"
        )
        for v in r.values()
        if v is not None
    }
    checked = 0
    for name, soup in pages.items():
        if not name.startswith("tinh/"):
            continue
        for link in soup.select("td a.figure"):
            cell = link.find_parent("td")
            assert cell is not None and float(str(cell["data-v"])) in known, (name, cell)
            page, _, anchor = str(link["href"]).removeprefix("../").partition("#c-")
            assert anchor in stated, (name, link)
            sentence = pages[page].find(id=f"c-{anchor}").find_parent("section")  # type: ignore[union-attr]
            assert sentence is not None and sentence.mark is not None, link
            checked += 1
    assert checked > 30


def test_an_article_page_marks_the_words_of_each_claim(pages: dict[str, BeautifulSoup], rows: Rows) -> None:
    for claim in rows("select claim_id, version_id, evidence, sentence from marts.fct_claim"):
        item = pages[f"bai/{claim['version_id']}.html"].find(id=f"c-{claim['claim_id']}")
        assert item is not None
        section = item.find_parent("section")
        assert section is not None and section.blockquote is not None
        assert section.blockquote.get_text() == claim["sentence"]
        assert any(claim["evidence"] in mark.get_text() for mark in section.find_all("mark")), claim


def test_no_line_joins_two_standards_and_the_break_is_said(pages: dict[str, BeautifulSoup]) -> None:
    soup = next(s for n, s in pages.items() if n.startswith("tinh/") and s.select("p.break"))
    item = soup.select_one("p.break").find_parent("li")  # type: ignore[union-attr]
    data = json.loads(item.select_one("script").get_text())  # type: ignore[union-attr]
    assert len(data["results"]) == len(data["breaks"]) + 1 >= 2
    for number, segment in enumerate(data["results"]):
        assert len({point[2] for point in segment}) == 1
        assert number == 0 or data["breaks"][number - 1][0] == segment[0][0]


@pytest.mark.slow
def test_a_hostile_page_cannot_write_into_the_site(copied: Settings) -> None:
    evil = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'
    with duckdb.connect(str(copied.warehouse)) as c:
        c.execute("update marts.dim_article set title = ?, author = ?, canonical_url = 'javascript:alert(1)'", [evil, evil])
        c.execute("update marts.fct_claim set sentence = ? || sentence", [evil])
        c.execute("update marts.fct_progress set area_name = ? || area_name", [evil])
        c.execute("update marts.fct_milestone set sentence = ? || sentence", [evil])
    publish(copied, allowed=True)
    folder = write_site(copied.current, copied.reports / "site").index.parent
    shown = 0
    for path in folder.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        soup = BeautifulSoup(html, "lxml")
        shown += "alert(" in html
        assert not soup.find_all("img") and not soup.find_all(attrs={"onerror": True}), path
        assert all(s.get("src") or s.get("type") == "application/json" for s in soup.find_all("script")), path
        assert not [a for a in soup.find_all("a") if not re.match(r"https?://|[^:]*$", str(a["href"]))], path
    assert shown > 5, "the words themselves are shown"
    for path in (folder / "data").glob("search-*.js"):
        body = path.read_text(encoding="utf-8").partition("=")[2].strip().removesuffix(";")
        assert isinstance(json.loads(body), list)


@pytest.mark.slow
def test_a_site_that_fails_leaves_the_old_one(copied: Settings) -> None:
    publish(copied, allowed=True)
    old = copied.reports / "site"
    old.mkdir(parents=True)
    (old / "index.html").write_text("old", encoding="utf-8")
    with duckdb.connect(str(copied.current)) as c:
        c.execute("drop view bi.conflict")
    with pytest.raises(duckdb.Error):
        write_site(copied.current, old)
    assert (old / "index.html").read_text(encoding="utf-8") == "old"
    assert [p.name for p in copied.reports.iterdir()] == ["site"], "nothing half made is left"


@pytest.mark.slow
def test_the_report_is_written_when_the_site_fails(
    copied: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MUCTIEU_HOME", str(copied.home))
    publish(copied, allowed=True)
    with duckdb.connect(str(copied.current)) as c:
        c.execute("drop view bi.league_table")  # the report does not read it
    assert Path(tasks.report()).is_file()
    assert "muctieu site" in caplog.text
    assert not (copied.reports / "site").exists()


def test_a_programme_page_has_the_milestones_of_all_its_phases(pages: dict[str, BeautifulSoup], rows: Rows) -> None:
    counts = rows(
        "select programme_code, count(*) as n from marts.fct_milestone join marts.dim_programme using (programme_key) group by all"
    )
    assert counts
    for row in counts:
        if row["programme_code"] != "unknown":
            table = pages[f"chuong-trinh/{row['programme_code']}.html"].select("section[aria-labelledby=moc] tbody tr")
            assert len(table) == row["n"], row


def test_tiles_are_the_provinces_of_their_day(rows: Rows) -> None:
    tiles = read_tiles()
    for name, day, number in (("today", "2025-07-01", 34), ("before", "2025-06-30", 63)):
        mine = [t for t in tiles if t.map == name]
        provinces = {t.code: t.name for t in mine if not t.is_island}
        there = rows(
            "select area_code, area_name from marts.dim_area where area_level = 'province' and ?::date between valid_from and valid_to", day
        )
        assert provinces == {r["area_code"]: r["area_name"] for r in there} and len(provinces) == number
        assert len({(t.row, t.column) for t in mine}) == len(mine), "no tile covers another"
        assert {(t.name, provinces[t.code]) for t in mine if t.is_island} == {("Hoàng Sa", "Đà Nẵng"), ("Trường Sa", "Khánh Hòa")}


def test_words_and_marks() -> None:
    assert highlighted("a <b> 5% c 7%", ["5%", "7%"]) == Markup("a &lt;b&gt; <mark>5%</mark> c <mark>7%</mark>")
    assert highlighted("còn 5% hộ nghèo", ["còn 5%", "5% hộ"]) == Markup("<mark>còn 5% hộ</mark> nghèo")
    assert highlighted("x", ["", "y"]) == Markup("x")
    assert [number_en(v) for v in (1234567.5, 18.0, None)] == ["1,234,567.5", "18", "–"]
    assert file_name("../a b/ntm.x") == "..-a-b-ntm.x"
    assert metrics_of([], {}) == [] and charts_of([]) == []


def test_a_province_that_only_changed_its_rank_keeps_its_figures_on_the_map_of_today() -> None:
    def province(key: str, code: str, today: str, current: bool) -> dict[str, Any]:
        page = code if current else f"{code}-truoc-2025"
        return {"area_key": key, "area_code": code, "province_today_code": today, "is_current": current, "is_divided": False, "page": page}

    merged = [province("qn", "49", "48", False), province("dn-old", "48", "48", False), province("dn", "48", "48", True)]
    pages = pages_of([*merged, province("old", "22", "22", False), province("new", "22", "22", True)])
    assert pages == {"qn": ("49-truoc-2025",), "dn-old": ("48-truoc-2025",), "dn": ("48",), "old": ("22-truoc-2025", "22"), "new": ("22",)}


def _browse(page: str, profile: Path) -> tuple[BeautifulSoup, list[str]]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND"]
    done = subprocess.run(
        [chromium, *arguments, "--enable-logging=stderr", "--virtual-time-budget=10000", "--window-size=1200,20000", "--dump-dom", page],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return BeautifulSoup(done.stdout, "lxml"), [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.slow
def test_a_browser_shows_map_charts_and_findings_without_errors_or_a_network(
    site: Path, pages: dict[str, BeautifulSoup], tmp_path: Path
) -> None:
    overview, errors = _browse((site / "index.html").as_uri(), tmp_path)
    assert errors == [] and overview.select(".tile [data-bin]") and len(overview.select("#metric option")) > 1
    assert overview.select_one("#map-note").get_text(strip=True)  # type: ignore[union-attr]

    metric = overview.select("#metric option")[1]["value"]
    before, errors = _browse((site / "index.html").as_uri() + f"#map=before&metric={metric}", tmp_path)
    assert errors == [] and before.select_one("#map-today[hidden]") is not None
    assert before.select("#chosen td a") and all((site / str(a["href"]).partition("#")[0]).is_file() for a in before.select("#chosen a"))

    province = max((n for n in pages if n.startswith("tinh/")), key=lambda n: len(pages[n].select(".chart")))
    drawn, errors = _browse((site / province).as_uri(), tmp_path)
    charts = drawn.select(".chart")
    assert errors == [] and charts and all(chart.select("svg .point") for chart in charts)

    found = {}
    for query in ("ho%20ngheo", "h%E1%BB%99%20ngh%C3%A8o", "ngh%E1%BA%BDo"):
        result, errors = _browse((site / "tim-kiem.html").as_uri() + "#" + query, tmp_path)
        found[query] = [str(a["href"]) for a in result.select("#results strong a")]
        assert errors == []
    assert found["ho%20ngheo"] and found["ho%20ngheo"] == found["h%E1%BB%99%20ngh%C3%A8o"]
    assert found["ngh%E1%BA%BDo"] == [], "a word typed with marks is found with them only"
    assert all((site / href.partition("#")[0]).is_file() for href in found["ho%20ngheo"])

"""The static site as files: its links, its figures, what a hostile page can do to it, and what a second run writes."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import duckdb
import openpyxl
import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup
from site_files import unpacked  # type: ignore[import-not-found]

from dashboards.site import maps, tables
from dashboards.site.build import Site, standing, write_site
from dashboards.site.charts import charts_of
from dashboards.site.evidence import bits_for, checksum, fold
from dashboards.site.places import provinces_of
from dashboards.site.text import alphabetical, file_name, highlighted, number_en
from dashboards.site.tiles import read_tiles
from muctieu import tasks
from muctieu.settings import Settings
from warehouse.publish import publish
from warehouse.releases import forget_release

Rows = Callable[..., list[dict[str, Any]]]
Articles = dict[str, list[Any]]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, BeautifulSoup]:
    return {p.relative_to(site).as_posix(): BeautifulSoup(p.read_text(encoding="utf-8"), "lxml") for p in sorted(site.rglob("*.html"))}


@pytest.fixture(scope="module")
def articles(site: Path) -> Articles:
    """Evidence by address: "month.version"."""
    found = {}
    for file in (site / "data" / "bai").glob("*.js"):
        month, _, number = file.stem.partition("-")
        for article in unpacked(file):
            counts = _index(site)["months"][month]
            assert checksum(article[0]) & (len(counts) - 1) == int(number), "the page looks for it in this file"
            found[f"{month}.{article[0]}"] = article
    return found


def _index(site: Path) -> dict[str, Any]:
    text = (site / "data" / "muc-luc.js").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.removeprefix("MUCTIEU.index=").rstrip().removesuffix(";"))
    return found


def claims_of(article: list[Any]) -> dict[str, tuple[str, list[Any]]]:
    return {claim[0]: (text, claim) for text, claims in article[8] for claim in claims}


def test_there_is_a_page_for_everything(pages: dict[str, BeautifulSoup], articles: Articles, rows: Rows) -> None:
    kinds = {name: sum(page.startswith(name) for page in pages) for name in ("tinh/", "chi-tieu/", "chuong-trinh/")}
    before = [p for p in pages if p.endswith("-truoc-2025.html")]
    assert kinds["tinh/"] == 34 + len(before) and len(before) == 52, "the 52 provinces that were merged into 23"
    assert kinds["chi-tieu/"] == rows("select count(*) as n from marts.dim_indicator")[0]["n"] + 1
    assert kinds["chuong-trinh/"] >= 5
    assert {"index.html", "tim-kiem.html", "mau-thuan.html", "chat-luong.html", "bai/xem.html", "bai/index.html"} <= set(pages)
    stated = rows("select version_id from marts.fct_claim union select version_id from marts.fct_milestone")
    assert {address.partition(".")[2] for address in articles} == {r["version_id"] for r in stated}


def test_every_internal_link_and_file_is_there(site: Path, pages: dict[str, BeautifulSoup], articles: Articles) -> None:
    anchors = {name: {str(tag["id"]) for tag in soup.find_all(id=True)} for name, soup in pages.items()}
    seen, broken = 0, []
    for name, soup in pages.items():
        for tag, attribute in (("a", "href"), ("link", "href"), ("script", "src")):
            for found in soup.find_all(tag, attrs={attribute: True}):
                address = urlsplit(str(found[attribute]))
                if address.scheme in ("http", "https", "data"):
                    continue
                target = ((site / name).parent / unquote(address.path)).resolve() if address.path else site / name
                seen += 1
                asked = parse_qs(address.query).get("a", [""])[0]
                if asked:
                    claim = address.fragment.removeprefix("c-")
                    good = asked in articles and (not claim or claim in claims_of(articles[asked]))
                else:
                    there = target.relative_to(site.resolve() if address.path else site).as_posix()
                    good = target.is_file() and (not address.fragment or address.fragment in anchors[there])
                if not good:
                    broken.append((name, str(found[attribute])))
    assert seen > 1000 and broken == []


def test_pages_are_whole_and_can_be_read_aloud(pages: dict[str, BeautifulSoup]) -> None:
    for name, soup in pages.items():
        assert soup.title is not None and soup.title.get_text(strip=True) and len(soup.find_all("h1")) == 1, name
        assert len(soup.find_all("main")) == 1 and soup.html is not None and soup.html["lang"] == "vi", name
        ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), name
        assert all(th.has_attr("scope") for th in soup.find_all("th")), name
        assert "None" not in {text.strip() for text in soup.find_all(string=True)}, name


def test_every_figure_of_a_province_is_in_the_marts_and_leads_to_its_sentence(
    pages: dict[str, BeautifulSoup], articles: Articles, rows: Rows
) -> None:
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
            assert cell is not None and ("data-v" not in cell.attrs or float(str(cell["data-v"])) in known), (name, cell)
            address, _, claim = str(link["href"]).partition("?a=")[2].partition("#c-")
            text, stated = claims_of(articles[address])[claim]
            assert stated[8] in text, "its words are in its sentence"
            assert link.find_next_sibling("noscript") is not None, "without scripts it leads to the page of the portal"
            checked += 1
    assert checked > 60


def test_every_figure_names_its_period_standard_sources_and_confidence(pages: dict[str, BeautifulSoup]) -> None:
    checked = 0
    for name, soup in pages.items():
        for table in soup.select("table:has(a.figure):not(.merged)"):
            head = " ".join(th.get_text(" ") for th in table.select("thead th"))
            for needed in ("Thời điểm|Kỳ của kết quả", "chuẩn|Đã công bố", "Số bài|Đã công bố", "Độ tin cậy"):
                assert re.search(needed, head), (name, needed, head)
            checked += 1
        for cell in soup.select(".merged td:has(a.figure)"):
            assert re.search(r"\d{4}.*·.*·.* bài.*độ tin cậy", cell.get_text(" "), re.S), (name, cell)
    assert checked > 10


def test_the_evidence_is_that_of_the_marts(articles: Articles, rows: Rows) -> None:
    stated = {claim: (text, row) for article in articles.values() for claim, (text, row) in claims_of(article).items()}
    for claim in rows("select claim_id, evidence, sentence, confidence, indicator_code from marts.fct_claim"):
        text, row = stated.pop(claim["claim_id"])
        assert text == claim["sentence"] and row[8] == claim["evidence"] and claim["evidence"] in text
        assert (row[3], row[11]) == (claim["indicator_code"], claim["confidence"])
    assert stated == {}


def test_the_index_knows_every_word_of_every_article(site: Path, articles: Articles) -> None:
    index = _index(site)
    numbers: dict[str, dict[int, str]] = {}
    for month in sorted(index["months"], reverse=True):
        for number, count in enumerate(index["months"][month]):
            of_year = numbers.setdefault(month[:4], {})
            found = unpacked(site / "data" / "bai" / f"{month}-{number}.js") if count else []
            assert len(found) == count
            of_year |= {len(of_year) + i: f"{month}.{article[0]}" for i, article in enumerate(found)}
    checked = 0
    for year, bits in index["years"].items():
        for number, address in numbers[year].items():
            for word in re.findall(r"[^\W_]+(?:[.,]\d+)*", " ".join(text for text, _ in articles[address][8]).lower()):
                steps = unpacked(site / "data" / "tim" / f"{year}-{checksum(fold(word)) & ((1 << bits) - 1)}.js")[word]
                assert number in [sum(steps[: i + 1]) for i in range(len(steps))], (address, word)
                checked += 1
    assert checked > 300


def test_checksums_and_numbers_of_files() -> None:
    assert [checksum(t) for t in ("", "nghèo", "a1b2")] == [zlib.crc32(t.encode()) for t in ("", "nghèo", "a1b2")]
    assert [bits_for(n, 32) for n in (0, 1, 32, 33, 64, 65, 1000)] == [0, 0, 0, 1, 1, 2, 5]
    assert fold("Đắk R'Lấp, hộ NGHÈO") == "dak r'lap, ho ngheo"


def test_no_line_joins_two_standards_and_the_break_is_said(pages: dict[str, BeautifulSoup]) -> None:
    soup = next(s for n, s in pages.items() if n.startswith("tinh/") and s.select("p.break"))
    item = soup.select_one("p.break").find_parent("li")  # type: ignore[union-attr]
    data = json.loads(item.select_one("script").get_text())  # type: ignore[union-attr]
    assert len(data["results"]) == len(data["breaks"]) + 1 >= 2
    for number, segment in enumerate(data["results"]):
        assert len({point[2] for point in segment}) == 1
        assert number == 0 or data["breaks"][number - 1][0] == segment[0][0]


def test_of_several_figures_of_a_day_the_last_word_carries_the_line() -> None:
    def row(day: str, value: float, last: bool, kind: str = "achievement") -> dict[str, Any]:
        names = ("indicator_vi", "indicator_en", "indicator_code", "area_name", "unit_vi", "unit_en", "unit_code", "series_key")
        more = {"standard_code": "s", "standard_vi": "S", "standard_en": "S", "qualifier": None, "programme_code": "p"}
        return (
            dict.fromkeys(names, "x")
            | more
            | {
                "as_of": datetime.fromisoformat(day).date(),
                "value": value,
                "kind": kind,
                "is_last_word": last,
                "evidence": "e",
                "sources": 1,
                "confidence": 0.9,
            }
        )

    (chart,) = charts_of([row("2024-12-31", 5, True), row("2024-12-31", 6, False), row("2025-12-31", 4, True, "target")])
    assert [[p[1] for p in s] for s in chart.data["results"]] == [[5]]
    assert [p[1] for p in chart.data["others"]] == [6] and [p[1] for p in chart.data["targets"]] == [4] and chart.has_both


def test_quang_nam_before_stands_beside_da_nang_after(pages: dict[str, BeautifulSoup]) -> None:
    table = pages["tinh/48.html"].select_one("table.merged")
    assert table is not None
    assert [th.get_text(" ", strip=True) for th in table.select("thead th")][1:3] == [
        "Thành phố Đà Nẵng trước before",
        "Tỉnh Quảng Nam trước before",
    ]
    line = next(tr for tr in table.select("tbody tr") if "ntm.commune.certified" in str(tr.th) and "Kết quả" in str(tr.th))
    assert [td.select_one("a.figure").get_text() if td.select_one("a.figure") else None for td in line.select("td")] == [
        None,
        "139",
        None,
        "70",
        None,
    ]
    assert "1 trong 2 tỉnh cũ" in line.get_text(), "a sum that lacks a province is not passed off as one"
    assert not pages["tinh/14.html"].select("#sap-nhap") and not pages["tinh/49-truoc-2025.html"].select("#sap-nhap")


def test_targets_are_counted_once_and_results_without_one_not_at_all(pages: dict[str, BeautifulSoup], rows: Rows) -> None:
    assert standing([("met", 2), ("behind", 1), ("no_target", 50), ("no_result", 3)]) | {"counts": {}} == {
        "counts": {}, "judged": 3, "good": 2, "bad": 1, "share": 200 / 3, "targets": 6,
    }  # fmt: skip
    known = {
        r["status_code"]: r["n"]
        for r in rows("select status_code, count(*) as n from bi.progress where target_value is not null group by all")
    }
    legend = pages["index.html"].select_one("section[aria-labelledby=tinh-hinh] .legend")
    assert legend is not None
    assert {str(li.span["class"][1]): int(li.find_all(string=True)[-1]) for li in legend.select("li")} == known  # type: ignore[index]


def test_the_report_and_the_site_count_the_same(pages: dict[str, BeautifulSoup], rows: Rows) -> None:
    from warehouse.report import _STATUSES

    report = {r["status_code"]: r["n"] for r in rows(_STATUSES)}
    for badge in pages["index.html"].select("section[aria-labelledby=tinh-hinh] .legend li"):
        assert report[badge.span["class"][1]] == int(badge.find_all(string=True)[-1])  # type: ignore[index]


# --- a second run ---


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {p.relative_to(folder).as_posix(): (p.stat().st_ino, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


@pytest.mark.slow
def test_a_second_run_keeps_every_file_and_a_changed_article_changes_only_its_own(copied: Settings) -> None:
    publish(copied, allowed=True)
    folder = copied.reports / "site"
    first = write_site(copied.current, folder)
    before = _stamps(folder)
    assert first.written == first.files - 1, "all but the list of what each file was made of"
    again = write_site(copied.current, folder)
    after = _stamps(folder)
    assert again.written == 0 and {n for n in after if after[n] != before[n]} == {".manifest.json"}

    with duckdb.connect(str(copied.warehouse)) as c:
        found = c.execute(
            "select version_id, published_on from marts.dim_article where is_latest and claim_count > 0 order by 1 limit 1"
        ).fetchone()
        assert found is not None
        c.execute("update marts.dim_article set title = 'Một tiêu đề khác hẳn' where version_id = ?", [found[0]])
        forget_release(c)  # no build changed that row, so none would publish it
    publish(copied, allowed=True)
    write_site(copied.current, folder)
    changed = {n for n, stamp in _stamps(folder).items() if stamp != after[n]}
    evidence = {n for n in changed if n.startswith(("data/bai/", "data/tim/"))}
    assert evidence == {f"data/bai/{found[1]:%Y%m}-0.js", f"data/tim/{found[1]:%Y}-0.js"}
    assert not any(n.startswith(("tinh/", "chi-tieu/", "chuong-trinh/", "tai-ve/tinh", "static/")) for n in changed), changed

    with duckdb.connect(str(copied.warehouse)) as c:  # an article that is taken out leaves nothing behind
        c.execute("delete from marts.fct_claim where version_id = ?", [found[0]])
        c.execute("delete from marts.fct_milestone where version_id = ?", [found[0]])
        forget_release(c)
    publish(copied, allowed=True)
    write_site(copied.current, folder)
    assert found[0] not in "".join(json.dumps(unpacked(f)) for f in (folder / "data" / "bai").glob("*.js"))


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_old_site_and_the_next_mends_it(copied: Settings) -> None:
    publish(copied, allowed=True)
    folder = copied.reports / "site"
    write_site(copied.current, folder)
    before = _stamps(folder)
    (folder / ".manifest.json").unlink()  # so that the next run has everything to do
    code = f"from pathlib import Path; from dashboards.site.build import write_site; write_site(Path({str(copied.current)!r}), Path({str(folder)!r}))"
    run = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    half = copied.reports / ".site.new"
    until = time.monotonic() + 240  # a busy machine takes its time to start Python
    while time.monotonic() < until and run.poll() is None and not (half / "tinh").is_dir():
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert (half / "tinh").is_dir(), "it was killed in the middle"
    assert {n: s for n, s in _stamps(folder).items() if n != ".manifest.json"} == {n: s for n, s in before.items() if n != ".manifest.json"}
    write_site(copied.current, folder)
    assert not half.exists() and set(_stamps(folder)) == set(before)


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
    assert [p.name for p in copied.reports.iterdir() if not p.name.endswith(".lock")] == ["site"], "nothing half made is left"


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
    for file in (folder / "data" / "bai").glob("*.js"):
        assert all(article[3] == "" for article in unpacked(file)), "no address that a browser would run"


@pytest.mark.slow
def test_the_report_is_written_when_the_site_fails(
    copied: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MUCTIEU_HOME", str(copied.home))
    publish(copied, allowed=True)
    with duckdb.connect(str(copied.current)) as c:
        c.execute("drop view bi.province_rollup")  # the report does not read it
    assert Path(tasks.report()).is_file()
    assert "muctieu site" in caplog.text
    assert not (copied.reports / "site").exists()


# --- downloads ---


def test_a_workbook_has_figures_as_numbers_days_as_days_and_says_its_source(site: Path, rows: Rows) -> None:
    book = openpyxl.load_workbook(io.BytesIO((site / "tai-ve" / "tinh-20.xlsx").read_bytes()))
    sheet = book["Mục tiêu của tỉnh"]
    head = [str(c.value) for c in sheet[1]]
    column = {
        name: next(i for i, h in enumerate(head) if h.startswith(name))
        for name in ("Năm", "Mục tiêu /", "Kết quả /", "Kỳ của", "Trang nguồn của kết")
    }
    found = {
        (r[column["Năm"]].value, r[column["Mục tiêu /"]].value, r[column["Kết quả /"]].value, r[column["Kỳ của"]].value)
        for r in sheet.iter_rows(min_row=2)
    }
    expected = rows(
        "select year_number, target_value, actual_value, actual_as_of::timestamp as day from bi.progress "
        "where area_name = 'Tỉnh Lạng Sơn' and target_value is not null"
    )
    assert found == {(r["year_number"], r["target_value"], r["actual_value"], r["day"]) for r in expected} and len(expected) > 3
    links = [r[column["Trang nguồn của kết"]] for r in sheet.iter_rows(min_row=2)]
    assert all(c.hyperlink.target == c.value and c.value.startswith("https://") for c in links if c.value) and any(c.value for c in links)
    told = {str(r[0].value): str(r[1].value) for r in book["Nguồn"].iter_rows()}
    assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d", told["Công bố"]) and "cổng thông tin" in told["Nguồn"]


def test_all_data_is_there_as_parquet(site: Path, rows: Rows) -> None:
    with duckdb.connect() as c:
        for name, view in (("muc-tieu-va-ket-qua", "progress"), ("so-lieu", "statement"), ("moc", "milestone"), ("mau-thuan", "conflict")):
            read = c.execute(f"select count(*) from read_parquet('{site}/tai-ve/{name}.parquet')").fetchone()
            assert read is not None and read[0] == rows(f"select count(*) as n from bi.{view}")[0]["n"]


def test_a_long_table_has_all_its_rows_in_a_file_and_the_first_in_the_page() -> None:
    columns = (
        tables.Column("Khu vực", "Area", head=True),
        tables.Column("Giá trị", "Value", "figure"),
        tables.Column("Ngày", "Day", "day"),
    )
    day = date(2024, 12, 31)
    long = tables.Table("t", "T", "T", columns, [[f"x{i}", [i, f"202401.v{i}#c-c{i}", "https://a.example/"], day] for i in range(200)])
    soup = BeautifulSoup(tables.html(long, "../"), "lxml")
    assert len(soup.select("tbody tr")) == tables.SHOWN and soup.table["data-rows"] == "200" and soup.table["data-table"] == "t"  # type: ignore[index]
    assert soup.select_one("tbody a.figure")["href"] == "../bai/xem.html?a=202401.v0#c-c0"  # type: ignore[index]
    assert long.data()["rows"][199] == ["x199", [199, "202401.v199#c-c199", "https://a.example/"], "2024-12-31"]


# --- provinces and maps ---


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


def _box(path: str) -> tuple[float, float, float, float]:
    """West, north, east, south of a path of absolute starts and relative moves."""
    xs, ys = [], []
    for ring in path.split("M")[1:]:
        start, _, moves = ring.removesuffix("z").partition("l")
        x, y = (float(v) for v in start.split())
        numbers = [float(v) for v in moves.split()]
        for dx, dy in [(0.0, 0.0), *zip(numbers[::2], numbers[1::2], strict=True)]:
            x, y = x + dx, y + dy
            xs.append(x)
            ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)


def test_the_outlines_are_the_provinces_of_both_days_and_the_archipelagos_are_marked(pages: dict[str, BeautifulSoup]) -> None:
    drawn = maps.outlines()
    tiles = read_tiles()
    for name in ("today", "before"):
        assert set(drawn[name]) == {t.code for t in tiles if t.map == name and not t.is_island}
    boxes = {name: {code: _box(path) for code, path in drawn[name].items()} for name in ("today", "before")}
    for new, old in drawn["within"].items():  # a union reaches exactly as far as its parts
        parts = [boxes["before"][code] for code in old]
        union = (min(p[0] for p in parts), min(p[1] for p in parts), max(p[2] for p in parts), max(p[3] for p in parts))
        assert all(abs(a - b) < 1 for a, b in zip(boxes["today"][new], union, strict=True)), new
    assert sum(len(old) for old in drawn["within"].values()) == 52 and sorted(drawn["within"]["48"]) == ["48", "49"]
    # Huế lies between Quảng Trị and Đà Nẵng on both maps, and is the same page on both: a city since January 2025, before that Thừa Thiên Huế
    assert boxes["before"]["45"][1] < boxes["before"]["46"][1] < boxes["before"]["48"][1]
    assert drawn["before"]["46"] == drawn["today"]["46"]
    for day in ("today", "before"):
        svg = pages["index.html"].select_one(f"#outline-{day}")
        assert svg is not None
        hue = svg.select_one('a[href="tinh/46.html"]')
        assert hue is not None and hue["data-name"] == "Huế"
        islands = {a["aria-label"]: a["href"] for a in svg.select("a.islands")}
        da_nang = "tinh/48.html" if day == "today" else "tinh/48-truoc-2025.html"
        assert islands["Quần đảo Hoàng Sa (Đà Nẵng)"] == da_nang and "Quần đảo Trường Sa (Khánh Hòa)" in islands
        assert len(svg.select("a[data-page]")) == (34 if day == "today" else 63)


def test_a_province_that_only_changed_its_name_or_rank_keeps_its_figures_and_its_one_page() -> None:
    def area(key: str, code: str, name: str, start: str, end: str, today: str) -> dict[str, Any]:
        first, last = (datetime.fromisoformat(d).date() for d in (start, end))
        names = {"area_key": key, "area_code": code, "area_name": name, "full_name": name, "province_today_code": today}
        return names | {"valid_from": first, "valid_to": last, "is_current": end == "9999-12-31"}

    found = provinces_of(
        [
            area("qn", "49", "Quảng Nam", "2004-01-01", "2025-06-30", "48"),
            area("dn-old", "48", "Đà Nẵng", "2004-01-01", "2025-06-30", "48"),
            area("dn", "48", "Đà Nẵng", "2025-07-01", "9999-12-31", "48"),
            area("tth", "46", "Thừa Thiên Huế", "2004-01-01", "2024-12-31", "46"),
            area("hue", "46", "Huế", "2025-01-01", "9999-12-31", "46"),
            area("ht", "28", "Hà Tây", "2004-01-01", "2008-07-31", "01"),
        ],
        [("tth", "hue")],
    )
    assert {p.page: (p.keys, p.is_today, p.is_before) for p in found} == {
        "48": (("dn",), True, False),
        "48-truoc-2025": (("dn-old",), False, True),
        "49-truoc-2025": (("qn",), False, True),
        "46": (("hue", "tth"), True, True),
    }


def test_figures_of_before_a_province_was_renamed_are_on_its_page(pages: dict[str, BeautifulSoup], rows: Rows) -> None:
    (lost,) = rows(
        "select count(*) as n from marts.dim_area where province_today_code is null and area_level in ('province', 'district', 'commune') "
        "and valid_to >= '2020-01-01'"
    )
    assert lost["n"] == 0, "a unit without a province of today is on no page of a province"
    assert "Bình Liêu" in pages["tinh/22.html"].get_text(), "Quảng Ninh is a city since September 2026"


def test_words_and_marks() -> None:
    assert highlighted("a <b> 5% c 7%", ["5%", "7%"]) == Markup("a &lt;b&gt; <mark>5%</mark> c <mark>7%</mark>")
    assert highlighted("còn 5% hộ nghèo", ["còn 5%", "5% hộ"]) == Markup("<mark>còn 5% hộ</mark> nghèo")
    assert highlighted("x", ["", "y"]) == Markup("x")
    assert [number_en(v) for v in (1234567.5, 18.0, None)] == ["1,234,567.5", "18", "–"]
    assert file_name("../a b/ntm.x") == "..-a-b-ntm.x"
    assert sorted(["Điện Biên", "Hà Nội", "Đà Nẵng", "Đắk Lắk", "Cần Thơ"], key=alphabetical) == [
        "Cần Thơ",
        "Đà Nẵng",
        "Đắk Lắk",
        "Điện Biên",
        "Hà Nội",
    ]
    assert charts_of([]) == []


def test_the_site_says_what_it_made(made: Site, site: Path) -> None:
    files = [p for p in site.rglob("*") if p.is_file()]
    assert (made.files, made.bytes) == (len(files), sum(p.stat().st_size for p in files))
    assert made.pages == sum(p.suffix == ".html" for p in files) and made.articles > 20

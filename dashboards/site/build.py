"""From a published file to a folder of pages. Reading is in `queries`, tables in `columns`, words in the templates.

Everything that comes from a page of a portal is escaped (or written as JSON and set as text by the scripts), and a link is only made of
http(s). The folder is replaced whole (`folder`): a reader sees the old site or the new one.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dashboards.site import columns, maps, merger, queries, tables
from dashboards.site.charts import Chart, charts_of
from dashboards.site.evidence import newest_articles, packed, write_evidence
from dashboards.site.folder import SiteFolder, replacing
from dashboards.site.places import Province, provinces_of
from dashboards.site.reading import Row, open_site, rows
from dashboards.site.tables import Table
from dashboards.site.text import file_name, highlighted, iso, number_en, percent
from dashboards.site.workbook import about_site, workbook
from warehouse.report import day_vi, number_vi, safe_url

HERE = Path(__file__).resolve().parent
CHARTS_A_PAGE = 12  # the other series are in the tables
NEWEST_ARTICLES = 300  # in the list of articles; the others are found by month and by words
JUDGED = ("met", "on_track", "in_progress", "behind", "missed")
GOOD = ("met", "on_track")
BAD = ("behind", "missed")
STATUSES = {
    "met": ("Đạt mục tiêu", "Target met"),
    "on_track": ("Đúng tiến độ", "On track"),
    "in_progress": ("Đang thực hiện", "In progress"),
    "behind": ("Chậm tiến độ", "Behind"),
    "missed": ("Không đạt", "Missed"),
    "no_result": ("Chưa có kết quả", "No result yet"),
    "not_judged": ("Chưa đánh giá được", "Not judged"),
}
PARQUET = {
    "progress": ("muc-tieu-va-ket-qua", "Mục tiêu và kết quả", "Targets and results"),
    "statement": ("so-lieu", "Mọi số liệu, với câu văn và trang nguồn", "All figures, with sentences and source pages"),
    "latest": ("so-lieu-moi-nhat", "Số liệu mới nhất", "Latest figures"),
    "milestone": ("moc", "Các mốc", "Milestones"),
    "conflict": ("mau-thuan", "Mâu thuẫn", "Conflicts"),
    "province_rollup": ("cong-tinh-cu", "Các tỉnh cũ cộng lại", "Old provinces added up"),
}
# parts of a province's page: title, and which indicators it has
AREAS = (
    ("giam-ngheo", "Giảm nghèo", "Poverty reduction", lambda row: row["programme_code"] == "giam_ngheo"),
    ("nong-thon-moi", "Nông thôn mới", "New rural development", lambda row: row["programme_code"] == "ntm"),
    ("dan-toc", "Dân tộc thiểu số và miền núi", "Ethnic minorities and mountains", lambda row: row["programme_code"] == "dtts"),
    ("ocop", "OCOP", "OCOP", lambda row: row["programme_code"] == "ocop"),
    ("von", "Vốn và giải ngân", "Funds and disbursement", lambda row: row["indicator_code"].startswith("budget.")),
    ("chung", "Các chỉ tiêu khác", "Other indicators", lambda _: True),
)


@dataclass(frozen=True, slots=True)
class Site:
    index: Path
    pages: int
    articles: int  # with a page of their own
    files: int
    written: int  # of them new or changed
    bytes: int  # of all files, plotly.min.js included


def write_site(published: Path, folder: Path) -> Site:
    """Write the site of a published file into `folder`, which is replaced.

    Raises:
        FileNotFoundError, duckdb.Error: the published file is missing or lacks a view; the old site stays.
    """
    with open_site(published) as connection, replacing(folder) as made:
        articles = _write(connection, made)
    files = [path for path in folder.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    return Site(folder / "index.html", pages, articles, len(files), made.written, sum(path.stat().st_size for path in files))


def _write(connection: duckdb.DuckDBPyConnection, folder: SiteFolder) -> int:
    site = _Site(connection, folder)
    for path in sorted((HERE / "static").iterdir()):
        folder.copy(f"static/{path.name}", path)
    folder.copy("static/plotly.min.js", _plotly())
    _overview(site, _parquet(site))
    _provinces(site)
    _programmes(site)
    _indicators(site)
    _conflicts_and_quality(site)
    articles = write_evidence(folder, connection, site.fingerprint)
    _articles(site)
    return articles


class _Site:
    """What every page needs: the connection with its prepared tables, the provinces, and how a page is written."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: SiteFolder) -> None:
        self.connection, self.folder = connection, folder
        self.fingerprint = fingerprint()
        continued = [(r["old_area_key"], r["new_area_key"]) for r in rows(connection, queries.CONTINUED)]
        self.provinces = provinces_of(rows(connection, queries.AREAS), continued)
        connection.execute("create table memory.main.site_page (area_key varchar, page varchar)")
        connection.executemany("insert into memory.main.site_page values (?, ?)", [(key, p.page) for p in self.provinces for key in p.keys])
        for sql in queries.PREPARE:
            connection.execute(sql)
        (self.totals,) = rows(connection, queries.TOTALS)
        self.programmes = rows(connection, queries.PROGRAMMES)
        self._environment = _environment()
        self._environment.globals |= {"totals": self.totals, "statuses": STATUSES, "version": self.fingerprint[:8]}

    def ask(self, sql: str, **parameters: Any) -> list[Row]:
        return rows(self.connection, sql, **parameters)

    def of(self, sql: str, province: Province) -> list[Row]:
        return self.ask(sql.format(where=province.where), **province.parameters)

    def page(self, path: str, template: str, **context: Any) -> None:
        root = "../" * path.count("/")
        draw = {"table": lambda table, *empty: tables.html(table, root, *empty), "figure": lambda *cell: tables.figure(root, *cell)}
        text = self._environment.get_template(f"{template}.html.j2").render(root=root, template=template, here=path, **draw, **context)
        self.folder.text(path, text)

    def table(self, table: Table) -> Table:
        """A table of a page; when it is cut there, all its rows are in a file that the page loads when it is asked for them."""
        if table.is_cut:
            data = packed(f"bang/{table.name}", table.data())
            self.folder.keyed(f"data/bang/{table.name}.js", hashlib.sha1(data, usedforsecurity=False).hexdigest(), lambda: data)
        return table

    def numbers(self, name: str, charts: Sequence[Chart]) -> list[Table]:
        """The figures of each chart, the newest first."""
        found = []
        for n, chart in enumerate(charts, start=1):
            title = f"{chart.indicator_vi}, {chart.area}", f"{chart.indicator_en}, {chart.area}"
            found.append(self.table(columns.timeline_table(f"{name}-bieu-do-{n}", reversed(chart.rows), *title)))
        return found

    def download(self, name: str, title: tuple[str, str], content: Sequence[Table]) -> str:
        """The workbook of a page; its address, or nothing when there is nothing in it."""
        if not any(table.rows for table in content):
            return ""
        told = repr([(t.name, t.vi, t.columns, t.rows) for t in content if t.rows])
        key = hashlib.sha1(f"{self.fingerprint} {title} {told}".encode(), usedforsecurity=False).hexdigest()
        path = f"tai-ve/{name}.xlsx"
        self.folder.keyed(path, key, lambda: workbook(title, content, about_site(self.totals["published_at"])))
        return path


def fingerprint() -> str:
    """What the files are made by: this package and DuckDB."""
    digest = hashlib.sha1(duckdb.__version__.encode(), usedforsecurity=False)
    for path in sorted(HERE.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".j2", ".js", ".css", ".json", ".csv"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def standing(counts: Iterable[tuple[str, int]]) -> Row:
    """Targets by status; `judged`, `good` (met or on track), `bad`, the good in per cent. Results without a target do not count."""
    by_status = dict.fromkeys(STATUSES, 0)
    for status, n in counts:
        if status in by_status:
            by_status[status] += n
    judged, good, bad = (sum(by_status[status] for status in statuses) for statuses in (JUDGED, GOOD, BAD))
    share = percent(good, judged)
    return {"counts": by_status, "judged": judged, "good": good, "bad": bad, "share": share, "targets": sum(by_status.values())}


def _standing_of(site: _Site, where: str, **parameters: Any) -> Row:
    return standing((r["status_code"], r["n"]) for r in site.ask(queries.STANDING_OF.format(where=where), **parameters))


def _standings_by(site: _Site, by: str, where: str = "true", **parameters: Any) -> dict[str, Row]:
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in site.ask(queries.STANDING_BY.format(by=by, where=where), **parameters):
        found[row[by]].append((row["status_code"], row["n"]))
    return {key: standing(counts) for key, counts in found.items()}


def _parquet(site: _Site) -> list[tuple[str, str, str, int]]:
    """The views of the whole country as Parquet, for whoever wants all of it: name, Vietnamese, English, rows."""
    found = []
    for view, (name, vi, en) in PARQUET.items():
        # a release is what it is for ever, so its views need not be compared with the files of before
        with tempfile.TemporaryDirectory(dir=site.folder.new.parent, prefix=".site-parquet-") as part:

            def made(view: str = view, part: Path = Path(part)) -> bytes:
                site.connection.execute(f"copy (from bi.{view}) to '{part / view}' (format parquet, compression zstd)")
                return (part / view).read_bytes()

            site.folder.keyed(f"tai-ve/{name}.parquet", f"{site.totals['published_at']} {site.fingerprint}", made)
        (count,) = site.ask(f"select count(*) as n from bi.{view}")
        found.append((name, vi, en, count["n"]))
    return found


def _overview(site: _Site, parquet: Sequence[tuple[str, str, str, int]]) -> None:
    today, then = _standings_by(site, "today"), _standings_by(site, "then_page")
    standings = {p.page: (today if p.is_today else then).get(p.code if p.is_today else p.page, standing([])) for p in site.provinces}
    # on the map of before, a province of today that others joined is not shown: its own figures of before are
    country = site.ask(queries.LATEST_OF.format(where="area_level = 'country'"))
    shown = packed("ban-do", maps.metrics(site.connection))
    site.folder.keyed("data/ban-do.js", hashlib.sha1(shown, usedforsecurity=False).hexdigest(), lambda: shown)
    by_province = {
        day: site.table(
            columns.standing_table(
                f"tinh-hinh-{day}",
                [(p.full_name, f"tinh/{p.page}.html", standings[p.page]) for p in site.provinces if (p.is_today, p.is_before)[which]],
                *words,
            )
        )
        for which, (day, words) in enumerate(
            {"today": ("Tình hình các tỉnh", "Provinces"), "before": ("Tình hình 63 tỉnh", "The 63 provinces")}.items()
        )
    }
    latest = site.table(columns.latest_table("ca-nuoc", country, "Số liệu cả nước", "Figures of the whole country"))
    site.page(
        "index.html",
        "overview",
        provinces=site.provinces,
        standings=standings,
        places=maps.places_on_maps(site.provinces),
        size=maps.outlines()["size"],
        totals_by_status=_standing_of(site, "true"),
        programmes=site.programmes,
        by_programme=_standings_by(site, "programme_code"),
        by_province=by_province,
        country=latest,
        parquet=parquet,
    )


def _provinces(site: _Site) -> None:
    for province in site.provinces:
        old = [p for p in site.provinces if province.is_today and not p.is_today and p.today_code == province.code]
        progress, latest, milestones = (site.of(sql, province) for sql in (queries.PROGRESS_OF, queries.LATEST_OF, queries.MILESTONE_OF))
        charts = charts_of(site.of(queries.TIMELINE_OF, province))
        own = [row for row in progress if row["area_level"] == "province"]
        below = [row for row in progress if row["area_level"] != "province"]
        name = f"tinh-{province.page}"
        content = {
            "own": columns.progress_table(f"{name}-muc-tieu", own, "Mục tiêu của tỉnh", "Targets of the province"),
            "below": columns.progress_table(f"{name}-huyen-xa", below, "Mục tiêu của huyện, xã", "Targets of districts and communes"),
            **{f"latest-{code}": t for code, t in _by_area(name, latest)},
            "milestones": columns.milestone_table(f"{name}-moc", milestones),
        }
        for table in content.values():
            site.table(table)
        site.page(
            f"tinh/{province.page}.html",
            "province",
            province=province,
            before=old,
            after=next((p for p in site.provinces if p.is_today and p.code == province.today_code), None),
            merged=merger.comparison(site.connection, province, old),
            standing=_standing_of(site, province.where, **province.parameters),
            headlines=_headlines(own),
            tables=content,
            parts=[(code, vi, en) for code, vi, en, _ in AREAS if content[f"latest-{code}"].rows],
            charts=charts[:CHARTS_A_PAGE],
            numbers=site.numbers(name, charts[:CHARTS_A_PAGE]),
            more_charts=max(0, len(charts) - CHARTS_A_PAGE),
            workbook=site.download(name, (province.full_name, province.full_name), list(content.values())),
        )


def _by_area(name: str, latest: Sequence[Row]) -> list[tuple[str, Table]]:
    """The newest figures in the parts of AREAS; each is in the first part that takes it, funds of a programme under funds."""
    parts: dict[str, list[Row]] = {code: [] for code, *_ in AREAS}
    for row in latest:
        funds = row["indicator_code"].startswith("budget.")
        parts[next(code for code, _, _, takes in AREAS if (code == "von") == funds and takes(row))].append(row)
    return [(code, columns.latest_table(f"{name}-{code}", parts[code], vi, en)) for code, vi, en, _ in AREAS]


def _headlines(progress: Sequence[Row]) -> list[Row]:
    """Of each indicator the newest judged target of the province, those behind first: what to look at within ten seconds."""
    newest: dict[str, Row] = {}
    for row in progress:
        known = newest.get(row["indicator_code"])
        if row["qualifier"] is None and row["status_code"] in JUDGED and (known is None or _is_plainer(row, known)):
            newest[row["indicator_code"]] = row
    order = ("missed", "behind", "in_progress", "on_track", "met")
    return sorted(newest.values(), key=lambda row: (order.index(row["status_code"]), -row["year_number"], row["indicator_vi"]))


def _is_plainer(row: Row, known: Row) -> bool:
    """Newer; of one year a level before a change or a share of the plan."""
    level = [r["comparison"] in ("level_count", "level_share") for r in (row, known)]
    return bool((row["year_number"], level[0]) > (known["year_number"], level[1]))


def _programmes(site: _Site) -> None:
    indicators = _by(site.ask(queries.INDICATORS), "programme_code")
    for programme in site.programmes:
        code = programme["programme_code"]
        where = "programme_code = $programme"
        today = _standings_by(site, "today", where, programme=code)
        name = f"chuong-trinh-{file_name(code)}"
        content = {
            "provinces": columns.standing_table(
                f"{name}-tinh",
                [(p.full_name, f"tinh/{p.page}.html#tien-do", today[p.code]) for p in site.provinces if p.is_today and p.code in today],
                "Theo tỉnh, thành phố hiện nay",
                "By province of today",
            ),
            "progress": columns.progress_table(
                f"{name}-muc-tieu", site.ask(queries.PROGRESS_OF.format(where=f"{where} and area_level = 'province'"), programme=code)
            ),
            "milestones": columns.milestone_table(f"{name}-moc", site.ask(queries.MILESTONE_OF.format(where=where), programme=code)),
        }
        for table in content.values():
            site.table(table)
        site.page(
            f"chuong-trinh/{file_name(code)}.html",
            "programme",
            programme=programme,
            phases=site.ask(queries.PHASES, programme=code),
            summary=site.ask(queries.SUMMARY, programme=code),
            indicators=indicators.get(code, []),
            standing=_standing_of(site, where, programme=code),
            tables=content,
            workbook=site.download(name, (programme["name_vi"], programme["name_en"]), list(content.values())),
        )


def _indicators(site: _Site) -> None:
    indicators = site.ask(queries.INDICATORS)
    counts = {row["indicator_code"]: row for row in site.ask(queries.COUNTS)}
    names = {p["programme_code"]: p for p in site.programmes}
    site.page("chi-tieu/index.html", "indicators", indicators=indicators, counts=counts, names=names)
    for indicator in indicators:
        code = indicator["indicator_code"]
        name = f"chi-tieu-{file_name(code)}"
        where = "indicator_code = $indicator"
        league = [
            site.table(columns.league_table(f"{name}-{number}", list(own)))
            for number, (_, own) in enumerate(
                groupby(
                    site.ask(queries.LEAGUE_OF, indicator=code),
                    key=lambda r: (r["year_number"], r["area_level"], r["comparison"], r["standard_code"]),
                )
            )
        ]
        latest = site.table(columns.latest_table(f"{name}-moi-nhat", site.ask(queries.LATEST_OF.format(where=where), indicator=code)))
        progress = columns.progress_table(f"{name}-muc-tieu", site.ask(queries.PROGRESS_OF.format(where=where), indicator=code))
        charts = charts_of(site.ask(queries.TIMELINE_OF.format(where=where), indicator=code))
        site.page(
            f"chi-tieu/{file_name(code)}.html",
            "indicator",
            indicator=indicator,
            programme=names.get(indicator["programme_code"]),
            league=league,
            latest=latest,
            charts=charts[:CHARTS_A_PAGE],
            numbers=site.numbers(name, charts[:CHARTS_A_PAGE]),
            more_charts=max(0, len(charts) - CHARTS_A_PAGE),
            standing=_standing_of(site, where, indicator=code),
            workbook=site.download(name, (indicator["name_vi"], indicator["name_en"]), [progress, latest]),
        )


def _conflicts_and_quality(site: _Site) -> None:
    site.page("mau-thuan.html", "conflicts", conflicts=site.ask(queries.CONFLICTS))
    quality = {name: site.ask(getattr(queries, name.upper())) for name in ("portals", "checks", "alerts")}
    references = site.table(columns.reference_table("doi-chieu", site.ask(queries.REFERENCES)))
    status_page = (site.folder.new.parent / "status.html").is_file()
    site.page("chat-luong.html", "quality", references=references, status_page=status_page, **quality)


def _articles(site: _Site) -> None:
    site.page("bai/xem.html", "article")
    newest = columns.article_table("bai-moi", newest_articles(site.connection, NEWEST_ARTICLES))
    site.page("bai/index.html", "articles", newest=site.table(newest))
    site.page("tim-kiem.html", "search")
    # what changes with every release is in one small script, so that pages of which nothing changed stay the files that they are
    moment = site.totals["published_at"]
    release = {"published": f"{moment:%Y-%m-%dT%H:%M%z}" if moment else "", "day": iso(moment), "newest": iso(site.totals["newest_on"])}
    counts = {"articles": site.totals["articles"], "portals": site.totals["portals"]}
    site.folder.text("data/cong-bo.js", _script("MUCTIEU.release", release | counts))


def _by(found: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[column]].append(row)
    return dict(grouped)


def _script(name: str, content: Any) -> str:
    """A script that assigns, because fetch() reads nothing from file://."""
    return f"{name}={json.dumps(content, ensure_ascii=False, separators=(',', ':'))};\n"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dashboards.site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "number_vi": number_vi,
        "number_en": number_en,
        "day": day_vi,
        "iso": iso,
        "safe_url": safe_url,
        "file_name": file_name,
        "highlighted": highlighted,
    }
    environment.globals |= {"t": tables.words, "num": tables.number, "day": tables.day, "badge": tables.badge, "Markup": Markup}
    return environment


def _plotly() -> Path:
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

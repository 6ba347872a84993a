"""From a published file to a folder of pages. Reading is in `queries`, shaping in `charts` and below, words in the templates.

Everything that comes from a page of a portal is escaped by Jinja (or written as JSON and set as text by the scripts), and a link is
only made of http(s). Pages are written to a folder beside the old one, which they replace at the end: a reader never sees half a site.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboards.site import queries
from dashboards.site.charts import Row, charts_of
from dashboards.site.text import file_name, highlighted, iso, number_en, percent, plain
from dashboards.site.tiles import read_tiles
from warehouse.query import open_published
from warehouse.report import day_vi, number_vi, safe_url

HERE = Path(__file__).resolve().parent
CHARTS_A_PAGE = 24  # the other series are in the table below them
NEWEST_ARTICLES = 1000  # in the list of articles; the search finds all
JUDGED = ("met", "on_track", "in_progress", "behind", "missed")
GOOD = ("met", "on_track")
STATUSES = {
    "met": ("Đạt mục tiêu", "Target met"),
    "on_track": ("Đúng tiến độ", "On track"),
    "in_progress": ("Đang thực hiện", "In progress"),
    "behind": ("Chậm tiến độ", "Behind"),
    "missed": ("Không đạt", "Missed"),
    "no_result": ("Chưa có kết quả", "No result yet"),
    "not_judged": ("Chưa đánh giá được", "Not judged"),
}


@dataclass(frozen=True, slots=True)
class Site:
    index: Path
    pages: int
    bytes: int  # of all files, plotly.min.js included


def write_site(published: Path, folder: Path) -> Site:
    """Write the site of a published file into `folder`, which is replaced.

    Raises:
        FileNotFoundError, duckdb.Error: the published file is missing or lacks a view; the old site stays.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    new, old = (folder.with_name(f".{folder.name}.{os.getpid()}.{part}") for part in ("new", "old"))
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        with open_published(published) as connection:
            _write(connection, new)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return Site(folder / "index.html", sum(path.suffix == ".html" for path in files), sum(path.stat().st_size for path in files))


def _write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for name in ("tinh", "chuong-trinh", "chi-tieu", "bai", "data"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(HERE / "static", folder / "static")
    _copy_plotly(folder / "static")
    writer = _Writer(folder, connection)
    facts = _Facts(connection)
    _overview(writer, facts)
    _provinces(writer, facts)
    _programmes(writer, facts)
    _indicators(writer, facts)
    _articles(writer, connection)
    writer.page("mau-thuan.html", "conflicts", conflicts=_rows(connection, queries.CONFLICTS))
    quality = {name: _rows(connection, getattr(queries, name.upper())) for name in ("portals", "checks", "alerts", "references")}
    writer.page("chat-luong.html", "quality", **quality)


class _Facts:
    """What several pages show, read once. The figures of people's areas are few beside the claims, which are streamed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.provinces = _rows(connection, queries.PROVINCES)
        for province in self.provinces:
            province["page"] = province["area_code"] + ("" if province["is_current"] else "-truoc-2025")
        self.pages_of = pages_of(self.provinces)
        self.progress = _rows(connection, queries.PROGRESS)
        self.timeline = _rows(connection, queries.TIMELINE)
        self.latest = _rows(connection, queries.LATEST)
        self.milestones = _rows(connection, queries.MILESTONES)
        self.indicators = _rows(connection, queries.INDICATORS)
        self.programmes = _rows(connection, queries.PROGRAMMES)
        self.phases = _rows(connection, queries.PHASES)
        self.summary = _rows(connection, queries.SUMMARY)
        self.league = _rows(connection, queries.LEAGUE)
        self.by_today = _by(self.progress, "province_today_code")
        self.by_then = _by(self.progress, "province_area_key")

    def of(self, province: Row, rows: dict[Any, list[Row]], then: dict[Any, list[Row]]) -> list[Row]:
        """Rows of a province: of today's with those of the provinces that went into it, of an earlier one only its own."""
        return rows.get(province["area_code"], []) if province["is_current"] else then.get(province["area_key"], [])


def _overview(writer: _Writer, facts: _Facts) -> None:
    standings = {p["page"]: standing(facts.of(p, facts.by_today, facts.by_then)) for p in facts.provinces}
    by_day = {
        "today": {p["area_code"]: p for p in facts.provinces if p["is_current"]},
        "before": {p["area_code"]: p for p in facts.provinces if iso(p["valid_from"]) <= "2025-06-30"},
    }
    # an unchanged province is on both maps; a current row that began on 1 July 2025 only on today's
    tiles = [
        {"map": t.map, "name": t.name, "row": t.row, "column": t.column, "is_island": t.is_island, "page": by_day[t.map][t.code]["page"]}
        for t in read_tiles()
        if t.code in by_day[t.map]
    ]
    writer.data("overview", metrics_of(facts.latest, facts.pages_of))
    shown = [row for row in facts.progress if row["is_headline"]]
    writer.page(
        "index.html",
        "overview",
        provinces=facts.provinces,
        standings=standings,
        tiles=tiles,
        totals_by_status=standing(shown),
        programmes=facts.programmes,
        by_programme={code: standing(rows) for code, rows in _by(shown, "programme_code").items()},
        country=[row for row in facts.latest if row["area_level"] == "country"],
    )


def standing(progress: Iterable[Row]) -> Row:
    """Counts of the headline rows by status; `judged`, `good` (met or on track) and their share in per cent."""
    counts = Counter(row["status_code"] for row in progress if row["is_headline"])
    judged, good = (sum(counts[status] for status in statuses) for statuses in (JUDGED, GOOD))
    by_status = {status: counts[status] for status in STATUSES}
    return {"counts": by_status, "judged": judged, "good": good, "share": percent(good, judged), "targets": sum(by_status.values())}


def pages_of(provinces: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Province row -> the tiles that show its figures: its own, and today's where only the name or the rank of the province changed."""
    rows = list(provinces)
    went_into = Counter(p["province_today_code"] for p in rows if not p["is_current"])
    today = {p["area_code"]: p["page"] for p in rows if p["is_current"]}
    found: dict[str, tuple[str, ...]] = {}
    for p in rows:
        alone = (
            not p["is_current"] and not p["is_divided"] and went_into[p["province_today_code"]] == 1 and p["province_today_code"] in today
        )
        found[p["area_key"]] = (p["page"], today[p["province_today_code"]]) if alone else (p["page"],)
    return found


def metrics_of(latest: Iterable[Row], pages: dict[str, tuple[str, ...]]) -> list[Row]:
    """Indicators that the map can show: the newest level of each province as a whole; those that most provinces state first."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in latest:
        if row["area_level"] == "province" and row["qualifier"] is None and row["province_area_key"] in pages:
            found[row["indicator_code"], row["unit_code"]].append(row)
    metrics = []
    for (code, unit), rows in sorted(found.items(), key=lambda item: (-len({r["province_area_key"] for r in item[1]}), item[0])):
        newest: dict[str, Row] = {}
        for row in rows:
            for page in pages[row["province_area_key"]]:
                if page not in newest or row["as_of"] > newest[page]["as_of"]:
                    newest[page] = row
        first = rows[0]
        metrics.append(
            {
                "id": f"{code}/{unit}",
                "code": code,
                "name": [first["indicator_vi"], first["indicator_en"]],
                "unit": [first["unit_vi"], first["unit_en"]],
                "better": first["better"],
                "values": {
                    page: {
                        "value": row["value"],
                        "day": iso(row["as_of"]),
                        "standard": [row["standard_vi"], row["standard_en"]],
                        "standard_code": row["standard_code"],
                        "sources": row["source_count"],
                        "confidence": row["confidence"],
                        "version": row["version_id"],
                        "claim": row["claim_id"],
                    }
                    for page, row in newest.items()
                },
            }
        )
    return metrics


def _provinces(writer: _Writer, facts: _Facts) -> None:
    grouped = {
        name: (_by(rows, "province_today_code"), _by(rows, "province_area_key"))
        for name, rows in (("timeline", facts.timeline), ("latest", facts.latest), ("milestones", facts.milestones))
    }
    for province in facts.provinces:
        progress = facts.of(province, facts.by_today, facts.by_then)
        timeline, latest, milestones = (facts.of(province, *grouped[name]) for name in ("timeline", "latest", "milestones"))
        charts = charts_of(timeline)
        writer.page(
            f"tinh/{province['page']}.html",
            "province",
            province=province,
            before=[
                p
                for p in facts.provinces
                if province["is_current"] and not p["is_current"] and p["province_today_code"] == province["area_code"]
            ],
            after=next((p for p in facts.provinces if p["is_current"] and p["area_code"] == province["province_today_code"]), None),
            standing=standing(progress),
            progress=[row for row in progress if row["target_value"] is not None],
            charts=charts[:CHARTS_A_PAGE],
            more_charts=max(0, len(charts) - CHARTS_A_PAGE),
            latest=latest,
            milestones=milestones,
        )


def _programmes(writer: _Writer, facts: _Facts) -> None:
    progress, milestones = _by(facts.progress, "programme_code"), _by(facts.milestones, "programme_code")
    phases, summary, indicators = (_by(rows, "programme_code") for rows in (facts.phases, facts.summary, facts.indicators))
    for programme in facts.programmes:
        code = programme["programme_code"]
        rows = progress.get(code, [])
        today = _by(rows, "province_today_code")
        writer.page(
            f"chuong-trinh/{file_name(code)}.html",
            "programme",
            programme=programme,
            phases=phases.get(code, []),
            summary=summary.get(code, []),
            indicators=indicators.get(code, []),
            standing=standing(rows),
            provinces=[(p, standing(today[p["area_code"]])) for p in facts.provinces if p["is_current"] and p["area_code"] in today],
            milestones=milestones.get(code, []),
        )


def _indicators(writer: _Writer, facts: _Facts) -> None:
    league, latest, progress = (_by(rows, "indicator_code") for rows in (facts.league, facts.latest, facts.progress))
    counts = {code: len(rows) for code, rows in latest.items()}
    names = {p["programme_code"]: p for p in facts.programmes}
    writer.page("chi-tieu/index.html", "indicators", indicators=facts.indicators, counts=counts, names=names, progress=progress)
    for indicator in facts.indicators:
        code = indicator["indicator_code"]
        tables = [
            list(rows)
            for _, rows in groupby(
                league.get(code, []), key=lambda r: (r["year_number"], r["area_level"], r["comparison"], r["standard_vi"])
            )
        ]
        writer.page(
            f"chi-tieu/{file_name(code)}.html",
            "indicator",
            indicator=indicator,
            programme=names.get(indicator["programme_code"]),
            tables=tables,
            latest=latest.get(code, []),
            standing=standing(progress.get(code, [])),
        )


def _articles(writer: _Writer, connection: duckdb.DuckDBPyConnection) -> None:
    """A page an article and the shards of the search (one a year), streaming: nothing but one article and the list is in memory."""
    shards: dict[str, int] = {}
    newest: list[Row] = []
    claims = groupby(_stream(_cursor(connection), queries.CLAIMS), key=lambda row: row["version_id"])
    waiting = next(claims, None)
    for year, articles in groupby(_stream(_cursor(connection), queries.ARTICLES), key=lambda row: _year(row["published_on"])):
        with (writer.folder / "data" / f"search-{year}.js").open("w", encoding="utf-8") as shard:
            shard.write(f"MUCTIEU.search[{json.dumps(year)}]=[")
            written = 0
            for article in articles:
                own: list[Row] = []
                if waiting is not None and waiting[0] == article["version_id"]:
                    own = list(waiting[1])
                    waiting = next(claims, None)
                writer.page(f"bai/{file_name(article['version_id'])}.html", "article", article=article, sentences=sentences_of(own))
                written += _index(shard, article, own, written)
                if len(newest) < NEWEST_ARTICLES:
                    newest.append(article)
            shard.write("];\n")
        shards[year] = written
    writer.page("bai/index.html", "articles", articles=newest)
    writer.page("tim-kiem.html", "search", shards=shards)


def sentences_of(claims: Iterable[Row]) -> list[Row]:
    """Claims of one article by sentence, in the order of the text, the words of each figure marked."""
    by_sentence: dict[str, list[Row]] = {}
    for claim in claims:
        by_sentence.setdefault(claim["sentence"], []).append(claim)
    return [{"html": highlighted(text, (c["evidence"] for c in own)), "claims": own} for text, own in by_sentence.items()]


_INDEXED = (
    "claim_id",
    "kind_vi",
    "kind_en",
    "indicator_vi",
    "indicator_en",
    "area_name",
    "as_of",
    "value_vi",
    "value_en",
    "sentence",
    "evidence",
    "confidence",
    "standard_vi",
    "standard_en",
)


def _index(shard: TextIO, article: Row, claims: list[Row], before: int) -> int:
    for number, claim in enumerate(claims):
        entry = [article["version_id"], article["title"], iso(article["published_on"]), *(plain(claim[name]) for name in _INDEXED)]
        shard.write((",\n" if before or number else "\n") + json.dumps(entry, ensure_ascii=False, separators=(",", ":")))
    return len(claims)


def _year(day: Any) -> str:
    return str(day.year) if day is not None else "0000"


def _by(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


class _Writer:
    """Renders templates into the folder; every page knows how far it is from the root."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self._environment = _environment()
        (totals,) = _rows(connection, queries.TOTALS)
        self._shared = {"totals": totals, "statuses": STATUSES}

    def page(self, path: str, template: str, **content: Any) -> None:
        text = self._environment.get_template(f"{template}.html.j2").render(
            root="../" * path.count("/"), here=path, template=template, **self._shared, **content
        )
        (self.folder / path).write_text(text, encoding="utf-8")

    def data(self, name: str, content: Any) -> None:
        """A script that assigns, because fetch() reads nothing from file://."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (self.folder / "data" / f"{name}.js").write_text(f"MUCTIEU.{name}={text};\n", encoding="utf-8")


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
    return environment


def _copy_plotly(folder: Path) -> None:
    import plotly

    shutil.copyfile(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", folder / "plotly.min.js")


def _cursor(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A second result at the same time; a cursor starts without the settings of its connection."""
    cursor = connection.cursor()
    for setting in ("search_path", "timezone"):
        (value,) = connection.execute(f"select current_setting('{setting}')").fetchone() or ("",)
        cursor.execute(f"set {setting} = '{value}'")
    return cursor


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    return list(_stream(connection, sql))


def _stream(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Row]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    while rows := cursor.fetchmany(2000):
        for row in rows:
            yield dict(zip(names, row, strict=True))

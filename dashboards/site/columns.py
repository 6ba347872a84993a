"""Which columns the tables have: rows of `queries` to `tables.Table`. Every figure has its day, standard, sources and confidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboards.site.reading import Row
from dashboards.site.tables import Cell, Column, Table
from dashboards.site.text import file_name

STANDARD = Column("Bộ tiêu chí, chuẩn", "Standard", "words", small=True)
SOURCES = Column("Số bài", "Articles", "num")
CONFIDENCE = Column("Độ tin cậy", "Confidence", "num")
UNIT = Column("Đơn vị", "Unit", "words")
AS_OF = Column("Thời điểm", "As of", "day")
PAGE_URL = Column("Trang nguồn", "Source page", "url", only="file")
SENTENCE = Column("Câu văn", "Sentence", "link")


def indicator_link(row: Row) -> Cell:
    qualifier = f" ({row['qualifier']})" if row.get("qualifier") else ""
    return [row["indicator_vi"] + qualifier, row["indicator_en"] + qualifier, f"chi-tieu/{file_name(row['indicator_code'])}.html"]


def figure(row: Row, which: str = "") -> Cell:
    """The value of `which` ("target_", "actual_", "") with its evidence and the page of the portal."""
    return [row[f"{which}value"], row[f"{which}evidence"], row[f"{which}url"]]


def progress_table(name: str, rows: Iterable[Row], vi: str = "Mục tiêu và kết quả", en: str = "Targets and results") -> Table:
    columns = (
        Column("Năm", "Year", "num"),
        Column("Khu vực", "Area", head=True),
        Column("Chỉ tiêu", "Indicator", "link"),
        Column("So sánh", "Comparison", "words", small=True),
        Column("Mục tiêu", "Target", "figure"),
        Column("Kết quả", "Result", "figure"),
        UNIT,
        Column("Kỳ của kết quả", "Period of the result", "day"),
        Column("Đạt (%)", "Attained (%)", "num"),
        Column("Đánh giá", "Status", "badge"),
        STANDARD,
        SOURCES,
        Column("Độ tin cậy (mục tiêu / kết quả)", "Confidence (target / result)", "pair", only="page"),
        Column("Hạn của mục tiêu", "Target day", "day", only="file"),
        Column("Độ tin cậy của mục tiêu", "Confidence of the target", "num", only="file"),
        Column("Độ tin cậy của kết quả", "Confidence of the result", "num", only="file"),
        Column("Trang nguồn của mục tiêu", "Page of the target", "url", only="file"),
        Column("Trang nguồn của kết quả", "Page of the result", "url", only="file"),
    )
    return Table(name, vi, en, columns, [_progress(row) for row in rows])


def _progress(row: Row) -> list[Cell]:
    confidence = [row["target_confidence"], row["actual_confidence"]]
    return [
        row["year_number"],
        row["area_name"],
        indicator_link(row),
        [row["comparison_vi"], row["comparison_en"]],
        figure(row, "target_"),
        figure(row, "actual_"),
        [row["unit_vi"], row["unit_en"]],
        row["actual_as_of"],
        row["attainment_pct"],
        [row["status_code"], row["status_vi"], row["status_en"]],
        [row["standard_vi"], row["standard_en"]],
        row["sources"],
        confidence,
        row["target_as_of"],
        *confidence,
        row["target_url"],
        row["actual_url"],
    ]


def league_table(name: str, rows: Sequence[Row]) -> Table:
    first = rows[0]
    columns = (
        Column("Hạng", "Place", "num"),
        Column("Khu vực", "Area", head=True),
        Column("Mục tiêu", "Target", "figure"),
        Column("Kết quả", "Result", "figure"),
        UNIT,
        AS_OF,
        Column("Đạt (%)", "Attained (%)", "num"),
        Column("Đánh giá", "Status", "badge"),
        STANDARD,
        SOURCES,
        Column("Độ tin cậy (mục tiêu / kết quả)", "Confidence (target / result)", "pair"),
        Column("Trang nguồn của mục tiêu", "Page of the target", "url", only="file"),
        Column("Trang nguồn của kết quả", "Page of the result", "url", only="file"),
    )
    cells = [
        [
            row["place"],
            row["area_name"],
            figure(row, "target_"),
            figure(row, "actual_"),
            [row["unit_vi"], row["unit_en"]],
            row["actual_as_of"],
            row["attainment_pct"],
            [row["status_code"], row["status_vi"], row["status_en"]],
            [row["standard_vi"], row["standard_en"]],
            row["sources"],
            [row["target_confidence"], row["actual_confidence"]],
            row["target_url"],
            row["actual_url"],
        ]
        for row in rows
    ]
    vi = f"{first['year_number']} · {first['level_vi']} · {first['comparison_vi']} · {first['standard_vi']}"
    en = f"{first['year_number']} · {first['level_en']} · {first['comparison_en']} · {first['standard_en']}"
    return Table(name, vi, en, columns, cells)


def latest_table(name: str, rows: Iterable[Row], vi: str = "Số liệu mới nhất", en: str = "Latest figures") -> Table:
    columns = (
        Column("Khu vực", "Area", head=True),
        Column("Chỉ tiêu", "Indicator", "link"),
        Column("Giá trị", "Value", "figure"),
        Column("Trên tổng số", "Out of", "num"),
        UNIT,
        AS_OF,
        Column("Lần trước, cùng chuẩn", "Before, same standard", "num"),
        Column("Thời điểm trước", "As of before", "day"),
        STANDARD,
        SOURCES,
        CONFIDENCE,
        PAGE_URL,
    )
    cells = [
        [
            row["area_name"],
            indicator_link(row),
            figure(row),
            row["denominator"],
            [row["unit_vi"], row["unit_en"]],
            row["as_of"],
            row["previous_value"],
            row["previous_as_of"],
            [row["standard_vi"], row["standard_en"]],
            row["sources"],
            row["confidence"],
            row["url"],
        ]
        for row in rows
    ]
    return Table(name, vi, en, columns, cells)


def timeline_table(name: str, rows: Iterable[Row], vi: str, en: str) -> Table:
    """The figures of a chart, which are folded away below it."""
    columns = (
        AS_OF,
        Column("Loại", "Kind", "words"),
        Column("Giá trị", "Value", "figure"),
        UNIT,
        STANDARD,
        SOURCES,
        CONFIDENCE,
        PAGE_URL,
    )
    cells = [
        [
            row["as_of"],
            [row["kind_vi"], row["kind_en"]],
            figure(row),
            [row["unit_vi"], row["unit_en"]],
            [row["standard_vi"], row["standard_en"]],
            row["sources"],
            row["confidence"],
            row["url"],
        ]
        for row in rows
    ]
    return Table(name, vi, en, columns, cells, shown=12)


def milestone_table(name: str, rows: Iterable[Row]) -> Table:
    columns = (
        AS_OF,
        Column("Khu vực", "Area", head=True),
        Column("Mốc", "Milestone", "badge"),
        Column("Danh hiệu", "Recognition", "link"),
        Column("Số lần nhắc", "Mentions", "num"),
        SENTENCE,
        PAGE_URL,
    )
    cells = [
        [
            row["as_of"],
            row["area_name"],
            [f"milestone-{row['kind']}", row["kind_vi"], row["kind_en"]],
            indicator_link(row),
            row["mention_count"],
            [row["sentence"], row["sentence"], f"bai/xem.html?a={row['evidence']}"],
            row["url"],
        ]
        for row in rows
    ]
    return Table(name, "Các mốc", "Milestones", columns, cells)


def standing_table(name: str, rows: Iterable[tuple[str, str, Row]], vi: str, en: str) -> Table:
    """`rows`: full name, address, counts as of `standing`."""
    columns = (
        Column("Tỉnh, thành phố", "Province", "link", head=True),
        Column("Mục tiêu", "Targets", "num"),
        Column("Đánh giá được", "Judged", "num"),
        Column("Đạt, đúng tiến độ", "Met, on track", "num"),
        Column("Chậm, không đạt", "Behind, missed", "num"),
        Column("Tỷ lệ (%)", "Share (%)", "num"),
    )
    cells = [
        [[name_, name_, address], s["targets"], s["judged"], s["good"], s["bad"], s["share"]] for name_, address, s in rows if s["targets"]
    ]
    return Table(name, vi, en, columns, cells)


def article_table(name: str, rows: Iterable[Row]) -> Table:
    columns = (
        Column("Ngày", "Day", "day"),
        Column("Bài", "Article", "link", head=True),
        Column("Cổng", "Portal"),
        Column("Số liệu", "Figures", "num"),
    )
    cells = [
        [
            row["published_on"],
            [row["title"] or row["version_id"]] * 2 + [f"bai/xem.html?a={row['evidence']}"],
            row["portal"],
            row["claim_count"],
        ]
        for row in rows
    ]
    return Table(name, "Bài mới nhất", "Newest articles", columns, cells)


def reference_table(name: str, rows: Iterable[Row]) -> Table:
    columns = (
        Column("Chỉ tiêu", "Indicator", "link", head=True),
        AS_OF,
        Column("Đọc được", "As read", "figure"),
        Column("Đã công bố", "Published", "num"),
        Column("Chênh", "Difference", "num"),
        UNIT,
        Column("Nhận xét", "Remark", "words"),
        CONFIDENCE,
        PAGE_URL,
    )
    cells = [
        [
            [row["indicator_vi"], row["indicator_en"], f"chi-tieu/{file_name(row['indicator_code'])}.html"],
            row["as_of"],
            [row["claimed_value"], row["evidence"], row["url"]],
            row["reference_value"],
            row["difference"],
            [row["unit_vi"], row["unit_en"]],
            [row["note_vi"], row["note_en"]],
            row["confidence"],
            row["source_url"],
        ]
        for row in rows
    ]
    return Table(name, "So với số liệu toàn quốc đã công bố", "Against published national figures", columns, cells)

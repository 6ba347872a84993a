"""Tables as an Excel workbook: figures as numbers, days as days, the page of each figure as a link, and a sheet that says what this is."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from dashboards.site.tables import Column, Table
from warehouse.report import safe_url

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST = 32_000  # characters that Excel takes in a cell, a little less
MOST_LINKS = 30_000  # rows whose pages are links; Excel takes 65,530 links in a sheet, there may be two a row
MOST_ROWS = 200_000  # in one sheet; Excel ends at 1,048,576, patience earlier


def workbook(title: tuple[str, str], tables: Sequence[Table], about: Sequence[tuple[str, str]]) -> bytes:
    """`about`: label and text of the sheet of sources. Vietnamese heads; the same input gives the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": title[0], "created": datetime(2000, 1, 1)})  # noqa: DTZ001 - no clock in the bytes
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        used: set[str] = set()
        for table in tables:
            if table.rows:
                _sheet(book.add_worksheet(_name(table.vi, used)), table, bold)
        sheet = book.add_worksheet(_name("Nguồn", used))
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 110)
        for row, (label, text) in enumerate([("Bảng", " / ".join(title)), *about]):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, text)
    return buffer.getvalue()


def _name(wanted: str, used: set[str]) -> str:
    """A name of a sheet: at most 31 characters, no [ ] : * ? / \\, used once."""
    plain = _NOT_IN_NAMES.sub(" ", wanted)[:28].strip() or "Bảng"
    name, number = plain, 2
    while name.lower() in used:
        name, number = f"{plain} {number}", number + 1
    used.add(name.lower())
    return name


def _sheet(sheet: Any, table: Table, bold: Any) -> None:
    shown = [(i, c) for i, c in enumerate(table.columns) if c.only != "page"]
    sheet.freeze_panes(1, 0)
    for column, (_, c) in enumerate(shown):
        sheet.write_string(0, column, f"{c.vi} / {c.en}", bold)
        sheet.set_column(column, column, _width(c))
    for number, row in enumerate(table.rows[:MOST_ROWS], start=1):
        for column, (i, c) in enumerate(shown):
            _cell(sheet, number, column, c.kind, row[i])
    sheet.autofilter(0, 0, max(1, min(len(table.rows), MOST_ROWS)), len(shown) - 1)


def _width(column: Column) -> int:
    return {"num": 11, "figure": 12, "day": 12, "badge": 16, "url": 50, "pair": 14}.get(column.kind, 30)


def _cell(sheet: Any, row: int, column: int, kind: str, value: Any) -> None:
    if value is None:
        return
    if kind == "figure":
        kind, value = "num", value[0]
    if kind == "pair":
        kind, value = "text", " / ".join("–" if v is None else f"{v:g}" for v in value)
    if kind == "num":
        if value is not None:
            sheet.write_number(row, column, value)
    elif kind == "day":
        if isinstance(value, date):
            sheet.write_datetime(row, column, value)
    elif kind == "badge":
        sheet.write_string(row, column, value[1])
    elif kind == "url" and row <= MOST_LINKS and safe_url(value) and len(value) < 2000:
        sheet.write_url(row, column, value)
    else:
        text = value if isinstance(value, str) else value[0]
        sheet.write_string(row, column, (text or "")[:LONGEST])


def about_site(published_at: Any) -> list[tuple[str, str]]:
    return [
        ("Nguồn", "Đọc tự động từ bài đăng trên các cổng thông tin điện tử; mỗi dòng có địa chỉ trang nguồn. muctieu"),
        ("Source", "Read automatically from articles of official portals; each row has the address of its page."),
        ("Công bố", f"{published_at:%d/%m/%Y %H:%M}" if published_at else "–"),
        ("Cách đọc", "Độ tin cậy từ 0 đến 1. Số theo chuẩn khác nhau không so được với nhau. Số bài: số bài viết nêu số liệu này."),
        ("How to read", "Confidence from 0 to 1. Figures by other standards are not comparable. Articles: how many state the figure."),
    ]

"""Tables as data: one description is drawn as HTML here, drawn in full by static/tables.js, and written to CSV and XLSX.

A cell is what its column's kind says:

    text     str | None                          num     float | int | None
    words    [vi, en]                            day     date | None (ISO text in the files of data)
    figure   [value, evidence] (see `evidence`)  badge   [code, vi, en]
    link     [vi, en, address]                   pair    [value, value]
    url      str | None, in files only

An evidence is "month.version#c-claim", what comes after `bai/xem.html?a=`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from dashboards.site.text import iso, number_en
from warehouse.report import day_vi, number_vi, safe_url

Cell = Any
SHOWN = 40  # rows in the page; all of them are in the table's file of data
NUMERIC = frozenset({"num", "figure", "pair"})
NONE = Markup('<span class="none">–</span>')


@dataclass(frozen=True, slots=True)
class Column:
    vi: str
    en: str
    kind: str = "text"
    only: str = ""  # "page": not in downloads; "file": only there
    head: bool = False  # names the row
    small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the file of its data and of its download; unique in the site."""

    name: str
    vi: str
    en: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    shown: int = SHOWN  # rows in the page

    @property
    def is_cut(self) -> bool:
        return len(self.rows) > self.shown

    def data(self) -> dict[str, Any]:
        """What static/tables.js draws and downloads."""
        columns = [[c.vi, c.en, c.kind, c.only, int(c.head), int(c.small)] for c in self.columns]
        days = [i for i, c in enumerate(self.columns) if c.kind == "day"]
        rows = [list(row) for row in self.rows]
        for row in rows:
            for i in days:
                row[i] = iso(row[i])
        return {"columns": columns, "rows": rows}


def words(vi: str, en: str) -> Markup:
    if vi == en:
        return escape(vi)
    return Markup(f'<span lang="vi">{escape(vi)}</span><span lang="en">{escape(en)}</span>')


def number(value: float | None) -> Markup:
    return NONE if value is None else words(number_vi(value), number_en(value))


def day(value: date | None) -> Markup:
    return NONE if value is None else Markup(f'<time datetime="{iso(value)}">{words(day_vi(value), iso(value))}</time>')


def evidence_address(root: str, evidence: str) -> str:
    return f"{root}bai/xem.html?a={evidence}"


def figure(root: str, value: float | None, evidence: str | None, url: str | None = None) -> Markup:
    """A number that leads to its sentence; without scripts to the page of the portal."""
    if value is None:
        return NONE
    if not evidence:
        return number(value)
    link = Markup(f'<a class="figure" href="{escape(evidence_address(root, evidence))}">{number(value)}</a>')
    if address := safe_url(url):
        link += Markup(f'<noscript> <a href="{escape(address)}" rel="noopener noreferrer">↗</a></noscript>')
    return link


def badge(code: str, vi: str, en: str) -> Markup:
    return Markup(f'<span class="badge {escape(code)}">{words(vi, en)}</span>')


def _text(_: str, value: str | None) -> Markup:
    return NONE if value is None or value == "" else escape(value)


def _link(root: str, value: Sequence[str]) -> Markup:
    vi, en, address = value
    return Markup(f'<a href="{escape(root + address)}">{words(vi, en)}</a>') if address else words(vi, en)


_DRAW: dict[str, Callable[[str, Any], Markup]] = {
    "text": _text,
    "num": lambda _, value: number(value),
    "words": lambda _, value: words(value[0] or "–", value[1] or "–"),
    "day": lambda _, value: day(value),
    "figure": lambda root, value: figure(root, *value),
    "badge": lambda _, value: badge(*value),
    "link": _link,
    "pair": lambda _, value: number(value[0]) + " / " + number(value[1]),
}


def _sorting(kind: str, value: Cell) -> str:
    """The attribute that sorting and CSV read instead of the words."""
    if kind == "day":
        return f' data-v="{iso(value)}"'
    if kind in ("num", "figure"):
        plain = value[0] if kind == "figure" else value
        return f' data-v="{"" if plain is None else plain}"'
    return ""


def html(table: Table, root: str, empty: tuple[str, str] = ("Chưa có số liệu.", "No figures yet.")) -> Markup:
    """The first rows as a table that scripts sort, filter and complete."""
    if not table.rows:
        return Markup(f'<p class="none">{words(*empty)}</p>')
    shown = [(i, c) for i, c in enumerate(table.columns) if c.only != "file"]
    head = "".join(f'<th scope="col"{_class(c)}>{words(c.vi, c.en)}</th>' for _, c in shown)
    body = "\n".join("<tr>" + "".join(_cell(c, row[i], root) for i, c in shown) + "</tr>" for row in table.rows[: table.shown])
    data = f' data-table="{escape(table.name)}" data-rows="{len(table.rows)}"' if table.is_cut else ""
    return Markup(
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(table.vi)} / {escape(table.en)}">'
        f'<table data-sortable data-name="{escape(table.name)}"{data}><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'
    )


def _class(column: Column) -> str:
    return ' class="n"' if column.kind in NUMERIC else ""


def _cell(column: Column, value: Cell, root: str) -> str:
    drawn: Markup | str = _DRAW[column.kind](root, value)
    if column.small:
        drawn = f"<small>{drawn}</small>"
    if column.head:
        return f'<th scope="row"{_sorting(column.kind, value)}>{drawn}</th>'
    return f"<td{_class(column)}{_sorting(column.kind, value)}>{drawn}</td>"

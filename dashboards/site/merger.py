"""A province of today beside those it was made of: what each last said, what that adds up to, and where it cannot be added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from dashboards.site.places import Province
from dashboards.site.reading import Row, rows

# the last level of each old province and of the new one; a target and a result are different lines
_LAST = """
select *, then_page as page from site_timeline
where then_page in (select unnest($pages::varchar[])) and area_level = 'province' and qualifier is null and is_last_word
qualify row_number() over (partition by then_page, indicator_code, unit_code, kind order by as_of desc, published_on desc, fact_key) = 1
"""

_SUMS = """
select * from site_rollup where today = $today
qualify row_number() over (partition by indicator_code, unit_vi, standard_code order by year_number desc) = 1
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator, target or result. `before` has a figure or None for each old province, in their order."""

    first: Row  # names, unit, kind
    before: tuple[Row | None, ...]
    after: Row | None
    total: Row | None  # of site_rollup: a sum or the lowest and the highest, and what is missing
    note: tuple[str, str]


def comparison(connection: duckdb.DuckDBPyConnection, province: Province, old: Sequence[Province]) -> list[Line]:
    """Lines for a province of today; those that both sides state first, then the results. Empty when it was made of none."""
    if not old:
        return []
    pages = [*(p.page for p in old), province.page]
    sums = {(s["indicator_code"], s["unit_vi"], s["standard_code"]): s for s in rows(connection, _SUMS, today=province.code)}
    found: dict[tuple[str, str, bool], dict[str, Row]] = {}
    for row in rows(connection, _LAST, pages=pages):
        found.setdefault((row["indicator_code"], row["unit_code"], row["kind"] == "target"), {})[row["page"]] = row
    lines = [_line(by_page, old, province, sums) for by_page in found.values()]
    return sorted(
        lines,
        key=lambda x: (
            x.after is None or not any(x.before),
            x.first["kind"] == "target",
            -sum(b is not None for b in x.before),
            x.first["indicator_vi"],
            x.first["unit_vi"],
        ),
    )


def _line(by_page: dict[str, Row], old: Sequence[Province], province: Province, sums: dict[tuple[str, str, str], Row]) -> Line:
    before = tuple(by_page.get(p.page) for p in old)
    after = by_page.get(province.page)
    first = after or next(row for row in before if row)
    stated = [row for row in before if row]
    standards = {row["standard_code"] for row in stated}
    total = None
    if first["kind"] != "target" and len(standards) == 1:
        total = sums.get((first["indicator_code"], first["unit_vi"], next(iter(standards))))
    return Line(first, before, after, total, _note(stated, after, len(old), total))


def _note(stated: Sequence[Row], after: Row | None, old: int, total: Row | None) -> tuple[str, str]:
    """What stands in the way of comparing, in words."""
    notes: list[tuple[str, str]] = []
    if total is not None and stated:
        notes.append((total["note_vi"] + f" (năm {total['year_number']}).", total["note_en"] + f" ({total['year_number']})."))
    elif len(stated) > 1:
        notes.append(("Không cộng: khác thời điểm hoặc khác chuẩn.", "Not added up: other days or other standards."))
    elif 0 < len(stated) < old:
        notes.append((f"Chỉ {len(stated)}/{old} tỉnh cũ có số.", f"Only {len(stated)} of {old} old provinces have a figure."))
    if after is None:
        notes.append(("Chưa có số sau sáp nhập.", "No figure yet after the merger."))
    elif not stated:
        notes.append(("Không có số trước sáp nhập.", "No figure from before the merger."))
    elif {row["standard_code"] for row in stated} != {after["standard_code"]}:
        notes.append(("Trước và sau tính theo chuẩn khác nhau: không so được.", "Before and after follow other standards: not comparable."))
    return " ".join(vi for vi, _ in notes), " ".join(en for _, en in notes)

"""Why each field of each claim is what it is, in words for someone who knows no Python. Pure: renders values that were extracted.

The terminal and the HTML page show the same `ExplainedClaim`s; the page is one file that needs nothing else.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from extraction.engine import Extracted, ExtractedClaim
from extraction.rule_words import in_words

_SOURCES = {
    "explicit": "nêu rõ",
    "inherited": "kế thừa từ phần trước",
    "default": "mặc định",
    "derived": "suy ra",
}
_FIELDS = {
    "indicator": "Chỉ tiêu",
    "kind": "Loại",
    "measure": "Cách đo",
    "op": "So sánh",
    "value": "Giá trị",
    "denominator": "Trên tổng số",
    "unit": "Đơn vị",
    "as_of": "Kỳ số liệu (ngày cuối)",
    "area": "Địa bàn",
    "plan_by": "Kế hoạch của cấp",
    "per_year": "Mỗi năm",
    "qualifier": "Phạm vi hẹp",
}
_VALUES = {
    "target": "mục tiêu", "achievement": "kết quả", "level": "mức", "change": "mức thay đổi", "relative_change": "thay đổi tương đối (%)",
    "plan_share": "phần trăm kế hoạch", "eq": "bằng", "ge": "ít nhất", "gt": "trên", "le": "nhiều nhất", "lt": "dưới", "approx": "khoảng",
    "range": "trong khoảng", "province": "tỉnh", "district": "huyện", "central": "trung ương", "commune": "xã", "village": "thôn, bản",
    "household": "hộ", "person": "người", "product": "sản phẩm", "criterion": "tiêu chí", "subcriterion": "chỉ tiêu",
    "percent": "phần trăm", "percentage_point": "điểm phần trăm", "vnd": "đồng", "vnd_per_person_year": "đồng/người/năm",
    "school": "trường", "station": "trạm y tế",
    "entity": "chủ thể", "idea": "ý tưởng", "garden": "vườn", "project": "dự án, mô hình", "km": "km", "other": "khác",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExplainedField:
    """One field of one claim: what it is, how we know, and the words that say so."""

    name: str  # Vietnamese
    value: str
    source: str
    rule: str
    says: str  # the rule in words
    words: str  # of the article; empty where no words say it


@dataclass(frozen=True, slots=True)
class ExplainedClaim:
    """One claim with its sentence cut where the evidence stands."""

    claim: ExtractedClaim
    headline: str
    before: str
    evidence: str
    after: str
    fields: tuple[ExplainedField, ...]


def explain(text: str, found: Extracted) -> list[ExplainedClaim]:
    """The claims of an article in reading order; `text` is what was given to `extract`."""
    return [_explained(text, claim) for claim in sorted(found.claims, key=lambda c: c.start)]


def _explained(text: str, claim: ExtractedClaim) -> ExplainedClaim:
    sentence_start = text.rfind(claim.sentence, 0, claim.start + len(claim.sentence))
    start = sentence_start if 0 <= sentence_start <= claim.start else claim.start
    end = max(start + len(claim.sentence), claim.end)
    fields = tuple(_field(text, name, claim.trace[name]) for name in _FIELDS if name in claim.trace and _worth_showing(claim.trace[name]))
    return ExplainedClaim(claim, _headline(claim), text[start : claim.start], text[claim.start : claim.end], text[claim.end : end], fields)


def _worth_showing(traced: dict[str, Any]) -> bool:
    return traced["value"] not in (None, False, "")


def _field(text: str, name: str, traced: dict[str, Any]) -> ExplainedField:
    start, end = traced["start"], traced["end"]
    words = " ".join(text[start:end].split()) if start is not None and end is not None else ""
    rule = str(traced["rule"])
    return ExplainedField(_FIELDS[name], _shown(name, traced["value"]), _SOURCES[traced["source"]], rule, in_words(rule), words)


def _shown(name: str, value: Any) -> str:
    if name == "indicator":
        return indicator_names().get(str(value), str(value))
    if name == "as_of":
        year, month, day = str(value).split("-")
        return f"{day}/{month}/{year}"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int | float):
        return number(value)
    return _VALUES.get(str(value), str(value))


def number(value: float) -> str:
    """A number as Vietnamese write it: dots between thousands, a decimal comma.

    >>> number(2700.5)
    '2.700,5'
    """
    written = f"{value:,.4f}".rstrip("0").rstrip(".")
    return written.replace(",", "\0").replace(".", ",").replace("\0", ".")


def _headline(c: ExtractedClaim) -> str:
    value = number(c.value) if c.value_high is None else f"{number(c.value)} đến {number(c.value_high)}"
    out_of = f"/{number(c.denominator)}" if c.denominator is not None else ""
    day = f", {c.as_of:%d/%m/%Y}" if c.as_of else ""
    return (
        f"{indicator_names().get(c.indicator, c.indicator)}: {_VALUES[c.op]} {value}{out_of} {_VALUES.get(c.unit, c.unit)} ({c.area}{day})"
    )


@cache
def indicator_names() -> dict[str, str]:
    """Vietnamese names of the codebook by code."""
    path = Path(__file__).parent / "lexicon" / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name_vi"] for row in csv.DictReader(file)}


_TEMPLATE = Path(__file__).with_name("explain.html")


def page(title: str, claims: list[ExplainedClaim], found: Extracted) -> str:
    """The explanation as one HTML page; everything from the article is escaped."""
    articles = "".join(_article(c) for c in claims)
    rest = ""
    if found.unexplained:
        items = "".join(
            f"<li><b>{escape(u.text)}</b> — {escape(u.reason)}<br><small>{escape(u.sentence)}</small></li>" for u in found.unexplained
        )
        rest = f"<h2>Con số chưa giải thích được</h2><ul>{items}</ul>"
    filled = {"title": escape(title or "Giải thích trích xuất"), "count": str(len(claims)), "articles": articles, "rest": rest}
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(filled)


def _code(f: ExplainedField) -> str:
    """The rule's own name, for whoever goes and corrects it."""
    return "" if f.rule == f.says else f" <code>{escape(f.rule)}</code>"


def _article(c: ExplainedClaim) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(f.name)}</th><td>{escape(f.value)}</td><td>{escape(f.source)}</td>"
        f"<td>{'“' + escape(f.words) + '”' if f.words else ''}</td><td><small>{escape(f.says)}{_code(f)}</small></td></tr>"
        for f in c.fields
    )
    return (
        f"<article class='{c.claim.kind}'><div class='kind'>{_VALUES[c.claim.kind].upper()} · độ tin cậy {c.claim.confidence:.0%}</div>"
        f"<h2>{escape(c.headline)}</h2><p>{escape(c.before)}<mark>{escape(c.evidence)}</mark>{escape(c.after)}</p>"
        f"<table><tr><th>Trường</th><th>Giá trị</th><th>Vì sao</th><th>Từ chữ</th><th>Luật</th></tr>{rows}</table></article>"
    )

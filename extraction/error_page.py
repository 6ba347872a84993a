"""The errors of the extractor as one HTML page: gold and prediction side by side, above them the sentence with both marked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from extraction.scoring import FIELDS, Document, Marked, Pair, Row, occurrences

_FIELD_NAMES = {
    "kind": "Loại", "indicator": "Chỉ tiêu", "measure": "Cách đo", "value": "Giá trị", "value_high": "Giá trị cao", "op": "So sánh",
    "unit": "Đơn vị", "denominator": "Trên tổng số", "as_of": "Kỳ số liệu", "area": "Địa bàn", "plan_by": "Kế hoạch của cấp",
    "per_year": "Mỗi năm",
}  # fmt: skip
_SETS = {
    "demo": "Bài của cổng mẫu", "seeds": "Năm văn bản gốc",
    "dev_tuned": "Bài thật (phần đã chỉnh)", "dev_heldout": "Bài thật (phần để dành)",
    "composed_odd": "Đoạn soạn, số lẻ", "composed_even": "Đoạn soạn, số chẵn", "dev": "Bài thật", "composed": "Đoạn soạn",
}  # fmt: skip
_REACH = 160  # characters of the text shown on either side
MISSED, SPURIOUS = "Bỏ sót", "Không phải số liệu"


@dataclass(frozen=True, slots=True)
class Error:
    """One error: of which kind, in which document, the two claims and the fields in which they differ."""

    kind: str  # Vietnamese; errors are grouped by it
    set_name: str
    document: Document
    gold: Row | None
    predicted: Row | None
    wrong: tuple[str, ...]


def errors_of(set_name: str, found: Sequence[Marked]) -> Iterator[Error]:
    """Every error of a set; a pair that differs in several fields is one error, of the kind of the first."""
    for m in found:
        for pair in m.pairs:
            if pair.wrong:
                yield Error(_kind(pair), set_name, m.document, pair.gold, pair.predicted, pair.wrong)
        for claim in m.missed:
            yield Error(MISSED, set_name, m.document, claim, None, ())
        for claim in m.spurious:
            yield Error(SPURIOUS, set_name, m.document, None, claim, ())


_NAMED = ("kind", "measure", "op")  # few values, so that what became what is a group


def _kind(pair: Pair) -> str:
    first = pair.wrong[0]
    name = f"Sai {_FIELD_NAMES[first].lower()}"
    return f"{name}: {_shown(pair.gold, first)} thành {_shown(pair.predicted, first)}" if first in _NAMED else name


def _shown(claim: Row, field: str) -> str:
    if field == "value" and claim.get("value_high") is not None:
        return f"{_plain(claim['value'])} … {_plain(claim['value_high'])}"
    return _plain(claim.get(field))


def _plain(value: Any) -> str:
    if value is None or value is False or value == "":
        return "—"
    if value is True:
        return "có"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def page(sets: Mapping[str, Sequence[Marked]]) -> str:
    """The page; everything from articles and claims is escaped."""
    groups: dict[str, list[Error]] = {}
    for set_name, found in sets.items():
        for error in errors_of(set_name, found):
            groups.setdefault(error.kind, []).append(error)
    ordered = sorted(groups.items(), key=lambda kv: (-len(kv[1]), kv[0]))
    contents = "".join(f"<li><a href='#g{i}'>{escape(kind)}</a> <b>{len(errors)}</b></li>" for i, (kind, errors) in enumerate(ordered))
    bodies = "".join(
        f"<h2 id='g{i}'>{escape(kind)} <small>{len(errors)}</small></h2>{''.join(map(_article, errors))}"
        for i, (kind, errors) in enumerate(ordered)
    )
    told = ", ".join(f"{_SETS.get(name, name)}: {sum(len(m.document.claims) for m in found)} số liệu" for name, found in sets.items())
    return _PAGE.replace("{told}", escape(told)).replace("{contents}", contents).replace("{bodies}", bodies or "<p>Không có lỗi nào.</p>")


def _article(e: Error) -> str:
    rows = "".join(_row(e, field) for field in FIELDS)
    return (
        f"<article><div class='from'>{escape(_SETS.get(e.set_name, e.set_name))} · {escape(e.document.name)}</div><p>{_sentence(e)}</p>"
        f"<table><tr><th>Trường</th><th>Chuẩn</th><th>Trích được</th></tr>{rows}{_rule(e)}</table></article>"
    )


def _row(e: Error, field: str) -> str:
    gold, predicted = (_shown(c, field) if c is not None else "" for c in (e.gold, e.predicted))
    if gold in ("", "—") and predicted in ("", "—"):
        return ""
    differs = " class='wrong'" if field in e.wrong else ""
    return f"<tr{differs}><th scope='row'>{_FIELD_NAMES[field]}</th><td>{escape(gold)}</td><td>{escape(predicted)}</td></tr>"


def _rule(e: Error) -> str:
    if e.predicted is None:
        return ""
    told = f"{e.predicted.get('rule', '')} (độ tin cậy {e.predicted.get('confidence', 0):.0%})"
    return f"<tr><th scope='row'>Luật</th><td></td><td>{escape(told)}</td></tr>"


def _sentence(e: Error) -> str:
    text = e.document.text
    gold = _place(e)
    predicted = (e.predicted["start"], e.predicted["end"]) if e.predicted is not None else None
    spans = [span for span in (gold, predicted) if span is not None]
    low, high = min(s for s, _ in spans), max(end for _, end in spans)
    low, high = max(text.rfind("\n", 0, low) + 1, low - _REACH), min(_line_end(text, high), high + _REACH)
    cuts = sorted({low, high, *(at for span in spans for at in span)})
    return "".join(_piece(text, a, b, gold, predicted) for a, b in pairwise(cuts))


def _place(e: Error) -> tuple[int, int] | None:
    if e.gold is None:
        return None
    places = occurrences(e.document.text, e.gold["evidence"])
    if e.predicted is None:
        return places[0]
    at = e.predicted["start"]
    return min(places, key=lambda span: abs(span[0] - at))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _piece(text: str, a: int, b: int, gold: tuple[int, int] | None, predicted: tuple[int, int] | None) -> str:
    names = [name for name, span in (("gold", gold), ("got", predicted)) if span is not None and span[0] <= a and b <= span[1]]
    words = escape(text[a:b])
    return f"<mark class='{' '.join(names)}'>{words}</mark>" if names else words


_PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lỗi trích xuất</title><style>
:root{color-scheme:light dark;--line:#8884;--gold:#c8e6c9;--got:#bbdefb;--both:#ffe082;--wrong:#ffcdd2;--on:#111}
@media (prefers-color-scheme:dark){:root{--gold:#2e7d32;--got:#1565c0;--both:#8d6e00;--wrong:#7f1d1d;--on:#fff}}
body{font:16px/1.6 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0;overflow-x:auto}
.from,small{opacity:.75;font-size:.85rem} ul{columns:22rem}
mark{color:var(--on);padding:.1em .15em;border-radius:.2em} mark.gold{background:var(--gold)} mark.got{background:var(--got)}
mark.gold.got{background:var(--both)}
table{border-collapse:collapse;width:100%;font-size:.9rem}
td,th{text-align:left;padding:.2rem .5rem;border-top:1px solid var(--line);vertical-align:top}
th[scope]{width:9rem;font-weight:500} .wrong td{background:var(--wrong);color:var(--on)}
</style></head><body><h1>Lỗi trích xuất, chuẩn và kết quả cạnh nhau</h1>
<p>{told}. <mark class="gold">chỉ có trong chuẩn</mark> <mark class="got">chỉ trích được</mark> <mark class="gold got">cả hai</mark>;
trường sai được tô đỏ. Nhóm nhiều lỗi nhất đứng trước.</p><ul>{contents}</ul>{bodies}</body></html>
"""

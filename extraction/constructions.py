"""By which ways of saying a number claims are grouped when scores are broken down. Pure.

A construction is told from the claim itself (measure, op, denominator …) and, where the form of the words matters (words for
numbers, scales, "từ … đến …"), from the sentence around its evidence. A claim has several.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from extraction.scoring import Row

_NUMBER = r"\d[\d.,\u00a0]*(?:\s*(?:%|nghìn|triệu|tỷ))?"
_FROM_TO_RE = re.compile(rf"\btừ\s+(?:mức\s+)?{_NUMBER}[^.;\d]{{0,60}}?(?:\d{{4}}[^.;\d]{{0,30}})?\b(?:xuống|lên|còn|đến)\b", re.IGNORECASE)
_SCALE_RE = re.compile(r"\d\s*(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)\b", re.IGNORECASE)
_SENTENCE_END_RE = re.compile(r"[.;!?](?=\s)|\n")
_NEXT_NUMBER = 15  # characters from "xuống" to the evidence that holds the second number ("xuống chỉ còn 3,1%")
_LIST = 4  # claims of one sentence from which it is a list

NAMES = {
    "level": "mức",
    "change": "mức thay đổi",
    "relative_change": "thay đổi tương đối",
    "plan_share": "phần trăm kế hoạch",
    "target": "mục tiêu",
    "achievement": "kết quả",
    "comparator": "có từ so sánh (ít nhất, trên, dưới, khoảng …)",
    "range": "khoảng hai đầu",
    "fraction": "N/M đơn vị",
    "share_of_count": "phần trăm đứng cùng số đếm",
    "words": "số viết bằng chữ",
    "scale": "số kèm nghìn, triệu, tỷ",
    "zero": "không còn, chưa có (0)",
    "all": "100%, toàn bộ",
    "per_year": "mỗi năm",
    "from_to": "từ … xuống còn, lên …",
    "list": "danh sách từ bốn số trong một câu",
    "title": "trong tiêu đề",
    "money": "tiền",
    "other_area": "địa bàn khác với địa bàn của cổng",
    "day_of_publication": "kỳ là ngày đăng bài",
}


class Sentences:
    """The claims of one document by the sentence in which they stand; what constructions look at besides the claim."""

    def __init__(self, text: str, published: str | None, portal_area: str | None, claims: Sequence[Row]) -> None:
        self.text, self.published, self.portal_area = text, (published or "")[:10], portal_area
        self._ends = [m.end() for m in _SENTENCE_END_RE.finditer(text)] + [len(text)]
        self._counts = Counter(self.span(c)[0] for c in claims)
        self._counted = {(self.span(c)[0], c["indicator"]) for c in claims if c["unit"] != "percent"}

    def start(self, claim: Row) -> int:
        """Where a claim stands: its span, or the first occurrence of its evidence."""
        return int(claim["start"]) if "start" in claim else max(self.text.find(claim["evidence"]), 0)

    def span(self, claim: Row) -> tuple[int, int]:
        at = self.start(claim)
        starts = [0, *(e for e in self._ends if e <= at)]
        return starts[-1], next((e for e in self._ends if e > at), len(self.text))

    def between(self, claim: Row, pattern: re.Pattern[str]) -> bool:
        """Is the claim a part of such a stretch of its sentence, or does it begin right after it?"""
        start, end = self.span(claim)
        at = self.start(claim)
        after = at + len(claim["evidence"])
        return any(m.start() < after and at <= m.end() + _NEXT_NUMBER for m in pattern.finditer(self.text, start, end))

    def claims_beside(self, claim: Row) -> int:
        return self._counts[self.span(claim)[0]]

    def count_beside(self, claim: Row) -> bool:
        return (self.span(claim)[0], claim["indicator"]) in self._counted

    def in_title(self, claim: Row) -> bool:
        return 0 <= self.start(claim) < (self.text.find("\n") if "\n" in self.text else 0)


Test = Callable[[Row, Sentences], bool]

_TESTS: dict[str, Test] = {
    "comparator": lambda c, _: c["op"] not in ("eq", "range"),
    "range": lambda c, _: c["op"] == "range" or c.get("value_high") is not None,
    "fraction": lambda c, _: c.get("denominator") is not None,
    "share_of_count": lambda c, s: c["unit"] == "percent" and c["measure"] == "level" and s.count_beside(c),
    "words": lambda c, _: not re.search(r"\d", c["evidence"]) and c["value"] not in (0, 100),
    "scale": lambda c, _: bool(_SCALE_RE.search(c["evidence"])),
    "zero": lambda c, _: c["value"] == 0,
    "all": lambda c, _: c["value"] == 100 and c["unit"] == "percent",
    "per_year": lambda c, _: bool(c.get("per_year")),
    "from_to": lambda c, s: s.between(c, _FROM_TO_RE),
    "list": lambda c, s: s.claims_beside(c) >= _LIST,
    "title": lambda c, s: s.in_title(c),
    "money": lambda c, _: str(c["unit"]).startswith("vnd"),
    "other_area": lambda c, s: c.get("area") != s.portal_area,
    "day_of_publication": lambda c, s: bool(s.published) and c.get("as_of") == s.published,
}


def constructions(claim: Row, sentences: Sentences) -> tuple[str, ...]:
    """Names (keys of NAMES) of the constructions of a claim."""
    return (claim["measure"], claim["kind"], *(name for name, holds in _TESTS.items() if holds(claim, sentences)))

"""The time expressions of an article with their dates, and what each of them can date: a figure, a comparison, an event, a standard."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date
from typing import Literal

from extraction.model import Sentence, Text, value_class
from extraction.period_dates import Calendar
from extraction.time_expressions import TimeExpression

PeriodKind = Literal["as_of", "by_end", "during", "annual", "baseline", "since", "event", "standard", "elapsed"]


@value_class
class PeriodMention:
    """One time expression with its dates (as an achievement would have them).

    Only `as_of`, `by_end` and `during` date a figure. `event` is the day on which something happened or a document was signed,
    `standard` the life of a poverty line or set of criteria, `since` a beginning without an end, `elapsed` is "5 năm qua".
    """

    start: int
    end: int
    first_day: date | None
    last_day: date | None
    kind: PeriodKind
    relative: bool  # the year is not written
    rule: str
    expression: TimeExpression
    sentence: int  # index into Text.sentences
    planned: bool  # ahead of the day of publication, and in words of planning
    reference: bool  # dates the first number of "từ A năm … xuống B" alone
    of_plan: bool  # names money or a programme: "vốn chương trình năm 2025"
    vision: bool  # "tầm nhìn đến năm 2045"
    scene: bool  # "Tính đến hết tháng 9, …" at the head of a clause
    bracket: tuple[int, int] | None  # the parentheses that hold it
    alone: bool  # and nothing else in them
    apposition: bool  # "Kết thúc giai đoạn I (2021-2025), …": no number before the parentheses

    @property
    def governs(self) -> bool:
        return self.kind in ("as_of", "by_end", "during")


PLANNED_RE = re.compile(
    r"phấn đấu|(?<!vượt )(?<!đạt )(?<!hoàn thành )(?:mục tiêu|chỉ tiêu|kế hoạch)|dự kiến|nhiệm vụ|đặt ra|đề ra|lộ trình|yêu cầu|phải"
    r"|đăng ký|quyết tâm|định hướng|\bsẽ\b|hướng tới|tầm nhìn|bảo đảm|đảm bảo"
)
_STANDARD_RE = re.compile(r"(?:chuẩn nghèo|chuẩn hộ nghèo|tiêu chí|chuẩn mới|bộ chỉ tiêu)[^.,;:()\d\n]{0,60}$")
_COMPARED_RE = re.compile(
    r"(?:so với|so cùng|cao hơn|thấp hơn|nhiều hơn|ít hơn)(?! (?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|nghị quyết))"
    r"(?:[^.,;:()\d\n]|;(?! )){0,45}$"  # "h&ograve;a" that lost its ampersand holds a semicolon
)
# "16.900 lao động, bằng 97% năm 2021"
_RATIO_RE = re.compile(r"\bbằng (?:khoảng |gần |trên |hơn |chỉ |xấp xỉ )?\d[\d.,]*\s*% ?(?:so với |so |của |mức |thực hiện |cuối )*$")
_FROM_RE = re.compile(r"(?:^|[ (])từ (?:mức |gần |trên |hơn |dưới |khoảng |chỗ |chỉ )*(\d[\d.,]*)[^,;()\d]{0,40}$")
_BROUGHT_OVER_RE = re.compile(r" *(?:chuyển|kéo dài)\b")  # "vốn năm 2022 chuyển sang" is money of another year
_OF_PLAN_RE = re.compile(r"(?:vốn|kế hoạch|chương trình|mtqg|dự toán|ngân sách|đề án|mục tiêu|chỉ tiêu|nghị quyết)[^.,;:()\d]{0,70}$")
_SURVEY_PAPER_RE = re.compile(r"(?:^|[^\w])theo (?:quyết định|báo cáo|thông báo|công văn|văn bản|biên bản|tờ trình)[^,;:()\n]*$")
_SURVEY_RE = re.compile(
    r"(?: của [^,.;:()\d\n]{2,60})?(?: về(?: việc)?| phê duyệt| công bố| công nhận| thông báo|,)* kết quả"
    r" (?:tổng )?(?:điều tra|rà soát|khảo sát|thống kê|kiểm tra|thẩm tra|tổng hợp)\b(?![^.;:\n]{0,60}(?:năm|tháng|quý|kỳ) +\d)"
)
_ROUND_RE = re.compile(r"(?:^|\s)(?:đợt|lần|vòng)(?: thứ)? (?:\d{1,2}|[ivx]{1,4}|một|hai|ba|bốn|nhất|nhì|đầu|đầu tiên)(?: của|,)? *$")
_DIGIT_RE = re.compile(r"\d")
_BEFORE = 70  # characters before an expression that decide what it is


def read_mentions(text: Text, expressions: list[TimeExpression], calendar: Calendar, brackets: Brackets) -> list[PeriodMention]:
    """The expressions as mentions, in reading order."""
    starts = [s.start for s in text.sentences]
    mentions, told = [], 0
    for e in expressions:
        mentions.append(_mention(text, e, calendar, brackets, max(0, bisect_right(starts, e.core) - 1), told))
        told = e.end
    return mentions


def _mention(text: Text, e: TimeExpression, calendar: Calendar, brackets: Brackets, index: int, told: int) -> PeriodMention:
    """`told` is where the expression before ends."""
    folded, sentence = text.folded, text.sentences[index]
    before = folded[max(sentence.start, e.start - _BEFORE) : e.start]
    first, last = calendar.days(e, "achievement")
    bracket = brackets.around(e.core, sentence)
    alone = bracket is not None and not folded[bracket[0] + 1 : e.start].strip() and not folded[e.end : bracket[1]].strip()
    return PeriodMention(
        start=e.start,
        end=e.end,
        first_day=first,
        last_day=last,
        kind="event" if _is_round(e, before, last, calendar.published) else _kind(folded, e, before),
        relative=e.year is None,
        rule=f"time.{e.shape}",
        expression=e,
        sentence=index,
        planned=_is_planned(folded, e, sentence, calendar.published, last),
        reference="từ " in before and _FROM_RE.search(folded[max(sentence.start, e.start - _BEFORE, told) : e.start]) is not None,
        of_plan=e.shape in ("year", "years") and e.link in ("", "within") and e.part == "whole" and _OF_PLAN_RE.search(before) is not None,
        vision=any(word in folded[max(0, e.start - 12) : e.end] for word in ("tầm nhìn", "định hướng")),
        scene=_sets_the_scene(folded, e, sentence),
        bracket=bracket,
        alone=alone,
        apposition=bracket is not None and alone and not _DIGIT_RE.search(folded, max(0, bracket[0] - 30), bracket[0]),
    )


def _kind(folded: str, e: TimeExpression, before: str) -> PeriodKind:
    if e.shape in ("every_year", "elapsed"):
        return "annual" if e.shape == "every_year" else "elapsed"
    if e.shape == "year" and "bằng " in before and _RATIO_RE.search(before):
        return "baseline"
    if e.link == "baseline" or (("so " in before or "hơn " in before) and _COMPARED_RE.search(before)):
        return "baseline"
    if e.shape == "same_period":
        told = before.rstrip()
        return "as_of" if not told or told[-1] in ",;:(-" or told.endswith(("trong khi", "nếu")) else "baseline"
    if e.shape == "now" and before.endswith("cũng "):
        return "elapsed"  # "cũng đến thời điểm này": the day told of before
    over = e.shape in ("months", "quarter", "half") and folded.startswith("sau", e.start)  # "sau 9 tháng đầu năm": they are told of
    if (e.link == "since" and not over and e.opening is None and e.first_year is None) or _BROUGHT_OVER_RE.match(folded, e.end):
        return "since"
    if e.shape == "day" and _SURVEY_PAPER_RE.search(before) and _SURVEY_RE.match(folded, e.end, e.end + 200):
        return "as_of"  # what a survey found is what the paper that approves it says
    if e.shape == "day" and e.link not in ("until", "before") and "thời điểm" not in folded[e.start : e.core]:
        return "event"
    if e.link == "" and e.shape in ("years", "term") and e.part == "whole" and _STANDARD_RE.search(before):
        return "standard"
    if e.link in ("until", "before"):
        return "by_end" if e.part == "end" or e.shape in ("year", "years", "month", "quarter") else "as_of"
    return "as_of" if e.part in ("start", "end") or e.shape in ("now", "unknown") else "during"


def _is_round(e: TimeExpression, before: str, last: date | None, published: date | None) -> bool:
    """ "kết quả đánh giá đợt 1 năm 2024": a round of a year that still runs is over, its year is not."""
    running = published is not None and last is not None and last > published
    return running and e.shape == "year" and e.link == "" and e.part == "whole" and _ROUND_RE.search(before) is not None


def _is_planned(folded: str, e: TimeExpression, sentence: Sentence, published: date | None, last: date | None) -> bool:
    if e.shape in ("now", "elapsed", "same_period", "every_year") or (published is not None and last is not None and last <= published):
        return False
    return PLANNED_RE.search(folded, max(sentence.start, e.start - 80), min(sentence.end, e.end + 60)) is not None


def _sets_the_scene(folded: str, e: TimeExpression, sentence: Sentence) -> bool:
    """ "Tính đến hết tháng 9, …" opens a report that the next paragraphs go on with; "… của chương trình năm 2019" does not."""
    before = folded[max(sentence.start, e.start - 40) : e.start].rstrip()
    opens = before[-1:] in (",", ":", ";", "-", "(", "") or before.endswith(("cho thấy", "cho biết", "thì"))
    opens = opens or folded.startswith((" cho thấy", ", cho thấy"), e.end)
    return e.link == "until" or e.start - sentence.start <= 13 or opens


class Brackets:
    """Parentheses of a text, matched once: asking for each expression anew would be quadratic in hostile text."""

    def __init__(self, folded: str) -> None:
        self._opens: list[int] = []
        self._closes: list[int] = []
        opened = folded.find("(")
        while opened >= 0:
            closed = folded.find(")", opened)
            if closed < 0:
                break
            self._opens.append(max(opened, folded.rfind("(", opened, closed)))  # the inner of two
            self._closes.append(closed)
            opened = folded.find("(", closed)

    def around(self, at: int, sentence: Sentence) -> tuple[int, int] | None:
        """The innermost parentheses around a position, within its sentence; None where they hold the whole sentence."""
        i = bisect_right(self._opens, at) - 1
        if i < 0 or self._closes[i] < at:
            return None
        opened, closed = self._opens[i], self._closes[i]
        if opened < sentence.start or (opened == sentence.start and closed >= sentence.end - 2):
            return None
        return opened, min(closed, sentence.end)

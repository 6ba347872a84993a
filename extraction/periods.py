"""Which day a quantity stands for: the time expressions of an article as dates, and which of them governs a position.

The order is that of gold/GUIDE.md: an expression that stands with the number, one before it in the sentence, one after it,
the sentences before, the head of the list or section, the title, and last the day of publication (achievements) or nothing (targets).
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Literal

from extraction.model import ArticleContext, Field, Kind, Mask, Measure, Sentence, Source, Span, Text
from extraction.time_expressions import TimeExpression, find_time_expressions, valid_date

PeriodKind = Literal["as_of", "by_end", "during", "annual", "baseline", "since", "event", "standard", "elapsed"]


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """One time expression with its dates. `event` is the day on which something happened or a document was signed, `standard` the
    life of a poverty line or set of criteria, `since` a beginning without an end, `elapsed` "5 năm qua": none of these dates a figure."""

    start: int
    end: int
    first_day: date | None
    last_day: date | None
    kind: PeriodKind
    relative: bool  # needs the day of publication
    rule: str
    expression: TimeExpression
    planned: bool = False  # stands with "phấn đấu", "mục tiêu", "sẽ" …
    reference: bool = False  # dates the first number of "từ A năm … xuống B" alone
    bracket: tuple[int, int] | None = None  # the parentheses that hold it


_GOVERNING = frozenset({"as_of", "by_end", "during"})
_STANDARD_RE = re.compile(r"(?:chuẩn nghèo|chuẩn hộ nghèo|tiêu chí|chuẩn mới|bộ chỉ tiêu)[^.,;:()\n]{0,60}$")
_COMPARED_RE = re.compile(
    r"(?:so với|so cùng|cao hơn|thấp hơn|nhiều hơn|ít hơn)(?! (?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|nghị quyết))[^.,;:()\d\n]{0,45}$"
)
_PLANNED_RE = re.compile(
    r"phấn đấu|mục tiêu|chỉ tiêu|kế hoạch|dự kiến|nhiệm vụ|đặt ra|đề ra|lộ trình|yêu cầu|phải|đăng ký|quyết tâm|định hướng|\bsẽ\b|hướng tới|tầm nhìn|phương hướng"
)
_FROM_RE = re.compile(r"(?:^|[ (])từ (?:mức |gần |trên |hơn |dưới |khoảng |chỗ |chỉ )*(\d[\d.,]*)[^,;()\d]{0,40}$")
_NUMBER_RE = re.compile(r"\d[\d.,]*\d|\d|\w+")
_GAP_STOP_RE = re.compile(r"[,;:!?)\d]|\.\s| và | hoặc | thì |phấn đấu|dự kiến|trong khi|xuống|còn | lên ")
_ITEM_RE = re.compile(r"\s*(?:[-+*•–—·]|\d{1,2}[.)]|[a-zđ][.)])\s")
_DOCUMENT_BEFORE_RE = re.compile(r"(?:/[\w&đ-]+|số:? *\d+[\w/&đ.-]*),? *$")


class PeriodReader:
    """Reads the time of every figure of one article. `masks` is part of the common interface of the readers; time needs none."""

    def __init__(self, text: Text, context: ArticleContext, masks: list[Mask] | None = None) -> None:
        self.text = text
        self.published = context.published
        self._masks = masks
        self._expressions = find_time_expressions(text.folded, 0, text.body_end)
        self._year = context.published.year if context.published else self._written_year()
        self.mentions: list[PeriodMention] = []
        for expression in self._expressions:
            self.mentions.append(self._mention(expression))
        self._starts = [m.start for m in self.mentions]

    # ---- the meaning of one expression -------------------------------------------------------------------------------

    def _written_year(self) -> int | None:
        """Without a day of publication, the latest year that the article names as gone by stands in for its year."""
        years = [
            e.year
            for e in self._expressions
            if e.year is not None and e.shape in ("day", "month", "months", "quarter") and e.link != "baseline"
        ]
        return max(years) if years else next((e.year for e in self._expressions if e.year is not None), None)

    def _mention(self, e: TimeExpression) -> PeriodMention:
        sentence = self.text.sentence_at(e.core)
        kind = self._kind_of(e, sentence)
        first, last = self._dates(e, "achievement")
        relative = e.year is None
        before = self.text.folded[sentence.start : e.start]
        reference = _FROM_RE.search(before[-70:]) is not None
        return PeriodMention(
            e.start,
            e.end,
            first,
            last,
            kind,
            relative,
            e.shape,
            e,
            self._is_planned(e, sentence, last),
            reference,
            _bracket(self.text.folded, sentence, e.core),
        )

    def _kind_of(self, e: TimeExpression, sentence: Sentence) -> PeriodKind:
        before = self.text.folded[max(sentence.start, e.start - 70) : e.start]
        if e.shape == "every_year":
            return "annual"
        if e.link == "baseline" or _COMPARED_RE.search(before):
            return "baseline"
        if e.shape == "same_period":
            return (
                "as_of"
                if not before.strip() or before.rstrip()[-1] in ",;:(-" or before.rstrip().endswith(("trong khi", "nếu"))
                else "baseline"
            )
        if e.shape == "elapsed":
            return "elapsed"
        if e.link == "since" and e.opening is None and e.first_year is None:
            return "since"
        if e.shape == "day" and e.link not in ("until", "before") and "thời điểm" not in self.text.folded[e.start : e.core]:
            return "event"
        if e.link == "" and e.shape in ("years", "year") and e.part == "whole" and _STANDARD_RE.search(before):
            return "standard"
        if e.link in ("until", "before"):
            return "by_end" if e.part == "end" or e.shape in ("year", "years", "month", "quarter") else "as_of"
        return "as_of" if e.part in ("start", "end") or e.shape == "now" else "during"

    def _is_planned(self, e: TimeExpression, sentence: Sentence, last: date | None) -> bool:
        if self.published is not None and last is not None and last <= self.published:
            return False
        around = self.text.folded[max(sentence.start, e.start - 80) : min(sentence.end, e.end + 60)]
        return _PLANNED_RE.search(around) is not None

    def _dates(self, e: TimeExpression, kind: Kind, near: int | None = None) -> tuple[date | None, date | None]:
        """First and last day. `near` is the year that the sentence itself gives to expressions that name none."""
        if e.shape == "now":
            return (self._dates(e.opening, kind)[0] if e.opening else self.published), self.published
        if e.shape in ("elapsed", "same_period", "every_year"):
            return None, None
        if e.shape == "term" and e.year is None:
            return self._term(e)
        year = self._year_of(e, kind, near)
        if year is None or not 1940 <= year <= 2100:
            return None, None
        if e.first_year is not None and e.first_year > year:  # "giai đoạn 2017-2010": an error of the source
            return None, date(max(e.first_year, year), 12, 31)
        first, last = _days(e, year)
        if e.opening is not None:
            opened = self._dates(e.opening, kind, year)[0]
            first = opened if opened is not None and (last is None or opened <= last) else first
        return first, last

    def _year_of(self, e: TimeExpression, kind: Kind, near: int | None) -> int | None:
        if e.year is not None:
            return e.year
        if self._year is None:
            return None
        if e.shape == "ahead":
            return self._year + (e.count or 0)
        if e.shape == "ago":
            return self._year - (e.count or 0)
        if e.shift is not None:
            past_year = (
                e.shift == -1
                and self.text.folded[e.core : e.end].endswith("qua")
                and self.published is not None
                and self.published.month >= 10
            )
            return self._year + (0 if past_year else e.shift)
        if near is not None:
            return near
        return self._nearest_year(e, kind)

    def _nearest_year(self, e: TimeExpression, kind: Kind) -> int | None:
        """The year of "đến ngày 30/11" or "cuối năm": the last one gone by for what was achieved, the next one for what is planned."""
        published = self.published
        if published is None:
            return self._year
        last = _days(e, published.year)[1]
        if last is None:
            return published.year
        if (
            kind == "achievement"
            and last > published
            and (e.shape in ("day", "month", "months", "quarter", "half") or (e.part == "end" and published.month <= 3))
        ):
            gap = (last - published).days
            ahead = (
                e.shape in ("months", "half", "quarter")
                and e.first_month is not None
                and date(published.year, e.first_month, 1) <= published
            )
            return published.year if ahead or gap <= 31 else published.year - 1
        if kind == "target" and last < published and e.shape in ("day", "month"):
            return published.year + 1
        return published.year

    def _term(self, e: TimeExpression) -> tuple[date | None, date | None]:
        """Terms of the party run from a congress year (2015, 2020, 2025 …) to the next; in a congress year "nhiệm kỳ qua" is the one that ends."""
        written = next((x for x in reversed(self._expressions) if x.shape == "term" and x.year is not None and x.end <= e.start), None)
        if self._year is None and written is None:
            return None, None
        if e.shift == 0 and written is not None and written.year is not None:
            end = written.year
        else:
            year = self._year or 0
            started = year // 5 * 5
            congress = year == started
            end = {-1: started, 0: started if congress else started + 5, 1: started + (5 if congress else 10)}[e.shift or 0]
        if e.part == "start":
            return date(end - 5, 1, 1), date(end - 5, 12, 31)
        return date(end - 5, 1, 1), date(end, 12, 31)

    # ---- which expression governs a position ---------------------------------------------------------------------------

    def as_of(self, position: int, kind: Kind, *, measure: Measure | None = None) -> Field[date | None]:
        """The last day of the period that the quantity at `position` (the first character of its number) stands for."""
        sentence = self.text.sentence_at(position)
        for rule, source, m in self._candidates(position, kind, sentence, measure):
            day = self._day(m, kind, position)
            if day is not None:
                return Field(day, source, rule, m.start, m.end)
        if kind == "target":
            return Field(None, "default", "as_of.target_without_time")
        return Field(self.published, "default", "as_of.published")

    def _candidates(
        self, position: int, kind: Kind, sentence: Sentence, measure: Measure | None
    ) -> list[tuple[str, Source, PeriodMention]]:
        here = self._mentions_in(sentence.start, sentence.end)
        found: list[tuple[str, Source, PeriodMention]] = []
        if (m := self._standing_with(position, here)) is not None:
            found.append(("as_of.with_number", "explicit", m))
        found += [("as_of.before", "explicit", m) for m in self._before(position, here, kind)]
        if not found and (m := self._after(position, here, kind)) is not None:
            found.append(("as_of.after", "explicit", m))
        if not found or all(m.kind == "elapsed" for _, _, m in found):
            found += self._carried(position, kind, sentence)
        return found

    def _mentions_in(self, start: int, end: int) -> list[PeriodMention]:
        return self.mentions[bisect_left(self._starts, start) : bisect_right(self._starts, end)]

    def _standing_with(self, position: int, here: list[PeriodMention]) -> PeriodMention | None:
        """ "9,82% đầu năm 2016", "16,58 (cuối năm 2022)", "12 xã đạt chuẩn vào năm 2020": right after the number and its noun."""
        folded = self.text.folded
        number = _NUMBER_RE.match(folded, position)
        end = number.end() if number else position
        m = next((m for m in here if m.start >= end), None)
        if m is None or m.kind not in _GOVERNING or m.start - end > 90:
            return None
        gap = folded[end : m.start]
        if _GAP_STOP_RE.search(gap):
            return None
        if "(" in gap:
            opened = gap.rfind("(")
            close = folded.find(")", m.end, m.end + 200)
            inside = folded[m.end : close if close >= 0 else m.end + 200]
            return m if not gap[opened + 1 :].strip() and not re.search(r"\d", inside) else None
        return m

    def _before(self, position: int, here: list[PeriodMention], kind: Kind) -> list[PeriodMention]:
        """Expressions before the number, the nearest first; inside parentheses only those that hold the number too."""
        found = []
        for m in reversed(here):
            if m.end > position or (m.bracket is not None and not m.bracket[0] <= position <= m.bracket[1]):
                continue
            if m.kind not in _GOVERNING or (m.reference and m.end < position) or self._out_of_kind(m, kind):
                continue
            found.append(m)
        return found

    def _after(self, position: int, here: list[PeriodMention], kind: Kind) -> PeriodMention | None:
        """The first expression after the number, when the sentence has none before it and nothing else claims it."""
        folded = self.text.folded
        for m in here:
            if m.start < position or m.kind not in _GOVERNING or m.bracket is not None or self._out_of_kind(m, kind):
                continue
            gap = folded[position : m.start]
            if ";" in gap or (kind == "achievement" and (m.planned or _PLANNED_RE.search(gap))):
                return None
            return m
        return None

    def _out_of_kind(self, m: PeriodMention, kind: Kind) -> bool:
        """A horizon beyond this year dates no achievement, and "đến nay" no target."""
        if self.published is None or m.last_day is None:
            return False
        if kind == "achievement":
            return m.expression.link in ("until", "before") and m.last_day.year > self.published.year
        return m.expression.shape == "now"

    def _carried(self, position: int, kind: Kind, sentence: Sentence) -> list[tuple[str, Source, PeriodMention]]:
        """Expressions of the sentences before, of the head of the list, of the title; the nearest first."""
        found: list[tuple[str, Source, PeriodMention]] = []
        sentences = self.text.sentences
        i = bisect_right(sentences, sentence.start, key=lambda s: s.start) - 1
        if sentence.end <= self.text.title_end:
            return found
        item = self._is_item(sentence.paragraph)
        for s in reversed(sentences[:i]):
            if item and s.paragraph != sentence.paragraph and self._is_item(s.paragraph):
                continue
            rule = (
                "as_of.title"
                if s.start < self.text.title_end
                else "as_of.sentence_before"
                if s.paragraph == sentence.paragraph
                else "as_of.section"
            )
            found += [(rule, "inherited", m) for m in reversed(self._mentions_in(s.start, s.end)) if self._carries(m, kind)]
            if len(found) >= 4:
                break
        return found

    def _is_item(self, paragraph: int) -> bool:
        span: Span = self.text.paragraphs[paragraph]
        return _ITEM_RE.match(self.text.folded, span.start, min(span.end, span.start + 8)) is not None

    def _carries(self, m: PeriodMention, kind: Kind) -> bool:
        if m.kind not in _GOVERNING or m.bracket is not None or m.reference:
            return False
        if kind == "achievement":
            return not m.planned and not (self.published and m.last_day and m.last_day.year > self.published.year)
        return m.planned or self.published is None or (m.last_day is not None and m.last_day > self.published)

    def _day(self, m: PeriodMention, kind: Kind, position: int) -> date | None:
        e = m.expression
        if e.shape == "same_period":
            return self._same_period(m, kind)
        near = self._year_near(m)
        return self._dates(e, kind, near)[1]

    def _year_near(self, m: PeriodMention) -> int | None:
        """The year that the sentence names before an expression without one ("Năm 2022, … đến cuối năm còn …")."""
        if m.expression.year is not None or m.expression.shift is not None:
            return None
        sentence = self.text.sentence_at(m.start)
        years = [
            x.expression.year
            for x in self._mentions_in(sentence.start, m.start - 1)
            if x.kind in _GOVERNING and x.expression.year is not None
        ]
        return years[-1] if years else None

    def _same_period(self, m: PeriodMention, kind: Kind) -> date | None:
        """ "cùng kỳ năm ngoái": the period told before, a year (or to the named year) back."""
        i = bisect_left(self._starts, m.start)
        told = next((x for x in reversed(self.mentions[:i]) if x.kind in _GOVERNING and x.expression.shape != "same_period"), None)
        day = self._day(told, kind, m.start) if told is not None else self.published
        if day is None:
            return None
        year = m.expression.year or day.year + (m.expression.shift or 0)
        return valid_date(year, day.month, day.day) or date(year, day.month, 28)


def _days(e: TimeExpression, year: int) -> tuple[date | None, date | None]:
    """First and last day of an expression in a year; None where no calendar has the day."""
    if e.shape == "day" and e.month is not None and e.day is not None:
        day = valid_date(year, e.month, e.day)
        return day, day
    if e.shape == "school_year":  # lessons end on 31 May
        return date(e.first_year or year - 1, 9, 1), date(year, 5, 31)
    if e.month is not None:
        return _month_days(e, year)
    first = date(e.first_year if e.first_year and e.first_year <= year else year, 1, 1)
    if e.link == "before" and e.part == "whole":
        return first, date(year - 1, 12, 31)
    if e.part == "start":
        return first, first if e.shape in ("year", "years") else date(year, 12, 31)
    if e.part == "middle":
        return first, date(year, 6, 30)
    return first, date(year, 12, 31)


def _month_days(e: TimeExpression, year: int) -> tuple[date, date]:
    month = e.month or 12
    first = date(year, e.first_month or (month if e.shape == "month" else 1), 1)
    if e.part == "start" and e.shape == "month":
        return first, first
    if e.part == "middle" and e.shape == "month":
        return first, date(year, month, 15)
    return first, date(year, month, calendar.monthrange(year, month)[1])


def _bracket(folded: str, sentence: Sentence, at: int) -> tuple[int, int] | None:
    """The innermost parentheses of the sentence around a position."""
    opened = folded.rfind("(", sentence.start, at)
    if opened < 0 or folded.find(")", opened, at) >= 0:
        return None
    close = folded.find(")", at, sentence.end)
    return (opened, close if close >= 0 else sentence.end)

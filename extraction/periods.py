"""Which day a quantity stands for: which of the article's time expressions governs a position.

The order is that of gold/GUIDE.md: an expression that stands with the number, one before it in the sentence, one after it,
the sentences before, the head of the list or section, the title, and last the day of publication (achievements) or nothing (targets).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Literal

from extraction.model import (
    ArticleContext,
    Field,
    Kind,
    Mask,
    Measure,
    Sentence,
    Source,
    Text,
)
from extraction.period_dates import Calendar
from extraction.time_expressions import (
    TimeExpression,
    find_time_expressions,
    valid_date,
)

PeriodKind = Literal[
    "as_of",
    "by_end",
    "during",
    "annual",
    "baseline",
    "since",
    "event",
    "standard",
    "elapsed",
]


@dataclass(frozen=True, slots=True)
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
    planned: bool = False  # ahead of the day of publication, or in words of planning
    reference: bool = False  # dates the first number of "từ A năm … xuống B" alone
    bracket: tuple[int, int] | None = None  # the parentheses that hold it


Candidate = tuple[str, Source, PeriodMention]

_PARTS_OF_YEAR = frozenset({"day", "month", "months", "quarter", "half"})
_GOVERNING = frozenset({"as_of", "by_end", "during"})
_STANDARD_RE = re.compile(r"(?:chuẩn nghèo|chuẩn hộ nghèo|tiêu chí|chuẩn mới|bộ chỉ tiêu)[^.,;:()\d\n]{0,60}$")
_COMPARED_RE = re.compile(
    r"(?:so với|so cùng|cao hơn|thấp hơn|nhiều hơn|ít hơn)(?! (?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|nghị quyết))(?:[^.,;:()\d\n]|;(?! )){0,45}$"
)
_PLANNED_RE = re.compile(
    r"phấn đấu|(?<!vượt )(?<!đạt )(?<!hoàn thành )(?:mục tiêu|chỉ tiêu|kế hoạch)|dự kiến|nhiệm vụ|đặt ra|đề ra|lộ trình|yêu cầu|phải|đăng ký|quyết tâm|định hướng|\bsẽ\b|hướng tới"
    r"|tầm nhìn|bảo đảm|đảm bảo"
)
_AHEAD_RE = re.compile(r"phấn đấu|dự kiến|\bsẽ\b|quyết tâm|(?<!vượt )(?<!so với )mục tiêu|tới đây|thời gian tới")
_PLAN_FIGURE_RE = re.compile(r"kế hoạch|chỉ tiêu|nghị quyết|\bgiao\b|dự toán|đề án")
_FROM_RE = re.compile(r"(?:^|[ (])từ (?:mức |gần |trên |hơn |dưới |khoảng |chỗ |chỉ )*(\d[\d.,]*)[^,;()\d]{0,40}$")
_FROM_WORD_RE = re.compile(r"(?:^|\s)từ (?:mức |gần |trên |hơn |dưới |khoảng |chỗ |chỉ )*$")
_DOWN_TO_RE = re.compile(r"\d[\d.,]*[^,;.()\d]{0,30}? (?:xuống|còn|(?<!trở )lên)\b")
_BROUGHT_OVER_RE = re.compile(r" *(?:chuyển|kéo dài)\b")  # "vốn năm 2022 chuyển sang" is money of another year
_OF_PLAN_RE = re.compile(r"(?:vốn|kế hoạch|chương trình|mtqg|dự toán|ngân sách|đề án)[^.,;:()\d]{0,70}$")
_VISION_RE = re.compile(r"định hướng|tầm nhìn")
_NUMBER_RE = re.compile(r"\d[\d.,]*\d|\d|\w+")
_GAP_STOP_RE = re.compile(r"[,;:!?)\d]|\.\s| và | hoặc | thì |phấn đấu|dự kiến|trong khi|xuống|còn | lên ")
_ITEM_RE = re.compile(r"\s*(?:[-+*•–—·]|\d{1,2}[.)]|[a-zđ][.)])\s")
_SPEAKER_RE = re.compile(
    r"(?:theo |còn )?(?:ông|bà|anh|chị|đồng chí|đ/c|chủ tịch|phó|bí thư|bộ trưởng|thứ trưởng|giám đốc|trưởng|chủ nhiệm|đại biểu)\b"
    r"[^.;\n]{0,110}?(?:cho biết|cho rằng|cho hay|nói|khẳng định|nhấn mạnh|đặt vấn đề|chia sẻ|phát biểu|đề nghị|nhận định|,)"
)
_RETOLD_RE = re.compile(r"(?:\([^()\n]{0,20}\) *-? *)?theo (?:báo cáo|thông báo|kế hoạch|kết luận|công văn)")
_DIGIT_RE = re.compile(r"\d")
_REPORT_DAYS = 60  # a document is retold within this many days of the day that it tells of
_NEAR = 24  # expressions looked at on one side of a number: sentences of articles hold fewer, only hostile text holds more
_BACK = 40  # sentences that the head of a list or section may lie back
_CARRY = 10  # sentences that any other expression may lie back, once its paragraph has ended
_QUIET = 2  # of these, how many may have no number at all


class PeriodReader:
    """Reads the time of every figure of one article. `masks` belongs to the common interface of the readers; time needs none."""

    def __init__(self, text: Text, context: ArticleContext, masks: list[Mask] | None = None) -> None:
        del masks
        self.text = text
        self.published = context.published
        expressions = find_time_expressions(text.folded, 0, text.body_end)
        self._calendar = _calendar(context.published, expressions)
        self._brackets = _Brackets(text.folded)
        ends = [0, *(e.end for e in expressions)]
        self.mentions: list[PeriodMention] = [self._mention(e, told) for e, told in zip(expressions, ends, strict=False)]
        self._starts = [m.start for m in self.mentions]
        self._report = self._reported_day()
        self._sentence_starts = [s.start for s in text.sentences]
        self._counts: tuple[list[int], list[int]] | None = None
        self._inherited: dict[tuple[int, Kind], list[Candidate]] = {}  # by sentence: all figures of one sentence inherit the same

    # ---- what one expression is ----------------------------------------------------------------------------------------

    def _mention(self, e: TimeExpression, told: int) -> PeriodMention:
        """`told` is where the expression before ends."""
        sentence = self.text.sentence_at(e.core)
        before = self.text.folded[max(sentence.start, e.start - 70) : e.start]
        first, last = self._calendar.days(e, "achievement")
        return PeriodMention(
            e.start,
            e.end,
            first,
            last,
            self._kind_of(e, before),
            e.year is None,
            f"time.{e.shape}",
            e,
            planned=self._is_planned(e, sentence, last),
            reference=_FROM_RE.search(self.text.folded[max(sentence.start, e.start - 70, told) : e.start]) is not None,
            bracket=self._brackets.around(e.core, sentence),
        )

    def _kind_of(self, e: TimeExpression, before: str) -> PeriodKind:
        if e.shape in ("every_year", "elapsed"):
            return "annual" if e.shape == "every_year" else "elapsed"
        if e.link == "baseline" or _COMPARED_RE.search(before):
            return "baseline"
        if e.shape == "same_period":
            told = before.rstrip()
            return "as_of" if not told or told[-1] in ",;:(-" or told.endswith(("trong khi", "nếu")) else "baseline"
        if e.shape == "now" and before.endswith("cũng "):
            return "elapsed"  # "cũng đến thời điểm này": the day told of before
        if _BROUGHT_OVER_RE.match(self.text.folded, e.end):
            return "since"
        if e.link == "since" and e.opening is None and e.first_year is None:
            return "since"
        if e.shape == "day" and e.link not in ("until", "before") and "thời điểm" not in self.text.folded[e.start : e.core]:
            return "event"
        if e.link == "" and e.shape in ("years", "term") and e.part == "whole" and _STANDARD_RE.search(before):
            return "standard"
        if e.link in ("until", "before"):
            return "by_end" if e.part == "end" or e.shape in ("year", "years", "month", "quarter") else "as_of"
        return "as_of" if e.part in ("start", "end") or e.shape in ("now", "unknown") else "during"

    def _is_planned(self, e: TimeExpression, sentence: Sentence, last: date | None) -> bool:
        if self.published is not None and last is not None and last <= self.published:
            return False
        around = self.text.folded[max(sentence.start, e.start - 80) : min(sentence.end, e.end + 60)]
        return _PLANNED_RE.search(around) is not None

    def since(self, low: int, high: int) -> list[PeriodMention]:
        """Beginnings ("từ năm 2018") that start in a stretch of the text."""
        found = self.mentions[bisect_left(self._starts, low) : bisect_right(self._starts, high)]
        return [m for m in found if m.kind == "since" and m.expression.link == "since"]

    # ---- which expression governs a position ---------------------------------------------------------------------------

    def as_of(self, position: int, kind: Kind, *, measure: Measure | None = None) -> Field[date | None]:
        """The last day of the period that the quantity at `position` (the first character of its number) stands for.

        The measure changes nothing today: a change, a level and a share of the plan stand for the same day.
        """
        del measure
        sentence = self.text.sentence_at(position)
        here = self._here(position, sentence)
        told_plan = kind == "target" and self._is_plan_figure(position, sentence)
        start_of_pair = kind == "achievement" and self._opens_pair(position, sentence)
        for rule, source, m in self._candidates(position, kind, sentence, here):
            if m.expression.shape == "unknown":
                return Field(None, source, rule + ".unknown", m.start, m.end)
            day = self._day(m, kind, told_plan)
            if start_of_pair and day is not None and rule != "as_of.with_number":
                return Field(
                    _year_before(m, day),
                    "derived",
                    "as_of.start_of_pair",
                    m.start,
                    m.end,
                )
            if day is not None:
                return Field(day, source, rule, m.start, m.end)
        if kind == "target":
            return Field(None, "default", "as_of.target_without_time")
        if self.published is None and (event := self._event(position, here)) is not None:
            return Field(event.last_day, "derived", "as_of.day_told", event.start, event.end)
        return Field(self.published, "default", "as_of.published")

    def _event(self, position: int, here: list[PeriodMention]) -> PeriodMention | None:
        """ "số liệu công bố ngày 18/12/2014 cho thấy …", in an article that nobody knows the day of."""
        return next(
            (m for m in reversed(here) if m.kind == "event" and m.end <= position and m.expression.year is not None),
            None,
        )

    def _candidates(self, position: int, kind: Kind, sentence: Sentence, here: list[PeriodMention]) -> list[Candidate]:
        found: list[Candidate] = []
        if (m := self._standing_with(position, here, kind)) is not None:
            found.append(("as_of.with_number", "explicit", m))
        found += [("as_of.before", "explicit", m) for m in self._before(position, here, kind)]
        if not found and (m := self._after(position, here, kind, sentence)) is not None:
            found.append(("as_of.after", "explicit", m))
        if not any(self._day(m, kind) or m.expression.shape == "unknown" for _, _, m in found):
            found += self._elapsed(position, here)
            found += self._carried(kind, sentence)
            if kind == "target":
                found += self._plan_figure(position, sentence) + self._lead()
        return found

    def _opens_pair(self, position: int, sentence: Sentence) -> bool:
        """Whether the number is the A of "giảm từ A xuống (còn) B"."""
        if not _FROM_WORD_RE.search(self.text.folded[max(sentence.start, position - 14) : position]):
            return False
        return _DOWN_TO_RE.match(self.text.folded, position, min(position + 80, sentence.end)) is not None

    def _here(self, position: int, sentence: Sentence) -> list[PeriodMention]:
        """The expressions of the sentence around a position."""
        low, high = (
            bisect_left(self._starts, sentence.start),
            bisect_right(self._starts, sentence.end),
        )
        middle = bisect_left(self._starts, position)
        return self.mentions[max(low, middle - _NEAR) : min(high, middle + _NEAR)]

    def _standing_with(self, position: int, here: list[PeriodMention], kind: Kind) -> PeriodMention | None:
        """ "9,82% đầu năm 2016", "16,58 (cuối năm 2022)", "12 xã đạt chuẩn vào năm 2020": right after the number and its noun."""
        folded = self.text.folded
        number = _NUMBER_RE.match(folded, position)
        end = number.end() if number else position
        m = next((m for m in here if m.start >= end), None)
        if m is None or m.kind not in _GOVERNING or m.start - end > 90 or (kind == "target" and m.expression.shape == "now"):
            return None
        gap = folded[end : m.start]
        if _GAP_STOP_RE.search(gap) or (kind == "achievement" and _PLAN_FIGURE_RE.search(gap)):
            return None
        if "(" not in gap:
            return m
        close = m.bracket[1] if m.bracket else m.end
        alone = not gap[gap.rfind("(") + 1 :].strip() and not _DIGIT_RE.search(folded, m.end, min(close, m.end + 200))
        return m if alone else None

    def _before(self, position: int, here: list[PeriodMention], kind: Kind) -> list[PeriodMention]:
        """Expressions before the number, the nearest first; inside parentheses only those that hold the number too."""
        found = [
            m
            for m in reversed(here)
            if m.end <= position
            and (m.bracket is None or m.bracket[0] <= position <= m.bracket[1] or self._in_apposition(m))
            and m.kind in _GOVERNING
            and not m.reference
            and not self._out_of_kind(m, kind)
            and not (kind == "target" and self._left_behind(m, position))
        ]
        weak = [m for m in found if self._is_vision(m) or (kind == "achievement" and self._is_year_of_plan(m))]
        return [m for m in found if m not in weak] or found

    def _is_year_of_plan(self, m: PeriodMention) -> bool:
        """ "Tính đến 31/01/2026, vốn chương trình năm 2025 đã giải ngân …": the year names the money, not the day of the figure."""
        if m.expression.shape not in ("year", "years") or m.expression.link:
            return False
        return m.expression.part == "whole" and _OF_PLAN_RE.search(self.text.folded, max(0, m.start - 80), m.start) is not None

    def _left_behind(self, m: PeriodMention, position: int) -> bool:
        """ "Năm 2022 có 3 xã; phấn đấu thêm 2 xã": what is aimed at lies after the day of publication."""
        past = self.published is not None and m.last_day is not None and m.last_day <= self.published
        return past and _AHEAD_RE.search(self.text.folded, m.end, position) is not None

    def _is_vision(self, m: PeriodMention) -> bool:
        """ "đến năm 2025, tầm nhìn đến năm 2030": the figures are those of 2025."""
        return _VISION_RE.search(self.text.folded, max(0, m.start - 12), m.end) is not None

    def _after(self, position: int, here: list[PeriodMention], kind: Kind, sentence: Sentence) -> PeriodMention | None:
        """The first expression after the number, when the sentence has none before it and nothing else claims it."""
        folded, bracket = self.text.folded, self._brackets.around(position, sentence)
        if kind == "achievement" and any(m.kind == "event" and m.end <= position and m.bracket is None for m in here):
            return None
        for m in here:
            if m.start < position or m.kind not in _GOVERNING or m.reference or self._out_of_kind(m, kind):
                continue
            if bracket is not None and m.bracket != bracket:
                return None
            gap = folded[position : m.start]
            ahead = m.planned or (self.published is None or m.last_day is None or m.last_day > self.published)
            if "; " in gap or (kind == "achievement" and ahead and (m.planned or _PLANNED_RE.search(gap))):
                return None
            if m.bracket is None or (self._alone(m) and m.bracket[1] >= sentence.end - 6):
                return m
        return None

    def _in_apposition(self, m: PeriodMention) -> bool:
        """ "Kết thúc giai đoạn I (2021-2025), …": parentheses that date the sentence and no number before them."""
        assert m.bracket is not None
        return self._alone(m) and not _DIGIT_RE.search(self.text.folded, max(0, m.bracket[0] - 30), m.bracket[0])

    def _alone(self, m: PeriodMention) -> bool:
        """Whether the parentheses hold the expression and nothing else."""
        assert m.bracket is not None
        folded = self.text.folded
        return not folded[m.bracket[0] + 1 : m.start].strip() and not folded[m.end : m.bracket[1]].strip()

    def _out_of_kind(self, m: PeriodMention, kind: Kind) -> bool:
        """A horizon beyond this year dates no achievement, and "đến nay" no target."""
        if kind == "target":
            return m.expression.shape == "now"
        if self.published is None or m.last_day is None or m.last_day.year <= self.published.year:
            return False
        if m.planned or m.expression.link in ("until", "before"):
            return True
        return m.expression.shape in ("years", "term") and not self._sets_the_scene(m, self.text.sentence_at(m.start))

    # ---- what a sentence inherits ----------------------------------------------------------------------------------------

    def _elapsed(self, position: int, here: list[PeriodMention]) -> list[Candidate]:
        """ "5 năm qua", "trong 3 năm": the span of as many years that the article names, else up to the day of publication."""
        m = next(
            (m for m in reversed(here) if m.kind == "elapsed" and m.end <= position and m.bracket is None),
            None,
        )
        if m is None or m.expression.count is None:
            return []
        count = m.expression.count
        for x in self.mentions[: 4 * _NEAR]:
            e = x.expression
            if e.year is None or e.first_year is None or e.year - e.first_year not in (count, count - 1) or x.kind == "standard":
                continue
            if self.published is None or self.published.year - 1 <= e.year <= self.published.year:
                return [("as_of.span_of_years", "inherited", x)]
        return []

    def _carried(self, kind: Kind, sentence: Sentence) -> list[Candidate]:
        """Expressions of the sentences before, of the head of the list or section, and of the title; the nearest first."""
        if sentence.end <= self.text.title_end:
            return []
        here = self._index(sentence.start)
        if (here, kind) not in self._inherited:
            self._inherited[here, kind] = self._inherit(kind, sentence, here)
        return self._inherited[here, kind]

    def _inherit(self, kind: Kind, sentence: Sentence, here: int) -> list[Candidate]:
        found: list[Candidate] = []
        item = self._is_item(sentence.paragraph)
        stop = bisect_left(self._starts, sentence.start)
        for m in reversed(self.mentions[max(0, stop - 3 * _NEAR) : stop]):
            there = self._index(m.start)
            s = self.text.sentences[there]
            head = self._is_head(s)
            if not self._carries(m, kind, head) or (kind == "achievement" and self._is_year_of_plan(m) and self._has_other(m, s)):
                continue
            if s.start < self.text.title_end:
                found.append(("as_of.title", "inherited", m))
            elif s.paragraph == sentence.paragraph:
                found.append(("as_of.sentence_before", "inherited", m))
            elif item and self._is_item(s.paragraph):
                continue  # the other items of a list say nothing about this one
            elif head and here - there <= _BACK:
                found.append(("as_of.head", "inherited", m))
            elif self._reaches(m, s, there, here, kind):
                found.append(("as_of.section", "inherited", m))
            if len(found) >= 3:
                break
        return found

    def _has_other(self, m: PeriodMention, s: Sentence) -> bool:
        low, high = (
            bisect_left(self._starts, s.start),
            bisect_left(self._starts, m.start),
        )
        return any(self._carries(x, "achievement", False) for x in self.mentions[max(low, high - 3) : high])

    def _reaches(self, m: PeriodMention, s: Sentence, there: int, here: int, kind: Kind) -> bool:
        """Whether what one paragraph says of time still holds in another."""
        if here - there > _CARRY or not self._in_earshot(there, here, kind):
            return False
        if kind == "target" or self._sets_the_scene(m, s):
            return True
        quiet, _ = self._flow()
        return self.published is None and quiet[here] == quiet[there + 1]  # better a near guess than none

    def _sets_the_scene(self, m: PeriodMention, s: Sentence) -> bool:
        """ "Tính đến hết tháng 9, …" opens a report that the next paragraphs go on with; "… của chương trình năm 2019" does not."""
        before = self.text.folded[s.start : m.start].rstrip()
        return m.expression.link == "until" or len(before) <= 12 or before[-1] in ",:;-("

    def _is_head(self, s: Sentence) -> bool:
        """A sentence that opens a list, or a short line of its own without a full stop ("Mục tiêu năm 2025")."""
        folded = self.text.folded
        if folded.endswith((":", "như sau"), s.start, s.end):
            return True
        span = self.text.paragraphs[s.paragraph]
        return (
            s.end - s.start <= 90 and span.end - span.start <= 100 and folded[s.end - 1] not in '.!?;,…"' and s.start > self.text.title_end
        )

    def _in_earshot(self, there: int, here: int, kind: Kind) -> bool:
        """Whether no more than two sentences without any number, and nobody else's words, lie between two sentences."""
        quiet, speakers = self._flow()
        if kind == "achievement" and speakers[here + 1] > speakers[there + 1]:
            return False
        return quiet[here] - quiet[there + 1] <= _QUIET

    def _flow(self) -> tuple[list[int], list[int]]:
        """Running counts, before each sentence, of sentences without a number and of sentences in which somebody takes the word."""
        if self._counts is None:
            quiet, speakers, folded = [0], [0], self.text.folded
            for s in self.text.sentences:
                quiet.append(quiet[-1] + (_DIGIT_RE.search(folded, s.start, s.end) is None))
                speakers.append(speakers[-1] + (_SPEAKER_RE.match(folded, s.start, min(s.end, s.start + 140)) is not None))
            self._counts = (quiet, speakers)
        return self._counts

    def _index(self, position: int) -> int:
        return max(0, bisect_right(self._sentence_starts, position) - 1)

    def _is_item(self, paragraph: int) -> bool:
        span = self.text.paragraphs[paragraph]
        return _ITEM_RE.match(self.text.folded, span.start, min(span.end, span.start + 8)) is not None

    def _carries(self, m: PeriodMention, kind: Kind, head: bool) -> bool:
        if m.kind not in _GOVERNING or m.reference or m.expression.shape in ("same_period", "unknown"):
            return False
        if m.bracket is not None and not (head and self._alone(m)):
            return False
        if kind == "achievement":
            return not m.planned and not (self.published and m.last_day and m.last_day.year > self.published.year)
        return m.expression.shape != "now" and (
            m.planned or (self.published is not None and m.last_day is not None and m.last_day > self.published)
        )

    def _plan_figure(self, position: int, sentence: Sentence) -> list[Candidate]:
        """ "… trong khi kế hoạch giao là 3%": the plan of the year that the paragraph tells about, not of one to come."""
        if not self._is_plan_figure(position, sentence):
            return []
        told = [c for c in self._carried("achievement", sentence) if c[0] == "as_of.sentence_before"]
        return told[:1]

    def _is_plan_figure(self, position: int, sentence: Sentence) -> bool:
        before = self.text.folded[max(sentence.start, position - 90) : position]
        return _PLAN_FIGURE_RE.search(before) is not None and _AHEAD_RE.search(before) is None

    def _lead(self) -> list[Candidate]:
        """The life of the programme or plan that the first paragraphs are about: the horizon of targets that name none."""
        stop = self.text.paragraphs[min(2, len(self.text.paragraphs) - 1)].end
        for m in self.mentions[:_NEAR]:
            if m.start > stop:
                break
            ahead = self.published is None or (m.last_day is not None and m.last_day > self.published)
            if m.kind in _GOVERNING and ahead and m.expression.shape in ("years", "term", "year", "span"):
                return [("as_of.lead", "inherited", m)]
        return []

    def _reported_day(self) -> PeriodMention | None:
        """ "Theo Thông báo số …, tính đến hết quý I …": an article that retells a document says "đến nay" from its day."""
        stop = self.text.paragraphs[min(3, len(self.text.paragraphs) - 1)].end
        for m in self.mentions[:_NEAR]:
            if m.start > stop:
                break
            sentence = self.text.sentence_at(m.start)
            days = (self.published - m.last_day).days if self.published and m.last_day else -1
            if m.expression.link == "until" and 0 <= days <= _REPORT_DAYS and m.expression.shape in _PARTS_OF_YEAR:
                if _RETOLD_RE.match(self.text.folded, sentence.start, m.start):
                    return m
        return None

    # ---- the day ---------------------------------------------------------------------------------------------------------

    def _day(self, m: PeriodMention, kind: Kind, told_plan: bool = False) -> date | None:
        if m.expression.shape == "same_period":
            return self._same_period(m, kind)
        if m.expression.shape == "now" and m.expression.opening is None and self._report is not None and m.start > self._report.end:
            return self._report.last_day
        _, last = self._calendar.days(m.expression, "achievement" if told_plan else kind, self._year_near(m, kind))
        gone = kind == "target" and last is not None and self.published is not None and last <= self.published
        if gone and last is not None and m.expression.shape in _PARTS_OF_YEAR:
            return date(last.year, 12, 31)  # a plan told of beside the result of ten months is the plan of that year
        return last

    def _year_near(self, m: PeriodMention, kind: Kind) -> int | None:
        """The year that the sentence, or for "cuối năm" the paragraph, names before an expression without one."""
        e = m.expression
        if e.year is not None or e.shift is not None:
            return None
        sentence = self.text.sentence_at(m.start)
        start = sentence.start
        if kind == "achievement" and e.shape == "year":
            start = self.text.paragraphs[sentence.paragraph].start
        i = bisect_left(self._starts, m.start)
        for x in reversed(self.mentions[max(0, i - _NEAR) : i]):
            if x.start < start:
                break
            if x.kind in _GOVERNING and x.expression.year is not None and not x.planned:
                return x.expression.year
        return None

    def _same_period(self, m: PeriodMention, kind: Kind) -> date | None:
        """ "cùng kỳ năm ngoái": the period told before, a year (or to the named year) back."""
        i = bisect_left(self._starts, m.start)
        near = self.mentions[max(0, i - _NEAR) : i]
        told = next(
            (x for x in reversed(near) if x.kind in _GOVERNING and x.expression.shape != "same_period"),
            None,
        )
        day = self._day(told, kind) if told is not None else self.published
        if day is None:
            return None
        year = m.expression.year or day.year + (m.expression.shift or 0)
        return valid_date(year, day.month, day.day) or valid_date(year, day.month, 28)


def _year_before(m: PeriodMention, day: date) -> date:
    """Where a change told of a year or span started: at the end of the year before it."""
    first = m.first_day.year if m.first_day is not None and m.expression.first_year is not None else day.year
    return date(first - 1, 12, 31)


class _Brackets:
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
        """The innermost parentheses around a position, within its sentence."""
        i = bisect_right(self._opens, at) - 1
        if i >= 0 and self._opens[i] <= sentence.start and self._closes[i] >= sentence.end - 2:
            return None  # the sentence as a whole
        if i < 0 or self._closes[i] < at or self._opens[i] < sentence.start:
            return None
        return self._opens[i], min(self._closes[i], sentence.end)


def _calendar(published: date | None, expressions: list[TimeExpression]) -> Calendar:
    terms = tuple(e.year for e in expressions if e.shape == "term" and e.year is not None)
    spans = tuple((e.first_year, e.year) for e in expressions if e.shape == "years" and e.year and e.first_year and e.first_year < e.year)
    return Calendar(
        published,
        published.year if published else _written_year(expressions),
        terms,
        spans,
    )


def _written_year(expressions: list[TimeExpression]) -> int | None:
    """Without a day of publication, the latest dated day or month of the text stands in for its year, else the first year named."""
    dated = [
        e.year for e in expressions if e.year is not None and e.link != "baseline" and e.shape in ("day", "month", "months", "quarter")
    ]
    return max(dated) if dated else next((e.year for e in expressions if e.year is not None), None)

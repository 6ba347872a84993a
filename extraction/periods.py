"""Which day a quantity stands for: which of the article's time expressions governs a position.

The order is that of gold/GUIDE.md: an expression that stands with the number, one before it in the sentence, one after it,
the sentences before, the head of the list or section, the title, and last the day of publication (achievements) or nothing (targets).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from datetime import date

from extraction.model import ArticleContext, Field, Kind, Mask, Measure, Sentence, Text
from extraction.period_dates import calendar_of
from extraction.period_inheritance import PARTS_OF_YEAR, Candidate, Inheritance
from extraction.period_mentions import PLANNED_RE, Brackets, PeriodKind, PeriodMention, read_mentions
from extraction.time_expressions import find_time_expressions, valid_date

__all__ = ["PeriodKind", "PeriodMention", "PeriodReader"]

_AHEAD_RE = re.compile(r"phấn đấu|dự kiến|\bsẽ\b|quyết tâm|(?<!vượt )(?<!so với )(?<!hơn )(?<!\()mục tiêu|tới đây|thời gian tới")
_PLAN_FIGURE_RE = re.compile(r"kế hoạch|chỉ tiêu|nghị quyết|\bgiao\b|dự toán|đề án")
_FROM_WORD_RE = re.compile(r"(?:^|\s)từ (?:mức |gần |trên |hơn |dưới |khoảng |chỗ |chỉ )*$")
_DOWN_TO_RE = re.compile(r"\d[\d.,]*[^,;.()\d]{0,30}? (?:xuống|còn|(?<!trở )lên)\b")
_NUMBER_RE = re.compile(r"\d[\d.,]*\d|\d|\w+")
_GAP_STOP_RE = re.compile(r"[,;:!?)\d]|\.\s| và | hoặc | thì |phấn đấu|dự kiến|trong khi|xuống|còn | lên ")
_COMPARED_IS_RE = re.compile(r" (?:chỉ|mới|vẫn|còn)? ?(?:là|có|ở mức|chỉ|mới) (?:trên |dưới |gần |hơn |khoảng |tới |đến )?")
_COMPARED_OPENS_RE = re.compile(
    r"(?:^|[,;:(]) *(?:nếu |khi )?so (?:với|cùng)[^,;:()\d]*$"
)  # "tăng so với năm 2019 là 2 xã" tells the change
_ONE_OF_RE = re.compile(r"(?:\([^()\n]{0,20}\)|[\w. ]{0,12})? *[-–]* *(?:vốn )?là (?:một|1) trong (?:số )?")
_RESPECTIVELY_RE = re.compile(r"lần lượt|tương ứng|theo thứ tự")
_FIGURE_RE = re.compile(r"(?<![\w.,/])\d[\d.,]*\d(?!\w)|(?<![\w.,/])\d(?!\w)")
_YEAR_RE = re.compile(r"(?:19|20)\d\d(?!\d)")
_DIGIT_RE = re.compile(r"\d")
_STARTING_RE = re.compile(r"xuất phát|khởi điểm|bắt đầu|bắt tay|khi ấy|lúc đó|ban đầu")
_FAR = 500  # characters between a number and an expression after it
_NEAR = 24  # expressions looked at on one side of a number: sentences of articles hold fewer, only hostile text holds more


class PeriodReader:
    """Reads the time of every figure of one article. `masks` belongs to the common interface of the readers; time needs none."""

    def __init__(self, text: Text, context: ArticleContext, masks: list[Mask] | None = None) -> None:
        del masks
        self.text = text
        self.published = context.published
        expressions = find_time_expressions(text.folded, 0, text.body_end)
        self._calendar = calendar_of(context.published, expressions)
        self._brackets = Brackets(text.folded)
        self.mentions: list[PeriodMention] = read_mentions(text, expressions, self._calendar, self._brackets)
        self._starts = [m.start for m in self.mentions]
        self._sentences = [s.start for s in text.sentences]
        self._around = Inheritance(text, self.mentions, context.published)

    def as_of(self, position: int, kind: Kind, *, measure: Measure | None = None) -> Field[date | None]:
        """The last day of the period that the quantity at `position` (the first character of its number) stands for.

        The measure changes nothing today: a change, a level and a share of the plan stand for the same day.
        """
        del measure
        index = max(0, bisect_right(self._sentences, position) - 1)
        sentence = self.text.sentences[index]
        here = self._here(position, sentence)
        told_plan = kind == "target" and self._is_plan_figure(position, sentence)
        start_of_pair = kind == "achievement" and self._opens_pair(position, sentence)
        for rule, source, m in self._candidates(position, kind, index, here):
            if m.expression.shape == "unknown":
                return Field(None, source, rule + ".unknown", m.start, m.end)
            day = self._respective(m, position, sentence) or self._day(m, kind, told_plan)
            if day is not None and start_of_pair and rule != "as_of.with_number":
                if source == "inherited" and self._ahead_of_pair(position, sentence, here):
                    return Field(day, source, rule, m.start, m.end)  # "phấn đấu … từ 5% lên 8%" starts from what was told before
                return Field(_year_before(m, day), "derived", "as_of.start_of_pair", m.start, m.end)
            if day is not None:
                return Field(day, source, rule, m.start, m.end)
        return self._default(position, kind, here)

    def since(self, low: int, high: int) -> list[PeriodMention]:
        """Beginnings ("từ năm 2018") that start in a stretch of the text."""
        found = self.mentions[bisect_left(self._starts, low) : bisect_right(self._starts, high)]
        return [m for m in found if m.kind == "since" and m.expression.link == "since"]

    def _default(self, position: int, kind: Kind, here: list[PeriodMention]) -> Field[date | None]:
        if kind == "target":
            return Field(None, "default", "as_of.target_without_time")
        if self.published is None:  # "số liệu công bố ngày 18/12/2014 cho thấy …", in an article that nobody knows the day of
            for m in reversed(here):
                if m.kind == "event" and m.end <= position and m.expression.year is not None:
                    return Field(m.last_day, "derived", "as_of.day_told", m.start, m.end)
        return Field(self.published, "default", "as_of.published")

    # ---- which expression governs a position ---------------------------------------------------------------------------------

    def _candidates(self, position: int, kind: Kind, index: int, here: list[PeriodMention]) -> list[Candidate]:
        """Expressions that may date a figure, the first that has a day wins."""
        if (m := self._compared_figure(position, here)) is not None:
            return [("as_of.compared", "explicit", m)]
        if kind == "achievement" and (m := self._starting_point(position, here)) is not None:
            return [("as_of.starting_point", "explicit", m)]
        found: list[Candidate] = []
        if (m := self._standing_with(position, here, kind)) is not None:
            found.append(("as_of.with_number", "explicit", m))
        found += [("as_of.before", "explicit", m) for m in self._before(position, here, kind)]
        if not found and (m := self._after(position, here, kind, self.text.sentences[index])) is not None:
            found.append(("as_of.after", "explicit", m))
        if any(self._day(m, kind) or m.expression.shape == "unknown" for _, _, m in found):
            return found
        elapsed = next((m for m in reversed(here) if m.kind == "elapsed" and m.end <= position and m.bracket is None), None)
        if elapsed is not None and elapsed.expression.count is not None:
            found += self._around.span_of(elapsed.expression.count)
            if elapsed.expression.link == "since" and kind == "achievement":
                return [*found, ("as_of.years_later", "derived", elapsed)]
        found += self._around.carried(kind, index)
        if kind == "target":
            found += self._plan_told_of(position, index) + self._around.lead()
        return found

    def _starting_point(self, position: int, here: list[PeriodMention]) -> PeriodMention | None:
        """ "Bắt tay xây dựng NTM từ năm 2010 với xuất phát điểm 9 tiêu chí": the year that it started."""
        m = next((m for m in reversed(here) if m.end <= position), None)
        if m is None or m.kind != "since" or m.last_day is None:
            return None
        return m if _STARTING_RE.search(self.text.folded, max(m.start - 60, 0), position) else None

    def _here(self, position: int, sentence: Sentence) -> list[PeriodMention]:
        """The expressions of the sentence around a position."""
        low, high = bisect_left(self._starts, sentence.start), bisect_right(self._starts, sentence.end)
        middle = bisect_left(self._starts, position)
        return self.mentions[max(low, middle - _NEAR) : min(high, middle + _NEAR)]

    def _standing_with(self, position: int, here: list[PeriodMention], kind: Kind) -> PeriodMention | None:
        """ "9,82% đầu năm 2016", "16,58 (cuối năm 2022)", "12 xã đạt chuẩn vào năm 2020": right after the number and its noun."""
        folded = self.text.folded
        number = _NUMBER_RE.match(folded, position, position + 40)
        end = number.end() if number else position
        m = next((m for m in here if m.start >= end), None)
        if m is None or not m.governs or m.start - end > 90 or (kind == "target" and m.expression.shape == "now"):
            return None
        gap = folded[end : m.start]
        if _GAP_STOP_RE.search(gap) or (kind == "achievement" and _PLAN_FIGURE_RE.search(gap)):
            return None
        if "(" not in gap:
            return m
        close = m.bracket[1] if m.bracket else m.end
        alone = not gap[gap.rfind("(") + 1 :].strip() and not _DIGIT_RE.search(folded, m.end, min(close, m.end + 200))
        return m if alone else None

    def _compared_figure(self, position: int, here: list[PeriodMention]) -> PeriodMention | None:
        """ "So với đầu nhiệm kỳ là 33,1%, …": the figure that the comparison starts from."""
        m = next((m for m in reversed(here) if m.end <= position), None)
        if m is None or m.kind != "baseline" or not _COMPARED_IS_RE.fullmatch(self.text.folded, m.end, position):
            return None
        start = max(self.text.sentences[m.sentence].start, m.start - 60)
        return m if _COMPARED_OPENS_RE.search(self.text.folded[start : m.expression.core]) else None

    def _before(self, position: int, here: list[PeriodMention], kind: Kind) -> list[PeriodMention]:
        """Expressions before the number, the nearest first; inside parentheses only those that hold the number too."""
        found = [
            m
            for m in reversed(here)
            if m.end <= position
            and (m.bracket is None or m.apposition or m.bracket[0] <= position <= m.bracket[1])
            and m.governs
            and not m.reference
            and not self._out_of_kind(m, kind)
            and not (kind == "target" and self._left_behind(m, position))
        ]
        return [m for m in found if not m.vision and not (kind == "achievement" and m.of_plan)] or found

    def _after(self, position: int, here: list[PeriodMention], kind: Kind, sentence: Sentence) -> PeriodMention | None:
        """The first expression after the number, when the sentence has none before it and nothing else claims it."""
        folded, bracket = self.text.folded, self._brackets.around(position, sentence)
        if kind == "achievement" and any(m.kind == "event" and m.end <= position and m.bracket is None for m in here):
            return None
        for m in here:
            if m.start < position or not m.governs or m.reference or self._out_of_kind(m, kind):
                continue
            if kind == "achievement" and _ONE_OF_RE.fullmatch(folded, max(sentence.start, position - 60), position):
                return None
            if (bracket is not None and m.bracket != bracket) or m.start - position > _FAR:
                return None
            gap = folded[position : m.start]
            ahead = m.planned or self.published is None or m.last_day is None or m.last_day > self.published
            if "; " in gap or (kind == "achievement" and ahead and (m.planned or PLANNED_RE.search(gap))):
                return None
            if m.bracket is None or (m.alone and m.bracket[1] >= sentence.end - 6):
                return m
        return None

    def _out_of_kind(self, m: PeriodMention, kind: Kind) -> bool:
        """A horizon beyond this year dates no achievement, and "đến nay" no target."""
        if kind == "target":
            return m.expression.shape == "now"
        if self.published is None or m.last_day is None or m.last_day.year <= self.published.year:
            return False
        return m.planned or m.expression.link in ("until", "before") or (m.expression.shape in ("years", "term") and not m.scene)

    def _left_behind(self, m: PeriodMention, position: int) -> bool:
        """ "Năm 2022 có 3 xã; phấn đấu thêm 2 xã": what is aimed at lies after the day of publication."""
        past = self.published is not None and m.last_day is not None and m.last_day <= self.published
        return past and _AHEAD_RE.search(self.text.folded, max(m.end, position - _FAR), position) is not None

    # ---- plans and pairs -----------------------------------------------------------------------------------------------------

    def _plan_told_of(self, position: int, index: int) -> list[Candidate]:
        """ "… trong khi kế hoạch giao là 3%": the plan of the year that the paragraph tells about, not of one to come."""
        if not self._is_plan_figure(position, self.text.sentences[index]):
            return []
        return [c for c in self._around.carried("achievement", index) if c[0] == "as_of.sentence_before"][:1]

    def _is_plan_figure(self, position: int, sentence: Sentence) -> bool:
        before = self.text.folded[max(sentence.start, position - 90) : position]
        return _PLAN_FIGURE_RE.search(before) is not None and _AHEAD_RE.search(before) is None

    def _opens_pair(self, position: int, sentence: Sentence) -> bool:
        """Whether the number is the A of "giảm từ A xuống (còn) B"."""
        before = self.text.folded[max(sentence.start, position - 14) : position]
        if "từ" not in before or not _FROM_WORD_RE.search(before):
            return False
        return _DOWN_TO_RE.match(self.text.folded, position, min(position + 80, sentence.end)) is not None

    def _ahead_of_pair(self, position: int, sentence: Sentence, here: list[PeriodMention]) -> bool:
        """Whether the B of the pair is aimed at."""
        if any(m.end <= position and m.governs and self._out_of_kind(m, "achievement") for m in here):
            return True
        return _AHEAD_RE.search(self.text.folded, max(sentence.start, position - _FAR), position) is not None

    def _respective(self, m: PeriodMention, position: int, sentence: Sentence) -> date | None:
        """ "cuối các năm 2015, 2016 và 2017 lần lượt là 8%, 7% và 6%": the n-th year of the list for the n-th figure."""
        e, folded = m.expression, self.text.folded
        if e.shape != "years" or m.sentence != bisect_right(self._sentences, position) - 1:
            return None
        if abs(position - m.start) > _FAR:
            return None
        cue = _RESPECTIVELY_RE.search(folded, max(sentence.start, min(m.end, position) - 60), position)
        years = [int(y) for y in _YEAR_RE.findall(folded, m.start, m.end)]
        if len(years) == 2 and e.first_year is not None and "và" not in folded[m.start : m.end]:
            years = list(range(e.first_year, years[1] + 1))
        if cue is None or not 2 <= len(years) <= _NEAR:
            return None
        figures = [
            f.start()
            for f in _FIGURE_RE.finditer(folded, max(cue.end(), m.end if m.end <= position else 0), min(sentence.end, position + _FAR))
        ]
        figures = [f for f in figures if m.start > position or f >= m.end][: len(years)]
        if position not in figures or len(figures) < len(years):
            return None
        year = years[figures.index(position)]
        return date(year, 1, 1) if e.part == "start" else date(year, 12, 31)

    # ---- the day -------------------------------------------------------------------------------------------------------------

    def _day(self, m: PeriodMention, kind: Kind, told_plan: bool = False) -> date | None:
        e, report = m.expression, self._around.report
        if e.shape == "same_period":
            return self._same_period(m, kind)
        if e.shape == "elapsed":
            return self._years_later(m)
        if e.shape == "now" and e.opening is None and report is not None and m.start > report.end:
            return report.last_day
        _, last = self._calendar.days(e, "achievement" if told_plan else kind, self._year_near(m, kind))
        if last is not None and self.published is not None and kind == "target" and e.shape in PARTS_OF_YEAR and last <= self.published:
            return date(last.year, 12, 31)  # a plan told of beside the result of ten months is the plan of that year
        return last

    def _year_near(self, m: PeriodMention, kind: Kind) -> int | None:
        """The year that the sentence, or for "cuối năm" the paragraph, names before an expression without one."""
        e = m.expression
        if e.year is not None or e.shift is not None:
            return None
        sentence = self.text.sentences[m.sentence]
        whole = kind == "achievement" and e.shape == "year"
        start = self.text.paragraphs[sentence.paragraph].start if whole else sentence.start
        i = bisect_left(self._starts, m.start)
        for x in reversed(self.mentions[max(0, i - _NEAR) : i]):
            if x.start < start:
                break
            if x.governs and x.expression.year is not None and not x.planned:
                return x.expression.year
        return None

    def _years_later(self, m: PeriodMention) -> date | None:
        """ "Năm 2010 xã đạt 4 tiêu chí. Sau 8 năm, …": counted from the year told before, at most up to the day of publication."""
        told = [x for rule, _, x in self._around.carried("achievement", m.sentence) if rule == "as_of.sentence_before"]
        if not told or told[0].last_day is None or m.expression.count is None:
            return self.published
        day = date(min(told[0].last_day.year + m.expression.count, 2100), 12, 31)
        return self.published if self.published is not None and day.year >= self.published.year else day

    def _same_period(self, m: PeriodMention, kind: Kind) -> date | None:
        """ "cùng kỳ năm ngoái": the period told before, a year (or to the named year) back."""
        i = bisect_left(self._starts, m.start)
        near = reversed(self.mentions[max(0, i - _NEAR) : i])
        told = next((x for x in near if x.governs and x.expression.shape != "same_period"), None)
        day = self._day(told, kind) if told is not None else self.published
        if day is None:
            return None
        year = m.expression.year or day.year + (m.expression.shift or 0)
        return valid_date(year, day.month, day.day) or valid_date(year, day.month, 28)


def _year_before(m: PeriodMention, day: date) -> date:
    """Where a change told of a year or span started: at the end of the year before it."""
    first = m.first_day.year if m.first_day is not None and m.expression.first_year is not None else day.year
    return date(first - 1, 12, 31)

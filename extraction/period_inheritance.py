"""What a sentence without a time of its own takes from the text around it: sentences before, the head of its list, the title, the lead."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import date

from extraction.model import Kind, Sentence, Source, Text
from extraction.period_mentions import PeriodMention

Candidate = tuple[str, Source, PeriodMention]

PARTS_OF_YEAR = frozenset({"day", "month", "months", "quarter", "half"})
_ITEM_RE = re.compile(r"\s*(?:[-+*•–—·]|\d{1,2}[.)]|[a-zđ][.)])\s")
_BULLET_RE = re.compile(r"\s*[-+*•–—·]\s")
_SPEAKER_RE = re.compile(
    r"(?:theo |còn )?(?:ông|bà|anh|chị|đồng chí|đ/c|chủ tịch|phó|bí thư|bộ trưởng|thứ trưởng|giám đốc|trưởng|chủ nhiệm|đại biểu)\b"
    r"[^.;\n]{0,110}?(?:cho biết|cho rằng|cho hay|nói|khẳng định|nhấn mạnh|đặt vấn đề|chia sẻ|phát biểu|đề nghị|nhận định|,)"
)
_RETOLD_RE = re.compile(r"(?:\([^()\n]{0,20}\) *-? *)?theo (?:báo cáo|thông báo|kế hoạch|kết luận|công văn)")
_GOES_ON_RE = re.compile(r"[\W\d]*(?:theo đó|trong đó|cụ thể|như vậy|trong số đó|trong tổng số)\b")
_RECOGNISED_RE = re.compile(r"(?:đạt chuẩn|về đích|cán đích|công nhận)[^,;.:()\d]{0,40}$")
_DIGIT_RE = re.compile(r"\d")
_LOOK_BACK = 72  # expressions: those of an article's last ten paragraphs, only hostile text holds more
_LEAD = 24  # expressions of the title and the first paragraphs
_HEAD_REACH = 40  # sentences that the head of a list or section may lie back
_REACH = 10  # sentences that any other expression may lie back, once its paragraph has ended
_QUIET = 2  # of these, how many may have no number at all
_REPORT_DAYS = 60  # a document is retold within this many days of the day that it tells of


class Inheritance:
    """Asked once a sentence and kind: all figures of one sentence inherit the same."""

    def __init__(self, text: Text, mentions: list[PeriodMention], published: date | None) -> None:
        self.text, self.mentions, self.published = text, mentions, published
        self._starts = [m.start for m in mentions]
        self._known: dict[tuple[int, Kind], list[Candidate]] = {}
        self._heads: dict[int, bool] = {}  # sentence -> does it open a list
        self._counts: tuple[list[int], list[int]] | None = None
        self.report = self._reported_day()

    def carried(self, kind: Kind, index: int) -> list[Candidate]:
        """Expressions of the sentences before number `index`, of the head of the list or section, and of the title; the nearest first."""
        if self.text.sentences[index].end <= self.text.title_end:
            return []
        if (index, kind) not in self._known:
            self._known[index, kind] = self._inherit(kind, index)
        return self._known[index, kind]

    def _inherit(self, kind: Kind, index: int) -> list[Candidate]:
        found: list[Candidate] = []
        sentence = self.text.sentences[index]
        stop = bisect_left(self._starts, sentence.start)
        for m in reversed(self.mentions[max(0, stop - _LOOK_BACK) : stop]):
            head = self._heads.get(m.sentence)
            if head is None:
                head = self._heads[m.sentence] = self._is_head(self.text.sentences[m.sentence])
            if not self._carries(m, kind, head) or (kind == "achievement" and m.of_plan and self._has_other(m)):
                continue
            if kind == "achievement" and self._looks_back(m):
                continue
            if (rule := self._reach(m, kind, index, head)) is not None:
                found.append((rule, "inherited", m))
            if len(found) >= 3:
                break
        return found

    def _reach(self, m: PeriodMention, kind: Kind, index: int, head: bool) -> str | None:
        """By which rule an expression reaches a sentence behind its own; None when it does not."""
        told, sentence = self.text.sentences[m.sentence], self.text.sentences[index]
        if told.start < self.text.title_end:
            return "as_of.title"
        if told.paragraph == sentence.paragraph:
            return "as_of.sentence_before"
        if self._is_item(sentence.paragraph) and self._is_item(told.paragraph):
            return None  # the other items of a list say nothing about this one
        if head and index - m.sentence <= _HEAD_REACH:
            return "as_of.head"
        return "as_of.section" if self._in_earshot(m, kind, index) else None

    def _in_earshot(self, m: PeriodMention, kind: Kind, index: int) -> bool:
        """Whether no more than two sentences without any number, and nobody else's words, lie between an expression and a sentence."""
        if index - m.sentence > _REACH or self._only_of_its_paragraph(m, kind):
            return False
        quiet, speakers = self._flow()
        if kind == "achievement" and speakers[index + 1] > speakers[m.sentence + 1]:
            return False
        if kind == "achievement" and self.text.folded.startswith("riêng", m.start):
            return False  # "Riêng năm 2014, …" is an aside of its paragraph
        between = quiet[index] - quiet[m.sentence + 1]
        # in an article that nobody knows the day of, a near guess is better than none
        goes_on = between == 0 and _GOES_ON_RE.match(self.text.folded, self.text.sentences[index].start) is not None
        return between <= _QUIET and (kind == "target" or m.scene or goes_on or (self.published is None and between == 0))

    def _only_of_its_paragraph(self, m: PeriodMention, kind: Kind) -> bool:
        """ "- Kinh phí từ năm 2020 đến nay: …" is the time of that bullet; a span that looks back from a later day, of its paragraph."""
        if kind == "target" or self.published is None:
            return False
        if self._is_bullet(self.text.sentences[m.sentence].paragraph):
            return True
        if m.expression.shape != "years" or m.expression.link or m.last_day is None:
            return False
        high = bisect_left(self._starts, m.start)
        told = [x for x in self.mentions[max(0, high - _LOOK_BACK) : high] if x.first_day is not None and x.first_day > m.last_day]
        return any(self._carries(x, "achievement", False) for x in told)

    def _carries(self, m: PeriodMention, kind: Kind, head: bool) -> bool:
        if not m.governs or m.reference or m.expression.shape in ("same_period", "unknown"):
            return False
        if m.bracket is not None and not (head and m.alone):
            return False
        if kind == "achievement" and self._dates_recognition(m):
            return False
        if kind == "achievement":
            return not m.planned and not (self.published and m.last_day and m.last_day.year > self.published.year)
        ahead = self.published is not None and m.last_day is not None and m.last_day > self.published
        return m.expression.shape != "now" and (m.planned or ahead)

    def _dates_recognition(self, m: PeriodMention) -> bool:
        """ "Xã A đạt chuẩn nâng cao năm 2021.": when it was recognised, and no time of what the next sentence tells."""
        if m.expression.shape != "year" or m.expression.link or m.expression.part != "whole":
            return False
        sentence = self.text.sentences[m.sentence]
        if _DIGIT_RE.search(self.text.folded, sentence.start, m.start) is not None:
            return False
        return _RECOGNISED_RE.search(self.text.folded, max(sentence.start, m.start - 60), m.start) is not None

    def _looks_back(self, m: PeriodMention) -> bool:
        """ "Đến hết tháng 6, xã đạt 15 tiêu chí, trong khi năm 2011 chỉ là 9": what comes next is of June again."""
        if m.last_day is None or m.expression.shape == "now" or m.expression.link == "until":
            return False
        high = bisect_left(self._starts, m.start)
        if m.expression.shape == "year" and self.published is not None and m.last_day > self.published:
            told = self.mentions[max(0, high - 3) : high]  # "Tính đến hết tháng 11 có …. Năm nay, huyện A về đích. Vẫn còn 9 xã …"
            for x in told:
                near = self.text.sentences[x.sentence].paragraph == self.text.sentences[m.sentence].paragraph
                if (
                    near
                    and x.expression.link == "until"
                    and x.last_day
                    and x.last_day.year == m.last_day.year
                    and self._carries(x, "achievement", False)
                ):
                    return True
        told = [x for x in self.mentions[max(0, high - 4) : high] if x.sentence == m.sentence and x.scene]
        return any(x.first_day is not None and x.first_day > m.last_day and self._carries(x, "achievement", False) for x in told)

    def _has_other(self, m: PeriodMention) -> bool:
        """Whether the sentence tells of another time before the year of its money."""
        high = bisect_left(self._starts, m.start)
        return any(x.sentence == m.sentence and self._carries(x, "achievement", False) for x in self.mentions[max(0, high - 3) : high])

    def _is_head(self, s: Sentence) -> bool:
        """A sentence that opens a list, or a short line of its own without a full stop ("Mục tiêu năm 2025")."""
        folded = self.text.folded
        if folded.endswith((":", "như sau"), s.start, s.end):
            return True
        span = self.text.paragraphs[s.paragraph]
        short = s.end - s.start <= 90 and span.end - span.start <= 100
        return short and s.start > self.text.title_end and folded[s.end - 1] not in '.!?;,…"'

    def _is_item(self, paragraph: int) -> bool:
        span = self.text.paragraphs[paragraph]
        return _ITEM_RE.match(self.text.folded, span.start, min(span.end, span.start + 8)) is not None

    def _is_bullet(self, paragraph: int) -> bool:
        span = self.text.paragraphs[paragraph]
        return _BULLET_RE.match(self.text.folded, span.start, min(span.end, span.start + 8)) is not None

    def _flow(self) -> tuple[list[int], list[int]]:
        """Running counts, before each sentence, of sentences without a number and of sentences in which somebody takes the word."""
        if self._counts is None:
            quiet, speakers, folded = [0], [0], self.text.folded
            for s in self.text.sentences:
                quiet.append(quiet[-1] + (_DIGIT_RE.search(folded, s.start, s.end) is None))
                speakers.append(speakers[-1] + (_SPEAKER_RE.match(folded, s.start, min(s.end, s.start + 140)) is not None))
            self._counts = (quiet, speakers)
        return self._counts

    # ---- the opening of the article --------------------------------------------------------------------------------------------

    def lead(self) -> list[Candidate]:
        """The life of the programme or plan that the first paragraphs are about: the horizon of targets that name none."""
        for m in self._opening(2):
            ahead = self.published is None or (m.last_day is not None and m.last_day > self.published)
            if m.governs and ahead and m.expression.shape in ("years", "term", "year", "span"):
                return [("as_of.lead", "inherited", m)]
        return []

    def span_of(self, count: int) -> list[Candidate]:
        """The span of that many years that the article names and that has just ended: "5 năm qua" of 2016 to 2020."""
        for m in self.mentions[:_LOOK_BACK]:
            e = m.expression
            if e.year is None or e.first_year is None or e.year - e.first_year not in (count, count - 1) or m.kind == "standard":
                continue
            if self.published is None or self.published.year - 1 <= e.year <= self.published.year:
                return [("as_of.span_of_years", "inherited", m)]
        return []

    def _reported_day(self) -> PeriodMention | None:
        """ "Theo Thông báo số …, tính đến hết quý I …": an article that retells a document says "đến nay" from its day."""
        for m in self._opening(3):
            days = (self.published - m.last_day).days if self.published and m.last_day else -1
            told = m.expression.link == "until" and m.expression.shape in PARTS_OF_YEAR and 0 <= days <= _REPORT_DAYS
            if told and _RETOLD_RE.match(self.text.folded, self.text.sentences[m.sentence].start, m.start):
                return m
        return None

    def _opening(self, paragraphs: int) -> list[PeriodMention]:
        """Expressions of the title and as many paragraphs after it."""
        stop = self.text.paragraphs[min(paragraphs, len(self.text.paragraphs) - 1)].end
        return [m for m in self.mentions[:_LEAD] if m.start <= stop]

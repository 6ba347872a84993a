"""Named units that are to be, or were, recognised: "các huyện A, B … công nhận đạt chuẩn NTM", "xã C về đích NTM nâng cao năm 2026".

A sentence is read from its predicates (`recognitions.py`). Their subject is the run of names that ends before the predicate; or, when a
count stands there ("công nhận thêm 4 xã đạt chuẩn, gồm: …"), the run after it; or a bare "huyện", "xã" or "tỉnh", which is the portal's
own or the one just named.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from extraction.areas import AreaMention, AreaReader
from extraction.citations import CAPITALS
from extraction.kinds import planning_article
from extraction.model import ArticleContext, Field, Kind, Sentence, Text
from extraction.periods import PeriodReader
from extraction.recognitions import Recognition, find_recognitions


@dataclass(frozen=True, slots=True)
class NamedMilestone:
    """One named unit and the standard that it is to meet, or met, by a day."""

    indicator: str
    kind: Kind
    area: str
    area_code: str | None
    as_of: date | None
    start: int  # of the name, or of the bare "huyện" that stands for it
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Subject:
    area: str
    code: str | None
    level: str
    start: int
    end: int
    rule: str
    after: int  # where the text goes on behind it


_Found = tuple[NamedMilestone, Field[date | None]]

_INDICATORS = {
    ("commune", ""): "ntm.commune.certified",
    ("commune", "nâng cao"): "ntm.commune.advanced",
    ("commune", "kiểu mẫu"): "ntm.commune.model",
    ("commune", "thông minh"): "ntm.commune.smart",
    ("commune", "y tế"): "health.commune_standard",
    ("district", ""): "ntm.district.certified",
    ("district", "nâng cao"): "ntm.district.advanced",
    ("province", ""): "ntm.province.certified",
}
_LEVEL_OF = {
    "xã": "commune",
    "huyện": "district",
    "thị xã": "district",
    "đơn vị cấp huyện": "district",
    "tỉnh": "province",
    "thành phố": "district",
}

# "Văn Chấn về đích thêm nhiều xã": it is the communes that get there
_COUNTS_BEHIND_RE = re.compile(
    r" (?:có )?(?:thêm |được )?(?:nhiều|hàng loạt|\d+|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười) (?:xã|huyện|thôn|bản)\b"
)
_COUNTS = {
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
}
# Between a name and its predicate: something else is counted, or said not to be so.
_BLOCKED_RE = re.compile(
    r"\bcó\b|\bchưa\b|không *$|không (?:đạt|được|thể|còn)|đăng ký|rớt"
    r"|\d[\d.,/]* *(?:xã|huyện|thôn|ấp|bản|tỉnh|đơn vị|khu|hộ|trường|tiêu chí|%)"
    r"|\w+ (?:xã|huyện|thôn|ấp|bản|khu dân cư|trường|vườn|hộ|địa phương|tiêu chí|sản phẩm) (?!nông thôn mới|ntm)"
    r"|khu dân cư|\btrường\b|\bthôn\b|\bvườn\b|sản phẩm|dưới \d"
)
# "… là huyện đầu tiên của tỉnh được công nhận", "… là 2 xã đạt chuẩn": the names again
_IDENTITY_RE = re.compile(
    rf"^(?:cũng |đều |chính |hiện |đã |vinh dự )?(?:là|trở thành) (?:một trong |1 trong )?(?:\d+ |{' |'.join(_COUNTS)} |các |những )?"
    r"(?:xã|huyện|tỉnh|thị xã|thành phố|địa phương|đơn vị)\b(?: (?:đầu tiên|duy nhất|điểm|thứ \w+|cuối cùng|tiêu biểu|tiếp theo))?"
    r"(?: (?:của|trong|trên|ở) (?:tỉnh|huyện|cả nước|toàn tỉnh|toàn huyện|vùng|khu vực|địa bàn)(?: \w+){0,4}?)?(?= |$)"
)
_INSTITUTION_RE = re.compile(
    r"(?:\btrường|\btrạm|\bthôn|\bbản|\bxóm|khu dân cư|\bchợ|nhà văn hóa|hợp tác xã|\bhtx|sản phẩm|\bấp|\bbuôn)(?: [\w-]+){0,4} *$"
)
_LOCATIVE_RE = re.compile(r"(?:\btại|\bở|\bcủa|\bthuộc|địa bàn|\bvề|\btrong|\btừ|\bvới|gồm cả|giữa|khu vực|bàn)\s*(?:các )?$")
_OFFICE_RE = re.compile(r"(?:ubnd|hđnd|ủy ban nhân dân|chủ tịch|bí thư|văn phòng|ban chỉ đạo|tỉnh ủy|huyện ủy|thành ủy)\s*$")
_SEPARATOR_RE = re.compile(
    r" *(?:\(?năm \d{4}\)?)? *(?: *(?:,|;|và|cùng|với|\(|\)|:))* *(?:(?:tiếp đó|tiếp đến|kế đến|tiếp theo) là )?"
    r"(?:các |\d+ |hai )?(?:xã|huyện|thị xã|thành phố|tx|tp|tỉnh)?\.? *"
)
_MOST_ELIDED = 12
_ELIDED_GAP_RE = re.compile(r" (?:vào |từ |trong )?năm \d{4},? (?:và |còn )?")
_ITS_YEAR_RE = re.compile(r" *(?:\( *)?năm (?P<year>20\d\d)(?= *[),;.]|$)")

_COUNTED_RE = re.compile(
    rf"(?P<count>\d+|{'|'.join(_COUNTS)}|các|những) (?P<unit>xã|huyện|thị xã|đơn vị cấp huyện|tỉnh)"
    r"(?:(?:,| và|, và) (?:thành phố|thị xã|quận|huyện))*[^,;.:()]{0,80}$"
)
_LIST_HEAD_RE = re.compile(
    r"(?: ?(?:ngay )?(?:trong |vào |đợt này )?(?:năm(?: \d{4}| nay| này)?)?)?[,;]?\s*"
    r"(?P<word>(?:bao )?gồm|(?:dẫn đầu |đi đầu |tiêu biểu |điển hình |đó |lần lượt )?là|cụ thể(?: là)?|như|trong đó có)?"
    r"\s*(?:các )?(?:xã|huyện)?\s*(?P<sign>[:(])?\s*(?:các )?(?:xã |huyện )?"
)
_NAME = rf"\b[{CAPITALS}][\w']*(?: [{CAPITALS}0-9][\w']*){{0,4}}"
_NAMES_RE = re.compile(
    rf"[,;]? *(?:(?:bao )?gồm|là|đó là|cụ thể là)? *:? *(?:các )?(?:xã )?(?P<names>{_NAME}(?:(?:, |,? và |; )(?:xã )?{_NAME})*)"
)

_OPENING_RE = re.compile(
    r"[ \-+•*]*(?:để|nhằm|với mục tiêu|phấn đấu|quyết tâm|sau khi|từ khi|kể từ khi|đã|từng|là xã|là huyện)? *(?:được |đã |ubnd tỉnh )*"
)
_OPENED_GAP_RE = re.compile(
    r"(?: ?\(? ?(?:từ|vào|trong|ngay từ|hồi)? ?(?:cuối |đầu )?(?:năm|tháng) [\d/]+\)?)?"
    r"(?:,? (?:đến nay|hiện nay|nay|hiện|những năm qua|thời gian qua|đến năm \d{4}))?,? (?:nhân dân |người dân )?"
)
_GENERIC_RE = re.compile(
    r"(?:^|[,;:()\-+•*]|\b(?:đưa|để|xây dựng|là|công nhận|phấn đấu|và|toàn|cả|giúp|thì|nay|năm \d{4}|năm nay|kết quả|theo đó|cuối năm"
    r"|(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|\d+) năm"
    r"|quyết tâm))\s*(?P<unit>huyện|tỉnh|xã|thị xã|thành phố)(?: nhà| ta| mình)?"
    r"(?: (?:phấn đấu|sẽ|đã|được|cũng|cơ bản|đủ điều kiện|quyết tâm|dự kiến|vinh dự|chính thức|đang|hoàn thiện hồ sơ|trình|ubnd tỉnh"
    r"|ubnd thành phố|thủ tướng|chính phủ|trung ương|xét|thẩm định|xem xét|đề nghị|để|tỉnh|thành phố|và|,|cán đích|về đích|công nhận"
    r"|hoàn thành (?:bộ|các|đủ|19) tiêu chí|(?:ký |ban hành |có )?quyết định"
    r"|chủ tịch nước|bộ nông nghiệp[\w ]{0,28}))*\s*$"
)

_PLANNED_RE = re.compile(
    r"phấn đấu|mục tiêu|kế hoạch|\bsẽ\b|dự kiến|lộ trình|nhiệm vụ (?:năm|6|trọng tâm|thời gian)|quyết tâm|hoàn thiện (?:hồ sơ|thủ tục)"
    r"|trình (?:thủ tướng|trung ương|ubnd|ban|bộ)|đề nghị|\bđể\b|rà soát|chỉ tiêu|yêu cầu|hướng|tập trung|giao|chuẩn bị|đích đến|đặt ra"
    r"|đề ra|tiến tới|xem xét|giúp|từ nay|tăng tốc|nỗ lực|đề án|\bđưa\b|\bxây dựng (?=huyện|xã|tỉnh|thị xã)"
)
_ACHIEVED_RE = re.compile(
    r"\bđã\b|\bvừa\b|được (?:ubnd|thủ tướng|chủ tịch|trung ương|tỉnh) [^,;]{0,30}công nhận|đến nay|vinh dự|đón bằng|đón nhận|chính thức"
    r"|\bhiện\b|công bố|trao bằng|(?:quyết định|về việc|lễ|bằng) công nhận"
)


def find_milestones(text: Text, context: ArticleContext, areas: AreaReader, periods: PeriodReader) -> list[NamedMilestone]:
    """All milestones in reading order; what the article says twice of a unit is there once, with the day that is written."""
    del context
    if "nông thôn mới" not in text.folded and "ntm" not in text.folded:
        return []
    return _once(_Reader(text, areas, periods).read())


class _Reader:
    def __init__(self, text: Text, areas: AreaReader, periods: PeriodReader) -> None:
        self.text, self.areas, self.periods = text, areas, periods
        self.mentions = areas.mentions
        self.planning = planning_article(text) is not None
        self.starts = [m.start for m in self.mentions]

    def read(self) -> Iterator[_Found]:
        last_end, last_sentence = 0, -1
        for p in find_recognitions(self.text.folded, self.text.body_end):
            sentence = self.text.sentence_at(p.start)
            floor = last_end if sentence.start == last_sentence else sentence.start
            last_end, last_sentence = p.end, sentence.start
            if self.text.folded.endswith("?", sentence.start, sentence.end):
                continue
            for subject in self._subjects(p, sentence, floor):
                indicator = _INDICATORS.get((subject.level, p.grade))
                if indicator is not None:
                    yield from self._milestone(indicator, p, subject, sentence)

    # ---- subjects -----------------------------------------------------------------------------------------------------------

    def _subjects(self, p: Recognition, sentence: Sentence, floor: int) -> list[_Subject]:
        if counted := _COUNTED_RE.search(self.text.folded[max(floor, p.start - 160) : p.start]):
            after = self._run_after(p, sentence, counted) or self._names_after(p, sentence, counted)
            if after:
                return after
        if p.counted_only or _COUNTS_BEHIND_RE.match(self.text.folded, p.end):
            return []
        if run := self._opened(p, sentence) or self._run_before(p, floor):
            return [*run, *self._elided(p, sentence, run[-1].level)]
        if self.text.folded.startswith("công nhận", p.start) and self.text.folded.endswith("được ", 0, p.start) and p.end - p.start < 12:
            return []  # "270 đơn vị thuộc 58 tỉnh, thành phố được công nhận": a bare word needs a name
        return self._generic(p, sentence, floor)

    def _elided(self, p: Recognition, sentence: Sentence, level: str) -> list[_Subject]:
        """ "Huyện A đạt chuẩn năm 2018, huyện B năm 2019": the predicate is said once."""
        found: list[_Subject] = []
        at = p.end
        i = bisect_left(self.starts, p.end)
        while i < len(self.mentions) and self.mentions[i].start < sentence.end and len(found) < _MOST_ELIDED:
            m = self.mentions[i]
            if (
                m.level != level
                or not _ELIDED_GAP_RE.fullmatch(self.text.folded, at, m.start)
                or not _ITS_YEAR_RE.match(self.text.folded, m.end)
            ):
                break
            found.append(_subject(m, "milestone.elided"))
            at, i = m.end, i + 1
        return found

    def _opened(self, p: Recognition, sentence: Sentence) -> list[_Subject]:
        """ "Đạt chuẩn nông thôn mới từ năm 2015, đến nay xã A đã …": the subject follows its predicate."""
        i = bisect_left(self.starts, p.end)
        if i >= len(self.mentions) or self.mentions[i].start >= sentence.end:
            return []
        if not _OPENING_RE.fullmatch(self.text.folded, sentence.start, p.start):
            return []
        m = self.mentions[i]
        return (
            [_subject(m, "milestone.predicate_first")]
            if _OPENED_GAP_RE.fullmatch(self.text.folded, p.end, m.start) and self._fits(m, p)
            else []
        )

    def _run_before(self, p: Recognition, floor: int) -> list[_Subject]:
        folded = self.text.folded
        i = bisect_left(self.starts, p.start) - 1
        if i < 0 or self.mentions[i].start < floor:
            return []
        last = self.mentions[i]
        gap = folded[last.end : min(p.start, last.end + 181)]
        if len(gap) > 180 or "; " in gap or "\n" in gap or _BLOCKED_RE.search(_IDENTITY_RE.sub(" ", gap.lstrip(" )"), 1)):
            return []
        run = [last]
        while i > 0 and self.mentions[i - 1].start >= floor and self._joined(self.mentions[i - 1], self.mentions[i]):
            i -= 1
            run.insert(0, self.mentions[i])
        lead = folded[max(floor, run[0].start - 40) : run[0].start]
        if _LOCATIVE_RE.search(lead) or _INSTITUTION_RE.search(lead) or (len(run) == 1 and _OFFICE_RE.search(lead)):
            return []
        return [_subject(m, "milestone.run_before") for m in run if m.level == last.level and self._fits(m, p)]

    def _run_after(self, p: Recognition, sentence: Sentence, counted: re.Match[str]) -> list[_Subject]:
        """ "2 xã đạt chuẩn, gồm: A, B": without a word that opens the list there must be as many names as are counted."""
        i = bisect_left(self.starts, p.end)
        if i >= len(self.mentions) or self.mentions[i].start >= sentence.end or "đăng ký" in counted.group():
            return []
        head = _LIST_HEAD_RE.fullmatch(self.text.folded, p.end, self.mentions[i].start)
        if head is None:
            return []
        run = [self.mentions[i]]
        while (
            i + 1 < len(self.mentions)
            and self.mentions[i + 1].start < sentence.end
            and self._joined(self.mentions[i], self.mentions[i + 1])
        ):
            i += 1
            run.append(self.mentions[i])
        level, count = _LEVEL_OF[counted["unit"]], counted["count"]
        named = [_subject(m, "milestone.run_after") for m in run if m.level == level]
        return (
            named if head["word"] or head["sign"] or len(named) == (_COUNTS.get(count) or (int(count) if count.isdigit() else -1)) else []
        )

    def _names_after(self, p: Recognition, sentence: Sentence, counted: re.Match[str]) -> list[_Subject]:
        """ "2 xã đạt chuẩn là A và B (huyện C)" with names that no gazetteer has: communes were merged and renamed before 2021.

        Taken only when there are as many names as the text counts, and it is known in which district they lie.
        """
        raw = self.text.raw
        m = _NAMES_RE.match(raw, p.end, min(sentence.end, p.end + 400))
        if m is None or counted["unit"] != "xã":
            return []
        names = list(re.finditer(_NAME, m["names"]))
        i = bisect_left(self.starts, m.end())
        parent = self.mentions[i].area if i < len(self.mentions) and raw[m.end() : self.mentions[i].start].strip() == "(" else None
        own = self.areas.where.own
        path = (
            parent.name
            if parent is not None and parent.level == "district"
            else own.path
            if own is not None and own.level == "district"
            else None
        )
        if path is None or counted["count"] in ("các", "những"):
            return []
        if len(names) != (_COUNTS.get(counted["count"]) or int(counted["count"])):
            return []
        at = m.start("names")
        spans = [(n.group(), at + n.start(), at + n.end()) for n in names]
        return [
            _Subject(
                f"Xã {name}, {path}",
                None,
                "commune",
                s,
                e,
                "milestone.names_unknown",
                e,
            )
            for name, s, e in spans
        ]

    def _joined(self, a: AreaMention, b: AreaMention) -> bool:
        return a.group == b.group or _SEPARATOR_RE.fullmatch(self.text.folded, a.end, b.start) is not None

    def _fits(self, m: AreaMention, p: Recognition) -> bool:
        """ "huyện A … đạt chuẩn xã NTM" says nothing of the district."""
        if p.unit is None:
            return True
        return m.level == _LEVEL_OF[p.unit] or (p.unit == "thành phố" and m.level == "province")

    def _generic(self, p: Recognition, sentence: Sentence, floor: int) -> list[_Subject]:
        """ "phấn đấu huyện được công nhận đạt chuẩn", "trình Thủ tướng công nhận tỉnh hoàn thành nhiệm vụ", "trở thành tỉnh NTM"."""
        own, folded = self.areas.where.own, self.text.folded
        if folded.startswith("thành", p.start) and own is not None and p.unit and _LEVEL_OF[p.unit] == own.level:
            return [
                _Subject(
                    own.path,
                    own.code,
                    own.level,
                    p.start,
                    p.end,
                    "milestone.portal_unit",
                    p.end,
                )
            ]
        low = max(floor, p.start - 90)
        m = _GENERIC_RE.search(folded[low : p.start])
        if m is None:
            return []
        level = _LEVEL_OF[m["unit"]]
        if m["unit"] == "thành phố" and "district" not in self.areas.where.places:
            level = "province"
        start, end = low + m.start("unit"), low + m.end("unit")
        paragraph = self.text.paragraphs[sentence.paragraph].start
        stop = bisect_left(self.starts, start)
        near = next(
            (x for x in reversed(self.mentions[max(0, stop - 12) : stop]) if x.start >= paragraph and x.level == level),
            None,
        )
        if near is not None:
            return [
                _Subject(
                    near.area.name,
                    near.area.code,
                    level,
                    start,
                    end,
                    "milestone.unit_named_before",
                    end,
                )
            ]
        told = self.areas.area(start)
        if told.value.level == level and told.source == "inherited":  # "xã" of an article about one commune
            return [_Subject(told.value.name, told.value.code, level, start, end, "milestone.told_of", end)]
        if own is not None and own.level == level:
            return [_Subject(own.path, own.code, level, start, end, "milestone.portal_unit", end)]
        return []

    # ---- kind and day -----------------------------------------------------------------------------------------------------------

    def _milestone(self, indicator: str, p: Recognition, s: _Subject, sentence: Sentence) -> Iterator[_Found]:
        """None for a plan without any day: "đẩy nhanh tiến độ về đích" is no target that could be missed."""
        at = p.end - 1 if s.start > p.start else p.start
        kind = self._kind(p, sentence, at)
        as_of = self._its_year(p, s, kind) or self.periods.as_of(at, kind)
        if as_of.value is None and kind == "target":
            as_of = self.periods.as_of(max(at, sentence.end - 1), kind)
        if as_of.value is not None or kind == "achievement":
            yield (
                NamedMilestone(indicator, kind, s.area, s.code, as_of.value, s.start, s.end, s.rule),
                as_of,
            )

    def _its_year(self, p: Recognition, s: _Subject, kind: Kind) -> Field[date | None] | None:
        """ "đạt chuẩn từ năm 2018": recognised in that year; "gồm: A (năm 2016), B (năm 2018)": each in its own."""
        m = _ITS_YEAR_RE.match(self.text.folded, s.after) if s.start > p.start else None
        if m is not None:
            return Field(
                date(int(m["year"]), 12, 31),
                "explicit",
                "milestone.its_year",
                m.start("year"),
                m.end("year"),
            )
        if kind == "achievement":
            for x in self.periods.since(p.end, p.end + 3):
                return Field(x.last_day, "explicit", "milestone.since", x.start, x.end)
        return None

    def _kind(self, p: Recognition, sentence: Sentence, at: int) -> Kind:
        """By the day where the sentence writes one, else by the last cue before the predicate, else by the head of the list."""
        published = self.periods.published
        before = self.text.folded[max(sentence.start, p.start - 300) : p.start]
        kinds: tuple[Kind, Kind] = ("achievement", "target")
        for kind in kinds:
            day = self.periods.as_of(at, kind)
            if published is not None and day.source == "explicit" and day.value is not None:
                if day.value.year > published.year:
                    return "target"
                if day.value.year < published.year and "phấn đấu" not in before:
                    return "achievement"
        planned, achieved = _last(_PLANNED_RE, before), _last(_ACHIEVED_RE, before)
        if planned >= 0 or achieved >= 0:
            return "target" if planned >= achieved else "achievement"  # "đã được … đề nghị công nhận": proposed, not recognised
        head = self._head(sentence)
        if head and _PLANNED_RE.search(head):
            return "target"
        return "target" if self.planning else "achievement"

    def _head(self, sentence: Sentence) -> str | None:
        """The nearest paragraph before that introduces a list."""
        for i in range(sentence.paragraph - 1, max(-1, sentence.paragraph - 12), -1):
            span = self.text.paragraphs[i]
            end = self.text.folded[max(span.start, span.end - 300) : span.end].rstrip()
            if end.endswith(":"):
                return end
        return None


def _subject(m: AreaMention, rule: str) -> _Subject:
    return _Subject(m.area.name, m.area.code, m.level, m.name_start, m.name_end, rule, m.end)


def _last(pattern: re.Pattern[str], before: str) -> int:
    return max((m.start() for m in pattern.finditer(before)), default=-1)


def _once(found: Iterable[_Found]) -> list[NamedMilestone]:
    """One row a unit, indicator and kind, unless the article writes different days for it."""
    rows = list(found)
    written = {(m.indicator, m.kind, m.area) for m, day in rows if day.source != "default"}
    kept: dict[tuple[str, str, str, date | None], NamedMilestone] = {}
    for m, day in rows:
        if day.source == "default" and (m.indicator, m.kind, m.area) in written:
            continue
        kept.setdefault((m.indicator, m.kind, m.area, m.as_of), m)
    return sorted(kept.values(), key=lambda m: m.start)

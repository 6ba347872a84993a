"""Target or achievement.

In order: a plan word right before the number ("kế hoạch giao 4%", "(chỉ tiêu là 50 người)"); the last cue of the sentence
before the number ("đến nay đã …", "phấn đấu …"); what the part of the article is called ("1. Thực trạng:", "2. Chỉ tiêu:"); a date
after the article's day; the head of the list; else achievement.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import date, timedelta

from extraction.clauses import Slot
from extraction.cues import cue_class, has
from extraction.measures import Event, events, starts_from
from extraction.model import Field, Kind, Sentence, Text
from extraction.plans import is_plan_value
from extraction.terms import Zone
from extraction.text_terms import TextTerms

_KINDS = ("target", "achieved", "neutral")


# a year's end this near after the day of publication closes a year that is reported ("năm 2023 giảm 4,5%" in December)
_REPORTED = timedelta(days=100)
_STANDING = ("dtts.commune.extremely_difficult", "dtts.village.extremely_difficult", "poverty.district.poor")


def decide(
    text: Text,
    slot: Slot,
    as_of: date | None,
    published: date | None,
    carried: Field[Kind] | None = None,
    planning: Field[Kind] | None = None,
) -> Field[Kind]:
    """The kind of a claim. `as_of` is the day as a target would have it: one well ahead makes a target. `carried` is from "Theo đó, …"."""
    near = _first_of_pair(text, slot) or _compared_plan(text, slot) or _planned_money(text, slot) or _plan_value(text, slot)
    if near is not None:
        return near
    cue = _last_cue(text, slot)
    if cue is not None:
        return _reported_by_day(text, slot, cue, published) or cue
    called = _called(text, slot)
    if called is not None:
        return called
    ahead = as_of is not None and published is not None and as_of > published + _REPORTED
    if ahead and not (slot.indicator in _STANDING and slot.measure == "level") and not has(slot.lead_wide, "estimate"):
        return Field("target", "derived", "ngày sau ngày đăng bài")
    if carried is not None:
        return carried
    if planning is not None and slot.section is None and _unsaid(text, slot):
        return planning
    if slot.section is not None:
        head = events(slot.section.zone, _KINDS)
        if head:
            last = head[-1]
            return Field(
                "target" if last.cue == "target" else "achievement",
                "inherited",
                f"đầu mục: {text.folded[last.start : last.end]}",
                last.start,
                last.end,
            )
        if planning is not None and _unsaid(text, slot):
            return planning
    return Field("achievement", "default", "không có dấu hiệu kế hoạch")


def _first_of_pair(text: Text, slot: Slot) -> Field[Kind] | None:
    """ "đưa tỷ lệ hộ nghèo từ 46,28% xuống 38,5%": where it starts from has been reached."""
    return Field("achievement", "derived", "mức đầu của từ … đến …") if starts_from(text, slot) else None


_PLAN_BEFORE_RE = re.compile(r"\b(?:mục tiêu|chỉ tiêu|kế hoạch|nghị quyết)\b[^,;:()%]*$")


def _compared_plan(text: Text, slot: Slot) -> Field[Kind] | None:
    """ "vượt mục tiêu nghị quyết đề ra (giảm 2-3%/năm)": a change in parentheses right after a plan is the plan's."""
    if slot.level < 0 or slot.measure not in ("change", "relative_change") or slot.prev is not None:
        return None
    opening = text.folded.rfind("(", slot.sentence.start, slot.q.number_start)
    found = _PLAN_BEFORE_RE.search(text.folded, max(slot.sentence.start, opening - 60), opening)
    if opening < 0 or found is None:
        return None
    return Field("target", "explicit", "giá trị của kế hoạch nêu trước ngoặc", found.start(), found.end())


_TO_COME_RE = re.compile(r"\b(?:sẽ|dự kiến|phấn đấu|cần|giao|kế hoạch|nhu cầu|đề nghị|sắp|tới)\b")
_ASSIGNED_RE = re.compile(r"\b(?:giao|kế hoạch|dự kiến|cần)\b")


def _clause(text: Text, slot: Slot) -> str:
    """The sentence up to a number, from its last semicolon."""
    start = max(text.folded.rfind(";", slot.sentence.start, slot.q.start), slot.sentence.start)
    return text.folded[start : slot.q.start]


def _planned_money(text: Text, slot: Slot) -> Field[Kind] | None:
    """Money to come or assigned is a target, money already allocated an achievement (GUIDE)."""
    if slot.indicator != "budget.planned":
        return None
    found = events(slot.lead_far, ("assigned",))
    lead = text.folded[slot.far_start : slot.q.start]
    given = re.search(r"\bđã (?:được )?(?:phân bổ|bố trí|hỗ trợ|đầu tư|cấp|dành|chi)\b", lead)
    given = given or re.search(r"\bđã\b[^;]*\bvới (?:tổng )?(?:kinh phí|số tiền|vốn|mức đầu tư)\b", _clause(text, slot))
    given = given or (re.search(r"\bđược (?:[\w ]{0,24})?(?:phân bổ|bố trí|cấp)\b", lead) if not _TO_COME_RE.search(lead) else None)
    if given:
        start = slot.q.start - len(given.string)
        return Field("achievement", "explicit", "vốn đã phân bổ", start + given.start(), start + given.end())
    whole = slot.prev
    gap = text.folded[whole.q.end : slot.q.number_start] if whole is not None else ""
    sibling = whole is not None and whole.indicator == slot.indicator and slot.link in ("comma", "and")
    part = sibling and whole is not None and "trong đó" in text.folded[slot.sentence.start : whole.q.start]
    if whole is not None and (part or "trong đó" in gap) and not _ASSIGNED_RE.search(gap):
        of_whole = _planned_money(text, whole)  # a part of a sum is given, or to come, as the sum is
        if of_whole is not None:
            return of_whole
    where = (found[-1].start, found[-1].end) if found else (None, None)
    return Field("target", "explicit" if found else "default", "vốn giao, vốn kế hoạch", *where)


def _plan_value(text: Text, slot: Slot) -> Field[Kind] | None:
    if slot.measure == "plan_share" or slot.indicator is None:
        return None
    hit = slot.lead_near.last(cue_class("target_near"))
    if slot.indicator.startswith("budget."):
        return None
    if slot.unit_in in ("percent", "percentage_point") and is_plan_value(text, slot):
        return Field("target", "explicit", "giá trị kế hoạch được so với", slot.q.number_end, slot.tail_end)
    if hit is None:
        return _plan_value(text, slot.prev) if slot.prev is not None and _joined(text, slot, slot.prev) else None
    if any(e.start <= hit.start < e.end for e in events(slot.lead_near, ("neutral",))):
        return None
    before = text.folded[hit.start : slot.q.number_start]
    if len(before) > 80 or re.search(r"\b(?:đã|đạt|vượt|hoàn thành|thực hiện)\b", before):
        return None
    return Field("target", "explicit", f"giá trị kế hoạch: {text.folded[hit.start : hit.end]}", hit.start, hit.end)


def _joined(text: Text, slot: Slot, left: Slot) -> bool:
    """Is a number joined to the one before it by a bare "và" ("kế hoạch có 3 xã đạt chuẩn và 2 xã nâng cao")?"""
    return slot.link == "and" and bool(re.search(r"\bvà\s+$", text.folded[left.q.end : slot.q.number_start]))


# "Tỉnh giao 120 tỷ đồng, đến 31/5 giải ngân 30 tỷ đồng": a new clause opens with the day of a count
_DAY_RE = re.compile(
    r"[,;]\s*(?:nhưng |song )?(?:tính )?(?:đến|tới)\s+(?:hết )?(?:ngày )?(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?(?![\d/%])"
)


def _reported_by_day(text: Text, slot: Slot, cue: Field[Kind], published: date | None) -> Field[Kind] | None:
    """A clause after the plan that opens with a day not after publication tells what was reached by it."""
    if cue.value != "target" or cue.end is None or published is None:
        return None
    found = list(_DAY_RE.finditer(text.folded, cue.end, slot.q.number_start))
    if not found:
        return None
    day, month, year = (int(part) if part else published.year for part in found[-1].groups())
    try:
        reached = date(year, month, day) <= published
    except ValueError:
        return None
    return Field("achievement", "explicit", "ngày chốt số liệu", found[-1].start(), found[-1].end()) if reached else None


_MARK = r"\s*(?P<mark>[-–+•*·▪]+|\d{1,2}(?:\.\d{1,2})*[.)]?|[a-zđ]\)|[ivx]{1,4}[.)/]|\(\d+\))?\s*(?:(?:về|các|những|một số)\s+)*"
_TARGETS_RE = re.compile(_MARK + r"(?:mục tiêu(?! quốc gia)|chỉ tiêu|phấn đấu)\b(?P<rest>[^:.;\n]{0,60})(?P<colon>:|\s*$)", re.MULTILINE)
_STATUS_RE = re.compile(
    _MARK + r"(?:đánh giá )?(?:thực trạng|hiện trạng|kết quả|tình hình)\b(?P<rest>[^:.;\n]{0,60})(?P<colon>:|\s*$)", re.MULTILINE
)
_RESULTS_OF_RE = re.compile(r"\b(?:đạt được|đã|kết quả|hoàn thành|vượt|thực hiện được|chưa đạt)\b")
_ITEM_RE = re.compile(r"\s*(?:[-–+•*·▪]|\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ]\)|\(\d+\))\s*")
_NUMBERED_RE = re.compile(r"\s*(?:\d{1,2}[.)](?!\d)|[ivx]{1,4}[.)/])")
_FURTHEST = 40  # paragraphs of a list that are looked back over for its head


def _called(text: Text, slot: Slot) -> Field[Kind] | None:
    """What the part of the article is called that a number stands in: its own paragraph's label, else the head of its list."""
    number = slot.sentence.paragraph
    own = _label(text, number)
    if own is not None and own.end is not None and own.end <= slot.q.number_start:
        # a label of targets holds for its own sentence, the state of things for all that is told under it
        return own if own.value == "achievement" or own.end > slot.sentence.start else None
    listed = _is_item(text, number)
    passed = bool(_NUMBERED_RE.match(text.folded, text.paragraphs[number].start))
    for at in range(number - 1, max(number - 1 - (_FURTHEST if listed else 1), -1), -1):
        label = _label(text, at)
        if label is not None:
            alone = label.end is not None and not text.folded[label.end : text.paragraphs[at].end].strip()
            sibling = passed and bool(_NUMBERED_RE.match(text.folded, text.paragraphs[at].start))
            fits = listed or label.value == "achievement" or _unsaid(text, slot)
            return label if alone and fits and not sibling and at > 0 else None
        if not _is_item(text, at):
            return None
        passed = passed or bool(_NUMBERED_RE.match(text.folded, text.paragraphs[at].start))
    return None


def _is_item(text: Text, number: int) -> bool:
    paragraph = text.paragraphs[number]
    return bool(_ITEM_RE.match(text.folded, paragraph.start, paragraph.end))


def _label(text: Text, number: int) -> Field[Kind] | None:
    """The words that a paragraph opens with as its name, up to a colon or the end of its line ("2. Chỉ tiêu:", "Thực trạng")."""
    paragraph = text.paragraphs[number]
    status = _STATUS_RE.match(text.folded, paragraph.start, paragraph.end)
    if status is not None:
        return Field("achievement", "inherited", "mục nêu thực trạng, kết quả", status.start(), status.end())
    targets = _TARGETS_RE.match(text.folded, paragraph.start, paragraph.end)
    if targets is None or _RESULTS_OF_RE.search(targets["rest"]):
        return None
    return Field("target", "inherited", "mục nêu chỉ tiêu", targets.start(), targets.end())


def _last_cue(text: Text, slot: Slot) -> Field[Kind] | None:
    zones: list[Zone] = [slot.lead_wide]
    outer = slot.parent
    while outer is not None:
        zones.append(outer.lead_wide)
        outer = outer.parent
    if slot.level >= 0 and slot.parent is None:
        zones.append(slot.outer)
    for zone in zones:
        last = governing(text, slot, zone)
        if last is not None:
            return Field("target" if last.cue == "target" else "achievement", "explicit", f"từ chỉ {last.cue}", last.start, last.end)
    return None


# "đạt chỉ tiêu đại hội đề ra", "so với mục tiêu đặt ra": the plan is what the result is compared with
_MET_RE = re.compile(r"\b(?:đạt|vượt|hoàn thành|so với|so|bằng)\b[^,;:()]*\b(?:chỉ tiêu|mục tiêu|kế hoạch|nghị quyết)\b[^,;:()]*$")


def governing(text: Text, slot: Slot, zone: Zone) -> Event | None:
    """The last cue of a zone; plans that a share is measured against are none, and "đã" after "phấn đấu" needs a comma to undo it."""
    plans = _plan_objects(slot)
    current: Event | None = None
    for event in events(zone, _KINDS):
        if any(start <= event.start < end for start, end in plans):
            continue
        if text.folded.startswith("đăng ký", event.start) and "trong đó" in text.folded[event.end : slot.q.number_start]:
            continue  # "8.000 hộ đăng ký, trong đó có 230 hộ đạt chuẩn"
        if event.cue == "target" and (
            _MET_RE.search(text.folded[max(zone.hits[0].start, event.start - 60) : event.start]) or _is_met(text, event, slot)
        ):
            continue
        if current is not None and current.cue == "target" and event.cue == "achieved":
            between = text.folded[current.end : event.start]
            if not re.search(r"[,;:()]|nhưng|song|trong khi|tuy nhiên", between):
                continue
            if text.folded[event.start : event.end] == "cả năm":  # "tỉnh đề ra: cả năm giảm 2%" names the plan's time, no result
                continue
        if current is not None and event.cue == "achieved" and _of_such(text, event):
            continue
        current = event
    return current


_SUCH_RE = re.compile(r"\b(?:các|những|số|tại) (?:xã|huyện|hộ|thôn|bản|đơn vị|sản phẩm|địa phương|nơi|tiêu chí|kết quả)$")


def _of_such(text: Text, event: Event) -> bool:
    """ "nâng chất tiêu chí tại các xã đã đạt chuẩn": the words only say which communes."""
    if not text.folded.startswith(("đã", "hiện có"), event.start):
        return False
    return _SUCH_RE.search(text.folded[max(0, event.start - 24) : event.start].rstrip()) is not None


_MEETS_RE = re.compile(r"(?P<before>[^,;:()]{0,40})\b(?:hoàn thành|đạt|vượt|so với)\b[^,;:()]{0,30}$")
_MEANT_RE = re.compile(r"\b(?:để|nhằm|phấn đấu|quyết tâm|sẽ|cần|phải|khó|chưa|giải pháp|nhiệm vụ|tập trung|nỗ lực)\b")


def _is_met(text: Text, event: Event, slot: Slot) -> bool:
    """ "hoàn thành sớm một năm mục tiêu của giai đoạn; toàn tỉnh còn 900 hộ nghèo": what follows the clause is no part of that plan."""
    if not text.folded.startswith(("mục tiêu", "chỉ tiêu", "kế hoạch", "nghị quyết", "dự kiến"), event.start):
        return False
    met = _MEETS_RE.search(text.folded, max(slot.sentence.start, event.start - 75), event.start)
    if met is None or _MEANT_RE.search(met["before"]):
        return False
    return re.search(r"[,;:]", text.folded[event.end : slot.q.number_start]) is not None


def _plan_objects(slot: Slot) -> list[tuple[int, int]]:
    """Where the plans stand that earlier numbers of the sentence are shares of ("bằng 112% kế hoạch năm")."""
    found = []
    left = slot.prev or slot.parent
    while left is not None:
        if left.unit_in == "percent" and left.measure in ("plan_share", "level"):
            found.append((left.q.number_end, min(left.tail_end, left.q.number_end + 60)))
        left = left.prev or left.parent
    return found


_CONNECTED_RE = re.compile(
    r"(?:theo đó|cụ thể|trong đó|theo kế hoạch|ngoài ra|bên cạnh đó|cùng với đó|đồng thời|tương tự"
    r"|hỗ trợ|giảm|tạo|đào tạo|giải quyết|phát triển|bình quân|mỗi năm|hằng năm|hàng năm"
    r"|(?:cũng )?trong năm(?: này| nay)?(?= *,| \w+ (?!đã))|(?:đến )?(?:cuối|hết) năm(?: này| nay)?(?! \d))\b"
)


_STRICT_RE = re.compile(r"(?:theo đó|cụ thể|trong đó|theo kế hoạch)\b")


_PLAN_ISSUED_RE = re.compile(
    r"(?:ban hành|phê duyệt|thông qua|triển khai|đề ra|xây dựng|giao|công bố|có)\s+"
    r"(?:nhiệm vụ|chỉ tiêu|kế hoạch(?! và đầu tư)|nghị quyết|chương trình hành động|đề án)\b"
    r"|(?:phê duyệt|ban hành|thông qua)\s+chương trình (?:giảm nghèo|mục tiêu|xây dựng|phát triển|mtqg)\b"
    r"|^\s*kế hoạch (?:số|thực hiện|năm|giai đoạn|giảm nghèo|xây dựng)",
    re.MULTILINE,
)
_PLAN_TITLE_RE = re.compile(
    r"kế hoạch|nhiệm vụ|phấn đấu|mục tiêu|chỉ tiêu|đề ra|dự kiến|sẽ|(?:phê duyệt|ban hành|thông qua) (?:chương trình|đề án)"
)
# "Các chỉ tiêu chủ yếu nhiệm kỳ 2020-2025", "Mục tiêu đến năm 2030 của …"
_PLAN_LIST_RE = re.compile(
    r"[\W\d]*(?:các |một số |những )?(?:chỉ tiêu|mục tiêu)(?! quốc gia)(?: chủ yếu| cụ thể| cơ bản| phấn đấu| chính)?[^.:;\n]{0,40}"
    r"(?:nhiệm kỳ|giai đoạn|đến năm|năm) *\(?\d{4}"
)
_RESULT_RE = re.compile(r"kết quả|sơ kết|tổng kết|sau \d+ (?:năm|tháng)|đạt được|hoàn thành|vượt|thành tựu|nhìn lại|giải ngân")
_PAST_RE = re.compile(r"\b(?:đã|vừa|hiện|đến nay|năm qua|vừa qua|trước đó|trước đây)\b")


def planning_article(text: Text) -> Field[Kind] | None:
    """Is the article the announcement of a plan: its title speaks of one and of no results, and its opening issues it?"""
    title = text.folded[: text.title_end]
    if _RESULT_RE.search(title.replace("mục tiêu quốc gia", "")) or not _PLAN_TITLE_RE.search(title.replace("mục tiêu quốc gia", "")):
        return None
    stop = text.paragraphs[min(2, len(text.paragraphs) - 1)].end
    if (listed := _PLAN_LIST_RE.match(text.folded, 0, text.title_end)) is not None:
        return Field("target", "inherited", "bài nêu chỉ tiêu", listed.start(), listed.end())
    issued = _PLAN_ISSUED_RE.search(text.folded, text.title_end + 1, stop) or _PLAN_ISSUED_RE.search(text.folded, 0, text.title_end)
    return Field("target", "inherited", "bài công bố kế hoạch", issued.start(), issued.end()) if issued else None


def _unsaid(text: Text, slot: Slot) -> bool:
    """Does nothing in the sentence speak of the past?"""
    return not _PAST_RE.search(text.folded, slot.sentence.start, slot.q.number_start)


_A_YEAR_RE = re.compile(r"(?:19|20)\d\d")


class Carried:
    """Which sentences go on with the targets of the one before them ("Theo đó, …"); looked up once a sentence, when somebody asks."""

    def __init__(self, text: Text, terms: TextTerms) -> None:
        self._text, self._terms = text, terms
        self._sentences = [s.start for s in text.sentences]
        self._known: dict[int, Field[Kind] | None] = {}
        self.planning = planning_article(text)

    def kind(self, sentence: Sentence) -> Field[Kind] | None:
        """The kind that a sentence takes over, if it does."""
        if sentence.start not in self._known:
            self._known[sentence.start] = self._read(sentence)
        return self._known[sentence.start]

    def _read(self, sentence: Sentence) -> Field[Kind] | None:
        folded = self._text.folded
        opening = _CONNECTED_RE.match(folded, sentence.start)
        if opening is None:
            return None
        through_year = opening.group().endswith("năm") and not opening.group().endswith(("mỗi năm", "hằng năm", "hàng năm"))
        for i in range(bisect_left(self._sentences, sentence.start) - 1, -1, -1):
            before = self._text.sentences[i]
            if sentence.paragraph - before.paragraph > 1:
                return None
            found = events(Zone.of(self._terms.within(before.start, before.end, before.paragraph)), _KINDS)
            if not found:
                if through_year and _A_YEAR_RE.search(folded, before.start, before.end):
                    return None  # another year was told of
                continue
            # a sentence that told results as well is continued by "Theo đó" and its like only
            mixed = any(e.cue == "achieved" for e in found) or "trong khi" in folded[before.start : before.end]
            if found[-1].cue != "target" or (mixed and not _STRICT_RE.match(folded, sentence.start)):
                return None
            return Field("target", "inherited", "câu trước nêu mục tiêu", found[-1].start, found[-1].end)
        return None

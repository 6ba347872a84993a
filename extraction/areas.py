"""The administrative area that a figure stands for.

Order: a place attached behind the figure ("5 xã của huyện X"), the nearest place before it in its sentence, what the paragraph
is about, what the title is about, the portal's own area. A place that cannot hold what is counted (a commune with "5 xã", a
district with more communes than it has) is passed over.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from dataclasses import replace

from extraction.area_anchors import Anchor, Anchors, place_area
from extraction.model import ArticleContext, Field, Mask, Source, Span, Text
from extraction.place_names import RANK, tokens, words
from extraction.place_setting import Setting, communes_of, setting
from extraction.places import Area, AreaMention, read_places

__all__ = ["Area", "AreaMention", "AreaReader"]

_UNKNOWN = Area("", None, "unknown", "", "no_portal_area")
_DIGIT_WORDS = "một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười"
_NUMBER = (
    r"(?:\d[\d.,]*(?:\s*(?:-|đến|/)\s*\d[\d.,]*)?\s*%?|một nửa|"
    rf"(?:{_DIGIT_WORDS})(?: (?:mươi|mốt|tư|lăm|{_DIGIT_WORDS}))*)"
)
_COUNTED_RE = re.compile(
    r"(?:[^\d,;.()]{0,30}?)(?P<number>" + _NUMBER + r")\s*(?:tổng số\s|trên tổng số\s|số\s)?(?:đơn vị cấp\s)?"
    r"(?P<head>xã|phường|thị trấn|huyện|quận|thị xã|tỉnh|thôn)\b"
)
_PER_UNIT_RE = re.compile(
    r"\d[\d.,]*(?:\s*/\s*\d+)?\s+(?:tiêu chí|chỉ tiêu|sản phẩm)\s?(?:/|mỗi|trên một|một)\s?(?P<head>xã|huyện)\b(?! \d)"
)
_MEAN_RE = re.compile(
    r"\b(?:bình quân|trung bình) (?:mỗi |một |các )?(?P<head>xã|huyện) (?:đạt |có |là )?(?:được )?(?:khoảng |trên |hơn |gần )?$"
)
_ZERO_RE = re.compile(r"(?:cơ bản )?(?:không|chưa)(?: còn| có| để)?(?: bất kỳ| một| nơi nào là)? (?P<head>xã|huyện|tỉnh)\b")
_HEAD_LEVEL = {
    "xã": "commune",
    "phường": "commune",
    "thị trấn": "commune",
    "huyện": "district",
    "quận": "district",
    "thị xã": "district",
    "tỉnh": "province",
}
_FRACTION_RE = re.compile(r"(\d+)\s*(?:xã\s*)?/\s*(\d+)")
_ATTACH_RE = re.compile(
    r"(?:[^,;:.()\n]|, (?=(?:thành|thành phố|phường|thị trấn|cận nghèo|hộ cận nghèo|thôn|bản)\b)){0,70}?\s(?P<link>"
    + "|".join(words("attach"))
    + r")\s+(?:địa bàn\s+)?(?:các\s+)?$"
)
_SHARE_RE = re.compile(r"[^\d,;.()]{0,12}\d[\d.,]*(?:\s*%|/\d+)\s+(?:tổng )?(?:số|dân số|người|hộ)\b")
_PREDICATE_RE = re.compile(r" (?:là|một|đã|sẽ|cho|do|vì|mức|bình quân|trung bình|so với|kế hoạch|chỉ tiêu) ")
_PART_OF_ALL_RE = re.compile(r"[^\d,;.()]{0,12}\d[\d.,]*\s*%[^,;.()]{0,40}(?:cả nước|toàn quốc|toàn tỉnh|cả tỉnh|toàn vùng)")
_NONE_LEFT_RE = re.compile(r"(?:cơ bản )?(?:không|chưa) (?:còn|có)\b")
_SAME_LIST_RE = re.compile(r"\s*(?:%|xã|hộ|tiêu chí|sản phẩm|thôn|tỷ đồng|triệu đồng)?(?:\s+nghèo)?\s*(?:,|và|, và)\s*")
_REST_RE = re.compile(
    r"\b(?P<head>xã|phường|huyện|quận|tỉnh|địa phương|đơn vị|nơi)\b[^,;.()]{0,15}\b(?:còn lại|khác)\b"
    r"|[,;]\s(?:còn |trong khi |nhưng )?(?:ở |tại )?(?:các|nhiều|những|không ít|một số)\s"
    r"(?P<plural>xã|phường|huyện|quận|tỉnh|địa phương|nơi)\b"
)
_PART_NAMED_RE = re.compile(r"(?:trong đó(?: có| riêng)?|\briêng) (?:xã |huyện |thị trấn |phường )?$")
_RATE_RE = re.compile(r"[^\d,;.()]{0,20}\d[\d.,]*(?:\s*(?:-|đến|/)\s*\d[\d.,]*)?\s*(?:%|tiêu chí|chỉ tiêu|triệu đồng/người|điểm)")
_RESPECTIVE_RE = re.compile(r"\blần lượt\b")
_FIGURE_RE = re.compile(r"(?<![\d.,/])\d[\d.,]*(?:\s*/\s*\d[\d.,]*)?")
_DISTRIBUTES_RE = re.compile(r"\s*(?:(?:phấn đấu|dự kiến|đăng ký|được giao|hiện|đã|sẽ|đều) )?(?:" + "|".join(words("distributes")) + r")\b")
_BULLET_RE = re.compile(r"\s*(?:[-+*•–]|\d{1,2}[.)]|[a-zđ][.)])\s*\S")


class AreaReader:
    """Areas of one article: `.area(position)` for the quantity that starts there, `.mentions` for lists of named units."""

    def __init__(self, text: Text, context: ArticleContext, masks: list[Mask]) -> None:
        self.text, self.masks = text, masks
        self.where: Setting = setting(text, context)
        hits = tokens(text)
        self.mentions: list[AreaMention] = read_places(text, hits, self.where)
        self.anchors = Anchors(text, self.where, hits, self.mentions)
        self._topic: dict[int, Anchor | None] = {}
        self._lines: dict[int, tuple[str | None, Anchor | None]] = {}
        self._counted = (-1, _NOTHING_COUNTED, 0)
        self._own = place_area(self.where.own) if self.where.own is not None else _UNKNOWN
        self._headings: dict[int, Anchor | None] = {}
        self._until = len(text.raw) + 1  # where the topic of the article ends
        self._title: Anchor | None = None
        self._title = self.title_topic() or self.named_in_title() or self.lead_topic()
        if self._title is None and (around := self.surrounding_topic()) is not None:
            self._title, self._until = around, self.portal_resumes(around.start)

    def area(self, position: int) -> Field[Area]:
        """The area of the quantity at a position (the first, where one figure holds for several places)."""
        return self.areas(position)[0]

    def areas(self, position: int) -> tuple[Field[Area], ...]:
        """One area, or several where the figure holds for each of them ("A, B mỗi huyện 2 xã")."""
        i = max(bisect_right(self.anchors.starts, position) - 1, 0)
        left, right = self.near(position, i)
        found = self.behind(position, right) or self.before(position, left)
        if found:
            return found
        carried = self.carried(position, i)
        if carried is not None:
            return (carried,)
        if self._title is not None and position < self._until and self.fits(self._title.area, position):
            return (_field(self._title, "inherited", "area.title"),)
        return (self.default(position),)

    # -- the sentence itself

    def near(self, position: int, i: int) -> tuple[list[Anchor], list[Anchor]]:
        """Anchors of the sentence up to a position and after it, the nearest few of each: a table in one line stays linear."""
        anchors = self.anchors.in_sentence(i)
        if not anchors:
            return [], []
        k = bisect_right(anchors, position, key=_start)
        return list(anchors[max(k - _NEAR, 0) : k]), list(anchors[k : k + _NEAR])

    def behind(self, position: int, after: list[Anchor]) -> tuple[Field[Area], ...]:
        """A place that the counted noun belongs to, behind it: "5 xã của huyện X", "không còn hộ nghèo là A, B"."""
        folded = self.text.folded
        if not after or after[0].start - position > _ATTACHED or after[0].role in ("blocked", "weak"):
            return ()
        anchor = after[0]
        link = _ATTACH_RE.fullmatch(folded, position, anchor.start)
        if link is None or _PREDICATE_RE.search(folded, position, link.start("link")):
            return ()
        if anchor.area.level == "country" and _SHARE_RE.match(folded, position):
            return ()  # "bằng 1/5 số xã của toàn quốc" speaks of the part
        if len(_FIGURE_RE.findall(folded[position : anchor.start])) > 2 or not self.fits(anchor.area, position):
            return ()
        word = link.group("link")
        if anchor.bound:
            if word == "trong" and _INHABITS_RE.search(folded, position, anchor.start) is None:
                return ()
            return () if word in ("là", "như") else (_field(anchor, "explicit", "area.attached"),)
        members = [a for a in after if a.group == anchor.group and not a.bound]
        if len(members) > 1 and word != "là":
            return ()
        return tuple(_field(a, "explicit", "area.attached") for a in members)

    def before(self, position: int, anchors: list[Anchor]) -> tuple[Field[Area], ...]:
        """The nearest place before the figure that may take it."""
        folded = self.text.folded
        weak: Anchor | None = None
        for k in range(len(anchors) - 1, -1, -1):
            anchor = anchors[k]
            if not self.reaches(anchor, position) or not self.fits(anchor.area, position):
                continue
            if anchor.role == "weak":
                weak = weak or anchor
                continue
            members = [anchor]
            if anchor.group:  # "ở tỉnh A, huyện B": what follows a larger unit is inside it and no list with it
                members = [a for a in anchors if a.group == anchor.group and a.role == anchor.role and a.area.level == anchor.area.level]
            if len(members) > 1:
                if one := self.respective(members, position):
                    return (one,)
                if _DISTRIBUTES_RE.match(folded, members[-1].end) or self.holds_for_each(position):
                    return tuple(_field(a, "explicit", "area.each") for a in members)
                return (replace(self.default(position), rule="area.joint"),)
            return (_field(anchor, "explicit", anchor.rule),)
        if weak is not None and self.below_default(weak.area):
            return (_field(weak, "explicit", "area.speaker"),)
        return ()

    def respective(self, members: list[Anchor], position: int) -> Field[Area] | None:
        """ "A và B lần lượt đạt 16 và 15 tiêu chí": the figure's place in its list is that of the place in theirs."""
        folded = self.text.folded
        word = _RESPECTIVE_RE.search(folded, members[-1].end, position)
        if word is not None:
            k = len(_FIGURE_RE.findall(folded[word.end() : position]))
            return _field(members[k], "explicit", "area.respective") if k < len(members) else None
        end = self.anchors.sentence_of(position).end
        figures = list(_FIGURE_RE.finditer(folded, members[-1].end, end))[: len(members) + 1]
        in_one_list = all(_SAME_LIST_RE.fullmatch(folded, a.end(), b.start()) for a, b in itertools.pairwise(figures))
        if len(figures) == len(members) and in_one_list:
            k = sum(1 for f in figures if f.end() <= position)
            return _field(members[k], "explicit", "area.respective") if k < len(members) else None
        return None

    def holds_for_each(self, position: int) -> bool:
        """Rates and "không còn hộ nghèo" after a list hold for each of its places; counts are of all together."""
        folded = self.text.folded
        if _NONE_LEFT_RE.match(folded, position):
            return True
        return _RATE_RE.match(folded, position) is not None and _PART_OF_ALL_RE.match(folded, position) is None

    def reaches(self, anchor: Anchor, position: int) -> bool:
        folded = self.text.folded
        if anchor.role == "blocked":
            return False
        if anchor.closes is not None and position > anchor.closes:
            return False
        if ";" in folded[anchor.end : position] and _PART_NAMED_RE.search(folded, max(0, anchor.start - 24), anchor.start):
            return False  # "có 6 xã đạt chuẩn, trong đó xã A đạt 17 tiêu chí; 35 trường …": the whole again
        rest = _REST_RE.search(folded, anchor.end, position)
        if rest is not None and RANK.get(anchor.area.level, 0) >= RANK.get(
            _HEAD_LEVEL.get(rest.group("head") or rest.group("plural"), ""), 0
        ):
            return False  # "xã A 90%; các xã còn lại 60%"
        if anchor.role == "compared":
            between = folded[anchor.end : position].strip()
            return between in ("", "(", "là", ":", "(là", "là:")
        if self.in_parentheses(anchor):
            close = folded.find(")", anchor.end, anchor.end + _PARENTHESIS)
            if 0 <= close < position:
                return False  # named in parentheses that are closed before the figure
        return True

    # -- beyond the sentence

    def carried(self, position: int, i: int) -> Field[Area] | None:
        folded, sentence = self.text.folded, self.text.sentences[i]
        here = self.anchors.here
        if here and (k := bisect_left(here, position)) and here[k - 1] >= sentence.start:
            for j in range(i - 1, -1, -1):
                named = [a for a in self.anchors.in_sentence(j) if a.role == "strong" and not a.bound]
                if named:
                    return _field(named[-1], "inherited", "area.here")
        head = self.heading(i)
        if head is not None and self.fits(head.area, position):
            return _field(head, "inherited", "area.heading")
        if i and self.text.sentences[i - 1].paragraph == sentence.paragraph and "trên địa bàn " not in folded[sentence.start : position]:
            topic = self.topic(i - 1)
            if topic is not None and self.fits(topic.area, position, counts=True):
                return _field(topic, "inherited", "area.paragraph")
        return None

    def topic(self, i: int) -> Anchor | None:
        """The one place that sentence i leaves the talk with, if the next sentence may go on about it."""
        if i in self._topic:
            return self._topic[i]
        strong = [a for a in self.anchors.in_sentence(i) if a.role == "strong" and not self.in_parentheses(a)]
        strong = [a for a in strong if a.subject or not a.bound] or strong  # "X là huyện nghèo của tỉnh" is about X
        places = {(a.area.code, a.area.name) for a in strong}
        out: Anchor | None = None
        if not strong:
            s = self.text.sentences[i]
            if i and self.text.sentences[i - 1].paragraph == s.paragraph:
                out = self.topic(i - 1)
        elif len(places) == 1 and self.opens(strong[0], i):
            out = strong[0]
        self._topic[i] = out
        return out

    def opens(self, anchor: Anchor, i: int) -> bool:
        """Does the place open its sentence as what it is about, and is it another than the portal's own?"""
        begin = self.text.sentences[i].start
        if anchor.example or anchor.closes is not None or not anchor.subject or anchor.start - begin > _OPENING:
            return False
        if _COUNT_BEFORE_RE.search(self.text.folded, begin, anchor.start) or _RANKED_RE.search(self.text.folded, begin, anchor.start):
            return False
        if self._title is not None and self.above(self._title.area) and self.owns(anchor.area):
            return True
        return self.beside(anchor.area) or (anchor.area.level == "country" and self.where.own is not None)

    def owns(self, area: Area) -> bool:
        """Is it the portal's own unit?"""
        return self.where.own is not None and area.name == self.where.own.path

    def heading(self, i: int) -> Anchor | None:
        """For a line of a list, the place of the line above the list that ends with a colon; under a line that is a place and
        nothing else ("2. Huyện Bình Liêu"), that place.
        """
        at = self.text.sentences[i].paragraph
        if at not in self._headings:
            self._headings[at] = self.heading_of(at)
        return self._headings[at]

    def heading_of(self, at: int) -> Anchor | None:
        paragraphs, raw = self.text.paragraphs, self.text.raw
        marker = self.line(at)[0]
        for k in range(at - 1, max(at - 1 - _LONGEST_LIST, -1), -1):
            line = paragraphs[k]
            other, alone = self.line(k)
            if alone is not None:
                return alone
            if marker is not None and other != marker:
                if raw[line.start : line.end].rstrip().endswith(":"):
                    return self.line_place(line)
                if other is None:
                    return None
        return None

    def line(self, k: int) -> tuple[str | None, Anchor | None]:
        """The sign that begins a line, and the place that is all of it: asked of the same lines by each below them."""
        if k not in self._lines:
            line = self.text.paragraphs[k]
            self._lines[k] = (_marker(self.text.raw, line.start), self.place_line(line))
        return self._lines[k]

    def line_place(self, line: Span) -> Anchor | None:
        strong = [a for a in self.anchors.in_sentence(self.sentence_index(line.end - 1)) if a.role == "strong"]
        return strong[-1] if strong and len({a.area.name for a in strong}) == 1 else None

    def place_line(self, line: Span) -> Anchor | None:
        if line.end - line.start > _LONGEST_PLACE_LINE:
            return None
        anchors = self.anchors.in_sentence(self.sentence_index(line.end - 1))
        if len(anchors) != 1 or anchors[0].bound:
            return None
        rest = self.text.raw[line.start : anchors[0].start] + self.text.raw[anchors[0].end : line.end]
        return anchors[0] if not any(ch.isalpha() for ch in rest) and line.start >= self.text.title_end else None

    def sentence_index(self, position: int) -> int:
        return max(bisect_right(self.anchors.starts, position) - 1, 0)

    def in_parentheses(self, anchor: Anchor) -> bool:
        folded = self.text.folded
        begin = max(self.anchors.sentence_of(anchor.start).start, anchor.start - _PARENTHESIS)
        return folded.rfind("(", begin, anchor.start) > folded.rfind(")", begin, anchor.start)

    def title_topic(self) -> Anchor | None:
        """The one place that the title names, if it is not the portal's own: inside it, of its level, around it, or the country."""
        out: Anchor | None = None
        if self.text.title_end > _LONGEST_TITLE:
            return None  # a text without a title
        for i, s in enumerate(self.text.sentences):
            if s.start >= self.text.title_end:
                break
            for a in self.anchors.in_sentence(i):
                if a.role == "blocked" or a.area.level in ("region", "foreign"):
                    continue
                country = a.area.level == "country" and self.where.own is not None
                other = out is not None and out.area != a.area
                above = self.above(a.area) and not a.bound
                if other or not (country or above or self.beside(a.area)):
                    return None
                out = a
        return out if out is None or not self.above(out.area) or self.lead_keeps_to(out.area) else None

    def lead(self) -> list[Anchor]:
        """What the first sentences of the body say where, but for what takes nothing."""
        first = bisect_left(self.anchors.starts, self.text.title_end)
        found = [a for i in range(first, min(first + _LEAD_SENTENCES, len(self.text.sentences))) for a in self.anchors.in_sentence(i)]
        return [a for a in found if a.role != "blocked"]

    def lead_keeps_to(self, area: Area) -> bool:
        """Does the head of the body go on about a unit around the portal's, and say nothing of the portal's own before it?"""
        strong = [a for a in self.lead() if a.role == "strong"]
        return bool(strong) and strong[0].area == area

    def surrounding_topic(self) -> Anchor | None:
        """The unit around the portal's that an article without a place in its title begins with: "Cuối năm, toàn tỉnh còn …"."""
        if self.text.title_end > _LONGEST_TITLE or self.where.own is None:
            return None
        strong = [a for a in self.lead() if a.role == "strong"]
        titled = any(True for s in range(bisect_left(self.anchors.starts, self.text.title_end)) for _ in self.anchors.in_sentence(s))
        if titled or not strong or not strong[0].subject or not self.above(strong[0].area):
            return None
        return strong[0] if all(a.area == strong[0].area for a in strong) else None

    def named_in_title(self) -> Anchor | None:
        """The unit whose name the title has as that of a village ("về bản Chiềng Đen") and the head of the body with its type."""
        first = bisect_left(self.anchors.starts, self.text.title_end)
        if self.text.title_end > _LONGEST_TITLE or any(self.anchors.in_sentence(i) for i in range(first)):
            return None
        title = self.text.folded[: self.text.title_end]
        lead = {a.start: a for a in self.lead() if not a.bound and not a.example and self.beside(a.area)}
        names = [
            m
            for m in self.mentions
            if m.start in lead and re.search(rf"\b{re.escape(self.text.folded[m.name_start : m.name_end])}\b", title) is not None
        ]
        return lead[names[0].start] if names and len({m.area for m in names}) == 1 else None

    def portal_resumes(self, start: int) -> int:
        """Where the portal's own unit is first spoken of behind a position."""
        own = [
            a.start for i in range(len(self.text.sentences)) for a in self.anchors.in_sentence(i) if self.owns(a.area) and a.start > start
        ]
        return min(own, default=len(self.text.raw) + 1)

    def lead_topic(self) -> Anchor | None:
        """The unit that the article is about though its title does not say so: named at the head of the body, and every other
        place in it lies inside. Never where the portal's own unit or the country is spoken of too.
        """
        strong = [a for i in range(len(self.text.sentences)) for a in self.anchors.in_sentence(i) if a.role == "strong"]
        body = [a for a in strong if a.start >= self.text.title_end]
        named = [a for a in body if not a.bound]
        if len(body) < _LEAD_MENTIONS or not named or not named[0].subject or len(strong) - len(body) > 0:
            return None
        first = named[0]
        if not self.below_default(first.area) or self.anchors.sizes.get(first.group, 1) > 1 or first.example:
            return None
        head = [s.start for s in self.text.sentences if s.start >= self.text.title_end][:_LEAD_SENTENCES]
        if not head or bisect_right(self.anchors.starts, first.start) - 1 > bisect_right(self.anchors.starts, head[-1]) - 1:
            return None
        inside = all(a.area.name == first.area.name or a.area.name.endswith(f", {first.area.name}") for a in body)
        return first if inside else None

    # -- what may hold what

    def beside(self, area: Area) -> bool:
        """Inside the portal's unit or another of its level: what an article can be about beside its portal."""
        own = self.where.own
        same_level = own is not None and area.level == own.level and area.name != own.path and (area.code or "?") != own.code
        return same_level or self.below_default(area)

    def above(self, area: Area) -> bool:
        """A unit that the portal's lies in. Villages are not read, so their portals cannot be told from what is around them."""
        own = self.where.own
        return own is not None and own.level != "village" and any(area.name == p.path for p in self.where.upwards[1:])

    def below_default(self, area: Area) -> bool:
        """Smaller than the portal's unit."""
        own = self.where.own
        if own is None:
            return area.level not in ("country", "unknown")
        return RANK.get(area.level, 9) > RANK[own.level]

    def fits(self, area: Area, position: int, *, counts: bool = False) -> bool:
        """Can the area hold what is counted there: its level above the counted units' and, with `counts`, as many as are said?

        Counts are asked only of places that the sentence does not name: the gazetteer has the communes of 2023, and before the
        mergers of 2019 to 2021 districts had up to twice as many.
        """
        rank, said = self.counted(position)
        if RANK.get(area.level, 0) >= rank:
            return False
        if counts and said and area.level == "district" and area.code is not None:
            return said <= communes_of(area.code, self.where.day) * (2 if self.where.day < "2021" else 1.2)
        return True

    def counted(self, position: int) -> tuple[int, int]:
        """Rank of the units that are counted there (a rank below all where none are) and the most communes that are said.

        Kept for the figure asked of last: it is asked for each place that the figure may be of.
        """
        if self._counted[0] != position:
            self._counted = (position, *self.count_at(position))
        return self._counted[1:]

    def count_at(self, position: int) -> tuple[int, int]:
        folded = self.text.folded
        stop = min(position + 70, len(folded))
        found = _COUNTED_RE.match(folded, position, stop) or _ZERO_RE.match(folded, position) or _PER_UNIT_RE.match(folded, position, stop)
        if found is None and (mean := _MEAN_RE.search(folded, max(position - 40, 0), position)) is not None:
            return RANK[_HEAD_LEVEL[mean.group("head")]], 0
        head = _HEAD_LEVEL.get(found.group("head")) if found is not None else None
        if found is None or head is None:
            return _NOTHING_COUNTED, 0
        said = max((int(n) for pair in _FRACTION_RE.findall(found.group()) for n in pair), default=0) if head == "commune" else 0
        return RANK[head], said

    def default(self, position: int) -> Field[Area]:
        own = self.where.own
        if own is None:
            if self.where.national_portal:
                return Field(Area("Cả nước", "VN", "country", ""), "default", "area.portal")
            return Field(_UNKNOWN, "default", "area.unknown")
        if own.level in ("province", "district", "commune") and not self.fits(self._own, position):
            for place in self.where.upwards:
                if self.fits(place_area(place), position):
                    return Field(place_area(place), "derived", "area.portal_above")
            return Field(Area("Cả nước", "VN", "country", ""), "derived", "area.portal_above")
        return Field(self._own, "default", "area.portal")


_INHABITS_RE = re.compile(r"\b(?:hộ|người|dân|dân số|hộ nghèo|hộ cận nghèo|lao động|thôn|bản|ấp|buôn|xóm|nhà) trong (?:địa bàn )?$")
_NOTHING_COUNTED = 99  # a rank below all
_OPENING = 90  # characters: "Sau 5 năm được công nhận đạt chuẩn, đến nay xã"
_COUNT_BEFORE_RE = re.compile(r"\d\s*%|\d (?:xã|hộ|tiêu chí|tỷ|triệu|sản phẩm|thôn|bản|người|lao động)")
_RANKED_RE = re.compile(r"\b(?:nhất|đứng đầu|dẫn đầu|đầu tiên|cuối)\b[^,;.]{0,40} là (?:các )?$")  # "đứng đầu trong huyện là xã A"
_LONGEST_TITLE = 250
_NEAR = 24  # anchors looked at on each side of a figure
_PARENTHESIS = 300  # characters that one may hold
_ATTACHED = 110  # characters between a figure and the place it belongs to
_LONGEST_LIST = 40  # lines
_LONGEST_PLACE_LINE = 60
_LEAD_MENTIONS = 3
_LEAD_SENTENCES = 3


def _marker(raw: str, start: int) -> str | None:
    """The sign that makes a line an item of a list: "-", "+", "1", "a"; digits count as one sign, letters as another."""
    found = _BULLET_RE.match(raw, start)
    if found is None:
        return None
    sign = found.group().strip()[0]
    return "1" if sign.isdigit() else "a" if sign.isalpha() else sign


def _start(anchor: Anchor) -> int:
    return anchor.start


def _field(anchor: Anchor, source: Source, rule: str) -> Field[Area]:
    return Field(anchor.area, source, rule, anchor.start, anchor.end)

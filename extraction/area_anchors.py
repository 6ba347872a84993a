"""What in a sentence says where: places named, wholes ("toàn tỉnh") and bare type words ("huyện phấn đấu"), each with its role.

Roles: `strong` takes the figures after it; `weak` is the place of a body or a speaker and takes them only where nothing else does;
`compared` takes only what follows in parentheses; `blocked` takes nothing (address, venue, origin, owner of a plan, former unit).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from extraction.model import Sentence, Text, value_class
from extraction.place_names import RANK, TYPES, Token, words
from extraction.place_setting import Place, Setting
from extraction.places import Area, AreaMention

Role = Literal["strong", "weak", "compared", "blocked"]


@value_class
class Anchor:
    """One place word of a sentence that may take figures; `group` counts the members of its list, `closes` ends its reach."""

    start: int
    end: int
    area: Area
    role: Role
    subject: bool  # stands at the head of its clause
    example: bool  # one of several: the next sentence is not about it
    rule: str
    group: int = 0  # 0: no name
    closes: int | None = None  # position after which it takes nothing
    bound: bool = False  # a whole or bare type word, not a name


def _tails(name: str) -> tuple[str, ...]:
    return tuple(f" {w}" for w in words(name))


_COMPARED, _EXAMPLE, _NOT_WHOLE, _NOT_OF, _OF = (_tails(n) for n in ("compared", "example", "not_whole", "not_of", "of"))
_PASSING_OR_VENUE = _tails("passing") + _tails("venue")
_AND_REGION = tuple(f" {t}{sep}" for t in ("tỉnh", "huyện", "nước") for sep in (" và", ",", " và cả", " cũng như"))
_AVERAGE = (" bình quân chung", " mức chung")
_OF_OR_IN = (*_OF, " bàn")  # "của huyện", "trên địa bàn huyện"
_PLAN_OF = tuple(w + o for w in _NOT_OF for o in _OF)  # "kế hoạch của tỉnh"
_UNIT_LISTS = tuple(f" {t}{sep}" for t in TYPES for sep in (",", " và", ", và", " -", "/"))
_NOT_UNIT = frozenset(words("not_unit"))
_OF_WORDS = frozenset(words("of"))
_VERBS = frozenset(words("verb"))
_VERBS_ABOVE = frozenset(words("verb_above"))
_VERBS_ELSEWHERE = frozenset(words("verb_elsewhere"))
_REGION_OF_OLD_RE = re.compile(r"(?:^\s*|[,;:.]\s+|\briêng )(?:ở |tại )?(?:khu vực|địa bàn|vùng|phần)?(?: tỉnh| huyện)?$")
_STILL = tuple(f" {w}" for w in words("still"))
_STILL_RE = re.compile(r"^\s(?:" + "|".join(sorted(words("still"), key=len, reverse=True)) + ")")
_HELD_RE = re.compile(r"[^.\n]{0,120}?(?:" + "|".join(words("held")) + ")")
_OFFICE_STOP_RE = re.compile(
    r" (?:có|đã|cho biết|tổ chức|tại|ở|đạt|còn|kiểm tra|công nhận|trao|làm việc|ban hành|phê duyệt|giao|thì|báo cáo|về|mới) "
)
_ADDRESS_RE = re.compile(r"\S+(?:\s+\S+){0,5}?\s*(?:\(|,|ở|tại|trú|quê)[^.;:]*")
_RANK_RE = re.compile(r" (?:thứ|hạng|tốp|top|vị trí)(?: \S+)?(?: trong| của| trên)?$|(?:nhất|đầu|cuối)(?: trong| của| trên)$")
_PART_RE = re.compile(r" (?:bằng|chiếm)\s[^,;:]{1,50} (?:của|trên|trong)$")
_SOMEONE_RE = re.compile(r" một (?:người dân|người|hộ|phụ nữ|cử tri|bạn đọc|gia đình|nông dân|cán bộ)\b[^,.;:]{0,20} (?:ở|tại|của)$")
_ADJECTIVE_RE = re.compile(r" (?:riêng|đặc thù|chung|mới|hiện hành|thiết thực|lớn)(?= của$)")  # "đề án riêng của tỉnh"
_PEOPLE_IN_RE = re.compile(r" (?:hộ|hộ dân|hộ nghèo|hộ cận nghèo|người|người dân|dân số|lao động|thôn|bản|ấp|buôn|xóm) trong$")
_FILLER_RE = re.compile(r"\s(?:các|địa bàn|\d+|hai|ba|cả|những|một số|toàn)$")
_CLAUSE_STARTS = frozenset(",;:.(–-\n\"“'•+*…!?")
_CONJUNCTIONS = frozenset(words("conjunction"))
_BARE_CONJUNCTIONS = frozenset(words("conjunction_bare"))


_COUNTING = r"\d+|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười"
_COUNT_IS_RE = re.compile(
    rf"\b(?:{_COUNTING})\s(?:xã|phường|thị trấn|huyện|thị xã|đơn vị|địa phương|tỉnh|thành phố)\b"
    r"[^;:.()\n]{0,90}\s(?:là|gồm|gồm có)(?: các| hai| ba)?\s$"
)
_SUPERLATIVE_RE = re.compile(r"\b(?:nhất|đứng đầu|dẫn đầu|đầu tiên|cuối cùng|điển hình|tiêu biểu)\b")
_NEXT_PREDICATE_RE = re.compile(
    r";|, (?:và )?(?:đồng thời|có thêm|nâng tổng số|đưa tổng số|bình quân (?:toàn|chung|mỗi xã|cả))\b"
    r"|, (?:và )?(?:có )?\d+ (?:sản phẩm|xã|huyện)\b"
)
_NO_FIGURE = r"(?:[^;.\n\d]|(?:năm|tháng|ngày) [\d/]+)"
_RECOGNISED_RE = re.compile(
    rf"{_NO_FIGURE}{{0,120}}(?:công nhận|đạt chuẩn|về đích){_NO_FIGURE}{{0,60}}(?P<stop>;)\s*(?:có )?(?:thêm )?\d[\d.,]*\s+"
    r"(?:xã|thôn|bản|ấp|buôn|khu dân cư|sản phẩm|vườn|mô hình|khu phố|tổ dân phố)\b[^;,.\n]{0,60}?\s(?:được|đạt)\b"
)
_LINKS = frozenset({" là ", "gồm ", " có ", "các ", "hai ", " ba "})  # the last four characters of what links a count to the names
_COUNT_IS = 150  # characters between the count and the name
_LONGEST_TITLE = 250
_KIND_OF_WHOLE = {"huyện": "Huyện", "quận": "Quận", "thị xã": "Thị xã"}


class Anchors:
    """Anchors of an article, by sentence."""

    def __init__(self, text: Text, where: Setting, hits: list[Token], mentions: list[AreaMention]) -> None:
        self.text, self.where, self.mentions = text, where, mentions
        self.starts = [s.start for s in text.sentences]
        self.sizes: dict[int, int] = {}
        for m in mentions:
            self.sizes[m.group] = self.sizes.get(m.group, 0) + 1
        self.by_sentence: dict[int, list[Anchor]] = {}
        self.latest: dict[str, tuple[int, Area]] = {}  # level -> the place named last, where it was named alone
        self.last: AreaMention | None = None
        self.named_end = 0  # its end
        self.office: Token | None = None  # the last body or office, the last person, before the place looked at
        self.person: Token | None = None
        self.here: list[int] = []  # positions of "ở đây"
        self.titled: dict[str, Area | None] = {}  # level -> the one unit of it that the title is about, None for several
        self.closing: dict[int, int | None] = {}  # group -> where the reach of its members ends
        self.collect(hits)

    def collect(self, hits: list[Token]) -> None:
        """Merge mentions and place words in order of position, so that bare words can look back."""
        mentions = iter(self.mentions)
        nxt = next(mentions, None)
        taken = 0
        for token in hits:
            while nxt is not None and nxt.start <= token.start:
                self.add_mention(nxt)
                taken = max(taken, nxt.end)
                nxt = next(mentions, None)
            if token.start < taken:
                continue
            kind = token.kind
            if kind == "type":
                self.add(self.of_bare_type(token))
            elif kind == "whole":
                self.add(self.of_whole(token))
            elif kind == "office":
                self.office = token
            elif kind == "person":
                self.person = token
            elif kind == "here":
                self.here.append(token.start)
            elif kind == "foreign":
                self.add(self.of_foreign(token))
        while nxt is not None:
            self.add_mention(nxt)
            nxt = next(mentions, None)

    def add(self, anchor: Anchor | None) -> None:
        if anchor is not None:
            i = max(bisect_right(self.starts, anchor.start) - 1, 0)
            self.by_sentence.setdefault(i, []).append(anchor)

    def add_mention(self, m: AreaMention) -> None:
        anchor = self.of_mention(m)
        self.add(anchor)
        if m.start < self.text.title_end <= _LONGEST_TITLE:
            own = self.where.places.get(m.area.level)
            alone = anchor.role == "strong" and m.area.level not in self.titled and (own is None or own.path != m.area.name)
            self.titled[m.area.level] = m.area if alone else None
        self.named_end, self.last = m.end, m
        if self.sizes[m.group] == 1:
            self.latest[m.area.level] = (m.start, m.area)
        if m.address is not None:
            self.latest[m.address.level] = (m.start, m.address)

    def in_sentence(self, i: int) -> Sequence[Anchor]:
        return self.by_sentence.get(i, ())

    def sentence_of(self, position: int) -> Sentence:
        return self.text.sentences[max(bisect_right(self.starts, position) - 1, 0)]

    # -- left context

    def left(self, position: int, width: int = 70) -> str:
        """Folded text of the same sentence before a position, with a space in front so that whole words can be matched at its end."""
        begin = max(self.sentence_of(position).start, position - width)
        return " " + self.text.folded[begin:position].replace("(", " ").rstrip()

    def at_head(self, position: int, conjunctions: frozenset[str]) -> bool:
        """Does a clause begin here?"""
        folded, begin = self.text.folded, self.sentence_of(position).start
        i = position - 1
        while i >= begin and folded[i] == " ":
            i -= 1
        if i < begin or folded[i] in _CLAUSE_STARTS:
            return True
        word_start = max(folded.rfind(" ", begin, i + 1) + 1, begin)
        word = folded[word_start : i + 1].lstrip('(“"')
        return word in conjunctions or (word.isdigit() and len(word) == 4) or (len(word) > 4 and word[-4:].isdigit() and word[-5] in "/-.")

    # -- kinds of anchors

    def of_mention(self, m: AreaMention) -> Anchor:
        left = _FILLER_RE.sub("", self.left(m.start))
        role = self.role(m, left)
        subject = self.at_head(m.start, _CONJUNCTIONS)
        after = self.text.folded[m.end : m.end + 3]
        if m.group not in self.closing:
            self.closing[m.group] = self.closes_clause(m)
        closes = self.closing[m.group]
        if after.startswith((" (", "(")) and after.lstrip(" (")[:1].isdigit() and self.text.folded[m.start - 1 : m.start] != "(":
            closed = self.text.folded.find(")", m.end, m.end + 100)
            closes = closes if closed < 0 else closed
        return Anchor(m.start, m.end, m.area, role, subject, left.endswith(_EXAMPLE), "area.named", m.group, closes)

    def closes_clause(self, m: AreaMention) -> int | None:
        """Where the talk of a place ends that only names whom a count is of ("có 1 xã đạt chuẩn là A; 22 sản phẩm OCOP") or that was
        recognised before others are counted ("huyện A được công nhận đạt chuẩn; 63 khu dân cư được công nhận").
        """
        folded, sentence = self.text.folded, self.sentence_of(m.start)
        if folded[m.start - 4 : m.start] in _LINKS:
            count = _COUNT_IS_RE.search(folded, max(sentence.start, m.start - _COUNT_IS), m.start)
            if count is None or _SUPERLATIVE_RE.search(folded, max(sentence.start, count.start() - 40), m.start):
                return None
            stop = _NEXT_PREDICATE_RE.search(folded, m.end, sentence.end)
            return None if stop is None else stop.start()
        stop_at = folded.find(";", m.end, min(sentence.end, m.end + 250))
        recognised = _RECOGNISED_RE.match(folded, m.end, sentence.end) if stop_at >= 0 else None
        return None if recognised is None else recognised.start("stop")

    def role(self, m: AreaMention, left: str) -> Role:
        folded = self.text.folded
        if m.area.flag == "other_day" and folded.startswith(_STILL, m.end):
            begin = max(self.sentence_of(m.start).start, m.start - 40)
            after = _STILL_RE.sub("", folded[m.end : m.end + 40], count=1).split()
            leads = _REGION_OF_OLD_RE.search(folded[begin : m.start].rstrip()) is not None
            return "strong" if leads and after and after[0].strip("(:") in _VERBS_ELSEWHERE else "blocked"
        if left.endswith(" thuộc") and self.last is not None and m.start - self.last.end < 40 and RANK[m.level] < RANK[self.last.level]:
            return "blocked"  # "xã A, trước đây thuộc huyện B"
        if left.endswith((" của", " thuộc")) and self.last is not None and RANK[m.level] < RANK[self.last.level]:
            link = folded[self.last.end : m.start] if m.start - self.last.end < 80 else ""
            if " là " in link and not any(ch in ",;.:\n" or ch.isdigit() for ch in link):
                return "blocked"  # "xã A là điểm sáng của huyện B"
        if left.endswith(_COMPARED):
            return "compared"
        if m.level == "region" and (left.endswith(_NOT_WHOLE) or _RANK_RE.search(left) or left.endswith(_AND_REGION)):
            return "blocked"  # "đứng đầu các tỉnh Tây Bắc", "đầu tiên của tỉnh và vùng"
        if _SOMEONE_RE.search(left):
            return "blocked"
        if left.endswith(_PASSING_OR_VENUE):
            return "blocked"
        begin = self.sentence_of(m.start).start
        if self.office is not None and self.office_of(m, self.office, begin):
            return "weak"
        someone = self.person
        near = someone is not None and someone.end > begin and m.start - someone.end < 60
        if someone is not None and near and _ADDRESS_RE.fullmatch(folded, someone.end + 1, m.start):
            return "blocked"
        if left.endswith((" tại", " ở")) and _HELD_RE.match(folded, m.end):
            return "blocked"
        if self.outside(m) and not self.states(m, left):
            return "blocked"
        return "strong"

    def office_of(self, m: AreaMention, office: Token, begin: int) -> bool:
        """Is the place part of a body's name: "UBND huyện A", "Sở Nông nghiệp và PTNT tỉnh B"?"""
        if office.start < begin or m.start - office.end > 70:
            return False
        gap = self.text.folded[office.end : m.start]
        if any(ch in gap for ch in ",.;:()"):
            return False
        return not gap.strip() or _OFFICE_STOP_RE.search(gap) is None

    def outside(self, m: AreaMention) -> bool:
        """Neither in the portal's unit nor above it."""
        own = self.where.own
        if own is None or own.code is None or m.area.level in ("region", "country"):
            return False
        if m.area.code is not None and any(p.code == m.area.code and p.level == m.area.level for p in self.where.places.values()):
            return False
        if own.level == "province" and (m.parents[0] or m.area.code, False) in self.where.provinces:
            return False  # what the province was made of
        return own.code not in m.parents

    def states(self, m: AreaMention, left: str) -> bool:
        """Is a place elsewhere clearly what is spoken of: at the head of a clause with a verb or a figure behind it, or "của X"?"""
        if left.endswith(" của"):
            return True
        after = self.text.folded[m.end : m.end + 14].lstrip()
        first = after.split(" ", 1)[0].strip("(,:")
        figure = after.lstrip("(")[:1].isdigit()
        says = first in _VERBS_ELSEWHERE or after.startswith((",", ":"))
        return figure or (says and self.at_head(m.start, _CONJUNCTIONS))

    def of_whole(self, token: Token) -> Anchor | None:
        left = self.left(token.start)
        after = self.text.folded[token.end : token.end + 12]
        if _PART_RE.search(left) or _RANK_RE.search(left) or after.startswith(" nói chung"):
            role: Role = "blocked"  # "bằng 1/5 số xã của toàn quốc" is about the part
        elif left.endswith(_NOT_WHOLE) and not left.endswith((" tính chung", *_AVERAGE)):
            role = "blocked"
        elif left.endswith((*_COMPARED, *_AVERAGE)):
            role = "strong" if left.endswith(" mức chung") else "compared"
        else:
            role = "strong"
        area = self.bind(token.value, token.start, _KIND_OF_WHOLE.get(self.text.folded[token.start : token.end].split(" ", 1)[-1]))
        if area is None:
            return None
        return Anchor(token.start, token.end, area, role, True, False, "area.whole", bound=True)

    def of_bare_type(self, token: Token) -> Anchor | None:
        """ "huyện phấn đấu", "của tỉnh": the unit of that level which is spoken of. Counted or general uses ("5 xã", "các xã") are none."""
        folded = self.text.folded
        after = folded[token.end : token.end + 12].lstrip()
        first = after.split(" ", 1)[0].strip(",.;:()")
        before = (folded[max(token.start - 8, 0) : token.start].split() or [""])[-1]
        if first not in _VERBS and before not in ("của", "trong", "nội", "khắp", "bàn"):
            return None
        kind = token.value
        level = {"Tỉnh": "province", "Thành phố": "city", "Vùng": "region"}.get(kind) or (
            "commune" if kind in ("Xã", "Phường", "Thị trấn", "Đặc khu") else "district"
        )
        if level == "region" and (before != "của" or "region" not in self.latest):
            return None  # "vùng" is most often that of the ethnic minorities, which is no unit
        left, subject = self.left(token.start), True
        if left.endswith(_UNIT_LISTS):
            return None  # "15/15 xã, thị trấn đạt"
        if left.endswith(_OF_OR_IN):
            if _ADJECTIVE_RE.sub("", left).endswith(_PLAN_OF) or first in _NOT_UNIT:
                return None
            if left.endswith(" trong") and first in ("đạt", "có") and _PEOPLE_IN_RE.search(left) is None:
                return None
            subject = False
            link = folded[self.named_end : token.start] if token.start - self.named_end < 60 else "-"
            if link.strip() in _OF_WORDS or (" là " in link and not any(ch in link for ch in ",;.:\n")):
                return None  # "xã A của huyện", "xã A là điểm sáng của huyện"
        elif not (first in _VERBS and self.at_head(token.start, _BARE_CONJUNCTIONS)):
            return None
        area = self.bind(level, token.start, kind)
        own = self.where.own
        if area is None or (subject and own is not None and RANK.get(area.level, 9) < RANK[own.level] and first not in _VERBS_ABOVE):
            return None  # "tỉnh hỗ trợ 45 tỷ đồng" in the paper of a district
        return Anchor(token.start, token.end, area, "strong", subject, False, "area.type_word", bound=True)

    def of_foreign(self, token: Token) -> Anchor | None:
        """A place abroad counts only as what the clause is about: "tại Lào, tỷ lệ hộ nghèo", "của Lào", "tỉnh bạn có"."""
        left = self.left(token.start)
        after = self.text.folded[token.end : token.end + 8].lstrip().split(" ", 1)[0]
        head = self.at_head(token.start, frozenset({"tại", "ở", "nước"}))
        work = left.endswith((" việc tại", " việc ở", " sang", " đi", " động tại", " khẩu sang"))
        if token.value == "nước ngoài" or work or not (head and (after in _VERBS or left.endswith((" tại", " ở")))):
            return None
        area = Area("Nước ngoài", None, "foreign", "")
        return Anchor(token.start, token.end, area, "strong", True, False, "area.abroad")

    # -- binding

    def bind(self, level: str, position: int, kind: str | None = None) -> Area | None:
        """The unit that "toàn huyện" or "huyện" means: the portal's of that level, or the one named last where the talk is of it,
        or the one that the title is about. A town is no "huyện".
        """
        if level == "country":
            return Area("Cả nước", "VN", "country", "")
        if level == "city":
            level = self.city_level()
        own = self.where.places.get(level)
        named = self.latest.get(level)
        titled = self.titled.get(level) if position >= self.text.title_end else None
        if titled is not None and titled.type == (kind or titled.type) and not (named and self.same_paragraph(named[0], position)):
            return titled
        if own is not None and own.level == "district" and kind not in (None, own.type) and named and named[1].type == kind:
            return named[1]
        if titled is not None and named is not None and named[1] == titled:
            return titled
        if own is not None and (named is None or self.where.own is own or level == "province"):
            return place_area(own)
        if named and (own is None or self.same_paragraph(named[0], position)):
            return named[1]
        if own is not None:
            return place_area(own)
        above = self.where.own
        return replace(place_area(above), flag="unbound") if above is not None else None

    def city_level(self) -> str:
        """Is "thành phố" the province (Hà Nội) or the town (Sơn La)?"""
        for place in self.where.upwards:
            if place.type == "Thành phố":
                return place.level
        return "district"

    def same_paragraph(self, a: int, b: int) -> bool:
        return self.sentence_of(a).paragraph == self.sentence_of(b).paragraph


def place_area(place: Place) -> Area:
    return Area(place.path, place.code, place.level, place.type)

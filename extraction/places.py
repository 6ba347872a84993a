"""Places that a text names, resolved in the gazetteer without guessing.

A list shares its type word ("các huyện: A, B và thị xã C"), an address lends its units ("xã A, huyện B"), and what stays
ambiguous keeps its name and loses its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from extraction import gazetteer
from extraction.gazetteer import Level, Unit
from extraction.model import Text, value_class
from extraction.place_names import DAK, LEVELS, RANK, Token, canonical, names, words
from extraction.place_namesakes import Namesakes
from extraction.place_setting import MERGER, Place, Setting, nearest
from extraction.text import as_vietnamese, fold


@value_class
class Area:
    """A place in GUIDE's form: "Level Name[, Level Name]" up to the province, names as of the article's day.

    `code` is None where the name could not be resolved without guessing; `flag` says why, or what is unusual:
    unknown (not in the gazetteer), ambiguous, other_day (the unit did not exist on the article's day), other_type, elsewhere.
    """

    name: str
    code: str | None
    level: Level
    type: str
    flag: str | None = None


@value_class
class AreaMention:
    """One place as the text names it: `start` is that of its type word, `end` that of its address ("xã A, huyện B")."""

    start: int
    end: int
    name_start: int
    name_end: int
    area: Area
    parents: tuple[str | None, str | None]  # codes of province and district
    address: Area | None  # the unit that the text gives it to ("xã A, huyện B")
    typed: bool  # has a type word of its own or of its list
    group: int  # mentions of one list share it

    @property
    def level(self) -> Level:
        return self.area.level


@value_class
class _Name:
    """A name with its type word, before it is resolved."""

    start: int
    name_start: int
    end: int
    value: str | None  # canonical folded name; None when the gazetteer has none
    type: str | None  # of its own type word
    hint: str | None  # of the head of its list
    group: int


_LIST_GAPS = frozenset({",", ";", "và", ", và", "cùng", "hay", "hoặc", "với", ", cùng", "&", "/", "và các", ", các", "lẫn"})
_ADDRESS_GAPS = frozenset({",", "(", "của", "thuộc", "ở", "-", "", ", thuộc", "(thuộc", "thuộc các"})
_ITEM_GAP_RE = re.compile(
    r"\s*(?:\([^()\n]{1,60}\)|[^.!?\n()]{0,50}?\d[^.!?\n]{0,50}?)\s*"
    r"(?:[,;]|và|, và|[,;] còn|[,;] kế đến là|[,;] tiếp đến là|[,;] tiếp theo là|[,;] rồi đến)\s*"
)
_DATE_RE = re.compile(r"\b(?:tháng|năm|ngày|quý|giai đoạn)\s\d[\d/.-]*|\b\d{1,2}/\d{1,2}(?:/\d{4})?(?! xã| thôn)|\b(?:19|20)\d\d\b")
_FIGURE_RE = re.compile(r"\d|\(")
_HINT_RE = re.compile(r"(?:(?:^|\s|,)(?:như|là|gồm|gồm có|cụ thể|các|có|nhất là|kế đến là|kể cả|tại|ở)|[:(])\s*:?\s*$")
_SUFFIX_RE = re.compile(r"\s?\((huyện|thành phố|tp|thị xã|tỉnh|quận|xã|phường|thị trấn)\)")
_COPULA_RE = re.compile(
    r"(?: \([^()\n]{1,40}\))? (?:là|vốn là) (?:một )?(?:trong những |trong các )?(huyện|thành phố|thị xã|quận|xã|phường|thị trấn)\b"
)
_COUNTED_RE = re.compile(r"\s?(?:\(|với |có |còn |đạt |được |: )?\d[\d.,/]*\s+(?:xã|phường|thị trấn)\b")
_ACRONYM_RE = re.compile(r"[A-ZĐ]{2,}\Z")
_GLUED_RE = re.compile(r"[^\W\d_A-ZĐ][A-ZĐ]")
_STILL = tuple(f" {w}" for w in words("still"))
_LONGEST_SHARED = 8
_PRESIDENT = "hồ chí minh"
_SPACES = " \u00a0"


def read_places(text: Text, hits: list[Token], where: Setting) -> list[AreaMention]:
    """All places that the text names by name, in order; wholes and bare type words are not among them."""
    found = list(_find(text, hits))
    reader = _Resolver(text, where, {n.value: n.type for n in found if n.type is not None and n.value is not None})
    out: list[AreaMention] = []
    i = 0
    while i < len(found):
        chain = [found[i]]
        while i + len(chain) < len(found) and reader.encloses(chain[-1], found[i + len(chain)]):
            chain.append(found[i + len(chain)])
        i += len(chain)
        mention = reader.resolve_chain(chain, _shared_address(found, i, chain, reader))
        if mention is not None:
            out.append(mention)
    return _settled(out, text)


def _shared_address(found: list[_Name], i: int, chain: list[_Name], reader: _Resolver) -> _Name | None:
    """The address behind the last of a list, which is that of all: "hai xã A, B (huyện C)"."""
    if len(chain) > 1 or (chain[0].type is None and chain[0].hint is None):
        return None
    for j in range(i, min(i + _LONGEST_SHARED, len(found) - 1)):
        if found[j].group != chain[0].group:
            return None
        if reader.encloses(found[j], found[j + 1]):
            return found[j + 1]
    return None


def _settled(mentions: list[AreaMention], text: Text) -> list[AreaMention]:
    """A name left open in one place ("xã Tam Nghĩa" in the title) is what the article says in another ("xã Tam Nghĩa, huyện Núi Thành")."""
    open_ones = [m for m in mentions if m.area.code is None]
    if not open_ones:
        return mentions
    told: dict[tuple[str, str], set[AreaMention]] = {}
    for m in mentions:
        if m.address is not None:
            told.setdefault((m.level, _squash(text.raw[m.name_start : m.name_end])), set()).add(m)
    out = []
    for m in mentions:
        known = (
            told.get((m.level, _squash(text.raw[m.name_start : m.name_end])), set()) if m.area.code is None and m.address is None else set()
        )
        if len({k.area for k in known}) == 1:
            other = next(iter(known))
            m = replace(m, area=other.area, parents=other.parents)
        out.append(m)
    return out


# ---- finding


def _find(text: Text, hits: list[Token]) -> Iterator[_Name]:
    """Names with the type word that stands before them or at the head of their list."""
    folded = text.folded
    head: Token | None = None  # the last type word
    previous: _Name | None = None
    listed: _Name | None = None  # the name before an address in parentheses: "Ngọc Thiện, Cao Xá (huyện Tân Yên); Đoan Bái (…)"
    group = 0
    for i, token in enumerate(hits):
        if token.kind == "type":
            head = token
            after = hits[i + 1] if i + 1 < len(hits) else None
            follows = after is not None and after.kind in ("name", "type", "foreign") and _adjoins(folded, token.end, after.start)
            if not follows and (run := _unknown_run(text, token.end)) is not None:
                group += not _listed(folded, previous, token.start)
                previous = _Name(token.start, run[0], run[1], None, token.value, None, group)
                yield previous
            continue
        if token.kind != "name" or (previous is not None and previous.end > token.start):
            continue
        typed = head is not None and _adjoins(folded, head.end, token.start)
        if typed and token.value.isdigit() and head is not None and not _numbered(text, head, token):
            continue  # "mỗi huyện 2 xã"
        kind = hint = None
        start = token.start
        if typed and head is not None:
            kind, start = head.value, head.start
        elif (token.value.isdigit() or len(token.value) < 3) and not _listed(folded, previous, start):
            continue
        in_list = _listed(folded, previous, start)
        if typed and previous is not None and folded[previous.end : start].strip() == "(" and kind in _OUTER_TYPES:
            listed = previous if previous.type or previous.hint else None
        resumes = not typed and listed is not None and previous is not None and _after_address(folded, previous.end, start)
        if resumes and listed is not None:
            in_list, hint, group = True, listed.type or listed.hint, listed.group
        if not typed:
            if resumes:
                pass
            elif in_list and previous is not None:
                hint = previous.type or previous.hint
            elif head is not None and _governs(folded, head, previous, token):
                hint = head.value
            if token.value == _PRESIDENT and not in_list and text.raw.startswith("H", start):
                continue  # "phong cách Hồ Chí Minh" is a person; the city is written with its type
            if not _stands_alone(text, token, listed=in_list or hint is not None):
                continue
        elif _runs_on(text.raw, token.end) and (run := _unknown_run(text, token.start)) is not None and not _whole_name(token, kind):
            group += not in_list
            previous = _Name(start, run[0], run[1], None, kind, None, group)
            yield previous
            continue
        if kind is None and hint is None and (copula := _COPULA_RE.match(folded, token.end)):
            hint = _type_of(copula.group(1))
        end = token.end
        if suffix := _SUFFIX_RE.match(folded, end):
            kind, end = _type_of(suffix.group(1)), suffix.end()
        group += not in_list
        previous = _Name(start, token.start, end, token.value, kind, hint, group)
        yield previous


def _numbered(text: Text, head: Token, token: Token) -> bool:
    """ "Quận 6" is a name, "mỗi xã, phường 1 sản phẩm" is not."""
    if head.value not in ("Quận", "Phường"):
        return False
    after = text.folded[token.end : token.end + 1]
    return (
        text.raw[head.start].isupper() or after in ",;:.)\n" or not text.folded[: head.start].rstrip().endswith((",", "mỗi", "và", "các"))
    )


def _type_of(word: str) -> str:
    return "Thành phố" if word == "tp" else word.capitalize()


def _adjoins(folded: str, end: int, start: int) -> bool:
    """Does the name follow its type word at once or after a word like "điểm" ("xã điểm Nà Chì")?"""
    gap = folded[end:start]
    if "\n" in gap or len(gap) > 24:
        return False
    between = gap.strip()
    return (not between and len(gap) <= 2) or between in _ADJECTIVES


def _listed(folded: str, previous: _Name | None, start: int) -> bool:
    """Does only a list separator stand between the previous name and here?"""
    return previous is not None and 0 < start - previous.end <= 8 and folded[previous.end : start].strip() in _LIST_GAPS


_OUTER_TYPES = frozenset({"Huyện", "Thị xã", "Thành phố", "Tỉnh", "Quận"})


def _after_address(folded: str, end: int, start: int) -> bool:
    """Does a list of places go on behind the address of the one before: "A (huyện B); C"?"""
    return start - end <= 8 and folded[end:start].strip() in (");", "),", ") và", "), và")


def _governs(folded: str, head: Token, previous: _Name | None, token: Token) -> bool:
    """Is this bare name one of the units that a type word announced: "các huyện còn lại gồm: A", "A (6 xã), B (4 xã)"?"""
    between = folded[max(head.end, token.start - 160) : token.start]
    if "\n" in between or ". " in between:
        return False
    if _HINT_RE.search(between) is not None:
        return not (previous is not None and folded[previous.end : token.start].strip() == "(")  # the address of a name
    if previous is None or previous.name_start < head.end or head.value not in (previous.type, previous.hint):
        return False
    item = _ITEM_GAP_RE.fullmatch(folded, previous.end, token.start)
    return item is not None and _FIGURE_RE.search(_DATE_RE.sub("", item.group())) is not None


def _unknown_run(text: Text, at: int) -> tuple[int, int] | None:
    """Two or more capitalised words from here: a unit that the gazetteer does not know. Acronyms and all-capital lines do not count."""
    raw, size = text.raw, text.body_end
    while at < size and raw[at] in _SPACES:
        at += 1
    begin, count = at, 0
    while at < size and raw[at].isupper():
        end = at
        while end < size and (raw[end].isalnum() or raw[end] in "'’´-"):
            end += 1
        if _ACRONYM_RE.match(raw[at:end]):
            break
        if _GLUED_RE.search(raw, at, end):
            return None  # "Tân SơnGửi phản hồi"
        count, last = count + 1, end
        if end < size and raw[end] in _SPACES and end + 1 < size and (raw[end + 1].isupper() or (raw[end + 1].isdigit() and count > 1)):
            if raw[end + 1].isdigit():
                digits = end + 1
                while digits < size and raw[digits].isdigit():
                    digits += 1
                if digits - end <= 3 and (digits == size or raw[digits] in ",;:.)\n"):
                    last = digits
                break
            at = end + 1
            continue
        break
    if count < 2 or count > 4:
        return None
    return begin, last


def _squash(name: str) -> str:
    return fold(name).replace(" ", "").replace("\u00a0", "")


def _whole_name(token: Token, kind: str | None) -> bool:
    """May the name end here although a capitalised word follows? Yes for provinces and districts ("tỉnh Sơn La Nguyễn Văn A")."""
    return any(u.type_vi == kind and u.level in ("province", "district") for u in names().units[token.value])


def _runs_on(raw: str, end: int) -> bool:
    """Does a capitalised word follow at once?"""
    return end + 1 < len(raw) and raw[end] in _SPACES and raw[end + 1].isupper()


def _stands_alone(text: Text, token: Token, *, listed: bool) -> bool:
    """A bare name must be a whole capitalised run, and stand at the head of a clause or after a word that a place can follow."""
    raw, folded, start = text.raw, text.folded, token.start
    if _runs_on(raw, token.end) and not _ACRONYM_RE.match(raw[token.end + 1 : token.end + 3]):
        return False
    if listed:
        return True
    left = start - 1
    while left >= 0 and raw[left] in _SPACES:
        left -= 1
    if left < 0 or not (raw[left].isalnum() or raw[left] in "’'"):
        return left < 0 or raw[left] not in "-–/&" or raw[left - 1 : left] in _SPACES
    begin = left
    while begin > 0 and raw[begin - 1].isalnum():
        begin -= 1
    word = folded[begin : left + 1]
    if word.isdigit():
        return len(word) == 4 or raw[begin - 1 : begin] in "/.-"
    return word in _BEFORE or word in _OFFICE_TAILS


_ADJECTIVES = frozenset(words("type_adjective"))
_BEFORE = frozenset(words("before_name"))
_OFFICE_TAILS = frozenset(w.split(" ")[-1] for w in words("office")) | {"tỉnh", "huyện", "xã", "dân", "nước"}


# ---- resolving


class _Resolver:
    """Resolves names from left to right; what was named before decides between namesakes."""

    def __init__(self, text: Text, where: Setting, typed: dict[str, str]) -> None:
        self.text, self.where = text, where
        self.typed = typed  # names that have a type word somewhere in the article
        self.known = gazetteer.load()
        self.units = names().units
        self.namesakes = Namesakes(text, where.day)
        self.recent: str | None = where.code("district")  # the district named last
        self.recent_province: str | None = where.code("province")

    def encloses(self, inner: _Name, outer: _Name) -> bool:
        """Is `outer` the address of `inner`: "xã A, huyện B", "A (tỉnh C)"?"""
        folded = self.text.folded
        if not 0 < outer.start - inner.end <= 10 or folded[inner.end : outer.start].strip() not in _ADDRESS_GAPS:
            return False
        if "\n" in folded[inner.end : outer.start] or outer.value is None:
            return False
        level = self.level_of(inner)
        if outer.type is None and outer.hint is not None and self.candidates(outer, outer.hint):
            return False  # the next of a list
        above = [RANK[u.level] for u in self.units[outer.value] if outer.type is None or u.level in LEVELS[outer.type]]
        if outer.type is None and inner.type is None and inner.hint is None and RANK[level] <= RANK["province"]:
            return False
        return any(RANK["province"] <= rank < RANK[level] for rank in above)

    def level_of(self, name: _Name) -> Level:
        kind = name.type or name.hint
        if kind is not None:
            return LEVELS[kind][-1]
        own = self.where.own
        if own is not None and name.value == canonical(own.path.split(", ")[0].removeprefix(own.type + " ")):
            return own.level
        levels = {u.level for u in self.units[name.value or ""]}
        order: tuple[Level, ...] = ("province", "district", "commune", "region")
        return next((level for level in order if level in levels), "unknown")

    def resolve_chain(self, chain: list[_Name], shared: _Name | None = None) -> AreaMention | None:
        parent: Unit | None = None
        for outer in reversed(chain[1:]):
            unit, _ = self.choose(outer, parent)
            parent = unit or parent
        first = chain[0]
        unit, flag = self.choose(first, parent)
        if parent is not None and self.where.day >= MERGER and self.former(chain[-1].end):
            today, doubt = self.choose(first, None)
            if today is not None and doubt is None and today.valid_from <= self.where.day <= today.valid_to:
                unit, flag, parent = today, None, None  # "xã A (huyện B cũ)": the commune of today; what it was part of only explains
        if shared is not None and (common := self.choose(shared, None)[0]) is not None:
            under, doubt = self.choose(first, common)
            if under is not None:
                unit, flag = under, doubt
        if unit is None and flag is None:
            return None
        for named in (parent, unit):
            if named is not None and named.level == "district":
                self.recent, self.recent_province = named.code, named.province
            elif named is not None and named.level == "province":
                self.recent_province = named.code
        area = self.area(first, unit, flag) if unit is not None else self.unresolved(first, parent, flag or "unknown")
        above = (unit.province, unit.district) if unit is not None else (self.where.code("province"), self.recent)
        typed = first.type is not None or first.hint is not None
        address = self.area(chain[1], parent, None) if parent is not None else None
        return AreaMention(first.start, chain[-1].end, first.name_start, first.end, area, above, address, typed, first.group)

    def former(self, end: int) -> bool:
        """Is the unit that ends here one of before: "huyện B cũ", "thuộc huyện B trước đây"?"""
        return self.text.folded.startswith(_STILL, end)

    def area(self, name: _Name, unit: Unit, flag: str | None) -> Area:
        """Names of the day; the unit's own name as the text writes it where spellings compete (Đắk, apostrophes), as GUIDE's areas do."""
        if flag is None:
            for place in self.where.upwards:
                if place.code == unit.code and place.level == unit.level:
                    return Area(place.path, unit.code, unit.level, unit.type_vi)
        kind = unit.type_vi
        if unit.level == "region":
            flag = None
        elif flag == "other_type" and name.type is not None:
            kind = name.type
        own = f"{kind} {self.written(name, unit)}".strip()
        _, comma, above = self.known.path(unit, self.where.day).partition(", ")
        return Area(own + comma + above, unit.code, unit.level, kind, flag)

    def written(self, name: _Name, unit: Unit) -> str:
        surface = as_vietnamese(self.text.raw[name.name_start : name.end]).split(" (")[0]
        if surface == unit.name or surface.isupper() or unit.level == "province":
            return unit.name
        if unit.level == "region":
            return surface[:1].upper() + surface[1:]
        official, here = fold(unit.name), fold(surface)
        if official == here:
            return surface if "'" in official else unit.name
        competing = "'" in official or any(w in DAK for w in official.split(" "))
        same_end = here.rsplit(" ", 1)[-1] == official.rsplit(" ", 1)[-1]
        return surface if (competing and same_end) or _squash(surface) == _squash(unit.name) else unit.name

    def unresolved(self, name: _Name, parent: Unit | None, flag: str) -> Area:
        """A name without a code: under the parent that the text gives, else under the portal's own units."""
        kind = name.type or name.hint or ""
        level = LEVELS[kind][-1] if kind else "district"
        written = as_vietnamese(self.text.raw[name.name_start : name.end]).split(" (")[0]
        own = f"{kind} {written}".strip()
        if kind == "Tỉnh":
            return Area(own, None, "foreign", kind, flag)
        above = ""
        if parent is not None:
            above = self.known.path(parent, self.where.day)
        else:
            wanted = ("district", "province") if level == "commune" and self.where.day < MERGER else ("province",)
            if "district" in wanted and self.recent and (unit := self.known.at(self.recent, self.where.day)) and flag == "unknown":
                above = self.known.path(unit, self.where.day)
            for key in wanted:
                if not above and key in self.where.places:
                    above = self.where.places[key].path
        return Area(f"{own}, {above}" if above else own, None, level, kind, flag)

    # -- choosing among namesakes

    def candidates(self, name: _Name, kind: str) -> list[Unit]:
        return [u for u in self.units[name.value or ""] if u.level in LEVELS[kind] and (u.level == "province" or self.local(u))]

    def local(self, u: Unit) -> bool:
        """In the portal's province, or in those that it was made of; in the national press, in the district or province named last."""
        if self.where.national:
            return u.district == self.recent if u.level == "commune" and self.recent else u.province == self.recent_province
        return (u.province, u.valid_to > MERGER) in self.where.provinces

    def choose(self, name: _Name, parent: Unit | None) -> tuple[Unit | None, str | None]:
        """The unit and a flag; (None, flag) when the name must stay open, (None, None) when it is no place at all."""
        if name.value is None:
            return (None, "unknown") if name.type and name.type != "Vùng" else (None, None)
        units: Iterable[Unit] = self.units[name.value]
        if name.type is None and name.hint is None:
            unit, doubt = self.choose_bare(name, list(units), parent)
            if unit is not None or doubt is not None or name.value not in self.typed:
                return unit, doubt
            name = replace(name, hint=self.typed[name.value])  # "Mường Lát" where the article says "huyện Mường Lát" too
        kind = name.type or name.hint or ""
        found = [u for u in units if u.level in LEVELS[kind]]
        if not found and kind == "Tỉnh":
            found = [u for u in units if u.level == "region"]  # "các tỉnh Tây Bắc"
        if name.hint == "Xã" and name.type is None and _COUNTED_RE.match(self.text.folded, name.end):
            found = []  # "A (12 xã)": what has communes is none
        if kind == "Thành phố" and len({u.level for u in found}) > 1:
            found = self.city(found)
        if parent is not None:
            under = [u for u in found if parent.code in (u.province, u.district)]
            found = under or [u for u in found if u.level == "province"]
            if not found:
                return (None, "unknown")
        near = [u for u in found if u.level in ("province", "region") or parent is not None or self.local(u)]
        if not near and parent is None:
            if (name.value or "").isdigit() and not self.where.national:
                return None, None
            return self.elsewhere(name, found, kind)
        return self.one_of(near, kind, exact=name.type is not None)

    def city(self, found: list[Unit]) -> list[Unit]:
        """ "Thành phố X": of the province's level where the province is a city on that day, else the town inside it."""
        now = [u for u in found if u.valid_from <= self.where.day <= u.valid_to]
        cities = [u for u in now if u.level == "province" and u.type_vi == "Thành phố"]
        return cities or [u for u in now if u.level == "district"] or [u for u in found if u.level == "district"] or found

    def elsewhere(self, name: _Name, found: list[Unit], kind: str) -> tuple[Unit | None, str | None]:
        """A unit that the portal's province does not have: only a district or town that there is once in the country."""
        towns = [u for u in found if u.type_vi == kind and u.level == "district"]
        if self.where.national:
            towns = [u for u in towns if u.province == self.recent_province] or towns
        if len({u.code for u in towns}) == 1:
            return nearest(towns, self.where.day), None if self.where.national else "elsewhere"
        if name.type is None:
            return self.choose_bare(replace(name, hint=None), list(self.units[name.value or ""]), None)
        return (None, "ambiguous") if self.where.national and found else (None, "unknown")

    def one_of(self, near: list[Unit], kind: str, *, exact: bool) -> tuple[Unit | None, str | None]:
        day = self.where.day
        now = [u for u in near if u.valid_from <= day <= u.valid_to]
        pool = [u for u in now if u.type_vi == kind]
        flag = None
        if not pool and not exact and now:
            pool = now
        if not pool:
            pool = [u for u in near if u.type_vi == kind]
            flag = "other_day"
        if not pool and now:
            pool, flag = now, "other_type"
        if not pool:
            pool, flag = near, "other_day"
        return self.single(pool, flag)

    def single(self, pool: list[Unit], flag: str | None) -> tuple[Unit | None, str | None]:
        codes = {(u.code, u.province) for u in pool}
        if len(codes) > 1:
            own = {(p.code, p.level) for p in self.where.places.values()}
            kept = [u for u in pool if (u.code, u.level) in own] or [u for u in pool if u.district and u.district == self.recent]
            if len({(u.code, u.province) for u in kept}) == 1:
                pool = kept
            elif (
                flag == "other_day"
                and (latest := nearest(pool, self.where.day))
                and len({u.code for u in pool}) == 2
                and self.where.day >= MERGER
            ):
                pool = [latest]  # the unit of today and its namesake of before
            else:
                return (None, "ambiguous")
        unit = nearest(pool, self.where.day)
        return unit, flag

    def choose_bare(self, name: _Name, units: list[Unit], parent: Unit | None) -> tuple[Unit | None, str | None]:
        """Without a type word: the portal's own units first, then a province, then what its own province has once."""
        day = self.where.day
        if parent is not None:
            units = [u for u in units if parent.code in (u.province, u.district)]
        own: list[tuple[Place, Unit]] = []
        for place in self.where.upwards:
            for u in units:
                if u.code == place.code and u.level == place.level and u.valid_from <= day <= u.valid_to:
                    own.append((place, u))
        if own:
            meant = self.namesakes.meant([p for p, _ in own], name.start, name.end) if len(own) > 1 else own[0][0]
            return next(u for p, u in own if p is meant), None
        counted = _COUNTED_RE.match(self.text.folded, name.end) is not None
        for level in ("province", "region", "district", "commune"):
            pool = [u for u in units if u.level == level]
            if level == "commune":
                if counted or len((name.value or "").split(" ")) < 2:
                    break
                within = self.where.code("district")
                pool = [u for u in pool if (u.district == within if within else day >= MERGER and u.valid_to > MERGER)]
            if level in ("district", "commune"):
                pool = [u for u in pool if parent is not None or self.local(u)]
            now = [u for u in pool if u.valid_from <= day <= u.valid_to]
            if (
                level == "district"
                and not now
                and day >= MERGER
                and any(u.level == "commune" and self.local(u) and u.valid_to > MERGER for u in units)
            ):
                continue  # a commune has taken the district's name
            pool, flag = (now, None) if now else (pool, "other_day")
            if pool:
                unit, doubt = self.single(pool, flag)
                return (unit, doubt) if unit is not None else (None, "ambiguous" if level == "district" else None)
        return None, None

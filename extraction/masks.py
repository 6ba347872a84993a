"""Numbers that are no quantities: dates, document numbers, phones, addresses, labels, ages, bands, prices.

More numbers of an article are of this kind than are claims (notes/extraction.md, section 0), so they are found first and everything
after works on what is left. Every number is judged on the spot by what stands before and after it: look-ups in labels.csv and
units.csv, and a few anchored patterns; no pattern ever searches the text.

Kinds of masks
  url email phone code counter   "0277.3851xxx", "covid-19", "Lượt xem: 88"
  date clock period              "28/6", "5.2022", "15 giờ 30", "2016-2020", "quý 2", "9 tháng đầu năm"
  docno programme                "567/QĐ-TTg", "Nghị định 07", "Chương trình 135"
  label address                  "tiêu chí số 10", "khu vực 3", "lần thứ 12", "Tổ 2", "Quốc lộ 6"
  list                           "1.", "(2)", "1 2 3 4" of a pager
  duration age grade             "36 tháng", "từ 6 đến 11 tuổi", "từ 3 sao trở lên"
  band                           "dưới 10 tiêu chí" in "xã dưới 10 tiêu chí", "15-18 tiêu chí" in "25 xã đạt 15-18 tiêu chí"
  structure                      "3 nhóm mục tiêu", "10 dự án thành phần"
  money_rate                     "95.000 đồng/kg"
  slogan                         "mỗi xã một sản phẩm"
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from extraction.amounts import Amount, amounts_of
from extraction.model import ArticleContext, Mask, Text
from extraction.numbers import number_words, word_at
from extraction.terms import read_lexicon
from extraction.text import fold
from extraction.units import UnitHit, comparator_after, comparator_before, context_words, start_of_words, unit_at, words_before


class Label(NamedTuple):
    kind: str
    when: str  # see labels.csv


_DIGITS_RE = re.compile(r"[0-9]+")
_CODE_RE = re.compile(r"[0-9]+(?:[ .\-/]?[0-9x]+){0,8}")
_LEXEME_RE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")

# Patterns matched at the first digit of a number, in this order; the group name up to "__" is the kind of the mask.
_AT_RE = re.compile(
    r"(?P<date__dmy>(?:0?[1-9]|[12][0-9]|3[01]) ?[/.\-] ?(?:0?[1-9]|1[0-2]) ?[/.\-] ?(?:19|20)[0-9]{2}(?![0-9]))"
    r"|(?P<date__dmy_short>(?:0[1-9]|[12][0-9]|3[01])(?P<s2>[/.])(?:0[1-9]|1[0-2])(?P=s2)[0-9]{2}(?![0-9/]|[.,][0-9]))"
    r"|(?P<date__ymd>(?:19|20)[0-9]{2}[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12][0-9]|3[01])(?![0-9]))"
    r"|(?P<period__years>(?:19|20)[0-9]{2} ?(?:-|&?ndash;|đến|tới|~) ?(?:năm )?(?:19|20)[0-9]{2}(?![0-9]|[.,][0-9]))"
    r"|(?P<period__years_short>(?:19|20)[0-9]{2}[-/][0-9]{2}(?![0-9/]|[.,][0-9]|-[0-9]))"
    r"|(?P<clock__time>[0-2]?[0-9](?: ?giờ ?| ?h ?|g|:)[0-5][0-9](?:(?: ?phút|:[0-5][0-9]| ?am| ?pm)(?![^\W\d_]))?(?![0-9]))"
    r"|(?P<clock__day>24/24(?: ?giờ| ?h)?(?![0-9])|24/7(?! *[0-9/])(?<!ngày 24/7)(?<!sáng 24/7)(?<!chiều 24/7)(?<!tối 24/7)(?<!hôm 24/7))"
    r"|(?P<phone__paren>0[0-9]{1,4}\) ?[0-9]{3,4}(?:[ .\-]?[0-9x]{2,4}){1,2}(?![0-9]))"
    r"|(?P<phone__masked>[0-9]{2,6}(?:[. ][0-9]{1,6}){0,3}[. ]?x{2,8})"
    r"|(?P<phone__local>0[0-9]{2,4}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3,4}(?:[ .\-]?[0-9]{1,3})?(?![0-9%]))"
    r"|(?P<phone__grouped>0[0-9]{2,4}(?:[ .\-][0-9]{2,4}){1,3}[ .\-][0-9]{1,4}(?![0-9%]))"
    r"|(?P<phone__hotline>1[89]00[ .]?[0-9]{4}(?![0-9]))"
    r"|(?P<phone__international>84[ .\-]?[0-9]{2,3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3,4}(?![0-9]))"
)
_MONTH_YEAR_RE = re.compile(r"(?:0?[1-9]|1[0-2]) ?[/.\-] ?(?:19|20)[0-9]{2}(?![0-9]|[.,][0-9])")
_DAY_MONTH_RE = re.compile(r"(?P<day>[0-9]{1,2}) ?(?P<sep>[/.\-]) ?(?P<month>[0-9]{1,2})(?![0-9]|[/.,][0-9])")
_DAYS_RE = re.compile(
    r"(?:0?[1-9]|[12][0-9]|3[01])(?:, | ?(?:-|đến|và|tới) ?)(?:hết )?(?:ngày )?"
    r"[0-9]{1,2}(?P<sep>[/.\-])(?:0?[1-9]|1[0-2])(?![0-9]|[.,][0-9]|%)(?:[/.\-](?:19|20)[0-9]{2})?"
)
# "567/QĐ-TTg", "23/2011/NQ-HĐND", "51-KH/TU", "245/QĐ-UBND-HC", "257/2025/QH15"; matched in the raw text, where the codes are capitals
_DOCNO_RE = re.compile(
    r"[0-9]{1,5}[a-zđA-ZĐ]? ?(?:/ ?[0-9]{4} ?)?(?:/ ?(?=[A-ZĐƯ]{2}|[A-ZĐ][a-z]?-|[A-ZĐ][A-Za-z]*[A-ZĐ])|- ?(?=[A-ZĐ][A-Za-zĐđ]{0,4} ?/))"
    r"[A-ZĐƯ][\wđĐ&.]*(?: ?[-/&] ?[A-ZĐƯ][\wđĐ&]*)*"
)
_DOCNO_TAIL_RE = re.compile(r"(?:[a-zđ](?![^\W\d_]))?(?:[:/][0-9]{4})?(?: ?[/\-] ?[a-zđ][\w&.]*)*")
_SUBNUMBER_RE = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,2}(?![0-9]|[.,][0-9])")
_OF_ALL_RE = re.compile(r" ?/ ?[0-9]{1,4}(?![0-9])")
_AND_RE = re.compile(r" ?(?:,|;|và|hoặc|-|đến|/) ?(?=[0-9])")
_LIST_RE = re.compile(r"\(?(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2}){0,3})(?![0-9])(?P<mark>[.),:/–-]?)(?P<gap>[ \t]*)")
_INNER_LIST_RE = re.compile(r"[0-9]{1,2}\)(?= ?\w)")
_CODE_LETTER_RE = re.compile(r"[0-9]{1,4}[abc](?![^\W\d_])")
_PAGER_RE = re.compile(r"[0-9]{1,3}(?:[ \t|]+[0-9]{1,3}){2,}[ \t.…>»]*(?:\n|$)")
_STARS_RE = re.compile(r"(?:,| và| hoặc| hay|-) ?[0-9] sao(?![^\W\d_])")
_URL_RE = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+|[\w.+-]{1,64}@[\w.-]{1,255}|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net)\b(?:/[^\s<>\"]*)?"
)
_SLOGAN_RE = re.compile(
    r"mỗi (?:xã|làng|thôn|bản|địa phương|huyện)(?:,? ?(?:và )?(?:xã|phường|thị trấn|làng|thôn|bản))*"
    r",? (?:một|1|01) (?:sản phẩm|làng nghề|nghề)"
)

_DAY_WORDS = context_words("day")
_NEAR_DATE_WORDS = context_words("near_date")
_FRACTION_WORDS = context_words("fraction")
_GLUED = context_words("glued")
_PLACES = frozenset({"commune", "district", "province", "village"})
_CRITERIA = frozenset({"criterion", "subcriterion"})


def find_masks(text: Text, context: ArticleContext) -> list[Mask]:  # noqa: ARG001  (the context is part of the contract)
    """All masks before the footer, by start, not overlapping."""
    folded, raw, end = text.folded, text.raw, text.body_end
    masks = sorted([*_addresses_of_the_net(folded, end), *_slogans(folded, end)], key=lambda m: m.start)
    found: list[Mask] = []
    at = ahead = 0
    while m := _DIGITS_RE.search(folded, at, end):
        start = m.start()
        while ahead < len(masks) and masks[ahead].end <= start:
            ahead += 1
        if ahead < len(masks) and masks[ahead].start <= start:
            at = masks[ahead].end
            continue
        mask = _judge(folded, raw, start, m.end())
        if mask:
            if found and mask.start < found[-1].end:
                mask = replace(mask, start=found[-1].end)
            found.append(mask)
            at = max(mask.end, m.end())
        else:
            at = _LEXEME_RE.match(folded, start).end()  # type: ignore[union-attr]
    return sorted([*masks, *found], key=lambda m: m.start)


def _addresses_of_the_net(folded: str, end: int) -> list[Mask]:
    if "@" not in folded and "://" not in folded and "www." not in folded and ".vn" not in folded:
        return []
    return [Mask(m.start(), m.end(), "email" if "@" in m.group() else "url", "net") for m in _URL_RE.finditer(folded, 0, end)]


def _slogans(folded: str, end: int) -> list[Mask]:
    """ "mỗi xã một sản phẩm" is the name of a programme, in digits too ("mỗi xã, phường 1 sản phẩm")."""
    out, at = [], folded.find("mỗi ", 0, end)
    while at >= 0:
        if m := _SLOGAN_RE.match(folded, at):
            out.append(Mask(at, m.end(), "slogan", "one_commune_one_product"))
        at = folded.find("mỗi ", at + 4, end)
    return out


def _judge(folded: str, raw: str, at: int, digits_end: int) -> Mask | None:
    """The mask of the number whose digits start at `at`, or None when it may be a quantity."""
    before = folded[at - 1] if at else "\n"
    if (before.isalnum() or (before in "-_" and at > 1 and folded[at - 2].isalpha())) and not _is_glued(folded, at):
        return Mask(at, _DOCNO_TAIL_RE.match(folded, digits_end).end(), "code", "inside_word")  # type: ignore[union-attr]
    behind = folded[digits_end : digits_end + 2]
    if behind[:1] == "%" or behind == " %":
        return None  # nothing but a quantity is followed by a per cent sign; most numbers of an article are
    if _may_be_pattern(behind, digits_end - at) and (m := _AT_RE.match(folded, at)):
        kind, _, rule = (m.lastgroup or "").partition("__")
        return Mask(at, m.end(), kind, rule)
    if (behind[:1] not in ".," and behind != " ") and (m := _DOCNO_RE.match(raw, at)):
        return Mask(at, m.end(), "docno", "number_and_code")
    if mask := _list_number(folded, raw, at, before):
        return mask
    words = amounts_of(folded).words_before(at)
    return (
        (_date(folded, at, words) if _may_be_date(behind) else None)
        or _labelled(folded, raw, at, digits_end, words, before)
        or _by_unit(folded, raw, at, words)
        or _bare(folded, raw, at, digits_end, words, before)
    )


# Most numbers are followed by a space and a noun: these two spare them the patterns. They look at the two characters behind the digits.
def _may_be_pattern(behind: str, digits: int) -> bool:
    return digits > 2 or behind[:1] not in " ,\n" or behind[1:] in tuple("/-.đtgh0123456789x~")


def _may_be_date(behind: str) -> bool:
    return behind[:1] in tuple("/.-,đvt") or (behind[:1] == " " and behind[1:] in tuple("/.-đvt"))


def _is_glued(folded: str, at: int) -> bool:
    """ "đạt18 xã": the space was lost after a verb or comparator."""
    start = at
    while start and at - start < 8 and folded[start - 1].isalpha():
        start -= 1
    return folded[start:at] in _GLUED


def _list_number(folded: str, raw: str, at: int, before: str) -> Mask | None:
    line = at
    while line and folded[line - 1] in " \t(+*•-":
        line -= 1
    if line == 0 or folded[line - 1] == "\n":
        start = at - 1 if before == "(" else at
        if m := _PAGER_RE.match(folded, at):
            return Mask(at, m.end(), "list", "pager")
        if (m := _LIST_RE.match(raw, start)) and _numbers_a_line(folded, raw, m):
            return Mask(start, m.end("mark"), "list", "line_number")
    if (
        before == "("
        and (m := _INNER_LIST_RE.match(folded, at))
        and (at < 3 or folded[at - 3 : at - 1].strip()[-1:] in ("", ":", ";", ",", "."))
    ):
        return Mask(at - 1, m.end(), "list", "inner_number")
    return None


def _numbers_a_line(folded: str, raw: str, m: re.Match[str]) -> bool:
    """ "1. Công nhận", "2) Xây dựng", "3- Nâng cao", "1.1 Mục tiêu"; not "15 Xã", "5/6 xã" or "12, 13"."""
    letter, following = raw[m.end() : m.end() + 1], raw[m.end() + 1 : m.end() + 2]
    if m["mark"] in (".", ")") and m["mark"]:
        return bool(m["gap"]) or letter.isalpha()
    if not letter.isupper() or (not following.islower() and following != " "):
        return False
    return bool(m["mark"]) or (bool(m["gap"]) and ("." in m["number"] or unit_at(folded, m.end()) is None))


def _date(folded: str, at: int, words: list[str]) -> Mask | None:
    nearest = words[0] if words else ""
    if _document_before(words):
        return None  # "Thông tư 07/2018"
    if m := _MONTH_YEAR_RE.match(folded, at):
        if "/" not in m.group() or nearest in _NEAR_DATE_WORDS or not _counts(unit_at(folded, m.end())):
            return Mask(at, m.end(), "date", "month_year")
        return None
    if (m := _DAYS_RE.match(folded, at)) and (nearest in _DAY_WORDS or (nearest == "từ" and m["sep"] == "/")):
        return Mask(at, m.end(), "date", "days")
    m = _DAY_MONTH_RE.match(folded, at)
    if m is None or not 1 <= int(m["day"]) <= 31 or not 1 <= int(m["month"]) <= 12:
        return None
    if nearest in _DAY_WORDS:
        return Mask(at, m.end(), "date", "day_month")
    if m["sep"] != "/" or " " in m.group():
        weak = nearest in ("từ", "đến", "trước", "hết") and m["sep"] == "." and len(words) > 1 and words[1] == "ngày"
        return Mask(at, m.end(), "date", "day_month") if weak else None
    following = unit_at(folded, m.end())
    if _counts(following) or folded.startswith((" số", " tổng số", " diện tích", " dân số"), m.end()):
        return None
    if nearest in _NEAR_DATE_WORDS or not (nearest in _FRACTION_WORDS or folded[max(0, at - 2) : at].startswith(":")):
        return Mask(at, m.end(), "date", "day_month")
    return None


def _document_before(words: list[str]) -> bool:
    labels = _labels()
    for size in range(1, min(3, len(words)) + 1):
        label = labels.get(" ".join(reversed(words[:size])))
        if label and label.kind == "docno":
            return True
    return False


def _counts(hit: UnitHit | None) -> bool:
    """Does a unit of quantities follow (and not "năm", "tuổi")?"""
    return hit is not None and not hit.unit.mask


# ---- labels -------------------------------------------------------------------------------------------------------


@cache
def _labels() -> dict[str, Label]:
    return {fold(row["surface"]): Label(row["kind"], row["when"]) for row in read_lexicon("labels.csv") if row["when"] != "colon"}


@cache
def _last_words_of_labels() -> frozenset[str]:
    return frozenset(surface.split()[-1] for surface in _labels())


@cache
def _colon_labels() -> dict[str, str]:
    return {fold(row["surface"]): row["kind"] for row in read_lexicon("labels.csv") if row["when"] == "colon"}


def _labelled(folded: str, raw: str, at: int, digits_end: int, words: list[str], before: str) -> Mask | None:
    """ "tiêu chí số 10", "Nghị định 07", "Tổ 2", "tháng 8": the longest label of up to five words before the number decides."""
    if not words:
        return _after_point(folded, at, digits_end) if before == "." else _after_colon(folded, at) if before in ": " else None
    labels = _labels()
    if words[0] not in _last_words_of_labels():
        return None
    for size in range(min(5, len(words)), 0, -1):
        surface = " ".join(reversed(words[:size])) if size > 1 else words[0]
        label = labels.get(surface)
        if label is None:
            continue
        if label.kind == "label" and (m := _SUBNUMBER_RE.match(folded, at)) and unit_at(folded, m.end()) is None:
            return Mask(start_of_words(folded, at, words, size), m.end(), "label", f"label:{surface}")  # "tiêu chí số 17.11"
        if not label.kind or not _fits(label.when, folded, raw, at, digits_end, words[size : size + 1]):
            return None
        start = start_of_words(folded, at, words, size)
        tail = _DOCNO_TAIL_RE.match(folded, digits_end).end() if label.when in ("code", "program", "no_unit") else digits_end  # type: ignore[union-attr]
        if label.when in ("always", "house") and (m := _OF_ALL_RE.match(folded, digits_end)):
            return Mask(start, m.end(), label.kind, f"label:{surface}")  # "xếp thứ 5/11 huyện", "ngõ 12/34"
        if label.when == "generation":
            return Mask(start, digits_end + 2, label.kind, f"label:{surface}")
        end = _more_of_the_same(folded, raw, max(tail, digits_end), label.when)
        return Mask(start, end, label.kind, f"label:{surface}")
    return None


def _fits(when: str, folded: str, raw: str, at: int, end: int, left: list[str]) -> bool:
    """The condition of a label on the number behind it; every label wants plain digits ("tổ 1.200 hộ" is none)."""
    digits = end - at
    if when == "generation":
        return folded.startswith(".0", end)
    if digits > 5 or (end + 1 < len(folded) and folded[end] in ".," and folded[end + 1].isdigit()):
        return when == "code" and digits > 5
    value = int(folded[at:end])
    if when in ("always", "code", "house"):
        return True
    if when == "year":
        return 1900 <= value <= 2100
    amount = amounts_of(folded).at(at)
    hit = amount.unit if amount else None
    free = (hit is None or _is_year_behind(folded, hit)) and not (amount and (amount.scale > 1 or amount.denominator))
    if when == "clause":
        return free or bool(hit and hit.unit.kind not in ("money", "percent") and amount and amount.scale == 1)
    if when == "month":
        return (
            1 <= value <= 12
            and left not in (["mỗi"], ["hàng"], ["hằng"], ["một"])
            and (free or not (hit and hit.unit.kind in ("money", "percent")))
        )
    if when == "day":
        return 1 <= value <= 31 and left != ["mỗi"] and (free or not (hit and hit.unit.kind in ("money", "percent")))
    if when == "day_of":
        return 1 <= value <= 31 and free
    if when == "age":
        return value <= 100
    if when == "quarter":
        return 1 <= value <= 4
    if when == "program":
        return free or digits >= 3
    if when == "place":
        return left not in (["mỗi"], ["số"], ["các"]) and (
            free or bool(value <= 200 and hit and hit.unit.code in _PLACES and _name_follows(raw, hit.end))
        )
    return free and left != ["mỗi"]  # no_unit


def _is_year_behind(folded: str, hit: UnitHit) -> bool:
    """ "đợt 1 năm 2024": the "năm" behind the label's number starts a year."""
    return hit.unit.surface == "năm" and folded[hit.end + 1 : hit.end + 3] in ("19", "20")


def _name_follows(raw: str, at: int) -> bool:
    return at + 1 < len(raw) and raw[at] == " " and raw[at + 1].isupper()


def _more_of_the_same(folded: str, raw: str, end: int, when: str) -> int:
    """ "tiêu chí số 4, 5 và 10", "năm 2016, 2017": numbers that share the label."""
    while m := _AND_RE.match(folded, end):
        digits = _DIGITS_RE.match(folded, m.end())
        if (
            digits is None
            or digits.end() - digits.start() > 5
            or not _fits("no_unit" if when != "year" else when, folded, raw, digits.start(), digits.end(), [])
        ):
            break
        if when == "year" and _counts(unit_at(folded, digits.end())):
            break
        end = _DOCNO_TAIL_RE.match(folded, digits.end()).end() if when in ("code", "program") else digits.end()  # type: ignore[union-attr]
    return end


def _after_point(folded: str, at: int, end: int) -> Mask | None:
    """ "ĐT.261", "Q.1": an abbreviation and its number."""
    start = at - 1
    while start and at - start < 5 and folded[start - 1].isalpha():
        start -= 1
    if 1 <= at - 1 - start <= 3 and not _counts(unit_at(folded, end)):
        return Mask(start, end, "label", "abbreviation")
    return None


def _after_colon(folded: str, at: int) -> Mask | None:
    """ "Lượt xem: 88" and other captions of portals."""
    colon = at - 1
    while colon > 0 and folded[colon] == " ":
        colon -= 1
    if colon <= 0 or folded[colon] != ":":
        return None
    words = words_before(folded, colon)
    for size in range(min(4, len(words)), 0, -1):
        kind = _colon_labels().get(" ".join(reversed(words[:size])))
        if kind:
            end = (_LEXEME_RE if kind == "counter" else _CODE_RE).match(folded, at).end()  # type: ignore[union-attr]
            return Mask(start_of_words(folded, colon, words, size), end, kind, "caption")
    return None


# ---- by the unit behind -------------------------------------------------------------------------------------------


def _by_unit(folded: str, raw: str, at: int, words: list[str]) -> Mask | None:
    """Ages, durations, grades, structure counts, prices and bands: what stands behind the number decides."""
    if m := _STARS_RE.match(folded, at + 1):
        return Mask(at, m.end(), "grade", "stars")
    amount = amounts_of(folded).at(at)
    if amount is None:
        return None
    if amount.unit and amount.unit.unit.mask:
        kind = amount.unit.unit.mask
        if kind == "duration" and folded.startswith((" đầu", " cuối", " năm 20"), amount.end):
            kind = "period"
        return _widened(folded, at, words, amount, kind, f"unit:{amount.unit.unit.kind}")
    if amount.per and amount.per.goods:
        return _widened(folded, at, words, amount, "money_rate", "price")
    if (
        amount.unit
        and amount.unit.unit.code in _CRITERIA
        and (_is_band(folded, raw, at, words) or _BAND_COUNT_RE.match(folded, amount.end))
    ):
        return _widened(folded, at, words, amount, "band", "counted_units_with_so_many")
    return None


def _widened(folded: str, at: int, words: list[str], amount: Amount, kind: str, rule: str) -> Mask:
    """With the comparator before and the "trở lên" behind."""
    comparator = comparator_before(folded, at, words[:3])
    start = comparator.start if comparator else at
    if start == at and words[:1] == ["từ"]:
        start = start_of_words(folded, at, words, 1)
    after = comparator_after(folded, amount.end)
    return Mask(start, after.end if after else amount.end, kind, rule)


# "15-18 tiêu chí: 4 xã"
_BAND_COUNT_RE = re.compile(r"(?: trở lên)? ?: ?(?:có )?[0-9]{1,3} (?:xã|phường|thị trấn|thôn|bản|ấp)(?![^\W\d_])")
_BAND_FILLERS = context_words("band_between")
_AFTER_NAMES = context_words("after_name")
_BAND_HEADS = context_words("band_head")
_BAND_BEFORE = context_words("band_before")


def _is_band(folded: str, raw: str, at: int, words: list[str]) -> bool:
    """Does "N tiêu chí" tell which of the counted communes are meant ("25 xã đạt 15-18 tiêu chí", "xã dưới 10 tiêu chí")?

    Not in "xã Nà Chì đạt 9 tiêu chí" (a name), "mỗi xã đạt 15 tiêu chí" (an average), "hai xã lần lượt đạt 16 tiêu chí" (a value each).
    """
    i = 0
    while i < len(words) and words[i] in _BAND_FILLERS and (words[i] not in _BAND_HEADS or words[i + 1 : i + 2] == ["cơ"]):
        i += 1
    if i >= len(words) or words[i] not in _BAND_HEADS:
        return False
    head = start_of_words(folded, at, words, i + 1)
    size = 2 if words[i] in ("trấn", "vị", "phương") else 1
    if size == 2:
        head = start_of_words(folded, at, words, i + 2)
    after = head + len(" ".join(reversed(words[i : i + size])))
    if _name_follows(raw, after):
        return False
    left = words[i + size : i + size + 1]
    if not left:
        behind = folded[max(0, head - 12) : head].rstrip()
        return behind[-1:].isdigit() or words[i - 1 : i] in (["dưới"], ["nào"])
    return left[0] in _BAND_BEFORE or left[0] in number_words() or words[i - 1 : i] in (["dưới"], ["nào"])


# ---- what is left -------------------------------------------------------------------------------------------------


def _bare(folded: str, raw: str, at: int, end: int, words: list[str], before: str) -> Mask | None:
    """Plain digits without a unit: a year, a long code, the number of a place ("ấp Tân Đông 1"); and "huyện nghèo 30a"."""
    if m := _CODE_LETTER_RE.match(folded, at):
        return Mask(at, m.end(), "label", "number_and_letter")
    if end + 1 < len(folded) and folded[end] in ".," and folded[end + 1].isdigit():
        return None
    digits = end - at
    if digits not in (1, 2, 4) and digits < 8:
        return None
    amount = amounts_of(folded).at(at)
    free = amount is None or (amount.unit is None and amount.scale == 1 and amount.denominator is None)
    if digits == 4 and 1940 <= int(folded[at:end]) <= 2100 and (free or before == "/" or (words and words[0] in _NEAR_DATE_WORDS)):
        return Mask(at, end, "date", "year")
    if digits >= 8 and free:
        return Mask(at, end, "code", "long_digits")
    if digits <= 2 and free and before == " " and _after_name(folded, raw, at, end, words):
        return Mask(at, end, "address", "number_of_a_place")
    return None


def _after_name(folded: str, raw: str, at: int, end: int, words: list[str]) -> bool:
    """Two capitalised words before and no noun behind, as in "khu dân cư Tân Đông 1, xã" or "xã Đam Rông 1 với"."""
    behind = word_at(folded, end)
    if behind and behind.start > end and behind.text not in _AFTER_NAMES:
        return False
    tail = raw[max(0, at - 24) : at].split()
    return len(words) >= 2 and len(tail) >= 2 and all(w[:1].isupper() and not w[1:2].isupper() for w in tail[-2:])

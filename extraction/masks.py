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

from extraction.amounts import Amount, amounts_of
from extraction.bands import is_band
from extraction.labels import code_tail, label_mask
from extraction.mask_dates import date_mask, may_be_date, near_a_date
from extraction.model import ArticleContext, Mask, Text
from extraction.numbers import word_at
from extraction.units import comparator_after, comparator_before, context_words, start_of_words, unit_at

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
# "567/QĐ-TTg", "23/2011/NQ-HĐND", "51-KH/TU", "245/QĐ-UBND-HC", "257/2025/QH15"; matched in the raw text, where the codes are capitals
_DOCNO_RE = re.compile(
    r"[0-9]{1,5}[a-zđA-ZĐ]? ?(?:/ ?[0-9]{4} ?)?(?:/ ?(?=[A-ZĐƯ]{2}|[A-ZĐ][a-z]?-|[A-ZĐ][A-Za-z]*[A-ZĐ])|- ?(?=[A-ZĐ][A-Za-zĐđ]{0,4} ?/))"
    r"[A-ZĐƯ][\wđĐ&.]*(?: ?[-/&] ?[A-ZĐƯ][\wđĐ&]*)*"
)
_LIST_RE = re.compile(r"\(?(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2}){0,3})(?![0-9])(?P<mark>[.),:/–-]?)(?P<gap>[ \t]*)")
_INNER_LIST_RE = re.compile(r"[0-9]{1,2}\)(?= ?\w)")
_CODE_LETTER_RE = re.compile(r"[0-9]{1,4}[abc](?![^\W\d_])")
_PAGER_RE = re.compile(r"[0-9]{1,3}(?:[ \t|]+[0-9]{1,3}){2,}[ \t.…>»]*(?:\n|$)")
_STARS_START = frozenset(", -")
_STARS_RE = re.compile(r"(?:,| và| hoặc| hay|-) ?[0-9] sao(?![^\W\d_])")
_URL_RE = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+|[\w.+-]{1,64}@[\w.-]{1,255}|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net)\b(?:/[^\s<>\"]*)?"
)
_SLOGAN_RE = re.compile(
    r"mỗi (?:xã|làng|thôn|bản|địa phương|huyện)(?:,? ?(?:và )?(?:xã|phường|thị trấn|làng|thôn|bản))*"
    r",? (?:một|1|01) (?:sản phẩm|làng nghề|nghề)"
)

_PATTERN_STARTS = frozenset("/-.đtgh0123456789x~")  # behind digits and a space
_GLUED = context_words("glued")
_AFTER_NAMES = context_words("after_name")


def find_masks(text: Text, context: ArticleContext) -> list[Mask]:  # noqa: ARG001  (the context is part of the contract)
    """All masks before the footer, by start, not overlapping."""
    folded, raw, end = text.folded, text.raw, text.body_end
    masks = sorted([*_addresses_of_the_net(folded, end), *_slogans(folded, end)], key=lambda m: m.start)
    found: list[Mask] = []
    at = ahead = 0
    for first, last in amounts_of(folded).digits:
        if last <= at:
            continue
        if first >= end:
            break
        start, stop = max(first, at), min(last, end)
        while ahead < len(masks) and masks[ahead].start <= start:
            start = at = max(start, masks[ahead].end)
            ahead += 1
        if start >= stop:
            continue
        mask = _judge(folded, raw, start, stop)
        if mask:
            if found and mask.start < found[-1].end:
                mask = replace(mask, start=found[-1].end)
            found.append(mask)
            at = max(mask.end, stop)
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
        return Mask(at, code_tail(folded, digits_end), "code", "inside_word")
    behind = folded[digits_end : digits_end + 2]
    if behind[:1] == "%" or behind == " %":
        return None  # nothing but a quantity is followed by a per cent sign; most numbers of an article are
    if _may_be_pattern(behind, digits_end - at) and (m := _AT_RE.match(folded, at)):
        kind, _, rule = (m.lastgroup or "").partition("__")
        return Mask(at, m.end(), kind, rule)
    if _may_be_docno(behind) and (m := _DOCNO_RE.match(raw, at)):
        return Mask(at, m.end(), "docno", "number_and_code")
    if (before != " " or not folded[at - 2 : at - 1].isalnum()) and (mask := _list_number(folded, raw, at, before)):
        return mask
    words = amounts_of(folded).words_before(at)
    return (
        (date_mask(folded, at, words) if may_be_date(folded, at, digits_end) else None)
        or label_mask(folded, raw, at, digits_end, words)
        or _by_unit(folded, raw, at, words)
        or _bare(folded, raw, at, digits_end, words)
    )


def _may_be_pattern(behind: str, digits: int) -> bool:
    """Most numbers are followed by a space and a noun: a look at the two characters behind the digits spares them the patterns."""
    return digits > 5 or behind[:1] not in " ,\n" or behind[1:] in _PATTERN_STARTS


def _may_be_docno(behind: str) -> bool:
    """A code follows a slash or a dash, or a letter before them ("30a/2008/NQ-CP")."""
    first = behind[:1]
    return first in ("/", "-") or (first == " " and behind[1:] in ("/", "-")) or first.isalpha()


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


def _by_unit(folded: str, raw: str, at: int, words: list[str]) -> Mask | None:
    """Ages, durations, grades, structure counts, prices and bands: what stands behind the number decides."""
    if folded[at + 1 : at + 2] in _STARS_START and (m := _STARS_RE.match(folded, at + 1)):
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
    if is_band(folded, raw, at, amount, words):
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


def _bare(folded: str, raw: str, at: int, end: int, words: list[str]) -> Mask | None:
    """Plain digits without a unit: a year, a long code, the number of a place ("ấp Tân Đông 1"); and "huyện nghèo 30a"."""
    if folded[end : end + 1] in ("a", "b", "c") and (m := _CODE_LETTER_RE.match(folded, at)):
        return Mask(at, m.end(), "label", "number_and_letter")
    if end + 1 < len(folded) and folded[end] in ".," and folded[end + 1].isdigit():
        return None
    digits = end - at
    if digits not in (1, 2, 4) and digits < 8:
        return None
    amount = amounts_of(folded).at(at)
    free = amount is None or (amount.unit is None and amount.scale == 1 and amount.denominator is None)
    if digits == 4 and 1940 <= int(folded[at:end]) <= 2100 and (free or folded[at - 1 : at] == "/" or near_a_date(words)):
        return Mask(at, end, "date", "year")
    if digits >= 8 and free:
        return Mask(at, end, "code", "long_digits")
    if digits <= 2 and free and folded[at - 1 : at] == " " and _after_name(folded, raw, at, end, words):
        return Mask(at, end, "address", "number_of_a_place")
    return None


def _after_name(folded: str, raw: str, at: int, end: int, words: list[str]) -> bool:
    """Two capitalised words before and no noun behind, as in "khu dân cư Tân Đông 1, xã" or "xã Đam Rông 1 với"."""
    behind = word_at(folded, end)
    if behind and behind.start > end and behind.text not in _AFTER_NAMES:
        return False
    tail = raw[max(0, at - 24) : at].split()
    return len(words) >= 2 and len(tail) >= 2 and all(w[:1].isupper() and not w[1:2].isupper() for w in tail[-2:])

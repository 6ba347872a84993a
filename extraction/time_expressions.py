"""Every way an article writes time, found in the folded text before anyone knows what it governs.

Trigger words are found with `str.find`, and a small pattern reads on from each: one big alternation costs 3.7 MB/s
(notes/extraction.md section 3), this costs about a tenth. What an expression means as dates is the business of `periods.py`,
because "đến tháng 6" needs the day of publication.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

from extraction.model import value_class
from extraction.time_patterns import (
    AFTER_YEAR_WORD_RE,
    BARE_DAY_RE,
    BARE_MONTH_RE,
    BARE_YEAR_RE,
    BARE_YEARS_RE,
    BEFORE_IT_RE,
    COUNT_RE,
    COUNTED_MONTHS_RE,
    COUNTED_NOUN_RE,
    COUNTED_YEAR_RE,
    COUNTED_YEARS_RE,
    DAY_RE,
    FISCAL_RE,
    HALF_RE,
    MONTH_RE,
    NOT_HIEN,
    NOW_RE,
    NUMBER_WORDS,
    PERIOD_RE,
    QUARTER_RE,
    QUARTERS,
    SAME_RE,
    SPAN_RE,
    TERM_RE,
    TERM_SHIFTS,
    VAGUE_RE,
    YEAR_SHIFTS,
    YEARS_LATER_RE,
)

Shape = Literal[
    "day", "month", "months", "quarter", "half", "year", "years", "school_year", "term",
    "now", "elapsed", "ahead", "ago", "span", "same_period", "every_year", "unknown",
]  # fmt: skip
Link = Literal["", "until", "before", "since", "within", "baseline"]
Part = Literal["whole", "start", "middle", "end"]


@value_class
class TimeExpression:
    """One expression as written; `None` in a part means that the text leaves it to the context."""

    start: int  # of its preposition ("tính đến ngày …")
    end: int
    core: int  # where the time itself starts
    shape: Shape
    link: Link = ""
    part: Part = "whole"
    year: int | None = None  # the last year, as written
    first_year: int | None = None  # of a range
    shift: int | None = None  # years counted from the year of publication: nay 0, ngoái -1, tới 1
    month: int | None = None  # the last month
    first_month: int | None = None
    day: int | None = None
    count: int | None = None  # the N of "N năm qua"
    past: bool = False  # "năm qua", which in December is the year that ends
    opening: TimeExpression | None = None  # the A of "từ A đến B"


# Words that may stand between a preposition and the time it introduces, with what they say; "" passes through.
_LINKS: dict[str, Link] = {
    "đến": "until", "tới": "until", "hết": "until", "chốt": "until", "trước": "before", "nhất": "before", "từ": "since", "sau": "since",
    "trong": "within", "vào": "within", "hồi": "within", "tại": "within", "ở": "within", "cả": "within", "trọn": "within",
    "riêng": "within", "với": "baseline", "so": "baseline", "hơn": "baseline", "lần": "baseline",
}  # fmt: skip
_PARTS: dict[str, Part] = {"cuối": "end", "đầu": "start", "giữa": "middle", "hết": "end"}
_FILLERS = frozenset(
    (
        "tính", "kể", "cho", "lũy", "kế", "thời", "điểm", "mốc", "khoảng", "cùng", "kỳ", "chậm", "muộn", "ước", "của", "các", "sáng",
        "chiều", "tối", "trưa", "đêm", "hôm", "ngay", "tầm", "nhìn", "kết", "thúc", "toàn", "khi", "những",
    )
)  # fmt: skip
_CLOCK_RE = re.compile(r"\d{1,2}(?:[hg]|[hg:]\d\d)|giờ")  # "đến 17h30 ngày 20/9"
_ORDINAL_WORDS = ("đợt ", "lần ", "vòng ", "thứ ", "dự án ", "số ")
_WEAK_START = frozenset(("của", "các", "khoảng", "ước", "cho", "ngay", "khi", "những"))


def find_time_expressions(folded: str, start: int = 0, end: int | None = None) -> list[TimeExpression]:
    """All time expressions of a folded text in reading order, none overlapping; linear in its length."""
    end = len(folded) if end is None else end
    found = [e for trigger, reader in _READERS for at in _occurrences(folded, trigger, start, end) if (e := reader(folded, at)) is not None]
    found += _digit_expressions(folded, start, end)
    return _join(folded, _without_overlaps(found))


def _occurrences(folded: str, word: str, start: int, end: int) -> Iterator[int]:
    at = folded.find(word, start, end)
    while at >= 0:
        after = at + len(word)
        if not (at and folded[at - 1].isalnum()) and not (after < len(folded) and folded[after].isalpha()):
            yield at
        at = folded.find(word, after, end)


def _lead(folded: str, core: int) -> tuple[int, Link, Part]:
    """What stands before a time: where it starts, its preposition and "đầu/giữa/cuối"."""
    start, at = core, core
    link: Link = ""
    part: Part = "whole"
    pieces = folded[max(0, core - 56) : core].split(" ")
    for i in range(len(pieces) - 1, -1, -1):
        piece = pieces[i]
        begin = at - len(piece)
        if piece.isalpha() and piece != "giờ":
            word = piece
        elif _CLOCK_RE.fullmatch(piece) or (piece.isdigit() and i + 1 < len(pieces) and pieces[i + 1] == "giờ"):
            at = begin - 1
            continue
        else:
            word = _alpha_tail(piece)
        if word:
            if word in _PARTS and part == "whole" and not link:
                part = _PARTS[word]
            if word in _LINKS:
                before = pieces[i - 1] if i else ""
                if (word == "nhất" and before not in ("chậm", "muộn")) or (word == "với" and before != "so"):
                    break
                link = link or _LINKS[word]
            elif word not in _FILLERS and word not in _PARTS:
                break
            if word not in _WEAK_START:
                start = at - len(word)
        if word != piece:
            break
        at = begin - 1
    return start, link, part


def _alpha_tail(piece: str) -> str:
    """The letters that end a piece of text: of "(đến" the word."""
    at = len(piece)
    while at and piece[at - 1].isalpha():
        at -= 1
    return piece[at:]


def _made(folded: str, core: int, end: int, shape: Shape, **parts: object) -> TimeExpression:
    start, link, part = _lead(folded, core)
    parts.setdefault("part", part)
    return TimeExpression(start=start, end=end, core=core, shape=shape, link=link, **parts)  # type: ignore[arg-type]


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _count_before(folded: str, at: int) -> tuple[int, int] | None:
    """The number that ends right before a position, and where it starts."""
    m = COUNT_RE.search(folded, max(0, at - 14), at)
    if m is None:
        return None
    return (int(m.group(1)) if m.group(1) else NUMBER_WORDS[m.group(2)]), m.start()


def _year(folded: str, at: int) -> TimeExpression | None:
    m = AFTER_YEAR_WORD_RE.match(folded, at)
    counted = _count_before(folded, at)
    if counted is not None and folded.endswith(_ORDINAL_WORDS, max(0, counted[1] - 8), counted[1]):
        counted = None  # "đợt 1 năm 2023" is no one year
    if m is None or (counted is not None and m["relative"]):
        return _counted_years(folded, at, counted) if counted is not None else _bare_year(folded, at)
    if counted is not None:
        return _counted_years(folded, at, counted)
    if m["school"]:
        return _made(folded, at, m.end(), "school_year", first_year=int(m["school"]), year=int(m["school_last"]))
    if m["relative"]:
        if _vague(folded, at):
            return None
        return _made(folded, at, m.end(), "year", shift=YEAR_SHIFTS[m["relative"]], past=m["relative"].endswith("qua"))
    if m["last"] and int(m["last"]) > int(m["year"]):
        return _made(folded, at, m.end(), "years", first_year=int(m["year"]), year=int(m["last"]))
    end = m.end("year") if m["last"] else m.end()
    return _made(folded, at, end, "year", year=int(m["year"]))


def _vague(folded: str, at: int) -> bool:
    """ "những năm qua", "mỗi năm", "các năm trước": no period that a figure could stand for."""
    before = folded[max(0, at - 16) : at].rstrip()
    return VAGUE_RE.search(before) is not None and not before.endswith(("cuối", "đầu", "hết"))


def _bare_year(folded: str, at: int) -> TimeExpression | None:
    """ "cuối năm", "trong năm", "cả năm", "hằng năm": the year is that of the context."""
    before = folded[max(0, at - 8) : at].rstrip()
    if before.endswith(("hằng", "hàng", "mỗi", "từng")):
        begin = max(before.rfind(w) for w in ("hằng", "hàng", "mỗi", "từng")) + max(0, at - 8)
        return TimeExpression(begin, at + 3, begin, "every_year")
    if before.endswith("/"):
        return None
    start, link, part = _lead(folded, at)
    if (part == "whole" and link not in ("within", "until")) or _vague(folded, start):
        return None
    if part in ("start", "middle") and folded.endswith(("tháng ", "quý ", "vụ "), 0, start):
        return None  # "những tháng đầu năm"
    if part == "whole" and folded[start:at].split()[-1:] not in (["trong"], ["cả"], ["trọn"], ["hết"]):
        return None
    return TimeExpression(start, at + 3, at, "year", link, part)


def _counted_years(folded: str, at: int, counted: tuple[int, int]) -> TimeExpression | None:
    count, begin = counted
    if not 1 <= count <= 40:
        return None
    m = COUNTED_YEARS_RE.match(folded, at)
    assert m is not None
    if m["year"]:
        first, last = int(m["first"]), int(m["year"])
        return _made(folded, begin, m.end(), "years", first_year=first, year=last, count=count)
    if (y := AFTER_YEAR_WORD_RE.match(folded, at)) is not None and y["year"]:
        last = int(y["last"] or y["year"])
        return _made(folded, begin, y.end(), "years", year=last, first_year=int(y["year"]), count=count) if count <= 12 else None
    way = m["way"]
    if way in ("tới", "nữa"):
        return _made(folded, begin, m.end(), "ahead", count=count)
    if way == "trước":
        return _made(folded, begin, m.end(), "ago", count=count)
    if folded.startswith(" tuổi", m.end()):
        return None
    elapsed = _made(folded, begin, m.end(), "elapsed", count=count, shift=0 if way in ("qua", "vừa qua", "gần đây") else None)
    later = YEARS_LATER_RE.search(folded, max(0, begin - 32), begin) if way is None else None
    return replace(elapsed, start=later.start(1), link="since") if later else elapsed


def _month(folded: str, at: int) -> TimeExpression | None:
    counted = _count_before(folded, at)
    if counted is not None and not folded[max(0, counted[1] - 8) : counted[1]].rstrip().endswith(("ngày", "mùng", "mồng", "/")):
        return _counted_months(folded, at, counted)
    m = MONTH_RE.match(folded, at)
    if m is None:
        return None
    year = _int(m["year"] or m["year2"])
    shift = YEAR_SHIFTS[m["relative"]] if m["relative"] else None
    return _made(folded, at, m.end(), "month", month=int(m["month"]), year=year, shift=shift)


def _counted_months(folded: str, at: int, counted: tuple[int, int]) -> TimeExpression | None:
    count, begin = counted
    m = COUNTED_MONTHS_RE.match(folded, at)
    assert m is not None
    if not 1 <= count <= 12 or folded.startswith(" tuổi", m.end()):
        return None
    year = _int(m["year"] or m["year2"] or m["year3"])
    relative = m["relative"] or m["relative2"]
    shift = YEAR_SHIFTS[relative] if relative else None
    if m["which"] == "cuối":
        return _made(folded, begin, m.end(), "months", first_month=13 - count, month=12, year=year, shift=shift, count=count)
    told = bool(m["which"] or year or m["relative2"])
    if not (told or m["past"]) and not _opens_clause(folded, begin):
        return None  # a stretch of time: "về đích sớm 4 tháng", "lớp dạy nghề 3 tháng"
    return _made(folded, begin, m.end(), "months", first_month=1 if told else None, month=count, year=year, shift=shift, count=count)


def _opens_clause(folded: str, at: int) -> bool:
    before = folded[max(0, at - 12) : at].rstrip(" ")
    return not before or before[-1] in "\n.:;,(" or before.endswith(("trong", "hết", "qua", "sau", "chung"))


def _quarter(folded: str, at: int) -> TimeExpression | None:
    m = QUARTER_RE.match(folded, at)
    if m is None:
        return None
    quarter = QUARTERS[m["quarter"]]
    shift = YEAR_SHIFTS[m["relative"]] if m["relative"] else None
    year = _int(m["year"] or m["year2"])
    return _made(folded, at, m.end(), "quarter", first_month=quarter * 3 - 2, month=quarter * 3, year=year, shift=shift)


def _day(folded: str, at: int) -> TimeExpression | None:
    m = DAY_RE.match(folded, at)
    if m is None:
        return None
    year = _int(m["year"] or m["year2"] or m["year3"])
    return _made(folded, at, m.end(), "day", day=int(m["day"]), month=int(m["month"] or m["month2"]), year=year)


def _period(folded: str, at: int) -> TimeExpression | None:
    m = PERIOD_RE.match(folded, at)
    if m is not None:
        shape: Shape = "term" if folded.startswith("nhiệm", at) else "years"
        return _made(folded, at, m.end(), shape, first_year=int(m["first"]), year=int(m["year"]))
    if s := SPAN_RE.match(folded, at):
        return _made(folded, at, s.end(), "span", shift=0 if s["relative"].startswith(("này", "hiện")) else 1)
    if not folded.startswith("nhiệm", at):
        return None
    t = TERM_RE.match(folded, at)
    assert t is not None
    start, link, part = _lead(folded, at)
    if (t["relative"] is None and part == "whole") or (not link and folded.endswith("của ", 0, start)):
        return None
    return TimeExpression(start, t.end(), at, "term", link, part, shift=TERM_SHIFTS[t["relative"] or "này"])


def _fiscal(folded: str, at: int) -> TimeExpression | None:
    m = FISCAL_RE.match(folded, at)
    if m is None:
        return None
    start, link, _ = _lead(folded, at)
    return TimeExpression(start, m.end(), at, "day", link or "until", day=int(m["day"]), month=int(m["month"]), year=int(m["year"]))


def _same(folded: str, at: int) -> TimeExpression | None:
    m = SAME_RE.match(folded, at)
    if m is None:
        return None
    told = (
        m.end() == at + len("cùng kỳ")
        and folded.startswith(",", m.end())
        and folded[max(0, at - 2) : at].rstrip(" ")[-1:] in ("", ".", "\n")
    )
    one = told or folded.startswith(("cùng năm", "cùng thời", "cùng giai"), at)  # "Cùng kỳ, …" opens a sentence: the time told before
    shift = 0 if one and not m["relative"] else -1
    return _made(folded, at, m.end(), "same_period", year=_int(m["year"]), shift=shift, part="whole")


def _half(folded: str, at: int) -> TimeExpression | None:
    m = HALF_RE.match(folded, at)
    if m is None or not (m["which"] or m["year"] or m["relative"]):
        return None  # "sau nửa năm": a stretch of time
    shift = YEAR_SHIFTS[m["relative"]] if m["relative"] else None
    first, last = (7, 12) if m["which"] == "cuối" else (1, 6)
    return _made(folded, at, m.end(), "half", first_month=first, month=last, year=_int(m["year"]), shift=shift)


_WORD_BEFORE_RE = re.compile(r"(\w+)\s*\Z")
_OTHER_NAY = frozenset(("năm", "ngày", "hiện", "xưa", "hôm", "tháng", "thời", "bây", "này"))


def _now(folded: str, at: int) -> TimeExpression | None:
    m = NOW_RE.match(folded, at)
    if m is None:
        return None
    before = _WORD_BEFORE_RE.search(folded[max(0, at - 8) : at])  # by letters: "thực hiện" may open a line or stand after a bracket
    last = before[1] if before else ""
    if last in NOT_HIEN or last.isdigit() or (m.group() in ("nay", "giờ") and last in _OTHER_NAY):
        return None
    start, link, _ = _lead(folded, at)
    if m.group() == "giờ" and link != "until":
        return None
    return TimeExpression(start, m.end(), at, "now", link, "whole")


def _before_it(folded: str, at: int) -> TimeExpression | None:
    """ "trước khi xây dựng nông thôn mới, xã có …": a time that nobody can name."""
    m = BEFORE_IT_RE.match(folded, at)
    if m is None or not _opens_clause(folded, at):
        return None
    return TimeExpression(at, m.end(), at, "unknown")


_READERS: tuple[tuple[str, Callable[[str, int], TimeExpression | None]], ...] = (
    ("năm", _year),
    ("tháng", _month),
    ("quý", _quarter),
    ("ngày", _day),
    ("giai đoạn", _period),
    ("nhiệm kỳ", _period),
    ("thời kỳ", _period),
    ("khóa", _period),
    ("niên độ", _fiscal),
    ("cùng", _same),
    ("nửa", _half),
    ("nay", _now),
    ("hiện", _now),
    ("giờ", _now),
    ("thời điểm", _now),
    ("trước khi", _before_it),
)

# each match takes its digits whole, so that the scan stays linear: four of a year, or two before a sign and a digit
_DATE_LIKE_RE = re.compile(r"\d(?:(?:(?<=1)9|(?<=2)0)\d\d(?!\d)|\d?(?P<short>[/.\-])(?=\d))")  # a class first: `re` skips to it fast
_DAY_WORDS = frozenset(("sáng", "chiều", "tối", "trưa", "đêm"))


def _digit_expressions(folded: str, start: int, end: int) -> list[TimeExpression]:
    """Dates and years without "ngày", "tháng" or "năm": accepted by their form or by the word before them."""
    found = []
    for m in _DATE_LIKE_RE.finditer(folded, start, end):
        at = m.start()
        if _inside_number(folded, at):
            continue
        reader = _short_digits if m.lastgroup else _four_digits
        if (e := reader(folded, at)) is not None:
            found.append(e)
    return found


def _inside_number(folded: str, at: int) -> bool:
    return at > 0 and (folded[at - 1].isalnum() or (folded[at - 1] in "/.,-" and at > 1 and folded[at - 2].isdigit()))


def _word_before(folded: str, at: int) -> str:
    """The word before a position, or the sign where none stands there."""
    before = folded[max(0, at - 16) : at].rstrip(" ")
    return _alpha_tail(before) or before[-1:]


def _four_digits(folded: str, at: int) -> TimeExpression | None:
    word = _word_before(folded, at)
    if m := BARE_YEARS_RE.match(folded, at):
        if word in ("(", "khóa", "kỳ", "đoạn", "năm", "trong", "từ", "các", "học") and int(m["year"]) != int(m["first"]):
            return _made(folded, at, m.end(), "years", first_year=int(m["first"]), year=int(m["year"]))
        return None
    if word not in ("đến", "tới", "từ", "hết", "trước", "cuối", "đầu", "kỳ"):
        return None
    m = BARE_YEAR_RE.match(folded, at)
    if m is None or COUNTED_YEAR_RE.match(folded, m.end()):
        return None
    return _made(folded, at, m.end(), "year", year=int(m["year"]))


def _short_digits(folded: str, at: int) -> TimeExpression | None:
    m = BARE_DAY_RE.match(folded, at)
    word = _word_before(folded, at)
    if m is not None:
        if m["year"]:
            return _made(folded, at, m.end(), "day", day=int(m["day"]), month=int(m["month"]), year=int(m["year"]))
        if word in _DAY_WORDS or (word in ("đến", "tới", "trước", "hôm") and m["by"] != "." and not _counts(folded, m.end())):
            return _made(folded, at, m.end(), "day", day=int(m["day"]), month=int(m["month"]))
        if word == "từ" and re.match(r" *(?:đến|tới)\b", folded[m.end() : m.end() + 6]):
            return _made(folded, at, m.end(), "day", day=int(m["day"]), month=int(m["month"]))
    m = BARE_MONTH_RE.match(folded, at)
    if m is not None and word in ("đến", "tới", "từ", "hết", "cuối", "đầu", "(", "trước", "kỳ"):
        return _made(folded, at, m.end(), "month", month=int(m["month"]), year=int(m["year"]))
    return None


def _counts(folded: str, at: int) -> bool:
    """Whether a counted noun follows: "đến 5/6 xã" is a fraction and no day."""
    return COUNTED_NOUN_RE.match(folded, at) is not None


def _without_overlaps(found: list[TimeExpression]) -> list[TimeExpression]:
    """The longest core wins; a preposition never reaches back into the expression before it."""
    kept: list[TimeExpression] = []
    for e in sorted(found, key=lambda e: (e.core, -e.end)):
        if kept and e.core < kept[-1].end:
            if e.end > kept[-1].end and e.core <= kept[-1].core:
                kept[-1] = e
            continue
        if kept and e.start < kept[-1].end:
            e = replace(e, start=min(kept[-1].end, e.core))
        kept.append(e)
    return kept


def _join(folded: str, found: list[TimeExpression]) -> list[TimeExpression]:
    """ "từ A đến B" is one expression; it ends when B ends."""
    joined: list[TimeExpression] = []
    for e in found:
        if (
            joined
            and (a := joined[-1]).link == "since"
            and e.link in ("until", "before")
            and not folded[a.end : e.start].strip()
            and e.shape != "every_year"
        ):
            e = replace(e, start=a.start, opening=a, link="until")
            joined[-1] = e
        else:
            joined.append(e)
    return joined


def valid_date(year: int, month: int, day: int) -> date | None:
    """A date, or None when the source wrote one that no calendar has (31/4)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None

"""Publication dates as Vietnamese portals write them, read by explicit formats and never by guessing.

A format is a strftime-like pattern that is looked for inside the portal's words, so that labels ("Ngày đăng", "Publish date",
"View count: 372") may change with the session's language without harm:

    %d %m %Y %H %I %M %S   numbers, padded or not (an article says "4:13 PM", the listing of the same portal "03:48 PM")
    %p                     AM PM, SA CH, sáng trưa chiều tối đêm
    %A                     a Vietnamese or English weekday; it must be the weekday of the date
    %B                     a Vietnamese or English month in words ("tháng Năm", "tháng 5", "May")

and three names: `iso` (ISO 8601), `epoch_ms` ("/Date(1589847780000)/" of ASP.NET) and `relative` ("2 giờ trước", "Hôm qua, 14:30").
A time without a zone is Asia/Ho_Chi_Minh. A date that cannot be right is None, with its raw words and the reason kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

EARLIEST = date(1997, 11, 19)  # the day Vietnam was connected to the Internet: no portal published before it
FUTURE = timedelta(days=1)  # clocks differ and editors date tomorrow's notice; more than a day ahead is a mistake

_WEEKDAYS = {
    "thu hai": 0, "thu 2": 0, "t2": 0, "monday": 0, "mon": 0,
    "thu ba": 1, "thu 3": 1, "t3": 1, "tuesday": 1, "tue": 1,
    "thu tu": 2, "thu 4": 2, "t4": 2, "wednesday": 2, "wed": 2,
    "thu nam": 3, "thu 5": 3, "t5": 3, "thursday": 3, "thu": 3,
    "thu sau": 4, "thu 6": 4, "t6": 4, "friday": 4, "fri": 4,
    "thu bay": 5, "thu 7": 5, "t7": 5, "saturday": 5, "sat": 5,
    "chu nhat": 6, "cn": 6, "sunday": 6, "sun": 6,
}  # fmt: skip
_MONTHS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "muoi mot": 11, "muoi hai": 12, "chap": 12,
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12,
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MORNING = {"am", "sa", "sang", "a.m.", "a.m"}
_AFTERNOON = {"pm", "ch", "chieu", "toi", "trua", "dem", "p.m.", "p.m"}


@dataclass(frozen=True, slots=True)
class DateRules:
    """How one portal writes its dates. `unreliable` are spans of local time in which the portal's dates are known to be false."""

    formats: tuple[str, ...]
    midnight_is_no_time: bool = False  # "12:00 AM" on every item that was migrated: the day is right, the time is not known
    unreliable: tuple[tuple[datetime, datetime], ...] = ()  # aware, both ends included


@dataclass(frozen=True, slots=True)
class ReadDate:
    """What became of a date's words: `at` is aware (Asia/Ho_Chi_Minh) or None, and then `problem` says why."""

    raw: str | None
    at: datetime | None = None
    has_time: bool = False
    problem: str | None = (
        None  # no_date | unreadable_date | ambiguous_date | impossible_date | weekday_mismatch | future_date | too_old | unreliable_date
    )


def read_date(raw: str | None, rules: DateRules, fetched_at: datetime) -> ReadDate:
    """The first format of the portal that is found in `raw`, checked for sense against the time of fetching (aware)."""
    words = _plain(raw or "")
    if not words:
        return ReadDate(raw or None, problem="no_date")
    for pattern in rules.formats:
        found = _read_with(pattern, words, fetched_at)
        if not found:
            continue
        moments = {f.moment for f in found if f.moment}
        problem = next((f.problem for f in found if f.problem), None)
        if not moments or problem:
            return ReadDate(raw, problem=problem or "impossible_date")
        if len(moments) > 1:  # several dates under one label: a narrower format is needed, not a choice by chance
            return ReadDate(raw, problem="ambiguous_date")
        (moment,) = moments
        has_time = found[0].has_time and not (rules.midnight_is_no_time and moment.time() == time(0))
        problem = _nonsense(moment, rules, fetched_at)
        return ReadDate(raw, None if problem else moment, has_time and not problem, problem)
    return ReadDate(raw, problem="unreadable_date")


def _nonsense(moment: datetime, rules: DateRules, fetched_at: datetime) -> str | None:
    if moment > fetched_at + FUTURE:
        return "future_date"
    if moment.date() < EARLIEST:
        return "too_old"
    if any(start <= moment <= end for start, end in rules.unreliable):
        return "unreliable_date"
    return None


# --- one format ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    moment: datetime | None
    has_time: bool = False
    problem: str | None = None


def _read_with(pattern: str, words: str, fetched_at: datetime) -> list[_Found]:
    if pattern == "iso":
        return _read_iso(words)
    if pattern == "epoch_ms":
        return [
            _Found(datetime.fromtimestamp(int(m) / 1000, UTC).astimezone(HANOI), True) for m in re.findall(r"/date\((\d{11,14})", words)
        ]
    if pattern == "relative":
        return _read_relative(words, fetched_at)
    return [_moment(m.groupdict()) for m in compile_format(pattern).finditer(words)]


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s*") for w in sorted(words, key=len, reverse=True))


_DIRECTIVES = {
    "d": r"(?P<d>\d{1,2})(?!\d)",
    "m": r"(?P<m>\d{1,2})(?!\d)",
    "Y": r"(?P<Y>(?:19|20)\d\d)(?!\d)",
    "H": r"(?<!\d)(?P<H>\d{1,2})(?!\d)",
    "I": r"(?<!\d)(?P<H>\d{1,2})(?!\d)",
    "M": r"(?P<M>\d{1,2})(?!\d)",
    "S": r"(?P<S>\d{1,2})(?!\d)",
    "p": rf"(?P<p>{_alternatives(_MORNING | _AFTERNOON)})(?![a-z])",
    "A": rf"(?<![a-z])(?P<A>{_alternatives(_WEEKDAYS)})(?![a-z0-9])",
    "B": rf"(?:thang\s*)?(?:(?P<B>{_alternatives(_MONTHS)})(?![a-z])|(?P<m>\d{{1,2}})(?!\d))",
}


@lru_cache(maxsize=512)
def compile_format(pattern: str) -> re.Pattern[str]:
    """A format as a regular expression over folded words; raises `ValueError` for a directive that is not one of ours."""
    out, at = [r"(?<!\d)"], 0
    plain = _plain(pattern, keep_case_of_directives=True)
    while at < len(plain):
        ch = plain[at]
        if ch == "%":
            directive = plain[at + 1 : at + 2]
            if directive not in _DIRECTIVES:
                raise ValueError(f"date format {pattern!r}: unknown directive %{directive}")
            out.append(_DIRECTIVES[directive])
            at += 2
        else:
            # portals differ in the spaces around "|", "," and "-" within one site: they never carry meaning
            out.append(r"\s*" if ch == " " else rf"\s*{re.escape(ch)}\s*" if ch in "|,-()" else re.escape(ch))
            at += 1
    try:
        compiled = re.compile("".join(out))
    except re.error as error:
        raise ValueError(f"date format {pattern!r}: {error}") from error
    if not {"d", "Y"} <= set(compiled.groupindex) or not {"m", "B"} & set(compiled.groupindex):
        raise ValueError(f"date format {pattern!r}: needs a day (%d), a month (%m or %B) and a year (%Y)")
    return compiled


def _moment(parts: dict[str, str | None]) -> _Found:
    number, word = parts.get("m"), parts.get("B")
    month = int(number) if number else _MONTHS[_spaced(word)] if word else 0
    try:
        day = date(int(parts.get("Y") or 0), month, int(parts.get("d") or 0))
    except ValueError:
        return _Found(None, problem="impossible_date")
    weekday, hour = parts.get("A"), parts.get("H")
    if weekday and _WEEKDAYS[_spaced(weekday)] != day.weekday():
        return _Found(None, problem="weekday_mismatch")
    if not hour:
        return _Found(datetime.combine(day, time(0), HANOI))
    clock = _clock(int(hour), int(parts.get("M") or 0), int(parts.get("S") or 0), parts.get("p"))
    if clock is None:
        return _Found(None, problem="impossible_date")
    return _Found(datetime.combine(day, clock, HANOI), True)


def _clock(hour: int, minute: int, second: int, half: str | None) -> time | None:
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    elif half in _MORNING and hour > 12:
        return None
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


_ISO = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s?(?:z|[+-]\d\d:?\d\d)?)?(?![\d:])")


def _read_iso(words: str) -> list[_Found]:
    found = []
    for match in _ISO.finditer(words):
        try:
            moment = datetime.fromisoformat(match.group().replace(" +", "+").replace(" -", "-").upper())
        except ValueError:
            found.append(_Found(None, problem="impossible_date"))
            continue
        local = moment.replace(tzinfo=HANOI) if moment.tzinfo is None else moment.astimezone(HANOI)
        found.append(_Found(local, len(match.group()) > 10))
    return found


_AGO = re.compile(r"(?<!\d)(\d{1,3})\s*(giay|phut|gio|tieng|ngay|tuan|thang|nam)\s+truoc")
_DAY_WORD = re.compile(r"(?<![a-z])(hom nay|hom qua|hom kia)(?![a-z])(?:\D{0,12}?(\d{1,2})[:h](\d{2})(?!\d))?")
_JUST_NOW = re.compile(r"(?<![a-z])(?:vua xong|vua dang|moi dang|just now)(?![a-z])")
_UNIT = {"giay": timedelta(seconds=1), "phut": timedelta(minutes=1), "gio": timedelta(hours=1), "tieng": timedelta(hours=1)}
_DAYS = {"ngay": 1, "tuan": 7}  # a month and a year ago are no dates: "2 tháng trước" covers thirty days


def _read_relative(words: str, fetched_at: datetime) -> list[_Found]:
    now = fetched_at.astimezone(HANOI)
    if _JUST_NOW.search(words):
        return [_Found(now.replace(second=0, microsecond=0), True)]
    if match := _AGO.search(words):
        number, unit = int(match.group(1)), match.group(2)
        if unit in _UNIT:
            return [_Found((now - number * _UNIT[unit]).replace(second=0, microsecond=0), True)]
        if unit in _DAYS:
            return [_Found(datetime.combine((now - timedelta(days=number * _DAYS[unit])).date(), time(0), HANOI))]
        return [_Found(None, problem="unreadable_date")]
    if match := _DAY_WORD.search(words):
        day = (now - timedelta(days={"hom nay": 0, "hom qua": 1, "hom kia": 2}[match.group(1)])).date()
        clock = _clock(int(match.group(2)), int(match.group(3)), 0, None) if match.group(2) else None
        return [_Found(datetime.combine(day, clock or time(0), HANOI), clock is not None)]
    return []


# --- dates in titles and in URLs -------------------------------------------------------------------------------------------------

_DAY, _TIME = r"\d{1,2}/\d{1,2}/\d{4}", r"\d{1,2}:\d{2}"
_TITLE_CLOCK = re.compile(rf"\s*\(\s*(?:{_TIME}\s+{_DAY}|{_DAY}\s+{_TIME}|\d{{4}}-\d\d-\d\dT[\d:.]+Z?)\s*\)\s*$")
_TITLE_DAY = re.compile(rf"\s*\(\s*{_DAY}\s*\)\s*$")
_TITLE_EMPTY = re.compile(r"\s*\(\s*\)\s*$")


def split_title_date(title: str, published: datetime | None, *, always: bool = False) -> tuple[str, str | None]:
    """A title without the date that the CMS glued to its end, and that date's words.

    A clock or a bare "( )" is never part of a headline. A bare day may be (an anniversary), so it goes only when the
    portal is known to append it (`always`) or when it lies within a month of the publication.
    """
    if match := _TITLE_CLOCK.search(title):
        return title[: match.start()].strip(), match.group().strip(" ()\t\n")
    if match := _TITLE_EMPTY.search(title):
        return title[: match.start()].strip(), None
    match = _TITLE_DAY.search(title)
    if not match or not title[: match.start()].strip():
        return title, None
    raw = match.group().strip(" ()\t\n")
    (found,) = _read_with("%d/%m/%Y", raw, datetime.now(UTC)) or [_Found(None)]
    near = found.moment and published and abs(found.moment - published) <= timedelta(days=31)
    return (title[: match.start()].strip(), raw) if always or near else (title, None)


def date_in_id(number: str) -> datetime | None:
    """The publication time that the ids of VCCorp portals embed: a leading site digit, yyMMddHHmmss and two or three more digits.

    >>> date_in_id("425040909575038").isoformat()
    '2025-04-09T09:57:50+07:00'
    """
    match = re.fullmatch(r"\d(\d{12})\d{2,3}", number)
    if not match:
        return None
    try:
        return datetime.strptime(match.group(1), "%y%m%d%H%M%S").replace(tzinfo=HANOI)
    except ValueError:
        return None


# --- dates of many pages ---------------------------------------------------------------------------------------------------------


def bulk_dates(
    dates: Sequence[datetime],
    *,
    fetched_at: datetime | None = None,
    stamp_pages: int = 4,
    stamp_share: float = 0.15,
    day_pages: int = 5,
    day_share: float = 0.5,
) -> frozenset[datetime]:
    """Dates that a machine wrote, not an editor: seen on so many pages of one batch that they say nothing about any of them.

    Two shapes, both measured on real portals: the minute in which the site was built (55 of 84 pages of one district say
    08/08/2019 08:51 or 08:52: neighbouring minutes count together), and the day of a migration without a time of day
    (30/07/2019 on most pages of another). A day near `fetched_at` is never a migration: a daily run finds only today's news.
    """
    local = [d.astimezone(HANOI) for d in dates]
    bulk: set[datetime] = set()
    minutes = Counter(d.replace(second=0, microsecond=0) for d in local if d.time() != time(0))
    for cluster in _clusters(sorted(minutes)):
        pages = sum(minutes[m] for m in cluster)
        if max(minutes[m] for m in cluster) >= stamp_pages and pages >= stamp_share * len(local):
            bulk.update(d for d in local if d.replace(second=0, microsecond=0) in cluster)
    days = Counter(d.date() for d in local if d.time() == time(0))
    for day, pages in days.items():
        recent = fetched_at is not None and abs(fetched_at.astimezone(HANOI).date() - day) <= timedelta(days=3)
        if pages >= day_pages and pages >= day_share * len(local) and not recent:
            bulk.update(d for d in local if d.date() == day and d.time() == time(0))
    return frozenset(bulk)


def _clusters(minutes: Sequence[datetime]) -> list[set[datetime]]:
    clusters: list[set[datetime]] = []
    last: datetime | None = None
    for minute in minutes:
        if last is None or minute - last > timedelta(minutes=1):
            clusters.append(set())
        clusters[-1].add(minute)
        last = minute
    return clusters


# --- words -----------------------------------------------------------------------------------------------------------------------


def _plain(words: str, *, keep_case_of_directives: bool = False) -> str:
    """Lower case without diacritics, single spaces; with `keep_case_of_directives`, %Y stays %Y."""
    text = unicodedata.normalize("NFD", words.replace("đ", "d").replace("Đ", "D"))
    text = "".join(ch for ch in text if not unicodedata.combining(ch))
    text = re.sub(r"[\s\u200b\ufeff]+", " ", text.replace("–", "-").replace("—", "-")).strip()
    if not keep_case_of_directives:
        return text.lower()
    return re.sub(r"(%?)([A-Za-z])", lambda m: m.group() if m.group(1) else m.group().lower(), text)


def _spaced(words: str) -> str:
    """A weekday or month as its table has it: "thứ2" and "thứ  hai" are "thu 2" and "thu hai"."""
    joined = re.sub(r"\s+", " ", words)
    if joined in _WEEKDAYS or joined in _MONTHS:
        return joined
    tight = joined.replace(" ", "")
    return next(k for k in (*_WEEKDAYS, *_MONTHS) if k.replace(" ", "") == tight)

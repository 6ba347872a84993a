"""What a time expression means as days, given the day of publication and the years that the article itself names."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from extraction.model import Kind
from extraction.time_expressions import TimeExpression, valid_date

Days = tuple[date | None, date | None]
_PARTS_OF_YEAR = frozenset({"day", "month", "months", "quarter", "half"})


@dataclass(frozen=True, slots=True)
class Calendar:
    """The article's own calendar: the day of publication, the year that stands in for it, and the end years of named party terms."""

    published: date | None
    year: int | None
    terms: tuple[int, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()  # "giai đoạn 2021-2025", in reading order

    def days(self, e: TimeExpression, kind: Kind, near: int | None = None) -> Days:
        """First and last day; `near` is the year that the sentence gives to expressions that name none. None where nobody can tell."""
        if e.shape == "now":
            return (self.days(e.opening, kind)[0] if e.opening else self.published), self.published
        if e.shape in ("elapsed", "same_period", "every_year", "unknown"):
            return None, None
        if e.shape == "term" and e.year is None:
            return self._term(e)
        if e.shape == "span":
            return self._span(e)
        year = self._year_of(e, kind, near)
        if year is None or not 1940 <= year <= 2100:
            return None, None
        if e.first_year is not None and e.first_year > year:  # "giai đoạn 2017-2010": a slip of the source, the decade is wrong
            year += -(-(e.first_year - year) // 10) * 10
        first, last = days_in(e, year)
        if e.part == "middle" and e.shape == "month" and self._in_middle_of(year, e.month):
            last = self.published
        if e.opening is not None and last is not None:
            opened = self.days(e.opening, kind, year)[0]
            first = opened if opened is not None and opened <= last else first
        return first, last

    def _in_middle_of(self, year: int, month: int | None) -> bool:
        """Published between the 11th and the 20th of that month: "tính đến giữa tháng" then means today."""
        p = self.published
        return p is not None and (p.year, p.month) == (year, month) and 11 <= p.day <= 20

    def _year_of(self, e: TimeExpression, kind: Kind, near: int | None) -> int | None:
        if e.year is not None or self.year is None:
            return e.year
        if e.shape == "ahead":
            return self.year + (e.count or 0)
        if e.shape == "ago":
            return self.year - (e.count or 0)
        if e.shift is not None:
            ending = e.past and self.published is not None and self.published.month >= 10  # "năm qua" in December is the year that ends
            return self.year if ending else self.year + e.shift
        return near if near is not None else self._nearest_year(e, kind)

    def _nearest_year(self, e: TimeExpression, kind: Kind) -> int | None:
        """The year of "đến ngày 30/11" or "cuối năm": the last one gone by for what was achieved, the next one for what is planned."""
        published = self.published
        if published is None or (last := days_in(e, published.year)[1]) is None:
            return self.year
        if kind == "target":
            return published.year + (last < published and e.shape in ("day", "month"))
        if last <= published:
            return published.year
        if e.shape in _PARTS_OF_YEAR:
            running = e.first_month is not None and date(published.year, e.first_month, 1) <= published
            return published.year if running or (last - published).days <= 31 else published.year - 1
        return published.year - (published.month <= 3 and e.part in ("end", "whole"))

    def _span(self, e: TimeExpression) -> Days:
        """ "giai đoạn này" is the span that the article names, "giai đoạn tới" one of them that ends after its day."""
        ahead = [s for s in self.spans if self.published is None or s[1] > self.published.year]
        chosen = ahead if e.shift else self.spans
        return (date(chosen[0][0], 1, 1), date(chosen[0][1], 12, 31)) if chosen else (None, None)

    def _term(self, e: TimeExpression) -> Days:
        """Party terms run between congress years (2015, 2020, 2025 …); in a congress year "nhiệm kỳ qua" is the one that ends."""
        if e.shift == 0 and self.terms:
            end = self.terms[-1]
        elif self.year is not None:
            started = self.year // 5 * 5
            congress = self.year == started
            end = {-1: started, 0: started + (0 if congress else 5), 1: started + (5 if congress else 10)}[e.shift or 0]
        else:
            return None, None
        return date(end - 5, 1, 1), date(end - 5, 1, 1) if e.part == "start" else date(end, 12, 31)


def days_in(e: TimeExpression, year: int) -> Days:
    """First and last day of an expression in a year; None where no calendar has the day."""
    if e.shape == "day" and e.month is not None and e.day is not None:
        day = valid_date(year, e.month, e.day)
        return day, day
    if e.shape == "school_year":  # lessons end by 31 May (khung kế hoạch thời gian năm học)
        return date(e.first_year or year - 1, 9, 1), date(year, 5, 31)
    if e.month is not None:
        return _month_days(e, year, e.month)
    first = date(e.first_year if e.first_year and e.first_year <= year else year, 1, 1)
    if e.link == "before" and e.part == "whole":
        return first, date(year - 1, 12, 31)
    if e.part == "start":
        return first, first
    return first, date(year, 6, 30) if e.part == "middle" else date(year, 12, 31)


def _month_days(e: TimeExpression, year: int, month: int) -> Days:
    first = date(year, e.first_month or (month if e.shape == "month" else 1), 1)
    if e.part == "start" and e.shape == "month":
        return first, first
    if e.part == "middle" and e.shape == "month":
        return first, date(year, month, 15)
    return first, date(year, month, calendar.monthrange(year, month)[1])


def calendar_of(published: date | None, expressions: list[TimeExpression]) -> Calendar:
    """The calendar of an article from its day of publication and from what it writes itself."""
    terms = tuple(e.year for e in expressions if e.shape == "term" and e.year is not None)
    spans = tuple((e.first_year, e.year) for e in expressions if e.shape == "years" and e.year and e.first_year and e.first_year < e.year)
    return Calendar(published, published.year if published else _written_year(expressions), terms, spans)


def _written_year(expressions: list[TimeExpression]) -> int | None:
    """Without a day of publication, the latest dated day or month of the text stands in for its year, else the first year named."""
    dated = [
        e.year for e in expressions if e.year is not None and e.link != "baseline" and e.shape in ("day", "month", "months", "quarter")
    ]
    return max(dated) if dated else next((e.year for e in expressions if e.year is not None), None)

"""Days on which Vietnamese offices publish, and how long a silence is when measured in them.

A portal that is silent over Tết or a weekend is healthy. So silence is counted in working days and given back as calendar days
(five working days are a week): a bound of "14 days without an article" means the same in May and over Tết.
The days of Tết (tet.csv) are those of Vietnam's own calendar at UTC+7, which in 2007 and 2030 differ from China's; they agree
with the `holidays` package for 2005 to 2035. Days that a decree moves from year to year are not known here.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from muctieu.settings import TIMEZONE

TET_BEFORE, TET_AFTER = 3, 6  # offices empty about three days before the first day of the year and are back by the eighth
_FIXED = ((1, 1), (4, 30), (5, 1), (9, 2))  # New Year, Reunification, Labour Day, National Day


@cache
def tet_days() -> dict[int, date]:
    """Year -> first day of the lunar year in Vietnam."""
    with (Path(__file__).parent / "tet.csv").open(encoding="utf-8") as file:
        return {int(row["year"]): date.fromisoformat(row["first_day"]) for row in csv.DictReader(file)}


def in_tet(day: date) -> bool:
    """Whether offices are closed for Tết; never after the last year of the table, where the caller is only less lenient."""
    first = tet_days().get(day.year)
    return first is not None and first - timedelta(days=TET_BEFORE) <= day <= first + timedelta(days=TET_AFTER)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in _FIXED and not in_tet(day)


def quiet_days(since: datetime, until: datetime) -> float:
    """Days of silence between two aware moments, counted in working days and scaled to calendar days (x 7/5); 0 when reversed."""
    start, end = since.astimezone(TIMEZONE), until.astimezone(TIMEZONE)
    if end <= start:
        return 0.0
    working, day = timedelta(), start.date()
    while day <= end.date():
        if is_working_day(day):
            midnight = datetime.combine(day, time(), TIMEZONE)
            working += min(end, midnight + timedelta(days=1)) - max(start, midnight)
        day += timedelta(days=1)
    return working / timedelta(days=1) * 7 / 5

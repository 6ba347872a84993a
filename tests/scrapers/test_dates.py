"""Dates: what Vietnamese portals write, what cannot be right, and that nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.dates import EARLIEST, HANOI, DateRules, bulk_dates, compile_format, date_in_id, read_date, split_title_date

NOW = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)  # ten in the morning in Hanoi


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("raw", "pattern", "expected"),
    [
        ("Ngày đăng 25/11/2011 | 4:13 PM | View count: 1070", "%d/%m/%Y | %I:%M %p", "2011-11-25T16:13"),
        ("Publish date 25/11/2011 | 03:48 PM", "%d/%m/%Y | %I:%M %p", "2011-11-25T15:48"),
        ("27/09/2016|12:05 PM", "%d/%m/%Y | %I:%M %p", "2016-09-27T12:05"),
        ("27/09/2016 | 12:05 AM", "%d/%m/%Y | %I:%M %p", "2016-09-27T00:05"),
        ("thứ hai, 08 07 2019 14:44", "%A, %d %m %Y %H:%M", "2019-07-08T14:44"),
        ("chủ nhật, 28 07 2019 19:05", "%A, %d %m %Y %H:%M", "2019-07-28T19:05"),
        ("(08.07.2019 14:44)", "(%d.%m.%Y %H:%M)", "2019-07-08T14:44"),
        ("21/10/2021 02:01:00 CH", "%d/%m/%Y %I:%M:%S %p", "2021-10-21T14:01"),
        ("21/10/2021 12:01:00 SA", "%d/%m/%Y %I:%M:%S %p", "2021-10-21T00:01"),
        ("Thứ 3, ngày 19/05/2020 | 07:23 AM (GMT +7)", "%A, ngày %d/%m/%Y | %I:%M %p", "2020-05-19T07:23"),
        ("Thứ Bảy, 05/09/2020, 14:30 (GMT+7)", "%A, %d/%m/%Y, %H:%M", "2020-09-05T14:30"),
        ("Thứ hai - 09/04/2018 14:40", "%A - %d/%m/%Y %H:%M", "2018-04-09T14:40"),
        ("ngày 05 tháng 8 năm 2026", "ngày %d %B năm %Y", "2026-08-05"),
        ("Ngày 5 tháng Mười hai năm 2025", "ngày %d %B năm %Y", "2025-12-05"),
        ("3 Tháng Chín, 2025", "%d %B, %Y", "2025-09-03"),
        ("May 7, 2024", "%B %d, %Y", "2024-05-07"),
        ("5.8.2026", "%d.%m.%Y", "2026-08-05"),
        ("(09:11 14/07/2020)", "%H:%M %d/%m/%Y", "2020-07-14T09:11"),
        ("15:28, 28/08/2026", "%H:%M, %d/%m/%Y", "2026-08-28T15:28"),
        ("2026-08-28T15:28:00+07:00", "iso", "2026-08-28T15:28"),
        ("2026-08-28T08:28:00Z", "iso", "2026-08-28T15:28"),
        ("2019-05-17", "iso", "2019-05-17"),
        ("/Date(1589847780000)/", "epoch_ms", "2020-05-19T07:23"),
        ("2 giờ trước", "relative", "2026-09-01T08:00"),
        ("45 phút trước", "relative", "2026-09-01T09:15"),
        ("3 ngày trước", "relative", "2026-08-29"),
        ("Hôm qua, 14:30", "relative", "2026-08-31T14:30"),
        ("Hôm nay", "relative", "2026-09-01"),
        ("vừa xong", "relative", "2026-09-01T10:00"),
    ],
)
def test_formats_of_the_portals(raw: str, pattern: str, expected: str) -> None:
    read = read_date(raw, DateRules((pattern,)), NOW)
    assert read.problem is None
    assert read.at == at(expected)
    assert read.has_time == ("T" in expected)
    assert read.raw == raw


@pytest.mark.parametrize(
    ("raw", "pattern", "problem"),
    [
        ("", "%d/%m/%Y", "no_date"),
        (" \u00a0", "%d/%m/%Y", "no_date"),
        ("Lượt xem: 56", "%d/%m/%Y", "unreadable_date"),
        ("31/02/2020", "%d/%m/%Y", "impossible_date"),
        ("13/13/2020", "%d/%m/%Y", "impossible_date"),
        ("01/01/2020 25:00", "%d/%m/%Y %H:%M", "impossible_date"),
        ("01/01/2020 15:00 SA", "%d/%m/%Y %I:%M %p", "impossible_date"),
        ("thứ ba, 08/07/2019", "%A, %d/%m/%Y", "weekday_mismatch"),
        ("05/12/2026", "%d/%m/%Y", "future_date"),  # never swapped to 12 May
        ("01/01/1990", "%d/%m/%Y", "unreadable_date" if EARLIEST.year < 1990 else "too_old"),
        ("01/01/2020 - 02/01/2020", "%d/%m/%Y", "ambiguous_date"),
        ("112/12/2020", "%d/%m/%Y", "unreadable_date"),
        ("12/12/20201", "%d/%m/%Y", "unreadable_date"),
        ("2 tháng trước", "relative", "unreadable_date"),
        ("2020-13-01", "iso", "impossible_date"),
    ],
)
def test_what_cannot_be_right_is_no_date_and_keeps_its_words(raw: str, pattern: str, problem: str) -> None:
    read = read_date(raw, DateRules((pattern,)), NOW)
    assert read.at is None
    assert not read.has_time
    assert read.problem == problem
    assert read.raw == (raw or None)


def test_the_first_format_that_is_found_decides() -> None:
    rules = DateRules(("%A, %d/%m/%Y %H:%M", "%d/%m/%Y"))
    assert read_date("Thứ tư, 08/07/2019 10:00", rules, NOW).problem == "weekday_mismatch"
    assert read_date("08/07/2019", rules, NOW).at == at("2019-07-08")


def test_midnight_of_a_migration_is_a_day_without_a_time() -> None:
    raw = "21/02/2013 | 12:00 AM"
    pattern = ("%d/%m/%Y | %I:%M %p",)
    assert read_date(raw, DateRules(pattern, midnight_is_no_time=True), NOW).has_time is False
    assert read_date(raw, DateRules(pattern), NOW).has_time is True
    assert read_date(raw, DateRules(pattern, midnight_is_no_time=True), NOW).at == at("2013-02-21")


def test_known_false_spans_are_unreliable() -> None:
    rules = DateRules(("%d %m %Y %H:%M",), unreliable=((at("2019-08-08T08:45"), at("2019-08-08T08:59:59")),))
    assert read_date("08 08 2019 08:51", rules, NOW).problem == "unreliable_date"
    assert read_date("08 08 2019 09:00", rules, NOW).at == at("2019-08-08T09:00")


def test_days_are_those_of_hanoi_whatever_the_machine_says() -> None:
    half_past_midnight = datetime(2026, 8, 31, 17, 30, tzinfo=UTC)  # 00:30 on 1 September in Hanoi
    assert read_date("Hôm nay", DateRules(("relative",)), half_past_midnight).at == at("2026-09-01")
    assert read_date("01/09/2026", DateRules(("%d/%m/%Y",)), half_past_midnight).problem is None


@pytest.mark.parametrize("pattern", ["%d/%m", "%H:%M", "%d/%m/%Q", "%d/%d/%Y %m", "%d %B %m %Y"])
def test_formats_that_cannot_give_a_date_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="date format"):
        compile_format(pattern)


days = st.dates(min_value=EARLIEST, max_value=date(2026, 8, 31))
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
VIETNAMESE = ("thứ hai", "Thứ Ba", "thứ 4", "Thứ năm", "THỨ SÁU", "Thứ 7", "Chủ nhật")


@given(days, clocks, st.sampled_from(["", "Ngày đăng: ", "Publish date "]), st.sampled_from(["", " | View count: 37", " (GMT+7)"]))
def test_written_dates_are_read_back(day: date, clock: time, before: str, after: str) -> None:
    moment = datetime.combine(day, clock, HANOI)
    half, hour = ("CH" if clock.hour >= 12 else "SA"), (clock.hour % 12 or 12)
    written = {
        "%d/%m/%Y %H:%M": f"{day.day}/{day.month}/{day.year} {clock.hour}:{clock.minute:02}",
        "%d.%m.%Y %H:%M": f"{day:%d.%m.%Y} {clock:%H:%M}",
        "%d/%m/%Y | %I:%M %p": f"{day:%d/%m/%Y} | {hour}:{clock.minute:02} {half}",
        "%A, %d %m %Y %H:%M": f"{VIETNAMESE[day.weekday()]}, {day:%d %m %Y} {clock:%H:%M}",
        "%H:%M, %d/%m/%Y": f"{clock:%H:%M}, {day:%d/%m/%Y}",
        "iso": moment.isoformat(),
    }
    for pattern, words in written.items():
        read = read_date(f"{before}{words}{after}" if pattern != "iso" else words, DateRules((pattern,)), NOW)
        assert (read.at, read.problem) == (moment, None), words


@given(days, st.integers(1, 6))
def test_a_wrong_weekday_is_never_taken(day: date, shift: int) -> None:
    words = f"{VIETNAMESE[(day.weekday() + shift) % 7]}, {day:%d/%m/%Y}"
    assert read_date(words, DateRules(("%A, %d/%m/%Y",)), NOW).problem == "weekday_mismatch"


@given(st.text(max_size=60))
def test_any_words_give_a_date_in_range_or_a_reason(words: str) -> None:
    rules = DateRules(("%A, %d/%m/%Y %H:%M", "%d/%m/%Y | %I:%M %p", "%d/%m/%Y", "%d %B %Y", "iso", "epoch_ms", "relative"))
    read = read_date(words, rules, NOW)
    assert (read.at is None) == (read.problem is not None)
    if read.at:
        assert EARLIEST <= read.at.date() <= NOW.astimezone(HANOI).date() + timedelta(days=1)


# --- titles and ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "published", "expected"),
    [
        ("Tập trung giảm nghèo (09:11 14/07/2020)", None, ("Tập trung giảm nghèo", "09:11 14/07/2020")),
        ("Tin ngắn (2019-05-17T03:24:35.083Z)", None, ("Tin ngắn", "2019-05-17T03:24:35.083Z")),
        ("Tin ngắn ( )", None, ("Tin ngắn", None)),
        ("Hội nghị tại tỉnh Mẫu(22/01/2016)", "2016-01-25", ("Hội nghị tại tỉnh Mẫu", "22/01/2016")),
        ("Kỷ niệm ngày thành lập (03/02/1930)", "2020-02-03", ("Kỷ niệm ngày thành lập (03/02/1930)", None)),
        ("Kỷ niệm 66 năm (27/7/1947-27/7/2013)", "2013-04-02", ("Kỷ niệm 66 năm (27/7/1947-27/7/2013)", None)),
        ("(01/02/2020)", None, ("(01/02/2020)", None)),
    ],
)
def test_dates_that_the_cms_glues_to_titles(title: str, published: str | None, expected: tuple[str, str | None]) -> None:
    assert split_title_date(title, at(published) if published else None) == expected


def test_ids_of_the_hanoi_cms_hold_the_time() -> None:
    assert date_in_id("425040909575038") == at("2025-04-09T09:57:50")
    assert date_in_id("4260806165319005") == at("2026-08-06T16:53:19")
    assert date_in_id("4269999165319005") is None
    assert date_in_id("60243") is None


# --- many pages ------------------------------------------------------------------------------------------------------------------


def test_the_minute_of_a_build_is_bulk_with_its_neighbours() -> None:
    build = [at("2019-08-08T08:51")] * 6 + [at("2019-08-08T08:52")] * 5
    real = [at("2019-08-05T14:38"), at("2019-08-06T14:41"), at("2019-06-28T15:59")]
    assert bulk_dates(build + real) == {at("2019-08-08T08:51"), at("2019-08-08T08:52")}


def test_the_day_of_a_migration_is_bulk() -> None:
    dates = [at("2019-07-30")] * 8 + [at("2019-05-30"), at("2019-06-11")]
    assert bulk_dates(dates, fetched_at=NOW) == {at("2019-07-30")}


def test_a_daily_run_of_todays_news_is_not_bulk() -> None:
    assert bulk_dates([at("2026-09-01")] * 7, fetched_at=NOW) == frozenset()


def test_an_editor_who_releases_three_articles_at_once_is_no_machine() -> None:
    dates = [at("2026-08-20T16:00")] * 3 + [at(f"2026-08-{day}T09:{day}") for day in range(10, 20)]
    assert bulk_dates(dates, fetched_at=NOW) == frozenset()


moments = st.integers(0, 365 * 24 * 3600).map(lambda s: at("2019-01-01") + timedelta(seconds=s))


@given(st.lists(moments, unique=True))
def test_different_dates_are_never_bulk_unless_they_share_a_minute(dates: list[datetime]) -> None:
    minutes = [d.replace(second=0, microsecond=0) for d in dates]
    bulk = bulk_dates(dates)
    assert bulk <= set(dates)
    if len(set(minutes)) == len(minutes):
        assert not bulk

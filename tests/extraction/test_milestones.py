"""Named units that are to be, or were, recognised. Expected: level word and name, grade, kind, day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.areas import AreaReader
from extraction.masks import find_masks
from extraction.milestones import NamedMilestone, find_milestones
from extraction.model import ArticleContext
from extraction.periods import PeriodReader
from extraction.text import read
from tests.extraction.oracle_time import score_milestones


def found(raw: str, published: str | None, portal: str) -> list[NamedMilestone]:
    text = read(raw)
    context = ArticleContext(date.fromisoformat(published) if published else None, portal)
    areas = AreaReader(text, context, find_masks(text, context))
    return find_milestones(text, context, areas, PeriodReader(text, context))


def told(raw: str, published: str | None, portal: str) -> set[tuple[str, str, str, str | None]]:
    """(first part of the area, indicator without "ntm.", kind, day) of each milestone."""
    return {
        (m.area.split(",")[0], m.indicator.removeprefix("ntm."), m.kind, m.as_of.isoformat() if m.as_of else None)
        for m in found(f"Xây dựng nông thôn mới ở địa phương\n{raw}", published, portal)
    }


NGHE_AN, BINH_DINH, LANG_SON = "Tỉnh Nghệ An", "Tỉnh Bình Định", "Tỉnh Lạng Sơn"

PLANNED = [
    # lists before the predicate
    ("Năm 2022, các huyện Yên Thành, Đô Lương và Diễn Châu phấn đấu đạt chuẩn nông thôn mới.", "2022-03-01", NGHE_AN,
     {("Huyện Yên Thành", "district.certified"), ("Huyện Đô Lương", "district.certified"), ("Huyện Diễn Châu", "district.certified")}, "2022-12-31"),
    ("UBND tỉnh giao các huyện: Nghi Lộc, Hưng Nguyên hoàn thiện hồ sơ trình Trung ương xét, công nhận đạt chuẩn NTM năm 2022.", "2022-03-01", NGHE_AN,
     {("Huyện Nghi Lộc", "district.certified"), ("Huyện Hưng Nguyên", "district.certified")}, "2022-12-31"),
    ("Phấn đấu đến hết năm 2023, huyện Hoài Ân về đích NTM.", "2022-05-20", BINH_DINH, {("Huyện Hoài Ân", "district.certified")}, "2023-12-31"),
    ("Đến cuối năm 2024, thị xã Hoài Nhơn hoàn thành nhiệm vụ xây dựng NTM.", "2023-05-20", BINH_DINH, {("Thị xã Hoài Nhơn", "district.certified")}, "2024-12-31"),
    ("Theo lộ trình, năm 2025 huyện Nam Đàn đạt chuẩn huyện NTM nâng cao.", "2023-05-20", NGHE_AN, {("Huyện Nam Đàn", "district.advanced")}, "2025-12-31"),
    ("Dự kiến trong quý IV/2023, xã Kim Liên được công nhận NTM kiểu mẫu.", "2023-09-20", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "commune.model")}, "2023-12-31"),
    # the unit is the portal's own, or the one just named
    ("Phấn đấu đến năm 2025, huyện được công nhận đạt chuẩn NTM.", "2022-02-20", "Huyện Bắc Sơn, Tỉnh Lạng Sơn", {("Huyện Bắc Sơn", "district.certified")}, "2025-12-31"),
    ("Năm 2025, tỉnh hoàn thiện hồ sơ trình Thủ tướng công nhận tỉnh hoàn thành nhiệm vụ xây dựng NTM.", "2025-02-20", "Tỉnh Thái Bình",
     {("Tỉnh Thái Bình", "province.certified")}, "2025-12-31"),
    ("Hết năm 2027, xã phấn đấu đạt chuẩn nông thôn mới nâng cao.", "2026-02-20", "Xã Bắc Sơn, Tỉnh Lạng Sơn", {("Xã Bắc Sơn", "commune.advanced")}, "2027-12-31"),
    # lists after the predicate
    ("Quý IV/2025, tỉnh phấn đấu công nhận thêm 2 xã đạt chuẩn NTM, gồm: Điềm He và Yên Phúc.", "2025-10-14", LANG_SON,
     {("Xã Điềm He", "commune.certified"), ("Xã Yên Phúc", "commune.certified")}, "2025-12-31"),
    ("Năm 2023, tỉnh phấn đấu có thêm 2 huyện đạt chuẩn NTM là Đô Lương và Quỳnh Lưu.", "2023-02-14", NGHE_AN,
     {("Huyện Đô Lương", "district.certified"), ("Huyện Quỳnh Lưu", "district.certified")}, "2023-12-31"),
    ("Năm 2024, phấn đấu đưa huyện Tương Dương trở thành huyện nông thôn mới.", "2023-02-14", NGHE_AN, {("Huyện Tương Dương", "district.certified")}, "2024-12-31"),
    ("Giai đoạn 2021-2025 trở thành tỉnh nông thôn mới.", "2021-08-14", NGHE_AN, {("Tỉnh Nghệ An", "province.certified")}, "2025-12-31"),
    ("Để về đích nông thôn mới vào năm 2024, huyện Tân Kỳ tập trung cho hạ tầng.", "2023-02-14", NGHE_AN, {("Huyện Tân Kỳ", "district.certified")}, "2024-12-31"),
    ("Hai xã Nam Giang và Kim Liên đã được đề nghị công nhận; dự kiến hết năm nay, huyện có 12 xã đạt chuẩn.", "2019-11-05", "Huyện Nam Đàn, Tỉnh Nghệ An",
     {("Xã Nam Giang", "commune.certified"), ("Xã Kim Liên", "commune.certified")}, "2019-12-31"),
    # the head of a list says that it is planned
    ("Các chỉ tiêu cụ thể của năm 2023:\n1. Thị xã Hoài Nhơn hoàn thành nhiệm vụ xây dựng NTM; huyện Phù Cát đạt chuẩn huyện NTM nâng cao.", "2023-02-14", BINH_DINH,
     {("Thị xã Hoài Nhơn", "district.certified"), ("Huyện Phù Cát", "district.advanced")}, "2023-12-31"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "published", "portal", "units", "day"), PLANNED)
def test_units_that_are_to_be_recognised(raw: str, published: str, portal: str, units: set[tuple[str, str]], day: str) -> None:
    assert told(raw, published, portal) == {(area, indicator, "target", day) for area, indicator in units}


REACHED = [
    ("Đến hết năm 2021, 2 huyện Nghi Lộc và Diễn Châu đã được Thủ tướng công nhận đạt chuẩn NTM.", "2022-03-01", NGHE_AN,
     {("Huyện Nghi Lộc", "district.certified"), ("Huyện Diễn Châu", "district.certified")}, "2021-12-31"),
    ("Năm 2019, huyện Yên Thành được công nhận đạt chuẩn nông thôn mới.", "2022-03-01", NGHE_AN, {("Huyện Yên Thành", "district.certified")}, "2019-12-31"),
    ("UBND tỉnh đã quyết định công nhận xã Kim Liên hoàn thành 19 tiêu chí quốc gia về nông thôn mới năm 2014.", "2015-03-01", "Huyện Nam Đàn, Tỉnh Nghệ An",
     {("Xã Kim Liên", "commune.certified")}, "2014-12-31"),
    ("Tối qua, xã Kim Liên đón bằng công nhận đạt chuẩn nông thôn mới nâng cao.", "2021-03-01", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "commune.advanced")}, "2021-03-01"),
    ("Ngày 09/8/2023, Thủ tướng ký quyết định công nhận huyện Đô Lương đạt chuẩn NTM năm 2022.", "2023-08-12", NGHE_AN, {("Huyện Đô Lương", "district.certified")}, "2022-12-31"),
    ("Thành phố Vinh đã hoàn thành nhiệm vụ xây dựng nông thôn mới từ năm 2018.", "2022-08-12", NGHE_AN, {("Thành phố Vinh", "district.certified")}, "2018-12-31"),
    ("Nhờ đó, xã Kim Liên đạt chuẩn quốc gia xây dựng nông thôn mới năm 2014.", "2018-08-12", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "commune.certified")}, "2014-12-31"),
    ("Năm 2020, xã được công nhận xã đạt chuẩn nông thôn mới.", "2021-08-12", "Xã Kim Liên, Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "commune.certified")}, "2020-12-31"),
    ("Cả nước có 4 tỉnh (Nam Định, Đồng Nai, Hà Nam, Hưng Yên) đã được Thủ tướng công nhận hoàn thành nhiệm vụ xây dựng nông thôn mới.", "2022-01-22", "Cả nước",
     {("Tỉnh Nam Định", "province.certified"), ("Tỉnh Đồng Nai", "province.certified"), ("Tỉnh Hà Nam", "province.certified"), ("Tỉnh Hưng Yên", "province.certified")}, "2022-01-22"),
    ("Đạt chuẩn nông thôn mới từ năm 2015, đến nay xã Kim Liên đã đổi khác.", "2020-07-22", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "commune.certified")}, "2015-12-31"),
    ("Về đích nông thôn mới nâng cao năm 2019, xã Kim Liên tiếp tục phấn đấu.", "2021-07-22", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "commune.advanced")}, "2019-12-31"),
    ("Hoàn thành 19 tiêu chí quốc gia về nông thôn mới, xã Kim Liên tổ chức lễ mừng công.", "2015-07-22", "Huyện Nam Đàn, Tỉnh Nghệ An",
     {("Xã Kim Liên", "commune.certified")}, "2015-07-22"),
    ("Huyện Nam Đàn là huyện NTM đầu tiên của tỉnh, được công nhận năm 2018.", "2020-07-22", NGHE_AN, {("Huyện Nam Đàn", "district.certified")}, "2018-12-31"),
    ("Toàn tỉnh có 2 huyện đạt chuẩn NTM, gồm: Nam Đàn (năm 2018), Yên Thành (năm 2018).", "2020-07-22", NGHE_AN,
     {("Huyện Nam Đàn", "district.certified"), ("Huyện Yên Thành", "district.certified")}, "2018-12-31"),
    ("Đến hết năm 2020, tỉnh có 3/21 huyện, thành phố, thị xã đạt chuẩn hoặc hoàn thành nhiệm vụ xây dựng NTM, dẫn đầu là Nam Đàn, tiếp đó là Yên Thành.", "2021-07-22",
     NGHE_AN, {("Huyện Nam Đàn", "district.certified"), ("Huyện Yên Thành", "district.certified")}, "2020-12-31"),
    ("Đến hết năm 2016, huyện có 2 xã đạt 19/19 tiêu chí là Đá Bạc và Nà Lốc.", "2017-07-22", "Huyện Bạch Thông, Tỉnh Bắc Kạn",
     {("Xã Đá Bạc", "commune.certified"), ("Xã Nà Lốc", "commune.certified")}, "2016-12-31"),
    ("Xã Kim Liên (huyện Nam Đàn) là xã đầu tiên của tỉnh đạt chuẩn nông thôn mới kiểu mẫu.", "2022-05-05", NGHE_AN, {("Xã Kim Liên", "commune.model")}, "2022-05-05"),
    ("Kim Liên và Nam Cát là 2 xã đạt chuẩn nông thôn mới nâng cao.", "2020-07-05", "Huyện Nam Đàn, Tỉnh Nghệ An",
     {("Xã Kim Liên", "commune.advanced"), ("Xã Nam Cát", "commune.advanced")}, "2020-07-05"),
    ("Theo đó, công nhận các xã: Nam Cát, Kim Liên (huyện Nam Đàn) đạt chuẩn NTM nâng cao năm 2021.", "2022-05-05", NGHE_AN,
     {("Xã Kim Liên", "commune.advanced"), ("Xã Nam Cát", "commune.advanced")}, "2021-12-31"),
    ("Lễ công bố xã Kim Liên đạt chuẩn nông thôn mới nâng cao năm 2020.", "2021-01-05", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "commune.advanced")}, "2020-12-31"),
    ("Nhờ đó, huyện đã được Thủ tướng công nhận đạt chuẩn NTM năm 2018.", "2021-01-05", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Huyện Nam Đàn", "district.certified")}, "2018-12-31"),
    ("Huyện Yên Định (Thanh Hóa) về đích nông thôn mới từ năm 2015.", "2018-01-05", "Cả nước", {("Huyện Yên Định", "district.certified")}, "2015-12-31"),
    ("Năm 2019, xã Kim Liên được công nhận đạt chuẩn quốc gia về y tế.", "2020-07-22", "Huyện Nam Đàn, Tỉnh Nghệ An", {("Xã Kim Liên", "health.commune_standard")}, "2019-12-31"),
    ("Tính đến ngày 30/6/2022, huyện có 3 xã đạt chuẩn NTM, gồm: Kim Liên, Nam Giang và Nam Cát.", "2022-07-22", "Huyện Nam Đàn, Tỉnh Nghệ An",
     {("Xã Kim Liên", "commune.certified"), ("Xã Nam Giang", "commune.certified"), ("Xã Nam Cát", "commune.certified")}, "2022-06-30"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "published", "portal", "units", "day"), REACHED)
def test_units_that_were_recognised(raw: str, published: str, portal: str, units: set[tuple[str, str]], day: str) -> None:
    assert told(raw, published, portal) == {(area, indicator, "achievement", day) for area, indicator in units}


NOTHING = [
    ("Huyện Nam Đàn có 17/18 xã đạt chuẩn nông thôn mới.", NGHE_AN),
    ("Nhiều nhất là Yên Thành (12 xã), kế đến là Đô Lương (9 xã) đạt chuẩn NTM.", NGHE_AN),
    ("Xã Kim Liên đạt 15/19 tiêu chí nông thôn mới.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
    ("Xã Kim Liên chưa đạt chuẩn nông thôn mới.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
    ("Trường tiểu học Kim Liên đạt chuẩn quốc gia mức độ 2.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
    ("Phường Hưng Bình đạt chuẩn văn minh đô thị.", NGHE_AN),
    ("Nghệ An tăng tốc về đích nông thôn mới.", NGHE_AN),
    ("Các xã của huyện Nam Đàn đạt chuẩn NTM phải giữ vững tiêu chí.", NGHE_AN),
    ("Xây dựng xã đạt chuẩn nông thôn mới là nhiệm vụ lâu dài.", NGHE_AN),
    ("Huyện Nam Đàn có thêm xã đạt chuẩn nông thôn mới.", NGHE_AN),
    ("Bộ tiêu chí xã nông thôn mới nâng cao giai đoạn 2021-2025 được ban hành.", NGHE_AN),
    ("Mô hình du lịch ở huyện Nam Đàn hoàn thành trước kế hoạch.", NGHE_AN),
    ("Trường Mầm non xã Kim Liên đạt chuẩn quốc gia mức độ 1.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
    ("Trạm y tế xã Kim Liên đạt chuẩn quốc gia về y tế.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
    ("Hướng dẫn quy trình xét, công nhận huyện đạt chuẩn nông thôn mới.", NGHE_AN),
    ("Xã Nam Cát còn 2 tiêu chí chưa đạt để về đích nông thôn mới.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
    ("Tại huyện Nam Đàn, các xã đạt chuẩn nông thôn mới đều giữ vững tiêu chí.", NGHE_AN),
    ("Bao giờ huyện Tân Kỳ về đích nông thôn mới?", NGHE_AN),
    ("Xã Kim Liên không đạt chuẩn nông thôn mới theo bộ tiêu chí mới.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
    ("Huyện Tân Kỳ đăng ký về đích nông thôn mới.", NGHE_AN),
    ("Huyện có 3 xã đạt chuẩn NTM là Đá Bạc và Nà Lốc.", "Huyện Bạch Thông, Tỉnh Bắc Kạn"),
    ("Khu dân cư ở xã Kim Liên đạt chuẩn nông thôn mới kiểu mẫu.", "Huyện Nam Đàn, Tỉnh Nghệ An"),
]


@pytest.mark.parametrize(("raw", "portal"), NOTHING)
def test_what_is_no_milestone(raw: str, portal: str) -> None:
    assert told(raw, "2022-07-22", portal) == set()


def test_a_unit_told_of_twice_is_there_once_with_the_day_that_is_written() -> None:
    raw = "Huyện Yên Thành đạt chuẩn nông thôn mới\nNăm 2019, huyện Yên Thành được công nhận đạt chuẩn nông thôn mới."
    rows = found(raw, "2020-03-01", NGHE_AN)
    assert [(m.area, m.as_of) for m in rows] == [("Huyện Yên Thành, Tỉnh Nghệ An", date(2019, 12, 31))]


def test_offsets_and_rule_lead_back_to_the_name() -> None:
    raw = "Nông thôn mới\nHuyện Hoài Ân phấn đấu đạt chuẩn NTM năm 2023."
    (m,) = found(raw, "2022-03-01", BINH_DINH)
    assert (raw[m.start : m.end], m.rule, m.area_code is not None) == ("Hoài Ân", "milestone.run_before", True)


def test_an_article_about_something_else_has_none() -> None:
    assert found("Tin thể thao\nHuyện Hoài Ân đạt chuẩn thi đấu năm 2023.", "2022-03-01", BINH_DINH) == []


PIECES = st.sampled_from(
    ["huyện Nam Đàn ", "xã Kim Liên", ", ", " và ", "đạt chuẩn ", "NTM ", "nông thôn mới", "công nhận ", "(", ")", "năm 2020 ", "về đích", "hoàn thành nhiệm vụ ", ". ",
     "\n", "4 xã ", "gồm: ", "hoàn thành", "trở thành huyện NTM", "đạt", "\u200b", "\ufffd"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(pieces=st.lists(PIECES, max_size=40))
def test_no_text_breaks_it(pieces: list[str]) -> None:
    raw = "".join(pieces)
    for m in found(raw, "2021-01-01", NGHE_AN):
        assert 0 <= m.start < m.end <= len(raw)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "least"), [("seeds", 1.0), ("composed", 0.9), ("dev", 0.95)])
def test_gold_milestones(shared: Path, name: str, least: float) -> None:
    tally = score_milestones(shared, name)
    assert tally.f1 >= least, "\n".join(tally.errors)

"""Quantities: unit, comparator, fraction, range, zero and total, in the ways that portals and papers write them."""

from __future__ import annotations

import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.quantities import find_quantities
from extraction.text import read
from extraction.units import per_at, unit_at, units
from tests.extraction.reading import brief, quantities, values
from tests.extraction.test_numbers import dots

# ---- units


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("12 xã", "commune"), ("12 phường", "commune"), ("12 thị trấn", "commune"), ("12 xã, thị trấn", "commune"),
        ("12 xã, phường, thị trấn", "commune"), ("12 đơn vị cấp xã", "commune"), ("12 đặc khu", "commune"),
        ("5 huyện", "district"), ("5 thị xã", "district"), ("5 quận", "district"), ("5 đơn vị cấp huyện", "district"),
        ("5 địa phương cấp huyện", "district"), ("5 huyện, thị xã, thành phố", "district"),
        ("3 tỉnh", "province"), ("3 tỉnh, thành phố", "province"),
        ("40 thôn", "village"), ("40 bản", "village"), ("40 ấp", "village"), ("40 buôn", "village"), ("40 khóm", "village"), ("40 làng", "village"),
        ("40 khu dân cư", "village"), ("40 thôn, bản", "village"), ("40 tổ dân phố", "village"), ("40 xóm", "village"), ("40 bon", "village"),
        ("900 hộ", "household"), ("900 hộ dân", "household"), ("900 hộ gia đình", "household"), ("900 gia đình", "household"),
        ("900 nhà", "household"), ("900 căn nhà", "household"), ("900 nhà tạm", "household"), ("900 ngôi nhà", "household"), ("900 căn", "household"),
        ("70 người", "person"), ("70 lao động", "person"), ("70 học sinh", "person"), ("70 khẩu", "person"), ("70 nhân khẩu", "person"),
        ("70 cán bộ", "person"), ("70 lượt người", "person"), ("70 thẻ BHYT", "person"), ("70 đồng chí", "person"),
        ("60 sản phẩm", "product"), ("15 tiêu chí", "criterion"), ("51 chỉ tiêu", "subcriterion"),
        ("9,5%", "percent"), ("9,5 %", "percent"), ("9,5 phần trăm", "percent"), ("1,2 điểm %", "percentage_point"),
        ("1,2 điểm phần trăm", "percentage_point"),
        ("500.000 đồng", "vnd"), ("12 tỷ đồng", "vnd"), ("12 tỷ", "vnd"), ("48.665 triệu đồng", "vnd"), ("48.665 trđ", "vnd"), ("500.000đ", "vnd"),
        ("54 triệu đồng/người/năm", "vnd_per_person_year"), ("54 triệu/người/năm", "vnd_per_person_year"),
        ("54 triệu đồng / người / năm", "vnd_per_person_year"), ("54 triệu đồng/năm/người", "vnd_per_person_year"),
        ("38 trường", "school"), ("38 trường học", "school"), ("38 trường mầm non", "school"), ("20 trạm y tế", "station"), ("20 trạm", "station"),
        ("30 chủ thể", "entity"), ("30 hợp tác xã", "entity"), ("30 HTX", "entity"), ("30 doanh nghiệp", "entity"), ("30 cơ sở sản xuất", "entity"),
        ("6 ý tưởng", "idea"), ("6 phiếu ý tưởng", "idea"), ("80 vườn mẫu", "garden"), ("80 vườn", "garden"),
        ("25 mô hình", "project"), ("25 dự án", "project"), ("25 công trình", "project"), ("31,2 km", "km"), ("31,2km đường", "km"),
        ("120 m2", "other"), ("250 ha", "other"), ("350 con dê", "other"), ("12 lớp", "other"), ("3 tỷ USD", "other"), ("40 triệu đồng/hộ", "other"),
        ("1,5 triệu đồng/người/tháng", "other"), ("125 triệu đồng/ha", "other"),
    ],
)  # fmt: skip
def test_units(text: str, unit: str) -> None:
    found = quantities(f"Toàn vùng có {text} theo rà soát.")
    assert [q.unit for q in found] == [unit]


@pytest.mark.parametrize(
    ("text", "not_unit"),
    [
        ("12 xã hội", "commune"), ("3 đồng bằng", "vnd"), ("2 bộ phận", "other"), ("7 hộ chiếu", "household"), ("4 tỷ lệ", "vnd"),
        ("5 trường hợp", "school"), ("9 huyện ủy", "district"), ("9 điều tra viên", "structure"), ("6 bản đồ", "village"), ("2 khu vực", "other"),
        ("3 nhà xuất bản", "household"), ("2 bản dự thảo", "village"), ("25 triệu bản", "village"),
    ],
)  # fmt: skip
def test_the_beginning_of_another_word_is_no_unit(text: str, not_unit: str) -> None:
    assert [q.unit for q in quantities(f"Có {text} tại đây") if q.unit == not_unit] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu nhập bình quân đầu người đạt 48,6 triệu đồng", "vnd_per_person_year"),
        ("Thu nhập bình quân đầu người năm 2024 ước 52 triệu đồng/năm", "vnd_per_person_year"),
        ("thu nhập bình quân của người dân nông thôn đạt 61 triệu đồng/năm", "vnd_per_person_year"),
        ("bình quân thu nhập đầu người là 39 triệu đồng/người", "vnd_per_person_year"),
        ("Thu nhập bình quân đầu người đạt 50 triệu đồng; tổng vốn 90 tỷ đồng", "vnd_per_person_year"),
        ("doanh thu của tổ hợp tác đạt 900 triệu đồng/năm", "vnd"),
        ("hỗ trợ mỗi xã 500 triệu đồng", "vnd"),
    ],
)
def test_income_per_head_is_told_by_the_words_before(text: str, expected: str) -> None:
    assert quantities(text)[0].unit == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.345 (triệu đồng)", ("eq", 12345e6, "vnd")), ("345,6 (tỷ đồng)", ("eq", 345.6e9, "vnd")), ("15 (xã)", ("eq", 15, "commune")),
        ("1.200(hộ)", ("eq", 1200, "household")), ("12,5 (%)", ("eq", 12.5, "percent")), ("15 (xem bảng)", ("eq", 15, None)), ("15 (xã Phú An)", ("eq", 15, None)),
    ],
)  # fmt: skip
def test_units_in_brackets(text: str, expected: tuple[str, float, str | None]) -> None:
    assert brief(f"Tổng là {text}.") == [expected]


# ---- comparators


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("ít nhất 5 xã", "ge"), ("tối thiểu 5 xã", "ge"), ("từ 5 xã trở lên", "ge"), ("5 xã trở lên", "ge"), ("không dưới 5 xã", "ge"), ("≥ 5 xã", "ge"),
        ("đạt ≥5 xã", "ge"), ("ít nhất có thêm 05 xã", "ge"), ("có thêm ít nhất 5 xã", "ge"), ("tối thiểu phải có 5 xã", "ge"),
        ("từ 5 xã nghèo trở lên", "ge"), ("không thấp hơn 5 xã", "ge"),
        ("trên 5 xã", "gt"), ("hơn 5 xã", "gt"), ("vượt mốc 5 xã", "gt"), ("hơn một nửa số xã", "gt"), ("> 5 xã", "gt"), ("quá 5 xã", "gt"),
        ("không quá 5 xã", "le"), ("tối đa 5 xã", "le"), ("từ 5 xã trở xuống", "le"), ("không vượt quá 5 xã", "le"), ("≤ 5 xã", "le"), ("nhiều nhất 5 xã", "le"),
        ("dưới 5 xã", "lt"), ("chưa tới 5 xã", "lt"), ("chưa đầy 5 xã", "lt"), ("chưa đến 5 xã", "lt"), ("< 5 xã", "lt"), ("ít hơn 5 xã", "lt"),
        ("khoảng 5 xã", "approx"), ("gần 5 xã", "approx"), ("xấp xỉ 5 xã", "approx"), ("ước 5 xã", "approx"), ("ước đạt 5 xã", "approx"),
        ("chừng 5 xã", "approx"), ("trên dưới 5 xã", "approx"), ("ước tính khoảng 5 xã", "approx"), ("ước cả năm đạt 5 xã", "approx"),
        ("Ước đến hết năm 2023, cả nước có 5 xã", "approx"), ("ước thực hiện năm 2024 đạt 5 xã", "approx"), ("ước đến 31/12/2025 có 5 xã", "approx"),
        ("có 5 xã", "eq"), ("đạt 5 xã", "eq"), ("vượt 5 xã", "eq"), ("từ 5 xã", "eq"), ("ước mơ của 5 xã", "eq"), ("cả nước có 5 xã", "eq"),
        ("còn 5 xã", "eq"), ("dưới chân núi có 5 xã", "eq"), ("gần trung tâm có 5 xã", "eq"), ("từ 3 đến 5 xã", "range"), ("3-5 xã", "range"),
    ],
)  # fmt: skip
def test_comparators(text: str, op: str) -> None:
    assert [q.op for q in quantities(f"Kết quả: {text} theo kế hoạch.")] == [op]


def test_a_comparator_belongs_to_its_own_number() -> None:
    assert brief("có thêm 15 xã đạt chuẩn, 10 xã nâng cao và ít nhất có thêm 05 huyện") == [
        ("eq", 15, "commune"),
        ("eq", 10, "commune"),
        ("ge", 5, "district"),
    ]


def test_the_span_takes_the_comparator_in() -> None:
    text = "phấn đấu có thêm ít nhất 700 sản phẩm"
    [q] = quantities(text)
    assert text[q.start : q.end] == "ít nhất 700 sản phẩm"
    assert text[q.number_start : q.number_end] == "700"
    text = "Từ 92% hộ nghèo trở lên sử dụng nước sạch"
    [q] = quantities(text)
    assert text[q.start : q.end] == "Từ 92% hộ nghèo trở lên"
    assert q.head_start is None


def test_the_counted_noun_is_kept_as_written() -> None:
    text = "UBND TP công nhận 12 Hộ gia đình"
    [q] = quantities(text)
    assert (q.head, text[q.head_start : q.head_end]) == ("hộ gia đình", "Hộ gia đình")


# ---- fractions


@pytest.mark.parametrize(
    ("text", "value", "denominator", "unit"),
    [
        ("5/6 xã đạt chuẩn", 5, 6, "commune"), ("123/193 xã", 123, 193, "commune"), ("2.088/7.658 hộ", 2088, 7658, "household"),
        ("99 xã/150 xã", 99, 150, "commune"), ("3 xã / 15 xã", 3, 15, "commune"), ("85 xã/85 xã", 85, 85, "commune"),
        ("8/12 đơn vị cấp huyện", 8, 12, "district"), ("7 trên tổng số 9 xã", 7, 9, "commune"), ("10 trên tổng số 86 xã", 10, 86, "commune"),
        ("5 trong số 6 xã", 5, 6, "commune"), ("5 trong tổng số 6 xã", 5, 6, "commune"), ("7 xã trên tổng số 9 xã", 7, 9, "commune"),
        ("18.562 triệu đồng/22.000 triệu đồng", 18562e6, 22000e6, "vnd"), ("122,4/918 tỷ đồng", 122.4e9, 918e9, "vnd"),
        ("1.904,7/2.061,596 tỷ đồng", 1904.7e9, 2061.596e9, "vnd"), ("4,2 tỷ đồng/19,6 tỷ đồng", 4.2e9, 19.6e9, "vnd"),
        ("412.305 triệu đồng/1.310.220 triệu đồng", 412305e6, 1310220e6, "vnd"), ("19/19 tiêu chí", 19, 19, "criterion"),
        ("31/49 chỉ tiêu", 31, 49, "subcriterion"), ("38/46 trường", 38, 46, "school"), ("9.842/9.842 căn nhà", 9842, 9842, "household"),
        ("17/17 trạm y tế", 17, 17, "station"), ("6 / 9 xã", 6, 9, "commune"), ("11/11 xã, thị trấn", 11, 11, "commune"),
        ("1/5 số xã", 1, 5, None), ("hai trong số 5 xã", 2, 5, "commune"),
    ],
)  # fmt: skip
def test_fractions(text: str, value: float, denominator: float, unit: str | None) -> None:
    [q] = quantities(f"Toàn vùng có {text}.")
    assert (q.value, q.denominator, q.unit) == (pytest.approx(value), pytest.approx(denominator), unit)


@pytest.mark.parametrize(
    "text",
    [
        "Sáng 5/6 xã tổ chức lễ", "ngày 5/6 xã tổ chức lễ", "trước 28/6", "từ 1/7 các xã", "(28/6)", "tháng 8/2020", "quý 2/2022", "10/2025",
        "theo Quyết định số 567/QĐ-TTg", "trực 24/24 giờ", "ngày 3/2/2021",
    ],
)  # fmt: skip
def test_dates_and_codes_are_no_fractions(text: str) -> None:
    assert [q for q in quantities(text) if q.denominator is not None] == []


def test_one_of_six_is_no_sixth() -> None:
    assert brief("là một trong 6 huyện nghèo") == [("eq", 6, "district")]
    assert brief("Phú Linh là 1 trong 5 xã điểm")[-1] == ("eq", 5, "commune")


def test_a_fraction_above_one_is_flagged() -> None:
    [q] = quantities("đạt 12/10 xã")
    assert "above_denominator" in q.flags


# ---- ranges


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("25-30%", 25, 30, "percent"), ("25 - 30%", 25, 30, "percent"), ("25–30%", 25, 30, "percent"), ("25 ndash; 30%", 25, 30, "percent"), ("25&ndash;30%", 25, 30, "percent"), ("15 đến 20%", 15, 20, "percent"),
        ("từ 3% đến 4%", 3, 4, "percent"), ("từ 15 đến 20%", 15, 20, "percent"), ("1 - 1,5%/năm", 1, 1.5, "percent"),
        ("2,0 - 2,5%/năm", 2, 2.5, "percent"), ("1,2% - 1,3%", 1.2, 1.3, "percent"), ("1,0 - 1,2 điểm phần trăm", 1, 1.2, "percentage_point"),
        ("từ 3 đến 5 triệu đồng", 3e6, 5e6, "vnd"), ("30-40 tỷ", 30e9, 40e9, "vnd"), ("30 - 32 nghìn lao động", 30000, 32000, "person"),
        ("từ 4 - 6 xã", 4, 6, "commune"), ("10 đến 15 lao động", 10, 15, "person"), ("7 – 8 xã", 7, 8, "commune"),
        ("5 xã đến 7 xã", 5, 7, "commune"), ("từ 2 tới 3 huyện", 2, 3, "district"), ("hai đến ba xã", 2, 3, "commune"), ("bốn, năm xã", 4, 5, "commune"), ("ba bốn hộ", 3, 4, "household"),
        ("1.200-1.500 hộ", 1200, 1500, "household"), ("500 triệu đến 1 tỷ đồng", 5e8, 1e9, "vnd"),
    ],
)  # fmt: skip
def test_ranges(text: str, low: float, high: float, unit: str) -> None:
    [q] = quantities(f"Toàn vùng giảm {text} mỗi đợt.")
    assert (q.op, q.value, q.value_high, q.unit) == ("range", pytest.approx(low), pytest.approx(high), unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("giảm từ 5,2% xuống 3,1%", [5.2, 3.1]), ("từ 8 xã lên 12 xã", [8.0, 12.0]), ("giảm từ 10% đến nay còn 5%", [10.0, 5.0]),
        ("giai đoạn 2016-2020 giảm 5%", [5.0]), ("giai đoạn 2017-2010, giảm 5%", [5.0]), ("thắng 2 - 1", [2.0, 1.0]),
        ("đạt 30% đến năm 2025", [30.0]), ("5 xã - 7 huyện", [5.0, 7.0]), ("từ 23 đến 27/11 có 3 xã", [3.0]), ("có mười, mười hai xã", [12.0]),
    ],
)  # fmt: skip
def test_what_is_no_range(text: str, expected: list[float]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tăng từ 36 triệu lên 39 triệu đồng/người/năm", [("vnd_per_person_year", 36e6), ("vnd_per_person_year", 39e6)]),
        ("nâng từ 60 lên 80 triệu đồng", [("vnd", 60e6), ("vnd", 80e6)]),
        ("tụt từ 16,58 xuống 15,82 tiêu chí/xã", [("criterion", 16.58), ("criterion", 15.82)]),
        ("giảm từ 16,58 (cuối năm 2022) xuống 15,82 tiêu chí", [("criterion", 16.58), ("criterion", 15.82)]),
        ("tăng từ 12 lên 18 xã", [("commune", 12), ("commune", 18)]),
        ("giảm từ 9,1 xuống còn 7,4%", [("percent", 9.1), ("percent", 7.4)]),
    ],
)
def test_from_to_shares_unit_and_scale(text: str, expected: list[tuple[str, float]]) -> None:
    assert [(q.unit, q.value) for q in quantities(text)] == expected


# ---- number words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("có chín đơn vị cấp huyện được công nhận", [("eq", 9, "district")]),
        ("tám xã nông thôn mới kiểu mẫu", [("eq", 8, "commune")]),
        ("bảy xã còn lại", [("eq", 7, "commune")]),
        ("nay chỉ còn một xã giữ được", [("eq", 1, "commune")]),
        ("có năm xã về đích", [("eq", 5, "commune")]),
        ("công nhận hai mươi tư thôn", [("eq", 24, "village")]),
        ("gần một nửa số xã", [("approx", 50, "percent")]),
        ("hơn hai phần ba số hộ", [("gt", 66.66666667, "percent")]),
        ("sáu triệu người thoát nghèo", [("eq", 6e6, "person")]),
        ("một triệu tỷ đồng", [("eq", 1e15, "vnd")]),
        ("ba chục hộ", [("eq", 30, "household")]),
        ("hai trăm rưỡi hộ", [("eq", 250, "household")]),
    ],
)
def test_number_words_that_count(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert brief(text) == [(op, pytest.approx(value), unit) for op, value, unit in expected]


@pytest.mark.parametrize(
    "text",
    [
        "trong năm xã đã huy động nhân dân", "mỗi năm hộ nghèo giảm dần", "cả năm huyện chưa giải ngân", "một số xã", "một trong những xã", "hàng chục hộ",
        "nhiều xã", "vài xã", "một vài hộ", "mấy xã", "ông Ba người xã bên", "không chỉ xã", "bốn năm liền", "ba tháng cuối năm", "mười năm trước",
        "thứ ba người dân", "hai bên", "một cách", "mỗi xã một sản phẩm", "tư tưởng", "hàng nghìn người", "hàng trăm hộ", "hàng vạn lượt khách",
        "hơn ba mươi năm, nhiều xã", "dăm bảy hộ", "vài ba xã", "một bộ phận cán bộ", "năm học mới", "năm nay xã", "một lần nữa khẳng định",
    ],
)  # fmt: skip
def test_number_words_that_are_other_words(text: str) -> None:
    assert [q for q in quantities(text) if not ("single_word" in q.flags and q.value == 1)] == []


# ---- zeros and totals


@pytest.mark.parametrize(
    ("text", "op", "units_"),
    [
        ("toàn huyện không còn hộ nghèo", "eq", ["household"]), ("cơ bản không còn hộ nghèo", "approx", ["household"]),
        ("không có hộ tái nghèo", "eq", ["household"]), ("chưa có xã nào đạt chuẩn", "eq", ["commune"]), ("không còn xã dưới 5 tiêu chí", "eq", ["commune"]),
        ("không xã nào dưới 12 tiêu chí", "eq", ["commune"]), ("không để xã nào dưới 8 tiêu chí", "eq", ["commune"]),
        ("không để xảy ra hộ tái nghèo", "eq", ["household"]), ("không để hộ nào tái nghèo", "eq", ["household"]),
        ("Cơ bản không còn xã, thôn đặc biệt khó khăn", "approx", ["commune", "village"]), ("xóa hết nhà tạm", "eq", ["household"]),
        ("4 quận hết hộ nghèo", "eq", ["household"]), ("thành phố không còn huyện nghèo", "eq", ["district"]), ("xoá hoàn toàn hộ nghèo", "eq", ["household"]),
        ("chưa xã nào về đích", "eq", ["commune"]), ("gần như không còn hộ nghèo", "approx", ["household"]), ("không phát sinh hộ nghèo mới", "eq", ["household"]),
        ("không còn thôn, bản đặc biệt khó khăn", "eq", ["village"]), ("không còn xã, phường, thị trấn nghèo", "eq", ["commune"]),
    ],
)  # fmt: skip
def test_lexical_zeros(text: str, op: str, units_: list[str]) -> None:
    zeros = [q for q in quantities(text) if q.form == "zero"]
    assert [(q.value, q.op, q.unit) for q in zeros] == [(0.0, op, unit) for unit in units_]


@pytest.mark.parametrize(
    "text",
    [
        "hộ nghèo không có đất sản xuất", "không có lao động", "không ít xã lúng túng", "chưa có điều kiện", "không chạy theo thành tích", "đến hết năm",
        "không để ai bị bỏ lại phía sau", "hết nhiệm kỳ", "không hộ khẩu thường trú", "chưa xã hội hóa", "không còn xã hội", "hầu hết hộ nghèo",
        "không thể thoát nghèo", "không tái nghèo",
    ],
)  # fmt: skip
def test_what_is_no_zero(text: str) -> None:
    assert [q for q in quantities(text) if q.form == "zero"] == []


@pytest.mark.parametrize(
    "text",
    [
        "toàn bộ hộ nghèo được cấp thẻ",
        "tất cả các xã đều đạt chuẩn",
        "tất cả các hộ",
        "toàn bộ số hộ",
        "toàn thể hộ dân",
        "toàn bộ các thôn",
    ],
)
def test_totals_are_a_hundred_per_cent(text: str) -> None:
    [q] = quantities(text)
    assert (q.form, q.value, q.unit) == ("all", 100.0, "percent")


@pytest.mark.parametrize("text", ["tất cả 61 xã", "toàn bộ 61 xã", "cả 61 xã", "tất cả có 61 xã"])
def test_a_total_with_a_number_is_that_number(text: str) -> None:
    assert brief(text) == [("eq", 61, "commune")]


def test_a_zero_that_says_which_places_are_counted_is_flagged() -> None:
    assert [("of_counted" in q.flags, q.value) for q in quantities("Thủ đô đã có 4 quận hết hộ nghèo")] == [(False, 4), (True, 0)]
    assert [("of_counted" in q.flags, q.value) for q in quantities("thêm 3 huyện không còn hộ nghèo")] == [(False, 3), (True, 0)]
    assert [("of_counted" in q.flags, q.value) for q in quantities("Quận không còn hộ nghèo")] == [(False, 0)]


# ---- each year


@pytest.mark.parametrize(
    "text",
    [
        "giảm 2%/năm", "giảm bình quân 5% mỗi năm", "mỗi năm giảm 3,4%", "bình quân mỗi năm giảm trên 4%", "giảm 10% số hộ cận nghèo hằng năm",
        "Hằng năm giảm từ 2 - 3%", "mỗi năm giải quyết việc làm cho khoảng 30.500 lao động", "tạo việc làm cho 1.200 lao động mỗi năm, có chọn lọc",
        "giảm 1-1,5% / năm", "mức giảm hàng năm trong giai đoạn 2014-2016 là 1,85%", "giảm 4% hộ nghèo/năm", "mỗi năm giảm từ 3% trở lên", "hàng năm công nhận thêm 5 xã", "mỗi năm có thêm 7 - 8 xã",
    ],
)  # fmt: skip
def test_each_year(text: str) -> None:
    assert [q.per_year for q in quantities(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "giảm 2% trong năm 2020", "năm nay giảm 3,4%", "mỗi năm một khác; giảm 3%", "thu nhập bình quân đầu người đạt 50 triệu đồng/năm",
        "mỗi xã đạt 15 tiêu chí", "hằng năm rà soát. Toàn huyện còn 5%", "5 năm qua giảm 10%",
    ],
)  # fmt: skip
def test_not_each_year(text: str) -> None:
    assert [q.per_year for q in quantities(text)] == [False]


# ---- the issue's own traps


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("trao 150 suất quà", "gift"), ("tặng 20 suất học bổng", "gift"), ("gấp 2,5 lần", "times"), ("hơn 2 tỷ USD", "foreign_money"),
        ("15 tỷ kíp", "foreign_money"), ("vượt 21% so với kế hoạch", "exceeds"), ("14,8 tiêu chí/xã", "per:commune"),
        ("40 triệu đồng/hộ", "per:household"), ("giảm từ 95%", "from"), ("chỉ còn một xã", "single_word"), ("4,2 tỷ cho xã", "implied_money"), ("chiếm 2,48 tổng số hộ", "implied_percent"),
    ],
)  # fmt: skip
def test_flags_for_those_who_read_meaning(text: str, flag: str) -> None:
    assert flag in quantities(text)[0].flags


def test_nothing_is_read_from_the_footer() -> None:
    assert brief("Tiêu đề\nToàn xã có 5 hộ.\nLượt xem: 88\nĐã truy cập: 2248947 hộ") == [("eq", 5, "household")]


def test_offsets_hold_in_the_raw_text() -> None:
    raw = "Đến nay có 12\u00a0XÃ và “trên\u00a02.700 hộ” ở Uỷ ban"
    for q in quantities(raw):
        assert raw[q.start : q.end] in ("12\u00a0XÃ", "trên\u00a02.700 hộ")


# ---- round trips and fuzz


@given(
    st.integers(1, 99_999),
    st.sampled_from(["xã", "hộ nghèo", "thôn", "sản phẩm", "lao động", "tiêu chí"]),
    st.sampled_from([("", "eq"), ("ít nhất ", "ge"), ("trên ", "gt"), ("dưới ", "lt"), ("không quá ", "le"), ("khoảng ", "approx")]),
    st.sampled_from([" ", "\u00a0", ""]),
)
def test_round_trip_of_counts(n: int, noun: str, comparator: tuple[str, str], gap: str) -> None:
    [q] = quantities(f"Trong kỳ, toàn vùng có {comparator[0]}{dots(n)}{gap}{noun} được rà soát.")
    assert (q.value, q.op) == (n, comparator[1])
    assert q.unit is not None


@given(st.integers(1, 4_999), st.integers(5_000, 99_999), st.sampled_from(["/", " / ", " xã/", " trên tổng số ", " trong số "]))
def test_round_trip_of_fractions(n: int, of: int, joiner: str) -> None:
    [q] = quantities(f"Toàn vùng có {dots(n)}{joiner}{dots(of)} xã đạt.")
    assert (q.value, q.denominator, q.unit) == (n, of, "commune")


@given(st.integers(0, 999), st.integers(1, 9999), st.sampled_from(["-", " - ", "–", " đến ", "% - ", "% đến "]))
def test_round_trip_of_ranges(tenths: int, step: int, joiner: str) -> None:
    low, high = tenths / 10, (tenths + step) / 10
    [q] = quantities(f"Tỷ lệ giảm từ {str(low).replace('.', ',')}{joiner}{str(high).replace('.', ',')}%.")
    assert (q.value, q.value_high, q.op) == (pytest.approx(low), pytest.approx(high), "range")


NOISE = st.text(
    alphabet=st.sampled_from("0123456789.,/-%()xh \n\t\u00a0\u200b\ufffd\u0301\x00ĐđÐộãỷ:;“”") | st.characters(codec="utf-8"), max_size=120
)


@given(
    st.lists(
        NOISE
        | st.sampled_from(["ngày ", "quyết định số ", " xã", " hộ nghèo", "không còn ", "năm ", "một nửa ", "từ ", " đến ", " tỷ đồng"]),
        max_size=12,
    )
)
def test_any_text_is_read_without_error_and_spans_stay_inside(parts: list[str]) -> None:
    raw = "".join(parts)
    for form in (raw, unicodedata.normalize("NFD", raw)):
        found = quantities(form)
        assert all(0 <= q.start <= q.number_start < q.number_end <= q.end <= len(form) for q in found)
        assert [q.number_start for q in found] == sorted(q.number_start for q in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "1", "1 ", "1/", "1-", "1.000.", "(5", "5 xã (", "ước ", "không còn ", "một ", "một triệu ", "mỗi xã, xã, xã", "5 xã, ", "5 xã\n", "ngày 5/6 ",
        "từ 5% đến ", "\x00", "tiêu chí số 1, 2, ", "a@", "www.", "năm 2020, ", "hằng năm ", "ước đến 5, ", "0912 ", "Xã A. ", "1%-", "tỷ lệ ", ")", "0x",
    ],
)  # fmt: skip
def test_time_grows_with_length_only(unit: str) -> None:
    """Eight times the text takes about eight times as long; quadratic reading would take sixty-four."""

    def seconds(length: int) -> float:
        best = float("inf")
        for _ in range(3):
            raw = unit * (length // len(unit))
            started = time.process_time()
            quantities(raw)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(24_000) < 24 * seconds(3_000) + 0.2


@pytest.mark.parametrize(
    "raw", ["1" * 1_000_000, "5" + " " * 1_000_000 + "xã", "(" * 500_000 + "5 xã" + ")" * 500_000, "\x00" * 1_000_000, "a" * 1_000_000]
)
def test_a_megabyte_without_sense_is_read_at_once(raw: str) -> None:
    started = time.process_time()
    quantities(raw)
    assert time.process_time() - started < 3


# ---- lexicon rows


@pytest.mark.parametrize("unit", units().values(), ids=lambda unit: unit.surface)
def test_every_unit_is_read_in_its_example(unit: object) -> None:
    from extraction.terms import read_lexicon
    from extraction.text import fold

    row = next(r for r in read_lexicon("units.csv") if fold(r["surface"]) == unit.surface)  # type: ignore[attr-defined]
    folded = fold(row["example"])
    at = 0
    while at < len(folded) and (folded[at].isdigit() or folded[at] in ".,"):
        at += 1
    hit = unit_at(folded, at)
    assert hit and hit.unit == unit
    assert hit.end == len(folded)


@pytest.mark.shared
def test_gold(shared) -> None:  # type: ignore[no-untyped-def]
    """What the annotators call a claim must be seen as a quantity; see oracle_quantities.py for how it is counted."""
    from tests.extraction.oracle_quantities import score_file

    for name in ("seeds", "dev", "composed"):
        score = score_file(shared, name)
        assert score.found / score.gold >= 0.98, score.errors
        assert score.op / score.found >= 0.97, score.errors
        assert score.unit / score.found >= 0.98, score.errors


def test_nothing_is_lost_between_masks_and_quantities() -> None:
    """Every number of the body is a quantity or inside a mask: what was not understood can be counted."""
    raw = "Năm 2020, huyện có 5/6 xã đạt chuẩn theo Quyết định số 12/QĐ-UBND ngày 3/4/2020; giảm 25-30% số hộ nghèo, còn 1.234 hộ ở 7 khu."
    text = read(raw)
    from extraction.masks import find_masks
    from tests.extraction.reading import NOWHERE

    masks = find_masks(text, NOWHERE)
    found = find_quantities(text, masks)
    covered = {i for m in masks for i in range(m.start, m.end)} | {i for q in found for i in range(q.start, q.end)}
    assert [raw[i] for i in range(len(raw)) if raw[i].isdigit() and i not in covered] == []
    assert json.dumps([q.rule for q in found])


def test_per_units() -> None:
    per = per_at("/người/năm", 0)
    assert per and per.means == ("person", "year") and per.end == 10
    assert per_at("/xe", 0) is None

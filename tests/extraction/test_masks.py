"""What is no quantity: every kind of number that the issue names, in the ways that portals write them, and what must stay readable."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.masks import find_masks
from extraction.text import read
from tests.extraction.reading import NOWHERE, brief, masked, masks_of, quantities


def kinds(raw: str) -> set[str]:
    return {kind for kind, _ in masked(raw)}


@pytest.mark.parametrize(
    "text",
    [
        "ngày 09/8/2023", "ngày 9/8/2023", "09-08-2023", "30.3.2022", "ngày 30-12-2011", "ngày 02-12/2013", "2021-10-20", "ngày 30/06/21",
        "sáng 28/6", "chiều 15.7", "tối 3-6", "(28/6)", "đến ngày 31.8", "trước 28/6", "từ 1/7", "trước ngày 30/10", "hôm 5/3",
        "tháng 8/2020", "tháng 5.2022", "tháng 9-2015", "đến 10/2025", "vụ 10.2024", "tháng 8", "từ tháng 8", "tháng 8, 9 và 10",
        "ngày 15", "ngày 15 tháng 8", "mùng 2", "từ ngày 23 đến 27/11", "các ngày 3 và 4/5", "ngày 5 và 6-8", "ngày 10, 11/8", "từ 23 đến 27/11",
        "năm 2020", "năm 2016, 2017", "cuối năm 2020", "Xuân 2021", "Tết 2024", "hè 2020", "tầm nhìn 2045", "2020",
    ],
)  # fmt: skip
def test_dates(text: str) -> None:
    assert quantities(f"Việc này làm {text}, theo kế hoạch.") == []
    assert kinds(f"Việc này làm {text}, theo kế hoạch.") <= {"date", "period", "list"}


@pytest.mark.parametrize(
    "text",
    [
        "giai đoạn 2016-2020", "giai đoạn 2016 - 2020", "giai đoạn 2021–2025", "giai đoạn 2017-2010", "từ năm 2016 đến năm 2020", "2016 đến 2020",
        "nhiệm kỳ 2020-2025", "niên vụ 2022-23", "quý 2", "quý 2/2022", "quý 3, 4", "9 tháng đầu năm", "6 tháng cuối năm", "9 tháng năm 2020",
        "năm học 2022 - 2023", "thời kỳ 2011-2020",
    ],
)  # fmt: skip
def test_periods(text: str) -> None:
    assert quantities(f"Trong {text}, huyện chỉ đạo quyết liệt.") == []


@pytest.mark.parametrize(
    "text", ["15 giờ 30", "15h30", "07:23 AM", "lúc 9:05", "15 giờ", "20h", "24/24 giờ", "trực 24/7", "14 giờ 05 phút"]
)
def test_clock_times(text: str) -> None:
    assert quantities(f"Họp {text} tại hội trường.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Quyết định số 567/QĐ-TTg", "Kế hoạch số 51-KH/TU", "Nghị quyết số 23/2011/NQ-HĐND", "Quyết định 245/QĐ-UBND-HC", "Luật số 257/2025/QH15",
        "Công văn số 3007/UBND-KH&ĐT", "Quyết định số 79/QĐBCĐ", "quyết định số 433", "Nghị định 07", "NQ 06", "Nghị quyết 30a", "Nghị quyết số 30a/2008/NQ-CP",
        "Quyết định 167", "Chương trình số 02-CTr/TU", "Thông tư 07/2018", "Thông báo 612/TB-UBND", "Chương trình 135", "Chương trình 30a và 135",
        "chương trình 1719", "Đề án 1956", "Chỉ thị 05", "Chỉ thị số 05-CT/TW", "huyện nghèo 30a", "Giấy phép số 06/GP-TTĐT", "QĐ 22", "Kết luận số 12-KL/TW",
        "quyết định số 12/qđ-ubnd", "Quyết định số: 15/QĐ-UBND",
    ],
)  # fmt: skip
def test_document_numbers(text: str) -> None:
    assert quantities(f"Thực hiện {text} của cấp trên.") == []
    assert kinds(f"Thực hiện {text} của cấp trên.") & {"docno", "programme", "label"}


@pytest.mark.parametrize(
    "text",
    ["0277.3851xxx", "02123 852365", "0915.331585", "0210 3885xxx", "(0258) 3822.111", "02033.635.xxx", "1900 5678", "0912 345 678", "0912345678", "0913.46.46.89", "02613 648 141", "+84 915 331 585"],
)  # fmt: skip
def test_phones(text: str) -> None:
    assert quantities(f"Liên hệ số {text} trong giờ hành chính.") == []


@pytest.mark.parametrize(
    "text",
    ["số 47 đường Lê Lợi", "Tổ 2 phường Chiềng Lề", "ấp 7, xã Lộc Hòa", "thôn 3 xã Đạ Long", "khu phố 5, phường 11", "Quận 9", "ngõ 12", "tổ dân phố số 5",
     "ấp Tân Đông 1, xã Tân Đông", "Km 12", "hẻm 25", "buôn 2",
        "ngõ 12/34 phố Huế", "số 5B ngõ 7"],
)  # fmt: skip
def test_addresses(text: str) -> None:
    assert quantities(f"Nhà ở {text}.") == []


@pytest.mark.parametrize(
    "text",
    ["https://sonla.gov.vn/tin-12345?id=678", "www.abc.vn/2020/5", "thanhpho.sonla.gov.vn", "phong12@caobang.gov.vn", "http://x.vn/a1b2"],
)
def test_net_addresses(text: str) -> None:
    assert quantities(f"Xem {text} để biết.") == []


@pytest.mark.parametrize(
    "text",
    [
        "tiêu chí số 10", "tiêu chí số 4, 5 và 10", "tiêu chí 17 (môi trường)", "khu vực 3", "lần thứ 20", "khóa 21", "Điều 5", "khoản 2 Điều 7", "Quốc lộ 6",
        "QL 1A", "lớp 1", "đợt 2", "hạng 3", "mức độ 2", "giai đoạn 2", "kỳ họp thứ 4", "phiên thứ 7", "Vành đai 3", "công nghiệp 4.0", "covid-19", "U23",
        "Dự án 3", "Tiểu dự án 2", "vòng 1", "Phụ lục 2", "top 10", "đợt 1 năm 2024", "Tỉnh lộ 5", "nội dung 05", "trường số 2", "thứ 57", "khoản 2 Nghị định 57", "tiêu chí số 17.11", "chỉ tiêu 17.1", "tiêu chí 13.5 về hợp tác", "ĐT.261", "Q.1", "Đại hội 13", "TCVN 9001", "QCVN 01:2009/BYT", "ISO 9001:2015",
        "xếp thứ 5/11 huyện",
    ],
)  # fmt: skip
def test_labels(text: str) -> None:
    assert quantities(f"Việc {text}, đã xong.") == []


@pytest.mark.parametrize(
    "text",
    [
        "trẻ em dưới 5 tuổi", "từ 6 đến 11 tuổi", "trên 15 tuổi", "trẻ 24 tháng tuổi", "ông A, 67 tuổi", "trong độ tuổi 20-24", "người từ đủ 16 tuổi trở lên",
        "trẻ 0 - 5 tuổi", "dưới 1 tuổi",
    ],
)  # fmt: skip
def test_ages(text: str) -> None:
    assert quantities(f"Tỷ lệ {text} tăng.") == []
    assert "age" in kinds(f"Tỷ lệ {text} tăng.")


@pytest.mark.parametrize(
    "text",
    [
        "36 tháng",
        "5 năm qua",
        "trong 3 ngày làm việc",
        "2 tuần",
        "hơn 10 năm",
        "từ 2 - 3 năm",
        "sau 30 ngày",
        "25 phút",
        "2 năm 2010 - 2011",
    ],
)
def test_durations(text: str) -> None:
    assert quantities(f"Kéo dài {text}, rồi thôi.") == []


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("12 sản phẩm từ 3 sao trở lên", "từ 3 sao trở lên"), ("12 sản phẩm 4 sao", "4 sao"), ("12 sản phẩm đạt 5 sao", "5 sao"),
        ("12 sản phẩm 3-4 sao", "3-4 sao"), ("12 sản phẩm 3, 4 sao", "3, 4 sao"), ("12 sản phẩm 3 và 4 sao", "3 và 4 sao"), ("12 sản phẩm hạng 4 sao", "4 sao"),
    ],
)  # fmt: skip
def test_grades_do_not_hide_their_products(text: str, grade: str) -> None:
    assert brief(text) == [("eq", 12, "product")]
    assert ("grade", grade) in masked(text)


@pytest.mark.parametrize(
    ("text", "band", "counts"),
    [
        ("25 xã đạt 15-18 tiêu chí", "15-18 tiêu chí", [25]),
        ("11 xã dưới 10 tiêu chí", "dưới 10 tiêu chí", [11]),
        ("17 xã đạt từ 14 tiêu chí trở lên", "từ 14 tiêu chí trở lên", [17]),
        ("bảy xã còn lại đạt từ 13 đến 17 tiêu chí", "từ 13 đến 17 tiêu chí", [7]),
        ("98 xã đạt 19/19 tiêu chí", "19/19 tiêu chí", [98]),
        ("không còn xã dưới 8 tiêu chí", "dưới 8 tiêu chí", [0]),
        ("chưa có xã nào đạt đủ 19 tiêu chí", "19 tiêu chí", [0]),
        ("số xã đạt từ 15-18 tiêu chí là 36 xã", "từ 15-18 tiêu chí", [36]),
        ("gần một nửa số xã mới đạt dưới 10 tiêu chí", "dưới 10 tiêu chí", [50]),
        ("11 xã đạt và cơ bản đạt từ 14-18 tiêu chí", "từ 14-18 tiêu chí", [11]),
        ("không để xã nào dưới 12 tiêu chí", "dưới 12 tiêu chí", [0]),
        ("32 xã hoàn thành 19 tiêu chí", "19 tiêu chí", [32]),
        ("trong 5 thôn đạt 10 tiêu chí", "10 tiêu chí", [5]),
        ("15-18 tiêu chí: 4 xã", "15-18 tiêu chí", [4]),
        ("19/19 tiêu chí: 106 xã", "19/19 tiêu chí", [106]),
        ("dưới 15 tiêu chí: 0 xã", "dưới 15 tiêu chí", [0]),
    ],
)
def test_bands_qualify_what_is_counted(text: str, band: str, counts: list[float]) -> None:
    assert ("band", band) in masked(text)
    assert [q.value for q in quantities(text)] == counts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("bình quân mỗi xã đạt 18,56 tiêu chí", [18.56]),
        ("xã Nà Chì đạt 9/19 tiêu chí", [9]),
        ("bình quân đạt 15,2 tiêu chí/xã", [15.2]),
        ("hiện hai xã này lần lượt đạt 16 tiêu chí và 15 tiêu chí", [2, 16, 15]),
        ("Bình quân toàn tỉnh đạt 14,8 tiêu chí", [14.8]),
        ("huyện đạt 5/9 tiêu chí huyện nông thôn mới", [5]),
        ("Tân Ninh 17/19 tiêu chí", [17]),
        ("tăng 3,3 tiêu chí, 7 chỉ tiêu", [3.3, 7]),
        ("xã đã đạt 15/19 tiêu chí", [15]),
        ("xã còn thiếu 3 tiêu chí", [3]),
    ],
)
def test_what_is_no_band(text: str, values: list[float]) -> None:
    assert [q.value for q in quantities(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "3 nhóm mục tiêu", "2 nhóm chỉ tiêu", "5 nhóm nhiệm vụ, giải pháp", "10 dự án thành phần", "14 tiểu dự án", "3 chương trình mục tiêu quốc gia",
        "3 chương trình MTQG", "8 nhóm nhiệm vụ", "11 nội dung thành phần", "5 giải pháp", "3 khâu đột phá", "“3 cứng”",
    ],
)  # fmt: skip
def test_structure_counts(text: str) -> None:
    assert masked(f"Kế hoạch gồm {text}.")[0][0] == "structure"
    assert quantities(f"Kế hoạch gồm {text}.") == []


@pytest.mark.parametrize(
    "text",
    [
        "95.000 đồng/kg", "120.000 - 150.000 đồng/m3", "70 - 110 triệu đồng/kg", "450.000 đồng/lít", "15 triệu đồng/con", "500.000 đồng/suất", "8,4 g/l",
        "5 triệu đồng/gian", "giá từ 95.000 - 110.000 đồng/kg",
    ],
)  # fmt: skip
def test_prices(text: str) -> None:
    assert quantities(f"Bán {text} tại vườn.") == []
    assert kinds(f"Bán {text} tại vườn.") == {"money_rate"}


@pytest.mark.parametrize("text", ["150 suất quà", "50 phần quà", "10 suất học bổng", "20 giấy khen", "30 sổ tiết kiệm", "2 học bổng"])
def test_gifts_are_flagged(text: str) -> None:
    [q] = quantities(f"Đoàn đã trao {text} cho bà con.")
    assert "gift" in q.flags


@pytest.mark.parametrize("text", ["2 tỷ USD", "15 tỷ kíp", "1,9 USD", "3 triệu euro", "500 nhân dân tệ", "2 tỷ đô la"])
def test_foreign_money_is_flagged(text: str) -> None:
    [q] = quantities(f"Nước bạn chi {text} cho nông thôn.")
    assert q.unit == "other" and "foreign_money" in q.flags


@pytest.mark.parametrize(
    "text", ["Lượt xem: 1.204", "Số lượt xem: 88", "Đã truy cập: 2248947", "Hôm nay: 822", "Đang truy cập: 12", "Bình luận: 2"]
)
def test_counters_above_the_body_are_masked(text: str) -> None:
    raw = f"Tiêu đề\n{text}\n" + "Toàn huyện có nhiều đổi thay sau nhiều năm xây dựng nông thôn mới. " * 4
    assert quantities(raw) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1. Công nhận thêm 4 xã\n2. Xây dựng 12 ấp", [4, 12]), ("(1) Thêm 18 xã;\n(2) Thêm 100 thôn", [18, 100]), ("1.1. Có 5 xã", [5]),
        ("1) Có 5 xã\n2) Có 6 xã", [5, 6]), ("gồm: (1) 5 xã; (2) 6 xã", [5, 6]), ("1.200 hộ thoát nghèo", [1200]), ("Tin\n1 2 3 4\n", []),
        ("Kỳ Sơn (6 xã), Tương Dương (4 xã)", [6, 4]), ("5. 72% hộ dân", [72]), ("1- Có 5 xã\n2- Có 6 xã", [5, 6]), ("1, Có 5 xã", [5]), ("15 - 18 xã", [15]), ("5 ấp đạt chuẩn", [5]), ("12 ý tưởng mới", [12]), ("15 Xã đạt", [15]), ("1.1 Mục tiêu 5 xã", [5]),
        ("2. 5/6 xã đạt", [5]), ("5.72% hộ dân", [5.72]), ("1.200 hộ", [1200]), ("15-18 xã", [15]), ("- 15 xã đạt\n+ 16 xã chưa", [15, 16]),
    ],
)  # fmt: skip
def test_list_numbers(text: str, values: list[float]) -> None:
    assert [q.value for q in quantities(f"Nhiệm vụ\n{text}")] == values


@pytest.mark.parametrize(
    "text",
    [
        "mỗi xã một sản phẩm",
        "mỗi xã 1 sản phẩm",
        "mỗi xã, phường 1 sản phẩm",
        "Mỗi làng một nghề",
        "mỗi xã, phường, thị trấn một sản phẩm",
        "Mỗi xã 01 sản phẩm",
    ],
)
def test_the_name_of_ocop(text: str) -> None:
    assert quantities(f"Chương trình {text} được hưởng ứng.") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("kế hoạch 350 người", [350]), ("kế hoạch giao 8 xã", [8]), ("(kế hoạch 3.500 hộ)", [3500]), ("chỉ tiêu 6,5%", [6.5]), ("tổng số 86 xã", [86]),
        ("trong số 6 xã", [6]), ("chỉ tiêu 6.5%", [6.5]), ("mức 2.5 điểm %", [2.5]), ("đạt chuẩn.15 xã khác", [15]), ("con số 63 xã", [63]), ("năm 2020 có 2020 hộ", [2020]), ("mỗi tháng thu 5 triệu đồng", [5e6]), ("mỗi thôn 2 hộ", [2]),
        ("mỗi huyện 2 xã", [2]), ("cấp 512.620 thẻ BHYT", [512620]), ("xã 15 tiêu chí", [15]), ("đạt18 xã", [18]), ("báo cáo 5 xã", [5]),
        ("tiêu chí 5 xã chưa đạt", [5]), ("vốn 3 tỷ đồng", [3e9]), ("nhiệm vụ 12 xã", [12]), ("mức 50 triệu đồng", [50e6]), ("đợt này 5 xã", [5]),
        ("ngày công 1.200 người", [1200]), ("khu vực 15%", [15]), ("số hộ nghèo 1.200", [1200]), ("đạt 5/6", [5]), ("có 5/6 xã", [5]), ("toàn xã 5 hộ", [5]),
        ("quý I 5 xã", [5]), ("tháng qua 8 xã", [8]), ("năm qua 2.010 hộ", [2010]), ("lên 1900 hộ", [1900]), ("thêm 2.020 hộ", [2020]),
        ("đến 5/6 xã đạt chuẩn", [5]), ("đạt 100% (11/11)", [100, 11]), ("tiêu chí huyện (9/9)", [9]), ("xã 5/6, thôn 7/9", [5, 7]),
        ("lễ 2/9 có 5 xã", [5]), ("dịp 30/4 có 5 xã", [5]), ("phong trào 26/3 của 5 xã", [5]), ("Càng Long: 7/9", [7]), ("khu dân cư 12 hộ", [12]), ("lớp học cho 30 người", [30]), ("lần lượt 5% và 6%", [5, 6]),
    ],
)  # fmt: skip
def test_what_must_stay_readable(text: str, values: list[float]) -> None:
    assert [q.value for q in quantities(f"Toàn vùng, {text}.")] == values


def test_masks_are_sorted_and_apart() -> None:
    raw = (
        "Ngày 18/5/2020 (thứ 2), theo Quyết định số 5/QĐ-UBND, https://a.vn/1, 25 xã đạt 15-18 tiêu chí; mỗi xã một sản phẩm; 3 sao; dưới 5 tuổi.\n"
        "1. Chương trình 30a và 135 hỗ trợ Tổ 2 phường Chiềng Lề, ĐT 0912 345 678."
    )
    masks = masks_of(raw)
    assert all(a.end <= b.start for a, b in itertools.pairwise(masks))
    assert {m.kind for m in masks} >= {
        "date",
        "label",
        "docno",
        "url",
        "band",
        "slogan",
        "grade",
        "age",
        "list",
        "programme",
        "address",
        "phone",
    }


@given(
    st.lists(
        st.sampled_from(["ngày 5/6 ", " xã ", " 12 ", " 3.500 ", " % ", " quyết định số ", " /QĐ-UBND ", " tiêu chí ", " mỗi xã một sản phẩm ", " từ ", " đến ", " 2020 ", " - ", " , ", " 5 tuổi ", " . ", " \n", " https://a.vn/5"]),
        max_size=25,
    )
)  # fmt: skip
def test_masks_never_overlap_and_stay_inside(parts: list[str]) -> None:
    raw = "".join(parts)
    text = read(raw)
    masks = find_masks(text, NOWHERE)
    assert all(0 <= m.start < m.end <= len(raw) for m in masks)
    assert all(a.end <= b.start for a, b in itertools.pairwise(masks)), masks


@given(st.integers(1, 28), st.integers(1, 12), st.integers(1990, 2050), st.sampled_from(["/", "-", "."]), st.booleans())
def test_every_way_to_write_a_day(day: int, month: int, year: int, mark: str, padded: bool) -> None:
    form = "02d" if padded else "d"
    assert quantities(f"Hội nghị ngày {day:{form}}{mark}{month:{form}}{mark}{year} bàn việc này.") == []
    assert quantities(f"Hội nghị chiều {day:{form}}{mark}{month:{form}} bàn việc này.") == []


@given(
    st.integers(1, 9999),
    st.sampled_from(["QĐ-UBND", "KH-UBND", "NQ-HĐND", "QĐ-TTg", "BC-VPĐP", "TB-UBND", "CT-TTg"]),
    st.sampled_from(["", "/2021"]),
)
def test_every_document_number(number: int, code: str, year: str) -> None:
    assert quantities(f"Theo văn bản số {number}{year}/{code} của cấp trên.") == []
    assert quantities(f"({number:02d}{year}/{code})") == []

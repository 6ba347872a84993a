"""How far the words for targets and results reach: heads of lists, labels of paragraphs, days of a count. Sentences and figures are ours."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.engine import extract

PUBLISHED = date(2024, 6, 15)


def kinds(body: str, title: str = "Tin trong tỉnh") -> str:
    """First letters of the kinds in the order of the text ("tta")."""
    found = extract(f"{title}\n{body}", PUBLISHED, "Tỉnh Hòa Bình")
    return "".join(c.kind[0] for c in sorted(found.claims, key=lambda c: c.start))


PROGRAMME = "Tin về chương trình mục tiêu quốc gia xây dựng nông thôn mới"  # money is read as a claim when a programme is named
LISTS = "- Tỷ lệ hộ nghèo giảm 2,5%.\n- Có 7 xã đạt chuẩn nông thôn mới.\n- 96% dân số tham gia bảo hiểm y tế."


@pytest.mark.parametrize(
    "head",
    [
        "2. Chỉ tiêu:",
        "Mục tiêu cụ thể:",
        "II. Mục tiêu",
        "a) Các chỉ tiêu chủ yếu:",
        "Một số chỉ tiêu",
        "Phấn đấu đến cuối năm:",
        "Tỉnh đề ra:",
        "Huyện đưa ra mốc:",
        "3. Về mục tiêu:",
    ],
)
def test_a_head_of_targets_makes_targets_of_its_list(head: str) -> None:
    assert kinds(f"Ủy ban nhân dân huyện họp phiên thường kỳ.\n{head}\n{LISTS}") == "ttt"


@pytest.mark.parametrize(
    "head",
    [
        "1. Thực trạng:",
        "Kết quả đạt được:",
        "I. Tình hình thực hiện",
        "2. Kết quả thực hiện mục tiêu:",
        "Các chỉ tiêu đã hoàn thành:",
        "Chỉ tiêu đạt được:",
        "Về thực trạng hộ nghèo:",
        "Danh sách:",
    ],
)
def test_a_head_of_results_or_of_nothing_makes_none(head: str) -> None:
    assert kinds(f"Ủy ban nhân dân huyện họp phiên thường kỳ.\n{head}\n{LISTS}") == "aaa"


@pytest.mark.parametrize(
    "label", ["1. Thực trạng", "Thực trạng", "a) Hiện trạng", "I. Tình hình", "- Đánh giá thực trạng", "Về kết quả năm trước"]
)
def test_the_state_of_things_in_a_plan(label: str) -> None:
    body = (
        "Ủy ban nhân dân huyện ban hành Kế hoạch số 12/KH-UBND về giảm nghèo.\n"
        f"{label}: Toàn huyện có 1.204 hộ nghèo, chiếm 12,4%. Số hộ cận nghèo là 900 hộ.\n"
        "2. Chỉ tiêu:\n- Giảm 2,5% tỷ lệ hộ nghèo.\n- Hỗ trợ nhà ở cho 85 hộ nghèo."
    )
    assert kinds(body, "Huyện ban hành Kế hoạch giảm nghèo năm 2024") == "aaatt"


@pytest.mark.parametrize(
    "new", ["- Kết quả năm 2023:", "2. Kết quả năm 2023:", "Thực trạng:", "b) Tình hình chung:", "II. Hiện trạng:", "Kết quả:"]
)
def test_a_new_head_ends_the_targets(new: str) -> None:
    assert kinds(f"1. Chỉ tiêu:\n- Tỷ lệ hộ nghèo giảm 2,5%.\n{new}\n- Có 7 xã đạt chuẩn nông thôn mới.") == "ta"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Tỉnh đề ra: cả năm tỷ lệ hộ nghèo giảm 1,5%; cuối năm có 26 xã đạt chuẩn nông thôn mới.", "tt"),
        ("Huyện đặt ra: cả năm có 3 xã đạt chuẩn nông thôn mới, 12 sản phẩm OCOP.", "tt"),
        ("Huyện đưa ra mốc: đến 30/9 giải ngân 60%, hết tháng 12 giải ngân 95% vốn đầu tư.", "tt"),
        ("Xã đặt mốc: tỷ lệ hộ nghèo cuối năm còn 4%.", "t"),
        ("Huyện ấn định mốc: đến 30/10 có 3 xã đạt chuẩn nông thôn mới.", "t"),
        ("Phấn đấu: cả năm tỷ lệ hộ nghèo giảm 2%.", "t"),
        ("Cả năm tỷ lệ hộ nghèo giảm 1,5%.", "a"),
        ("Tỉnh đề ra tỷ lệ hộ nghèo giảm 1,5%, đến nay đã giảm 1,1%.", "ta"),
    ],
)
def test_a_clause_of_targets_after_a_colon(sentence: str, expected: str) -> None:
    assert kinds(sentence, PROGRAMME) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Bộ Tài chính giao 500 tỷ đồng, đến 30/4 giải ngân 60 tỷ đồng, đạt 12%.", "taa"),
        ("Tỉnh giao 120 tỷ đồng vốn chương trình nông thôn mới, đến ngày 31/5 giải ngân 30 tỷ đồng.", "ta"),
        ("Mục tiêu năm nay tỷ lệ hộ nghèo giảm 3%, tính đến 31/5/2024 giảm 1%.", "ta"),
        ("Huyện phấn đấu có 5 xã đạt chuẩn nông thôn mới, đến hết ngày 10/6 có 2 xã đạt chuẩn.", "ta"),
        ("Huyện phấn đấu đến 31/5 giải ngân 40% vốn đầu tư, đến 31/12 giải ngân 95% vốn đầu tư.", "tt"),
        ("Tỉnh yêu cầu đến 30/9 giải ngân 60%, đến 31/12/2024 giải ngân 95% vốn đầu tư.", "tt"),
        ("Huyện phấn đấu có 3 xã đạt chuẩn nông thôn mới, đến 30/11 có 5 xã đạt chuẩn.", "tt"),
    ],
)
def test_a_day_of_count_undoes_the_plan_unless_it_is_ahead(sentence: str, expected: str) -> None:
    assert kinds(sentence, PROGRAMME) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Kế hoạch năm nay có 3 xã đạt chuẩn nông thôn mới và 2 xã nâng cao.", "tt"),
        ("Chỉ tiêu là 4 xã đạt chuẩn nông thôn mới và 1 xã đạt chuẩn nông thôn mới nâng cao.", "tt"),
        ("Kế hoạch là 30 sản phẩm OCOP 3 sao và 5 sản phẩm OCOP 4 sao.", "tt"),
        ("Kế hoạch năm có 6 xã đạt chuẩn nông thôn mới và 3 xã nâng cao.", "tt"),
        ("Toàn tỉnh có 3 xã đạt chuẩn nông thôn mới và 2 xã nâng cao.", "aa"),
        ("Kế hoạch có 3 xã đạt chuẩn nông thôn mới và đã có 2 xã đạt chuẩn.", "ta"),
        ("Kế hoạch có 3 xã đạt chuẩn nông thôn mới, đến nay có 2 xã đạt chuẩn.", "ta"),
    ],
)
def test_a_plan_reaches_over_and(sentence: str, expected: str) -> None:
    assert kinds(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Huyện đã được phân bổ 95 tỷ đồng; trong đó vốn đầu tư phát triển 70 tỷ đồng.", "aa"),
        ("Tỉnh đã bố trí 52 tỷ đồng, trong đó ngân sách trung ương 41 tỷ đồng.", "aa"),
        ("Tỉnh đã phân bổ 30 tỷ đồng; trong đó vốn sự nghiệp 12 tỷ đồng.", "aa"),
        ("Tổng vốn được giao là 95 tỷ đồng; trong đó vốn đầu tư phát triển 70 tỷ đồng.", "tt"),
        ("Tổng vốn kế hoạch 52 tỷ đồng, trong đó ngân sách trung ương 41 tỷ đồng.", "tt"),
        ("Năm nay, huyện được giao 60 tỷ đồng; trong đó vốn sự nghiệp 25 tỷ đồng.", "tt"),
    ],
)
def test_a_part_of_a_sum_is_given_as_the_sum_is(sentence: str, expected: str) -> None:
    assert kinds(sentence, PROGRAMME) == expected

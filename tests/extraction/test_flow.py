"""What goes on from clause to clause and from sentence to sentence: times, plans, falls, parts of sums. Sentences and figures are ours."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.engine import extract

LATE = date(2023, 12, 22)
EARLY = date(2024, 2, 20)


def told(
    body: str, published: date = LATE, area: str = "Huyện Nậm Pồ, Tỉnh Điện Biên", title: str = "Tin giảm nghèo, nông thôn mới"
) -> list[str]:
    """Kind, indicator without its programme, measure, value and day of each claim, in the order of the text."""
    found = extract(f"{title}\n{body}", published, area)
    return [
        f"{c.kind[0]} {c.indicator.partition('.')[2]} {c.measure} {c.value:g} {c.as_of}"
        for c in sorted(found.claims, key=lambda c: c.start)
    ]


@pytest.mark.parametrize(
    ("body", "last"),
    [
        ("Chín tháng năm 2023, 210 hộ thoát nghèo. Cùng kỳ, 164 hộ thoát cận nghèo.", "a exit.near_poor level 164 2023-09-30"),
        (
            "6 tháng đầu năm 2022, huyện có 88 hộ thoát nghèo. Cùng thời điểm, 31 hộ thoát cận nghèo.",
            "a exit.near_poor level 31 2022-06-30",
        ),
        (
            "Cuối năm 2022, huyện còn 512 hộ nghèo. Cùng thời điểm, huyện có 7/14 xã đạt chuẩn nông thôn mới.",
            "a commune.certified level 7 2022-12-31",
        ),
        (
            "Tính đến 30/9/2023, huyện còn 90 hộ nghèo. Cùng thời gian, 2 xã đạt chuẩn nông thôn mới.",
            "a commune.certified level 2 2023-09-30",
        ),
        ("Quý I/2023, 40 hộ thoát nghèo. Cùng kỳ năm trước, 25 hộ thoát nghèo.", "a exit.poor level 25 2022-03-31"),
        ("Hết tháng 10/2023, giải ngân vốn giảm nghèo đạt 61%, trong khi cùng kỳ đạt 48%.", "a disbursement_rate level 48 2022-10-31"),
    ],
)
def test_the_same_time_is_the_one_told_before_unless_a_year_is_named(body: str, last: str) -> None:
    assert told(body)[-1] == last


@pytest.mark.parametrize(
    "opening",
    [
        "Trong năm, các xã có thêm",
        "Cũng trong năm, huyện xây dựng",
        "Trong năm nay, huyện có thêm",
        "Đến cuối năm, huyện có thêm",
        "Cuối năm, huyện có thêm",
        "Đến hết năm, toàn huyện có thêm",
    ],
)
def test_a_plan_goes_on_through_the_year(opening: str) -> None:
    body = f"Năm 2024, huyện phấn đấu giảm 120 hộ nghèo. {opening} 30 khu dân cư nông thôn mới kiểu mẫu."
    assert told(body, EARLY)[-1].startswith("t village.model") and told(body, EARLY)[-1].endswith("2024-12-31")


@pytest.mark.parametrize("opening", ["Trong năm 2023, huyện có thêm", "Trong năm, huyện đã có thêm", "Đến hết năm 2023, huyện có"])
def test_a_result_after_a_plan_stays_a_result(opening: str) -> None:
    body = f"Năm 2023, huyện đề ra mục tiêu giảm 120 hộ nghèo. {opening} 30 khu dân cư nông thôn mới kiểu mẫu."
    assert told(body, EARLY)[-1].startswith("a village.model")


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("Kết thúc năm 2022, huyện không còn hộ nghèo, hoàn thành sớm một năm mục tiêu của giai đoạn; còn 210 hộ cận nghèo.", "aa"),
        ("Năm 2022, huyện giảm 90 hộ nghèo, đạt trước hạn chỉ tiêu của tỉnh; còn 3 xã đặc biệt khó khăn.", "aa"),
        ("Kết quả vượt xa mục tiêu ban đầu, huyện có 9 xã đạt chuẩn nông thôn mới.", "a"),
        ("Ở nhóm xã nâng cao, kết quả lại vượt dự kiến: trong năm 2022 có thêm 16 xã nông thôn mới nâng cao.", "a"),
        ("Để hoàn thành mục tiêu năm 2024, huyện phải có thêm 4 xã đạt chuẩn nông thôn mới.", "t"),
        ("Huyện quyết tâm hoàn thành mục tiêu đề ra, đến năm 2025 có 9 xã đạt chuẩn nông thôn mới.", "t"),
    ],
)
def test_a_plan_that_was_met_makes_no_targets_of_what_follows(body: str, kinds: str) -> None:
    assert "".join(line[0] for line in told(body)) == kinds


@pytest.mark.parametrize(
    ("body", "last"),
    [
        ("Năm 2024, huyện phấn đấu giảm 5% hộ nghèo, tương đương 400 hộ.", "t household.poor change -400 2024-12-31"),
        ("Năm 2022, tỷ lệ hộ nghèo giảm 4,2% (tương ứng gần 610 hộ).", "a household.poor change -610 2022-12-31"),
        ("Năm 2022, huyện giảm 350 hộ nghèo (tương ứng 3,1%).", "a rate.poor change -3.1 2022-12-31"),
        ("Cuối năm 2022, tỷ lệ hộ nghèo còn 9,4%, tương đương 1.120 hộ.", "a household.poor level 1120 2022-12-31"),
        ("Cuối năm 2022, huyện còn 820 hộ nghèo, tương ứng 7,7%.", "a rate.poor level 7.7 2022-12-31"),
        ("Hết năm 2022, tỷ lệ hộ cận nghèo còn 6%, tương ứng 540 hộ.", "a household.near_poor level 540 2022-12-31"),
    ],
)
def test_what_corresponds_to_a_fall_is_a_fall(body: str, last: str) -> None:
    assert told(body)[-1] == last


@pytest.mark.parametrize(
    ("body", "last"),
    [
        ("Năm 2022, tỷ lệ hộ nghèo giảm 5,2%, vượt kế hoạch (kế hoạch tỉnh giao là 4%).", "t rate.poor change -4 2022-12-31"),
        ("Năm 2022, huyện giảm 4,6% hộ nghèo (chỉ tiêu trung ương giao 3%).", "t household.poor relative_change -3 2022-12-31"),
        ("Năm 2022, có 28 xã đạt chuẩn nông thôn mới, chiếm 70% (kế hoạch là 32 xã).", "t commune.certified level 32 2022-12-31"),
        ("Năm 2022, toàn tỉnh có 45 sản phẩm OCOP, bằng 112,5% (chỉ tiêu 40 sản phẩm).", "t product.certified level 40 2022-12-31"),
        ("Năm 2022, huyện giảm 1.205 hộ nghèo, đạt 120,5% kế hoạch (kế hoạch giảm 1.000 hộ).", "t household.poor change -1000 2022-12-31"),
        ("Năm 2022, bình quân đạt 15,8 tiêu chí/xã (kế hoạch là 15,5 tiêu chí).", "t criteria.average level 15.5 2022-12-31"),
    ],
)
def test_a_plan_in_parentheses_is_about_the_number_of_its_unit(body: str, last: str) -> None:
    assert told(body)[-1] == last


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("Năm 2022, huyện được giao giảm 620 hộ nghèo. Kết quả, toàn huyện giảm được 655 hộ.", [-620, -655]),
        ("Năm 2022, huyện giảm 300 hộ nghèo. Trong đó, xã Si Pa Phìn giảm 92 hộ, xã Chà Nưa giảm 31 hộ.", [-300, -92, -31]),
        ("Cuối năm 2022, còn 210 hộ cận nghèo. So với đầu năm giảm 40 hộ.", [210, -40]),
        ("Cuối năm 2022, còn 210 hộ cận nghèo. Ngân hàng cho vay 40 hộ.", [210]),
        ("Năm 2022, huyện giảm 300 hộ nghèo. Dịp Tết, xã thăm 40 hộ.", [-300]),
        ("Đầu năm 2022, tỷ lệ hộ nghèo là 24,4%, cận nghèo 13,5%. Huyện đặt mục tiêu cuối năm giảm còn 21%.", [24.4, 13.5, 21]),
    ],
)
def test_a_sentence_without_a_noun_goes_on_with_the_poor(body: str, values: list[float]) -> None:
    assert [float(line.split()[3]) for line in told(body)] == values


def test_the_next_sentence_goes_on_with_the_main_rate() -> None:
    body = "Đầu năm 2022, tỷ lệ hộ nghèo là 24,4%, cận nghèo 13,5%. Huyện đặt mục tiêu cuối năm giảm còn 21%."
    assert told(body)[-1].startswith("t rate.poor level 21")


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "Từ năm 2021 đến năm 2023, huyện huy động 820 tỷ đồng xây dựng nông thôn mới, trong đó ngân sách tỉnh 110 tỷ đồng.",
            ["a mobilised level 8.2e+11 2023-12-31", "a mobilised level 1.1e+11 2023-12-31"],
        ),
        (
            "Năm 2022, huyện được phân bổ 142 tỷ đồng vốn giảm nghèo, trong đó vốn đầu tư phát triển 105 tỷ đồng, vốn sự nghiệp 37 tỷ đồng.",
            ["a planned level 1.42e+11 2022-12-31", "a planned level 1.05e+11 2022-12-31", "a planned level 3.7e+10 2022-12-31"],
        ),
        ("Năm 2023, huyện sẽ được phân bổ 90 tỷ đồng vốn giảm nghèo.", ["t planned level 9e+10 2023-12-31"]),
        ("Năm 2023, huyện được giao 90 tỷ đồng vốn giảm nghèo.", ["t planned level 9e+10 2023-12-31"]),
    ],
)
def test_parts_of_money_are_as_their_sum(body: str, lines: list[str]) -> None:
    assert told(body) == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "Đến năm 2022, toàn tỉnh có 204/204 xã, thị trấn và 10/10 huyện, thành phố được công nhận đạt chuẩn nông thôn mới.",
            ["a commune.certified level 204 2022-12-31", "a district.certified level 10 2022-12-31"],
        ),
        (
            "Năm 2022, tỉnh có 12 xã và 2 huyện về đích nông thôn mới.",
            ["a commune.certified level 12 2022-12-31", "a district.certified level 2 2022-12-31"],
        ),
        ("Năm 2022, đoàn làm việc với 12 xã và 2 huyện nghèo.", []),
    ],
)
def test_communes_and_districts_share_what_is_said_of_both(body: str, lines: list[str]) -> None:
    assert told(body) == lines


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Nếu như cuối năm 2018 huyện còn 1.012 hộ nghèo thì đến cuối năm 2022 chỉ còn 402 hộ.", [1012, 402]),
        ("Nếu như năm 2011 xã mới đạt 4 tiêu chí thì nay xã đã đạt 17 tiêu chí.", [4, 17]),
    ],
)
def test_a_contrast_is_told(body: str, found: list[float]) -> None:
    assert [float(line.split()[3]) for line in told(body)] == found


def test_training_is_no_job() -> None:
    body = "Năm 2022, huyện đào tạo nghề cho 1.200 lao động nông thôn, giải quyết việc làm cho 850 người."
    assert told(body) == ["a job_created level 850 2022-12-31"]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "Năm 2023, huyện được giao 52 tỷ đồng thực hiện các chương trình mục tiêu quốc gia, trong đó Chương trình giảm nghèo và an sinh "
            "theo Quyết định số 90/QĐ-TTg là 30 tỷ đồng, Chương trình xây dựng nông thôn mới 22 tỷ đồng.",
            ["t planned level 5.2e+10 2023-12-31", "t planned level 3e+10 2023-12-31", "t planned level 2.2e+10 2023-12-31"],
        ),
        ("Năm nay, ông Lò Văn A vay vốn nuôi cá, vốn đầu tư 180 triệu đồng cho chương trình nuôi cá.", []),
    ],
)
def test_parts_named_by_their_programmes_and_the_money_of_one_house(body: str, lines: list[str]) -> None:
    assert told(body) == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "Đến năm 2022, huyện Mường Chà có 7 xã đạt chuẩn nông thôn mới, Tuần Giáo 5 xã; Tủa Chùa mới có 2 xã.",
            ["commune.certified 7", "commune.certified 5", "commune.certified 2"],
        ),
        (
            "Đến năm 2022, toàn tỉnh có 40 xã đạt chuẩn nông thôn mới. Huyện Tuần Giáo có 8 xã, huyện Mường Chà 7 xã.",
            ["commune.certified 40", "commune.certified 8", "commune.certified 7"],
        ),
        ("Đến năm 2022, toàn tỉnh có 40 xã đạt chuẩn nông thôn mới. Huyện Tuần Giáo có 19 xã.", ["commune.certified 40"]),
        ("Đến năm 2022, toàn tỉnh có 40 xã đạt chuẩn nông thôn mới. Huyện hiện có 13 xã, 120 bản.", ["commune.certified 40"]),
    ],
)
def test_counts_of_communes_go_on_with_names(body: str, lines: list[str]) -> None:
    found = extract(f"Tin nông thôn mới\n{body}", LATE, "Tỉnh Điện Biên")
    assert [f"{c.indicator.partition('.')[2]} {c.value:g}" for c in found.claims] == lines


@pytest.mark.parametrize(
    ("body", "last"),
    [
        ("Xã bắt tay làm nông thôn mới từ năm 2011 với xuất phát điểm 6/19 tiêu chí, đến năm 2019 thì về đích.", "2011-12-31"),
        ("Từ năm 2012, khi bắt đầu, xã mới đạt 5 tiêu chí.", "2012-12-31"),
    ],
)
def test_where_a_commune_started_is_dated_when_it_started(body: str, last: str) -> None:
    assert told(body)[0].endswith(last)


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("Kết quả rà soát cho thấy cuối năm 2022 huyện còn 800 hộ nghèo.\nXã Si Pa Phìn còn tỷ lệ hộ nghèo 31,6%.", "2022-12-31"),
        ("Sau nửa năm vận hành, huyện còn 800 hộ nghèo.\nXã Si Pa Phìn còn tỷ lệ hộ nghèo 31,6%.", "2023-12-22"),
        (
            "Tính đến hết tháng 11/2023, huyện có 9 xã đạt chuẩn nông thôn mới. Năm 2023, xã Si Pa Phìn về đích. Vẫn còn 4 xã dưới 10 tiêu chí.",
            "2023-11-30",
        ),
        ("Năm 2022, 9 xã đạt chuẩn nông thôn mới. Vẫn còn 4 xã dưới 10 tiêu chí.", "2022-12-31"),
    ],
)
def test_days_that_reach_the_next_sentence(body: str, day: str) -> None:
    assert told(body)[-1].endswith(day)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "Năm 2024, huyện phấn đấu có thêm 3 xã về đích nông thôn mới, không còn xã dưới 13 tiêu chí.",
            "t commune.by_criteria level 0 2024-12-31",
        ),
        ("Đến 30/9/2023, giải ngân vốn giảm nghèo cao hơn cùng kỳ là 9,2 điểm phần trăm.", "a disbursement_rate change 9.2 2023-09-30"),
        ("Trong tổng số hộ nghèo, hộ dân tộc thiểu số là 20.357 hộ, chiếm 92,17%.", "a household.ethnic level 92.17 2023-12-22"),
        (
            "Cuối năm 2022, huyện còn 1.000 hộ nghèo, trong đó hộ nghèo DTTS 912 hộ, chiếm 91,2%.",
            "a household.ethnic level 91.2 2022-12-31",
        ),
        ("Cuối năm 2022, hộ nghèo DTTS còn 912 hộ, chiếm 14,2%.", "a rate.ethnic level 14.2 2022-12-31"),
        ("Là huyện nghèo vùng cao, cuối năm 2022 tỷ lệ hộ nghèo của Nậm Pồ còn 43,1%.", "a rate.poor level 43.1 2022-12-31"),
        ("Ở huyện nghèo này, tỷ lệ hộ nghèo cuối năm 2022 là 39,5%.", "a rate.poor level 39.5 2022-12-31"),
        ("Tại các huyện nghèo, tỷ lệ hộ nghèo cuối năm 2022 là 39,5%.", "a rate.poor_district level 39.5 2022-12-31"),
        ("Năm 2024, xã phấn đấu đưa thu nhập lên 50 triệu đồng.", "t income.rural level 5e+07 2024-12-31"),
        ("Tỉnh xóa nhà tạm cho hộ nghèo. Đến nay, các xã đã hoàn thành 812 căn.", "a housing level 812 2023-12-22"),
        ("Số đơn vị cấp huyện hoàn thành nhiệm vụ xây dựng nông thôn mới hiện là 297.", "a district.certified level 297 2023-12-22"),
    ],
)
def test_readings_of_one_sentence(body: str, line: str) -> None:
    assert told(body)[-1] == line


def test_a_part_gives_the_place_back_at_the_semicolon() -> None:
    body = "Huyện có 6/13 xã đạt chuẩn nông thôn mới, trong đó xã Si Pa Phìn đạt 17 tiêu chí; tỷ lệ che phủ rừng đạt 53,5%."
    found = extract(f"Tin\n{body}", LATE, "Huyện Nậm Pồ, Tỉnh Điện Biên")
    assert [c.area.split(",")[0] for c in found.claims] == ["Huyện Nậm Pồ", "Xã Si Pa Phìn", "Huyện Nậm Pồ"]


def test_a_plan_that_tells_of_last_year_tells_results() -> None:
    body = "HĐND huyện thông qua Nghị quyết về nhiệm vụ năm 2024.\nNăm 2023, huyện giảm 90 hộ nghèo. Toàn huyện còn 173 hộ nghèo; 95% người dân tham gia bảo hiểm y tế."
    assert "".join(line[0] for line in told(body, EARLY, title="Mục tiêu nông thôn mới năm 2024")) == "aaa"


@pytest.mark.parametrize(
    ("body", "areas"),
    [
        (
            "5 xã đạt chuẩn nông thôn mới nâng cao gồm: Ngọc Thiện, Cao Xá (huyện Tân Yên); Đoan Bái (huyện Hiệp Hòa); Tư Mại (huyện Yên Dũng).",
            4,
        ),
        ("Năm 2022, tỉnh có một xã nông thôn mới nâng cao là Cao Xá (huyện Tân Yên).", 1),
        ("Năm 2022, tỉnh có 2 xã kiểu mẫu là Cao Xá và Ngọc Thiện (huyện Tân Yên).", 2),
        ("Năm 2022, có thêm một huyện hoàn thành nhiệm vụ, cụ thể là huyện Tân Yên. Đây là kết quả xây dựng nông thôn mới.", 1),
        ("Các xã về đích nông thôn mới năm 2022 gồm: Ngọc Thiện, Cao Xá (huyện Tân Yên).", 2),
        ("Các xã đăng ký về đích nông thôn mới năm 2024 gồm: Ngọc Thiện, Cao Xá (huyện Tân Yên).", 0),
        ("Toàn tỉnh có 27 xã đạt chuẩn nông thôn mới; các xã Ngọc Thiện, Cao Xá (huyện Tân Yên) còn khó khăn.", 0),
        ("Năm 2022, Tân Yên trở thành huyện đầu tiên của tỉnh được Thủ tướng Chính phủ công nhận đạt chuẩn nông thôn mới.", 1),
    ],
)
def test_named_units_behind_counts_and_grades(body: str, areas: int) -> None:
    assert len(extract(f"Tin nông thôn mới\n{body}", LATE, "Tỉnh Bắc Giang").milestones) == areas


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "Đến năm 2025: 100% trường mầm non đạt chuẩn quốc gia; 60% học sinh được học 2 buổi/ngày.",
            ["t school_standard level 100 2025-12-31"],
        ),
        ("Nhiệm kỳ 2025-2030, xã đề ra 12 chỉ tiêu cụ thể: thu ngân sách tăng bình quân hằng năm 10%.", []),
        (
            "Năm 2022, tỷ lệ dân số nông thôn dùng nước sinh hoạt đảm bảo vệ sinh là 94%, trong đó 36% số dân được sử dụng nước sạch.",
            ["a water_hygienic_rate level 94 2022-12-31", "a water_clean_rate level 36 2022-12-31"],
        ),
        (
            "Hết năm 2022, tỷ lệ thôn đạt chuẩn nông thôn mới 58,9% (66/112 thôn, tăng thêm 20 thôn).",
            [
                "a village.certified level 58.9 2022-12-31",
                "a village.certified level 66 2022-12-31",
                "a village.certified change 20 2022-12-31",
            ],
        ),
        (
            "Huyện hiện có 9 xã khu vực III, 4 xã khu vực II và 26 thôn đặc biệt khó khăn thuộc các xã khu vực II, khu vực I.",
            ["a commune.extremely_difficult level 9 2023-12-22", "a village.extremely_difficult level 26 2023-12-22"],
        ),
        (
            "Năm 2024, huyện phấn đấu thêm 2 xã về đích nông thôn mới, nâng chất tiêu chí tại các xã đã đạt chuẩn, đưa bình quân lên 16 tiêu chí/xã.",
            ["t commune.certified change 2 2024-12-31", "t criteria.average level 16 2024-12-31"],
        ),
        (
            "Riêng năm 2022, có 71 xã đạt chuẩn nông thôn mới, tăng 11 xã so với mục tiêu kế hoạch.",
            ["a commune.certified level 71 2022-12-31"],
        ),
        (
            "Toàn tỉnh hiện có 68 sản phẩm OCOP của 46 chủ thể, gồm 14 hợp tác xã và 32 hộ kinh doanh; 50 sản phẩm thuộc nhóm thực phẩm.",
            ["a product.certified level 68 2023-12-22", "a producer level 46 2023-12-22"],
        ),
        (
            "Cả nước có 10.300 sản phẩm OCOP, trong đó 67,3% sản phẩm 3 sao, 0,8% sản phẩm tiềm năng 5 sao.",
            ["a product.certified level 10300 2023-12-22", "a product.three_star level 67.3 2023-12-22"],
        ),
    ],
)
def test_constructions_of_resolutions_and_lists(body: str, lines: list[str]) -> None:
    assert told(body) == lines


def test_a_list_of_targets_under_a_title_of_targets() -> None:
    body = "- Về kinh tế:\n(1) Thu nhập bình quân đầu người: 45 triệu đồng/năm.\n- Về xã hội:\n(2) Tỷ lệ lao động qua đào tạo: trên 20%.\n(3) Huyện đạt chuẩn nông thôn mới."
    title = "Các chỉ tiêu chủ yếu nhiệm kỳ 2020-2025"
    assert told(body, date(2020, 8, 1), title=title) == ["t income.rural level 4.5e+07 2025-12-31", "t trained_rate level 20 2025-12-31"]
    named = extract(f"{title}\n{body}", date(2020, 8, 1), "Huyện Nậm Pồ, Tỉnh Điện Biên").milestones
    assert [(m.kind, str(m.as_of)) for m in named] == [("target", "2025-12-31")]


def test_regions_are_names_and_a_survey_dates_what_follows() -> None:
    body = (
        "Kết quả rà soát hộ nghèo năm 2022 cho thấy, tỷ lệ hộ nghèo toàn quốc là 4,03%.\n"
        "Theo đó, tỷ lệ hộ nghèo các vùng như sau: Trung du và miền núi phía Bắc 14,23% với 455.271 hộ; Đồng bằng sông Hồng 1,2% với 69.239 hộ."
    )
    assert told(body)[1:] == [
        "a rate.poor level 14.23 2022-12-31",
        "a household.poor level 455271 2022-12-31",
        "a rate.poor level 1.2 2022-12-31",
        "a household.poor level 69239 2022-12-31",
    ]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "Năm 2022, tỷ lệ hộ nghèo xã Si Pa Phìn giảm nhiều nhất 5,2%, xã Chà Nưa giảm ít nhất 0,5%.",
            ["a rate.poor change -5.2 2022-12-31", "a rate.poor change -0.5 2022-12-31"],
        ),
        (
            "Năm 2022, xã Chà Nưa có tỷ lệ hộ nghèo giảm nhiều nhất toàn huyện là 6,1%.",
            ["a rate.poor change -6.1 2022-12-31"],
        ),
        (
            "Năm 2022, tỷ lệ hộ nghèo ở thị trấn giảm 5,2%, ở nông thôn giảm 4,8%.",
            ["a rate.poor change -5.2 2022-12-31", "a rate.poor change -4.8 2022-12-31"],
        ),
        (
            "Cuối năm 2022, huyện còn 510 hộ cận nghèo. Tổng số hộ toàn huyện là 10.396 hộ, tăng 255 hộ.",
            ["a household.near_poor level 510 2022-12-31"],
        ),
        (
            "Năm 2022, huyện giảm 1.432 hộ nghèo (1,95%) so với đầu năm.",
            ["a household.poor change -1432 2022-12-31", "a rate.poor change -1.95 2022-12-31"],
        ),
        (
            "Năm 2022, huyện giảm 1.432 hộ nghèo (còn 11,9%).",
            ["a household.poor change -1432 2022-12-31", "a rate.poor level 11.9 2022-12-31"],
        ),
        ("Đến cuối năm 2022, tỉnh có 5 huyện có tỷ lệ hộ nghèo trên 50%.", []),
        (
            "Năm 2024, phấn đấu tỷ lệ hộ nghèo tại các xã có tỷ lệ hộ nghèo cao trên 25% giảm 4%.",
            ["t rate.poor change -4 2024-12-31"],
        ),
        ("Năm 2022, tất cả các xã đều nâng cao mức độ đạt các tiêu chí nông thôn mới.", []),
        (
            "Hết năm 2022, số xã dưới 7 tiêu chí giảm 12 xã, chỉ còn 8 xã.",
            ["a commune.by_criteria change -12 2022-12-31", "a commune.by_criteria level 8 2022-12-31"],
        ),
        (
            "Hết năm 2022, có thêm 9 xã đạt chuẩn nông thôn mới, nâng tổng số đạt chuẩn lên 26 xã.",
            ["a commune.certified change 9 2022-12-31", "a commune.certified level 26 2022-12-31"],
        ),
        (
            "Hiện có 8.000 hộ đăng ký thực hiện vườn mẫu, trong đó có 230 vườn mẫu đạt chuẩn.",
            ["a garden.model level 230 2023-12-22"],
        ),
        (
            "Cuối năm 2022, tỷ lệ hộ nghèo còn 2,36%. Dự kiến tỷ lệ này tiếp tục giảm xuống dưới 2% vào cuối năm 2024.",
            ["a rate.poor level 2.36 2022-12-31", "t rate.poor level 2 2024-12-31"],
        ),
        (
            "Năm 2022, huyện đã triển khai 12 mô hình giảm nghèo với tổng kinh phí 2 tỷ đồng.",
            ["a livelihood_model level 12 2022-12-31", "a planned level 2e+09 2022-12-31"],
        ),
    ],
)
def test_comparisons_between_places_and_subjects_of_their_own(body: str, lines: list[str]) -> None:
    assert told(body) == lines


@pytest.mark.parametrize(
    ("body", "ops"),
    [
        ("Năm 2022, tỷ lệ hộ nghèo xã Si Pa Phìn giảm nhiều nhất 5,2%, xã Chà Nưa giảm ít nhất 0,5%.", ["eq", "eq"]),
        ("Xã Chà Nưa có tỷ lệ hộ nghèo thấp nhất 2,5%.", ["eq"]),
        ("Năm 2024, huyện phấn đấu giảm ít nhất 0,5% tỷ lệ hộ nghèo.", ["ge"]),
    ],
)
def test_the_least_of_several_is_no_bound(body: str, ops: list[str]) -> None:
    assert [c.op for c in extract(f"Tin\n{body}", LATE, "Huyện Nậm Pồ, Tỉnh Điện Biên").claims] == ops


@pytest.mark.parametrize(
    ("body", "units"),
    [
        ("Huyện Tân Yên đạt chuẩn nông thôn mới năm 2020. Trước đó, các huyện Việt Yên, Lạng Giang đã được công nhận.", 3),
        ("Huyện Tân Yên đạt chuẩn nông thôn mới năm 2019, huyện Việt Yên năm 2020, huyện Lạng Giang năm 2021.", 3),
        ("Tân Yên về đích thêm nhiều xã nông thôn mới.", 0),
        ("Cả nước có 270 đơn vị cấp huyện đạt chuẩn nông thôn mới, trong đó 50 đơn vị thuộc 8 tỉnh, thành phố được công nhận, bằng 5%.", 0),
        ("Xã Cao Xá (huyện Tân Yên) và xã Tiên Lục (huyện Lạng Giang) là những xã đầu tiên của tỉnh đạt chuẩn nông thôn mới kiểu mẫu.", 2),
        ("Với việc xã Cao Xá (huyện Tân Yên) được công nhận trong tháng 12, huyện có 100% số xã đạt chuẩn nông thôn mới.", 0),
    ],
)
def test_named_units_without_a_predicate_of_their_own(body: str, units: int) -> None:
    assert len(extract(f"Tin nông thôn mới\n{body}", LATE, "Tỉnh Bắc Giang").milestones) == units


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "Huyện hiện có 7 xã đạt chuẩn. Xã Si Pa Phìn đạt chuẩn nông thôn mới năm 2021. Thu nhập bình quân đạt 44 triệu đồng/người.",
            "2023-12-22",
        ),
        ("Năm 2021, xã Si Pa Phìn đạt chuẩn nông thôn mới. Thu nhập bình quân đạt 44 triệu đồng/người.", "2021-12-31"),
    ],
)
def test_the_year_of_a_recognition_dates_nothing_else(body: str, line: str) -> None:
    assert told(body)[-1].endswith(line)


def test_the_mean_of_the_whole_goes_on_with_the_rate() -> None:
    body = "Hết tháng 9/2023, tỷ lệ hộ nghèo của huyện còn 4,98%.\nTrong khi đó, bình quân chung của tỉnh Điện Biên là 23,7%."
    assert told(body)[-1].startswith("a rate.poor level 23.7")

"""Constructions of portal articles: what each number of a sentence asserts. Sentences are ours; figures are invented."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.clauses import _level_changes, _parentheses
from extraction.engine import extract

PUBLISHED = date(2024, 6, 15)


class Want(NamedTuple):
    """A claim in short: t or a, indicator, measure (l c r p), value."""

    kind: str
    indicator: str
    measure: str
    value: float


MEASURES = {"l": "level", "c": "change", "r": "relative_change", "p": "plan_share"}
KINDS = {"t": "target", "a": "achievement"}


def read(sentence: str, published: date | None = PUBLISHED) -> list[Want]:
    found = extract("Tin trong tỉnh\n" + sentence, published, "Tỉnh Hòa Bình")
    short = {v: k for k, v in MEASURES.items()}
    return [Want(c.kind[0], c.indicator, short[c.measure], c.value) for c in found.claims]


def wanted(text: str) -> list[Want]:
    """ "a poverty.rate.poor l 3.1 | …" as claims."""
    out = []
    for part in filter(None, (p.strip() for p in text.split("|"))):
        kind, indicator, measure, value = part.split()
        out.append(Want(kind, indicator, measure, float(value)))
    return out


def check(sentence: str, expected: str) -> None:
    assert sorted(read(sentence)) == sorted(wanted(expected))


LEVEL_OR_CHANGE = [
    ("Đến nay, tỷ lệ hộ nghèo toàn tỉnh giảm còn 6,2%.", "a poverty.rate.poor l 6.2"),
    ("Tỷ lệ hộ nghèo của huyện hiện chỉ còn 12,4%, giảm 3,1% so với năm 2022.", "a poverty.rate.poor l 12.4 | a poverty.rate.poor c -3.1"),
    ("Năm 2023, tỷ lệ hộ nghèo giảm 2,5%, còn 9,8%.", "a poverty.rate.poor c -2.5 | a poverty.rate.poor l 9.8"),
    ("Tỷ lệ hộ nghèo đã giảm từ 15,3% năm 2020 xuống còn 8,7% cuối năm 2023.", "a poverty.rate.poor l 15.3 | a poverty.rate.poor l 8.7"),
    ("Bình quân mỗi năm tỷ lệ hộ nghèo giảm 2,04 điểm phần trăm.", "a poverty.rate.poor c -2.04"),
    (
        "Hộ nghèo trên địa bàn huyện giảm mạnh, từ 2.310 hộ xuống 1.204 hộ.",
        "a poverty.household.poor l 2310 | a poverty.household.poor l 1204",
    ),
    ("Phấn đấu giảm 20% số hộ nghèo trong năm 2025.", "t poverty.household.poor r -20"),
    (
        "Toàn huyện phấn đấu giảm 350 hộ nghèo và 210 hộ cận nghèo trong năm 2025.",
        "t poverty.household.poor c -350 | t poverty.household.near_poor c -210",
    ),
    ("Tốc độ giảm nghèo bình quân đạt 2,8%/năm.", "a poverty.rate.poor c -2.8"),
    (
        "Tỷ lệ hộ nghèo cuối năm 2023 là 7,1%, thấp hơn 1,9 điểm phần trăm so với đầu năm.",
        "a poverty.rate.poor l 7.1 | a poverty.rate.poor c -1.9",
    ),
    ("Đến năm 2030, đưa tỷ lệ hộ nghèo xuống dưới 1%.", "t poverty.rate.poor l 1"),
    ("Kéo giảm tỷ lệ hộ nghèo từ 2 - 3%/năm là mục tiêu của tỉnh đến năm 2025.", "t poverty.rate.poor c -3"),
]


@pytest.mark.parametrize(("sentence", "expected"), LEVEL_OR_CHANGE)
def test_direction_words_tell_levels_from_changes(sentence: str, expected: str) -> None:
    check(sentence, expected)


COORDINATION = [
    ("Phấn đấu hết năm 2025 có thêm 9 xã đạt chuẩn nông thôn mới, 5 xã nâng cao và 2 xã kiểu mẫu.",
     "t ntm.commune.certified c 9 | t ntm.commune.advanced c 5 | t ntm.commune.model c 2"),
    ("Lũy kế đến nay có 88/129 xã đạt chuẩn NTM (đạt 68,2%), 31 xã NTM nâng cao, 4 xã NTM kiểu mẫu.",
     "a ntm.commune.certified l 88 | a ntm.commune.certified l 68.2 | a ntm.commune.advanced l 31 | a ntm.commune.model l 4"),
    ("Toàn tỉnh còn 18.420 hộ nghèo, chiếm 8,1%; 15.300 hộ cận nghèo, chiếm 6,7%.",
     "a poverty.household.poor l 18420 | a poverty.rate.poor l 8.1 | a poverty.household.near_poor l 15300 | a poverty.rate.near_poor l 6.7"),
    ("Tỷ lệ hộ nghèo, hộ cận nghèo lần lượt là 9,2% và 7,4%.", "a poverty.rate.poor l 9.2 | a poverty.rate.near_poor l 7.4"),
    ("Đã có 640 hộ nghèo, 420 hộ cận nghèo và 310 hộ mới thoát nghèo được vay vốn ưu đãi.",
     "a support.credit l 640 | a support.credit l 420 | a support.credit l 310"),
    ("Bình quân mỗi xã đạt 15,4 tiêu chí, 43,2 chỉ tiêu, tăng 1,2 tiêu chí và 3,5 chỉ tiêu so với cùng kỳ.",
     "a ntm.criteria.average l 15.4 | a ntm.subcriteria.average l 43.2 | a ntm.criteria.average c 1.2 | a ntm.subcriteria.average c 3.5"),
    ("Toàn tỉnh có 158 sản phẩm OCOP, gồm 2 sản phẩm 5 sao, 41 sản phẩm 4 sao và 115 sản phẩm 3 sao.",
     "a ocop.product.certified l 158 | a ocop.product.five_star l 2 | a ocop.product.four_star l 41 | a ocop.product.three_star l 115"),
    ("Có 25 xã đạt 19 tiêu chí, 30 xã đạt từ 15 - 18 tiêu chí, 12 xã đạt 10 - 14 tiêu chí, không còn xã dưới 10 tiêu chí.",
     "a ntm.commune.certified l 25 | a ntm.commune.by_criteria l 30 | a ntm.commune.by_criteria l 12 | a ntm.commune.by_criteria l 0"),
    ("Trong năm, huyện công nhận mới 14 thôn kiểu mẫu, 60 vườn mẫu.", "a ntm.village.model c 14 | a ntm.garden.model c 60"),
    ("Đến nay 96% số hộ được sử dụng điện, 88% số hộ dùng nước hợp vệ sinh, 61% lao động qua đào tạo.",
     "a infra.electricity_rate l 96 | a infra.water_hygienic_rate l 88 | a labour.trained_rate l 61"),
    ("Đưa 35% số xã và 30% số thôn ra khỏi địa bàn đặc biệt khó khăn vào năm 2025.",
     "t dtts.commune.extremely_difficult r -35 | t dtts.village.extremely_difficult r -30"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), COORDINATION)
def test_lists_share_heads_predicates_and_increments(sentence: str, expected: str) -> None:
    check(sentence, expected)


PLANS = [
    ("Đến hết tháng 5/2024, có 312 hộ thoát nghèo, đạt 64% kế hoạch tỉnh giao.", "a poverty.exit.poor l 312 | a poverty.exit.poor p 64"),
    ("Giải quyết việc làm cho 4.120 lao động, bằng 103% kế hoạch năm.", "a labour.job_created l 4120 | a labour.job_created p 103"),
    ("Đã xóa 96 nhà tạm cho hộ nghèo, vượt 20% so với kế hoạch.", "a support.housing l 96 | a support.housing p 120"),
    ("Tỷ lệ hộ nghèo giảm 2,6%, đạt 104% chỉ tiêu huyện giao (chỉ tiêu là 2,5%).",
     "a poverty.rate.poor c -2.6 | a poverty.rate.poor p 104 | t poverty.rate.poor c -2.5"),
    ("Có 8 xã đạt chuẩn nông thôn mới, đạt 80% kế hoạch (kế hoạch giao 10 xã).",
     "a ntm.commune.certified l 8 | a ntm.commune.certified p 80 | t ntm.commune.certified l 10"),
    ("Đưa 210 lao động đi làm việc ở nước ngoài, bằng 91,3% so với chỉ tiêu đề ra.", "a labour.overseas l 210 | a labour.overseas p 91.3"),
    ("Toàn tỉnh đã giải ngân 215,4 tỷ đồng vốn các chương trình mục tiêu quốc gia, đạt 47,2% kế hoạch vốn giao.",
     "a budget.disbursed l 215400000000 | a budget.disbursement_rate l 47.2"),
    ("Tỷ lệ giải ngân vốn sự nghiệp chương trình giảm nghèo mới đạt 28,6% kế hoạch.", "a budget.disbursement_rate l 28.6"),
    ("Huyện huy động được 84 tỷ đồng xây dựng nông thôn mới, bằng 92% kế hoạch.", "a budget.mobilised l 84000000000 | a budget.mobilised p 92"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), PLANS)
def test_shares_of_plans_and_plan_values(sentence: str, expected: str) -> None:
    check(sentence, expected)


KIND_CUES = [
    ("Mục tiêu đến năm 2025 có 80% số xã đạt chuẩn nông thôn mới.", "t ntm.commune.certified l 80"),
    ("Năm 2024, tỉnh giao chỉ tiêu có thêm 6 xã về đích nông thôn mới.", "t ntm.commune.certified c 6"),
    ("Hiện toàn huyện có 11 xã đạt chuẩn; phấn đấu cuối năm có 13 xã.", "a ntm.commune.certified l 11 | t ntm.commune.certified l 13"),
    ("Dự kiến hết năm 2024, tỷ lệ hộ nghèo còn 5,5%.", "t poverty.rate.poor l 5.5"),
    ("Ước đến hết tháng 6, toàn tỉnh tạo việc làm cho 9.800 người.", "a labour.job_created l 9800"),
    ("Theo kế hoạch, năm 2025 bao phủ bảo hiểm y tế phải đạt 95% dân số.", "t health.insurance_coverage l 95"),
    (
        "Nghị quyết đề ra mục tiêu giảm 3%/năm tỷ lệ hộ nghèo; đến nay đã giảm bình quân 3,4%/năm.",
        "t poverty.rate.poor c -3 | a poverty.rate.poor c -3.4",
    ),
    ("Đến năm 2030, thu nhập bình quân đầu người khu vực nông thôn đạt 90 triệu đồng/người/năm.", "t ntm.income.rural l 90000000"),
    ("Tính đến ngày 31/5/2024, độ che phủ rừng đạt 51,3%.", "a env.forest_cover l 51.3"),
]


@pytest.mark.parametrize(("sentence", "expected"), KIND_CUES)
def test_cues_and_dates_tell_targets_from_achievements(sentence: str, expected: str) -> None:
    check(sentence, expected)


NOT_CLAIMS = [
    "Nhân dịp này, đoàn đã trao 50 phần quà cho 50 hộ nghèo của xã.",
    "Công ty tặng 3 căn nhà tình thương trị giá 180 triệu đồng cho 3 hộ nghèo.",
    "Kế hoạch gồm 3 nhóm mục tiêu, 10 dự án thành phần và 14 tiểu dự án.",
    "Hội nghị có 120 đại biểu tham dự tại 12 điểm cầu.",
    "Gia đình anh Bàn Văn T. nuôi 5 con trâu, mỗi năm thu 60 triệu đồng.",
    "Sản phẩm được bán với giá 95.000 đồng/hộp tại 11 siêu thị.",
    "Có 12 xã đăng ký đạt chuẩn nông thôn mới trong năm nay.",
    "Tỉnh bạn của Lào hiện có 64% hộ dân có điện.",
    "Diện tích lúa vụ xuân đạt 16.200 ha, năng suất 55,4 tạ/ha.",
    "Tăng trưởng kinh tế 6 tháng đầu năm đạt 7,8%, dân số hơn 870.000 người.",
    "Chuẩn nghèo khu vực nông thôn là 1.500.000 đồng/người/tháng.",
    "Bộ tiêu chí gồm 19 tiêu chí, chia thành 5 nhóm.",
    "Thường trực Hội đồng nhân dân tiếp 240 cử tri của 6 xã.",
    "Ngân hàng cho vay với lãi suất 0,55%/tháng, thời hạn 60 tháng.",
]


@pytest.mark.parametrize("sentence", NOT_CLAIMS)
def test_what_only_looks_like_a_claim_is_none(sentence: str) -> None:
    assert read(sentence) == []


LISTS = [
    ("Các chỉ tiêu chủ yếu đến năm 2025:\n- Tỷ lệ hộ nghèo giảm bình quân 2,5%/năm;\n- 75% số xã đạt chuẩn nông thôn mới;\n- Có thêm 40 sản phẩm OCOP.",
     "t poverty.rate.poor c -2.5 | t ntm.commune.certified l 75 | t ocop.product.certified c 40"),
    ("Phấn đấu năm 2025:\n+ 98% hộ dân được dùng nước hợp vệ sinh;\n+ Tỷ lệ che phủ rừng 52%.", "t infra.water_hygienic_rate l 98 | t env.forest_cover l 52"),
    ("Kết quả giải ngân đến 31/5/2024 cụ thể như sau:\n- Chương trình nông thôn mới: 120 tỷ đồng, đạt 41%;\n- Chương trình giảm nghèo bền vững: 85 tỷ đồng, đạt 33,5%.",
     "a budget.disbursed l 120000000000 | a budget.disbursement_rate l 41 | a budget.disbursed l 85000000000 | a budget.disbursement_rate l 33.5"),
    ("Theo đó, toàn tỉnh phấn đấu giảm 1.200 hộ nghèo; tạo việc làm cho 16.000 lao động; đưa 500 người đi làm việc ở nước ngoài trong năm 2025.",
     "t poverty.household.poor c -1200 | t labour.job_created l 16000 | t labour.overseas l 500"),
    ("Mục tiêu cụ thể đến năm 2030: 100% trạm y tế có bác sĩ; tỷ lệ trẻ em dưới 5 tuổi suy dinh dưỡng dưới 15%; 70% lao động qua đào tạo.",
     "t health.station_with_doctor l 100 | t health.malnutrition_u5 l 15 | t labour.trained_rate l 70"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), LISTS)
def test_heads_govern_their_lists(sentence: str, expected: str) -> None:
    check(sentence, expected)


ZEROS = [
    ("Đến cuối năm 2023, xã không còn hộ nghèo.", "a poverty.household.poor l 0"),
    ("Toàn tỉnh không còn xã dưới 9 tiêu chí.", "a ntm.commune.by_criteria l 0"),
    ("Huyện không có hộ tái nghèo trong năm 2023.", "a poverty.relapse l 0"),
    ("Phấn đấu đến năm 2025 không còn hộ nghèo có thành viên là người có công.", "t poverty.household.merit l 0"),
    ("Đến nay, tỉnh cơ bản không còn thôn đặc biệt khó khăn.", "a dtts.village.extremely_difficult l 0"),
    ("Đến năm 2025, phấn đấu không còn huyện nghèo.", "t poverty.district.poor l 0"),
]


@pytest.mark.parametrize(("sentence", "expected"), ZEROS)
def test_lexical_zeros_are_levels(sentence: str, expected: str) -> None:
    check(sentence, expected)


RATIOS = [
    ("Thu nhập bình quân đầu người khu vực nông thôn tăng 8,5% so với năm trước.", "a ntm.income.rural r 8.5"),
    ("Đến năm 2030, thu nhập bình quân người dân nông thôn gấp 2,5 lần năm 2020.", "t ntm.income.rural r 150"),
    ("Số lao động đi làm việc ở nước ngoài là 640 người, tăng 12% so với cùng kỳ.", "a labour.overseas l 640 | a labour.overseas r 12"),
    (
        "Vốn nông thôn mới giải ngân 5 tháng đạt 310 tỷ đồng, bằng 118,4% so với cùng kỳ năm trước.",
        "a budget.disbursed l 310000000000 | a budget.disbursed r 18.4",
    ),
    ("Hộ nghèo DTTS chiếm 86,2% tổng số hộ nghèo toàn tỉnh.", "a poverty.household.ethnic l 86.2"),
    ("Thu nhập bình quân của hộ nghèo tăng 1,6 lần so với năm 2020.", "a poverty.income.poor_household r 60"),
]


@pytest.mark.parametrize(("sentence", "expected"), RATIOS)
def test_ratios_to_another_period_are_relative_changes(sentence: str, expected: str) -> None:
    check(sentence, expected)


def test_a_comparator_spreads_over_and_but_not_over_a_new_clause() -> None:
    found = extract(
        "Tin\nNăm 2025 phấn đấu giảm trên 500 hộ nghèo và 300 hộ cận nghèo; có 5 xã đạt chuẩn nông thôn mới.", PUBLISHED, "Tỉnh Hòa Bình"
    )
    assert [(c.value, c.op) for c in found.claims] == [(-500, "gt"), (-300, "gt"), (5, "eq")]


@pytest.mark.parametrize(
    ("owner", "plan"),
    [("province", "kế hoạch tỉnh giao"), ("district", "kế hoạch huyện giao"), ("central", "chỉ tiêu Chính phủ giao"), (None, "kế hoạch")],
)
def test_plan_owner(owner: str | None, plan: str) -> None:
    found = extract(f"Tin\nToàn huyện có 90 hộ thoát nghèo, đạt 75% {plan}.", PUBLISHED, "Huyện Mai Châu, Tỉnh Hòa Bình")
    assert [c.plan_by for c in found.claims if c.measure == "plan_share"] == [owner]


@pytest.mark.parametrize(
    ("phrase", "yearly"),
    [("hằng năm", True), ("mỗi năm", True), ("trong năm 2025", False)],
)
def test_what_holds_for_each_year(phrase: str, yearly: bool) -> None:
    found = extract(f"Tin\nPhấn đấu {phrase} giảm 2% tỷ lệ hộ nghèo.", PUBLISHED, "Tỉnh Hòa Bình")
    assert [c.per_year for c in found.claims] == [yearly]


SCOPES = [
    ("Có 55 huyện thuộc 28 tỉnh, thành phố được công nhận đạt chuẩn nông thôn mới.", "a ntm.district.certified l 55"),
    ("Cả nước có 18 tỉnh có 100% số xã đạt chuẩn nông thôn mới.", "a ntm.province.all_communes l 18"),
    ("Số xã đạt từ 15-18 tiêu chí là 36 xã.", "a ntm.commune.by_criteria l 36"),
    ("Gần một nửa số xã mới đạt dưới 10 tiêu chí.", "a ntm.commune.by_criteria l 50"),
    ("Bốn xã biên giới còn lại đều đạt từ 15 tiêu chí trở lên.", "a ntm.commune.by_criteria l 4"),
    ("Có 4.554 xã (bằng 51,2% tổng số xã) đạt chuẩn nông thôn mới.", "a ntm.commune.certified l 4554 | a ntm.commune.certified l 51.2"),
    ("Có 12 xã khu vực II và 59 xã khu vực III thuộc diện đặc biệt khó khăn.", "a dtts.commune.extremely_difficult l 59"),
]


@pytest.mark.parametrize(("sentence", "expected"), SCOPES)
def test_numbers_that_only_say_which_or_where_are_no_claims(sentence: str, expected: str) -> None:
    check(sentence, expected)


HANDED_ON = [
    ("Cuối năm 2023 toàn huyện còn 1.204 hộ nghèo, giảm 40,9% so với đầu năm.", "a poverty.household.poor l 1204 | a poverty.household.poor r -40.9"),
    ("Huyện còn 1.204 hộ nghèo, chiếm 9,3%, giảm 2,1% so với năm trước.",
     "a poverty.household.poor l 1204 | a poverty.rate.poor l 9.3 | a poverty.rate.poor c -2.1"),
    ("Tỷ lệ hộ nghèo còn 9,3%, tương ứng 1.204 hộ.", "a poverty.rate.poor l 9.3 | a poverty.household.poor l 1204"),
    ("Toàn xã hiện còn 4,7% hộ nghèo, 5,2% hộ cận nghèo.", "a poverty.rate.poor l 4.7 | a poverty.rate.near_poor l 5.2"),
    ("Tỷ lệ hộ nghèo toàn tỉnh còn 9%. Xã Pà Cò giảm nhanh nhất, từ 48,2% năm 2022 còn 36,5%.",
     "a poverty.rate.poor l 9 | a poverty.rate.poor l 48.2 | a poverty.rate.poor l 36.5"),
    ("Vốn các chương trình mục tiêu quốc gia đã giải ngân 96 tỷ đồng, đạt 41%. Riêng vốn sự nghiệp mới được 22%.",
     "a budget.disbursed l 96000000000 | a budget.disbursement_rate l 41 | a budget.disbursement_rate l 22"),
    ("Thu nhập bình quân đầu người đạt 52 triệu đồng/năm, gấp 2,3 lần năm 2011.", "a ntm.income.rural l 52000000 | a ntm.income.rural r 130"),
    ("Tỷ lệ hộ nghèo giảm bình quân 2%/năm, riêng các huyện nghèo giảm 4%/năm.", "a poverty.rate.poor c -2 | a poverty.rate.poor_district c -4"),
    ("Số hộ nghèo giảm 310 hộ, bằng 15% tổng số hộ nghèo đầu năm.", "a poverty.household.poor c -310 | a poverty.household.poor r -15"),
    ("Tỷ lệ hộ nghèo còn 5,2%, tăng trưởng GRDP đạt 9%.", "a poverty.rate.poor l 5.2"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), HANDED_ON)
def test_what_neighbours_and_earlier_sentences_hand_on(sentence: str, expected: str) -> None:
    check(sentence, expected)


ANNOUNCEMENTS = [
    ("Kế hoạch giảm nghèo năm 2025\nUBND huyện vừa ban hành Kế hoạch số 12/KH-UBND.\nToàn huyện có 214 hộ thoát nghèo, tỷ lệ hộ nghèo xuống 5%.",
     "t poverty.exit.poor l 214 | t poverty.rate.poor l 5"),
    ("Huyện giao nhiệm vụ nông thôn mới năm 2025\nUBND huyện giao nhiệm vụ cho các xã.\nCụ thể, có thêm hai xã đạt chuẩn nâng cao, ba thôn kiểu mẫu.",
     "t ntm.commune.advanced c 2 | t ntm.village.model c 3"),
    ("Kế hoạch nông thôn mới năm 2025\nUBND huyện ban hành Kế hoạch số 3/KH-UBND.\nHiện huyện có 8 xã đạt chuẩn; năm tới có 10 xã đạt chuẩn.",
     "a ntm.commune.certified l 8 | t ntm.commune.certified l 10"),
    ("Kết quả giảm nghèo năm 2023\nNăm qua, UBND huyện ban hành Kế hoạch số 3/KH-UBND.\nToàn huyện có 214 hộ thoát nghèo.", "a poverty.exit.poor l 214"),
    ("Kế hoạch 5 năm\nUBND tỉnh ban hành Kế hoạch số 9/KH-UBND.\nMục tiêu đến năm 2030\n- Có 72 xã đạt chuẩn nông thôn mới;\n- Tỷ lệ hộ nghèo dưới 1%.",
     "t ntm.commune.certified l 72 | t poverty.rate.poor l 1"),
    ("Nông thôn mới\nSố xã đã được công nhận trên tổng số xã của từng huyện:\nMai Châu: 9/15 xã\nLạc Sơn: 7/23 xã", "a ntm.commune.certified l 9 | a ntm.commune.certified l 7"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ANNOUNCEMENTS)
def test_announcements_of_plans_and_tables(text: str, expected: str) -> None:
    found = extract(text, PUBLISHED, "Tỉnh Hòa Bình")
    short = {v: k for k, v in MEASURES.items()}
    assert sorted(Want(c.kind[0], c.indicator, short[c.measure], c.value) for c in found.claims) == sorted(wanted(expected))


MONEY = [
    ("Giải ngân vốn đầu tư công 5 tháng của tỉnh đạt 21,5%, tương ứng 4.763 tỷ đồng.", ""),
    ("Tổng kinh phí buổi trao quà là 185 triệu đồng.", ""),
    ("Tổng mức đầu tư cây cầu hơn 310 tỷ đồng.", ""),
    ("Năm 2024, Chương trình giảm nghèo bền vững được giao 31,4 tỷ đồng.", "t budget.planned l 31400000000"),
    ("Tỉnh đã phân bổ 45 tỷ đồng vốn Chương trình mục tiêu quốc gia cho các huyện.", "a budget.planned l 45000000000"),
    ("Nhân dân góp 23 tỷ đồng xây dựng nông thôn mới.", "a budget.mobilised l 23000000000"),
    (
        "Chương trình nông thôn mới: mới chi 12,4/91 tỷ đồng, bằng 13,6%.",
        "a budget.disbursed l 12400000000 | a budget.disbursement_rate l 13.6",
    ),
]


@pytest.mark.parametrize(("sentence", "expected"), MONEY)
def test_only_money_of_the_programmes_counts(sentence: str, expected: str) -> None:
    check(sentence, expected)


@given(st.text(alphabet="() a", max_size=30))
def test_levels_of_parentheses_agree_with_their_definition(body: str) -> None:
    spans = _parentheses(body, 0)
    changes = _level_changes(spans)
    for position in range(len(body)):
        inside = [i for i, (start, end) in enumerate(spans) if start <= position < end]
        before = [level for at, level in changes if at <= position]
        assert (before[-1] if before else -1) == (inside[-1] if inside else -1)


def test_a_table_without_full_stops_is_read_to_its_end() -> None:
    text = "Tin\nCó " + ", ".join(f"{n} hộ nghèo" for n in range(1, 201)) + "; 7 xã đạt chuẩn nông thôn mới."
    found = extract(text, PUBLISHED, "Tỉnh Hòa Bình").claims
    assert found[-1].indicator == "ntm.commune.certified"
    assert len(found) == 201

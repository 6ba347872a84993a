"""How far a period reaches: into which figures of its sentence, which sentences and which paragraphs. The figure asked for is ⟨marked⟩."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.model import ArticleContext, Kind
from extraction.periods import PeriodReader
from extraction.text import read

Case = tuple[str, Kind, str, str | None]


def as_of(marked: str, kind: Kind, published: str) -> str | None:
    """The day that the marked number stands for, under a title without numbers."""
    text = f"Chuyện làm ăn ở vùng cao\n{marked}"
    where = ArticleContext(date.fromisoformat(published), "Tỉnh Bắc Kạn")
    field = PeriodReader(read(text.replace("⟨", "").replace("⟩", "")), where).as_of(text.index("⟨"), kind)
    return field.value.isoformat() if field.value else None


def check(case: Case) -> None:
    marked, kind, published, day = case
    assert as_of(marked, kind, published) == day


A: Kind = "achievement"
T: Kind = "target"

MONTHS_OF_A_NAMED_YEAR: list[Case] = [
    ("Riêng 10 tháng năm nay có ⟨640⟩ hộ thoát nghèo.", A, "2012-11-20", "2012-10-31"),
    ("Trong 7 tháng năm nay, huyện giải ngân ⟨51⟩%.", A, "2022-08-09", "2022-07-31"),
    ("Chín tháng của năm nay, xã có ⟨12⟩ hộ thoát nghèo.", A, "2021-10-09", "2021-09-30"),
    ("8 tháng năm ngoái, huyện giải ngân ⟨40⟩%.", A, "2023-05-09", "2022-08-31"),
    ("Qua 5 tháng năm này, tỉnh tạo việc làm cho ⟨4.100⟩ người.", A, "2019-06-15", "2019-05-31"),
    ("Sau 11 tháng năm nay, toàn xã còn ⟨45⟩ hộ nghèo.", A, "2020-12-04", "2020-11-30"),
    ("Sau 9 tháng đầu năm 2024, vốn đầu tư giải ngân ⟨50⟩%.", A, "2024-10-20", "2024-09-30"),
    ("Sau quý I/2024, vốn đầu tư giải ngân ⟨12⟩%.", A, "2024-04-20", "2024-03-31"),
    ("6 tháng năm trước có ⟨9⟩ sản phẩm được xếp hạng.", A, "2024-02-04", "2023-06-30"),
]

YEARS_LATER: list[Case] = [
    ("Bản bắt tay vào việc với 51% hộ nghèo năm 2009. Qua gần 4 năm, bản được hỗ trợ ⟨3⟩ tỷ đồng.", A, "2012-11-20", "2012-11-20"),
    ("Năm 2011, xã có 2 tiêu chí. Sau hơn 8 năm, xã đạt ⟨19⟩ tiêu chí.", A, "2019-08-20", "2019-08-20"),
    ("Năm 2011, xã có 2 tiêu chí. Qua 3 năm, xã đạt ⟨9⟩ tiêu chí.", A, "2019-08-20", "2014-12-31"),
    ("Năm 2011, xã có 2 tiêu chí. Trải qua hơn 5 năm, xã đạt ⟨14⟩ tiêu chí.", A, "2019-08-20", "2016-12-31"),
    ("Năm 2015, tỷ lệ hộ nghèo là 30%. Sau gần hai năm, tỷ lệ này còn ⟨21⟩%.", A, "2020-02-20", "2017-12-31"),
    ("Năm 2018 huyện có 4 xã đạt chuẩn. Chỉ sau 2 năm, huyện có thêm ⟨5⟩ xã.", A, "2022-02-20", "2020-12-31"),
    ("Đến hết năm 2020, sau tròn 5 năm thực hiện, huyện có ⟨9⟩ xã đạt chuẩn.", A, "2021-02-20", "2020-12-31"),
]

LOOKING_BACK: list[Case] = [
    ("Hết tháng 6, mỗi xã đạt 13,6 tiêu chí, trong khi năm 2011 chỉ là 9. Có ⟨29⟩ xã đạt trên 14 tiêu chí.", A, "2013-07-09", "2013-06-30"),
    ("Năm 2022 huyện có 5 xã về đích, trong khi năm 2020 chỉ có ⟨2⟩ xã.", A, "2023-01-09", "2020-12-31"),
    ("Năm 2022 huyện có 5 xã về đích, trong khi năm 2020 chỉ có 2 xã. Bình quân đạt ⟨16⟩ tiêu chí.", A, "2023-01-09", "2022-12-31"),
    ("Đến cuối tháng 9, tỷ lệ giải ngân là 61%, năm ngoái mới 40%. Vốn sự nghiệp đạt ⟨33⟩%.", A, "2024-10-09", "2024-09-30"),
    ("Đến 31/10/2024 xã còn 15 hộ nghèo, năm 2021 là 70 hộ. Hộ cận nghèo còn ⟨22⟩ hộ.", A, "2024-11-09", "2024-10-31"),
    ("Năm 2021 xã còn 70 hộ nghèo, đến 31/10/2024 còn 15 hộ. Hộ cận nghèo còn ⟨22⟩ hộ.", A, "2024-11-09", "2024-10-31"),
    ("Năm 2016, công nhận thêm 9 xã, đến nay có 30 xã đạt chuẩn. Huyện Ba Bể có ⟨4⟩ xã.", A, "2016-12-20", "2016-12-20"),
    ("Quý I/2023, huyện cho vay 20 tỷ đồng, cả năm 2022 là 64 tỷ đồng. Có ⟨310⟩ hộ nghèo được vay.", A, "2023-04-20", "2023-03-31"),
]

PAPERS_OF_SURVEYS: list[Case] = [
    ("Theo Quyết định 45/QĐ-UBND ngày 14/1/2016 phê duyệt kết quả điều tra, tỉnh có ⟨9.812⟩ hộ nghèo.", A, "2016-08-20", "2016-01-14"),
    ("Theo Báo cáo số 12/BC-UBND ngày 3/5/2022 về kết quả rà soát hộ nghèo, huyện còn ⟨812⟩ hộ.", A, "2022-06-20", "2022-05-03"),
    ("Theo Thông báo ngày 20/2/2019 của Sở Lao động về kết quả rà soát, tỉnh còn ⟨812⟩ hộ. ", A, "2019-04-20", "2019-02-20"),
    (
        "Theo Quyết định số 7 ngày 9/3/2020 công bố kết quả khảo sát, xã có 8% hộ nghèo. Hộ cận nghèo là ⟨4⟩%.",
        A,
        "2020-04-20",
        "2020-03-09",
    ),
    ("Theo Quyết định 45/QĐ-UBND ngày 14/1/2016 phê duyệt kế hoạch, tỉnh có ⟨9⟩ xã điểm.", A, "2016-08-20", "2016-08-20"),
    ("Theo Quyết định số 7 ngày 9/3/2020 phê duyệt kết quả rà soát cuối năm 2019, xã có ⟨8⟩% hộ nghèo.", A, "2020-04-20", "2019-12-31"),
    ("Ngày 9/3/2020, UBND xã họp bàn. Toàn xã có ⟨8⟩% hộ nghèo.", A, "2020-04-20", "2020-04-20"),
]

ROUNDS: list[Case] = [
    ("Huyện công bố kết quả phân hạng đợt I năm 2020. Theo đó, ⟨14⟩ sản phẩm được xếp hạng.", A, "2020-07-20", "2020-07-20"),
    ("Tỉnh xét đợt 1 năm 2023. Kết quả, ⟨21⟩ sản phẩm đạt 3 sao.", A, "2023-06-20", "2023-06-20"),
    ("Hội đồng chấm lần thứ nhất của năm 2024. Có ⟨6⟩ sản phẩm đạt 4 sao.", A, "2024-05-20", "2024-05-20"),
    ("Hội đồng đánh giá vòng 2 năm 2024, ⟨6⟩ sản phẩm đạt 4 sao.", A, "2024-05-20", "2024-05-20"),
    ("Tỉnh xét đợt 2 năm 2022. Kết quả, ⟨21⟩ sản phẩm đạt 3 sao.", A, "2023-02-20", "2022-12-31"),
    ("Tỉnh xét sản phẩm năm 2023. Kết quả, ⟨21⟩ sản phẩm đạt 3 sao.", A, "2023-12-20", "2023-12-31"),
    ("Sau đợt một năm 2021, huyện có ⟨11⟩ sản phẩm OCOP.", A, "2021-08-20", "2021-08-20"),
]

WHERE_A_COMPARISON_STARTS: list[Case] = [
    ("So với thời điểm đầu nhiệm kỳ 2016 - 2020 là ⟨33⟩% thì đây là bước tiến lớn.", A, "2021-02-20", "2016-01-01"),
    ("So với cuối năm 2018 là ⟨12⟩%, kết quả này đáng mừng.", A, "2021-02-20", "2018-12-31"),
    ("Hiện xã đạt 19 tiêu chí, so với năm 2011 chỉ có ⟨4⟩ tiêu chí.", A, "2021-02-20", "2011-12-31"),
    ("Nay xã đạt ⟨19⟩ tiêu chí, so với năm 2011 chỉ có 4 tiêu chí.", A, "2021-02-20", "2021-02-20"),
    ("Năm 2020 thu nhập đạt 40 triệu đồng, so với năm 2015 mới là ⟨22⟩ triệu đồng.", A, "2021-02-20", "2015-12-31"),
    ("Năm 2020, so với năm 2015, thu nhập tăng ⟨22⟩ triệu đồng.", A, "2021-02-20", "2020-12-31"),
    ("Năm 2020, số xã đạt chuẩn tăng so với năm 2019 là ⟨2⟩ xã.", A, "2021-02-20", "2020-12-31"),
    ("Năm 2020 thu nhập tăng ⟨1,8⟩ lần so với năm 2015.", A, "2021-02-20", "2020-12-31"),
]

ONE_OF: list[Case] = [
    ("Là một trong ⟨6⟩ huyện nghèo, Ba Bể bắt đầu với 48% hộ nghèo năm 2009.", A, "2012-11-20", "2012-11-20"),
    ("Là một trong số ⟨6⟩ huyện nghèo, Ba Bể có 48% hộ nghèo năm 2009.", A, "2012-11-20", "2012-11-20"),
    ("Vốn là một trong ⟨9⟩ xã khó khăn, xã chỉ có 3 tiêu chí năm 2011.", A, "2018-11-20", "2018-11-20"),
    ("(BK) - Là 1 trong ⟨6⟩ huyện nghèo, huyện có 40% hộ nghèo cuối năm 2010.", A, "2013-11-20", "2013-11-20"),
    ("Là một trong 6 huyện nghèo, Ba Bể bắt đầu với ⟨48⟩% hộ nghèo năm 2009.", A, "2012-11-20", "2009-12-31"),
    ("Năm 2009, Ba Bể là một trong ⟨6⟩ huyện nghèo của cả vùng.", A, "2012-11-20", "2009-12-31"),
]

IN_ORDER: list[Case] = [
    ("Tỷ lệ hộ nghèo cuối các năm 2015, 2016 và 2017 lần lượt là ⟨45,1⟩%, 38,6% và 31,8%.", A, "2018-11-10", "2015-12-31"),
    ("Tỷ lệ hộ nghèo cuối các năm 2015, 2016 và 2017 lần lượt là 45,1%, ⟨38,6⟩% và 31,8%.", A, "2018-11-10", "2016-12-31"),
    ("Tỷ lệ hộ nghèo cuối các năm 2015, 2016 và 2017 lần lượt là 45,1%, 38,6% và ⟨31,8⟩%.", A, "2018-11-10", "2017-12-31"),
    ("Năm 2021 và năm 2022, số xã về đích lần lượt là ⟨3⟩ xã và 5 xã.", A, "2023-11-10", "2021-12-31"),
    ("Năm 2021 và năm 2022, số xã về đích lần lượt là 3 xã và ⟨5⟩ xã.", A, "2023-11-10", "2022-12-31"),
    ("Số xã về đích lần lượt là 3 xã, ⟨5⟩ xã và 8 xã trong các năm 2020, 2021 và 2022.", A, "2023-11-10", "2021-12-31"),
    ("Giai đoạn 2021-2023, số hộ nghèo giảm tương ứng ⟨90⟩ hộ, 70 hộ và 64 hộ.", A, "2024-11-10", "2021-12-31"),
    ("Giai đoạn 2021-2025, tỷ lệ nghèo và cận nghèo lần lượt là ⟨9⟩% và 5%.", A, "2026-01-10", "2025-12-31"),
    ("Các năm 2026, 2027 tỉnh phấn đấu có lần lượt ⟨4⟩ xã và 6 xã đạt chuẩn.", T, "2025-11-10", "2026-12-31"),
]

PLANNED_PAIRS: list[Case] = [
    (
        "Kết thúc năm 2014, huyện có 9 xã đạt chuẩn.\nThời gian tới, huyện phấn đấu nâng tỷ lệ này từ ⟨55⟩% lên 65%.",
        A,
        "2014-12-17",
        "2014-12-31",
    ),
    ("Hết tháng 6/2022, có 9 xã đạt chuẩn. Huyện phấn đấu tăng từ ⟨9⟩ xã lên 12 xã.", A, "2022-07-17", "2022-06-30"),
    ("Cuối năm 2020, xã còn 40 hộ nghèo. Đến năm 2025, tỷ lệ này giảm từ ⟨8⟩% xuống còn 2%.", A, "2021-07-17", "2020-12-31"),
    ("Năm 2017 huyện quyết tâm kéo tỷ lệ hộ nghèo từ ⟨4,1⟩% xuống 2,9%.", A, "2017-05-17", "2016-12-31"),
    ("Năm 2022, tỷ lệ hộ nghèo giảm mạnh. Tỷ lệ này giảm từ ⟨9⟩% xuống còn 6%.", A, "2023-05-17", "2021-12-31"),
    ("Giai đoạn 2016-2020, tỷ lệ hộ nghèo giảm từ ⟨29⟩% xuống còn 6%.", A, "2021-05-17", "2015-12-31"),
]

WITHIN_A_PARAGRAPH: list[Case] = [
    (
        "Kết thúc năm 2014, huyện có 9 xã.\nKết quả nổi bật:\n- Kinh phí từ năm 2010 đến nay: 30 tỷ đồng.\n- Trường đạt chuẩn: ⟨12⟩ trường.",
        A,
        "2014-12-17",
        "2014-12-31",
    ),
    (
        "Hết quý II/2023, huyện có 9 xã.\n- Năm 2022, giải ngân 30 tỷ đồng.\nToàn huyện có ⟨12⟩ trường đạt chuẩn.",
        A,
        "2023-07-17",
        "2023-06-30",
    ),
    (
        "Năm 2023, huyện có 9 xã đạt chuẩn.\nGiai đoạn 2010-2018, huy động 70 tỷ đồng.\nHuyện có ⟨21⟩ sản phẩm OCOP.",
        A,
        "2023-12-17",
        "2023-12-31",
    ),
    (
        "Năm 2023, huyện có 9 xã đạt chuẩn.\nGiai đoạn 2010-2018, huy động 70 tỷ đồng. Nhân dân góp ⟨9⟩ tỷ đồng.",
        A,
        "2023-12-17",
        "2018-12-31",
    ),
    ("Giai đoạn 2016-2020, huyện huy động 70 tỷ đồng.\nHuyện có ⟨21⟩ xã đạt chuẩn.", A, "2021-02-17", "2020-12-31"),
    ("Kết quả năm 2022:\n+ Có ⟨4⟩ xã đạt chuẩn;\n+ Giảm 90 hộ nghèo.", A, "2023-02-17", "2022-12-31"),
    ("Kết quả năm 2022:\n+ Có 4 xã đạt chuẩn (năm 2021: 2 xã);\n+ Giảm ⟨90⟩ hộ nghèo.", A, "2023-02-17", "2022-12-31"),
    ("Mục tiêu đến năm 2025:\n- Giảm ⟨2⟩% hộ nghèo mỗi năm;\n- Có 5 xã đạt chuẩn.", T, "2022-02-17", "2025-12-31"),
]

MIDDLE_OF_A_MONTH: list[Case] = [
    ("Tính đến giữa tháng 5, huyện có ⟨14⟩/29 xã đạt chuẩn.", A, "2017-05-16", "2017-05-16"),
    ("Đến giữa tháng 10/2022, tỉnh giải ngân ⟨44⟩%.", A, "2022-10-18", "2022-10-18"),
    ("Đến giữa tháng 10/2022, tỉnh giải ngân ⟨44⟩%.", A, "2022-10-28", "2022-10-15"),
    ("Đến giữa tháng 10/2022, tỉnh giải ngân ⟨44⟩%.", A, "2022-11-14", "2022-10-15"),
    ("Giữa tháng 11, xã có ⟨5⟩ mô hình.", A, "2022-11-14", "2022-11-14"),
    ("Đến giữa tháng 12, xã còn ⟨9⟩ hộ nghèo.", A, "2023-12-13", "2023-12-13"),
]

IN_PARENTHESES: list[Case] = [
    ("Tỷ lệ hộ nghèo năm 2022 còn 6,2% (năm 2021 là ⟨8,4⟩%).", A, "2023-02-01", "2021-12-31"),
    ("Tỷ lệ hộ nghèo năm 2022 còn ⟨6,2⟩% (năm 2021 là 8,4%).", A, "2023-02-01", "2022-12-31"),
    ("Tỷ lệ hộ nghèo năm 2022 còn 6,2% (năm 2021 là 8,4%). Hộ cận nghèo còn ⟨5⟩%.", A, "2023-02-01", "2022-12-31"),
    ("- Tỷ lệ hộ nghèo: 2,4% (năm 2010: ⟨8,9⟩%).", A, "2015-02-01", "2010-12-31"),
    ("Năm 2014, tỷ lệ hộ nghèo: ⟨2,4⟩% (năm 2010: 8,9%).", A, "2015-02-01", "2014-12-31"),
    ("Đến năm 2025 có 90% số xã đạt chuẩn (năm 2020 là ⟨62⟩%).", A, "2021-02-01", "2020-12-31"),
    ("Đến năm 2025 có ⟨90⟩% số xã đạt chuẩn (năm 2020 là 62%).", T, "2021-02-01", "2025-12-31"),
]

EVERY_YEAR_UNDER_A_HORIZON: list[Case] = [
    ("Đến năm 2025: có 8 xã đạt chuẩn; hộ nghèo giảm bình quân ⟨2⟩%/năm.", T, "2021-02-01", "2025-12-31"),
    ("Mục tiêu đến năm 2030, mỗi năm giảm ⟨1,5⟩% hộ nghèo.", T, "2021-02-01", "2030-12-31"),
    ("Giai đoạn 2021-2025, hằng năm tạo việc làm cho ⟨900⟩ lao động.", T, "2021-02-01", "2025-12-31"),
    ("Đến năm 2030 không còn xã khó khăn. Hằng năm giảm ⟨3⟩% hộ nghèo.", T, "2021-02-01", "2030-12-31"),
    ("Nhiệm kỳ 2025-2030, Đảng bộ đề ra các chỉ tiêu:\n- Hộ nghèo giảm ⟨1⟩%/năm.", T, "2025-08-01", "2030-12-31"),
    ("Từ nay đến năm 2025, mỗi năm hỗ trợ ⟨50⟩ hộ làm nhà.", T, "2023-08-01", "2025-12-31"),
]

RULES = {
    "months of a named year": MONTHS_OF_A_NAMED_YEAR,
    "years later": YEARS_LATER,
    "looking back": LOOKING_BACK,
    "papers of surveys": PAPERS_OF_SURVEYS,
    "rounds": ROUNDS,
    "where a comparison starts": WHERE_A_COMPARISON_STARTS,
    "one of": ONE_OF,
    "in order": IN_ORDER,
    "planned pairs": PLANNED_PAIRS,
    "within a paragraph": WITHIN_A_PARAGRAPH,
    "middle of a month": MIDDLE_OF_A_MONTH,
    "in parentheses": IN_PARENTHESES,
    "every year under a horizon": EVERY_YEAR_UNDER_A_HORIZON,
}


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{rule} {i}") for rule, cases in RULES.items() for i, c in enumerate(cases)])
def test_scope(case: Case) -> None:
    check(case)

"""What an article is about when it is not its portal's unit, and where that ends: one table a rule, figures marked «…», areas in order.

Portals and places are real, sentences and figures ours. "~" is the portal's own area.
"""

from __future__ import annotations

import pytest

from tests.extraction.test_areas import Case, check

YEN_BAI, CITY = "Tỉnh Yên Bái", "Thành phố Yên Bái, Tỉnh Yên Bái"
CAO_BANG, DISTRICT = "Tỉnh Cao Bằng", "Huyện Hà Quảng, Tỉnh Cao Bằng"

SISTER_UNITS: list[Case] = [
    (CITY, "2023-10-20", "Huyện Trấn Yên: Dấu ấn nông thôn mới\nToàn huyện có «20/20 xã» đạt chuẩn. Thu nhập đạt «52 triệu đồng».\nNăm tới, huyện quyết tâm giảm «1,2%» hộ nghèo.", ["Huyện Trấn Yên, Tỉnh Yên Bái"] * 3),
    (DISTRICT, "2022-10-20", "Huyện Bảo Lạc: Giảm nghèo ở vùng biên\nLà huyện nghèo, Bảo Lạc mấy năm nay đổi thay: hộ nghèo từ «52%» còn «43%».\nToàn huyện có «310 hộ» thoát nghèo.", ["Huyện Bảo Lạc, Tỉnh Cao Bằng"] * 3),
    ("Huyện Đà Bắc, Tỉnh Hòa Bình", "2021-08-02", "Huyện Mai Châu có «9 xã» về đích\nĐến tháng 7, tỷ lệ hộ nghèo còn «11%».\nNăm nay huyện phấn đấu có thêm «2 xã».", ["Huyện Mai Châu, Tỉnh Hòa Bình"] * 3),
    ("Tỉnh Lai Châu", "2022-08-02", "Điện Biên: Vốn giảm nghèo về bản\nĐến nay, toàn tỉnh giải ngân «820 tỷ đồng», đạt «61%».\nTỷ lệ hộ nghèo còn «30%».", ["Tỉnh Điện Biên"] * 3),
    ("Thị xã Nghĩa Lộ, Tỉnh Yên Bái", "2022-08-02", "Huyện Trạm Tấu: Vượt khó\nCuối năm ngoái, huyện còn «48%» hộ nghèo; toàn huyện có «2/10 xã» đạt chuẩn.", ["Huyện Trạm Tấu, Tỉnh Yên Bái"] * 2),
    ("Xã Tu Vũ, Tỉnh Phú Thọ", "2025-11-18", "Xã Thanh Sơn: Sản phẩm OCOP lên sàn\nĐến nay, xã có «9 sản phẩm» OCOP; toàn xã còn «120 hộ nghèo».", ["Xã Thanh Sơn, Tỉnh Phú Thọ"] * 2),
]  # fmt: skip

SURROUNDING_UNITS: list[Case] = [
    (CITY, "2023-01-12", "Tỉnh Yên Bái giao chỉ tiêu giảm nghèo\nUBND tỉnh vừa ban hành kế hoạch. Tỷ lệ hộ nghèo toàn tỉnh giảm «4%».\nVốn ba chương trình là «1.100 tỷ đồng». Tỉnh yêu cầu giải ngân trên «95%».", [YEN_BAI] * 3),
    (DISTRICT, "2023-12-12", "Tỉnh Cao Bằng sơ kết chương trình giảm nghèo\nSau ba năm, toàn tỉnh còn «21%» hộ nghèo; hộ cận nghèo «14%».\nVốn sự nghiệp giải ngân được «42%».", [CAO_BANG] * 3),
    (DISTRICT, "2023-12-12", "Kết quả giảm nghèo cuối năm\nTheo báo cáo của UBND tỉnh, toàn tỉnh còn «25.000 hộ nghèo». Hộ nghèo dân tộc thiểu số chiếm «97%».\nVốn giải ngân đạt «70%».", [CAO_BANG] * 3),
    (DISTRICT, "2023-12-12", "Ba chương trình mục tiêu quốc gia: Nhìn lại một năm\nCao Bằng hiện có «20/139 xã» đạt chuẩn. Vốn đầu tư giải ngân «55%».", [CAO_BANG] * 2),
    ("Xã Tu Vũ, Tỉnh Phú Thọ", "2025-12-18", "Tỉnh Phú Thọ công bố kết quả rà soát\nToàn tỉnh còn «3,4%» hộ nghèo.\nTỷ lệ hộ cận nghèo là «3,9%».", ["Tỉnh Phú Thọ"] * 2),
    ("Thị xã Quảng Trị, Tỉnh Quảng Trị", "2022-12-18", "Quảng Trị giải ngân vốn đạt «48%»\nĐến hết tháng 11, toàn tỉnh giải ngân «310 tỷ đồng». Vốn đầu tư đạt «57%».", ["Tỉnh Quảng Trị"] * 3),
    # the portal's own unit takes the talk back
    (DISTRICT, "2023-12-12", "Kết quả giảm nghèo cuối năm\nCuối năm, toàn tỉnh còn «25.000 hộ nghèo».\nTại huyện Hà Quảng, tỷ lệ hộ nghèo còn «38%».\nNgoài ra, «412 hộ» được hỗ trợ nhà ở.", [CAO_BANG, "~", "~"]),
    (CITY, "2023-01-12", "Tỉnh Yên Bái công bố kết quả rà soát\nToàn tỉnh còn «15%» hộ nghèo.\nThành phố Yên Bái thấp nhất tỉnh. Cuối năm chỉ còn «120 hộ nghèo».", [YEN_BAI, "~"]),
    # a gift, an order or a guest of the unit above is no topic
    (DISTRICT, "2023-12-12", "Tỉnh Cao Bằng hỗ trợ xóa nhà tạm\nHuyện Hà Quảng được phân bổ 6 tỷ đồng. Đến nay đã xong «140 nhà».", ["~"]),
    (DISTRICT, "2023-12-12", "Đoàn công tác của tỉnh làm việc tại Hà Quảng\nĐến nay có «9/21 xã» đạt chuẩn. Tỷ lệ hộ nghèo còn «38%».", ["~", "~"]),
    (DISTRICT, "2023-12-12", "Họp bàn giảm nghèo\nThực hiện chỉ tiêu của tỉnh giao, toàn huyện có «410 hộ» thoát nghèo. Tỷ lệ hộ nghèo còn «38%».", ["~", "~"]),
]  # fmt: skip

CITY_OR_PROVINCE: list[Case] = [
    (CITY, "2023-01-12", "Yên Bái giảm «4%» hộ nghèo\nNăm 2022, toàn tỉnh còn 22.000 hộ nghèo.\nNăm nay, Yên Bái phấn đấu còn «12%».", [YEN_BAI] * 2),
    (CITY, "2023-01-12", "Yên Bái có thêm «10 xã» đạt chuẩn\nĐến nay, Yên Bái có «99/150 xã» về đích.", [YEN_BAI] * 2),
    (CITY, "2023-01-12", "Tin nông thôn mới\nCác huyện vùng cao vẫn khó; Yên Bái còn «15%» hộ nghèo.", [YEN_BAI]),
    (CITY, "2023-01-12", "Yên Bái giảm nghèo nhanh\nToàn thành phố còn «0,6%» hộ nghèo. Năm nay, Yên Bái phấn đấu còn «0,4%».", ["~", "~"]),
    (CITY, "2023-01-12", "Yên Bái giữ vững thành quả\nĐến nay, Yên Bái có «6/6 xã» đạt chuẩn.", ["~"]),
    ("Huyện Điện Biên, Tỉnh Điện Biên", "2023-01-12", "Điện Biên đẩy mạnh giảm nghèo\nToàn huyện còn «18%» hộ nghèo. Điện Biên có «12/21 xã» đạt chuẩn.", ["~", "~"]),
    ("Huyện Điện Biên, Tỉnh Điện Biên", "2023-01-12", "Điện Biên đẩy mạnh giảm nghèo\nToàn tỉnh còn «30%» hộ nghèo, Điện Biên có «22/115 xã» đạt chuẩn.", ["Tỉnh Điện Biên"] * 2),
    ("Thành phố Hà Giang, Tỉnh Hà Giang", "2022-11-12", "Hà Giang: Giải ngân vốn còn chậm\nTỉnh đạt «35%» kế hoạch; các huyện Quản Bạ, Bắc Mê dưới 30%.\nVốn sự nghiệp của Hà Giang mới giải ngân «12%».", ["Tỉnh Hà Giang"] * 2),
]  # fmt: skip

SMALLER_UNITS: list[Case] = [
    (CITY, "2022-06-14", "Nước sạch về thôn Âu Lâu\nCông trình vừa bàn giao cho xã Âu Lâu. Nay «96%» số hộ trong xã dùng nước hợp vệ sinh.\nThu nhập bình quân của xã là «44 triệu đồng»; bà con mở «3 km» đường.", ["Xã Âu Lâu, ~"] * 3),
    (DISTRICT, "2022-06-14", "Xã Sóc Hà về đích\nCông trình cuối cùng vừa xong. Hiện «82%» người dân trong xã có bảo hiểm; xã phấn đấu năm nay còn «9%» hộ nghèo.", ["Xã Sóc Hà, ~"] * 2),
    ("Tỉnh Quảng Ngãi", "2022-06-14", "Đường mới ở Ba Tơ\nDự án khởi công tại huyện Ba Tơ. Hiện «70%» số hộ trong huyện có nước sạch.", ["Huyện Ba Tơ, ~"]),
    (DISTRICT, "2022-06-14", "Bản tin\nXã Lương Thông có đường mới; nay «120 hộ» trong xã thoát nghèo.", ["Xã Lương Thông, ~"]),
    (DISTRICT, "2022-06-14", "Bản tin\nHiện «4.100 hộ nghèo» trong huyện được vay vốn.", ["~"]),
    ("Tỉnh Hà Tĩnh", "2022-06-14", "Khởi sắc Kỳ Sơn\nĐiện lưới vừa kéo về xã Kỳ Sơn (huyện Kỳ Anh). Hiện «98%» số hộ trong xã có điện.\nCuối năm, hộ nghèo còn «7%».", ["Xã Kỳ Sơn, Huyện Kỳ Anh, ~"] * 2),
    # a name in passing is no topic
    (DISTRICT, "2022-06-14", "Bản tin\nLễ phát động diễn ra tại xã Sóc Hà. Năm nay, hộ nghèo giảm «5%».", ["~"]),
    (DISTRICT, "2022-06-14", "Bản tin\nĐứng đầu trong huyện là xã Sóc Hà. Tỷ lệ hộ nghèo còn «38%».", ["~"]),
]  # fmt: skip

ONLY_NAMED: list[Case] = [
    (DISTRICT, "2022-12-30", "Huyện có hai xã đạt chuẩn là Sóc Hà và Trường Hà; bình quân «13,4 tiêu chí/xã».", ["~"]),
    (DISTRICT, "2022-12-30", "Đến nay, huyện có một xã nâng cao là Sóc Hà; có «18 sản phẩm» OCOP; thu nhập đạt «31 triệu đồng/người/năm».", ["~", "~"]),
    (DISTRICT, "2022-12-30", "Năm 2023, huyện phấn đấu có thêm 1 xã về đích là xã Trường Hà; hộ nghèo giảm «6%»; «90%» người dân có bảo hiểm.", ["~", "~"]),
    ("Tỉnh Quảng Ngãi", "2022-12-30", "Tỉnh có thêm một huyện đạt chuẩn là huyện Mộ Đức; bình quân chung «16,2 tiêu chí/xã»; «không còn xã» dưới 8 tiêu chí.", ["~", "~"]),
    ("Tỉnh Quảng Ngãi", "2022-12-30", "Huyện Mộ Đức được Thủ tướng công nhận đạt chuẩn; «41 khu dân cư» kiểu mẫu được công nhận.", ["~"]),
    ("Tỉnh Quảng Ngãi", "2022-12-30", "Trong năm, ba xã về đích là Đức Tân, Đức Hòa và Phổ Châu, nâng tổng số lên «90 xã».", ["~"]),
    ("Tỉnh Lạng Sơn", "2022-12-30", "Xã Hữu Liên được chọn làm điểm, bình quân mỗi xã đạt «14,1 tiêu chí».", ["~"]),
    (DISTRICT, "2022-12-30", "Xã Sóc Hà dẫn đầu; trung bình các xã đạt «12,8 tiêu chí».", ["~"]),
    (DISTRICT, "2022-12-30", "Nhờ cơ chế riêng của tỉnh cho xã khó khăn, đã có thêm «14 xóm» thoát nghèo.", ["~"]),
    ("Huyện Bình Liêu, Tỉnh Quảng Ninh", "2021-12-30", "Bản tin\nVới việc xã Đồng Văn được công nhận trong tháng 12, Bình Liêu có «100%» số xã đạt chuẩn.", ["~"]),
    (DISTRICT, "2022-12-30", "Đến nay, huyện có một xã nâng cao là Sóc Hà, «18 sản phẩm» OCOP, thu nhập đạt «31 triệu đồng/người/năm».", ["~", "~"]),
    # what stays with the place
    (DISTRICT, "2022-12-30", "Xã thứ ba về đích là Sóc Hà, đạt «19/19 tiêu chí»; «22 hộ nghèo».", ["Xã Sóc Hà, ~", "Xã Sóc Hà, ~"]),
    (DISTRICT, "2022-12-30", "Xã Sóc Hà đạt «15 tiêu chí»; «45 hộ nghèo»; thu nhập «33 triệu đồng/người/năm».", ["Xã Sóc Hà, ~"] * 3),
    (DISTRICT, "2022-12-30", "Thấp nhất trong 21 xã là xã Mã Ba với «7 tiêu chí»; «62%» hộ nghèo.", ["Xã Mã Ba, ~", "Xã Mã Ba, ~"]),
    (DISTRICT, "2022-12-30", "Có hai xã đạt chuẩn là Sóc Hà («19 tiêu chí») và Trường Hà («19 tiêu chí»).", ["Xã Sóc Hà, ~", "Xã Trường Hà, ~"]),
    ("Tỉnh Quảng Ngãi", "2022-12-30", "Huyện Mộ Đức được công nhận đạt chuẩn; thu nhập đạt «62 triệu đồng», hộ nghèo còn «1,1%».", ["Huyện Mộ Đức, ~", "Huyện Mộ Đức, ~"]),
    ("Tỉnh Quảng Ngãi", "2022-12-30", "Huyện Mộ Đức đạt bình quân «18,5 tiêu chí/xã».", ["Huyện Mộ Đức, ~"]),
]  # fmt: skip

FORMER_DISTRICTS: list[Case] = [
    ("Tỉnh Lâm Đồng", "2026-03-31", "Quảng Sơn: vốn về bon\nXã Quảng Sơn (huyện Đắk Glong cũ) có «6 bon» khó khăn. Toàn xã còn «318 hộ nghèo».\nNăm nay, xã được giao «38 tỷ đồng».", ["Xã Quảng Sơn, ~"] * 3),
    ("Tỉnh Lâm Đồng", "2026-03-31", "Xã Quảng Khê (huyện Đắk Glong trước đây) còn «12%» hộ nghèo.", ["Xã Quảng Khê, ~"]),
    ("Tỉnh Tuyên Quang", "2026-03-31", "Xã Lũng Cú, huyện Đồng Văn cũ, còn «30%» hộ nghèo.", ["Xã Lũng Cú, ~"]),
    ("Tỉnh Đắk Lắk", "2026-03-31", "Tại xã Cư Pui (thuộc huyện Krông Bông cũ), hộ nghèo còn «25%»; toàn xã có «2 buôn» về đích.", ["Xã Cư Pui, ~"] * 2),
    ("Thành phố Đà Nẵng", "2026-03-31", "Xã Trà Linh (huyện Nam Trà My cũ) còn «30%» hộ nghèo.", ["Xã Trà Linh, ~"]),
    ("Tỉnh Lào Cai", "2026-03-31", "Xã Púng Luông (huyện Mù Cang Chải cũ) giảm «9%» hộ nghèo.", ["Xã Púng Luông, ~"]),
    # before the merger, and where no "cũ" stands, the district is the address
    ("Tỉnh Đắk Nông", "2023-03-31", "Xã Quảng Sơn (huyện Đắk Glong) còn «20%» hộ nghèo.", ["Xã Quảng Sơn, Huyện Đăk Glong, ~"]),
    ("Tỉnh Yên Bái", "2022-03-31", "Xã Púng Luông (huyện Mù Cang Chải) giảm «9%» hộ nghèo.", ["Xã Púng Luông, Huyện Mù Cang Chải, ~"]),
]  # fmt: skip

RULES = {
    "sister unit": SISTER_UNITS, "surrounding unit": SURROUNDING_UNITS, "city or province": CITY_OR_PROVINCE,
    "smaller unit": SMALLER_UNITS, "only named": ONLY_NAMED, "former district": FORMER_DISTRICTS,
}  # fmt: skip


@pytest.mark.parametrize(
    ("portal", "day", "marked", "expected"), [pytest.param(*c, id=f"{r}-{i}") for r, cs in RULES.items() for i, c in enumerate(cs)]
)
def test_rule(portal: str, day: str, marked: str, expected: list[str]) -> None:
    check(portal, day, marked, expected)

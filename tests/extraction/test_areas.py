"""Which place a figure stands for: one table a rule, the figures marked «…», the expected areas in the order of the marks.

"~" is the portal's own area; "X, ~" a unit below it. All sentences are ours; places are real, figures are not.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path

import pytest

from extraction.areas import Area, AreaReader
from extraction.model import ArticleContext, Field
from extraction.text import read

Case = tuple[str, str, str, list[str]]  # portal, day, text, areas

TITLE = "Bản tin\n"


def areas_at_marks(portal: str | None, day: str | None, marked: str) -> list[tuple[Field[Area], ...]]:
    if "\n" not in marked:
        marked = TITLE + marked
    positions, raw = [], ""
    for piece in re.split("([«»])", marked):
        if piece == "«":
            positions.append(len(raw))
        elif piece != "»":
            raw += piece
    reader = AreaReader(read(raw), ArticleContext(date.fromisoformat(day) if day else None, portal), [])
    return [reader.areas(at) for at in positions]


def names_at_marks(portal: str, day: str, marked: str) -> list[str]:
    return [" + ".join(f.value.name for f in fields).replace(portal, "~") for fields in areas_at_marks(portal, day, marked)]


def check(portal: str, day: str, marked: str, expected: list[str]) -> None:
    assert names_at_marks(portal, day, marked) == expected


PER_PLACE_LISTS: list[Case] = [
    ("Tỉnh Nghệ An", "2021-10-05", "Còn «9 xã» dưới 8 tiêu chí: Kỳ Sơn («5 xã»), Quế Phong («4 xã»).", ["~", "Huyện Kỳ Sơn, ~", "Huyện Quế Phong, ~"]),
    ("Tỉnh Lâm Đồng", "2019-03-01", "Nhiều nơi về đích sớm như Đức Trọng («10 xã»), Lâm Hà («7 xã») và Đơn Dương («8 xã»).", ["Huyện Đức Trọng, ~", "Huyện Lâm Hà, ~", "Huyện Đơn Dương, ~"]),
    ("Tỉnh Đồng Tháp", "2023-05-05", "Tháp Mười dẫn đầu với «41 sản phẩm», kế đến là Cao Lãnh (huyện) «33 sản phẩm», Lai Vung «20 sản phẩm».", ["Huyện Tháp Mười, ~", "Huyện Cao Lãnh, ~", "Huyện Lai Vung, ~"]),
    ("Huyện Quảng Ninh, Tỉnh Quảng Bình", "2018-10-29", "Các xã còn lại gồm: Tân Ninh «17/19 tiêu chí», Hải Ninh «15/19 tiêu chí» («40/49 chỉ tiêu») và Trường Sơn «8 tiêu chí».", ["Xã Tân Ninh, ~", "Xã Hải Ninh, ~", "Xã Hải Ninh, ~", "Xã Trường Sơn, ~"]),
    ("Tỉnh Lạng Sơn", "2025-12-01", "Tại xã Khuất Xá, con số này là «22%»; xã Thiện Hòa (mới thành lập) «chưa tới 10%».", ["Xã Khuất Xá, ~", "Xã Thiện Hòa, ~"]),
    ("Tỉnh Điện Biên", "2021-01-12", "Tỷ lệ hộ nghèo cao vẫn ở các huyện vùng cao: Mường Nhé («51,2%»), Nậm Pồ («50%»); bình quân toàn tỉnh «30%».", ["Huyện Mường Nhé, ~", "Huyện Nậm Pồ, ~", "~"]),
    ("Cả nước", "2018-07-01", "Nợ lớn nhất là Thái Bình trên «900 tỷ đồng», Nam Định hơn «700 tỷ đồng», Thanh Hoá khoảng «650 tỷ đồng».", ["Tỉnh Thái Bình", "Tỉnh Nam Định", "Tỉnh Thanh Hóa"]),
    ("Tỉnh Sơn La", "2023-12-24", "Sốp Cộp, Bắc Yên mỗi huyện «2 xã»; Mai Sơn «12 xã».", ["Huyện Sốp Cộp, ~ + Huyện Bắc Yên, ~", "Huyện Mai Sơn, ~"]),
    ("Tỉnh Gia Lai", "2025-12-09", "Xã Ia Hrung giải ngân «88,4%», trong khi xã Kon Chiêng mới được «4,2 tỷ đồng/19 tỷ đồng».", ["Xã Ia Hrung, ~", "Xã Kon Chiêng, ~"]),
    ("Tỉnh Bắc Giang", "2022-06-01", "Một số huyện còn cao như Sơn Động («24%»). Đến nay «14 xã» đã đạt chuẩn.", ["Huyện Sơn Động, ~", "~"]),
    ("Tỉnh Đắk Lắk", "2025-10-03", "Xã M’Drắk có nhiều nhất với «214 căn», kế đến là xã Ea Súp «187 căn».", ["Xã M’Drắk, ~", "Xã Ea Súp, ~"]),
    ("Tỉnh Hòa Bình", "2018-10-03", "Trong đó, Kỳ Sơn «3 xã», Đà Bắc «1 xã», thành phố Hòa Bình «4 xã».", ["Huyện Kỳ Sơn, ~", "Huyện Đà Bắc, ~", "Thành phố Hòa Bình, ~"]),
]  # fmt: skip

SUBJECTS: list[Case] = [
    ("Tỉnh Nghệ An", "2022-10-05", "Nghệ An có «304/411 xã» đạt chuẩn, chiếm «73,97%», trong đó «27 xã» nâng cao.", ["~", "~", "~"]),
    ("Tỉnh Thái Bình", "2014-11-11", "Huyện Hưng Hà hiện có «26 xã» về đích, nhiều nhất tỉnh.", ["Huyện Hưng Hà, ~"]),
    ("Tỉnh Quảng Ngãi", "2018-07-26", "Thế nhưng ở xã Sơn Bua, cuối năm vẫn còn «61,9% hộ nghèo».", ["Xã Sơn Bua, Huyện Sơn Tây, ~"]),
    ("Tỉnh Ninh Thuận", "2018-10-12", "Tỷ lệ hộ nghèo của huyện Bác Ái giảm từ «54%» còn «47%», gấp nhiều lần mức chung toàn tỉnh («12%»).", ["Huyện Bác Ái, ~", "Huyện Bác Ái, ~", "~"]),
    ("Tỉnh Ninh Thuận", "2018-10-12", "Tỉnh phấn đấu giảm «3%»; riêng Bác Ái mỗi năm giảm «5-6%».", ["~", "Huyện Bác Ái, ~"]),
    ("Tỉnh Sóc Trăng", "2023-10-13", "Thị xã Vĩnh Châu nay chỉ còn «05 xã» khó khăn; toàn tỉnh còn «17 xã».", ["Thị xã Vĩnh Châu, ~", "~"]),
    ("Tỉnh Lâm Đồng", "2025-12-18", "Giảm nhanh nhất là xã Đam Rông 1 với mức giảm «6,8%», còn các xã thuộc huyện Đắk Glong cũ vẫn chậm.", ["Xã Đam Rông 1, ~"]),
    ("Tỉnh Hà Giang", "2023-11-21", "Vốn đầu tư đã giải ngân «71%»; riêng huyện Mèo Vạc, tính chung hai nguồn chỉ đạt «38,9%».", ["~", "Huyện Mèo Vạc, ~"]),
    ("Cả nước", "2016-10-05", "Xã Đồng Thái, huyện Ba Vì, Hà Nội, nợ «35 tỷ đồng» xây dựng cơ bản.", ["Xã Đồng Thái, Huyện Ba Vì, Thành phố Hà Nội"]),
    ("Huyện Tuy Phước, Tỉnh Bình Định", "2023-02-01", "Ví dụ, xã Phước An chỉ đạt «16/19 tiêu chí», còn thiếu «3 tiêu chí».", ["Xã Phước An, ~", "Xã Phước An, ~"]),
    ("Tỉnh Cà Mau", "2026-02-01", "Năm qua xã Hưng Mỹ có «12 hộ» thoát nghèo, giảm còn «1,2%».", ["Xã Hưng Mỹ, ~", "Xã Hưng Mỹ, ~"]),
]  # fmt: skip

ATTACHED: list[Case] = [
    ("Tỉnh Hà Giang", "2020-03-01", "Đã có «5 xã» của huyện Bắc Quang đạt chuẩn.", ["Huyện Bắc Quang, ~"]),
    ("Tỉnh Bến Tre", "2019-03-01", "Đến nay đã có «30 tỉnh, thành» trên cả nước phê duyệt chương trình.", ["Cả nước"]),
    ("Tỉnh Yên Bái", "2021-03-01", "Trong số này có «120 hộ nghèo» ở huyện Mù Cang Chải được vay vốn.", ["Huyện Mù Cang Chải, ~"]),
    ("Thành phố Hà Nội", "2019-01-08", "Năm 2018 có thêm 3 quận «không còn hộ nghèo» là Ba Đình, Tây Hồ và Thanh Xuân.", ["Quận Ba Đình, ~ + Quận Tây Hồ, ~ + Quận Thanh Xuân, ~"]),
    ("Thành phố Hà Nội", "2019-01-08", "Quận đầu tiên «không còn hộ nghèo» là quận Cầu Giấy.", ["Quận Cầu Giấy, ~"]),
    ("Thành phố Hà Nội", "2015-04-21", "Thành phố có «121/401 xã» đạt chuẩn, bằng «1/5 số xã» của toàn quốc.", ["~", "~"]),
    ("Xã Phú Linh, Huyện Vị Xuyên, Tỉnh Hà Giang", "2017-12-28", "Phú Linh là «1 trong 5 xã» điểm của huyện Vị Xuyên.", ["Huyện Vị Xuyên, Tỉnh Hà Giang"]),
    ("Tỉnh Lai Châu", "2022-12-28", "Chương trình cho vay «4.100 hộ» tại Ngân hàng CSXH huyện Than Uyên.", ["~"]),
    ("Tỉnh Tuyên Quang", "2022-12-28", "Hiện có «31 xã» thuộc các huyện Na Hang, Lâm Bình, Chiêm Hóa được thụ hưởng.", ["~"]),
    ("Tỉnh Quảng Trị", "2022-12-28", "Hỗ trợ «45 hộ nghèo» ở xã Thanh, huyện Hướng Hóa xóa nhà tạm.", ["Xã Thanh, Huyện Hướng Hóa, ~"]),
]  # fmt: skip

WHOLES: list[Case] = [
    ("Tỉnh Nghệ An", "2024-02-20", "Đến hết năm 2023, cả nước có «6.370 xã» đạt chuẩn, trong đó «1.612 xã» nâng cao. Riêng vùng Bắc Trung Bộ, «76,6% số xã» đạt chuẩn. Cũng đến nay, tỉnh ta có «319 xã».", ["Cả nước", "Cả nước", "Vùng Bắc Trung Bộ", "~"]),
    ("Huyện A Lưới, Tỉnh Thừa Thiên Huế", "2022-07-05", "Giai đoạn này cả nước có «74 huyện nghèo», trong đó có A Lưới. Cuối năm, toàn huyện có «7.119 hộ nghèo».", ["Cả nước", "~"]),
    ("Tỉnh Cao Bằng", "2023-12-08", "Cả tỉnh mới có «17 xã» đạt chuẩn, đứng gần cuối cả nước; tỷ lệ hộ nghèo còn «28,9%».", ["~", "~"]),
    ("Tỉnh Quảng Nam", "2019-12-08", "Xã Trà Linh, huyện Nam Trà My là điểm sáng. Toàn xã còn «40 hộ nghèo», toàn huyện còn «2.000 hộ», toàn tỉnh còn «30.000 hộ».", ["Xã Trà Linh, Huyện Nam Trà My, ~", "Huyện Nam Trà My, ~", "~"]),
    ("Huyện Đức Hòa, Tỉnh Long An", "2019-12-08", "Xã An Ninh Đông là xã vùng sâu của huyện Đức Hoà, tỉnh Long An; toàn xã hiện có «43 hộ nghèo», «31 hộ cận nghèo».", ["Xã An Ninh Đông, ~", "Xã An Ninh Đông, ~"]),
    ("Thành phố Sơn La, Tỉnh Sơn La", "2021-12-08", "Toàn thành phố còn «0,77%» hộ nghèo, toàn tỉnh còn «18%».", ["~", "Tỉnh Sơn La"]),
    ("Thành phố Hà Nội", "2021-12-08", "Toàn thành phố có «382 xã», huyện Đan Phượng có «15 xã» nâng cao.", ["~", "Huyện Đan Phượng, ~"]),
    ("Tỉnh Đồng Nai", "2021-12-08", "Là một trong những tỉnh đi đầu cả nước, đến nay có «120 xã» đạt chuẩn; so với bình quân chung cả nước («17 tiêu chí») thì cao hơn.", ["~", "Cả nước"]),
    ("Tỉnh An Giang", "2022-05-01", "Trong khi toàn vùng Đồng bằng sông Cửu Long đạt «18 tiêu chí», tỉnh nhà mới đạt «16 tiêu chí».", ["Vùng Đồng bằng sông Cửu Long", "~"]),
    ("Tỉnh Gia Lai", "2022-05-01", "Khu vực Tây Nguyên còn «12%» hộ nghèo, toàn quốc còn «4%», trên địa bàn tỉnh còn «10%».", ["Vùng Tây Nguyên", "Cả nước", "~"]),
]  # fmt: skip

BARE_TYPE_WORDS: list[Case] = [
    ("Tỉnh Quảng Ngãi", "2018-07-26", "Huyện Ba Tơ là huyện nghèo. Từ đầu năm, huyện đưa được «27 người» đi làm việc ở nước ngoài, đạt «54%» chỉ tiêu tỉnh giao.", ["Huyện Ba Tơ, ~", "Huyện Ba Tơ, ~"]),
    ("Huyện Bắc Hà, Tỉnh Lào Cai", "2019-12-18", "Có «1.098 hộ» thoát nghèo, bằng «118%» kế hoạch tỉnh giao và «109%» kế hoạch huyện.", ["~", "~", "~"]),
    ("Huyện Bình Liêu, Tỉnh Quảng Ninh", "2021-10-21", "Năm 2021 huyện phấn đấu có «6/6 xã» đạt chuẩn; tỷ lệ hộ nghèo của tỉnh còn «0,3%».", ["~", "Tỉnh Quảng Ninh"]),
    ("Xã Tu Vũ, Tỉnh Phú Thọ", "2025-11-18", "Đến nay xã đạt «14/19 tiêu chí»; toàn xã còn «214 hộ nghèo».", ["~", "~"]),
    ("Huyện Quảng Ninh, Tỉnh Quảng Bình", "2019-11-05", "Hai xã Tân Ninh và Hải Ninh đã được đề nghị; dự kiến số xã đạt chuẩn của huyện sẽ là «12 xã».", ["~"]),
    ("Tỉnh Hà Tĩnh", "2023-11-05", "Xã Tùng Ảnh (huyện Đức Thọ) là điểm sáng. Đến nay, xã có «9 khu dân cư» kiểu mẫu.", ["Xã Tùng Ảnh, Huyện Đức Thọ, ~"]),
    ("Huyện Đức Thọ, Tỉnh Hà Tĩnh", "2020-11-05", "Trong số các xã đạt chuẩn có «3 xã» nâng cao; 15/15 xã, thị trấn đạt chuẩn y tế, bảo hiểm y tế «95%».", ["~", "~"]),
]  # fmt: skip

NOT_TAKEN: list[Case] = [
    ("Huyện Cầu Ngang, Tỉnh Trà Vinh", "2020-03-01", "Bà Thạch Thị S. ở ấp Sóc Chùa, xã Thuận Hòa, vừa vay «40 triệu đồng».", ["~"]),
    ("Tỉnh Điện Biên", "2021-03-01", "Anh Giàng A Chứ ở bản Huổi Lụ, xã Pá Mỳ thổ lộ, cả bản còn «30 hộ nghèo».", ["~"]),
    ("Tỉnh Nam Định", "2019-03-01", "Hội nghị tổ chức tại thành phố Ninh Bình cho biết «190 xã» đã đạt chuẩn.", ["~"]),
    ("Tỉnh Hưng Yên", "2019-03-01", "Tại thành phố Hà Nội, Bộ Nông nghiệp tổ chức hội nghị tổng kết; tỉnh có «100 xã» đạt chuẩn.", ["~"]),
    ("Tỉnh Vĩnh Long", "2025-10-14", "Sau khi hợp nhất với Bến Tre, Trà Vinh, tỉnh mới có «98 xã» đạt chuẩn.", ["~"]),
    ("Tỉnh Đắk Lắk", "2025-10-14", "Tỉnh Đắk Lắk (bao gồm cả địa bàn Phú Yên cũ) đã hoàn thành «9.842 căn nhà».", ["~"]),
    ("Tỉnh Phú Thọ", "2021-10-14", "So với tỉnh Vĩnh Phúc, tỷ lệ hộ nghèo cao hơn; hết năm còn «5,2%».", ["~"]),
    ("Tỉnh Bắc Kạn", "2021-10-14", "Đoàn đi học tập kinh nghiệm tại tỉnh Hà Tĩnh, sau đó chọn «12 thôn» làm điểm.", ["~"]),
    ("Huyện Văn Chấn, Tỉnh Yên Bái", "2021-10-14", "UBND tỉnh Yên Bái giao huyện «5 xã», huyện đạt «6 xã».", ["~", "~"]),
    ("Tỉnh Lai Châu", "2021-10-14", "Số xã này thống nhất cao và đoàn kết, hòa bình ở biên giới; có «38 xã» đạt chuẩn.", ["~"]),
    ("Huyện Hải Hà, Tỉnh Quảng Ninh", "2020-10-14", "Ông Nguyễn Văn Bình, Chủ tịch UBND xã Quảng Minh, vay «300 triệu đồng».", ["Xã Quảng Minh, ~"]),
    ("Tỉnh Cao Bằng", "2020-10-14", "Bà con bán gạo Điện Biên và cam Cao Phong; thu nhập đạt «25 triệu đồng».", ["~"]),
    ("Tỉnh Đồng Nai", "2020-10-14", "Từ 36 huyện nghèo trên cả nước, Đồng Nai nhận đỡ đầu và hỗ trợ «9 xã».", ["~"]),
]  # fmt: skip

CARRIED: list[Case] = [
    ("Tỉnh Quảng Ngãi", "2018-07-26", "Sơn Tây: Gian nan giảm nghèo\nĐầu năm 2016, toàn huyện có «3.147 hộ nghèo», chiếm «62%». Sau hai năm, số hộ nghèo còn «2.549 hộ».\nKế hoạch vốn là «57 tỷ đồng».", ["Huyện Sơn Tây, ~"] * 4),
    ("Tỉnh Thanh Hóa", "2022-07-26", "Bản tin\nHuyện Yên Định là điểm sáng của tỉnh. Đến nay, thu nhập đạt «60 triệu đồng». Tỷ lệ hộ nghèo còn «1,1%».\nTrong năm, thu nhập chung đạt «48 triệu đồng».", ["Huyện Yên Định, ~", "Huyện Yên Định, ~", "~"]),
    ("Tỉnh Đắk Nông", "2023-04-18", "Huyện Cư Jút trước đây có nhiều xã đạt chuẩn thì nay chỉ còn «một xã». Tiêu chí khó nhất là môi trường: mới có «21/60 xã» đạt.", ["Huyện Cư Jút, ~", "~"]),
    ("Tỉnh Lạng Sơn", "2023-12-09", "Bản tin\nXã Thiện Thuật đạt «12 tiêu chí».\nVề kết quả, tỷ lệ hộ nghèo còn «5,6%».", ["Xã Thiện Thuật, Huyện Bình Gia, ~", "~"]),
    ("Tỉnh Bắc Ninh", "2022-12-09", "Bản tin\nHuyện Gia Bình đặt mục tiêu:\n- «13 xã» nâng cao;\n- «2 xã» kiểu mẫu.\nNăm 2023 bố trí «90 tỷ đồng».", ["Huyện Gia Bình, ~", "Huyện Gia Bình, ~", "~"]),
    ("Tỉnh Quảng Bình", "2019-11-05", "Riêng xã Trường Sơn đạt «9 tiêu chí», tỷ lệ hộ nghèo ở đây là «42%». Dù vậy, trên địa bàn không còn «0 xã» dưới 8 tiêu chí.", ["Xã Trường Sơn, Huyện Quảng Ninh, ~", "Xã Trường Sơn, Huyện Quảng Ninh, ~", "~"]),
    ("Tỉnh Nam Định", "2022-07-01", "Cả nước có 5.775 xã đạt chuẩn\nTheo Bộ Nông nghiệp, đến nay có «5.775 xã» đạt chuẩn.\nNgoài ra, «16 tỉnh» có «100% số xã» đạt chuẩn.", ["Cả nước"] * 3),
    ("Tỉnh Nam Định", "2022-07-01", "Bản tin\nNgoài ra, «16 tỉnh» đã hoàn thành.", ["Cả nước"]),
]  # fmt: skip

HISTORY: list[Case] = [
    ("Tỉnh Quảng Ninh", "2018-05-01", "Huyện Hoành Bồ có «12 xã».", ["Huyện Hoành Bồ, ~"]),
    ("Tỉnh Cao Bằng", "2018-05-01", "Huyện Phục Hoà còn «30%» hộ nghèo; huyện Quảng Uyên «28%».", ["Huyện Phục Hòa, ~", "Huyện Quảng Uyên, ~"]),
    ("Tỉnh Cao Bằng", "2021-05-01", "Huyện Quảng Hòa còn «30%» hộ nghèo.", ["Huyện Quảng Hòa, ~"]),
    ("Tỉnh Hải Dương", "2017-05-01", "Thị xã Chí Linh có «8 xã», huyện Kinh Môn có «20 xã».", ["Thị xã Chí Linh, ~", "Huyện Kinh Môn, ~"]),
    ("Tỉnh Hải Dương", "2022-05-01", "Thành phố Chí Linh có «8 xã», thị xã Kinh Môn có «9 xã».", ["Thành phố Chí Linh, ~", "Thị xã Kinh Môn, ~"]),
    ("Tỉnh Hà Giang", "2023-11-21", "Sáp nhập chưa tới: Đồng Văn giải ngân «40%».", ["Huyện Đồng Văn, ~"]),
    ("Tỉnh Tuyên Quang", "2026-02-24", "Xã Đồng Văn giải ngân «40%».", ["Xã Đồng Văn, ~"]),
    ("Thành phố Huế", "2025-02-20", "Quận Phú Xuân còn «0,5%», huyện A Lưới còn «19%» hộ nghèo.", ["Quận Phú Xuân, ~", "Huyện A Lưới, ~"]),
    ("Tỉnh Thừa Thiên Huế", "2019-02-20", "Thành phố Huế còn «0,5%» hộ nghèo.", ["Thành phố Huế, ~"]),
    ("Tỉnh Lâm Đồng", "2025-12-20", "Tỉnh Đắk Nông năm 2024 có «41 xã» đạt chuẩn.", ["Tỉnh Đắk Nông"]),
]  # fmt: skip

SPELLINGS: list[Case] = [
    ("Tỉnh Đắk Nông", "2021-05-01", "Huyện Đăk Mil có «9 xã», huyện Đắk R'lấp «10 xã», huyện Cư Jut còn khó.", ["Huyện Đăk Mil, ~", "Huyện Đắk R'lấp, ~"]),
    ("Cả nước", "2021-05-01", "Đăk Lăk có «60 xã», ĐẮK NÔNG có «30 xã», Kontum có «25 xã», Daklak có «61 xã».", ["Tỉnh Đắk Lắk", "Tỉnh Đắk Nông", "Tỉnh Kon Tum", "Tỉnh Đắk Lắk"]),
    ("Cả nước", "2021-05-01", "TP.HCM có «56 xã», TP. Hồ Chí Minh có «57 xã», Tp Hà Nội có «300 xã».", ["Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh", "Thành phố Hà Nội"]),
    ("Cả nước", "2021-05-01", "Bà Rịa-Vũng Tàu có «45 xã»; Bà Rịa – Vũng Tàu có «46 xã»; BR-VT có «47 xã».", ["Tỉnh Bà Rịa - Vũng Tàu"] * 3),
    ("Cả nước", "2021-05-01", "Thừa Thiên - Huế có «80 xã»; Thanh Hoá có «300 xã»; Ðồng Tháp có «115 xã».", ["Tỉnh Thừa Thiên Huế", "Tỉnh Thanh Hóa", "Tỉnh Đồng Tháp"]),
    ("Tỉnh Đắk Lắk", "2021-05-01", "Huyện M´Drắk «12 xã», huyện Ea H’leo «11 xã», TX. Buôn Hồ «5 xã».", ["Huyện M´Drắk, ~", "Huyện Ea H’leo, ~", "Thị xã Buôn Hồ, ~"]),
    ("Huyện Bắc Hà, Tỉnh Lào Cai", "2019-12-18", "HUYỆN BẮC HÀ GIẢM «8%» HỘ NGHÈO\nXã LÙNG CẢI giảm «14%».", ["~", "Xã Lùng Cải, ~"]),
    ("Tỉnh Quảng Nam", "2019-12-18", "Tp.Tam Kỳ có «4 xã», T.P Hội An có «5 xã», thị xã Điện Bàn có «13 xã».", ["Thành phố Tam Kỳ, ~", "Thành phố Hội An, ~", "Thị xã Điện Bàn, ~"]),
]  # fmt: skip

NAMESAKES: list[Case] = [
    ("Huyện Quảng Ninh, Tỉnh Quảng Bình", "2019-11-05", "Quảng Ninh phấn đấu có thêm «2 xã»; tỉnh Quảng Ninh có «98 xã».", ["~", "Tỉnh Quảng Ninh"]),
    ("Tỉnh Quảng Bình", "2019-11-05", "Huyện Quảng Ninh có «10 xã», Quảng Ninh cũng giảm nghèo «2%».", ["Huyện Quảng Ninh, ~", "Tỉnh Quảng Ninh"]),
    ("Tỉnh Bạc Liêu", "2019-11-05", "Huyện Hòa Bình có «7 xã»; tỉnh Hòa Bình có «60 xã».", ["Huyện Hòa Bình, ~", "Tỉnh Hòa Bình"]),
    ("Tỉnh Quảng Ngãi", "2019-11-05", "Huyện Sơn Tây có «9 xã».", ["Huyện Sơn Tây, ~"]),
    ("Thành phố Hà Nội", "2019-11-05", "Thị xã Sơn Tây có «6 xã».", ["Thị xã Sơn Tây, ~"]),
    ("Tỉnh Đồng Tháp", "2019-11-05", "Thành phố Cao Lãnh có «7 xã», huyện Cao Lãnh có «17 xã».", ["Thành phố Cao Lãnh, ~", "Huyện Cao Lãnh, ~"]),
    ("Tỉnh An Giang", "2019-11-05", "Huyện Châu Thành có «12 xã», huyện Phú Tân có «16 xã».", ["Huyện Châu Thành, ~", "Huyện Phú Tân, ~"]),
    ("Tỉnh Lâm Đồng", "2024-12-20", "Xã Quảng Trị của tỉnh đạt «12 tiêu chí».", ["Xã Quảng Trị, Huyện Đạ Huoai, ~"]),
]  # fmt: skip

ABROAD: list[Case] = [
    ("Tỉnh Hưng Yên", "2025-09-25", "Tỉnh bạn có 11 huyện, hiện «72% số bản» đã thoát nghèo.", ["Nước ngoài"]),
    ("Tỉnh Nghệ An", "2019-09-25", "Tại Lào, tỷ lệ hộ nghèo còn «18%».", ["Nước ngoài"]),
    ("Tỉnh Nghệ An", "2019-09-25", "Trung Quốc đã giảm «10 triệu» người nghèo.", ["Nước ngoài"]),
    ("Tỉnh Nghệ An", "2019-09-25", "Tỉnh đưa lao động đi làm việc ở Hàn Quốc, Nhật Bản, đạt «1.200 người».", ["~"]),
    ("Tỉnh Nghệ An", "2019-09-25", "Đưa «27 người» đi làm việc ở nước ngoài, chủ yếu qua Malaysia, đạt «54%».", ["~", "~"]),
    ("Tỉnh Quảng Trị", "2019-09-25", "Xã giáp biên giới với Lào còn «50 hộ nghèo».", ["~"]),
]  # fmt: skip

LEVELS_FIT: list[Case] = [
    ("Tỉnh Cà Mau", "2022-09-25", "Xã Trí Phải là một trong «5 xã» đạt chuẩn năm nay.", ["~"]),
    ("Tỉnh Cà Mau", "2022-09-25", "Huyện Thới Bình về đích, nâng số huyện đạt chuẩn lên «3 huyện».", ["~"]),
    ("Cả nước", "2022-09-25", "Tỉnh Nam Định về đích, là một trong «5 tỉnh» hoàn thành.", ["~"]),
    ("Xã Tu Vũ, Tỉnh Phú Thọ", "2025-11-18", "Trong «12 xã» được chọn có Tu Vũ.", ["Tỉnh Phú Thọ"]),
    ("Huyện Đức Thọ, Tỉnh Hà Tĩnh", "2018-11-20", "Đức Thọ phấn đấu «27/27 xã» đạt chuẩn.", ["~"]),
    ("Huyện Nam Trà My, Tỉnh Quảng Nam", "2019-07-16", "Xã Trà Mai về đích; «không để xã» nào dưới 8 tiêu chí.", ["~"]),
]  # fmt: skip

RULES = {
    "per-place list": PER_PLACE_LISTS, "subject": SUBJECTS, "attached": ATTACHED, "whole": WHOLES, "bare type word": BARE_TYPE_WORDS,
    "not taken": NOT_TAKEN, "carried": CARRIED, "history": HISTORY, "spelling": SPELLINGS, "namesake": NAMESAKES, "abroad": ABROAD,
    "levels fit": LEVELS_FIT,
}  # fmt: skip


@pytest.mark.parametrize(("portal", "day", "marked", "expected"), [pytest.param(*c, id=f"{r}-{i}") for r, cs in RULES.items() for i, c in enumerate(cs)])
def test_rule(portal: str, day: str, marked: str, expected: list[str]) -> None:
    check(portal, day, marked, expected)

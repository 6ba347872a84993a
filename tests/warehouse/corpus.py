"""Articles in the tests' own words, one small scene for each thing that the warehouse must get right."""

from __future__ import annotations

from samples import Names, Piece, Says

BINH_LIEU = {"area": "Huyện Bình Liêu, Tỉnh Quảng Ninh", "area_code": "198", "portal": "binhlieu"}
SON_LA = {"area": "Tỉnh Sơn La", "area_code": "14", "portal": "sonla"}
QUANG_NAM = {"area": "Tỉnh Quảng Nam", "area_code": "49", "portal": "quangnam"}
HA_NOI = {"area": "Thành phố Hà Nội", "area_code": "01", "portal": "hanoi"}
DA_NANG = {"area": "Thành phố Đà Nẵng", "area_code": "48", "portal": "danang"}
LANG_SON = {"area": "Tỉnh Lạng Sơn", "area_code": "20", "portal": "langson"}


def piece(where: dict[str, str], slug: str, title: str, body: str, published: str | None, says: list[Says], **more: object) -> Piece:
    url = f"https://{where['portal']}.example/{slug}"
    stamp = None if published is None else f"{published}T08:00:00+07:00"
    return Piece(url, title, body, stamp, says, **{**where, **more})  # type: ignore[arg-type]


def target(evidence: str, indicator: str, value: float, as_of: str | None, **more: object) -> Says:
    return Says(evidence, "target", indicator, value, as_of, **more)  # type: ignore[arg-type]


def result(evidence: str, indicator: str, value: float, as_of: str | None, **more: object) -> Says:
    return Says(evidence, "achievement", indicator, value, as_of, **more)  # type: ignore[arg-type]


# the plan is not published, but "182 households, 85 % of the plan" implies about 214
IMPLIED_PLAN = piece(
    BINH_LIEU,
    "chin-thang-2021",
    "Huyện họp về giảm nghèo chín tháng",
    "Đến 20/10/2021 cả huyện có 182 hộ ra khỏi diện nghèo, đạt 85% kế hoạch tỉnh giao và 91% kế hoạch huyện giao.",
    "2021-10-21",
    [
        result("182 hộ ra khỏi diện nghèo", "poverty.exit.poor", 182, "2021-10-20"),
        result("85% kế hoạch tỉnh giao", "poverty.exit.poor", 85, "2021-10-20", measure="plan_share", plan_by="province"),
        result("91% kế hoạch huyện giao", "poverty.exit.poor", 91, "2021-10-20", measure="plan_share", plan_by="district"),
    ],
)
BARE_SHARE = piece(
    BINH_LIEU,
    "giai-ngan-2021",
    "Giải ngân vốn chương trình",
    "Lao động được giải quyết việc làm trong năm 2021 bằng 104% kế hoạch.",
    "2022-01-04",
    [result("104% kế hoạch", "labour.job_created", 104, "2021-12-31", measure="plan_share")],
)

# less poverty is better: 3,2 % at the start, 2,5 % wanted, 2,4 % reached; the paper wins over the article, the newest plan over the older
RATE_NEWS = piece(
    BINH_LIEU,
    "du-kien-2021",
    "Huyện dự kiến giảm nghèo",
    "Năm 2021 huyện muốn đưa tỷ lệ hộ nghèo về 2,0%.",
    "2021-02-20",
    [target("2,0%", "poverty.rate.poor", 2.0, "2021-12-31")],
)
RATE_PLAN = piece(
    BINH_LIEU,
    "ke-hoach-2021",
    "Ban hành kế hoạch giảm nghèo",
    "Kế hoạch số 12/KH-UBND đặt mức tỷ lệ hộ nghèo 2,5% vào cuối năm 2021. Cuối năm 2020 tỷ lệ này là 3,2%.",
    "2021-01-21",
    [
        target("2,5%", "poverty.rate.poor", 2.5, "2021-12-31", document_number="12/KH-UBND"),
        result("3,2%", "poverty.rate.poor", 3.2, "2020-12-31", document_number="12/KH-UBND"),
    ],
    cites=(("12/KH-UBND", "Kế hoạch", "UBND huyện Bình Liêu", "2021-01-15"),),
)
RATE_RESULT = piece(
    BINH_LIEU,
    "tong-ket-2021",
    "Tổng kết giảm nghèo năm 2021",
    "Cuối năm 2021 tỷ lệ hộ nghèo của huyện còn 2,4%.",
    "2022-01-06",
    [result("2,4%", "poverty.rate.poor", 2.4, "2021-12-31")],
)
# the standard changed on 1 January 2022: 6,1 % is not a rise, and not a baseline's continuation
RATE_NEW_STANDARD = piece(
    BINH_LIEU,
    "ra-soat-2022",
    "Kết quả rà soát theo chuẩn mới",
    "Cuối năm 2022, theo chuẩn nghèo mới, tỷ lệ hộ nghèo là 6,1%; mục tiêu năm 2022 là 5,5%.",
    "2023-01-10",
    [
        result("6,1%", "poverty.rate.poor", 6.1, "2022-12-31"),
        target("5,5%", "poverty.rate.poor", 5.5, "2022-12-31"),
    ],
)

# a change target met by two levels; the headline and the body say the same thing once
CHANGE_PLAN = piece(
    QUANG_NAM,
    "giam-2700-ho",
    "Năm 2020 giảm hơn 2,7 nghìn hộ nghèo",
    "Tỉnh đặt mục tiêu giảm trên 2.700 hộ nghèo trong năm 2020.",
    "2020-05-19",
    [
        target("hơn 2,7 nghìn hộ nghèo", "poverty.household.poor", -2700, "2020-12-31", measure="change", op="gt"),
        target("trên 2.700 hộ nghèo", "poverty.household.poor", -2700, "2020-12-31", measure="change", op="gt"),
    ],
    story="story-2700",
)
CHANGE_COPY = piece(
    DA_NANG,
    "tin-quang-nam",
    "Quảng Nam đặt mục tiêu giảm nghèo",
    "Tỉnh Quảng Nam đặt mục tiêu giảm trên 2.700 hộ nghèo trong năm 2020.",
    "2020-05-20",
    [
        target(
            "trên 2.700 hộ nghèo",
            "poverty.household.poor",
            -2700,
            "2020-12-31",
            measure="change",
            op="gt",
            area="Tỉnh Quảng Nam",
            area_code="49",
        )
    ],
    story="story-2700",
)
CHANGE_START = piece(
    QUANG_NAM,
    "so-ho-2019",
    "Số hộ nghèo cuối năm 2019",
    "Cuối năm 2019 toàn tỉnh còn 12.000 hộ nghèo.",
    "2020-01-08",
    [result("12.000 hộ nghèo", "poverty.household.poor", 12000, "2019-12-31")],
)
CHANGE_END = piece(
    QUANG_NAM,
    "so-ho-2020",
    "Số hộ nghèo cuối năm 2020",
    "Cuối năm 2020 toàn tỉnh còn 9.200 hộ nghèo.",
    "2021-01-07",
    [result("9.200 hộ nghèo", "poverty.household.poor", 9200, "2020-12-31")],
)

# a relative target of a range: its modest end is 15 %, and 1.000 to 860 is 14 %
RELATIVE = piece(
    SON_LA,
    "giam-15-20",
    "Sơn La giảm hộ nghèo",
    "Năm 2020 phấn đấu giảm từ 15 đến 20% số hộ nghèo.",
    "2020-03-02",
    [target("từ 15 đến 20%", "poverty.household.poor", -20, "2020-12-31", measure="relative_change", op="range", value_high=-15)],
)
RELATIVE_LEVELS = piece(
    SON_LA,
    "so-ho-ngheo",
    "Số hộ nghèo qua hai năm",
    "Số hộ nghèo là 1.000 hộ vào cuối năm 2019 và 860 hộ vào cuối năm 2020.",
    "2021-01-12",
    [
        result("1.000 hộ", "poverty.household.poor", 1000, "2019-12-31"),
        result("860 hộ", "poverty.household.poor", 860, "2020-12-31"),
    ],
)

# a yearly goal of a long plan is a goal of each of its years; the city has a standard of its own
YEARLY = piece(
    HA_NOI,
    "chi-thi-2021",
    "Hà Nội đặt mục tiêu giảm nghèo đến năm 2030",
    "Thành phố muốn giảm 25-30% số hộ nghèo hằng năm đến năm 2030. Hết năm 2025 cơ bản không còn hộ nghèo theo chuẩn nghèo của Thành phố.",
    "2021-11-15",
    [
        target(
            "25-30% số hộ nghèo hằng năm",
            "poverty.household.poor",
            -30,
            "2030-12-31",
            measure="relative_change",
            op="range",
            value_high=-25,
            per_year=True,
        ),
        target("không còn hộ nghèo", "poverty.household.poor", 0, "2025-12-31", op="approx"),
    ],
)

# a share target against "39 of 89 communes", and a share that was published beside it
SHARE = piece(
    LANG_SON,
    "xa-ntm-2023",
    "Xã nông thôn mới ở Lạng Sơn",
    "Mục tiêu năm 2023 là 40% số xã đạt chuẩn. Đến hết năm 2023 có 39/89 xã đạt chuẩn, chiếm 43,8%.",
    "2024-01-05",
    [
        target("40% số xã", "ntm.commune.certified", 40, "2023-12-31", unit="percent"),
        result("39/89 xã", "ntm.commune.certified", 39, "2023-12-31", denominator=89),
        result("43,8%", "ntm.commune.certified", 43.8, "2023-12-31", unit="percent"),
    ],
)

LONG_LINE = piece(
    LANG_SON,
    "xa-ntm-2025",
    "Lạng Sơn hướng tới 60 xã nông thôn mới",
    "Cuối năm 2022 tỉnh có 30 xã đạt chuẩn; đến năm 2025 phấn đấu có 60 xã đạt chuẩn.",
    "2023-02-10",
    [
        result("30 xã đạt chuẩn", "ntm.commune.certified", 30, "2022-12-31"),
        target("60 xã đạt chuẩn", "ntm.commune.certified", 60, "2025-12-31"),
    ],
)
LONG_STEP = piece(
    LANG_SON,
    "xa-ntm-2024",
    "Xã nông thôn mới Lạng Sơn năm 2024",
    "Hết năm 2024 tỉnh có 48 xã đạt chuẩn.",
    "2025-01-09",
    [result("48 xã đạt chuẩn", "ntm.commune.certified", 48, "2024-12-31")],
)

# the pace of a flow: 160 of 200 after nine months is on the line, 90 of 200 is not
PACE_TARGET = piece(
    LANG_SON,
    "san-pham-2024",
    "Giao chỉ tiêu thoát nghèo năm 2024",
    "Theo Quyết định số 55/QĐ-UBND, năm 2024 có 200 hộ thoát nghèo và 200 hộ thoát cận nghèo.",
    "2024-01-20",
    [
        target("200 hộ thoát nghèo", "poverty.exit.poor", 200, "2024-12-31", document_number="55/QĐ-UBND"),
        target("200 hộ thoát cận nghèo", "poverty.exit.near_poor", 200, "2024-12-31", document_number="55/QĐ-UBND"),
    ],
    cites=(("55/QĐ-UBND", "Quyết định", "UBND tỉnh Lạng Sơn", "2024-01-10"),),
)
PACE_RESULT = piece(
    LANG_SON,
    "chin-thang-2024",
    "Chín tháng năm 2024",
    "Chín tháng đầu năm có 160 hộ thoát nghèo và 90 hộ thoát cận nghèo.",
    "2024-10-02",
    [
        result("160 hộ thoát nghèo", "poverty.exit.poor", 160, "2024-09-30"),
        result("90 hộ thoát cận nghèo", "poverty.exit.near_poor", 90, "2024-09-30"),
    ],
)

# two portals disagree; a part is larger than its whole
CONFLICT_A = piece(
    LANG_SON,
    "ocop-a",
    "Sản phẩm OCOP cuối năm 2023",
    "Hết năm 2023 tỉnh có 120 sản phẩm OCOP, trong đó 130 sản phẩm ba sao.",
    "2024-01-09",
    [
        result("120 sản phẩm OCOP", "ocop.product.certified", 120, "2023-12-31"),
        result("130 sản phẩm ba sao", "ocop.product.three_star", 130, "2023-12-31"),
    ],
)
CONFLICT_B = piece(
    {**LANG_SON, "portal": "baolangson"},
    "ocop-b",
    "Nhìn lại chương trình OCOP",
    "Đến cuối năm 2023 toàn tỉnh công nhận 135 sản phẩm OCOP.",
    "2024-02-01",
    [result("135 sản phẩm OCOP", "ocop.product.certified", 135, "2023-12-31")],
)

# the old name and the new one across the merger of 1 July 2025
BEFORE_MERGER = piece(
    QUANG_NAM,
    "xa-ntm-2020",
    "Nông thôn mới Quảng Nam năm 2020",
    "Hết năm 2020 Quảng Nam có 118 xã đạt chuẩn.",
    "2021-01-15",
    [result("118 xã đạt chuẩn", "ntm.commune.certified", 118, "2020-12-31")],
)
AFTER_MERGER = piece(
    DA_NANG,
    "xa-ntm-2025",
    "Nông thôn mới Đà Nẵng năm 2025",
    "Hết năm 2025 Đà Nẵng có 70 xã đạt chuẩn; riêng Quảng Nam cũ năm 2024 có 139 xã đạt chuẩn.",
    "2026-01-12",
    [
        result("70 xã đạt chuẩn", "ntm.commune.certified", 70, "2025-12-31"),
        result("139 xã đạt chuẩn", "ntm.commune.certified", 139, "2024-12-31", area="Tỉnh Quảng Nam", area_code="49"),
    ],
)
LONG_GOAL = piece(
    QUANG_NAM,
    "muc-tieu-2025",
    "Quảng Nam đặt mục tiêu đến năm 2025",
    "Đến năm 2025 Quảng Nam phấn đấu có 150 xã đạt chuẩn.",
    "2021-03-03",
    [target("150 xã đạt chuẩn", "ntm.commune.certified", 150, "2025-12-31")],
)

# named units, a national figure, a place that nobody could resolve, an article without a day
NAMED = piece(
    BINH_LIEU,
    "cong-nhan-xa",
    "Công nhận xã nông thôn mới",
    "Năm 2021, các xã Lục Hồn và Hoành Mô được công nhận đạt chuẩn.",
    "2021-12-20",
    [],
    names=(
        Names("Lục Hồn", "achievement", "ntm.commune.certified", "Xã Lục Hồn, Huyện Bình Liêu, Tỉnh Quảng Ninh", "06838", "2021-12-31"),
        Names("Hoành Mô", "achievement", "ntm.commune.certified", "Xã Hoành Mô, Huyện Bình Liêu, Tỉnh Quảng Ninh", None, "2021-12-31"),
    ),
)
NATIONAL = piece(
    HA_NOI,
    "ca-nuoc-2023",
    "Tỷ lệ nghèo cả nước",
    "Tỷ lệ hộ nghèo cả nước cuối năm 2023 là 2,93%, năm 2022 là 5,2%.",
    "2024-03-01",
    [
        result("2,93%", "poverty.rate.poor", 2.93, "2023-12-31", area="Cả nước", area_code="VN"),
        result("5,2%", "poverty.rate.poor", 5.2, "2022-12-31", area="Cả nước", area_code="VN"),
    ],
)
NOWHERE = piece(
    HA_NOI,
    "mot-noi",
    "Một vùng chưa rõ",
    "Cụm xã Thượng Nguồn đến cuối năm 2022 còn 40 hộ nghèo.",
    None,
    [result("40 hộ nghèo", "poverty.household.poor", 40, "2022-12-31", area="Cụm xã Thượng Nguồn", area_code=None)],
)
OUTSIDE = piece(
    HA_NOI,
    "ngoai-bo-ma",
    "Số đơn đăng ký",
    "Có 20 xã đăng ký đạt chuẩn trong năm 2022. Vốn được giao 86,45 tỷ đồng, đã giải ngân 61,2 tỷ đồng trên tổng vốn.",
    "2022-05-05",
    [
        target("20 xã đăng ký", "other", 20, "2022-12-31", unit="commune"),
        target("đạt chuẩn", "ntm.commune.certified", 3, None),
        result("61,2 tỷ đồng", "budget.disbursed", 61.2e9, "2022-05-05", denominator=86.45e9, unit="vnd"),
    ],
)

# two provinces by the standard of 2022 to 2025: who is poorer, and what is its goal for 2025
POOR_SON_LA = piece(
    SON_LA,
    "ho-ngheo-2024",
    "Sơn La giảm nghèo năm 2024",
    "Cuối năm 2024 tỷ lệ hộ nghèo của tỉnh là 11,2%. Năm 2025 tỉnh phấn đấu đưa tỷ lệ hộ nghèo còn 8%.",
    "2025-01-20",
    [
        result("là 11,2%", "poverty.rate.poor", 11.2, "2024-12-31"),
        target("còn 8%", "poverty.rate.poor", 8, "2025-12-31"),
    ],
)
POOR_LANG_SON = piece(
    LANG_SON,
    "ho-ngheo-2024",
    "Lạng Sơn giảm nghèo năm 2024",
    "Tỷ lệ hộ nghèo cuối năm 2024 của tỉnh chỉ còn 4,1%.",
    "2025-01-22",
    [result("còn 4,1%", "poverty.rate.poor", 4.1, "2024-12-31")],
)

FIRST = [
    IMPLIED_PLAN,
    BARE_SHARE,
    RATE_NEWS,
    RATE_PLAN,
    RATE_RESULT,
    RATE_NEW_STANDARD,
    CHANGE_PLAN,
    CHANGE_COPY,
    CHANGE_START,
    CHANGE_END,
    RELATIVE,
    RELATIVE_LEVELS,
    YEARLY,
    SHARE,
    LONG_LINE,
    LONG_STEP,
    PACE_TARGET,
    PACE_RESULT,
    CONFLICT_A,
    CONFLICT_B,
    BEFORE_MERGER,
    AFTER_MERGER,
    LONG_GOAL,
    NAMED,
    NATIONAL,
    NOWHERE,
    OUTSIDE,
    POOR_SON_LA,
    POOR_LANG_SON,
]

# an article that is edited, and one whose edit is taken back
EDIT_BEFORE = piece(
    SON_LA,
    "dinh-chinh",
    "Số xã đạt chuẩn của Sơn La",
    "Đến hết năm 2022 tỉnh có 75 xã đạt chuẩn.",
    "2023-01-03",
    [result("75 xã đạt chuẩn", "ntm.commune.certified", 75, "2022-12-31")],
    fetched="2026-01-10T02:00:00",
)
EDIT_AFTER = piece(
    SON_LA,
    "dinh-chinh",
    "Số xã đạt chuẩn của Sơn La",
    "Đến hết năm 2022 tỉnh có 57 xã đạt chuẩn.",
    "2023-01-03",
    [result("57 xã đạt chuẩn", "ntm.commune.certified", 57, "2022-12-31")],
    fetched="2026-01-11T02:00:00",
)
BACK_BEFORE = piece(
    SON_LA,
    "sua-roi-tra-lai",
    "Hộ cận nghèo Sơn La",
    "Cuối năm 2022 tỉnh còn 5.100 hộ cận nghèo.",
    "2023-01-04",
    [result("5.100 hộ cận nghèo", "poverty.household.near_poor", 5100, "2022-12-31")],
    fetched="2026-01-10T03:00:00",
)
BACK_EDIT = piece(
    SON_LA,
    "sua-roi-tra-lai",
    "Hộ cận nghèo Sơn La",
    "Cuối năm 2022 tỉnh còn 1.500 hộ cận nghèo.",
    "2023-01-04",
    [result("1.500 hộ cận nghèo", "poverty.household.near_poor", 1500, "2022-12-31")],
    fetched="2026-01-11T03:00:00",
)
BACK_AFTER = piece(
    SON_LA,
    "sua-roi-tra-lai",
    "Hộ cận nghèo Sơn La",
    "Cuối năm 2022 tỉnh còn 5.100 hộ cận nghèo.",
    "2023-01-04",
    [result("5.100 hộ cận nghèo", "poverty.household.near_poor", 5100, "2022-12-31")],
    fetched="2026-01-12T03:00:00",
)

"""The words and patterns of Vietnamese time expressions, over folded text."""

from __future__ import annotations

import re

YEAR = r"(?:19[4-9]|20[0-9])\d(?!\d)"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_RELATIVE = r"(?P<relative>nay|này|ngoái|trước|qua|tới|sau)\b"

NUMBER_WORDS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11, "mười hai": 12, "mười lăm": 15, "hai mươi": 20, "ba mươi": 30,
}  # fmt: skip
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4}
YEAR_SHIFTS = {"nay": 0, "này": 0, "ngoái": -1, "trước": -1, "vừa qua": -1, "qua": -1, "tới": 1, "sau": 1, "kế tiếp": 1, "kia": -2}
TERM_SHIFTS = {"qua": -1, "vừa qua": -1, "trước": -1, "này": 0, "hiện nay": 0, "tới": 1, "mới": 1, "sau": 1, "kế tiếp": 1}

# a number that ends where the word for its unit begins
COUNT_RE = re.compile(
    r"(?:(?<![\w.,/\-])(\d{1,2})|(?<!\w)(mười(?: (?:một|hai|lăm))?|hai mươi|ba mươi|một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín)) +$"
)
AFTER_YEAR_WORD_RE = re.compile(
    rf"năm *(?:(?P<year>{YEAR})(?:(?:, *(?:năm +)?{YEAR}){{0,4}}(?:,? *(?:-|đến|tới|và|/)|,) *(?:năm +)?(?P<last>{YEAR}))?"
    r"(?: *(?:này|nay)\b)?"
    rf"|học +(?P<school>{YEAR}) *[-/] *(?P<school_last>{YEAR})"
    r"|(?P<relative>nay|này|ngoái|trước|vừa qua|qua|tới|sau|kế tiếp|kia)\b)"
)
COUNTED_YEARS_RE = re.compile(
    rf"năm(?: *[(,:]? *(?:giai đoạn )?(?P<first>{YEAR}) *(?:-|và|đến|,) *(?P<year>{YEAR})"
    rf"| +(?P<way>qua|vừa qua|trước|tới|nữa|liền|liên tục|đầu|cuối|gần đây|sau)\b|(?= +{YEAR})|)"
)
# "sau hơn 8 năm", "qua gần 4 năm": counted from the time told before
YEARS_LATER_RE = re.compile(r"(?:^|[^\w])((?:trải )?qua|sau)(?: (?:gần|hơn|trên|khoảng|chừng|chỉ|mới|tròn|đúng))* $")
COUNTED_MONTHS_RE = re.compile(
    rf"tháng(?: +(?P<which>đầu|cuối)(?: +(?:của +)?năm\b)?(?: *(?:năm +)?(?:(?P<year>{YEAR})|{_RELATIVE}))?"
    rf"| +(?:của +)?năm +(?:(?P<year2>{YEAR})|(?P<relative2>nay|này|ngoái|trước)\b)|/(?P<year3>{YEAR})| +(?P<past>vừa qua|qua)\b|)"
)
MONTH_RE = re.compile(
    rf"tháng *{_MONTH}(?!\d)(?![.,/-]\d{{1,2}}(?!\d))(?: *[/.\-] *(?P<year>{YEAR})|,? +năm +(?:(?P<year2>{YEAR})|{_RELATIVE}))?"
)
QUARTER_RE = re.compile(
    r"quý +(?P<quarter>iii|ii|iv|i|[1-4]|một|hai|ba|tư|bốn)(?!\w)"
    rf"(?: *[/.\-] *(?P<year>{YEAR})|,? +(?:năm +)?(?:(?P<year2>{YEAR})|{_RELATIVE}))?"
)
HALF_RE = re.compile(rf"nửa (?:(?P<which>đầu|cuối) )?năm(?: +(?:(?P<year>{YEAR})|{_RELATIVE}))?")
DAY_RE = re.compile(
    rf"(?:ngày|mùng|mồng) *{_DAY}(?!\d)"
    rf"(?: *[/.\-] *{_MONTH}(?!\d)(?: *[/.\-] *(?P<year>{YEAR}))?"
    rf"| +tháng +(?P<month2>1[0-2]|0?[1-9])(?!\d)(?:,? +năm +(?P<year2>{YEAR})| *[/\-] *(?P<year3>{YEAR}))?)"
)
BARE_DAY_RE = re.compile(rf"{_DAY}(?P<by>[/.\-]){_MONTH}(?:(?P=by)(?P<year>{YEAR}))?(?![\d/]|[.,\-]\d|%| *%)")
BARE_MONTH_RE = re.compile(rf"{_MONTH}[/-](?P<year>{YEAR})(?![\d/\-])")
BARE_YEARS_RE = re.compile(rf"(?P<first>{YEAR}) *(?:-|đến(?: +hết| +cuối)?(?: +năm)?|tới) *(?P<year>{YEAR})")
BARE_YEAR_RE = re.compile(rf"(?P<year>{YEAR})(?![/\-,.]\d| *%)")
PERIOD_RE = re.compile(
    r"(?:giai đoạn|thời kỳ|nhiệm kỳ|niên khóa|khóa) +(?:(?:5|năm) năm,? +)?(?:i{1,3} *[:,(]? *)?(?:từ +)?(?:năm +)?"
    rf"(?P<first>{YEAR}) *(?:-|đến|tới|/)(?: +(?:hết|cuối))?(?: +năm)? *(?P<year>{YEAR})"
)
SPAN_RE = re.compile(r"(?:giai đoạn|thời kỳ) +(?P<relative>này|hiện nay|tới|tiếp theo|mới)\b")
TERM_RE = re.compile(r"nhiệm kỳ(?: +(?P<relative>qua|vừa qua|này|hiện nay|tới|mới|sau|trước|kế tiếp))?\b")
FISCAL_RE = re.compile(rf"niên độ[^()\n.;]{{0,24}}\( *(?:ngày +)?{_DAY}[/.\-]{_MONTH}[/.\-](?P<year>{YEAR}) *\)")
SAME_RE = re.compile(
    r"cùng (?:kỳ|thời điểm|thời gian|năm|giai đoạn)"
    rf"(?: +(?:của +)?(?:năm +)?(?:(?P<year>{YEAR})|(?P<relative>ngoái|trước|qua)\b(?: *đó)?))?"
)
BEFORE_IT_RE = re.compile(r"trước khi(?= (?:xây dựng|triển khai|thực hiện|có|bắt|sáp|hợp|chia|tách|bước|về|vào))")
NOW_RE = re.compile(
    r"(?:hiện nay|hiện tại|hiện giờ|bây giờ|hôm nay|ngày nay|(?:thời điểm|lúc) (?:này|hiện tại|hiện nay)|giờ|nay"
    r"|hiện(?! (?:đại|hành|hữu|thực|tượng|trạng|vật|diện|trường|hình|thân|thời))(?!-))(?!\w)"
)
# a syllable before "hiện" that makes another word of it
NOT_HIEN = frozenset(["thực", "thể", "phát", "xuất", "biểu", "tái", "ẩn", "hiển", "hội", "thị"])
# "những năm qua", "mỗi năm": no period that a figure could stand for
VAGUE_RE = re.compile(r"(?:hằng|hàng|mỗi|từng|mọi|các|những|nhiều|vài|mấy|lâu|bao|số|thêm|suốt)(?: +\w+)?$")
# "5/6 xã": a fraction and no day
COUNTED_NOUN_RE = re.compile(r" *(?:%|xã|hộ|huyện|thôn|bản|ấp|tiêu|chỉ|trường|đơn|tỉnh|phường|sản|km|ha|tỷ|triệu|trạm|khu|thị)")
# "đến 2030 hộ": a count and no year
COUNTED_YEAR_RE = re.compile(r" *(?:hộ|xã|người|tỷ|triệu|đồng|ha|km|nghìn|sản|lao|học|thôn|trẻ|lượt|m\b)")

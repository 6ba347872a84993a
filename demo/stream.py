"""A year of news of the demo portals: articles for every working day, made from sentences of our own with figures that move slowly.

The hand-written articles in `demo/articles/` are few and years apart. Quality gates judge weeks, so they need portals that publish
like real ones: on working days, nothing over weekends and Tết, more at the end of the year. Everything depends on the seed alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from demo.content import Article
from demo.sites import SITES
from extraction.gazetteer import Unit, load
from muctieu.calendar import is_working_day
from muctieu.settings import TIMEZONE

A_DAY = {"hanoi": 1.6, "binhlieu": 0.8, "sonla": 1.2, "quangnam": 1.0, "lamdong": 1.2}  # articles on a working day
YEAR_END = 1.4  # reports on the year are published from the middle of December to the middle of January
PROVINCES = {"hanoi": "01", "binhlieu": "22", "sonla": "14", "quangnam": "48", "lamdong": "68"}

PORTAL_COMMUNE = "06838"  # Bình Liêu: the hand-written articles have goals of its own for it

_AUTHORS = ("Thu Hà", "Minh Khuê", "Hồng Nhung", "Cầm Hà", "Lê Duy", "Bích Ngọc", "Trần Sơn")
_COLOUR = (
    "Tại {c}, bà con góp công làm đường ngõ, dựng lại hàng rào cây xanh trước từng nhà.",
    "Cán bộ xã đến từng hộ, hỏi từng nhu cầu rồi mới lập danh sách hỗ trợ.",
    "Người dân {c} cho biết việc làm tại chỗ giúp nhiều gia đình không phải đi xa.",
    "Lớp học nghề buổi tối mở ngay ở nhà văn hóa, ai cũng có thể tham gia.",
    "Khó khăn lớn nhất hiện nay là địa hình chia cắt và giá vật liệu tăng cao.",
    "Các đoàn thể nhận đỡ đầu những gia đình neo người, thiếu đất sản xuất.",
    "Ủy ban nhân dân yêu cầu công khai kết quả rà soát tại nơi ở để người dân giám sát.",
    "Hợp tác xã ở {c} vừa ký hợp đồng bao tiêu nông sản cho cả vụ tới.",
    "Công trình nước tự chảy đưa vào sử dụng, không còn cảnh gùi nước mùa khô.",
    "Mỗi chi bộ chọn một việc khó để làm trước, làm xong mới nhận việc khác.",
)


@dataclass(frozen=True, slots=True)
class _Pen:
    """What one article is about and the dice that write it."""

    dice: random.Random
    day: date
    province: str
    commune: str
    week: int  # since the stream began: figures move with it
    level: random.Random  # dice that fall the same way for the same commune: where its figures start

    def percent(self, low: float, high: float, a_week: float = 0.0) -> str:
        """A share that starts at a place of its own and moves by `a_week` every week."""
        value = max(0.3, self.level.uniform(low, high) + a_week * self.week + self.dice.uniform(-0.04, 0.04))
        return f"{min(value, 99.6):.2f}".replace(".", ",")

    def count(self, low: int, high: int, a_week: float = 0.0) -> str:
        value = max(2, round(self.level.randint(low, high) + a_week * self.week + self.dice.randint(-2, 2)))
        return f"{value:,}".replace(",", ".")


def _poverty(pen: _Pen) -> tuple[str, list[str]]:
    rate, near = pen.percent(4, 9, -0.02), pen.percent(3, 7, -0.01)
    title = f"{pen.commune} giảm nghèo từ những việc nhỏ"
    return title, [
        f"Đến hết tháng {pen.day.month}/{pen.day.year}, {pen.commune} còn {pen.count(160, 420, -1)} hộ nghèo, tỷ lệ hộ nghèo {rate}%; "
        f"{pen.count(120, 380)} hộ cận nghèo, tỷ lệ hộ cận nghèo {near}%.",
        f"Xã phấn đấu đến cuối năm {pen.day.year} tỷ lệ hộ nghèo còn {pen.percent(2, 3)}%.",
    ]


def _standard(pen: _Pen) -> tuple[str, list[str]]:
    total = pen.level.randint(60, 140)
    reached = min(total - 3, round(total * 0.6) + pen.week // 3)
    goal = min(total, reached + 4)
    title = f"{pen.province}: thêm xã về đích nông thôn mới"
    return title, [
        f"Đến nay, {pen.province} có {reached}/{total} xã đạt chuẩn nông thôn mới, "
        f"{pen.count(9, 20, 0.1)} xã đạt chuẩn nông thôn mới nâng cao.",
        f"Phấn đấu đến hết năm {pen.day.year} có {goal} xã đạt chuẩn nông thôn mới.",
        f"Riêng {pen.commune} đã huy động {pen.count(11, 90)} tỷ đồng xây dựng nông thôn mới.",
    ]


def _ocop(pen: _Pen) -> tuple[str, list[str]]:
    title = f"{pen.province} có thêm sản phẩm OCOP"
    return title, [
        f"Hiện {pen.province} có {pen.count(280, 460, 1.5)} sản phẩm OCOP, trong đó {pen.count(40, 70, 0.3)} sản phẩm 4 sao.",
        f"Chủ thể tại {pen.commune} bán hàng qua mạng, doanh thu tăng {pen.percent(5, 15)}% so với cùng kỳ.",
        f"Mục tiêu đến cuối năm {pen.day.year}, {pen.province} có {pen.count(520, 600)} sản phẩm OCOP.",
    ]


def _capital(pen: _Pen) -> tuple[str, list[str]]:
    title = f"Giải ngân vốn các chương trình mục tiêu quốc gia ở {pen.province}"
    return title, [
        f"Tính đến ngày {pen.day.day}/{pen.day.month}/{pen.day.year}, {pen.province} đã giải ngân {pen.count(300, 700, 6)} tỷ đồng vốn "
        f"chương trình mục tiêu quốc gia, đạt {pen.percent(30, 55, 0.3)}% kế hoạch.",
        f"Tại {pen.commune}, tỷ lệ hộ dân nông thôn sử dụng nước sạch đạt quy chuẩn là {pen.percent(55, 75, 0.1)}%.",
    ]


def _services(pen: _Pen) -> tuple[str, list[str]]:
    title = f"Dịch vụ cơ bản đến với người dân {pen.commune}"
    return title, [
        f"Tỷ lệ dân số tham gia bảo hiểm y tế của {pen.commune} đạt {pen.percent(90, 96)}%; tỷ lệ hộ dân nông thôn sử dụng nước hợp "
        f"vệ sinh đạt {pen.percent(86, 95)}%.",
        f"Trong tháng, xã hỗ trợ xóa nhà tạm cho {pen.count(5, 30)} hộ nghèo, giải quyết việc làm cho {pen.count(40, 160)} lao động.",
    ]


def _other_news(pen: _Pen) -> tuple[str, list[str]]:
    title = f"Ngày hội văn hóa ở {pen.commune} mùa này"
    return title, [
        f"Sáng nay, hàng nghìn du khách về {pen.commune} dự ngày hội với thi hát, kéo co và chợ phiên.",
        "Ban tổ chức bố trí bãi gửi xe, lực lượng y tế và đội hướng dẫn suốt ba ngày hội.",
    ]


_TOPICS = (_poverty, _standard, _ocop, _capital, _services, _other_news)
_WEIGHTS = (4, 3, 2, 2, 3, 2)


def stream(first: date, last: date, seed: int = 1) -> tuple[Article, ...]:
    """The articles that the five portals publish from `first` to `last`, both included; each has its time of publication."""
    return tuple(article for site in SITES for article in _of_portal(site.folder, first, last, seed))


def _of_portal(folder: str, first: date, last: date, seed: int) -> Iterator[Article]:
    gazetteer = load()
    sections = [s.key for site in SITES if site.folder == folder for s in site.sections]
    dice, number, day = random.Random(f"{seed} {folder}"), 0, first
    while day <= last:
        for hour in _hours(dice, folder, day):
            number += 1
            province = gazetteer.at(PROVINCES[folder], day.isoformat())
            if province is None:
                raise ValueError(f"no unit {PROVINCES[folder]} on {day}: the gazetteer has changed")
            units = gazetteer.children(province.code, day.isoformat())
            communes = sorted((u for u in units if u.type_vi == "Xã" and u.code != PORTAL_COMMUNE), key=lambda u: u.code)
            section, commune = sections[number % len(sections)], dice.choice(communes[:40])
            yield _article(dice, folder, section, 700_000 + number, hour, province, commune, first)
        day += timedelta(days=1)


def _hours(dice: random.Random, folder: str, day: date) -> list[datetime]:
    """When a portal publishes on a day."""
    if not is_working_day(day):
        return []
    busy = YEAR_END if (day.month, day.day) >= (12, 15) or (day.month, day.day) <= (1, 15) else 1.0
    wanted = A_DAY[folder] * busy
    count = int(wanted) + (dice.random() < wanted - int(wanted))
    minutes = sorted(dice.randrange(7 * 60 + 30, 17 * 60) for _ in range(count))
    return [datetime.combine(day, time(m // 60, m % 60), TIMEZONE) for m in minutes]


def _article(
    dice: random.Random, folder: str, section: str, number: int, published: datetime, province: Unit, commune: Unit, first: date
) -> Article:
    write = dice.choices(_TOPICS, _WEIGHTS)[0]
    about = commune.code if write in (_poverty, _services) else province.code
    week = (published.date() - first).days // 7
    level = random.Random(f"{write.__name__} {about}")
    title, figures = write(_Pen(dice, published.date(), province.full_name, commune.full_name, week, level))
    colour = [sentence.format(c=commune.full_name) for sentence in dice.sample(_COLOUR, 3)]
    return Article.model_validate(
        {
            "portal": folder,
            "slug": f"tin-{number}",
            "id": number,
            "title": title,
            "section": section,
            "published": f"{published:%Y-%m-%d %H:%M}",
            "author": dice.choice(_AUTHORS),
            "area": f"{commune.full_name}, {province.full_name}",
            "body": [colour[0], *figures, *colour[1:]],
        }
    )

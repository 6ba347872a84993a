"""Portals that tests scrape: a plain CMS of our own, and a site that a test can change between and during runs."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from fault_server import Behaviour, FaultServer, Request, Wire, answer

from muctieu.settings import TIMEZONE
from scrapers.platforms.base import Platform, Selectors
from scrapers.registry import Portal

HOST = "portal.test"

PLAIN = Platform(
    name="plain",
    select=Selectors(
        article=("article.post",),
        title=("h1.title",),
        body=("div.body",),
        date=("span.date",),
        item=("li.item",),
        item_link=("a[href]",),
        item_date=("span.when",),
        empty=("p.none",),
        next=("a.next",),
        total=("b.total",),
        evidence=("div.comments",),
    ),
    formats=("%d/%m/%Y %H:%M", "%d/%m/%Y"),
)


def make_portal(server: FaultServer | None = None, **changes: Any) -> Portal:
    """A portal whose host name leads to the server. `http` and `normal` are merged, everything else replaced."""
    http = {
        "rate_per_min": 60000,
        "deadline_s": 5,
        "connect_s": 2,
        "retries": 0,
        "max_wait_s": 60,
        "robots": "obey",
        **changes.pop("http", {}),
    }
    scheme = "https" if server is not None and server.context is not None else "http"
    hosts = [{"host": HOST, "connect_to": server.address if server else None}, *changes.pop("more_hosts", [])]
    given = {
        "id": "test-portal",
        "name": "Cổng thử nghiệm",
        "areas": [{"name": "Huyện Thử, Tỉnh Nghiệm"}],
        "hosts": hosts,
        "maintainers": [{"name": "Người thử", "email": "thu@example.vn"}],
        "platform": "plain",
        "listings": [{"url": f"{scheme}://{HOST}/tin"}],
        "http": http,
        "normal": {"min": {"body_chars_p50": 50}, "max": {"days_since_newest": 100000, "requests_per_new": 1000, "duplicate_share": 1}},
        **changes,
    }
    return Portal.model_validate(given)


@dataclass(frozen=True)
class Post:
    id: int
    title: str
    body: str
    published: datetime

    @property
    def path(self) -> str:
        return f"/bai/{self.id}.html"


def make_posts(count: int, *, start: datetime = datetime(2026, 1, 5, 8, 30, tzinfo=TIMEZONE)) -> list[Post]:
    """Posts with different texts, newest first."""
    posts = []
    for n in range(1, count + 1):
        body = (
            f"Ngày {n % 28 + 1}/3, Ủy ban nhân dân huyện họp đánh giá kết quả giảm nghèo số {n}.\n"
            f"Toàn huyện còn {n * 7 + 100} hộ nghèo, chiếm {n % 9 + 1},{n % 10}% tổng số hộ; năm nay phấn đấu giảm {n + 20} hộ nghèo. "
            f"Các xã tiếp tục rà soát hộ cận nghèo, hỗ trợ vay vốn, đào tạo nghề và cấp nước sạch cho {n * 3 + 11} hộ."
        )
        posts.append(Post(n, f"Kết quả giảm nghèo kỳ {n}", body, start + timedelta(hours=7 * n)))
    return posts[::-1]


@dataclass
class Site:
    """A small news site. Every part can be changed while it runs; `tamper` sees each answer before it goes out."""

    posts: list[Post]
    page_size: int = 10
    robots: bytes = field(default_factory=lambda: answer("User-agent: *\nAllow: /\n", content_type="text/plain"))
    tamper: Callable[[Request, bytes], bytes | Behaviour] = lambda request, response: response  # noqa: ARG005
    counter: int = 0  # a view counter: volatile bytes in every page

    def behave(self, wire: Wire, request: Request) -> None:
        response = self.tamper(request, self.answer(request))
        if callable(response):
            response(wire, request)
        else:
            wire.send(response)

    def serve(self) -> FaultServer:
        return FaultServer(Everything(self.behave))

    def answer(self, request: Request) -> bytes:
        query = {k: v[0] for k, v in parse_qs(request.target.partition("?")[2]).items()}
        if request.path == "/robots.txt":
            return self.robots
        if request.path == "/tin":
            return answer(self.listing(int(query.get("trang", 1))))
        post = next((p for p in self.posts if p.path == request.path), None)
        return answer(self.article(post)) if post else answer("<h1>Không tìm thấy trang</h1>", 404)

    def listing(self, number: int) -> str:
        shown = self.posts[(number - 1) * self.page_size : number * self.page_size]
        items = "".join(
            f'<li class="item"><a href="{p.path}">{html.escape(p.title)}</a> <span class="when">{p.published:%d/%m/%Y}</span></li>'
            for p in shown
        )
        more = f'<a class="next" href="/tin?trang={number + 1}">Trang sau</a>' if number * self.page_size < len(self.posts) else ""
        return f"<html><body><ul>{items or '<p class=none>Chưa có bài viết</p>'}</ul>{more}<footer id=real>Cổng</footer></body></html>"

    def article(self, post: Post) -> str:
        self.counter += 1
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in post.body.split("\n"))
        return (
            f'<html><head><title>{html.escape(post.title)}</title></head><body><article class="post"><h1 class="title">{html.escape(post.title)}</h1>'
            f'<span class="date">{post.published:%d/%m/%Y %H:%M}</span><div class="body">{paragraphs}</div></article>'
            f'<div class="comments">Lượt xem: {self.counter}</div><footer id=real>Cổng</footer></body></html>'
        )

    def edit(self, id: int, **changes: Any) -> None:
        self.posts = [replace(p, **changes) if p.id == id else p for p in self.posts]


class Everything(dict[str, Any]):
    """Routes that send every path to one behaviour."""

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__()
        self._behaviour = behaviour

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002
        return self._behaviour

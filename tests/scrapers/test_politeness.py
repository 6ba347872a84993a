"""robots.txt after RFC 9309 and the rate of requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scrapers.fetch import Fetched
from scrapers.page import NextPage
from scrapers.politeness import RateLimiter, Robots

START = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)
URL = "http://portal.test/tin/1"


class Clock:
    def __init__(self) -> None:
        self.t = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.t

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.t += seconds


def robots_of(body: str = "", outcome: str = "ok", status: int | None = 200, **more: object) -> tuple[Robots, list[str]]:
    asked: list[str] = []

    def read(request: NextPage) -> Fetched:
        asked.append(request.url)
        return Fetched(request, outcome, request.url, START, status=status, body=body.encode(), error="because")  # type: ignore[arg-type]

    return Robots("muctieu/0.1 (+mailto:a@b.vn)", read, now=lambda: START, **more), asked  # type: ignore[arg-type]


def test_row36_disallowed_paths_are_refused_and_others_are_not() -> None:
    robots, asked = robots_of("User-agent: *\nDisallow: /quan-tri\nAllow: /quan-tri/cong-khai\n")
    assert robots.refusal("http://portal.test/quan-tri/a")
    assert robots.refusal("http://portal.test/quan-tri/cong-khai/a") is None
    assert robots.refusal(URL) is None
    assert asked == ["http://portal.test/robots.txt"]


def test_row36_rules_for_our_name_come_first() -> None:
    robots, _ = robots_of("User-agent: *\nAllow: /\n\nUser-agent: muctieu\nDisallow: /\n")
    assert robots.refusal(URL)


@pytest.mark.parametrize("status", [404, 410, 403, 401])
def test_row36_no_robots_file_means_no_rules(status: int) -> None:
    outcome = {404: "not_found", 410: "gone"}.get(status, "blocked")
    robots, _ = robots_of(outcome=outcome, status=status)
    assert robots.refusal(URL) is None


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("http_error", 503), ("http_error", 500), ("timeout", None), ("connection_error", None), ("blocked", 429), ("tls_error", None)],
)
def test_row16_an_unreachable_robots_file_forbids_everything(outcome: str, status: int | None) -> None:
    robots, _ = robots_of(outcome=outcome, status=status)
    refusal = robots.refusal(URL)
    assert refusal
    assert "because" in refusal


def test_row36_each_host_and_port_has_its_own() -> None:
    robots, asked = robots_of("User-agent: *\nDisallow: /a\n")
    for url in (
        "http://portal.test/x",
        "https://portal.test/x",
        "http://portal.test:8080/x",
        "http://other.test/x",
        "http://portal.test/y",
    ):
        robots.refusal(url)
    assert len(asked) == 4


def test_row36_it_is_read_again_after_a_day() -> None:
    moment = START
    asked: list[str] = []

    def read(request: NextPage) -> Fetched:
        asked.append(request.url)
        return Fetched(request, "ok", request.url, START, status=200, body=b"User-agent: *\nAllow: /")

    robots = Robots("muctieu", read, now=lambda: moment)
    robots.refusal(URL)
    moment += timedelta(hours=23)
    robots.refusal(URL)
    assert len(asked) == 1
    moment += timedelta(hours=2)
    robots.refusal(URL)
    assert len(asked) == 2


def test_row36_crawl_delay_and_request_rate_slow_us_down() -> None:
    clock = Clock()
    limiter = RateLimiter(600, clock=clock, sleep=clock.sleep)
    robots, _ = robots_of("User-agent: *\nCrawl-delay: 7\nRequest-rate: 1/10\n", limiter=limiter)
    assert robots.refusal(URL) is None
    for _ in range(3):
        limiter.wait(URL)
    assert clock.slept == [10, 10]


def test_row36_a_crawl_delay_is_capped() -> None:
    clock = Clock()
    limiter = RateLimiter(600, longest_s=120, clock=clock, sleep=clock.sleep)
    robots, _ = robots_of("User-agent: *\nCrawl-delay: 86400\n", limiter=limiter)
    robots.refusal(URL)
    limiter.wait(URL)
    limiter.wait(URL)
    assert clock.slept == [120]


def test_row36_visit_time_is_honoured() -> None:
    robots, _ = robots_of("User-agent: *\nVisit-time: 1800-2200\n")
    assert "18:00" in (robots.refusal(URL) or "")
    open_now, _ = robots_of("User-agent: *\nVisit-time: 2200-0400\n")
    assert open_now.refusal(URL) is None


def test_a_robots_file_that_is_a_web_page_means_no_rules() -> None:
    robots, _ = robots_of("<!DOCTYPE html><html><body>Trang chủ</body></html>")
    assert robots.refusal(URL) is None


def test_ignoring_asks_nothing() -> None:
    robots, asked = robots_of("User-agent: *\nDisallow: /\n", ignore=True)
    assert robots.refusal(URL) is None
    assert asked == []


def test_the_rate_holds_for_each_host_by_itself() -> None:
    clock = Clock()
    limiter = RateLimiter(20, clock=clock, sleep=clock.sleep)
    for _ in range(3):
        limiter.wait("http://a.test/1")
    limiter.wait("http://b.test/1")
    assert clock.slept == [3, 3]


def test_time_that_passed_anyway_is_not_waited_for() -> None:
    clock = Clock()
    limiter = RateLimiter(20, clock=clock, sleep=clock.sleep)
    limiter.wait(URL)
    clock.t += 2
    limiter.wait(URL)
    clock.t += 30
    limiter.wait(URL)
    assert clock.slept == [1]

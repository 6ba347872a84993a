"""The fetcher against a server that misbehaves. Row numbers are those of the reliability table (docs/scraping-reliability.md)."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fault_server import Authority, FaultServer, Request, Wire, answer
from portals_for_tests import HOST, make_portal

import scrapers.transport
from scrapers.fetch import Fetched, Fetcher, retry_after
from scrapers.page import NextPage

MOMENT = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)
URL = f"http://{HOST}/a"


class Harness:
    """A fetcher of a test portal with a recorded sleep."""

    def __init__(self, server: FaultServer, **portal: Any) -> None:
        self.slept: list[float] = []
        permit = portal.pop("permit", None)
        resolver = portal.pop("resolver", scrapers.transport.system_resolver)
        private = portal.pop("allow_private_hosts", True)
        self.fetcher = Fetcher(
            make_portal(server, **portal),
            user_agent="muctieu-test/1",
            allow_private_hosts=private,
            sleep=self.slept.append,
            resolver=resolver,
        )
        if permit is not None:
            self.fetcher.permit = permit

    def get(self, url: str = URL, **conditions: str) -> Fetched:
        return self.fetcher.fetch(NextPage(url), **conditions)


def test_a_page_comes_with_its_bytes_headers_and_exchange() -> None:
    with FaultServer({"/a": answer("<p>Chào</p>", etag='"1"')}) as server:
        got = Harness(server).get()
    assert (got.outcome, got.status, got.body.decode(), got.headers["etag"]) == ("ok", 200, "<p>Chào</p>", '"1"')
    (exchange,) = got.exchanges
    assert exchange.payload == got.body
    assert server.requests[0].headers["user-agent"] == "muctieu-test/1"
    assert server.requests[0].headers["host"] == HOST


def test_row01_retry_after_seconds_is_waited_for() -> None:
    with FaultServer({"/a": [answer("slow", 429, retry_after="2"), answer("now")]}) as server:
        harness = Harness(server, http={"retries": 2})
        assert harness.get().ok
    assert harness.slept == [2.0]


def test_row01_retry_after_longer_than_we_wait_ends_the_asking() -> None:
    with FaultServer({"/a": answer("slow", 429, retry_after="3600")}) as server:
        harness = Harness(server, http={"retries": 3, "max_wait_s": 60})
        got = harness.get()
    assert (got.outcome, got.retry_after_s, harness.slept, len(server.requests)) == ("blocked", 3600.0, [], 1)


def test_row01_retry_after_as_a_date() -> None:
    assert retry_after("Sat, 05 Sep 2026 03:01:30 GMT", MOMENT) == 90
    assert retry_after("Sat, 05 Sep 2026 02:00:00 GMT", MOMENT) == 0
    assert retry_after("soon", MOMENT) is None
    assert retry_after(None, MOMENT) is None


def test_row02_a_failing_server_is_asked_again_with_growing_waits() -> None:
    with FaultServer({"/a": [answer("", 503), answer("", 502), answer("now")]}) as server:
        harness = Harness(server, http={"retries": 3})
        got = harness.get()
    assert got.ok
    assert harness.slept == [1.0, 2.0]
    assert got.requests == 3
    assert [e.status for e in got.exchanges] == [503, 502, 200]  # all of them go to the archive


def test_row02_retries_end() -> None:
    with FaultServer({"/a": answer("", 503)}) as server:
        got = Harness(server, http={"retries": 2}).get()
    assert (got.outcome, got.status, len(server.requests)) == ("http_error", 503, 3)


def _slow_body(wire: Wire, request: Request) -> None:  # noqa: ARG001
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    wire.drip(b"x" * 1000, 0.05)


def _slow_body_without_length(wire: Wire, request: Request) -> None:  # noqa: ARG001
    wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    wire.drip(b"x" * 1000, 0.05)


def _slow_headers(wire: Wire, request: Request) -> None:  # noqa: ARG001
    wire.drip(b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 200, 0.05)


def _slow_chunks(wire: Wire, request: Request) -> None:  # noqa: ARG001
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    wire.drip(b"1\r\nx\r\n" * 500, 0.02)


def _silent(wire: Wire, request: Request) -> None:  # noqa: ARG001
    time.sleep(5)


def _continue_for_ever(wire: Wire, request: Request) -> None:  # noqa: ARG001
    while True:
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.02)


@pytest.mark.parametrize("fault", [_slow_body, _slow_body_without_length, _slow_headers, _slow_chunks, _silent, _continue_for_ever])
def test_row03_04_the_deadline_holds(fault: Callable[[Wire, Request], None]) -> None:
    with FaultServer({"/a": fault}) as server:
        began = time.monotonic()
        got = Harness(server, http={"deadline_s": 0.4}).get()
        took = time.monotonic() - began
    assert got.outcome == "timeout"
    assert 0.35 < took < 2
    assert got.body == b""


def test_row03_a_deadline_that_passed_does_not_hurt_the_next_request() -> None:
    with FaultServer({"/slow": _silent, "/a": answer("now")}) as server:
        harness = Harness(server, http={"deadline_s": 0.3})
        assert harness.get(f"http://{HOST}/slow").outcome == "timeout"
        for _ in range(3):
            assert harness.get().ok


def test_row03_redirects_share_one_deadline() -> None:
    def slow_redirect(wire: Wire, request: Request) -> None:
        time.sleep(0.25)
        wire.send(answer("", 302, location=request.path + "x"))

    with FaultServer({"/a" + "x" * n: slow_redirect for n in range(9)}) as server:
        began = time.monotonic()
        got = Harness(server, http={"deadline_s": 0.6}).get()
    assert got.outcome == "timeout"
    assert time.monotonic() - began < 2


def test_row05_a_body_shorter_than_announced_is_truncated() -> None:
    def short(wire: Wire, request: Request) -> None:  # noqa: ARG001
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<p>half")
        wire.hang_up()

    with FaultServer({"/a": short}) as server:
        got = Harness(server).get()
    assert (got.outcome, got.body, got.exchanges) == ("truncated", b"", ())


def test_row06_a_chunked_body_without_its_last_chunk_is_truncated() -> None:
    def unterminated(wire: Wire, request: Request) -> None:  # noqa: ARG001
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        wire.hang_up()

    with FaultServer({"/a": unterminated}) as server:
        assert Harness(server).get().outcome == "truncated"


def test_row05_truncation_once_is_mended_by_asking_again() -> None:
    def short(wire: Wire, request: Request) -> None:  # noqa: ARG001
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<p>half")
        wire.hang_up()

    with FaultServer({"/a": [short, answer("whole")]}) as server:
        got = Harness(server, http={"retries": 1}).get()
    assert got.body == b"whole"


BIG = b"\0" * 60_000_000


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", lambda data: gzip.compress(data, 9)),
        ("deflate", lambda data: zlib.compress(data, 9)),
        ("br", lambda data: pa.Codec("brotli").compress(data, asbytes=True)),
        ("zstd", lambda data: pa.Codec("zstd").compress(data, asbytes=True)),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data, 9), 9)),
    ],
)
def test_row07_a_compressed_bomb_is_too_large(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    with FaultServer({"/a": answer(compress(BIG), content_encoding=encoding)}) as server:
        got = Harness(server, http={"max_mb": 2}).get()
    assert got.outcome == "too_large"
    assert got.body == b""


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),  # raw deflate, as old IIS sends it
        ("br", lambda data: pa.Codec("brotli").compress(data, asbytes=True)),
        ("identity", bytes),
        ("UTF-8", bytes),  # seen on portals: a charset where an encoding belongs
    ],
)
def test_content_encodings_are_undone(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    page = "Giảm nghèo bền vững. ".encode() * 500
    with FaultServer({"/a": answer(compress(page), content_encoding=encoding)}) as server:
        assert Harness(server).get().body == page


def test_a_cut_gzip_stream_is_truncated() -> None:
    with FaultServer({"/a": answer(gzip.compress(b"x" * 10_000)[:-12], content_encoding="gzip")}) as server:
        assert Harness(server).get().outcome == "truncated"


def test_row08_a_page_over_the_limit_is_refused_by_its_length() -> None:
    def huge(wire: Wire, request: Request) -> None:  # noqa: ARG001
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n")
        for _ in range(500):
            wire.send(b"x" * 1_000_000)

    with FaultServer({"/a": huge}) as server:
        began = time.monotonic()
        got = Harness(server, http={"max_mb": 1}).get()
    assert got.outcome == "too_large"
    assert time.monotonic() - began < 2


def test_row08_a_page_over_the_limit_without_a_length_is_cut_off() -> None:
    sent = 0

    def endless(wire: Wire, request: Request) -> None:  # noqa: ARG001
        nonlocal sent
        wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(500):
            wire.send(b"x" * 1_000_000)
            sent += 1

    with FaultServer({"/a": endless}) as server:
        got = Harness(server, http={"max_mb": 1}).get()
    assert got.outcome == "too_large"
    assert sent < 50


def test_row09_a_redirect_loop_ends_soon() -> None:
    with FaultServer({"/a": answer("", 302, location="/b"), "/b": answer("", 302, location="/a")}) as server:
        got = Harness(server).get()
    assert got.outcome == "redirect_refused"
    assert len(server.requests) <= 5


def test_row09_a_redirect_to_itself_with_a_cookie_is_followed() -> None:
    def needs_cookie(wire: Wire, request: Request) -> None:
        if "ok=1" in request.headers.get("cookie", ""):
            wire.send(answer("welcome"))
        else:
            wire.send(answer("", 302, location="/a", set_cookie="ok=1; Path=/"))

    with FaultServer({"/a": needs_cookie}) as server:
        assert Harness(server).get().body == b"welcome"


def test_row09_an_endless_chain_of_redirects_ends() -> None:
    def further(wire: Wire, request: Request) -> None:
        wire.send(answer("", 302, location=request.path + "x"))

    with FaultServer({"/a" + "x" * n: further for n in range(40)}) as server:
        assert Harness(server).get().outcome == "redirect_refused"
    assert len(server.requests) < 10


def test_row10_a_redirect_to_a_private_address_is_refused_without_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hop counts as public here (127.0.0.2); the second resolves to an address that does not."""
    monkeypatch.setattr(scrapers.transport, "is_public", lambda address: address == "127.0.0.2")
    answers = {HOST: "127.0.0.2", "inside.test": "127.0.0.1"}
    with (
        FaultServer({"/": answer("secret")}) as inside,
        FaultServer({"/a": answer("", 302, location=f"http://inside.test:{inside.port}/")}, bind="127.0.0.2") as server,
    ):
        harness = Harness(
            server,
            allow_private_hosts=False,
            resolver=lambda host, port: [(2, answers[host])],  # noqa: ARG005
            http={"redirect_hosts": [f"inside.test:{inside.port}"]},
            more_hosts=[{"host": f"{HOST}:{server.port}"}],
        )
        got = harness.get(f"http://{HOST}:{server.port}/a")
        assert (got.outcome, inside.connections) == ("redirect_refused", 0)
    assert "127.0.0.1" in (got.error or "")


def test_row10_a_name_that_resolves_differently_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: every connection is checked, not the first answer for a name."""
    monkeypatch.setattr(scrapers.transport, "is_public", lambda address: address == "127.0.0.2")
    answers = iter(["127.0.0.2", "127.0.0.1"])
    with FaultServer({"/": answer("secret")}) as inside:
        with FaultServer({"/a": answer("first", connection="close")}, bind="127.0.0.2") as server:
            harness = Harness(
                server,
                allow_private_hosts=False,
                resolver=lambda host, port: [(2, next(answers))],  # noqa: ARG005
                more_hosts=[{"host": f"rebind.test:{server.port}"}],
            )
            url = f"http://rebind.test:{server.port}/a"
            assert harness.get(url).ok
            assert harness.get(url).outcome == "connection_error"
        assert inside.connections == 0


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1",
     "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:0001::", "64:ff9b::7f00:1", "64:ff9b::a00:1"],
)  # fmt: skip
def test_row10_what_is_not_public(address: str) -> None:
    assert not scrapers.transport.is_public(address)


def test_row10_what_is_public() -> None:
    assert all(scrapers.transport.is_public(a) for a in ("203.162.4.190", "8.8.8.8", "2405:4800::1", "64:ff9b::808:808"))


def test_row10_without_leave_loopback_is_not_reached() -> None:
    with FaultServer({"/a": answer("secret")}) as server:
        got = Harness(server, allow_private_hosts=False).get()
    assert (got.outcome, server.connections) == ("connection_error", 0)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://portal.test/a", "gopher://portal.test/", "javascript:alert(1)", "//", "http://"]
)
def test_row11_redirects_to_other_schemes_are_refused(target: str) -> None:
    with FaultServer({"/a": answer("", 302, location=target)}) as server:
        assert Harness(server).get().outcome == "redirect_refused"


def test_redirects_stay_on_the_portal() -> None:
    with FaultServer({"/a": answer("", 301, location="http://elsewhere.test/")}) as server:
        got = Harness(server).get()
    assert got.outcome == "redirect_refused"
    assert "elsewhere.test" in (got.error or "")


def test_redirects_on_the_portal_are_followed_and_all_are_archived() -> None:
    with FaultServer({"/a": answer("moved", 301, location="/b?x=1#frag"), "/b": answer("here")}) as server:
        got = Harness(server).get()
    assert (got.outcome, got.final_url, got.body) == ("ok", f"http://{HOST}/b?x=1", b"here")
    assert [e.status for e in got.exchanges] == [301, 200]


def test_a_redirect_with_a_giant_body_is_not_read_to_its_end() -> None:
    def giant(wire: Wire, request: Request) -> None:  # noqa: ARG001
        wire.send(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 300000000\r\n\r\n")
        for _ in range(300):
            wire.send(b"x" * 1_000_000)

    with FaultServer({"/a": giant, "/b": answer("here")}) as server:
        began = time.monotonic()
        got = Harness(server).get()
    assert got.body == b"here"
    assert time.monotonic() - began < 2


def test_a_redirect_target_must_be_permitted() -> None:
    with FaultServer({"/a": answer("", 302, location="/private"), "/private": answer("no")}) as server:
        got = Harness(server, permit=lambda url: "robots.txt disallows it" if "private" in url else None).get()
        assert (got.outcome, server.asked("/private")) == ("redirect_refused", 0)


def test_a_post_becomes_a_get_when_redirected() -> None:
    with FaultServer({"/a": answer("", 303, location="/b"), "/b": answer("here")}) as server:
        got = Harness(server).fetcher.fetch(NextPage(URL, "POST", form=(("k", "một"), ("k", "hai"))))
    assert got.ok
    assert [r.method for r in server.requests] == ["POST", "GET"]
    assert server.requests[0].body == b"k=m%E1%BB%99t&k=hai"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(404, "not_found"), (410, "gone"), (403, "blocked"), (401, "blocked"), (451, "blocked"), (500, "http_error"), (418, "http_error")],
)
def test_statuses_have_their_outcomes(status: int, outcome: str) -> None:
    with FaultServer({"/a": answer("no", status)}) as server:
        assert Harness(server).get().outcome == outcome


def test_an_empty_page_with_status_200_is_no_page() -> None:
    with FaultServer({"/a": answer("")}) as server:
        assert Harness(server).get().outcome == "truncated"


def test_a_connection_that_is_dropped() -> None:
    with FaultServer({"/a": lambda wire, request: wire.hang_up()}) as server:  # noqa: ARG005
        assert Harness(server).get().outcome == "connection_error"


def test_nobody_listens() -> None:
    with FaultServer({}) as server:
        pass
    assert Harness(server).get().outcome == "connection_error"


def test_a_response_that_is_not_http() -> None:
    with FaultServer({"/a": b"\x00\x01\x02 garbage\r\n\r\n"}) as server:
        assert Harness(server).get().outcome == "connection_error"


def test_a_name_that_does_not_resolve() -> None:
    def nothing(host: str, port: int) -> list[tuple[int, str]]:  # noqa: ARG001
        raise scrapers.transport.ResolveError(host)

    with FaultServer({}) as server:
        harness = Harness(server, resolver=nothing, more_hosts=[{"host": "lost.test"}])
        assert harness.get("http://lost.test/").outcome == "dns_error"


def test_a_name_server_that_does_not_answer() -> None:
    def hangs(host: str, port: int) -> list[tuple[int, str]]:  # noqa: ARG001
        time.sleep(3)
        return []

    with FaultServer({}) as server:
        began = time.monotonic()
        harness = Harness(server, resolver=hangs, more_hosts=[{"host": "slow.test"}], http={"connect_s": 0.3})
        assert harness.get("http://slow.test/").outcome == "dns_error"
    assert time.monotonic() - began < 2


def test_row38_conditions_are_sent_and_304_is_an_answer() -> None:
    def conditional(wire: Wire, request: Request) -> None:
        matches = request.headers.get("if-none-match") == '"7"'
        wire.send(b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n' if matches else answer("page", etag='"7"'))

    with FaultServer({"/a": conditional}) as server:
        harness = Harness(server)
        assert harness.get().ok
        got = harness.get(etag='"7"', last_modified="Sat, 05 Sep 2026 03:00:00 GMT")
    assert got.outcome == "not_modified"
    assert server.requests[1].headers["if-modified-since"] == "Sat, 05 Sep 2026 03:00:00 GMT"


def test_row38_a_304_that_nobody_asked_for_is_an_error() -> None:
    with FaultServer({"/a": b"HTTP/1.1 304 Not Modified\r\n\r\n"}) as server:
        assert Harness(server).get().outcome == "http_error"


def test_connections_are_kept_alive() -> None:
    with FaultServer({"/a": answer("x")}) as server:
        harness = Harness(server)
        assert all(harness.get().ok for _ in range(5))
    assert server.connections == 1


# --- TLS -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The test root stands in the place of the public ones."""
    monkeypatch.setattr(scrapers.transport.certifi, "where", lambda: str(authority.root))
    return authority


def _https(server: FaultServer, **portal: Any) -> Fetched:
    return Harness(server, **portal).get(f"https://{HOST}/a")


def test_row17_a_whole_chain_verifies(trusted: Authority) -> None:
    with FaultServer({"/a": answer("safe")}, context=trusted.server_context(HOST)) as server:
        assert _https(server).body == b"safe"


def test_row17_an_incomplete_chain_fails_and_the_pinned_intermediate_repairs_it(trusted: Authority) -> None:
    with FaultServer({"/a": answer("safe")}, context=trusted.server_context(HOST, chain=False)) as server:
        got = _https(server)
        assert got.outcome == "tls_error"
        assert "ca_extra" in (got.error or "")
        assert _https(server, http={"ca_extra": str(trusted.intermediate)}).body == b"safe"


def test_row17_a_pinned_intermediate_does_not_excuse_a_wrong_host(trusted: Authority) -> None:
    with FaultServer({"/a": answer("safe")}, context=trusted.server_context("other.test", chain=False)) as server:
        got = _https(server, http={"ca_extra": str(trusted.intermediate)})
    assert got.outcome == "tls_error"
    assert "another host" in (got.error or "")


def test_row18_an_expired_certificate_has_its_own_error(trusted: Authority) -> None:
    with FaultServer({"/a": answer("safe")}, context=trusted.server_context(HOST, expired=True)) as server:
        got = _https(server, http={"retries": 2})
    assert got.outcome == "tls_error"
    assert "expired" in (got.error or "")
    assert server.requests == []


def test_row18_an_unknown_authority_is_refused(authority: Authority) -> None:
    with FaultServer({"/a": answer("safe")}, context=authority.server_context(HOST)) as server:
        assert _https(server).outcome == "tls_error"


def test_row18_old_protocols_are_not_spoken(trusted: Authority) -> None:
    context = trusted.server_context(HOST)
    with FaultServer({"/a": answer("safe")}, context=context) as server:
        context.maximum_version = context.maximum_version.TLSv1_2
        assert _https(server, http={"tls_min": "1.3"}).outcome == "tls_error"
        assert _https(server).ok


def test_row03_the_deadline_holds_over_tls(trusted: Authority) -> None:
    with FaultServer({"/a": _slow_body}, context=trusted.server_context(HOST)) as server:
        began = time.monotonic()
        assert _https(server, http={"deadline_s": 0.5}).outcome == "timeout"
    assert time.monotonic() - began < 2


def test_row04_a_handshake_that_never_ends() -> None:
    with FaultServer({}) as plain:  # speaks no TLS and never answers the hello
        plain._serve = lambda sock: time.sleep(3)  # type: ignore[method-assign]  # noqa: ARG005
        began = time.monotonic()
        got = Harness(plain, http={"deadline_s": 0.4}).get(f"https://{HOST}/a")
    assert got.outcome == "timeout"
    assert time.monotonic() - began < 2


def test_a_redirect_from_https_to_http_is_refused(trusted: Authority) -> None:
    with FaultServer({"/a": answer("", 302, location=f"http://{HOST}/b")}, context=trusted.server_context(HOST)) as server:
        assert _https(server).outcome == "redirect_refused"


def test_an_extra_certificate_must_exist(tmp_path: Path) -> None:
    with FaultServer({}) as server, pytest.raises(FileNotFoundError):
        Harness(server, http={"ca_extra": str(tmp_path / "missing.pem")})

"""Serves the five demo portals on loopback: `python -m demo.server --port 0 --state FILE`.

Each portal answers on the loopback address and, since the registry can connect elsewhere than DNS says (`connect_to`), under its own
host name: http://hanoi.demo.test/hanoi/... So the identity of an article does not depend on the port of this run. Port 0 means: the port
of the state file if it is free, else 8461, else any free one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType, TracebackType
from urllib.parse import unquote, urlsplit

from demo.breakages import BREAKAGES, Applied, Asked, pause, read_breakage
from demo.content import ARTICLES, Article, read_articles
from demo.render import Counters, Response, World, respond, robots
from demo.sites import SITES, Request, Site, Target, http_date, site_of

PREFERRED_PORT = 8461
HOSTS = frozenset(s.host for s in SITES)
MAX_BODY = 64 * 1024  # a listing request is some hundred bytes


class DemoServer:
    """The portals on a port of 127.0.0.1, as a context manager for tests; `switch` changes edition and breakages while it runs."""

    def __init__(
        self,
        *,
        port: int = 0,
        edition: int = 1,
        breakages: Sequence[Applied] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        articles: tuple[Article, ...] | None = None,
        on_time: bool = False,
    ) -> None:
        """`on_time`: an article is there only once the clock says that it was published."""
        self._all = read_articles(ARTICLES) if articles is None else articles
        self._on_time = on_time
        self._now = now
        self._counters = Counters()
        self._edition, self._breakages = edition, tuple(breakages)
        self.requests: list[str] = []  # "GET /hanoi/... 200", for tests of politeness and of conditional requests
        self._http = _Threading(("127.0.0.1", port), _handler(self))
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def switch(self, *, edition: int | None = None, breakages: Sequence[Applied] | None = None) -> None:
        """Another edition or other breakages, from the next request on."""
        self._edition = self._edition if edition is None else edition
        self._breakages = self._breakages if breakages is None else tuple(breakages)

    def answer(self, method: str, raw_path: str, body: bytes = b"", host: str = "") -> Response:
        """The response to one request; what the network layer adds (conditional requests, Date) is not in it."""
        parts = urlsplit(raw_path)
        path = unquote(parts.path)
        base = f"http://{host}" if host in HOSTS else self.url  # never an unknown name: feeds print it into links
        world = World(self._shown(), base, self._now, self._counters, self._edition)
        if path == "/robots.txt":
            return robots(world, SITES)
        site = site_of(path)
        if site is None:
            return Response(404, b"404 Not Found\n", {"Content-Type": "text/plain; charset=utf-8"})
        active = [a for a in self._breakages if a.hits(site)]
        for applied in active:
            pause(applied)
            mine = tuple(x for x in world.articles if x.portal == site.folder)
            others = tuple(x for x in world.articles if x.portal != site.folder)
            world = replace(world, articles=applied.breakage.articles(mine) + others)
            world = replace(world, empty_listings=world.empty_listings or applied.breakage.empty_listings)
        target = site.target(Request(path, parts.query, body))
        response = respond(site, target, world, raw_path) if target and _allowed(method, target) else _no_such_page(site)
        for applied in active:
            response = applied.breakage.respond(response, Asked(site, target, path))
        return response

    def _shown(self) -> tuple[Article, ...]:
        last = self._now() if self._on_time else datetime.max.replace(tzinfo=UTC)
        return tuple(a.in_edition(self._edition) for a in self._all if a.edition <= self._edition and a.published <= last)

    def serve(self) -> None:
        """Serve until `close` is called from another thread."""
        self._http.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """Stop serving and free the port."""
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> DemoServer:
        self._thread = threading.Thread(target=self.serve, name="demo-portals", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
        if self._thread:
            self._thread.join(5)


class _Threading(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


def _allowed(method: str, target: Target) -> bool:
    return method in ("GET", "HEAD") if target.view != "fragment" else method == "POST"


def _no_such_page(site: Site) -> Response:
    return Response(404, f"<html><body><h1>404</h1>{site.name}</body></html>".encode(), {"Content-Type": "text/html; charset=utf-8"})


def _handler(server: DemoServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "muctieu-demo"
        sys_version = ""
        timeout = 30  # an idle connection does not hold its thread for ever

        def do_GET(self) -> None:
            self._reply()

        def do_HEAD(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > MAX_BODY:
                self.send_error(413)
                return
            body = self.rfile.read(int(length))
            response = self._conditional(server.answer(self.command, self.path, body, self.headers.get("Host", "")))
            server.requests.append(f"{self.command} {self.path} {response.status}")
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            if response.status != 304:
                self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD" and response.status != 304:
                self.wfile.write(response.body)

        def _conditional(self, response: Response) -> Response:
            """304 when the client's validator is still right; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
            asked, tag = self.headers.get("If-None-Match"), response.headers.get("ETag")
            since, changed = self.headers.get("If-Modified-Since"), response.headers.get("Last-Modified")
            same = tag in {t.strip() for t in asked.split(",")} if asked and tag else bool(not asked and since and since == changed)
            return Response(304, b"", response.headers) if same and response.status == 200 else response

        def date_time_string(self, timestamp: float | None = None) -> str:
            return http_date(server._now()) if timestamp is None else super().date_time_string(timestamp)

        def log_message(self, format: str, *args: object) -> None:
            pass  # `requests` has them; a log line a request would drown the progress of `make run`

    return Handler


def choose_port(wanted: int, state: Path | None) -> int:
    """The port to serve on: see the module's docstring. Port 0 comes back when only the system can tell."""
    if wanted:
        return wanted
    before = json.loads(state.read_text()) if state and state.exists() else {}
    return next((port for port in (before.get("port"), PREFERRED_PORT) if port and _is_free(int(port))), 0)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def write_state(path: Path, server: DemoServer, edition: int) -> None:
    """Where the portals are, for whoever starts after them; renamed into place, so a reader never sees half a file."""
    articles = hashlib.sha256("".join(sorted(a.text for a in server._all)).encode()).hexdigest()[:16]
    state = {
        "url": server.url,
        "address": server.url.removeprefix("http://"),
        "port": int(server.url.rsplit(":", 1)[1]),
        "pid": os.getpid(),
        "edition": edition,
        "articles": articles,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(state, indent=1) + "\n")
    temporary.replace(path)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; prints the address on the first line."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.server", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 (default) finds one")
    parser.add_argument("--state", type=Path, help="JSON file to write: url, port, pid, edition")
    parser.add_argument(
        "--edition", type=int, choices=(1, 2), default=1, help="2 shows the portals some weeks later: one article edited, some new"
    )
    parser.add_argument(
        "--break", dest="breakages", action="append", default=[], metavar="NAME[:PORTAL]", help=f"any of: {', '.join(BREAKAGES)}"
    )
    asked = parser.parse_args(argv)
    try:
        breakages = [read_breakage(text) for text in asked.breakages]
        server = DemoServer(port=choose_port(asked.port, asked.state), edition=asked.edition, breakages=breakages)
    except (ValueError, OSError, OverflowError) as error:
        print(f"demo.server: {error}", file=sys.stderr)
        return 2
    if asked.state:
        write_state(asked.state, server, asked.edition)

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        threading.Thread(target=server.close).start()  # shutdown() waits for serve_forever(), which this handler interrupts

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"{server.url}/ - " + ", ".join(f"{s.id}: {server.url}{s.prefix}" for s in SITES), flush=True)
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())

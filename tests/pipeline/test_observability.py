"""What an operator's other tools get: StatsD lines, OpenLineage events, JSON log lines; each at a real receiver on loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from demo.server import DemoServer
from muctieu import tasks
from muctieu.airflow_home import airflow_environment, prepare
from muctieu.errors import UserError
from muctieu.settings import REPOSITORY, read_settings

PORTAL = "demo-lamdong"
needs_statsd = pytest.mark.skipif(find_spec("statsd") is None, reason="uv sync --extra metrics")
needs_openlineage = pytest.mark.skipif(find_spec("openlineage") is None, reason="uv sync --extra lineage")


class Udp:
    """Every StatsD line that arrives."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.lines: list[str] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._receive, daemon=True)
        self.thread.start()

    def _receive(self) -> None:
        while not self.ended.is_set():
            try:
                self.lines += self.socket.recv(65_536).decode().splitlines()
            except TimeoutError:
                continue

    def close(self) -> None:
        time.sleep(0.3)  # what was sent last
        self.ended.set()
        self.thread.join()
        self.socket.close()


@pytest.fixture
def udp() -> Iterator[Udp]:
    receiver = Udp()
    yield receiver
    if not receiver.ended.is_set():
        receiver.close()


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [n for n in os.environ if n.startswith("MUCTIEU")]:
        monkeypatch.delenv(name)
    with DemoServer() as server:
        monkeypatch.setenv("MUCTIEU_HOME", str(tmp_path / "var"))
        monkeypatch.setenv("MUCTIEU_PORTALS", str(REPOSITORY / "demo" / "portals"))
        monkeypatch.setenv("MUCTIEU_DEMO_ADDRESS", server.url.removeprefix("http://"))
        monkeypatch.setenv("MUCTIEU_ALLOW_PRIVATE_HOSTS", "1")
        yield


@needs_statsd
def test_counters_of_a_portal_are_those_of_its_run(udp: Udp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUCTIEU_STATSD", udp.address)
    run = tasks.scrape(PORTAL)
    for batch in tasks.plan_extraction():
        extracted = tasks.extract(batch)
    tasks.load("b1")
    udp.close()
    values = dict(line.split(":") for line in udp.lines)
    name = f"muctieu.portal.{PORTAL}"
    assert values[f"{name}.pages"] == f"{run['fetched']}|c" != "0|c"
    assert values[f"{name}.articles"] == f"{run['new_articles']}|c"
    assert values[f"{name}.rejected"] == f"{run['rejected']}|c"
    assert values[f"{name}.claims"] == f"{extracted['claims']}|c" != "0|c"
    assert values[f"{name}.outcome.{run['outcome']}"] == "1|c"
    assert values[f"{name}.seconds"].endswith("|ms")
    assert values["muctieu.step.load.ok"] == "1|c"


def test_a_receiver_that_is_not_there_costs_nothing_and_a_wrong_address_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUCTIEU_STATSD", "127.0.0.1:1")
    assert tasks.scrape(PORTAL, limit=1)["outcome"] == "ok"
    monkeypatch.setenv("MUCTIEU_STATSD", "8125")
    with pytest.raises(UserError, match="MUCTIEU_STATSD"):
        tasks.scrape(PORTAL, limit=1)


class Lineage(BaseHTTPRequestHandler):
    events: list[dict[str, Any]] = []  # noqa: RUF012 - one receiver a test

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).events.append({"path": self.path, **json.loads(body)})
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


RUN_ONE = """
import sys
from airflow.dag_processing.dagbag import DagBag
from muctieu.settings import REPOSITORY
dag = DagBag(str(REPOSITORY / "dags")).dags["scrape_" + sys.argv[1]]
run = dag.test()
sys.exit(str(run.state) != "success")
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@needs_statsd
@needs_openlineage
def test_a_run_of_airflow_tells_lineage_metrics_and_logs(udp: Udp) -> None:
    Lineage.events = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Lineage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["MUCTIEU_LOG"], os.environ["MUCTIEU_STATSD"] = "json", udp.address
    try:
        environment = airflow_environment(read_settings()) | {
            "MUCTIEU_HEADLESS": "1",
            "AIRFLOW__OPENLINEAGE__NAMESPACE": "muctieu",
            "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps({"type": "http", "url": f"http://127.0.0.1:{server.server_address[1]}"}),
        }
        prepare([PORTAL], environment)
        done = subprocess.run(
            [sys.executable, "-c", RUN_ONE, PORTAL], env=environment, capture_output=True, text=True, timeout=800, check=False
        )
    finally:
        del os.environ["MUCTIEU_LOG"], os.environ["MUCTIEU_STATSD"]
        server.shutdown()
        server.server_close()
    udp.close()
    assert done.returncode == 0, done.stderr[-3000:]
    told = {(e["eventType"], e["job"]["name"]) for e in Lineage.events}
    assert {("START", f"scrape_{PORTAL}.scrape"), ("COMPLETE", f"scrape_{PORTAL}.scrape")} <= told
    assert all(e["job"]["namespace"] == "muctieu" and e["run"]["runId"] for e in Lineage.events)
    announced = [e for e in Lineage.events if e["job"]["name"].endswith(".announce") and e["eventType"] == "COMPLETE"]
    assert announced
    names = {line.split(":")[0] for line in udp.lines}
    assert any(name.startswith("airflow.") for name in names)
    assert f"muctieu.portal.{PORTAL}.pages" in names
    lines = [json.loads(line) for line in (done.stdout + done.stderr).splitlines() if line.startswith("{")]
    assert any(line.get("portal_id") == PORTAL and str(line.get("run_id", "")).startswith(f"{PORTAL}-") for line in lines), [
        line for line in lines if "portal_id" in line or "cổng" in str(line)
    ][:5]


def test_the_command_line_logs_json_with_run_and_portal() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from muctieu.cli import main; main()", "backfill", "--portal", PORTAL, "--since", "2025", "--until", "2025"],
        env=os.environ | {"MUCTIEU_LOG": "json"}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (line,) = [json.loads(text) for text in done.stderr.splitlines() if '"portal_id"' in text]
    assert line["portal_id"] == PORTAL
    assert line["run_id"].startswith(f"{PORTAL}-")
    assert line["outcome"] == "ok"
    assert line["level"] == "info"
    assert line["window"] == "20250101-20251231"

"""Every `sh` block of docs/operations.md, in its order, on an installation of two demo portals. About 70 s of CPU: three dbt builds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from demo.server import DemoServer
from muctieu.settings import REPOSITORY
from warehouse.publish import content_hash

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400), pytest.mark.xdist_group("runbook")]

PORTAL = "demo-lamdong"


def blocks() -> list[str]:
    text = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    return re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An installation that has built and published once, and the variables that the document speaks of."""
    home, tools = tmp_path_factory.mktemp("runbook"), tmp_path_factory.mktemp("bin")
    program = tools / "muctieu"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from muctieu.cli import main; main()' \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    with DemoServer() as server:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "MUCTIEU"))}
        values = kept | {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "MUCTIEU_HOME": str(home / "var"),
            "MUCTIEU_PORTALS": str(REPOSITORY / "demo" / "portals"),
            "MUCTIEU_DEMO_ADDRESS": server.url.removeprefix("http://"),
            "MUCTIEU_ALLOW_PRIVATE_HOSTS": "1",
            "PORTAL": PORTAL,
            "BACKUPS": str(home / "backups"),
            "RESTORED": str(home / "restored"),
            "WARCS": str(home / "var" / "lake" / "captures" / PORTAL),
        }
        run("muctieu scrape demo-sonla && muctieu build && muctieu publish", values)
        yield values


def run(script: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_every_command_of_the_runbook_works_in_its_order(environment: dict[str, str]) -> None:
    commands = blocks()
    assert len(commands) >= 9
    for block in commands:
        run(block, environment)
    home, restored = Path(environment["MUCTIEU_HOME"]), Path(environment["RESTORED"])
    assert (restored / "published" / "current.duckdb").exists()
    assert content_hash(home / "published" / "current.duckdb"), "rolled back and published again"
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.dim_article").fetchone() != (0,)


def test_the_document_runs_what_an_operator_needs() -> None:
    commands = "\n".join(blocks())
    for word in ("backup", "restore", "rollback", "build --full-refresh", "portal check", "backfill", "import-warc", "status"):
        assert f"muctieu {word}" in commands, word

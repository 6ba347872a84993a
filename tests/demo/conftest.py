"""The five demo portals on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from asking import Ask, request

from demo.server import DemoServer

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def portals() -> Iterator[DemoServer]:
    """Edition 1 of all portals."""
    with DemoServer(now=lambda: NOW) as server:
        yield server


@pytest.fixture
def ask(portals: DemoServer) -> Ask:
    """`ask("/hanoi/…", method="GET", body=b"", **headers)`."""
    return partial(request, portals.url.removeprefix("http://"))

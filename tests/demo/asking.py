"""How a test asks a server: one plain HTTP request over a real socket."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


Ask = Callable[..., Answer]


def request(address: str, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    """The answer of `address` (host:port); header names are written with underscores."""
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request(method, path, body=body or None, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, dict(response.headers.items()), response.read())
    finally:
        connection.close()

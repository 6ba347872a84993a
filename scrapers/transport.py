"""Connections that end on time and only reach public addresses: what lies between `scrapers.fetch` and the socket.

requests and urllib3 bound single socket operations, not a request: a server that sends one byte every half second holds them
for ever (measured with requests and httpx). Here a timer shuts the socket down, whatever the code above it waits for.
Addresses are checked on the connection itself, on every hop, so a name that resolves differently the second time gains nothing.
"""

from __future__ import annotations

import functools
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

Resolver = Callable[[str, int], list[tuple[int, str]]]  # (host, port) -> [(address family, numeric address)]


class DeadlineError(Exception):
    """The time of the request is over. Not an OSError: urllib3 must not wrap it."""


class ResolveError(Exception):
    """The host name does not resolve."""


class ConnectError(Exception):
    """No address of the host accepted a connection."""


class PrivateAddressError(Exception):
    """The host name leads to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether an address is on the public Internet, also when it hides an IPv4 address (mapped, 6to4, Teredo, NAT64)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def system_resolver(host: str, port: int) -> list[tuple[int, str]]:
    """Addresses by the resolver of the system, in its order. Raises `ResolveError`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise ResolveError(f"{host}: {error}") from error
    return [(family, str(address[0])) for family, _, _, _, address in found]


class Guard:
    """The time limit of the request in progress. One request at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._due = 0.0
        self._turn = 0
        self.expired = False

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Everything inside ends within `seconds`: sockets that are watched are shut down then, and `expired` is set."""
        with self._lock:
            self._turn += 1
            self._due, self.expired = time.monotonic() + seconds, False
        timer = threading.Timer(seconds, self._expire, (self._turn,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                self._turn += 1  # a timer that fires now comes too late to hurt the next request
                for sock in self._sockets:
                    sock.close()
                self._sockets.clear()

    def remaining(self) -> float:
        """Seconds left; raises `DeadlineError` when there are none."""
        left = self._due - time.monotonic()
        if self.expired or left <= 0:
            raise DeadlineError
        return left

    def watch(self, sock: socket.socket) -> None:
        """Shut this socket down when the time is over. The guard keeps a handle of its own: a connection is closed above us
        while its response is still being read (no Content-Length), and closing a handle ends nothing."""
        with self._lock:
            own = sock.dup()
            self._sockets.append(own)
            if self.expired:
                _shut(own)

    def _expire(self, turn: int) -> None:
        with self._lock:
            if turn != self._turn:
                return
            self.expired = True
            for sock in self._sockets:
                _shut(sock)


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # closed by the other side or by urllib3 in the meantime
        sock.shutdown(socket.SHUT_RDWR)


class Gate:
    """Opens sockets for one portal: bounded name resolution, address check, connection overrides."""

    def __init__(
        self,
        *,
        connect_s: float,
        allow_private: bool,
        connect_to: Mapping[str, str] | None = None,
        resolver: Resolver = system_resolver,
    ) -> None:
        self.guard = Guard()
        self._connect_s = connect_s
        self._allow_private = allow_private
        self._connect_to = dict(connect_to or {})
        self._resolver = resolver

    def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket that the guard watches. Raises the errors of this module."""
        override = self._connect_to.get(f"{host}:{port}") or self._connect_to.get(host)
        if override:
            host, _, target = override.rpartition(":")
            port = int(target)
        failures = []
        addresses = self._resolve(host.strip("[]"), port)
        allowed = [(family, address) for family, address in addresses if self._allow_private or is_public(address)]
        if not allowed:
            raise PrivateAddressError(
                f"{host} leads to {', '.join(sorted({a for _, a in addresses})) or 'no address'}, which is not public"
            )
        for family, address in allowed:
            try:
                return self._open(socket.AddressFamily(family), address, port)
            except OSError as error:
                self.guard.remaining()
                failures.append(f"{address}:{port}: {error}")
        raise ConnectError("; ".join(failures))

    def _open(self, family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(min(self._connect_s, self.guard.remaining() + 0.05))
            sock.connect((address, port))
            peer = str(sock.getpeername()[0])
            if not self._allow_private and not is_public(peer):
                raise PrivateAddressError(f"connected to {peer}, which is not public")
        except BaseException:
            sock.close()
            raise
        return sock

    def _resolve(self, host: str, port: int) -> list[tuple[int, str]]:
        """Name resolution has no time limit of its own, so it runs beside and is left behind when it is late."""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
            return [(socket.AF_INET6 if address.version == 6 else socket.AF_INET, host)]
        except ValueError:
            pass
        answers: queue.Queue[list[tuple[int, str]] | Exception] = queue.Queue()

        def ask() -> None:
            try:
                answers.put(self._resolver(host, port))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True, name=f"resolve {host}").start()
        try:
            answer = answers.get(timeout=min(self._connect_s, self.guard.remaining() + 0.05))
        except queue.Empty:
            self.guard.remaining()
            raise ResolveError(f"{host}: no answer from the name server within {self._connect_s:g} s") from None
        if isinstance(answer, Exception):
            raise answer
        return answer


class _Guarded:
    """What plain and TLS connections share. The twin is a second handle of the socket: TLS takes the first one away."""

    host: str
    port: int
    gate: Gate
    twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        sock = self.gate.connect(self.host, self.port)
        self.twin = sock.dup()
        self.gate.guard.watch(self.twin)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.twin is not None:  # a kept-alive connection serves another request
            self.gate.guard.watch(self.twin)
        super().request(*args, **kwargs)  # type: ignore[misc]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        if self.twin is not None:
            self.twin.close()
            self.twin = None


class _PlainConnection(_Guarded, HTTPConnection):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gate = gate


class _TlsConnection(_Guarded, HTTPSConnection):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gate = gate


class _PlainPool(HTTPConnectionPool):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ConnectionCls = functools.partial(_PlainConnection, gate=gate)  # type: ignore[assignment]


class _TlsPool(HTTPSConnectionPool):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ConnectionCls = functools.partial(_TlsConnection, gate=gate)  # type: ignore[assignment]


class _Adapter(HTTPAdapter):
    """Hands the gate to the pools and our TLS context to their connections; never retries by itself."""

    def __init__(self, gate: Gate, context: ssl.SSLContext) -> None:
        self._gate, self._context = gate, context
        super().__init__(pool_connections=8, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": functools.partial(_PlainPool, gate=self._gate),
            "https": functools.partial(_TlsPool, gate=self._gate),
        }

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        where, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return where, {"ssl_context": self._context, "cert_reqs": "CERT_REQUIRED"}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Everything is in the context; requests would point urllib3 to its own bundle here."""


def tls_context(extra: Path | None, minimum: str = "1.2") -> ssl.SSLContext:
    """A context that verifies, with one more certificate: the intermediate that a portal's server forgets to send."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if minimum == "1.3" else ssl.TLSVersion.TLSv1_2
    if extra is not None:
        context.load_verify_locations(cafile=str(extra))
    return context


class _Session(requests.Session):
    """A session that leaves redirects alone: `Session.send` reads the whole body of one, without a limit, to prepare the next request."""

    def resolve_redirects(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return iter(())


def session(gate: Gate, context: ssl.SSLContext) -> requests.Session:
    """A requests session over the gate. It ignores proxies and .netrc of the environment: a proxy would connect for us, unchecked."""
    new = _Session()
    new.trust_env = False
    new.headers.clear()
    adapter = _Adapter(gate, context)
    new.mount("http://", adapter)
    new.mount("https://", adapter)
    return new

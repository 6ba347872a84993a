"""A server on loopback that misbehaves on purpose, byte by byte, over HTTP or HTTPS; and a small authority for its certificates."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    at: float

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Wire:
    """The server's side of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, every: float) -> None:
        for byte in data:
            self.sock.sendall(bytes([byte]))
            time.sleep(every)

    def hang_up(self) -> None:
        raise ConnectionAbortedError


Behaviour = Callable[[Wire, Request], None]


def answer(body: bytes | str = b"", status: int = 200, **headers: str) -> bytes:
    """A whole response. Header names are given with underscores: content_type="text/html"."""
    data = body.encode() if isinstance(body, str) else body
    lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}
    lines.update({name.replace("_", "-").title(): value for name, value in headers.items()})
    head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    return head.encode() + b"\r\n" + data


@dataclass
class FaultServer:
    """`routes` maps a path to a whole response, a behaviour, or a list of them (one a request, the last one again and again)."""

    routes: dict[str, bytes | Behaviour | list[bytes | Behaviour]]
    context: ssl.SSLContext | None = None
    bind: str = "127.0.0.1"
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> FaultServer:
        self._listener = socket.create_server((self.bind, 0))
        self.port = self._listener.getsockname()[1]
        self._stopped = False
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def address(self) -> str:
        return f"{self.bind}:{self.port}"

    def asked(self, path: str) -> int:
        return sum(r.path == path for r in self.requests)

    def _accept(self) -> None:
        while not self._stopped:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_side=True)
            with sock:
                while (request := self._read(sock)) is not None:
                    self.requests.append(request)
                    self._behave(Wire(sock), request)

    def _behave(self, wire: Wire, request: Request) -> None:
        route = self.routes.get(request.target) or self.routes.get(request.path) or answer("not here", 404)
        if isinstance(route, list):
            route = route.pop(0) if len(route) > 1 else route[0]
        if callable(route):
            route(wire, request)
        else:
            wire.send(route)

    def _read(self, sock: socket.socket) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = sock.recv(65536)
            if not piece:
                return None
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += sock.recv(65536)
        method, target, _ = first.split(" ")
        return Request(method, target, headers, body, time.monotonic())


# --- certificates ----------------------------------------------------------------------------------------------------------------


class Authority:
    """A root, an intermediate, and leaves for the names of the test portals, as PEM files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root_key, self._root = self._issue("test root", None, None, ca=True)
        self._middle_key, self._middle = self._issue("test intermediate", self._root_key, self._root, ca=True)
        self.root = self._pem("root.pem", self._root)
        self.intermediate = self._pem("intermediate.pem", self._middle)

    def server_context(self, host: str, *, expired: bool = False, chain: bool = True) -> ssl.SSLContext:
        """A server's context with a certificate for `host`; without `chain` it forgets its intermediate."""
        key, leaf = self._issue(host, self._middle_key, self._middle, expired=expired)
        name = f"{host}-{expired}-{chain}"
        certificate = self._pem(f"{name}.pem", *([leaf, self._middle] if chain else [leaf]))
        secret = self._folder / f"{name}.key"
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, secret)
        return context

    def _pem(self, name: str, *certificates: x509.Certificate) -> Path:
        path = self._folder / name
        path.write_bytes(b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates))
        return path

    def _issue(
        self,
        name: str,
        issuer_key: ec.EllipticCurvePrivateKey | None,
        issuer: x509.Certificate | None,
        *,
        ca: bool = False,
        expired: bool = False,
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=30))
            .not_valid_after(now - dt.timedelta(days=1) if expired else now + dt.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
        return key, builder.sign(issuer_key or key, hashes.SHA256())


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)

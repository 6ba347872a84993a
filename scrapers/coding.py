"""Content encodings of HTTP with a limit on what comes out: 200 KB of gzip can hold 200 MB."""

from __future__ import annotations

import zlib

import pyarrow as pa

_STEP = 1 << 20  # bytes decoded at a time; the limit is overshot by less than this


class TooLargeError(Exception):
    """The decoded body is over the limit."""


class CodingError(Exception):
    """The body is not what its Content-Encoding says, or ends too early."""


def decode_body(raw: bytes, content_encoding: str | None, limit: int) -> bytes:
    """The body without its content encodings (gzip, deflate, br, zstd; at most two on top of each other).

    Raises `TooLargeError` above `limit` bytes and `CodingError` for a broken or unterminated stream.
    """
    names = [
        n for n in (part.strip().lower() for part in (content_encoding or "").split(",")) if n not in ("", "identity", "none", "utf-8")
    ]
    if len(names) > 2:
        raise CodingError(f"{len(names)} content encodings on top of each other")
    body = raw
    for name in reversed(names):
        body = _decode(body, name, limit)
    if len(body) > limit:
        raise TooLargeError(f"more than {limit} bytes")
    return body


def _decode(raw: bytes, name: str, limit: int) -> bytes:
    if not raw:
        return raw
    if name in ("gzip", "x-gzip"):
        return _inflate(raw, zlib.MAX_WBITS | 16, limit)
    if name == "deflate":  # half of the servers mean zlib, the others raw deflate
        zlib_header = raw[0] & 0x0F == 8 and len(raw) > 1 and (raw[0] << 8 | raw[1]) % 31 == 0
        return _inflate(raw, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS, limit)
    if name in ("br", "zstd"):
        return _stream(raw, "brotli" if name == "br" else "zstd", limit)
    raise CodingError(f"unknown content encoding {name!r}")


def _inflate(raw: bytes, wbits: int, limit: int) -> bytes:
    out, size, rest = [], 0, raw
    while rest:
        inflater = zlib.decompressobj(wbits)
        while not inflater.eof:
            try:
                piece = inflater.decompress(rest, _STEP)
            except zlib.error as error:
                raise CodingError(str(error)) from error
            rest = inflater.unconsumed_tail
            size += len(piece)
            if size > limit:
                raise TooLargeError(f"decodes to more than {limit} bytes")
            out.append(piece)
            if not piece and not rest and not inflater.eof:
                raise CodingError("compressed body ends too early")
        rest = inflater.unused_data if wbits > zlib.MAX_WBITS else b""
        if rest and not rest.startswith(b"\x1f\x8b"):
            break  # padding after the last gzip member
    return b"".join(out)


def _stream(raw: bytes, codec: str, limit: int) -> bytes:
    out, size = [], 0
    try:
        with pa.CompressedInputStream(pa.BufferReader(raw), codec) as stream:
            while piece := stream.read(_STEP):
                size += len(piece)
                if size > limit:
                    raise TooLargeError(f"decodes to more than {limit} bytes")
                out.append(piece)
    except (OSError, pa.ArrowInvalid) as error:
        raise CodingError(str(error)) from error
    return b"".join(out)

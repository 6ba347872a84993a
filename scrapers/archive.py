"""WARC 1.1 archive of every response, written before anything reads it, and what reads it back.

A run appends records to a local part file, each record its own gzip member and handed to the kernel before the page is parsed, so
SIGKILL costs at most the page in flight. When the run ends the part becomes `captures/<portal>/<run_id>.warc.gz` by a rename
(or an upload, when the lake is not local). A part that a killed run left is cut after its last whole record and published the same way.

The response record that answers a capture carries one extension field, `X-Muctieu-Capture`: what was asked for and why, as JSON,
so that an archive alone is enough to parse everything again with what the listings said about each article.
"""

from __future__ import annotations

import dataclasses
import fcntl
import io
import json
import os
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from fsspec.implementations.local import LocalFileSystem
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import muctieu
from muctieu.errors import StorageError
from muctieu.lake import TEMPORARY, Lake
from muctieu.locks import LockedError, cluster_lock
from muctieu.records import stable_id
from muctieu.settings import read_settings
from scrapers.coding import CodingError, TooLargeError, decode_body
from scrapers.fetch import Exchange
from scrapers.page import ListedLink, NextPage, Page

NOTE = "X-Muctieu-Capture"
STEP = "X-Muctieu-Step"  # on responses that led to the one with the note: redirects and attempts that failed
LIMIT = 200_000_000  # decoded bytes of one archived page; foreign archives may hold anything
_PROFILE_304 = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


class PortalBusyError(Exception):
    """Another process is scraping this portal into this lake."""


class ArchiveError(Exception):
    """A record that cannot be read back; the message names file and offset."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the archive must know of a capture besides the response itself."""

    capture_id: str
    role: str  # as Capture.role
    outcome: str  # as Capture.outcome
    request: NextPage
    final_url: str
    fetched_at: datetime
    elapsed_s: float
    listed: ListedLink | None = None  # what the listing said about the article
    listed_basis: str = "unknown"  # listing | feed | url | unknown: where that came from
    source: str | None = None  # URL of the listing source of the registry that led here

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=datetime.isoformat, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Note:
        raw = json.loads(text)
        request, listed = raw["request"], raw["listed"]
        pairs = {key: tuple((str(a), str(b)) for a, b in request[key]) for key in ("form", "headers")}
        if listed and listed["published_at"]:
            listed["published_at"] = datetime.fromisoformat(listed["published_at"])
        return cls(
            **{
                **raw,
                "request": NextPage(**{**request, **pairs}),
                "listed": ListedLink(**listed) if listed else None,
                "fetched_at": datetime.fromisoformat(raw["fetched_at"]),
            }
        )


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One capture read back."""

    note: Note | None  # None in archives that others made
    page: Page
    warc_path: str
    offset: int


# --- writing ---------------------------------------------------------------------------------------------------------------------


class ArchiveWriter:
    """The archive of one run. `finish` publishes it; until then it is a part file that `recover` knows what to do with."""

    def __init__(self, lake: Lake, portal_id: str, run_id: str, spool: Path) -> None:
        self._lake, self._portal_id, self._run_id = lake, portal_id, run_id
        self.path = archive_path(portal_id, run_id)
        self._part = spool / part_name(run_id)
        self._file: IO[bytes] | None = None
        self._size = 0

    def write(self, exchanges: Sequence[Exchange], note: Note) -> tuple[str, int] | None:
        """Archive the responses of one fetch; returns path and offset of the one that answered it, None without a response."""
        offset = None
        for exchange in exchanges:
            last = exchange is exchanges[-1]
            offset = self._append(pack(exchange, note if last else None))
        return None if offset is None else (self.path, offset)

    def write_packed(self, records: bytes) -> tuple[str, int]:
        """Archive what `pack` made, perhaps in another process; returns path and offset of the response."""
        return self.path, self._append(records)

    def finish(self) -> str | None:
        """Publish the archive; None when nothing was captured."""
        if self._file is None:
            return None
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        self._lake.take(self._part, self.path)
        return self.path

    def discard(self) -> None:
        """Forget what was written: a run that turned out to bring nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._part.unlink()

    def _append(self, data: bytes) -> int:
        try:
            if self._file is None:
                self._part.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._part.open("xb", buffering=0)
                self._put(_warcinfo(self._portal_id, self._run_id, self.path))
            offset = self._size
            self._put(data)
        except OSError as error:
            if self._file is not None:  # half a record would make everything after it unreadable
                os.ftruncate(self._file.fileno(), self._size)
            raise StorageError(f"không ghi được kho lưu trữ {self._part}: {error}; những gì đã lưu sẽ được đọc ở lượt sau") from error
        return offset

    def _put(self, data: bytes) -> None:
        assert self._file is not None
        rest = memoryview(data)
        while rest:  # a raw file may write less than it is given
            rest = rest[self._file.write(rest) :]
        self._size += len(data)


def archive_path(portal_id: str, run_id: str) -> str:
    return f"captures/{portal_id}/{run_id}.warc.gz"


def part_name(run_id: str) -> str:
    return f"{TEMPORARY}{run_id}.warc.gz"


def pack(exchange: Exchange, note: Note | None) -> bytes:
    """The response and request records of one exchange, each one gzip member; the response first, because it is what must not be lost."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    fields = {"WARC-Date": _warc_date(exchange.at)}
    extra = {NOTE: note.to_json()} if note else {STEP: "1"}
    http = StatusAndHeaders(f"{exchange.status} {exchange.reason}".strip(), _stored_headers(exchange), protocol="HTTP/1.1")
    kind = "response"
    if exchange.status == 304:
        kind = "revisit"
        extra["WARC-Profile"] = _PROFILE_304
    response = writer.create_warc_record(
        exchange.url,
        kind,
        payload=io.BytesIO(exchange.payload),
        length=len(exchange.payload),
        http_headers=http,
        warc_headers_dict={**fields, **extra},
    )
    line = f"{exchange.method} {_path_of(exchange.url)} HTTP/1.1"
    asked = StatusAndHeaders(line, [("Host", _host_of(exchange.url)), *exchange.request_headers], is_http_request=True)
    request = writer.create_warc_record(
        exchange.url,
        "request",
        payload=io.BytesIO(exchange.request_body),
        length=len(exchange.request_body),
        http_headers=asked,
        warc_headers_dict=fields,
    )
    request.rec_headers.add_header("WARC-Concurrent-To", response.rec_headers.get_header("WARC-Record-ID"))
    writer.write_record(response)
    end = out.tell()
    writer.write_record(request)
    return _member(out.getvalue()[:end]) + _member(out.getvalue()[end:])


def _member(record: bytes) -> bytes:
    """One record as one gzip member. warcio compresses at level 9, which takes twice the time of 6 for 1 % of the size."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return compressor.compress(record) + compressor.flush()


def _stored_headers(exchange: Exchange) -> list[tuple[str, str]]:
    """The headers as they came, but the payload is stored without chunks: the length is that of the block, the old header is kept aside."""
    stored = []
    chunked = any(k.lower() == "transfer-encoding" for k, _ in exchange.headers)
    for name, value in exchange.headers:
        clean = value.replace("\r", " ").replace("\n", " ")
        if name.lower() == "transfer-encoding":
            stored.append(("X-Archive-Orig-Transfer-Encoding", clean))
        elif not (name.lower() == "content-length" and chunked):
            stored.append((name, clean))
    if chunked:
        stored.append(("Content-Length", str(len(exchange.payload))))
    return stored


def _warcinfo(portal_id: str, run_id: str, path: str) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    info = {
        "software": f"muctieu/{muctieu.__version__} (requests, warcio)",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": f"{portal_id}; {run_id}",
        "robots": "obey",
    }
    writer.write_record(writer.create_warcinfo_record(path.rpartition("/")[2], info))
    return out.getvalue()


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _path_of(url: str) -> str:
    rest = url.split("://", 1)[-1]
    at = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=-1)
    return "/" if at < 0 else rest[at:] if rest[at] == "/" else "/" + rest[at:]


def _host_of(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0]


# --- what a killed run left ------------------------------------------------------------------------------------------------------


def spool_folder(lake: Lake, portal_id: str) -> Path:
    """Where part files of a portal are: beside the archive in a local lake, else on the disk of this machine."""
    if isinstance(lake.fs, LocalFileSystem):
        return Path(lake.full(f"captures/{portal_id}"))
    return Path(tempfile.gettempdir()) / "muctieu-spool" / stable_id(lake.root) / portal_id


@contextmanager
def portal_lock(lake: Lake, portal_id: str) -> Iterator[Path]:
    """At most one run of a portal at a time: on this machine by a file that the kernel unlocks when the process dies, and among all
    machines that share a remote lake by PostgreSQL (MUCTIEU_LOCKS). Gives the folder of part files.

    Raises `PortalBusyError`.
    """
    spool = spool_folder(lake, portal_id)
    spool.mkdir(parents=True, exist_ok=True)
    remote = not isinstance(lake.fs, LocalFileSystem)
    with (spool / f"{TEMPORARY}lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PortalBusyError(
                f"cổng {portal_id} đang được một lượt chạy khác đọc hoặc ghi (khóa {handle.name}); chờ lượt đó xong hoặc dừng nó"
            ) from error
        with ExitStack() as stack:
            try:
                stack.enter_context(cluster_lock(read_settings().locks if remote else "", f"portal {portal_id} {lake.root}"))
            except LockedError as error:
                raise PortalBusyError(f"cổng {portal_id} đang được một máy khác đọc hoặc ghi: {error}") from error
            yield spool


def recover(lake: Lake, portal_id: str, spool: Path) -> list[str]:
    """Publish the parts that killed runs left, cut after their last whole record; returns the run ids. The caller holds the lock."""
    found = []
    for part in sorted(spool.glob(f"{TEMPORARY}*.warc.gz")):
        run_id = part.name.removeprefix(TEMPORARY).removesuffix(".warc.gz")
        whole = _whole_members(part)
        if whole == 0:
            part.unlink()  # killed while the first record was being written
            continue
        os.truncate(part, whole)
        lake.take(part, archive_path(portal_id, run_id))
        found.append(run_id)
    return found


def _whole_members(part: Path) -> int:
    """Size in bytes of the whole gzip members at the start of a file."""
    end = read = 0
    with part.open("rb") as file:
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        rest = b""
        while chunk := rest or file.read(1 << 20):
            if not rest:
                read += len(chunk)
            try:
                inflater.decompress(chunk)
            except zlib.error:
                return end
            rest = b""
            if inflater.eof:
                rest = inflater.unused_data
                end = read - len(rest)
                inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return end


# --- reading ---------------------------------------------------------------------------------------------------------------------


def iter_pages(lake: Lake, warc_path: str, *, legacy: str | None = None) -> Iterator[ArchivedPage]:
    """The captures of one archive file in order: response records with a note, or every HTTP response when others made the file."""
    with lake.fs.open(lake.full(warc_path), "rb") as file:
        yield from read_pages(file, warc_path, legacy=legacy)


def read_pages(file: IO[bytes], name: str, *, legacy: str | None = None) -> Iterator[ArchivedPage]:
    """`iter_pages` of an open file."""
    records = ArchiveIterator(file)
    for record in records:
        if record.rec_type not in ("response", "revisit") or record.http_headers is None:
            continue
        note = _note(record, name)
        if note is None and record.rec_headers.get_header(STEP):
            continue
        try:
            body = _body(record)
        except (CodingError, TooLargeError) as error:
            if note is None:
                continue
            raise ArchiveError(f"{name} at {records.get_record_offset()}: {error}") from error
        yield ArchivedPage(note, _page(record, note, body, legacy), name, records.get_record_offset())


def read_page(lake: Lake, warc_path: str, offset: int, *, legacy: str | None = None) -> ArchivedPage:
    """One capture by its place. Raises `ArchiveError` when there is no response record."""
    with lake.fs.open(lake.full(warc_path), "rb") as file:
        file.seek(offset)
        for page in read_pages(file, warc_path, legacy=legacy):
            return dataclasses.replace(page, offset=offset)
    raise ArchiveError(f"{warc_path} at {offset}: no response record")


def _note(record: Any, name: str) -> Note | None:
    text = record.rec_headers.get_header(NOTE)
    if not text:
        return None
    try:
        return Note.from_json(text)
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"{name}: note of {record.rec_headers.get_header('WARC-Record-ID')} is not readable: {error}") from error


def _body(record: Any) -> bytes:
    stream = record.raw_stream
    if (record.http_headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        stream = ChunkedDataReader(stream, decomp_type=None)  # archives of wget keep the chunks
    raw = stream.read(LIMIT + 1)
    return decode_body(raw, record.http_headers.get_header("Content-Encoding"), LIMIT)


def _page(record: Any, note: Note | None, body: bytes, legacy: str | None) -> Page:
    target = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date").replace("Z", "+00:00"))
    return Page(
        url=note.request.url if note else target,
        final_url=note.final_url if note else target,
        body=body,
        headers={k.lower(): v for k, v in record.http_headers.headers},
        fetched_at=note.fetched_at if note else at,
        status=int(record.http_headers.get_statuscode() or 0),
        legacy=legacy,
        request=note.request if note else None,
    )


# --- archives of others ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ForeignResponse:
    """One HTTP response of a WARC file that somebody else made; `payload` is content-encoded, without chunks."""

    url: str
    at: datetime
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes

    @property
    def headers_by_name(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers}


def foreign_responses(file: Path, unreadable: list[str]) -> Iterator[ForeignResponse]:
    """The responses of a WARC file, plain or gzipped; a revisit record brings the payload that it refers to.

    Records that cannot be read are described in `unreadable` and passed over. Raises `ArchiveError` when the file is no WARC.
    """
    seen: dict[str, int] = {}  # payload digest, and URL, -> offset of the response that has it
    with file.open("rb") as stream:
        records = ArchiveIterator(stream)
        count = 0
        response: ForeignResponse | None
        while True:
            try:
                record = next(records)
            except StopIteration:
                if not count and file.stat().st_size:
                    raise ArchiveError(f"{file} không phải tệp WARC: không có bản ghi nào") from None
                break
            except Exception as error:  # warcio raises ArchiveLoadFailed, zlib.error, ValueError, EOFError ... for what is not WARC
                if not count:
                    raise ArchiveError(f"{file} không phải tệp WARC: {error}") from error
                unreadable.append(f"{file.name}, sau bản ghi {count}: {error}")
                break
            count += 1
            if record.rec_type not in ("response", "revisit") or record.http_headers is None:
                continue
            try:
                response = _foreign(record)
                offset = records.get_record_offset()  # only now: asking reads the record to its end
                if record.rec_type == "revisit":
                    response = _resolve(file, record, response, seen)
                else:
                    _remember_offset(seen, record, offset)
            except (ArchiveError, CodingError, ValueError, KeyError, EOFError, zlib.error) as error:
                unreadable.append(f"{file.name}, bản ghi {count}: {error}")
                continue
            if response is not None:
                yield response


def _foreign(record: Any) -> ForeignResponse:
    stream = record.raw_stream
    if (record.http_headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        stream = ChunkedDataReader(stream, decomp_type=None)
    payload = stream.read(LIMIT + 1)
    if len(payload) > LIMIT:
        raise ArchiveError(f"trang lớn hơn {LIMIT} byte")
    status, _, reason = (record.http_headers.statusline or "").partition(" ")
    headers = tuple((n, v) for n, v in record.http_headers.headers if n.lower() not in ("transfer-encoding", "content-length"))
    return ForeignResponse(
        url=record.rec_headers.get_header("WARC-Target-URI").strip("<>"),
        at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date").replace("Z", "+00:00")).astimezone(UTC),
        status=int(status),
        reason=reason,
        headers=(*headers, ("Content-Length", str(len(payload)))),
        payload=payload,
    )


def _remember_offset(seen: dict[str, int], record: Any, offset: int) -> None:
    if digest := record.rec_headers.get_header("WARC-Payload-Digest"):
        seen[digest] = offset
    seen[record.rec_headers.get_header("WARC-Target-URI").strip("<>")] = offset


def _resolve(file: Path, record: Any, response: ForeignResponse, seen: dict[str, int]) -> ForeignResponse | None:
    """The response that a revisit stands for: its own headers and time, the payload of the record that it refers to."""
    if response.status == 304:
        return None  # the server said that nothing changed: nothing to read
    headers = record.rec_headers
    wanted = (headers.get_header("WARC-Payload-Digest"), headers.get_header("WARC-Refers-To-Target-URI"), response.url)
    offset = next((seen[w.strip("<>")] for w in wanted if w and w.strip("<>") in seen), None)
    if offset is None:
        raise ArchiveError(f"bản ghi revisit của {response.url} trỏ tới một bản ghi không có trong tệp này")
    with file.open("rb") as stream:
        stream.seek(offset)
        original = _foreign(next(ArchiveIterator(stream)))
    return dataclasses.replace(response, payload=original.payload, headers=original.headers)

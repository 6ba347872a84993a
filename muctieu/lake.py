"""The lake: a folder or any fsspec URL that scraping and extraction workers share.

A file appears complete or not at all, and no file is ever changed after that, so any step can be killed and run again: in an object
store an object is there once its upload has ended; elsewhere it is written under a temporary name and renamed.
"""

from __future__ import annotations

import io
import posixpath
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from muctieu.errors import UserError
from muctieu.records import arrow_schema, to_table

TEMPORARY = ".part-"
OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss"})  # fsspec protocols where an upload is one act
# s3fs waits 0.1, 0.17, 0.29 … and at most 15 seconds between tries: together two minutes, so that a store that refuses for a minute
# costs a minute and not the run
S3_TRIES = 16


class Lake:
    """Whole-file reads and writes under one root. Paths are relative, with forward slashes."""

    def __init__(self, root: str) -> None:
        self.fs, self.root = _open(root)
        protocols = (self.fs.protocol,) if isinstance(self.fs.protocol, str) else self.fs.protocol
        self._is_object_store = not OBJECT_STORES.isdisjoint(protocols)

    def full(self, path: str) -> str:
        """The path as the file system of the lake knows it."""
        return posixpath.join(self.root, path)

    def exists(self, path: str) -> bool:
        return bool(self.fs.exists(self.full(path)))

    def read(self, path: str) -> bytes:
        return bytes(self.fs.cat_file(self.full(path)))

    def write(self, path: str, data: bytes) -> None:
        """Write a whole file; readers see all of it or nothing."""
        final = self.full(path)
        if self._is_object_store:
            self.fs.pipe_file(final, data)
            return
        temporary = posixpath.join(posixpath.dirname(final), f"{TEMPORARY}{uuid.uuid4().hex}-{posixpath.basename(final)}")
        self.fs.makedirs(posixpath.dirname(final), exist_ok=True)
        try:
            self.fs.pipe_file(temporary, data)
            self.fs.mv(temporary, final)
        except BaseException:
            with suppress(OSError):  # a full disk must not stay full of what nobody will read
                self.fs.rm_file(temporary)
            raise

    def take(self, part: Path, path: str) -> None:
        """Move a finished file of this machine into the lake; readers see all of it or nothing."""
        final = self.full(path)
        if isinstance(self.fs, LocalFileSystem):
            Path(final).parent.mkdir(parents=True, exist_ok=True)
            part.replace(final)
            return
        if self._is_object_store:
            self.fs.put_file(str(part), final)
        else:
            temporary = f"{posixpath.dirname(final)}/{TEMPORARY}{uuid.uuid4().hex}"
            self.fs.makedirs(posixpath.dirname(final), exist_ok=True)
            self.fs.put_file(str(part), temporary)
            self.fs.mv(temporary, final)
        part.unlink()

    def list(self, folder: str, suffix: str) -> list[str]:
        """Relative paths of the finished files under a folder, sorted; leftovers of killed writers are not among them."""
        base = self.full(folder)
        if not self.fs.exists(base):
            return []
        prefix = self.root.rstrip("/") + "/"
        found = (p[len(prefix) :] if p.startswith(prefix) else p for p in self.fs.find(base))
        return sorted(p for p in found if p.endswith(suffix) and not posixpath.basename(p).startswith(TEMPORARY))

    def write_rows(self, path: str, record: type, rows: Sequence[Any]) -> None:
        """Rows of one record class as one Parquet file."""
        sink = io.BytesIO()
        pq.write_table(to_table(record, rows), sink, compression="zstd")
        self.write(path, sink.getvalue())

    def read_table(self, path: str, record: type, columns: Sequence[str] | None = None) -> pa.Table:
        """One Parquet file with the schema of its record class; columns that an older writer did not know come back null."""
        table = pq.read_table(io.BytesIO(self.read(path)))
        schema = arrow_schema(record)
        wanted = [schema.field(c) for c in (columns or schema.names)]
        arrays = [table[f.name].cast(f.type) if f.name in table.column_names else pa.nulls(len(table), f.type) for f in wanted]
        return pa.Table.from_arrays(arrays, names=[f.name for f in wanted])

    def read_rows(self, path: str, record: type) -> Iterator[Any]:
        """The rows of one Parquet file as records."""
        for row in self.read_table(path, record).to_pylist():
            yield record(**row)


def _open(root: str) -> tuple[Any, str]:
    """The file system of the lake, without a cache of listings: other machines write into it, too."""
    if "://" not in root:
        return fsspec.core.url_to_fs(root)  # type: ignore[no-any-return]
    if not root.startswith(("s3://", "s3a://")):
        return fsspec.core.url_to_fs(root, use_listings_cache=False)  # type: ignore[no-any-return]
    try:
        import s3fs.core
    except ImportError as error:
        raise UserError(f"hồ dữ liệu {root} cần gói s3fs: cài nhóm `scale` (uv sync --extra scale)") from error
    s3fs.core.set_custom_error_handler(_is_passing)
    # one layer tries again, ours: botocore's own tries would multiply the waits
    fs, path = fsspec.core.url_to_fs(root, use_listings_cache=False, config_kwargs={"retries": {"total_max_attempts": 1}})
    fs.retries = S3_TRIES
    return fs, path


def _is_passing(error: Exception) -> bool:
    """Whether a store that answered so may be well again in a moment: it is restarting, or says 5xx. Not a wrong key, not a full quota."""
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

    if isinstance(error, ClientError):
        return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) in (500, 502, 503, 504)
    return isinstance(error, ConnectionError | HTTPClientError)

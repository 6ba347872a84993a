"""The lake: a folder or any fsspec URL that scraping and extraction workers share.

A file appears complete or not at all (written under a temporary name, then renamed), and no file is ever
changed after that, so any step can be killed and run again.
"""

from __future__ import annotations

import io
import posixpath
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from muctieu.records import arrow_schema, to_table

TEMPORARY = ".part-"


class Lake:
    """Whole-file reads and writes under one root. Paths are relative, with forward slashes."""

    def __init__(self, root: str) -> None:
        self.fs, self.root = fsspec.core.url_to_fs(root)

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
        temporary = posixpath.join(posixpath.dirname(final), f"{TEMPORARY}{uuid.uuid4().hex}-{posixpath.basename(final)}")
        self.fs.makedirs(posixpath.dirname(final), exist_ok=True)
        try:
            self.fs.pipe_file(temporary, data)
            self.fs.mv(temporary, final)
        except BaseException:
            with suppress(OSError):  # a full disk must not stay full of what nobody will read
                self.fs.rm_file(temporary)
            raise

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

"""A copy of an installation from which it can be had again, made while runs go on, and the way back.

    TARGET/lake/…                  files of the lake that never change, each copied once, whatever backup needs it
    TARGET/<stamp>/lake/…          files of the lake that do (state, outbox, incidents, ledger of backfills)
    TARGET/<stamp>/warehouse.duckdb, release-….duckdb, airflow.db
    TARGET/<stamp>/manifest.json   every file with its size and SHA-256; written last: a folder without it is no backup

The warehouse comes first and the lake after it, so whatever the copy of the warehouse has loaded is in the copy of the lake; and in the
lake what ends a step (`runs/`, `extractions/`) is listed before what it speaks of, so no run is there without its articles. A step that
ends meanwhile is in the next backup; the restored installation loads, or reads again, what its warehouse does not know.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

import muctieu
from muctieu.errors import UserError
from muctieu.lake import Lake
from muctieu.settings import Settings
from warehouse.publish import content_hash, current_release, rollback
from warehouse.schema import current_version

MANIFEST = "manifest.json"
ENDINGS = ("runs", "extractions")  # what is written last by a step of scraping and of extraction
READINGS = ("claims", "milestones", "citations", "unexplained", "extractions")
UNCHANGING = ("captures", "capture_index", "articles", "rejected", "runs", *READINGS, "audits")
BUSY_RETRY_S = 0.5


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup, as its manifest tells."""

    stamp: str
    made_at: datetime
    version: str  # of muctieu
    schema_version: int  # of raw and ops; 0 without a warehouse
    content_hash: str | None  # of the release that was current
    files: dict[str, tuple[int, str]]  # path in the target -> size, SHA-256
    copied: int = 0  # files that this backup had to copy
    seconds: float = 0.0


def backup(
    settings: Settings,
    target: str,
    *,
    now: datetime | None = None,
    wait_s: float = 3600.0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Backup:
    """Copy the installation into a folder or fsspec URL.

    Raises `UserError` for a warehouse that is no file (docs/operations.md says what to do for DuckLake), and when somebody holds the
    warehouse longer than `wait_s`.
    """
    if not isinstance(settings.warehouse, Path):
        raise UserError("kho này ở DuckLake: sao lưu PostgreSQL bằng pg_dump và bật phiên bản ở kho đối tượng; xem docs/operations.md")
    began = time.monotonic()
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    store, lake = Lake(target), Lake(settings.lake)
    stamp = f"{moment:%Y%m%dT%H%M%SZ}"
    if store.exists(f"{stamp}/{MANIFEST}"):
        raise UserError(f"đã có bản sao lưu {stamp} trong {target}")
    earlier = backups(target)
    known = earlier[-1].files if earlier else {}
    files: dict[str, tuple[int, str]] = {}
    with tempfile.TemporaryDirectory(prefix="muctieu-backup-") as scratch:
        taken = Path(scratch)
        schema_version = _take_warehouse(settings.warehouse, taken / "warehouse.duckdb", wait_s)
        digest = _take_release(settings, taken)
        _take_airflow(settings.home / "airflow" / "airflow.db", taken / "airflow.db")
        for file in sorted(taken.iterdir()):
            store.fs.makedirs(store.full(stamp), exist_ok=True)
            store.fs.put_file(str(file), store.full(f"{stamp}/{file.name}"))
            files[f"{stamp}/{file.name}"] = (file.stat().st_size, _sha256(file))
    listed = lake_files(lake)
    copied = 0
    for done, path in enumerate(listed, 1):
        place = f"lake/{path}" if _unchanging(path) else f"{stamp}/lake/{path}"
        if place in known and store.exists(place):
            files[place] = known[place]
        else:
            try:
                data = lake.read(path)
            except FileNotFoundError:
                continue  # a state that a run replaced, a message that was sent: the next one is there or nothing waits
            store.write(place, data)
            files[place] = (len(data), hashlib.sha256(data).hexdigest())
            copied += 1
        on_progress(done, len(listed))
    row = {"made_at": moment.isoformat(), "version": muctieu.__version__, "schema_version": schema_version, "content_hash": digest}
    store.write(f"{stamp}/{MANIFEST}", json.dumps(row | {"files": files}, ensure_ascii=False).encode())
    return Backup(stamp, moment, muctieu.__version__, schema_version, digest, files, copied, time.monotonic() - began)


def lake_files(lake: Lake) -> list[str]:
    """The files of the lake; what ends a step first, so that nothing that it speaks of can be missing."""
    first = [path for folder in ENDINGS for path in lake.list(folder, "")]
    known = set(first)
    return first + [path for path in lake.list("", "") if path not in known]


def backups(target: str) -> list[Backup]:
    """The complete backups in a target, oldest first."""
    store = Lake(target)
    found = []
    for path in store.list("", f"/{MANIFEST}"):
        row: dict[str, Any] = json.loads(store.read(path))
        files = {name: (int(size), str(digest)) for name, (size, digest) in row["files"].items()}
        made_at = datetime.fromisoformat(row["made_at"])
        found.append(Backup(path.split("/")[0], made_at, row["version"], row["schema_version"], row["content_hash"], files))
    return sorted(found, key=lambda b: b.stamp)


def restore(settings: Settings, target: str, stamp: str | None = None) -> Backup:
    """Bring an installation back into an empty place; the newest backup, or the one that is named.

    Every file is compared with its SHA-256 before it takes its name, and the release with its content hash. Raises `UserError` when
    there is no such backup, when something is there already, and when a file is not what it was.
    """
    store, lake = Lake(target), Lake(settings.lake)
    known = backups(target)
    chosen = [b for b in known if stamp in (None, b.stamp)]
    if not chosen:
        raise UserError(f"{target} không có bản sao lưu {stamp or ''}; các bản: {', '.join(b.stamp for b in known) or 'không có'}")
    found = chosen[-1]
    if not isinstance(settings.warehouse, Path):
        raise UserError("khôi phục vào DuckLake thì dùng pg_restore; xem docs/operations.md")
    if settings.warehouse.exists() or lake.list("", ""):
        raise UserError(
            f"{settings.warehouse} hoặc {settings.lake} đã có dữ liệu; đặt MUCTIEU_HOME vào một thư mục trống, hoặc dời chúng đi"
        )
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    settings.published.mkdir(parents=True, exist_ok=True)
    for place, (size, digest) in found.files.items():
        name = place.removeprefix(f"{found.stamp}/")
        whole = (
            _put_back_lake(store, lake, place, name, digest)
            if name.startswith("lake/")
            else _put_back(store, settings, place, name, digest)
        )
        if not whole:
            raise UserError(
                f"{target}/{place} không còn như khi sao lưu ({size} byte); bản {found.stamp} không dùng được, hãy chọn bản khác"
            )
    release = next((name.rpartition("/")[2] for name in found.files if "/release-" in name), None)
    if release is not None:
        rollback(settings, to=release.removesuffix(".duckdb"))
        if content_hash(settings.current) != found.content_hash:
            raise UserError(f"bản đã công bố trong {found.stamp} không có nội dung như khi sao lưu")
    return found


def prune(target: str, keep: int) -> list[str]:
    """Remove backups beyond the newest `keep`, and files of the lake that none of the others needs; returns their stamps."""
    store = Lake(target)
    known = backups(target)
    old, kept = known[:-keep], known[-keep:]
    needed = {name for b in kept for name in b.files}
    for each in old:
        store.fs.rm(store.full(each.stamp), recursive=True)
    if old:
        for path in store.list("lake", ""):
            if path not in needed:
                store.fs.rm_file(store.full(path))
    return [b.stamp for b in old]


def _put_back_lake(store: Lake, lake: Lake, place: str, name: str, digest: str) -> bool:
    data = store.read(place)
    if hashlib.sha256(data).hexdigest() != digest:
        return False
    lake.write(name.removeprefix("lake/"), data)
    return True


def _put_back(store: Lake, settings: Settings, place: str, name: str, digest: str) -> bool:
    """A file beside the lake, which may be larger than memory."""
    assert isinstance(settings.warehouse, Path)
    special = {"warehouse.duckdb": settings.warehouse, "airflow.db": settings.home / "airflow" / "airflow.db"}
    final = special.get(name, settings.published / name)
    final.parent.mkdir(parents=True, exist_ok=True)
    part = final.with_name(f".{final.name}.part")
    store.fs.get_file(store.full(place), str(part))
    if _sha256(part) != digest:
        part.unlink()
        return False
    part.replace(final)
    return True


def _take_warehouse(warehouse: Path, copy: Path, wait_s: float) -> int:
    """Copy the file while nobody can write it; returns the version of its schema, 0 when there is none."""
    if not warehouse.exists():
        return 0
    with _held(warehouse, wait_s) as connection:
        connection.execute("checkpoint")  # the write-ahead log is a file of its own, and a copy without it would lack its rows
        version = current_version(connection)
        shutil.copyfile(warehouse, copy)
    return version


@contextmanager
def _held(warehouse: Path, wait_s: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """The writer's connection: as long as it is open, no task can open the file. Waits for the task that has it."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            connection = duckdb.connect(str(warehouse))
            break
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() > deadline:
                raise UserError(f"{warehouse} bận quá {wait_s:.0f} giây: {error}") from error
            time.sleep(BUSY_RETRY_S)
    with closing(connection):
        yield connection


def _take_release(settings: Settings, folder: Path) -> str | None:
    release = current_release(settings)
    if release is None:
        return None
    shutil.copyfile(release, folder / release.name)
    return content_hash(folder / release.name)


def _take_airflow(database: Path, copy: Path) -> None:
    """Airflow's own SQLite file, if that is where it keeps its runs; sqlite copies it whole while others write."""
    if not database.is_file():
        return
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source, closing(sqlite3.connect(copy)) as into:
        source.backup(into)


def _unchanging(path: str) -> bool:
    return path.split("/")[0] in UNCHANGING


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Write, audit, publish: the marts and the views for people as a new read-only DuckDB file that takes the public name by one rename.

Beside it the same rows as Parquet, behind a link, for clients that pool their connections (warehouse/serve.py). What is in a file, and
how one is made from the one before, is in warehouse/releases.py.

Readers who have the old file open keep it (a rename does not touch what they hold); whoever opens the name after the rename
reads the new one. The writer's own file is never given to a reader: it holds a lock, and a copy of it without a checkpoint
loses the rows of its write-ahead log without a word (5,000 of 606,000 rows in a measured case).
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from muctieu.settings import DuckLake, Settings
from warehouse import serve
from warehouse.engine import exists
from warehouse.releases import MARTS, ReleaseError, Written, note_published, release_to_start_from, why_whole, write_increment, write_whole
from warehouse.sums import digest, table_hash

log = logging.getLogger(__name__)
RELEASES_KEPT = 7
RELEASE = re.compile(r"release-(\d{8}T\d{6}\d{6}Z)\.duckdb")


class PublishError(RuntimeError):
    """Nothing was published; what readers see is what they saw before."""


@dataclass(frozen=True, slots=True)
class PublishResult:
    """One release."""

    path: Path  # the release itself; `current.duckdb` is the same file
    current: Path
    serve: Path  # views over the Parquet files of the release
    rows: dict[str, int]  # table or view -> rows
    content_hash: str
    published_at: datetime
    removed: tuple[Path, ...]  # releases that were older than the last seven
    whole: str = ""  # why everything was written anew; empty when the release is the one before with what has changed


def publish(settings: Settings, *, allowed: bool, reason: str = "", now: datetime | None = None) -> PublishResult:
    """Publish the marts of the warehouse, when the audit allows it.

    Raises PublishError when `allowed` is False (with the audit's `reason`), when there are no marts, or when a row got lost on
    the way; readers keep what they have.
    """
    if not allowed:
        raise PublishError(f"the audit does not allow it: {reason or 'a critical check failed'}")
    moment = now or datetime.now(UTC)
    settings.published.mkdir(parents=True, exist_ok=True)
    release = _release_at(settings.published, moment)
    while release.exists():  # a clock that was put back: no release takes the place of another
        moment += timedelta(microseconds=1)
        release = _release_at(settings.published, moment)
    part = release.with_suffix(".part")
    _remove_leftovers(settings.published)
    if not exists(settings.warehouse):
        raise PublishError(f"there is no warehouse at {settings.warehouse}; run a build first")
    base, why = _base(settings)
    log.info("release %s: %s", release.name, f"whole: {why}" if base is None else f"{base.name} with what has changed")
    try:
        written = write_increment(settings.warehouse, part, base, moment) if base else write_whole(settings.warehouse, part, moment)
        # first the folder: a release file always has one, and a folder without its file is rubbish of a killed publish
        serve.write_release_folder(part, folder_of(release), settings.public_folder, _parquet_base(base, written))
        part.replace(release)
    except (ReleaseError, serve.ServeError) as error:
        raise PublishError(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
        Path(f"{part}.wal").unlink(missing_ok=True)
    _switch(settings, release)
    _note(settings, release, written)
    return PublishResult(
        release, settings.current, settings.serve, written.rows, written.content_hash, moment, tuple(_prune(settings)), why
    )


def _release_at(folder: Path, moment: datetime) -> Path:
    return folder / f"release-{moment.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.duckdb"


def _base(settings: Settings) -> tuple[Path | None, str]:
    """The release that the next one is a copy of, with what has changed; or none, and why it must be made whole."""
    if isinstance(settings.warehouse, DuckLake):
        return None, "rows of DuckLake are not known by group"
    name, why = release_to_start_from(settings.warehouse)
    if name is None:
        return None, why
    base = settings.published / name
    if not base.is_file() or not folder_of(base).is_dir():
        return None, f"{name}, to which the builds since have added, is gone"
    why = why_whole(settings.warehouse, base)
    return (None, why) if why else (base, "")


def _parquet_base(base: Path | None, written: Written) -> serve.Base | None:
    return serve.Base(folder_of(base), written.unchanged) if base else None


def _note(settings: Settings, release: Path, written: Written) -> None:
    """Let the next release start from this one. It comes last: killed before, the next one starts from the release before this, to
    which the builds have added all that they have added to this one."""
    if isinstance(settings.warehouse, DuckLake):
        return
    connection = duckdb.connect(str(settings.warehouse))
    try:
        if connection.execute("select 1 from duckdb_tables() where schema_name = 'ops' and table_name = 'published_release'").fetchone():
            note_published(connection, release.name, written)
    finally:
        connection.close()


def rollback(settings: Settings, to: str | None = None) -> Path:
    """Give the public name back to an older release: the one before the current, or the one whose file name holds `to`.

    Raises PublishError when there is none.
    """
    known = releases(settings)
    current = current_release(settings)
    if to is None:
        older = [path for path in known if current is not None and path.name < current.name]
        chosen = older[-1] if older else None
    else:
        matching = [path for path in known if to in path.name]
        chosen = matching[0] if len(matching) == 1 else None
    if chosen is None:
        names = ", ".join(path.name for path in known) or "none"
        raise PublishError(f"no release to go back to{f' that matches {to!r} and no other' if to else ''}; releases: {names}")
    _switch(settings, chosen)
    return chosen


def folder_of(release: Path) -> Path:
    """Where the Parquet files of a release are."""
    return release.with_suffix("")


def releases(settings: Settings) -> list[Path]:
    """The releases that are kept, oldest first."""
    if not settings.published.is_dir():
        return []
    return sorted(path for path in settings.published.iterdir() if RELEASE.fullmatch(path.name))


def current_release(settings: Settings) -> Path | None:
    """Which release has the public name."""
    if not settings.current.exists():
        return None
    return next((path for path in releases(settings) if path.samefile(settings.current)), None)


def content_hash(path: Path) -> str:
    """SHA-256 over the rows of every mart in whatever order, without the columns that tell one run from another; reads all of them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = ? order by table_name", [MARTS]).fetchall()
        return digest({table: table_hash(connection, table) for (table,) in tables})


def _switch(settings: Settings, release: Path) -> None:
    """Give the public names to a release: the file by one rename, the Parquet files by one link. The file is a hard link where the
    file system has them, else a copy; never a symbolic link, which a file server or a container mount may refuse to follow."""
    if not folder_of(release).is_dir():  # a release of before there were Parquet files
        serve.write_release_folder(release, folder_of(release), settings.public_folder)
    temporary = settings.current.with_name(f".{settings.current.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        temporary.hardlink_to(release)
    except OSError:
        shutil.copyfile(release, temporary)
    temporary.replace(settings.current)
    serve.switch(settings.public_folder, settings.serve, folder_of(release))


def _prune(settings: Settings) -> list[Path]:
    """Remove releases beyond the last seven; the one that has the public name stays."""
    current = current_release(settings)
    old = [path for path in releases(settings)[:-RELEASES_KEPT] if path != current]
    for path in old:
        path.unlink()
        shutil.rmtree(folder_of(path), ignore_errors=True)
    return old


def _remove_leftovers(folder: Path) -> None:
    """What a killed publish left behind."""
    for path in [*folder.glob("release-*.part*"), *folder.glob(".current*"), *folder.glob(".serve.duckdb*")]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for path in folder.glob("release-*"):
        if path.is_dir() and not path.with_suffix(".duckdb").exists():
            shutil.rmtree(path, ignore_errors=True)

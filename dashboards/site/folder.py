"""A folder of files that is replaced whole: what did not change is a hard link to the file of before, the rest is written anew.

The new folder stands beside the old one (`.site.new`) and the two change names in one system call, so a reader sees the old site or
the new one. Whatever a killed run left is taken away by the next; a lock, which the system takes back from a dead process, keeps two apart.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MANIFEST = ".manifest.json"  # what each file was made of: path -> key
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


class SiteFolder:
    """The folder that is being made. Paths are relative, with forward slashes."""

    def __init__(self, new: Path, old: Path | None) -> None:
        self.new, self._old = new, old
        self._before: dict[str, str] = _manifest(old) if old else {}
        self._keys: dict[str, str] = {}
        self._made: set[str] = set()
        self.written = 0  # files that are new or changed

    def text(self, path: str, content: str) -> None:
        """A file of this text; one that says the same already is kept, with the day of its last change."""
        data = content.encode("utf-8")
        old = self._old / path if self._old else None
        if old is not None and old.is_file() and old.stat().st_size == len(data) and old.read_bytes() == data:
            self._keep(path)
        else:
            self._write(path, data)

    def is_unchanged(self, path: str, key: str) -> bool:
        """Keep the file when it was made of the same; else it must be given to `keyed`."""
        if self._old is None or self._before.get(path) != key or not (self._old / path).is_file():
            return False
        self._keys[path] = key
        if path not in self._made:
            self._keep(path)
        return True

    def are_unchanged(self, paths: list[str], key: str) -> bool:
        """Keep all of the files, or none."""
        if self._old is None or any(self._before.get(path) != key or not (self._old / path).is_file() for path in paths):
            return False
        return all(self.is_unchanged(path, key) for path in paths)

    def keyed(self, path: str, key: str, make: Callable[[], bytes]) -> None:
        """A file that is only made when its key is not the one of before."""
        if not self.is_unchanged(path, key):
            self._write(path, make())
            self._keys[path] = key

    def copy(self, path: str, source: Path) -> None:
        """A file of the package; size and time tell whether it is the same."""
        stat = source.stat()
        self.keyed(path, f"{stat.st_size} {stat.st_mtime_ns}", source.read_bytes)

    def finish(self) -> None:
        (self.new / MANIFEST).write_text(json.dumps(self._keys, separators=(",", ":"), sort_keys=True), encoding="utf-8")

    def _keep(self, path: str) -> None:
        assert self._old is not None
        there = self._place(path)
        try:
            there.hardlink_to(self._old / path)
        except OSError:  # a file system without hard links
            shutil.copy2(self._old / path, there)

    def _write(self, path: str, data: bytes) -> None:
        with self._place(path).open("xb") as file:  # never into a file that the old site shares
            file.write(data)
        self.written += 1

    def _place(self, path: str) -> Path:
        there = self.new / path
        there.parent.mkdir(parents=True, exist_ok=True)
        self._made.add(path)
        return there


@contextmanager
def replacing(folder: Path) -> Iterator[SiteFolder]:
    """Make `folder` anew; it takes the place of the old one when the block ends without an exception."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.with_name(f".{folder.name}.new")
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        try:
            made = SiteFolder(new, folder if folder.is_dir() else None)
            yield made
            made.finish()
            _switch(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)  # the old site after a switch, what was begun after a failure


def _switch(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
    elif not _exchange(new, folder):
        # no exchange on this system: for an instant there is no site. Killed in between, the next run finds none and makes all of it.
        aside = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
        new.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Both names in one step (Linux, renameat2); False where the system or the file system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _manifest(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # made by an older version: everything is made again
    return found if isinstance(found, dict) else {}

"""Processes that must not outlive, or overlap, one another."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muctieu.errors import UserError


def die_with_parent(poll_s: float = 0.2) -> None:
    """End this process when its parent is gone: a run killed with SIGKILL cannot tell its child, and an orphan would hold the warehouse."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(poll_s)
        os._exit(137)

    threading.Thread(target=watch, name="die-with-parent", daemon=True).start()


@contextmanager
def only_one(lock_file: Path, wait_s: float = 2.0) -> Iterator[None]:
    """One run an installation at a time; the kernel frees the lock however the holder ends.

    Raises:
        UserError: somebody else holds it; names their process.
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + wait_s  # the orphan of a killed run needs a moment to notice
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    file.seek(0)
                    raise UserError(
                        f"một lần chạy khác (tiến trình {file.read().strip() or '?'}) đang dùng {lock_file.parent}; đợi nó xong"
                    ) from None
                time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield

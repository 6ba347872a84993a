"""Locks that hold across machines: advisory locks of PostgreSQL, freed by the server however their holder ends.

One machine needs none of this: there the kernel's file locks do the same (muctieu/processes.py, scrapers/archive.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from muctieu.errors import UserError


class LockedError(UserError):
    """Somebody else holds the lock."""


@contextmanager
def cluster_lock(address: str, name: str) -> Iterator[None]:
    """Hold the lock of this name in the PostgreSQL of `address` (MUCTIEU_LOCKS); nothing happens where that is empty.

    A server that restarts frees the lock of a holder who does not notice. What is locked must therefore be harmless when done
    twice, and is: files of two runs have two names, loading joins on ids, and DuckLake refuses the second of two commits that collide.

    Raises LockedError when it is taken.
    """
    if not address:
        yield
        return
    import psycopg  # of the extra "scale"

    key = int.from_bytes(hashlib.sha256(f"muctieu {name}".encode()).digest()[:8], "big", signed=True)
    # keepalives of the server: it must notice within a minute that the machine of a holder is gone
    connection = psycopg.connect(
        address,
        autocommit=True,
        application_name=f"muctieu {name}"[:63],
        connect_timeout=10,
        options="-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
    )
    try:
        row = connection.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone()
        if row is None or not row[0]:
            raise LockedError(f"một tiến trình khác đang giữ khóa {name!r} trong PostgreSQL; đợi nó xong (xem pg_stat_activity)")
        yield
    finally:
        connection.close()  # frees the lock; does not raise when the server is gone

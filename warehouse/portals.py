"""The registry of portals as rows of raw.portal, so that dim_portal can say who a portal is and not only what it published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date

import duckdb


@dataclass(frozen=True, slots=True)
class PortalSpan:
    """A portal during a span of time in which it spoke for one area; open ends are None."""

    portal_id: str
    portal_name: str
    platform: str
    status: str
    host: str
    valid_from: date | None
    valid_to: date | None
    area_name: str
    area_code: str | None
    area_from: date | None
    area_to: date | None


def record_portals(connection: duckdb.DuckDBPyConnection, spans: Iterable[PortalSpan]) -> int:
    """Let raw.portal hold exactly these rows; a portal that left the registry keeps its articles and loses its row here."""
    rows = [astuple(span) for span in spans]
    columns = ", ".join(field.name for field in fields(PortalSpan))
    connection.begin()
    try:
        connection.execute("delete from raw.portal")
        if rows:
            connection.executemany(f"insert into raw.portal ({columns}) values ({', '.join('?' * len(rows[0]))})", rows)
    except Exception:
        connection.rollback()
        raise
    connection.commit()
    return len(rows)

"""The registry of portals as rows of raw.portal, so that dim_portal can say who a portal is and not only what it published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date

import duckdb

from muctieu.rows import insert, transaction


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
    with transaction(connection):
        connection.execute("delete from raw.portal")
        insert(connection, "raw.portal", [field.name for field in fields(PortalSpan)], rows)
    return len(rows)

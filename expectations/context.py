"""What suites may read besides the warehouse: temporary views over raw.*, the calendar of Vietnam, and the codebook (context.sql)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from muctieu.calendar import in_tet, is_working_day
from muctieu.rows import insert
from muctieu.settings import REPOSITORY, TIMEZONE

SQL = Path(__file__).with_name("context.sql")
INDICATORS = REPOSITORY / "extraction" / "lexicon" / "indicators.csv"
DAYS = 120  # a trend looks back nine weeks; the rest is for whoever asks for more


def filled(sql: str, now: datetime, since: int) -> str:
    """`:now` and `:since` as they stand in suites and in context.sql."""
    return sql.replace(":now", now.isoformat()).replace(":since", str(since))


def prepare(connection: duckdb.DuckDBPyConnection, now: datetime, since: int) -> None:
    """Make the views of one audit. They live as long as the connection and shadow nothing."""
    connection.execute("set dynamic_or_filter_threshold = 10000")  # so many row numbers reach the scan of a large table
    today = now.astimezone(TIMEZONE).date()
    days = [today - timedelta(days=n) for n in range(DAYS + 1)]
    connection.execute("create or replace temp table audit_day (day date, is_working boolean, is_tet boolean)")
    insert(connection, "audit_day", ("day", "is_working", "is_tet"), [(d, is_working_day(d), in_tet(d)) for d in days])
    connection.execute("create or replace temp table audit_indicator as select * from read_csv(?, all_varchar = true)", [str(INDICATORS)])
    connection.execute(filled(SQL.read_text(encoding="utf-8"), now, since))

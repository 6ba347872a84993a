"""What dbt-duckdb needs to open the shared warehouse (profiles.yml names this module as a plugin of the target `ducklake`)."""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from muctieu.settings import DuckLake, read_settings
from warehouse.engine import DATABASE, prepare


class Plugin(BasePlugin):
    """dbt's connection is the one that everything else opens: same extensions and secrets, same default database."""

    def configure_connection(self, conn: Any) -> None:
        where = read_settings().warehouse
        assert isinstance(where, DuckLake), "the target ducklake needs MUCTIEU_WAREHOUSE=ducklake:…"
        prepare(conn, where)

    def configure_cursor(self, cursor: Any) -> None:
        cursor.execute(f"use {DATABASE}")  # hooks and tests of the project name ops.* without a database

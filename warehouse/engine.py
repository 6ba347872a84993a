"""The two engines of the warehouse behind one door: a DuckDB file, or DuckLake (catalog in PostgreSQL, rows as Parquet in an object store).

Everything that opens the warehouse comes through here, dbt included (warehouse/dbt_engine.py), and speaks the same SQL: two names are
enough (`raw.article`), because the warehouse is the default database of the connection.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb

from muctieu.errors import UserError
from muctieu.settings import DuckLake

DATABASE = "muctieu"  # the name of the attached lake; a file of the default name is called so, too
EXTENSIONS = {"ducklake": "ducklake", "postgres_scanner": "postgres", "httpfs": "httpfs"}  # as packaged -> as DuckDB knows it
CATALOG_SECRET, STORE_SECRET, LAKE_SECRET = "muctieu_catalog", "muctieu_store", "muctieu_lake"
LAKE_ADDRESS = f"ducklake:{LAKE_SECRET}"  # profiles.yml attaches it by this name, too
# Waits of 0.2, 0.4, 0.8 … seconds: together 102, so that a store that refuses for a minute costs a minute and not the build
HTTP_SETTINGS = {"http_retries": "9", "http_retry_wait_ms": "200", "http_retry_backoff": "2", "http_timeout": "60"}


def exists(where: Path | DuckLake) -> bool:
    """Whether there is a warehouse to read; a shared catalog is only known by asking it."""
    if isinstance(where, Path):
        return where.is_file()
    return where.is_shared or Path(where.catalog).is_file()


@contextmanager
def reading(where: Path | DuckLake) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read-only. A file that somebody writes raises duckdb.IOException at once; DuckLake has no such moment."""
    connection = open_file(where, read_only=True) if isinstance(where, Path) else open_lake(where, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def open_file(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """The writer's file; made where there is none."""
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(str(path), read_only=read_only)


def open_lake(where: DuckLake, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection of its own whose default database is the lake; the catalog is made where there is none."""
    connection = duckdb.connect(":memory:")
    try:
        attach_lake(connection, where, DATABASE, read_only=read_only)
        connection.execute(f"use {DATABASE}")
    except BaseException:
        connection.close()
        raise
    return connection


def attach(connection: duckdb.DuckDBPyConnection, where: Path | DuckLake, alias: str) -> None:
    """The warehouse as one more database of a connection, read-only."""
    if isinstance(where, Path):
        connection.execute(f"attach {literal(where)} as {alias} (read_only)")
    else:
        attach_lake(connection, where, alias, read_only=True)


def attach_lake(connection: duckdb.DuckDBPyConnection, where: DuckLake, alias: str, *, read_only: bool) -> None:
    """Attach DuckLake to a connection."""
    prepare(connection, where)
    if not where.is_shared:
        Path(where.catalog).parent.mkdir(parents=True, exist_ok=True)
    try:
        connection.execute(f"attach {literal(LAKE_ADDRESS)} as {alias}{' (read_only)' if read_only else ''}")
    except duckdb.IOException as error:
        raise UserError(f"không mở được kho {where}: {error}") from error


def prepare(connection: duckdb.DuckDBPyConnection, where: DuckLake) -> None:
    """Extensions and secrets that `attach 'ducklake:muctieu_lake'` needs on this connection; dbt attaches it by itself.

    Addresses and passwords are secrets of the connection, because DuckDB prints the address of an attachment in its errors.
    """
    _load(connection, "ducklake")
    values = {"metadata_path": literal(where.catalog), "data_path": literal(where.data.rstrip("/") + "/")}
    if where.is_shared:
        _load(connection, "postgres_scanner")
        connection.execute(_catalog_secret(where.catalog))
        values |= {"metadata_path": "''", "metadata_parameters": f"map {{'type': 'postgres', 'secret': '{CATALOG_SECRET}'}}"}
    if where.data.startswith("s3://"):
        _load(connection, "httpfs")
        connection.execute(_store_secret(dict(os.environ)))
        for name, value in HTTP_SETTINGS.items():
            connection.execute(f"set {name} = {value}")
    said = ", ".join(f"{name} {value}" for name, value in values.items())
    connection.execute(f"create or replace secret {LAKE_SECRET} (type ducklake, {said})")


def _load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """An extension from its PyPI package (the extra "scale"), of exactly the version of duckdb; else one that was installed by hand."""
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    folder = Path(found.origin).parent if found and found.origin else None
    files = sorted(folder.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension")) if folder else []
    try:
        connection.execute(f"load {literal(files[0])}" if files else f"load {EXTENSIONS[name]}")
    except duckdb.Error as error:
        raise UserError(
            f"DuckDB {duckdb.__version__} không nạp được phần mở rộng {name}: {error}. "
            f"Cài nhóm `scale`: uv sync --extra scale (gói duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__})"
        ) from error


def _catalog_secret(address: str) -> str:
    """The PostgreSQL of the catalog as a DuckDB secret."""
    found = urlsplit(address)
    values = {
        "host": found.hostname or "127.0.0.1",
        "port": str(found.port or 5432),
        "database": unquote(found.path.lstrip("/")),
        "user": unquote(found.username or ""),
        "password": unquote(found.password or ""),
    }
    return _secret(CATALOG_SECRET, "postgres", values)


def _store_secret(environ: dict[str, str]) -> str:
    """The object store as a DuckDB secret, from the variables that every S3 client reads, so that the lake and the warehouse agree.

    Keys that are not in the environment are looked for as the AWS clients do: profiles and instance roles. Those end after some hours;
    a connection lives for one task.
    """
    import botocore.session  # comes with s3fs

    session = botocore.session.get_session()
    credentials = session.get_credentials()
    keys = credentials.get_frozen_credentials() if credentials else None
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
    values = {
        "key_id": keys.access_key if keys else "",
        "secret": keys.secret_key if keys else "",
        "session_token": (keys.token or "") if keys else "",
        "region": environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or session.get_config_variable("region") or "us-east-1",
    }
    if endpoint:
        address = urlsplit(endpoint)
        values |= {"endpoint": address.netloc, "url_style": "path", "use_ssl": "true" if address.scheme == "https" else "false"}
    return _secret(STORE_SECRET, "s3", values)


def _secret(name: str, kind: str, values: dict[str, str]) -> str:
    said = ", ".join(f"{key} {literal(value)}" for key, value in values.items() if value)
    return f"create or replace secret {name} (type {kind}, {said})"


def literal(value: object) -> str:
    """A value as a string of SQL."""
    return "'" + str(value).replace("'", "''") + "'"

"""Real services for the tests of the scale-out profile; where one has no program, its tests skip and say so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from demo.services import NotHereError, Store, create_database, drop_database

SERVER = os.environ.get("MUCTIEU_TEST_POSTGRES", "postgresql://postgres:not-asked-for@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    try:
        made = Store(tmp_path_factory.mktemp("store"))
    except NotHereError as error:
        pytest.skip(str(error))
    try:
        yield made.start()  # type: ignore[misc]
    finally:
        made.stop()


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database of this test run."""

    url: str

    def scalar(self, sql: str) -> object:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(sql).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None


@pytest.fixture
def catalog() -> Iterator[Database]:
    """An empty database, dropped afterwards."""
    name = f"cluster_test_{os.getpid()}"
    try:
        create_database(SERVER, name)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL answers (MUCTIEU_TEST_POSTGRES): {error}")
    try:
        yield Database(SERVER.rpartition("/")[0] + f"/{name}")
    finally:
        drop_database(SERVER, name)


@pytest.fixture
def in_store(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Prefix of an empty place in the store, and an environment that finds it."""
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{store.bucket}/{tmp_path.name}"

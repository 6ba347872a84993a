"""One small warehouse, built once by dbt, that the tests of this folder read; tests that change one copy its file first."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from muctieu.lake import Lake
from muctieu.settings import Settings, read_settings
from warehouse.build import BuildResult, run_dbt
from warehouse.load import load
from warehouse.portals import PortalSpan, record_portals
from warehouse.publish import PublishResult, publish
from warehouse.schema import open_warehouse
from warehouse.source_health import record_source_health

sys.path.insert(0, str(Path(__file__).parent))
import corpus
from samples import write_findings, write_lake, write_reading

# the other portals of the corpus are not in the registry
_QUANG_NAM = ("quangnam", "Quảng Nam", "quangnam_net", "verified", "quangnam.example", None, None)
REGISTRY = (
    PortalSpan(*_QUANG_NAM, "Tỉnh Quảng Nam", "49", None, date(2025, 6, 30)),
    PortalSpan(*_QUANG_NAM, "Thành phố Đà Nẵng", "48", date(2025, 7, 1), None),
)

Rows = Callable[..., list[dict[str, Any]]]


def settings_in(home: Path) -> Settings:
    return read_settings({"MUCTIEU_HOME": str(home)})


def write_corpus(lake: Lake) -> None:
    """Three runs, a page that is edited, one that is edited and edited back, and a reading by an older extractor."""
    write_lake(lake, [*corpus.FIRST, corpus.EDIT_BEFORE, corpus.BACK_BEFORE], run="r1", extractor="0.9.0-old")
    write_reading(lake, [*corpus.FIRST, corpus.EDIT_BEFORE, corpus.BACK_BEFORE], run="r1", extractor="1.0.0-sample")
    write_lake(lake, [corpus.EDIT_AFTER, corpus.BACK_EDIT], run="r2", extractor="1.0.0-sample")
    write_lake(lake, [corpus.BACK_AFTER], run="r3", extractor="1.0.0-sample")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, BuildResult]:
    """The corpus, loaded and built; once also when several processes run the tests."""
    settings = settings_in(tmp_path_factory.mktemp("warehouse"))
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return settings, _build(settings)
    shared = tmp_path_factory.getbasetemp().parent / "shared-warehouse"
    try:
        shared.mkdir()
    except FileExistsError:
        for _ in range(3000):
            if (shared / "result.pickle").exists() or (shared / "failed").exists():
                break
            time.sleep(0.1)
        assert not (shared / "failed").exists(), "the other worker could not build the warehouse; see its error"
    else:
        try:
            result = _build(settings_in(shared))
        except BaseException:
            (shared / "failed").touch()
            raise
        part = shared / "result.part"
        part.write_bytes(pickle.dumps(result))
        part.replace(shared / "result.pickle")
    settings.warehouse.parent.mkdir(parents=True)
    shutil.copyfile(settings_in(shared).warehouse, settings.warehouse)
    shutil.copytree(settings_in(shared).home / "dbt", settings.home / "dbt")
    return settings, pickle.loads((shared / "result.pickle").read_bytes())


def _build(settings: Settings) -> BuildResult:
    lake = Lake(settings.lake)
    write_corpus(lake)
    load(lake, settings.warehouse)
    with open_warehouse(settings.warehouse) as connection:
        record_portals(connection, REGISTRY)
        write_findings(connection)
        record_source_health(connection, {"quangnam": 14}, datetime(2025, 7, 3, tzinfo=UTC), "b2")
    result = run_dbt(settings)
    assert result.ok, "\n".join(result.problems())
    return result


@pytest.fixture(scope="session")
def published(built: tuple[Settings, BuildResult]) -> tuple[Settings, PublishResult]:
    """The built corpus, published."""
    settings, _ = built
    return settings, publish(settings, allowed=True)


@pytest.fixture(scope="session")
def rows(published: tuple[Settings, PublishResult]) -> Iterator[Rows]:
    """SQL on the published file, rows as dictionaries."""
    connection = duckdb.connect(str(published[0].current), read_only=True)

    def ask(sql: str, *parameters: Any) -> list[dict[str, Any]]:
        cursor = connection.execute(sql, list(parameters))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    yield ask
    connection.close()


@pytest.fixture
def copied(built: tuple[Settings, BuildResult], tmp_path: Path) -> Settings:
    """Settings of a warehouse of one's own, already built."""
    settings = settings_in(tmp_path)
    settings.warehouse.parent.mkdir(parents=True)
    shutil.copyfile(built[0].warehouse, settings.warehouse)
    return settings

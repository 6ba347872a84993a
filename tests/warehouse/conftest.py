"""One small warehouse, built once by dbt, that the tests of this folder read; tests that change one copy its file first."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from muctieu.lake import Lake
from muctieu.settings import REPOSITORY, Settings, read_settings
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
    """The corpus, loaded and built: once for all processes, and kept until something changes that it is made of."""
    settings = settings_in(tmp_path_factory.mktemp("warehouse"))
    kept = _kept_warehouse()
    settings.warehouse.parent.mkdir(parents=True)
    shutil.copyfile(settings_in(kept).warehouse, settings.warehouse)
    shutil.copytree(settings_in(kept).home / "dbt", settings.home / "dbt")
    return settings, pickle.loads((kept / "result.pickle").read_bytes())


def _kept_warehouse() -> Path:
    """The folder of the built corpus, in var/tests; whoever comes first builds it, the others wait for the lock."""
    folder = REPOSITORY / "var" / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"warehouse-{_fingerprint()}"
    with (folder / "warehouse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "result.pickle").is_file():
            for old in folder.glob("warehouse-*"):
                shutil.rmtree(old)
            result = _build(settings_in(kept))
            (kept / "result.part").write_bytes(pickle.dumps(result))
            (kept / "result.part").rename(kept / "result.pickle")
    return kept


def _fingerprint() -> str:
    """Everything that the built corpus is made of: models, loader, codebook, records, the corpus, and the versions of packages."""
    digest = hashlib.sha1(sys.version.encode(), usedforsecurity=False)
    here = Path(__file__).parent
    folders = ["dbt_project/models", "dbt_project/macros", "dbt_project/seeds", "dbt_project/tests", "warehouse", "muctieu", "extraction"]
    files = [p for name in folders for p in (REPOSITORY / name).rglob("*") if p.suffix in {".sql", ".yml", ".py", ".csv", ".md"}]
    others = [
        REPOSITORY / "uv.lock",
        *(REPOSITORY / "dbt_project").glob("*.yml"),
        *(here / n for n in ("conftest.py", "corpus.py", "samples.py")),
    ]
    for path in sorted([*files, *others]):
        digest.update(f"{path.relative_to(REPOSITORY)} ".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


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

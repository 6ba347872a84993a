"""The small published warehouse of tests/warehouse, and the site made of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from dashboards.site.build import Site, write_site
from muctieu.settings import Settings
from warehouse.publish import PublishResult

_PATH = Path(__file__).parent.parent / "warehouse" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("warehouse_fixtures", _PATH)
assert _SPEC is not None and _SPEC.loader is not None
_fixtures = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_fixtures)
built, published, copied, rows = _fixtures.built, _fixtures.published, _fixtures.copied, _fixtures.rows


@pytest.fixture(scope="session")
def made(published: tuple[Settings, PublishResult], tmp_path_factory: pytest.TempPathFactory) -> Site:
    return write_site(published[0].current, tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="session")
def site(made: Site) -> Path:
    return made.index.parent

"""Fixtures that every suite shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A test must not fail since a neighbour had the processor: hypothesis' limit of 200 ms an example is wall time. In CI examples follow from
# the test alone, so that a red run can be repeated; on a developer's machine they are drawn anew and find new faults.
settings.register_profile("developer", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "developer"))

SHARED = Path(os.environ.get("MUCTIEU_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


@pytest.fixture
def shared() -> Path:
    """The developers' folder of real pages and annotated articles; a user's machine does not have it."""
    if not (SHARED / "gold").is_dir():
        pytest.skip(f"no developers' folder at {SHARED}: gold articles and real pages are not part of the project")
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the small warehouse run in one process: its build takes half a minute, in which a second process would only wait."""
    for item in items:
        if "built" in getattr(item, "fixturenames", ()) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("small-warehouse"))

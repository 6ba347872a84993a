"""Fixtures that every suite shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("MUCTIEU_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


@pytest.fixture
def shared() -> Path:
    """The developers' folder of real pages and annotated articles; a user's machine does not have it."""
    if not (SHARED / "gold").is_dir():
        pytest.skip(f"no developers' folder at {SHARED}: gold articles and real pages are not part of the project")
    return SHARED

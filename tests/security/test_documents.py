"""The threat model names tests that exist."""

from __future__ import annotations

import re

import pytest

from muctieu.settings import REPOSITORY


@pytest.mark.parametrize("document", ["security.md", "operations.md"])
def test_every_test_that_a_document_names_exists(document: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (REPOSITORY / "docs" / document).read_text(encoding="utf-8"))
    assert len(named) > 3
    for file, function in named:
        path = REPOSITORY / file
        assert path.is_file(), file
        assert not function or f"def {function}(" in path.read_text(encoding="utf-8"), f"{file}::{function}"

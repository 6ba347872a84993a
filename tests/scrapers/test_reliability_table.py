"""docs/scraping.md says which suite tests which fault: that must be so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLE = (HERE.parents[1] / "docs" / "scraping.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \| [^|]+ \| [^|]+ \| (.+) \|$", TABLE, re.MULTILINE)
NAMED = [(int(number), suite, name) for number, cell in ROWS for suite, name in re.findall(r"(test_\w+) `(row\w+)", cell)]


def test_every_row_is_there() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 45))
    assert {number for number, _, _ in NAMED} >= set(range(1, 44)) - {39}  # 39 and 44 are whole suites


@pytest.mark.parametrize(("number", "suite", "name"), NAMED)
def test_each_suite_has_the_test_that_is_named(number: int, suite: str, name: str) -> None:
    source = (HERE / f"{suite}.py").read_text("utf-8")
    assert re.search(rf"def test_{name}", source) or re.search(rf"def test_(?:row\d\d_|\d\d_)*(?:row)?{number:02d}_", source)

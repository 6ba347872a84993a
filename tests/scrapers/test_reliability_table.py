"""docs/scraping.md says which suite tests which fault: that must be so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROWS = re.findall(r"^\| (\d+) \| .*\| ([a-z_, ]+) \|$", (HERE.parents[1] / "docs" / "scraping.md").read_text("utf-8"), re.MULTILINE)


def test_every_row_is_there() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 45))


@pytest.mark.parametrize(("number", "suites"), ROWS)
def test_each_suite_has_a_test_of_the_row(number: str, suites: str) -> None:
    for suite in suites.split(", "):
        source = (HERE / f"{suite}.py").read_text("utf-8")
        if suite in ("test_dates", "test_platforms_golden"):  # whole suites about their row
            assert "def test_" in source
        else:
            assert re.search(rf"def test_(?:row\d\d_|\d\d_)*(?:row)?{int(number):02d}_", source)

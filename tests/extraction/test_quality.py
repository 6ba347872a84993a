"""The demo articles, which ship with the project and which rules are not written on, are read at least as well as before.

Floors are in extraction/score_baseline.json: `python -m extraction.score demo --save` raises them, `--accept "reason"` lowers them.
"""

from __future__ import annotations

import pytest

from extraction import gold
from extraction.score import marked, read_baseline
from extraction.scoring import Marked, figures


@pytest.fixture(scope="module")
def demo() -> list[Marked]:
    return marked(gold.load("demo"))


@pytest.mark.parametrize("figure", ["found", "core", "strict", "document_numbers", "milestones"])
def test_scores_on_the_demo_articles_do_not_fall(demo: list[Marked], figure: str) -> None:
    floor = read_baseline()["floors"]["demo"][figure]
    assert figures(demo)[figure]["f1"] >= floor, f"see `make score`: {figure} fell below {floor}"


def test_what_is_extracted_from_the_demo_articles_stays_precise(demo: list[Marked]) -> None:
    assert figures(demo)["core"]["precision"] >= read_baseline()["floors"]["demo"]["core_precision"]


def test_articles_without_figures_of_a_programme_give_next_to_nothing(demo: list[Marked]) -> None:
    silent = [m for m in demo if not m.document.claims]
    assert len(silent) >= 10
    assert sum(len(m.spurious) for m in silent) <= len(silent) / 4


def test_floors_are_what_was_kept_less_a_hundredth() -> None:
    kept = read_baseline()
    for figure, floor in kept["floors"]["demo"].items():
        assert kept["sets"]["demo"][figure] - 0.0201 <= floor <= kept["sets"]["demo"][figure] - 0.0099, figure

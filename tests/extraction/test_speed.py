"""How much work an article costs, counted in function calls: the same on every machine, however busy it is.

The limits are a fourth above what was counted when they were set (2026-11-22); articles a second are measured by
`python -m benchmarks.extraction`. Over a limit, look where the calls come from (`python -m cProfile`), and lift it only for a rule
that is worth its price.
"""

from __future__ import annotations

import cProfile
import gc
import pstats
from typing import Any

import pytest

from benchmarks.extraction import demo_articles, press_articles
from extraction.engine import extract, many_articles
from extraction.jsonl import published_of

CALLS_A_KB = {"press": 4_000, "dense": 10_500}


def calls_a_kb(articles: list[dict[str, Any]]) -> float:
    """Function calls, of Python and C, for each kB of UTF-8."""

    def read() -> None:
        for a in articles:
            extract(a["text"], published_of(a["published"]), a["portal_area"], a["title"])

    read()  # what is loaded or compiled once
    profile = cProfile.Profile()
    profile.enable()
    read()
    profile.disable()
    return float(pstats.Stats(profile).total_calls / sum(len(a["text"].encode()) for a in articles) * 1000)  # type: ignore[attr-defined]


@pytest.mark.parametrize("corpus", CALLS_A_KB)
def test_an_article_costs_no_more_calls_than_it_did(corpus: str) -> None:
    dense = demo_articles()
    articles = dense[:4] if corpus == "dense" else press_articles(dense)[:8]
    assert calls_a_kb(articles) < CALLS_A_KB[corpus]


def test_sentences_without_figures_cost_little() -> None:
    line = "Cán bộ xã đến từng nhà vận động người dân hiến đất, góp công làm đường, giữ gìn vệ sinh ngõ xóm. "
    quiet = {
        "text": "Xã vận động nhân dân\n" + "\n".join([line * 4] * 10),
        "published": "2024-05-06",
        "portal_area": "Tỉnh Sơn La",
        "title": "",
    }
    assert calls_a_kb([quiet]) < 420


def test_a_batch_leaves_the_garbage_collector_as_it_was() -> None:
    kept = gc.get_threshold()
    with many_articles():
        assert gc.get_threshold() > kept
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == kept
    assert gc.get_freeze_count() == 0

"""One system on the articles of the benchmark, in a process of its own: `worker.py SYSTEM ARTICLES.json ROUNDS` prints one JSON object.

Runs under the interpreter of the system's own environment, so it imports nothing of the project but in `ours`.
CPU time, not wall time: the machine may be busy with other things.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

Reader = Callable[[dict[str, Any]], int]  # an article to the number of things found in it


@contextmanager
def ours() -> Iterator[Reader]:
    """The whole extraction of an article, as `muctieu extract` does it: with lexicons and gazetteer loaded, for many articles."""
    from extraction.engine import extract, many_articles
    from extraction.jsonl import as_dict, published_of

    def read(article: dict[str, Any]) -> int:
        found = extract(article["text"], published_of(article["published"]), article["portal_area"], article["title"])
        return len(as_dict(article["doc"], found)["claims"])

    with many_articles():
        yield read


def quantulum3() -> AbstractContextManager[Reader]:
    """Numbers and units by quantulum3, without its classifier."""
    from quantulum3 import parser

    return nullcontext(lambda article: len(parser.parse(article["text"])))


def recognizers() -> AbstractContextManager[Reader]:
    """Numbers, per cents and units by Microsoft's recognizers, with the culture that writes decimal commas."""
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer

    culture = "es-es"
    numbers = NumberRecognizer(culture)
    units = NumberWithUnitRecognizer(culture)
    models = (numbers.get_number_model(), numbers.get_percentage_model(), units.get_currency_model(), units.get_dimension_model())
    return nullcontext(lambda article: sum(len(model.parse(article["text"])) for model in models))


SYSTEMS: dict[str, Callable[[], AbstractContextManager[Reader]]] = {"ours": ours, "quantulum3": quantulum3, "recognizers": recognizers}


def main() -> None:
    """Load, warm up, read all articles ROUNDS times."""
    system, path, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    articles = json.loads(path.read_text(encoding="utf-8"))
    wall = time.perf_counter()
    with SYSTEMS[system]() as read:
        read(articles[0])
        load_seconds = time.perf_counter() - wall
        seconds, failed, found = [], 0, 0
        for _ in range(rounds):
            failed = found = 0
            start = time.process_time()
            for article in articles:
                try:
                    found += read(article)
                except Exception:  # a peer that cannot read an article has still spent the time on it
                    failed += 1
            seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"seconds": seconds, "load_seconds": load_seconds, "peak_mb": peak}
    print(json.dumps(told | {"found": found, "failed": failed}))


if __name__ == "__main__":
    main()

"""The annotations of the demo articles as gold: `python -m demo.gold FOLDER` writes gold.jsonl and texts.jsonl.

The files have the form of shared/gold, so `score_claims.py gold.jsonl predictions.jsonl --texts texts.jsonl` scores an extractor on
them, and texts.jsonl is what `muctieu extract --jsonl` reads. Articles are those of edition 1 with `annotated: true`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from demo.content import Article, read_articles

PORTALS = Path(__file__).parent / "portals"


def annotated(articles: Sequence[Article] | None = None) -> Iterator[Article]:
    """The articles that a person has annotated, as edition 1 shows them, in the order of portal and day."""
    chosen = read_articles() if articles is None else articles
    yield from sorted((a for a in chosen if a.annotated), key=lambda a: (a.portal, a.published))


def document(article: Article) -> str:
    """Name of the article in the gold files."""
    return f"demo-{article.portal}/{article.published:%Y-%m-%d}-{article.slug}"


def gold_row(article: Article) -> dict[str, Any]:
    """One line of gold.jsonl, after gold/GUIDE.md."""
    return {
        "doc": document(article),
        "title": article.title,
        "author": article.author,
        "published": article.published.isoformat(),
        "portal_area": portal_area(article.portal, article.published.date()),
        "documents": [d.model_dump(mode="json") for d in article.documents],
        "claims": [c.as_gold() for c in article.claims],
        "milestones": [
            {"indicator": m.indicator, "kind": m.kind, "area": area, "as_of": m.as_of.isoformat() if m.as_of else None}
            for m in article.milestones
            for area in m.areas
        ],
    }


def text_row(article: Article) -> dict[str, Any]:
    """One line of texts.jsonl: what extraction may know of the article."""
    return {
        "doc": document(article),
        "published": f"{article.published:%Y-%m-%d}",
        "portal_area": portal_area(article.portal, article.published.date()),
        "title": article.title,
        "text": article.text,
    }


@cache
def _areas(portal: str) -> list[dict[str, Any]]:
    areas: list[dict[str, Any]] = yaml.safe_load((PORTALS / f"demo-{portal}.yml").read_text(encoding="utf-8"))["areas"]
    return areas


def portal_area(portal: str, day: date) -> str:
    """The area for which the portal speaks on that day."""
    started = [a for a in _areas(portal) if a.get("from", date.min) <= day]
    return str(started[-1]["name"])


def write_gold(folder: Path) -> tuple[Path, Path]:
    """Write both files; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for name, row_of in (("gold.jsonl", gold_row), ("texts.jsonl", text_row)):
        path = folder / name
        path.write_text("".join(json.dumps(row_of(a), ensure_ascii=False) + "\n" for a in annotated()), encoding="utf-8")
        out.append(path)
    return out[0], out[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files and say what is in them."""
    parser = argparse.ArgumentParser(prog="python -m demo.gold", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    gold, texts = write_gold(parser.parse_args(argv).folder)
    chosen = list(annotated())
    print(f"{len(chosen)} articles, {sum(len(a.claims) for a in chosen)} claims: {gold} {texts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

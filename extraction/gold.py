"""Annotated articles to measure extraction on: those that ship with the project, and those of the developers' folder.

Sets
  demo           every annotated article of the demo portals; always there
  fresh_a        tests/extraction/gold/a.jsonl, written by somebody who did not know the extractor; rules may be made from its errors
  fresh_b        b.jsonl, by the same hand: only ever measured, neither rules nor their statistics are made from it
  seeds          the five documents of the user
  dev_tuned      the half of the real articles whose errors rules may be made from
  dev_heldout    the other half: scored, but its errors are shown only when asked for, so that nobody tunes to them
  composed_odd, composed_even   composed excerpts by the number in their name
`dev`, `composed` and `fresh` mean both halves. All but demo and fresh need `MUCTIEU_SHARED` (default: ../shared).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from extraction.engine import extract
from extraction.jsonl import as_dict, published_of
from extraction.scoring import Document, Row

SHIPPED = ("demo", "fresh_a", "fresh_b")
SETS = (*SHIPPED, "seeds", "dev_tuned", "dev_heldout", "composed_odd", "composed_even")
WHOLES = {"dev": ("dev_tuned", "dev_heldout"), "composed": ("composed_odd", "composed_even"), "fresh": ("fresh_a", "fresh_b")}
SEALED = frozenset({"dev_heldout", "fresh_b"})  # errors are shown only when asked for
UNCOUNTED = frozenset({"fresh_b"})  # statistics of rules are not made from these
_FRESH = Path(__file__).resolve().parents[1] / "tests" / "extraction" / "gold"


def shared_folder() -> Path:
    """Where the developers' folder is, or would be."""
    return Path(os.environ.get("MUCTIEU_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def available() -> tuple[str, ...]:
    """The sets that can be measured on this machine."""
    return SETS if (shared_folder() / "gold").is_dir() else SHIPPED


def load(name: str) -> list[Document]:
    """The documents of a set or of a whole. Raises `KeyError` for no such set, `FileNotFoundError` without the developers' folder."""
    if name in WHOLES:
        return [d for part in WHOLES[name] for d in load(part)]
    if name not in SETS:
        raise KeyError(f"no such set: {name}; there are {', '.join((*SETS, *WHOLES))}")
    if name == "demo":
        return list(_demo())
    if name.startswith("fresh_"):
        return list(_folder(_FRESH, name.removeprefix("fresh_"), name))
    return [document for document in _shared(name.split("_")[0]) if document.set_name == name]


def set_of(document: str, file: str) -> str:
    """The set of a document of a gold file.

    The dev articles are split by a hash of their names, which neither a new article nor a new order of the file changes.
    """
    if file == "dev":
        return "dev_heldout" if held_out(document) else "dev_tuned"
    if file == "composed":
        number = re.search(r"(\d+)$", document)
        return "composed_odd" if number is not None and int(number.group(1)) % 2 else "composed_even"
    return file


def held_out(document: str) -> bool:
    """Is a dev article one that nobody may tune to? The first bit of SHA-256 of "muctieu dev split:" and its name.

    >>> [held_out(name) for name in ("a", "b", "c", "d")]
    [False, False, False, True]
    """
    return hashlib.sha256(f"muctieu dev split:{document}".encode()).digest()[0] >= 128


def predict(document: Document) -> Row:
    """What the extractor says of a document, in the form of gold."""
    return as_dict(document.name, extract(document.text, published_of(document.published), document.portal_area, document.title))


def _demo() -> Iterator[Document]:
    from demo.gold import annotated, gold_row, text_row  # pydantic and the articles: not for those who only extract

    for article in annotated():
        text = text_row(article)
        yield _document("demo", gold_row(article), text["text"], text["title"], text["published"])


def _shared(file: str) -> Iterator[Document]:
    folder = shared_folder()
    if not (folder / "gold").is_dir():
        raise FileNotFoundError(f"{folder / 'gold'} is missing: only {', '.join(SHIPPED)} ship with the project (set MUCTIEU_SHARED)")
    yield from _folder(folder / "gold", file)


def _folder(folder: Path, file: str, set_name: str | None = None) -> Iterator[Document]:
    """The documents of FILE.jsonl with their texts in FILE_texts.jsonl, or beside the folder in seeds/."""
    side = folder / f"{file}_texts.jsonl"
    texts = {d["doc"]: d for d in _json_lines(side)} if side.exists() else {}
    for gold in _json_lines(folder / f"{file}.jsonl"):
        known = texts.get(gold["doc"])
        text = known["text"] if known else (folder.parent / "seeds" / gold["doc"]).read_text(encoding="utf-8", errors="replace")
        yield _document(set_name or set_of(gold["doc"], file), gold, text, (known or {}).get("title") or "", gold.get("published"))


def _json_lines(path: Path) -> Iterable[dict[str, Any]]:
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def _document(set_name: str, gold: dict[str, Any], text: str, title: str, published: str | None) -> Document:
    return Document(
        name=gold["doc"],
        set_name=set_name,
        published=published,
        portal_area=gold.get("portal_area"),
        title=title,
        text=text,
        claims=tuple(gold.get("claims", ())),
        citations=frozenset(d["number"] for d in gold["documents"]) if "documents" in gold else None,
        milestones=tuple(gold["milestones"]) if "milestones" in gold else None,
    )

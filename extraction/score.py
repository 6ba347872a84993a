"""Scores of the extractor on the annotated articles of the developers' folder (`MUCTIEU_SHARED`, default ../shared).

    python -m extraction.score [seeds|dev|composed …] [--errors N] [--only odd|even|PREFIX] [--stats]

Uses the scorer that ships with gold (`score/score_claims.py`), so that figures are the same as everybody's.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from extraction.engine import extract
from extraction.jsonl import as_dict, published_of

SETS = ("seeds", "dev", "composed")


def shared_folder() -> Path:
    return Path(os.environ.get("MUCTIEU_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def load_documents(name: str, only: str = "") -> list[tuple[dict[str, Any], str, str]]:
    """(gold, text, title) of a set; `only` keeps documents with odd or even numbers, or whose name starts so."""
    shared = shared_folder()
    gold = [json.loads(line) for line in (shared / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]
    texts: dict[str, dict[str, Any]] = {}
    side = shared / "gold" / f"{name}_texts.jsonl"
    if side.exists():
        texts = {d["doc"]: d for d in map(json.loads, side.read_text(encoding="utf-8").splitlines())}
    out = []
    for i, g in enumerate(gold):
        if not _wanted(g["doc"], i, only):
            continue
        if g["doc"] in texts:
            text, title = texts[g["doc"]]["text"], texts[g["doc"]].get("title") or ""
        else:
            text, title = (shared / "seeds" / g["doc"]).read_text(encoding="utf-8", errors="replace"), ""
        out.append((g, text, title))
    return out


def _wanted(doc: str, index: int, only: str) -> bool:
    if only not in ("odd", "even"):
        return doc.startswith(only)
    number = re.search(r"-(\d+)$", doc)
    return (int(number.group(1)) if number and not doc.startswith("sotttt") else index + 1) % 2 == (only == "odd")


def predict(documents: list[tuple[dict[str, Any], str, str]]) -> list[dict[str, Any]]:
    """Predictions in the shape of gold."""
    return [as_dict(g["doc"], extract(text, published_of(g.get("published")), g.get("portal_area"), title)) for g, text, title in documents]


def scorer() -> ModuleType:
    """score_claims.py as a module; raises `FileNotFoundError` where the developers' folder is absent."""
    path = shared_folder() / "score" / "score_claims.py"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: scores need the developers' folder (set MUCTIEU_SHARED)")
    spec = importlib.util.spec_from_file_location("score_claims", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(documents: list[tuple[dict[str, Any], str, str]], errors: int = 0) -> tuple[dict[str, Any], list[str]]:
    """Figures of score_claims.py as a dictionary, and up to N of its error lines."""
    predictions = predict(documents)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("gold.jsonl", "pred.jsonl", "texts.jsonl")]
        rows = ([g for g, _, _ in documents], predictions, [{"doc": g["doc"], "text": text} for g, text, _ in documents])
        for path, objects in zip(paths, rows, strict=True):
            path.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects), encoding="utf-8")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            scorer().main([str(paths[0]), str(paths[1]), "--texts", str(paths[2]), "--json", "--errors", str(errors)])
    first, *rest = printed.getvalue().splitlines()
    return json.loads(first), rest


def report(name: str, figures: dict[str, Any]) -> str:
    """One block of text a set."""
    lines = [f"{name}: {figures['documents']} documents, {figures['gold_claims']} gold, {figures['predicted_claims']} predicted"]
    for key in ("found", "core", "strict", "document_numbers", "milestones"):
        f = figures[key]
        lines.append(f"  {key:17} P {f['precision']:.3f}  R {f['recall']:.3f}  F1 {f['f1']:.3f}")
    lines.append("  fields  " + "  ".join(f"{k} {v:.3f}" for k, v in figures["fields"].items()))
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--only", default="", help="odd | even | beginning of a document's name")
    options = parser.parse_args(argv)
    for name in options.sets:
        figures, errors = score(load_documents(name, options.only), options.errors)
        print(report(name, figures))
        for line in errors:
            print("   ", line)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Scores of the extractor on annotated articles, and whether they went down.

    python -m extraction.score [SET …] [--brief] [--errors N] [--html FILE] [--save [--accept "reason"]] [--show-heldout]

Prints found, core and strict F1, each field, each family of indicators and each construction, with the change against the figures
last kept in `score_baseline.json`. Ends with 1 when one of them fell. `--save` keeps the figures of now; it refuses to keep a lower
one unless `--accept` says why, and the reason stays in the file. Sets: see `extraction/gold.py`; without ../shared only those that ship.
The errors of dev_heldout and fresh_b are counted but not shown, so that nobody tunes to them, unless `--show-heldout` asks for them.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extraction import gold
from extraction.constructions import NAMES, Sentences, constructions
from extraction.scoring import Document, Marked, Row, error_lines, figures, mark

BASELINE = Path(__file__).with_name("score_baseline.json")
_TRACKED = ("found", "core", "strict", "document_numbers", "milestones")
_SLACK = 0.0005  # figures are kept to four digits
_FLOOR_BELOW = 0.01  # the floors of the fast test lie so far below what was reached, so that two changes in flight do not block each other


def load_documents(name: str, only: str = "") -> list[Document]:
    """The documents of a set; `only` keeps those with odd or even numbers, or whose name starts so."""
    documents = gold.load(name)
    if only in ("odd", "even"):
        return [d for i, d in enumerate(documents) if i % 2 == (only == "even")]
    return [d for d in documents if d.name.startswith(only)]


def marked(documents: Iterable[Document]) -> list[Marked]:
    """Predictions of now, marked."""
    return [mark(d, gold.predict(d)) for d in documents]


def score(documents: Iterable[Document], errors: int = 0) -> tuple[dict[str, Any], list[str]]:
    """Figures, and up to N error lines."""
    found = marked(documents)
    return figures(found), error_lines(found)[:errors]


@dataclass(frozen=True, slots=True)
class Group:
    """A family of indicators or a construction: of how many gold claims, what came of them, and what was made up."""

    name: str
    gold: int
    found: int
    core: int
    strict: int
    spurious: int


def by_family(found: Sequence[Marked]) -> list[Group]:
    """Groups by the first part of the indicator (ntm, poverty, ocop …), largest first."""
    return _grouped((m, lambda claim: (str(claim["indicator"]).split(".")[0],)) for m in found)


def by_construction(found: Sequence[Marked]) -> list[Group]:
    """Groups by construction, in the order of `NAMES`."""

    def told(m: Marked) -> Any:
        d = m.document
        sentences = Sentences(d.text, d.published, d.portal_area, d.claims)
        return lambda claim: constructions(claim, sentences)

    groups = {g.name: g for g in _grouped((m, told(m)) for m in found)}
    return [groups[name] for name in NAMES if name in groups]


def _grouped(keyed: Iterable[tuple[Marked, Any]]) -> list[Group]:
    counts: dict[str, list[int]] = {}

    def add(names: Iterable[str], *steps: int) -> None:
        for name in names:
            row = counts.setdefault(name, [0, 0, 0, 0, 0])
            for step in steps:
                row[step] += 1

    for m, key in keyed:
        for pair in m.pairs:
            add(key(pair.gold), 0, 1, *([2] if pair.core else []), *([3] if pair.strict else []))
        for claim in m.missed:
            add(key(claim), 0)
        for claim in m.spurious:
            add(key(claim), 4)
    return sorted((Group(name, *row) for name, row in counts.items()), key=lambda g: (-g.gold, g.name))


def report(name: str, found: Sequence[Marked], baseline: dict[str, Any], *, brief: bool = False) -> str:
    """One block of text a set."""
    now, before = figures(found), baseline.get("sets", {}).get(name, {})
    lines = [f"{name}: {now['documents']} documents, {now['gold_claims']} gold, {now['predicted_claims']} predicted"]
    if before and before.get("gold_claims") != now["gold_claims"]:
        lines.append(f"  the set has changed: it had {before.get('gold_claims')} gold claims when figures were kept")
    for key in _TRACKED:
        f = now[key]
        lines.append(f"  {key:17} P {f['precision']:.3f}  R {f['recall']:.3f}  F1 {f['f1']:.3f}{_change(f['f1'], before.get(key))}")
    fields = [f"{k} {v:.3f}{_change(v, before.get('fields', {}).get(k))}" for k, v in now["fields"].items()]
    lines.append("  of the claims found, right:  " + "  ".join(fields))
    if not brief:
        lines += _table("family", by_family(found), {}, before.get("families", {}))
        lines += _table("construction", by_construction(found), NAMES, before.get("constructions", {}))
    return "\n".join(lines)


def _change(now: float, before: float | None) -> str:
    return "" if before is None or abs(now - before) < _SLACK else f" ({now - before:+.3f})"


def _table(title: str, groups: Sequence[Group], names: dict[str, str], before: dict[str, float]) -> list[str]:
    lines = [f"  {title:20} gold  found   core strict  made up"]
    for g in groups:
        n = g.gold or math.nan
        share = g.strict / n
        told = f"  {names[g.name]}" if names else ""
        shares = f"{g.found / n:.3f}  {g.core / n:.3f}  {share:.3f}"
        lines.append(f"  {g.name:20} {g.gold:4}  {shares}  {g.spurious:7}{told}{_change(share, before.get(g.name))}")
    return lines


def kept_figures(found: Sequence[Marked]) -> Row:
    """What the baseline keeps of a set."""
    now = figures(found)
    kept: Row = {key: now[key]["f1"] for key in _TRACKED}
    kept |= {"core_precision": now["core"]["precision"], "documents": now["documents"], "gold_claims": now["gold_claims"]}
    kept["fields"] = now["fields"]
    for name, groups in (("families", by_family(found)), ("constructions", by_construction(found))):
        kept[name] = {g.name: round(g.strict / g.gold, 4) for g in groups if g.gold}
    return kept


def fallen(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is lower than it was, in words: "dev_tuned strict 0.884 -> 0.871". Both are {set: figures}; only what both have."""
    return [
        f"{name} {key} {before[name][key]:.3f} -> {now[name][key]:.3f}"
        for name in now
        for key in (*_TRACKED, "core_precision")
        if name in before and now[name][key] < before[name][key] - _SLACK
    ]


def floors(now: Row) -> Row:
    """The floors that the fast test holds a set to: a hundredth below what was reached, in whole hundredths."""
    return {key: math.floor(round((now[key] - _FLOOR_BELOW) * 100, 6)) / 100 for key in (*_TRACKED, "core_precision")}


def read_baseline(path: Path = BASELINE) -> dict[str, Any]:
    """The figures kept, {} when there are none."""
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return kept


def save(now: dict[str, Row], accept: str | None, path: Path = BASELINE) -> list[str]:
    """Keep the figures of the sets measured. Returns what stands against it, in words, when nothing was written."""
    kept = read_baseline(path)
    down = fallen(kept.get("sets", {}), now)
    if down and not (accept and accept.strip()):
        return down
    kept["sets"] = {**kept.get("sets", {}), **now}
    kept["floors"] = {"demo": floors(kept["sets"]["demo"])} if "demo" in kept["sets"] else kept.get("floors", {})
    if down:
        kept["accepted"] = [*kept.get("accepted", []), {"reason": (accept or "").strip(), "fell": down}]
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return []


def main(argv: list[str] | None = None) -> int:
    """Print the scores; 1 when one fell, 2 when they may not be kept."""
    options = _options(argv)
    known = gold.available()
    if known == gold.SHIPPED:
        print(f"{gold.shared_folder()} is not there: only {', '.join(known)}, which ship with the project, are measured\n")
    names = options.sets or list(known)
    sets = {name: marked(load_documents(name, options.only)) for name in names}
    baseline = read_baseline()
    for name, found in sets.items():
        print(report(name, found, {} if options.only else baseline, brief=options.brief))
        _print_errors(name, found, options.errors, options.show_heldout)
        print()
    if options.html:
        _write_html(Path(options.html), sets, show_heldout=options.show_heldout)
    now = {name: kept_figures(found) for name, found in sets.items() if name in gold.SETS and not options.only}
    down = save(now, options.accept) if options.save else fallen(baseline.get("sets", {}), now)
    if down:
        print("fell: " + "\n      ".join(down))
        print('not kept: say why with --accept "reason"' if options.save else "")
        return 2 if options.save else 1
    if options.save:
        print(f"kept in {BASELINE}")
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"{', '.join((*gold.SETS, *gold.WHOLES))}; default: all that are here")
    parser.add_argument("--brief", action="store_true", help="without families and constructions")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print up to N errors a set")
    parser.add_argument("--only", default="", help="odd | even | beginning of a document's name; compares with nothing")
    parser.add_argument("--html", metavar="FILE", help="write a page of the errors, gold and prediction side by side")
    parser.add_argument("--save", action="store_true", help="keep the figures in score_baseline.json")
    parser.add_argument("--accept", metavar="REASON", help="why a lower figure is kept")
    parser.add_argument(
        "--show-heldout", action="store_true", help="show the errors of dev_heldout and fresh_b: they are then no longer unseen"
    )
    options = parser.parse_args(argv)
    unknown = [name for name in options.sets if name not in (*gold.SETS, *gold.WHOLES)]
    if unknown:
        parser.error(f"no such set: {', '.join(unknown)}")
    return options


def _shown(found: Sequence[Marked], show_heldout: bool) -> list[Marked]:
    return [m for m in found if show_heldout or m.document.set_name not in gold.SEALED]


def _print_errors(name: str, found: Sequence[Marked], limit: int, show_heldout: bool) -> None:
    shown = _shown(found, show_heldout)
    for line in error_lines(shown)[:limit]:
        print("   ", line)
    if limit and len(shown) < len(found):
        print(f"    the errors of {len(found) - len(shown)} held-out articles of {name} are not shown (--show-heldout)")


def _write_html(path: Path, sets: dict[str, list[Marked]], *, show_heldout: bool) -> None:
    from extraction.error_page import page

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page({name: _shown(found, show_heldout) for name, found in sets.items()}), encoding="utf-8")
    print(f"errors side by side: {path}")


if __name__ == "__main__":
    sys.exit(main())

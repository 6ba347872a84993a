"""Measure how often each rule is right, and write what confidence rests on.

    python -m extraction.calibrate [--check] [--docs FILE]

Writes `lexicon/rule_stats.csv` from all annotated articles (so it needs ../shared) and prints the reliability table, cross-validated
by document, on demo and dev together and on the real articles of dev alone. `--docs` also puts scores and tables between the markers of
docs/extraction.md. `--check` writes nothing and ends with 1 when the file is not what the rules of now give. Deterministic.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from extraction import gold
from extraction.checks import CHECKS
from extraction.confidence import Precision
from extraction.engine import extract
from extraction.jsonl import as_dict, published_of
from extraction.reliability import (
    Judged,
    Observation,
    above,
    bins,
    brier,
    calibration_error,
    count_rules,
    coverage_at,
    cross_validated,
    observations,
)
from extraction.rows import REVIEW_BELOW
from extraction.scoring import Marked, figures, mark
from extraction.terms import LEXICON

STATS = LEXICON / "rule_stats.csv"
_THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_JUDGED = ("demo", "fresh_a", "dev_tuned", "dev_heldout")  # composed excerpts and seeds are what rules were written on


def observe(names: Iterable[str]) -> tuple[dict[str, list[Marked]], list[Observation]]:
    """Every set marked, and every predicted claim as an observation."""
    sets: dict[str, list[Marked]] = {}
    seen: list[Observation] = []
    for name in names:
        sets[name] = []
        for document in gold.load(name):
            found = extract(document.text, published_of(document.published), document.portal_area, document.title)
            sets[name].append(mark(document, as_dict(document.name, found)))
            seen += observations(sets[name][-1], found.claims)
    return sets, seen


def stats_csv(stats: dict[tuple[str, str, str], Precision]) -> str:
    """The text of rule_stats.csv."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("field", "source", "rule", "right", "seen"))
    writer.writerows((*key, f"{stats[key].right:g}", f"{stats[key].seen:g}") for key in sorted(stats))
    return out.getvalue()


def reliability_table(judged: Sequence[Judged]) -> str:
    """Markdown: the ten bins, the error of calibration, the coverage, and what each threshold keeps."""
    table = bins(judged)
    lines = ["| độ tin cậy | số liệu | trung bình | đúng mọi cột |", "|---|---:|---:|---:|"]
    lines += [f"| {b.low:.2f} – {b.high:.2f} | {b.claims} | {b.confidence:.3f} | {b.right:.3f} |" for b in table]
    share, threshold = coverage_at(judged, 0.95)
    lines += [
        "",
        f"Expected calibration error {calibration_error(table):.3f}, Brier score {brier(judged):.4f}, over {len(judged)} claims; "
        f"{share:.1%} of the claims can be had at a precision of 0.95 (confidence ≥ {threshold:.3f}).",
        "",
        "| ngưỡng | giữ lại | đúng mọi cột trong phần giữ lại | đúng mọi cột trong phần xem lại |",
        "|---:|---:|---:|---:|",
    ]
    for t in _THRESHOLDS:
        kept, right = above(judged, t)
        lines.append(f"| {t:.2f} | {kept:.1%} | {right:.3f} | {_below(judged, t)} |")
    return "\n".join(lines)


def _below(judged: Sequence[Judged], threshold: float) -> str:
    held = [j.observation.strict for j in judged if j.confidence < threshold or j.observation.checks]
    return f"{sum(held) / len(held):.3f} ({len(held)})" if held else "—"


def score_table(sets: dict[str, list[Marked]]) -> str:
    """Markdown: the figures of each set."""
    head = ("bộ", "bài", "số liệu", "tìm thấy", "lõi", "mọi cột", "độ chính xác lõi", "văn bản", "mốc")
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for name, marked in sets.items():
        f = figures(marked)
        shown = (
            [f[k]["f1"] for k in ("found", "core", "strict")]
            + [f["core"]["precision"]]
            + [f[k]["f1"] for k in ("document_numbers", "milestones")]
        )
        lines.append(f"| {name} | {f['documents']} | {f['gold_claims']} | " + " | ".join(f"{v:.3f}" for v in shown) + " |")
    return "\n".join(lines)


def check_table(seen: Sequence[Observation]) -> str:
    """Markdown: how often each check fired, and on how many claims that were right in every column."""
    fired, right = Counter(c for o in seen for c in o.checks), Counter(c for o in seen if o.strict for c in o.checks)
    lines = ["| kiểm tra | nêu | trong đó số liệu đúng |", "|---|---:|---:|"]
    lines += [f"| {name} | {fired[name]} | {right[name]} |" for name in CHECKS]
    return "\n".join(lines)


def write_between(text: str, marker: str, body: str) -> str:
    """Text with what stands between `<!-- marker -->` and `<!-- /marker -->` replaced. `ValueError` when the markers are not there."""
    pattern = re.compile(rf"(<!-- {marker} -->\n).*?(<!-- /{marker} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"no markers <!-- {marker} --> … <!-- /{marker} -->")
    return pattern.sub(lambda m: f"{m[1]}{body}\n{m[2]}", text)


def main(argv: list[str] | None = None) -> int:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when rule_stats.csv is out of date")
    parser.add_argument("--docs", metavar="FILE", type=Path, help="put scores and tables into this Markdown file")
    options = parser.parse_args(argv)
    if gold.available() != gold.SETS:
        print(f"{gold.shared_folder()} is not there: precision of rules is measured on all annotated articles", file=sys.stderr)
        return 2
    sets, everything = observe(gold.SETS)
    seen = [o for o in everything if o.set_name not in gold.UNCOUNTED]
    written = stats_csv(count_rules(seen))
    if options.check:
        stale = not STATS.exists() or STATS.read_text(encoding="utf-8") != written
        print("rule_stats.csv is out of date: python -m extraction.calibrate" if stale else "rule_stats.csv is up to date")
        return int(stale)
    STATS.write_text(written, encoding="utf-8")
    judged = [j for j in cross_validated(seen) if j.observation.set_name in _JUDGED]
    real = [j for j in judged if j.observation.set_name.startswith("dev")]
    tables = {
        "scores": score_table(sets),
        "reliability": reliability_table(judged),
        "reliability-real": reliability_table(real),
        "checks": check_table(seen),
    }
    print("\n\n".join(tables.values()))
    print(f"\n{STATS}: {written.count(chr(10)) - 1} rows; claims below {REVIEW_BELOW} go to review")
    if options.docs:
        text = options.docs.read_text(encoding="utf-8")
        for marker, body in tables.items():
            text = write_between(text, marker, body)
        options.docs.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

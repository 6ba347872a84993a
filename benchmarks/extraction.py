"""How fast the extractor reads, next to two general number recognisers, on the same articles in the same run.

    python -m benchmarks.extraction [--rounds 5] [--no-peers] [--json FILE]

Three corpora are made of the articles of demo/, each article 5 kB of UTF-8. `dense`: annotated articles of one portal joined, nine
claims and 23 numbers a kB. `typical`: one part of that to four parts of demo articles without claims, two claims a kB like the user's
five documents, and still 22 numbers. `press`: little of both among sentences without figures, 1.1 claims and 8 numbers a kB as in 36
real articles of the press; goals are held against it. Ours reads as a batch does (`engine.many_articles`). Figures are medians of CPU
time over the rounds, each system in a process of its own; ratios are of those medians. The peers (quantulum3 0.10.0,
recognizers-text 1.0.2a2) are installed from PyPI into `var/benchmarks/peers` on first use; without network, `--no-peers` measures
ours alone. See README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "var" / "benchmarks" / "peers"
WORKER = Path(__file__).with_name("worker.py")
# the suite of recognizers pulls emoji and needs its 1.x interface; without a classifier quantulum3 needs no scikit-learn
PEERS = (
    "quantulum3==0.10.0",
    "recognizers-text-number==1.0.2a2",
    "recognizers-text-number-with-unit==1.0.2a2",
    "emoji==1.7.0",
    "setuptools<81",  # both read their version through pkg_resources
)
ARTICLE_BYTES = 5_000
LENGTHS = (1, 4, 16)
PRESS_ARTICLES = 60  # the peers read three a second
GOALS = {"articles_per_second": 300.0, "import_seconds": 0.5, "peak_mb": 200.0, "slowdown_at_16x": 1.5}


def demo_articles(target: int = ARTICLE_BYTES) -> list[dict[str, Any]]:
    """Articles of at least `target` bytes: the demo articles of one portal, oldest first, joined by paragraphs."""
    from demo.gold import annotated, text_row

    joined: list[dict[str, Any]] = []
    part: list[dict[str, Any]] = []
    for article in annotated():
        row = text_row(article)
        if part and part[0]["portal_area"] != row["portal_area"]:
            part = []
        part.append(row)
        text = "\n".join(r["text"] for r in part)
        if len(text.encode()) >= target:
            joined.append({**part[0], "text": text})
            part = []
    return joined


def typical_articles(dense: Sequence[dict[str, Any]], target: int = ARTICLE_BYTES) -> list[dict[str, Any]]:
    """Articles of `target` bytes of which a fifth is dense in figures and the rest prose of demo articles without claims."""
    from demo.gold import annotated

    prose = [p for a in annotated() if not a.claims for p in a.text.split("\n")]
    lines = [line for article in dense for line in article["text"].split("\n")]
    made: list[dict[str, Any]] = []
    figures, others = iter(lines), 0
    while True:
        head = _take(figures, target // 5)
        if not head:
            return made
        body: list[str] = []
        while size_of(head + body) < target:
            body.append(prose[others % len(prose)])
            others += 1
        made.append({**dense[len(made) % len(dense)], "text": "\n".join(head + body)})


def press_articles(dense: Sequence[dict[str, Any]], target: int = ARTICLE_BYTES) -> list[dict[str, Any]]:
    """Articles of `target` bytes as dense as those of the press (1.1 claims and 8 numbers a kB): a fifteenth of lines dense in figures, a
    quarter of demo articles without claims, the rest sentences of all demo articles that hold no digit, four to a paragraph.
    """
    from demo.gold import annotated

    told = [p for a in annotated() if not a.claims for p in a.text.split("\n")]
    sentences = [s for a in annotated() for line in a.text.split("\n")[1:] for s in re.split(r"(?<=[.!?]) ", line) if s.endswith(".")]
    quiet = [s for s in sentences if not re.search(r"\d", s)]
    prose = [" ".join(quiet[i : i + 4]) for i in range(0, len(quiet), 4)]
    figures = (line for article in dense for line in article["text"].split("\n"))
    others, sayings = cycle(told), cycle(prose)
    made: list[dict[str, Any]] = []
    while len(made) < PRESS_ARTICLES and (head := _take(figures, target // 15)):
        body = _take(others, target // 4)
        while size_of(head + body) < target:
            body.insert(len(body) // 2, next(sayings))
        made.append({**dense[len(made) % len(dense)], "text": "\n".join(head + body)})
    return made


def _take(lines: Iterator[str], target: int) -> list[str]:
    """The next lines until they have so many bytes; [] when there are not enough."""
    taken: list[str] = []
    for line in lines:
        taken.append(line)
        if size_of(taken) >= target:
            return taken
    return []


def size_of(lines: Sequence[str]) -> int:
    """Bytes of UTF-8 of lines joined."""
    return sum(len(line.encode()) + 1 for line in lines)


def lengthened(articles: Sequence[dict[str, Any]], times: int) -> list[dict[str, Any]]:
    """The same text cut into articles `times` as long: 32 articles, 8 of four, 2 of sixteen. Begins again where articles run out."""
    many = [articles[i % len(articles)] for i in range(2 * LENGTHS[-1])]
    groups = [many[i : i + times] for i in range(0, len(many), times)]
    return [{**group[0], "text": "\n".join(a["text"] for a in group)} for group in groups]


def size(articles: Sequence[dict[str, Any]]) -> int:
    """Bytes of UTF-8."""
    return sum(len(a["text"].encode()) for a in articles)


def measure(system: str, python: Path, articles: Sequence[dict[str, Any]], rounds: int) -> dict[str, Any]:
    """Run a system in a process of its own. Raises `RuntimeError` with the end of what it said when it fails."""
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    path = ENVIRONMENT.parent / "articles.json"
    path.write_text(json.dumps(list(articles), ensure_ascii=False), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    # -P: without it Python would find this file where the worker imports the package extraction
    done = subprocess.run([python, "-P", WORKER, system, path, str(rounds)], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{system} failed: {done.stderr[-600:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    bytes_read, median = size(articles), statistics.median(told["seconds"])
    told |= {"system": system, "articles": len(articles), "bytes": bytes_read, "median_seconds": median}
    told["mb_per_second"] = bytes_read / median / 1e6
    told["articles_per_second"] = bytes_read / median / ARTICLE_BYTES
    return told


def import_seconds() -> float:
    """CPU time of `import extraction.engine` in a fresh interpreter, the median of five: on a busy machine the clock tells of others."""
    code = "import time; t = time.process_time(); import extraction.engine; print(time.process_time() - t)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True) for _ in range(5)]
    return statistics.median(float(run.stdout) for run in runs)


def peers_python() -> Path:
    """The interpreter of the peers' environment, made on first use. Raises `CalledProcessError` when PyPI cannot be reached."""
    python = ENVIRONMENT / "bin" / "python"
    wanted = "\n".join(PEERS)
    stamp = ENVIRONMENT / "installed.txt"
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def run(rounds: int, *, peers: bool) -> dict[str, Any]:
    """All measurements: {"corpora": {name: [ours, peers …]}, "lengths", and the figures that goals are about}."""
    dense = demo_articles()
    systems = [("ours", Path(sys.executable))]
    if peers:
        systems += [(name, peers_python()) for name in ("quantulum3", "recognizers")]
    corpora = {"press": press_articles(dense), "typical": typical_articles(dense), "dense": dense}
    measured = {name: [measure(system, python, articles, rounds) for system, python in systems] for name, articles in corpora.items()}
    ours = measured["press"][0]
    lengths = {n: measure("ours", Path(sys.executable), lengthened(corpora["typical"], n), rounds)["mb_per_second"] for n in LENGTHS}
    return {
        "corpora": measured,
        "lengths": lengths,
        "articles_per_second": ours["articles_per_second"],
        "import_seconds": import_seconds(),
        "peak_mb": max(results[0]["peak_mb"] for results in measured.values()),
        "slowdown_at_16x": lengths[LENGTHS[0]] / lengths[LENGTHS[-1]],
    }


def report(results: dict[str, Any]) -> str:
    """The measurements as a table, and each goal with whether it is met."""
    lines = []
    for name, measured in results["corpora"].items():
        ours = measured[0]
        told = f"{ours['articles']} articles, {ours['bytes']:,} bytes, {ours['found'] / ours['bytes'] * 1000:.1f} claims a kB"
        lines += [f"{name}: {told}; medians of {len(ours['seconds'])} rounds, CPU time, one core", _HEAD]
        lines += [_line(r, ours) for r in measured]
    lines.append("by length    " + "  ".join(f"{n}x {speed:.3f} MB/s" for n, speed in results["lengths"].items()))
    for name, goal in GOALS.items():
        value = results[name]
        met, sign = (value >= goal, "≥") if name == "articles_per_second" else (value <= goal, "≤")
        lines.append(f"{'met    ' if met else 'NOT MET'} {name} {value:.2f} (goal {sign} {goal:g})")
    return "\n".join(lines)


_HEAD = f"  {'system':12} {'articles/s':>10} {'MB/s':>7} {'peak MB':>8} {'load s':>7} {'found':>6} {'failed':>6} {'ours is':>8}"


def _line(r: dict[str, Any], ours: dict[str, Any]) -> str:
    return (
        f"  {r['system']:12} {r['articles_per_second']:10.1f} {r['mb_per_second']:7.3f} {r['peak_mb']:8.1f} {r['load_seconds']:7.2f} "
        f"{r['found']:6} {r['failed']:6} {ours['mb_per_second'] / r['mb_per_second']:7.1f}x"
    )


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 1 when a goal is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    results = run(max(options.rounds, 1), peers=not options.no_peers)
    told = report(results)
    print(told)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return int("NOT MET" in told)


if __name__ == "__main__":
    sys.exit(main())

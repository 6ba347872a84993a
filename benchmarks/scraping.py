"""How fast pages are fetched, archived, parsed and parsed again, next to Scrapy and trafilatura on the same pages in the same run.

    python -m benchmarks.scraping [--rounds 3] [--pages 300] [--no-peers] [--json FILE]

A portal of NukeViet pages of 60 kB each, as real ones have (menus of 700 links round a text of forty paragraphs), answers on loopback from
a process of its own; politeness is off. Each system runs in a process of its own, in turns, and figures are medians over the rounds of
CPU time from when everything is imported; ratios are of those medians. Every step has a time limit. Where the developers' folder of real
pages is, parsing is measured on them too. The peers (Scrapy 2.19.0, BSD; trafilatura 2.3.1, Apache) are installed from PyPI into
`var/benchmarks/peers-scraping` on first use and are used for nothing else. See README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "var" / "benchmarks" / "peers-scraping"
WORKER = Path(__file__).with_name("scraping_worker.py")
SERVER = Path(__file__).with_name("scraping_server.py")
REAL = ROOT.parent / "shared" / "pages"
PEERS = ("Scrapy==2.19.0", "trafilatura==2.3.1", "lxml-html-clean==0.4.6")  # justext, which trafilatura loads, needs the last
PORTAL_OF = {"liferay62_sotttt_hanoi": "sotttt-hanoi", "sharepoint_dakrlap": "dakrlap", "sharepoint_krongno": "krongno"}
HOST = "benchmark.test"
LIMIT_S = 600  # for one measurement
# (figure, goal, whether more is better)
GOALS = (
    ("replayed pages a second of CPU time", 150.0, True),
    ("CPU time a page fetched, ours to Scrapy's", 1.0, False),
    ("CPU time a page parsed, ours to trafilatura's", 1.0, False),
)


def portal_pages(count: int) -> dict[str, str]:
    """A listing and `count` articles by path."""
    menu = "".join(f'<li class="muc-{i % 7}"><a href="/muc/{i}">Mục số {i} của cổng thông tin điện tử</a></li>' for i in range(350))
    pages, entries = {}, []
    for n in range(count):
        title = f"Xã Mẫu {n}: {n % 9 + 3} hộ thoát nghèo trong tháng"
        body = "".join(
            f"<p>Thôn {i} của xã Mẫu {n} còn {n * 7 + i} hộ nghèo, chiếm {i},{n % 10}% tổng số hộ; năm nay phấn đấu giảm {n + i} hộ.</p>"
            for i in range(40)
        )
        path = f"/tin/bai-viet-{n}-{1000 + n}.html"
        pages[path] = (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body><ul>{menu}</ul>'
            f'<div class="news_column"><h1 class="title" itemprop="headline">{title}</h1><div class="row"><div><span class="h5">'
            f"{10 + n % 18}/{1 + n // 18 % 12:02d}/{2024 - n // 216} {n % 24:02d}:{n % 60:02d}</span></div></div>"
            f'<div id="news-bodyhtml" class="bodytext">{body}</div></div><ul>{menu}</ul></body></html>'
        )
        entries.append(f'<div class="panel"><div class="featured"><h3><a href="{path}">{title}</a></h3></div></div>')
    pages["/tin"] = f'<html><head><meta charset="utf-8"></head><body><div class="news_column">{"".join(entries)}</div></body></html>'
    return pages


@contextmanager
def served(pages: dict[str, str], folder: Path) -> Iterator[str]:
    """The address of a server of these pages, in a process of its own that ends with us."""
    file = folder / "pages.json"
    file.write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")
    with subprocess.Popen([sys.executable, SERVER, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
            process.wait(20)


def measure(system: str, python: Path, spec: dict[str, Any], folder: Path) -> dict[str, Any]:
    """One measurement in a process of its own. Raises `RuntimeError` with the end of what it said when it fails or takes too long."""
    file = folder / "spec.json"
    file.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
    without_proxies = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    environment = {**without_proxies, "PYTHONPATH": str(ROOT) if python == Path(sys.executable) else "", "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            [python, "-P", WORKER, system, file], capture_output=True, text=True, env=environment, check=False, timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{system} took more than {LIMIT_S} s") from error
    if done.returncode:
        raise RuntimeError(f"{system} failed: {done.stderr[-1200:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def peers_python() -> Path:
    """The interpreter of the peers' environment, made on first use. Raises `CalledProcessError` when PyPI cannot be reached."""
    python, stamp, wanted = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "installed.txt", "\n".join(PEERS)
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], check=True, timeout=LIMIT_S)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def saved(pages: dict[str, str], folder: Path) -> list[dict[str, str]]:
    """The articles as files, for the parsers."""
    files = []
    for number, (path, text) in enumerate(pages.items()):
        if path != "/tin":
            file = folder / f"{number}.html"
            file.write_text(text, encoding="utf-8")
            files.append({"file": str(file), "url": f"http://{HOST}{path}", "portal": "benchmark"})
    return files


def real_articles() -> list[dict[str, str]]:
    """The articles among the developers' saved pages; [] where they are not."""
    manifest = REAL / "manifest.jsonl"
    if not manifest.exists():
        return []
    rows = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    articles = [(r["file"], r["url"]) for r in rows if r["kind"] == "article"]
    return [{"file": str(REAL / file), "url": url, "portal": PORTAL_OF[file.split("/")[0]]} for file, url in articles]


def run(rounds: int, count: int, *, peers: bool) -> dict[str, list[dict[str, Any]]]:
    """All measurements by system, one a round. The order of the systems is the same in every round."""
    ours = Path(sys.executable)
    found: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder, pages = Path(name), portal_pages(count)
        files, real = saved(pages, folder), real_articles()
        with served(pages, folder) as address:
            for number in range(rounds):
                spec: dict[str, Any] = {"host": HOST, "address": address, "platform": "nukeviet4", "lake": f"{folder}/lake-{number}"}
                spec |= {"paths": [path for path in pages if path != "/tin"], "files": files}
                on_real = {**spec, "files": real, "portals": str(ROOT / "scrapers" / "portals")}
                plan = [("fetch_ours", ours, spec), ("scrape_ours", ours, spec), ("replay_ours", ours, spec), ("parse_ours", ours, spec)]
                plan += [("parse_ours", ours, on_real)] if real else []
                if peers:
                    python = peers_python()
                    plan[1:1] = [("fetch_scrapy", python, spec)]
                    plan[3:3] = [("scrape_scrapy", python, spec)]
                    plan += [("parse_trafilatura", python, spec), *([("parse_trafilatura", python, on_real)] if real else [])]
                for system, interpreter, what in plan:
                    key = f"{system}_real" if what is on_real else system
                    found.setdefault(key, []).append(measure(system, interpreter, what, folder))
    return found


def per_page(rounds: Sequence[dict[str, Any]], what: str) -> float:
    """Median of milliseconds a page."""
    return statistics.median(r[what] / r["pages"] for r in rounds) * 1000


def report(found: dict[str, list[dict[str, Any]]]) -> str:
    """The measurements as a table, ratios to the peers, and each goal with whether it is met."""
    lines = [f"{'':24} {'CPU ms/page':>12} {'pages/s CPU':>12} {'pages/s wall':>13} {'articles':>9} {'peak MB':>8}"]
    for system, rounds in found.items():
        cpu, wall = per_page(rounds, "cpu_s"), per_page(rounds, "wall_s")
        articles = f"{rounds[0]['articles']}/{rounds[0]['pages']}"
        lines.append(f"{system:24} {cpu:12.2f} {1000 / cpu:12.0f} {1000 / wall:13.0f} {articles:>9} {rounds[0]['peak_mb']:8.0f}")
    figures = {GOALS[0][0]: 1000 / per_page(found["replay_ours"], "cpu_s")}
    for left, right in (("fetch_ours", "fetch_scrapy"), ("scrape_ours", "scrape_scrapy")):
        if right in found:
            wall = per_page(found[right], "wall_s") / per_page(found[left], "wall_s")
            cpu = per_page(found[left], "cpu_s") / per_page(found[right], "cpu_s")
            lines.append(f"{left} against {right}: {wall:.2f} times the pages a second, {cpu:.2f} times the CPU time a page")
    for suffix in ("", "_real"):
        if f"parse_trafilatura{suffix}" in found:
            ratio = per_page(found[f"parse_ours{suffix}"], "cpu_s") / per_page(found[f"parse_trafilatura{suffix}"], "cpu_s")
            lines.append(f"parse{suffix}: ours takes {ratio:.2f} of trafilatura's CPU time a page")
            figures[GOALS[2][0]] = ratio
    if "fetch_scrapy" in found:
        figures[GOALS[1][0]] = per_page(found["fetch_ours"], "cpu_s") / per_page(found["fetch_scrapy"], "cpu_s")
    for name, goal, more in GOALS:
        if name in figures:
            met = figures[name] >= goal if more else figures[name] <= goal
            lines.append(f"{'met    ' if met else 'NOT MET'} {name}: {figures[name]:.2f} (goal {'≥' if more else '≤'} {goal:g})")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 1 when a goal is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    found = run(max(options.rounds, 1), max(options.pages, 20), peers=not options.no_peers)
    told = report(found)
    print(told)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return int("NOT MET" in told)


if __name__ == "__main__":
    sys.exit(main())

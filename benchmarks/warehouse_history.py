"""What a build of the warehouse costs with a history of 10,000, 100,000 and 1,000,000 articles, and with 100 articles more on each.

    python -m benchmarks.warehouse_history [--articles 10000 100000] [--folder DIR] [--increments 3] [--json FILE] [--keep | --again]

With `--keep` the warehouses stay, and `--again` measures more increments and the questions on them without making anything anew.

Histories are made by benchmarks/history.py. Every step runs in a process of its own, so that its CPU time and its peak memory are its
own: load, full build, publish, and then for each increment load, build and publish again; at last 100 questions to the views of `bi` in
the published file. Goals: the incremental build grows by less than 1.5 times from the smallest to the largest history, and 95 of 100
questions take under 200 ms at 1,000,000. See README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.history import Increment

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "benchmarks" / "history"
GOALS = {"incremental_growth": 1.5, "query_p95_ms": 200.0}
QUESTIONS = 100
MEASURED = "measured.json"  # what the steps before the increments took


# --- one step, in a process of its own ---


def run_step(step: str, home: Path, articles: int, number: int) -> dict[str, Any]:
    """Do one step here; returns its wall and CPU seconds, the peak memory of this process and what it says of itself."""
    started, cpu = time.perf_counter(), _cpu()
    said = _STEPS[step](home, articles, number)
    return {
        "wall_s": round(time.perf_counter() - started, 2),
        "cpu_s": round(_cpu() - cpu, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        **said,
    }


def _generate(home: Path, articles: int, _: int) -> dict[str, Any]:
    from benchmarks.history import History

    History(home / "lake", articles).write()
    return {}


def _increment(home: Path, articles: int, number: int) -> dict[str, Any]:
    from benchmarks.history import History

    History(home / "lake", articles).write_increment(number)
    return {}


def _load(home: Path, _articles: int, _number: int) -> dict[str, Any]:
    from muctieu.lake import Lake
    from warehouse.load import load

    settings = _settings(home)
    result = load(Lake(settings.lake), settings.warehouse)
    return {"rows": result.total, "claims": result.rows["claim"]}


def _build(home: Path, _articles: int, _number: int) -> dict[str, Any]:
    from warehouse.build import BuildFailed, run_dbt

    result = run_dbt(_settings(home))
    if not result.ok:
        raise BuildFailed(result)
    slowest = sorted(result.nodes, key=lambda node: -node.seconds)[:8]
    return {
        "full_refresh": result.full_refresh,
        "reason": result.reason,
        "nodes": len(result.nodes),
        "slowest": {node.name: round(node.seconds, 2) for node in slowest},
    }


def _publish(home: Path, _articles: int, _number: int) -> dict[str, Any]:
    from warehouse.publish import publish

    settings = _settings(home)
    result = publish(settings, allowed=True)
    files = [path.stat() for path in result.path.with_suffix("").rglob("*") if path.is_file()]
    size = settings.current.stat().st_size
    return {
        "whole": result.whole,
        "published_mb": round((size + sum(file.st_size for file in files)) / 1e6),
        "added_mb": round((size + sum(file.st_size for file in files if file.st_nlink == 1)) / 1e6),  # the others are shared
        "warehouse_mb": round(settings.warehouse.stat().st_size / 1e6),
    }


def _ask(home: Path, articles: int, _: int) -> dict[str, Any]:
    times: list[tuple[float, str]] = []
    cpu = _cpu()
    with duckdb.connect(str(_settings(home).current), read_only=True) as connection:
        for name, sql, parameters in _questions(connection, articles):
            started = time.perf_counter()
            connection.execute(sql, parameters).fetchall()
            times.append((1000 * (time.perf_counter() - started), name))
    milliseconds = sorted(t for t, _ in times)
    by_name = {name: round(statistics.median(t for t, n in times if n == name)) for name in {n for _, n in times}}
    return {
        "questions": len(times),
        "cpu_ms_a_question": round(1000 * (_cpu() - cpu) / len(times)),
        "p50_ms": round(milliseconds[len(times) // 2]),
        "p95_ms": round(milliseconds[int(len(times) * 0.95) - 1]),
        "under_200_ms": sum(t < GOALS["query_p95_ms"] for t in milliseconds),
        "median_ms_by_view": dict(sorted(by_name.items(), key=lambda item: -item[1])),
    }


_STEPS: dict[str, Callable[[Path, int, int], dict[str, Any]]] = {
    "generate": _generate,
    "increment": _increment,
    "load": _load,
    "build": _build,
    "publish": _publish,
    "ask": _ask,
}

# what dashboards and readers ask: one area, one indicator, one year, the newest first
_ASKED = {
    "progress of an area": "select * from bi.progress where area_code = $area order by year_number desc, indicator_code limit 200",
    "progress of a province in a year": "select * from bi.progress where province_name = $province and year_number = $year limit 200",
    "progress of an indicator over the years": "select year_number, status_vi, count(*) from bi.progress where indicator_code = $indicator "
    "group by all order by 1",
    "league table": "select place, area_name, attainment_pct from bi.league_table where indicator_code = $indicator "
    "and area_level = 'district' and year_number = $year order by place limit 50",
    "timeline of an area": "select as_of, kind_vi, value, url from bi.timeline where area_code = $area and indicator_code = $indicator "
    "order by as_of limit 500",
    "newest statements of an area": "select published_on, kind_vi, value_vi, sentence, url from bi.statement where area_code = $area "
    "order by published_on desc limit 50",
    "statements of an indicator": "select published_on, area_name, value_vi from bi.statement where indicator_code = $indicator "
    "and published_on >= $day order by published_on desc limit 100",
    "evidence of a fact": "select sentence, title, url from bi.evidence where fact_key = $fact",
    "conflicts of an area": "select explanation_vi, low_url, high_url from bi.conflict where area_code = $area limit 100",
    "milestones of a province": "select area_name, as_of, url from bi.milestone where province_name = $province limit 200",
    "programmes by year": "select * from bi.programme_summary where year_number = $year",
    "portals": "select portal_id, article_count, claim_count from bi.portal order by claim_count desc limit 50",
    "where a unit is today": "select today_name, note_vi from bi.area_today where area_code = $area",
}


def _questions(connection: duckdb.DuckDBPyConnection, articles: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """100 questions with areas, indicators and years as often as facts have them."""
    facts = connection.execute(
        "select f.area_code, f.indicator_code, a.province_name, year(f.as_of), f.achievement_key from marts.fct_achievement as f "
        "inner join marts.dim_area as a using (area_key) where a.province_name is not null using sample 100 rows (reservoir, 7)"
    ).fetchall()
    chance = random.Random(articles)
    for number in range(QUESTIONS):
        name = list(_ASKED)[number % len(_ASKED)]
        area, indicator, province, year, fact = chance.choice(facts)
        values = {"area": area, "indicator": indicator, "province": province, "year": year, "fact": fact, "day": f"{year}-06-01"}
        yield name, _ASKED[name], {key: value for key, value in values.items() if f"${key}" in _ASKED[name]}


# --- all of them ---


def measure(articles: int, folder: Path, increments: int, keep: bool) -> dict[str, Any]:
    """All steps with one history."""
    home = folder / str(articles)
    shutil.rmtree(home, ignore_errors=True)
    rows: dict[str, Any] = {"articles": articles}
    for step in ("generate", "load", "build", "publish"):
        rows[step] = _spawn(step, home, articles)
    (home / MEASURED).write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _measure_increments(rows, home, articles, 1, increments)
    if not keep:
        shutil.rmtree(home)
    return rows


def measure_again(articles: int, folder: Path, increments: int) -> dict[str, Any]:
    """Increments and questions on a history that an earlier run kept; the other figures are those of that run.

    Raises FileNotFoundError when there is none.
    """
    home = folder / str(articles)
    rows: dict[str, Any] = json.loads((home / MEASURED).read_text(encoding="utf-8"))
    known = [int(path.stem[1:]) for path in (home / "lake" / "articles").rglob("i*.parquet")]
    _measure_increments(rows, home, articles, max(known, default=0) + 1, increments)
    return rows


def _measure_increments(rows: dict[str, Any], home: Path, articles: int, first: int, increments: int) -> None:
    rows["increments"] = []
    for number in range(first, first + increments):
        _spawn("increment", home, articles, number)
        found = {step: _spawn(step, home, articles) for step in ("load", "build", "publish")}
        if found["build"]["full_refresh"]:
            raise RuntimeError(f"{home}: that was no increment: {found['build']['reason']}")
        rows["increments"].append(found)
    rows["ask"] = _spawn("ask", home, articles)


def _spawn(step: str, home: Path, articles: int, number: int = 0) -> dict[str, Any]:
    print(f"{articles:>9,} {step} …", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.warehouse_history", "--step", step, "--home", str(home)]
    done = subprocess.run(
        [*command, "--articles", str(articles), "--number", str(number)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{step} with {articles} articles failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{articles:>9,} {step}: {json.dumps(result, ensure_ascii=False)}", file=sys.stderr, flush=True)
    return result


def _settings(home: Path) -> Any:
    from muctieu.settings import read_settings

    return read_settings({"MUCTIEU_HOME": str(home)})


def _cpu() -> float:
    times = os.times()
    return times.user + times.system


def _median(rows: dict[str, Any], step: str, figure: str) -> float:
    return statistics.median(float(increment[step][figure]) for increment in rows["increments"])


def table(measured: Sequence[dict[str, Any]]) -> str:
    """Markdown, one column a history. Wall seconds / CPU seconds (peak memory)."""

    def cell(figures: dict[str, Any]) -> str:
        return f"{figures['wall_s']:.1f} / {figures['cpu_s']:.1f} s ({figures['peak_mb']:,} MB)"

    def middle(rows: dict[str, Any], step: str) -> str:
        return cell({figure: _median(rows, step, figure) for figure in ("wall_s", "cpu_s", "peak_mb")})

    lines = {
        "claims": [f"{rows['load']['claims']:,}" for rows in measured],
        "load of all": [cell(rows["load"]) for rows in measured],
        "full build": [cell(rows["build"]) for rows in measured],
        "publish": [cell(rows["publish"]) for rows in measured],
        f"load of {Increment().articles} articles": [middle(rows, "load") for rows in measured],
        f"**build of {Increment().articles} articles**": [middle(rows, "build") for rows in measured],
        "publish after it": [middle(rows, "publish") for rows in measured],
        "questions to `bi`: median, 95th of 100": [f"{rows['ask']['p50_ms']} ms, {rows['ask']['p95_ms']} ms" for rows in measured],
        "under 200 ms": [f"{rows['ask']['under_200_ms']} of {rows['ask']['questions']}" for rows in measured],
        "warehouse file": [f"{rows['publish']['warehouse_mb']:,} MB" for rows in measured],
        "one release": [f"{rows['publish']['published_mb']:,} MB" for rows in measured],
    }
    head = "| articles | " + " | ".join(f"{rows['articles']:,}" for rows in measured) + " |"
    body = [f"| {name} | " + " | ".join(cells) + " |" for name, cells in lines.items()]
    return "\n".join([head, "|---|" + "---:|" * len(measured), *body])


def judged(measured: Sequence[dict[str, Any]]) -> Iterator[tuple[str, float, float]]:
    """(goal, measured, limit) of the goals that these histories can be held against."""
    if len(measured) > 1:
        for figure in ("cpu_s", "wall_s"):
            growth = _median(measured[-1], "build", figure) / _median(measured[0], "build", figure)
            span = f"{measured[0]['articles']:,} to {measured[-1]['articles']:,}"
            yield f"incremental build, {figure[:-2]} time, {span}", growth, GOALS["incremental_growth"]
    yield f"95th of 100 questions in ms at {measured[-1]['articles']:,}", float(measured[-1]["ask"]["p95_ms"]), GOALS["query_p95_ms"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--increments", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", action="store_true", help="leave the warehouses where they are")
    parser.add_argument("--again", action="store_true", help="increments and questions on what an earlier run kept; nothing is made anew")
    parser.add_argument("--step", choices=sorted(_STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(run_step(arguments.step, arguments.home, arguments.articles[0], arguments.number), ensure_ascii=False))
        return 0
    measured = [
        measure_again(articles, arguments.folder, arguments.increments)
        if arguments.again
        else measure(articles, arguments.folder, arguments.increments, arguments.keep)
        for articles in sorted(arguments.articles)
    ]
    print(table(measured))
    if arguments.json:
        arguments.json.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    met = True
    for goal, found, limit in judged(measured):
        met &= found < limit
        print(f"{'met' if found < limit else 'NOT met'}: {goal}: {found:.2f}, goal under {limit:g}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())

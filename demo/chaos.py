"""Break the demo portals on purpose and see what comes of it: `python -m demo.chaos [--write]`.

Seven healthy weeks are prepared once. Then every breakage of `demo/breakages.py` hits one portal of a copy of them, through the
real pipeline (scraping over HTTP, extraction, audit, dbt, publishing), until something is said about it or three weeks are over.
`--write` puts the table into docs/quality.md; `--year RUNS` breaks nothing and lists the alerts of so many healthy weeks.
What must come of each breakage is in `demo/chaos.yml`; the slow tests compare.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import yaml

from demo.breakages import BREAKAGES, Applied
from demo.content import Article
from demo.history import Ran, articles_until, evening, every, history
from muctieu.settings import REPOSITORY

EXPECTED = Path(__file__).with_name("chaos.yml")
DOCS = REPOSITORY / "docs" / "quality.md"
BEGIN, END = "<!-- chaos: begin, made by python -m demo.chaos --write -->", "<!-- chaos: end -->"

STREAM = date(2026, 3, 2), date(2026, 6, 30)
FIRST, LAST = date(2026, 4, 10), date(2026, 5, 22)  # healthy runs, weekly
A_WEEK = timedelta(days=7)
YEAR_FIRST = date(2025, 10, 3)
RUNS = 3  # weeks that a breakage goes on when nothing is said about it
SLOW_S = 1.2  # a slow portal here and its past are as far apart as 20 seconds and four: nobody waits an hour for a test

# marts of a healthy run hold these facts; what a broken run adds to them is harm
_FACTS = """
    select 'target' as kind, indicator_code, area_code, measure, round(value, 4), unit_code, as_of from marts.fct_target
    union all
    select 'achievement', indicator_code, area_code, measure, round(value, 4), unit_code, as_of from marts.fct_achievement
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One alert about the breakage."""

    fingerprint: str
    severity: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What came of one breakage."""

    name: str
    portal: str
    outcome: str  # of the portal's scraping run
    published: bool
    held: dict[str, int]  # rule -> rows that it holds back
    alerts: tuple[Said, ...]
    runs: int | None  # until the first alert; None when nothing was said
    harm: tuple[tuple[object, ...], ...]  # published facts that no healthy run has


def expected() -> dict[str, dict[str, object]]:
    """Breakage -> portal it hits, and what must come of it."""
    loaded: dict[str, dict[str, object]] = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    if set(loaded) != {*BREAKAGES, "healthy"}:
        raise ValueError(f"{EXPECTED}: breakages differ from demo/breakages.py: {sorted(set(loaded) ^ {*BREAKAGES, 'healthy'})}")
    return loaded


def articles() -> tuple[Article, ...]:
    return articles_until(*STREAM)


def prepare(home: Path, written: Sequence[Article]) -> Ran:
    """Healthy weeks; the last of them is published."""
    *before, last = every(7, FIRST, LAST)
    with history(home, written, before[0]) as past:
        for at in before:
            past.gather(at)
        return past.run(last)


def attack(
    base: Path, home: Path, name: str, portal: str, written: Sequence[Article], *, healthy: Path | None = None, runs: int = RUNS
) -> Case:
    """Copy the healthy weeks and break one portal until something is said; the name "healthy" breaks nothing.

    `healthy`: an installation whose week after the same past was healthy; facts that it has not published are harm.
    """
    shutil.copytree(base, home, symlinks=True)
    breakage = BREAKAGES.get(name)
    if name == "slow":
        breakage = replace(BREAKAGES[name], delay_s=SLOW_S)
    start = evening(LAST) + A_WEEK
    with history(home, written, start) as world:
        known = {a.fingerprint for a in _alerts(home, portal, None)}
        world.server.switch(breakages=[Applied(breakage, portal)] if breakage else [])
        wrong: set[tuple[object, ...]] = set()
        for number in range(1, runs + 1):
            ran = world.run(start + (number - 1) * A_WEEK)
            if number == 1 and healthy is not None:  # later weeks bring facts that the healthy week cannot have
                wrong = _facts(home) - _facts(healthy)
            alerts = [a for a in _alerts(home, portal, ran.at) if a.fingerprint not in known]
            if alerts:
                break
        detected = number if alerts else None
        harm = tuple(sorted(wrong, key=str))
        return Case(name, portal, ran.outcomes[portal], ran.published, _held(home, portal), tuple(alerts), detected, harm)


def _facts(home: Path) -> set[tuple[object, ...]]:
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        return set(connection.execute(_FACTS).fetchall())


def _alerts(home: Path, portal: str, since: datetime | None) -> list[Said]:
    """Open alerts, those about the portal first; all of them when `since` is None, else those seen since then."""
    from expectations.audit import read_alerts
    from expectations.routes import load_routes
    from muctieu.settings import read_settings

    routes = load_routes(read_settings().routes)
    with duckdb.connect(str(home / "warehouse" / "muctieu.duckdb"), read_only=True) as connection:
        seen = (" and last_seen_at >= ?", [since]) if since else ("", [])
        found = read_alerts(connection, f"status <> 'resolved'{seen[0]}", seen[1])
    order = sorted(found, key=lambda a: (portal not in a.fingerprint, {"error": 0, "warning": 1}.get(a.severity, 2), a.fingerprint))
    return [Said(a.fingerprint, a.severity, tuple(t.recipient for t in routes.targets(a) if "@" in t.recipient)) for a in order]


def _held(home: Path, portal: str) -> dict[str, int]:
    with duckdb.connect(str(home / "warehouse" / "muctieu.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select rule, count(*) from ops.quarantine where portal_id = ? and decision is null group by rule order by 2 desc, 1", [portal]
        ).fetchall()
    return dict(rows)


# whatever can change what comes of a week; tests and docs cannot
CODE = ("muctieu", "scrapers", "extraction", "warehouse", "dbt_project", "expectations", "demo")
MARK = "made_by.txt"


class OtherCode(RuntimeError):
    """The healthy weeks that were kept are those of another state of the code; the message says what to do."""


def fingerprint_of_code(root: Path = REPOSITORY) -> str:
    """SHA-256 over every file that the pipeline is made of."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted(
            p for p in (root / folder).rglob("*") if p.suffix in (".py", ".yml", ".sql", ".csv", ".j2", ".html", ".txt", ".md")
        ):
            if not {"target", "logs", "__pycache__"} & set(path.relative_to(root).parts):
                digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def kept_base(folder: Path, written: Sequence[Article]) -> Path:
    """The healthy weeks in `folder`, made when they are not there. Raises OtherCode when other code made them."""
    base, mark = folder / "base", folder / MARK
    code = fingerprint_of_code()
    if not mark.exists():
        shutil.rmtree(base, ignore_errors=True)  # killed while it was made
        prepare(base, written)
        mark.write_text(f"{code}\n", encoding="utf-8")
    elif mark.read_text(encoding="utf-8").strip() != code:
        raise OtherCode(f"{base} was made by other code, so what is broken in it would be compared with another past; remove {folder}")
    return base


def run_all(folder: Path, names: Sequence[str] = ()) -> list[Case]:
    """Every breakage in turn, after a healthy run that says what is true."""
    written, wanted = articles(), expected()
    base, healthy = kept_base(folder, written), folder / "healthy"
    shutil.rmtree(healthy, ignore_errors=True)
    cases = [attack(base, healthy, "healthy", str(wanted["healthy"]["portal"]), written, runs=1)]
    for name in names or BREAKAGES:
        home = folder / name
        runs = RUNS if wanted[name]["alerts"] else 1
        cases.append(attack(base, home, name, str(wanted[name]["portal"]), written, healthy=healthy, runs=runs))
        shutil.rmtree(home)
        print(line(cases[-1]), file=sys.stderr, flush=True)
    return cases


def line(case: Case) -> str:
    """One row of the table in docs/quality.md."""
    held = "; ".join(f"{rows} by `{rule}`" for rule, rows in case.held.items()) or "-"
    alerts = "<br>".join(f"{a.severity}: `{a.fingerprint}` → {', '.join(a.recipients)}" for a in case.alerts) or "-"
    file = "unharmed" if not case.harm else f"{len(case.harm)} wrong facts"
    file += "" if case.published else ", the one before stays"
    runs = str(case.runs) if case.runs else "-"
    return f"| `{case.name}` | {case.outcome} | {held} | {alerts} | {runs} | {file} |"


def table(cases: Sequence[Case]) -> str:
    head = "| breakage | run of the portal | held back | alerts → to whom | runs until the first | published file |"
    rule = "|---|---|---|---|---|---|"
    return "\n".join([head, rule, *map(line, cases)])


def write(cases: Sequence[Case], path: Path = DOCS) -> None:
    """Put the table between its marks."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{path}: the marks {BEGIN!r} and {END!r} are missing; add them where the table belongs")
    path.write_text(f"{before}{BEGIN}\n{table(cases)}\n{END}{after}", encoding="utf-8")


def year(folder: Path, runs: int, published_every: int = 8) -> list[tuple[datetime, str, str]]:
    """A healthy past of weekly runs; every alert that opened: when, severity, fingerprint.

    All runs are scraped, extracted and audited; one in `published_every`, the first and the last go through dbt and are published.
    """
    stops = list(every(7, YEAR_FIRST, YEAR_FIRST + (runs - 1) * A_WEEK))
    with history(folder, articles_until(YEAR_FIRST - timedelta(days=70), stops[-1].date()), stops[0]) as past:
        for number, at in enumerate(stops):
            if number in (0, runs - 1) or number % published_every == 0:
                ran = past.run(at)
                outcomes = ran.outcomes | ({"published": "no: " + ran.refused} if ran.refused else {})
            else:
                outcomes = past.check(at)
            print(f"{at:%Y-%m-%d} {outcomes}", file=sys.stderr, flush=True)
    with duckdb.connect(str(folder / "warehouse" / "muctieu.duckdb"), read_only=True) as connection:
        return connection.execute("select first_seen_at, severity, fingerprint from ops.alert order by 1, 3").fetchall()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.chaos", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(BREAKAGES)}")
    parser.add_argument("--write", action="store_true", help="put the table into docs/quality.md")
    parser.add_argument(
        "--year", type=int, metavar="RUNS", help="no breakage: so many healthy weekly runs, and every alert that they raise"
    )
    parser.add_argument(
        "--folder", type=Path, help="work here and keep the healthy weeks for the next time; refused when other code made them"
    )
    asked = parser.parse_args(argv)
    if unknown := sorted(set(asked.names) - set(BREAKAGES)):
        parser.error(f"no such breakage: {', '.join(unknown)}; known: {', '.join(BREAKAGES)}")
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="muctieu-chaos-") as temporary:
        if asked.year:
            raised = year(asked.folder or Path(temporary), asked.year)
            print("\n".join(f"{at:%Y-%m-%d} {severity} {fingerprint}" for at, severity, fingerprint in raised))
            return int(any(severity == "error" for _, severity, _ in raised))
        try:
            cases = run_all(asked.folder or Path(temporary), asked.names)
        except OtherCode as error:
            print(error, file=sys.stderr)
            return 2
    print(table(cases))
    if asked.write and not asked.names:
        write(cases)
    wanted = expected()
    wrong = [c.name for c in cases if c.runs != wanted[c.name]["runs"] or (c.harm and not wanted[c.name].get("known_harm"))]
    if wrong:
        print(f"not caught, or harmful: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

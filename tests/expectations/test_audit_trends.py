"""Suites that judge a week by the weeks before it: portals with a healthy past, each but one with one fault in its last week.

Every check must fail for exactly the portal that has its fault. Portals are named after the check that must find them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from expectations.audit import AuditResult, audit
from expectations.suite import load_suites
from muctieu.calendar import is_working_day
from muctieu.records import stable_id
from warehouse.schema import open_warehouse

pytestmark = pytest.mark.xdist_group("great-expectations")

NOW = datetime(2026, 5, 27, 12, tzinfo=UTC)  # a Wednesday evening in Vietnam
INDICATORS = ("poverty.rate.poor", "health.insurance_coverage", "infra.water_clean_rate", "labour.trained_rate")
HEALTHY = "healthy"
Row = dict[str, Any]


@dataclass
class World:
    """Rows of raw.* in the making."""

    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {t: [] for t in ("capture", "article", "extraction", "claim", "rejected", "run")}
    )

    def last_week(self, table: str, portal: str) -> list[Row]:
        return [r for r in self.rows[table] if r["portal_id"] == portal and r["load_id"] == 2]

    def last_article_rows(self, portal: str) -> list[Row]:
        return self.last_week("article", portal)


def build(portal: str, world: World) -> None:
    """Nine weeks of two articles a working day; each is fetched the same evening and again a week later."""
    day = NOW.date() - timedelta(days=63)
    run_id = f"run-{portal}"
    world.rows["run"].append({"run_id": run_id, "portal_id": portal, "started_at": NOW - timedelta(days=90), "outcome": "ok", "load_id": 1})
    number = 0
    while day <= NOW.date():
        for hour in (1, 4) if is_working_day(day) else ():
            number += 1
            published = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            fetch(world, portal, run_id, number, published.replace(hour=11), published)
            if (again := published.replace(hour=11) + timedelta(days=7)) <= NOW:
                world.rows["capture"].append(capture(portal, run_id, number, again))
        day += timedelta(days=1)


def load_of(moment: datetime) -> int:
    return 2 if (NOW.date() - moment.date()).days < 7 else 1


def capture(portal: str, run_id: str, number: int, at: datetime) -> Row:
    return {
        "capture_id": stable_id(portal, number, at), "portal_id": portal, "run_id": run_id, "role": "article", "url": f"http://{portal}.test/{number}",
        "outcome": "ok", "status": 200, "fetched_at": at, "elapsed_s": 0.3, "content_type": "text/html; charset=utf-8", "size": 20_000,
        "load_id": load_of(at), "number": number,
    }  # fmt: skip


def fetch(world: World, portal: str, run_id: str, number: int, at: datetime, published: datetime, suffix: str = "") -> Row:
    """One article as it is first seen, or another version of it."""
    taken = capture(portal, run_id, number, at)
    if not suffix:
        world.rows["capture"].append(taken)
    version, title = f"{portal}-{number}{suffix}", f"Xã Tân Lập giảm nghèo bền vững, tin số {number}"
    values = {name: round(10 + 60 * (place + 1) / 5 + number % 7 / 10, 1) for place, name in enumerate(INDICATORS)}
    sentences = [f"Tỷ lệ {name} là {str(value).replace('.', ',')}%." for name, value in values.items()]
    body = "Người dân địa phương đón tin vui. " + " ".join(sentences)
    row = {
        "version_id": version, "article_id": f"{portal}-{number}", "story_id": f"{version}", "portal_id": portal, "run_id": run_id,
        "capture_id": taken["capture_id"], "url": taken["url"], "canonical_url": taken["url"], "title": title, "body_text": body,
        "author": "Thu Hà", "section": "tin-tuc", "published_at": published, "fetched_at": at, "load_id": load_of(at), "number": number,
    }  # fmt: skip
    world.rows["article"].append(row)
    reading = {
        "version_id": version,
        "article_id": row["article_id"],
        "portal_id": portal,
        "extractor_version": "x",
        "load_id": load_of(at),
    }
    told = [] if number % 6 == 0 else list(values.items())  # every sixth article is about something else
    world.rows["extraction"].append(reading | {"claims": len(told), "milestones": 0, "citations": 0, "unexplained": 0})
    for indicator, value in told:
        evidence = f"{str(value).replace('.', ',')}%"
        start = len(title) + 1 + body.index(evidence)
        world.rows["claim"].append(
            reading | {
                "claim_id": f"{version}-{indicator}", "kind": "achievement", "indicator": indicator, "measure": "level", "op": "eq",
                "value": value, "unit": "percent", "as_of": published.date(), "area": "Xã Tân Lập, Tỉnh Sơn La", "area_code": f"{portal}",
                "evidence": evidence, "char_start": start, "char_end": start + len(evidence), "confidence": 0.9, "trace": "{}",
            }
        )  # fmt: skip
    return row


def revisits(world: World, portal: str) -> list[Row]:
    newest = {r["number"] for r in world.last_article_rows(portal)}
    return [c for c in world.last_week("capture", portal) if c["number"] not in newest]


def articles_missing(world: World, portal: str) -> None:
    for row in revisits(world, portal)[:5]:
        row |= {"outcome": "not_found", "status": 404}


def one_gone(world: World, portal: str) -> None:
    row = revisits(world, portal)[0]  # a portal that says so with status 200
    world.rows["rejected"].append(
        {"rejected_id": row["capture_id"], "portal_id": portal, "source_id": row["capture_id"], "rule": "not_found_page", "load_id": 2}
    )


def fetches_failed(world: World, portal: str) -> None:
    for row in world.last_week("capture", portal)[::2]:
        row |= {"outcome": "timeout", "status": None}


def slower(world: World, portal: str) -> None:
    for row in world.last_week("capture", portal):
        row["elapsed_s"] = 2.0


def without(column: str) -> Callable[[World, str], None]:
    def fault(world: World, portal: str) -> None:
        for row in world.last_article_rows(portal)[:6]:
            row[column] = None

    return fault


def dates_late(world: World, portal: str) -> None:
    for row in world.last_article_rows(portal)[:6]:
        row["published_at"] = row["published_at"] - timedelta(days=30)


def stories_doubled(world: World, portal: str) -> None:
    for row in world.last_article_rows(portal)[:6]:
        row["story_id"] = "the same release"


def edit(world: World, portal: str, count: int) -> None:
    run_id = f"run-{portal}"
    for row in revisits(world, portal)[:count]:
        fetch(world, portal, run_id, row["number"], row["fetched_at"], row["fetched_at"] - timedelta(days=7), suffix="-again")


def volume_low(world: World, portal: str) -> None:
    drop(world, portal, lambda r: r["published_at"] > NOW - timedelta(days=8))


def drop(world: World, portal: str, which: Callable[[Row], bool]) -> None:
    """Take articles out as if they had never been there."""
    versions = {r["version_id"] for r in world.rows["article"] if r["portal_id"] == portal and which(r)}
    captures = {r["capture_id"] for r in world.rows["article"] if r["version_id"] in versions}
    world.rows["capture"] = [r for r in world.rows["capture"] if r["capture_id"] not in captures]
    for table in ("article", "extraction", "claim"):
        world.rows[table] = [r for r in world.rows[table] if r["version_id"] not in versions]


def volume_high(world: World, portal: str) -> None:
    for number in range(1000, 1026):
        at = NOW - timedelta(days=2)
        fetch(world, portal, f"run-{portal}", number, at, at - timedelta(hours=3))


def barren(world: World, portal: str) -> None:
    versions = {r["version_id"] for r in world.last_article_rows(portal)[:9]}
    for row in world.rows["extraction"]:
        if row["version_id"] in versions:
            row["claims"] = 0
    world.rows["claim"] = [r for r in world.rows["claim"] if r["version_id"] not in versions]


def unexplained(world: World, portal: str) -> None:
    for row in world.last_week("extraction", portal):
        row["unexplained"] = 5


def unresolved(world: World, portal: str) -> None:
    for row in world.last_week("claim", portal):
        row["area_code"] = None


def tenfold(world: World, portal: str, share: int) -> None:
    for row in world.last_week("claim", portal)[::share]:
        if row["indicator"] == INDICATORS[0]:
            row |= {"value": row["value"] / 10, "evidence": row["evidence"]}


def impossible(world: World, portal: str) -> None:
    for row in world.last_week("claim", portal)[:2]:  # both of the first article
        row |= {"value": 3.0, "denominator": 2.0, "unit": "commune", "indicator": "ntm.commune.certified"}


def jumps(world: World, portal: str) -> None:
    for row in world.last_week("claim", portal):
        row["value"] = round(row["value"] / 10, 2)


def other_numbers(world: World, portal: str) -> None:
    for row in world.last_week("claim", portal):
        row["value"] = row["value"] + 11.5


def capture_fault(**change: object) -> Callable[[World, str], None]:
    def fault(world: World, portal: str) -> None:
        revisits(world, portal)[0].update(change)

    return fault


FAULTS: dict[str, Callable[[World, str], None]] = {
    "captures.status_fits": capture_fault(status=500),
    "captures.page_size": capture_fault(size=12),
    "captures.is_html": capture_fault(content_type="application/pdf"),
    "captures.real_page": capture_fault(outcome="blocked"),
    "captures.article_gone": one_gone,
    "portals.articles_missing": articles_missing,
    "portals.fetches_failed": fetches_failed,
    "portals.slower": slower,
    "portals.dates_missing": without("published_at"),
    "portals.authors_missing": without("author"),
    "portals.sections_missing": without("section"),
    "portals.dates_late": dates_late,
    "portals.stories_doubled": stories_doubled,
    "portals.articles_edited": lambda world, portal: edit(world, portal, 4),
    "batches.edited_together": lambda world, portal: edit(world, portal, 8),
    "batches.figures_jump": jumps,
    "batches.impossible_figures": impossible,
    "claims.level_jumped": lambda world, portal: tenfold(world, portal, 8),
    "claims.span_holds_the_number": other_numbers,
    "trends.volume_low": volume_low,
    "trends.volume_high": volume_high,
    "trends.barren": barren,
    "trends.unexplained": unexplained,
    "trends.unresolved": unresolved,
}
# what else a fault is: a check -> portals with other faults that it must find, too
ALSO = {
    "captures.article_gone": {"portals.articles_missing"},
    "portals.articles_edited": {"batches.edited_together"},
    "claims.level_jumped": {"batches.figures_jump"},
    "claims.numerator_within_denominator": {"batches.impossible_figures"},
    "claims.span_holds_the_number": {"batches.impossible_figures"},
}
ABOUT_ALL = {"mix.vanished", "mix.surged"}  # all portals together
SUITES = ("captures", "portals", "trends", "batches", "mix")


def write(world: World, connection: duckdb.DuckDBPyConnection) -> None:
    for table, rows in world.rows.items():
        if rows:
            columns = [n for n in dict.fromkeys(k for r in rows for k in r) if n != "number"]
            data = pa.Table.from_pylist([{c: r.get(c) for c in columns} for r in rows])
            connection.register("made", data)
            connection.execute(f"insert into raw.{table} ({', '.join(columns)}) select {', '.join(columns)} from made")
            connection.unregister("made")
    connection.execute("insert into ops.audited (load_id) values (1)")


def audited(folder: Path, portals: list[str], change: Callable[[World], None] = lambda _: None) -> Iterator[AuditResult]:
    world = World()
    for portal in portals:
        build(portal, world)
    for portal in portals:
        if portal in FAULTS:
            FAULTS[portal](world, portal)
    change(world)
    with open_warehouse(folder / "w.duckdb") as connection:
        write(world, connection)
        yield audit("raw", connection, "b1", NOW)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditResult]:
    yield from audited(tmp_path_factory.mktemp("faulty"), [HEALTHY, *FAULTS])


def portals_of(result: AuditResult, check: str) -> set[str]:
    (found,) = [r for r in result.results if r.check.id == check]
    assert found.status != "broken", found.message
    return {p.portal_id for p in found.by_portal} if found.status == "failed" else set()


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_the_portal_with_its_fault_and_no_other(faulty: AuditResult, check: str) -> None:
    assert portals_of(faulty, check) == {check} | ALSO.get(check, set())


def test_nothing_else_is_found(faulty: AuditResult) -> None:
    others = [r.check.id for r in faulty.results if r.check.id not in {*FAULTS, *ABOUT_ALL}]
    assert {check: portals_of(faulty, check) for check in others if portals_of(faulty, check)} == {
        check: portals for check, portals in ALSO.items() if check not in FAULTS
    }


def test_every_check_about_a_past_has_a_fault_here() -> None:
    shipped = {c.id for s in load_suites(layer="raw") if s.suite in SUITES for c in s.checks}
    assert shipped == {c for c in FAULTS if not c.startswith("claims.")} | ABOUT_ALL


def test_healthy_weeks_raise_nothing(tmp_path: Path) -> None:
    for result in audited(tmp_path, ["north", "south", "west"]):
        assert {r.check.id: r.sample for r in result.results if r.status != "passed"} == {}


def test_an_indicator_that_vanishes_from_all_portals_is_noticed(tmp_path: Path) -> None:
    def rename(world: World) -> None:
        for row in world.rows["claim"]:
            if row["load_id"] == 2 and row["indicator"] == INDICATORS[1]:
                row["indicator"] = "env.forest_cover"

    for result in audited(tmp_path, ["north", "south", "west"], rename):
        found = {r.check.id: r.row_keys for r in result.results if r.status != "passed"}
        assert found == {"mix.vanished": (INDICATORS[1],), "mix.surged": ("env.forest_cover",)}


def test_a_silent_tet_is_no_alarm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(f"{__name__}.NOW", datetime(2026, 2, 21, 12, tzinfo=UTC))  # Tết is 14 to 23 February 2026
    assert not is_working_day(date(2026, 2, 19))
    for result in audited(tmp_path, ["north", "south"]):
        assert {r.check.id: r.sample for r in result.results if r.status != "passed"} == {}

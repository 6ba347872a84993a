"""What a build has to do: nothing is kept of a build but what the last complete one had seen, in the warehouse itself.

    raw.* after the last load id seen ─┐
    rows held back or released since  ─┼─▶ ops.touched_article ─▶ ops.touched_story ─▶ the incremental models of dbt_project
    corrections added, changed, gone  ─┘                                              └▶ touched series, areas and documents

The models rebuild touched groups whole and leave all others alone (macros/touched.sql). `ops.build_state` moves only when a complete
build has ended, so a build that is killed at any moment leaves its work to the next, which does at least as much: doing it twice
changes nothing. What raw.* cannot tell (which series and documents a story had before it was rebuilt) is written down by the model
that takes those rows away, in the same transaction, and forgotten only by the end of a complete build.

What changes the meaning of every row makes a full refresh: models, macros, seeds, codebook, extractor version, DuckDB version. Their
fingerprint is kept with the state.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import duckdb

from muctieu.rows import insert
from warehouse.releases import forget_release, note_unpublished

CORRECTIONS = Path("seeds", "corrections.csv")
CODEBOOK_FILES = ("lexicon/indicators.csv", "gazetteer/area.csv", "gazetteer/area_succession.csv", "gazetteer/region.csv")
# beyond this share of all articles (and this number), making everything anew costs less than picking what to make anew
FULL_SHARE, FULL_AT_LEAST = 0.25, 5_000
TABLES_ABOUT_ARTICLES = ("article", "claim", "milestone", "citation", "extraction")
HELD_KEYS = {"article": "version_id", "claim": "claim_id", "milestone": "milestone_id", "citation": "citation_id"}


@dataclass(frozen=True, slots=True)
class Correction:
    """What of one row of the corrections seed says which claims it is about; `digest` changes with any column."""

    correction_id: str
    digest: str
    claim_id: str | None
    indicator: str | None
    area_code: str | None
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a build looks at; kept once it is complete."""

    load_id: int
    fingerprint: str
    holds: tuple[tuple[str, str, str], ...]  # source_table, source_id, source_version or ""
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the next build goes about it."""

    full_refresh: bool
    reason: str  # in words, for the log
    touched_articles: int  # 0 in a full refresh
    touched_stories: int
    seen: Seen
    same_code: bool = True  # models and codebook are those of the last complete build


def fingerprint(project: Path, codebook: Path, extractor_version: str = "") -> str:
    """SHA-256 over what gives every row its meaning, without the corrections: those touch the claims that they are about."""
    digest = hashlib.sha256(f"duckdb {duckdb.__version__} extractor {extractor_version}\n".encode())
    files = [path for folder in ("models", "macros", "seeds") for path in sorted((project / folder).rglob("*")) if path.is_file()]
    for path in [project / "dbt_project.yml", *files]:
        if path.suffix in (".sql", ".csv", ".yml") and path != project / CORRECTIONS:
            digest.update(f"{path.relative_to(project)} {_sha256(path)}\n".encode())
    for name in CODEBOOK_FILES:
        digest.update(f"{name} {_sha256(codebook / name) if (codebook / name).is_file() else 'missing'}\n".encode())
    return digest.hexdigest()


def look(connection: duckdb.DuckDBPyConnection, project: Path, codebook: Path) -> Seen:
    """What there is to build from now."""
    (load_id,) = _row(connection, "select coalesce(max(load_id), 0) from raw.loaded_file")
    (version,) = _row(connection, "select arg_max(extractor_version, (load_id, extractor_version)) from raw.extraction")
    holds = connection.execute(
        "select distinct source_table, source_id, coalesce(source_version, '') from ops.quarantine "
        "where decision is distinct from 'released' order by all"
    ).fetchall()
    return Seen(
        int(load_id),
        fingerprint(project, codebook, version or ""),
        tuple((str(table), str(key), str(version)) for table, key, version in holds),
        tuple(_corrections(project / CORRECTIONS)),
    )


def plan_build(connection: duckdb.DuckDBPyConnection, seen: Seen, full_refresh: bool | None = None) -> Plan:
    """Decide between a full refresh and an incremental build, and write what is touched to ops.touched_*.

    `full_refresh`: True and False decide themselves, None leaves it to what has changed. Without a complete build before
    (or after a full refresh that did not end) there is nothing to add to, whatever the caller says.
    """
    state = connection.execute("select load_id, fingerprint from ops.build_state").fetchone()
    connection.begin()
    try:
        connection.execute("delete from ops.touched_article; delete from ops.touched_story")
        if state is not None and full_refresh is not True:
            _touch_articles(connection, int(state[0]), seen)
        articles, stories = _touch_stories(connection)
        reason = _reason_for_all(connection, state, seen, articles, full_refresh)
        if reason:
            connection.execute("delete from ops.touched_article; delete from ops.touched_story")
        connection.commit()
    except Exception:
        connection.rollback()
        raise
    if reason:
        return Plan(True, reason, 0, 0, seen)
    assert state is not None
    what = f"{articles} articles in {stories} stories are touched since load {state[0]}"
    return Plan(False, what, articles, stories, seen, same_code=state[1] == seen.fingerprint)


def anything_changed(connection: duckdb.DuckDBPyConnection, seen: Seen) -> bool:
    """Whether rows were held back, released or corrected, or models changed, since the last complete build; new rows are not looked at."""
    state = connection.execute("select fingerprint from ops.build_state").fetchone()
    if state is None or state[0] != seen.fingerprint:
        return True
    holds = connection.execute("select source_table, source_id, source_version from ops.built_hold").fetchall()
    corrections = connection.execute("select digest from ops.built_correction").fetchall()
    return set(holds) != set(seen.holds) or {digest for (digest,) in corrections} != {c.digest for c in seen.corrections}


def begin_full(connection: duckdb.DuckDBPyConnection) -> None:
    """A full refresh that does not end leaves tables of two states, so the next build must begin it again."""
    connection.begin()
    connection.execute("delete from ops.build_state")
    forget_release(connection)
    connection.commit()


def finish(
    connection: duckdb.DuckDBPyConnection, build_id: str, seen: Seen, groups: Mapping[str, str] | None = None, full_refresh: bool = True
) -> None:
    """The build is complete: the next one starts from what this one has seen. `groups`: mart -> what its rows are grouped by."""
    connection.begin()
    try:
        note_unpublished(connection, groups or {}, full_refresh)
        for table in ("build_state", "built_hold", "built_correction", "touched_article", "touched_story", "left_series", "left_document"):
            connection.execute(f"delete from ops.{table}")
        connection.execute("insert into ops.build_state values (?, ?, ?, now())", [build_id, seen.load_id, seen.fingerprint])
        insert(connection, "ops.built_hold", ("source_table", "source_id", "source_version"), seen.holds)
        insert(connection, "ops.built_correction", [f.name for f in fields(Correction)], [astuple(c) for c in seen.corrections])
        connection.commit()
    except Exception:
        connection.rollback()
        raise


def _reason_for_all(
    connection: duckdb.DuckDBPyConnection, state: tuple[int, str] | None, seen: Seen, touched: int, asked: bool | None
) -> str:
    """Why everything must be made anew; empty when it need not."""
    if state is None:
        return "no complete build to add to"
    if asked is not None:
        return "asked for" if asked else ""
    if state[1] != seen.fingerprint:
        return "models, seeds, codebook, extractor or DuckDB are others than those of the last build"
    (articles,) = _row(connection, "select approx_count_distinct(article_id) from raw.article") if touched >= FULL_AT_LEAST else (0,)
    if touched >= FULL_AT_LEAST and touched > FULL_SHARE * articles:
        return f"{touched} of about {articles} articles are touched"
    return ""


def _touch_articles(connection: duckdb.DuckDBPyConnection, since: int, seen: Seen) -> None:
    """Fill ops.touched_article from raw.*, never from what a build made: a killed build may have changed that."""
    new = " union all ".join(f"select article_id from raw.{table} where load_id > {since}" for table in TABLES_ABOUT_ARTICLES)
    taken_down = (
        "select article.article_id from raw.article as article inner join raw.rejected as gone on article.version_id = gone.source_id "
        f"where gone.rule = 'taken_down' and gone.load_id > {since}"
    )
    connection.execute(f"insert into ops.touched_article select distinct article_id from ({new} union all {taken_down})")
    before = set(connection.execute("select source_table, source_id, source_version from ops.built_hold").fetchall())
    for table, key in HELD_KEYS.items():
        changed = [source_id for source_table, source_id, _ in before ^ set(seen.holds) if source_table == f"raw.{table}"]
        if changed:
            _touch(connection, f"select article_id from raw.{table} where {key} in (select unnest(?::varchar[]))", [changed])
    known = connection.execute(
        "select correction_id, digest, claim_id, indicator, area_code, as_of::varchar from ops.built_correction"
    ).fetchall()
    for correction in {Correction(*row) for row in known} ^ set(seen.corrections):
        if correction.claim_id:
            _touch(connection, "select article_id from raw.claim where claim_id = ?", [correction.claim_id])
        else:
            _touch(
                connection,
                "select article_id from raw.claim where coalesce(indicator, 'other') = ? and area_code = ? and as_of = ?::date",
                [correction.indicator, correction.area_code, correction.as_of],
            )


def _touch(connection: duckdb.DuckDBPyConnection, articles: str, parameters: list[object]) -> None:
    connection.execute(
        f"insert into ops.touched_article select distinct article_id from ({articles}) anti join ops.touched_article using (article_id)",
        parameters,
    )


def _touch_stories(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Every story of every version of the touched articles: an edit may move an article from one story to another."""
    connection.execute(
        "insert into ops.touched_story select distinct story_id from raw.article "
        "where article_id in (select article_id from ops.touched_article) and story_id is not null"
    )
    articles, stories = _row(connection, "select (select count(*) from ops.touched_article), (select count(*) from ops.touched_story)")
    return int(articles), int(stories)


def _corrections(path: Path) -> Iterator[Correction]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            digest = hashlib.sha256("\x1f".join(f"{name}={value}" for name, value in sorted(row.items())).encode()).hexdigest()
            yield Correction(
                row["correction_id"],
                digest,
                row["claim_id"] or None,
                row["indicator"] or None,
                row["area_code"] or None,
                row["as_of"] or None,
            )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row

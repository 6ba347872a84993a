"""Rows that are held back: what holds them, what a person decided about them, and the way back.

Two kinds are listed together. `ops.quarantine` has rows that a check refused (staging leaves them out); `raw.rejected` has pages
that scraping could not make an article of. A decision is keyed by the row, the rule and what the row says (`row_content` of the
suite), so the same row of a later reading keeps it, and a row that says something else is a new case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

import duckdb

from expectations.runner import CheckResult
from expectations.suite import Suite
from muctieu.records import stable_id
from muctieu.rows import insert, transaction

Decision = Literal["released", "rejected"]

_COLUMNS = (
    "quarantine_id",
    "source_table",
    "source_id",
    "source_version",
    "rule",
    "severity",
    "reason_vi",
    "reason_en",
    "evidence",
    "portal_id",
    "url",
    "build_id",
    "quarantined_at",
    "last_seen_at",
)


class QuarantineError(ValueError):
    """A decision that cannot be made; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Held:
    """One row that is held back, or was."""

    quarantine_id: str
    source_table: str  # raw.article, raw.claim …; raw.rejected for pages that became no article
    source_id: str
    source_version: str | None
    rule: str
    severity: str
    reason_vi: str
    reason_en: str
    evidence: str | None
    portal_id: str | None
    url: str | None
    quarantined_at: datetime
    last_seen_at: datetime
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None

    @property
    def is_page(self) -> bool:
        """Whether it is a page that scraping refused, which has no row to let through."""
        return self.source_table == "raw.rejected"


def hold(connection: duckdb.DuckDBPyConnection, suite: Suite, frame: Any, result: CheckResult, build_id: str, now: datetime) -> int:
    """Hold back the rows that a check refused; returns how many are new cases.

    A case that is known keeps its decision and moves on to the newest reading; one that was superseded waits again.
    """
    if not result.row_keys:
        return 0
    rows = [_held_row(suite, row, key, result, build_id, now) for key, row in _failing(suite, frame, result)]
    known = {r[0] for r in connection.execute("select quarantine_id from ops.quarantine where rule = ?", [result.check.id]).fetchall()}
    with transaction(connection):
        insert(connection, "ops.quarantine", _COLUMNS, [row for row in rows if row[0] not in known])
        again = [[row[3], now, build_id, row[0]] for row in rows if row[0] in known]
        if again:
            connection.executemany(
                "update ops.quarantine set source_version = ?, last_seen_at = ?, build_id = ?, "
                "decision = nullif(decision, 'superseded') where quarantine_id = ?",
                again,
            )
    return sum(row[0] not in known for row in rows)


def _failing(suite: Suite, frame: Any, result: CheckResult) -> list[tuple[str, Any]]:
    """(key, row) of the rows that failed; where a key is not unique the first row stands for all."""
    rows = frame.assign(_key=frame[suite.row_key].astype(str)).drop_duplicates("_key").set_index("_key")
    return [(key, rows.loc[key]) for key in dict.fromkeys(result.row_keys)]


def _held_row(suite: Suite, row: Any, key: str, result: CheckResult, build_id: str, now: datetime) -> tuple[Any, ...]:
    return (
        quarantine_id(suite.table, key, result.check.id, [_text(row, c) for c in suite.row_content]),
        suite.table,
        key,
        _text(row, suite.row_version or ""),
        result.check.id,
        result.check.severity,
        result.check.says,
        result.check.says_en,
        _evidence(suite, row, result),
        _text(row, suite.row_portal or ""),
        _text(row, "url"),
        build_id,
        now,
        now,
    )


def _evidence(suite: Suite, row: Any, result: CheckResult) -> str | None:
    """What a person recognises the row by: its evidence, else what the suite shows of it, and the value that was refused."""
    if evidence := _text(row, "evidence"):
        return evidence
    column = result.check.kwargs.get("column", "")
    value = _text(row, column)
    shown = [_text(row, c) for c in suite.shows if c != "url"]
    refused = f"({column} = {value})" if value not in (None, "True", "False") else None
    return " ".join(filter(None, [" · ".join(filter(None, shown)), refused])) or None


def quarantine_id(table: str, source_id: str, rule: str, content: Sequence[str | None] = ()) -> str:
    """What a decision is about."""
    return stable_id(table, source_id, rule, *content)


def _text(row: Any, column: str) -> str | None:
    value = row.get(column) if column else None
    return None if value is None or str(value) in ("nan", "NaT", "<NA>") else str(value)[:500]


def supersede(connection: duckdb.DuckDBPyConnection, now: datetime) -> int:
    """Close the waiting cases whose row has a newer reading or a newer version: they hold nothing back any more. Returns how many."""
    connection.execute(
        """
        with newest_reading as (
            select version_id, arg_max(extractor_version, load_id) as extractor_version from raw.extraction group by version_id
        ), claims as (select distinct claim_id, version_id from raw.claim),
        newest_version as (
            select article_id, arg_max(version_id, (fetched_at, load_id)) as version_id from raw.article group by article_id
        ),
        gone as (
            select quarantine_id from ops.quarantine as q
            inner join claims on q.source_id = claims.claim_id
            inner join newest_reading as n on n.version_id = claims.version_id
            where q.source_table = 'raw.claim' and q.source_version is not null and n.extractor_version <> q.source_version
            union
            select quarantine_id from ops.quarantine as q
            inner join (select distinct version_id, article_id from raw.article) as a on q.source_id = a.version_id
            inner join newest_version as n on n.article_id = a.article_id
            where q.source_table = 'raw.article' and n.version_id <> q.source_id
        )
        update ops.quarantine set decision = 'superseded', decided_at = ?, decided_by = 'muctieu',
            decision_reason = 'đã có bản đọc hoặc bản bài mới hơn'
        where decision is null and quarantine_id in (from gone)
        """,
        [now],
    )
    row = connection.execute("select count(*) from ops.quarantine where decision = 'superseded' and decided_at = ?", [now]).fetchone()
    return int(row[0]) if row else 0


def decided_keys(connection: duckdb.DuckDBPyConnection, rule: str) -> set[str]:
    """Source ids that a person has decided about under this rule: nobody needs an alert about them."""
    rows = connection.execute(
        "select source_id from ops.quarantine where rule = ? group by source_id having bool_and(decision in ('released', 'rejected'))",
        [rule],
    ).fetchall()
    return {row[0] for row in rows}


def waiting_portals(connection: duckdb.DuckDBPyConnection, rule: str) -> set[str]:
    """Portals that have rows waiting under this rule."""
    rows = connection.execute(
        "select distinct portal_id from ops.quarantine where rule = ? and decision is null and portal_id is not null", [rule]
    ).fetchall()
    return {row[0] for row in rows}


def unbuilt_decisions(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether somebody decided about a row since the last published build: the next one has work, also without new articles."""
    row = connection.execute(
        "select exists (from ops.quarantine where decision in ('released', 'rejected') and source_table <> 'raw.rejected' "
        "and decided_at > coalesce((select max(decisions_until) from ops.audited), '-infinity'::timestamptz))"
    ).fetchone()
    return bool(row and row[0])


# Pages that became no article, one a portal, URL and rule; those that a later visit could read are not held back any more.
_REJECTED = """
    select
        sha256(concat_ws(chr(31), 'raw.rejected', r.portal_id, coalesce(r.url, r.source_id), r.rule))[1:24] as quarantine_id,
        'raw.rejected' as source_table, arg_max(r.rejected_id, r.rejected_at) as source_id, null::varchar as source_version, r.rule,
        'info' as severity, arg_max(r.reason, r.rejected_at) as reason_vi, '' as reason_en, arg_max(r.evidence, r.rejected_at) as evidence,
        r.portal_id, arg_max(r.url, r.rejected_at) as url, min(r.rejected_at) as quarantined_at, max(r.rejected_at) as last_seen_at,
        null::varchar as decision, null::timestamptz as decided_at, null::varchar as decided_by, null::varchar as decision_reason
    from raw.rejected as r
    where not exists (from raw.article as a where a.url = r.url and a.portal_id = r.portal_id and a.fetched_at > r.rejected_at)
    group by r.portal_id, coalesce(r.url, r.source_id), r.rule
"""


def held(
    connection: duckdb.DuckDBPyConnection,
    *,
    portal: str | None = None,
    rule: str | None = None,
    everything: bool = False,
    prefix: str = "",
    limit: int | None = None,
) -> list[Held]:
    """Rows that wait for a decision, newest first; with `everything` also those that were decided or superseded.

    `prefix` selects by the beginning of the id, `rule` by the beginning of the rule ("claims" finds all of its checks).
    """
    names = ", ".join(f.name for f in fields(Held))
    rows = connection.execute(
        f"""
        with all_held as (
            select {names} from ops.quarantine
            union all by name
            select {names} from ({_REJECTED}) where quarantine_id not in (select quarantine_id from ops.quarantine)
        )
        select {names} from all_held
        where ($portal is null or portal_id = $portal) and ($rule is null or starts_with(rule, $rule))
            and ($everything or decision is null) and starts_with(quarantine_id, $prefix)
        order by last_seen_at desc, quarantine_id limit $limit
        """,
        {"portal": portal, "rule": rule, "everything": everything, "prefix": prefix, "limit": limit if limit is not None else 2**62},
    ).fetchall()
    return [Held(*row) for row in rows]


def one(connection: duckdb.DuckDBPyConnection, prefix: str) -> Held:
    """The row whose id begins so. Raises `QuarantineError` when it is none or several."""
    found = held(connection, everything=True, prefix=prefix, limit=2) if prefix else []
    if len(found) != 1:
        why = "không có dòng nào" if not found else "có nhiều dòng"
        raise QuarantineError(f"{why} bị giữ lại với mã bắt đầu bằng {prefix!r}; xem mã bằng `muctieu quarantine list --all`")
    return found[0]


def siblings(connection: duckdb.DuckDBPyConnection, row: Held) -> list[Held]:
    """Other cases that hold the same row back, or its whole article: it passes when all of them are released."""
    rows = {(row.source_table, row.source_id), ("raw.article", _article_of(connection, row))}
    return [
        other
        for other in held(connection, portal=row.portal_id, everything=True)
        if (other.source_table, other.source_id) in rows
        and other.quarantine_id != row.quarantine_id
        and other.decision not in ("released", "superseded")
    ]


def _article_of(connection: duckdb.DuckDBPyConnection, row: Held) -> str | None:
    """The article version that a held claim, milestone or citation was read from."""
    if row.source_table not in ("raw.claim", "raw.milestone", "raw.citation"):
        return None
    key = row.source_table.removeprefix("raw.") + "_id"
    found = connection.execute(f"select version_id from {row.source_table} where {key} = ? limit 1", [row.source_id]).fetchone()
    return str(found[0]) if found else None


def text_of(connection: duckdb.DuckDBPyConnection, row: Held) -> tuple[str | None, str | None]:
    """(title, sentence or beginning of the body) of the article that a held row is about."""
    if row.source_table == "raw.article":
        found = connection.execute(
            "select title, body_text[:600] from raw.article where version_id = ? limit 1", [row.source_id]
        ).fetchone()
    elif row.source_table in ("raw.claim", "raw.milestone"):
        key = row.source_table.removeprefix("raw.") + "_id"
        found = connection.execute(
            f"select a.title, c.sentence from {row.source_table} as c left join raw.article as a using (version_id) "
            f"where c.{key} = ? order by c.load_id desc limit 1",
            [row.source_id],
        ).fetchone()
    else:
        found = None
    return (found[0], found[1]) if found else (None, None)


def decide(
    connection: duckdb.DuckDBPyConnection, prefixes: Sequence[str], decision: Decision, *, by: str, reason: str, now: datetime
) -> list[Held]:
    """Release or reject rows, all or none; returns them as they were before. A decision can be changed by a later one.

    Raises:
        QuarantineError: an id is unknown or ambiguous, there is no reason, or a page without an article was to be released.
    """
    if not reason.strip():
        raise QuarantineError("cần lý do (--reason): người sau phải hiểu vì sao quyết định như vậy")
    rows = [one(connection, prefix) for prefix in prefixes]
    for row in rows:
        if row.is_page and decision == "released":
            raise QuarantineError(
                f"{row.quarantine_id[:8]} là trang chưa thành bài viết nên không có gì để thả; sửa cách đọc của cổng rồi chạy "
                f"`muctieu portal replay {row.portal_id}`, hoặc `muctieu quarantine reject` nếu đúng là không cần"
            )
    with transaction(connection):
        for row in rows:
            if row.is_page:
                _adopt(connection, row)
            connection.execute(
                "update ops.quarantine set decision = ?, decided_at = ?, decided_by = ?, decision_reason = ? where quarantine_id = ?",
                [decision, now, by, reason.strip(), row.quarantine_id],
            )
    return rows


def _adopt(connection: duckdb.DuckDBPyConnection, row: Held) -> None:
    """A refused page gets a row of its own once somebody decides about it."""
    known = connection.execute("select 1 from ops.quarantine where quarantine_id = ?", [row.quarantine_id]).fetchone()
    if known is None:
        names = [name for name in _COLUMNS if name != "build_id"]
        insert(connection, "ops.quarantine", names, [[getattr(row, name) for name in names]])


def way_back(row: Held, what_to_do: str | None) -> str:
    """How the row gets into the warehouse after all, in Vietnamese. `what_to_do`: the `do` of its check."""
    if row.is_page:
        return (
            f"Mở trang gốc; nếu cổng đổi giao diện, sửa bộ chọn trong tệp YAML rồi chạy `muctieu portal replay {row.portal_id}`. "
            f"Nếu trang vốn không phải bài viết: `muctieu quarantine reject {row.quarantine_id[:8]} --reason …`."
        )
    release = f"Nếu dòng này đúng: `muctieu quarantine release {row.quarantine_id[:8]} --reason …`, lần dựng kho sau sẽ nhận lại."
    return f"{what_to_do} {release}" if what_to_do else release

"""The evidence as files that a page loads when somebody asks for a sentence: articles by month, and an index of their words by year.

100,000 articles as a page each are 1.3 GB and four minutes. Here about 32 articles share a file, packed (gzip in base64 inside a script,
which also opens from file://, where a page may not fetch). An article stays in the files of its month and its place there is a checksum of
its id, so a link of today is good when the files are cut anew, and a new article changes one file and the index of one year.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import duckdb
import pyarrow as pa

from dashboards.site import queries
from dashboards.site.folder import SiteFolder
from dashboards.site.reading import Row, cursor_of, rows, stream
from dashboards.site.text import iso
from warehouse.report import safe_url

ARTICLES_A_FILE = 32
NUMBERS_A_FILE = 20_000  # of the index: about 40 KB


@dataclass(frozen=True, slots=True)
class Version:
    """An article version that has evidence; `digest` changes when anything that is shown of it does."""

    version_id: str
    month: str  # 202507; 000000 without a day
    digest: str
    shard: str = ""


def write_evidence(folder: SiteFolder, connection: duckdb.DuckDBPyConnection, fingerprint: str) -> int:
    """Write what is new or changed; returns how many articles have a page."""
    versions = _placed(connection)
    keys = _write_articles(folder, connection, versions, fingerprint)
    bits = _write_index(folder, connection, versions, keys, fingerprint)
    folder.text("data/muc-luc.js", f"MUCTIEU.index={_json({'months': _counts(versions), 'years': bits})};\n")
    words = {name: {code: [vi, en] for code, vi, en in connection.execute(sql).fetchall()} for name, sql in queries.WORDS.items()}
    folder.text("data/tu-ngu.js", f"MUCTIEU.words={json.dumps(words, ensure_ascii=False, separators=(',', ':'), sort_keys=True)};\n")
    return len(versions)


def packed(name: str, content: Any) -> bytes:
    """A script that hands its content to the page; the same content gives the same bytes."""
    data = base64.b64encode(gzip.compress(_json(content).encode("utf-8"), 6, mtime=0)).decode("ascii")
    return f'MUCTIEU.packed("{name}","{data}");\n'.encode("ascii")


def checksum(text: str) -> int:
    """CRC-32, which static/evidence.js computes too."""
    return zlib.crc32(text.encode("utf-8"))


def fold(text: str) -> str:
    """Without marks: Nghèo -> ngheo."""
    plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(c for c in plain if not unicodedata.combining(c))


def _placed(connection: duckdb.DuckDBPyConnection) -> list[Version]:
    """Every version with its file, newest month first; the order inside a file is that of the file's articles."""
    sql = f"select version_id, month, digest from ({queries.EVIDENCE_VERSIONS}) join marts.dim_article using (version_id) "
    found = connection.execute(sql + "order by month desc, published_on desc nulls last, version_id").fetchall()
    placed: list[Version] = []
    for month, group in groupby(found, key=lambda row: row[1]):
        of_month = list(group)
        mask = (1 << bits_for(len(of_month), ARTICLES_A_FILE)) - 1
        placed += sorted(
            (Version(v, month, digest, f"{month}-{checksum(v) & mask}") for v, _, digest in of_month),
            key=lambda version: int(version.shard.partition("-")[2]),
        )
    return placed


def bits_for(items: int, a_file: int) -> int:
    """How many files, as a power of two, so that each has about `a_file` items."""
    return max(0, (max(1, items) - 1) // a_file).bit_length()


def _counts(versions: Sequence[Version]) -> dict[str, list[int]]:
    """How many articles each file of a month has, in the order of the files; the page numbers the articles of a year by it."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for version in versions:
        counts[version.month][version.shard] += 1
    return {
        month: [of_month[f"{month}-{i}"] for i in range(1 << bits_for(sum(of_month.values()), ARTICLES_A_FILE))]
        for month, of_month in counts.items()
    }


def _write_articles(
    folder: SiteFolder, connection: duckdb.DuckDBPyConnection, versions: Sequence[Version], fingerprint: str
) -> dict[str, str]:
    keys, wanted = {}, []
    for shard, group in groupby(versions, key=lambda version: version.shard):
        own = list(group)
        keys[shard] = _key(fingerprint, *(f"{v.version_id} {v.digest}" for v in own))
        if not folder.is_unchanged(f"data/bai/{shard}.js", keys[shard]):
            wanted += own
    _given(connection, "site_wanted", version_id=[v.version_id for v in wanted], shard=[v.shard for v in wanted])
    streams = [stream(cursor_of(connection), sql) for sql in (queries.EVIDENCE_CLAIMS, queries.EVIDENCE_MILESTONES)]
    claims, milestones = (_Side(rows_) for rows_ in streams)
    articles = stream(cursor_of(connection), queries.EVIDENCE_ARTICLES)
    for shard, group_ in groupby(articles, key=lambda row: str(row["shard"])):
        content = [_article(a, claims.of(a["version_id"]), milestones.of(a["version_id"])) for a in group_]
        name = f"bai/{shard}"
        folder.keyed(f"data/{name}.js", keys[shard], lambda name=name, content=content: packed(name, content))  # type: ignore[misc]
    return keys


class _Side:
    """Rows that belong to articles, read in the order of the articles."""

    def __init__(self, source: Iterator[Row]) -> None:
        self._groups = groupby(source, key=lambda row: row["version_id"])
        self._next = next(self._groups, None)

    def of(self, version_id: str) -> list[Row]:
        if self._next is None or self._next[0] != version_id:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found


def _article(article: Row, claims: Sequence[Row], milestones: Sequence[Row]) -> list[Any]:
    """[version, title, author, address, moment, portal, is latest, is withdrawn, [[sentence, [claim…]]…], [milestone…]]"""
    sentences: dict[str, list[Any]] = {}
    for c in claims:
        said = [c["claim_id"], c["kind"], c["fate"], c["indicator_code"], c["area_name"], iso(c["as_of"]), c["value_vi"], c["value_en"]]
        said += [c["evidence"], c["measure"], c["standard_code"], c["confidence"], int(c["needs_review"]), c["mention_count"], c["rule"]]
        sentences.setdefault(c["sentence"], []).append(said)
    named = [[m["sentence"], m["kind_vi"], m["kind_en"], m["indicator_code"], m["area_name"], iso(m["as_of"])] for m in milestones]
    about = [article["version_id"], article["title"], article["author"], safe_url(article["canonical_url"]), iso(article["published_at"])]
    state = [int(article["is_latest"]), int(bool(article["is_withdrawn"]))]
    return [*about, article["portal"], *state, list(sentences.items()), named]


def _write_index(
    folder: SiteFolder, connection: duckdb.DuckDBPyConnection, versions: Sequence[Version], keys: dict[str, str], fingerprint: str
) -> dict[str, int]:
    """The words of each year; returns the bits of each year. The key of a year is in the name of none of its files but of all."""
    bits: dict[str, int] = {}
    for year, group in groupby(versions, key=lambda version: version.month[:4]):
        own = list(group)
        key = _key(fingerprint, *(keys[shard] for shard, _ in groupby(own, key=lambda v: v.shard)))
        known = next((b for b in range(13) if _index_unchanged(folder, year, b, key)), None)
        bits[year] = known if known is not None else _write_year(folder, connection, year, own, key)
    return bits


def _index_unchanged(folder: SiteFolder, year: str, bits: int, key: str) -> bool:
    return folder.are_unchanged([f"data/tim/{year}-{i}.js" for i in range(1 << bits)], f"{key} {bits}")


def _write_year(folder: SiteFolder, connection: duckdb.DuckDBPyConnection, year: str, own: Sequence[Version], key: str) -> int:
    _given(connection, "site_numbered", version_id=[v.version_id for v in own], number=list(range(len(own))))
    tokens: list[tuple[str, list[int]]] = []
    total = 0
    cursor = connection.execute(queries.TOKENS)
    while found := cursor.fetchmany(5000):
        for token, numbers in found:
            total += len(numbers)
            tokens.append((token, [numbers[0], *(b - a for a, b in pairwise(numbers))]))
    bits = bits_for(total, NUMBERS_A_FILE)
    files: list[dict[str, list[int]]] = [{} for _ in range(1 << bits)]
    for token, steps in tokens:
        files[checksum(fold(token)) & ((1 << bits) - 1)][token] = steps
    for i, content in enumerate(files):
        name = f"tim/{year}-{i}"
        folder.keyed(f"data/{name}.js", f"{key} {bits}", lambda name=name, content=content: packed(name, content))  # type: ignore[misc]
    return bits


def _given(connection: duckdb.DuckDBPyConnection, name: str, **columns: list[Any]) -> None:
    types = {"number": pa.int64()}
    table = pa.table({column: pa.array(values, types.get(column, pa.string())) for column, values in columns.items()})
    connection.register("site_given", table)
    connection.execute(f"create or replace table memory.main.{name} as select * from site_given")
    connection.unregister("site_given")


def _key(*parts: str) -> str:
    return hashlib.sha1("\n".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def newest_articles(connection: duckdb.DuckDBPyConnection, limit: int) -> list[Row]:
    """For the list of articles; the rest is found by month and by words."""
    return rows(
        connection,
        "select a.version_id, a.title, a.published_on, a.is_latest, a.claim_count, coalesce(p.portal_name_vi, p.host) as portal, "
        "evidence_of(a.published_on, a.version_id, cast(null as varchar)) as evidence "
        "from marts.dim_article as a left join marts.dim_portal as p using (portal_key) "
        f"where a.claim_count > 0 and a.is_latest order by a.published_on desc nulls last, a.version_id limit {limit}",
    )

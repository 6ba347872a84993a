"""A made-up history of portals as Parquet files of a lake, as scraping and extraction would have left it.

Everything is DuckDB SQL over row numbers and hashes of them, so a million articles take minutes and the same numbers give the same
history. Proportions (of the demo corpus and of `shared/notes/portals.md`; they are what the cost of a build hangs on):

- one portal for about 1,300 articles, at least 20, at most the 63 provinces and 705 districts of 2020: a history grows by portals
- eight articles of ten have figures, three to eight of them (4.4 on average over all), one in three a target
- eight of a hundred are copies of another portal's release (same story), four of a hundred were edited later (a second version)
- figures are of the portal's own area (60 %), of the units below it (32 %), of the country (2 %) or of no known place (6 %); few
  indicators have most of them; seven of a hundred disagree with what others say of the same thing
- two articles of five cite a paper, one of twelve names recognised units
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from muctieu.settings import REPOSITORY

CHUNK = 25_000  # articles a file; about 110,000 claims
ARTICLES_A_PORTAL = 1_300
EXTRACTOR = "history-1"
FIRST_DAY, LAST_DAY = "2015-01-01", "2026-10-31"

# r(i, 'salt'): a number in [0, 1) that depends on its arguments alone. rid: an id as stable_id makes them, but quicker.
_MACROS = """
create or replace macro r(i, salt) as (hash(i, salt) % 1000003) / 1000003.0;
create or replace macro pick(items, x) as items[1 + cast(floor(x * len(items)) as integer)];
create or replace macro paper(i) as pick(['KH-UBND', 'QĐ-UBND', 'NQ-HĐND', 'BC-UBND'], r(i, 'type'));
create or replace macro rid(what) as left(md5(what), 24);
create or replace macro vi(x) as translate(regexp_replace(format('{:,.2f}', x), '\\.?0+$', ''), ',.', '.,');
"""

_CODEBOOK = """
create or replace temp table area as
select code, level, full_name, parent_code from read_csv('{extraction}/gazetteer/area.csv', header = true, all_varchar = true)
where '2020-06-01' between coalesce(nullif(valid_from, ''), '1900') and coalesce(nullif(valid_to, ''), '9999')
    and level in ('province', 'district', 'commune');

create or replace temp table place as
select area.code, area.level, area.parent_code,
    concat_ws(', ', area.full_name, parent.full_name, case when area.level = 'commune' then grandparent.full_name end) as path
from area
left join area as parent on area.parent_code = parent.code and parent.level in ('province', 'district')
left join area as grandparent on parent.parent_code = grandparent.code and grandparent.level = 'province';

create or replace temp table portal as
select row_number() over (order by level <> 'province' and hash(code) % 6 > 0, hash(code, 7)) - 1 as n,
    code, path, 'cong' || code as portal_id,
    (select list({{'code': below.code, 'path': below.path}} order by below.code)
     from place as below where below.parent_code = place.code) as below
from place where level in ('province', 'district')
qualify n < {portals};

create or replace temp table indicator as
select row_number() over (order by hash(code)) - 1 as n, code, unit, better, name_vi
from read_csv('{extraction}/lexicon/indicators.csv', header = true, all_varchar = true);
"""

# one row an article of these numbers; `root` is the article whose words it has (itself unless it is a copy)
_NUMBERED = """
create or replace temp table numbered as
select i, false as is_edit, case when i % 12 > 0 and r(i, 'copy') < 0.087 then i - i % 12 else i end as root,
    cast(date '{first}'
        + cast(floor(pow(least(1, (i - i % 12 + 0.5) / {articles}), 0.6) * date_diff('day', date '{first}', date '{last}')) as integer)
        + cast(greatest(0, i - {articles}) // 200 as integer) as date) as published_on
from range({start}, {stop}) as t(i)
"""

_WRITTEN = """
create or replace temp table version as
with dated as (
    select n.i, n.root, n.is_edit, e.edition, n.published_on,
        'https://' || p.portal_id || '.example.vn/tin/' || n.i as url, p.portal_id, p.path as portal_area, p.code as portal_code,
        o.path as root_area
    from numbered as n
    inner join portal as p on p.n = hash(n.i, 'portal') % {portals}
    inner join portal as o on o.n = hash(n.root, 'portal') % {portals}
    cross join lateral (
        select unnest(case when n.is_edit then [{edition}] when r(n.i, 'edit') < 0.04 then [0, 1] else [0] end) as edition
    ) as e
)
select *, rid(url) as article_id, rid(url || '/' || edition) as version_id, rid('story' || root) as story_id,
    'Tin ' || root || ': kết quả thực hiện các chương trình mục tiêu quốc gia tại ' || root_area as title,
    cast(published_on as timestamp) + to_hours(cast(hash(i, 'hour') % 24 as integer)) as published_at,
    cast(published_on as timestamp) + to_hours(30) + to_days(cast(edition * 3 as integer)) as fetched_at,
    case when r(root, 'dry') < 0.2 then 0 else 3 + cast(floor(r(root, 'many') * 6) as integer) end as figures
from dated;

create or replace temp table figure as
with numbers as (
    select v.*, j, {mix} as mix from version as v cross join lateral (select unnest(range(v.figures)) as j) as js
),
placed as (
    select n.*, i.code as indicator, i.unit, i.better, i.name_vi,
        case when r(mix, 'area') < 0.6 then o.code when r(mix, 'area') < 0.92 then coalesce(pick(o.below, r(mix, 'child')).code, o.code)
             when r(mix, 'area') < 0.94 then 'VN' end as area_code,
        case when r(mix, 'area') < 0.6 then o.path when r(mix, 'area') < 0.92 then coalesce(pick(o.below, r(mix, 'child')).path, o.path)
             when r(mix, 'area') < 0.94 then 'Cả nước'
             else 'Cụm dân cư số ' || cast(floor(r(mix, 'hamlet') * 5000) as integer) end as area,
        case when r(mix, 'kind') < 0.35 then 'target' else 'achievement' end as kind,
        case when r(mix, 'measure') < 0.7 then 'level' when r(mix, 'measure') < 0.8 then 'change'
             when r(mix, 'measure') < 0.9 then 'relative_change' else 'plan_share' end as measure
    from numbers as n
    inner join portal as o on o.n = hash(n.root, 'portal') % {portals}
    inner join indicator as i on i.n = cast(floor(pow(r(mix, 'indicator'), 2) * (select count(*) from indicator)) as integer)
),
timed as (
    select *,
        cast(case
            when kind = 'target' and r(mix, 'day') < 0.4 then make_date(5 * ((year(published_on) + 5) // 5), 12, 31)
            when kind = 'target' then make_date(year(published_on), 12, 31)
            when month(published_on) <= 4 or r(mix, 'day') < 0.3 then make_date(year(published_on) - 1, 12, 31)
            when month(published_on) >= 10 and r(mix, 'day') < 0.8 then make_date(year(published_on), 9, 30)
            when month(published_on) >= 7 then make_date(year(published_on), 6, 30)
            else make_date(year(published_on), 3, 31)
        end as date) as as_of,
        case when r(mix, 'qualifier') < 0.1
             then pick(['dân tộc thiểu số', 'khu vực nông thôn', 'xã đặc biệt khó khăn'], r(mix, 'which')) end as qualifier,
        10 + r(indicator || coalesce(area_code, area), 'base') * 4000 as base,
        1 + 0.06 * (year(as_of) - 2015) * case better when 'down' then -0.9 else 1 end as way
    from placed
),
valued as (
    select *,
        case
            when measure = 'plan_share' then round(50 + r(mix, 'value') * 60, 1)
            when measure = 'relative_change' then round(1 + r(mix, 'value') * 15, 1)
            when unit = 'percent' and measure = 'change' then round(-0.5 - r(mix, 'value') * 3, 2)
            when unit = 'percent' then round(least(99, 2 + base / 90 * way), 2)
            when measure = 'change' then round(base * 0.02 * (1 + r(mix, 'value')))
            else round(base * way * case when kind = 'target' then 1.04 else 1 end)
        end + case when r(mix, 'wrong') < 0.07 then 7 else 0 end + case when j = 0 then edition else 0 end as value
    from timed
),
worded as (
    select *,
        case when measure in ('plan_share', 'relative_change') then 'percent'
             when unit = 'percent' and measure = 'change' then 'percentage_point' else unit end as claim_unit,
        case when unit <> 'percent' and measure = 'level' and kind = 'achievement' and r(mix, 'of') < 0.1
             then round(value * (1.5 + r(mix, 'whole'))) end as denominator,
        case when r(mix, 'paper') < 0.15
             then (1 + hash(root, 'number') % 900) || '/' || paper(root) end as document_number,
        vi(value) || ' ' || name_vi as evidence
    from valued
)
select *,
    case kind when 'target' then 'Đến ngày ' else 'Tính đến ngày ' end || strftime(as_of, '%d/%m/%Y') || ', ' || area
        || coalesce(' (' || qualifier || ')', '') || case kind when 'target' then ' phấn đấu đạt ' else ' có ' end as before,
    before || evidence || coalesce(', theo ' || document_number, '') || ', mức thực hiện theo báo cáo của cơ quan thường trực.' as sentence
from worded;

create or replace temp table placed_figure as
select *, char_start_sentence + length(before) as char_start, char_start_sentence + length(before) + length(evidence) as char_end
from (
    select *, length(title) + 1 + coalesce(sum(length(sentence) + 1) over (
        partition by version_id order by j rows between unbounded preceding and 1 preceding), 0) as char_start_sentence
    from figure
);
"""

_PROSE = " ".join(
    [
        "Các cấp, các ngành tiếp tục tập trung chỉ đạo, huy động nhiều nguồn lực lồng ghép.",
        "Người dân đồng tình, hiến đất, góp công làm đường giao thông và nhà văn hóa.",
        "Công tác tuyên truyền được đổi mới, phù hợp với điều kiện của từng vùng.",
        "Bên cạnh những kết quả đạt được, việc thực hiện ở một số nơi còn chậm, giải ngân chưa đều.",
        "Thời gian tới, các địa phương rà soát từng tiêu chí và phân công cán bộ theo dõi.",
    ]
    * 2
)

_FILES = {
    "articles/portal=history/{name}": """
        select version_id, article_id, story_id, portal_id, portal_id || '-{name}' as run_id, rid(url || fetched_at) as capture_id,
            url as canonical_url, url, title, cast(null as varchar) as summary,
            coalesce(body, '') || '{prose}' || case when edition > 0 then ' Bản sửa ' || edition || '.' else '' end as body_text,
            cast(null as varchar) as author, 'Tin tức' as section, published_at at time zone 'UTC' as published_at,
            cast(null as varchar) as published_raw, 'page' as published_basis, portal_area, cast([] as varchar[]) as attachments,
            fetched_at at time zone 'UTC' as fetched_at, 'history/1' as parser
        from version
        left join (
            select version_id, string_agg(sentence, chr(10) order by j) || chr(10) as body from placed_figure group by version_id
        ) using (version_id)
        order by i, edition
    """,
    "claims/extractor={extractor}/{name}": """
        select rid(version_id || '-' || j) as claim_id, version_id, article_id, portal_id, '{extractor}' as extractor_version, kind,
            indicator, measure,
            case when r(mix, 'op') < 0.15 then 'approx' when kind = 'target' and r(mix, 'op') < 0.4 then 'ge' else 'eq' end as op,
            cast(value as double) as value, cast(null as double) as value_high, cast(denominator as double) as denominator,
            claim_unit as unit, as_of, area, area_code, cast(null as varchar) as plan_by,
            kind = 'target' and measure = 'change' as per_year,
            qualifier, document_number, evidence, cast(char_start as bigint) as char_start, cast(char_end as bigint) as char_end, sentence,
            'history' as rule, round(0.6 + 0.4 * r(mix, 'sure'), 2) as confidence, r(mix, 'review') < 0.05 as needs_review,
            cast([] as varchar[]) as checks,
            '{{"area": {{"value": "' || area || '", "source": "sentence", "rule": "named"}}, "as_of": {{"value": "'
                || as_of || '", "source": "sentence", "rule": "day"}}, "indicator": {{"value": "'
                || indicator || '", "source": "phrase"}}}}' as trace
        from placed_figure order by i, edition, j
    """,
    "milestones/extractor={extractor}/{name}": """
        select rid(version_id || '-m' || m) as milestone_id, version_id, article_id, portal_id, '{extractor}' as extractor_version,
            'ntm.commune.certified' as indicator, case when r(root, 'mkind') < 0.3 then 'target' else 'achievement' end as kind,
            below[m].path as area, below[m].code as area_code, make_date(year(published_on), 12, 31) as as_of,
            cast(0 as bigint) as char_start, cast(3 as bigint) as char_end, title as sentence, 'history' as rule
        from version
        inner join (select n, list_slice(below, 1, 2) as below from portal) as o on o.n = hash(root, 'portal') % {portals}
        cross join lateral (select unnest(range(1, 1 + len(o.below))) as m) as ms
        where r(root, 'names') < 0.08 order by i, edition, m
    """,
    "citations/extractor={extractor}/{name}": """
        select rid(version_id || '-c' || c) as citation_id, version_id, article_id, portal_id, '{extractor}' as extractor_version,
            case when c = 0
                 then (1 + hash(root, 'number') % 900) || '/' || paper(root)
                 else pick(['1719/QĐ-TTg', '90/QĐ-TTg', '263/QĐ-TTg', '27/2022/NĐ-CP'], r(root, 'law')) end as number,
            cast(null as varchar) as type, case when c = 0 then 'UBND ' || root_area end as issuer,
            case when c = 0 then cast(published_on - cast(hash(root, 'ago') % 60 as integer) as date) end as issued,
            cast(0 as bigint) as char_start, cast(3 as bigint) as char_end
        from version
        cross join lateral (
            select unnest(range(case when r(root, 'cites') < 0.15 then 2 when r(root, 'cites') < 0.4 then 1 else 0 end)) as c
        ) as cs
        order by i, edition, c
    """,
    "extractions/extractor={extractor}/{name}": """
        select version_id, any_value(article_id) as article_id, any_value(portal_id) as portal_id, '{extractor}' as extractor_version,
            cast(any_value(figures) as bigint) as claims, cast(0 as bigint) as milestones, cast(0 as bigint) as citations,
            cast(0 as bigint) as unexplained, cast(null as varchar) as error
        from version group by version_id order by version_id
    """,
    "runs/portal=history/{name}": """
        select portal_id || '-{name}' as run_id, portal_id, min(fetched_at) at time zone 'UTC' as started_at,
            max(fetched_at) at time zone 'UTC' as ended_at, 'ok' as outcome, cast(1 as bigint) as listings, count(*) as links,
            count(*) + 1 as requests, count(*) as fetched, cast(0 as bigint) as not_modified, cast(0 as bigint) as failed,
            count(*) as new_articles, cast(0 as bigint) as new_versions, cast(0 as bigint) as rejected, '' as message
        from version group by portal_id order by portal_id
    """,
    "capture_index/portal=history/{name}": """
        select rid(url || fetched_at) as capture_id, portal_id, portal_id || '-{name}' as run_id, 'article' as role, url, url as final_url,
            'ok' as outcome, cast(200 as bigint) as status, cast(null as varchar) as error, fetched_at at time zone 'UTC' as fetched_at,
            0.2 as elapsed_s, 'text/html' as content_type, cast(20000 as bigint) as size, md5(version_id) as body_sha256,
            cast(null as varchar) as etag, cast(null as varchar) as last_modified, cast(null as varchar) as warc_path,
            cast(null as bigint) as warc_offset
        from version order by i, edition
    """,
}

_TAKEN_DOWN = """
    select rid('taken' || version_id) as rejected_id, portal_id || '-{name}' as run_id, portal_id, 'article' as layer,
        version_id as source_id,
        'taken_down' as rule, 'Cổng trả lời không tìm thấy bài.' as reason, 'HTTP 404' as evidence, url,
        (fetched_at + interval 30 day) at time zone 'UTC' as rejected_at
    from version order by i, edition
"""


@dataclass(frozen=True, slots=True)
class Increment:
    """What a later run of all portals brings: 100 articles, of which some are old."""

    new: int = 80  # published after the history
    late: int = 8  # published years ago, seen now
    edited: int = 8  # articles of the history with another first figure
    taken_down: int = 4  # articles of the history that their portals no longer have

    @property
    def articles(self) -> int:
        return self.new + self.late + self.edited + self.taken_down


class History:
    """Writes a history of so many articles into a lake folder, and increments on top of it."""

    def __init__(self, lake: Path, articles: int) -> None:
        self.lake, self.articles = lake, articles
        self.portals = max(20, min(768, articles // ARTICLES_A_PORTAL))
        self._connection = duckdb.connect()
        self._connection.execute("set timezone = 'UTC'; set memory_limit = '4GB'; set preserve_insertion_order = false")
        self._connection.execute(_MACROS)
        self._connection.execute(_CODEBOOK.format(extraction=REPOSITORY / "extraction", portals=self.portals))

    def write(self) -> None:
        """The history, one set of files for 25,000 articles."""
        for number, start in enumerate(range(0, self.articles, CHUNK)):
            self._number(start, min(start + CHUNK, self.articles))
            self._write(f"h{number:05}", edition=0)

    def write_increment(self, step: int, increment: Increment | None = None) -> str:
        """The files of one more run; `step` counts from 1 and decides which articles it brings. Returns the name of the run."""
        size = increment or Increment()
        name = f"i{step:05}"
        first = self.articles + 10 * CHUNK * (step // 1000) + (step - 1) * 120
        self._number(first, first + size.new)
        self._connection.execute(
            "insert into numbered select i, false, i, date '2016-01-05' + cast(hash(i) % 1800 as integer) from range(?, ?) as t(i)",
            [first + 100, first + 100 + size.late],
        )
        self._old(size.edited, f"edit{step}")
        self._write(name, edition=1 + step)
        self._connection.execute("delete from numbered")
        self._old(size.taken_down, f"gone{step}")
        self._make(edition=0)
        self._copy("rejected/portal=history/{name}", _TAKEN_DOWN, name)
        return name

    def _number(self, start: int, stop: int) -> None:
        self._connection.execute(_NUMBERED.format(start=start, stop=stop, articles=self.articles, first=FIRST_DAY, last=LAST_DAY))

    def _old(self, count: int, salt: str) -> None:
        """Articles of the history, as they were numbered."""
        self._connection.execute("create or replace temp table keep as from numbered")
        wanted = self._connection.execute(
            "select distinct cast(hash(i, ?) % ? as bigint) from range(?) as t(i)", [salt, self.articles, count]
        ).fetchall()
        for (article,) in wanted:
            self._number(article, article + 1)
            self._connection.execute("insert into keep select i, true, root, published_on from numbered")
        self._connection.execute("create or replace temp table numbered as from keep")

    def _make(self, edition: int) -> None:
        # what an article says hangs on its root and the place in its text, so copies and editions say the same
        mix = "root * 16 + j"
        self._connection.execute(_WRITTEN.format(portals=self.portals, edition=edition, mix=mix))

    def _write(self, name: str, edition: int) -> None:
        self._make(edition)
        for path, sql in _FILES.items():
            self._copy(path, sql, name)

    def _copy(self, path: str, sql: str, name: str) -> None:
        target = self.lake / f"{path.format(name=name, extractor=EXTRACTOR)}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        query = sql.format(name=name, extractor=EXTRACTOR, portals=self.portals, prose=_PROSE)
        self._connection.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")

-- What every suite may read besides the tables of the warehouse: temporary views of one audit, made by audit.py.
-- :now is the moment of the audit, :since the load id that the last finished audit of raw had seen.
-- Weeks are counted back from today (0 is the current one), in days of Vietnam. audit_day(day, is_working, is_tet) comes from muctieu/calendar.py.

create or replace temp macro vn_day(moment) as cast(timezone('Asia/Ho_Chi_Minh', moment) as date);

-- week of a fetch: today belongs to week 0, because the run that is judged is of today
create or replace temp macro week_of(moment) as date_diff('day', vn_day(moment), vn_day(timestamptz ':now')) // 7;

-- how far a share of `hits` in `n` is from that of `past_hits` in `past_n`, in standard errors (arcsine transform with Anscombe's
-- correction, so that it holds for rare things and few rows); null where there are too few rows to say anything
create or replace temp macro share_z(hits, n, past_hits, past_n) as
    case when n >= 4 and past_n >= 20 then
        2 * (asin(sqrt((hits + 0.375) / (n + 0.75))) - asin(sqrt((past_hits + 0.375) / (past_n + 0.75)))) / sqrt(1.0 / n + 1.0 / past_n)
    end;

-- complete days only: an audit in the morning has not seen the articles of the day
create or replace temp view audit_week as
select
    (date_diff('day', day, vn_day(timestamptz ':now')) - 1) // 7 as week,
    count(*) filter (where is_working) as working_days,
    bool_or(is_tet) as has_tet,
    bool_or((month(day) = 12 and day(day) >= 15) or (month(day) = 1 and day(day) <= 15)) as is_year_end
from audit_day
where day < vn_day(timestamptz ':now')
group by 1;

-- runs that could read their portal; what the others saw is no past to compare with
create or replace temp view healthy_run as
select run_id from raw.run where outcome in ('ok', 'ok_empty_declared', 'degraded');

create or replace temp view audit_capture as
with known as (select portal_id, url, min(fetched_at) as first_read_at from raw.article group by portal_id, url)
select
    capture.*,
    week_of(capture.fetched_at) as week,
    coalesce(capture.role = 'article' and capture.fetched_at > known.first_read_at, false) as is_revisit,
    coalesce(capture.outcome in ('not_found', 'gone') or missing.source_id is not null, false) as is_missing
from raw.capture as capture
left join known on known.portal_id = capture.portal_id and known.url = capture.url
-- most portals say "not found" with status 200
left join (select distinct source_id from raw.rejected where rule = 'not_found_page') as missing on missing.source_id = capture.capture_id
where capture.fetched_at > timestamptz ':now' - interval 70 day;

-- one row a version: when it was first seen, whether the article was known before, what its story is
create or replace temp view audit_version as
with first_seen as (
    select * from raw.article
    qualify row_number() over (partition by version_id order by fetched_at, capture_id) = 1
)
select
    first_seen.*,
    week_of(first_seen.fetched_at) as week,
    row_number() over (partition by article_id order by fetched_at, version_id) > 1 as is_edit,
    row_number() over (partition by portal_id, story_id order by fetched_at, version_id) as story_rank,
    row_number() over (partition by article_id, story_id order by fetched_at, version_id) as story_rank_in_article
from first_seen;

-- the newest reading of each version
create or replace temp view audit_reading as
select * from raw.extraction qualify row_number() over (partition by version_id order by load_id desc, extractor_version desc) = 1;

create or replace temp view audit_claim as
select claim.*
from raw.claim as claim
join audit_reading as reading on claim.version_id = reading.version_id and claim.extractor_version = reading.extractor_version
qualify row_number() over (partition by claim.claim_id order by claim.load_id desc) = 1;

-- figures that cannot be, whatever they are about; the checks of the suite `claims` name them one by one
create or replace temp view impossible_claim as
select * from audit_claim
where (denominator is not null and value_high is null and unit <> 'vnd' and abs(value) > denominator)
    or (unit = 'percent' and measure = 'level' and value not between 0 and 100);

-- each new level beside the one before it of the same area and indicator; only levels that do not start at zero again every period
create or replace temp view claim_before as
with level as (
    select
        claim.claim_id, claim.version_id, claim.portal_id, claim.load_id, claim.as_of, claim.value, claim.unit, claim.indicator,
        concat_ws('|', coalesce(claim.area_code, claim.area), claim.indicator, claim.unit, claim.qualifier) as series
    from audit_claim as claim
    where claim.measure = 'level' and claim.kind = 'achievement' and claim.op <> 'range' and claim.as_of is not null and claim.value > 0
        and regexp_matches(
            claim.indicator,
            '^(ntm\.(commune|district|village|criteria)|poverty\.(household|rate)|ocop\.product\.(certified|three|four|five)'
            || '|dtts|health|infra\..*rate|education|labour\..*rate|env)'
        )
),
held as (select source_id from ops.quarantine where source_table in ('raw.claim', 'raw.article'))
select
    new.claim_id, new.version_id, new.portal_id, new.value, old.value as value_before, old.as_of as as_of_before,
    case
        when new.unit = 'percent' then new.value / old.value
        when old.value >= 10 then greatest(new.value / old.value, 1)
    end as times_before
from (select * from level where load_id > :since) as new
asof join (
    select * from level
    where load_id <= :since and claim_id not in (select source_id from held) and version_id not in (select source_id from held)
) as old on new.series = old.series and new.as_of >= old.as_of
where new.as_of - old.as_of <= 500;

-- shares of what one portal did in one week: `hits` of `n`
create or replace temp view portal_share as
select portal_id, week, 'missing' as measure, count(*) as n, count(*) filter (where is_missing) as hits
from audit_capture where is_revisit and (week = 0 or run_id in (select run_id from healthy_run)) group by all
union all
select portal_id, week, 'failed', count(*), count(*) filter (where outcome not in ('ok', 'not_modified', 'not_found', 'gone'))
from audit_capture where week = 0 or run_id in (select run_id from healthy_run) group by all
union all
select portal_id, week, 'undated', count(*), count(*) filter (where published_at is null) from audit_version group by all
union all
select portal_id, week, 'unsigned', count(*), count(*) filter (where author is null) from audit_version group by all
union all
select portal_id, week, 'unsectioned', count(*), count(*) filter (where section is null) from audit_version group by all
union all
select portal_id, week, 'late', count(*), count(*) filter (where published_at < fetched_at - interval 21 day)
from audit_version where not is_edit and fetched_at > (
    select min(first.started_at) + interval 1 day from raw.run as first where first.portal_id = audit_version.portal_id
) group by all
union all
select portal_id, week, 'doubled', count(*), count(*) filter (where story_rank > 1 and story_rank_in_article = 1)
from audit_version where not is_edit group by all
union all
select capture.portal_id, capture.week, 'edited', count(distinct capture.url), count(distinct capture.url) filter (where version.is_edit)
from audit_capture as capture
left join audit_version as version on version.capture_id = capture.capture_id
where capture.is_revisit and capture.outcome in ('ok', 'not_modified') group by all
union all
select version.portal_id, version.week, 'barren', count(*), count(*) filter (where reading.claims = 0)
from audit_version as version join audit_reading as reading using (version_id) group by all
union all
-- quantities of one article hang together: three count as one
select version.portal_id, version.week, 'unexplained', sum(reading.claims + reading.unexplained) / 3, sum(reading.unexplained) / 3
from audit_version as version join audit_reading as reading using (version_id) group by all
union all
select version.portal_id, version.week, 'unresolved', count(*) / 3, count(*) filter (where claim.area_code is null) / 3
from audit_version as version join audit_claim as claim using (version_id) group by all;

-- the current week of each portal beside its eight weeks before
create or replace temp view portal_trend as
select
    portal_id, measure,
    coalesce(sum(n) filter (where week = 0), 0) as n,
    coalesce(sum(hits) filter (where week = 0), 0) as hits,
    coalesce(sum(n) filter (where week between 1 and 8), 0) as past_n,
    coalesce(sum(hits) filter (where week between 1 and 8), 0) as past_hits,
    share_z(
        coalesce(sum(hits) filter (where week = 0), 0), coalesce(sum(n) filter (where week = 0), 0),
        coalesce(sum(hits) filter (where week between 1 and 8), 0), coalesce(sum(n) filter (where week between 1 and 8), 0)
    ) as z
from portal_share
group by portal_id, measure

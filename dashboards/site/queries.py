"""What the site asks of the published file. Every figure comes with its evidence: "month.version#c-claim", the address of its sentence.

The views are read once into tables in memory, narrow and without sentences; a page then asks for its own rows of them. They are tables of
the database in memory, not temporary ones, which a second cursor would not see.
"""

# the address of a claim, as static/evidence.js reads it; the month says in which files it is, and keeps a link good for ever
MACROS = """
create or replace macro memory.main.evidence_of(published_on, version_id, claim_id) as
    case when version_id is not null
         then coalesce(strftime(published_on, '%Y%m'), '000000') || '.' || version_id || coalesce('#c-' || claim_id, '') end
"""

TOTALS = """
select
    (select published_at from ops.release) as published_at,
    (select max(published_on) from marts.dim_article) as newest_on,
    (select count(*) from marts.dim_portal where article_count > 0) as portals,
    (select count(*) from marts.dim_article where is_latest) as articles,
    (select count(*) from marts.fct_target) as targets,
    (select count(*) from marts.fct_achievement) as achievements,
    (select count(*) from marts.fct_milestone) as milestones,
    (select count(*) from marts.fct_conflict) as conflicts
"""

AREAS = """
select area_key, area_code, area_name, full_name, valid_from, valid_to, is_current, province_today_code
from marts.dim_area where area_level = 'province' order by area_name, valid_from
"""

# a unit that went on as a whole and took in no other: the same place under another name or rank
CONTINUED = """
select old_area_key, new_area_key from marts.bridge_area_succession
qualify count(*) over (partition by new_area_key) = 1 and count(*) over (partition by old_area_key) = 1 and share = 1
"""

CLAIM = """
create table memory.main.site_claim as
select c.claim_id, evidence_of(a.published_on, c.version_id, c.claim_id) as evidence, c.confidence, a.canonical_url as url
from marts.fct_claim as c join marts.dim_article as a using (version_id)
"""

# where the rows of an area belong: the page of the province as it stood then, and the province of today
PLACE = """
create table memory.main.site_place as
select a.area_key, a.area_level, a.province_today_code as today, p.page as then_page
from marts.dim_area as a left join site_page as p on p.area_key = a.province_area_key
"""

PROGRESS = """
create table memory.main.site_progress as
with sources as (
    select linked.progress_key, count(distinct c.article_id) as sources
    from (select progress_key, unnest(claim_ids) as claim_id from marts.fct_progress where is_headline) as linked
    join marts.fct_claim as c using (claim_id)
    group by linked.progress_key
)
select p.progress_key, p.series_key, p.year_number, p.area_name, p.level_vi, p.level_en, p.area_level, p.indicator_code, p.indicator_vi,
    p.indicator_en, p.qualifier, p.comparison, p.comparison_vi, p.comparison_en, p.target_value, p.actual_value, p.baseline_value,
    p.unit_vi, p.unit_en, p.target_as_of, p.actual_as_of, p.attainment_pct, p.status_code, p.status_vi, p.status_en, p.standard_code,
    p.standard_vi, p.standard_en, p.programme_code, p.target_authority_vi, p.target_authority_en, coalesce(s.sources, 0) as sources,
    t.evidence as target_evidence, t.confidence as target_confidence, t.url as target_url,
    r.evidence as actual_evidence, r.confidence as actual_confidence, r.url as actual_url, w.today, w.then_page
from bi.progress as p
join marts.fct_progress as f using (progress_key)
left join site_place as w on w.area_key = f.area_key
left join site_claim as t on t.claim_id = f.target_claim_id
left join site_claim as r on r.claim_id = f.actual_claim_id
left join sources as s using (progress_key)
"""

LATEST = """
create table memory.main.site_latest as
select l.series_key, l.fact_key, l.area_name, l.level_vi, l.level_en, l.area_level, l.area_code, l.indicator_code, l.indicator_vi,
    l.indicator_en, l.qualifier, l.as_of, l.value, l.denominator, l.unit_code, l.unit_vi, l.unit_en, l.previous_value, l.previous_as_of,
    l.standard_code, l.standard_vi, l.standard_en, f.article_count as sources, c.evidence, c.confidence, c.url, i.better,
    i.programme_code, w.today, w.then_page, w.area_key
from bi.latest as l
join marts.fct_achievement as f on f.achievement_key = l.fact_key
join marts.dim_indicator as i on i.indicator_code = l.indicator_code
join site_claim as c on c.claim_id = l.claim_id
left join site_place as w on w.area_key = f.area_key
"""

# levels along time; of several figures of one day the last word, as in bi.latest, carries the line and the others stand beside it
TIMELINE = """
create table memory.main.site_timeline as
select t.series_key, t.area_name, t.area_level, t.indicator_code, t.indicator_vi, t.indicator_en, t.qualifier, t.kind, t.kind_vi,
    t.kind_en, t.as_of, t.value, t.unit_code, t.unit_vi, t.unit_en, t.standard_code, t.standard_vi, t.standard_en, t.fact_key,
    t.published_on, c.evidence, c.confidence, c.url, coalesce(a.article_count, g.article_count) as sources, w.today, w.then_page,
    i.programme_code, i.better,
    row_number() over (
        partition by t.series_key, t.unit_code, t.standard_code, t.kind, t.as_of order by t.published_on desc nulls last, t.fact_key
    ) = 1 as is_last_word
from bi.timeline as t
join marts.dim_indicator as i on i.indicator_code = t.indicator_code
join site_claim as c using (claim_id)
left join marts.fct_achievement as a on a.achievement_key = t.fact_key
left join marts.fct_target as g on g.target_key = t.fact_key
left join site_place as w on w.area_key = t.area_key
where t.as_of is not null and t.value is not null and t.area_level in ('province', 'country')
"""

MILESTONE = """
create table memory.main.site_milestone as
select m.milestone_key, m.as_of, m.area_name, m.kind, m.kind_vi, m.kind_en, m.indicator_code, m.indicator_vi, m.indicator_en,
    m.mention_count, m.sentence, m.url, evidence_of(d.published_on, f.version_id, cast(null as varchar)) as evidence, p.programme_code,
    w.today, w.then_page
from bi.milestone as m
join marts.fct_milestone as f using (milestone_key)
join marts.dim_article as d on d.version_id = f.version_id
left join marts.dim_programme as p on p.programme_key = f.programme_key
left join site_place as w on w.area_key = f.area_key
"""

# the sums of the old provinces before they became one: of each indicator and standard the last year that has one
ROLLUP = """
create table memory.main.site_rollup as
select r.*, a.area_code as today
from bi.province_rollup as r
join marts.dim_area as a on a.full_name = r.province_today and a.area_level = 'province' and a.is_current
where r.provinces_then > 1
"""

PREPARE = (MACROS, CLAIM, PLACE, PROGRESS, LATEST, TIMELINE, MILESTONE, ROLLUP)

OF_TODAY = "today = $today"
OF_THEN = "then_page = $page"

PROGRESS_OF = """
select * from site_progress where {where} and target_value is not null
order by area_level <> 'province', year_number desc, indicator_vi, area_name, qualifier nulls first, progress_key
"""

LATEST_OF = """
select * from site_latest where {where}
order by area_level <> 'province', indicator_vi, area_name, qualifier nulls first, series_key, unit_code, fact_key
"""

TIMELINE_OF = """
select * from site_timeline where {where} and area_level = 'province'
order by series_key, unit_code, as_of, kind, is_last_word desc, fact_key
"""

MILESTONE_OF = "select * from site_milestone where {where} order by as_of desc nulls last, area_name, indicator_vi, milestone_key"

STANDING_OF = "select status_code, count(*) as n from site_progress where {where} group by status_code"

STANDING_BY = "select {by}, status_code, count(*) as n from site_progress where {where} group by all order by all"

INDICATORS = "select * from marts.dim_indicator order by is_placeholder, programme_code, name_vi"

COUNTS = """
select indicator_code, count(*) as series,
    (select count(*) from site_progress as p where p.indicator_code = l.indicator_code and p.target_value is not null) as judged
from site_latest as l group by indicator_code
"""

PROGRAMMES = """
select programme_code, arg_max(name_vi, applies_from) as name_vi, arg_max(name_en, applies_from) as name_en
from marts.dim_programme where programme_code <> 'unknown' group by programme_code order by programme_code
"""

PHASES = """
select phase_name_vi, phase_name_en, applies_from, applies_to, legal_basis
from marts.dim_programme where programme_code = $programme order by applies_from, phase_code
"""

SUMMARY = "select * from bi.programme_summary where programme_code = $programme order by year_number desc, phase_name_vi"

# places of the league by attainment, an indicator, level, year, comparison and standard
LEAGUE_OF = """
with ranked as (
    select *,
        rank() over (partition by area_level, year_number, comparison, standard_code order by attainment_pct desc) as place,
        count(*) over (partition by area_level, year_number, comparison, standard_code) as areas_ranked
    from site_progress where indicator_code = $indicator and attainment_pct is not null and area_level <> 'unknown'
)
select * from ranked
order by year_number desc, case area_level when 'province' then 0 when 'country' then 3 when 'district' then 1 else 2 end, comparison,
    standard_vi, place, area_name, progress_key
"""

CONFLICTS = """
select c.*, low.evidence as low_evidence, low_text.evidence as low_words, low.confidence as low_confidence,
    high.evidence as high_evidence, high_text.evidence as high_words, high.confidence as high_confidence,
    st.name_vi as standard_vi, st.name_en as standard_en, p.today
from bi.conflict as c
join marts.fct_conflict as f using (conflict_key)
left join marts.dim_standard as st on st.standard_key = f.standard_key
left join site_place as p on p.area_key = f.area_key
left join site_claim as low on low.claim_id = c.low_claim_id
left join site_claim as high on high.claim_id = c.high_claim_id
left join marts.fct_claim as low_text on low_text.claim_id = c.low_claim_id
left join marts.fct_claim as high_text on high_text.claim_id = c.high_claim_id
order by c.high_as_of desc nulls last, c.conflict_key
"""

PORTALS = """
with health as (
    select * from ops.source_health qualify row_number() over (partition by portal_id order by measured_at desc) = 1
)
select p.*, health.status, health.message_vi, health.message_en
from bi.portal as p left join health using (portal_id) order by p.portal_id
"""

CHECKS = """
select layer, table_name, check_key, severity, success, message_vi, message_en, element_count, unexpected_count
from ops.check_result
where build_id = (select arg_max(build_id, checked_at) from ops.check_result)
order by success, layer desc, table_name, check_key
"""

ALERTS = """
select severity, kind, subject, title_vi, title_en, status, occurrences, last_seen_at
from ops.alert order by status = 'resolved', last_seen_at desc, alert_id limit 200
"""

REFERENCES = """
select r.*, c.evidence, c.confidence from bi.reference_check as r left join site_claim as c using (claim_id)
order by r.agrees, r.indicator_vi, r.as_of, r.check_key
"""

# --- the evidence: articles that have figures or milestones, in files by month ---

# what each article's part of its file is made of; another sum of hashes is another file
EVIDENCE_VERSIONS = """
with said as (
    select version_id, sum(hash(c)::hugeint) as sum from marts.fct_claim as c group by version_id
),
counted as (
    select c.version_id, sum(hash(s)::hugeint) as sum
    from marts.fct_claim as c
    join (select fact_key, standard_code, mention_count from bi.statement) as s on s.fact_key = c.fact_key
    group by c.version_id
),
named as (
    select version_id, sum(hash(m)::hugeint) as sum from marts.fct_milestone as m group by version_id
)
select a.version_id, coalesce(strftime(a.published_on, '%Y%m'), '000000') as month,
    (hash(a.title, a.author, a.canonical_url, a.published_at, a.is_latest, a.is_withdrawn, p.portal_name_vi)::hugeint
        + coalesce(said.sum, 0) + coalesce(counted.sum, 0) + coalesce(named.sum, 0))::varchar as digest
from marts.dim_article as a
left join marts.dim_portal as p using (portal_key)
left join said using (version_id)
left join counted using (version_id)
left join named using (version_id)
where said.sum is not null or named.sum is not null
"""

EVIDENCE_ARTICLES = """
select w.shard, a.version_id, a.title, a.author, a.canonical_url, a.published_at, a.is_latest, a.is_withdrawn,
    coalesce(p.portal_name_vi, p.host) as portal
from site_wanted as w
join marts.dim_article as a using (version_id)
left join marts.dim_portal as p using (portal_key)
order by w.shard, a.published_on desc nulls last, a.version_id
"""

# in the order of EVIDENCE_ARTICLES: both are read side by side, so that no more than one file is in memory
EVIDENCE_CLAIMS = """
with counted as (
    select fact_key, any_value(standard_code) as standard_code, any_value(mention_count) as mention_count
    from bi.statement group by fact_key
)
select w.shard, e.version_id, e.claim_id, e.sentence, e.evidence, e.kind, e.fate, e.indicator_code, e.area_name, e.as_of, e.value_vi,
    e.value_en, c.measure, coalesce(s.standard_code, '') as standard_code, e.confidence, e.needs_review,
    coalesce(s.mention_count, 0) as mention_count, e.rule
from site_wanted as w
join bi.evidence as e using (version_id)
join marts.fct_claim as c using (claim_id)
left join counted as s on s.fact_key = e.fact_key
join marts.dim_article as a on a.version_id = e.version_id
order by w.shard, a.published_on desc nulls last, e.version_id, e.char_start, e.claim_id
"""

EVIDENCE_MILESTONES = """
select w.shard, f.version_id, m.sentence, m.kind_vi, m.kind_en, m.indicator_code, m.area_name, m.as_of
from site_wanted as w
join marts.fct_milestone as f using (version_id)
join bi.milestone as m using (milestone_key)
join marts.dim_article as a on a.version_id = f.version_id
order by w.shard, a.published_on desc nulls last, f.version_id, f.char_start, f.milestone_key
"""

# the words for the codes in those files
WORDS = {
    "indicator": "select indicator_code, name_vi, name_en from marts.dim_indicator",
    "standard": "select standard_code, name_vi, name_en from marts.dim_standard where standard_code is not null",
    "kind": "select distinct kind, kind_vi, kind_en from bi.evidence",
    "fate": "select distinct fate, fate_vi, fate_en from bi.evidence",
    "measure": "select distinct c.measure, e.measure_vi, e.measure_en from bi.evidence as e join marts.fct_claim as c using (claim_id)",
}

# words of the articles of one year, lower case with their marks, each with the numbers of the articles that hold it
TOKENS = r"""
with text as (
    select w.number, a.title as said from site_numbered as w join marts.dim_article as a using (version_id)
    union
    select w.number, c.sentence from site_numbered as w join marts.fct_claim as c using (version_id)
    union
    select w.number, m.sentence from site_numbered as w join marts.fct_milestone as m using (version_id)
    union
    select w.number, c.area_name_as_read from site_numbered as w join marts.fct_claim as c using (version_id)
    union
    select w.number, i.name_vi || ' ' || i.name_en
    from site_numbered as w join marts.fct_claim as c using (version_id) join marts.dim_indicator as i using (indicator_code)
),
found as (
    select distinct number, unnest(regexp_extract_all(lower(nfc_normalize(said)), '[\p{L}\p{N}]+(?:[.,][\p{N}]+)*')) as token
    from text where said is not null
)
select token, list(number order by number) as numbers from found group by token order by token
"""

"""What the site asks of the published file. Every figure comes with its claim, so that it can lead to its sentence."""

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

# the provinces of today and those of the day before the mergers; a row that is both appears once
PROVINCES = """
select a.area_key, a.area_code, a.area_name, a.full_name, a.valid_from, a.valid_to, a.is_current, a.is_divided,
    a.province_today_code, a.province_today
from marts.dim_area as a
where a.area_level = 'province' and (a.is_current or date '2025-06-30' between a.valid_from and a.valid_to)
order by a.area_name, a.valid_from
"""

PROGRESS = """
with sources as (
    select linked.progress_key, count(distinct c.article_id) as source_count
    from (select progress_key, unnest(claim_ids) as claim_id from marts.fct_progress) as linked
    join marts.fct_claim as c using (claim_id)
    group by linked.progress_key
)
select p.*, f.is_headline, f.target_claim_id, f.actual_claim_id, t.version_id as target_version_id, t.confidence as target_confidence,
    r.version_id as actual_version_id, r.confidence as actual_confidence, coalesce(s.source_count, 0) as source_count,
    a.province_area_key, a.province_today_code
from bi.progress as p
join marts.fct_progress as f using (progress_key)
left join marts.dim_area as a on a.area_key = f.area_key
left join marts.fct_claim as t on t.claim_id = f.target_claim_id
left join marts.fct_claim as r on r.claim_id = f.actual_claim_id
left join sources as s using (progress_key)
order by p.year_number desc, p.area_level <> 'province', p.area_name, p.indicator_vi, p.progress_key
"""

TIMELINE = """
select t.*, c.version_id, c.confidence, a.province_area_key, a.province_today_code
from bi.timeline as t
join marts.fct_claim as c using (claim_id)
left join marts.dim_area as a on a.area_key = t.area_key
where t.as_of is not null and t.value is not null
order by t.series_key, t.unit_code, t.as_of, t.kind, t.claim_id
"""

LATEST = """
select l.*, f.version_id, f.confidence, f.article_count as source_count, a.province_area_key, a.province_today_code, i.better
from bi.latest as l
join marts.fct_achievement as f on f.achievement_key = l.fact_key
join marts.dim_indicator as i on i.indicator_code = l.indicator_code
left join marts.dim_area as a on a.area_key = f.area_key
order by l.indicator_vi, l.area_level <> 'province', l.area_name, l.series_key, l.fact_key
"""

MILESTONES = """
select m.*, f.version_id, p.programme_code, a.province_area_key, a.province_today_code
from bi.milestone as m
join marts.fct_milestone as f using (milestone_key)
left join marts.dim_programme as p on p.programme_key = f.programme_key
left join marts.dim_area as a on a.area_key = f.area_key
order by m.as_of desc nulls last, m.area_name, m.indicator_vi, m.milestone_key
"""

INDICATORS = "select * from marts.dim_indicator order by is_placeholder, programme_code, name_vi"

PROGRAMMES = """
select programme_code, arg_max(name_vi, applies_from) as name_vi, arg_max(name_en, applies_from) as name_en
from marts.dim_programme where programme_code <> 'unknown' group by programme_code order by programme_code
"""

PHASES = """
select programme_code, phase_name_vi, phase_name_en, applies_from, applies_to, legal_basis
from marts.dim_programme where programme_code <> 'unknown' order by applies_from, phase_code
"""

SUMMARY = "select * from bi.programme_summary order by programme_code, year_number desc, phase_name_vi"

LEAGUE = """
select l.*, f.actual_claim_id, f.target_claim_id, r.version_id as actual_version_id, r.confidence as actual_confidence,
    t.version_id as target_version_id, t.confidence as target_confidence, len(f.claim_ids) as claim_count
from bi.league_table as l
join marts.fct_progress as f using (progress_key)
left join marts.fct_claim as r on r.claim_id = f.actual_claim_id
left join marts.fct_claim as t on t.claim_id = f.target_claim_id
order by l.indicator_code, l.year_number desc, l.area_level, l.comparison, l.standard_vi, l.place, l.area_name, l.progress_key
"""

CONFLICTS = """
select c.*, low.version_id as low_version_id, low.evidence as low_evidence, low.confidence as low_confidence,
    high.version_id as high_version_id, high.evidence as high_evidence, high.confidence as high_confidence
from bi.conflict as c
left join marts.fct_claim as low on low.claim_id = c.low_claim_id
left join marts.fct_claim as high on high.claim_id = c.high_claim_id
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
select r.*, c.version_id from bi.reference_check as r left join marts.fct_claim as c using (claim_id)
order by r.agrees, r.indicator_vi, r.as_of, r.check_key
"""

ARTICLES = """
select a.version_id, a.title, a.author, a.canonical_url, a.published_at, a.published_on, a.is_latest, a.version_count, a.claim_count,
    p.portal_name_vi, a.portal_area_name, p.host
from marts.dim_article as a left join marts.dim_portal as p using (portal_key)
order by a.published_on desc nulls last, a.version_id
"""

# in the order of ARTICLES: both are read side by side, so that no more than one article is in memory
CLAIMS = """
select c.version_id, c.claim_id, c.sentence, c.evidence, c.char_start, c.confidence, c.needs_review,
    e.kind_vi, e.kind_en, e.fate_vi, e.fate_en,
    e.indicator_vi, e.indicator_en, e.indicator_code, e.area_name, e.as_of, e.value_vi, e.value_en, e.measure_vi, e.measure_en, c.rule,
    coalesce(s.standard_vi, '') as standard_vi, coalesce(s.standard_en, '') as standard_en, coalesce(s.mention_count, 0) as mention_count
from marts.fct_claim as c
join bi.evidence as e using (claim_id)
left join bi.statement as s on s.fact_key = c.fact_key
join marts.dim_article as a on a.version_id = c.version_id
order by a.published_on desc nulls last, c.version_id, c.char_start, c.claim_id
"""

-- The portals that are read and what came of it
with
portals as (select * from {{ ref('dim_portal') }}),

articles as (select * from {{ ref('dim_article') }} where is_latest),

claims as (select * from {{ ref('fct_claim') }} where fate = 'counted'),

written as (
    select
        portal_key,
        sum(claim_count) as claim_count,
        count(*) filter (where claim_count > 0) as articles_with_claims
    from articles
    group by portal_key
),

counted as (
    select
        portal_key,
        count(*) filter (where kind = 'target') as target_count,
        count(*) filter (where kind = 'achievement') as achievement_count
    from claims
    group by portal_key
)

select
    portals.portal_id,
    portals.portal_name_vi,
    portals.portal_area_name,
    portals.area_history_vi,
    portals.host,
    portals.platform,
    {{ label('portals.portal_status', 'portal_status', 'vi') }} as portal_status_vi,
    {{ label('portals.portal_status', 'portal_status', 'en') }} as portal_status_en,
    portals.article_count,
    coalesce(written.articles_with_claims, 0) as articles_with_claims,
    coalesce(cast(written.claim_count as bigint), 0) as claim_count,
    coalesce(counted.target_count, 0) as target_count,
    coalesce(counted.achievement_count, 0) as achievement_count,
    portals.first_published_on,
    portals.last_published_on,
    date_diff('day', portals.last_published_on, current_date) as days_silent,
    portals.last_run_at,
    {{ label('portals.last_run_outcome', 'run', 'vi') }} as last_run_vi,
    {{ label('portals.last_run_outcome', 'run', 'en') }} as last_run_en,
    portals.last_run_outcome,
    portals.portal_status,
    portals.portal_key
from portals
left join written on portals.portal_key = written.portal_key
left join counted on portals.portal_key = counted.portal_key

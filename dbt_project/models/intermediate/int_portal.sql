-- What is known of each portal from what it published and from the runs that asked it.
with
versions as (select * from {{ ref('int_article_version') }}),

runs as (select * from {{ ref('stg_run') }}),

captures as (select * from {{ ref('stg_capture') }}),

published as (
    select
        portal_id,
        -- the area of its newest article: a portal keeps its id when its district becomes something else
        arg_max(portal_area_name, (coalesce(published_on, date '1900-01-01'), version_id)) as portal_area_name,
        arg_max(regexp_extract(canonical_url, '^\w+://([^/]+)', 1), (coalesce(published_on, date '1900-01-01'), version_id)) as host,
        count(distinct article_id) as article_count,
        min(published_on) as first_published_on,
        max(published_on) as last_published_on
    from versions
    group by portal_id
),

ran as (
    select
        portal_id,
        count(*) as run_count,
        max(ended_at) as last_run_at,
        arg_max(outcome, ended_at) as last_run_outcome
    from runs
    group by portal_id
),

known as (
    select portal_id from published
    union
    select portal_id from ran
    union
    select portal_id from captures
)

select
    {{ key(['known.portal_id']) }} as portal_key,
    known.portal_id,
    published.portal_area_name,
    published.host,
    coalesce(published.article_count, 0) as article_count,
    published.first_published_on,
    published.last_published_on,
    coalesce(ran.run_count, 0) as run_count,
    ran.last_run_at,
    ran.last_run_outcome
from known
left join published on known.portal_id = published.portal_id
left join ran on known.portal_id = ran.portal_id

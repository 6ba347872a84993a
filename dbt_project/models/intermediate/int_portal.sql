-- Who each portal is after the registry, and what is known of it from what it published and from the runs that asked it.
with
registry as (select * from {{ ref('stg_portal') }}),

versions as (select * from {{ ref('int_article_version') }}),

runs as (select * from {{ ref('stg_run') }}),

captures as (select * from {{ ref('stg_capture') }}),

-- one row a portal: a portal keeps its id when its district becomes something else
registered as (
    select
        portal_id,
        any_value(portal_name) as portal_name,
        any_value(platform) as platform,
        any_value(portal_status) as portal_status,
        any_value(host) as host,
        any_value(valid_from) as valid_from,
        any_value(valid_to) as valid_to,
        arg_max(portal_area_name, coalesce(area_from, date '1900-01-01')) as portal_area_name,
        arg_max(coalesce(area_code, ''), coalesce(area_from, date '1900-01-01')) as area_code,
        string_agg(
            portal_area_name
            || case
                when area_from is null and area_to is null then ''
                else
                    ' (' || concat_ws(
                        ' ', 'từ ' || strftime(area_from, '%d/%m/%Y'), 'đến ' || strftime(area_to, '%d/%m/%Y')
                    ) || ')'
            end,
            '; ' order by coalesce(area_from, date '1900-01-01')
        ) as area_history_vi
    from registry
    group by portal_id
),

published as (
    select
        portal_id,
        arg_max(portal_area_name, (coalesce(published_on, date '1900-01-01'), version_id)) as portal_area_name,
        -- of the one address that is chosen, not of every article's
        regexp_extract(
            arg_max(canonical_url, (coalesce(published_on, date '1900-01-01'), version_id)), '^\w+://([^/]+)', 1
        ) as host,
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
    select portal_id from registered
    union
    select portal_id from published
    union
    select portal_id from ran
    union
    select portal_id from captures
)

select
    {{ key(['known.portal_id']) }} as portal_key,
    known.portal_id,
    coalesce(registered.portal_name, known.portal_id) as portal_name_vi,
    coalesce(registered.portal_area_name, published.portal_area_name) as portal_area_name,
    nullif(registered.area_code, '') as area_code,
    registered.area_history_vi,
    coalesce(registered.host, published.host) as host,
    registered.platform,
    coalesce(registered.portal_status, 'unregistered') as portal_status,
    registered.valid_from,
    registered.valid_to,
    coalesce(published.article_count, 0) as article_count,
    published.first_published_on,
    published.last_published_on,
    coalesce(ran.run_count, 0) as run_count,
    ran.last_run_at,
    ran.last_run_outcome
from known
left join registered on known.portal_id = registered.portal_id
left join published on known.portal_id = published.portal_id
left join ran on known.portal_id = ran.portal_id

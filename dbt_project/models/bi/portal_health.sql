-- How each portal was doing, build after build: how fresh it is, how much it brings, whether it can be read
with
measured as (select * from {{ source('ops', 'source_health') }}),

portals as (select * from {{ ref('dim_portal') }}),

newest as (
    select
        portal_id,
        max(measured_at) as measured_at
    from measured
    group by portal_id
)

select
    cast({{ local_time('measured.measured_at') }} as date) as measured_on,
    portals.portal_name_vi,
    {{ label('measured.status', 'health', 'vi') }} as health_vi,
    {{ label('measured.status', 'health', 'en') }} as health_en,
    measured.articles_7d as articles_in_week,
    measured.expected_per_week as usual_articles_in_week,
    date_diff(
        'day',
        cast({{ local_time('measured.last_article_at') }} as date),
        cast({{ local_time('measured.measured_at') }} as date)
    ) as days_since_article,
    date_diff(
        'hour', measured.last_success_at, measured.measured_at
    ) as hours_since_read,
    round(100 * measured.fetch_success_rate, 1) as fetch_success_pct,
    round(measured.claims_per_article, 2) as claims_an_article,
    measured.message_vi as says_vi,
    measured.message_en as says_en,
    measured.measured_at = newest.measured_at as is_newest,
    {{ local_time('measured.measured_at') }} as measured_at,
    {{ local_time('measured.last_success_at') }} as last_read_at,
    {{ local_time('measured.last_article_at') }} as last_article_at,
    measured.status as health,
    measured.portal_id,
    measured.build_id
from measured
inner join newest on measured.portal_id = newest.portal_id
left join portals on measured.portal_id = portals.portal_id

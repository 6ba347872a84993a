-- Problems that somebody was, or is to be, told of: one row each, from the first sighting to the end
with
alerts as (select * from {{ source('ops', 'alert') }}),

portals as (select * from {{ ref('dim_portal') }})

select
    alerts.title_vi,
    alerts.title_en,
    {{ label('alerts.severity', 'severity', 'vi') }} as severity_vi,
    {{ label('alerts.severity', 'severity', 'en') }} as severity_en,
    {{ label('alerts.kind', 'alert_kind', 'vi') }} as alert_kind_vi,
    {{ label('alerts.kind', 'alert_kind', 'en') }} as alert_kind_en,
    {{ label('alerts.status', 'alert_status', 'vi') }} as alert_status_vi,
    {{ label('alerts.status', 'alert_status', 'en') }} as alert_status_en,
    alerts.subject,
    portals.portal_name_vi,
    {{ local_time('alerts.first_seen_at') }} as opened_at,
    {{ local_time('alerts.last_seen_at') }} as seen_at,
    {{ local_time('alerts.resolved_at') }} as resolved_at,
    round(
        date_diff('hour', alerts.first_seen_at, coalesce(alerts.resolved_at, alerts.last_seen_at)) / 24.0, 1
    ) as open_days,
    alerts.occurrences as occurrence_count,
    alerts.cause_vi,
    alerts.cause_en,
    alerts.body_vi as advice_vi,
    alerts.body_en as advice_en,
    alerts.url as page_url,
    alerts.status <> 'resolved' as is_open,
    alerts.severity,
    alerts.kind as alert_kind,
    alerts.status as alert_status,
    portals.portal_id,
    alerts.fingerprint,
    alerts.alert_id
from alerts
left join portals on alerts.subject = portals.portal_id

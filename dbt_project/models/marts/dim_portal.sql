with
portals as (select * from {{ ref('int_portal') }})

select
    portal_key,
    portal_id,
    portal_name_vi,
    portal_area_name,
    area_code,
    area_history_vi,
    host,
    platform,
    portal_status,
    valid_from,
    valid_to,
    article_count,
    first_published_on,
    last_published_on,
    run_count,
    {{ local_time('last_run_at') }} as last_run_at,
    last_run_outcome
from portals

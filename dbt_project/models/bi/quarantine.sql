-- How many rows are held back: by day, portal and check, and what was decided about them
with
held as (select * from {{ source('ops', 'quarantine') }}),

portals as (select * from {{ ref('dim_portal') }})

select
    cast({{ local_time('held.quarantined_at') }} as date) as held_on,
    portals.portal_name_vi,
    case held.source_table
        when 'raw.article' then 'Bài viết' when 'raw.claim' then 'Số liệu' when 'raw.milestone' then 'Cột mốc' else 'Văn bản'
    end as held_kind_vi,
    case held.source_table
        when 'raw.article' then 'Article' when 'raw.claim' then 'Figure' when 'raw.milestone' then 'Milestone' else 'Document'
    end as held_kind_en,
    any_value(held.reason_vi) as says_vi,
    any_value(held.reason_en) as says_en,
    {{ label("coalesce(held.decision, 'waiting')", 'decision', 'vi') }} as decision_vi,
    {{ label("coalesce(held.decision, 'waiting')", 'decision', 'en') }} as decision_en,
    count(*) as row_count,
    cast({{ local_time('max(held.decided_at)') }} as date) as last_decided_on,
    held.portal_id,
    held.rule as check_name,
    held.source_table as held_table,
    coalesce(held.decision, 'waiting') as decision
from held
left join portals on held.portal_id = portals.portal_id
group by all

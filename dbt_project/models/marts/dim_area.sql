with
areas as (select * from {{ ref('int_area') }}),

successions as (
    select
        old_area_key,
        count(*) as successor_count,
        bool_or(share is null) as is_divided
    from {{ ref('int_area_succession') }}
    group by old_area_key
),

-- provinces only ever went whole into one other, so each has one province of today
provinces_today as (
    select
        lineage.area_key,
        today.area_code,
        today.full_name
    from {{ ref('int_area_lineage') }} as lineage
    inner join areas as today on lineage.successor_area_key = today.area_key
    where today.area_level = 'province' and today.is_current and lineage.share = 1
)

select
    areas.area_key,
    areas.area_code,
    areas.area_level,
    areas.type_vi,
    areas.area_name,
    areas.full_name,
    areas.path_name,
    areas.parent_code,
    areas.parent_area_key,
    areas.province_code,
    areas.province_area_key,
    areas.province_name,
    provinces_today.area_code as province_today_code,
    provinces_today.full_name as province_today,
    areas.valid_from,
    areas.valid_to,
    areas.is_current,
    coalesce(successions.successor_count, 0) as successor_count,
    coalesce(successions.is_divided, false) as is_divided
from areas
left join successions on areas.area_key = successions.old_area_key
left join provinces_today on areas.province_area_key = provinces_today.area_key

with
areas as (select * from {{ ref('int_area') }}),

successions as (
    select
        old_area_key,
        count(*) as successor_count
    from {{ ref('int_area_succession') }}
    group by old_area_key
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
    areas.valid_from,
    areas.valid_to,
    areas.is_current,
    coalesce(successions.successor_count, 0) as successor_count
from areas
left join successions on areas.area_key = successions.old_area_key

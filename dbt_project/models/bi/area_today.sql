-- Every unit of any day and where it stands today; share is null where nobody knows how much of a divided unit went where
with
lineage as (select * from {{ ref('bridge_area_lineage') }}),

areas as (select * from {{ ref('dim_area') }}),

placed as (
    select
        old_area.*,
        today.area_code as today_code,
        today.path_name as today_name,
        today.area_key as today_area_key,
        lineage.depth,
        lineage.share
    from areas as old_area
    left join lineage on old_area.area_key = lineage.area_key and lineage.valid_to = date '9999-12-31'
    left join areas as today on lineage.successor_area_key = today.area_key
)

select
    area_code,
    path_name as area_name,
    {{ label('area_level', 'level', 'vi') }} as level_vi,
    {{ label('area_level', 'level', 'en') }} as level_en,
    valid_from,
    valid_to,
    province_name as province_then,
    today_code,
    today_name,
    province_today,
    case
        when today_area_key is not null and depth = 0 then 'Không đổi'
        when today_area_key is not null and share = 1 then 'Nằm trọn trong đơn vị hôm nay'
        when today_area_key is not null then 'Chỉ một phần nằm ở đây, không rõ bao nhiêu'
        when province_today is not null then 'Cấp này đã bỏ; chỉ quy về được tỉnh'
        else 'Không còn, chưa rõ đơn vị kế thừa'
    end as note_vi,
    case
        when today_area_key is not null and depth = 0 then 'Unchanged'
        when today_area_key is not null and share = 1 then 'Wholly inside the unit of today'
        when today_area_key is not null then 'Only a part is here, nobody knows how much'
        when province_today is not null then 'This level ended; only the province is known'
        else 'Gone, its successor is not known'
    end as note_en,
    share,
    depth,
    area_level,
    area_key,
    today_area_key
from placed

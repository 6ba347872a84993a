-- Every unit of any day and where it stands today; share is null where nobody knows how much of a divided unit went where
with
lineage as (select * from {{ ref('bridge_area_lineage') }}),

areas as (select * from {{ ref('dim_area') }})

select
    old_area.area_code,
    old_area.path_name as area_name,
    old_area.area_level,
    old_area.valid_from,
    old_area.valid_to,
    old_area.province_name as province_then,
    today.area_code as today_code,
    today.path_name as today_name,
    coalesce(today.province_name, province_today.full_name) as province_today,
    lineage.depth,
    lineage.share,
    case
        when today.area_key is not null and lineage.depth = 0 then 'Không đổi'
        when today.area_key is not null and lineage.share = 1 then 'Nhập toàn bộ'
        when today.area_key is not null then 'Chỉ một phần, không rõ tỷ lệ'
        when province_today.area_key is not null then 'Cấp này đã bỏ; quy về tỉnh'
        else 'Không còn, chưa rõ đơn vị kế thừa'
    end as note_vi,
    old_area.area_key,
    today.area_key as today_area_key,
    coalesce(today.province_area_key, province_today.area_key) as province_today_key
from areas as old_area
left join lineage on old_area.area_key = lineage.area_key and lineage.valid_to = date '9999-12-31'
left join areas as today on lineage.successor_area_key = today.area_key
left join lineage as province_line
    on old_area.province_area_key = province_line.area_key and province_line.valid_to = date '9999-12-31'
left join areas as province_today on province_line.successor_area_key = province_today.area_key

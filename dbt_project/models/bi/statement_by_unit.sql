-- Every statement under its own unit and under each unit that it became: keep the rows whose validity holds a day
-- (`date '2026-01-01' between unit_from and unit_to`), and what was said of the old units stands under those of that day
with
statements as (select * from {{ ref('statement') }}),

lineage as (select * from {{ ref('bridge_area_lineage') }}),

areas as (select * from {{ ref('dim_area') }})

select
    units.path_name as unit_name,
    {{ label('units.area_level', 'level', 'vi') }} as unit_level_vi,
    {{ label('units.area_level', 'level', 'en') }} as unit_level_en,
    lineage.valid_from as unit_from,
    lineage.valid_to as unit_to,
    case
        when lineage.depth = 0 then 'Số liệu của chính đơn vị này'
        when lineage.share = 1 and statements.unit_code in ('percent', 'percentage_point')
            then 'Tỷ lệ của một đơn vị cũ nay nằm trọn trong đơn vị này: không cộng, không thay cho tỷ lệ của đơn vị này'
        when lineage.share = 1 then 'Số liệu của một đơn vị cũ nay nằm trọn trong đơn vị này'
        else 'Số liệu của một đơn vị cũ chỉ có một phần nằm ở đây, không rõ bao nhiêu: không cộng'
    end as note_vi,
    case
        when lineage.depth = 0 then 'A figure of this unit'
        when lineage.share = 1 and statements.unit_code in ('percent', 'percentage_point')
            then 'A rate of an older unit that lies wholly in this one: do not add, it is not the rate of this unit'
        when lineage.share = 1 then 'A figure of an older unit that lies wholly in this one'
        else 'A figure of an older unit of which only a part is here, nobody knows how much: do not add'
    end as note_en,
    lineage.share,
    statements.* exclude (area_key),
    units.area_code as unit_area_code
from statements
inner join lineage on statements.area_key = lineage.area_key
inner join areas as units on lineage.successor_area_key = units.area_key

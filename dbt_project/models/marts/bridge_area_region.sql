with
regions as (select * from {{ ref('int_area_region') }})

select
    {{ key(['region_area_key', 'province_area_key', 'valid_from']) }} as area_region_key,
    region_area_key,
    province_area_key,
    region_code,
    province_code,
    valid_from,
    valid_to,
    basis
from regions

with
units as (select * from {{ ref('unit') }})

select
    {{ key(['unit_code']) }} as unit_key,
    unit_code,
    name_vi as unit_name_vi,
    name_en as unit_name_en,
    symbol,
    dimension
from units

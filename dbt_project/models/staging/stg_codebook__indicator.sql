with
source as (select * from {{ source('codebook', 'indicator') }})

select
    code as indicator_code,
    programme as programme_code,
    name_vi,
    name_en,
    unit as unit_code,
    better,
    try_cast(plausible_min as double) as plausible_min,
    try_cast(plausible_max as double) as plausible_max,
    coalesce(try_cast(additive as boolean), false) as is_additive
from source

with
source as (select * from {{ source('codebook', 'area') }})

select
    code as area_code,
    level as area_level,
    type_vi,
    name as area_name,
    full_name,
    nullif(parent_code, '') as parent_code,
    coalesce(try_cast(valid_from as date), date '1900-01-01') as valid_from,
    coalesce(try_cast(valid_to as date), date '9999-12-31') as valid_to,
    source as area_source
from source

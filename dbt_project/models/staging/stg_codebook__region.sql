with
source as (select * from {{ source('codebook', 'region') }})

select
    region_code,
    province_code,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    basis
from source

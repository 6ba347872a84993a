with
source as (select * from {{ source('codebook', 'area_succession') }})

select
    old_code,
    new_code,
    kind as succession_kind,
    coalesce(try_cast(main as boolean), true) as is_main,
    cast(valid_from as date) as valid_from,
    basis
from source

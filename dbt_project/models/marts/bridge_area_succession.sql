with
successions as (select * from {{ ref('int_area_succession') }})

select
    {{ key(['old_area_key', 'new_area_key']) }} as succession_key,
    old_area_key,
    new_area_key,
    old_code,
    new_code,
    succession_kind,
    is_main,
    valid_from,
    share,
    basis
from successions

with
lineage as (select * from {{ ref('int_area_lineage') }})

select
    {{ key(['area_key', 'successor_area_key']) }} as lineage_key,
    area_key,
    successor_area_key,
    depth,
    share,
    valid_from,
    valid_to
from lineage

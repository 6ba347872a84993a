with
source as (select * from {{ source('ops', 'left_series') }})

select
    series_key,
    indicator_code,
    area_key,
    area_name
from source

with
source as (select * from {{ source('raw', 'portal') }})

select
    portal_id,
    portal_name,
    platform,
    status as portal_status,
    host,
    valid_from,
    valid_to,
    area_name as portal_area_name,
    area_code,
    area_from,
    area_to
from source

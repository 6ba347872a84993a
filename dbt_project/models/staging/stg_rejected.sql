with
source as (select * from {{ source('raw', 'rejected') }})

select
    rejected_id,
    run_id,
    portal_id,
    layer,
    source_id,
    rule,
    rejected_at,
    load_id
from source

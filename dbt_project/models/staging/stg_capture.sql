with
source as (select * from {{ source('raw', 'capture') }})

select
    capture_id,
    portal_id,
    run_id,
    role as capture_role,
    url,
    final_url,
    outcome,
    status as http_status,
    fetched_at,
    body_sha256,
    warc_path,
    warc_offset,
    load_id
from source

with
source as (select * from {{ source('raw', 'run') }})

select
    run_id,
    portal_id,
    started_at,
    ended_at,
    outcome,
    listings,
    links,
    requests,
    fetched,
    not_modified,
    failed,
    new_articles,
    new_versions,
    rejected,
    message,
    load_id
from source

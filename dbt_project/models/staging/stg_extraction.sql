with
source as (
    select
        *,
        rowid as raw_row
    from {{ source('raw', 'extraction') }}
)

select
    version_id,
    article_id,
    portal_id,
    extractor_version,
    claims as claim_count,
    milestones as milestone_count,
    citations as citation_count,
    unexplained as unexplained_count,
    error,
    load_id,
    raw_row
from source

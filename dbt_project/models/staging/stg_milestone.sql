with
source as (
    select
        *,
        rowid as raw_row
    from {{ source('raw', 'milestone') }}
),

held_back as (
    select
        source_id,
        source_version
    from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.milestone' and decision is distinct from 'released'
),

-- the reading that was refused, not a later one that may have mended it; by row, for a filter on rows goes through this join
refused as (
    select milestone.rowid as raw_row
    from {{ source('raw', 'milestone') }} as milestone
    inner join held_back
        on
            milestone.milestone_id = held_back.source_id
            and (held_back.source_version is null or milestone.extractor_version = held_back.source_version)
)

select
    source.milestone_id,
    source.version_id,
    source.article_id,
    source.portal_id,
    source.extractor_version,
    source.indicator as indicator_code,
    source.kind,
    source.area as area_name,
    source.area_code,
    source.as_of,
    source.char_start,
    source.char_end,
    source.sentence,
    source.rule,
    source.load_id,
    source.raw_row
from source
anti join refused on source.raw_row = refused.raw_row

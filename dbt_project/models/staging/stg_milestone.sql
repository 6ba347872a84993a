with
source as (select * from {{ source('raw', 'milestone') }}),

held_back as (
    select
        source_id,
        source_version
    from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.milestone' and decision is distinct from 'released'
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
    source.load_id
from source
-- the reading that was refused, not a later one that may have mended it
anti join held_back
    on
        source.milestone_id = held_back.source_id
        and (held_back.source_version is null or source.extractor_version = held_back.source_version)

with
source as (select * from {{ source('raw', 'milestone') }}),

held_back as (
    select source_id from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.milestone' and released_at is null
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
anti join held_back on source.milestone_id = held_back.source_id

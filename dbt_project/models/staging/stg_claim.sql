with
source as (select * from {{ source('raw', 'claim') }}),

held_back as (
    select
        source_id,
        source_version
    from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.claim' and decision is distinct from 'released'
)

select
    source.claim_id,
    source.version_id,
    source.article_id,
    source.portal_id,
    source.extractor_version,
    source.kind,
    source.indicator as indicator_code,
    source.measure,
    source.op,
    source.value,
    source.value_high,
    source.denominator,
    source.unit as unit_code,
    source.as_of,
    source.area as area_name,
    source.area_code,
    source.plan_by,
    source.per_year,
    nullif(trim(source.qualifier), '') as qualifier,
    nullif(trim(source.document_number), '') as document_number,
    source.evidence,
    source.char_start,
    source.char_end,
    source.sentence,
    source.rule,
    source.confidence,
    source.needs_review,
    source.load_id
from source
-- the reading that was refused, not a later one that may have mended it
anti join held_back
    on
        source.claim_id = held_back.source_id
        and (held_back.source_version is null or source.extractor_version = held_back.source_version)

with
source as (
    select
        *,
        rowid as raw_row
    from {{ source('raw', 'claim') }}
),

held_back as (
    select
        source_id,
        source_version
    from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.claim' and decision is distinct from 'released'
),

-- the reading that was refused, not a later one that may have mended it; by row, for a filter on rows goes through this join
refused as (
    select claim.rowid as raw_row
    from {{ source('raw', 'claim') }} as claim
    inner join held_back
        on
            claim.claim_id = held_back.source_id
            and (held_back.source_version is null or claim.extractor_version = held_back.source_version)
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
    source.load_id,
    source.raw_row
from source
anti join refused on source.raw_row = refused.raw_row

with
source as (
    select
        *,
        rowid as raw_row
    from {{ source('raw', 'citation') }}
),

held_back as (
    select
        source_id,
        source_version
    from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.citation' and decision is distinct from 'released'
),

-- the reading that was refused, not a later one that may have mended it; by row, for a filter on rows goes through this join
refused as (
    select citation.rowid as raw_row
    from {{ source('raw', 'citation') }} as citation
    inner join held_back
        on
            citation.citation_id = held_back.source_id
            and (held_back.source_version is null or citation.extractor_version = held_back.source_version)
)

select
    source.citation_id,
    source.version_id,
    source.article_id,
    source.portal_id,
    source.extractor_version,
    trim(source.number) as document_number,
    source.type as document_type,
    source.issuer,
    source.issued as issued_on,
    source.char_start,
    source.char_end,
    source.load_id,
    source.raw_row
from source
anti join refused on source.raw_row = refused.raw_row

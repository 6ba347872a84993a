with
source as (select * from {{ source('raw', 'citation') }}),

held_back as (
    select source_id from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.citation' and released_at is null
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
    source.load_id
from source
anti join held_back on source.citation_id = held_back.source_id

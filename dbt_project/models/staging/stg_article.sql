with
source as (
    select
        *,
        rowid as raw_row
    from {{ source('raw', 'article') }}
),

held_back as (
    select source_id from {{ source('ops', 'quarantine') }}
    where source_table = 'raw.article' and decision is distinct from 'released'
),

-- by row, for a filter on rows goes through this join
refused as (
    select article.rowid as raw_row
    from {{ source('raw', 'article') }} as article
    inner join held_back on article.version_id = held_back.source_id
)

select
    source.version_id,
    source.article_id,
    source.story_id,
    source.portal_id,
    source.run_id,
    source.capture_id,
    source.canonical_url,
    source.url,
    source.title,
    source.summary,
    source.body_text,
    source.author,
    source.section,
    {{ local_time('source.published_at') }} as published_at,
    cast({{ local_time('source.published_at') }} as date) as published_on,
    source.published_basis,
    source.portal_area as portal_area_name,
    source.fetched_at,
    source.parser,
    source.load_id,
    source.raw_row
from source
anti join refused on source.raw_row = refused.raw_row

{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'article_id'},
    pre_hook="{{ forget('article_id') }}"
) }}

with
versions as (
    select * from {{ of_touched(ref('int_article_version'), 'article_id') }}
),

readings as (select * from {{ of_touched(ref('int_extraction'), 'article_id') }})

select
    versions.version_id,
    versions.article_id,
    versions.story_id,
    {{ key(['versions.portal_id']) }} as portal_key,
    versions.portal_id,
    versions.canonical_url,
    versions.title,
    versions.author,
    versions.section,
    versions.published_at,
    versions.published_on,
    versions.published_basis,
    versions.portal_area_name,
    versions.is_latest,
    versions.version_count,
    versions.withdrawn_at is not null as is_withdrawn,
    readings.extractor_version,
    coalesce(readings.claim_count, 0) as claim_count,
    versions.parser,
    versions.capture_id,
    versions.run_id,
    {{ local_time('versions.first_seen_at') }} as first_seen_at,
    {{ local_time('versions.last_seen_at') }} as last_seen_at,
    {{ local_time('versions.withdrawn_at') }} as withdrawn_at
from versions
left join readings on versions.version_id = readings.version_id

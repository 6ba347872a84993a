{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

with
milestones as (
    select * from {{ of_touched(ref('int_milestone'), 'story_id') }}
)

select
    milestone_key,
    milestone_id,
    version_id,
    article_id,
    story_id,
    {{ key(['portal_id']) }} as portal_key,
    indicator_key,
    {{ key(['phase_code']) }} as programme_key,
    area_key,
    indicator_code,
    area_code,
    area_name,
    kind,
    as_of,
    published_on,
    title as article_title,
    canonical_url as article_url,
    sentence,
    char_start,
    char_end,
    rule,
    extractor_version,
    mention_count
from milestones

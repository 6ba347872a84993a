{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

with
milestones as (
    select * from {{ ref('int_milestone') }}
    {{ only_touched('story_id') }}
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
    sentence,
    char_start,
    char_end,
    rule,
    extractor_version,
    mention_count
from milestones

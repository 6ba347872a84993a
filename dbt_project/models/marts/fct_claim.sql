{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

with
claims as (
    select * from {{ of_touched(ref('int_claim'), 'story_id', 'int_touched_claim') }}
),

links as (
    select * from {{ of_touched(ref('int_claim_statement'), 'story_id') }}
)

select
    claims.claim_id,
    links.statement_key as fact_key,
    links.fate,
    claims.kind,
    claims.version_id,
    claims.article_id,
    claims.story_id,
    {{ key(['claims.portal_id']) }} as portal_key,
    claims.indicator_key,
    claims.indicator_code,
    claims.area_key,
    claims.area_name_as_read,
    claims.measure,
    claims.op,
    claims.value_as_read,
    claims.value,
    claims.value_high,
    claims.denominator,
    claims.per_year,
    claims.unit_code,
    claims.as_of,
    claims.evidence,
    claims.sentence,
    claims.char_start,
    claims.char_end,
    claims.is_in_title,
    claims.rule,
    claims.confidence,
    claims.needs_review,
    claims.correction_id,
    claims.extractor_version
from claims
left join links on claims.claim_id = links.claim_id

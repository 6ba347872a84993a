{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'article_id'},
    pre_hook="{{ forget('article_id') }}"
) }}

-- The newest reading of each article version: what an older extractor version said no longer counts.
with
extractions as (
    select * from {{ ref('stg_extraction') }}
    {{ only_touched('article_id', of=ref('stg_extraction'), row='raw_row') }}
)

select
    version_id,
    article_id,
    extractor_version,
    claim_count,
    milestone_count,
    citation_count,
    unexplained_count,
    error,
    load_id
from extractions
qualify row_number() over (partition by version_id order by load_id desc, extractor_version desc) = 1

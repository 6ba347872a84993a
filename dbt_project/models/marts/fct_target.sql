{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

with
statements as (
    select * from {{ ref('int_statement') }}
    where kind = 'target' {{ only_touched('story_id', 'and') }}
)

select
    {{ fact_columns('target_key') }}
from statements

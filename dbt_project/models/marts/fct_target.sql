{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

with
statements as (
    select * from {{ of_touched(ref('int_statement'), 'story_id') }}
    where kind = 'target'
),

units as (select * from {{ ref('unit') }})

select
    {{ fact_columns('target_key') }}
from statements
left join units on statements.unit_code = units.unit_code

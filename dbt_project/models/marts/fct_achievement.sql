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
    where kind = 'achievement'
),

units as (select * from {{ ref('unit') }})

select
    {{ fact_columns('achievement_key') }},
    statements.op = 'approx' as is_estimate,
    case
        when statements.measure = 'level' and statements.basis = 'count' and statements.denominator > 0
            then round(100 * statements.value / statements.denominator, 2)
    end as share_pct
from statements
left join units on statements.unit_code = units.unit_code

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
    where kind = 'achievement' {{ only_touched('story_id', 'and') }}
)

select
    {{ fact_columns('achievement_key') }},
    statements.op = 'approx' as is_estimate,
    case
        when statements.measure = 'level' and statements.basis = 'count' and statements.denominator > 0
            then round(100 * statements.value / statements.denominator, 2)
    end as share_pct
from statements

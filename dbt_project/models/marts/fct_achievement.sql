with
statements as (select * from {{ ref('int_statement') }} where kind = 'achievement')

select
    {{ fact_columns('achievement_key') }},
    statements.op = 'approx' as is_estimate,
    case
        when statements.measure = 'level' and statements.basis = 'count' and statements.denominator > 0
            then round(100 * statements.value / statements.denominator, 2)
    end as share_pct
from statements

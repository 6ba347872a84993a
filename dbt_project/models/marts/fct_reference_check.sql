with
reference_values as (
    select
        *,
        case when unit in ('percent', 'percentage_point') then 'share' else 'count' end as basis
    from {{ ref('reference_series') }}
),

statements as (
    select * from {{ ref('int_statement') }}
    where kind = 'achievement' and measure = 'level' and qualifier is null
)

select
    {{ key(['reference_values.indicator', 'reference_values.area_code', 'reference_values.as_of', 'statements.statement_key']) }}
        as check_key,
    statements.statement_key as achievement_key,
    statements.indicator_key,
    reference_values.indicator as indicator_code,
    reference_values.area_code,
    reference_values.as_of,
    reference_values.unit as unit_code,
    reference_values.value as reference_value,
    statements.value as claimed_value,
    round(statements.value - reference_values.value, 4) as difference,
    reference_values.tolerance,
    abs(statements.value - reference_values.value)
    <= reference_values.tolerance + case when statements.op = 'eq' then 0 else 0.05 * abs(reference_values.value) end as agrees,
    statements.claim_id,
    reference_values.source_url
from reference_values
inner join statements
    on
        reference_values.indicator = statements.indicator_code
        and reference_values.area_code = statements.area_code
        and reference_values.basis = statements.basis
        and reference_values.as_of = statements.as_of

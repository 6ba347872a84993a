-- Levels along time, targets and results side by side; a line may only be drawn within one segment (series and standard)
with
statements as (select * from {{ ref('statement') }} where measure = 'level' and as_of is not null),

standards as (select * from {{ ref('dim_standard') }})

select
    statements.indicator_vi,
    statements.indicator_en,
    statements.area_name,
    statements.province_name,
    statements.as_of,
    cast(year(statements.as_of) as integer) as year_number,
    statements.kind_vi,
    statements.value,
    statements.denominator,
    statements.unit_code,
    statements.qualifier,
    standards.name_vi as standard_vi,
    coalesce(
        lag(statements.standard_code) over line <> statements.standard_code,
        false
    ) as is_after_break,
    statements.published_on,
    statements.sentence,
    statements.url,
    statements.kind,
    statements.indicator_code,
    statements.area_code,
    statements.standard_code,
    statements.series_key,
    statements.fact_key,
    statements.claim_id
from statements
inner join standards on statements.standard_code = standards.standard_code
window line as (
    partition by statements.series_key, statements.kind, statements.unit_code
    order by statements.as_of, statements.published_on, statements.fact_key
)

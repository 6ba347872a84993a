-- Levels along time, targets and results side by side; a line may only be drawn within one segment (series and standard)
with
statements as (select * from {{ ref('statement') }} where measure = 'level' and as_of is not null)

select
    indicator_vi,
    indicator_en,
    area_name,
    level_vi,
    level_en,
    province_name,
    province_today,
    as_of,
    cast(year(as_of) as integer) as year_number,
    kind_vi,
    kind_en,
    value,
    denominator,
    unit_vi,
    unit_en,
    qualifier,
    programme_vi,
    programme_en,
    standard_vi,
    standard_en,
    coalesce(lag(standard_code) over line <> standard_code, false) as is_after_break,
    published_on,
    sentence,
    url,
    kind,
    unit_code,
    indicator_code,
    area_level,
    area_code,
    area_key,
    standard_code,
    series_key,
    fact_key,
    claim_id
from statements
window line as (
    -- the series decides the place and the indicator: they are named so that a question about one place is asked before the window
    partition by series_key, kind, unit_code, indicator_code, area_code, area_key, area_level, province_name
    order by as_of, published_on, fact_key
)

with
indicators as (select * from {{ ref('int_indicator') }}),

units as (select * from {{ ref('unit') }})

select
    indicators.indicator_key,
    indicators.indicator_code,
    indicators.programme_code,
    indicators.name_vi,
    indicators.name_en,
    indicators.unit_code,
    units.name_vi as unit_name_vi,
    units.name_en as unit_name_en,
    indicators.better,
    indicators.nature,
    indicators.standard_family,
    indicators.is_additive,
    indicators.plausible_min,
    indicators.plausible_max,
    indicators.is_placeholder
from indicators
left join units on indicators.unit_code = units.unit_code

-- Which series rules an indicator follows: the longest prefix in the seed wins.
with
indicators as (
    select
        *,
        false as is_placeholder
    from {{ ref('stg_codebook__indicator') }}
    union all by name
    select
        'other' as indicator_code,
        'unknown' as programme_code,
        'Chỉ tiêu ngoài bộ mã' as name_vi,
        'Quantity that no code covers' as name_en,
        'other' as unit_code,
        'none' as better,
        false as is_additive,
        true as is_placeholder
),

rules as (select * from {{ ref('indicator_series') }}),

ruled as (
    select
        indicators.*,
        rules.family,
        rules.nature
    from indicators
    inner join rules on starts_with(indicators.indicator_code, coalesce(rules.prefix, ''))
    qualify row_number() over (partition by indicators.indicator_code order by length(coalesce(rules.prefix, '')) desc) = 1
)

select
    {{ key(['indicator_code']) }} as indicator_key,
    indicator_code,
    programme_code,
    name_vi,
    name_en,
    unit_code,
    better,
    family as standard_family,
    nature,
    is_additive,
    plausible_min,
    plausible_max,
    is_placeholder
from ruled

-- The newest level of each indicator and area, with what was said before under the same standard
with
results as (
    select * from {{ ref('timeline') }}
    where kind = 'achievement' and area_code <> 'unknown'
),

-- one figure a day: what was published last speaks
days as (
    select
        *,
        row_number() over (
            partition by series_key, unit_code, standard_code, as_of, indicator_code, area_code, area_level, province_name
            order by published_on desc nulls last, fact_key
        ) = 1 as is_last_word
    from results
),

ordered as (
    select
        *,
        lag(value) over line as previous_value,
        lag(as_of) over line as previous_as_of,
        row_number() over (
            partition by series_key, unit_code, indicator_code, area_code, area_level, province_name
            order by as_of desc, published_on desc nulls last, fact_key
        ) as newest
    from days
    where is_last_word
    window line as (
        partition by series_key, unit_code, standard_code, indicator_code, area_code, area_level, province_name
        order by as_of
    )
)

select
    indicator_vi,
    indicator_en,
    area_name,
    level_vi,
    level_en,
    province_name,
    province_today,
    as_of,
    value,
    denominator,
    unit_vi,
    unit_en,
    previous_value,
    previous_as_of,
    round(value - previous_value, 4) as change_value,
    qualifier,
    standard_vi,
    standard_en,
    published_on,
    date_diff('day', published_on, current_date) as days_silent,
    sentence,
    url,
    unit_code,
    indicator_code,
    area_level,
    area_code,
    standard_code,
    series_key,
    fact_key,
    claim_id
from ordered
where newest = 1

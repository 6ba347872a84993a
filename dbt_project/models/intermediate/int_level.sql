{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'series_key'},
    pre_hook="{{ forget('series_key') }}"
) }}

-- Results that say how things stood: stated levels, and shares that follow from "N of M".
-- "412 products were certified in nine months" is written as plainly as "3,317 products are certified". Of an indicator that is meant
-- to rise, a count far below what stood before (under the same standard and in the same territory) is the count of its period.
with
statements as (
    select * from {{ of_touched(ref('int_statement'), 'series_key', 'int_touched_statement') }}
    where kind = 'achievement' and measure = 'level' and as_of is not null {{ only_touched('series_key', 'and') }}
),

stated as (
    select
        *,
        value as level_value,
        false as is_derived
    from statements
),

shares as (
    select
        * exclude (basis),
        'share' as basis,
        round(100 * value / denominator, 4) as level_value,
        true as is_derived
    from statements
    where basis = 'count' and denominator > 0 and value <= denominator
),

levels as (
    select * from stated
    union all by name
    select * from shares
),

judged as (
    select
        *,
        coalesce(
            nature = 'stock'
            and better = 'up'
            and basis = 'count'
            and level_value < 0.6 * max(level_value) over (
                partition by series_key, basis, standard_code
                order by as_of
                range between unbounded preceding and interval 1 day preceding
            ),
            false
        ) as is_period_count
    from levels
)

select
    series_key,
    basis,
    standard_code,
    as_of,
    statement_key,
    claim_id,
    level_value,
    is_derived,
    is_period_count,
    authority_rank,
    published_on,
    confidence,
    -- one level a day and series: the highest-ranking source, a stated figure before a derived one, then the newest
    not is_period_count
    and row_number() over (
        partition by series_key, basis, standard_code, as_of
        order by is_period_count, is_derived, authority_rank, published_on desc nulls last, confidence desc, statement_key
    ) = 1 as is_preferred
from judged

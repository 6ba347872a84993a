{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

-- Every goal that a year can be measured against: stated ones, yearly ones spread over their years,
-- and plans that follow from "182 households, 85 % of the plan".
with
statements as not materialized (
    select * from {{ of_touched(ref('int_statement'), 'story_id') }}
),

claims as not materialized (
    select * from {{ of_touched(ref('int_claim'), 'story_id', 'int_touched_claim') }}
),

links as not materialized (
    select * from {{ of_touched(ref('int_claim_statement'), 'story_id') }}
    where statement_key is not null
),

goals as (
    select
        *,
        year(as_of) as last_year,
        -- a yearly goal starts in the year after it was set in the second half
        greatest(
            least(coalesce(year(published_on + to_months(6)), year(as_of)), year(as_of)),
            year(as_of) - 9
        ) as first_year
    from statements
    where kind = 'target' and measure in ('level', 'change', 'relative_change') and year(as_of) between 1996 and 2045
),

once as (
    select
        *,
        last_year as target_year,
        as_of as target_as_of,
        case
            when year(published_on) < last_year and as_of - published_on > 400 then make_date(cast(first_year as integer), 1, 1)
            else make_date(cast(last_year as integer), 1, 1)
        end as starts_on
    from goals
    where not (per_year and measure in ('change', 'relative_change'))
),

calendar as (select range as target_year from range(1996, 2046)),

yearly as (
    select
        goals.*,
        calendar.target_year,
        make_date(cast(calendar.target_year as integer), 12, 31) as target_as_of,
        make_date(cast(calendar.target_year as integer), 1, 1) as starts_on
    from goals
    inner join calendar on calendar.target_year between goals.first_year and goals.last_year
    where goals.per_year and goals.measure in ('change', 'relative_change')
),

stated as (
    select
        *,
        case measure when 'relative_change' then measure else measure || '_' || basis end as comparison,
        threshold as target_value,
        'claim' as target_origin,
        statement_key as target_statement_key,
        claim_ids[1:1] as target_claim_ids
    from (
        select * from once
        union all by name
        select * from yearly
    )
),

-- "N households, P % of the plan": the level that stands last before the share in the same sentence
pairs as (
    select
        share.claim_id as share_claim_id,
        arg_max(level.claim_id, (level.char_start, level.claim_id)) as level_claim_id
    from claims as share
    inner join claims as level
        on
            share.version_id = level.version_id
            and share.indicator_code = level.indicator_code
            and share.area_key = level.area_key
            and share.as_of is not distinct from level.as_of
            and share.sentence = level.sentence
            and share.char_start > level.char_start
    where
        share.measure = 'plan_share' and level.measure = 'level' and level.basis = 'count'
        and share.kind = 'achievement' and level.kind = 'achievement'
        and share.value > 0 and level.value > 0
        and share.is_latest and level.is_latest
    group by share.claim_id
),

implied as (
    select
        share.*,
        pairs.level_claim_id,
        level_link.statement_key as level_statement_key,
        level.series_key as level_series_key,
        level.qualifier as level_qualifier,
        level.value / (share.value / 100) as plan_value
    from statements as share
    inner join pairs on share.claim_id = pairs.share_claim_id
    inner join claims as level on pairs.level_claim_id = level.claim_id
    inner join links as level_link on pairs.level_claim_id = level_link.claim_id
    where year(share.as_of) between 1996 and 2045
),

derived as (
    select
        * exclude (series_key, qualifier, basis),
        level_series_key as series_key,
        level_qualifier as qualifier,
        'count' as basis,
        year(as_of) as target_year,
        make_date(cast(year(as_of) as integer), 12, 31) as target_as_of,
        make_date(cast(year(as_of) as integer), 1, 1) as starts_on,
        'level_count' as comparison,
        round(plan_value, 1) as target_value,
        'derived' as target_origin,
        statement_key as target_statement_key,
        [claim_id, level_claim_id] as target_claim_ids
    from implied
),

-- a share of the plan without the figure itself: attainment is known, the plan is not
bare as (
    select
        statements.*,
        year(statements.as_of) as target_year,
        make_date(cast(year(statements.as_of) as integer), 12, 31) as target_as_of,
        make_date(cast(year(statements.as_of) as integer), 1, 1) as starts_on,
        'plan_share' as comparison,
        cast(100 as double) as target_value,
        'plan_share' as target_origin,
        statements.statement_key as target_statement_key,
        [statements.claim_id] as target_claim_ids
    from statements
    anti join pairs on statements.claim_id = pairs.share_claim_id
    where statements.kind = 'achievement' and statements.measure = 'plan_share' and year(statements.as_of) between 1996 and 2045
)

select
    story_id,
    series_key,
    indicator_code,
    indicator_key,
    area_key,
    area_code,
    area_name,
    qualifier,
    standard_code,
    phase_code,
    nature,
    better,
    indicator_basis,
    comparison,
    basis,
    coalesce(plan_by, '') as plan_by,
    cast(target_year as integer) as target_year,
    starts_on,
    target_as_of,
    target_value,
    op as target_op,
    per_year,
    target_origin,
    target_statement_key,
    claim_id as target_claim_id,
    target_claim_ids,
    -- a derived plan never wins over a stated one
    case target_origin when 'claim' then authority_rank else authority_rank + 10 end as authority_rank,
    authority_class,
    published_on,
    evidence,
    sentence,
    canonical_url,
    confidence,
    load_id
from (
    select * from stated
    union all by name
    select * from derived
    union all by name
    select * from bare
)

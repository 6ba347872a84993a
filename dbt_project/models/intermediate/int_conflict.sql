{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'series_key'},
    pre_hook="{{ forget('series_key', ['own', 'part']) }}"
) }}

-- Figures of the same thing that cannot all be right. One row a finding, with the lowest and the highest figure.
--   value         two figures of one series and day that differ by more than rounding
--   share         a published share against the share that follows from "N of M"
--   part          a part that is larger than its whole
--   jump          a level that moves from one report to the next more than such things move
with
statements as not materialized (
    select
        *,
        -- figures that say "about" or "more than" agree with anything near them
        case
            when op = 'eq' and basis = 'share' then 0.3
            when basis = 'share' then 1.0
            when op = 'eq' then 0.005 * abs(value)
            else 0.05 * abs(value)
        end as tolerance,
        -- "more than 200" agrees with 213, and a decrease of "more than 300" with one of 337; nobody says it of three times as many
        case
            when (op in ('gt', 'ge') and value >= 0) or (op in ('lt', 'le') and value < 0) then 0.25 * abs(value)
            else 0
        end as reach_up,
        case
            when (op in ('gt', 'ge') and value < 0) or (op in ('lt', 'le') and value >= 0) then 0.25 * abs(value)
            else 0
        end as reach_down
    from {{ of_touched(ref('int_statement'), 'series_key', 'int_touched_statement', ['own', 'part', 'whole']) }}
    where as_of is not null and value_high is null {{ only_touched('series_key', 'and', ['own', 'part', 'whole']) }}
),

known_levels as (
    select * from {{ ref('int_level') }}
    {{ only_touched('series_key', reach=['own', 'part', 'whole'], of=ref('int_level')) }}
),

levels as (select * from known_levels where not is_period_count),

period_counts as (select distinct statement_key from known_levels where is_period_count),

parts as (select * from {{ ref('indicator_part') }}),

-- goals that differ months apart are revisions; within a month, or in the same paper, they disagree
comparable as not materialized (
    select
        *,
        {{ key([
            'series_key',
            'standard_code',
            'kind',
            'measure',
            'basis',
            'as_of',
            'plan_by',
            'per_year',
        ]) }} as group_key
    from statements
    anti join period_counts on statements.statement_key = period_counts.statement_key
),

value_pairs as (
    select
        low.group_key,
        low.statement_key as low_statement_key,
        high.statement_key as high_statement_key,
        low.value as low_value,
        high.value as high_value
    from comparable as low
    inner join comparable as high
        on
            low.group_key = high.group_key
            and low.value < high.value
            and high.value - low.value > greatest(low.tolerance, high.tolerance, low.reach_up, high.reach_down) + 1e-9
    where
        low.kind = 'achievement'
        or low.document_key = high.document_key
        or abs(low.published_on - high.published_on) <= 31
),

by_value as (
    select
        'value' as conflict_type,
        group_key as subject_key,
        arg_min(low_statement_key, (low_value, low_statement_key)) as low_statement_key,
        arg_max(high_statement_key, (high_value, high_statement_key)) as high_statement_key,
        min(low_value) as low_value,
        max(high_value) as high_value
    from value_pairs
    group by group_key
),

by_share as (
    select
        'share' as conflict_type,
        {{ key(['stated.statement_key', 'derived.statement_key']) }} as subject_key,
        case when stated.level_value <= derived.level_value then stated.statement_key else derived.statement_key end as low_statement_key,
        case when stated.level_value <= derived.level_value then derived.statement_key else stated.statement_key end as high_statement_key,
        least(stated.level_value, derived.level_value) as low_value,
        greatest(stated.level_value, derived.level_value) as high_value
    from levels as stated
    inner join levels as derived
        on
            stated.series_key = derived.series_key
            and stated.standard_code = derived.standard_code
            and stated.as_of = derived.as_of
            and stated.basis = derived.basis
    where
        stated.basis = 'share'
        and not stated.is_derived
        and derived.is_derived
        -- published shares may use another denominator: 2,567 of 6,084 communes is 42.2 % and was published as 42.4 %
        and abs(stated.level_value - derived.level_value) > 0.3
),

part_pairs as (
    select
        {{ key(['part.series_key', 'whole.series_key', 'part.kind', 'part.as_of', 'part.unit_code']) }} as subject_key,
        whole.statement_key as low_statement_key,
        part.statement_key as high_statement_key,
        whole.value as low_value,
        part.value as high_value
    from statements as part
    inner join parts on part.indicator_code = parts.part
    inner join statements as whole
        on
            parts.whole = whole.indicator_code
            and part.area_key = whole.area_key
            and part.area_name = whole.area_name
            and part.as_of = whole.as_of
            and part.kind = whole.kind
            and part.basis = whole.basis
            and part.unit_code = whole.unit_code
            and part.qualifier is not distinct from whole.qualifier
    where
        part.measure = 'level'
        and whole.measure = 'level'
        and part.value > whole.value + greatest(part.tolerance, whole.tolerance)
        -- a share of a part may be taken of the whole ("chiếm 42,4% số xã đạt chuẩn"): only counts compare
        and part.basis = 'count'
),

-- one finding of a part, its whole and a day, however many articles tell the two figures: pairs grow with their square
by_part as (
    select
        'part' as conflict_type,
        subject_key,
        arg_min(low_statement_key, (low_value, low_statement_key)) as low_statement_key,
        arg_max(high_statement_key, (high_value, high_statement_key)) as high_statement_key,
        min(low_value) as low_value,
        max(high_value) as high_value
    from part_pairs
    group by subject_key
),

ordered_levels as (
    select
        levels.series_key,
        levels.standard_code,
        levels.basis,
        levels.as_of,
        levels.statement_key,
        levels.level_value,
        lag(levels.level_value) over line as previous_value,
        lag(levels.statement_key) over line as previous_statement_key,
        lag(levels.as_of) over line as previous_as_of,
        statements.nature,
        statements.better
    from levels
    inner join statements on levels.statement_key = statements.statement_key
    where levels.is_preferred and not levels.is_derived
    window line as (partition by levels.series_key, levels.standard_code, levels.basis order by levels.as_of)
),

by_jump as (
    select
        'jump' as conflict_type,
        {{ key(['previous_statement_key', 'statement_key']) }} as subject_key,
        case when previous_value <= level_value then previous_statement_key else statement_key end as low_statement_key,
        case when previous_value <= level_value then statement_key else previous_statement_key end as high_statement_key,
        least(previous_value, level_value) as low_value,
        greatest(previous_value, level_value) as high_value
    from ordered_levels
    where
        nature = 'stock'
        and as_of - previous_as_of <= 400
        and (
            (basis = 'share' and abs(level_value - previous_value) > 25)
            or (
                -- a move the wrong way is strange sooner than one the right way, and nothing left is what a falling count is for
                basis = 'count'
                and greatest(level_value, previous_value) >= 20
                and case better
                    when 'down' then level_value > 3 * previous_value or (level_value > 0 and level_value < previous_value / 10)
                    when 'up' then level_value > 5 * previous_value or level_value < previous_value / 3
                    else greatest(level_value, previous_value) > 5 * least(level_value, previous_value)
                end
            )
        )
),

findings as (
    select * from by_value
    union all by name
    select * from by_share
    union all by name
    select * from by_part
    union all by name
    select * from by_jump
),

described as (
    select
        {{ key(['findings.conflict_type', 'findings.subject_key']) }} as conflict_key,
        findings.conflict_type,
        high.kind,
        high.series_key,
        high.indicator_code,
        high.indicator_key,
        low.indicator_code as other_indicator_code,
        high.area_key,
        high.area_code,
        high.area_name,
        high.qualifier,
        high.standard_code,
        high.measure,
        case when findings.conflict_type = 'share' then 'percent' else high.unit_code end as unit_code,
        low.as_of as low_as_of,
        high.as_of as high_as_of,
        round(findings.low_value, 4) as low_value,
        round(findings.high_value, 4) as high_value,
        low.claim_id as low_claim_id,
        high.claim_id as high_claim_id,
        low.sentence as low_sentence,
        low.canonical_url as low_url,
        high.sentence as high_sentence,
        high.canonical_url as high_url,
        low.story_id = high.story_id as is_same_story,
        greatest(low.load_id, high.load_id) as load_id
    from findings
    inner join statements as low on findings.low_statement_key = low.statement_key
    inner join statements as high on findings.high_statement_key = high.statement_key
)

select *
from described
{{ only_touched('series_key', 'where', ['own', 'part']) }}

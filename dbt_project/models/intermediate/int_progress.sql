{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'series_key'},
    pre_hook="{{ forget('series_key') }}"
) }}

-- Targets meet achievements. One row a series, year, standard, kind of comparison and planner.
--   level_*          the state that was to be reached         against the latest level
--   change_*         the difference that was to be made       against stated changes, else level minus baseline
--   relative_change  the per cent of the earlier value        against stated ones, else from level and baseline
--   plan_share       a published share of a plan that is not known
with
candidates as (
    select
        * exclude (story_id, evidence, sentence, canonical_url),
        -- the standard of a yearly or a long goal is the one in force at its end; results are looked for under the same standard
        {{ key(['series_key', 'target_year', 'standard_code', 'comparison', 'plan_by']) }} as progress_key
    from {{ ref('int_target_candidate') }}
    {{ only_touched('series_key', of=ref('int_target_candidate')) }}
),

-- the words of the targets come back at the end: with them every window and join before it would be over gigabytes
target_words as (
    select
        target_claim_id,
        any_value(evidence) as target_evidence,
        any_value(sentence) as target_sentence,
        any_value(canonical_url) as target_url
    from {{ ref('int_target_candidate') }}
    {{ only_touched('series_key', of=ref('int_target_candidate')) }}
    group by target_claim_id
),

statements as not materialized (
    select * from {{ of_touched(ref('int_statement'), 'series_key', 'int_touched_statement') }}
    {{ only_touched('series_key') }}
),

levels as (
    select * from {{ of_touched(ref('int_level'), 'series_key') }}
    where is_preferred
),

period_counts as (
    select * from {{ of_touched(ref('int_level'), 'series_key') }}
    where is_period_count
),

revisions as (
    select
        progress_key,
        count(distinct target_value) - 1 as revision_count,
        arg_min(target_value, (coalesce(published_on, date '9999-12-31'), target_value)) as first_target_value,
        min(published_on) as first_target_on,
        list(distinct target_claim_id order by target_claim_id) as candidate_claim_ids
    from candidates
    -- a plan that follows from a rounded share is another figure for the same goal and no revision of it
    where target_origin = 'claim'
    group by progress_key
),

targets as (
    select *
    from candidates
    qualify row_number() over (
        partition by progress_key
        order by authority_rank, published_on desc nulls last, confidence desc, target_statement_key
    ) = 1
),

-- series with results in a year for which nobody stated a goal still make a row
untargeted as (
    select distinct
        statements.series_key,
        statements.indicator_code,
        statements.indicator_key,
        statements.area_key,
        statements.area_code,
        statements.area_name,
        statements.qualifier,
        levels.standard_code,
        statements.phase_code,
        statements.nature,
        statements.better,
        statements.indicator_basis,
        levels.basis,
        'level_' || levels.basis as comparison,
        '' as plan_by,
        cast(year(levels.as_of) as integer) as target_year,
        make_date(cast(year(levels.as_of) as integer), 1, 1) as starts_on,
        make_date(cast(year(levels.as_of) as integer), 12, 31) as target_as_of
    from levels
    inner join statements on levels.statement_key = statements.statement_key
    where year(levels.as_of) between 1996 and 2045
),

keyed_untargeted as (
    select
        *,
        {{ key(['series_key', 'target_year', 'standard_code', 'comparison', 'plan_by']) }} as progress_key
    from untargeted
    qualify row_number() over (partition by progress_key order by area_name, qualifier nulls last, phase_code) = 1
),

stated_lines as (
    select
        targets.*,
        revisions.revision_count,
        revisions.first_target_value,
        revisions.first_target_on,
        revisions.candidate_claim_ids
    from targets
    left join revisions on targets.progress_key = revisions.progress_key
    union all by name
    select keyed_untargeted.*
    from keyed_untargeted
    anti join targets
        on
            keyed_untargeted.series_key = targets.series_key
            and keyed_untargeted.target_year = targets.target_year
            and keyed_untargeted.standard_code = targets.standard_code
            and keyed_untargeted.basis = targets.basis
            and targets.comparison in ('level_count', 'level_share')
),

-- Where things stood when the line started; nothing older than two years, and never across a break of the standard.
-- The base of a relative change is measured in the indicator's own unit, though the change itself is a share.
baselines as (
    select
        stated_lines.progress_key,
        levels.level_value as baseline_value,
        levels.as_of as baseline_as_of,
        levels.claim_id as baseline_claim_id
    from stated_lines
    inner join levels
        on
            stated_lines.series_key = levels.series_key
            and levels.basis
            = case stated_lines.comparison when 'relative_change' then stated_lines.indicator_basis else stated_lines.basis end
            and stated_lines.standard_code = levels.standard_code
            and levels.as_of between stated_lines.starts_on - 731 and stated_lines.starts_on
    where stated_lines.nature = 'stock'
    qualify row_number() over (partition by stated_lines.progress_key order by levels.as_of desc) = 1
),

-- A goal below the start of an indicator that is meant to rise is the count of its period: "certify 400 products" where 1,595 stand
lines as (
    select
        stated_lines.* replace (
            case
                when
                    stated_lines.comparison = 'level_count'
                    and stated_lines.nature = 'stock'
                    and stated_lines.better = 'up'
                    and stated_lines.target_origin = 'claim'
                    and stated_lines.target_value < baselines.baseline_value
                    then 'change_count'
                else stated_lines.comparison
            end as comparison
        ),
        baselines.baseline_value,
        baselines.baseline_as_of,
        baselines.baseline_claim_id
    from stated_lines
    left join baselines on stated_lines.progress_key = baselines.progress_key
),

-- the latest level on the line; a count of a flow starts again every year, so it meets only goals of its own year
reached as (
    select
        lines.progress_key,
        levels.level_value,
        levels.as_of,
        levels.claim_id,
        levels.statement_key,
        levels.is_derived
    from lines
    inner join levels
        on
            lines.series_key = levels.series_key
            and case lines.comparison when 'relative_change' then lines.indicator_basis else lines.basis end = levels.basis
            and lines.standard_code = levels.standard_code
            and lines.starts_on < levels.as_of
            and lines.target_as_of >= levels.as_of
    where
        lines.comparison <> 'plan_share'
        and (lines.nature = 'stock' or (year(levels.as_of) = lines.target_year and year(lines.starts_on) = lines.target_year))
    qualify row_number() over (partition by lines.progress_key order by levels.as_of desc, levels.statement_key) = 1
),

-- changes as somebody stated them, and counts of a period, for the line's own span
changes as (
    select
        series_key,
        basis,
        standard_code,
        measure,
        threshold as change_value,
        as_of,
        claim_id,
        authority_rank,
        published_on,
        confidence,
        statement_key,
        'stated_change' as change_rule
    from statements
    where kind = 'achievement' and measure in ('change', 'relative_change')
    union all by name
    select
        series_key,
        basis,
        standard_code,
        'change' as measure,
        level_value as change_value,
        as_of,
        claim_id,
        authority_rank,
        published_on,
        confidence,
        statement_key,
        'period_count' as change_rule
    from period_counts
),

changed as (
    select
        lines.progress_key,
        changes.change_value,
        changes.change_rule,
        changes.as_of,
        changes.claim_id
    from lines
    inner join changes
        on
            lines.series_key = changes.series_key
            and lines.basis = changes.basis
            and lines.standard_code = changes.standard_code
            and case when lines.comparison = 'relative_change' then 'relative_change' else 'change' end = changes.measure
            and lines.starts_on < changes.as_of
            and lines.target_as_of >= changes.as_of
    where
        lines.comparison in ('change_count', 'change_share', 'relative_change')
        and year(lines.starts_on) = lines.target_year
    qualify row_number() over (
        partition by lines.progress_key
        order by
            changes.as_of desc,
            changes.change_rule = 'stated_change' desc,
            changes.authority_rank asc,
            changes.published_on desc nulls last,
            changes.confidence desc,
            changes.statement_key asc
    ) = 1
),

shared as (
    select
        lines.progress_key,
        statements.value as share_value,
        statements.as_of,
        statements.claim_id
    from lines
    inner join statements on lines.target_statement_key = statements.statement_key
    where lines.comparison = 'plan_share'
),

met as (
    select
        lines.*,
        reached.level_value,
        case
            when lines.comparison = 'plan_share' then shared.share_value
            when lines.comparison in ('level_count', 'level_share') then reached.level_value
            when changed.change_value is not null then changed.change_value
            when lines.comparison = 'relative_change' and lines.baseline_value <> 0
                then round(100 * (reached.level_value - lines.baseline_value) / lines.baseline_value, 4)
            when lines.comparison = 'relative_change' then null
            when lines.nature = 'flow' then reached.level_value
            else round(reached.level_value - lines.baseline_value, 4)
        end as actual_value,
        case
            when lines.comparison = 'plan_share' then 'published_share'
            when changed.change_value is not null then changed.change_rule
            when lines.comparison in ('level_count', 'level_share')
                then case when reached.is_derived then 'share_of_count' else 'stated_level' end
            when lines.nature = 'flow' and lines.comparison <> 'relative_change' then 'stated_level'
            else 'level_minus_baseline'
        end as actual_rule,
        coalesce(shared.as_of, changed.as_of, reached.as_of) as actual_as_of,
        coalesce(shared.claim_id, changed.claim_id, reached.claim_id) as actual_claim_id
    from lines
    left join reached on lines.progress_key = reached.progress_key
    left join changed on lines.progress_key = changed.progress_key
    left join shared on lines.progress_key = shared.progress_key
),

-- no figure, no day and no claim
proven as (
    select
        * replace (
            case when actual_value is not null then actual_as_of end as actual_as_of,
            case when actual_value is not null then actual_claim_id end as actual_claim_id,
            case when actual_value is not null then actual_rule end as actual_rule
        )
    from met
),

judged as (
    select
        proven.*,
        target_words.target_evidence,
        target_words.target_sentence,
        target_words.target_url,
        statements.evidence as actual_evidence,
        statements.sentence as actual_sentence,
        statements.canonical_url as actual_url,
        statements.published_on as actual_published_on,
        -- which way is good: the goal's own words first ("không quá"), then the indicator; a change goal goes where its sign points
        case
            when proven.comparison = 'plan_share' then 'up'
            when proven.comparison in ('change_count', 'change_share', 'relative_change')
                then case when proven.target_value < 0 then 'down' else 'up' end
            when proven.target_op in ('le', 'lt') then 'down'
            else proven.better
        end as direction,
        least(
            100,
            greatest(0, round(100.0 * (proven.actual_as_of - proven.starts_on + 1) / (proven.target_as_of - proven.starts_on + 1), 1))
        ) as elapsed_pct
    from proven
    left join target_words on proven.target_claim_id = target_words.target_claim_id
    left join statements on proven.actual_claim_id = statements.claim_id
),

measured as (
    select
        *,
        case
            when target_value is null or actual_value is null or direction = 'none' then null
            when direction = 'up' then actual_value >= target_value - 1e-9
            else actual_value <= target_value + 1e-9
        end as is_met,
        case
            when target_value is null or actual_value is null then null
            when comparison = 'plan_share' then actual_value
            when comparison in ('change_count', 'change_share', 'relative_change') or direction <> 'down'
                then case when target_value <> 0 then 100 * actual_value / target_value end
            when baseline_value > target_value then 100 * (baseline_value - actual_value) / (baseline_value - target_value)
            when actual_value <= target_value then 100
            else 100 * target_value / actual_value
        end as attainment_pct,
        case
            when target_value is null or actual_value is null then null
            when comparison = 'plan_share' then 'published'
            when comparison in ('change_count', 'change_share', 'relative_change') then 'change_over_target'
            when direction <> 'down' then case when target_value <> 0 then 'level_over_target' end
            when baseline_value > target_value then 'way_from_baseline'
            else 'target_over_level'
        end as attainment_rule,
        -- how far along a straight line from where it started; null when nobody said where it started
        case
            when target_value is null or actual_value is null or direction = 'none' then null
            when comparison = 'plan_share' then actual_value
            when (comparison in ('change_count', 'change_share', 'relative_change') or nature = 'flow') and target_value <> 0
                then 100 * actual_value / target_value
            -- a goal that was reached before the line began has no way to it
            when (direction = 'up' and target_value > baseline_value) or (direction = 'down' and target_value < baseline_value)
                then 100 * (actual_value - baseline_value) / (target_value - baseline_value)
        end as way_pct
    from judged
)

select
    * exclude (attainment_pct, way_pct),
    round(attainment_pct, 2) as attainment_pct,
    round(way_pct, 2) as way_pct,
    -- five points behind the straight line is still on it: portals report in round figures
    case when way_pct is not null then way_pct >= elapsed_pct - 5 end as is_on_track,
    case
        when actual_value is null then 'no_result'
        when target_value is null then 'no_target'
        when direction = 'none' then 'not_judged'
        -- being under a yearly ceiling before the year is over is not yet keeping it
        when is_met and not (nature = 'flow' and direction = 'down' and actual_as_of < target_as_of) then 'met'
        when is_met then 'on_track'
        when actual_as_of >= target_as_of then 'missed'
        when way_pct is null then 'in_progress'
        when way_pct >= elapsed_pct - 5 then 'on_track'
        else 'behind'
    end as status_code
from measured

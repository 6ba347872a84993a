{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'series_key'},
    pre_hook="{{ forget('series_key', ['own', 'part']) }}"
) }}

with
conflicts as (
    select * from {{ of_touched(ref('int_conflict'), 'series_key', reach=['own', 'part']) }}
),

indicators as (select * from {{ ref('int_indicator') }}),

units as (select * from {{ ref('unit') }}),

worded as (
    select
        conflicts.*,
        case conflicts.kind when 'target' then 'Mục tiêu: ' else '' end || indicators.name_vi
        || case
            when conflicts.measure in ('change', 'relative_change') then ' (mức tăng, giảm)'
            when conflicts.measure = 'plan_share' then ' (so với kế hoạch)'
            else ''
        end as indicator_vi,
        case conflicts.kind when 'target' then 'Target: ' else '' end || indicators.name_en
        || case
            when conflicts.measure in ('change', 'relative_change') then ' (change)'
            when conflicts.measure = 'plan_share' then ' (share of the plan)'
            else ''
        end as indicator_en,
        other_indicator.name_vi as other_vi,
        other_indicator.name_en as other_en,
        units.name_vi as unit_vi,
        units.name_en as unit_en,
        {{ number_vi('conflicts.low_value') }} as low_vi,
        {{ number_en('conflicts.low_value') }} as low_en,
        {{ number_vi('conflicts.high_value') }} as high_vi,
        {{ number_en('conflicts.high_value') }} as high_en,
        strftime(conflicts.high_as_of, '%d/%m/%Y') as day_vi,
        strftime(conflicts.high_as_of, '%Y-%m-%d') as day_en,
        strftime(conflicts.low_as_of, '%d/%m/%Y') as low_day_vi,
        strftime(conflicts.low_as_of, '%Y-%m-%d') as low_day_en
    from conflicts
    inner join indicators on conflicts.indicator_code = indicators.indicator_code
    inner join indicators as other_indicator on conflicts.other_indicator_code = other_indicator.indicator_code
    left join units on conflicts.unit_code = units.unit_code
)

select
    conflict_key,
    conflict_type,
    kind,
    series_key,
    indicator_key,
    area_key,
    {{ key(['standard_code']) }} as standard_key,
    indicator_code,
    other_indicator_code,
    area_code,
    area_name,
    qualifier,
    measure,
    unit_code,
    low_as_of,
    high_as_of,
    low_value,
    high_value,
    round(high_value - low_value, 4) as spread,
    case when low_value <> 0 then round(100 * (high_value - low_value) / abs(low_value), 2) end as spread_pct,
    low_claim_id,
    high_claim_id,
    low_sentence,
    low_url,
    high_sentence,
    high_url,
    is_same_story,
    case conflict_type
        when 'value'
            then
                indicator_vi || ' của ' || area_name || ', thời điểm ' || day_vi || ': '
                || case
                    when is_same_story then 'cùng một bài ghi ' || low_vi || ' và ' || high_vi
                    else 'có nguồn ghi ' || low_vi || ', có nguồn ghi ' || high_vi
                end
                || ' ' || coalesce(unit_vi, '') || '.'
        when 'share'
            then
                indicator_vi || ' của ' || area_name || ', thời điểm ' || day_vi || ': tỷ lệ công bố và tỷ lệ tính từ số lượng lệch nhau ('
                || low_vi || '% và ' || high_vi || '%).'
        when 'part'
            then
                indicator_vi || ' của ' || area_name || ', thời điểm ' || day_vi || ' là ' || high_vi || ', lớn hơn ' || other_vi || ' ('
                || low_vi || ' ' || coalesce(unit_vi, '') || ') dù chỉ là một phần.'
        else
            indicator_vi || ' của ' || area_name || ' thay đổi bất thường: '
            || case
                when low_as_of <= high_as_of then 'tăng từ ' || low_vi || ' (' || low_day_vi || ') lên ' || high_vi || ' (' || day_vi || ')'
                else 'giảm từ ' || high_vi || ' (' || day_vi || ') xuống ' || low_vi || ' (' || low_day_vi || ')'
            end
            || ' ' || coalesce(unit_vi, '') || '.'
    end as explanation_vi,
    case conflict_type
        when 'value'
            then
                indicator_en || ', ' || area_name || ', ' || day_en || ': '
                || case
                    when is_same_story then 'one article says both ' || low_en || ' and ' || high_en
                    else 'one source says ' || low_en || ', another ' || high_en
                end
                || ' ' || coalesce(unit_en, '') || '.'
        when 'share'
            then
                indicator_en
                || ', '
                || area_name
                || ', '
                || day_en
                || ': the published share and the share that follows from the counts differ ('
                || low_en || ' % and ' || high_en || ' %).'
        when 'part'
            then
                indicator_en
                || ', '
                || area_name
                || ', '
                || day_en
                || ' is '
                || high_en
                || ', more than '
                || other_en
                || ' ('
                || low_en
                || ' '
                || coalesce(unit_en, '') || ') of which it is a part.'
        else
            indicator_en || ', ' || area_name || ', moves more than such figures move: '
            || case
                when low_as_of <= high_as_of then 'up from ' || low_en || ' (' || low_day_en || ') to ' || high_en || ' (' || day_en || ')'
                else 'down from ' || high_en || ' (' || day_en || ') to ' || low_en || ' (' || low_day_en || ')'
            end
            || ' ' || coalesce(unit_en, '') || '.'
    end as explanation_en
from worded

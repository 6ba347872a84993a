{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'subject'},
    pre_hook="{{ forget_subjects() }}"
) }}

with
progress as not materialized (
    select * from {{ ref('int_progress') }}
    {{ only_touched_subjects(of=ref('int_progress')) }}
),

areas as (select * from {{ ref('int_area') }}),

statuses as (select * from {{ ref('progress_status') }}),

-- what a person reads first: a judged row before an unjudged one, the series without a qualifier, the better paper,
-- the state before the change
chosen as (
    select progress_key
    from progress
    qualify row_number() over (
        partition by indicator_code, area_key, case when area_code = 'unknown' then area_name end, target_year
        order by
            (target_value is not null and actual_value is not null) desc,
            target_value is not null desc,
            qualifier is not null,
            target_origin = 'claim' desc,
            authority_rank nulls last,
            case comparison
                when 'level_count' then 1 when 'level_share' then 2 when 'change_count' then 3 when 'change_share' then 4 else 5
            end,
            plan_by,
            progress_key
    ) = 1
),

headlines as (
    select
        progress.*,
        chosen.progress_key is not null as is_headline
    from progress
    left join chosen on progress.progress_key = chosen.progress_key
)

select
    headlines.progress_key,
    headlines.series_key,
    headlines.indicator_key,
    headlines.area_key,
    {{ key(["cast(headlines.target_year as varchar)"]) }} as period_key,
    {{ key(['headlines.standard_code']) }} as standard_key,
    {{ key(['headlines.phase_code']) }} as programme_key,
    headlines.indicator_code,
    headlines.area_code,
    headlines.area_name,
    areas.province_name,
    headlines.standard_code,
    headlines.target_year as year_number,
    headlines.qualifier,
    headlines.comparison,
    nullif(headlines.plan_by, '') as plan_by,
    headlines.is_headline,
    headlines.direction,
    headlines.starts_on,
    headlines.target_as_of,
    headlines.target_value,
    headlines.target_op,
    headlines.target_origin,
    headlines.authority_class as target_authority,
    headlines.published_on as target_published_on,
    headlines.target_claim_id,
    coalesce(headlines.revision_count, 0) as target_revision_count,
    headlines.first_target_value,
    headlines.first_target_on,
    headlines.baseline_value,
    headlines.baseline_as_of,
    headlines.baseline_claim_id,
    headlines.level_value,
    headlines.actual_value,
    headlines.actual_as_of,
    headlines.actual_rule,
    headlines.actual_claim_id,
    headlines.attainment_pct,
    headlines.attainment_rule,
    headlines.way_pct,
    headlines.elapsed_pct,
    headlines.is_met,
    headlines.is_on_track,
    greatest(headlines.published_on, headlines.first_target_on, headlines.actual_published_on) as last_stated_on,
    headlines.status_code,
    statuses.name_vi as status_vi,
    statuses.name_en as status_en,
    list_distinct(list_filter(
        list_concat(
            coalesce(headlines.target_claim_ids, []),
            [headlines.actual_claim_id, headlines.baseline_claim_id]
        ),
        claim_id -> claim_id is not null
    )) as claim_ids,
    headlines.target_evidence,
    headlines.target_sentence,
    headlines.target_url,
    headlines.actual_evidence,
    headlines.actual_sentence,
    headlines.actual_url
from headlines
inner join statuses on headlines.status_code = statuses.status_code
left join areas on headlines.area_key = areas.area_key

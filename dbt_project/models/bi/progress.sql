-- One row an indicator, area and year: the headline comparison of target and result
with
progress as (select * from {{ ref('fct_progress') }} where is_headline),

indicators as (select * from {{ ref('dim_indicator') }}),

areas as (select * from {{ ref('dim_area') }}),

programmes as (select * from {{ ref('dim_programme') }}),

standards as (select * from {{ ref('dim_standard') }})

select
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    progress.area_name,
    areas.province_name,
    areas.area_level,
    progress.year_number,
    progress.status_vi,
    progress.status_en,
    progress.target_value,
    progress.actual_value,
    progress.attainment_pct,
    case progress.comparison
        when 'level_count' then indicators.unit_name_vi
        when 'change_count' then indicators.unit_name_vi
        when 'change_share' then 'điểm phần trăm'
        else 'phần trăm'
    end as unit_vi,
    progress.target_as_of,
    progress.actual_as_of,
    progress.baseline_value,
    progress.baseline_as_of,
    progress.elapsed_pct,
    progress.way_pct,
    progress.is_on_track,
    progress.last_stated_on,
    date_diff('day', progress.last_stated_on, current_date) as days_silent,
    progress.is_met,
    progress.direction,
    progress.comparison,
    progress.qualifier,
    progress.target_origin,
    progress.target_authority,
    progress.target_revision_count,
    coalesce(programmes.name_vi, 'Chưa xác định chương trình') as programme_vi,
    coalesce(programmes.name_en, 'Programme not known') as programme_en,
    standards.name_vi as standard_vi,
    standards.name_en as standard_en,
    progress.target_sentence,
    progress.target_url,
    progress.actual_sentence,
    progress.actual_url,
    progress.status_code,
    progress.indicator_code,
    progress.area_code,
    progress.standard_code,
    progress.claim_ids,
    progress.series_key,
    progress.progress_key
from progress
inner join indicators on progress.indicator_key = indicators.indicator_key
inner join areas on progress.area_key = areas.area_key
inner join standards on progress.standard_key = standards.standard_key
left join programmes on progress.programme_key = programmes.programme_key

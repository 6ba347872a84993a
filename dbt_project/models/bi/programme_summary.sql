-- How many goals of each programme and year were met, are on track, behind or without a result
with
progress as (select * from {{ ref('progress') }} where target_value is not null)

select
    programme_vi,
    programme_en,
    year_number,
    count(*) as target_count,
    count(*) filter (where status_code = 'met') as met_count,
    count(*) filter (where status_code = 'on_track') as on_track_count,
    count(*) filter (where status_code = 'in_progress') as in_progress_count,
    count(*) filter (where status_code = 'behind') as behind_count,
    count(*) filter (where status_code = 'missed') as missed_count,
    count(*) filter (where status_code = 'no_result') as no_result_count,
    count(distinct area_code) as area_count,
    round(median(attainment_pct), 1) as median_attainment_pct
from progress
group by programme_vi, programme_en, year_number

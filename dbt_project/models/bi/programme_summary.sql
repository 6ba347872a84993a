-- How many goals of each programme and year were met, are on track, behind or without a result
with
progress as (select * from {{ ref('progress') }} where target_value is not null)

select
    programme_vi,
    programme_en,
    phase_name_vi,
    phase_name_en,
    year_number,
    {{ status_counts() }},
    count(distinct area_code) as area_count,
    programme_code
from progress
group by programme_vi, programme_en, phase_name_vi, phase_name_en, programme_code, year_number

-- The same by province as it is today: goals of the provinces, districts and communes that became it
with
progress as (select * from {{ ref('progress') }} where target_value is not null and province_today is not null)

select
    province_today,
    programme_vi,
    programme_en,
    year_number,
    {{ status_counts() }},
    count(distinct area_code) as area_count,
    programme_code
from progress
group by province_today, programme_vi, programme_en, programme_code, year_number

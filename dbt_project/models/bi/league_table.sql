-- Areas of one level ranked by how much of their goal they reached, an indicator and year; only judged rows take part
with
progress as (
    select * from {{ ref('progress') }}
    where attainment_pct is not null and area_code <> 'unknown'
)

select
    indicator_vi,
    indicator_en,
    level_vi,
    level_en,
    year_number,
    rank() over league as place,
    count(*) over (partition by indicator_code, area_level, year_number, comparison, standard_code) as areas_ranked,
    area_name,
    province_name,
    province_today,
    programme_vi,
    programme_en,
    attainment_pct,
    target_value,
    actual_value,
    unit_vi,
    unit_en,
    actual_as_of,
    status_vi,
    status_en,
    comparison_vi,
    comparison_en,
    standard_vi,
    standard_en,
    target_url,
    actual_url,
    target_claim_id,
    actual_claim_id,
    area_level,
    comparison,
    indicator_code,
    area_code,
    status_code,
    progress_key
from progress
window league as (
    partition by indicator_code, area_level, year_number, comparison, standard_code
    order by attainment_pct desc
)

-- What the provinces of a day add up to under the provinces of today, an indicator, year and standard. Only counts that may be added are
-- added; of rates there is the lowest and the highest. A sum of fewer provinces than there were says so.
with
levels as (
    select * from {{ ref('timeline') }}
    where kind = 'achievement' and area_level = 'province' and qualifier is null and area_code <> 'unknown'
),

indicators as (select * from {{ ref('dim_indicator') }}),

areas as (select * from {{ ref('dim_area') }} where area_level = 'province'),

-- the last word of each province in a year
spoken as (
    select
        levels.*,
        areas.valid_to as stood_until,
        indicators.is_additive and levels.unit_code <> 'percent' as is_addable
    from levels
    inner join indicators on levels.indicator_code = indicators.indicator_code
    inner join areas on levels.area_key = areas.area_key
    qualify row_number() over (
        partition by levels.series_key, levels.unit_code, levels.standard_code, levels.year_number
        order by levels.as_of desc, levels.published_on desc nulls last, levels.fact_key
    ) = 1
),

-- Provinces that ended on one day stood side by side. In the year of a merger the old ones and the new one may all have a figure:
-- only the last that stood count, for the sum of all would count everybody twice.
summed as (
    select
        indicator_vi,
        indicator_en,
        province_today,
        year_number,
        unit_vi,
        unit_en,
        standard_vi,
        standard_en,
        indicator_code,
        unit_code,
        standard_code,
        stood_until,
        bool_and(is_addable) as is_addable,
        count(*) as provinces_known,
        sum(value) as total,
        min(value) as lowest_value,
        max(value) as highest_value,
        max(as_of) as last_as_of,
        string_agg(area_name, ', ' order by area_name) as provinces_vi,
        list(claim_id order by claim_id) as claim_ids
    from spoken
    group by all
),

standing as (
    select * from summed
    qualify
        stood_until = max(stood_until) over (
            partition by indicator_code, province_today, year_number, unit_code, standard_code
        )
),

endings as (
    select distinct
        province_today,
        valid_to
    from areas
),

expected as (
    select
        gone.province_today,
        gone.valid_to as stood_until,
        count(*) as provinces_then
    from endings as gone
    inner join areas as beside
        on gone.province_today = beside.province_today and gone.valid_to between beside.valid_from and beside.valid_to
    group by gone.province_today, gone.valid_to
)

select
    standing.indicator_vi,
    standing.indicator_en,
    standing.province_today,
    standing.year_number,
    case when standing.is_addable then standing.total end as total_value,
    standing.lowest_value,
    standing.highest_value,
    standing.unit_vi,
    standing.unit_en,
    standing.provinces_known,
    expected.provinces_then,
    standing.provinces_known >= expected.provinces_then as is_complete,
    standing.provinces_vi,
    case
        when not standing.is_addable then 'Tỷ lệ không cộng được; chỉ nêu mức thấp nhất và cao nhất'
        when standing.provinces_known >= expected.provinces_then then 'Đủ các tỉnh cũ'
        else 'Mới có số liệu của ' || standing.provinces_known || ' trong ' || expected.provinces_then || ' tỉnh cũ: tổng còn thiếu'
    end as note_vi,
    case
        when not standing.is_addable then 'Rates cannot be added; only the lowest and the highest are given'
        when standing.provinces_known >= expected.provinces_then then 'All old provinces'
        else
            'Only ' || standing.provinces_known || ' of ' || expected.provinces_then || ' old provinces have a figure: the sum is too small'
    end as note_en,
    standing.standard_vi,
    standing.standard_en,
    standing.last_as_of,
    standing.indicator_code,
    standing.standard_code,
    standing.claim_ids
from standing
inner join expected on standing.province_today = expected.province_today and standing.stood_until = expected.stood_until

-- Figures that cannot all be right, each in one sentence, with both pages
with
conflicts as (select * from {{ ref('fct_conflict') }}),

indicators as (select * from {{ ref('dim_indicator') }}),

areas as (select * from {{ ref('dim_area') }}),

units as (select * from {{ ref('dim_unit') }}),

programmes as (select * from {{ ref('dim_programme') }})

select
    conflicts.explanation_vi,
    conflicts.explanation_en,
    {{ label('conflicts.conflict_type', 'conflict', 'vi') }} as conflict_type_vi,
    {{ label('conflicts.conflict_type', 'conflict', 'en') }} as conflict_type_en,
    {{ label('conflicts.kind', 'kind', 'vi') }} as kind_vi,
    {{ label('conflicts.kind', 'kind', 'en') }} as kind_en,
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    conflicts.area_name,
    areas.province_name,
    areas.province_today,
    coalesce(programmes.name_vi, 'Chưa xác định chương trình') as programme_vi,
    coalesce(programmes.name_en, 'Programme not known') as programme_en,
    conflicts.low_as_of,
    conflicts.low_value,
    conflicts.high_as_of,
    conflicts.high_value,
    units.unit_name_vi as unit_vi,
    units.unit_name_en as unit_en,
    conflicts.spread_pct,
    conflicts.low_sentence,
    conflicts.low_url,
    conflicts.high_sentence,
    conflicts.high_url,
    conflicts.is_same_story,
    conflicts.conflict_type,
    conflicts.indicator_code,
    conflicts.area_code,
    conflicts.low_claim_id,
    conflicts.high_claim_id,
    conflicts.conflict_key
from conflicts
inner join indicators on conflicts.indicator_key = indicators.indicator_key
inner join areas on conflicts.area_key = areas.area_key
left join units on conflicts.unit_code = units.unit_code
left join programmes
    on
        indicators.programme_code = programmes.programme_code
        and conflicts.low_as_of between programmes.applies_from and programmes.applies_to

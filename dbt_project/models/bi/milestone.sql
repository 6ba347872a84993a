-- Named units that are to be, or were, recognised
with
milestones as (select * from {{ ref('fct_milestone') }}),

indicators as (select * from {{ ref('dim_indicator') }}),

areas as (select * from {{ ref('dim_area') }}),

programmes as (select * from {{ ref('dim_programme') }})

select
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    milestones.area_name,
    {{ label('areas.area_level', 'level', 'vi') }} as level_vi,
    {{ label('areas.area_level', 'level', 'en') }} as level_en,
    areas.province_name,
    areas.province_today,
    case milestones.kind when 'target' then 'Phấn đấu đạt' else 'Đã đạt' end as kind_vi,
    case milestones.kind when 'target' then 'To be recognised' else 'Recognised' end as kind_en,
    milestones.as_of,
    milestones.published_on,
    programmes.name_vi as programme_vi,
    programmes.name_en as programme_en,
    milestones.sentence,
    milestones.article_title as title,
    milestones.article_url as url,
    milestones.mention_count,
    milestones.kind,
    milestones.indicator_code,
    milestones.area_code,
    milestones.milestone_key
from milestones
inner join indicators on milestones.indicator_key = indicators.indicator_key
inner join areas on milestones.area_key = areas.area_key
inner join programmes on milestones.programme_key = programmes.programme_key

-- Named units that are to be, or were, recognised
with
milestones as (select * from {{ ref('fct_milestone') }}),

indicators as (select * from {{ ref('dim_indicator') }}),

areas as (select * from {{ ref('dim_area') }}),

articles as (select * from {{ ref('dim_article') }})

select
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    milestones.area_name,
    areas.province_name,
    case milestones.kind when 'target' then 'Phấn đấu đạt' else 'Đã đạt' end as kind_vi,
    milestones.as_of,
    milestones.published_on,
    milestones.sentence,
    articles.title,
    articles.canonical_url as url,
    milestones.kind,
    milestones.indicator_code,
    milestones.area_code,
    milestones.mention_count,
    milestones.milestone_key
from milestones
inner join indicators on milestones.indicator_key = indicators.indicator_key
inner join areas on milestones.area_key = areas.area_key
inner join articles on milestones.version_id = articles.version_id

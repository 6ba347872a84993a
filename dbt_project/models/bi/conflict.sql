-- Figures that cannot all be right, each in one sentence, with both pages
with
conflicts as (select * from {{ ref('fct_conflict') }}),

claims as (select * from {{ ref('fct_claim') }}),

articles as (select * from {{ ref('dim_article') }}),

indicators as (select * from {{ ref('dim_indicator') }})

select
    conflicts.explanation_vi,
    conflicts.explanation_en,
    case conflicts.conflict_type
        when 'value' then 'Số liệu khác nhau'
        when 'share' then 'Tỷ lệ không khớp số lượng'
        when 'part' then 'Bộ phận lớn hơn tổng'
        else 'Thay đổi bất thường'
    end as conflict_type_vi,
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    conflicts.area_name,
    conflicts.high_as_of as as_of,
    conflicts.low_value,
    conflicts.high_value,
    conflicts.spread_pct,
    low_claim.sentence as low_sentence,
    low_article.canonical_url as low_url,
    high_claim.sentence as high_sentence,
    high_article.canonical_url as high_url,
    conflicts.conflict_type,
    conflicts.indicator_code,
    conflicts.area_code,
    conflicts.conflict_key
from conflicts
inner join indicators on conflicts.indicator_key = indicators.indicator_key
inner join claims as low_claim on conflicts.low_claim_id = low_claim.claim_id
inner join claims as high_claim on conflicts.high_claim_id = high_claim.claim_id
inner join articles as low_article on low_claim.version_id = low_article.version_id
inner join articles as high_article on high_claim.version_id = high_article.version_id

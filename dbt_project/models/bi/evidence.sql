-- Every claim that stands behind a fact, with its sentence and the page it came from
with
claims as (select * from {{ ref('fct_claim') }}),

indicators as (select * from {{ ref('dim_indicator') }}),

articles as (select * from {{ ref('dim_article') }}),

portals as (select * from {{ ref('dim_portal') }})

select
    claims.claim_id,
    claims.fact_key,
    case claims.kind when 'target' then 'Mục tiêu' else 'Kết quả' end as kind_vi,
    case claims.fate
        when 'counted' then 'Được tính'
        when 'repeat' then 'Nhắc lại trong cùng bài'
        when 'copy' then 'Đăng lại ở bài khác'
        when 'superseded' then 'Bản cũ của bài đã sửa'
        else 'Bị loại do đính chính'
    end as fate_vi,
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    claims.area_name_as_read as area_name,
    claims.value,
    claims.value_high,
    claims.unit_code,
    claims.op,
    claims.measure,
    claims.as_of,
    claims.evidence,
    claims.sentence,
    claims.char_start,
    claims.char_end,
    claims.rule,
    claims.confidence,
    claims.needs_review,
    articles.title,
    articles.canonical_url as url,
    articles.published_at,
    articles.is_latest,
    portals.portal_area_name,
    portals.host,
    claims.kind,
    claims.fate,
    claims.indicator_code,
    claims.version_id
from claims
inner join indicators on claims.indicator_key = indicators.indicator_key
inner join articles on claims.version_id = articles.version_id
inner join portals on claims.portal_key = portals.portal_key

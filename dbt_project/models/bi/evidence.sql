-- Every claim that stands behind a fact, with its sentence and the page it came from
with
claims as (select * from {{ ref('fct_claim') }}),

indicators as (select * from {{ ref('dim_indicator') }}),

articles as (select * from {{ ref('dim_article') }}),

portals as (select * from {{ ref('dim_portal') }}),

units as (select * from {{ ref('dim_unit') }}),

areas as (select * from {{ ref('dim_area') }}),

programmes as (select * from {{ ref('dim_programme') }})

select
    claims.claim_id,
    claims.fact_key,
    {{ label('claims.kind', 'kind', 'vi') }} as kind_vi,
    {{ label('claims.kind', 'kind', 'en') }} as kind_en,
    {{ label('claims.fate', 'fate', 'vi') }} as fate_vi,
    {{ label('claims.fate', 'fate', 'en') }} as fate_en,
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    claims.area_name_as_read as area_name,
    areas.province_today,
    coalesce(programmes.name_vi, 'Chưa xác định chương trình') as programme_vi,
    coalesce(programmes.name_en, 'Programme not known') as programme_en,
    claims.as_of,
    {{ said('claims', "case when claims.unit_code = 'percent' then '%' else units.unit_name_vi end", 'vi') }} as value_vi,
    {{ said('claims', "case when claims.unit_code = 'percent' then '%' else units.unit_name_en end", 'en') }} as value_en,
    claims.evidence,
    claims.sentence,
    articles.title,
    articles.canonical_url as url,
    articles.published_at,
    articles.is_latest,
    portals.portal_name_vi,
    portals.portal_area_name,
    portals.host,
    claims.value,
    claims.value_high,
    units.unit_name_vi as unit_vi,
    units.unit_name_en as unit_en,
    {{ label('claims.measure', 'measure', 'vi') }} as measure_vi,
    {{ label('claims.measure', 'measure', 'en') }} as measure_en,
    claims.char_start,
    claims.char_end,
    claims.rule,
    claims.confidence,
    claims.needs_review,
    claims.correction_id,
    claims.value_as_read,
    claims.kind,
    claims.fate,
    claims.indicator_code,
    claims.version_id
from claims
inner join indicators on claims.indicator_key = indicators.indicator_key
inner join articles on claims.version_id = articles.version_id
inner join portals on claims.portal_key = portals.portal_key
left join units on claims.unit_code = units.unit_code
left join areas on claims.area_key = areas.area_key
left join programmes
    on
        indicators.programme_code = programmes.programme_code
        and coalesce(claims.as_of, cast(articles.published_at as date)) between programmes.applies_from and programmes.applies_to

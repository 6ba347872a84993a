-- Targets and results one under the other, newest first: what was said, where and when
with
facts as (
    select
        'target' as kind,
        'Mục tiêu' as kind_vi,
        target_key as fact_key,
        * exclude (target_key)
    from {{ ref('fct_target') }}
    union all by name
    select
        'achievement' as kind,
        'Kết quả' as kind_vi,
        achievement_key as fact_key,
        * exclude (achievement_key, is_estimate, share_pct)
    from {{ ref('fct_achievement') }}
),

indicators as (select * from {{ ref('dim_indicator') }}),

articles as (select * from {{ ref('dim_article') }}),

areas as (select * from {{ ref('dim_area') }}),

programmes as (select * from {{ ref('dim_programme') }}),

documents as (select * from {{ ref('dim_document') }})

select
    facts.published_on,
    facts.kind_vi,
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    facts.area_name,
    areas.province_name,
    facts.as_of,
    case facts.measure
        when 'level' then 'Mức'
        when 'change' then 'Tăng/giảm'
        when 'relative_change' then 'Tăng/giảm tương đối'
        else 'So với kế hoạch'
    end as measure_vi,
    case facts.op
        when 'ge' then 'ít nhất '
        when 'gt' then 'trên '
        when 'le' then 'không quá '
        when 'lt' then 'dưới '
        when 'approx' then 'khoảng '
        else ''
    end
    || {{ number_vi('facts.value') }}
    || coalesce(' đến ' || {{ number_vi('facts.value_high') }}, '')
    || coalesce('/' || {{ number_vi('facts.denominator') }}, '') as value_vi,
    facts.value,
    facts.value_high,
    facts.denominator,
    facts.unit_code,
    facts.op,
    facts.measure,
    facts.per_year,
    facts.qualifier,
    programmes.name_vi as programme_vi,
    programmes.phase_name_vi,
    nullif(documents.document_number, 'none') as document_number,
    facts.authority_class,
    facts.evidence,
    facts.sentence,
    articles.title,
    articles.canonical_url as url,
    articles.published_at,
    facts.mention_count,
    facts.portal_count,
    facts.confidence,
    facts.needs_review,
    facts.kind,
    facts.indicator_code,
    facts.area_code,
    facts.standard_code,
    facts.series_key,
    facts.claim_id,
    facts.fact_key
from facts
inner join indicators on facts.indicator_key = indicators.indicator_key
inner join articles on facts.version_id = articles.version_id
inner join areas on facts.area_key = areas.area_key
inner join programmes on facts.programme_key = programmes.programme_key
inner join documents on facts.document_key = documents.document_key

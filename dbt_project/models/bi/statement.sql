-- Targets and results one under the other: what was said, where and when
with
facts as (
    select
        'target' as kind,
        target_key as fact_key,
        * exclude (target_key)
    from {{ ref('fct_target') }}
    union all by name
    select
        'achievement' as kind,
        achievement_key as fact_key,
        * exclude (achievement_key, is_estimate, share_pct)
    from {{ ref('fct_achievement') }}
),

indicators as (select * from {{ ref('dim_indicator') }}),

areas as (select * from {{ ref('dim_area') }}),

programmes as (select * from {{ ref('dim_programme') }}),

standards as (select * from {{ ref('dim_standard') }}),

units as (select * from {{ ref('dim_unit') }})

select
    facts.published_on,
    {{ label('facts.kind', 'kind', 'vi') }} as kind_vi,
    {{ label('facts.kind', 'kind', 'en') }} as kind_en,
    indicators.name_vi as indicator_vi,
    indicators.name_en as indicator_en,
    facts.area_name,
    {{ label('areas.area_level', 'level', 'vi') }} as level_vi,
    {{ label('areas.area_level', 'level', 'en') }} as level_en,
    areas.province_name,
    areas.province_today,
    facts.as_of,
    facts.value_vi,
    facts.value_en,
    facts.value,
    facts.value_high,
    facts.denominator,
    units.unit_name_vi as unit_vi,
    units.unit_name_en as unit_en,
    {{ label('facts.measure', 'measure', 'vi') }} as measure_vi,
    {{ label('facts.measure', 'measure', 'en') }} as measure_en,
    {{ label('facts.op', 'op', 'vi') }} as op_vi,
    {{ label('facts.op', 'op', 'en') }} as op_en,
    facts.per_year,
    facts.qualifier,
    programmes.name_vi as programme_vi,
    programmes.name_en as programme_en,
    programmes.phase_name_vi,
    programmes.phase_name_en,
    standards.name_vi as standard_vi,
    standards.name_en as standard_en,
    case when facts.document_key <> {{ key(["'none'"]) }} then facts.document_number end as document_number,
    {{ label('facts.authority_class', 'authority', 'vi') }} as authority_vi,
    {{ label('facts.authority_class', 'authority', 'en') }} as authority_en,
    facts.evidence,
    facts.sentence,
    facts.article_title as title,
    facts.article_url as url,
    facts.published_at,
    facts.mention_count,
    facts.portal_count,
    facts.confidence,
    facts.needs_review,
    facts.kind,
    facts.measure,
    facts.op,
    facts.unit_code,
    facts.indicator_code,
    areas.area_level,
    facts.area_code,
    facts.area_key,
    facts.standard_code,
    facts.series_key,
    facts.claim_id,
    facts.fact_key
from facts
inner join indicators on facts.indicator_key = indicators.indicator_key
inner join areas on facts.area_key = areas.area_key
inner join programmes on facts.programme_key = programmes.programme_key
inner join standards on facts.standard_key = standards.standard_key
left join units on facts.unit_code = units.unit_code

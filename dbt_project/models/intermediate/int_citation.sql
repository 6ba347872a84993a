{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'article_id'},
    pre_hook=[
        "{{ remember_documents() }}",
        "{{ forget('article_id') }}",
    ]
) }}

-- Cited documents with their type and rank. The number's own letters decide; the words of the article help where there are none.
with
citations as (
    select * from {{ ref('stg_citation') }}
    {{ only_touched('article_id', of=ref('stg_citation'), row='raw_row') }}
),

readings as (select * from {{ of_touched(ref('int_extraction'), 'article_id') }}),

versions as (select * from {{ of_touched(ref('int_article_version'), 'article_id') }}),

ranks as (select * from {{ ref('document_rank') }}),

current_citations as (
    select
        citations.* exclude (raw_row),
        upper(replace(citations.document_number, ' ', '')) as number_norm,
        versions.portal_area_name,
        versions.is_latest
    from citations
    inner join readings using (version_id, extractor_version)
    inner join versions on citations.version_id = versions.version_id
),

issued_by as (
    select
        *,
        case
            when number_norm like '%QĐ-TTG' then 'Thủ tướng Chính phủ'
            when regexp_matches(number_norm, '(NĐ|NQ)-CP$') then 'Chính phủ'
            when regexp_matches(number_norm, '/QH\d+$') then 'Quốc hội'
            else coalesce(nullif(trim(issuer), ''), portal_area_name)
        end as issuer_norm
    from current_citations
),

-- over the few different numbers and not over every citation
numbers as (select distinct number_norm from issued_by),

papers as (
    select
        numbers.number_norm,
        ranks.type_code
    from numbers
    inner join ranks on regexp_matches(numbers.number_norm, ranks.number_pattern)
    qualify row_number() over (partition by numbers.number_norm order by ranks.authority_rank, ranks.type_code) = 1
),

names as (
    select
        lower(name_vi) as name_folded,
        min(type_code) as type_code
    from ranks
    group by lower(name_vi)
),

typed as (
    select
        issued_by.*,
        coalesce(papers.type_code, names.type_code, 'other') as type_code
    from issued_by
    left join papers on issued_by.number_norm = papers.number_norm
    left join names on lower(issued_by.document_type) = names.name_folded
)

select
    {{ key(['number_norm', 'issuer_norm']) }} as document_key,
    citation_id,
    version_id,
    article_id,
    portal_id,
    document_number,
    number_norm,
    type_code,
    issuer_norm as issuer,
    issued_on,
    char_start,
    is_latest,
    load_id
from typed

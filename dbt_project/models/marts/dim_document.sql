{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'document_key'},
    pre_hook="{{ forget('document_key') }}"
) }}

with
citations as (
    select * from {{ ref('int_citation') }}
    where is_latest {{ only_touched('document_key', 'and', of=ref('int_citation')) }}
),

ranks as (select * from {{ ref('document_rank') }}),

documents as (
    select
        document_key,
        min(document_number) as document_number,
        any_value(number_norm) as number_norm,
        min(type_code) as type_code,
        any_value(issuer) as issuer,
        -- articles disagree about the day now and then: the one that most of them give
        mode(issued_on order by issued_on) as issued_on,
        count(*) as citation_count,
        count(distinct article_id) as article_count
    from citations
    group by document_key
    union all by name
    select
        {{ key(["'none'"]) }} as document_key,
        'none' as document_number,
        'NONE' as number_norm,
        'news' as type_code,
        0 as citation_count,
        0 as article_count
)

select
    documents.document_key,
    documents.document_number,
    documents.type_code,
    ranks.name_vi as type_name_vi,
    ranks.name_en as type_name_en,
    ranks.class as authority_class,
    ranks.authority_rank,
    documents.issuer,
    documents.issued_on,
    documents.citation_count,
    documents.article_count
from documents
inner join ranks on documents.type_code = ranks.type_code

{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook=[
        "{{ remember_series() }}",
        "{{ forget('story_id') }}",
    ]
) }}

-- One row a statement of a story: the claim that speaks for it, and how often it was said.
with
claims as not materialized (
    select * from {{ of_touched(ref('int_claim'), 'story_id', 'int_touched_claim') }}
),

links as not materialized (
    select * from {{ of_touched(ref('int_claim_statement'), 'story_id') }}
    where statement_key is not null
),

citations as (
    select * from {{ ref('int_citation') }}
    {{ only_of('version_id', 'claims', of=ref('int_citation')) }}
),

ranks as (select * from {{ ref('document_rank') }}),

mentions as (
    select
        links.statement_key,
        count(*) as mention_count,
        count(distinct claims.article_id) as article_count,
        count(distinct claims.portal_id) as portal_count,
        max(claims.denominator) as denominator,
        list(claims.claim_id order by links.mention_rank) as claim_ids,
        max(claims.load_id) as load_id
    from links
    inner join claims on links.claim_id = claims.claim_id
    group by links.statement_key
),

speakers as not materialized (
    select
        links.statement_key,
        claims.* exclude (denominator, load_id, is_latest)
    from links
    inner join claims on links.claim_id = claims.claim_id
    where links.mention_rank = 1
),

-- the cited document that bears the claim's number, as the same article cites it
documents as (
    select
        speakers.statement_key,
        min(citations.document_key) as document_key
    from speakers
    inner join citations
        on
            speakers.version_id = citations.version_id
            and upper(replace(speakers.document_number, ' ', '')) = citations.number_norm
    group by speakers.statement_key
)

select
    speakers.*,
    mentions.denominator,
    mentions.mention_count,
    mentions.article_count,
    mentions.portal_count,
    mentions.claim_ids,
    mentions.load_id,
    documents.document_key,
    ranks.class as authority_class,
    ranks.authority_rank,
    -- what a goal or a change is measured against: the modest end of a range
    case
        when speakers.value_high is null then speakers.value
        when speakers.measure in ('change', 'relative_change')
            then
                case when speakers.value < 0 then speakers.value_high else speakers.value end
        when speakers.better = 'down' then speakers.value_high
        else speakers.value
    end as threshold
from speakers
inner join mentions on speakers.statement_key = mentions.statement_key
inner join ranks on speakers.authority_code = ranks.type_code
left join documents on speakers.statement_key = documents.statement_key

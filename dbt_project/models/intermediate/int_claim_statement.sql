{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

-- What became of each claim: a fact counts once a story, and follows the latest version of each of its articles.
with
claims as (
    select * from {{ of_touched(ref('int_claim'), 'story_id', 'int_touched_claim') }}
),

standing as (
    select * from claims
    where is_latest and coalesce(correction_action, '') <> 'drop'
),

-- a headline rounds what the body says: "gần 2.700 hộ" over "2.698 hộ" is one statement, with the body's figure
rounded as (
    select
        headline.claim_id,
        arg_min(body.value, (abs(body.value - headline.value), body.value)) as body_value
    from standing as headline
    inner join standing as body
        on
            headline.version_id = body.version_id
            and headline.series_key = body.series_key
            and headline.kind = body.kind
            and headline.measure = body.measure
            and headline.basis = body.basis
            and headline.as_of is not distinct from body.as_of
    where
        headline.is_in_title
        and not body.is_in_title
        and headline.op in ('approx', 'gt', 'ge', 'lt', 'le')
        and abs(body.value - headline.value) <= 0.05 * abs(body.value)
    group by headline.claim_id
),

told as (
    select
        standing.claim_id,
        standing.story_id,
        standing.article_id,
        standing.kind,
        standing.series_key,
        standing.measure,
        standing.basis,
        coalesce(rounded.body_value, standing.value) as said_value,
        standing.value_high,
        standing.as_of,
        standing.plan_by,
        standing.per_year,
        standing.op,
        standing.is_in_title,
        standing.confidence,
        standing.published_on,
        standing.char_start
    from standing
    left join rounded on standing.claim_id = rounded.claim_id
),

-- "đến nay" is dated by the article, so the copy of the next day dates it a day later. A figure of the day of publication is a figure
-- of the day on which the story was first told, unless another article of the story names that day.
dated as (
    select
        *,
        case
            when
                as_of = published_on
                and not bool_or(as_of is distinct from published_on) over (
                    partition by story_id, kind, series_key, measure, basis, said_value, value_high, as_of, plan_by, per_year
                )
                then min(published_on) over (partition by story_id)
            else as_of
        end as said_of
    from told
),

keyed as (
    select
        claim_id,
        story_id,
        article_id,
        op,
        is_in_title,
        confidence,
        published_on,
        char_start,
        {{ key([
            'story_id',
            'kind',
            'series_key',
            'measure',
            'basis',
            'said_value',
            'value_high',
            'said_of',
            'plan_by',
            'per_year',
        ]) }} as statement_key
    from dated
),

-- the claim that speaks for the statement: the first article of the story, body before headline, plain figure before "more than"
placed as (
    select
        *,
        row_number() over (
            partition by statement_key
            order by published_on nulls last, article_id, is_in_title, op <> 'eq', confidence desc, char_start, claim_id
        ) as mention_rank,
        first_value(article_id) over (
            partition by statement_key
            order by published_on nulls last, article_id, is_in_title, op <> 'eq', confidence desc, char_start, claim_id
        ) as speaking_article_id
    from keyed
)

select
    claims.claim_id,
    claims.story_id,
    placed.statement_key,
    case
        when not claims.is_latest then 'superseded'
        when claims.correction_action = 'drop' then 'dropped'
        when placed.mention_rank = 1 then 'counted'
        when claims.article_id = placed.speaking_article_id then 'repeat'
        else 'copy'
    end as fate,
    placed.mention_rank
from claims
left join placed on claims.claim_id = placed.claim_id

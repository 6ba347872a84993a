-- The claims of the touched stories, for the models that work by story: each would look for them among all claims.
-- In a full refresh nothing is touched and nothing reads it.
with
stories as (select * from {{ ref('int_touched_story') }}),  -- noqa: ST03

claims as (
    select * from {{ ref('int_claim') }}
    {{ few_rows(ref('int_claim'), 'story_id in (select story_id from stories)') }}
)

select * from claims

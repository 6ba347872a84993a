-- The series whose statements changed, for the models that compare statements of a series: those of the touched stories as they are now,
-- and those that they had before (ops.left_series). In a full refresh nothing reads it.
--   own     its statements changed
--   part    a part of an `own` whole: its findings against that whole may have changed
--   whole   the wholes that these are compared with: read, not rebuilt
with
stories as (select * from {{ ref('int_touched_story') }}),

parts as (select * from {{ ref('indicator_part') }}),

told as (
    select
        series_key,
        indicator_code,
        area_key,
        case when area_code = 'unknown' then lower(area_name) else '' end as area_name
    from {{ of_touched(ref('int_statement'), 'story_id') }}
    where story_id in (select story_id from stories)
),

own as (
    select * from told
    union
    select
        series_key,
        indicator_code,
        area_key,
        area_name
    from {{ ref('stg_left_series') }}
),

-- the few statements of the same areas that are of a part or a whole, before anything is compared
compared_indicators as (  -- noqa: ST03
    select part as indicator_code from parts
    union
    select whole as indicator_code from parts
),

statements as (
    select
        series_key,
        indicator_code,
        area_key,
        case when area_code = 'unknown' then lower(area_name) else '' end as area_name
    from {{ ref('int_statement') }}
    {{ few_rows(
        ref('int_statement'),
        'area_key in (select area_key from own) and indicator_code in (select indicator_code from compared_indicators)'
    ) }}
),

nearby as (
    select distinct statements.*
    from statements
    semi join own on statements.area_key = own.area_key and statements.area_name = own.area_name
),

part as (
    select nearby.*
    from nearby
    inner join parts on nearby.indicator_code = parts.part
    semi join own
        on parts.whole = own.indicator_code and nearby.area_key = own.area_key and nearby.area_name = own.area_name
),

compared as (
    select * from own
    union
    select * from part
),

whole as (
    select nearby.*
    from nearby
    inner join parts on nearby.indicator_code = parts.whole
    semi join compared
        on parts.part = compared.indicator_code and nearby.area_key = compared.area_key and nearby.area_name = compared.area_name
),

reached as (
    select
        *,
        1 as reach_rank,
        'own' as reach
    from own
    union all
    select
        *,
        2 as reach_rank,
        'part' as reach
    from part
    union all
    select
        *,
        3 as reach_rank,
        'whole' as reach
    from whole
)

select
    series_key,
    indicator_code,
    area_key,
    area_name,
    reach
from reached
qualify row_number() over (partition by series_key order by reach_rank, indicator_code) = 1

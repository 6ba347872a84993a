-- The statements of the touched series, with the parts and wholes that they are compared with, for the models that work by series.
-- In a full refresh nothing is touched and nothing reads it.
with
series as (select * from {{ ref('int_touched_series') }}),  -- noqa: ST03

statements as (
    select * from {{ ref('int_statement') }}
    {{ few_rows(ref('int_statement'), 'series_key in (select series_key from series)') }}
)

select * from statements

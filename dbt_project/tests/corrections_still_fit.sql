{#- A correction holds while the source still says what it was made for. One whose subject is still read but no longer with the value that
    it expects corrects nothing: the source has mended itself, or says something else that is wrong. Its row should be looked at and
    taken out. It warns and does not stop the build: the figure that stands now is the source's own. -#}
{{ config(severity='warn') }}
with
corrections as (select * from {{ ref('corrections') }}),

claims as (select * from {{ ref('int_claim') }}),

subjects as (
    select
        corrections.correction_id,
        claims.claim_id,
        claims.is_latest,
        claims.value_as_read,
        claims.correction_id as applied_id
    from corrections
    inner join claims on corrections.claim_id = claims.claim_id
    union all
    select
        corrections.correction_id,
        claims.claim_id,
        claims.is_latest,
        claims.value_as_read,
        claims.correction_id as applied_id
    from corrections
    inner join claims
        on
            corrections.kind = claims.kind
            and corrections.indicator = claims.indicator_code
            and corrections.area_code = claims.area_code
            and corrections.as_of = claims.as_of
    where corrections.claim_id is null
)

select
    corrections.correction_id,
    corrections.expect_value,
    string_agg(distinct cast(subjects.value_as_read as varchar), ', ') filter (where subjects.is_latest) as found_values,
    coalesce(bool_or(subjects.is_latest), false) as is_still_said,
    any_value(corrections.reason) as reason
from corrections
inner join subjects on corrections.correction_id = subjects.correction_id
group by corrections.correction_id, corrections.expect_value
having not coalesce(bool_or(subjects.is_latest and subjects.applied_id = corrections.correction_id), false)

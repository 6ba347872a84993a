{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'article_id'},
    pre_hook="{{ forget('article_id') }}"
) }}

-- Every claim of the newest extractor version, corrected, with what its words resolve to: article version, indicator, area as of
-- the day it was said, standard and programme phase of its period, the rank of the paper it rests on.
with
claims as (
    select * from {{ ref('stg_claim') }}
    {{ only_touched('article_id', of=ref('stg_claim'), row='raw_row') }}
),

readings as (select * from {{ of_touched(ref('int_extraction'), 'article_id') }}),

versions as (select * from {{ of_touched(ref('int_article_version'), 'article_id') }}),

indicators as (select * from {{ ref('int_indicator') }}),

areas as (select * from {{ ref('int_area') }}),

corrections as (select * from {{ ref('corrections') }}),

standards as (select * from {{ ref('standard') }}),

phases as (select * from {{ ref('programme') }}),

ranks as (select * from {{ ref('document_rank') }}),

read_claims as (
    select
        claims.* exclude (indicator_code, load_id, raw_row),
        indicators.indicator_code,
        indicators.indicator_key,
        indicators.programme_code,
        indicators.standard_family,
        indicators.nature,
        indicators.better,
        case when indicators.unit_code = 'percent' then 'share' else 'count' end as indicator_basis,
        versions.story_id,
        versions.is_latest,
        versions.published_on,
        versions.title,
        versions.canonical_url,
        versions.published_at,
        greatest(claims.load_id, versions.load_id) as load_id
    from claims
    inner join readings using (version_id, extractor_version)
    inner join versions on claims.version_id = versions.version_id
    left join indicators on coalesce(claims.indicator_code, 'other') = indicators.indicator_code
),

-- A correction holds while the source still says what it was made for. Windows and odd joins run over a few narrow columns here and
-- below: over whole claims, sentences included, they took 280 s of a build with 725,000 claims.
matches as (
    select
        read_claims.claim_id,
        corrections.correction_id,
        1 as precedence
    from read_claims
    inner join corrections on read_claims.claim_id = corrections.claim_id and read_claims.value = corrections.expect_value
    union all
    select
        read_claims.claim_id,
        corrections.correction_id,
        2 as precedence
    from read_claims
    inner join corrections
        on
            read_claims.kind = corrections.kind
            and read_claims.indicator_code = corrections.indicator
            and read_claims.area_code = corrections.area_code
            and read_claims.as_of = corrections.as_of
            and read_claims.value = corrections.expect_value
    where corrections.claim_id is null
),

chosen_corrections as (
    select
        matches.claim_id,
        corrections.correction_id,
        corrections.action,
        corrections.new_value,
        corrections.factor
    from matches
    inner join corrections on matches.correction_id = corrections.correction_id
    qualify row_number() over (partition by matches.claim_id order by matches.precedence, corrections.correction_id) = 1
),

corrected as (
    select
        read_claims.* exclude (value, needs_review),
        chosen_corrections.correction_id,
        chosen_corrections.action as correction_action,
        read_claims.value as value_as_read,
        case chosen_corrections.action
            when 'override' then chosen_corrections.new_value
            when 'scale' then read_claims.value * chosen_corrections.factor
            else read_claims.value
        end as value,
        read_claims.needs_review or coalesce(chosen_corrections.action = 'flag', false) as needs_review
    from read_claims
    left join chosen_corrections on read_claims.claim_id = chosen_corrections.claim_id
),

-- An article speaks of the units of its own day ("Tỉnh Quảng Nam" in 2020, also of a goal for 2025); where that day knows no such
-- unit, those of the period it speaks of; else the last version. The name goes first, for codes are used again for other units.
-- BETWEEN and not ASOF: ASOF put facts under abolished units.
places as (
    select distinct
        area_code,
        area_name,
        published_on,
        as_of
    from corrected
    where area_code is not null
),

chosen_areas as (
    select
        places.*,
        areas.area_key,
        areas.path_name,
        case
            when places.published_on between areas.valid_from and areas.valid_to then 'published'
            when places.as_of between areas.valid_from and areas.valid_to then 'as_of'
            else 'other_day'
        end as area_resolution
    from places
    inner join areas on places.area_code = areas.area_code
    qualify row_number() over (
        partition by places.area_code, places.area_name, places.published_on, places.as_of
        order by
            starts_with(places.area_name, areas.full_name) desc,
            coalesce(places.published_on between areas.valid_from and areas.valid_to, false) desc,
            coalesce(places.as_of between areas.valid_from and areas.valid_to, false) desc,
            areas.valid_from desc
    ) = 1
),

placed as (
    select
        corrected.*,
        chosen_areas.area_key,
        chosen_areas.path_name as area_full_name,
        coalesce(chosen_areas.area_resolution, 'unknown') as area_resolution
    from corrected
    left join chosen_areas
        on
            corrected.area_code = chosen_areas.area_code
            and corrected.area_name = chosen_areas.area_name
            and corrected.published_on is not distinct from chosen_areas.published_on
            and corrected.as_of is not distinct from chosen_areas.as_of
),

-- the standard in force for the period; a standard of the province's own only when the sentence says so
measured as (
    select
        placed.*,
        case
            when placed.standard_family = 'none' then 'none'
            when
                placed.standard_family = 'poverty' and regexp_matches(lower(placed.sentence), {{ local_standard_pattern() }})
                then 'poverty_local'
            else coalesce(standards.standard_code, 'unknown')
        end as standard_code,
        coalesce(
            phases.phase_code,
            case when placed.programme_code = 'chung' then 'chung' end,
            'unknown'
        ) as phase_code
    from placed
    left join standards
        on
            placed.standard_family = standards.family
            and standards.scope = 'national'
            and placed.as_of between standards.applies_from and standards.applies_to
    left join phases
        on
            placed.programme_code = phases.programme_code
            and coalesce(placed.as_of, placed.published_on) between phases.applies_from and phases.applies_to
),

-- the paper that the sentence rests on; else the words of a leader; else the article itself
numbers as (select distinct document_number from measured where document_number is not null),

papers as (
    select
        numbers.document_number,
        coalesce(ranks.type_code, 'other') as type_code
    from numbers
    left join ranks on regexp_matches(upper(replace(numbers.document_number, ' ', '')), ranks.number_pattern)
    qualify row_number() over (partition by numbers.document_number order by ranks.authority_rank nulls last, ranks.type_code) = 1
),

ranked as (
    select
        measured.*,
        case
            when papers.type_code is not null then papers.type_code
            when regexp_matches(lower(measured.sentence), {{ speech_pattern() }}) then 'speech'
            else 'news'
        end as authority_code
    from measured
    left join papers on measured.document_number = papers.document_number
)

select
    claim_id,
    version_id,
    article_id,
    story_id,
    portal_id,
    is_latest,
    extractor_version,
    kind,
    indicator_code,
    indicator_key,
    nature,
    better,
    indicator_basis,
    phase_code,
    standard_code,
    measure,
    op,
    value,
    value_as_read,
    value_high,
    denominator,
    unit_code,
    case when unit_code in ('percent', 'percentage_point') then 'share' else 'count' end as basis,
    as_of,
    case
        when as_of is null or year(as_of) not between 1996 and 2045 then 'unknown'
        when strftime(as_of, '%m-%d') = '12-31' then strftime(as_of, '%Y')
        when strftime(as_of, '%m-%d') = '09-30' then strftime(as_of, '%Y') || '-9M'
        when strftime(as_of, '%m-%d') = '06-30' then strftime(as_of, '%Y') || '-H1'
        when strftime(as_of, '%m-%d') = '03-31' then strftime(as_of, '%Y') || '-Q1'
        else strftime(as_of, '%Y-%m')
    end as period_code,
    coalesce(area_full_name, area_name) as area_name,
    area_name as area_name_as_read,
    case when area_key is null then 'unknown' else area_code end as area_code,
    coalesce(area_key, {{ key(["'unknown'", "date '1900-01-01'"]) }}) as area_key,
    area_resolution,
    -- what makes two figures figures of the same thing
    {{ key([
        'indicator_code',
        'coalesce(area_key, lower(area_name))',
        "lower(coalesce(qualifier, ''))",
    ]) }} as series_key,
    qualifier,
    plan_by,
    per_year,
    document_number,
    authority_code,
    published_on,
    published_at,
    title,
    canonical_url,
    evidence,
    char_start,
    char_end,
    char_start < length(title) as is_in_title,
    sentence,
    rule,
    confidence,
    needs_review,
    correction_id,
    correction_action,
    load_id
from ranked

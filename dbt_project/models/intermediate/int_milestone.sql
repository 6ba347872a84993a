{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'story_id'},
    pre_hook="{{ forget('story_id') }}"
) }}

-- Named units, once a story, from the latest versions and the newest reading.
with
versions as (
    select * from {{ ref('int_article_version') }}
    {{ only_touched('story_id', of=ref('int_article_version')) }}
),

milestones as (
    select * from {{ ref('stg_milestone') }}
    {{ only_of('version_id', 'versions', of=ref('stg_milestone'), row='raw_row') }}
),

readings as (
    select * from {{ ref('int_extraction') }}
    {{ only_of('version_id', 'versions', of=ref('int_extraction')) }}
),

indicators as (select * from {{ ref('int_indicator') }}),

areas as (select * from {{ ref('int_area') }}),

phases as (select * from {{ ref('programme') }}),

read_milestones as (
    select
        milestones.* exclude (indicator_code, load_id, raw_row),
        indicators.indicator_code,
        indicators.indicator_key,
        indicators.programme_code,
        versions.story_id,
        versions.published_on,
        versions.title,
        versions.canonical_url,
        greatest(milestones.load_id, versions.load_id) as load_id
    from milestones
    inner join readings using (version_id, extractor_version)
    inner join versions on milestones.version_id = versions.version_id
    left join indicators on milestones.indicator_code = indicators.indicator_code
    where versions.is_latest
),

placed as (
    select
        read_milestones.*,
        areas.area_key,
        areas.path_name as area_full_name
    from read_milestones
    left join areas on read_milestones.area_code = areas.area_code
    qualify row_number() over (
        partition by read_milestones.milestone_id
        order by
            starts_with(read_milestones.area_name, areas.full_name) desc,
            coalesce(read_milestones.published_on between areas.valid_from and areas.valid_to, false) desc,
            coalesce(read_milestones.as_of between areas.valid_from and areas.valid_to, false) desc,
            areas.valid_from desc
    ) = 1
),

-- a day of publication is that of the first telling, as in int_claim_statement
dated as (
    select
        *,
        case
            when
                as_of = published_on
                and not bool_or(as_of is distinct from published_on) over (
                    partition by story_id, kind, indicator_code, coalesce(area_key, lower(area_name)), as_of
                )
                then min(published_on) over (partition by story_id)
            else as_of
        end as said_of
    from placed
),

keyed as (
    select
        dated.* exclude (said_of),
        coalesce(phases.phase_code, case when dated.programme_code = 'chung' then 'chung' end, 'unknown') as phase_code,
        {{ key([
            'dated.story_id',
            'dated.kind',
            "coalesce(dated.indicator_code, 'other')",
            'coalesce(dated.area_key, lower(dated.area_name))',
            'dated.said_of',
        ]) }} as milestone_key
    from dated
    left join phases
        on
            dated.programme_code = phases.programme_code
            and coalesce(dated.as_of, dated.published_on) between phases.applies_from and phases.applies_to
)

select
    milestone_key,
    milestone_id,
    version_id,
    article_id,
    story_id,
    portal_id,
    extractor_version,
    kind,
    coalesce(indicator_code, 'other') as indicator_code,
    coalesce(indicator_key, {{ key(["'other'"]) }}) as indicator_key,
    phase_code,
    as_of,
    coalesce(area_full_name, area_name) as area_name,
    case when area_key is null then 'unknown' else area_code end as area_code,
    coalesce(area_key, {{ key(["'unknown'", "date '1900-01-01'"]) }}) as area_key,
    published_on,
    title,
    canonical_url,
    sentence,
    char_start,
    char_end,
    rule,
    count(*) over (partition by milestone_key) as mention_count,
    load_id
from keyed
qualify row_number() over (partition by milestone_key order by published_on nulls last, article_id, char_start, milestone_id) = 1

{{ config(
    materialized='incremental',
    incremental_strategy='remake',
    on_schema_change='fail',
    meta={'touched_by': 'article_id'},
    pre_hook="{{ forget('article_id') }}"
) }}

-- One row a version of an article, however often it was fetched; the version that was fetched last is the latest,
-- so an edit that was taken back makes the older text the latest again. A replay reads an archived page again: of two versions of
-- one fetch, that of the later run counts (run ids begin with the portal and go on with the time).
with
parses as (
    select
        version_id,
        article_id,
        story_id,
        portal_id,
        run_id,
        capture_id,
        canonical_url,
        url,
        title,
        summary,
        author,
        section,
        published_at,
        published_on,
        published_basis,
        portal_area_name,
        fetched_at,
        parser,
        load_id
    from {{ ref('stg_article') }}
    {{ only_touched('article_id', of=ref('stg_article'), row='raw_row') }}
),

versions as (
    select
        * exclude (fetched_at),
        min(fetched_at) over (partition by version_id) as first_seen_at,
        max(fetched_at) over (partition by version_id) as last_seen_at
    from parses
    qualify row_number() over (partition by version_id order by fetched_at desc, run_id desc, capture_id) = 1
),

-- The portal answered "not found" for days. That takes no fact away: a page that was public stays evidence, and portals of abolished
-- districts go as a whole. A page that was fetched again later is back.
taken_down as (
    select
        source_id as version_id,
        max(rejected_at) as taken_down_at
    from {{ ref('stg_rejected') }}
    where rule = 'taken_down'
    group by source_id
),

withdrawn as (
    select
        versions.article_id,
        max(taken_down.taken_down_at) as taken_down_at
    from versions
    inner join taken_down on versions.version_id = taken_down.version_id
    group by versions.article_id
)

select
    versions.*,
    row_number() over (
        partition by versions.article_id
        order by versions.last_seen_at desc, versions.run_id desc, versions.first_seen_at desc, versions.version_id
    ) = 1 as is_latest,
    count(*) over (partition by versions.article_id) as version_count,
    case
        when withdrawn.taken_down_at > max(versions.last_seen_at) over (partition by versions.article_id) then withdrawn.taken_down_at
    end as withdrawn_at
from versions
left join withdrawn on versions.article_id = withdrawn.article_id

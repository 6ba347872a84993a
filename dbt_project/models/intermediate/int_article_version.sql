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
),

versions as (
    select
        * exclude (fetched_at),
        min(fetched_at) over (partition by version_id) as first_seen_at,
        max(fetched_at) over (partition by version_id) as last_seen_at
    from parses
    qualify row_number() over (partition by version_id order by fetched_at desc, run_id desc, capture_id) = 1
)

select
    *,
    row_number() over (partition by article_id order by last_seen_at desc, run_id desc, first_seen_at desc, version_id) = 1 as is_latest,
    count(*) over (partition by article_id) as version_count
from versions

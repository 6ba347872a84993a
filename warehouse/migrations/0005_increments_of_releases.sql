-- What builds have made anew since the newest release, so that the next one costs work for that alone (warehouse/releases.py).

-- At most one row: the release that holds everything but what `unpublished` lists. None after a full refresh has begun.
create table ops.published_release (release varchar not null);

create table ops.unpublished (
    kind varchar not null,  -- what a group of rows is named by: article_id | story_id | series_key | document_key | subject
    group_key varchar not null
);

-- By what the incremental models of the last complete build are grouped (`touched_by` in their YAML); other tables are compared whole.
create table ops.built_group (table_name varchar not null, kind varchar not null);

-- What the last complete build had seen, and what the running one has to do (warehouse/changes.py). All of it is replaced in the one
-- transaction that ends a complete build; a build that is killed leaves it as it was and so does its work again.

create table ops.build_state (  -- at most one row; none while a full refresh has begun and not ended
    build_id varchar not null,
    load_id bigint not null,  -- the highest load id that the build had seen
    fingerprint varchar not null,  -- of models, seeds, codebook, extractor version and DuckDB version
    built_at timestamptz not null
);

create table ops.built_hold (  -- rows that were held back in that build
    source_table varchar not null,
    source_id varchar not null,
    source_version varchar not null  -- of the reading; empty for rows that have none
);

create table ops.built_correction (  -- corrections that were applied in that build
    correction_id varchar not null,
    digest varchar not null,  -- of the whole row
    claim_id varchar,
    indicator varchar,
    area_code varchar,
    as_of date
);

create table ops.touched_article (article_id varchar not null);  -- articles about which something is new since then

create table ops.touched_story (story_id varchar not null);  -- every story that those articles are or were part of

-- Written by the models that take these rows away, in the transaction that does so: whoever aggregates them must hear of it, also when
-- this build is killed in between.
create table ops.left_series (
    series_key varchar not null,
    indicator_code varchar not null,
    area_key varchar not null,
    area_name varchar not null
);

create table ops.left_document (document_key varchar not null);

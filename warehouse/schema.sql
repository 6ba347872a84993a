-- Version 1 of what the loader and the audit own; dbt owns every other schema.
-- Later changes are files in migrations/ (0002_….sql and on), applied in order, once (ops.schema_version).
--
-- DuckLake takes this file too: no primary key, unique, check or foreign key, no index, no ENUM, no default that is not a constant.
-- Only the columns of a row's key are `not null`: a page that breaks a promise must be loaded, so that the audit can quarantine it and say so.

create schema if not exists raw;
create schema if not exists ops;

create table ops.schema_version (
    version integer not null,
    name varchar not null,
    applied_at timestamptz not null
);

-- Loaded from the lake, never updated. Columns are those of muctieu/records.py (a test compares them) and the load that brought the row.

create table raw.capture (  -- one row a capture_id
    capture_id varchar not null,
    portal_id varchar,
    run_id varchar,
    role varchar,
    url varchar,
    final_url varchar,
    outcome varchar,
    status bigint,
    error varchar,
    fetched_at timestamptz,
    elapsed_s double,
    content_type varchar,
    size bigint,
    body_sha256 varchar,
    etag varchar,
    last_modified varchar,
    warc_path varchar,
    warc_offset bigint,
    load_id bigint not null
);

create table raw.article (  -- one row a version_id + capture_id
    version_id varchar not null,
    article_id varchar,
    story_id varchar,
    portal_id varchar,
    run_id varchar,
    capture_id varchar not null,
    canonical_url varchar,
    url varchar,
    title varchar,
    summary varchar,
    body_text varchar,
    author varchar,
    section varchar,
    published_at timestamptz,
    published_raw varchar,
    published_basis varchar,
    portal_area varchar,
    attachments varchar[],
    fetched_at timestamptz,
    parser varchar,
    load_id bigint not null
);

create table raw.claim (  -- one row a claim_id + extractor_version
    claim_id varchar not null,
    version_id varchar,
    article_id varchar,
    portal_id varchar,
    extractor_version varchar not null,
    kind varchar,
    indicator varchar,
    measure varchar,
    op varchar,
    value double,
    value_high double,
    denominator double,
    unit varchar,
    as_of date,
    area varchar,
    area_code varchar,
    plan_by varchar,
    per_year boolean,
    qualifier varchar,
    document_number varchar,
    evidence varchar,
    char_start bigint,
    char_end bigint,
    sentence varchar,
    rule varchar,
    confidence double,
    needs_review boolean,
    checks varchar[],
    trace varchar,
    load_id bigint not null
);

create table raw.milestone (  -- one row a milestone_id + extractor_version
    milestone_id varchar not null,
    version_id varchar,
    article_id varchar,
    portal_id varchar,
    extractor_version varchar not null,
    indicator varchar,
    kind varchar,
    area varchar,
    area_code varchar,
    as_of date,
    char_start bigint,
    char_end bigint,
    sentence varchar,
    rule varchar,
    load_id bigint not null
);

create table raw.citation (  -- one row a citation_id + extractor_version
    citation_id varchar not null,
    version_id varchar,
    article_id varchar,
    portal_id varchar,
    extractor_version varchar not null,
    number varchar,
    type varchar,
    issuer varchar,
    issued date,
    char_start bigint,
    char_end bigint,
    load_id bigint not null
);

create table raw.unexplained (  -- one row a unexplained_id + extractor_version
    unexplained_id varchar not null,
    version_id varchar,
    article_id varchar,
    portal_id varchar,
    extractor_version varchar not null,
    text varchar,
    unit varchar,
    reason varchar,
    char_start bigint,
    char_end bigint,
    sentence varchar,
    load_id bigint not null
);

create table raw.extraction (  -- one row a version_id + extractor_version
    version_id varchar not null,
    article_id varchar,
    portal_id varchar,
    extractor_version varchar not null,
    claims bigint,
    milestones bigint,
    citations bigint,
    unexplained bigint,
    error varchar,
    load_id bigint not null
);

create table raw.rejected (  -- one row a rejected_id
    rejected_id varchar not null,
    run_id varchar,
    portal_id varchar,
    layer varchar,
    source_id varchar,
    rule varchar,
    reason varchar,
    evidence varchar,
    url varchar,
    rejected_at timestamptz,
    load_id bigint not null
);

create table raw.run (  -- one row a run_id
    run_id varchar not null,
    portal_id varchar,
    started_at timestamptz,
    ended_at timestamptz,
    outcome varchar,
    listings bigint,
    links bigint,
    requests bigint,
    fetched bigint,
    not_modified bigint,
    failed bigint,
    new_articles bigint,
    new_versions bigint,
    rejected bigint,
    message varchar,
    load_id bigint not null
);

-- Which files of the lake are in raw.*; written in the transaction that inserts their rows.
create table raw.loaded_file (
    path varchar not null,
    table_name varchar not null,
    load_id bigint not null,
    rows_read bigint not null,
    loaded_at timestamptz not null
);

-- What ran: one row a step of a pipeline run (load, audit_raw, dbt, audit_marts, publish, report, alert).
create table ops.run (
    run_id varchar not null,
    build_id varchar,  -- steps of one pipeline run share it
    step varchar not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    outcome varchar not null,  -- ok | failed | refused | skipped
    rows_in bigint,
    rows_out bigint,
    message varchar
);

-- One row a node that dbt ran (from run_results.json).
create table ops.build (
    build_id varchar not null,
    node_id varchar not null,  -- model.muctieu.fct_target
    name varchar not null,
    resource_type varchar not null,  -- model | seed | test | unit_test
    status varchar not null,  -- success | pass | warn | fail | error | skipped
    seconds double not null,
    failures bigint,
    message varchar,
    failing_rows_query varchar,
    finished_at timestamptz not null
);

-- One row an expectation that the audit checked in one build.
create table ops.check_result (
    check_result_id varchar not null,  -- stable_id(build_id, check_key)
    build_id varchar not null,
    check_key varchar not null,  -- stable over builds: suite, table, column, expectation
    layer varchar not null,  -- raw | marts
    suite varchar not null,
    table_name varchar not null,
    column_name varchar,
    expectation varchar not null,
    severity varchar not null,  -- error | warning | info
    success boolean not null,
    observed varchar,
    expected varchar,
    element_count bigint,
    unexpected_count bigint,
    unexpected_sample varchar,  -- JSON, at most 20 ids or values
    message_vi varchar not null,
    message_en varchar not null,
    owner varchar,
    checked_at timestamptz not null
);

-- Rows held back: staging leaves them out until somebody releases them. Never deleted.
create table ops.quarantine (
    quarantine_id varchar not null,  -- stable_id(source_table, source_id, rule)
    source_table varchar not null,  -- raw.article | raw.claim | raw.milestone | raw.citation
    source_id varchar not null,  -- version_id | claim_id | milestone_id | citation_id
    rule varchar not null,
    severity varchar not null,
    reason_vi varchar not null,
    reason_en varchar not null,
    evidence varchar,
    portal_id varchar,
    url varchar,
    build_id varchar,
    quarantined_at timestamptz not null,
    released_at timestamptz,
    released_by varchar,
    release_reason varchar
);

-- One row a problem (fingerprint), however often it is seen.
create table ops.alert (
    alert_id varchar not null,
    fingerprint varchar not null,
    severity varchar not null,  -- error | warning | info
    kind varchar not null,  -- source | data | build | publish
    subject varchar not null,  -- portal id, table or model
    owner varchar,
    title_vi varchar not null,
    title_en varchar not null,
    body_vi varchar not null,
    body_en varchar not null,
    evidence varchar,
    url varchar,
    status varchar not null,  -- open | acknowledged | resolved
    occurrences bigint not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    resolved_at timestamptz,
    notified_at timestamptz,
    build_id varchar
);

-- How a portal was doing when it was measured.
create table ops.source_health (
    portal_id varchar not null,
    measured_at timestamptz not null,
    status varchar not null,  -- healthy | degraded | broken | silent | blocked | unreachable | unknown
    last_run_at timestamptz,
    last_success_at timestamptz,
    last_article_at timestamptz,  -- newest publication
    articles_7d bigint,
    expected_per_week double,
    fetch_success_rate double,
    claims_per_article double,
    message_vi varchar not null,
    message_en varchar not null,
    build_id varchar
);

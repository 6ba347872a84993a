-- Decisions about quarantined rows, alerts that are delivered, and the messages that wait to be sent.

-- Which reading is held back (extractor version; null for rows that have none), and what was decided about it: null (waits) |
-- released | rejected | superseded (a newer reading took its place). As a new table, because DuckDB does not commit an update
-- and an alter of the same table together; DuckLake renames tables, too.
create table ops.quarantine_0003 as
select
    quarantine_id, source_table, source_id, rule, severity, reason_vi, reason_en, evidence, portal_id, url, build_id, quarantined_at,
    quarantined_at as last_seen_at,
    null::varchar as source_version,
    case when released_at is not null then 'released' end as decision,
    released_at as decided_at,
    released_by as decided_by,
    release_reason as decision_reason
from ops.quarantine;
drop table ops.quarantine;
alter table ops.quarantine_0003 rename to quarantine;

-- Up to which load the last published build had audited, and up to when decisions about quarantined rows are in its marts.
create table if not exists ops.audited (load_id bigint not null);
create table ops.audited_0003 as select load_id, null::timestamptz as decisions_until from ops.audited;
drop table ops.audited;
alter table ops.audited_0003 rename to audited;

alter table ops.alert add column cause_vi varchar;
alter table ops.alert add column cause_en varchar;
alter table ops.alert add column sighting varchar;  -- run or build that saw it last; the same one seen twice counts once
alter table ops.alert add column notified_severity varchar;
alter table ops.alert add column closed_notified_at timestamptz;  -- when its end was announced
alter table ops.alert add column reopened bigint;  -- times it came back within a day of its end
alter table ops.alert add column acknowledged_at timestamptz;
alter table ops.alert add column acknowledged_by varchar;
alter table ops.alert add column acknowledge_reason varchar;

-- One row a message to one recipient. It is written with the state of its alerts in one transaction, and sent afterwards.
create table ops.outbox (
    message_id varchar not null,  -- also the Message-ID of the e-mail: a repeat after a kill folds into the first
    kind varchar not null,  -- immediate | digest | weekly
    channel varchar not null,  -- email, or the name of a channel in routes.yml (never its secret address)
    recipient varchar not null,
    subject varchar not null,
    body_text varchar not null,
    body_html varchar,
    short_text varchar not null,  -- for chats
    payload varchar not null,  -- JSON for webhooks
    thread_id varchar,
    severity varchar not null,
    status varchar not null,  -- pending | sent
    attempts bigint not null,
    created_at timestamptz not null,
    next_try_at timestamptz not null,
    sent_at timestamptz,
    last_error varchar,
    build_id varchar
);

-- What callbacks of Airflow left in the lake (incidents/), once each: they cannot open this file.
create table ops.incident (
    path varchar not null,
    dag_id varchar,
    task_id varchar,
    dag_run_id varchar,
    fingerprint varchar not null,
    happened_at timestamptz not null,
    read_at timestamptz not null
);

-- The registry as the last load found it: one row a portal and span of time in which it spoke for one area.
create table raw.portal (
    portal_id varchar not null,
    portal_name varchar not null,
    platform varchar not null,
    status varchar not null,  -- verified | unverified | archive_only | demo
    host varchar not null,  -- the main one
    valid_from date,
    valid_to date,
    area_name varchar not null,
    area_code varchar,
    area_from date,
    area_to date
);

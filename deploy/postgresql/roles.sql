-- Roles and databases of the scale-out profile, each with what it needs and no more. Safe to run again; changes the passwords then.
--
--   MUCTIEU_AIRFLOW_PASSWORD=… MUCTIEU_WRITER_PASSWORD=… MUCTIEU_READER_PASSWORD=… \
--     psql -v ON_ERROR_STOP=1 -d postgres -f deploy/postgresql/roles.sql          as a superuser
--
--   muctieu_airflow  owns the database `airflow` (its metadata; it migrates itself), and can connect to no other
--   muctieu_writer   owns the database `muctieu_catalog` (DuckLake: dbt, load, publish), and can connect to no other
--   muctieu_reader   reads the tables of the catalog, whenever they are made; writes nothing, a minute a query, ten connections
--
-- Other names: -v airflow=… -v writer=… -v reader=… -v airflow_db=… -v catalog_db=…
-- The passwords reach the server in the clear of a statement: run this over TLS or the local socket, with log_statement = none.
-- tests/security/test_postgres_roles.py runs this file and tries what each role may not do.

\if :{?airflow} \else \set airflow muctieu_airflow
\endif
\if :{?writer} \else \set writer muctieu_writer
\endif
\if :{?reader} \else \set reader muctieu_reader
\endif
\if :{?airflow_db} \else \set airflow_db airflow
\endif
\if :{?catalog_db} \else \set catalog_db muctieu_catalog
\endif
\getenv airflow_password MUCTIEU_AIRFLOW_PASSWORD
\getenv writer_password MUCTIEU_WRITER_PASSWORD
\getenv reader_password MUCTIEU_READER_PASSWORD
\if :{?airflow_password} \else \warn 'MUCTIEU_AIRFLOW_PASSWORD is not set' \q
\endif
\if :{?writer_password} \else \warn 'MUCTIEU_WRITER_PASSWORD is not set' \q
\endif
\if :{?reader_password} \else \warn 'MUCTIEU_READER_PASSWORD is not set' \q
\endif

select format('create role %I', name)
from (values (:'airflow'), (:'writer'), (:'reader')) as wanted (name)
where not exists (select from pg_roles where rolname = name) \gexec

alter role :"airflow" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'airflow_password';
alter role :"writer" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'writer_password';
alter role :"reader" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls connection limit 10 password :'reader_password';
alter role :"reader" set default_transaction_read_only = on;  -- a habit, not the lock: the missing grants are
alter role :"reader" set statement_timeout = '60s';

select format('create database %I owner %I', name, owner)
from (values (:'airflow_db', :'airflow'), (:'catalog_db', :'writer')) as wanted (name, owner)
where not exists (select from pg_database where datname = name) \gexec

-- PostgreSQL lets everybody connect to every database unless told otherwise
revoke all on database :"airflow_db" from public;
revoke all on database :"catalog_db" from public;
grant connect on database :"catalog_db" to :"reader";

\connect :"catalog_db"
revoke create on schema public from public;
grant usage, create on schema public to :"writer";
grant usage on schema public to :"reader";
grant select on all tables in schema public to :"reader";
alter default privileges for role :"writer" in schema public grant select on tables to :"reader";
\connect :"airflow_db"
revoke create on schema public from public;
grant usage, create on schema public to :"airflow";

#!/bin/sh
# Run once by the image of PostgreSQL, in an empty data folder: a role and a database for the catalog of the warehouse, another for
# Airflow. Neither is a superuser, and neither may enter the other's database.
set -eu
for name in catalog airflow; do
    if [ "$name" = catalog ]; then role=muctieu password=$MUCTIEU_CATALOG_PASSWORD; else role=airflow password=$AIRFLOW_DATABASE_PASSWORD; fi
    psql -v ON_ERROR_STOP=1 -v role="$role" -v name="$name" -v password="$password" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
create role :"role" login password :'password';
create database :"name" owner :"role";
revoke connect on database :"name" from public;
SQL
done

"""The roles of deploy/postgresql/roles.sql on a real PostgreSQL: each can do its work, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from muctieu.settings import REPOSITORY

SERVER = os.environ.get("MUCTIEU_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
PREFIX = f"ops_test_{os.getpid()}"
NAMES = {name: f"{PREFIX}_{name}" for name in ("airflow", "writer", "reader", "airflow_db", "catalog_db")}
PASSWORDS = {f"MUCTIEU_{name.upper()}_PASSWORD": f"mat-khau '{name}' \\ 1" for name in ("airflow", "writer", "reader")}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("postgres-roles"), pytest.mark.usefixtures("roles")]


def psql(url: str, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | (environment or {}))


@pytest.fixture(scope="module")
def roles() -> Iterator[None]:
    if shutil.which("psql") is None or psql(SERVER, "-c", "select 1").returncode:
        pytest.skip("no PostgreSQL answers (MUCTIEU_TEST_POSTGRES)")
    try:
        make()
        yield
    finally:
        for name in ("airflow_db", "catalog_db"):
            psql(SERVER, "-c", f'drop database if exists "{NAMES[name]}" with (force)')
        for name in ("airflow", "writer", "reader"):
            psql(SERVER, "-c", f'drop role if exists "{NAMES[name]}"')


def make() -> None:
    variables = [text for name, value in NAMES.items() for text in ("-v", f"{name}={value}")]
    done = psql(SERVER, *variables, "-f", str(REPOSITORY / "deploy" / "postgresql" / "roles.sql"), environment=PASSWORDS)
    assert done.returncode == 0, done.stderr


def as_role(role: str, database: str, sql: str) -> tuple[bool, str]:
    """Run SQL as a role, the way it would log in; `set role` of a superuser would skip the check of the database."""
    host = SERVER.rpartition("@")[2].rpartition("/")[0]
    done = psql(
        f"postgresql://{NAMES[role]}@{host}/{NAMES[database]}",
        "-c",
        sql,
        environment={"PGPASSWORD": PASSWORDS[f"MUCTIEU_{role.upper()}_PASSWORD"]},
    )
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def test_each_role_does_its_work() -> None:
    assert as_role("airflow", "airflow_db", "create table runs (id int); insert into runs values (1); drop table runs")[0]
    assert as_role("writer", "catalog_db", "create table ducklake_table (id int); insert into ducklake_table values (7)")[0]
    assert as_role("reader", "catalog_db", "select id from ducklake_table") == (True, "7"), "also of a table that was made after the grants"


@pytest.mark.parametrize(
    ("role", "database", "sql"),
    [
        ("reader", "catalog_db", "set transaction read write; insert into ducklake_table values (8)"),
        ("reader", "catalog_db", "set transaction read write; delete from ducklake_table"),
        ("reader", "catalog_db", "set transaction read write; create table mine (id int)"),
        ("reader", "catalog_db", "set transaction read write; drop table ducklake_table"),
        ("reader", "airflow_db", "select 1"),
        ("writer", "airflow_db", "select 1"),
        ("airflow", "catalog_db", "select 1"),
        ("writer", "catalog_db", "create role somebody superuser"),
        ("writer", "catalog_db", "create database another"),
        ("writer", "catalog_db", "copy (select 1) to program 'id'"),
        ("reader", "catalog_db", "select pg_read_file('/etc/passwd')"),
        ("reader", "catalog_db", "select rolpassword from pg_authid"),
        ("airflow", "airflow_db", "alter role postgres password 'x'"),
    ],
)
def test_what_a_role_may_not_do(role: str, database: str, sql: str) -> None:
    as_role("writer", "catalog_db", "create table if not exists ducklake_table (id int)")
    done, said = as_role(role, database, sql)
    assert not done
    assert "permission denied" in said or "must be" in said or "privilege" in said, said


def test_running_it_again_changes_nothing_and_renews_the_passwords() -> None:
    make()
    assert as_role("writer", "catalog_db", "select 1")[0]
    one = psql(SERVER, "-c", f"select rolpassword from pg_authid where rolname = '{NAMES['reader']}'").stdout
    make()
    two = psql(SERVER, "-c", f"select rolpassword from pg_authid where rolname = '{NAMES['reader']}'").stdout
    assert one.startswith("SCRAM-SHA-256") and one != two


def test_without_a_password_it_stops() -> None:
    done = psql(SERVER, "-f", str(REPOSITORY / "deploy" / "postgresql" / "roles.sql"))
    assert "MUCTIEU_AIRFLOW_PASSWORD is not set" in done.stderr
    assert psql(SERVER, "-c", "select count(*) from pg_roles where rolname = 'muctieu_airflow'").stdout.strip() == "0"

"""What benchmarks/warehouse_postgres.py does in PostgreSQL outside dbt; runs in the peers' environment (psycopg2).

python postgres_worker.py SERVER DATABASE load|rows|cpu|drop FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import psycopg2

SCHEMAS = ("raw", "ops", "reference", "staging", "intermediate", "marts")
# what a warehouse on PostgreSQL would have, rather than the defaults of a small web site
SETTINGS = ("work_mem = '256MB'", "maintenance_work_mem = '256MB'", "synchronous_commit = off", "jit = off", "timezone = 'UTC'")

# keys of these hold numbers as text, which the two systems write differently (5.0 and 5)
COMPARED = {
    "fct_claim": "claim_id",
    "fct_achievement": "claim_id",
    "fct_target": "claim_id",
    "fct_conflict": "concat(conflict_type, kind, series_key, low_claim_id, high_claim_id)",
}
HASH = 'select count(*), md5(string_agg(v, chr(10) order by v collate "C")) from (select ({compared})::text as v from marts.{name}) t'


def connect(server: str, database: str | None = None) -> Any:
    connection = psycopg2.connect(server, **({"dbname": database} if database else {}))
    connection.autocommit = True
    return connection


def load(server: str, database: str, folder: Path) -> None:
    """Make the database and copy every table into it, with statistics."""
    cursor = connect(server).cursor()
    cursor.execute(f"drop database if exists {database}")
    cursor.execute(f"create database {database}")
    for setting in SETTINGS:
        cursor.execute(f"alter database {database} set {setting}")
    cursor = connect(server, database).cursor()
    cursor.execute((Path(__file__).with_name("postgres_functions.sql")).read_text("utf-8"))
    for schema in SCHEMAS:
        cursor.execute(f"create schema {schema}")
    for table in json.loads((folder / "tables.json").read_text("utf-8")):
        cursor.execute(table["sql"])
        with (folder / f"{table['table']}.csv").open("rb") as file:
            cursor.copy_expert(f"copy {table['table']} from stdin (format csv, null '\\N')", file)
    cursor.execute("analyze")


def rows(server: str, database: str) -> dict[str, list[Any]]:
    """Of every mart: its rows, what is compared of them, and the hash of that, sorted."""
    cursor = connect(server, database).cursor()
    cursor.execute(
        "select table_name, array_agg(column_name::text order by ordinal_position) from information_schema.columns "
        "where table_schema = 'marts' group by 1 order by 1"
    )
    found: dict[str, list[Any]] = {}
    for name, columns in cursor.fetchall():
        compared = COMPARED.get(name) or columns[0]
        cursor.execute(HASH.format(compared=compared, name=name))
        count, hashed = cursor.fetchone()
        found[f"marts.{name}"] = [count, compared, hashed]
    return found


def server_cpu(server: str) -> float:
    """CPU seconds of the server's processes so far, ended ones included."""
    cursor = connect(server).cursor()
    cursor.execute("select pg_backend_pid()")
    postmaster = _stat(cursor.fetchone()[0])["parent"]
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (figures := _stat(int(entry.name))):
            if figures["pid"] == postmaster:
                ticks += figures["own"] + figures["ended"]
            elif figures["parent"] == postmaster:
                ticks += figures["own"]
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> dict[str, int]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return {}
    fields = text.rpartition(")")[2].split()
    user, system, ended_user, ended_system = (int(fields[n]) for n in (11, 12, 13, 14))
    return {"pid": pid, "parent": int(fields[1]), "own": user + system, "ended": ended_user + ended_system}


if __name__ == "__main__":
    _, server_, database_, action, folder_ = sys.argv
    if action == "load":
        load(server_, database_, Path(folder_))
    elif action == "rows":
        print(json.dumps(rows(server_, database_)))
    elif action == "cpu":
        print(server_cpu(server_))
    else:
        connect(server_).cursor().execute(f"drop database if exists {database_}")

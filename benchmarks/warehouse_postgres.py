"""The same models on the same rows, built by dbt-duckdb in a DuckDB file and by dbt-postgres in PostgreSQL.

    python -m benchmarks.warehouse_postgres [--articles 10000] [--server postgresql://postgres@127.0.0.1/postgres] [--json FILE]

Both load the same history (benchmarks/history.py) and make staging, intermediate and marts anew with four threads and without tests.
The SQL of the models is what dbt-duckdb compiled, translated by sqlglot (benchmarks/postgres_models.py) with statistics gathered after
each table; row counts of all marts and the keys of the facts are compared, so both did the same work. PostgreSQL's CPU time is that of
its processes, read from /proc: the server must run on this machine. A database `muctieu_benchmark` is made there and dropped again. The
peers (dbt-postgres 1.11, Apache; sqlglot 30, MIT; psycopg2, LGPL) are installed from PyPI into `var/benchmarks/peers-postgres` and are
used for nothing else. See README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from benchmarks.warehouse_history import run_step

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "var" / "benchmarks" / "peers-postgres"
PEERS = ("dbt-core==1.11.16", "dbt-postgres==1.11.0", "psycopg2-binary==2.9.13", "sqlglot==30.30.0")
DATABASE = "muctieu_benchmark"
TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "HUGEINT": "numeric",
    "UBIGINT": "numeric",
    "UINTEGER": "bigint",
    "TINYINT": "smallint",
    "FLOAT": "real",
    "BLOB": "bytea",
}
PROFILE = """\
peer:
  target: peer
  outputs:
    peer:
      {{type: postgres, host: "{host}", port: {port}, user: "{user}", password: "{password}",
       dbname: {database}, schema: marts, threads: 4}}
"""


def ours(home: Path, articles: int) -> dict[str, Any]:
    """Generate, load and build here, each step in a process of its own."""
    figures = {}
    for step in ("generate", "load", "build"):
        command = [sys.executable, "-m", "benchmarks.warehouse_postgres", "--step", step, "--home", str(home), "--articles", str(articles)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        if done.returncode:
            raise RuntimeError(f"{step} failed: {done.stderr[-1500:]}")
        figures[step] = json.loads(done.stdout.splitlines()[-1])
    return figures


def export(warehouse: Path, manifest: dict[str, Any], folder: Path) -> None:
    """Everything that the models read from outside, as CSV files, with the SQL that makes the tables."""
    wanted = {(n["schema"], n["name"]) for n in manifest["nodes"].values() if n["resource_type"] == "seed"}
    for source in manifest["sources"].values():
        codebook = source["schema"] == "codebook"
        wanted.add(("staging", f"stg_codebook__{source['name']}") if codebook else (source["schema"], source["name"]))
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal order by all"
        ).fetchall()
        schema: dict[str, Any] = {}
        for schema_name, table, column, kind in columns:
            schema.setdefault(schema_name, {}).setdefault(table, {})[column] = kind
        (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
        statements = []
        for schema_name, table in sorted(wanted):
            kinds = schema[schema_name][table]
            selected = ", ".join(_as_csv(column, kind) for column, kind in kinds.items())
            file = folder / f"{schema_name}.{table}.csv"
            connection.execute(f"copy (select {selected} from {schema_name}.{table}) to '{file}' (header false, nullstr '\\N')")
            listed = ", ".join(f'"{column}" {_postgres_type(kind)}' for column, kind in kinds.items())
            statements.append({"table": f"{schema_name}.{table}", "sql": f"create table {schema_name}.{table} ({listed})"})
    (folder / "tables.json").write_text(json.dumps(statements), encoding="utf-8")


def _postgres_type(kind: str) -> str:
    if kind.endswith("[]"):
        return f"{_postgres_type(kind[:-2])}[]"
    if kind.startswith("DECIMAL"):
        return kind.replace("DECIMAL", "numeric")
    return TYPES.get(kind, kind.lower())


def _as_csv(column: str, kind: str) -> str:
    if not kind.endswith("[]"):
        return f'"{column}"'
    quoted = f"""list_transform("{column}", x -> '"' || replace(replace(x::varchar, '\\', '\\\\'), '"', '\\"') || '"')"""
    return f"""case when "{column}" is not null then '{{' || array_to_string({quoted}, ',') || '}}' end as "{column}" """


def peers_python() -> Path:
    """The interpreter of the peers' environment, made on first use. Raises `CalledProcessError` when PyPI cannot be reached."""
    python, stamp, wanted = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "installed.txt", "\n".join(PEERS)
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def theirs(home: Path, manifest_path: Path, server: str) -> dict[str, Any]:
    """Load and build in PostgreSQL; the figures of each, and the rows that came out."""
    python, folder = peers_python(), home / "postgres"
    project = folder / "project"
    at = urlsplit(server)
    subprocess.run([python, ROOT / "benchmarks" / "postgres_models.py", manifest_path, folder / "schema.json", project], check=True)
    profile = PROFILE.format(
        host=at.hostname, port=at.port or 5432, user=at.username or "postgres", password=at.password or "", database=DATABASE
    )
    (project / "profiles.yml").write_text(profile, encoding="utf-8")
    worker = [python, ROOT / "benchmarks" / "postgres_worker.py", server, DATABASE]
    figures = {"load": _timed([*worker, "load", folder], worker)}
    dbt = [python.parent / "dbt", "--quiet", "run", "--no-use-colors", "--project-dir", project, "--profiles-dir", project]
    figures["build"] = _timed([*dbt, "--target-path", folder / "target", "--log-path", folder / "logs"], worker)
    rows = subprocess.run([*worker, "rows", folder], check=True, capture_output=True, text=True).stdout
    subprocess.run([*worker, "drop", folder], check=True)
    return {**figures, "rows": json.loads(rows)}


def _timed(command: list[Any], worker: list[Any]) -> dict[str, float]:
    """Wall and CPU seconds of a command and of the server meanwhile."""
    server = _server_cpu(worker)
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} failed: {done.stdout[-1500:]} {done.stderr[-1500:]}")
    wall, after = time.perf_counter() - started, os.times()
    client = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall_s": round(wall, 2), "client_cpu_s": round(client, 2), "server_cpu_s": round(_server_cpu(worker) - server, 2)}


def _server_cpu(worker: list[Any]) -> float:
    return float(subprocess.run([*worker, "cpu", "-"], check=True, capture_output=True, text=True).stdout)


def differences(warehouse: Path, rows: dict[str, list[Any]]) -> list[str]:
    """Where the two warehouses disagree: tables with other numbers of rows or other keys (`compared`: a column or an expression)."""
    found = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table, (count, compared, hashed) in rows.items():
            values = f"select ({compared})::varchar as v from {table}"
            here = connection.execute(f"select count(*), md5(string_agg(v, chr(10) order by v)) from ({values})").fetchone()
            if here != (count, hashed):
                found.append(f"{table}: {here} in DuckDB, {(count, hashed)} in PostgreSQL")
    return found


def table(articles: int, here: dict[str, Any], there: dict[str, Any]) -> str:
    lines = [
        f"{articles:,} articles, {here['load']['claims']:,} claims; CPU s (wall s)",
        f"{'':8}{'DuckDB':>18}{'PostgreSQL':>18}   ratio of CPU",
    ]
    for step in ("load", "build"):
        mine, other = here[step], there[step]
        cpu = other["client_cpu_s"] + other["server_cpu_s"]
        left, right = f"{mine['cpu_s']:.1f} ({mine['wall_s']:.1f})", f"{cpu:.1f} ({other['wall_s']:.1f})"
        lines.append(f"{step:8}{left:>18}{right:>18}   {cpu / mine['cpu_s']:.1f}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--server", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--step", choices=("generate", "load", "build"), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(_step(options.step, options.home, options.articles), ensure_ascii=False))
        return 0
    home = Path(tempfile.mkdtemp(prefix="muctieu-postgres-"))
    try:
        here = ours(home, options.articles)
        warehouse, manifest_path = Path(here["build"]["warehouse"]), home / "dbt" / "target" / "manifest.json"
        (home / "postgres").mkdir()
        export(warehouse, json.loads(manifest_path.read_text("utf-8")), home / "postgres")
        there = theirs(home, manifest_path, options.server)
        print(table(options.articles, here, there))
        unlike = differences(warehouse, there["rows"])
        print("\n".join(unlike) if unlike else f"the same rows in all {len(there['rows'])} marts")
        if options.json:
            options.json.write_text(json.dumps({"duckdb": here, "postgresql": there}, indent=1) + "\n", encoding="utf-8")
        return 1 if unlike else 0
    finally:
        shutil.rmtree(home)


def _step(step: str, home: Path, articles: int) -> dict[str, Any]:
    if step != "build":
        return run_step(step, home, articles, 0)
    from muctieu.settings import read_settings
    from warehouse.build import BuildFailed, run_dbt

    settings = read_settings({"MUCTIEU_HOME": str(home)})
    before, started = os.times(), time.perf_counter()
    result = run_dbt(settings, full_refresh=True, tests=False)
    if not result.ok:
        raise BuildFailed(result)
    after = os.times()
    cpu = after.user + after.system - before.user - before.system
    return {"wall_s": round(time.perf_counter() - started, 2), "cpu_s": round(cpu, 2), "warehouse": str(settings.warehouse)}


if __name__ == "__main__":
    raise SystemExit(main())

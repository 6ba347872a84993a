"""The Airflow that this installation runs: its environment, its database and its pools.

Everything is set through environment variables, so that `airflow …` in a shell with `eval "$(muctieu env)"` is the same
Airflow that `make run` uses. An operator's own variables win.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from muctieu.logs import wants_json
from muctieu.settings import REPOSITORY, DuckLake, Settings, read_settings

WAREHOUSE_POOL = "warehouse_writer"  # one slot: a DuckDB file has one writer
EXTRACTION_POOL = "extraction"


def writer() -> dict[str, str]:
    """Pool and queue of a task that opens the warehouse: one at a time, and, on a CeleryExecutor, where it is."""
    return {"pool": WAREHOUSE_POOL, "queue": read_settings().writer_queue}


def host_pool(portal_id: str) -> str:
    """One slot a portal, so that two runs never ask the same host at once, whatever is backfilled beside the schedule."""
    return f"host_{portal_id}"


def airflow_environment(settings: Settings, base: dict[str, str] | None = None) -> dict[str, str]:
    """Environment for an Airflow process; values already set in `base` are kept."""
    base = dict(os.environ if base is None else base)
    ours = our_variables(settings) | {"PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), base.get("PYTHONPATH", "")]))}
    # `airflow standalone` starts its components by the name "airflow", also when the environment is not activated
    path = os.pathsep.join([str(Path(sys.executable).parent), base.get("PATH", os.defpath)])
    return {**ours, **base, "PYTHONPATH": ours["PYTHONPATH"], "PATH": path}


def our_variables(settings: Settings) -> dict[str, str]:
    """What we set for Airflow where the operator has not."""
    home = settings.home / "airflow"
    # a shared catalog has a password in it, and can only have come from the environment that this is laid under
    warehouse = {} if isinstance(settings.warehouse, DuckLake) else {"MUCTIEU_WAREHOUSE": str(settings.warehouse)}
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",  # LocalExecutor forks that many workers at once; its default of 32 took 1.2 GB
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO" if wants_json() else "WARNING",
        "AIRFLOW__LOGGING__JSON_LOGS": str(wants_json()),
        **_statsd(os.environ.get("MUCTIEU_STATSD", "")),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "MUCTIEU_HOME": str(settings.home),
        "MUCTIEU_LAKE": settings.lake,
        "MUCTIEU_PUBLISHED": str(settings.published),
        "MUCTIEU_REPORTS": str(settings.reports),
        "MUCTIEU_PORTALS": ":".join(map(str, settings.portals)),
        "MUCTIEU_ALLOW_PRIVATE_HOSTS": "1" if settings.allow_private_hosts else "",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "False",
        **warehouse,
    }


def _statsd(address: str) -> dict[str, str]:
    """Airflow's own metrics to where ours go."""
    host, _, port = address.strip().rpartition(":")
    if not host:
        return {}
    return {
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": host,
        "AIRFLOW__METRICS__STATSD_PORT": port,
        "AIRFLOW__METRICS__STATSD_PREFIX": "airflow",
    }


def pools(portal_ids: list[str]) -> dict[str, dict[str, object]]:
    """Pools as `airflow pools import` reads them."""
    wanted = {
        WAREHOUSE_POOL: {"slots": 1, "description": "Kho dữ liệu DuckDB: mỗi lúc một tiến trình ghi", "include_deferred": False},
        EXTRACTION_POOL: {"slots": 2, "description": "Trích xuất số liệu từ bài viết", "include_deferred": False},
    }
    for portal_id in portal_ids:
        wanted[host_pool(portal_id)] = {"slots": 1, "description": f"Máy chủ của cổng {portal_id}", "include_deferred": False}
    return wanted


def prepare(portal_ids: list[str], environment: dict[str, str]) -> None:
    """Create or migrate Airflow's database and its pools; does nothing when both are up to date.

    Raises:
        RuntimeError: an airflow command failed; the message holds the end of its output.
    """
    from importlib.metadata import version

    home = Path(environment["AIRFLOW_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    stamp = home / "prepared.json"
    database = hashlib.sha256(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].encode()).hexdigest()  # it may hold a password
    wanted = {"airflow": version("apache-airflow"), "database": database, "pools": pools(portal_ids)}
    if stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == wanted:
        return
    _airflow(environment, "db", "migrate")
    pool_file = home / "pools.json"
    pool_file.write_text(json.dumps(wanted["pools"], ensure_ascii=False), encoding="utf-8")
    _airflow(environment, "pools", "import", str(pool_file))
    part = stamp.with_suffix(".part")
    part.write_text(json.dumps(wanted, ensure_ascii=False), encoding="utf-8")
    part.replace(stamp)


def _airflow(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "airflow", *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise RuntimeError(f"airflow {' '.join(arguments)} failed with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")

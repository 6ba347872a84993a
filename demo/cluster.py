"""The demo on a small cluster of this machine, with faults: `python -m demo.cluster [--faults worker,broker,postgres,store] [--write]`.

PostgreSQL, Redis and an S3 store of its own, an Airflow with its components as processes, two Celery workers with homes of their own,
DuckLake as the warehouse. The five demo portals are scraped, then the warehouse is built while a reader asks it without pause and the
faults happen. What was published is compared with what one process and one DuckDB file publish of the same portals.
`--write` puts the table into docs/scaling.md.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from demo.server import DemoServer
from demo.services import Postgres, Redis, Service, Store, free_ports, without_ours
from muctieu.settings import REPOSITORY, TIMEZONE

log = logging.getLogger("demo.cluster")

DOCS = REPOSITORY / "docs" / "scaling.md"
BEGIN, END = "<!-- faults: begin, made by python -m demo.cluster --write -->", "<!-- faults: end -->"
BUILD = "build_warehouse"
HEARTBEAT_S = 60  # after so long without a sign of life a task is given to somebody else; Airflow's default is five minutes
STORE_AWAY_S = 60.0
OVER = ("success", "failed", "skipped", "upstream_failed", "removed")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks while a task is at work."""

    name: str
    what: str  # in words, for the table
    dag: str  # LIKE pattern of the DAG in whose run it happens
    task: str  # the task that must be running
    do: Callable[[Cluster], None]


@dataclass(slots=True)
class Outcome:
    """What came of one run."""

    faults: list[tuple[str, str, str]] = field(default_factory=list)  # name, what, the task that was hit
    content_hash: str = ""
    tries: dict[str, int] = field(default_factory=dict)  # task -> tries, of tasks that needed more than one
    doubled: int = 0  # ids that are twice in raw.*
    articles: int = 0
    asked: int = 0  # questions of the reader that were answered while the build ran
    refused: int = 0  # and that were not: the catalog or the store was away
    restarted: list[str] = field(default_factory=list)  # components that ended by themselves and were started again, as compose does
    states: dict[str, str] = field(default_factory=dict)  # DAG -> state of its run
    seconds: float = 0.0


class Cluster:
    """Everything that runs; use as a context manager."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder, self.outcome = folder, Outcome()
        folder.chmod(0o755)
        self.store, self.redis = Store(folder / "store"), Redis(folder / "redis")
        self.postgres = Postgres(folder / "postgres")
        self._stack = ExitStack()
        self._airflow: dict[str, Service] = {}
        self._workers_wanted = workers
        self._ending = threading.Event()
        self._hands_off: set[str] = set()

    def __enter__(self) -> Cluster:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._ending.set()
        for service in [*self._airflow.values(), self.store, self.redis, self.postgres]:
            service.stop(signal.SIGKILL)
        self._stack.close()

    def _start(self) -> None:
        for service in (self.postgres, self.redis, self.store):
            service.start()
        self.catalog = self.postgres.create("catalog")
        metadata = self.postgres.create("airflow")
        portals = self._stack.enter_context(DemoServer(port=0))
        (self.port,) = free_ports(1)
        self.environment = self._environment(metadata, portals.url.removeprefix("http://"))
        said = subprocess.run(self._muctieu("prepare-airflow"), env=self.environment, capture_output=True, text=True, check=False)
        if said.returncode:
            raise RuntimeError(f"prepare-airflow failed:\n{said.stdout[-2000:]}{said.stderr[-2000:]}")
        self._component("api-server", "api-server", "--port", str(self.port), "--workers", "1", ready=self._api_answers)
        self._component("scheduler", "scheduler")
        self._component("dag-processor", "dag-processor")
        for number in range(self._workers_wanted):
            self.add_worker(f"worker-{number + 1}")
        threading.Thread(target=self._keep_alive, daemon=True).start()

    def _environment(self, metadata: str, portals: str) -> dict[str, str]:
        home = self.folder / "home"
        api = f"http://127.0.0.1:{self.port}"
        return (
            without_ours(dict(os.environ))
            | self.store.environment
            | {
                "MUCTIEU_HOME": str(home),
                "MUCTIEU_LAKE": f"s3://{self.store.bucket}/lake",
                "MUCTIEU_WAREHOUSE": f"ducklake:{self.catalog}",
                "MUCTIEU_WAREHOUSE_DATA": f"s3://{self.store.bucket}/warehouse",
                "MUCTIEU_PUBLISHED": str(home / "published"),
                "MUCTIEU_REPORTS": str(home / "reports"),
                "MUCTIEU_PORTALS": str(REPOSITORY / "demo" / "portals"),
                "MUCTIEU_DEMO_ADDRESS": portals,
                "MUCTIEU_ALLOW_PRIVATE_HOSTS": "1",
                "MUCTIEU_RETRY_SECONDS": "5",
                "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
                "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{api}/execution/",
                "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
                "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
                "AIRFLOW__API__BASE_URL": api,
                "AIRFLOW__API__HOST": "127.0.0.1",
                "AIRFLOW__API_AUTH__JWT_SECRET": "only for the demo of a cluster on the loopback address, 64 bytes of nothing secret",
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata.replace("postgresql://", "postgresql+psycopg2://"),
                "AIRFLOW__CELERY__BROKER_URL": self.redis.url,
                "AIRFLOW__CELERY__RESULT_BACKEND": "db+" + metadata.replace("postgresql://", "postgresql+psycopg2://"),
                "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
                "AIRFLOW__CELERY__SYNC_PARALLELISM": "1",
                "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(HEARTBEAT_S),
                "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "10",
                "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "5",
                "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
                "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
            }
        )

    def _muctieu(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from muctieu.cli import main; main()", *arguments]

    def _component(self, name: str, *arguments: str, ready: Callable[[], bool] | None = None, **variables: str) -> None:
        environment = self.environment | variables
        service = Service(
            name,
            self._muctieu("airflow", *arguments),
            self.folder / f"{name}.log",
            ready or (lambda: True),
            env=environment,
            cwd=REPOSITORY,
        )
        self._airflow[name] = service.start(wait_s=400)

    def add_worker(self, name: str) -> None:
        """A worker with a home and a disk of its own, as on a machine of its own; what is published is on a disk that all share."""
        disk = self.folder / name
        disk.mkdir(exist_ok=True)
        self._component(
            name,
            "celery", "worker", "--queues", "default", "--celery-hostname", f"{name}@cluster", "--skip-serve-logs",
            "--pid", str(disk / "pid"),
            MUCTIEU_HOME=str(disk), AIRFLOW_HOME=str(disk / "airflow"), TMPDIR=str(disk),
        )  # fmt: skip

    def _keep_alive(self) -> None:
        """Start what ended by itself, as `restart: unless-stopped` does."""
        while not self._ending.wait(1.0):
            for name, service in list(self._airflow.items()):
                if not service.is_running and name not in self._hands_off and not self._ending.is_set():
                    log.warning("%s ended with %s, starting it again", name, service.status)
                    self.outcome.restarted.append(name)
                    with suppress(RuntimeError):
                        service.start(wait_s=400)

    # --- what Airflow knows ------------------------------------------------------------------------------------------------------

    def _api_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v2/monitor/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def api(self, method: str, path: str, body: object = None) -> Any:
        """One request to Airflow's API; an operator's script would do the same."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/auth/token", timeout=60) as answer:
            token = json.load(answer)["access_token"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v2{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """From Airflow's own database; empty while PostgreSQL is away."""
        try:
            with psycopg.connect(self.postgres.url("airflow"), autocommit=True, connect_timeout=5) as connection:
                return connection.execute(sql).fetchall()
        except psycopg.OperationalError:
            return []

    def wait(self, what: str, done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"{what}: not after {seconds:.0f} s; tasks: {self.rows('select dag_id, task_id, state, try_number from task_instance')}"
                )
            time.sleep(0.5)

    def run(self, dag_ids: Sequence[str], seconds: float) -> None:
        """Let DAGs run, by their schedules or else by hand, and wait until their runs are over."""
        for dag_id in dag_ids:
            self.api("PATCH", f"/dags/{dag_id}", {"is_paused": False})
        with suppress(TimeoutError):  # a schedule whose last moment is past starts a run at once
            self.wait("scheduled runs", lambda: bool(self.rows(f"select 1 from dag_run where dag_id = '{dag_ids[-1]}'")), 20)
        known = {dag for (dag,) in self.rows("select dag_id from dag_run")}
        for dag_id in dag_ids:
            if dag_id not in known:
                self.api("POST", f"/dags/{dag_id}/dagRuns", {"logical_date": None})
        wanted = ", ".join(f"'{d}'" for d in dag_ids)

        def over() -> bool:
            states = self.rows(f"select dag_id, state from dag_run where dag_id in ({wanted})")
            return len(states) >= len(dag_ids) and all(state in ("success", "failed") for _, state in states)

        self.wait(f"runs of {', '.join(dag_ids)}", over, seconds)
        self.outcome.states |= dict(self.rows(f"select dag_id, state from dag_run where dag_id in ({wanted})"))

    # --- faults ------------------------------------------------------------------------------------------------------------------

    def worker_of(self, dag: str, task: str) -> str:
        """The worker whose process tree holds a running task."""
        import psutil

        (pid,) = next(
            iter(self.rows(f"select pid from task_instance where dag_id like '{dag}' and task_id = '{task}' and state = 'running'")), (0,)
        )
        with suppress(psutil.Error):
            above = {p.pid for p in psutil.Process(pid or 0).parents()} | {pid}
            for name, service in self._airflow.items():
                if service.process is not None and service.process.pid in above:
                    return name
        return ""

    def kill_worker(self, name: str) -> None:
        """As when its machine loses power: every process at once. Another one takes its place."""
        import psutil

        self._hands_off.add(name)
        service = self._airflow[name]
        assert service.process is not None
        tree = psutil.Process(service.process.pid)
        for process in [tree, *tree.children(recursive=True)]:
            with suppress(psutil.Error):
                process.kill()
        service.process.wait(10)
        self.add_worker(f"worker-{len(self._airflow)}")


def _kill_worker(dag: str, task: str) -> Callable[[Cluster], None]:
    def kill(cluster: Cluster) -> None:
        name = cluster.worker_of(dag, task)
        if not name:
            raise RuntimeError(f"no worker runs {task}: the fault came too late")
        cluster.kill_worker(name)

    return kill


def _restart(name: str) -> Callable[[Cluster], None]:
    def restart(cluster: Cluster) -> None:
        service: Service = getattr(cluster, name)
        service.stop(signal.SIGKILL if name == "redis" else signal.SIGINT)  # SIGINT: PostgreSQL's fast shutdown, which ends connections
        service.start()

    return restart


def _store_away(cluster: Cluster) -> None:
    cluster.store.stop(signal.SIGKILL)
    time.sleep(STORE_AWAY_S)
    cluster.store.start()


FAULTS = {
    f.name: f
    for f in (
        Fault("broker", "Redis killed and started again", "scrape_%", "scrape", _restart("redis")),
        Fault("scraper", "worker killed with SIGKILL while it scrapes", "scrape_%", "scrape", _kill_worker("scrape_%", "scrape")),
        Fault("store", f"object store away for {STORE_AWAY_S:.0f} s", BUILD, "load", _store_away),
        Fault("worker", "worker killed with SIGKILL while dbt builds", BUILD, "transform", _kill_worker(BUILD, "transform")),
        Fault("postgres", "PostgreSQL restarted (catalog, locks and Airflow's own database)", BUILD, "audit_marts", _restart("postgres")),
    )
}


def run_faults(cluster: Cluster, faults: Sequence[Fault]) -> threading.Thread:
    """One fault after another, each as soon as its task is at work."""

    def watch() -> None:
        for fault in faults:
            pattern = f"dag_id like '{fault.dag}' and task_id = '{fault.task}' and state = 'running'"
            while not cluster.rows(f"select 1 from task_instance where {pattern}"):
                if cluster._ending.wait(0.2):
                    return
            time.sleep(1.0)  # into it, not at its door
            hit = cluster.rows(f"select dag_id, task_id, state from task_instance where {pattern}")
            log.warning("fault: %s (running: %s)", fault.what, hit)
            try:
                fault.do(cluster)
            except Exception as error:
                log.exception("the fault could not be made")
                cluster.outcome.faults.append((fault.name, fault.what, f"NOT MADE: {error}"))
                continue
            cluster.outcome.faults.append((fault.name, fault.what, f"{hit[0][0]}.{hit[0][1]}" if hit else f"after {fault.task}"))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@contextmanager
def reading_along(cluster: Cluster) -> Iterator[None]:
    """Somebody who asks the warehouse again and again while it is built; an answer must be whole, whatever it says."""
    stop = threading.Event()

    def ask() -> None:
        from warehouse.engine import reading

        while not stop.wait(0.5):
            try:
                with reading(_settings(cluster).warehouse) as connection:
                    connection.execute("select count(*) from raw.article").fetchone()
                cluster.outcome.asked += 1
            except Exception:
                cluster.outcome.refused += 1

    for name in cluster.store.environment:
        os.environ[name] = cluster.store.environment[name]
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


def demo_on_cluster(folder: Path, faults: Sequence[Fault] = (), patience_s: float = 1800.0) -> Outcome:
    """The whole pipeline once; `patience_s` is for the scraping and for the build each."""
    began = time.monotonic()
    with Cluster(folder) as cluster:
        portals = sorted(p.stem for p in (REPOSITORY / "demo" / "portals").glob("*.yml"))
        dags = [f"scrape_{portal}" for portal in portals]
        known = "select dag_id from dag"
        cluster.wait("reading the DAG files", lambda: {*dags, BUILD} <= {d for (d,) in cluster.rows(known)}, 600)
        log.warning("Airflow is there after %.0f s", time.monotonic() - began)
        run_faults(cluster, faults)
        cluster.run(dags, patience_s)
        log.warning("scraped after %.0f s: %s", time.monotonic() - began, cluster.outcome.states)
        with reading_along(cluster):
            cluster.run([BUILD], patience_s)
        log.warning("built after %.0f s: %s", time.monotonic() - began, cluster.outcome.states)
        _look(cluster)
    cluster.outcome.seconds = time.monotonic() - began
    return cluster.outcome


def _look(cluster: Cluster) -> None:
    """What is published, and whether anything is there twice."""
    from warehouse.engine import reading
    from warehouse.load import RAW_TABLES
    from warehouse.publish import content_hash

    settings, outcome = _settings(cluster), cluster.outcome
    outcome.content_hash = content_hash(settings.current) if settings.current.exists() else "nothing published"
    with reading(settings.warehouse) as connection:
        for table in RAW_TABLES:
            key = ", ".join(table.key)
            row = connection.execute(
                f"select count(*) from (select {key} from raw.{table.name} group by all having count(*) > 1)"
            ).fetchone()
            outcome.doubled += int(row[0]) if row else 0
        found = connection.execute("select count(distinct article_id) from raw.article").fetchone()
        outcome.articles = int(found[0]) if found else 0
    again = "try_number > 1 and dag_id not like 'backfill%'"
    tried = cluster.rows(f"select dag_id || '.' || task_id, max(try_number) from task_instance where {again} group by 1")
    outcome.tries = {str(task): int(tries) for task, tries in tried}


def _settings(cluster: Cluster) -> Any:
    from muctieu.settings import read_settings

    return read_settings(cluster.environment)


def embedded(home: Path) -> str:
    """Content hash of what one process and one file publish."""
    from warehouse.publish import content_hash

    environment = without_ours(dict(os.environ)) | {"MUCTIEU_HOME": str(home)}
    subprocess.run(
        [sys.executable, "-c", "from muctieu.cli import main; main()", "run", "--demo"], env=environment, cwd=REPOSITORY, check=True
    )
    return content_hash(home / "published" / "current.duckdb")


def table(outcomes: Sequence[Outcome], wanted: str) -> str:
    """The runs as Markdown: a row a fault, and below what came of the run that they were made in."""
    lines = ["| run | fault | while |", "|---|---|---|"]
    for number, o in enumerate(outcomes, 1):
        lines += [f"| {number} | {what} | `{where}` |" for _, what, where in o.faults] or [f"| {number} | none | |"]
    lines += ["", "| run | ended | articles | rows twice | tasks tried again | started again | answers to a reader | same content |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for number, o in enumerate(outcomes, 1):
        ended = "completed" if set(o.states.values()) == {"success"} else str(o.states)
        again = ", ".join(f"`{task}` ({tries})" for task, tries in sorted(o.tries.items())) or "none"
        restarted = ", ".join(o.restarted) or "none"
        same = "yes" if o.content_hash == wanted else f"**no** ({o.content_hash[:12]})"
        answers = f"{o.asked}, {o.refused} refused"
        lines.append(f"| {number} | {ended} | {o.articles} | {o.doubled} | {again} | {restarted} | {answers} | {same} |")
    day = datetime.now(TIMEZONE)
    return "\n".join([*lines, "", f"Content hash of both profiles: `{wanted}`. Made on {day:%d/%m/%Y}."])


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every run completed with the content of the embedded default."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--faults", default=",".join(FAULTS), help=f"of {', '.join(FAULTS)}; all of them in one run when absent; empty: none"
    )
    parser.add_argument("--each", action="store_true", help="one run a fault")
    parser.add_argument("--folder", type=Path, help="where everything is kept; a temporary folder when absent")
    parser.add_argument("--expect", help="content hash of the embedded default; made here when absent")
    parser.add_argument("--write", action="store_true", help="put the table into docs/scaling.md")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started must not outlive this, however it ends
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    chosen = [FAULTS[name] for name in arguments.faults.split(",") if name]
    with tempfile.TemporaryDirectory(prefix="muctieu-cluster-") as temporary:
        folder = arguments.folder or Path(temporary)
        groups = [[fault] for fault in chosen] if arguments.each else [chosen]
        outcomes = []
        for number, faults in enumerate(groups):
            place = folder / f"run-{number}"
            place.mkdir(parents=True)
            outcomes.append(demo_on_cluster(place, faults))
            log.warning("%s", outcomes[-1])
        wanted = arguments.expect or embedded(folder / "embedded")
    said = table(outcomes, wanted)
    print(said)
    if arguments.write:
        text = DOCS.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        DOCS.write_text(f"{before}{BEGIN}\n{said}\n{END}{after}", encoding="utf-8")
    return 0 if all(o.content_hash == wanted and set(o.states.values()) == {"success"} and not o.doubled for o in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())

"""The DAG files: what they wire, and that reading them is cheap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from muctieu.settings import REPOSITORY

PORTAL = """
id: {id}
name: Cổng thử {id}
areas: [{{name: "Tỉnh Sơn La"}}]
hosts: [{{host: {id}.example.test}}]
maintainers: [{{name: Lan, email: lan@example.test}}]
platform: generic
status: {status}
schedule: "7 */4 * * *"
listings: [{{url: "https://{id}.example.test/tin"}}]
"""

DESCRIBE = """
import json, time
from airflow.dag_processing.dagbag import DagBag
import airflow.sdk, airflow.providers.standard.operators.python
began = time.process_time()
bag = DagBag({folder!r})
seconds = time.process_time() - began
print("DESCRIPTION" + json.dumps({{
    "seconds": seconds,
    "errors": bag.import_errors,
    "dags": {{i: {{
        "doc": bool(d.doc_md), "name": d.dag_display_name, "params": sorted(d.params), "runs": d.max_active_runs, "paused": d.is_paused_upon_creation,
        "schedule": repr(d.timetable), "deadlines": [[a.callback.path, a.interval.total_seconds()] for a in d.deadline or []],
        "tasks": {{t.task_id: {{"name": t.task_display_name, "pool": t.pool, "queue": t.queue, "weight": t.priority_weight, "many": getattr(t, "multiple_outputs", False), "rule": str(t.trigger_rule), "retries": t.retries, "teardown": t.is_teardown and not t.on_failure_fail_dagrun,
                               "called": [c.__name__ for c in (t.on_failure_callback if isinstance(t.on_failure_callback, list) else [t.on_failure_callback])],
                               "after": sorted(t.upstream_task_ids)}} for t in d.tasks}},
    }} for i, d in bag.dags.items()}},
}}))
"""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    home = tmp_path_factory.mktemp("airflow")
    portals = home / "portals"
    portals.mkdir()
    (portals / "mot.yml").write_text(PORTAL.format(id="mot", status="unverified"), encoding="utf-8")
    (portals / "cu.yml").write_text(PORTAL.format(id="cu", status="archive_only"), encoding="utf-8")
    environment = os.environ | {
        "AIRFLOW_HOME": str(home),
        "MUCTIEU_PORTALS": str(portals),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(REPOSITORY),
    }
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE.format(folder=str(REPOSITORY / "dags"))],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (line,) = [x for x in done.stdout.splitlines() if x.startswith("DESCRIPTION")]
    found: dict[str, object] = json.loads(line.removeprefix("DESCRIPTION"))
    assert found["errors"] == {}
    return found


def dags(described: dict[str, object]) -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    return described["dags"]  # type: ignore[return-value]


def test_one_scraping_dag_a_live_portal_and_none_for_an_archive(described: dict[str, object]) -> None:
    assert sorted(dags(described)) == ["backfill_mot", "build_warehouse", "maintain_warehouse", "scrape_mot", "weekly_digest"]


def test_every_dag_has_documentation_a_readable_name_and_readable_tasks(described: dict[str, object]) -> None:
    for dag in dags(described).values():
        assert dag["doc"]
        assert " " in str(dag["name"])
        assert all(task["name"] != task_id for task_id, task in dag["tasks"].items())


def test_scraping_takes_since_until_and_limit(described: dict[str, object]) -> None:
    assert dags(described)["scrape_mot"]["params"] == ["limit", "since", "until"]
    assert "portals" in dags(described)["build_warehouse"]["params"]


def test_every_task_that_fails_is_told_of_and_every_late_run(described: dict[str, object]) -> None:
    for dag_id, dag in dags(described).items():
        assert all(task["called"] == ["task_failed"] for task in dag["tasks"].values()), dag_id
        if dag_id not in (
            "weekly_digest",
            "maintain_warehouse",
            "backfill_mot",
        ):  # a week's summary can be late; years of a slow portal take hours
            assert [d[0] for d in dag["deadlines"]] == ["muctieu.callbacks.deadline_missed"], dag_id


def test_the_build_also_runs_by_time_because_a_broken_portal_brings_no_articles(described: dict[str, object]) -> None:
    schedule = str(dags(described)["build_warehouse"]["schedule"])
    assert "30 6 * * *" in schedule
    assert "muctieu://lake/articles" in schedule


def test_one_run_at_a_time_and_one_slot_a_host(described: dict[str, object]) -> None:
    scrape = dags(described)["scrape_mot"]
    assert scrape["runs"] == 1
    assert scrape["tasks"]["scrape"]["pool"] == "host_mot"


def test_the_past_waits_for_the_same_slot_behind_the_news(described: dict[str, object]) -> None:
    past, news = dags(described)["backfill_mot"], dags(described)["scrape_mot"]
    assert past["runs"] == 1
    assert past["tasks"]["read_year"]["pool"] == news["tasks"]["scrape"]["pool"] == "host_mot"
    assert past["tasks"]["read_year"]["weight"] < news["tasks"]["scrape"]["weight"]  # type: ignore[operator]
    assert not past["paused"], "a paused DAG keeps the runs of its backfills waiting"


def test_no_task_stores_each_key_of_its_result_on_its_own(described: dict[str, object]) -> None:
    """Airflow infers that from `-> dict`, and each key is a request and a row: 131 in a run of six DAGs."""
    assert [t for dag in dags(described).values() for t, d in dag["tasks"].items() if d["many"]] == []


def test_everything_that_opens_the_warehouse_holds_its_one_slot(described: dict[str, object]) -> None:
    tasks = dags(described)["build_warehouse"]["tasks"]
    assert {t for t, d in tasks.items() if d["pool"] == "warehouse_writer"} == {
        "load", "anything_new", "audit_raw", "transform", "audit_marts", "publish", "digest",
    }  # fmt: skip


def test_the_digest_runs_whatever_happened_and_publishing_waits_for_both_audits(described: dict[str, object]) -> None:
    for dag in ("build_warehouse", "scrape_mot"):
        digest = dags(described)[dag]["tasks"]["digest"]
        assert str(digest["rule"]).lower().endswith("all_done_setup_success")  # of a teardown without a setup: all done
        assert digest["teardown"], "else a digest that succeeds makes a failed run look like a good one (seen)"
    tasks = dags(described)["build_warehouse"]["tasks"]
    assert {"audit_raw", "audit_marts"} <= set(tasks["publish"]["after"])  # type: ignore[call-overload]


def test_reading_the_files_takes_under_a_second_of_cpu_beyond_airflow(described: dict[str, object]) -> None:
    assert described["seconds"] < 1.0  # type: ignore[operator]


def test_no_dag_file_is_named_dbt_because_dbt_would_import_it() -> None:
    assert not list((REPOSITORY / "dags").glob("dbt_*.py"))


def test_dag_files_only_wire() -> None:
    for path in (REPOSITORY / "dags").glob("*.py"):
        imported = {
            line.split()[1].split(".")[0] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(("from ", "import "))
        }
        assert imported <= {"__future__", "airflow", "muctieu", "datetime"}, path
    assert Path(REPOSITORY / "dags" / "build_warehouse.py").exists()

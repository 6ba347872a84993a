"""Run the DAGs once, without a scheduler, through Airflow itself: `python -m muctieu.headless`.

`airflow dags test` costs about 8 s each time, most of it imports and the first task; one process that calls `dag.test()` for
every DAG pays that once (a second DAG took 0.7 s). It cannot be stopped by SIGTERM while a task runs, so whoever starts it
must end it by a hard timeout: `muctieu run` does.

Progress goes to the file named by --events, one JSON object a line: {"dag", "state", "seconds", "failed": [task ids], "new"}.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from muctieu.processes import die_with_parent
from muctieu.settings import REPOSITORY


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 when every DAG run succeeded, 1 when one failed, 2 when the DAG files could not be read."""
    die_with_parent()
    arguments = _arguments(argv)
    events = Path(arguments.events)
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(REPOSITORY / "dags"))
    if bag.import_errors:
        _tell(events, dag="dags", state="failed", seconds=0, failed=[], error="\n".join(f"{f}: {e}" for f, e in bag.import_errors.items()))
        return 2
    scraping = sorted(
        i for i in bag.dags if i.startswith("scrape_") and (not arguments.portal or i.removeprefix("scrape_") in arguments.portal)
    )
    conf = {k: v for k, v in (("since", arguments.since), ("until", arguments.until), ("limit", arguments.limit)) if v}
    # a portal that failed must not keep the articles of the others from being published
    runs = [*((dag_id, conf) for dag_id in scraping), ("build_warehouse", {"full_refresh": True} if arguments.full_refresh else {})]
    first, *others = runs
    succeeded = [_run(bag.dags[first[0]], first[1], events)]
    with _stored_already():
        succeeded += [_run(bag.dags[dag_id], conf, events) for dag_id, conf in others]
    return 0 if all(succeeded) else 1


@contextmanager
def _stored_already() -> Iterator[None]:
    """Within it `dag.test()` does not parse and store every DAG file again.

    Airflow 3.3 does so at the start of each call, for DAGs that trigger others (apache/airflow#64884). Ours do not, the files are the
    ones that the first call stored, and six rounds were an eighth of the CPU time of a run that finds nothing new.
    """
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    bundles = DagBundlesManager.get_all_dag_bundles
    setattr(DagBundlesManager, "get_all_dag_bundles", lambda self: iter(()))  # noqa: ARG005, B010 - a method may not be assigned
    try:
        yield
    finally:
        setattr(DagBundlesManager, "get_all_dag_bundles", bundles)  # noqa: B010


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--events", required=True, help="file that progress is appended to")
    parser.add_argument("--portal", action="append", default=[], help="only these portals; all when absent")
    parser.add_argument("--since"), parser.add_argument("--until"), parser.add_argument("--limit", type=int)
    parser.add_argument("--full-refresh", action="store_true")
    return parser.parse_args(argv)


def _run(dag: Any, conf: dict[str, Any], events: Path) -> bool:
    _tell(events, dag=dag.dag_id, state="running", seconds=0, failed=[])
    began = time.monotonic()
    run = dag.test(run_conf=conf or None)
    instances = run.get_task_instances()
    failed = sorted({t.task_id for t in instances if t.state == "failed"})
    skipped = sorted({t.task_id for t in instances if t.state == "skipped"})
    _tell(events, dag=dag.dag_id, state=str(run.state), seconds=round(time.monotonic() - began, 1), failed=failed, skipped=skipped)
    return str(run.state) == "success"


def _tell(events: Path, **event: Any) -> None:
    with events.open("a", encoding="utf-8") as file:
        file.write(json.dumps(event, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())

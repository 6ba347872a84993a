"""The whole pipeline on PostgreSQL, Redis, an S3 store and two Celery workers, as processes, with a worker killed while dbt builds.

Runs where MUCTIEU_FAULTS names the faults to make (broker,scraper,store,worker,postgres; "none" for none): it costs minutes of both cores.
`python -m demo.cluster` makes the table of docs/scaling.md.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.cluster import FAULTS, demo_on_cluster, embedded
from demo.services import NotHereError, Postgres, Redis, Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.timeout(3600),
    pytest.mark.skipif("MUCTIEU_FAULTS" not in os.environ, reason="MUCTIEU_FAULTS names the faults to make, for example worker"),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not one of pytest's: those are closed to the user that PostgreSQL runs as."""
    made = Path(tempfile.mkdtemp(prefix="muctieu-cluster-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_a_cluster_publishes_what_one_process_does_whatever_breaks(folder: Path) -> None:
    try:
        for service in (Store, Redis, Postgres):
            service(folder / "there" / service.__name__)
    except NotHereError as error:
        pytest.skip(str(error))
    chosen = [FAULTS[name] for name in os.environ["MUCTIEU_FAULTS"].split(",") if name != "none"]
    outcome = demo_on_cluster(folder, chosen)
    assert [name for name, _, _ in outcome.faults] == [fault.name for fault in chosen]
    assert not any(where.startswith("NOT MADE") for _, _, where in outcome.faults), outcome.faults
    assert set(outcome.states.values()) == {"success"}, outcome.states
    if FAULTS["worker"] in chosen:
        assert outcome.tries.get("build_warehouse.transform", 1) > 1, "the killed task must have been tried again for this to mean anything"
    assert outcome.doubled == 0
    assert outcome.asked > 5, "somebody read while it was built"
    assert outcome.content_hash == embedded(folder / "embedded")

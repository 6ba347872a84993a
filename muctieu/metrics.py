"""Our own counters beside those of Airflow: what each portal gave and what it cost, as StatsD lines over UDP.

`MUCTIEU_STATSD=host:port` turns them on (the extra `metrics`); unset, nothing is sent. UDP loses lines and nobody waits for it: these are
for dashboards and alarms of an operator. What counts is in the warehouse (raw.run, ops.run, ops.source_health).

    muctieu.portal.<id>.pages|articles|versions|rejected|failed|requests   counters, after each run
    muctieu.portal.<id>.seconds                                            timer
    muctieu.portal.<id>.claims                                             counter, after each load
    muctieu.portal.<id>.outcome.<outcome>                                  counter
    muctieu.step.<step>.seconds, muctieu.step.<step>.<outcome>             timer and counter, after each step of a build
"""

from __future__ import annotations

import logging
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from muctieu.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from muctieu.records import Run

log = logging.getLogger(__name__)


def told_of_run(run: Run) -> None:
    """A portal was read."""
    if (client := _client()) is None:
        return
    name = f"portal.{run.portal_id}"
    counts = {"pages": run.fetched, "articles": run.new_articles, "versions": run.new_versions, "rejected": run.rejected}
    with client.pipeline() as line:
        for what, count in (counts | {"failed": run.failed, "requests": run.requests}).items():
            line.incr(f"{name}.{what}", count)
        line.incr(f"{name}.outcome.{run.outcome}")
        line.timing(f"{name}.seconds", (run.ended_at - run.started_at).total_seconds() * 1000)


def told_of_claims(claims: Mapping[str, int]) -> None:
    """New claims were loaded, by portal."""
    if (client := _client()) is None:
        return
    with client.pipeline() as line:
        for portal_id, count in claims.items():
            line.incr(f"portal.{portal_id}.claims", count)


def told_of_step(step: str, outcome: str, seconds: float) -> None:
    """A step of a build ended."""
    if (client := _client()) is None:
        return
    client.timing(f"step.{step}.seconds", seconds * 1000)
    client.incr(f"step.{step}.{outcome}")


def _client() -> Any:
    """The StatsD client of this process, None when nobody asked for one. Raises `UserError` for an address that is none."""
    address = os.environ.get("MUCTIEU_STATSD", "").strip()
    if not address:
        return None
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise UserError(f"MUCTIEU_STATSD={address!r}: phải là máy:cổng, ví dụ 127.0.0.1:8125")
    try:
        statsd = import_module("statsd")  # an extra: mypy, too, runs where it is not installed

        return statsd.StatsClient(host, int(port), prefix="muctieu")
    except (ImportError, OSError) as error:  # a run must not fail for want of a listener
        log.warning("không gửi được số đo tới %s: %s; cần uv sync --extra metrics và một máy nhận", address, error)
        return None

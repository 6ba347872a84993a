"""Logs: lines for people, or one JSON object a line with the run, the portal and the build that it is about.

`MUCTIEU_LOG=json` for whoever collects logs (Loki, Elasticsearch, CloudWatch); Airflow's own then come as JSON too. What a line is about is
bound where the work begins (`about`), so that no message has to repeat it.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import AbstractContextManager
from typing import IO, Any

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


def wants_json() -> bool:
    return os.environ.get("MUCTIEU_LOG", "").strip().lower() == "json"


def configure(stream: IO[str] | None = None, level: int = logging.INFO) -> None:
    """Send the log lines of this process to `stream` (stderr) as JSON, where that is wanted; else leave logging as it is."""
    if not wants_json():
        return
    handler = logging.StreamHandler(stream or sys.stderr)
    rendered = (structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer(ensure_ascii=False))
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=list(_SHARED), processors=rendered))
    logging.basicConfig(handlers=[handler], level=level, force=True)


def about(**what: Any) -> AbstractContextManager[None]:
    """Within it every log line of this thread says what it is about: portal_id, run_id, build_id."""
    return structlog.contextvars.bound_contextvars(**what)

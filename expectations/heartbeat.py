"""Whether anything runs at all: a mark that every build which ended well leaves, and what is said when it grows old.

A scheduler that stands still raises no alert, and neither does a machine that is off. So somebody else must look: cron, a systemd
timer or a monitoring system calls `muctieu heartbeat`. The mark is a file beside the reports, which needs no database (a build may hold
it, or it may be damaged) and can be asked for over HTTP where the reports are served.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from expectations.alerts import Problem
from muctieu.settings import TIMEZONE

FILE = "heartbeat.json"
FINGERPRINT = "heartbeat:build"
HOURS = 27.0  # a build every morning, an hour late at most two (LATE_AFTER_MIN of dags/build_warehouse.py), and one to spare


@dataclass(frozen=True, slots=True)
class Beat:
    """The newest build that ended well, whether or not there was anything new to publish."""

    build_id: str
    ended_at: datetime


def leave(folder: Path, build_id: str, now: datetime) -> None:
    """Write the mark, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{FILE}.{os.getpid()}"
    temporary.write_text(json.dumps(asdict(Beat(build_id, now)), default=datetime.isoformat) + "\n", encoding="utf-8")
    temporary.replace(folder / FILE)


def newest(folder: Path) -> Beat | None:
    """The mark; None when no build has ended well here yet. Raises ValueError with the path when it cannot be read."""
    path = folder / FILE
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Beat(str(row["build_id"]), datetime.fromisoformat(row["ended_at"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error


def is_late(beat: Beat, hours: float, now: datetime) -> bool:
    return now - beat.ended_at > timedelta(hours=hours)


def of_standstill(beat: Beat, hours: float, owner: str, now: datetime) -> Problem:
    """No build has ended well for longer than `hours`."""
    since = beat.ended_at.astimezone(TIMEZONE)
    passed = (now - beat.ended_at).total_seconds() / 3600
    return Problem(
        fingerprint=FINGERPRINT,
        severity="error",
        kind="build",
        subject="heartbeat",
        owner=owner,
        title_vi=f"Cả hệ thống đứng yên: {passed:.0f} giờ không có lượt dựng kho nào xong",
        title_en=f"Everything stands still: no build has ended well for {passed:.0f} hours",
        body_vi="Xem tiến trình `scheduler` và `dag-processor` của Airflow có chạy không, DAG build_warehouse có bị tạm dừng không, "
        "đĩa có đầy không; rồi mở trang tình trạng và `muctieu alerts list`. Số liệu đã công bố vẫn đọc được, nhưng đang cũ dần.",
        body_en="Look whether Airflow's scheduler and dag-processor run, whether build_warehouse is paused, whether the disk is full; "
        "then at the status page and `muctieu alerts list`. What was published can be read, but grows old.",
        evidence=f"Lượt dựng kho gần nhất xong lúc {since:%H:%M %d/%m/%Y} ({beat.build_id}); bình thường không quá {hours:g} giờ",
        cause_vi="Bộ lập lịch dừng, máy chủ tắt hay vừa khởi động lại, DAG bị tạm dừng, hoặc mọi lượt dựng kho đều hỏng.",
        cause_en="The scheduler stopped, the machine was off, a DAG is paused, or every build fails.",
        sighting=f"heartbeat:{beat.build_id}",
    )

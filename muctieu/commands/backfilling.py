"""`muctieu backfill`: years past of a portal, here or through Airflow, and how far they are."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from muctieu.errors import BackfillIncomplete, PortalFailed, UserError
from muctieu.settings import TIMEZONE, Settings, read_settings

if TYPE_CHECKING:
    from scrapers.backfill import Window
    from scrapers.registry import Portal

console = Console(highlight=False)
group = typer.Typer(invoke_without_command=True, help="Đọc các năm trước của một cổng, mỗi lượt một năm; bị ngắt thì chạy lại cùng lệnh.")

BUSY_RETRY_S = 15.0  # the run that holds the portal is a scheduled one and takes minutes
BUSY_LONGEST_S = 2 * 3600.0


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="backfill")


@group.callback()
def backfill(
    context: typer.Context,
    portal: Annotated[list[str] | None, typer.Option(help="Mã cổng (lặp lại được: lần lượt từng cổng)")] = None,
    since: Annotated[str | None, typer.Option(help="Từ ngày, YYYY-MM-DD hoặc YYYY")] = None,
    until: Annotated[str | None, typer.Option(help="Đến hết ngày, YYYY-MM-DD hoặc YYYY; mặc định là hôm nay")] = None,
    again: Annotated[bool, typer.Option("--again", help="Đọc lại cả những năm đã đọc hết")] = False,
    airflow: Annotated[
        bool, typer.Option("--airflow", help="Giao cho Airflow đang chạy (`airflow backfill create`) thay vì đọc ở đây")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho biết những năm nào sẽ được đọc")] = False,
) -> None:
    """Đọc các năm trước của một hay nhiều cổng, năm mới nhất trước, không nhanh hơn nhịp mà tệp cổng cho phép.

    Bị ngắt lúc nào cũng được: chạy lại cùng lệnh thì đi tiếp từ chỗ dừng, bài đã tải không tải lại. Hai lệnh không đọc cùng một cổng
    một lúc; lượt chạy theo lịch của cổng xen vào giữa hai năm.

    Ví dụ: muctieu backfill --portal binhlieu --since 2015 --until 2024 · muctieu backfill --portal binhlieu --since 2015 --airflow ·
    muctieu backfill status
    """
    if context.invoked_subcommand is not None:
        return
    if not portal or not since:
        raise UserError("cần --portal và --since; ví dụ: muctieu backfill --portal binhlieu --since 2015 --until 2024")
    from scrapers.registry import load_portals

    settings = read_settings()
    known = load_portals(settings.portals)
    for portal_id in portal:
        if portal_id not in known:
            raise UserError(f"không có cổng {portal_id!r}; các cổng: {', '.join(sorted(known))}")
        if known[portal_id].archive_only:
            raise UserError(f"{portal_id} chỉ còn bản lưu, không thu thập được; dùng import-warc hoặc import-html cho các trang đã lưu")
    days = _days(since, until)
    handle = _through_airflow if airflow else _here
    done = [handle(settings, known[portal_id], days, again, dry_run) for portal_id in portal]
    raise typer.Exit(0 if all(done) else 1)


def _days(since: str, until: str | None) -> Window:
    from scrapers.backfill import Window, windows

    today = datetime.now(UTC).astimezone(TIMEZONE).date()
    try:
        asked = Window(_day(since, "01-01"), min(_day(until, "12-31"), today) if until else today)
        windows(asked.since, asked.until)
    except ValueError as error:
        raise UserError(f"ngày không hợp lệ: {error}; viết YYYY-MM-DD hoặc YYYY") from error
    return asked


def _day(text: str, rest: str) -> date:
    return date.fromisoformat(f"{text}-{rest}" if len(text) == 4 else text)


# --- here ------------------------------------------------------------------------------------------------------------------------


def _here(settings: Settings, portal: Portal, days: Window, again: bool, dry_run: bool) -> bool:
    """Read the windows one after the other in this process; True when every one was read to its end."""
    from muctieu.lake import Lake
    from muctieu.processes import only_one
    from scrapers.backfill import left, plan, readings, windows

    lake = Lake(settings.lake)
    wanted = windows(days.since, days.until)
    open_ = wanted if again else left(wanted, readings(lake, portal.id))
    console.print(f"{portal.name}: {len(wanted)} năm, còn {len(open_)} năm phải đọc, tối đa {portal.http.rate_per_min:g} yêu cầu mỗi phút")
    if dry_run or not open_:
        for window in open_:
            console.print(f"  {window.since} – {window.until}")
        return True
    plan(lake, portal.id, days, datetime.now(UTC))
    failed = 0
    with only_one(settings.home / f"backfill-{portal.id}.lock"), _bars(portal.name, len(wanted), len(wanted) - len(open_)) as (told, ended):
        for window in open_:
            said = _read(portal, window, again, told)
            failed += said is not None
            ended(window, said)
    if failed:
        console.print(f"[yellow]{failed} năm chưa đọc hết; chạy lại cùng lệnh để đọc tiếp[/yellow]")
    console.print("Tiếp theo: muctieu build && muctieu publish, hoặc để lượt chạy theo lịch làm việc đó")
    return not failed


def _read(portal: Portal, window: Window, again: bool, told: Callable[[Any], None]) -> str | None:
    """One window; why it was not read to its end, or None. Waits while somebody else reads the portal."""
    from muctieu import tasks
    from scrapers.archive import PortalBusyError

    deadline = time.monotonic() + BUSY_LONGEST_S
    while True:
        try:
            tasks.backfill(portal.id, window.since, window.until, again=again, on_progress=told)
        except PortalBusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(BUSY_RETRY_S)
        except (PortalFailed, BackfillIncomplete) as error:
            return str(error)
        else:
            return None


@contextmanager
def _bars(name: str, total: int, done: int) -> Iterator[tuple[Callable[[Any], None], Callable[[Window, str | None], None]]]:
    """A bar for the years and one for what is being read."""
    words = {"recovering": "đọc lại lượt bị ngắt", "listing": "danh sách, trang", "article": "bài", "writing": "ghi"}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        years = progress.add_task(f"{name}: năm", total=total, completed=done)
        current = progress.add_task("", total=None)

        def told(event: Any) -> None:
            progress.update(current, description=f"  {words[event.stage]}", completed=event.done, total=event.total)

        def ended(window: Window, fault: str | None) -> None:
            mark = "[green]✓[/green]" if fault is None else f"[yellow]…[/yellow] {fault}:"
            progress.console.print(f"{mark} {window.since} – {window.until}")
            progress.advance(years)

        yield told, ended


# --- through Airflow -------------------------------------------------------------------------------------------------------------


def _through_airflow(settings: Settings, portal: Portal, days: Window, again: bool, dry_run: bool) -> bool:
    """Hand the windows to Airflow: whole years as its own backfill, newest first, and the year that is not over as a run by hand.

    Airflow refuses a second backfill of a DAG while one runs, and backfills only intervals that are over.
    """
    from muctieu.airflow_home import airflow_environment
    from muctieu.lake import Lake
    from scrapers.backfill import plan

    environment = airflow_environment(settings) | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    for command in airflow_commands(portal.id, days, datetime.now(UTC).astimezone(TIMEZONE).date(), again):
        arguments = [*command, "--dry-run"] if dry_run and command[0] == "backfill" else command
        if dry_run and command[0] != "backfill":
            console.print(f"airflow {' '.join(command)}")
            continue
        done = subprocess.run([sys.executable, "-m", "airflow", *arguments], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
            raise UserError(
                f"airflow {' '.join(command)}: {said[-1] if said else done.returncode}. Airflow có đang chạy không (muctieu up)?"
            )
        console.print(done.stdout.strip(), markup=False) if dry_run else None
    if not dry_run:
        plan(Lake(settings.lake), portal.id, days, datetime.now(UTC))
        where = f"{settings.airflow_url}/dags/backfill_{portal.id}" if settings.airflow_url else f"DAG backfill_{portal.id}"
        console.print(f"{portal.name}: đã giao cho Airflow ({where}); xem tiến độ bằng muctieu backfill status")
    return True


def airflow_commands(portal_id: str, days: Window, today: date, again: bool) -> list[list[str]]:
    """What to ask Airflow for. The data interval of a year begins on its first day."""
    conf: dict[str, Any] = {"since": days.since.isoformat(), "until": days.until.isoformat()} | ({"again": True} if again else {})
    commands = []
    last_whole = min(days.until.year, today.year - 1)
    if days.since.year <= last_whole:
        years = ["--from-date", f"{days.since.year}-01-01", "--to-date", f"{last_whole}-01-01", "--run-backwards", "--max-active-runs", "1"]
        reprocess = ["--reprocess-behavior", "completed" if again else "failed"]
        commands.append(["backfill", "create", "--dag-id", f"backfill_{portal_id}", *years, *reprocess, "--dag-run-conf", json.dumps(conf)])
    if days.until.year == today.year:
        this_year = conf | {"since": max(days.since, date(today.year, 1, 1)).isoformat()}
        commands.append(["dags", "trigger", f"backfill_{portal_id}", "--conf", json.dumps(this_year)])
    return commands


# --- how far -----------------------------------------------------------------------------------------------------------------------


@group.command()
def status(
    portal: Annotated[str | None, typer.Argument(help="Chỉ cổng này")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Mỗi năm một đối tượng JSON trên đầu ra chuẩn")] = False,
) -> None:
    """Các năm trước đã đọc đến đâu, của một cổng hay mọi cổng, ai đọc cũng vậy: Airflow hay lệnh này.

    Ví dụ: muctieu backfill status · muctieu backfill status binhlieu
    """
    from muctieu.lake import Lake
    from scrapers.backfill import Window, left, planned, readings

    settings = read_settings()
    lake = Lake(settings.lake)
    table = Table("Cổng", "Các ngày", "Tình trạng", "Bài mới", "Yêu cầu", "Đọc xong lúc", "Ghi chú")
    shown = 0
    for portal_id, wanted in sorted(planned(lake, portal).items()):
        found = readings(lake, portal_id)
        latest = {Window(r.since, r.until): r for r in found}
        open_ = set(left(wanted, found))
        for window in wanted:
            reading = latest.get(window)
            state = "đã đọc hết" if window not in open_ else "chưa đọc hết" if reading else "đang đợi"
            row = {
                "portal_id": portal_id,
                "since": window.since.isoformat(),
                "until": window.until.isoformat(),
                "complete": window not in open_,
            }
            row |= {"new_articles": reading.new_articles, "requests": reading.requests, "message": reading.message} if reading else {}
            shown += 1
            if jsonl:
                print(json.dumps(row, ensure_ascii=False))
                continue
            ended = f"{reading.ended_at.astimezone(TIMEZONE):%d/%m/%Y %H:%M}" if reading else ""
            counts = (str(reading.new_articles), str(reading.requests)) if reading else ("", "")
            table.add_row(portal_id, f"{window.since} – {window.until}", state, *counts, ended, reading.message if reading else "")
        if not jsonl:
            running = " (đang chạy ở máy này)" if _is_running(settings, portal_id) else ""
            console.print(f"{portal_id}: {len(wanted) - len(open_)} trong {len(wanted)} năm đã đọc hết{running}")
    if not shown:
        console.print("chưa ai yêu cầu đọc các năm trước; ví dụ: muctieu backfill --portal binhlieu --since 2015")
    elif not jsonl:
        console.print(table)


def _is_running(settings: Settings, portal_id: str) -> bool:
    """Whether a backfill holds the lock of the portal on this machine."""
    from muctieu.processes import only_one

    lock = settings.home / f"backfill-{portal_id}.lock"
    if not lock.is_file():
        return False
    with suppress(UserError), only_one(lock, wait_s=0):
        return False
    return True

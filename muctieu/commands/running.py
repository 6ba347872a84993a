"""`muctieu run`, `up`, `env`: the whole pipeline, once or on its schedule."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from muctieu.errors import UserError
from muctieu.processes import only_one
from muctieu.settings import REPOSITORY, Settings, read_settings

HARD_TIMEOUT_S = 1800  # a headless run ignores SIGTERM; the demo takes about a minute

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(up)
    app.command()(env)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})(airflow)
    app.command()(prepare_airflow)
    app.command()(prepare_store)


def run(
    demo: Annotated[bool, typer.Option("--demo", help="Dùng năm cổng mẫu chạy trên máy này thay cho các cổng thật")] = False,
    edition: Annotated[int, typer.Option(help="Ấn bản của các cổng mẫu: ở ấn bản 2, một bài đã được sửa sau khi đăng")] = 1,
    breakage: Annotated[
        list[str] | None,
        typer.Option("--break", metavar="KIỂU[:CỔNG]", help="Làm hỏng cổng mẫu để thử cảnh báo, ví dụ redesign:demo-sonla (lặp lại được)"),
    ] = None,
    portal: Annotated[list[str] | None, typer.Option(help="Chỉ các cổng này (lặp lại được)")] = None,
    since: Annotated[str | None, typer.Option(help="Chỉ bài đăng từ ngày này, YYYY-MM-DD")] = None,
    until: Annotated[str | None, typer.Option(help="Chỉ bài đăng đến hết ngày này, YYYY-MM-DD")] = None,
    limit: Annotated[int | None, typer.Option(help="Số bài mới tối đa mỗi cổng")] = None,
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="Dựng lại mọi bảng")] = False,
    timeout: Annotated[int, typer.Option(help="Số giây tối đa; quá hạn thì dừng hẳn")] = HARD_TIMEOUT_S,
) -> None:
    """Chạy toàn bộ quy trình một lần qua Airflow: thu thập, lưu trữ, trích xuất, nạp, biến đổi, kiểm định, công bố.

    Ví dụ: muctieu run --demo · muctieu run --portal sonla-city --since 2024-01-01 · muctieu run --demo --break down:demo-hanoi
    """
    from muctieu.airflow_home import airflow_environment, prepare
    from muctieu.summary import show_summary
    from muctieu.tasks import portals_to_schedule

    began = datetime.now(UTC)
    settings = read_settings()
    if breakage and not demo:
        raise UserError("--break làm hỏng cổng mẫu, nên chỉ dùng cùng --demo")
    world = demo_portals(settings, edition, breakage or ()) if demo else nullcontext(settings)
    with only_one(settings.home / "run.lock"), world as settings:
        environment = airflow_environment(settings)
        with console.status("Chuẩn bị Airflow…"):
            prepare([p.id for p in portals_to_schedule(settings)], environment)
        arguments = [*(f"--portal={p}" for p in portal or [])]
        arguments += [f"--{k}={v}" for k, v in (("since", since), ("until", until), ("limit", limit)) if v]
        arguments += ["--full-refresh"] if full_refresh else []
        events = _headless(arguments, environment, timeout)
    ok = show_summary(settings, events, began, console)
    raise typer.Exit(0 if ok else 1)


def _headless(arguments: list[str], environment: dict[str, str], timeout: int) -> list[dict[str, Any]]:
    """Run muctieu.headless, showing each DAG as it ends; a run past its time is killed with everything it started."""
    log = Path(environment["MUCTIEU_HOME"]) / "logs" / f"run-{datetime.now(UTC):%Y%m%dT%H%M%S}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as events_file, log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "muctieu.headless", f"--events={events_file.name}", *arguments],
            env=environment | {"MUCTIEU_HEADLESS": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that the whole group can be killed
        )
        try:
            events = _follow(process, Path(events_file.name), timeout)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if process.returncode and not any(e["state"] == "failed" for e in events):
        events.append({"dag": "headless", "state": "failed", "seconds": timeout, "failed": [], "error": f"mã thoát {process.returncode}"})
    for event in events:
        event["log"] = str(log)
    return events


def _follow(process: subprocess.Popen[bytes], file: Path, timeout: int) -> list[dict[str, Any]]:
    """Events until the process ends or its time is over."""
    deadline, seen, events = time.monotonic() + timeout, 0, []
    with console.status("Khởi động Airflow…") as status:
        while True:
            ended = process.poll() is not None
            lines = file.read_text(encoding="utf-8").splitlines()
            for line in lines[seen:]:
                event = json.loads(line)
                if event["state"] == "running":
                    status.update(f"Đang chạy {event['dag']}…")
                else:
                    events.append(event)
                    console.print(_line(event))
            seen = len(lines)
            if ended:
                return events
            if time.monotonic() > deadline:
                return [
                    *events,
                    {"dag": "headless", "state": "failed", "seconds": timeout, "failed": [], "error": "quá thời gian cho phép"},
                ]
            time.sleep(0.1)


def _line(event: dict[str, Any]) -> str:
    mark = "[green]✓[/green]" if event["state"] == "success" else "[red]✗[/red]"
    failed = f" [red]bước hỏng: {', '.join(event['failed'])}[/red]" if event["failed"] else ""
    return f"{mark} {event['dag']} [dim]{event['seconds']:.1f} s[/dim]{failed}"


@contextmanager
def demo_portals(settings: Settings, edition: int = 1, breakages: Sequence[str] = ()) -> Iterator[Settings]:
    """The demo portals on a free loopback port for as long as the block runs, and settings that scrape them.

    They live in a thread of this process, so that nothing is left behind however it ends.
    """
    from demo.breakages import read_breakage
    from demo.server import DemoServer

    try:
        broken = [read_breakage(text) for text in breakages]
    except ValueError as error:
        raise UserError(str(error)) from error
    with DemoServer(port=0, edition=edition, breakages=broken) as server:
        os.environ["MUCTIEU_DEMO_ADDRESS"] = server.url.removeprefix("http://")
        yield replace(settings, portals=(REPOSITORY / "demo" / "portals",), allow_private_hosts=True)


def up(
    demo: Annotated[bool, typer.Option("--demo", help="Kèm năm cổng mẫu")] = False,
    port: Annotated[int, typer.Option(help="Cổng của giao diện web Airflow")] = 8080,
) -> None:
    """Khởi động Airflow với giao diện web và lịch chạy; dừng bằng Ctrl+C."""
    from muctieu.airflow_home import airflow_environment, prepare
    from muctieu.tasks import portals_to_schedule

    with demo_portals(read_settings()) if demo else nullcontext(read_settings()) as settings:
        address = f"http://127.0.0.1:{port}"
        environment = airflow_environment(settings) | {
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__BASE_URL": address,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",  # workers ask here; the default is port 8080
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        }
        prepare([p.id for p in portals_to_schedule(settings)], environment)
        console.print(f"Airflow: {address} (người dùng admin, mật khẩu trong {environment['AIRFLOW_HOME']})")
        process = subprocess.Popen([sys.executable, "-m", "airflow", "standalone"], env=environment)
        try:
            raise typer.Exit(process.wait())
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def env() -> None:
    """In biến môi trường để lệnh `airflow` dùng đúng cài đặt này: eval "$(muctieu env)"."""
    import shlex

    from muctieu.airflow_home import our_variables

    for key, value in (our_variables(read_settings()) | {"PYTHONPATH": str(REPOSITORY)}).items():
        if key in os.environ:
            continue  # what the operator has set wins, and is not printed: it may be a secret
        print(f"export {key}={shlex.quote(value)}")
    print(f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"')


def airflow(context: typer.Context) -> None:
    """Chạy một lệnh của Airflow với cài đặt này, thay cho tiến trình hiện tại.

    Ví dụ: muctieu airflow scheduler · muctieu airflow celery worker --queues default
    """
    from muctieu.airflow_home import airflow_environment

    environment = airflow_environment(read_settings())
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *context.args], environment)


def prepare_airflow() -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu của Airflow và các pool; chạy trước khi khởi động các thành phần của Airflow.

    Ví dụ: muctieu prepare-airflow && muctieu airflow scheduler
    """
    from muctieu.airflow_home import airflow_environment, prepare
    from muctieu.tasks import portals_to_schedule

    settings = read_settings()
    portals = [p.id for p in portals_to_schedule(settings)]
    prepare(portals, airflow_environment(settings))
    console.print(f"Airflow đã sẵn sàng: {len(portals)} cổng")


def prepare_store() -> None:
    """Tạo các bucket của hồ dữ liệu và kho khi chưa có (chỉ với địa chỉ s3://).

    Ví dụ: MUCTIEU_LAKE=s3://muctieu/lake muctieu prepare-store
    """
    from muctieu.lake import Lake
    from muctieu.settings import DuckLake

    settings = read_settings()
    places = [settings.lake, *([settings.warehouse.data] if isinstance(settings.warehouse, DuckLake) else [])]
    for bucket in sorted({place.split("/")[2] for place in places if place.startswith("s3://")}):
        fs = Lake(f"s3://{bucket}").fs
        made = not fs.exists(bucket)
        if made:
            fs.mkdir(bucket)
        console.print(f"s3://{bucket}: {'đã tạo' if made else 'đã có'}")

"""`muctieu superset install|import|up|check`: the dashboards in Superset, on the published file."""

from __future__ import annotations

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from typing import Annotated

import typer
from rich.console import Console

from muctieu.errors import UserError
from muctieu.settings import read_settings

PORT = 8088
START_S = 120.0  # two workers that import Superset on a busy machine

console = Console(highlight=False)
group = typer.Typer(
    name="superset",
    help="Bảng điều khiển Superset trên kho đã công bố (chỉ đọc), trong môi trường Python riêng ở var/superset.",
    epilog="Ví dụ: `muctieu superset up` · `muctieu superset check` · `muctieu superset import`",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(group)


@group.command()
def install() -> None:
    """Cài Superset vào môi trường riêng (khoảng 850 MB, một lần); `up` tự làm việc này khi cần.

    Ví dụ: muctieu superset install
    """
    from dashboards.superset.service import install as install_superset
    from dashboards.superset.service import superset_of

    superset = superset_of(read_settings())
    with console.status("Cài Superset…"):
        new = install_superset(superset)
    console.print(f"[bold]{superset.venv}[/bold] {'đã cài xong' if new else 'đã có sẵn'}")


@group.command("import")
def import_assets() -> None:
    """Đưa cơ sở dữ liệu, biểu đồ và hai bảng điều khiển trong dashboards/superset/assets vào Superset; chạy lại bao nhiêu lần cũng được.

    Những gì sửa trong giao diện trên chính các biểu đồ này sẽ bị ghi đè; hãy lưu thành biểu đồ khác. Ví dụ: muctieu superset import
    """
    from dashboards.superset.bundle import read_assets
    from dashboards.superset.checks import problems
    from dashboards.superset.service import is_installed, prepare, superset_of

    settings = read_settings()
    superset = superset_of(settings)
    if not is_installed(superset):
        raise UserError("chưa cài Superset; chạy `muctieu superset install` trước")
    with console.status("Nhập vào Superset…"):
        found = prepare(settings, superset)
    for problem in problems(read_assets(), settings.current):  # a release of before a column was new, say: the other charts work
        console.print(f"[yellow]![/yellow] {problem}")
    console.print(f"Superset {found['version']}: {found['charts']} biểu đồ, bảng điều khiển {', '.join(found['dashboards'])}")


@group.command()
def up(
    port: Annotated[int, typer.Option(help="Cổng của giao diện web")] = PORT,
    host: Annotated[str, typer.Option(help="Địa chỉ để nghe; 0.0.0.0 mở ra cho máy khác")] = "127.0.0.1",
) -> None:
    """Cài nếu chưa có, nhập các bảng điều khiển rồi chạy Superset; dừng bằng Ctrl+C.

    Số liệu mới hiện ra ngay sau mỗi lần công bố, không cần khởi động lại. Ví dụ: muctieu superset up · muctieu superset up --port 9000
    """
    from dashboards.superset.service import start, superset_of

    settings = read_settings()
    superset = superset_of(settings)
    _must_be_free(host, port)
    install()
    import_assets()
    process = start(settings, superset, host, port)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))  # a container is stopped that way
    try:
        with console.status("Khởi động Superset…"):
            _wait(f"http://127.0.0.1:{port}/health", process.poll, str(superset.log))
        console.print(f"Superset: [bold]http://{host}:{port}/superset/dashboard/tien-do/[/bold]")
        console.print(f"người dùng admin, mật khẩu trong {superset.password_file}; nhật ký: {superset.log}")
        raise typer.Exit(process.wait())
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=60)


@group.command()
def check() -> None:
    """Mọi biểu đồ chỉ dùng những bảng và cột mà kho đã công bố có, và có dòng để vẽ; không cần cài Superset.

    Ví dụ: muctieu superset check
    """
    from dashboards.superset.bundle import read_assets
    from dashboards.superset.checks import chart_rows, problems

    settings = read_settings()
    if not settings.current.is_file():
        raise UserError(f"chưa có gì được công bố ở {settings.current}; chạy `make run` hoặc `muctieu publish` trước")
    assets = read_assets()
    found = problems(assets, settings.current)
    for problem in found:
        console.print(f"[red]✗[/red] {problem}", markup=True)
    if found:
        raise typer.Exit(1)
    for file, rows in chart_rows(assets, settings.current).items():
        mark = "[green]✓[/green]" if rows else "[yellow]–[/yellow]"
        console.print(f"{mark} {assets.charts[file]['slice_name']} [dim]{rows} dòng[/dim]")


def _must_be_free(host: str, port: int) -> None:
    """Said before minutes of installing: what answers on the port would be taken for this Superset."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(f"không nghe được ở {host}:{port} ({error.strerror}); chọn cổng khác bằng --port") from error


def _wait(address: str, ended: object, log: str) -> None:
    """Until the server answers."""
    assert callable(ended)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if ended() is not None:
            raise UserError(f"Superset đã dừng khi khởi động; xem {log}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise UserError(f"Superset không trả lời ở {address} sau {START_S:.0f} giây; xem {log}")

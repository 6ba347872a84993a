"""`muctieu backup`, `restore`: a copy of the installation, and the way back."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from muctieu.settings import read_settings

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    target: Annotated[str, typer.Argument(help="Thư mục hoặc địa chỉ fsspec (s3://…) chứa các bản sao lưu")],
    keep: Annotated[int, typer.Option(min=0, help="Chỉ giữ chừng này bản mới nhất; 0 là giữ tất cả")] = 0,
    list_: Annotated[bool, typer.Option("--list", help="Chỉ liệt kê các bản đã có")] = False,
) -> None:
    """Sao lưu hồ dữ liệu, kho, bản đã công bố và cơ sở dữ liệu của Airflow, kể cả khi đang có lượt chạy. Lần sau chỉ chép cái mới.

    Mật khẩu và khóa không nằm trong bản sao lưu. Ví dụ: muctieu backup /mnt/sao-luu --keep 14 · muctieu backup /mnt/sao-luu --list
    """
    from warehouse import backup as backups

    if list_:
        table = Table("Bản", "Lúc", "Phiên bản", "Lược đồ", "Số tệp", "MB", "Mã nội dung")
        for b in backups.backups(target):
            size = sum(size for size, _ in b.files.values()) / 1e6
            moment = f"{b.made_at:%Y-%m-%d %H:%M} UTC"
            table.add_row(b.stamp, moment, b.version, str(b.schema_version), str(len(b.files)), f"{size:.1f}", (b.content_hash or "")[:12])
        console.print(table)
        return
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console, transient=True) as progress:
        task = progress.add_task("Sao lưu", total=None)
        made = backups.backup(read_settings(), target, on_progress=lambda done, total: progress.update(task, completed=done, total=total))
    console.print(f"Bản sao lưu {made.stamp}: {len(made.files)} tệp, {made.copied} tệp mới của hồ dữ liệu, {made.seconds:.0f} giây")
    if keep:
        for stamp in backups.prune(target, keep):
            console.print(f"đã bỏ bản {stamp}")


def restore(
    target: Annotated[str, typer.Argument(help="Nơi chứa các bản sao lưu")],
    stamp: Annotated[str | None, typer.Option(help="Bản nào; mặc định là bản mới nhất")] = None,
) -> None:
    """Khôi phục vào một nơi trống (MUCTIEU_HOME mới), kiểm từng tệp bằng SHA-256 và bản đã công bố bằng mã nội dung.

    Ví dụ: MUCTIEU_HOME=/srv/muctieu-moi muctieu restore /mnt/sao-luu
    """
    from warehouse.backup import restore as bring_back

    settings = read_settings()
    with console.status("Khôi phục…"):
        found = bring_back(settings, target, stamp)
    console.print(
        f"Đã khôi phục bản {found.stamp} vào {settings.home}: {len(found.files)} tệp; mã nội dung {found.content_hash or 'chưa có'}"
    )

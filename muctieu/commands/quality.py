"""`muctieu quarantine …` and `muctieu alerts …`: what is held back and decided, who is told of what."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from muctieu.errors import UserError
from muctieu.settings import TIMEZONE, read_settings

if TYPE_CHECKING:
    import duckdb

    from expectations.alerts import Alert

console = Console(highlight=False)
quarantine = typer.Typer(help="Khu cách ly: dòng nào bị giữ lại, vì sao, và quyết định thả hay loại.", no_args_is_help=True)
alerts = typer.Typer(help="Cảnh báo: xem, nhận việc, gửi đi.", no_args_is_help=True)

Ids = Annotated[list[str], typer.Argument(help="Mã (vài ký tự đầu là đủ)")]
Reason = Annotated[str, typer.Option(help="Vì sao quyết định như vậy")]
By = Annotated[str | None, typer.Option(help="Ai quyết định; mặc định là người dùng đang đăng nhập")]

_DECISION = {"released": "đã thả", "rejected": "đã loại", "superseded": "đã có bản mới", None: "chờ quyết định"}
_COLOUR = {"error": "red", "warning": "yellow", "info": "blue"}


def register(app: typer.Typer) -> None:
    app.add_typer(quarantine, name="quarantine")
    app.add_typer(alerts, name="alerts")
    app.command()(heartbeat)


@contextmanager
def _warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse to write to; only for a moment, and, while it is a file, not while a build holds it."""
    import duckdb

    from warehouse.engine import exists
    from warehouse.schema import open_warehouse

    settings = read_settings()
    if not exists(settings.warehouse):
        raise UserError(f"chưa có kho dữ liệu ở {settings.warehouse}; chạy `make run` trước")
    try:
        with open_warehouse(settings.warehouse) as connection:
            yield connection
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise UserError(f"kho dữ liệu đang được một tiến trình khác ghi (một lần dựng kho?); thử lại sau ít phút: {error}") from error
        raise


def _who(by: str | None) -> str:
    return by or os.environ.get("MUCTIEU_USER") or getpass.getuser()


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(TIMEZONE):%d/%m/%Y %H:%M}" if moment else ""


@quarantine.command("list")
def list_held(
    portal: Annotated[str | None, typer.Option(help="Chỉ cổng này")] = None,
    rule: Annotated[str | None, typer.Option(help="Chỉ quy tắc này, hoặc các quy tắc bắt đầu như vậy (claims)")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Cả những dòng đã quyết định")] = False,
    limit: Annotated[int, typer.Option(help="Số dòng tối đa")] = 50,
) -> None:
    """Những dòng đang bị giữ lại, mới nhất trước.

    Ví dụ: muctieu quarantine list --rule claims --portal demo-sonla
    """
    from expectations.quarantine import held

    with _warehouse() as connection:
        rows = held(connection, portal=portal, rule=rule, everything=everything)
    if not rows:
        console.print("Không có dòng nào bị giữ lại.")
        return
    table = Table("Mã", "Cổng", "Quy tắc", "Lý do", "Bằng chứng", "Từ", *(["Quyết định"] if everything else []))
    for row in rows[:limit]:
        shown = [row.quarantine_id[:8], row.portal_id or "", row.rule, row.reason_vi, (row.evidence or row.url or "")[:80]]
        cells = [*shown, _when(row.quarantined_at), *([_DECISION[row.decision]] if everything else [])]
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)
    more = f" (hiện {limit}; --limit để xem thêm)" if len(rows) > limit else ""
    console.print(f"{len(rows)} dòng{more}. Xem kỹ một dòng: muctieu quarantine show MÃ")


@quarantine.command("show")
def show_held(quarantine_id: Annotated[str, typer.Argument(help="Mã (vài ký tự đầu là đủ)")]) -> None:
    """Một dòng bị giữ lại: quy tắc, lý do, câu gốc, và cách để nó vào kho."""
    from expectations.quarantine import one, siblings, text_of, way_back
    from expectations.suite import load_suites

    with _warehouse() as connection:
        row = one(connection, quarantine_id)
        title, text = text_of(connection, row)
        others = siblings(connection, row)
    check = next((c for s in load_suites() for c in s.checks if c.id == row.rule), None)
    facts = {
        "Quy tắc": f"{row.rule} ({row.severity})",
        "Lý do": row.reason_vi,
        "Vì sao có quy tắc": check.why if check else None,
        "Bằng chứng": row.evidence,
        "Bài": title,
        "Đoạn": text,
        "Trang gốc": row.url,
        "Dòng": f"{row.source_table} {row.source_id}" + (f", bản đọc {row.source_version}" if row.source_version else ""),
        "Giữ lại từ": f"{_when(row.quarantined_at)}, thấy lần cuối {_when(row.last_seen_at)}",
        "Quyết định": _DECISION[row.decision]
        + (f" bởi {row.decided_by} lúc {_when(row.decided_at)}: {row.decision_reason}" if row.decision else ""),
        "Cũng bị giữ bởi": ", ".join(f"{o.rule} ({o.quarantine_id[:8]})" for o in others) or None,
        "Cách trở lại": way_back(row, check.do if check else None) if row.decision in (None, "rejected") else None,
    }
    body = "\n".join(f"[dim]{label}:[/dim] {escape(str(value))}" for label, value in facts.items() if value)
    console.print(Panel(body, title=escape(row.quarantine_id), title_align="left"))


@quarantine.command()
def release(ids: Ids, reason: Reason, by: By = None) -> None:
    """Thả: dòng này đúng, lần dựng kho sau sẽ nhận.

    Ví dụ: muctieu quarantine release 3fa1 --reason "xã mới tách, 9/7 là đúng theo QĐ 1234"
    """
    from expectations.quarantine import decide, siblings

    with _warehouse() as connection:
        rows = decide(connection, ids, "released", by=_who(by), reason=reason, now=datetime.now(UTC))
        others = [(row, siblings(connection, row)) for row in rows]
    console.print(f"Đã thả {len(rows)} dòng; lần dựng kho sau (hoặc `muctieu build && muctieu publish`) sẽ nhận.")
    for row, still in others:
        for other in still:
            console.print(
                f"[yellow]{row.quarantine_id[:8]} vẫn bị giữ bởi quy tắc khác:[/yellow] {escape(other.rule)} ({other.quarantine_id[:8]})"
            )


@quarantine.command()
def reject(ids: Ids, reason: Reason, by: By = None) -> None:
    """Loại: dòng này sai thật, không bao giờ vào kho và không ai bị hỏi lại.

    Ví dụ: muctieu quarantine reject 3fa1 --reason "ngày tháng bị đọc thành phân số"
    """
    from expectations.quarantine import decide

    with _warehouse() as connection:
        rows = decide(connection, ids, "rejected", by=_who(by), reason=reason, now=datetime.now(UTC))
    console.print(f"Đã loại {len(rows)} dòng.")


@alerts.command("list")
def list_alerts(
    everything: Annotated[bool, typer.Option("--all", help="Cả những cảnh báo đã hết")] = False,
    portal: Annotated[str | None, typer.Option(help="Chỉ cổng, bảng hay mô hình này")] = None,
    limit: Annotated[int, typer.Option(help="Số dòng tối đa")] = 50,
) -> None:
    """Các cảnh báo đang mở, nặng nhất trước; cuối cùng là số thư đang đợi gửi."""
    from expectations.alerts import RANK
    from expectations.audit import read_alerts

    with _warehouse() as connection:
        found = read_alerts(connection, "(? or status <> 'resolved') and (? is null or subject = ?)", [everything, portal, portal])
        waiting = connection.execute("select count(*), max(attempts) from ops.outbox where status = 'pending'").fetchone()
    found.sort(key=lambda a: (not a.is_open, -RANK[a.severity], a.first_seen_at))
    table = Table("Mã", "Mức", "Vấn đề", "Bằng chứng", "Từ", "Lần", "Ai", "Tình trạng")
    for a in found[:limit]:
        cells = (a.title_vi, (a.evidence or "")[:120], _when(a.first_seen_at), str(a.occurrences), a.owner, _state(a))
        table.add_row(a.alert_id[:8], f"[{_COLOUR[a.severity]}]{a.severity}[/]", *(escape(cell) for cell in cells))
    console.print(table if found else "Không có cảnh báo nào.")
    if len(found) > limit:
        console.print(f"hiện {limit} trong {len(found)}; --limit để xem thêm")
    if waiting and waiting[0]:
        console.print(f"[yellow]{waiting[0]} thư đang đợi gửi[/yellow] (thử nhiều nhất {waiting[1]} lần); gửi ngay: muctieu alerts send")


def _state(alert: Alert) -> str:
    if alert.status == "resolved":
        return f"hết {_when(alert.resolved_at)}"
    if alert.status == "acknowledged":
        return f"{alert.acknowledged_by} đã nhận"
    return "đang mở" if alert.notified_at else "đang mở, chưa báo ai"


@alerts.command("show")
def show_alert(alert_id: Annotated[str, typer.Argument(help="Mã (vài ký tự đầu là đủ)")]) -> None:
    """Một cảnh báo: thấy gì, vì sao, cần làm gì, đã báo ai."""
    with _warehouse() as connection:
        (a,) = _find(connection, [alert_id])
        sent = connection.execute(
            "select channel, recipient, subject, status, coalesce(sent_at, created_at), last_error from ops.outbox "
            "where contains(payload, ?) order by created_at desc limit 10",
            [a.alert_id],
        ).fetchall()
    facts = {
        "Mức": f"{a.severity} · {a.kind} · {a.subject} · {a.fingerprint}",
        "Thấy gì": a.evidence,
        "Vì sao": a.cause_vi,
        "Cần làm": a.body_vi,
        "In English": f"{a.title_en}. {a.body_en}",
        "Trang": a.url,
        "Từ khi": f"{_when(a.first_seen_at)}, thấy lần cuối {_when(a.last_seen_at)}, {a.occurrences} lần",
        "Ai": a.owner,
        "Tình trạng": _state(a) + (f": {a.acknowledge_reason}" if a.status == "acknowledged" and a.acknowledge_reason else ""),
        "Đã báo": "\n  " + "\n  ".join(f"{_when(at)} {channel} {to}: {status} {error or ''}" for channel, to, _, status, at, error in sent)
        if sent
        else None,
    }
    body = "\n".join(f"[dim]{label}:[/dim] {escape(str(value))}" for label, value in facts.items() if value)
    console.print(Panel(body, title=escape(a.title_vi), title_align="left"))


@alerts.command()
def ack(ids: Ids, reason: Reason = "", by: By = None) -> None:
    """Nhận việc: không nhắc lại cho đến khi vấn đề nặng hơn hoặc đã hết.

    Ví dụ: muctieu alerts ack 5c0d --reason "đã gọi cho Sở TTTT, chiều nay sửa"
    """
    from expectations.alerts import acknowledge
    from expectations.audit import write_alerts
    from muctieu.rows import transaction

    with _warehouse() as connection:
        found = _find(connection, ids)
        if over := [a for a in found if not a.is_open]:
            raise UserError(f"cảnh báo {over[0].alert_id[:8]} đã hết lúc {_when(over[0].resolved_at)}, không cần nhận nữa")
        with transaction(connection):
            write_alerts(connection, [acknowledge(a, _who(by), reason, datetime.now(UTC)) for a in found])
    console.print(f"Đã nhận {len(found)} cảnh báo.")


@alerts.command()
def send(
    test: Annotated[str | None, typer.Option(help="Gửi thử một tin đến địa chỉ hay kênh này, không đụng đến cảnh báo nào")] = None,
) -> None:
    """Gửi ngay những gì đang đợi, và báo những cảnh báo chưa báo ai.

    Ví dụ: muctieu alerts send --test lan@example.org
    """
    from expectations.desk import open_desk, read_incidents, run_digest, settle_told
    from muctieu.lake import Lake

    settings, now = read_settings(), datetime.now(UTC)
    desk = open_desk(settings, dict(os.environ))
    if not desk.transports:
        raise UserError("chưa có cách gửi nào: đặt MUCTIEU_SMTP_URL, hoặc biến môi trường của một kênh trong " + str(settings.routes))
    if test:
        from expectations.desk import send_test

        send_test(desk, test, now)
        console.print(f"Đã gửi thử đến {test}.")
        return
    with _warehouse() as connection:
        read_incidents(connection, Lake(settings.lake), now, f"manual-{now:%Y%m%dT%H%M%S}")
        settle_told(connection, Lake(settings.lake))
        connection.execute("update ops.outbox set next_try_at = ? where status = 'pending'", [now])
        result = run_digest(connection, desk, now, f"manual-{now:%Y%m%dT%H%M%S}")
        errors = connection.execute(
            "select channel, recipient, last_error from ops.outbox where status = 'pending' and last_error is not null "
            "order by created_at limit 5"
        ).fetchall()
    d = result.delivery
    console.print(f"{result.told} cảnh báo được báo; {d.sent} thư đã gửi, {d.waiting} thư còn đợi.")
    for channel, recipient, error in errors:
        console.print(f"[red]{escape(channel)} {escape(recipient)}:[/red] {escape(error)}")
    raise typer.Exit(1 if d.failed else 0)


def heartbeat(
    hours: Annotated[float | None, typer.Option(help="Quá chừng này giờ không có lượt dựng kho nào xong là đứng yên (mặc định 27)")] = None,
    tell: Annotated[bool, typer.Option("--tell", help="Báo ngay cho người phụ trách; nhắc lại như mọi cảnh báo mức lỗi")] = False,
) -> None:
    """Cả hệ thống có còn chạy không? Cho cron hay hệ giám sát gọi, không cần Airflow hay kho dữ liệu đang rảnh.

    Mã thoát: 0 còn chạy, 2 đứng yên, 3 chưa biết (chưa có lượt nào xong).

    Ví dụ: 15 * * * * muctieu heartbeat --tell
    """
    from expectations.heartbeat import FILE, HOURS, is_late, newest, of_standstill

    settings, now, bound = read_settings(), datetime.now(UTC), HOURS if hours is None else hours
    try:
        beat = newest(settings.reports)
    except ValueError as error:
        console.print(f"CHƯA BIẾT - không đọc được dấu của lượt dựng kho: {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(3) from error
    if beat is None:
        console.print(f"CHƯA BIẾT - chưa có lượt dựng kho nào xong ở đây (không có {settings.reports / FILE})", soft_wrap=True)
        raise typer.Exit(3)
    last = f"lượt dựng kho gần nhất xong lúc {_when(beat.ended_at)}, {(now - beat.ended_at).total_seconds() / 3600:.1f} giờ trước"
    if not is_late(beat, bound, now):
        console.print(f"CÒN CHẠY - {last} (bình thường không quá {bound:g} giờ)", soft_wrap=True)
        return
    console.print(f"ĐỨNG YÊN - {last}; bình thường không quá {bound:g} giờ", soft_wrap=True)
    if tell:
        from muctieu.callbacks import note_problem

        note_problem(lambda routes: of_standstill(beat, bound, routes.default if routes else "", now), "heartbeat", now)
    raise typer.Exit(2)


def _find(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> list[Alert]:
    from expectations.audit import read_alerts

    found = []
    for alert_id in ids:
        matching = read_alerts(connection, "starts_with(alert_id, ?)", [alert_id]) if alert_id else []
        if len(matching) != 1:
            raise UserError(
                f"{'không có' if not matching else 'có nhiều'} cảnh báo với mã bắt đầu bằng {alert_id!r}; xem `muctieu alerts list --all`"
            )
        found += matching
    return found

"""What runs and checks say is wrong, as problems in words for the person who mends them.

Each function returns the problems and the fingerprints that were examined, so that an alert is only closed by something that looked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from expectations.alerts import Problem
from expectations.runner import CheckResult, PortalRows
from expectations.suite import Severity
from muctieu.records import Run

WIDESPREAD = 4  # a check that fails for so many portals at once is no matter of one portal: one alert for the suite's owner
MANY_NODES = 5  # more failed dbt nodes than this are one alert: they have one cause


@dataclass(frozen=True, slots=True)
class PortalCard:
    """What alerts need to know of a portal."""

    name: str
    owner: str  # e-mail addresses of its maintainers, separated by ", "
    url: str | None = None  # its main listing


class Health(Protocol):
    """A row of ops.source_health."""

    @property
    def portal_id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def last_run_at(self) -> datetime | None: ...
    @property
    def last_article_at(self) -> datetime | None: ...
    @property
    def message_vi(self) -> str: ...
    @property
    def message_en(self) -> str: ...


class Node(Protocol):
    """What dbt did with one model or test."""

    @property
    def name(self) -> str: ...
    @property
    def resource_type(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def failures(self) -> int | None: ...
    @property
    def message(self) -> str | None: ...
    @property
    def owner(self) -> str | None: ...
    @property
    def failed(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class HeldState:
    """What is known of the rows that one check holds back."""

    decided: frozenset[str]  # row keys that a person has decided about
    waiting_portals: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Words:
    severity: Severity
    title_vi: str
    title_en: str
    cause_vi: str
    cause_en: str
    do_vi: str
    do_en: str


# outcome of a scraping run, or state of a portal -> what is said about it
_PORTAL: dict[str, _Words] = {
    "broken": _Words(
        "error",
        "Cổng {name}: trang không còn đọc được",
        "Portal {name}: its pages can no longer be read",
        "Cổng đổi giao diện hay hệ quản trị nội dung, hoặc trả về trang rỗng.",
        "The portal was redesigned, or answers with empty pages.",
        "Chạy `muctieu portal check {portal}` để xem trang thật cạnh kết quả đọc, sửa bộ chọn trong tệp YAML của cổng, rồi "
        "`muctieu portal replay {portal}` để đọc lại các trang đã lưu.",
        "Run `muctieu portal check {portal}`, mend the selectors in the portal's YAML, then `muctieu portal replay {portal}`.",
    ),
    "blocked": _Words(
        "error",
        "Cổng {name}: bị chặn truy cập",
        "Portal {name}: access is blocked",
        "Tường lửa của cổng chặn địa chỉ của ta, hoặc ta hỏi quá nhanh.",
        "A firewall of the portal refuses our address, or we ask too fast.",
        "Giảm `http.rate_per_min` của cổng, thử mở trang từ cùng mạng bằng trình duyệt, rồi liên hệ đơn vị quản lý cổng.",
        "Lower `http.rate_per_min`, open the page in a browser from the same network, then contact the portal's operator.",
    ),
    "unreachable": _Words(
        "warning",
        "Cổng {name}: không kết nối được",
        "Portal {name}: cannot be reached",
        "Máy chủ của cổng đang ngừng, cổng đã chuyển tên miền, hoặc mạng của ta mất kết nối.",
        "The portal's server is down, the portal has moved, or our network is.",
        "Mở cổng bằng trình duyệt từ cùng mạng. Nếu cổng đã chuyển địa chỉ, thêm máy chủ mới vào `hosts`; nếu cổng chỉ tạm ngừng, "
        "không cần làm gì: lượt sau tự lấy bù.",
        "Open the portal in a browser from the same network; if it has moved, add the new host to `hosts`; else wait.",
    ),
    "degraded": _Words(
        "warning",
        "Cổng {name}: chất lượng thu thập giảm",
        "Portal {name}: scraping has degraded",
        "Một phần trang lỗi hoặc khác thường; phần còn lại vẫn được nhận.",
        "Some pages fail or look unusual; the rest is kept.",
        "Xem lý do bên trên và các trang bị giữ lại: `muctieu quarantine list --portal {portal}`.",
        "See the reason and the pages held back: `muctieu quarantine list --portal {portal}`.",
    ),
    "silent": _Words(
        "warning",
        "Cổng {name}: im lặng quá lâu",
        "Portal {name}: silent for too long",
        "Chuyên mục đã chuyển sang địa chỉ khác, hoặc cổng thật sự không đăng bài (đã trừ ngày nghỉ và Tết).",
        "The section has moved, or nothing was published (weekends and Tết do not count).",
        "Mở chuyên mục của cổng. Có bài mới mà ta không thấy: sửa `listings`. Không có bài mới: nới `normal.max.days_since_newest` "
        "hoặc `muctieu alerts ack`.",
        "Open the section; if there are articles we miss, mend `listings`; else raise `normal.max.days_since_newest` or acknowledge.",
    ),
    "unasked": _Words(
        "warning",
        "Cổng {name}: đã lâu không được thu thập",
        "Portal {name}: was not asked for a long time",
        "DAG của cổng bị tạm dừng trong Airflow, hoặc bộ lập lịch không chạy.",
        "The portal's DAG is paused in Airflow, or the scheduler does not run.",
        "Mở Airflow, bật lại DAG `scrape_{portal}`; nếu cổng đã ngừng hoạt động, đặt `status: archive_only`.",
        "Unpause the DAG `scrape_{portal}` in Airflow, or set `status: archive_only` if the portal is gone.",
    ),
}

# outcome -> outcomes that it rules out: an unreachable portal may well be broken still
_RULED_OUT: dict[str, tuple[str, ...]] = {
    "ok": ("broken", "blocked", "unreachable", "degraded"),
    "ok_empty_declared": ("broken", "blocked", "unreachable", "degraded"),
    "degraded": ("broken", "blocked", "unreachable"),
    "broken": ("blocked", "unreachable", "degraded"),
    "blocked": ("unreachable",),
}
_SILENCE_NOTE = "bài mới nhất đã"  # how a run says that the newest article is old (scrapers/health.py)


def of_portals(runs: Iterable[Run], health: Iterable[Health], portals: Mapping[str, PortalCard]) -> tuple[list[Problem], set[str]]:
    """Problems of the newest run of each portal, and of portals that are silent or were not asked.

    Only portals of the registry: one that left it is nobody's, and its alerts close.
    """
    found: list[Problem] = []
    states = {h.portal_id: h for h in health}
    newest: dict[str, Run] = {}
    for run in runs:
        if run.portal_id not in newest or run.started_at > newest[run.portal_id].started_at:
            newest[run.portal_id] = run
    examined = {f"portal:{portal}:" for portal in {*newest, *states} - set(portals)}
    for portal, run in newest.items():
        if portal not in portals:
            continue
        wrong, looked = of_run(run, portals[portal])
        state = states.get(portal)
        told_as_silent = state is not None and state.status == "silent" and _only_silence(run.message)
        found += [] if told_as_silent else wrong
        examined |= looked
    for portal, state in states.items():
        if portal not in portals:
            continue
        name = "silent" if state.status == "silent" else "unasked" if state.status == "unknown" and state.last_run_at else None
        # a portal that cannot be read is silent for that reason
        examined |= {f"portal:{portal}:{n}" for n in ("silent", "unasked") if n != name and state.status in ("healthy", "degraded", name)}
        if name:
            since = state.last_article_at if name == "silent" else state.last_run_at
            sighting = f"{name}:{since:%Y-%m-%d}" if since else name
            found.append(_portal_problem(name, portal, portals[portal], state.message_vi, sighting))
    return found, examined


def of_run(run: Run, card: PortalCard) -> tuple[list[Problem], set[str]]:
    """What one scraping run says of its portal."""
    examined = {f"portal:{run.portal_id}:{outcome}" for outcome in _RULED_OUT.get(run.outcome, ())}
    if run.outcome not in _PORTAL:
        return [], examined
    return [_portal_problem(run.outcome, run.portal_id, card, run.message, run.run_id)], examined


def of_portal_failure(portal_id: str, outcome: str, message: str, card: PortalCard, sighting: str) -> Problem:
    """The problem of a scraping run that could not read its portal; the same one that its run row gives."""
    return _portal_problem(outcome, portal_id, card, message, sighting)


def _portal_problem(state: str, portal: str, card: PortalCard, evidence: str, sighting: str) -> Problem:
    words = _PORTAL[state]
    fill = {"portal": portal, "name": card.name}
    return Problem(
        fingerprint=f"portal:{portal}:{state}",
        severity=words.severity,
        kind="source",
        subject=portal,
        owner=card.owner,
        title_vi=words.title_vi.format(**fill),
        title_en=words.title_en.format(**fill),
        body_vi=words.do_vi.format(**fill),
        body_en=words.do_en.format(**fill),
        evidence=evidence or None,
        url=card.url,
        cause_vi=words.cause_vi,
        cause_en=words.cause_en,
        sighting=sighting,
    )


def _only_silence(message: str) -> bool:
    return all(part.startswith(_SILENCE_NOTE) for part in message.split("; "))


def of_checks(results: Iterable[CheckResult], owners: Mapping[str, str], held: Mapping[str, HeldState]) -> tuple[list[Problem], set[str]]:
    """Problems of failed and broken checks. Failing rows of a portal are that portal's matter, unless the check stops the layer or
    fails for portals in general. Rows that a person has decided about are no problem.

    `owners`: portal id -> its maintainers. `held`: check id -> what is known of the rows that it holds back.
    """
    found: list[Problem] = []
    examined: set[str] = set()
    for r in results:
        base, state = f"check:{r.check.id}", held.get(r.check.id, HeldState(frozenset(), frozenset()))
        if r.status == "broken":
            found.append(_broken_check(r))
            examined.add(base)
            continue
        remaining = [p for p in (_undecided(p, state.decided) for p in r.by_portal) if p.row_keys]
        if r.status == "passed" or (r.row_keys and set(r.row_keys) <= state.decided):
            examined.add(base)
        elif r.blocks or not r.by_portal or len(remaining) >= WIDESPREAD:
            found.append(_failed_check(r, remaining))
            continue  # says nothing of a single portal
        else:
            examined.add(base)
            found += [_failed_for(r, p, owners.get(p.portal_id)) for p in remaining]
        examined |= {f"{base}:{portal}" for portal in r.portals}
        if r.check.quarantine:  # nothing left to decide about
            examined |= {f"{base}:{portal}" for portal in set(owners) - state.waiting_portals}
    return found, examined


def _undecided(rows: PortalRows, decided: frozenset[str]) -> PortalRows:
    return replace(rows, row_keys=tuple(k for k in rows.row_keys if k not in decided))


def _broken_check(r: CheckResult) -> Problem:
    return Problem(
        fingerprint=f"check:{r.check.id}",
        severity=r.check.severity,
        kind="data",
        subject=r.suite.table,
        owner=r.suite.owner,
        title_vi=f"Không chạy được phép kiểm tra {r.check.id}",
        title_en=f"Check {r.check.id} could not run",
        body_vi="Sửa tệp trong expectations/suites/ hoặc truy vấn của nó.",
        body_en="Mend the file in expectations/suites/ or its query.",
        evidence=r.message,
        cause_vi="Bảng hay cột mà phép kiểm tra đọc đã đổi tên, hoặc tệp phép kiểm tra viết sai.",
        cause_en="A table or column that it reads was renamed, or its file is wrong.",
    )


def _failed_check(r: CheckResult, portals: Sequence[PortalRows]) -> Problem:
    where = ", ".join(f"{p.portal_id} ({len(p.row_keys)})" for p in portals[:10])
    shown = "; ".join(r.sample[:3]) or ", ".join(r.row_keys[:3])
    evidence = ": ".join(x for x in (r.observed, shown) if x) + (f" · cổng: {where}" if where else "")
    return _check_problem(r, f"check:{r.check.id}", r.suite.table, r.suite.owner, evidence, f"{r.unexpected_count}/{r.element_count}", None)


def _failed_for(r: CheckResult, rows: PortalRows, owner: str | None) -> Problem:
    evidence = f"{len(rows.row_keys)} dòng" + (f": {'; '.join(rows.sample[:3])}" if rows.sample else "")
    who = ", ".join(filter(None, (owner, r.suite.owner)))
    fingerprint = f"check:{r.check.id}:{rows.portal_id}"
    problem = _check_problem(r, fingerprint, rows.portal_id, who, evidence, f"{len(rows.row_keys)} rows of {rows.portal_id}", rows.url)
    return replace(
        problem, title_vi=f"{problem.title_vi} (cổng {rows.portal_id})", title_en=f"{problem.title_en} (portal {rows.portal_id})"
    )


def _check_problem(r: CheckResult, fingerprint: str, subject: str, owner: str, evidence: str, count: str, url: str | None) -> Problem:
    vi, en = "", ""
    if r.check.quarantine:
        vi = " Các dòng này nằm trong khu cách ly: `muctieu quarantine list --rule " + r.check.id + "`."
        en = " These rows are in quarantine."
    elif r.blocks:
        vi, en = " Chưa công bố bản mới; bản cũ vẫn được giữ.", " Nothing new is published until it passes."
    return Problem(
        fingerprint=fingerprint,
        severity=r.check.severity,
        kind="data",
        subject=subject,
        owner=owner,
        title_vi=r.check.says,
        title_en=r.check.says_en,
        body_vi=r.check.do + vi,
        body_en=f"{count}; rule: {r.check.why}.{en}",
        evidence=evidence,
        url=url,
        cause_vi=r.check.cause,
        cause_en=r.check.why,
    )


def of_nodes(nodes: Sequence[Node], error: str | None = None) -> tuple[list[Problem], set[str]]:
    """Problems of failed dbt models and tests, for the owner in the model's YAML. `error`: dbt itself could not run."""
    failed = [n for n in nodes if n.failed]
    skipped = sum(n.status == "skipped" for n in nodes)
    examined = {f"dbt:{n.name}" for n in nodes if n.status != "skipped"}
    if error and not failed:
        return [_dbt_problem("dbt:build", "dbt", "warehouse", "dbt không chạy được", "dbt could not run", error, 0)], set()
    if len(failed) > MANY_NODES:
        listed = "; ".join(f"{n.name}: {_first_line(n.message)}" for n in failed[:5])
        title = f"Dựng kho: {len(failed)} mô hình và phép thử dbt hỏng", f"{len(failed)} dbt models and tests failed"
        return [_dbt_problem("dbt:build", "dbt", "warehouse", *title, f"{listed}; …", skipped)], examined
    found = [
        _dbt_problem(
            f"dbt:{n.name}",
            n.name,
            n.owner or "warehouse",
            f"{'Phép thử' if n.resource_type == 'test' else 'Mô hình'} dbt {n.name} không đạt",
            f"dbt {n.resource_type} {n.name} failed",
            (f"{n.failures} dòng; " if n.failures else "") + _first_line(n.message),
            skipped,
        )
        for n in failed
    ]
    return found, examined | {"dbt:build"}


def _first_line(message: str | None) -> str:
    return " ".join((message or "").split())[:300]


def _dbt_problem(fingerprint: str, subject: str, owner: str, vi: str, en: str, evidence: str, skipped: int) -> Problem:
    return Problem(
        fingerprint=fingerprint,
        severity="error",
        kind="build",
        subject=subject,
        owner=owner,
        title_vi=vi,
        title_en=en,
        body_vi="Xem các dòng sai: truy vấn nằm trong cột failing_rows_query của ops.build. Sửa mô hình hoặc dữ liệu gốc rồi chạy lại DAG "
        "build_warehouse. Bản đã công bố trước đó được giữ nguyên.",
        body_en="The query of the failing rows is in ops.build. Mend the model or its input and run build_warehouse again; "
        "what was published stays.",
        evidence=evidence + (f" ({skipped} mô hình sau nó bị bỏ qua)" if skipped else ""),
        cause_vi="Mã SQL hay từ vựng vừa đổi, hoặc dữ liệu mới vi phạm một điều mà mô hình dựa vào.",
        cause_en="The SQL or the codebook was changed, or new data breaks what the model relies on.",
    )


def of_refusal(blocking: Sequence[str]) -> Problem:
    """Publishing was refused by checks."""
    return Problem(
        fingerprint="publish:refused",
        severity="error",
        kind="publish",
        subject="published",
        owner="warehouse",
        title_vi="Không công bố bản mới: kiểm định không cho phép",
        title_en="Nothing new was published: the audit does not allow it",
        body_vi="Xử lý các cảnh báo của những phép kiểm tra này rồi chạy lại DAG build_warehouse. Người đọc vẫn thấy bản cũ.",
        body_en="Mend what these checks say, then run build_warehouse again. Readers keep what they have.",
        evidence=", ".join(blocking),
        cause_vi="Một phép kiểm tra mức lỗi không đạt.",
        cause_en="A check of severity error failed.",
    )


# what an exception says -> what it most likely comes from
_CAUSES: tuple[tuple[str, str, str], ...] = (
    (
        r"Could not set lock|Conflicting lock",
        "Một tiến trình khác đang mở tệp kho DuckDB (ví dụ một phiên `muctieu` hay công cụ BI mở nhầm tệp của bộ ghi).",
        "Another process has the writer's DuckDB file open.",
    ),
    (r"No space left|disk is full|ENOSPC", "Đĩa đã đầy.", "The disk is full."),
    (r"not a valid DuckDB database|Corrupt|checksum", "Tệp kho DuckDB bị hỏng.", "The DuckDB file is damaged."),
    (r"MemoryError|Out of Memory|oom", "Hết bộ nhớ.", "Out of memory."),
    (r"Permission denied", "Không có quyền đọc hoặc ghi tệp.", "A file may not be read or written."),
    (r"timeout|timed out|AirflowTaskTimeout", "Quá thời gian cho phép.", "It took longer than it may."),
    (r"RegistryError", "Một tệp YAML của cổng viết sai.", "A portal's YAML file is wrong."),
    (r"SuiteError", "Một tệp phép kiểm tra viết sai.", "A suite file is wrong."),
)


def of_task(dag_id: str, task_id: str, error: str | None, owner: str, dag_run_id: str) -> Problem:
    """A task failed for a reason that nothing else explains."""
    matched = next((c for c in _CAUSES if error and re.search(c[0], error, re.IGNORECASE)), None)
    killed = "Tiến trình bị giết giữa chừng (hết bộ nhớ, máy khởi động lại), hoặc bước này đã tự báo lỗi trong nhật ký."
    return Problem(
        fingerprint=f"task:{dag_id}:{task_id}",
        severity="error",
        kind="build",
        subject=f"{dag_id}.{task_id}",
        owner=owner,
        title_vi=f"Bước {task_id} của {dag_id} bị lỗi",
        title_en=f"Task {task_id} of {dag_id} failed",
        body_vi=f"Mở nhật ký của bước {task_id} trong Airflow, sửa nguyên nhân rồi chạy lại DAG {dag_id}; chạy lại không làm hỏng gì.",
        body_en=f"Read the log of {task_id} in Airflow, mend the cause, run {dag_id} again; every step can be repeated safely.",
        evidence=error,
        cause_vi=matched[1] if matched else ("Lỗi trong mã hoặc môi trường; xem nhật ký." if error else killed),
        cause_en=matched[2] if matched else ("An error of the code or the machine; see the log." if error else "The process was killed."),
        sighting=dag_run_id,
    )


def of_states(
    dag_id: str, dag_run_id: str, states: Mapping[str, str], explained: set[str], owners: Mapping[str, str]
) -> tuple[list[Problem], set[str]]:
    """Problems of tasks that failed without a word: a killed process runs no callback.

    `states`: task id -> state, mapped instances as "task_0". `explained`: tasks whose failure something else tells better.
    """
    by_task: dict[str, list[str]] = {}
    for name, state in states.items():
        base, _, index = name.rpartition("_")
        by_task.setdefault(base if index.isdigit() else name, []).append(state)
    found, examined = [], set()
    for task, ended in sorted(by_task.items()):
        if "failed" in ended:
            if task not in explained:
                text = f"{ended.count('failed')} trong {len(ended)} phần hỏng" if len(ended) > 1 else None
                found.append(of_task(dag_id, task, text, owners.get(task, ""), dag_run_id))
        elif "success" in ended:
            examined.add(f"task:{dag_id}:{task}")
    return found, examined


def of_deadline(dag_id: str, minutes: float, owner: str, dag_run_id: str) -> Problem:
    """A run was not finished in time."""
    return Problem(
        fingerprint=f"deadline:{dag_id}",
        severity="error",
        kind="build",
        subject=dag_id,
        owner=owner,
        title_vi=f"{dag_id} chạy quá hạn {minutes:g} phút",
        title_en=f"{dag_id} did not finish within {minutes:g} minutes",
        body_vi="Mở lượt chạy trong Airflow: bước nào đang chạy hay đang chờ? Bước đợi `warehouse_writer` là đợi bước khác nhả kho.",
        body_en="Open the run in Airflow: which task runs or waits? One that waits for `warehouse_writer` waits for another task.",
        evidence=f"Lượt chạy {dag_run_id}",
        cause_vi="Một bước bị treo, một cổng trả lời rất chậm, hoặc hàng đợi bị nghẽn.",
        cause_en="A task hangs, a portal answers very slowly, or the queue is stuck.",
        sighting=dag_run_id,
    )

"""What the results of a build say is wrong: failed checks and ailing portals as problems, in words for the person who mends them."""

from __future__ import annotations

from collections.abc import Iterable

from expectations.alerts import Problem
from expectations.runner import CheckResult
from expectations.suite import Severity
from muctieu.records import Run

# outcome of a scraping run -> severity, what is wrong, what to do
_OUTCOMES: dict[str, tuple[Severity, str, str, str, str]] = {
    "broken": (
        "error",
        "Cổng {portal}: trang không còn đọc được",
        "Portal {portal}: its pages can no longer be read",
        "Giao diện có thể đã đổi. Chạy `muctieu portal check {portal}` rồi sửa bộ chọn trong tệp YAML của cổng.",
        "The design may have changed. Run `muctieu portal check {portal}` and mend the selectors in the portal's YAML.",
    ),
    "blocked": (
        "error",
        "Cổng {portal}: bị chặn truy cập",
        "Portal {portal}: access is blocked",
        "Cổng trả về trang thử thách thay vì nội dung. Giảm `http.rate_per_min`, kiểm tra địa chỉ mạng, liên hệ đơn vị quản lý cổng.",
        "The portal answers with a challenge page. Lower `http.rate_per_min`, check the network address, contact the portal's operator.",
    ),
    "unreachable": (
        "warning",
        "Cổng {portal}: không kết nối được",
        "Portal {portal}: cannot be reached",
        "Thử mở cổng bằng trình duyệt từ cùng mạng; nếu cổng đã chuyển địa chỉ, thêm máy chủ mới vào `hosts`.",
        "Open the portal in a browser from the same network; if it has moved, add the new host to `hosts`.",
    ),
    "degraded": (
        "warning",
        "Cổng {portal}: chất lượng thu thập giảm",
        "Portal {portal}: scraping has degraded",
        "Xem lý do bên dưới và các trang bị giữ lại: `muctieu quarantine list --portal {portal}`.",
        "See the reason below and the pages held back: `muctieu quarantine list --portal {portal}`.",
    ),
}


def of_runs(runs: Iterable[Run], owners: dict[str, str]) -> tuple[list[Problem], set[str]]:
    """Problems of the newest run of each portal, and the fingerprints that these runs examined."""
    newest: dict[str, Run] = {}
    for run in runs:
        if run.portal_id not in newest or run.started_at > newest[run.portal_id].started_at:
            newest[run.portal_id] = run
    found = []
    for portal, run in newest.items():
        if run.outcome not in _OUTCOMES:
            continue
        severity, title_vi, title_en, do_vi, do_en = _OUTCOMES[run.outcome]
        found.append(
            Problem(
                fingerprint=f"portal:{portal}:{run.outcome}",
                severity=severity,
                kind="source",
                subject=portal,
                owner=owners.get(portal, "data"),
                title_vi=title_vi.format(portal=portal),
                title_en=title_en.format(portal=portal),
                body_vi=do_vi.format(portal=portal),
                body_en=do_en.format(portal=portal),
                evidence=run.message or None,
            )
        )
    return found, {f"portal:{portal}:" for portal in newest}


def of_checks(results: Iterable[CheckResult]) -> tuple[list[Problem], set[str]]:
    """Problems of failed and broken checks, and the fingerprints of all checks that ran."""
    found, examined = [], set()
    for r in results:
        fingerprint = f"check:{r.check.id}"
        examined.add(fingerprint)
        if r.status == "passed":
            continue
        broken = r.status == "broken"
        held = " Các dòng này đã được đưa vào khu cách ly." if r.check.quarantine and not broken else ""
        held_en = " These rows are in quarantine." if r.check.quarantine and not broken else ""
        found.append(
            Problem(
                fingerprint=fingerprint,
                severity=r.check.severity,
                kind="data",
                subject=r.suite.table,
                owner=r.suite.owner,
                title_vi=f"Không chạy được phép kiểm tra {r.check.id}" if broken else r.check.says,
                title_en=f"Check {r.check.id} could not run" if broken else r.check.says_en,
                body_vi=("Sửa tệp trong expectations/suites/ hoặc truy vấn của nó." if broken else r.check.do) + held,
                body_en=f"{r.unexpected_count} of {r.element_count} rows; rule: {r.check.why}{held_en}",
                evidence=r.message if broken else _evidence(r),
            )
        )
    return found, examined


def _evidence(result: CheckResult) -> str:
    """How many, and what the first ones are."""
    shown = "; ".join(result.sample[:3]) or ", ".join(result.row_keys[:3])
    return f"{result.observed}: {shown}" if shown else result.observed

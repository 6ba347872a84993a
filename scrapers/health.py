"""How a run of a portal ended: ok, ok_empty_declared, degraded, broken, blocked or unreachable.

Floors are fatal and ceilings are warnings (`normal` in the portal's YAML). A violated bound is something to explain, not to adjust:
most silent failures of other projects were found by a reader months later, not by an alarm.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Literal

from muctieu.calendar import quiet_days
from scrapers.discovery import Walk
from scrapers.reading import Reading
from scrapers.registry import Portal

RunOutcome = Literal["ok", "ok_empty_declared", "degraded", "broken", "blocked", "unreachable"]

_UNREACHABLE = frozenset(("timeout", "dns_error", "connection_error", "tls_error", "truncated", "http_error", "too_large"))
_BLOCKED = frozenset(("blocked", "robots_disallowed", "redirect_refused"))
_REQUESTS_JUDGED_FROM = 50  # a run that asks for less costs the portal nothing
_DUPLICATES_JUDGED_FROM = 20


@dataclass(slots=True)
class Measures:
    """What a run saw, as bounds are about it."""

    walks: list[Walk] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)  # of articles that were read in this run
    failures: Counter[str] = field(default_factory=Counter)  # outcome -> article fetches that failed
    requests: int = 0  # all but those of revisits
    fetched: int = 0  # articles
    new: int = 0  # articles or versions
    repeated_stories: int = 0  # new articles whose text another new article of the run has
    newest: datetime | None = None  # publication of the newest article known after the run
    aborted: str | None = None  # why fetching articles was given up


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: RunOutcome
    message: str  # Vietnamese, for maintainers; "" when all is well


def judge_run(portal: Portal, seen: Measures, now: datetime) -> Verdict:
    """The outcome of a run, with every reason. The gravest counts."""
    if verdict := _cut_off(seen):
        return verdict
    broken = [*_broken_listings(seen), *_under_floors(portal, seen)]
    if broken:
        return Verdict("broken", "; ".join(broken))
    warnings = [*_incomplete(seen), *_above_ceilings(portal, seen, now)]
    if warnings:
        return Verdict("degraded", "; ".join(warnings))
    if seen.walks and all(w.ended == "empty" for w in seen.walks):
        return Verdict("ok_empty_declared", "Cổng báo không có bài nào trong các chuyên mục.")
    return Verdict("ok", "")


def _cut_off(seen: Measures) -> Verdict | None:
    """The portal could not be read at all."""
    failed = [w for w in seen.walks if w.ended == "failed"]
    if seen.walks and len(failed) == len(seen.walks) and not any(w.found for w in seen.walks):
        outcomes = {w.outcome for w in failed}
        detail = failed[0].problems[-1] if failed[0].problems else ""
        if outcomes & _BLOCKED:
            return Verdict("blocked", f"Cổng từ chối mọi chuyên mục: {detail}")
        if outcomes & _UNREACHABLE:
            return Verdict("unreachable", f"Không truy cập được cổng: {detail}")
        return Verdict("broken", f"Không chuyên mục nào còn ở địa chỉ đã khai báo: {detail}")
    if seen.aborted:
        blocked = sum(seen.failures[o] for o in _BLOCKED) >= sum(seen.failures[o] for o in _UNREACHABLE)
        if not seen.fetched:
            return Verdict("blocked" if blocked else "unreachable", seen.aborted)
    return None


def _broken_listings(seen: Measures) -> list[str]:
    """All listings unreadable is a broken portal; one of several is reported by `_incomplete`."""
    broken = [w for w in seen.walks if w.ended == "broken" and not w.found]
    if broken and not any(w.found or w.complete for w in seen.walks):
        # one example: a redesign breaks all of them alike, and who reads it has a minute
        url, problems = broken[0].source.url, broken[0].problems
        why = problems[-1].removesuffix(f" on {url}") if problems else "trang không có liên kết nào"
        return [f"Không đọc được {len(broken)} trong {len(seen.walks)} chuyên mục, ví dụ {url}: {why}"]
    return []


def _under_floors(portal: Portal, seen: Measures) -> list[str]:
    floor, faults = portal.normal.min, []
    for walk in seen.walks:
        if walk.ended not in ("failed", "empty", "broken") and walk.source.kind == "listing" and walk.first_page < floor.links_per_listing:
            faults.append(f"{walk.source.url}: {walk.first_page} liên kết, dưới mức tối thiểu {floor.links_per_listing:g}")
    pages = [r for r in seen.readings if r.expected]
    if len(pages) < portal.normal.judged_from:
        return faults
    shares = {
        "tiêu đề": ("has_title", floor.fill_title),
        "ngày đăng": ("has_date", floor.fill_date),
        "nội dung": ("has_body", floor.fill_body),
    }
    for name, (attribute, least) in shares.items():
        lacking = sum(not getattr(r, attribute) for r in pages)
        # one odd page among a few is no trend: whole articles are counted, at least one may be odd
        if lacking > max(1, math.ceil((1 - least) * len(pages))):
            faults.append(f"{lacking} trong {len(pages)} bài không có {name}; mức tối thiểu là {least:.0%} số bài")
    bodies = [len(r.article.body_text) for r in pages if r.article]
    if bodies and median(bodies) < floor.body_chars_p50:
        faults.append(f"độ dài nội dung trung vị {median(bodies):.0f} ký tự, dưới mức tối thiểu {floor.body_chars_p50:g}")
    return faults


def _incomplete(seen: Measures) -> list[str]:
    notes = []
    for walk in seen.walks:
        if walk.ended in ("failed", "broken", "loop"):
            notes.append(f"Chuyên mục {walk.source.url} chưa đọc hết: {walk.problems[-1] if walk.problems else walk.ended}")
        elif walk.ended == "max_pages":
            notes.append(f"Chuyên mục {walk.source.url} dài hơn {walk.pages} trang (max_pages); phần cũ hơn chưa đọc")
    if seen.aborted:
        notes.append(seen.aborted)
    return notes


def _above_ceilings(portal: Portal, seen: Measures, now: datetime) -> list[str]:
    ceiling, notes = portal.normal.max, []
    if seen.newest is not None and quiet_days(seen.newest, now) > ceiling.days_since_newest:
        age = (now - seen.newest).total_seconds() / 86400
        notes.append(f"bài mới nhất đã {age:.0f} ngày tuổi, quá mức {ceiling.days_since_newest:g} ngày")
    if seen.requests > max(_REQUESTS_JUDGED_FROM, ceiling.requests_per_new * max(seen.new, 1)):
        notes.append(f"{seen.requests} yêu cầu cho {seen.new} bài mới, quá mức {ceiling.requests_per_new:g} yêu cầu mỗi bài")
    failed = sum(seen.failures.values())
    if failed and failed / (failed + seen.fetched) > ceiling.failed_share:
        kinds = ", ".join(f"{count} {outcome}" for outcome, count in seen.failures.most_common())
        notes.append(f"{failed} bài không tải được ({kinds})")
    if seen.new >= _DUPLICATES_JUDGED_FROM and seen.repeated_stories / seen.new > ceiling.duplicate_share:
        notes.append(f"{seen.repeated_stories} trong {seen.new} bài mới trùng nội dung với bài khác")
    return notes

"""Why a quantity that has an indicator is no claim after all: gifts, registrations, definitions, other countries, other money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extraction.clauses import Slot
from extraction.cues import TERMS
from extraction.indicators import codebook
from extraction.model import Text
from extraction.terms import Zone, read_lexicon

_OTHER_ZONES = "xã khu vực I và II"
_REGISTERED_OK = ("poverty.review.applied",)
_ANYWHERE_OK = ("labour.overseas",)
_PROGRAMME_RE = re.compile(
    r"chương trình (?:mục tiêu|mtqg|135|30a|1719|xây dựng|giảm nghèo|phát triển|nông thôn|ocop|này|quốc gia)|các chương trình"
    r"|(?:3|03|ba|hai|2|02) chương trình|mtqg|ctmtqg|mục tiêu quốc gia|nông thôn mới|\bntm\b|giảm nghèo|dân tộc thiểu số|\bdtts\b"
    r"|mỗi xã một sản phẩm|ocop|nhà tạm|dột nát|nghị quyết (?:số )?30a|mô hình sinh kế|rà soát hộ nghèo|hỗ trợ sinh kế"
)
# "Ông đang tính đào ao, vốn 180 triệu đồng"; not "Ông A, Chủ tịch UBND xã, cho biết: …"
_PERSON_RE = re.compile(
    r"[\W_]*(?:năm (?:\d+|nay), )?(?:ông|bà|anh|chị|gia đình|vợ chồng|hộ (?:ông|bà|anh|chị))\b"
    r"(?![^.;\n]{0,160}(?:chủ tịch|bí thư|giám đốc|trưởng|cho biết|cho hay|ubnd))"
)
_SAID_BEFORE_RE = re.compile(r"\s*(?:này|đó|nói trên|kể trên|trên đây|vừa nêu)\b")
_BY_NAME_ALONE = "ntm.commune.certified/2@"  # the row that needs no word of having met the standard
_BUILDING_RE = re.compile(r"\s*(?:đang |triển khai |tham gia |thực hiện |còn lại )*xây dựng (?:nông thôn mới|ntm)\b")
_OVER_RE = re.compile(r"\b(?:vượt(?: thêm)?|tăng(?: thêm)?|nhiều hơn|cao hơn)\s*$")
_THE_PLAN_RE = re.compile(r"\b(?:kế hoạch|chỉ tiêu|mục tiêu|nghị quyết|lộ trình)\b")
_SO_WITH_PLAN_RE = re.compile(r"\bso(?: với)? (?:kế hoạch|chỉ tiêu|mục tiêu|nghị quyết|lộ trình)")
# "58 huyện có tỷ lệ hộ nghèo trên 50%": which places are meant, no rate of theirs
_SUCH_PLACES_RE = re.compile(
    r"\b(?:các|những|\d+|số|tại|ở) (?:xã|huyện|thôn|bản|ấp|địa phương|đơn vị|tỉnh|nơi)\b[^,;.%]{0,30}\bcó (?:tỷ|tỉ) lệ (?:hộ )?nghèo"
    r"[^,;.%]{0,40}$"
)
_MONEY_CONTEXT = 2000  # characters
_OTHER_MONEY_RE = re.compile(r"đầu tư công|vốn đầu tư nước ngoài|thu ngân sách|chi ngân sách|vốn fdi|vốn oda")


@dataclass(frozen=True, slots=True)
class Negative:
    """Words next to which a number is no claim."""

    scope: str  # near | lead | tail | sentence
    of: str  # beginning of the codes that it holds for; empty for all
    terms: frozenset[int]
    reason: str


@cache
def negatives() -> tuple[Negative, ...]:
    """Rows of negatives.csv."""
    return tuple(Negative(r["scope"], r["of"], TERMS.alternatives(r["words"]), r["reason"]) for r in read_lexicon("negatives.csv"))


@cache
def _negative_words() -> frozenset[int]:
    return frozenset().union(*(n.terms for n in negatives()))


def rejection(text: Text, slot: Slot) -> str | None:
    """Why a quantity is no claim, or None."""
    if slot.qualifies is not None:
        return "nói rõ số khác"
    if slot.indicator is None:
        return "không rõ chỉ tiêu"
    if _SAID_BEFORE_RE.match(text.folded[slot.q.end : slot.q.end + 12]) and slot.unit_in not in (
        "percent",
        "vnd",
    ):
        return "nhắc lại số đã nêu"
    if (
        slot.q.op in ("gt", "ge", "lt")
        and slot.unit_in == "percent"
        and _SUCH_PLACES_RE.search(text.folded[max(slot.sentence.start, slot.q.start - 110) : slot.q.start])
    ):
        return "điều kiện của nơi được nói đến"
    if slot.q.form == "zero" and not slot.indicator.startswith(("poverty.", "dtts.", "ntm.")):
        return "không có gì để đếm"
    if slot.unit_in in ("criterion", "subcriterion") and re.search(
        r"bộ tiêu chí[^,;]{0,30}\b(?:có|gồm|là)\b[^,;]*$", text.folded[slot.far_start : slot.q.start]
    ):
        return "số tiêu chí của bộ tiêu chí"
    if slot.indicator == "ntm.commune.certified" and slot.rule.startswith(_BY_NAME_ALONE) and _BUILDING_RE.match(text.folded, slot.q.end):
        return "đang xây dựng"
    if _over_the_plan(text, slot):
        return "phần vượt kế hoạch"
    if slot.indicator.startswith("budget.") and slot.q.value < 1e9 and _PERSON_RE.match(text.folded, slot.sentence.start):
        return "chuyện một nhà"
    if slot.indicator.startswith("budget.") and not _of_programme(text, slot):
        return "vốn không thuộc chương trình"
    said = slot.lead_wide.terms | slot.tail_far.terms
    if _negative_words().isdisjoint(said):
        return _implausible(slot)
    for negative in negatives():
        if negative.reason == _OTHER_ZONES and slot.unit_in != "commune":
            continue  # "86 thôn đặc biệt khó khăn thuộc các xã khu vực II"
        if slot.indicator in _ANYWHERE_OK or (negative.reason == "mới đăng ký" and slot.indicator in _REGISTERED_OK):
            continue
        if not slot.indicator.startswith(negative.of):
            continue
        zones = _negative_zones(slot, negative.scope)
        if any(not negative.terms.isdisjoint(zone.terms) for zone in zones):
            return negative.reason
    return _implausible(slot)


def _over_the_plan(text: Text, slot: Slot) -> bool:
    """ "đạt chuẩn 71 xã, vượt 6 xã so với kế hoạch": by how many a plan was exceeded is neither what was planned nor what was reached."""
    if slot.unit_in in ("percent", "percentage_point", "None") or not _OVER_RE.search(
        text.folded[max(slot.lead_start, slot.q.start - 14) : slot.q.start]
    ):
        return False
    after = _THE_PLAN_RE.search(text.folded, slot.q.end, min(slot.far_end, slot.q.end + 50))
    return after is not None or _SO_WITH_PLAN_RE.search(text.folded, slot.far_start, slot.q.start) is not None


def _of_programme(text: Text, slot: Slot) -> bool:
    """Is money that of the programmes: named in its sentence, or before it without other money between?"""
    sentence = text.folded[slot.sentence.start : slot.sentence.end]
    if _PROGRAMME_RE.search(sentence):
        return True
    if _OTHER_MONEY_RE.search(sentence):
        return False
    near = text.folded[max(0, slot.sentence.start - _MONEY_CONTEXT) : slot.sentence.start]
    programme = [m.end() for m in _PROGRAMME_RE.finditer(near)]
    other = [m.end() for m in _OTHER_MONEY_RE.finditer(near)]
    if programme or other:
        return bool(programme) and max(programme) > max(other, default=-1)
    return bool(_PROGRAMME_RE.search(text.folded[: text.title_end]))


def _negative_zones(slot: Slot, scope: str) -> tuple[Zone, ...]:
    if scope == "sentence":
        return slot.lead_wide, slot.tail_far
    if scope == "lead":
        return (slot.lead_wide,)
    if scope == "tail":
        return (slot.tail_near,)
    return slot.lead_near, slot.tail_near


def _implausible(slot: Slot) -> str | None:
    entry = codebook()[slot.indicator or ""]
    if slot.measure == "level" and slot.unit == "percent" and slot.q.value > 100:
        return "phần trăm vượt 100"
    if slot.measure == "level" and slot.unit == entry.unit and not entry.plausible_min <= slot.q.value <= entry.plausible_max:
        return "ngoài khoảng hợp lý"
    if "foreign_money" not in slot.q.flags and slot.q.unit in (None, "other") and slot.unit in (None, "None", "other"):
        return "không rõ đơn vị"
    return None

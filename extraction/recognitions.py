"""Predicates that say a unit is to be, or was, recognised: "đạt chuẩn huyện NTM nâng cao", "về đích", "công nhận hoàn thành nhiệm vụ"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Recognition:
    """One predicate of the folded text; `grade` is empty for the plain standard."""

    start: int
    end: int
    unit: str | None  # the level that it names itself: "đạt chuẩn huyện NTM"
    grade: str  # "" | "nâng cao" | "kiểu mẫu" | "thông minh" | "y tế"
    counted_only: bool  # "đạt 19/19 tiêu chí" names units only in "2 xã đạt 19/19 tiêu chí là A và B"; of one unit it is a figure


_NTM = "(?P<ntm>nông thôn mới|ntm)"
_UNIT = "(?P<unit>xã|huyện|thị xã|thành phố|tỉnh|đơn vị cấp huyện)"
_GRADE = r"(?: (?P<grade>nâng cao|kiểu mẫu|thông minh))?(?!\w)"
_OF = "(?: quốc gia)?(?: về)?(?: xây dựng)?"
_REACHES = rf"(?: đạt)?(?: chuẩn)?{_OF}"
# What may follow each anchor; the first that matches counts.
_TAILS: dict[str, tuple[re.Pattern[str], ...]] = {
    first: tuple(re.compile(p) for p in patterns)
    for first, patterns in {
        "đạt": (
            r"đạt (?:đủ )?19(?:/19)? tiêu chí",
            r"đạt(?: chuẩn| bộ tiêu chí| tiêu chí)(?: quốc gia)?(?: về)? (?P<health>y tế)",
            rf"đạt(?: chuẩn)?(?: danh hiệu)?(?: là)?(?: {_UNIT})?{_REACHES}(?: {_NTM})?{_GRADE}",
        ),
        "về": (rf"về đích(?: {_UNIT})?{_REACHES}(?: {_NTM})?{_GRADE}",),
        "cán": (rf"cán đích(?: {_UNIT})?{_REACHES}(?: {_NTM})?{_GRADE}",),
        "hoàn": (
            rf"hoàn thành(?: xong)?(?: nhiệm vụ| mục tiêu| chương trình)*(?: xây dựng)?(?: {_UNIT})?(?: đạt chuẩn)? {_NTM}{_GRADE}",
            r"hoàn thành(?: xong)? nhiệm vụ(?=[ .,;]|$)",
            rf"hoàn thành (?:đủ |cả |xong )?19(?:/19)? tiêu chí{_OF}(?: {_NTM})?",
        ),
        "công": (
            rf"công nhận(?: là)?(?: đạt)?(?: danh hiệu)?(?: {_UNIT})?{_REACHES} {_NTM}{_GRADE}",
            r"công nhận(?= *[.;,]| (?:trong|vào|hồi|năm) )",
        ),
        "thành": (rf"thành {_UNIT}{_REACHES} {_NTM}{_GRADE}",),
        "nâng": (r"nâng cao(?! (?:chất|đời|thu|hiệu|năng|nhận|trình|ý|giá|mức))",),
        "kiểu": (r"kiểu mẫu",),
        "là": (rf"là {_UNIT}{_REACHES} {_NTM}{_GRADE}",),
    }.items()
}
_ANCHORS = (
    "đạt chuẩn", "đạt bộ tiêu chí", "đạt tiêu chí", "đạt 19", "đạt đủ 19", "đạt nông thôn mới", "đạt ntm", "về đích", "cán đích",
    "nâng cao", "kiểu mẫu",
    "hoàn thành", "công nhận", "thành huyện", "thành xã", "thành tỉnh", "thành thị xã", "là huyện", "là xã", "là tỉnh",
)  # fmt: skip
# Without the name of the programme: what else "đạt chuẩn" and "về đích" can be followed by.
_OTHER_STANDARD_RE = re.compile(
    r" *(?:quốc gia|văn hóa|văn minh|đô thị|nghèo|tiếp cận|an toàn|y tế|mới|về|sớm|trước|\d|tiêu chí|theo|phổ cập|xanh|sáng)"
)
_COUNTED_GRADE_RE = re.compile(r"\b(?:\d+|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|các) (?:xã|huyện)(?: nông thôn mới| ntm)? $")
_COUNTED_UNIT_RE = re.compile(r"\b(?:\d+|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười) (?:huyện|thị xã|thành phố|đơn vị cấp huyện)$")
_TOLD_RE = re.compile(r"(?:đạt chuẩn|hoàn thành nhiệm vụ)[^.;]{0,60}(?:nông thôn mới|ntm)|(?:nông thôn mới|ntm)[^.;]{0,60}đạt chuẩn")
_CONJUNCTIONS = (" hoặc ", " và ", " hay ", "/", " / ")


def find_recognitions(folded: str, end: int) -> list[Recognition]:
    """All such predicates up to `end`, in reading order.

    "công nhận đạt chuẩn" is one, and so is "đạt chuẩn hoặc hoàn thành nhiệm vụ".
    """
    found: list[Recognition] = []
    for at in sorted(_anchors(folded, end)):
        if found and at < found[-1].end:
            continue
        one = _read(folded, at)
        if one is None:
            continue
        if found and one.grade == found[-1].grade and folded[found[-1].end : at] in _CONJUNCTIONS:
            found[-1] = replace(found[-1], end=one.end)
        else:
            found.append(one)
    return found


def _anchors(folded: str, end: int) -> set[int]:
    found = set()
    for anchor in _ANCHORS:
        at = folded.find(anchor, 0, end)
        while at >= 0:
            if not (at and folded[at - 1].isalpha()):
                found.add(at)
            at = folded.find(anchor, at + len(anchor), end)
    return found


def _read(folded: str, at: int) -> Recognition | None:
    for pattern in _TAILS[folded[at : folded.index(" ", at)]]:
        if m := pattern.match(folded, at):
            break
    else:
        return None
    if m.group() in ("nâng cao", "kiểu mẫu"):  # "2 xã NTM nâng cao là A và B": a grade without a verb names what is counted alone
        graded = _COUNTED_GRADE_RE.search(folded, max(0, at - 60), at) is not None
        return Recognition(m.start(), m.end(), None, m.group(), True) if graded else None
    said = m.groupdict()
    if not said.get("ntm") and not said.get("health") and not _may_stand_bare(folded, m):
        return None
    counted = said.get("health") is None and "19" in m.group() and m.group().startswith("đạt")
    return Recognition(
        m.start(),
        m.end(),
        said.get("unit"),
        said.get("health") or said.get("grade") or "",
        counted,
    )


def _may_stand_bare(folded: str, m: re.Match[str]) -> bool:
    """ "đạt chuẩn", "về đích", "hoàn thành nhiệm vụ" without the name of the programme: only where nothing else is meant."""
    words = m.group()
    before = folded[max(0, m.start() - 60) : m.start()].rstrip()
    if words == "công nhận":
        told = _TOLD_RE.search(folded, max(0, m.start() - 300), m.start()) is not None  # "…, các huyện A, B đã được công nhận"
        return before.endswith(("đề nghị", "xem xét", "xét")) or (before.endswith("được") and told)
    if words.endswith(("quốc gia", " về", "xây dựng")):
        return False
    if words.startswith("đạt") and "chuẩn" not in words:
        return "19" in words
    if words.startswith("hoàn") and "công nhận" not in before and _COUNTED_UNIT_RE.search(before) is None:
        return False
    return _OTHER_STANDARD_RE.match(folded, m.end()) is None

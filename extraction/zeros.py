"""Zeros and totals in words: "không còn hộ nghèo" is 0 households, "toàn bộ hộ nghèo" is 100 per cent of them."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from extraction.model import Op, Quantity
from extraction.numbers import word_at
from extraction.terms import read_lexicon
from extraction.text import fold
from extraction.units import UnitHit, comparator_before, unit_at, words_before

_BEFORE_ZERO_HEAD = ("bất kỳ", "một", "các", "trường hợp")
_BEFORE_TOTAL_HEAD = ("các", "những", "số", "tổng số")
_ONE_KIND = ("xã, p", "xã, t")  # "xã, phường, thị trấn" is one list of communes


class _Zero(NamedTuple):
    op: Op
    needs_any: bool  # "chưa có xã NÀO", "không xã NÀO"; "chưa xã" alone is no zero


class _Head(NamedTuple):
    surface: str
    code: str
    start: int
    end: int


@cache
def zeros() -> dict[str, _Zero]:
    """Cue -> what it says."""
    return {fold(r["surface"]): _Zero(r["op"], r["needs_any"] == "any") for r in read_lexicon("zeros.csv")}  # type: ignore[arg-type]


@cache
def totals() -> frozenset[str]:
    return frozenset(fold(r["surface"]) for r in read_lexicon("totals.csv"))


def read_zero(folded: str, at: int, length: int) -> tuple[list[Quantity], int]:
    """The zeros that a cue says, and where reading goes on: "không còn xã, thôn đặc biệt khó khăn" is one of communes, one of villages."""
    cue_end = at + length
    cue = folded[at:cue_end]
    zero = zeros()[cue]
    hit = unit_at(folded, _skip(folded, cue_end, _BEFORE_ZERO_HEAD))
    if hit is None or not hit.unit.zero or not _says_none(folded, at, cue, hit):
        return [], cue_end
    before = comparator_before(folded, at, words_before(folded, at)[:2])
    roughly = before if before and before.op == "approx" else None  # "cơ bản không còn hộ nghèo"
    heads = _heads(folded, hit)
    start = roughly.start if roughly else at
    return [_quantity(start, at, cue_end, head, 0.0, "approx" if roughly else zero.op, "zero", cue) for head in heads], heads[-1].end


def read_total(folded: str, at: int, length: int) -> tuple[list[Quantity], int]:
    """ "toàn bộ số hộ nghèo" is 100 per cent; "tất cả 61 xã" leaves the number to be read."""
    cue_end = at + length
    cue = folded[at:cue_end]
    hit = unit_at(folded, _skip(folded, cue_end, _BEFORE_TOTAL_HEAD))
    if hit is None or not hit.unit.words or hit.unit.kind != "count":
        return [], cue_end
    head = _Head(hit.unit.surface, "percent", hit.start, hit.end)
    return [_quantity(at, at, cue_end, head, 100.0, "eq", "all", cue)], hit.end


def _quantity(
    start: int, cue_start: int, cue_end: int, head: _Head, value: float, op: Op, form: Literal["zero", "all"], cue: str
) -> Quantity:
    return Quantity(
        start=start,
        end=head.end,
        number_start=cue_start,
        number_end=cue_end,
        value=value,
        value_high=None,
        denominator=None,
        op=op,
        unit=head.code,
        head=head.surface,
        head_start=head.start,
        head_end=head.end,
        form=form,
        per_year=False,
        rule=f"{form}:{cue}",
    )


def _says_none(folded: str, at: int, cue: str, hit: UnitHit) -> bool:
    if zeros()[cue].needs_any:
        word = word_at(folded, hit.end)
        return word is not None and word.text == "nào"
    if cue == "hết":  # "4 quận hết hộ nghèo", not "đến hết", "hầu hết hộ nghèo"
        return hit.unit.code == "household" and words_before(folded, at)[:1] not in (["đến"], ["trước"], ["tính"], ["hầu"])
    return True


def _heads(folded: str, hit: UnitHit) -> list[_Head]:
    """What there is none of: the unit, the parts of "xã, thôn" with a code each, or a second one behind a comma."""
    whole = _Head(hit.unit.surface, hit.unit.code, hit.start, hit.end)
    if "," in whole.surface and not whole.surface.startswith(_ONE_KIND):
        parts, at = [], hit.start
        for part in whole.surface.split(","):
            found = unit_at(folded, at)
            start = at + len(part) - len(part.lstrip())
            parts.append(_Head(part.strip(), found.unit.code if found else whole.code, start, at + len(part)))
            at += len(part) + 1
        return parts if len({p.code for p in parts}) > 1 else [whole]
    more = unit_at(folded, hit.end + 1) if folded.startswith(", ", hit.end) else None
    if more and more.unit.zero and more.unit.code != whole.code:
        return [whole, _Head(more.unit.surface, more.unit.code, more.start, more.end)]
    return [whole]


def _skip(folded: str, at: int, words: tuple[str, ...]) -> int:
    """Behind the first of `words` that follows, else `at`."""
    for word in words:
        end = at + 1 + len(word)
        if folded.startswith(" " + word, at) and not folded[end : end + 1].isalnum():
            return end
    return at

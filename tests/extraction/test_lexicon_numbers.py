"""Every row of the number lexicons does what its example says, once, and none hides another."""

from __future__ import annotations

from collections import Counter

import pytest

from extraction.terms import read_lexicon
from extraction.text import fold
from extraction.units import comparator_after, comparator_before, context_words, per_at, unit_at, words_before
from tests.extraction.reading import masks_of, quantities

# unit codes of GUIDE.md
CODES = {
    "", "commune", "district", "province", "village", "household", "person", "product", "criterion", "subcriterion", "percent", "percentage_point",
    "vnd", "vnd_per_person_year", "school", "station", "entity", "idea", "garden", "project", "km", "other",
}  # fmt: skip
KINDS = {"percent", "point", "money", "foreign_money", "count", "measure", "times", "gift", "time", "age", "grade", "structure"}


def rows(name: str) -> list[dict[str, str]]:
    return read_lexicon(f"{name}.csv")


@pytest.mark.parametrize("name", ["units", "comparators", "scales", "per_units", "zeros", "totals", "footer_markers"])
def test_a_surface_stands_once(name: str) -> None:
    seen = Counter((fold(row["surface"]), row.get("side", "")) for row in rows(name))
    assert [surface for surface, n in seen.items() if n > 1] == []


def test_a_label_stands_once_a_condition() -> None:
    seen = Counter((fold(row["surface"]), row["when"] == "colon") for row in rows("labels"))
    assert [surface for surface, n in seen.items() if n > 1] == []


@pytest.mark.parametrize(
    "name", ["units", "comparators", "scales", "per_units", "zeros", "totals", "labels", "context_words", "number_words", "footer_markers"]
)
def test_every_row_has_an_example_that_holds_it(name: str) -> None:
    for row in rows(name):
        assert row["example"], row
        surface = row.get("surface") or row.get("word")
        if surface:
            assert fold(surface) in fold(row["example"]), row


def test_unit_codes_and_kinds_are_known() -> None:
    for row in rows("units"):
        assert row["unit"] in CODES, row
        assert row["kind"] in KINDS, row
        assert bool(row["unit"]) != bool(row["mask"]), row


@pytest.mark.parametrize("row", rows("units"), ids=lambda row: row["surface"])
def test_unit(row: dict[str, str]) -> None:
    folded = fold(row["example"])
    at = len(folded) - len(folded.lstrip("0123456789.,"))
    hit = unit_at(folded, at)
    assert hit and hit.unit.surface == fold(row["surface"]), hit
    assert hit.end == len(folded)
    raw = f"Rà soát được {row['example']}, theo báo cáo."
    if row["mask"]:
        assert [m.kind for m in masks_of(raw)] == [row["mask"]]
    else:
        [q] = quantities(raw)
        assert q.unit == row["unit"]


@pytest.mark.parametrize("row", [r for r in rows("units") if r["not_before"]], ids=lambda row: row["surface"])
def test_unit_that_begins_another_word(row: dict[str, str]) -> None:
    for word in row["not_before"].split("|"):
        hit = unit_at(fold(f"{row['example']} {word}"), row["example"].index(row["surface"]))
        assert hit is None or hit.unit.surface != fold(row["surface"]), word


@pytest.mark.parametrize("row", [r for r in rows("units") if r["words"] == "yes" and r["kind"] == "count"], ids=lambda row: row["surface"])
def test_counted_nouns_take_number_words(row: dict[str, str]) -> None:
    [q] = quantities(f"Nay đã có bảy {row['surface']} theo báo cáo.")
    assert (q.value, q.unit, q.form) == (7, row["unit"], "words")


@pytest.mark.parametrize("row", rows("comparators"), ids=lambda row: f"{row['surface']} ({row['side']})")
def test_comparator(row: dict[str, str]) -> None:
    folded = fold(row["example"])
    if row["side"] == "before":
        at = next(i for i, c in enumerate(folded) if c.isdigit())
        found = comparator_before(folded, at, words_before(folded, at))
        assert found and folded[found.start : found.end] == fold(row["surface"])
    else:
        found = comparator_after(folded, folded.index(fold(row["surface"])))
        assert found and found.end == len(folded)
    [q] = quantities(f"Yêu cầu: {row['example']}.")
    assert q.op == row["op"] == row["reads"]


@pytest.mark.parametrize("row", rows("per_units"), ids=lambda row: row["surface"])
def test_per_unit(row: dict[str, str]) -> None:
    folded = fold(row["example"])
    at = folded.index("/") if "/" in folded else folded.index(" mỗi")
    per = per_at(folded, at)
    assert per and per.means == (row["means"],) and per.goods == (row["goods"] == "yes")
    assert per.end == len(folded)


@pytest.mark.parametrize("row", rows("labels"), ids=lambda row: f"{row['surface']} ({row['when']})")
def test_label(row: dict[str, str]) -> None:
    raw = (
        f"Nội dung nêu {row['example']}, như đã biết." if row["when"] != "colon" else f"Tiêu đề\n{row['example']}\n{'Bài viết dài. ' * 20}"
    )
    found = quantities(raw)
    if not row["kind"]:  # an exception: what looks like a label is none
        assert len(found) == 1
        return
    assert found == []
    assert row["kind"] in {m.kind for m in masks_of(raw)}


@pytest.mark.parametrize("row", rows("zeros"), ids=lambda row: row["surface"])
def test_zero(row: dict[str, str]) -> None:
    zeros = [q for q in quantities(f"Đến nay {row['example']}.") if q.form == "zero"]
    assert [(q.value, q.op) for q in zeros] == [(0.0, row["op"])]
    assert zeros[0].rule == f"zero:{fold(row['surface'])}"


@pytest.mark.parametrize("row", rows("totals"), ids=lambda row: row["surface"])
def test_total(row: dict[str, str]) -> None:
    [q] = quantities(row["example"])
    assert (q.value, q.unit, q.form) == (100, "percent", "all")


@pytest.mark.parametrize("row", rows("context_words"), ids=lambda row: row["name"])
def test_context_words(row: dict[str, str]) -> None:
    assert any(word in fold(row["example"]) for word in context_words(row["name"]))


def test_an_unknown_set_of_words_is_an_error() -> None:
    with pytest.raises(KeyError, match="no row weather"):
        context_words("weather")

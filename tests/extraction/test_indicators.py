"""The codebook and its phrases: every row says something, no row is unreachable, and words far from the lexicon say nothing."""

from __future__ import annotations

import ast
import csv
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from extraction.cues import TERMS, all_cues, cue_class
from extraction.engine import ExtractedClaim, extract
from extraction.frames import prepare
from extraction.indicators import codebook, phrases
from extraction.rejections import negatives
from extraction.terms import LEXICON, TermIndex, read_lexicon
from extraction.text import fold

PUBLISHED = date(2024, 6, 15)
UNITS = {
    "commune", "district", "province", "village", "household", "person", "product", "criterion", "subcriterion", "percent", "percentage_point",
    "vnd", "vnd_per_person_year", "school", "station", "entity", "idea", "garden", "project", "km", "other",
}  # fmt: skip
ROWS = read_lexicon("phrases.csv")


def indicators_of(sentence: str) -> list[str]:
    return [c.indicator for c in extract("Tin trong tỉnh\n" + sentence, PUBLISHED, "Tỉnh Hòa Bình").claims]


def rules_of(sentence: str) -> list[str]:
    return [c.rule.split("@")[0] for c in extract("Tin trong tỉnh\n" + sentence, PUBLISHED, "Tỉnh Hòa Bình").claims]


def numbered() -> list[tuple[str, str]]:
    """(rule, example) of every phrase, numbered within its indicator as the engine does."""
    seen: Counter[str] = Counter()
    out = []
    for row in ROWS:
        seen[row["indicator"]] += 1
        out.append((f"{row['indicator']}/{seen[row['indicator']]}", row["example"]))
    return out


@pytest.mark.parametrize(("rule", "example"), numbered())
def test_every_phrase_decides_its_example_itself(rule: str, example: str) -> None:
    """A row that another row shadows can be dropped or ordered anew, but must not stay as if it did something."""
    assert example, "a phrase without an example tests nothing"
    assert rule in rules_of(example)


@pytest.mark.parametrize(
    "sentence",
    [
        "Đến nay, toàn tỉnh có 58 xã đạt chuẩn làng quê thông minh.",  # a name of another programme, demo/breakages.py
        "Đến nay, toàn tỉnh có 12 xã lắp đài truyền thanh thông minh.",
        "Toàn huyện có 9 xã đạt chuẩn nông thôn mới và lắp camera thông minh.",
    ],
)
def test_not_everything_smart_in_a_commune_is_a_smart_commune(sentence: str) -> None:
    assert "ntm.commune.smart" not in indicators_of(sentence)


@pytest.mark.parametrize("said", ["xã thông minh", "xã đạt chuẩn thông minh", "xã NTM thông minh", "xã nông thôn mới kiểu mẫu thông minh"])
def test_a_smart_commune_is_said_in_several_ways(said: str) -> None:
    assert indicators_of(f"Đến nay, toàn tỉnh có 3 {said}.") == ["ntm.commune.smart"]


def test_codebook_keeps_its_codes_and_units() -> None:
    book = codebook()
    assert len(book) == 77
    assert {entry.unit for entry in book.values()} <= UNITS
    assert all(entry.plausible_min < entry.plausible_max for entry in book.values())
    assert all(entry.name_vi and entry.name_en for entry in book.values())
    assert not any(entry.additive for entry in book.values() if entry.unit in ("percent", "vnd_per_person_year", "criterion"))


def test_codebook_has_every_code_of_gold(shared) -> None:  # type: ignore[no-untyped-def]
    with (shared / "gold" / "indicators.csv").open(encoding="utf-8") as file:
        gold = {r["code"]: (r["programme"], r["unit"], r["better"]) for r in csv.DictReader(file)}
    ours = {code: (e.programme, e.unit, e.better) for code, e in codebook().items()}
    assert {code: ours.get(code) for code in gold} == gold


def test_every_indicator_can_be_said() -> None:
    assert set(codebook()) - {row["indicator"] for row in ROWS} == {"ntm.commune.by_criteria"}  # read off the band, not off words


def test_no_phrase_is_written_twice() -> None:
    keys = [tuple(v for k, v in row.items() if k not in ("example", "priority")) for row in ROWS]
    assert len(keys) == len(set(keys))


def test_phrase_units_are_known() -> None:
    suffixes = ("/n", "/0", "@topic")
    for row in ROWS:
        for unit in row["units"].split("|"):
            for suffix in suffixes:
                unit = unit.removesuffix(suffix)
            assert unit in UNITS | {"times", "None"}, row


@pytest.mark.parametrize("row", read_lexicon("cues.csv"), ids=lambda r: f"{r['class']}: {r['surface']}")
def test_every_cue_is_found_in_its_example(row: dict[str, str]) -> None:
    folded = fold(row["example"])
    assert TERMS.number(row["surface"]) in {h.term for h in TERMS.find(folded, 0, len(folded))}
    assert TERMS.number(row["surface"]) in cue_class(row["class"])


# what a cue of a class makes of the claim that follows it
MEANS: dict[str, Callable[[ExtractedClaim], bool]] = {
    "target": lambda c: c.kind == "target",
    "target_near": lambda c: c.kind == "target",
    "assigned": lambda c: c.kind == "target",
    "achieved": lambda c: c.kind == "achievement",
    "estimate": lambda c: c.op == "approx",
    "down": lambda c: c.measure in ("change", "relative_change") and c.value < 0,
    "less_than": lambda c: c.measure == "change" and c.value < 0,
    "up": lambda c: c.measure in ("change", "relative_change") and c.value > 0,
    "increment": lambda c: c.measure == "change" and c.value > 0,
    "level": lambda c: c.measure == "level",
    "per_year": lambda c: c.per_year,
    "previous": lambda c: c.measure == "relative_change",
    "times": lambda c: c.measure == "relative_change",
    "plan_object": lambda c: c.measure == "plan_share",
    "share": lambda c: c.unit == "percent" and c.trace["indicator"]["source"] == "inherited",
    "owner_province": lambda c: c.plan_by == "province",
    "owner_district": lambda c: c.plan_by == "district",
    "owner_central": lambda c: c.plan_by == "central",
    "anaphor": lambda c: c.indicator == "poverty.rate.poor" and c.value == 22,
    "of_which": lambda c: c.value == 5,
}
HIDE = ("neutral", "fixed", "joined")  # tested below: they hide what stands inside them
ASIDE = ("so_with", "whole_area", "stands", "support_verb")  # keep a reading from being taken over, without a mark of their own


@pytest.mark.parametrize("row", [r for r in read_lexicon("cues.csv") if r["class"] in MEANS], ids=lambda r: f"{r['class']}: {r['surface']}")
def test_every_cue_means_in_its_example_what_its_class_says(row: dict[str, str]) -> None:
    claims = extract("Chương trình nông thôn mới\n" + row["example"], PUBLISHED, "Tỉnh Hòa Bình").claims
    assert any(MEANS[row["class"]](claim) for claim in claims)


def test_every_class_of_cues_is_known_here_and_asked_for_by_the_engine() -> None:
    classes = {row["class"] for row in read_lexicon("cues.csv")}
    assert classes == {*MEANS, *HIDE, *ASIDE}
    told = {
        node.value
        for path in LEXICON.parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unasked = {name for name in classes if name not in told and not name.startswith("owner_")}
    assert unasked == {"joined", "support_verb"}  # all_cues and with_separators take them without their name


@pytest.mark.parametrize("row", [r for r in read_lexicon("cues.csv") if r["class"] in HIDE], ids=lambda r: f"{r['class']}: {r['surface']}")
def test_a_phrase_that_hides_words_has_some_inside(row: dict[str, str]) -> None:
    prepare()
    folded, number = fold(row["surface"]), TERMS.number(row["surface"])
    inside = [h for h in TERMS.find(folded, 0, len(folded)) if h.term != number]
    if row["class"] == "joined":
        assert number in TERMS.with_separators()
    elif row["class"] == "fixed":
        assert inside
    else:
        assert any(h.term in all_cues() for h in inside)


@pytest.mark.parametrize(
    "competing", [("target", "achieved", "neutral"), ("down", "up", "increment", "level", "less_than", "neutral"), ("assigned", "neutral")]
)
def test_no_cue_stands_in_two_classes_of_one_question(competing: tuple[str, ...]) -> None:
    stands: dict[str, set[str]] = {}
    for row in read_lexicon("cues.csv"):
        if row["class"] in competing:
            stands.setdefault(fold(row["surface"]), set()).add(row["class"])
    assert {surface: classes for surface, classes in stands.items() if len(classes) > 1} == {}


def test_no_cue_is_written_twice() -> None:
    keys = [(row["class"], fold(row["surface"])) for row in read_lexicon("cues.csv")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("row", read_lexicon("negatives.csv"), ids=lambda r: r["reason"])
def test_every_negative_keeps_its_example_out_and_nothing_else_does(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert indicators_of(row["example"]) == []
    others = tuple(n for n, r in zip(negatives(), read_lexicon("negatives.csv"), strict=True) if r != row)
    monkeypatch.setattr("extraction.rejections.negatives", lambda: others)
    assert indicators_of(row["example"]), "the example is no claim without this row either: it tests nothing"


def test_conditions_combine_alternatives_classes_and_conjunction() -> None:
    index = TermIndex()
    condition = index.condition("tỷ lệ|tỷ suất & @near_poor")
    assert len(condition) == 2
    folded = "tỷ lệ hộ cận nghèo"
    hits = index.find(folded, 0, len(folded))
    assert [folded[h.start : h.end] for h in hits] == ["tỷ lệ", "cận nghèo"]


def test_terms_match_whole_words_only() -> None:
    index = TermIndex()
    index.number("xã")
    index.number("/năm")
    assert [h.start for h in index.find("xã hội, xãy, 5%/năm", 0, 19)] == [0, 15]


def test_unknown_class_is_named() -> None:
    with pytest.raises(ValueError, match="@nowhere"):
        TermIndex().condition("@nowhere")


def test_a_row_with_a_stray_comma_is_named(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.csv").write_text("a,b\n1,2,3\n", encoding="utf-8")
    monkeypatch.setattr("extraction.terms.LEXICON", tmp_path)
    with pytest.raises(ValueError, match=r"x\.csv:2"):
        read_lexicon("x.csv")


def test_the_index_finds_what_a_full_search_finds() -> None:
    for unit, index in phrases().items():
        for phrase in index.rows:
            terms = [next(iter(g)) for g in (phrase.head, *phrase.lead, *phrase.tail, *phrase.any) if g]
            from extraction.terms import Hit, Zone

            zone = Zone.of(Hit(i, i + 1, t) for i, t in enumerate(terms))
            needed = min((g for g in (phrase.head, *phrase.tail, *phrase.any, *phrase.lead) if g), key=len, default=frozenset())
            if not needed or needed & zone.terms:
                assert phrase in index.candidates(zone.terms), (unit, phrase.rule)


def test_lexicon_files_have_no_surrounding_blanks() -> None:
    for path in LEXICON.glob("phrases.csv"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert line == line.strip()

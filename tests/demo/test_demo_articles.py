"""The demo articles are what the README says, their annotations hold together, and their figures are those of one coherent story."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from demo.content import Article, Claim, read_article, read_articles, read_quantity
from demo.sites import SITES
from muctieu.settings import REPOSITORY

ARTICLES = read_articles()
CLAIMS = [(a, c) for a in ARTICLES for c in a.claims]
TRAPS = {"edited", "same_release", "two_urls", "unrelated", "no_claims", "no_date", "nfd", "wrong_charset", "table", "lead_in_listing"}

WORDS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "hai trăm": 200, "một nghìn": 1000, "một nửa": 50}
SCALES = {"nghìn tỷ": 1e12, "tỷ": 1e9, "triệu": 1e6, "nghìn": 1e3}
# what is said in other words: "vượt 15% kế hoạch", "tăng lên ít nhất 1,5 lần", "toàn bộ các xã", "không còn"
REWORDED = re.compile(r"^vượt|lần so với|^toàn bộ|không còn|không có|không để hộ nào|đều đã|^100%")


def _numbers(evidence: str) -> set[float]:
    """All readings of the numbers of a piece of evidence, by a grammar of its own: nothing here comes from extraction/."""
    found: set[float] = set()
    for match in re.finditer(r"(\d[\d.]*)(?:,(\d+))?(?:\s*(nghìn tỷ|nghìn|triệu|tỷ))?", evidence):
        value = float(f"{match[1].replace('.', '')}.{match[2] or 0}")
        found |= {value, value * SCALES[match[3]]} if match[3] else {value}
    found |= {float(number) for word, number in WORDS.items() if re.search(rf"\b{word}\b", evidence, re.IGNORECASE)}
    unit = next((scale for name, scale in SCALES.items() if name in evidence), 1.0)  # "428/716 tỷ đồng": the scale is of both
    return found | {round(n * unit, 6) for n in found}


def test_there_are_enough_articles_of_enough_areas_and_years() -> None:
    assert len(ARTICLES) >= 80
    assert len([a for a in ARTICLES if a.annotated]) >= 40
    assert {a.published.year for a in ARTICLES} == set(range(2019, 2027))
    assert len({c.area for _, c in CLAIMS if c.area.startswith(("Tỉnh", "Thành phố")) and "," not in c.area}) >= 5
    assert len({c.area for _, c in CLAIMS if c.area.startswith("Huyện")}) >= 8
    assert Counter(a.portal for a in ARTICLES).keys() == {s.folder for s in SITES}


def test_every_trap_is_there() -> None:
    assert {trap for a in ARTICLES for trap in a.traps} == TRAPS
    assert [a for a in ARTICLES if a.edition == 2]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: f"{a.portal}/{a.slug}")
def test_annotations_point_into_the_text_and_hold_their_number(article: Article) -> None:
    for claim in article.claims:
        assert claim.evidence in article.text
        quantity = claim.quantity
        if not REWORDED.search(claim.evidence):
            numbers = _numbers(claim.evidence)
            for value in (quantity.value, quantity.value_high, quantity.denominator):
                assert value is None or any(abs(abs(value) - n) < 1e-6 for n in numbers), (claim.evidence, value, numbers)
        assert quantity.denominator is None or quantity.value <= quantity.denominator
        assert not claim.per_year or claim.measure != "level"
        assert claim.kind == "target" or claim.as_of is not None


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: f"{a.portal}/{a.slug}")
def test_an_article_belongs_to_a_section_and_unrelated_ones_claim_nothing(article: Article) -> None:
    site = next(s for s in SITES if s.folder == article.portal)
    assert site.section(article.section)
    for copy in article.copies:
        assert next(s for s in SITES if s.folder == copy.portal).section(copy.section)
    if {"unrelated", "no_claims"} & set(article.traps):
        assert article.annotated and not article.claims
    assert len(article.text) > 300
    assert article.edit is None or article.in_edition(2).text != article.text


def test_edits_of_edition_2_change_what_they_name() -> None:
    (edited,) = [a for a in ARTICLES if a.edit]
    assert edited.edit is not None
    assert all(old in edited.text for old in edited.edit.replace)
    assert edited.in_edition(1) == edited


def _units() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (REPOSITORY / "extraction" / "gazetteer" / "area.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["full_name"].casefold()].append(row)
    return rows


def _exists(name: str, day: date, units: dict[str, list[dict[str, str]]]) -> bool:
    """Whether there was such a unit in such a unit on that day."""
    parts = [p.strip().casefold() for p in name.split(",")]
    parents = {"VN"}
    for part in reversed(parts):
        alive = [r for r in units[part] if r["valid_from"] <= day.isoformat() <= r["valid_to"]]
        parents = {r["code"] for r in alive if r["parent_code"] in parents}
        if not parents:
            return False
    return True


def test_areas_are_units_of_their_day() -> None:
    units = _units()
    named = {(a.area, a.published.date()) for a in ARTICLES} | {(c.area, a.published.date()) for a, c in CLAIMS}
    named |= {(area, a.published.date()) for a in ARTICLES for m in a.milestones for area in m.areas}
    wrong = [(area, day) for area, day in named if area != "Cả nước" and not _exists(area, day, units)]
    assert not wrong


def test_indicators_are_in_the_codebook() -> None:
    with (REPOSITORY / "extraction" / "lexicon" / "indicators.csv").open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    used = {c.indicator for _, c in CLAIMS} | {m.indicator for a in ARTICLES for m in a.milestones}
    assert used - {"other"} <= codes
    assert len(used) >= 40  # a demo of three indicators would not show the warehouse


def test_a_share_is_the_share_of_its_count() -> None:
    for article in ARTICLES:
        for count in article.claims:
            if count.quantity.denominator is None:
                continue
            shares = [
                c.quantity.value
                for c in article.claims
                if (c.indicator, c.kind, c.as_of, c.area, c.measure) == (count.indicator, count.kind, count.as_of, count.area, "level")
                and c.unit == "percent"
                and c.quantity.op == "eq"
            ]
            for share in shares:
                assert share == pytest.approx(100 * count.quantity.value / count.quantity.denominator, abs=0.06), count.evidence


# the yardstick changed between the two values: poverty standard of 2022, commune criteria of 2026
BREAKS = {("poverty.household.poor", 2022), ("ntm.commune.certified", 2026)}


def test_a_change_is_the_difference_of_two_years() -> None:
    levels: dict[tuple[str, str, str], dict[date, float]] = defaultdict(dict)
    for _, c in CLAIMS:
        if (c.kind, c.measure, c.quantity.op) == ("achievement", "level", "eq") and c.as_of:
            levels[c.indicator, c.area, c.unit][c.as_of] = c.quantity.value
    checked = 0
    for _, c in CLAIMS:
        unit = "percent" if c.unit == "percentage_point" else c.unit
        if (c.kind, c.measure, c.quantity.op) != ("achievement", "change", "eq") or c.per_year or c.as_of is None:
            continue
        known = levels[c.indicator, c.area, unit]
        before = known.get(date(c.as_of.year, 1, 1), known.get(date(c.as_of.year - 1, 12, 31)))
        if before is None or c.as_of not in known or (c.indicator, c.as_of.year) in BREAKS:
            continue
        assert known[c.as_of] - before == pytest.approx(c.quantity.value, abs=0.011), (c.area, c.evidence)
        checked += 1
    assert checked >= 25


def test_targets_meet_achievements() -> None:
    """The demo is there to show attainment: for many indicators, areas and years both sides must be there."""
    sides: dict[tuple[str, str, date], set[str]] = defaultdict(set)
    for _, c in CLAIMS:
        if c.as_of:
            sides[c.indicator, c.area, c.as_of].add(c.kind)
    both = [key for key, kinds in sides.items() if kinds == {"target", "achievement"}]
    assert len(both) >= 40
    assert len({area for _, area, _ in both}) >= 6


_CITED = re.compile(
    r"(?:Kế hoạch|Quyết định|Nghị quyết|Nghị định|Công văn|Chỉ thị|Báo cáo|Chương trình|Thông báo)(?: số)? (\d[\w.]*[/-][\w/&.-]*\w)"
)


def test_cited_documents_are_annotated() -> None:
    for article in ARTICLES:
        if article.annotated:
            numbers = {d.number for d in article.documents}
            assert set(_CITED.findall(article.text)) <= numbers, article.slug
            assert all(number in article.text for number in numbers), article.slug


SEED_FIGURES = [  # (portal, year, indicator, measure, op, value): facts of the user's five documents
    ("hanoi", 2020, "ocop.product.certified", "change", "ge", 700),
    ("hanoi", 2020, "ntm.commune.certified", "change", "eq", 15),
    ("hanoi", 2020, "ntm.commune.advanced", "change", "eq", 10),
    ("hanoi", 2020, "ntm.district.certified", "change", "ge", 5),
    ("binhlieu", 2020, "ntm.criteria.average", "level", "eq", 18.56),
    ("binhlieu", 2021, "poverty.exit.poor", "plan_share", "eq", 85),
    ("binhlieu", 2021, "poverty.exit.near_poor", "plan_share", "eq", 364),
    ("binhlieu", 2021, "poverty.review.applied", "level", "eq", 2088),
    ("sonla", 2020, "poverty.rate.poor", "level", "eq", 0.77),
    ("sonla", 2020, "labour.certified_rate", "level", "eq", 50.7),
    ("sonla", 2020, "support.media_device", "level", "eq", 91),
    ("quangnam", 2020, "poverty.household.poor", "change", "gt", -2700),
    ("quangnam", 2020, "poverty.household.near_poor", "change", "gt", -3000),
    ("hanoi", 2030, "poverty.household.poor", "relative_change", "range", -30),
    ("hanoi", 2025, "poverty.household.poor", "level", "approx", 0),
]


@pytest.mark.parametrize("seed", SEED_FIGURES, ids=str)
def test_the_facts_of_the_seeds_are_told(seed: tuple[str, int, str, str, str, float]) -> None:
    told = {(a.portal, c.as_of.year, c.indicator, c.measure, c.quantity.op, c.quantity.value) for a, c in CLAIMS if c.as_of}
    assert seed in told


def test_no_sentence_of_the_seeds_is_copied(shared: Path) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[i : i + 14]) for i in range(len(words) - 13)}

    seeds = shingles("\n".join(p.read_text(encoding="utf-8", errors="replace") for p in sorted((shared / "seeds").glob("*.txt"))))
    for article in ARTICLES:
        # official names of laws and programmes are long; fourteen words in a row beyond them are somebody else's sentence
        assert len(shingles(article.text) & seeds) <= 12, article.slug


def test_a_misspelt_key_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "hanoi"
    folder.mkdir()
    good = next((Path(__file__).parents[2] / "demo" / "articles" / "hanoi").glob("2020-07-14*.md")).read_text(encoding="utf-8")
    bad = folder / "2020-07-14-x.md"
    bad.write_text(good.replace("author:", "autor:"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.md.*(?s:.)*autor"):
        read_article(bad)


@pytest.mark.parametrize("text", ["", "5 xã", "1,5", "30 .. 25", "5/"])
def test_values_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a value|high to low"):
        read_quantity(text)


def test_a_claim_needs_one_kind_and_one_measure() -> None:
    base = {"evidence": "5 xã", "area": "Tỉnh X", "as_of": None}
    with pytest.raises(ValidationError, match="one of target/achievement"):
        Claim.model_validate(base | {"target": "ntm.commune.certified", "achievement": "ntm.commune.certified", "level": 5})
    with pytest.raises(ValidationError, match="one of target/achievement"):
        Claim.model_validate(base | {"target": "ntm.commune.certified"})

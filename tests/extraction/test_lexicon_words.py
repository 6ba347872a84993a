"""Rows of the lexicons that hold sets of words, of the codebook and of the gazetteer's aliases: each is read in its example and does something."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from datetime import date

import pytest

from extraction import gazetteer
from extraction.areas import AreaReader
from extraction.engine import extract
from extraction.enumerations import only_glue
from extraction.gazetteer import Alias
from extraction.model import ArticleContext
from extraction.place_names import names
from extraction.terms import LEXICON, TermIndex, read_lexicon
from extraction.text import fold, read

PUBLISHED = date(2024, 6, 15)
AFTER_THE_MERGER = date(2026, 1, 10)
FIGURE_RE = re.compile(r"(?<![\d/])\d[\d.,]*(?= (?:xã|huyện|tiêu chí)|%)")
CODE = "".join(path.read_text(encoding="utf-8") for path in LEXICON.parent.glob("*.py"))


def constants() -> set[str]:
    return {
        n.value
        for n in ast.walk(ast.parse(CODE.replace("from __future__ import annotations", "")))
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


# ---- the codebook


def codebook_rows() -> list[dict[str, str]]:
    with (LEXICON / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", codebook_rows(), ids=lambda row: row["code"])
def test_every_indicator_is_read_in_its_example_with_its_unit(row: dict[str, str]) -> None:
    claims = extract("Bản tin\n" + row["example"], PUBLISHED, "Tỉnh Hòa Bình").claims
    assert [(c.indicator, c.unit) for c in claims] == [(row["code"], row["unit"])]


def test_no_two_indicators_share_a_name() -> None:
    for name in ("name_vi", "name_en"):
        assert [n for n, times in Counter(row[name] for row in codebook_rows()).items() if times > 1] == []


# ---- classes of words


@pytest.mark.parametrize("row", read_lexicon("word_classes.csv"), ids=lambda row: row["name"])
def test_every_class_of_words_is_used_and_found_in_its_example(row: dict[str, str]) -> None:
    index = TermIndex()
    wanted = index.alternatives(row["words"])
    folded = fold(row["example"])
    assert {h.term for h in index.find(folded, 0, len(folded))} & wanted
    conditions = (LEXICON / "phrases.csv").read_text(encoding="utf-8")
    assert f"@{row['name']}" in conditions or f'"{row["name"]}"' in CODE or f'"@{row["name"]}"' in CODE


@pytest.mark.parametrize("name", ["word_classes", "place_words", "negatives", "context_words", "glue"])
def test_no_word_stands_twice_in_a_cell(name: str) -> None:
    for row in read_lexicon(f"{name}.csv"):
        words = [" ".join(fold(w).split()) for w in row["words"].split("|" if "|" in row["words"] else " ")]
        assert [w for w, times in Counter(words).items() if times > 1] == [], row.get("name")


@pytest.mark.parametrize("column", ["head", "lead", "tail", "any", "must_not", "must_not_lead"])
def test_no_alternative_of_a_phrase_is_written_twice(column: str) -> None:
    for number, row in enumerate(read_lexicon("phrases.csv"), 2):
        for part in row[column].split("&"):
            words = [" ".join(fold(w).split()) for w in part.split("|") if w.strip()]
            assert [w for w, times in Counter(words).items() if times > 1] == [], f"phrases.csv:{number}"


@pytest.mark.parametrize("row", read_lexicon("glue.csv"))
def test_glue_holds_a_sentence_together_and_a_subject_does_not(row: dict[str, str]) -> None:
    text = read(row["example"])
    at = text.folded.index("giảm") + 4
    assert only_glue(text, 0, at)
    assert not only_glue(read("Riêng tăng trưởng kinh tế giảm 5%."), 0, at)


# ---- words around places


@pytest.mark.parametrize("row", read_lexicon("place_words.csv"), ids=lambda row: row["name"])
def test_every_class_of_place_words_decides_its_example(row: dict[str, str]) -> None:
    """The examples were chosen so that without the class another area comes out."""
    assert any(fold(word) in fold(row["example"]) for word in row["words"].split("|"))
    text = read("Bản tin\n" + row["example"])
    day = AFTER_THE_MERGER if "Cà Mau" in row["portal"] else PUBLISHED
    reader = AreaReader(text, ArticleContext(day, row["portal"]), [])
    position = [m.start() for m in FIGURE_RE.finditer(text.raw)][-1]
    assert " + ".join(f.value.name for f in reader.areas(position)) == row["reads"]


def test_every_class_of_place_words_is_asked_for() -> None:
    assert {row["name"] for row in read_lexicon("place_words.csv")} <= constants()


# ---- other names of places


@pytest.mark.parametrize("alias", gazetteer.load().aliases, ids=lambda alias: alias.alias)
def test_every_alias_is_read_as_the_unit_it_stands_for(alias: Alias) -> None:
    units = [u for u in names().units[fold(alias.name)] if u.level != "commune"]
    unit = max(units, key=lambda u: (u.level == "province", u.valid_to))
    day = date.fromisoformat(min(unit.valid_to, "2024-06-15"))
    province = gazetteer.load().at(unit.province, day.isoformat()) if unit.province else None
    portal = gazetteer.load().path(province, day.isoformat()) if province else "Cả nước"
    before = {"region": "vùng ", "province": "", "district": f"{unit.type_vi.lower()} "}[unit.level]
    if alias.alias == "HCM":
        before = "thành phố "  # bare, it is the president's name
    text = read(f"Bản tin\nNăm nay, tại {before}{alias.alias}, tỷ lệ hộ nghèo còn 5%.")
    found = AreaReader(text, ArticleContext(day, portal), []).mentions
    assert [m.area.code for m in found] == [unit.code]

"""An explanation shows every field with where it comes from, and escapes what the article says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extraction import gold, rule_words
from extraction.engine import extract
from extraction.explain import ExplainedClaim, explain, number, page
from extraction.jsonl import published_of
from extraction.scoring import Document

TEXT = (
    "Huyện Mường Khương: kết quả giảm nghèo <năm> 2024\n"
    "Đến hết năm 2024, toàn huyện có 6/15 xã đạt chuẩn nông thôn mới. Năm 2025 phấn đấu giảm tỷ lệ hộ nghèo còn dưới 17%."
)


@pytest.fixture(scope="module")
def explained() -> list[ExplainedClaim]:
    return explain(TEXT, extract(TEXT, None, "Huyện Mường Khương, Tỉnh Lào Cai"))


def test_the_sentence_is_cut_where_the_evidence_stands(explained: list[ExplainedClaim]) -> None:
    assert [e.before + e.evidence + e.after for e in explained] == [
        "Đến hết năm 2024, toàn huyện có 6/15 xã đạt chuẩn nông thôn mới.",
        "Năm 2025 phấn đấu giảm tỷ lệ hộ nghèo còn dưới 17%.",
    ]
    assert "6/15 xã" in explained[0].evidence
    assert "17%" in explained[1].evidence


def test_fields_are_in_words_and_name_the_words_they_come_from(explained: list[ExplainedClaim]) -> None:
    fields = {f.name: f for f in explained[1].fields}
    assert fields["Loại"].value == "mục tiêu"
    assert fields["Loại"].words == "phấn đấu"
    assert fields["So sánh"].value == "dưới"
    assert fields["Kỳ số liệu (ngày cuối)"].value == "31/12/2025"
    assert fields["Chỉ tiêu"].value == "Tỷ lệ hộ nghèo"
    assert {f.source for f in explained[1].fields} <= {"nêu rõ", "kế thừa từ phần trước", "mặc định", "suy ra"}


def test_the_page_escapes_the_article(explained: list[ExplainedClaim]) -> None:
    html = page("<script>alert(1)</script>", explained, extract(TEXT, None, None))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert html.count("<article") == 2


def test_every_rule_is_told_in_words(explained: list[ExplainedClaim]) -> None:
    """Names of rules are for whoever corrects them; beside each stands what it means."""
    told = {f.rule: f.says for e in explained for f in e.fields}
    assert told["as_of.before"] == "mốc thời gian đứng trước con số trong câu"
    assert told["digits/"] == "viết dạng N/M"
    html = page("Tin", explained, extract(TEXT, None, None))
    assert all(says in html for says in told.values())


@pytest.mark.parametrize("document", [d for d in gold.load("demo")[:40] if d.claims], ids=lambda d: d.name)
def test_no_explanation_of_the_demo_articles_falls_back_on_a_name_of_code(document: Document) -> None:
    found = extract(document.text, published_of(document.published), document.portal_area, document.title)
    bare = {f.says for e in explain(document.text, found) for f in e.fields if re.search(r"[a-z]_[a-z]|[a-z]\.[a-z]|^[a-z]+$", f.says)}
    assert bare <= {"mức"}


def test_every_rule_of_day_and_place_has_words() -> None:
    folder = Path(rule_words.__file__).parent
    code = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py") if p.name != "rule_words.py")
    rules = set(re.findall(r'"((?:area|as_of)\.[a-z_]+)"', code))
    assert len(rules) > 25
    assert {rule for rule in rules if rule_words.in_words(rule) == rule} == set()


@pytest.mark.parametrize(
    ("value", "written"), [(2700, "2.700"), (0.77, "0,77"), (1200000000, "1.200.000.000"), (-5.5, "-5,5"), (0, "0"), (18.56, "18,56")]
)
def test_numbers_are_written_as_vietnamese_write_them(value: float, written: str) -> None:
    assert number(value) == written

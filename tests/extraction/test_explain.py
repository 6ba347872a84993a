"""An explanation shows every field with where it comes from, and escapes what the article says."""

from __future__ import annotations

import pytest

from extraction.engine import extract
from extraction.explain import ExplainedClaim, explain, number, page

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


@pytest.mark.parametrize(
    ("value", "written"), [(2700, "2.700"), (0.77, "0,77"), (1200000000, "1.200.000.000"), (-5.5, "-5,5"), (0, "0"), (18.56, "18,56")]
)
def test_numbers_are_written_as_vietnamese_write_them(value: float, written: str) -> None:
    assert number(value) == written

"""Cited documents: what identifies one, who issued it and when, and on which of them a claim rests."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction import citations
from extraction.citations import CitedDocument, DocumentReader, document_at, document_types, find_citations
from extraction.model import ArticleContext
from extraction.text import read
from tests.extraction.oracle_time import score_citations

CONTEXT = ArticleContext(date(2022, 6, 15), "Tỉnh Yên Bái")


def cited(raw: str) -> list[CitedDocument]:
    return find_citations(read(f"Tin trong tỉnh\n{raw}"), CONTEXT)


def numbers(raw: str) -> list[str]:
    return [c.number for c in cited(raw)]


def lexicon() -> list[dict[str, str]]:
    with citations._LEXICON.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", lexicon(), ids=lambda r: r["code"])
def test_every_row_of_the_lexicon_reads_its_own_example(row: dict[str, str]) -> None:
    assert numbers(f"Thực hiện {row['example']} của tỉnh.") == ([row["reads"]] if row["reads"] else [])


def test_rows_of_the_lexicon_do_not_clash() -> None:
    rows = lexicon()
    surfaces = [s for r in rows for s in r["surfaces"].split("|")]
    assert len({r["code"] for r in rows}) == len(rows)
    assert {s for s in surfaces if surfaces.count(s) > 1} == {"chương trình hành động"}  # has two codes
    assert set(document_types()[1]) == set(surfaces)


FORMS = [
    ("Kế hoạch số 45/KH-UBND", "45/KH-UBND"),
    ("Kế hoạch số: 45/KH-UBND", "45/KH-UBND"),
    ("Quyết định 263/QĐ-TTg", "263/QĐ-TTg"),
    ("Nghị quyết số 12/2023/NQ-HĐND", "12/2023/NQ-HĐND"),
    ("Nghị quyết số 120/2020/QH14", "120/2020/QH14"),
    ("Chỉ thị số 11-CT/TU", "11-CT/TU"),
    ("Thông báo số 941 – TB/TU", "941-TB/TU"),
    ("Thông báo số 941 ndash; TB/TU", "941-TB/TU"),
    ("Quyết định số 463/QĐ - BTTTT", "463/QĐ-BTTTT"),
    ("Quyết định số 79/QĐBCĐ", "79/QĐBCĐ"),
    ("Công văn số 1420/UBND-KT&TH", "1420/UBND-KT&TH"),
    ("Quyết định số 245/QĐ-UBND-HC", "245/QĐ-UBND-HC"),
    ("Thông tư số 04/2022/TT-BNNPTNT", "04/2022/TT-BNNPTNT"),
    ("Thông tư 07/2018", "07/2018"),
    ("quyết định số 433 ngày 18/6/2021", "433"),
    ("thông tư hướng dẫn số 21", "21"),
    ("Quyết định 1956 về đào tạo nghề", "1956"),
    ("Hướng dẫn số 05/HDLN-SNV-SNN", "05/HDLN-SNV-SNN"),
    ("(Thông báo 612/TB-UBND)", "612/TB-UBND"),
    ("Chương trình hành động số 07-CTr/TU", "07-CTr/TU"),
    ("Kết luận số 54-KL/TW", "54-KL/TW"),
]


@pytest.mark.parametrize(("written", "number"), FORMS)
def test_forms_of_numbers(written: str, number: str) -> None:
    assert numbers(f"Thực hiện {written} của cấp trên, các xã đã triển khai.") == [number]


NO_DOCUMENTS = [
    "rà soát theo Nghị định 07",
    "triển khai NQ 06 của Tỉnh ủy",
    "Chương trình 135 và Chương trình 30a",
    "theo Quyết định 33 có 842 căn nhà",
    "học tập Chỉ thị 05",
    "12/15 xã đạt chuẩn, đạt 7/9 tiêu chí",
    "ngày 12/4/2021, 9 tháng/năm",
    "điện thoại số 0216.3852.114 hoặc số 47/2 đường Lê Lợi",
    "15.000 đồng/kg, 30 triệu đồng/ha, 2 lần/Quý",
    "tiêu chí số 10, đội số 3, nhà số 12",
    "Giấy phép số 12/GP-TTĐT ngày 03/5/2019",
    "tỷ số 2/1, tốc độ 60km/h, kênh VTV1/VTV3",
    "kế hoạch năm 2022 là 8 xã",
    "xã Đồng Khê (5/Quận 6), khu 3/Tổ 2",
]


@pytest.mark.parametrize("raw", NO_DOCUMENTS)
def test_what_is_no_cited_document(raw: str) -> None:
    assert numbers(f"Theo thông tin mới, {raw}.") == []


def test_footers_are_not_read() -> None:
    assert numbers("Huyện có 5 xã.\nChịu trách nhiệm nội dung: Ban Biên tập\nThực hiện Quyết định số 12/QĐ-UBND") == []


def test_a_document_is_there_once_with_all_its_mentions() -> None:
    raw = "Tỉnh ban hành Đề án số 02/ĐA-UBND ngày 3/3/2022. Thực hiện Đề án số: 02/ĐA-UBND và Quyết định số 9/QĐ-UBND, các xã vào cuộc."
    first, second = cited(raw)
    assert (first.number, len(first.mentions), second.number) == ("02/ĐA-UBND", 2, "9/QĐ-UBND")
    assert [read(f"Tin trong tỉnh\n{raw}").raw[s.start : s.end] for s in first.mentions] == ["02/ĐA-UBND", "02/ĐA-UBND"]


ISSUED = [
    ("Kế hoạch số 86/KH-UBND ngày 01/4/2020 của Ủy ban nhân dân tỉnh về giảm nghèo", "Kế hoạch", "Ủy ban nhân dân tỉnh", date(2020, 4, 1)),
    ("Quyết định số 263/QĐ-TTg, ngày 22.2.2022 của Thủ tướng Chính phủ phê duyệt", "Quyết định", "Thủ tướng Chính phủ", date(2022, 2, 22)),
    ("Kế hoạch số 198/KH-UBND, ngày 20 tháng 4 năm 2021 của UBND tỉnh Yên Bái", "Kế hoạch", "UBND tỉnh Yên Bái", date(2021, 4, 20)),
    ("quyết định số 433 ngày 18/6/2021 của Ủy ban Dân tộc", "Quyết định", "Ủy ban Dân tộc", date(2021, 6, 18)),
    ("Thông báo số 46/TB-UBND ngày 20/02 của UBND huyện", "Thông báo", "UBND huyện", date(2022, 2, 20)),
    ("Nghị định số 27/2022/NĐ-CP ngày 31/4/2022 của Chính phủ", "Nghị định", "Chính phủ", None),  # no calendar has that day
    ("1420/UBND-KTN", "Công văn", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kind", "issuer", "issued"), ISSUED)
def test_kind_issuer_and_date(written: str, kind: str, issuer: str | None, issued: date | None) -> None:
    (c,) = cited(f"Thực hiện {written}, các xã vào cuộc.")
    assert (c.type, c.issuer, c.issued) == (kind, issuer, issued)


@pytest.mark.parametrize(
    ("raw", "issuer", "issued"),
    [
        ("Ngày 10/6, UBND tỉnh Yên Bái ban hành Kế hoạch số 70/KH-UBND.", "UBND tỉnh Yên Bái", date(2022, 6, 10)),
        ("YBĐT - Ngày 18/5/2022, Ban Thường vụ Tỉnh ủy đã ban hành Chỉ thị số 9-CT/TU.", "Ban Thường vụ Tỉnh ủy", date(2022, 5, 18)),
        ("Mới đây, HĐND huyện Trấn Yên thông qua Nghị quyết số 58/NQ-HĐND.", "HĐND huyện Trấn Yên", None),
    ],
)
def test_who_issues_a_document_before_its_number(raw: str, issuer: str, issued: date | None) -> None:
    (c,) = cited(raw)
    assert (c.issuer, c.issued) == (issuer, issued)


ARTICLE = (
    "Kế hoạch giảm nghèo năm 2022\n"
    "UBND tỉnh vừa ban hành Kế hoạch số 70/KH-UBND thực hiện Quyết định số 90/QĐ-TTg ngày 18/01/2022 của Thủ tướng.\n"
    "Mục tiêu đến hết năm 2022: giảm 3% hộ nghèo.\n"
    "Theo Báo cáo số 15/BC-SLĐ, năm 2021 toàn tỉnh giảm 4% hộ nghèo.\n"
    "Hiện tỉnh còn 5 nghìn hộ nghèo."
)


def test_a_claim_rests_on_the_document_of_its_sentence_else_on_that_of_the_article() -> None:
    text = read(ARTICLE)
    reader = DocumentReader(text, find_citations(text, CONTEXT))
    assert reader.at(ARTICLE.index("3% hộ"), "target").value.number == "70/KH-UBND"  # type: ignore[union-attr]
    assert reader.at(ARTICLE.index("3% hộ"), "target").source == "inherited"
    named = reader.at(ARTICLE.index("4% hộ"), "achievement")
    assert (named.value.number, named.source) == ("15/BC-SLĐ", "explicit")  # type: ignore[union-attr]
    after = reader.at(ARTICLE.index("5 nghìn"), "achievement")
    assert (after.value.number, after.rule) == ("15/BC-SLĐ", "document.article")  # type: ignore[union-attr]


def test_an_article_without_documents_rests_on_none() -> None:
    text = read("Tin\nXã có 5 hộ nghèo.")
    assert document_at(text, [], 8).value is None


@given(
    number=st.integers(1, 9999),
    year=st.one_of(st.none(), st.integers(2005, 2031)),
    kind=st.sampled_from(["QĐ", "KH", "NQ", "TB", "BC", "CTr", "TTr", "HD", "KL", "ĐA"]),
    office=st.sampled_from(["UBND", "HĐND", "TTg", "SNN&PTNT", "BCĐ", "VPĐP", "HU"]),
    spaces=st.booleans(),
)
def test_numbers_come_back_as_written(number: int, year: int | None, kind: str, office: str, spaces: bool) -> None:
    written = f"{number}/{year}/{kind}-{office}" if year else f"{number}/{kind}-{office}"
    raw = written.replace("-", " - ").replace("/", "/ ", 1) if spaces else written
    assert numbers(f"Căn cứ văn bản số {raw}, các xã vào cuộc.") == [written]


PIECES = st.sampled_from(
    ["số ", "quyết định ", "kế hoạch ", "12", "/", "-", "QĐ", "UBND", "ngày 1/2/2020 ", "của UBND tỉnh ", "2021", " ", "ndash;", ". ", "\n", "&", "\u200b", "\ufffd", "9" * 40]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=50))
def test_no_text_breaks_it(pieces: list[str]) -> None:
    text = read("".join(pieces))
    found = find_citations(text, CONTEXT)
    reader = DocumentReader(text, found)
    for at in range(0, len(text.raw), 5):
        reader.at(at)
    assert all(0 <= c.start < c.end <= len(text.raw) for c in found)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["seeds", "composed", "dev"])
def test_gold_document_numbers(shared: Path, name: str) -> None:
    tally = score_citations(shared, name)
    assert tally.f1 >= 0.97, "\n".join(tally.errors)

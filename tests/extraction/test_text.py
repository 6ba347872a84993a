"""Folding keeps offsets; sentences, title and footer are found in the shapes that portals produce."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.terms import read_lexicon
from extraction.text import fold, normalise, read

PROSE = "Toàn huyện đã huy động nhiều nguồn lực để làm đường, xây trường và hỗ trợ hộ nghèo phát triển sản xuất trong những năm qua. " * 2


def sentences(raw: str) -> list[str]:
    return [raw[s.start : s.end] for s in read(raw).sentences]


@pytest.mark.parametrize(
    ("given_", "folded"),
    [
        ("Uỷ ban", "ủy ban"), ("hoà bình", "hòa bình"), ("Thuý", "thúy"), ("khoẻ", "khỏe"), ("quý", "quý"), ("hoán", "hoán"), ("xoá", "xóa"), ("hoàn", "hoàn"),
        ("ÐẮK LẮK", "đắk lắk"), ("1\u00a0200", "1 200"), ("2016–2020", "2016-2020"), ("“Hộ”", '"hộ"'), ("96 tỉ", "96 tỷ"), ("tỉnh", "tỉnh"), ("25％", "25%"),
        ("１２ xã", "12 xã"), ("a\u200bb", "a b"), ("a\r\nb", "a\n\nb"), ("İ", "İ"), ("", ""),
    ],
)  # fmt: skip
def test_folding(given_: str, folded: str) -> None:
    assert fold(given_) == folded


@given(st.text())
def test_folding_keeps_the_length(raw: str) -> None:
    assert len(fold(raw)) == len(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Có 5 xã. Còn 6 xã.", ["Có 5 xã.", "Còn 6 xã."]),
        ("Tại TP. Hồ Chí Minh có 5 hộ. Hết.", ["Tại TP. Hồ Chí Minh có 5 hộ.", "Hết."]),
        ("Ông Nguyễn V. Tân nói. Ông đi.", ["Ông Nguyễn V. Tân nói.", "Ông đi."]),
        ("1. Công nhận 4 xã. Xong.", ["1. Công nhận 4 xã.", "Xong."]),
        ("a. Mục tiêu chung. Đến năm 2025.", ["a. Mục tiêu chung.", "Đến năm 2025."]),
        ("Đạt 18,5%. 12 xã đạt.", ["Đạt 18,5%.", "12 xã đạt."]),
        ("Thu 1.200 đồng. Chi 2.500 đồng.", ["Thu 1.200 đồng.", "Chi 2.500 đồng."]),
        ("Huyện đạt chuẩn.Toàn tỉnh có 5 huyện.", ["Huyện đạt chuẩn.", "Toàn tỉnh có 5 huyện."]),
        ("Còn 3,5%.Riêng vùng cao 9%.", ["Còn 3,5%.", "Riêng vùng cao 9%."]),
        ("Xem sonla.gov.vn và Th.S An. Hết.", ["Xem sonla.gov.vn và Th.S An.", "Hết."]),
        ("TP.Huế có 5 xã. Hết.", ["TP.Huế có 5 xã.", "Hết."]),
        ("Ngày 30.6. huyện họp", ["Ngày 30.6. huyện họp"]),
        ("Bò, dê, v.v. được nuôi.", ["Bò, dê, v.v. được nuôi."]),
        ("Ông nói: “Đạt rồi.” Dân vui.", ["Ông nói: “Đạt rồi.”", "Dân vui."]),
        ("Vì sao chậm? Vì vốn.", ["Vì sao chậm?", "Vì vốn."]),
        ("Trồng mía... Nuôi bò.", ["Trồng mía...", "Nuôi bò."]),
        ("Trồng mía, nuôi bò... rồi bán.", ["Trồng mía, nuôi bò... rồi bán."]),
        ("Hoàn thành./. Nguyễn A", ["Hoàn thành./.", "Nguyễn A"]),
        ("Tiêu đề không chấm\nCâu một\nCâu hai", ["Tiêu đề không chấm", "Câu một", "Câu hai"]),
        ("Xã đạt. ông nói tiếp", ["Xã đạt. ông nói tiếp"]),
    ],
)
def test_sentences(raw: str, expected: list[str]) -> None:
    assert sentences(raw) == expected


@given(st.text(alphabet='aAĐđ 5.,!?…\n"”)\u00a0\r/', max_size=60))
def test_sentences_keep_all_that_is_written_and_never_cross_a_line(raw: str) -> None:
    text = read(raw)
    assert all(0 <= s.start <= s.end <= len(raw) for s in text.sentences)
    assert all("\n" not in text.folded[s.start : s.end] for s in text.sentences)
    kept = "".join("".join(raw[s.start : s.end].split()) for s in text.sentences)
    assert kept == "".join(raw[: text.body_end].split())
    assert all(text.paragraphs[s.paragraph].start <= s.start and s.end <= text.paragraphs[s.paragraph].end for s in text.sentences if kept)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_the_title_is_the_first_line_whatever_ends_lines(end: str) -> None:
    raw = f"{end}Giảm nghèo{end}{end}Có 5 xã.{end}Còn 6 xã."
    text = read(raw)
    assert raw[: text.title_end].strip() == "Giảm nghèo"
    assert sentences(raw) == ["Giảm nghèo", "Có 5 xã.", "Còn 6 xã."]


def test_a_text_of_one_line() -> None:
    text = read("Có 5 xã. Còn 6 xã.")
    assert text.title_end == len(text.raw)
    assert len(text.sentences) == 2


@pytest.mark.parametrize("raw", ["", " ", "\n\n", "\u00a0"])
def test_nothing_to_read(raw: str) -> None:
    text = read(raw)
    assert text.sentence_at(0) == text.sentences[0]
    assert text.body_end == len(raw)


@pytest.mark.parametrize("row", read_lexicon("footer_markers.csv"), ids=lambda row: row["surface"])
def test_every_footer_marker_ends_the_body(row: dict[str, str]) -> None:
    assert fold(row["surface"]) in fold(row["example"])
    raw = f"Tiêu đề\n{PROSE}\n{row['example']}\nTin khác về huyện"
    assert read(raw).body_end <= raw.index(row["example"]) + len(row["example"]) - 1
    assert read(raw).body_end >= raw.index(PROSE) + len(PROSE.rstrip())


@pytest.mark.parametrize(
    "top", ["Lượt xem: 88", "Tin liên quan", "Lượt đọc: 12", "Cổng thông tin điện tử tỉnh", "In trang", "Tin tiêu điểm"]
)
def test_a_caption_above_the_body_is_no_footer(top: str) -> None:
    raw = f"Tiêu đề\n{top}\n{PROSE}\nHết"
    assert read(raw).body_end == len(raw)


@pytest.mark.parametrize(
    "line",
    [
        "Các tin khác nhau cho thấy điều này", "Tin khác biệt về nông thôn", "Lượt xem của bà con tăng", "Xem nhiều mô hình hay, bà con học theo và làm theo",
        "Đã truy cập được mạng ở 5 thôn", "Cổng thông tin điện tử tỉnh cho biết có 5 xã, 6 huyện đạt chuẩn.", "Gửi ý kiến phản hồi về UBND xã trước ngày 5 là 12 hộ",
    ],
)  # fmt: skip
def test_prose_that_begins_like_a_footer_stays(line: str) -> None:
    raw = f"Tiêu đề\n{PROSE}\n{line}\n{PROSE}"
    assert read(raw).body_end == len(raw)


def test_a_footer_glued_to_the_byline() -> None:
    raw = f"Tiêu đề\n{PROSE}\nHoàng GáiGửi ý kiến phản hồi\nHôm nay: 412"
    assert raw[: read(raw).body_end].endswith("Hoàng Gái")


@pytest.mark.parametrize("form", ["NFD", "NFKD", "NFC"])
def test_the_lake_stores_composed_letters(form: str) -> None:
    assert normalise(unicodedata.normalize(form, "Huyện Đắk Hà")) == "Huyện Đắk Hà"  # type: ignore[arg-type]

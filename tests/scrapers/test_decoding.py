"""From bytes to text: what portals send, and what must come out. Rows are those of docs/scraping-reliability.md."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.decoding import UndecodableError, decode
from scrapers.legacy import TCVN3, VNI, from_tcvn3, from_vni

TEXT = (
    "Phấn đấu đến hết năm 2025, toàn tỉnh có ít nhất 80% số xã đạt chuẩn nông thôn mới; tỷ lệ hộ nghèo giảm còn 3,5%. "
    "Ủy ban nhân dân các huyện, thị xã chịu trách nhiệm trước Chủ tịch tỉnh về kết quả thực hiện chương trình."
)
LOWER = TEXT.lower()

_syllables = st.lists(
    st.sampled_from(
        [
            "hộ",
            "nghèo",
            "giảm",
            "xuống",
            "thôn",
            "mới",
            "đạt",
            "chuẩn",
            "ủy",
            "ban",
            "huyện",
            "thị",
            "xã",
            "người",
            "được",
            "nước",
            "sạch",
            "tỷ",
            "lệ",
            "bền",
            "vững",
            "năm",
            "trường",
            "học",
            "kế",
            "hoạch",
        ]
    ),
    min_size=12,
    max_size=60,
)


def _misread(text: str) -> str:
    """UTF-8 taken for windows-1252, as double encoding does it."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())


def _to_font(text: str, table: dict[str, str]) -> str:
    inverse = {letter: key for key, letter in reversed(list(table.items()))}
    return "".join(inverse.get(ch, ch) for ch in text)


def test_row12_a_lying_header_does_not_matter() -> None:
    got = decode(TEXT.encode(), "text/html; charset=ISO-8859-1")
    assert got.text == TEXT
    assert got.problems == ("header_lied: cp1252",)


def test_row13_no_charset_at_all() -> None:
    assert decode(TEXT.encode(), "text/html").text == TEXT
    assert decode(TEXT.encode(), None).basis == "utf-8"


def test_row14_windows_1258_declared_in_the_meta_only() -> None:
    body = f'<meta http-equiv="Content-Type" content="text/html; charset=windows-1258"><p>{TEXT}'
    got = decode(_cp1258(body), "text/html")
    assert TEXT in got.text
    assert (got.encoding, got.basis) == ("cp1258", "meta")


def test_row14_a_header_that_says_windows_1258() -> None:
    assert decode(_cp1258(TEXT), "text/html; charset=windows-1258").text == TEXT


def test_row14_the_meta_lies_and_the_bytes_are_utf8() -> None:
    body = f'<meta charset="windows-1258"><p>{TEXT}'
    assert decode(body.encode(), None).text == body


def _cp1258(text: str) -> bytes:
    """windows-1258 writes most letters as a base and a combining tone."""
    out = []
    for ch in text:
        try:
            out.append(ch.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", ch)
            tones = [c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323"]
            base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
            out.append((base + "".join(tones)).encode("cp1258"))
    return b"".join(out)


def test_row19_tcvn3_is_found_by_its_font_and_converted() -> None:
    page = f'<p style="font-family: .VnTime">{_to_font(LOWER, TCVN3)}</p>'
    got = decode(page.encode(), "text/html; charset=utf-8")
    assert LOWER in got.text
    assert "tcvn3" in got.repairs


def test_row19_tcvn3_as_single_bytes_when_the_portal_says_so() -> None:
    assert decode(_to_font(LOWER, TCVN3).encode("latin-1"), None, "tcvn3").text == LOWER


def test_row19_tcvn3_written_as_entities() -> None:
    """Word wrote "&shy;" for what is the letter ư in this font."""
    page = '<font face=".VnTime">ch&shy;&not;ng tr&times;nh gi&para;m nghÌo bÒn v&divide;ng ®Õn n¨m 2010, ®¹t chuÈn</font>'
    assert "chương trình giảm nghèo bền vững đến năm 2010, đạt chuẩn" in decode(page.encode()).text


def test_row19_the_soft_hyphen_is_the_letter_u_with_horn() -> None:
    assert from_tcvn3("ch\u00ad\u00acng tr×nh") == "chương trình"


def test_row19_unicode_beside_a_legacy_font_is_left_alone() -> None:
    page = f'<style>p {{font-family: ".VnTime"}}</style><p>{_to_font(LOWER, TCVN3)}</p><div>Được đăng bởi ban biên tập: là, và, có</div>'
    got = decode(page.encode()).text
    assert "Được đăng bởi ban biên tập: là, và, có" in got
    assert LOWER in got


def test_row19_a_page_that_only_names_the_font_is_not_converted() -> None:
    page = f'<p style="font-family: .VnTime, Arial">{TEXT}</p>'
    got = decode(page.encode())
    assert got.text == page
    assert got.repairs == ()


def test_row20_vni_is_read_two_characters_before_one() -> None:
    page = f'<p style="font-family: VNI-Times">{_to_font(TEXT, VNI)}</p>'
    got = decode(page.encode(), None)
    assert TEXT in got.text
    assert from_vni("noâng thoân môùi, soá xaõ ñaït chuaån") == "nông thôn mới, số xã đạt chuẩn"


@given(_syllables)
@settings(max_examples=60)
def test_row19_20_every_text_round_trips_through_the_legacy_fonts(words: list[str]) -> None:
    text = " ".join(words)
    assert from_tcvn3(_to_font(text, TCVN3)) == text
    assert from_vni(_to_font(text, VNI)) == text


def test_row21_windows_1258_without_any_declaration() -> None:
    got = decode(_cp1258(TEXT), None)
    assert (got.text, got.basis) == (TEXT, "guessed")


def test_row22_decomposed_text_is_composed() -> None:
    got = decode(unicodedata.normalize("NFD", TEXT).encode())
    assert got.text == TEXT
    assert got.repairs == ("nfc",)


def test_row23_tone_placement_is_the_portals_own() -> None:
    assert decode("Uỷ ban xã Hoá".encode()).text == "Uỷ ban xã Hoá"


@given(_syllables)
@settings(max_examples=60)
def test_row24_double_encoding_is_undone(words: list[str]) -> None:
    text = " ".join([*words, TEXT])
    got = decode(_misread(text).encode())
    assert got.text == text
    assert "double_utf8" in got.repairs


def test_row24_double_encoding_of_a_part_of_the_page() -> None:
    page = f"<p>{TEXT}</p><p>{_misread(TEXT)}</p>"
    assert decode(page.encode()).text == f"<p>{TEXT}</p><p>{TEXT}</p>"


def test_row24_quotation_marks_after_capitals_are_not_mojibake() -> None:
    text = f"«NGHÈO ĐÓI LÀ GÌ Ư», «Ã», «Â» và “Đ” … {TEXT}"
    assert decode(text.encode()).text == text


def test_row24_rubbish_raises() -> None:
    with pytest.raises(UndecodableError, match=r"text\.legacy"):
        decode(b'<meta charset="utf-8">' + b"\xff\xfe\xfa" * 200)


def test_row24_one_letter_cut_in_half_is_recorded_and_read() -> None:
    """A CMS that cuts a summary after so many bytes spoils one letter; the page must not be lost for it."""
    body = b"<meta charset=utf-8><p>" + TEXT.encode() * 20 + "hộ nghè".encode()[:-1] + b"</p>"
    got = decode(body)
    assert got.text.count("\ufffd") == 1
    assert got.problems == ("replaced_bytes: 1",)


def test_a_byte_order_mark_decides() -> None:
    assert decode(b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=latin-1").basis == "bom"
    assert decode(b"\xff\xfe" + TEXT.encode("utf-16-le")).text == TEXT


def test_unknown_labels_are_passed_over() -> None:
    assert decode(TEXT.encode(), "text/html; charset=klingon").text == TEXT
    assert decode(b'<meta charset="unicode-1-1-utf-8-x">' + TEXT.encode()).text.endswith(TEXT)


def test_xml_declarations_count() -> None:
    body = '<?xml version="1.0" encoding="windows-1258"?><rss>' + TEXT
    assert TEXT in decode(_cp1258(body)).text


def test_a_page_that_is_not_vietnamese_is_noted() -> None:
    assert decode(b"The Association of Southeast Asian Nations " * 100).problems == ("not_vietnamese",)


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "cp1258", "tcvn3", "vni"]),
    st.sampled_from([None, "text/html; charset=utf-8", "a; charset=x"]),
)
@settings(max_examples=300)
def test_any_bytes_give_composed_text_or_the_one_error(body: bytes, legacy: str | None, content_type: str | None) -> None:
    try:
        got = decode(body, content_type, legacy)
    except UndecodableError:
        return
    assert unicodedata.is_normalized("NFC", got.text)
    assert got.text.count("\ufffd") <= max(2, 0.002 * len(got.text))


@given(
    st.text(
        alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ ,.0123456789%", max_size=300
    )
)
def test_vietnamese_in_utf8_is_never_changed(text: str) -> None:
    assert decode(text.encode()).text == unicodedata.normalize("NFC", text)

"""Body text: paragraphs whole, data tables as rows, layout tables dissolved, by-lines apart, lost ampersands mended."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st

from scrapers.bodies import clean, data_rows, inline_text, join_lead, paragraphs, read_body, restore_entities, split_byline


def node(html: str) -> Tag:
    found = BeautifulSoup(f"<div id=x>{html}</div>", "lxml").select_one("#x")
    assert found is not None
    return found


# --- paragraphs ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Một</p><p>&nbsp;</p><p>Hai</p>", ["Một", "Hai"]),
        ("<p><b>p</b>hù hợp, <span>đất nướ</span><span>c</span></p>", ["phù hợp, đất nước"]),
        ("Trần<div>Lồng <i>nhau</i></div>đuôi", ["Trần", "Lồng nhau", "đuôi"]),
        ("<p>Đạt 19<br>tiêu chí.<br/>Còn 2 xã.</p>", ["Đạt 19 tiêu chí.", "Còn 2 xã."]),
        ("<p>Câu hết.<br>tiếp theo</p>", ["Câu hết.", "tiếp theo"]),
        ("<p>Một<br><br>hai</p>", ["Một", "hai"]),
        ("<ul><li>- Một</li><li>- Hai</li></ul>", ["- Một", "- Hai"]),
        ("<p>Thấy<script>var x = 'không';</script><!-- không --></p><p style='display:none'>không</p><p hidden>không</p>", ["Thấy"]),
        ("<p>Các Ph\u200bó  Bí\u00a0thư\u00ad</p>", ["Các Phó Bí thư"]),
    ],
)
def test_paragraphs(html: str, expected: list[str]) -> None:
    assert paragraphs(node(html)) == expected


def test_dropped_elements_leave_no_text() -> None:
    html = "<p>Giữ</p><figcaption>Bỏ 123</figcaption><div class=related-box><p>Bỏ</p></div><p class=x>Giữ hai</p>"
    assert paragraphs(node(html), ("figcaption", ".related-box", ".none")) == ["Giữ", "Giữ hai"]


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    root = node("")
    inner = root
    for _ in range(1200):
        child = BeautifulSoup("", "lxml").new_tag("span")
        inner.append(child)
        inner = child
    inner.append("đáy")
    assert paragraphs(root) == ["đáy"]


# --- tables ----------------------------------------------------------------------------------------------------------------------


def table(html: str) -> list[str] | None:
    found = node(f"<table>{html}</table>").find("table")
    assert isinstance(found, Tag)
    return data_rows(found)


def test_indicator_table_keeps_rows_and_repeats_labels_that_span() -> None:
    rows = table(
        "<tr><th rowspan=2>Vùng</th><th colspan=2>Thu nhập <em>(triệu đồng/người)</em></th></tr><tr><th>2015</th><th>2020</th></tr>"
        "<tr><td rowspan=2>Vùng I</td><td>25</td><td rowspan=2>45</td></tr><tr><td>26</td></tr>"
    )
    # the number that spans two rows stands once: it is one fact
    assert rows == ["Vùng | Thu nhập (triệu đồng/người)", "Vùng | 2015 | 2020", "Vùng I | 25 | 45", "Vùng I | 26"]


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<tr><td><img src=a></td></tr><tr><td>Thu hoạch 20 tấn cà phê</td></tr>", "one column: a photograph and its caption"),
        ("<tr><td>UBND XÃ MẪU<br>Số: 12/BC-UBND</td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA</td></tr>", "no cell is a number: the head of a letter"),
        ("<tr><td></td><td>Đoạn văn có 5 xã đạt chuẩn</td></tr>", "only one column is filled"),
        ("<tr><td>1</td><td><table><tr><td>2</td><td>x</td></tr></table></td></tr>", "holds another table"),
    ],
)
def test_layout_tables_are_no_data(html: str, why: str) -> None:
    assert table(html) is None, why


def test_layout_table_dissolves_into_paragraphs_and_the_data_table_inside_stays() -> None:
    html = (
        "<table><tr><td><p>Mở đầu</p><table><tr><td>Xã</td><td>Hộ nghèo</td></tr><tr><td>A</td><td>12</td></tr></table></td></tr></table>"
    )
    assert paragraphs(node(html)) == ["Mở đầu", "Xã | Hộ nghèo", "A | 12"]


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(["xã", "12", "3,5%", ""]), st.integers(0, 4), st.integers(0, 4)), max_size=4), max_size=5)
)
def test_any_spans_give_rows_of_one_width_or_no_data(cells: list[list[tuple[str, int, int]]]) -> None:
    html = "".join("<tr>" + "".join(f"<td rowspan={r} colspan={c}>{t}</td>" for t, r, c in row) + "</tr>" for row in cells)
    rows = table(html)
    assert rows is None or all(rows)


# --- lead ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "body", "expected"),
    [
        (["Lead."], ["Thân."], ["Lead.", "Thân."]),
        (["tặng 10 suất học bổng cho"], ["em học sinh nghèo.", "Hết."], ["tặng 10 suất học bổng cho em học sinh nghèo.", "Hết."]),
        (["Hết câu."], ["thân viết thường."], ["Hết câu.", "thân viết thường."]),
        (["Sáng 1/8, mưa lớn."], ["Sáng 1/8, mưa lớn. Có 3 nhà tốc mái."], ["Sáng 1/8, mưa lớn. Có 3 nhà tốc mái."]),
        (["Sáng 1/8, mưa lớn..."], ["Sáng 1/8, mưa lớn gây ngập."], ["Sáng 1/8, mưa lớn gây ngập."]),
        ([], ["Thân."], ["Thân."]),
        (["Lead."], [], ["Lead."]),
    ],
)
def test_lead_and_body_become_one_text(lead: list[str], body: list[str], expected: list[str]) -> None:
    assert join_lead(lead, body) == expected


# --- by-line ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Lệ Mẫu",
        "Ngô Mẫu – Khánh Mẫu (Đài Truyền thanh huyện)",
        "Lệ Mẫu- Ngô Tấm",
        "Tin, ảnh: Mỹ Mẫu",
        "Tin, ành Lệ Mẫu (Đài Truyền thanh huyện)",
        "Bài và ảnh: Phạm Mẫu",
        "Phạm Mẫu (tổng hợp)",
        "(Phạm Mẫu)",
        "KHÁNH MẪU",
        "H’Vi Ê Mẫu",
        "Theo Báo Mẫu Nông điện tử",
        "Nguồn “Mẫu Nông Điện tử”",
        "Nguồn: Cổng TTĐT tỉnh Mẫu",
        "Theo chinhphu.vn",
        "Theo http://baomau.org.vn/",
        "Trần Mẫu - Phòng Kinh tế huyện",
        "BBT",
        "PV",
    ],
)
def test_bylines_are_taken_off_the_end(line: str) -> None:
    assert split_byline(["Xã đạt 19 tiêu chí.", line]) == (["Xã đạt 19 tiêu chí."], line)


@pytest.mark.parametrize(
    "line",
    [
        "Theo báo cáo của UBND huyện, tỷ lệ hộ nghèo còn 3%.",
        "Theo đó, có 5 xã đạt chuẩn",
        "Theo kế hoạch, năm 2025 hoàn thành",
        "Nguồn vốn còn thiếu 3 tỷ đồng.",
        "Ông Phan Thanh Mẫu",
        "Đồng chí Tôn Thị Mẫu trao học bổng cho học sinh nghèo",
        "HUYỆN ỦY MẪU SƠN",
        "Phó Ban Chỉ đạo",
        "Nông dân gieo cấy thường xuyên để tăng thu nhập",
        "Chủ tịch UBND huyện Mẫu",
        "Tin vui đến với bà con",
        "Quyết liệt, đồng bộ.",
        "2",
    ],
)
def test_prose_captions_and_offices_are_no_bylines(line: str) -> None:
    assert split_byline(["Mở đầu.", line]) == (["Mở đầu.", line], None)


def test_byline_glued_to_the_last_sentence() -> None:
    assert split_byline(["Kế hoạch năm 2021./.Hoàng Mẫu"]) == (["Kế hoạch năm 2021./."], "Hoàng Mẫu")
    assert split_byline(["Kế hoạch năm 2021./."]) == (["Kế hoạch năm 2021./."], None)


def test_writer_and_source_are_both_kept_in_order() -> None:
    assert split_byline(["Thân bài.", "Lê Mẫu", "Theo Báo Mẫu"]) == (["Thân bài."], "Lê Mẫu; Theo Báo Mẫu")


def test_a_text_that_is_only_a_name_keeps_it() -> None:
    assert split_byline(["Nguyễn Văn Mẫu"]) == (["Nguyễn Văn Mẫu"], None)


# --- lost ampersands -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("cograve;n 12 hộ nghegrave;o", "còn 12 hộ nghèo"),
        ("121 ldquo;Đưa thông tinrdquo; về", "121 “Đưa thông tin” về"),
        ("Bộ TTamp;TT và KHamp;ĐT", "Bộ TT&TT và KH&ĐT"),
        ("Hà Nội ndash; Việt Nam hellip;", "Hà Nội – Việt Nam …"),
        ("giấy pheacute;p", "giấy phép"),
        ("nóng 30deg;C", "nóng 30°C"),
        ("a &ldquo; b", "a &ldquo; b"),
        ("stamp; camp; times; copy; and; fault;", "stamp; camp; times; copy; and; fault;"),
        ("Một là; hai là; ba là.", "Một là; hai là; ba là."),
    ],
)
def test_lost_ampersands(raw: str, mended: str) -> None:
    assert restore_entities(raw) == mended


def test_stray_semicolons_inside_words_go_only_where_asked() -> None:
    assert restore_entities("lồng gh;ép; thực hiện", stray=True) == "lồng ghép; thực hiện"
    assert restore_entities("lồng gh;ép") == "lồng gh;ép"


@given(st.text(alphabet="abcđeê ghinotuưyạảấ.,;", max_size=80))
def test_vietnamese_prose_without_entities_is_left_alone(text: str) -> None:
    names = r"grave|acute|circ|tilde|quo|dash|hellip|nbsp|middot|amp|deg"
    if not re.search(names, text):
        assert restore_entities(text) == text


# --- everything ------------------------------------------------------------------------------------------------------------------


def test_body_lists_attachments_once_and_drops_the_tail() -> None:
    html = (
        "<p>Thân bài có 3 xã.</p><p>Lê Mẫu</p><p>Xem chi tiết <a href='/tep/ke%20hoach.PDF'>tại đây</a></p>"
        "<a href='/tep/ke%20hoach.PDF'>lần nữa</a> <a href='b.docx?v=1'>b</a> <a href='/trang'>không</a> <a href='mailto:x@y.doc'>không</a>"
    )
    tail = re.compile(r"xem chi tiết tại đây|lần nữa b không không", re.IGNORECASE)
    body = read_body([node(html)], base_url="https://mau.gov.vn/a/b", tail=tail)
    assert body.paragraphs == ("Thân bài có 3 xã.",)
    assert body.author == "Lê Mẫu"
    assert body.attachments == ("https://mau.gov.vn/tep/ke%20hoach.PDF", "https://mau.gov.vn/a/b.docx?v=1")


@given(st.text(max_size=200))
def test_clean_text_has_single_spaces_and_is_stable(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    assert "  " not in once
    assert inline_text(node("<p></p>")) == ""

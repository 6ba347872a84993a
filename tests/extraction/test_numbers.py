"""The number grammar: what officials write is read, what has two readings is flagged, and nothing takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.numbers import number_words, read_number, read_scale, scales
from extraction.terms import read_lexicon
from extraction.text import fold
from tests.extraction.reading import values


def value(text: str) -> float | None:
    number = read_number(fold(text), 0)
    return number.value if number else None


def rest(text: str) -> str:
    number = read_number(fold(text), 0)
    assert number
    return text[number.end :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # thousands
        ("2.700 hộ", 2700), ("1.743.406 triệu đồng", 1743406e6), ("12.768 tỷ đồng", 12768e9), ("1.000 hộ", 1000), ("100.000 người", 100000),
        ("99.612.417.000 đồng", 99612417000), ("1 200 hộ", 1200), ("1\u00a0200 hộ", 1200), ("12 345 678 đồng", 12345678), ("1\u202f250 hộ", 1250),
        ("2700 hộ", 2700), ("15000 hộ", 15000),
        # decimals
        ("0,77%", 0.77), ("18,56 tiêu chí", 18.56), ("8.43%", 8.43), ("55.07%", 55.07), ("2.0%", 2.0), ("1.250,5 tỷ đồng", 1250.5e9),
        ("24.761,596 tỷ đồng", 24761.596e9), ("4.662,5km", 4662.5), ("127,593 km2", 127.593), ("0.125%", 0.125), ("3,0%", 3.0),
        # leading zeros, glued units
        ("05 huyện", 5), ("06 xã", 6), ("003 hộ", 3), ("250ha", 250), ("2.438hộ", 2438), ("37,5km", 37.5), ("1.054hộ", 1054),
        # scales
        ("2,7 nghìn hộ", 2700), ("14 ngàn hộ", 14000), ("90 vạn lượt", 900000), ("1,3 triệu hộ", 1.3e6), ("1,2 tỷ đồng", 1.2e9),
        ("96,8 tỉ đồng", 96.8e9), ("30 nghìn tỷ đồng", 30e12), ("732,6 nghìn tỷ đồng", 732.6e12), ("1 triệu tỷ đồng", 1e15), ("4 trăm hộ", 400),
        ("3 chục hộ", 30), ("7 trăm nghìn đồng", 700000), ("3 trăm triệu đồng", 300e6), ("4,5triệu đồng", 4.5e6), ("2 triệu rưỡi đồng", 2.5e6),
        ("1 tỷ rưỡi", 1.5e9), ("1 triệu 250 nghìn đồng", 1250000), ("1 tỷ 200 triệu đồng", 1.2e9), ("2 nghìn 500 hộ", 2000),
        ("42 triệu triệu đồng", 42e6), ("2,338 triệu hộ", 2.338e6),
        # English notation
        ("1,250,000 đồng", 1250000), ("1,250.75 triệu", 1250.75e6),
    ],
)  # fmt: skip
def test_digits_are_read_as_officials_write_them(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("một xã", 1), ("hai xã", 2), ("chín đơn vị", 9), ("mười xã", 10), ("mười một xã", 11), ("mười hai huyện", 12), ("mười lăm xã", 15),
        ("mười nhăm xã", 15), ("hai mươi xã", 20), ("hai mươi mốt xã", 21), ("hai mươi tư xã", 24), ("hai mươi bốn xã", 24),
        ("ba mươi lăm hộ", 35), ("năm mươi nhăm hộ", 55), ("bảy mươi ba hộ", 73), ("bẩy mươi mốt hộ", 71), ("chín mươi chín hộ", 99),
        ("hai mốt hộ", 21), ("hai lăm hộ", 25), ("ba tư hộ", 34), ("hăm ba hộ", 23), ("ba chục hộ", 30), ("một trăm hộ", 100),
        ("một trăm linh năm hộ", 105), ("một trăm lẻ ba hộ", 103), ("một trăm hai hộ", 120), ("hai trăm rưỡi hộ", 250),
        ("bốn trăm năm mươi hộ", 450), ("năm trăm hộ", 500), ("một trăm mười hai hộ", 112), ("chín trăm chín mươi chín hộ", 999),
        ("một nghìn hộ", 1000), ("hai nghìn ba trăm hộ", 2300), ("hai nghìn ba hộ", 2300), ("hai nghìn không trăm linh năm hộ", 2005),
        ("ba ngàn hộ", 3000), ("mười nghìn hộ", 10000), ("năm vạn người", 50000), ("một triệu hộ", 1e6), ("một triệu hai người", 1.2e6),
        ("một triệu rưỡi người", 1.5e6), ("sáu triệu người", 6e6), ("một triệu tỷ đồng", 1e15), ("hai phẩy năm triệu hộ", 2.5e6),
        ("một nửa số xã", 50), ("nửa số hộ", 50), ("hai phần ba số hộ", 200 / 3), ("một phần tư số xã", 25), ("ba phần tư số xã", 75),
        ("hai triệu ba trăm nghìn người", 2.3e6), ("sáu trăm bốn mươi hai nghìn một trăm ba mươi bảy đồng", 642137),
    ],
)  # fmt: skip
def test_words_are_read(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("hai mươi năm trước", " năm trước"),  # twenty years
        ("mười năm qua", " năm qua"),
        ("một trăm năm nay", " năm nay"),
        ("hai nghìn năm trước", " năm trước"),
        ("5 tỷ lệ", " tỷ lệ"),
        ("6 xã Triệu Phong", " xã Triệu Phong"),
        ("3 Triệu Phong", " Triệu Phong"),
        ("2 vạn thọ", " vạn thọ"),
        ("mười hai tháng", " tháng"),
        ("ba hai", " hai"),
    ],
)
def test_numerals_end_where_other_words_begin(text: str, left: str) -> None:
    assert rest(text) == left


@pytest.mark.parametrize("text", ["", "xã", "linh", "mươi", "trăm", "không", "phần", "lẻ ba", ",5", ".", "²", "tư", "mốt", "rưỡi", "phẩy"])
def test_what_is_no_number(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("8.43%", "dot_decimal"),
        ("1,234 hộ", "ambiguous_thousands"),
        ("1,234,567 đồng", "english_notation"),
        ("1 200 hộ", "spaced_thousands"),
    ],
)
def test_second_readings_are_flagged(text: str, flag: str) -> None:
    number = read_number(text, 0)
    assert number and flag in number.flags


@pytest.mark.parametrize("text", ["2.700 hộ", "2,7%", "15 xã", "1.250,5 tỷ", "05 huyện"])
def test_what_reads_one_way_is_not_flagged(text: str) -> None:
    number = read_number(text, 0)
    assert number and number.flags == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("có 1,234 hộ nghèo", [1234.0]),  # a comma before three digits and a counted noun: thousands
        ("đạt 1,234 triệu đồng", [1234000.0]),
        ("bình quân 16,425 tiêu chí", [16.425]),  # criteria are averages
        ("dài 12,345 km", [12.345]),
        ("đạt 1.234%", [1.234]),
        ("đạt 1.250% kế hoạch", [1250.0]),
        ("giá 12,500 đồng", [12500.0]),
    ],
)
def test_the_unit_settles_what_the_marks_leave_open(text: str, expected: list[float]) -> None:
    assert values(text) == expected


# ---- round trips: value -> every way to write it -> value


def dots(n: int) -> str:
    return f"{n:,}".replace(",", ".")


def words(n: int) -> str:
    """A Vietnamese numeral, written independently of the reader."""
    units = "không một hai ba bốn năm sáu bảy tám chín".split()  # noqa: SIM905

    def below_hundred(m: int, led: bool) -> str:
        tens, ones = divmod(m, 10)
        if tens == 0:
            return (f"linh {units[ones]}" if led else units[ones]) if ones else ""
        head = "mười" if tens == 1 else f"{units[tens]} mươi"
        last = {0: "", 1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(ones, units[ones])
        return f"{head} {last}".strip()

    def below_thousand(m: int, led: bool) -> str:
        hundreds, rest_ = divmod(m, 100)
        if hundreds or led:
            return f"{units[hundreds]} trăm {below_hundred(rest_, True)}".strip()
        return below_hundred(rest_, False)

    parts, led = [], False
    for scale, name in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        part, n = divmod(n, scale)
        if part:
            parts.append(f"{below_thousand(part, led)} {name}".strip())
            led = True
    return " ".join(parts)


@given(st.integers(1, 10**12 - 1))
def test_round_trip_of_dotted_numbers(n: int) -> None:
    assert value(f"{dots(n)} hộ") == n


@given(st.integers(1000, 10**12 - 1))
def test_round_trip_of_spaced_numbers(n: int) -> None:
    assert value(f"{dots(n).replace('.', chr(0xA0))} hộ") == n


@given(st.integers(1, 999_999_999))
def test_round_trip_of_words(n: int) -> None:
    assert value(f"{words(n)} hộ") == n


@given(st.integers(0, 99_999), st.integers(0, 99))
def test_round_trip_of_decimals(whole: int, hundredths: int) -> None:
    assert value(f"{dots(whole)},{hundredths:02d}%") == pytest.approx(whole + hundredths / 100)


@given(
    st.integers(1, 9_999),
    st.integers(0, 9),
    st.sampled_from([("nghìn", 1e3), ("ngàn", 1e3), ("vạn", 1e4), ("triệu", 1e6), ("tỷ", 1e9), ("tỉ", 1e9)]),
)
def test_round_trip_of_scales(whole: int, tenth: int, scale: tuple[str, float]) -> None:
    word, factor = scale
    assert value(f"{dots(whole)},{tenth} {word} đồng") == pytest.approx((whole + tenth / 10) * factor)


@given(st.integers(1, 999), st.integers(1, 999))
def test_round_trip_of_mixed_scales(millions: int, thousands: int) -> None:
    assert value(f"{millions} triệu {thousands} nghìn đồng") == millions * 1e6 + thousands * 1e3


@given(st.text(alphabet="0123456789.,/ -%xãhộtriệumươitrămlinhnămnghìn\u00a0\n", max_size=80))
def test_reading_never_raises_and_never_runs_over_the_end(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded)):
        number = read_number(folded, at)
        assert number is None or at < number.end <= len(folded)


@pytest.mark.parametrize(
    "text", ["1" * 1_000_000, "1." * 500_000, "1,111" * 200_000, "1 111" * 200_000, "một " * 250_000, "triệu " * 200_000]
)
def test_a_megabyte_of_number_is_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    read_number(text, 0)
    read_scale(text, 0)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("row", read_lexicon("number_words.csv"), ids=lambda row: row["word"])
def test_every_number_word_is_read_in_its_example(row: dict[str, str]) -> None:
    assert row["word"] in row["example"]
    assert value(row["example"]) == pytest.approx(float(row["reads"]))
    assert fold(row["word"]) in number_words()


@pytest.mark.parametrize("row", read_lexicon("scales.csv"), ids=lambda row: row["surface"])
def test_every_scale_is_read_in_its_example(row: dict[str, str]) -> None:
    assert row["surface"] in row["example"]
    assert value(row["example"]) == pytest.approx(float(row["reads"]))
    assert fold(row["surface"]) in scales()

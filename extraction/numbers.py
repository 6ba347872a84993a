"""The grammar of written Vietnamese numbers: digits, words, and both with scale words.

One function a production, each reading at a position of the folded text and saying where it stopped; nothing searches.
Accepted is what officials write ("1.743.406 triệu", "24.761,596 tỷ", "2,7 nghìn", "1 triệu 250 nghìn", "hai mươi tư",
"một trăm hai" = 120), with a flag where a second reading exists. Words that are also other words ("năm" is five and year)
are the caller's business: it knows what stands around.
"""

from __future__ import annotations

import re
from functools import cache

from extraction.model import value_class
from extraction.terms import read_lexicon

MAX_DIGITS = 18  # of one run: beyond, it is a code and not an amount; keeps float() exact enough and reading linear


@value_class
class Number:
    """A number and where it stood. `value` is `mantissa` times `scale`."""

    start: int
    end: int
    value: float
    form: str  # digits, words, half (a share in words: "một nửa", "hai phần ba", value in per cent)
    mantissa: float
    scale: float  # of the scale words that stand with it; 1 without
    flags: tuple[str, ...] = ()


@value_class
class _Word:
    text: str
    start: int
    end: int


@value_class
class _Scale:
    factor: float
    not_before: frozenset[str]


_DIGITS_RE = re.compile(
    r"(?P<dots>\d{1,3}(?:\.\d{3})+)(?P<dots_decimal>,\d+)?(?![.,]?\d)"
    r"|(?P<commas>\d{1,3}(?:,\d{3})+)(?P<commas_decimal>\.\d+)?(?![.,]?\d)"
    r"|(?P<spaces>\d{1,3}(?: \d{3})+)(?P<spaces_decimal>,\d+)?(?![.,]?\d)(?! \d)"
    r"|(?P<plain>\d+)(?:(?P<mark>[.,])(?P<decimal>\d+))?(?![.,]\d)"
    r"|(?P<broken>\d+)",
    re.ASCII,
)
_PLAIN_RE = re.compile(r"[0-9]+(?![.,0-9]| [0-9])")  # nine of ten numbers: nothing groups or divides them
_PART_RE = re.compile(r" {1,4}(?=[0-9])")
_WORD_RE = re.compile(r" {0,4}([^\W\d_]+)")
# "10.000" reads one way only, "1.234%" and "0.123" do not: the unit that follows decides (quantities.py)


@cache
def number_words() -> dict[str, tuple[str, float]]:
    """word -> (role in the grammar, value)."""
    return {row["word"]: (row["role"], float(row["value"])) for row in read_lexicon("number_words.csv")}


@cache
def scales() -> dict[str, _Scale]:
    """Scale word -> factor and the words after which it is something else ("tỷ lệ", "Triệu Phong")."""
    return {
        row["surface"]: _Scale(float(row["factor"]), frozenset(filter(None, row["not_before"].split("|"))))
        for row in read_lexicon("scales.csv")
    }


@cache
def _scale_re() -> re.Pattern[str]:
    return re.compile(rf" {{0,4}}(?:{'|'.join(scales())})(?![^\W\d_])")


def word_at(folded: str, at: int) -> _Word | None:
    """The word that starts at `at`, or after spaces there."""
    m = _WORD_RE.match(folded, at)
    return _Word(m.group(1), m.start(1), m.end(1)) if m else None


def read_number(folded: str, at: int) -> Number | None:
    """A number that starts exactly at `at`, with its scale words; None if there is none.

    >>> read_number("2,7 nghìn hộ", 0).value
    2700.0
    >>> read_number("hai mươi tư xã", 0).value
    24.0
    """
    if at >= len(folded):
        return None
    if folded[at].isdigit():
        return _scaled(folded, _read_digits(folded, at))
    return _read_words(folded, at)


def _read_digits(folded: str, at: int) -> Number | None:
    plain = _PLAIN_RE.match(folded, at)
    if plain is not None:
        if plain.end() - at > MAX_DIGITS:
            return None
        value = float(plain.group())
        return Number(at, plain.end(), value, "digits", value, 1.0)
    m = _DIGITS_RE.match(folded, at)
    if m is None or m.end() - at > MAX_DIGITS * 2:
        return None
    if m["dots"]:
        flags = ("ambiguous_thousands",) if m["dots"].count(".") == 1 and not m["dots_decimal"] and m["dots"][0] == "0" else ()
        value = float(m["dots"].replace(".", "") + (m["dots_decimal"] or "").replace(",", "."))
        if flags:  # "0.125" cannot be grouped thousands
            value, flags = float(m["dots"]), ("dot_decimal",)
        return Number(at, m.end(), value, "digits", value, 1.0, flags)
    if m["commas"]:
        return _commas(at, m)
    if m["spaces"]:
        value = float(m["spaces"].replace(" ", "") + (m["spaces_decimal"] or "").replace(",", "."))
        return Number(at, m.end(), value, "digits", value, 1.0, ("spaced_thousands",))
    digits, mark = (m["plain"], m["mark"]) if m["plain"] else (m["broken"], None)
    if len(digits) > MAX_DIGITS or not digits.isascii():
        return None
    value = float(f"{digits}.{m['decimal']}") if mark else float(digits)
    flags = ("broken",) if m["broken"] else ("dot_decimal",) if mark == "." else ()
    return Number(at, m.end(), value, "digits", value, 1.0, flags)


def _commas(at: int, m: re.Match[str]) -> Number:
    """Commas before three digits: "127,593 km2" is a decimal, "1,250,000 đồng" English thousands, "1,234 hộ" both."""
    groups = m["commas"]
    if groups.count(",") > 1 or m["commas_decimal"]:
        value = float(groups.replace(",", "") + (m["commas_decimal"] or ""))
        return Number(at, m.end(), value, "digits", value, 1.0, ("english_notation",))
    value = float(groups.replace(",", "."))
    return Number(at, m.end(), value, "digits", value, 1.0, ("ambiguous_thousands",))


def _scaled(folded: str, number: Number | None) -> Number | None:
    """Digits with the scale words after them: "30 nghìn tỷ", "1 triệu 250 nghìn", "2 triệu rưỡi"."""
    if number is None or not _scale_re().match(folded, number.end):
        return number
    factor, end = read_scale(folded, number.end)
    if factor == 1.0:
        return number
    value = number.mantissa * factor
    total, last = value, factor
    while True:
        word = word_at(folded, end)
        if word and word.text == "rưỡi":
            total, end = total + last / 2, word.end
            break
        smaller = _smaller_part(folded, end, last)
        if smaller is None:
            break
        part, last, end = smaller
        total += part
    flags = tuple(f for f in number.flags if f != "ambiguous_thousands")
    return Number(number.start, end, _clean(total), "digits", number.mantissa, factor, flags)


def _smaller_part(folded: str, at: int, below: float) -> tuple[float, float, int] | None:
    """The "250 nghìn" after "1 triệu": a number with a scale smaller than the one before."""
    m = _PART_RE.match(folded, at)
    number = _read_digits(folded, m.end()) if m else None
    if number is None:
        return None
    factor, end = read_scale(folded, number.end)
    if factor == 1.0 or factor >= below or number.value * factor >= below:
        return None
    return number.value * factor, factor, end


def read_scale(folded: str, at: int) -> tuple[float, int]:
    """(factor, end) of the scale words at `at`; (1, at) without. "nghìn tỷ" multiplies, "tỷ lệ" is none.

    >>> read_scale(" nghìn tỷ đồng", 0)
    (1000000000000.0, 8)
    >>> read_scale(" tỷ lệ hộ nghèo", 0)
    (1.0, 0)
    """
    if not _scale_re().match(folded, at):
        return 1.0, at
    factor, end, last = 1.0, at, 0.0
    for _ in range(4):
        word = word_at(folded, end)
        scale = scales().get(word.text) if word else None
        if word is None or scale is None or scale.factor < last:
            break
        following = word_at(folded, word.end)
        if following and following.text in scale.not_before and following.start > word.end:
            break
        if scale.factor == last:  # "42 triệu triệu đồng", a slip of the keyboard seen in print
            end = word.end
            continue
        factor, end, last = factor * scale.factor, word.end, scale.factor
    return factor, end


def _clean(value: float) -> float:
    """Products of decimals and powers of ten come out as 24761596000000.004: round to what was written."""
    return float(f"{value:.12g}")


# ---- number words -------------------------------------------------------------------------------------------------


def _read_words(folded: str, at: int) -> Number | None:
    words = _words(folded, at)
    if not words:
        return None
    share = _share(words)
    if share:
        value, used = share
        return Number(at, words[used - 1].end, value, "half", value, 1.0)
    value, used, factor = _cardinal(words)
    if used == 0:
        return None
    if used < len(words) and words[used].text == "phẩy":
        value, used, factor = _decimal_words(words, value, used)
    flags = ("single_word",) if used == 1 else ()
    return Number(at, words[used - 1].end, _clean(value), "words", _clean(value / factor), factor, flags)


def _words(folded: str, at: int) -> list[_Word]:
    """Number words and scale words in a row from `at`, at most 24 (the longest numeral below a thousand billion)."""
    known, factors = number_words(), scales()
    words: list[_Word] = []
    while len(words) < 24 and (word := word_at(folded, at)) and (word.text in known or word.text in factors):
        if len(words) == 1 and _plain_digit(words[0]) and _plain_digit(word):
            break  # "một hai", "năm một": two numbers
        words.append(word)
        at = word.end
    return words


def _plain_digit(word: _Word) -> bool:
    return number_words().get(word.text, ("", 0.0))[0] == "digit"


def _role(words: list[_Word], i: int) -> str:
    return number_words().get(words[i].text, ("scale" if words[i].text in scales() else "", 0.0))[0] if i < len(words) else ""


def _value(words: list[_Word], i: int) -> float:
    return number_words()[words[i].text][1]


def _share(words: list[_Word]) -> tuple[float, int] | None:
    """ "một nửa", "nửa" and "hai phần ba" as per cent, with the number of words used."""
    if _role(words, 0) == "half":
        return 50.0, 1
    if words[0].text == "một" and _role(words, 1) == "half":
        return 50.0, 2
    if _role(words, 0) == "digit" and _role(words, 1) == "over" and _role(words, 2) in ("digit", "last", "ten"):
        below = _value(words, 2)
        if below > _value(words, 0):
            return float(f"{100 * _value(words, 0) / below:.10g}"), 3
    return None


def _cardinal(words: list[_Word]) -> tuple[float, int, float]:
    """(value, words used, largest scale). "hai nghìn ba trăm", "một triệu rưỡi", "hai nghìn ba" = 2300."""
    total, used, largest, last = 0.0, 0, 1.0, float("inf")
    while used < len(words):
        part, after = _below_thousand(words, used)
        if after == used:
            break
        factor, scaled = _scale_words(words, after)
        if factor >= last:
            break
        if factor == 1.0:
            if last != float("inf") and after - used == 1 and words[used].text != "năm":
                part *= last / 10
            elif last != float("inf") and after - used == 1:
                break
            total, used = total + part, after
            break
        total, used, last, largest = total + part * factor, scaled, factor, max(largest, factor)
        if _role(words, used) == "half_more":
            total, used = total + factor / 2, used + 1
            break
    return total, used, largest


def _scale_words(words: list[_Word], i: int) -> tuple[float, int]:
    factor, last = 1.0, 0.0
    while i < len(words) and (scale := scales().get(words[i].text)) and scale.factor >= 1000 and scale.factor > last:
        if i + 1 < len(words) and words[i + 1].text in scale.not_before:
            break
        factor, last, i = factor * scale.factor, scale.factor, i + 1
    return factor, i


def _below_thousand(words: list[_Word], i: int) -> tuple[float, int]:
    """ "hai trăm linh năm", "một trăm hai" = 120, "trăm rưỡi"; (0, i) if nothing starts here."""
    if _role(words, i + 1) == "hundred" and _role(words, i) in ("digit", "zero"):
        value, at = 100 * _value(words, i), i + 2
        if _role(words, at) == "half_more":
            return value + 50, at + 1
        if _role(words, at) == "zero_tens" and _role(words, at + 1) in ("digit", "last"):
            return value + _value(words, at + 1), at + 2
        tens, after = _below_hundred(words, at)
        if after - at > 1 or (after > at and tens >= 10):
            return value + tens, after
        if _role(words, at) in ("digit", "last") and words[at].text != "năm":
            return value + 10 * _value(words, at), at + 1
        return value, at
    return _below_hundred(words, i)


def _below_hundred(words: list[_Word], i: int) -> tuple[float, int]:
    """One to ninety-nine. "năm" never ends a numeral after mười or mươi: "hai mươi năm" is twenty years."""
    role, following = _role(words, i), _role(words, i + 1)
    if role == "ten":
        if following in ("digit", "last") and words[i + 1].text not in ("năm", "mốt", "tư"):
            return 10 + _value(words, i + 1), i + 2
        return 10.0, i + 1
    if role == "twenty" and following in ("digit", "last"):
        return 20 + _value(words, i + 1), i + 2
    if role != "digit":
        return 0.0, i
    if following == "tens":
        value = 10 * _value(words, i)
        if _role(words, i + 2) in ("digit", "last") and words[i + 2].text not in ("năm", "một"):
            return value + _value(words, i + 2), i + 3
        return value, i + 2
    if following == "dozen":
        return 10 * _value(words, i), i + 2
    if following == "last" and words[i].text != "một":
        return 10 * _value(words, i) + _value(words, i + 1), i + 2
    return _value(words, i), i + 1


def _decimal_words(words: list[_Word], whole: float, used: int) -> tuple[float, int, float]:
    """ "hai phẩy năm triệu": digits after the point one by one, then a scale."""
    at, digits = used + 1, ""
    while _role(words, at) in ("digit", "last") and len(digits) < 4:
        digits += f"{_value(words, at):.0f}"
        at += 1
    if not digits:
        return whole, used, 1.0
    factor, at = _scale_words(words, at)
    return float(f"{whole:.0f}.{digits}") * factor, at, factor

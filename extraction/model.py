"""The values that the stages of extraction hand to each other. Offsets are characters of `Text.raw`, ends exclusive."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, TypeVar, dataclass_transform

T = TypeVar("T")

Source = Literal["explicit", "inherited", "default", "derived"]
Kind = Literal["target", "achievement"]
Measure = Literal["level", "change", "relative_change", "plan_share"]
Op = Literal["eq", "ge", "gt", "le", "lt", "approx", "range"]


@dataclass_transform(frozen_default=True)
def value_class(cls: type[T]) -> type[T]:
    """A data class that is frozen for the type checker only.

    For classes of which an article makes hundreds: Python takes four times as long to make a frozen one, and eight times as long to
    read a field of a named tuple as one of a slot.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@value_class
class Span:
    start: int
    end: int


@value_class
class Sentence:
    start: int
    end: int
    paragraph: int  # index into Text.paragraphs


@dataclass(frozen=True, slots=True)
class Text:
    """An article ready to be read. `folded` has the length of `raw`, so that every offset is valid in both."""

    raw: str
    folded: str  # lower case, new tone placement, plain spaces, dashes and quotes: what lexicons match against
    title_end: int  # the title is raw[:title_end]
    body_end: int  # footer of the portal from here on: nothing is read from it
    paragraphs: tuple[Span, ...]
    sentences: tuple[Sentence, ...]
    starts: tuple[int, ...] = field(init=False, repr=False)  # of the sentences

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", tuple(s.start for s in self.sentences))

    def sentence_at(self, position: int) -> Sentence:
        """The sentence that holds a position (the nearest before it, when it lies between two)."""
        i = bisect_right(self.starts, position) - 1
        return self.sentences[i if i > 0 else 0]


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """What is known of an article beside its text."""

    published: date | None
    portal_area: str | None  # "Huyện Bình Liêu, Tỉnh Quảng Ninh"
    title: str = ""


@value_class
class Mask:
    """A stretch whose digits are not a quantity: date, document number, phone, address, label ("tiêu chí số 10"), age band…"""

    start: int
    end: int
    kind: str  # url email phone address docno time date period label qualifier money_rate …
    rule: str


@value_class
class Quantity:
    """A number with its unit and comparator, before anyone knows what it is about."""

    start: int  # of the comparator, if it stands before the number, else of the number
    end: int  # of the unit, or of a comparator that follows ("trở lên")
    number_start: int
    number_end: int
    value: float  # in the plain unit: scale words are multiplied in; sign is decided later
    value_high: float | None  # of a range, reading order of magnitude
    denominator: float | None  # the M of "N/M xã"
    op: Op
    unit: str | None  # unit code of GUIDE.md; None when no unit word is in reach
    head: str | None  # the counted noun as folded in the text ("hộ nghèo" counts as head "hộ")
    head_start: int | None
    head_end: int | None
    form: Literal["digits", "words", "zero", "all"]
    per_year: bool  # "/năm", "mỗi năm", "hằng năm" stands with this number
    rule: str
    flags: tuple[str, ...] = ()  # dot_decimal, ambiguous_thousands, …


@value_class
class Field(Generic[T]):
    """A value and where it came from, so that the explanation is the data and not a log line."""

    value: T
    source: Source
    rule: str
    start: int | None = None
    end: int | None = None


@value_class
class Reading:
    """What the frames made of one quantity; `indicator` None means: not a claim, `reason` says why."""

    quantity: Quantity
    start: int  # evidence span
    end: int
    indicator: Field[str | None]
    kind: Field[Kind]
    measure: Field[Measure]
    op: Field[Op]
    value: Field[float]  # signed
    value_high: Field[float | None]
    unit: Field[str]
    denominator: Field[float | None]
    plan_by: Field[str | None]
    per_year: Field[bool]
    qualifier: Field[str | None]
    reason: str | None = None
    notes: tuple[str, ...] = ()

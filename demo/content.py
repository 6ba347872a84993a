"""Demo articles: one Markdown file each; the front matter holds what the page shows and what a careful reader finds in it.

A claim is written in short, after gold/GUIDE.md, and read back by `Claim`:

    - {target: ocop.product.certified, change: ">= 700", unit: product, evidence: "có thêm ít nhất 700 sản phẩm"}

The key `target` or `achievement` gives the kind and holds the indicator; the key `level`, `change`, `relative_change` or `plan_share`
gives the measure and holds the value ("5/6", "> 2700", "~ 92.5", "-30 .. -25"). `area` and `as_of` default to those of the article.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from muctieu.settings import TIMEZONE
from muctieu.yaml_files import parse_yaml

ARTICLES = Path(__file__).parent / "articles"

Trap = Literal[
    "edited",  # the page changes after publication: edition 2 shows another figure
    "same_release",  # the same release on two portals
    "two_urls",  # the same release at two URLs of one portal
    "unrelated",  # nothing about the programmes
    "no_claims",  # about the programmes, with numbers that are not claims
    "no_date",  # neither the page nor its listing shows a date
    "nfd",  # the page is served in decomposed Unicode
    "wrong_charset",  # the Content-Type header names a charset that is not the page's
    "table",  # figures in an HTML table
    "lead_in_listing",  # the summary is on the listing only
]
MEASURES = ("level", "change", "relative_change", "plan_share")
_UNITS = """
    commune district province village household person product criterion subcriterion percent percentage_point vnd vnd_per_person_year
    school station entity idea garden project km other
"""
UNITS = frozenset(_UNITS.split())

# The unit a claim has when its annotation does not name one: that of its indicator, by the longest prefix.
UNIT_OF = {
    "ntm.commune": "commune",
    "ntm.criterion": "commune",
    "ntm.district": "district",
    "ntm.province": "province",
    "ntm.village": "village",
    "ntm.household": "household",
    "ntm.garden": "garden",
    "ntm.criteria": "criterion",
    "ntm.subcriteria": "subcriterion",
    "ntm.income": "vnd_per_person_year",
    "poverty.income": "vnd_per_person_year",
    "dtts.commune": "commune",
    "dtts.village": "village",
    "ocop.product": "product",
    "ocop.product.idea": "idea",
    "ocop.producer": "entity",
    "poverty": "household",
    "poverty.rate": "percent",
    "poverty.district": "district",
    "support": "percent",
    "support.housing": "household",
    "support.media_device": "household",
    "support.livelihood_model": "project",
    "support.vocational": "person",
    "labour": "percent",
    "labour.job_created": "person",
    "labour.overseas": "person",
    "health": "percent",
    "education": "percent",
    "education.school_standard": "school",
    "infra": "percent",
    "infra.road": "km",
    "env": "percent",
    "budget": "vnd",
    "budget.disbursement_rate": "percent",
}

_VALUE = re.compile(
    r"(?P<op>>=|<=|>|<|~)?\s*(?P<low>-?\d+(?:\.\d+)?)\s*(?:\.\.\s*(?P<high>-?\d+(?:\.\d+)?)|/\s*(?P<of>\d+(?:\.\d+)?))?",
)
_OPS = {None: "eq", ">=": "ge", ">": "gt", "<=": "le", "<": "lt", "~": "approx"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A claim's value as GUIDE.md splits it."""

    op: str
    value: float
    value_high: float | None = None
    denominator: float | None = None


def read_quantity(text: str | int | float) -> Quantity:
    """`">= 700"` as a quantity.

    >>> read_quantity("5/6")
    Quantity(op='eq', value=5.0, value_high=None, denominator=6.0)
    >>> read_quantity("-30 .. -25")
    Quantity(op='range', value=-30.0, value_high=-25.0, denominator=None)

    Raises ValueError on anything else.
    """
    match = _VALUE.fullmatch(str(text).strip())
    if not match:
        raise ValueError(f"not a value: {text!r} (write 5, 5/6, >= 700, ~ 92.5 or -30 .. -25)")
    high, of = match["high"], match["of"]
    if high is not None and float(high) <= float(match["low"]):
        raise ValueError(f"range from high to low: {text!r}")
    op = "range" if high is not None else _OPS[match["op"]]
    return Quantity(op, float(match["low"]), float(high) if high else None, float(of) if of else None)


class Claim(_Strict):
    """One expected claim, as annotated by hand."""

    evidence: str
    kind: Literal["target", "achievement"]
    indicator: str
    measure: Literal["level", "change", "relative_change", "plan_share"]
    quantity: Quantity
    unit: str
    as_of: date | None
    area: str
    plan_by: Literal["province", "district", "central"] | None = None
    per_year: bool = False
    qualifier: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _unfold(cls, data: dict[str, Any]) -> dict[str, Any]:
        data = dict(data)
        kinds = [k for k in ("target", "achievement") if k in data]
        measures = [m for m in MEASURES if m in data]
        if len(kinds) != 1 or len(measures) != 1:
            raise ValueError(f"a claim needs one of target/achievement and one of {'/'.join(MEASURES)}: {data}")
        data["kind"], data["indicator"] = kinds[0], data.pop(kinds[0])
        data["measure"], data["quantity"] = measures[0], read_quantity(data.pop(measures[0]))
        data.setdefault("unit", _usual_unit(data["indicator"], measures[0]))
        return data

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        if unit not in UNITS:
            raise ValueError(f"unknown unit {unit!r}")
        return unit

    def as_gold(self) -> dict[str, Any]:
        """The claim in the fields of gold/GUIDE.md; empty fields are left out."""
        row: dict[str, Any] = {
            "evidence": self.evidence,
            "kind": self.kind,
            "indicator": self.indicator,
            "measure": self.measure,
            "op": self.quantity.op,
            "value": _plain(self.quantity.value),
            "unit": self.unit,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "area": self.area,
        }
        if self.quantity.value_high is not None:
            row["value_high"] = _plain(self.quantity.value_high)
        if self.quantity.denominator is not None:
            row["denominator"] = _plain(self.quantity.denominator)
        if self.measure == "plan_share":
            row["plan_by"] = self.plan_by
        if self.per_year:
            row["per_year"] = True
        if self.qualifier:
            row["qualifier"] = self.qualifier
        return row


class Document(_Strict):
    """A plan, decision or letter that the article cites."""

    number: str
    type: str | None = None
    issuer: str | None = None
    issued: date | None = None


class Milestone(_Strict):
    """Named units that are to be, or were, recognised."""

    indicator: str
    kind: Literal["target", "achievement"]
    areas: tuple[str, ...]
    as_of: date | None

    @model_validator(mode="before")
    @classmethod
    def _unfold(cls, data: dict[str, Any]) -> dict[str, Any]:
        data = dict(data)
        for kind in ("target", "achievement"):
            if kind in data:
                data["kind"], data["indicator"] = kind, data.pop(kind)
        return data


class Copy(_Strict):
    """A second place of the same release: another portal, or another section and id of the same one."""

    portal: str
    id: int
    section: str
    published: datetime
    author: str | None = None

    @field_validator("published", mode="before")
    @classmethod
    def _local(cls, value: str) -> datetime:
        return read_time(value)


class Edit(_Strict):
    """What edition 2 of the page says instead."""

    at: datetime
    title: str | None = None
    replace: dict[str, str] = Field(default_factory=dict)

    @field_validator("at", mode="before")
    @classmethod
    def _local(cls, value: str) -> datetime:
        return read_time(value)


class Article(_Strict):
    """One article of one demo portal."""

    portal: str
    slug: str
    id: int
    title: str
    section: str
    published: datetime
    author: str | None = None
    summary: str | None = None
    area: str
    as_of: date | None = None
    traps: tuple[Trap, ...] = ()
    edition: Literal[1, 2] = 1  # the edition in which the article appears
    edit: Edit | None = None
    copies: tuple[Copy, ...] = ()
    annotated: bool = False  # the claims below are all that a careful reader finds
    claims: tuple[Claim, ...] = ()
    documents: tuple[Document, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    body: tuple[str, ...]

    @field_validator("published", mode="before")
    @classmethod
    def _local(cls, value: str) -> datetime:
        return read_time(value)

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: dict[str, Any]) -> dict[str, Any]:
        data = dict(data)
        inherited = {"area": data.get("area"), "as_of": data.get("as_of")}
        data["claims"] = [inherited | claim for claim in data.get("claims") or ()]
        data["milestones"] = [{"as_of": data.get("as_of")} | row for row in data.get("milestones") or ()]
        return data

    def in_edition(self, edition: int) -> Article:
        """The article as this edition of the portal shows it."""
        if edition < 2 or self.edit is None:
            return self

        def changed(text: str) -> str:
            for old, new in self.edit.replace.items() if self.edit else ():
                text = text.replace(old, new)
            return text

        return self.model_copy(
            update={
                "title": self.edit.title or changed(self.title),
                "summary": changed(self.summary) if self.summary else None,
                "body": tuple(map(changed, self.body)),
            }
        )

    @property
    def lines(self) -> list[str]:
        """The article as a reader sees it: summary, then one line a paragraph, list item or table row."""
        out = [self.summary] if self.summary and "lead_in_listing" not in self.traps else []
        for block in self.body:
            out += [_plain_line(line) for line in block.split("\n") if not re.fullmatch(r"[|\s:-]+", line)]
        return out

    @property
    def text(self) -> str:
        """Title, then the lines: what extraction reads."""
        return "\n".join([self.title, *self.lines])


def read_time(value: object) -> datetime:
    """`2020-07-14 09:11` as local time of the portals."""
    return datetime.strptime(str(value), "%Y-%m-%d %H:%M").replace(tzinfo=TIMEZONE)


def read_article(path: Path) -> Article:
    """The article of one file; ValueError names the file and what is wrong in it."""
    try:
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        blocks = tuple(block.strip("\n") for block in re.split(r"\n{2,}", body.strip()) if block.strip())
        return Article.model_validate(parse_yaml(front) | {"portal": path.parent.name, "slug": path.stem[11:], "body": blocks})
    except (ValueError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise ValueError(f"{path}: {error}") from error


@cache
def read_articles(folder: Path = ARTICLES) -> tuple[Article, ...]:
    """All demo articles, by portal and newest first; ValueError when two share an id on one portal."""
    articles = [read_article(path) for path in sorted(folder.glob("*/*.md"))]
    seen: dict[tuple[str, int], str] = {}
    for article in articles:
        for key in [(article.portal, article.id), *((c.portal, c.id) for c in article.copies)]:
            if key in seen:
                raise ValueError(f"{article.slug} and {seen[key]} share the id {key[1]} on {key[0]}")
            seen[key] = article.slug
    return tuple(sorted(articles, key=lambda a: (a.portal, a.published, a.id), reverse=True))


def slugify(title: str) -> str:
    """The title as portals put it into URLs: lower case without diacritics."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")[:80].rstrip("-")


def _usual_unit(indicator: str, measure: str) -> str:
    if measure in ("relative_change", "plan_share"):
        return "percent"
    prefixes = [".".join(indicator.split(".")[:n]) for n in range(indicator.count(".") + 1, 0, -1)]
    unit = next((UNIT_OF[p] for p in prefixes if p in UNIT_OF), "other")
    return "percentage_point" if unit == "percent" and measure == "change" else unit


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _plain_line(line: str) -> str:
    if line.startswith("|"):
        return " | ".join(cell.strip() for cell in line.strip("| ").split("|"))
    return re.sub(r"^(?:## |!\[)|\]$", "", line).replace("**", "")

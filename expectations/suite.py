"""Suites as reviewed files: what is checked, how bad a failure is, what it means and what to do, in YAML.

A suite reads one table (or one query over it) and names the key of its rows, so that a failed row can be found,
quarantined and shown. Severity follows docs/architecture.md: error stops the publishing of its layer or quarantines
the rows, warning publishes with a mark, info is only recorded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from muctieu.yaml_files import parse_yaml

SUITES = Path(__file__).parent / "suites"

Severity = Literal["error", "warning", "info"]
Layer = Literal["raw", "marts"]

# Great Expectations names its severities differently
GX_SEVERITY = {"error": "critical", "warning": "warning", "info": "info"}


class Check(BaseModel):
    """One expectation with its meaning for people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="unique, `suite.what`")
    expect: str = Field(pattern=r"^expect_[a-z_]+$", description="name of a Great Expectations expectation")
    kwargs: dict[str, Any] = Field(default_factory=dict)
    severity: Severity
    quarantine: bool = Field(False, description="hold the failing rows back instead of stopping the layer")
    says: str = Field(description="what is wrong, one sentence of Vietnamese for the alert")
    says_en: str = Field(description="the same in English")
    cause: str = Field("", description="what it most likely comes from, Vietnamese, for the alert")
    why: str = Field(description="the reason for the rule and its threshold")
    do: str = Field(description="what the maintainer does about it, Vietnamese")


class Suite(BaseModel):
    """The checks of one table or concern."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    layer: Layer
    table: str
    owner: str = Field(description="who is told; a maintainer of routes.yml")
    row_key: str | None = Field(None, description="column that names a row; needed by checks that quarantine")
    row_portal: str | None = Field(None, description="column that holds the portal of a row, for routing and quarantine")
    row_version: str | None = Field(None, description="column that tells one reading of a row from a later one (extractor version)")
    row_content: tuple[str, ...] = Field((), description="columns that a decision about a held row was made on; others make it a new case")
    shows: tuple[str, ...] = Field((), description="columns that tell a person what a failing row is, in this order")
    query: str = Field(description="DuckDB SQL whose result is checked")
    checks: tuple[Check, ...]


class SuiteError(ValueError):
    """A suite file is wrong; the message names the file, the key and what to do."""


def load_suites(folder: Path = SUITES, layer: Layer | None = None) -> list[Suite]:
    """All suites of a folder, sorted by name.

    Raises:
        SuiteError: a file is not valid, a check id is used twice, or a quarantining check has no row key.
    """
    suites = [_load(path) for path in sorted(folder.glob("*.yml"))]
    seen: dict[str, str] = {}
    for suite in suites:
        for check in suite.checks:
            if check.id in seen:
                raise SuiteError(
                    f"{suite.suite}: check id {check.id!r} is used in {seen[check.id]} too; ids name alerts and must be unique"
                )
            seen[check.id] = suite.suite
            if check.quarantine and not (suite.row_key and suite.table.startswith("raw.")):
                raise SuiteError(f"{suite.suite}: check {check.id!r} quarantines rows, so the suite needs a row_key and a raw table")
    return [s for s in suites if layer is None or s.layer == layer]


def _load(path: Path) -> Suite:
    try:
        return Suite.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise SuiteError(f"{path}: {error}") from error

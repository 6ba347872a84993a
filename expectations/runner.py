"""Run one suite on one table with Great Expectations.

The table goes in as a DataFrame: the SQL engine of Great Expectations closes its DuckDB connection before it fetches,
and every metric then fails with "list index out of range" (great_expectations issues 10738 and 11579), which looks
like a failed expectation with an empty result. A check that raised is therefore `broken`, never `failed`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from expectations.suite import GX_SEVERITY, Check, Suite

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["passed", "failed", "broken"]
SAMPLE_SIZE = 5  # rows shown in an alert; the rest are counted


@dataclass(frozen=True, slots=True)
class PortalRows:
    """The failing rows of one portal."""

    portal_id: str
    row_keys: tuple[str, ...]
    sample: tuple[str, ...]
    url: str | None  # page of the first one


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found in one table."""

    check: Check
    suite: Suite
    status: Status
    observed: str  # what was seen, for people
    element_count: int
    unexpected_count: int
    row_keys: tuple[str, ...]  # keys of the failing rows, all of them
    sample: tuple[str, ...]  # a few failing values
    message: str | None  # why a broken check broke
    by_portal: tuple[PortalRows, ...] = ()  # failing rows of suites whose rows have a portal, portals in order
    portals: frozenset[str] = frozenset()  # portals that had rows to look at

    @property
    def blocks(self) -> bool:
        """Whether this result stops the publishing of its layer."""
        if self.status == "broken":
            return self.check.severity == "error"
        return self.status == "failed" and self.check.severity == "error" and not self.check.quarantine


class Runner:
    """An ephemeral Great Expectations context that runs suites and can build Data Docs of what it ran."""

    def __init__(self) -> None:
        for name in ("great_expectations", "great_expectations._docs_decorators"):
            # importing it logs a line for each of about 200 functions when structlog is configured, as Airflow does
            logging.getLogger(name).setLevel(logging.WARNING)
        import great_expectations as gx

        self._gx = gx
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]  # a plain dict is what its own docs use
        self._source = self._context.data_sources.add_pandas("duckdb")

    def run(self, suite: Suite, frame: pd.DataFrame) -> list[CheckResult]:
        """Check one table; one result for each check of the suite, in its order."""
        gx, name = self._gx, f"{suite.layer}.{suite.suite}"
        expectations = [
            {"type": c.expect, "kwargs": c.kwargs, "severity": GX_SEVERITY[c.severity], "meta": {"id": c.id, "why": c.why}}
            for c in suite.checks
        ]
        gx_suite = self._context.suites.add(gx.ExpectationSuite(name, expectations=expectations))
        batch = self._source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
        definition = self._context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=gx_suite))
        checkpoint = self._context.checkpoints.add(
            gx.Checkpoint(name=name, validation_definitions=[definition], result_format=_result_format(suite))
        )
        (outcome,) = checkpoint.run(batch_parameters={"dataframe": frame}).run_results.values()
        by_id = {(r.expectation_config.meta or {})["id"]: r for r in outcome.results if r.expectation_config}
        return [_read(check, suite, by_id[check.id], frame) for check in suite.checks]

    def build_docs(self, folder: str) -> None:
        """Write Data Docs of everything that was run."""
        site: Any = {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": folder},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        self._context.add_data_docs_site(site_name="muctieu", site_config=site)
        self._context.build_data_docs(site_names=["muctieu"])


def _result_format(suite: Suite) -> dict[str, Any]:
    wanted: dict[str, Any] = {"result_format": "COMPLETE", "partial_unexpected_count": SAMPLE_SIZE}
    if suite.row_key:
        wanted["unexpected_index_column_names"] = [suite.row_key]
    return wanted


def _read(check: Check, suite: Suite, result: Any, frame: pd.DataFrame) -> CheckResult:
    rows = len(frame)
    message = _exception(result.exception_info)
    if message:
        return CheckResult(check, suite, "broken", "không chạy được", rows, 0, (), (), message)
    found = result.result or {}
    unexpected = found.get("unexpected_index_list") or []
    keys = tuple(str(row[suite.row_key]) for row in unexpected) if suite.row_key else ()
    values: Sequence[Any] = found.get("partial_unexpected_list") or []
    count = int(found.get("unexpected_count") or 0)
    return CheckResult(
        check=check,
        suite=suite,
        status="passed" if result.success else "failed",
        observed=_observed(found, count, rows),
        element_count=int(found.get("element_count") or rows),
        unexpected_count=count,
        row_keys=keys,
        sample=_shown(suite, frame, keys) or tuple(json.dumps(v, ensure_ascii=False, default=str) for v in values[:SAMPLE_SIZE]),
        message=None,
        by_portal=_by_portal(suite, frame, keys),
        portals=_portals(suite, frame),
    )


def _portals(suite: Suite, frame: pd.DataFrame) -> frozenset[str]:
    return frozenset(frame[suite.row_portal].dropna().astype(str)) if suite.row_portal else frozenset()


def _by_portal(suite: Suite, frame: pd.DataFrame, keys: Sequence[str]) -> tuple[PortalRows, ...]:
    """Failing rows by portal: one broken portal is a matter for its maintainer, not for everybody."""
    if not (suite.row_portal and suite.row_key and keys):
        return ()
    rows = frame[frame[suite.row_key].astype(str).isin(set(keys))].dropna(subset=[suite.row_portal])
    found = []
    for portal, group in rows.groupby(suite.row_portal, sort=True):
        its_keys = tuple(dict.fromkeys(group[suite.row_key].astype(str)))
        urls = [str(u) for u in group["url"] if isinstance(u, str)] if "url" in group else []
        found.append(PortalRows(str(portal), its_keys, _shown(suite, group, its_keys), urls[0] if urls else None))
    return tuple(found)


def _shown(suite: Suite, frame: pd.DataFrame, keys: Sequence[str]) -> tuple[str, ...]:
    """The first failing rows in the columns that the suite shows: "false" tells nobody what is wrong."""
    if not (suite.shows and suite.row_key and keys):
        return ()
    rows = frame[frame[suite.row_key].astype(str).isin(set(keys[: 10 * SAMPLE_SIZE]))].head(10 * SAMPLE_SIZE)
    lines = (" · ".join(str(row[c]) for c in suite.shows if row[c] is not None and str(row[c]) != "nan") for _, row in rows.iterrows())
    return tuple(dict.fromkeys(lines))[:SAMPLE_SIZE]  # a page that says the same thing five times is one example


def _exception(info: dict[str, Any]) -> str | None:
    """The first exception of a result; Great Expectations nests them by metric when several metrics ran."""
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    return next((str(v["exception_message"]) for v in info.values() if v.get("raised_exception")), None)


def _observed(found: dict[str, Any], count: int, rows: int) -> str:
    if "observed_value" in found:
        value = found["observed_value"]
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"{count} / {rows}"

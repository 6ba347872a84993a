"""Every check of every suite file has a fault that it must find: one without fails here, and so does a fault of no check."""

from __future__ import annotations

import test_audit_marts
import test_audit_raw
import test_audit_trends

from expectations.suite import load_suites


def test_every_shipped_check_has_a_fault_that_it_must_find() -> None:
    tested = {
        *test_audit_marts.FAULTS,
        *test_audit_raw.ARTICLE_FAULTS,
        *test_audit_raw.CLAIM_FAULTS,
        *test_audit_raw.READING_FAULTS,
        *test_audit_trends.FAULTS,
        *test_audit_trends.ABOUT_ALL,
    }
    shipped = {check.id for suite in load_suites() for check in suite.checks}
    assert shipped - tested == set(), "add a fault to test_audit_raw.py (rows), test_audit_trends.py (weeks) or test_audit_marts.py"
    assert tested - shipped == set(), "no suite has this check any more"

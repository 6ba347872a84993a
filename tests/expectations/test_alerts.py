"""One open alert for one problem; closed only by a build that looked and found it gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from expectations.alerts import Alert, Problem, reconcile

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)


def problem(fingerprint: str = "check:claims.share", *, evidence: str = "3 / 90") -> Problem:
    return Problem(fingerprint, "error", "data", "raw.claim", "extraction", "Tỷ lệ sai", "Wrong share", "Sửa.", "Mend.", evidence)


def opened() -> Alert:
    (alert,) = reconcile([], [problem()], {"check:claims.share"}, MORNING, "b1")
    return alert


def test_a_new_problem_opens_one_alert() -> None:
    alert = opened()
    assert (alert.status, alert.occurrences, alert.first_seen_at, alert.last_seen_at) == ("open", 1, MORNING, MORNING)


def test_the_same_problem_again_is_the_same_alert_with_a_higher_count_and_fresh_evidence() -> None:
    first = opened()
    (again,) = reconcile([first], [problem(evidence="5 / 120")], {"check:claims.share"}, MORNING + timedelta(hours=6), "b2")
    assert again.alert_id == first.alert_id
    assert (again.occurrences, again.evidence, again.first_seen_at) == (2, "5 / 120", MORNING)


def test_an_acknowledged_alert_stays_acknowledged_when_seen_again() -> None:
    from dataclasses import replace

    known = replace(opened(), status="acknowledged")
    (again,) = reconcile([known], [problem()], {"check:claims.share"}, MORNING, "b2")
    assert again.status == "acknowledged"


def test_it_is_resolved_when_the_check_ran_and_passed() -> None:
    later = MORNING + timedelta(days=1)
    (closed,) = reconcile([opened()], [], {"check:claims.share"}, later, "b3")
    assert (closed.status, closed.resolved_at) == ("resolved", later)


def test_a_build_that_did_not_look_closes_nothing() -> None:
    assert reconcile([opened()], [], {"check:articles.title"}, MORNING, "b3") == []


def test_a_family_prefix_closes_every_alert_of_that_portal_and_of_no_other() -> None:
    sonla = reconcile([], [problem("portal:sonla:broken")], set(), MORNING, "b1")
    hanoi = reconcile([], [problem("portal:hanoi:broken")], set(), MORNING, "b1")
    changed = reconcile([*sonla, *hanoi], [], {"portal:sonla:"}, MORNING, "b2")
    assert [(a.fingerprint, a.status) for a in changed] == [("portal:sonla:broken", "resolved")]


def test_two_sightings_in_one_build_are_one_alert() -> None:
    changed = reconcile([], [problem(), problem()], {"check:claims.share"}, MORNING, "b1")
    assert len(changed) == 1

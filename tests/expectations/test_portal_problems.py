"""What runs and silences of portals say, and what days of silence are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from expectations.problems import PortalCard, of_portals, of_states
from muctieu.calendar import in_tet, is_working_day, quiet_days, tet_days
from muctieu.records import Run
from muctieu.settings import TIMEZONE

NOW = datetime(2026, 3, 4, 3, tzinfo=UTC)
CARD = {"sonla": PortalCard("Sơn La", "lan@sonla.test", "https://sonla.test/tin")}


def run(outcome: str, message: str = "") -> Run:
    return Run("r1", "sonla", NOW, NOW, outcome, 1, 1, 1, 1, 0, 0, 0, 0, 0, message)


@dataclass(frozen=True)
class State:
    status: str
    portal_id: str = "sonla"
    last_run_at: datetime | None = NOW
    last_article_at: datetime | None = NOW
    message_vi: str = "Không có bài mới trong 40 ngày qua"
    message_en: str = ""


@pytest.mark.parametrize(
    ("outcome", "severity"), [("broken", "error"), ("blocked", "error"), ("unreachable", "warning"), ("degraded", "warning")]
)
def test_a_bad_run_is_a_problem_of_its_maintainer(outcome: str, severity: str) -> None:
    ((problem,), _) = of_portals([run(outcome, "vì sao")], [], CARD)
    assert (problem.fingerprint, problem.severity, problem.owner) == (f"portal:sonla:{outcome}", severity, "lan@sonla.test")
    assert (problem.evidence, problem.url) == ("vì sao", "https://sonla.test/tin")
    assert problem.cause_vi
    assert "{" not in problem.title_vi + problem.body_vi + problem.body_en


def test_an_unreachable_portal_may_be_broken_still_so_that_alert_stays() -> None:
    _, examined = of_portals([run("unreachable")], [State("unreachable")], CARD)
    assert "portal:sonla:broken" not in examined
    assert "portal:sonla:silent" not in examined


def test_a_good_run_ends_what_was_wrong_with_reading_but_not_a_silence() -> None:
    wrong, examined = of_portals([run("ok")], [State("silent")], CARD)
    assert [p.fingerprint for p in wrong] == ["portal:sonla:silent"]
    assert {"portal:sonla:broken", "portal:sonla:blocked", "portal:sonla:unreachable", "portal:sonla:degraded"} <= examined
    assert "portal:sonla:silent" not in examined


def test_a_silence_is_told_once_not_as_a_bad_run_too() -> None:
    note = "bài mới nhất đã 61 ngày tuổi, quá mức 30 ngày"
    assert [p.fingerprint for p in of_portals([run("degraded", note)], [State("silent")], CARD)[0]] == ["portal:sonla:silent"]
    both = of_portals([run("degraded", f"{note}; 3 bài không tải được")], [State("silent")], CARD)[0]
    assert len(both) == 2


def test_a_portal_that_left_the_registry_has_no_maintainer_and_no_alerts() -> None:
    assert of_portals([run("broken")], [], {}) == ([], {"portal:sonla:"})


def test_a_portal_that_was_never_asked_is_no_alarm_one_that_is_not_asked_any_more_is() -> None:
    assert of_portals([], [State("unknown", last_run_at=None)], CARD)[0] == []
    assert [p.fingerprint for p in of_portals([], [State("unknown")], CARD)[0]] == ["portal:sonla:unasked"]


def test_failed_instances_of_a_mapped_task_are_one_problem_and_explained_failures_none() -> None:
    states = {
        "plan_extraction": "success",
        "extract_0": "failed",
        "extract_1": "success",
        "extract_2": "failed",
        "load": "upstream_failed",
        "publish": "failed",
    }
    wrong, examined = of_states("build", "r1", states, {"publish"}, {"extract": "extraction"})
    assert [(p.fingerprint, p.owner, p.evidence) for p in wrong] == [("task:build:extract", "extraction", "2 trong 3 phần hỏng")]
    assert examined == {"task:build:plan_extraction"}


def at(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), TIMEZONE) + timedelta(hours=hour)


def test_a_week_without_articles_is_seven_days_and_a_weekend_none() -> None:
    assert quiet_days(at("2026-03-02"), at("2026-03-09")) == pytest.approx(7)
    assert quiet_days(at("2026-03-06", 24), at("2026-03-09", 0)) == 0


def test_the_ten_days_of_tet_are_no_silence() -> None:
    assert in_tet(date(2026, 2, 14))  # three days before Bính Ngọ begins on 17 February
    assert in_tet(date(2026, 2, 23))
    assert not in_tet(date(2026, 2, 24))
    assert quiet_days(at("2026-02-13", 24), at("2026-02-24", 0)) == 0


def test_days_are_those_of_vietnam() -> None:
    saturday_in_hanoi = datetime(2026, 3, 6, 17, tzinfo=UTC)
    assert not is_working_day(saturday_in_hanoi.astimezone(TIMEZONE).date())
    assert quiet_days(saturday_in_hanoi, saturday_in_hanoi + timedelta(hours=5)) == 0


def test_time_that_runs_backwards_is_no_silence() -> None:
    assert quiet_days(NOW, NOW - timedelta(days=3)) == 0


def test_every_tet_is_between_late_january_and_late_february_and_no_year_is_missing() -> None:
    days = tet_days()
    assert sorted(days) == list(range(2005, 2036))
    assert all(date(y, 1, 21) <= day <= date(y, 2, 20) for y, day in days.items())
    gaps = [(days[y + 1] - days[y]).days for y in range(2005, 2035)]
    assert set(gaps) <= {353, 354, 355, 383, 384, 385}  # twelve or thirteen moons

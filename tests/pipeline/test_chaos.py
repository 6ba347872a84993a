"""Fifteen ways to break a portal: each ends in the right outcome, the right alert to the right person, and an unharmed published file.

`demo/chaos.yml` says what is right. The healthy weeks before are prepared once and copied.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.breakages import BREAKAGES
from demo.chaos import MARK, OtherCode, articles, attack, expected, fingerprint_of_code, kept_base, prepare, year
from demo.history import PORTALS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200), pytest.mark.xdist_group("chaos")]

EXPECTED = expected()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chaos")
    assert prepare(folder / "base", articles()).published
    case = attack(folder / "base", folder / "healthy", "healthy", "demo-sonla", articles(), runs=1)
    assert case.published
    assert case.alerts == ()  # a healthy week after healthy weeks: nobody hears of anything
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", BREAKAGES)
def test_a_breakage_is_noticed_told_and_kept_out(folder: Path, name: str) -> None:
    wanted: dict[str, Any] = EXPECTED[name]
    case = attack(folder / "base", folder / name, name, wanted["portal"], articles(), healthy=folder / "healthy", runs=wanted["runs"] or 1)
    said = {a.fingerprint: a.severity for a in case.alerts}
    assert case.outcome == wanted["outcome"]
    assert wanted["alerts"].items() <= said.items()
    assert set(wanted["held"]) <= set(case.held)
    assert case.runs == wanted["runs"]
    maintainer = yaml.safe_load((PORTALS / f"{wanted['portal']}.yml").read_text(encoding="utf-8"))["maintainers"][0]["email"]
    about = [a for a in case.alerts if wanted["portal"] in a.fingerprint]
    assert all(maintainer in a.recipients for a in about)
    assert not [a for a in case.alerts if a not in about]  # nobody else's portal is accused
    if not wanted.get("known_harm"):
        assert case.harm == ()


@pytest.mark.slow
def test_healthy_weeks_raise_no_error(tmp_path: Path) -> None:
    raised = year(tmp_path, 12)
    assert [r for r in raised if r[1] == "error"] == []


def test_healthy_weeks_that_other_code_made_are_refused(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / MARK).write_text(fingerprint_of_code() + "\n", encoding="utf-8")
    assert kept_base(tmp_path, ()) == tmp_path / "base"
    (tmp_path / MARK).write_text("0" * 64, encoding="utf-8")
    with pytest.raises(OtherCode, match=str(tmp_path)):
        kept_base(tmp_path, ())


def test_the_fingerprint_changes_with_the_code_and_with_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "expectations" / "suites").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    suite = tmp_path / "expectations" / "suites" / "x.yml"
    suite.write_text("max_value: 3", encoding="utf-8")
    before = fingerprint_of_code(tmp_path)
    (tmp_path / "tests" / "test_x.py").write_text("x", encoding="utf-8")
    assert fingerprint_of_code(tmp_path) == before
    suite.write_text("max_value: 4", encoding="utf-8")
    assert fingerprint_of_code(tmp_path) != before

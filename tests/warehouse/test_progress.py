"""fct_progress: targets and results are compared with what they mean."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Rows


def progress(rows: Rows, indicator: str, area: str, year: int, **where: Any) -> list[dict[str, Any]]:
    found = rows(
        "select * from marts.fct_progress where indicator_code = ? and area_name = ? and year_number = ? order by comparison, plan_by",
        indicator,
        area,
        year,
    )
    return [row for row in found if all(row[k] == v for k, v in where.items())]


def one(rows: Rows, indicator: str, area: str, year: int, **where: Any) -> dict[str, Any]:
    (row,) = progress(rows, indicator, area, year, **where)
    return row


BINH_LIEU = "Huyện Bình Liêu, Tỉnh Quảng Ninh"


def test_a_share_of_the_plan_implies_the_plan_and_says_so(rows: Rows) -> None:
    province = one(rows, "poverty.exit.poor", BINH_LIEU, 2021, plan_by="province")
    district = one(rows, "poverty.exit.poor", BINH_LIEU, 2021, plan_by="district")
    assert province["target_origin"] == district["target_origin"] == "derived"
    assert province["target_value"] == pytest.approx(214.1)  # 182 / 0.85
    assert district["target_value"] == pytest.approx(200.0)
    assert province["actual_value"] == 182
    assert province["attainment_pct"] == pytest.approx(85, abs=0.1)
    assert len(province["claim_ids"]) == 2  # the share and the level: both sentences carry it
    # 20 October is 80 % of the year, and 85 % of the way
    assert province["status_code"] == "on_track"


def test_a_bare_share_of_the_plan_gives_attainment_without_a_plan(rows: Rows) -> None:
    row = one(rows, "labour.job_created", BINH_LIEU, 2021)
    assert (row["target_origin"], row["comparison"], row["attainment_pct"], row["status_code"]) == ("plan_share", "plan_share", 104, "met")


def test_less_poverty_is_better_and_the_paper_goes_before_the_article(rows: Rows) -> None:
    row = one(rows, "poverty.rate.poor", BINH_LIEU, 2021, standard_code="poverty_2016")
    assert row["target_value"] == 2.5, "the plan, though the article of February is newer"
    assert row["target_authority"] == "plan"
    assert (row["target_revision_count"], row["first_target_value"]) == (1, 2.5)
    assert (row["baseline_value"], row["actual_value"]) == (3.2, 2.4)
    assert row["is_met"] and row["status_code"] == "met"
    assert row["attainment_pct"] == pytest.approx(100 * 0.8 / 0.7, abs=0.01)  # of the way from 3.2 to 2.5
    assert row["attainment_rule"] == "way_from_baseline"
    assert "12/KH-UBND" in row["target_sentence"]


def test_a_series_does_not_join_across_a_change_of_the_standard(rows: Rows) -> None:
    row = one(rows, "poverty.rate.poor", BINH_LIEU, 2022)
    assert row["standard_code"] == "poverty_2022"
    assert row["baseline_value"] is None, "2.4 % of 2021 was measured with another yardstick"
    assert row["status_code"] == "missed"
    breaks = rows(
        "select as_of::varchar as day, is_after_break from bi.timeline where indicator_code = 'poverty.rate.poor' and area_name = ? "
        "and kind = 'achievement' order by as_of",
        BINH_LIEU,
    )
    assert [(b["day"], b["is_after_break"]) for b in breaks] == [("2020-12-31", False), ("2021-12-31", False), ("2022-12-31", True)]


def test_a_change_target_is_met_by_the_difference_of_two_levels(rows: Rows) -> None:
    row = one(rows, "poverty.household.poor", "Tỉnh Quảng Nam", 2020, comparison="change_count")
    assert (row["target_value"], row["actual_value"], row["actual_rule"]) == (-2700, -2800, "level_minus_baseline")
    assert row["direction"] == "down" and row["is_met"] and row["status_code"] == "met"
    assert row["attainment_pct"] == pytest.approx(103.7, abs=0.01)
    assert row["is_headline"]


def test_a_relative_target_of_a_range_is_measured_at_its_modest_end(rows: Rows) -> None:
    row = one(rows, "poverty.household.poor", "Tỉnh Sơn La", 2020, comparison="relative_change")
    assert row["target_value"] == -15
    assert row["actual_value"] == pytest.approx(-14)
    assert not row["is_met"] and row["status_code"] == "missed"


def test_a_yearly_goal_is_a_goal_of_each_of_its_years(rows: Rows) -> None:
    found = rows(
        "select year_number, target_value from marts.fct_progress where area_name = 'Thành phố Hà Nội' and comparison = 'relative_change' "
        "and target_value is not null order by year_number"
    )
    # set in November 2021, so it begins in 2022
    assert [(r["year_number"], r["target_value"]) for r in found] == [(year, -25) for year in range(2022, 2031)]


def test_a_standard_of_the_city_s_own_is_not_the_national_one(rows: Rows) -> None:
    (row,) = rows("select standard_code from marts.fct_target where area_name = 'Thành phố Hà Nội' and measure = 'level' and value = 0")
    assert row["standard_code"] == "poverty_local"


def test_a_share_target_meets_a_count_with_its_denominator(rows: Rows) -> None:
    row = one(rows, "ntm.commune.certified", "Tỉnh Lạng Sơn", 2023, comparison="level_share")
    assert row["target_value"] == 40
    assert row["actual_value"] == 43.8, "the published share goes before the one that follows from 39 of 89"
    assert row["status_code"] == "met"
    (fact,) = rows("select share_pct from marts.fct_achievement where denominator = 89")
    assert fact["share_pct"] == 43.82


def test_the_pace_is_judged_against_a_straight_line(rows: Rows) -> None:
    on_line = one(rows, "poverty.exit.poor", "Tỉnh Lạng Sơn", 2024)
    behind = one(rows, "poverty.exit.near_poor", "Tỉnh Lạng Sơn", 2024)
    assert on_line["elapsed_pct"] == behind["elapsed_pct"] == pytest.approx(74.9, abs=0.1)
    assert (on_line["way_pct"], on_line["is_on_track"], on_line["status_code"]) == (80, True, "on_track")
    assert (behind["way_pct"], behind["is_on_track"], behind["status_code"]) == (45, False, "behind")


def test_a_long_goal_is_measured_against_the_latest_result_before_its_day(rows: Rows) -> None:
    row = one(rows, "ntm.commune.certified", "Tỉnh Lạng Sơn", 2025, comparison="level_count")
    assert (row["starts_on"].isoformat(), row["baseline_value"], row["target_value"], row["actual_value"]) == ("2023-01-01", 30, 60, 48)
    # the last day of 2024: 18 of 30 communes, and two of three years
    assert (row["way_pct"], row["elapsed_pct"]) == (60, 66.7)
    assert row["status_code"] == "behind"


def test_without_a_starting_point_under_the_same_criteria_the_pace_is_not_judged(rows: Rows) -> None:
    row = one(rows, "ntm.commune.certified", "Tỉnh Quảng Nam", 2025, comparison="level_count")
    assert (row["target_value"], row["actual_value"]) == (150, 139)
    assert row["baseline_value"] is None, "the 118 communes of 2020 met the criteria of 2016"
    assert (row["way_pct"], row["is_on_track"], row["status_code"]) == (None, None, "in_progress")


def test_a_result_without_a_target_still_makes_a_row(rows: Rows) -> None:
    row = one(rows, "ntm.commune.certified", "Thành phố Đà Nẵng", 2025)
    assert (row["status_code"], row["actual_value"], row["target_value"]) == ("no_target", 70, None)


def test_exactly_one_headline_an_indicator_area_and_year(rows: Rows) -> None:
    assert not rows(
        "select indicator_code, area_name, year_number, count(*) filter (where is_headline) as n from marts.fct_progress group by all having n <> 1"
    )


def test_every_row_names_the_claims_that_it_rests_on(rows: Rows) -> None:
    assert not rows("select progress_key from marts.fct_progress where len(claim_ids) = 0")
    assert not rows(
        "with used as (select progress_key, unnest(claim_ids) as claim_id from marts.fct_progress) "
        "select claim_id from used anti join marts.fct_claim using (claim_id)"
    )

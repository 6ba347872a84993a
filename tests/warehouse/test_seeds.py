"""The user's five documents, from text to facts: the rows that a person would expect (figures only; the texts are not ours)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import settings_in

from extraction.batch import extract_files, pending_files
from muctieu.lake import Lake
from muctieu.settings import Settings
from scrapers.imports import import_text
from warehouse.build import run_dbt
from warehouse.load import load
from warehouse.publish import publish
from warehouse.query import query

pytestmark = [pytest.mark.slow, pytest.mark.shared]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    shared = Path(__file__).resolve().parents[3] / "shared"
    if not (shared / "seeds").is_dir():
        pytest.skip(f"no developers' folder at {shared}")
    settings = settings_in(tmp_path_factory.mktemp("seeds"))
    lake = Lake(settings.lake)
    lines = []
    for line in (shared / "gold" / "seeds.jsonl").read_text(encoding="utf-8").splitlines():
        seed = json.loads(line)
        document = {key: seed[key] for key in ("doc", "published", "portal_area", "title")}
        lines.append(json.dumps({**document, "text": (shared / "seeds" / seed["doc"]).read_text(encoding="utf-8")}))
    assert import_text(lines, lake).new_articles == 5
    extract_files(lake, pending_files(lake))
    load(lake, settings.warehouse)
    result = run_dbt(settings)
    assert result.ok, "\n".join(result.problems())
    publish(settings, allowed=True)
    return settings


def ask(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    return query(settings, sql).rows


HA_NOI, BINH_LIEU, SON_LA, QUANG_NAM = (
    "Thành phố Hà Nội",
    "Huyện Bình Liêu, Tỉnh Quảng Ninh",
    "Thành phố Sơn La, Tỉnh Sơn La",
    "Tỉnh Quảng Nam",
)
# indicator, measure, op, value, value_high, end of the period, standard, class of the source, mentions, per year
TARGETS = {
    "Tập trung thực hiện": [
        (HA_NOI, "ntm.commune.advanced", "change", "eq", 10.0, None, "2020-12-31", "ntm_commune_2016", "plan", 1, False),
        (HA_NOI, "ntm.commune.certified", "change", "eq", 15.0, None, "2020-12-31", "ntm_commune_2016", "plan", 1, False),
        (HA_NOI, "ntm.district.certified", "change", "ge", 5.0, None, "2020-12-31", "ntm_district_2016", "plan", 1, False),
        (HA_NOI, "ocop.product.certified", "change", "ge", 700.0, None, "2020-12-31", "none", "directive", 1, False),
    ],
    "Kết quả thực hiện": [],
    "Thực hiện Chương trình": [
        (SON_LA, indicator, measure, op, value, high, "2020-12-31", standard, "plan", 1, False)
        for indicator, measure, op, value, high, standard in (
            ("education.commune_school_network", "level", "eq", 100.0, None, "none"),
            ("education.school_standard", "level", "eq", 79.1, None, "none"),
            ("health.commune_standard", "level", "eq", 100.0, None, "none"),
            ("health.malnutrition_u5", "level", "eq", 9.5, None, "none"),
            ("health.station_with_doctor", "level", "eq", 100.0, None, "none"),
            ("health.vaccinated_u1", "level", "gt", 95.0, None, "none"),
            ("labour.certified_rate", "level", "eq", 50.7, None, "none"),
            ("poverty.household.poor", "relative_change", "range", -20.0, -15.0, "poverty_2016"),
            ("poverty.rate.poor", "level", "eq", 0.77, None, "poverty_2016"),
            ("support.cadre_training", "level", "eq", 100.0, None, "none"),
            ("support.clean_water", "level", "eq", 100.0, None, "none"),
            ("support.credit", "level", "eq", 100.0, None, "none"),
            ("support.health_insurance", "level", "eq", 100.0, None, "none"),
            ("support.information", "level", "eq", 98.0, None, "none"),
            ("support.media_device", "level", "eq", 91.0, None, "none"),
            ("support.sanitation", "level", "eq", 80.0, None, "none"),
            ("support.tuition", "level", "eq", 100.0, None, "none"),
        )
    ],
    # headline and body say the 2,700 and the nought twice each
    "Năm 2020": [
        (QUANG_NAM, "poverty.household.merit", "level", "eq", 0.0, None, "2020-12-31", "poverty_2016", "plan", 2, False),
        (QUANG_NAM, "poverty.household.near_poor", "change", "gt", -3000.0, None, "2020-12-31", "poverty_2016", "plan", 1, False),
        (QUANG_NAM, "poverty.household.poor", "change", "gt", -2700.0, None, "2020-12-31", "poverty_2016", "plan", 2, False),
    ],
    # the city's own poverty standard, and yearly goals until 2030, which is measured by the standard of 2027
    "Tăng cường": [
        (HA_NOI, "poverty.household.merit", "level", "eq", 0.0, None, "2030-12-31", "poverty_2027", "plan", 1, False),
        (HA_NOI, "poverty.household.near_poor", "relative_change", "eq", -10.0, None, "2030-12-31", "poverty_2027", "plan", 1, True),
        (HA_NOI, "poverty.household.poor", "level", "approx", 0.0, None, "2025-12-31", "poverty_local", "directive", 1, False),
        (HA_NOI, "poverty.household.poor", "relative_change", "range", -30.0, -25.0, "2030-12-31", "poverty_2027", "plan", 1, True),
    ],
}
# indicator, measure, value, denominator, day, whose plan, standard
ACHIEVEMENTS = [
    ("ntm.commune.certified", "change", 3.0, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.commune.certified", "level", 5.0, 6.0, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.criteria.average", "change", 2.3, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.criteria.average", "change", 3.3, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.criteria.average", "level", 18.56, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.criteria.average", "level", 19.67, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.subcriteria.average", "change", 5.8, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.subcriteria.average", "change", 7.0, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.subcriteria.average", "level", 51.0, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ntm.subcriteria.average", "level", 52.1, None, "2020-12-31", None, "ntm_commune_2016"),
    ("ocop.product.idea", "level", 1.0, None, "2021-09-30", None, "none"),
    ("ocop.product.idea", "level", 2.0, None, "2021-09-30", None, "none"),
    ("ocop.product.idea", "level", 3.0, None, "2021-09-30", None, "none"),
    ("poverty.exit.near_poor", "level", 156.0, None, "2021-10-20", None, "poverty_2016"),
    ("poverty.exit.near_poor", "level", 158.0, None, "2021-10-20", None, "poverty_2016"),
    ("poverty.exit.near_poor", "plan_share", 78.0, None, "2021-10-20", "district", "poverty_2016"),
    ("poverty.exit.near_poor", "plan_share", 91.0, None, "2021-10-20", "district", "poverty_2016"),
    ("poverty.exit.near_poor", "plan_share", 364.0, None, "2021-10-20", "province", "poverty_2016"),
    ("poverty.exit.poor", "level", 182.0, None, "2021-10-20", None, "poverty_2016"),
    ("poverty.exit.poor", "plan_share", 85.0, None, "2021-10-20", "province", "poverty_2016"),
    ("poverty.review.applied", "level", 2088.0, 7658.0, "2021-10-20", None, "poverty_2016"),
]


@pytest.mark.parametrize("title", TARGETS)
def test_the_targets_of_each_document(seeds: Settings, title: str) -> None:
    found = ask(
        seeds,
        "select f.area_name, f.indicator_code, f.measure, f.op, f.value, f.value_high, f.as_of::varchar, f.standard_code, f.authority_class, "
        f"f.mention_count, f.per_year from fct_target f join dim_article a using (version_id) where starts_with(a.title, '{title}') order by all",
    )
    assert found == TARGETS[title]


def test_the_results_of_the_one_document_that_has_any(seeds: Settings) -> None:
    found = ask(
        seeds,
        "select area_name, indicator_code, measure, value, denominator, as_of::varchar, plan_by, standard_code from fct_achievement order by all",
    )
    assert found == [(BINH_LIEU, *row) for row in ACHIEVEMENTS]


def test_nine_districts_are_named_and_each_is_found(seeds: Settings) -> None:
    found = ask(seeds, "select area_code, kind, as_of::varchar, indicator_code from fct_milestone order by all")
    codes = ("016", "250", "269", "272", "276", "277", "278", "279", "280")
    assert found == [(code, "target", "2020-12-31", "ntm.district.certified") for code in codes]


def test_progress_has_a_row_a_target_and_year_and_what_follows_from_shares(seeds: Settings) -> None:
    judged = ask(
        seeds,
        "select indicator_code, plan_by, target_value, target_origin, actual_value, round(attainment_pct), status_code, len(claim_ids) "
        "from fct_progress where target_value is not null and actual_value is not null order by all",
    )
    # 156 and 158 households are both said; the plan of the province follows from the one, the result of that day is the other
    assert judged == [
        ("poverty.exit.near_poor", "district", 200.0, "derived", 156.0, 78.0, "on_track", 2),
        ("poverty.exit.near_poor", "province", 43.4, "derived", 156.0, 359.0, "met", 3),
        ("poverty.exit.poor", "province", 214.1, "derived", 182.0, 85.0, "on_track", 2),
    ]
    waiting = ask(
        seeds,
        "select area_name, count(*), min(year_number), max(year_number) from fct_progress where target_value is not null "
        "and actual_value is null and status_code = 'no_result' group by 1 order by 1",
    )
    # the capital: four goals for 2020, one for 2025, one for 2030 and two yearly ones over nine years
    assert waiting == [(HA_NOI, 4 + 1 + 1 + 2 * 9, 2020, 2030), (SON_LA, 17, 2020, 2020), (QUANG_NAM, 3, 2020, 2020)]


def test_the_plan_behind_the_share(seeds: Settings) -> None:
    assert ask(
        seeds,
        "select target_value, target_origin, actual_value, status_code from fct_progress "
        "where indicator_code = 'poverty.exit.poor' and plan_by = 'province'",
    ) == [(214.1, "derived", 182.0, "on_track")]
    assert ask(
        seeds,
        "select plan_by, round(target_value) from fct_progress where indicator_code = 'poverty.exit.near_poor' and target_origin = 'derived' "
        "and plan_by = 'province'",
    ) == [("province", 43.0)]


def test_a_yearly_goal_until_2030(seeds: Settings) -> None:
    assert ask(
        seeds,
        "select min(year_number), max(year_number), count(*), any_value(target_value) from fct_progress "
        "where indicator_code = 'poverty.household.near_poor' and area_name = 'Thành phố Hà Nội' and comparison = 'relative_change'",
    ) == [(2022, 2030, 9, -10.0)]

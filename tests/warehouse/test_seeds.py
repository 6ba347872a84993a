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


def test_the_goals_of_the_capital_for_2020(seeds: Settings) -> None:
    assert ask(
        seeds,
        "select indicator_code, measure, op, value from fct_target where area_name = 'Thành phố Hà Nội' and as_of = '2020-12-31' order by value",
    ) == [
        ("ntm.district.certified", "change", "ge", 5.0),
        ("ntm.commune.advanced", "change", "eq", 10.0),
        ("ntm.commune.certified", "change", "eq", 15.0),
        ("ocop.product.certified", "change", "ge", 700.0),
    ]
    assert ask(seeds, "select count(*), count(*) filter (where area_code <> 'unknown') from fct_milestone where kind = 'target'") == [
        (9, 9)
    ]


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


def test_five_of_six_communes_and_three_more(seeds: Settings) -> None:
    assert ask(
        seeds,
        "select measure, value, denominator, share_pct, as_of::varchar from fct_achievement where indicator_code = 'ntm.commune.certified' "
        "and area_name = 'Huyện Bình Liêu, Tỉnh Quảng Ninh' order by measure",
    ) == [("change", 3.0, None, None, "2020-12-31"), ("level", 5.0, 6.0, 83.33, "2020-12-31")]


def test_a_plan_of_seventeen_goals_rests_on_its_paper(seeds: Settings) -> None:
    (found,) = ask(
        seeds,
        "select count(*), count(*) filter (where authority_class = 'plan'), max(value) filter (where indicator_code = 'poverty.rate.poor') "
        "from fct_target where area_name = 'Thành phố Sơn La, Tỉnh Sơn La'",
    )
    assert found == (17, 17, 0.77)


def test_the_headline_and_the_body_are_one_goal(seeds: Settings) -> None:
    assert ask(
        seeds,
        "select value, mention_count from fct_target where indicator_code = 'poverty.household.poor' and area_name = 'Tỉnh Quảng Nam'",
    ) == [(-2700.0, 2)]


def test_a_yearly_goal_until_2030(seeds: Settings) -> None:
    assert ask(
        seeds,
        "select min(year_number), max(year_number), count(*), any_value(target_value) from fct_progress "
        "where indicator_code = 'poverty.household.near_poor' and area_name = 'Thành phố Hà Nội' and comparison = 'relative_change'",
    ) == [(2022, 2030, 9, -10.0)]

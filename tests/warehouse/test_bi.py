"""The views for people: words beside every code, units in what they say, and nothing added that cannot be added."""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

import pytest
from conftest import Rows

from warehouse.build import PROJECT

# a column of codes, and the columns that put it into words
WORDS = {
    "kind": "kind",
    "fate": "fate",
    "measure": "measure",
    "op": "op",
    "comparison": "comparison",
    "target_origin": "target_origin",
    "direction": "direction",
    "status_code": "status",
    "area_level": "level",
    "conflict_type": "conflict_type",
    "portal_status": "portal_status",
    "last_run_outcome": "last_run",
    "indicator_code": "indicator",
    "standard_code": "standard",
    "programme_code": "programme",
    "unit_code": "unit",
    "severity": "severity",
    "layer": "layer",
    "suite": "suite",
    "alert_kind": "alert_kind",
    "alert_status": "alert_status",
    "decision": "decision",
    "health": "health",
}


def columns_of(rows: Rows) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows("select table_name as t, column_name as c from duckdb_columns() where schema_name = 'bi' order by t, column_index"):
        found.setdefault(row["t"], []).append(row["c"])
    return found


def test_there_are_at_least_a_dozen_views_and_each_has_rows(rows: Rows) -> None:
    views = columns_of(rows)
    assert len(views) >= 12
    assert [view for view in views if rows(f"select count(*) as n from bi.{view}")[0]["n"] == 0] == []


def test_every_code_has_its_words_in_both_languages(rows: Rows) -> None:
    """A column of codes stands after its words, and no row has a code without them."""
    seen = set()
    for view, columns in columns_of(rows).items():
        for code, words in WORDS.items():
            if code not in columns or (view == "area_today" and code == "kind"):
                continue
            for name in (f"{words}_vi", f"{words}_en"):
                assert name in columns, f"bi.{view}.{code} has no {name}"
                assert columns.index(name) < columns.index(code)
                empty = rows(f"select distinct {code} as code from bi.{view} where {code} is not null and {name} is null")
                assert not empty, (view, name, empty)
                seen.add(code)
    assert seen == set(WORDS), set(WORDS) - seen


def test_vietnamese_comes_with_english(rows: Rows) -> None:
    one_language = {"portal_name_vi", "area_history_vi", "provinces_vi"}  # names
    for view, columns in columns_of(rows).items():
        lonely = {c for c in columns if c.endswith("_vi") and c[:-3] + "_en" not in columns} - one_language
        assert not lonely, (view, lonely)


def test_every_code_that_the_models_accept_has_its_words() -> None:
    """Codes that the small corpus does not hold would show as nothing on the day when they come."""
    text = (PROJECT / "macros" / "labels.sql").read_text(encoding="utf-8")
    marts = (PROJECT / "models" / "marts" / "_marts.yml").read_text(encoding="utf-8")
    accepted = dict(re.findall(r"^ {14}(\w+): \[([^\]]+)\]$", marts, re.M))
    checked = 0
    for column, kind in (
        ("kind", "kind"), ("fate", "fate"), ("measure", "measure"), ("op", "op"), ("comparison", "comparison"), ("target_origin", "target_origin"),
        ("area_level", "level"), ("conflict_type", "conflict"), ("portal_status", "portal_status"), ("authority_class", "authority"),
    ):  # fmt: skip
        if column in accepted:
            block = text[text.index(f"'{kind}': {{") :]
            known = set(re.findall(r"'(\w+)': \[", block[: block.index("        },")]))
            assert {code.strip() for code in accepted[column].split(",")} <= known, column
            checked += 1
    assert checked >= 6


def known_to_labels(kind: str) -> set[str]:
    text = (PROJECT / "macros" / "labels.sql").read_text(encoding="utf-8")
    block = text[text.index(f"'{kind}': {{") :]
    return set(re.findall(r"'(\w+)': \[", block[: block.index("        },")]))


def test_every_code_of_the_audit_has_its_words() -> None:
    from expectations.alerts import RANK, Alert, Kind
    from expectations.suite import load_suites
    from warehouse.status import STATES

    suites = load_suites()
    assert {s.suite for s in suites} == known_to_labels("suite")
    assert {s.layer for s in suites} == known_to_labels("layer")
    assert set(RANK) == known_to_labels("severity")
    assert set(get_args(Kind)) == known_to_labels("alert_kind")
    assert set(get_args(get_type_hints(Alert)["status"])) == known_to_labels("alert_status")
    assert set(STATES) == known_to_labels("health")
    assert known_to_labels("decision") == {"waiting", "released", "rejected", "superseded"}


def test_rows_of_the_audit_can_be_charted(rows: Rows) -> None:
    (held,) = rows("select portal_name_vi, held_kind_vi, says_vi, decision_vi, row_count, held_on::varchar as day from bi.quarantine")
    assert tuple(held.values()) == ("Quảng Nam", "Số liệu", "Tử số lớn hơn mẫu số", "Chờ quyết định", 2, "2025-07-02")
    (alert,) = rows("select portal_name_vi, severity_vi, alert_status_vi, open_days, is_open, opened_at::varchar as opened from bi.alert")
    assert tuple(alert.values()) == ("Quảng Nam", "Lỗi", "Đã hết", 1.5, False, "2025-07-02 00:30:00")
    checks = rows(
        "select build_id, suite_vi, result_vi, wrong_pct, is_newest, checked_on::varchar as day from bi.check_result order by build_id"
    )
    assert [tuple(row.values()) for row in checks] == [
        ("b1", "Số liệu đọc được", "Không đạt", 2.5, False, "2025-07-02"),
        ("b2", "Số liệu đọc được", "Đạt", 0.0, True, "2025-07-03"),
    ]
    (health,) = rows(
        "select portal_name_vi, health_vi, articles_in_week, days_since_article, is_newest from bi.portal_health where portal_id = 'quangnam'"
    )
    assert tuple(health.values()) == ("Quảng Nam", "Im lặng", 0, 1583, True)


def test_what_is_published_of_the_audit_names_nobody_and_holds_no_text_of_pages(rows: Rows) -> None:
    columns = {
        (r["t"], r["c"]) for r in rows("select table_name as t, column_name as c from duckdb_columns() where schema_name in ('ops', 'bi')")
    }
    private = {"owner", "decided_by", "decision_reason", "acknowledged_by", "acknowledge_reason", "unexpected_sample", "source_id"}
    assert not {c for c in columns if c[1] in private}
    assert not {("alert", "evidence"), ("quarantine", "evidence"), ("quarantine", "url")} & columns


@pytest.mark.parametrize(
    ("where", "vi", "en"),
    [
        ("indicator_code = 'ntm.commune.certified' and denominator = 89", "39/89 xã", "39/89 communes"),
        ("indicator_code = 'poverty.household.poor' and value = -2700", "giảm trên 2.700 hộ", "down more than 2,700 households"),
        ("indicator_code = 'poverty.household.poor' and value = -20", "giảm 15 đến 20%", "down 15 to 20%"),
        ("indicator_code = 'poverty.household.poor' and per_year", "giảm 25 đến 30% mỗi năm", "down 25 to 30% a year"),
        ("indicator_code = 'budget.disbursed'", "61,2/86,45 tỷ đồng", "61.2/86.45 billion VND"),
        ("measure = 'plan_share' and value = 104", "104% kế hoạch", "104% of the plan"),
        ("indicator_code = 'poverty.rate.poor' and value = 2.5", "2,5%", "2.5%"),
        ("indicator_code = 'poverty.household.poor' and value = 0", "khoảng 0 hộ", "about 0 households"),
    ],
)
def test_a_figure_is_said_as_people_say_it(rows: Rows, where: str, vi: str, en: str) -> None:
    (row,) = rows(f"select value_vi, value_en from bi.statement where {where}")
    assert (row["value_vi"], row["value_en"]) == (vi, en)


def test_evidence_says_a_figure_with_its_whole(rows: Rows) -> None:
    found = rows("select value_vi, value_en from bi.evidence where indicator_code = 'ntm.commune.certified' and evidence = '39/89 xã'")
    assert [tuple(row.values()) for row in found] == [("39/89 xã", "39/89 communes")]


def test_a_sum_of_fewer_provinces_than_there_were_says_so(rows: Rows) -> None:
    found = rows(
        "select year_number as y, total_value as total, provinces_known as known, provinces_then as then, is_complete, provinces_vi as names "
        "from bi.province_rollup where province_today = 'Thành phố Đà Nẵng' and indicator_code = 'ntm.commune.certified' order by y"
    )
    assert [tuple(row.values()) for row in found] == [
        (2020, 118, 1, 2, False, "Tỉnh Quảng Nam"),
        (2024, 139, 1, 2, False, "Tỉnh Quảng Nam"),
        (2025, 70, 1, 1, True, "Thành phố Đà Nẵng"),
    ]


def test_rates_are_never_added(rows: Rows) -> None:
    assert not rows(
        "select indicator_vi from bi.province_rollup where unit_en in ('per cent', 'percentage points') and total_value is not null"
    )


def test_a_unit_of_which_only_a_part_went_on_is_flagged_and_not_guessed(rows: Rows) -> None:
    flagged = rows(
        "select note_vi, share from bi.area_today where area_level = 'commune' and share is null and today_area_key is not null limit 5"
    )
    assert flagged and {row["note_vi"] for row in flagged} == {"Chỉ một phần nằm ở đây, không rõ bao nhiêu"}
    (counts,) = rows(
        "select count(*) filter (where is_divided) as divided, "
        "count(*) filter (where is_divided and area_key not in (select old_area_key from marts.bridge_area_succession where share is null)) as wrong "
        "from marts.dim_area"
    )
    assert counts["divided"] > 1000 and counts["wrong"] == 0


def test_the_newest_level_knows_the_one_before_under_the_same_standard(rows: Rows) -> None:
    (row,) = rows(
        "select value, previous_value, change_value, standard_code from bi.latest where indicator_code = 'poverty.rate.poor' "
        "and area_name = 'Huyện Bình Liêu, Tỉnh Quảng Ninh'"
    )
    assert (row["value"], row["previous_value"], row["standard_code"]) == (6.1, None, "poverty_2022")
    (row,) = rows(
        "select value, previous_value, change_value from bi.latest where indicator_code = 'poverty.household.poor' and area_name = 'Tỉnh Quảng Nam'"
    )
    assert tuple(row.values()) == (9200, 12000, -2800)


def test_a_portal_is_who_the_registry_says(rows: Rows) -> None:
    found = {r["portal_id"]: r for r in rows("select * from bi.portal")}
    assert (found["quangnam"]["portal_area_name"], found["quangnam"]["portal_status_vi"]) == (
        "Thành phố Đà Nẵng",
        "Đã kiểm trên trang thật",
    )
    assert found["quangnam"]["area_history_vi"] == "Tỉnh Quảng Nam (đến 30/06/2025); Thành phố Đà Nẵng (từ 01/07/2025)"
    assert found["sonla"]["portal_status_vi"] == "Chưa khai báo"

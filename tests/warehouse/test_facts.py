"""Facts: once a story, after the latest version, in the place and under the standard of their day."""

from __future__ import annotations

from conftest import Rows


def test_headline_body_and_copy_are_one_fact_with_three_mentions(rows: Rows) -> None:
    facts = rows("select * from marts.fct_target where story_id = 'story-2700'")
    assert len(facts) == 1
    assert (facts[0]["mention_count"], facts[0]["article_count"], facts[0]["portal_count"]) == (3, 2, 2)
    assert facts[0]["evidence"] == "trên 2.700 hộ nghèo", "the body speaks before the headline"
    fates = rows("select fate, count(*) as n from marts.fct_claim where story_id = 'story-2700' group by fate order by fate")
    assert [(f["fate"], f["n"]) for f in fates] == [("copy", 1), ("counted", 1), ("repeat", 1)]


def test_facts_follow_the_latest_version_and_keep_the_older_claim(rows: Rows) -> None:
    url = "https://sonla.example/dinh-chinh"
    facts = rows(
        "select f.value from marts.fct_achievement f join marts.dim_article a using (version_id) where a.canonical_url = ? order by 1", url
    )
    assert [f["value"] for f in facts] == [57]
    claims = rows(
        "select c.value, c.fate from marts.fct_claim c join marts.dim_article a using (version_id) where a.canonical_url = ? order by 1",
        url,
    )
    assert [(c["value"], c["fate"]) for c in claims] == [(57, "counted"), (75, "superseded")]


def test_an_edit_that_was_taken_back_makes_the_older_text_the_latest(rows: Rows) -> None:
    facts = rows(
        "select f.value from marts.fct_achievement f join marts.dim_article a using (version_id) "
        "where a.canonical_url = 'https://sonla.example/sua-roi-tra-lai'"
    )
    assert [f["value"] for f in facts] == [5100]


def test_only_the_newest_extractor_counts(rows: Rows) -> None:
    assert {r["v"] for r in rows("select distinct extractor_version as v from marts.fct_claim")} == {"1.0.0-sample"}


def test_an_article_speaks_of_the_units_of_its_own_day(rows: Rows) -> None:
    found = rows(
        "select f.as_of::varchar as day, d.full_name, d.valid_from::varchar as since, d.valid_to::varchar as until, f.area_resolution "
        "from marts.fct_achievement f join marts.dim_area d using (area_key) "
        "where f.indicator_code = 'ntm.commune.certified' and f.area_code in ('48', '49') order by f.as_of"
    )
    assert [(r["day"], r["full_name"], r["area_resolution"]) for r in found] == [
        ("2020-12-31", "Tỉnh Quảng Nam", "published"),
        ("2024-12-31", "Tỉnh Quảng Nam", "as_of"),  # an article of 2026 about 2024: that day's unit, not today's
        ("2025-12-31", "Thành phố Đà Nẵng", "published"),
    ]
    assert found[1]["until"] == "2025-06-30"
    assert found[2]["since"] == "2025-07-01", "Đà Nẵng with Quảng Nam in it is another place than Đà Nẵng before"


def test_any_fact_rolls_up_to_the_units_of_a_chosen_day(rows: Rows) -> None:
    def under(day: str) -> set[str]:
        return {
            r["name"]
            for r in rows(
                "select d.full_name as name from marts.fct_achievement f join marts.bridge_area_lineage l using (area_key) "
                "join marts.dim_area d on l.successor_area_key = d.area_key "
                "where f.area_code = '49' and f.as_of = '2020-12-31' and ?::date between l.valid_from and l.valid_to",
                day,
            )
        }

    assert under("2020-12-31") == {"Tỉnh Quảng Nam"}
    assert under("2026-01-01") == {"Thành phố Đà Nẵng"}


def test_sixty_three_provinces_became_thirty_four_and_districts_ended(rows: Rows) -> None:
    (count,) = rows(
        "select count(*) filter (where area_level = 'province' and date '2025-06-30' between valid_from and valid_to) as before, "
        "count(*) filter (where area_level = 'province' and date '2025-07-01' between valid_from and valid_to) as after, "
        "count(*) filter (where area_level = 'district' and date '2025-07-01' between valid_from and valid_to) as districts from marts.dim_area"
    )
    assert (count["before"], count["after"], count["districts"]) == (63, 34, 0)


def test_a_place_that_nobody_could_resolve_keeps_its_name_and_says_unknown(rows: Rows) -> None:
    (fact,) = rows("select * from marts.fct_achievement where area_name = 'Cụm xã Thượng Nguồn'")
    assert (fact["area_code"], fact["area_resolution"], fact["published_on"]) == ("unknown", "unknown", None)


def test_the_same_words_mean_another_programme_in_another_year(rows: Rows) -> None:
    found = rows(
        "select y, p.programme_code, p.legal_basis from unnest([2013, 2018, 2023, 2026]) as t(y) join marts.dim_programme p "
        "on make_date(t.y, 7, 1) between p.applies_from and p.applies_to and p.programme_code = 'ntm' order by y"
    )
    assert [(r["y"], r["legal_basis"].split(" (")[0]) for r in found] == [
        (2013, "Quyết định 800/QĐ-TTg"),
        (2018, "Quyết định 1600/QĐ-TTg"),
        (2023, "Quyết định 263/QĐ-TTg"),
        (2026, "Nghị quyết 257/2025/QH15"),
    ]
    # "chương trình MTQG" alone is not one programme: each of the three has another base in each of the years, and one base for all since 2026
    bases = rows(
        "select p.programme_code as code, list(split_part(p.legal_basis, ' (', 1) order by y) as bases from unnest([2013, 2018, 2023, 2026]) as t(y) "
        "join marts.dim_programme p on make_date(t.y, 7, 1) between p.applies_from and p.applies_to "
        "where p.programme_code in ('ntm', 'giam_ngheo', 'dtts') group by 1"
    )
    assert len(bases) == 3 and all(len(set(r["bases"])) == 4 for r in bases)
    assert {r["bases"][-1] for r in bases} == {"Nghị quyết 257/2025/QH15"}
    assert len({basis for r in bases for basis in r["bases"]}) >= 8
    umbrella = rows(
        "select distinct umbrella_code as u from marts.dim_programme where applies_from = '2026-01-01' and programme_code in ('ntm', 'giam_ngheo', 'dtts')"
    )
    assert [r["u"] for r in umbrella] == ["mtqg_2026_2030"]
    phases = rows(
        "select distinct p.phase_code from marts.fct_target f join marts.dim_programme p using (programme_key) "
        "where f.indicator_code like 'poverty.%' order by 1"
    )
    assert [p["phase_code"] for p in phases] == [
        "giam_ngheo_2016_2020",
        "giam_ngheo_2021_2025",
        "giam_ngheo_2026_2030",
    ]


def test_phases_and_standards_never_overlap(rows: Rows) -> None:
    for table, code, within, scope in (
        ("dim_programme", "phase_code", "programme_code", "true"),
        ("dim_standard", "standard_code", "standard_family", "a.scope = 'national' and b.scope = 'national'"),
    ):
        assert not rows(
            f"select a.{code} from marts.{table} a join marts.{table} b on a.{within} = b.{within} and a.{code} < b.{code} "
            f"and a.applies_from <= b.applies_to and b.applies_from <= a.applies_to where {scope}"
        ), table


def test_conflicts_are_found_and_explained_in_both_languages(rows: Rows) -> None:
    found = {r["conflict_type"]: r for r in rows("select * from marts.fct_conflict where area_name = 'Tỉnh Lạng Sơn'")}
    assert set(found) == {"value", "part"}, "39 of 89 is 43.82 %, published as 43.8 %: that is rounding"
    assert (found["value"]["low_value"], found["value"]["high_value"]) == (120, 135)
    assert found["value"]["explanation_vi"] == (
        "Sản phẩm OCOP được đánh giá đạt từ 3 sao của Tỉnh Lạng Sơn, thời điểm 31/12/2023: có nguồn ghi 120, có nguồn ghi 135 sản phẩm."
    )
    assert "one source says 120, another 135 products" in found["value"]["explanation_en"]
    assert found["part"]["high_value"] == 130


def test_national_figures_are_checked_against_the_published_ones(rows: Rows) -> None:
    found = rows("select as_of::varchar as day, reference_value, claimed_value, agrees from marts.fct_reference_check order by as_of")
    assert [(r["day"], r["claimed_value"], r["agrees"]) for r in found] == [("2022-12-31", 5.2, False), ("2023-12-31", 2.93, True)]


def test_milestones_resolve_their_unit_where_the_article_says_which(rows: Rows) -> None:
    found = rows("select area_name, area_code, kind from marts.fct_milestone order by area_name")
    assert [r["area_code"] for r in found] == ["unknown", "06838"] or {r["area_code"] for r in found} == {"unknown", "06838"}
    assert all(r["area_name"].endswith("Tỉnh Quảng Ninh") for r in found)


def test_a_cited_plan_is_a_document_with_its_rank(rows: Rows) -> None:
    (plan,) = rows(
        "select d.* from marts.fct_target f join marts.dim_document d using (document_key) where f.document_number = '12/KH-UBND'"
    )
    assert (plan["type_name_vi"], plan["authority_class"], plan["issuer"]) == ("Kế hoạch", "plan", "UBND huyện Bình Liêu")
    assert plan["issued_on"].isoformat() == "2021-01-15"


def test_a_quantity_outside_the_codebook_and_one_without_a_day_are_kept(rows: Rows) -> None:
    found = rows(
        "select f.indicator_code, f.as_of::varchar as day, p.period_code from marts.fct_target f join marts.dim_article a using (version_id) "
        "join marts.dim_period p using (period_key) where a.title = 'Số đơn đăng ký' order by 1"
    )
    assert [tuple(r.values()) for r in found] == [("ntm.commune.certified", None, "unknown"), ("other", "2022-12-31", "2022")]


def test_every_fact_leads_back_to_its_sentence(rows: Rows) -> None:
    assert not rows(
        "select claim_id from (select claim_id, evidence, sentence from marts.fct_target union all select claim_id, evidence, sentence "
        "from marts.fct_achievement) where not contains(sentence, evidence)"
    )

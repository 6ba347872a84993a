"""The whole engine: provenance, offsets in any normal form, hostile text, versions, the JSON lines contract, and the gold sets."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extraction import engine
from extraction.checks import failed_checks
from extraction.engine import ExtractedClaim, extract, extractor_version
from extraction.jsonl import extract_lines, published_of
from extraction.score import load_documents, score

PUBLISHED = date(2024, 6, 15)
TEXT = (
    "Mai Châu giảm nghèo nhanh\n"
    "Đến hết tháng 5/2024, toàn huyện Mai Châu có 12/15 xã đạt chuẩn nông thôn mới, chiếm 80%; tỷ lệ hộ nghèo còn 6,4%.\n"
    "Theo Kế hoạch số 45/KH-UBND ngày 10/1/2024, huyện phấn đấu đến năm 2025 có thêm 2 xã đạt chuẩn.\n"
    "Toàn huyện có 35% hộ kinh doanh du lịch."
)


def claims_of(text: str, **kw: object) -> tuple[ExtractedClaim, ...]:
    return extract(text, PUBLISHED, "Huyện Mai Châu, Tỉnh Hòa Bình", **kw).claims  # type: ignore[arg-type]


def test_every_claim_leads_back_to_its_words() -> None:
    claims = claims_of(TEXT)
    assert [(c.indicator, c.value, c.unit) for c in claims] == [
        ("ntm.commune.certified", 12, "commune"),
        ("ntm.commune.certified", 80, "percent"),
        ("poverty.rate.poor", 6.4, "percent"),
        ("ntm.commune.certified", 2, "commune"),
    ]
    for claim in claims:
        assert TEXT[claim.start : claim.end] == claim.evidence
        assert claim.evidence in claim.sentence
        assert claim.sentence in TEXT
        assert 0 < claim.confidence <= 1
    assert claims[0].denominator == 15
    assert claims[-1].document_number == "45/KH-UBND"


def test_the_trace_names_value_source_rule_and_span_of_every_field() -> None:
    for claim in claims_of(TEXT):
        assert {"indicator", "kind", "measure", "op", "value", "unit", "denominator", "as_of", "area", "plan_by", "per_year"} <= set(
            claim.trace
        )
        for name, field in claim.trace.items():
            assert set(field) == {"value", "source", "rule", "start", "end"}, name
            assert field["source"] in ("explicit", "inherited", "default", "derived")
            if field["start"] is not None:
                assert 0 <= field["start"] < field["end"] <= len(TEXT)
        json.dumps(claim.trace, ensure_ascii=False)


def test_a_share_is_inherited_and_says_so() -> None:
    share = claims_of(TEXT)[1]
    assert share.trace["indicator"]["source"] == "inherited"
    assert share.rule.startswith("phần của số trước")


def test_offsets_count_in_the_text_that_was_given() -> None:
    decomposed = unicodedata.normalize("NFD", TEXT)
    assert len(decomposed) > len(TEXT)
    composed_claims, claims = claims_of(TEXT), claims_of(decomposed)
    assert [(c.indicator, c.value, c.as_of, c.area) for c in claims] == [(c.indicator, c.value, c.as_of, c.area) for c in composed_claims]
    for ours, theirs in zip(claims, composed_claims, strict=True):
        assert unicodedata.normalize("NFC", decomposed[ours.start : ours.end]) == theirs.evidence
        assert decomposed[ours.start : ours.end] == ours.evidence


def test_unexplained_quantities_are_kept_with_their_reason() -> None:
    found = extract(TEXT, PUBLISHED, "Huyện Mai Châu, Tỉnh Hòa Bình")
    assert [(u.text, u.unit) for u in found.unexplained] == [("35%", "percent")]
    assert found.unexplained[0].reason
    assert TEXT[found.unexplained[0].start : found.unexplained[0].end] == "35%"


def test_a_datetime_is_the_day_it_falls_on_where_it_was_written() -> None:
    late = datetime(2024, 6, 15, 23, 30, tzinfo=UTC)
    text = "Tin\nHiện toàn huyện còn 320 hộ nghèo."
    assert extract(text, late, "Huyện Mai Châu, Tỉnh Hòa Bình").claims[0].as_of == date(2024, 6, 15)


def test_several_places_of_one_number_are_several_claims() -> None:
    found = extract("Tin\nToàn tỉnh có 40 xã đạt chuẩn nông thôn mới; Mai Châu, Lạc Sơn mỗi huyện 6 xã.", PUBLISHED, "Tỉnh Hòa Bình")
    assert [(c.value, c.area) for c in found.claims] == [
        (40, "Tỉnh Hòa Bình"),
        (6, "Huyện Mai Châu, Tỉnh Hòa Bình"),
        (6, "Huyện Lạc Sơn, Tỉnh Hòa Bình"),
    ]


@pytest.mark.parametrize(
    ("sentence", "failing"),
    [
        ("Có 16/15 xã đạt chuẩn nông thôn mới.", ["numerator_above_denominator"]),
        ("Có 12/15 xã đạt chuẩn nông thôn mới, chiếm 90%.", ["share_against_count", "share_against_count"]),
        ("Có 12/15 xã đạt chuẩn nông thôn mới, chiếm 80%.", []),
        ("Có 8 xã đạt chuẩn nông thôn mới, đạt 80% kế hoạch (kế hoạch giao 10 xã).", []),
        ("Có 8 xã đạt chuẩn nông thôn mới, đạt 95% kế hoạch (kế hoạch giao 10 xã).", ["plan_arithmetic"]),
    ],
)
def test_figures_that_do_not_fit_go_to_review(sentence: str, failing: list[str]) -> None:
    claims = claims_of("Tin\n" + sentence)
    assert claims
    assert [name for c in claims for name in c.checks] == failing
    assert all(c.confidence <= 0.5 for c in claims if c.checks)
    assert failed_checks(claims) == [c.checks for c in claims]


def test_the_version_is_stable_and_follows_the_lexicons(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    version = extractor_version()
    assert version == engine.EXTRACTOR_VERSION
    assert len(version) == 12
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    monkeypatch.setattr(engine, "_FOLDER", tmp_path)
    versions = []
    for content in (b"a,b\n", b"a,b\r\n", b"a,c\n"):
        (tmp_path / "lexicon" / "x.csv").write_bytes(content)
        extractor_version.cache_clear()
        versions.append(extractor_version())
    monkeypatch.undo()
    extractor_version.cache_clear()
    assert versions[0] == versions[1] != versions[2]


def test_importing_the_engine_is_quick_and_loads_no_big_library() -> None:
    code = "import sys, time; t = time.perf_counter(); import extraction.engine; print(time.perf_counter() - t, *sys.modules)"
    seconds, *modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert float(seconds) < 2.0  # 0.1 s on a quiet machine; the goal is 0.5
    assert not {"pandas", "pyarrow", "duckdb", "airflow", "muctieu"} & set(modules)


def test_jsonl_contract() -> None:
    line = json.dumps(
        {"doc": "d1", "published": "2024-06-15T09:11:00+07:00", "portal_area": "Huyện Mai Châu, Tỉnh Hòa Bình", "title": "", "text": TEXT}
    )
    (out,) = extract_lines([line, "", "\n"])
    found = json.loads(out)
    assert list(found) == ["doc", "claims", "documents", "milestones"]
    assert found["doc"] == "d1"
    first = found["claims"][0]
    assert first["evidence"] == TEXT[first["start"] : first["end"]]
    assert {"kind", "indicator", "measure", "op", "value", "unit", "as_of", "area", "rule", "confidence"} <= set(first)
    assert first["denominator"] == 15
    assert "per_year" not in first
    assert found["documents"][0]["number"] == "45/KH-UBND"
    assert found["documents"][0]["issued"] == "2024-01-10"


@pytest.mark.parametrize("line", ["[]", "{}", '{"text": 1}', "not json"])
def test_jsonl_names_the_line_that_is_wrong(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(extract_lines(["", line]))


@pytest.mark.parametrize(("given_", "day"), [(None, None), ("", None), ("2024-06-15", date(2024, 6, 15))])
def test_published_may_be_absent(given_: str | None, day: date | None) -> None:
    assert published_of(given_) == day


HOSTILE = [
    "",
    "\n\n\n",
    "((((((((" * 50,
    ")" * 500 + "5 xã",
    "5/6/7/8 xã đạt 5%%% của 5%",
    "1" * 5_000,
    "1.234.567,89.1 tỷ đồng/xã/năm/hộ",
    "\x00\x01\u200b\ufeff\ufffd 12 xã \u202e đạt chuẩn",
    "không còn không còn không còn hộ nghèo",
    "từ 5% từ 6% xuống còn xuống còn 7% từ",
    "tỷ lệ hộ nghèo " * 200 + "5%",
    "và, và; và: 5 xã và và và 6 xã",
    "năm 99999 có 5 xã; ngày 32/13/2024 có 6 xã đạt chuẩn nông thôn mới",
    "-\u0301\u0301\u0301 5% hộ nghèo\u0301",
    "𝟓 xã ٣ xã ５ xã đạt chuẩn nông thôn mới",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_without_complaint(text: str) -> None:
    for claim in extract(text, None, None).claims:
        assert text[claim.start : claim.end] == claim.evidence


_PIECES = st.sampled_from(
    ["5 xã", " đạt chuẩn", " nông thôn mới", ", ", "; ", "(", ")", "chiếm ", "12,5%", " tỷ lệ hộ nghèo ", "giảm ", "còn ", "từ ", "xuống còn ", "lên ", "\n", ": ", "- ",
     "không còn hộ nghèo", " và ", "bằng 85% kế hoạch", "so với cùng kỳ", "trong đó ", "3 tỷ đồng", "gấp 2 lần", "năm 2025", "phấn đấu ", "đã ", "mỗi năm ", "Mai Châu",
     "19/19 tiêu chí", "đạt từ 15-18 tiêu chí", "con số này ", "lần lượt là ", "\u0301", "\u00a0", "."]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_mixture_of_the_words_of_the_trade_is_read(text: str) -> None:
    found = extract("Tin\n" + text, PUBLISHED, "Tỉnh Hòa Bình")
    spans = [(c.trace["value"]["start"], c.indicator, c.area, c.unit) for c in found.claims]
    assert len(spans) == len(set(spans)), "two claims of one number about one thing"
    for claim in found.claims:
        assert 0 <= claim.start < claim.end <= len(text) + 4


_DENSE = "Đến hết năm 2023, toàn tỉnh có 88/129 xã đạt chuẩn nông thôn mới, chiếm 68,2%; tỷ lệ hộ nghèo còn 6,2%, giảm 2,1% so với năm 2022"


@pytest.mark.parametrize("paragraph", [_DENSE + ".\n", _DENSE + ", ", "(5 xã ", "tỷ lệ hộ nghèo 5% và ", "5%, ", "((", "; và , "])
def test_time_grows_with_the_length_and_no_faster(paragraph: str) -> None:
    paragraph *= max(1, 130 // len(paragraph))

    def seconds(copies: int) -> float:
        best = 1e9
        for _ in range(3):
            start = time.process_time()
            extract("Tin\n" + paragraph * copies, PUBLISHED, "Tỉnh Hòa Bình")
            best = min(best, time.process_time() - start)
        return best

    seconds(5)
    assert seconds(160) < seconds(20) * 8 * 3


@pytest.mark.parametrize(("name", "core", "strict"), [("seeds", 0.97, 0.97), ("dev", 0.87, 0.75), ("composed", 0.95, 0.92)])
def test_scores_on_gold_do_not_fall(shared, name: str, core: float, strict: float) -> None:  # type: ignore[no-untyped-def]
    assert (shared / "gold").is_dir()
    figures, _ = score(load_documents(name))
    assert figures["core"]["f1"] >= core
    assert figures["strict"]["f1"] >= strict
    assert figures["core"]["precision"] >= 0.85

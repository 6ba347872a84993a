"""Pairing and figures against hand-counted cases and, where it is at hand, the developers' scorer; the ratchet; the error page."""

from __future__ import annotations

import importlib.util
import io
import json
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extraction import gold, score
from extraction.constructions import NAMES, Sentences, constructions
from extraction.error_page import page
from extraction.scoring import Document, Marked, agrees, error_lines, figures, mark, pair_up

TEXT = "Tin vui\nHuyện có 12/15 xã đạt chuẩn, chiếm 80%, hộ nghèo giảm từ 9% xuống còn 4%. Phấn đấu thêm 2 xã đạt chuẩn mỗi năm."


def claim(evidence: str, value: float, **more: Any) -> dict[str, Any]:
    base = {"evidence": evidence, "kind": "achievement", "indicator": "ntm.commune.certified", "measure": "level", "op": "eq", "value": value,
            "unit": "commune", "as_of": "2023-12-31", "area": "Huyện Mai Châu, Tỉnh Hòa Bình"}  # fmt: skip
    return base | more


def predicted(evidence: str, value: float, **more: Any) -> dict[str, Any]:
    start = TEXT.index(evidence)
    return claim(evidence, value, start=start, end=start + len(evidence), rule="r", confidence=0.9, **more)


GOLD = (
    claim("12/15 xã đạt chuẩn", 12, denominator=15),
    claim("chiếm 80%", 80, unit="percent"),
    claim("từ 9%", 9, unit="percent", indicator="poverty.rate.poor"),
    claim("thêm 2 xã", 2, measure="change", kind="target", per_year=True, as_of=None),
    claim("Tin", 7, indicator="other"),
)


def document(claims: tuple[dict[str, Any], ...] = GOLD, name: str = "bài 1", set_name: str = "demo") -> Document:
    return Document(name, set_name, "2024-01-15", "Huyện Mai Châu, Tỉnh Hòa Bình", "Tin vui", TEXT, claims, frozenset({"1/KH-UBND"}), ())


def marked_example() -> Marked:
    got = [
        predicted("12/15 xã", 12, denominator=15, area="huyện Mai Châu, tỉnh Hoà Bình"),  # other spelling, same place
        predicted("80%", 80, unit="percent", as_of="2022-12-31"),  # core, not strict
        predicted("thêm 2 xã", -2, measure="change", kind="target", per_year=True, as_of=None),  # wrong sign: found only
        predicted("còn 4%", 4, unit="percent", indicator="poverty.rate.poor"),  # made up for this gold
        predicted("Tin", 7),  # what gold calls other
    ]
    return mark(document(), {"claims": got, "documents": [{"number": "1/KH-UBND"}, {"number": "2/KH-UBND"}], "milestones": []})


def test_figures_of_a_case_counted_by_hand() -> None:
    now = figures([marked_example()])
    assert (now["gold_claims"], now["predicted_claims"]) == (4, 4)
    assert now["found"] == {"precision": 0.75, "recall": 0.75, "f1": 0.75}
    assert now["core"]["f1"] == 0.5
    assert now["strict"]["f1"] == 0.25
    assert now["fields"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert now["fields"]["as_of"] == pytest.approx(2 / 3, abs=1e-4)
    assert now["fields"]["area"] == 1
    assert now["document_numbers"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667}


def test_errors_are_told_by_kind() -> None:
    lines = error_lines([marked_example()])
    assert [line.split()[2] for line in lines] == ["WRONG", "WRONG", "MISSED", "SPURIOUS"]
    assert "as_of: gold '2023-12-31' got '2022-12-31'" in lines[0]
    assert "«từ 9%»" in lines[2]


def test_of_two_predictions_the_one_that_agrees_more_is_paired_then_the_nearer() -> None:
    both = [predicted("12/15 xã đạt chuẩn", 12, kind="target"), predicted("12/15 xã", 12, denominator=15)]
    assert pair_up(GOLD[:1], both, TEXT) == [(0, 1)]
    same = [predicted("có 12/15", 12), predicted("12/15 xã đạt chuẩn", 12)]
    assert pair_up([claim("12/15 xã đạt chuẩn", 12)], same, TEXT) == [(0, 1)]


def test_a_prediction_elsewhere_or_of_another_number_does_not_pair() -> None:
    assert pair_up(GOLD[:1], [predicted("mỗi năm", 12)], TEXT) == []
    assert pair_up(GOLD[:1], [predicted("12/15 xã", 15)], TEXT) == []
    assert pair_up([claim("từ 9%", 4, value_high=9)], [predicted("từ 9%", -9, value_high=-4)], TEXT) == [(0, 0)]


def test_gold_evidence_must_be_in_the_text() -> None:
    with pytest.raises(ValueError, match="không có câu này"):
        mark(document((claim("không có câu này", 1),)), {"claims": []})


@pytest.mark.parametrize(
    ("field", "a", "b", "same"),
    [
        ("area", "TP. Hà Nội", "Thành phố Hà Nội", True),
        ("area", "Tỉnh Thanh Hoá", "Tỉnh Thanh Hóa", True),
        ("area", "Tỉnh Hà Nam", "Tỉnh Hà Giang", False),
        ("per_year", None, False, True),
        ("per_year", True, None, False),
        ("value", 2.0000001, 2, True),
        ("value", 2.001, 2, False),
        ("denominator", None, 0, False),
        ("plan_by", "", None, True),
    ],
)
def test_agreement(field: str, a: object, b: object, same: bool) -> None:
    assert agrees(field, {field: a}, {field: b}) is same


@pytest.mark.parametrize("name", ["seeds", "dev", "composed"])
def test_figures_are_those_of_the_developers_scorer(shared: Path, name: str, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("score_claims", shared / "score" / "score_claims.py")
    assert spec is not None and spec.loader is not None
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    documents = gold.load(name)[:25]
    predictions = [_damaged(gold.predict(d)) for d in documents]
    ours = [mark(d, p) for d, p in zip(documents, predictions, strict=True)]
    raw = {d["doc"]: d for d in map(json.loads, (shared / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())}
    rows = ([raw[d.name] for d in documents], predictions, [{"doc": d.name, "text": d.text} for d in documents])
    paths = [tmp_path / f"{i}.jsonl" for i in range(3)]
    for path, objects in zip(paths, rows, strict=True):
        path.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects), encoding="utf-8")
    printed = io.StringIO()
    with redirect_stdout(printed):
        theirs.main([str(paths[0]), str(paths[1]), "--texts", str(paths[2]), "--json", "--errors", "10000"])
    first, *errors = printed.getvalue().splitlines()
    assert figures(ours) == json.loads(first)
    assert error_lines(ours) == errors
    assert errors


def _damaged(prediction: dict[str, Any]) -> dict[str, Any]:
    """Every third claim made wrong in some way, so that there is something to tell apart."""
    ways: list[dict[str, Any]] = [{"kind": "target"}, {"area": "Cả nước"}, {"value": 3.0}, {"op": "ge"}, {"indicator": "poverty.new"}]
    claims = [c | ways[i // 3 % len(ways)] if i % 3 == 0 else c for i, c in enumerate(prediction["claims"])]
    return prediction | {"claims": claims[1:] + claims[:1], "documents": prediction["documents"][:1]}


@pytest.mark.parametrize(
    ("evidence", "more", "held"),
    [
        ("12/15 xã đạt chuẩn", {"denominator": 15}, {"level", "achievement", "fraction", "list"}),
        ("chiếm 80%", {"unit": "percent"}, {"share_of_count", "list"}),
        ("từ 9%", {"unit": "percent", "indicator": "poverty.rate.poor"}, {"from_to"}),
        ("thêm 2 xã", {"measure": "change", "kind": "target", "per_year": True}, {"change", "target", "per_year"}),
        ("Tin", {"area": "Cả nước"}, {"title", "other_area", "words"}),
        ("12/15 xã", {"op": "range", "value_high": 15}, {"range"}),
        ("12/15 xã", {"op": "ge", "as_of": "2024-01-15"}, {"comparator", "day_of_publication"}),
    ],
)
def test_constructions_of_a_claim(evidence: str, more: dict[str, Any], held: set[str]) -> None:
    extra = claim("còn 4%", 4, unit="percent")
    found = constructions(claim(evidence, 12, **more), Sentences(TEXT, "2024-01-15", "Huyện Mai Châu, Tỉnh Hòa Bình", (*GOLD[:3], extra)))
    assert held <= set(found) <= set(NAMES)
    assert ("from_to" in found) is ("from_to" in held)


def test_groups_add_up_to_the_whole() -> None:
    found = [marked_example()]
    families = score.by_family(found)
    assert sum(g.gold for g in families) == figures(found)["gold_claims"]
    assert {g.name: (g.gold, g.found, g.core, g.strict, g.spurious) for g in families} == {
        "ntm": (3, 3, 2, 1, 0),
        "poverty": (1, 0, 0, 0, 1),
    }
    by_kind = {g.name: g.gold for g in score.by_construction(found)}
    assert by_kind["target"] + by_kind["achievement"] == 4


def test_figures_may_not_go_down_without_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    worse = score.kept_figures([marked_example()])
    better = worse | {"strict": worse["strict"] + 0.1}
    assert score.save({"demo": better}, None, path) == []
    assert score.save({"demo": worse}, None, path) == ["demo strict 0.350 -> 0.250"]
    assert score.save({"demo": worse}, "  ", path) != []
    assert score.read_baseline(path)["sets"]["demo"]["strict"] == pytest.approx(0.35)
    assert score.save({"demo": worse}, "gold corrected", path) == []
    kept = score.read_baseline(path)
    assert kept["accepted"] == [{"reason": "gold corrected", "fell": ["demo strict 0.350 -> 0.250"]}]
    assert kept["floors"]["demo"]["strict"] == 0.24
    assert score.save({"seeds": better}, None, path) == []
    assert set(score.read_baseline(path)["sets"]) == {"demo", "seeds"}, "sets that are not at hand keep their figures"


def test_the_page_escapes_what_articles_say_and_marks_what_differs() -> None:
    nasty = "Tin <script>alert(1)</script>\nHuyện có 12 xã đạt chuẩn & 5 xã <b>nâng cao</b>."
    doc = replace(document(), text=nasty, claims=(claim("12 xã đạt chuẩn", 12), claim("5 xã <b>nâng cao", 5)), name="<i>")
    start = nasty.index("12 xã")
    html = page(
        {"demo": [mark(doc, {"claims": [claim("12 xã", 12, kind="target", start=start, end=start + 5, rule="<r>", confidence=0.5)]})]}
    )
    assert "<script>" not in html and "<i>" not in html and "<r>" not in html
    assert "Sai loại: achievement thành target" in html
    assert "Bỏ sót" in html
    assert "<tr class='wrong'><th scope='row'>Loại</th><td>achievement</td><td>target</td></tr>" in html
    assert "<mark class='gold got'>12 xã</mark>" in html
    assert "prefers-color-scheme:dark" in html


def test_errors_of_heldout_articles_are_shown_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    sealed = replace(marked_example(), document=document(set_name="dev_heldout"))
    score._print_errors("dev", [sealed], 5, show_heldout=False)
    assert "«" not in capsys.readouterr().out
    score._print_errors("dev", [sealed], 5, show_heldout=True)
    assert "«" in capsys.readouterr().out


def test_without_the_developers_folder_what_ships_is_measured_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MUCTIEU_SHARED", str(tmp_path))
    monkeypatch.setattr(gold, "_demo", lambda: iter([document((), name="bài không số liệu")]))
    monkeypatch.setattr(score, "BASELINE", tmp_path / "none.json")
    monkeypatch.setattr(score, "read_baseline", dict)
    assert score.main(["--html", str(tmp_path / "out" / "errors.html")]) == 0
    told = capsys.readouterr().out
    assert "only demo, fresh_a, fresh_b" in told and "demo: 1 documents" in told and "seeds" not in told
    assert (tmp_path / "out" / "errors.html").exists()
    with pytest.raises(FileNotFoundError, match="MUCTIEU_SHARED"):
        gold.load("seeds")


def test_halves_are_whole_and_fixed(shared: Path) -> None:
    assert (shared / "gold").is_dir()
    halves = [{d.name for d in gold.load(name)} for name in gold.WHOLES["dev"]]
    assert (len(halves[0]), len(halves[1])) == (19, 17)
    assert not halves[0] & halves[1]

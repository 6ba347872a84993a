"""Every page under tests/scrapers/pages/<platform>/ is read and compared with the golden file beside it.

A new page needs no code: put `<case>.html` (bytes as a server would send them) into the folder of its platform and run the tests. The
golden file `<case>.json` is then written and the test fails once; read it, set `"reviewed": true`, run again. The golden file may say
beforehand `url`, `fetched_at` and, for a listing page asked for by POST, `form`.

The mutations are what redesigns look like to a parser: a container renamed, the date gone, the title twice. None may end in a wrong article.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from mutations import mutants, rename

from scrapers.page import Listing, NextPage, Page, PageOutcome, ParsedPage
from scrapers.platforms import PLATFORMS, PlatformError, platform
from scrapers.platforms.base import check_selector
from scrapers.registry import Portal, read_portal
from scrapers.selectors import SelectorError

PAGES = Path(__file__).parent / "pages"
CASES = sorted(PAGES.glob("*/*.html"))
FAMILIES = sorted(PLATFORMS)  # taken here: other tests add a platform of their own while they run


def name(case: Path) -> str:
    return f"{case.parent.name}/{case.stem}"


def golden(case: Path) -> dict[str, Any]:
    file = case.with_suffix(".json")
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def portal_of(case: Path) -> Portal:
    return read_portal(case.parent / "portal.yml", {})


def page_of(case: Path, body: bytes | None = None) -> Page:
    meta, host = golden(case), portal_of(case).hosts[0].host
    url = meta.get("url", f"https://{host}/{case.stem}")
    fetched_at = datetime.fromisoformat(meta.get("fetched_at", "2026-09-01T10:00:00+07:00"))
    request = NextPage(url, "POST", tuple((k, v) for k, v in meta["form"])) if "form" in meta else None
    return Page(url, url, case.read_bytes() if body is None else body, {"content-type": "text/html"}, fetched_at, request=request)


def plain(value: Any) -> Any:
    """A parsed value as JSON has it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, datetime) else value


def read(case: Path, body: bytes | None = None) -> tuple[ParsedPage, Listing | None]:
    page, portal = page_of(case, body), portal_of(case)
    family = platform(portal.platform)
    parsed = family.parse(page, portal)
    return parsed, family.listing(page, portal) if parsed.outcome is PageOutcome.LISTING else None


def expected_of(parsed: ParsedPage, listing: Listing | None) -> dict[str, Any]:
    found = plain(parsed)
    found["body_text"] = found["body_text"].split("\n")
    return {"parsed": found, "listing": plain(listing)}


def test_every_platform_has_pages_of_an_article() -> None:
    assert set(FAMILIES) == {p.name for p in PAGES.iterdir() if p.is_dir()}
    assert {c.parent.name for c in ARTICLES} == set(FAMILIES)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_page_gives_its_golden_reading(case: Path) -> None:
    meta, file = golden(case), case.with_suffix(".json")
    now = json.loads(json.dumps(expected_of(*read(case))))
    if "expected" not in meta:
        page = page_of(case)
        meta = {"url": page.url, "fetched_at": page.fetched_at.isoformat(), **meta, "reviewed": False, "expected": now}
        file.write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"{file} was written from what the parser gives today: read it, set reviewed to true, run again")
    if not meta.get("reviewed"):
        pytest.fail(f"{file} is not reviewed: read it, set reviewed to true, run again")
    assert now == meta["expected"]


@pytest.mark.parametrize("family", FAMILIES)
def test_selectors_of_a_family_are_css(family: str) -> None:
    select = PLATFORMS[family].select
    for field in dataclasses.fields(select):
        for alternative in getattr(select, field.name):
            if not alternative.startswith("jsonld:"):
                check_selector(alternative.partition("@")[0], f"{family}.{field.name}")


def test_portal_that_asks_for_what_its_platform_lacks_is_refused() -> None:
    portal = read_portal(PAGES / "liferay6" / "portal.yml", {})
    page = page_of(PAGES / "liferay6" / "gioi_thieu.html")
    with pytest.raises(PlatformError, match="select: titel: not known to platform liferay6"):
        platform("liferay6").parse(page, portal.model_copy(update={"select": {"titel": ("h1",)}}))
    with pytest.raises(PlatformError, match="options: date_optinal"):
        platform("liferay6").parse(page, portal.model_copy(update={"options": {"date_optinal": True}}))
    with pytest.raises(PlatformError, match="is no CSS selector"):
        platform("liferay6").parse(page, portal.model_copy(update={"select": {"title": ("h1[",)}}))
    with pytest.raises(PlatformError, match="no platform 'liferay5'; there are"):
        platform("liferay5")


# --- mutations -------------------------------------------------------------------------------------------------------------------

ARTICLES = [case for case in CASES if golden(case).get("expected", {}).get("parsed", {}).get("outcome") == "article"]
LISTINGS = [case for case in CASES if golden(case).get("expected", {}).get("parsed", {}).get("outcome") == "listing"]


def mutants_of(case: Path) -> Iterator[tuple[str, bytes]]:
    portal = portal_of(case)
    return mutants(case.read_bytes(), platform(portal.platform).selectors_of(portal))


MUTANTS = [(case, what, body) for case in ARTICLES if case.parent.name != "generic" for what, body in mutants_of(case)]


@pytest.mark.parametrize(("case", "what", "body"), MUTANTS, ids=[f"{name(c)}: {w}" for c, w, _ in MUTANTS])
def test_changed_markup_is_an_error_and_never_a_wrong_article(case: Path, what: str, body: bytes) -> None:
    right, _ = read(case)
    try:
        mutant, _ = read(case, body)
    except SelectorError as error:
        assert error.count != 1
        assert page_of(case).final_url in str(error)
        assert error.selector in str(error)
        return
    if mutant.outcome is PageOutcome.BROKEN or mutant.problems == ("attachment_only",):
        return
    if what == "body left to a script" and mutant.attachments:  # a lead and files are an article, as many are
        assert right.body_text.startswith(mutant.body_text)
        return
    # another alternative of the same family may still find the same words: that is no wrong article
    assert mutant.outcome is PageOutcome.ARTICLE, what
    assert (mutant.title, mutant.body_text) == (right.title, right.body_text), what
    assert right.published_at is not None
    assert mutant.published_at is not None, what
    assert mutant.published_at.date() == right.published_at.date(), what


def test_mutations_reach_every_platform_with_selectors() -> None:
    for family in set(FAMILIES) - {"generic"}:
        kinds = {what for case, what, _ in MUTANTS if case.parent.name == family}
        assert {"article renamed", "date dropped", "title twice"} <= kinds, family


# the generic platform finds entries by their shape, not by their names
@pytest.mark.parametrize("case", [c for c in LISTINGS if c.parent.name != "generic"], ids=name)
def test_listing_with_renamed_entries_is_an_error_not_an_empty_listing(case: Path) -> None:
    portal = portal_of(case)
    family = platform(portal.platform)
    tree = BeautifulSoup(case.read_bytes(), "lxml")
    rename([], tree, family.selectors_of(portal).item)
    with pytest.raises(SelectorError) as caught:
        family.listing(page_of(case, tree.encode()), portal)
    assert caught.value.count == 0
    assert "at least 1" in str(caught.value)


def test_generic_never_invents_a_date_or_takes_its_title_from_the_first_h1() -> None:
    undated, _ = read(PAGES / "generic" / "khong_co_ngay.html")
    assert undated.published_at is None
    assert undated.problems == ("no_date",)
    labelled, _ = read(PAGES / "generic" / "nhan_ngay_dang.html")
    assert labelled.title != "Tin tức"


HOSTILE = {
    "nothing": b"",
    "white space": b" \n\t",
    "no markup": "Trang đang bảo trì".encode(),
    "zero bytes": b"\x00" * 5000,
    "half a tag": b"<html><body><div class='asset-full-content",
    "deep": b"<html><body>" + b"<div>" * 2000 + b"x" + b"</div>" * 2000,
    "feed": b'<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title><item><title>x</title></item></channel></rss>',
    "declared xml": b'<?xml version="1.0" encoding="utf-8"?><html><body><p>x</p></body></html>',
}


@pytest.mark.filterwarnings("error")  # bs4 warns of XML that is read as HTML; whoever imports an archive full of feeds should not read that
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_pages_are_never_articles(family: str, what: str) -> None:
    portal = read_portal(PAGES / family / "portal.yml", {})
    url = f"https://{portal.hosts[0].host}/x"
    page = Page(url, url, HOSTILE[what], {}, datetime.fromisoformat("2026-09-01T10:00:00+07:00"))
    assert platform(family).parse(page, portal).outcome in (PageOutcome.BROKEN, PageOutcome.STATIC)
    with pytest.raises(SelectorError):
        platform(family).listing(page, portal)


@pytest.mark.parametrize("case", [PAGES / "liferay6" / "bai_12gio_dem.html", PAGES / "sharepoint_daknong" / "bang_so_lieu.html"], ids=name)
def test_zero_bytes_and_deep_spans_do_not_shorten_an_article(case: Path) -> None:
    right, _ = read(case)
    html = case.read_bytes()
    assert read(case, html.replace(b"<p>", b"\x00<p>"))[0] == right
    deep = html.replace(b"<p>", b"<p>" + b"<span>" * 150).replace(b"</p>", b"</span>" * 150 + b"</p>")
    assert read(case, deep)[0].body_text == right.body_text

"""A portal that nobody has seen: recognised, written down, and failing until somebody has looked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from fault_server import FaultServer, answer
from portals_for_tests import HOST, Everything, Site, make_portal, make_posts
from synthetic import FETCHED_AT, SyntheticPortal, SyntheticSite
from test_portal_pages import check_case

from demo.server import DemoServer
from muctieu.lake import Lake
from muctieu.records import Article, Run
from scrapers.bounds import TooLittleError, suggest
from scrapers.onboarding import OnboardingError, Probe, look, probe, visit_portal, write_portal
from scrapers.platforms import PLATFORMS
from scrapers.registry import Portal, read_portal
from scrapers.run import ScrapeOptions, scrape_portal

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # after the newest article of the demo portals


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(now=lambda: NOW) as server:
        yield server


def probed(server: DemoServer, host: str, path: str) -> Probe:
    return probe(
        f"http://{host}{path}",
        portal_id="new-portal",
        name="Cổng mới",
        area="Tỉnh Mới",
        maintainer=("An", "an@vidu.vn"),
        connect_to=server.url.removeprefix("http://"),
        user_agent="muctieu-test/1",
        allow_private_hosts=True,
        now=lambda: NOW,
        sleep=lambda seconds: None,  # noqa: ARG005
    )


@pytest.mark.parametrize(("portal", "family"), [("hanoi", "liferay6_vportal"), ("binhlieu", "sharepoint_qnp"), ("lamdong", "nukeviet4")])
def test_the_cms_of_a_portal_is_recognised(demo: DemoServer, portal: str, family: str) -> None:
    host = f"{portal}.demo.test"
    file = Path(__file__).parents[2] / "demo" / "portals" / f"demo-{portal}.yml"
    known = read_portal(file)
    url = known.listings[0].url
    found = probed(demo, host, url.removeprefix(f"http://{host}"))
    assert known.platform == family
    assert found.best.platform == family, found.scores
    assert found.best.articles == found.best.samples == 3
    assert found.notes == ()


def test_a_new_portal_is_written_and_fails_until_it_is_reviewed(demo: DemoServer, tmp_path: Path) -> None:
    known = read_portal(Path(__file__).parents[2] / "demo" / "portals" / "demo-hanoi.yml")
    found = probed(demo, "hanoi.demo.test", known.listings[0].url.removeprefix("http://hanoi.demo.test"))
    files = write_portal(found, tmp_path / "portals", tmp_path / "pages")
    portal = read_portal(tmp_path / "portals" / "new-portal.yml")
    assert (portal.platform, portal.status) == ("liferay6_vportal", "unverified")
    cases = [f for f in files if f.suffix == ".html"]
    assert [c.stem for c in cases] == ["danh_sach", "bai_1", "bai_2", "bai_3"]
    for case in cases:
        with pytest.raises(pytest.fail.Exception, match="was written"):
            check_case(case, portal)
        with pytest.raises(pytest.fail.Exception, match="not reviewed"):
            check_case(case, portal)
        meta = json.loads(case.with_suffix(".json").read_text("utf-8"))
        case.with_suffix(".json").write_text(json.dumps({**meta, "reviewed": True}), "utf-8")
        check_case(case, portal)
    with pytest.raises(OnboardingError, match="đã có"):
        write_portal(found, tmp_path / "portals", tmp_path / "pages")


UNSEEN = "xa-chua-ai-biet.gov.vn"


def unseen(platform_name: str, **own: Any) -> SyntheticPortal:
    """A portal of a CMS, at a host that no file names; `own` is what its theme calls its elements."""
    address = {"hosts": [{"host": UNSEEN}], "listings": [{"url": f"http://{UNSEEN}/tin-tuc"}]}
    who = {"id": "chua-ai-biet", "name": "Cổng", "areas": [{"name": "Xã"}], "maintainers": [{"name": "A", "email": "a@b.vn"}]}
    return SyntheticPortal(Portal.model_validate({**who, **address, "platform": platform_name, "select": own}))


def onboard(made: SyntheticPortal, server: FaultServer, folder: Path) -> tuple[Probe, Path]:
    """What `muctieu portal new` does: the portal's file is written from its address alone."""
    server.routes = Everything(SyntheticSite(made, made.stories(9)).behave)
    found = probe(
        f"http://{UNSEEN}/tin-tuc",
        portal_id="chua-ai-biet",
        name="Cổng",
        area="Xã",
        maintainer=("A", "a@b.vn"),
        connect_to=server.address,
        user_agent="t",
        allow_private_hosts=True,
        now=lambda: FETCHED_AT,
        sleep=lambda seconds: None,  # noqa: ARG005
    )
    return found, write_portal(found, folder / "portals", folder / "pages")[0]


def scraped(file: Path, lake: Lake) -> tuple[Run, dict[str, str]]:
    """A run by nothing but the portal's file: the run, and the body of each article by its title."""
    options = ScrapeOptions(allow_private_hosts=True)
    run = scrape_portal(read_portal(file), lake, options, now=lambda: FETCHED_AT, sleep=lambda seconds: None)  # noqa: ARG005
    articles = [row for path in lake.list("articles", ".parquet") for row in lake.read_rows(path, Article)]
    return run, {a.title: a.body_text for a in articles}


QUICK = ("hanoi_cms", "liferay7", "vnpt_net", "wordpress")


@pytest.mark.parametrize("family", [pytest.param(f, marks=() if f in QUICK else pytest.mark.slow) for f in sorted(PLATFORMS)])
def test_a_portal_that_no_developer_has_seen_needs_its_file_only(family: str, tmp_path: Path) -> None:
    made = unseen(family)
    with FaultServer({}) as server:
        found, file = onboard(made, server, tmp_path)
        assert found.best.articles == found.best.samples == 3, found.scores
        assert found.best.platform == family, found.scores
        run, articles = scraped(file, Lake(str(tmp_path / "lake")))
    assert articles == {s.title: s.body for s in made.stories(9)}
    assert (run.outcome, run.rejected) == ("ok", 0), run.message


def test_a_theme_of_its_own_needs_selectors_in_the_file_and_no_code(tmp_path: Path) -> None:
    own = {
        "article": [".khoi-bai"],
        "title": [".khoi-bai .dau-de"],
        "date": [".khoi-bai .thoi-diem"],
        "body": [".khoi-bai .chu"],
        "item": ["ul.muc > li"],
        "item_date": [".thoi-diem"],
    }
    made = unseen("wordpress", **own)
    with FaultServer({}) as server:
        found, file = onboard(made, server, tmp_path)
        assert found.best.platform == "generic"  # no family knows this theme, and the author of the file says where things are
        content = yaml.safe_load(file.read_text("utf-8"))
        file.write_text(yaml.safe_dump({**content, "platform": "wordpress", "select": own}, allow_unicode=True), "utf-8")
        run, articles = scraped(file, Lake(str(tmp_path / "lake")))
    assert articles == {s.title: s.body for s in made.stories(9)}
    assert (run.outcome, run.rejected) == ("ok", 0), run.message


def site_probe(b: Any, **more: Any) -> Probe:
    return probe(
        f"http://{HOST}/tin",
        portal_id="x1",
        name="X",
        area="X",
        maintainer=("A", "a@b.vn"),
        connect_to=b.address.address,
        user_agent="t",
        allow_private_hosts=True,
        sleep=lambda seconds: None,  # noqa: ARG005
        **more,
    )


def test_what_changes_by_itself_is_noticed_by_reading_twice(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(5))
    counter = iter(range(1000))

    def tamper(request: Any, response: bytes) -> bytes:
        if "/bai/" not in request.path:
            return response
        text = response.partition(b"\r\n\r\n")[2].decode()
        return answer(text.replace("</p></div>", f"</p><p>Bài này đã có {next(counter)} lượt đọc trong ngày.</p></div>"))

    site.tamper = tamper
    with bench(site) as b:
        found = site_probe(b)
        assert found.best.platform == "plain"
        assert any("đọc hai lần" in note for note in found.notes)
        site.tamper = lambda request, response: response  # noqa: ARG005
        assert site_probe(b).notes == ()


def test_a_challenge_or_an_empty_page_gives_a_reason(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(5))
    with bench(site) as b:
        site.tamper = lambda request, response: answer("<title>Request Rejected</title>") if request.path == "/tin" else response
        with pytest.raises(OnboardingError, match="F5"):
            site_probe(b)
        site.tamper = lambda request, response: answer("<p>Xin chào</p>") if request.path == "/tin" else response
        with pytest.raises(OnboardingError, match="không có liên kết"):
            site_probe(b)
        site.robots = answer("User-agent: *\nDisallow: /", content_type="text/plain")
        with pytest.raises(OnboardingError, match=r"robots\.txt"):
            site_probe(b)


def test_checking_a_portal_shows_what_would_be_read(bench: Callable[[Site], Any]) -> None:
    site = Site(make_posts(5))
    with bench(site) as b:
        portal = make_portal(b.address)
        visiting = {"user_agent": "t", "allow_private_hosts": True, "sleep": lambda seconds: None}  # noqa: ARG005
        looks = [look(sample, portal) for sample in visit_portal(portal, articles=2, **visiting)]
        assert [seen.name for seen in looks] == ["danh_sach_1", "bai_1", "bai_2"]
        assert looks[0].listing is not None
        assert len(looks[0].listing.links) == 5
        assert [seen.reading.article.title for seen in looks[1:] if seen.reading and seen.reading.article] == [
            p.title for p in site.posts[:2]
        ]
        assert b.lake.list("", "") == []


def test_bounds_are_proposed_from_healthy_runs(bench: Callable[[Site], Any]) -> None:
    every = make_posts(60)
    site = Site(every[20:])
    with bench(site) as b:
        for k in range(5):
            site.posts = every[20 - 4 * k :]
            b.scrape(days=0.5)
        portal = make_portal(b.address)
        proposed = suggest(portal, b.lake)
        assert proposed.runs == 5
        assert 5 <= proposed.floors.links_per_listing <= 10
        assert 0.9 <= proposed.floors.fill_date < 1
        assert proposed.floors.body_chars_p50 > 100
        assert proposed.ceilings.days_since_newest >= 14
        bounds = {"min": proposed.floors.model_dump(), "max": {**proposed.ceilings.model_dump(), "days_since_newest": 10**6}}
        assert b.scrape(normal=bounds).outcome == "ok"  # a healthy run stays within what was proposed
        site.tamper = lambda request, response: (
            response.replace(b'class="item"', b'class="item2"', 7) if request.path == "/tin" else response
        )
        assert b.scrape(normal=bounds).outcome == "broken"


def test_too_few_runs_propose_nothing(bench: Callable[[Site], Any]) -> None:
    with bench(Site(make_posts(3))) as b:
        b.scrape()
        with pytest.raises(TooLittleError, match="ít nhất 3"):
            suggest(make_portal(), b.lake)

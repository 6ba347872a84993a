"""Portal files: what is understood, and how what is not is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from scrapers.registry import Portal, RegistryError, load_portals, read_portal


def portal(**changes: Any) -> dict[str, Any]:
    return {
        "id": "binh-lieu",
        "name": "Cổng huyện Bình Liêu",
        "areas": [{"name": "Huyện Bình Liêu", "to": date(2025, 6, 30)}, {"name": "Xã Bình Liêu", "from": date(2025, 7, 1)}],
        "hosts": [{"host": "binhlieu.test"}, {"host": "cu.test", "alias_of": "binhlieu.test"}],
        "maintainers": [{"name": "Người trông cổng", "email": "a@b.vn"}],
        "platform": "plain",
        "listings": [{"url": "https://www.binhlieu.test/tin"}],
        **changes,
    }


def write(folder: Path, content: dict[str, Any] | str, name: str = "x.yml") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_a_portal_is_read(tmp_path: Path) -> None:
    got = read_portal(write(tmp_path, portal(schedule="0 5 * * *", select={"title": "h1", "body": ["div.a", "div.b"]})))
    assert (got.id, got.scheme, got.schedule.cron, got.status) == ("binh-lieu", "https", "0 5 * * *", "unverified")
    assert got.select == {"title": ("h1",), "body": ("div.a", "div.b")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"platfrom": "x"}, "platfrom: unknown key"),
        ({"http": {"rate": 3}}, "http.rate: unknown key"),
        ({"listings": [{"url": "https://binhlieu.test/", "max_page": 3}]}, "listings.0.max_page: unknown key"),
        ({"normal": {"min": {"links": 3}}}, "normal.min.links: unknown key"),
        ({"maintainers": []}, "maintainers"),
        ({"maintainers": [{"name": "A", "email": "nobody"}]}, "maintainers.0.email"),
        ({"areas": [{"name": "A"}, {"name": "B", "from": date(2025, 7, 1)}]}, "overlap"),
        ({"listings": []}, "listing"),
        ({"listings": [{"url": "https://elsewhere.test/tin"}]}, "elsewhere.test"),
        ({"listings": [{"url": "ftp://binhlieu.test/"}]}, "ftp://"),
        ({"listings": [{"url": "https://binhlieu.test/", "form": {"a": "b"}}]}, "method: POST"),
        ({"listings": [{"url": "https://binhlieu.test/", "include": "("}]}, "regular expression"),
        ({"hosts": [{"host": "https://binhlieu.test/"}]}, "host name"),
        ({"hosts": [{"host": "binhlieu.test"}, {"host": "b.test", "alias_of": "c.test"}]}, "alias"),
        ({"id": "Bình Liêu"}, "id"),
        ({"dates": {"formats": ["%Q"]}}, "%Q"),
        ({"http": {"ca_extra": "missing.pem"}}, "missing.pem"),
        ({"http": {"robots": "ignore"}}, "notes"),
        ({"status": "good"}, "status"),
        ({"schedule": "daily"}, "schedule"),
    ],
)
def test_faults_name_the_file_and_the_key(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    file = write(tmp_path, portal(**change))
    with pytest.raises(RegistryError) as error:
        read_portal(file)
    assert str(file) in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize("key", ["id", "name", "areas", "hosts", "maintainers", "platform"])
def test_what_is_missing_is_named(tmp_path: Path, key: str) -> None:
    content = portal()
    del content[key]
    with pytest.raises(RegistryError, match=f"{key}: missing; add it"):
        read_portal(write(tmp_path, content))


@pytest.mark.parametrize("content", ["a: [", "- 1", "", "\t\tx"])
def test_what_is_no_mapping_says_so(tmp_path: Path, content: str) -> None:
    with pytest.raises(RegistryError, match=r"x\.yml"):
        read_portal(write(tmp_path, content))


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, portal(platfrom="x"), "a.yml")
    write(tmp_path, portal(id="fine"), "b.yml")
    write(tmp_path, portal(id="fine"), "c.yml")
    with pytest.raises(RegistryError) as error:
        load_portals([tmp_path, tmp_path / "nowhere"])
    message = str(error.value)
    assert "a.yml" in message
    assert "c.yml" in message
    assert "already" in message
    assert "nowhere" in message


def test_an_archive_needs_no_listing(tmp_path: Path) -> None:
    assert read_portal(write(tmp_path, portal(status="archive_only", listings=[]))).archive_only


def test_values_come_from_the_environment(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        portal(hosts=[{"host": "binhlieu.test", "connect_to": "${ADDRESS}"}, {"host": "cu.test", "connect_to": "${OTHER:-127.0.0.1:1}"}]),
    )
    got = read_portal(file, {"ADDRESS": "127.0.0.1:99"})
    assert [h.connect_to for h in got.hosts] == ["127.0.0.1:99", "127.0.0.1:1"]
    with pytest.raises(RegistryError, match="ADDRESS"):
        read_portal(file, {})


@pytest.mark.parametrize(
    ("day", "area"),
    [
        (date(2019, 1, 1), "Huyện Bình Liêu"),
        (date(2025, 6, 30), "Huyện Bình Liêu"),
        (date(2025, 7, 1), "Xã Bình Liêu"),
        (date(2030, 1, 1), "Xã Bình Liêu"),
    ],
)
def test_the_area_is_that_of_the_day(day: date, area: str) -> None:
    assert Portal.model_validate(portal()).area_on(day) == area


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("https://binhlieu.test/a", True),
        ("http://www.binhlieu.test/a", True),
        ("http://BINHLIEU.test:80/a", True),
        ("https://binhlieu.test:443/a", True),
        ("https://cu.test/a", True),
        ("https://binhlieu.test:8443/a", False),
        ("https://evil-binhlieu.test/a", False),
        ("https://binhlieu.test.evil.test/a", False),
        ("https://binhlieu.test@evil.test/a", False),
        ("https://user@binhlieu.test/a", True),
        ("mailto:a@binhlieu.test", False),
    ],
)
def test_a_portal_knows_its_addresses(url: str, owned: bool) -> None:
    assert Portal.model_validate(portal()).owns(url) is owned


def test_times_without_a_zone_are_those_of_vietnam() -> None:
    made = Portal.model_validate(portal(dates={"unreliable": [["2019-08-08 08:51", "2019-08-08 08:52"]]}))
    ((start, _),) = made.dates.rules.unreliable
    assert start == datetime(2019, 8, 8, 1, 51, tzinfo=UTC)

"""What is in the repository: no secrets, no addresses of people, no licence that binds whoever runs this, nothing that is not pinned."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from muctieu.settings import REPOSITORY

LICENCES = yaml.safe_load((Path(__file__).with_name("licences.yml")).read_text(encoding="utf-8"))

# what a key, a token or a password of the services that we speak to looks like
TOKENS = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[baprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w{8,}|\b\d{8,10}:AA[\w-]{33}\b"
    r"|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----|eyJ[A-Za-z0-9_-]{20,}\.eyJ|AIza[0-9A-Za-z_-]{35}"
)
PASSWORDS = re.compile(r"(?:postgres(?:ql)?|mysql|redis|amqp|smtps?|mongodb)(?:\+\w+)?://[^\s:/@'\"{}$]+:([^\s@'\"{}$]+)@", re.IGNORECASE)
EXAMPLES = {
    "password",
    "mat-khau",
    "matkhau",
    "secret",
    "pw",
    "p",
    "mk",
    "mậtkhẩu",
    "mật-khẩu",
    "…",
    "***",
    "x",
    "p%40ss",
    "guest",
    "user",
    "not-asked-for",
    "geheim",
}
HOMES = re.compile(r"/(?:home|Users)/(?!muctieu/)\w+/|/work/(?:main|wt|scratch)\b")
EMAIL = re.compile(r"[\w.+-]+@([\w-]+\.)+[a-z]{2,}")
ALLOWED_DOMAINS = re.compile(r"@(?:[\w-]+\.)*(?:example(?:\.\w+)?|test|invalid|localhost|local|vidu\.vn|example\.vn)$")


def files() -> Iterator[tuple[str, str]]:
    """Path and text of every file that git knows, the lock file left out: its hashes look like anything."""
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(listed) > 300
    for name in listed:
        path = REPOSITORY / name
        if name == "uv.lock" or not path.is_file():
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_token_no_password_and_no_home_of_a_developer() -> None:
    found = []
    for name, text in files():
        if name == "tests/security/test_repository.py":
            continue
        found += [f"{name}: {match[0][:60]}" for match in TOKENS.finditer(text)]
        found += [f"{name}: {m[0][:60]}" for m in PASSWORDS.finditer(text) if m[1].lower() not in EXAMPLES and not m[1].startswith("%")]
        found += [f"{name}: {match[0]}" for match in HOMES.finditer(text)]
    assert not found


def test_addresses_of_people_are_examples() -> None:
    """Pages of portals, kept as samples, have the public mailboxes of offices; everything that we wrote ourselves has none."""
    found = []
    for name, text in files():
        if name.startswith(("tests/scrapers/pages/", "tests/scrapers/portals/", "demo/articles/")):
            continue
        addresses = {match[0] for match in EMAIL.finditer(text)} - set(LICENCES["addresses"])
        found += [f"{name}: {address}" for address in addresses if not ALLOWED_DOMAINS.search(address)]
    assert not found


def test_the_patterns_find_what_they_are_for() -> None:
    assert TOKENS.search("xox" + "b-123456789012-abcdef")
    assert TOKENS.search("AKIA" + "ABCDEFGHIJKLMNOP")
    assert PASSWORDS.search("postgresql://muctieu:hunter2@db:5432/x")
    assert HOMES.search("/home/" + "lan/muctieu")
    assert not HOMES.search("/home/muctieu/")  # the user of the container


# --- licences ----------------------------------------------------------------------------------------------------------------------


def runtime() -> dict[str, str]:
    """Every distribution that the runtime brings, extras included where they are installed -> its licence as it declares it."""
    seen: dict[str, set[str]] = {}

    def visit(name: str, extras: set[str]) -> None:
        key = canonicalize_name(name)
        if key in seen and extras <= seen[key]:
            return
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:
            return  # an extra that is not installed here
        seen[key] = seen.get(key, set()) | extras
        for text in requires:
            requirement = Requirement(text)
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in seen[key] | {""}):
                visit(requirement.name, set(requirement.extras))

    extras = set(distribution("muctieu").metadata.get_all("Provides-Extra") or [])
    visit("muctieu", extras)
    return {name: declared(name) for name in seen if name != "muctieu"}


def declared(name: str) -> str:
    """The licence expression, else the classifiers, else the first line of the free field."""
    metadata = distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classified = [c.split(" :: ")[-1] for c in metadata.get_all("Classifier") or [] if c.startswith("License :: ")]
    classified = [c for c in classified if c != "OSI Approved"]
    return "; ".join(classified) or (metadata.get("License") or "").strip().split("\n")[0]


@pytest.fixture(scope="module")
def brought() -> dict[str, str]:
    found = runtime()
    assert len(found) > 100
    return found


def test_every_licence_of_the_runtime_was_reviewed(brought: dict[str, str]) -> None:
    allowed, reviewed = set(LICENCES["allowed"]), LICENCES["reviewed"]
    unknown = {
        name: licence for name, licence in brought.items() if licence not in allowed and reviewed.get(name, {}).get("declares") != licence
    }
    assert not unknown, "read the licence; then add it to tests/security/licences.yml, with the reason"


def test_nothing_is_under_the_gpl_alone(brought: dict[str, str]) -> None:
    copyleft = {n: lic for n, lic in brought.items() if re.search(r"\b[AL]?GPL|General Public", lic)}
    assert set(copyleft) <= {n for n, row in LICENCES["reviewed"].items() if row.get("copyleft")}, copyleft
    assert all(row["why"] for row in LICENCES["reviewed"].values())


def test_every_package_is_pinned_with_a_hash() -> None:
    lock = (REPOSITORY / "uv.lock").read_text(encoding="utf-8")
    packages = re.split(r"\n\[\[package\]\]\n", lock)[1:]
    assert len(packages) > 200
    for package in packages:
        name = re.search(r'name = "([^"]+)"', package)
        assert name is not None
        if name[1] != "muctieu":
            assert 'hash = "sha256:' in package, name[1]
            assert "git = " not in package and "path = " not in package, f"{name[1]} does not come from the registry"

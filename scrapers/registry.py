"""The portal registry: one YAML file a portal, read into typed values; what is not understood is refused.

A portal on a known CMS needs no Python: everything that differs between two portals of a CMS is a key here.
`${NAME}` and `${NAME:-default}` in a value are taken from the environment (the demo portals do not know their port before they run).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from muctieu.settings import TIMEZONE
from muctieu.yaml_files import parse_yaml
from scrapers.dates import DateRules, compile_format
from scrapers.page import NextPage

FEEDS = ("rss", "sitemap")


class RegistryError(Exception):
    """Portal files that cannot be used. The message names each file and key and says what to do."""


class _Strict(BaseModel):
    """Unknown keys are errors: a misspelt key would otherwise switch its check off silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Maintainer(_Strict):
    """Who gets the alerts about this portal."""

    name: str = Field(min_length=1)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


class AreaSpan(_Strict):
    """What area the portal speaks for, and when. Both days belong to the span; an open end is left out."""

    name: str = Field(min_length=1)  # "Huyện Bình Liêu, Tỉnh Quảng Ninh"
    code: str | None = None  # code of the General Statistics Office; a string, because "01" is not 1
    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Host(_Strict):
    """A host name that the portal has or had."""

    host: str  # name, or name:port
    alias_of: str | None = None  # the same pages are at the same paths of this host, which names them in article ids
    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")
    connect_to: str | None = None  # address:port to connect to instead of asking DNS (demo, tests, a private mirror)

    @field_validator("host")
    @classmethod
    def _bare(cls, value: str) -> str:
        if "/" in value or "@" in value or value != value.lower():
            raise ValueError(f"{value!r} is not a host name: write it in lower case without scheme and path")
        return value


class Window(_Strict):
    """Parameters by which the CMS limits a listing to days; sent in the form of a POST, else in the query."""

    since: str
    until: str
    format: str = "%d/%m/%Y"


class ListingSource(_Strict):
    """Where articles are announced."""

    url: str
    kind: Literal["listing", "rss", "sitemap"] = "listing"
    programme: str | None = None  # code of the programme, when the whole section is about one
    section: str | None = None  # name of the section, when its pages do not say it
    max_pages: int = Field(default=20, ge=1, le=5000)
    stop_after_known: int = Field(default=15, ge=1)  # articles in a row that an earlier complete walk has seen
    method: Literal["GET", "POST"] = "GET"
    form: dict[str, str] = {}
    headers: dict[str, str] = {}
    include: str | None = None  # regular expression that an article URL must match; others are left alone
    window: Window | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.form and self.method == "GET":
            raise ValueError("`form` needs `method: POST`")
        if self.include:
            _compiled(self.include)
        return self

    @property
    def request(self) -> NextPage:
        return NextPage(self.url, self.method, tuple(self.form.items()), None, tuple(self.headers.items()))


class DatesConfig(_Strict):
    """How the portal writes dates; see `scrapers.dates` for the formats."""

    formats: tuple[str, ...] = ()
    midnight_is_no_time: bool = False
    unreliable: tuple[tuple[datetime, datetime], ...] = ()  # spans in which its dates are known to be false (build time, migration)

    @field_validator("formats")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if pattern not in ("iso", "epoch_ms", "relative"):
                compile_format(pattern)
        return value

    @property
    def rules(self) -> DateRules:
        spans = tuple((_local(start), _local(end)) for start, end in self.unreliable)
        return DateRules(self.formats, self.midnight_is_no_time, spans)


class TextConfig(_Strict):
    legacy: Literal["cp1258", "tcvn3", "vni"] | None = None  # what old pages are written in that do not say so


class Rewrite(_Strict):
    """One rule for canonical URLs: a regular expression over the URL without scheme, and what it becomes ("\\g<1>" for groups)."""

    pattern: str
    to: str

    @field_validator("pattern")
    @classmethod
    def _valid(cls, value: str) -> str:
        _compiled(value)
        return value


class IdentityConfig(_Strict):
    """What makes two URLs of this portal the same article. Tracking parameters and fragments go in any case."""

    keep_params: tuple[str, ...] | None = None  # only these query parameters belong to the article; None keeps all
    drop_params: tuple[str, ...] = ()
    rewrite: tuple[Rewrite, ...] = ()  # applied in order to "host/path?query"
    trust_canonical: bool = True  # whether rel=canonical of this portal is to be believed


class HttpConfig(_Strict):
    """Politeness towards, and patience with, this portal."""

    rate_per_min: float = Field(default=20, gt=0, le=60000)
    deadline_s: float = Field(default=60, gt=0, le=600)  # whole request, redirects included
    connect_s: float = Field(default=10, gt=0, le=60)
    max_mb: float = Field(default=10, gt=0, le=200)  # decoded
    retries: int = Field(default=3, ge=0, le=10)
    max_wait_s: float = Field(default=120, ge=0, le=3600)  # longest Retry-After that is waited for
    ca_extra: str | None = None  # PEM file beside the YAML: an intermediate that the server forgets to send
    tls_min: Literal["1.2", "1.3"] = "1.2"
    redirect_hosts: tuple[str, ...] = ()  # hosts outside of the portal that its pages may redirect to
    robots: Literal["obey", "ignore"] = "obey"  # "ignore" only with the written consent of the portal, noted in `notes`
    revisit_days: tuple[float, ...] = (1, 3, 7)  # ages at which a known article is asked for again; the last time unconditionally
    give_up_after: int = Field(default=5, ge=1)  # runs in which an article could not be fetched


class Floors(_Strict):
    """A healthy run is never under these: below one of them the run is broken and nothing is taken for deleted."""

    links_per_listing: float = 1
    fill_title: float = Field(default=0.95, ge=0, le=1)
    fill_date: float = Field(default=0.8, ge=0, le=1)
    fill_body: float = Field(default=0.9, ge=0, le=1)
    body_chars_p50: float = 200


class Ceilings(_Strict):
    """Above one of these the run is degraded: the data is kept and somebody is told."""

    days_since_newest: float = 60
    requests_per_new: float = 25
    duplicate_share: float = Field(default=0.7, ge=0, le=1)
    failed_share: float = Field(default=0.1, ge=0, le=1)


class Normal(_Strict):
    """What is normal for this portal."""

    min: Floors = Floors()
    max: Ceilings = Ceilings()
    body_chars_min: int = Field(default=50, ge=0)  # shorter bodies are held back: mostly a scanned attachment behind a link
    judged_from: int = Field(default=5, ge=1)  # fill rates of fewer pages than this say nothing


class Valid(_Strict):
    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")


class Schedule(_Strict):
    cron: str = Field(default="15 */6 * * *", pattern=r"^\S+( \S+){4}$")  # in Asia/Ho_Chi_Minh


def _schedule(value: Any) -> Any:
    return {"cron": value} if isinstance(value, str) else value


def _select(value: Any) -> Any:
    return {key: [item] if isinstance(item, str) else item for key, item in value.items()} if isinstance(value, dict) else value


class Portal(_Strict):
    """One portal of one authority, through its generations."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")  # never the domain: domains move
    name: str = Field(min_length=1)
    areas: tuple[AreaSpan, ...] = Field(min_length=1)
    hosts: tuple[Host, ...] = Field(min_length=1)  # the first is the main one
    maintainers: tuple[Maintainer, ...] = Field(min_length=1)
    platform: str
    listings: tuple[ListingSource, ...] = ()
    select: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_select)] = {}  # CSS selectors that replace the platform's, by field
    options: dict[str, str | int | float | bool | list[str]] = {}  # what the platform asks for beyond selectors; it refuses unknown ones
    real_page: str | None = None  # CSS selector that every real page of the portal matches: without it a challenge page looks like news
    dates: DatesConfig = DatesConfig()
    text: TextConfig = TextConfig()
    identity: IdentityConfig = IdentityConfig()
    http: HttpConfig = HttpConfig()
    schedule: Annotated[Schedule, BeforeValidator(_schedule)] = Schedule()
    normal: Normal = Normal()
    valid: Valid = Valid()
    status: Literal["verified", "unverified", "archive_only", "demo"] = "unverified"
    notes: str = ""
    folder: Path = Field(default=Path(), exclude=True)  # where the file is; set by `load_portals`

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.status != "archive_only" and not self.listings:
            raise ValueError("`listings` is empty: name at least one listing, feed or sitemap, or set `status: archive_only`")
        for listing in self.listings:
            parts = urlsplit(listing.url)
            if parts.scheme not in ("http", "https") or not parts.netloc:
                raise ValueError(f"listing {listing.url!r} is no http(s) address")
            if not self.owns(listing.url):
                raise ValueError(f"listing {listing.url!r} is on a host that `hosts` does not name; add {parts.netloc!r} there")
        names = {h.host for h in self.hosts}
        for host in self.hosts:
            if host.alias_of and host.alias_of not in names:
                raise ValueError(f"host {host.host!r} is an alias of {host.alias_of!r}, which `hosts` does not name")
        ordered = sorted(self.areas, key=lambda a: a.since or date.min)
        for earlier, later in pairwise(ordered):
            if earlier.until is None or later.since is None or earlier.until >= later.since:
                raise ValueError(f"areas {earlier.name!r} and {later.name!r} overlap: set `to` of the first before `from` of the second")
        if self.http.robots == "ignore" and not self.notes:
            raise ValueError("`http.robots: ignore` needs `notes` that say who allowed it")
        return self

    @cached_property
    def scheme(self) -> str:
        """https when the portal's listings are, else http."""
        return urlsplit(self.listings[0].url).scheme if self.listings else "https"

    @property
    def archive_only(self) -> bool:
        return self.status == "archive_only"

    def host_of(self, url: str) -> Host | None:
        """The host entry that a URL belongs to; "www." makes no difference."""
        netloc = urlsplit(url).netloc.lower().rpartition("@")[2]
        bare = netloc.removeprefix("www.").removesuffix(":80").removesuffix(":443")
        return next((h for h in self.hosts if h.host.removeprefix("www.") == bare), None)

    def owns(self, url: str) -> bool:
        return self.host_of(url) is not None

    def area_on(self, day: date) -> str:
        """Name of the area on a day; before the first span the first one, after the last the last (portals keep old articles)."""
        ordered = sorted(self.areas, key=lambda a: a.since or date.min)
        started = [a for a in ordered if a.since is None or a.since <= day]
        return started[-1].name if started else ordered[0].name

    def ca_extra(self) -> Path | None:
        """The pinned intermediate certificate as a path, or None."""
        return self.folder / self.http.ca_extra if self.http.ca_extra else None


def load_portals(folders: Iterable[Path], environ: Mapping[str, str] | None = None) -> dict[str, Portal]:
    """All portals of the folders by id. Raises `RegistryError` that lists every fault of every file at once."""
    portals: dict[str, Portal] = {}
    files: dict[str, Path] = {}
    faults: list[str] = []
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"{folder}: no such folder; set MUCTIEU_PORTALS to the folders of portal files")
            continue
        for file in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
            try:
                portal = read_portal(file, environ)
            except RegistryError as error:
                faults.append(str(error))
                continue
            if portal.id in files:
                faults.append(f"{file}: id {portal.id!r} is already that of {files[portal.id]}; ids name article rows, so choose another")
                continue
            portals[portal.id], files[portal.id] = portal, file
    if faults:
        raise RegistryError("\n".join(faults))
    return portals


def read_portal(file: Path, environ: Mapping[str, str] | None = None) -> Portal:
    """One portal file. Raises `RegistryError`."""
    try:
        content = parse_yaml(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RegistryError(f"{file}: not readable as YAML: {error}") from error
    if not isinstance(content, dict):
        raise RegistryError(f"{file}: must be a mapping with at least id, name, areas, hosts, maintainers, platform, listings")
    try:
        expanded = _expand(content, os.environ if environ is None else environ)
        portal = Portal.model_validate({**expanded, "folder": file.parent})
    except KeyError as error:
        raise RegistryError(
            f"{file}: uses ${{{error.args[0]}}}, which is not set in the environment; set it or write ${{{error.args[0]}:-default}}"
        ) from error
    except ValidationError as error:
        raise RegistryError("\n".join(_explain(file, fault) for fault in error.errors())) from error
    except ValueError as error:
        raise RegistryError(f"{file}: {error}") from error
    if (extra := portal.ca_extra()) and not extra.is_file():
        raise RegistryError(f"{file}: http.ca_extra: {extra} does not exist; put the PEM file of the intermediate there")
    return portal


def _explain(file: Path, fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "file"
    if fault["type"] == "extra_forbidden":
        return f"{file}: {where}: unknown key; check its spelling against scrapers/registry.py or remove it"
    if fault["type"] == "missing":
        return f"{file}: {where}: missing; add it"
    given = "" if isinstance(fault.get("input"), dict) else f" (given: {fault.get('input')!r})"
    return f"{file}: {where}: {fault['msg']}{given}"


_VARIABLE_RE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")


def _expand(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _expand(item, environ) for key, item in value.items()}
    if isinstance(value, list):
        return [_expand(item, environ) for item in value]
    if isinstance(value, str):
        return _VARIABLE_RE.sub(lambda m: environ[m.group(1)] if m.group(2) is None else environ.get(m.group(1), m.group(2)), value)
    return value


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def _local(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=TIMEZONE)

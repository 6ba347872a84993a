"""Who hears of what: routes.yml as typed values, and the recipients of one alert. Pure but for reading the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from expectations.alerts import Alert, Kind
from expectations.suite import Severity
from muctieu.yaml_files import parse_yaml

EMAIL = "email"  # the channel that every maintainer with an address has
_ADDRESS = r"^[^@\s<>\",;]+@[^@\s<>\",;]+$"


class RouteError(ValueError):
    """routes.yml is wrong; the message names the file, the key and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Maintainer(_Strict):
    """Somebody who mends things."""

    name: str = Field(min_length=1)
    email: str | None = Field(None, pattern=_ADDRESS)
    channels: tuple[str, ...] = ()  # personal ones: a chat of their own

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not self.email and not self.channels:
            raise ValueError("has neither `email` nor `channels`: nobody would hear of anything")
        return self


class Channel(_Strict):
    """A way beyond e-mail."""

    url_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$", description="environment variable with the address")


class When(_Strict):
    """What a route fits; an absent key fits everything."""

    severity: tuple[Severity, ...] = ()
    kind: tuple[Kind, ...] = ()
    subject: tuple[str, ...] = ()  # patterns with *: portal ids, tables, models
    owner: tuple[str, ...] = ()

    def fits(self, alert: Alert) -> bool:
        return (
            (not self.severity or alert.severity in self.severity)
            and (not self.kind or alert.kind in self.kind)
            and (not self.subject or any(fnmatchcase(alert.subject, pattern) for pattern in self.subject))
            and (not self.owner or any(owner in self.owner for owner in split_owners(alert.owner)))
        )


class Route(_Strict):
    when: When = When()
    maintainers: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class RepeatAfter(_Strict):
    error: float = Field(24, gt=0)
    warning: float = Field(72, gt=0)
    info: float = Field(168, gt=0)


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One recipient on one channel."""

    channel: str  # EMAIL, or the name of a channel
    recipient: str  # an address, or the name of the channel again
    name: str = ""  # of the person, for the greeting


class Routes(_Strict):
    """The whole file."""

    default: str
    repeat_after_hours: RepeatAfter = Field(default_factory=lambda: RepeatAfter.model_validate({}))
    immediate_per_hour: int = Field(5, ge=1)
    maintainers: dict[str, Maintainer]
    tasks: dict[str, str] = {}
    channels: dict[str, Channel] = {}
    routes: tuple[Route, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        people = [self.default, *self.tasks.values(), *(m for r in self.routes for m in r.maintainers)]
        ways = [*(c for r in self.routes for c in r.channels), *(c for m in self.maintainers.values() for c in m.channels)]
        if wrong := sorted(set(people) - set(self.maintainers)):
            raise ValueError(f"unknown maintainers {', '.join(wrong)}: list them under `maintainers`")
        if wrong := sorted(set(ways) - set(self.channels)):
            raise ValueError(f"unknown channels {', '.join(wrong)}: list them under `channels`")
        if EMAIL in self.channels:
            raise ValueError("a channel cannot be named 'email': that is the SMTP server of MUCTIEU_SMTP_URL")
        return self

    def repeat_after(self, severity: Severity) -> timedelta:
        return timedelta(hours=getattr(self.repeat_after_hours, severity))

    def owner_of_task(self, task_id: str) -> str:
        return self.tasks.get(task_id, self.default)

    def targets(self, alert: Alert, default_address: str = "") -> list[Target]:
        """Everybody who is to hear of an alert, each once: its owners (else the default), and who the routes add.

        `default_address` replaces the address of the default maintainer, and takes what is meant for placeholders (.example).
        """
        people = self.people(alert.owner, default_address)
        for route in self.routes:
            if route.when.fits(alert):
                people += [t for m in route.maintainers for t in self._person(m, default_address)]
                people += [Target(c, c) for c in route.channels]
        first: dict[tuple[str, str], Target] = {}
        for target in people:
            first.setdefault((target.channel, target.recipient.lower()), target)
        # a message about a dead channel cannot go over it
        return [t for t in first.values() if not (alert.kind == "delivery" and alert.subject == t.channel)]

    def people(self, owner: str | None, default_address: str = "") -> list[Target]:
        """Where owners get what is theirs; the default maintainer for nobody and for names that are not listed."""
        found = [t for name in split_owners(owner) for t in self._person(name, default_address)]
        return found or self._person(self.default, default_address)

    def _person(self, owner: str, default_address: str) -> list[Target]:
        if re.fullmatch(_ADDRESS, owner):
            return [_by_mail(owner, "", default_address)]
        known = self.maintainers.get(owner)
        if known is None:
            return []
        own = [Target(c, c) for c in known.channels]
        if owner == self.default and default_address:
            return [Target(EMAIL, default_address, known.name), *own]
        return ([_by_mail(known.email, known.name, default_address)] if known.email else []) + own


def _by_mail(address: str, name: str, default_address: str) -> Target:
    placeholder = address.lower().endswith(".example")
    return Target(EMAIL, default_address, "") if placeholder and default_address else Target(EMAIL, address, name)


def split_owners(owner: str | None) -> list[str]:
    return [part.strip() for part in (owner or "").split(",") if part.strip()]


def load_routes(path: Path) -> Routes:
    """Raises `RouteError`."""
    try:
        return Routes.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RouteError(f"{path}: cannot be read ({error.strerror}); set MUCTIEU_ROUTES to the file of maintainers and routes") from error
    except ValidationError as error:
        lines = (f"{path}: {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise RouteError("\n".join(lines)) from error
    except yaml.YAMLError as error:
        raise RouteError(f"{path}: not readable as YAML: {error}") from error


def channel_urls(routes: Routes, environ: Mapping[str, str]) -> dict[str, str]:
    """Channel name -> secret address, of the channels that are on."""
    return {name: environ[c.url_env].strip() for name, c in routes.channels.items() if environ.get(c.url_env, "").strip()}

"""Errors that are the user's to mend: shown as one line that names the file, row or URL, without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """Wrong input or a state that a command cannot work with; the message says what to do."""


class StorageError(UserError):
    """The disk of this machine, not a portal, is at fault: full, read-only or gone. Nothing that was written before is lost."""


def expected_errors() -> tuple[type[Exception], ...]:
    """The classes that the command line shows as one line."""
    from scrapers.archive import PortalBusyError
    from scrapers.platforms import PlatformError
    from scrapers.registry import RegistryError

    return (UserError, RegistryError, PlatformError, PortalBusyError)

"""Errors that are the user's to mend: shown as one line that names the file, row or URL, without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """Wrong input or a state that a command cannot work with; the message says what to do."""


class StorageError(UserError):
    """The disk of this machine, not a portal, is at fault: full, read-only or gone. Nothing that was written before is lost."""


class PortalFailed(RuntimeError):
    """A scraping run that could not read its portal at all."""

    def __init__(self, portal_id: str, outcome: str, message: str, run_id: str) -> None:
        super().__init__(f"{portal_id}: {outcome}: {message}")
        self.portal_id, self.outcome, self.message, self.run_id = portal_id, outcome, message, run_id


class BackfillIncomplete(RuntimeError):
    """A window of a backfill was not read to its end; what was read is kept."""

    def __init__(self, portal_id: str, window: str, message: str) -> None:
        super().__init__(f"{portal_id}: các ngày {window} chưa đọc hết: {message}; những gì đã đọc được giữ lại, chạy lại để đọc tiếp")
        self.portal_id, self.window = portal_id, window


class PublishingRefused(RuntimeError):
    """The audit does not allow publishing; the message names the checks."""

    def __init__(self, blocking: list[str]) -> None:
        super().__init__(f"kiểm định không cho phép công bố: {', '.join(blocking)}; bản đã công bố trước đó được giữ nguyên")
        self.blocking = blocking


def expected_errors() -> tuple[type[Exception], ...]:
    """The classes that the command line shows as one line."""
    from expectations.quarantine import QuarantineError
    from expectations.routes import RouteError
    from expectations.transports import NotSent, TransportError
    from scrapers.archive import PortalBusyError
    from scrapers.platforms import PlatformError
    from scrapers.registry import RegistryError

    return (UserError, RegistryError, PlatformError, PortalBusyError, QuarantineError, RouteError, TransportError, NotSent)

"""CMS families by name. A family is data (`Selectors`, `Options`, date formats) and, where its CMS needs it, a small class."""

from __future__ import annotations

from scrapers.platforms.base import Options, Platform, PlatformError, Selectors
from scrapers.platforms.generic import GENERIC
from scrapers.platforms.hanoi_cms import HANOI_CMS
from scrapers.platforms.liferay6 import LIFERAY6, VPORTAL
from scrapers.platforms.liferay7 import LIFERAY7, VIETTEL
from scrapers.platforms.nukeviet import NUKEVIET3, NUKEVIET4
from scrapers.platforms.quangnam_net import QUANGNAM_NET
from scrapers.platforms.sharepoint import DAKNONG, QNP
from scrapers.platforms.vnpt_net import VNPT_NET
from scrapers.platforms.webcenter import WEBCENTER
from scrapers.platforms.wordpress import WORDPRESS

__all__ = ["PLATFORMS", "Options", "Platform", "PlatformError", "Selectors", "platform"]

PLATFORMS: dict[str, Platform] = {
    p.name: p
    for p in (
        *(LIFERAY6, VPORTAL, LIFERAY7, VIETTEL, DAKNONG, QNP, VNPT_NET, QUANGNAM_NET, HANOI_CMS, WEBCENTER),
        *(NUKEVIET3, NUKEVIET4, WORDPRESS, GENERIC),
    )
}


def platform(name: str) -> Platform:
    """The CMS family of that name. Raises `PlatformError` that lists those there are."""
    try:
        return PLATFORMS[name]
    except KeyError:
        raise PlatformError(f"no platform {name!r}; there are {', '.join(sorted(PLATFORMS))}") from None

"""One small warehouse that the fast tests of this folder share."""

from __future__ import annotations

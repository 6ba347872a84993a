"""The administrative area that a figure stands for."""

from __future__ import annotations

from extraction.model import ArticleContext, Field, Mask, Text
from extraction.places import Area, AreaMention, mentions, setting

__all__ = ["Area", "AreaMention", "AreaReader"]


class AreaReader:
    """Areas of one article: `.area(position)` for the quantity that starts there, `.mentions` for lists of named units."""

    def __init__(self, text: Text, context: ArticleContext, masks: list[Mask]) -> None:
        self.text, self.context = text, context
        self.where = setting(text, context)
        self.mentions: list[AreaMention] = mentions(text, self.where)

    def area(self, position: int) -> Field[Area]:
        """The area of the quantity at a position; source explicit, inherited or default (the portal's)."""
        sentence = self.text.sentence_at(position)
        before = [m for m in self.mentions if sentence.start <= m.start < position]
        if before:
            m = before[-1]
            return Field(m.area, "explicit", "area.named_before", m.start, m.end)
        return self.default()

    def default(self) -> Field[Area]:
        portal = self.where.portal
        if not portal:
            return Field(Area("", None, "unknown", "", "no_portal_area"), "default", "area.unknown")
        level = self.where.level
        path, code = self.where.units.get(level, (portal, "VN" if portal == "Cả nước" else None))
        return Field(Area(path, code, level if level in self.where.units else "country", path.split(" ")[0]), "default", "area.portal")  # type: ignore[arg-type]

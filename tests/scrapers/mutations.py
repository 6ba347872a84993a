"""What redesigns look like to a parser: a container renamed, the date gone, the title twice, the text left to a script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from scrapers.platforms.base import Selectors


def elements(tree: BeautifulSoup, alternatives: tuple[str, ...]) -> list[Tag]:
    """What a selector field matches, by its first alternative that matches anything."""
    for css in alternatives:
        if found := tree.select(css.partition("@")[0]) if not css.startswith("jsonld:") else []:
            return list(found)
    return []


def rename(found: list[Tag], tree: BeautifulSoup, alternatives: tuple[str, ...]) -> None:
    """Gives the elements, and whatever the selectors' names hang on above them, other classes and ids."""
    names = set(re.findall(r"[.#]([A-Za-z][\w-]*)", " ".join(alternatives)))
    for element in [*found, *tree.find_all(True)]:
        for attribute in ("class", "id"):
            values = element.get_attribute_list(attribute) if element.has_attr(attribute) else []
            if any(v in names for v in values):
                element[attribute] = " ".join(f"moi-{v}" if v in names else str(v) for v in values)


def mutants(html: bytes, select: Selectors) -> Iterator[tuple[str, bytes]]:
    """(what was done, the page after it) for everything that can be done to an article that these selectors read."""
    for field in ("article", "body", "title"):
        tree = BeautifulSoup(html, "lxml")
        alternatives: tuple[str, ...] = getattr(select, field)
        if found := elements(tree, alternatives):
            if found[0].name == "meta":
                found[0].decompose()
            else:
                rename(found, tree, alternatives)
            yield f"{field} renamed", tree.encode()
    tree = BeautifulSoup(html, "lxml")
    if found := elements(tree, select.date):
        for element in found:
            element.decompose()
        yield "date dropped", tree.encode()
    tree = BeautifulSoup(html, "lxml")
    if found := elements(tree, select.title):
        twin = BeautifulSoup(str(found[0]).replace(" ", " khác ", 1), "lxml").find(found[0].name)
        assert isinstance(twin, Tag)
        if twin.name == "meta":
            twin["content"] = "Một nhan đề khác hẳn"
        else:
            twin.string = "Một nhan đề khác hẳn"
        found[0].insert_before(twin)
        yield "title twice", tree.encode()
    tree = BeautifulSoup(html, "lxml")
    if found := elements(tree, select.body):
        found[0].clear()
        yield "body left to a script", tree.encode()

"""Finding elements by CSS without walking the whole page for every selector.

A page is asked some fifty selectors, and soupsieve tests each of them on every element: 80 % of the time of a parser. Here the
elements are put into an index once, by tag, id, class and attribute, and a selector is tested on those alone that have what its last
part needs ("#main .news > a.title[href]" needs the class "title"). The answers are those of soupsieve, in document order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import soupsieve
from bs4 import Tag

Key = tuple[str, str]


class Finder:
    """The index of the elements under `root`. The tree must not change after it is made, apart from attributes that no selector names."""

    def __init__(self, root: Tag) -> None:
        self.root = root
        self._at: dict[int, int] = {}  # identity -> place in document order
        self._last: dict[int, int] = {}  # identity -> place of the last element inside
        self._by: dict[Key, list[Tag]] = defaultdict(list)
        stack: list[tuple[Tag, bool]] = [(root, True)]
        while stack:
            element, entering = stack.pop()
            if not entering:
                self._last[id(element)] = len(self._at) - 1
                continue
            self._at[id(element)] = len(self._at)
            if element is not root:
                self._add(element)
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element.contents) if isinstance(child, Tag))

    def _add(self, element: Tag) -> None:
        self._by[("tag", element.name)].append(element)
        for name, value in element.attrs.items():
            self._by[("attribute", name)].append(element)
            if name == "class":
                for word in set(value if isinstance(value, list) else value.split()):
                    self._by[("class", word)].append(element)
            elif name == "id":
                self._by[("id", str(value))].append(element)

    def select(self, css: str, within: Tag | None = None) -> list[Tag]:
        """What `within.select(css)` gives (`within` is the root unless it is said)."""
        node = self.root if within is None else within
        found: dict[int, Tag] = {}
        for part, keys in _parts(css):
            if keys is None:
                candidates: Iterable[Tag] = node.select(part)
                found.update((id(e), e) for e in candidates)
                continue
            rarest = min((self._by.get(key, []) for key in keys), key=len)
            pattern = _compiled(part)
            for element in rarest:
                if (within is None or self._inside(element, node)) and id(element) not in found and pattern.match(element):
                    found[id(element)] = element
        return sorted(found.values(), key=lambda e: self._at[id(e)])

    def any(self, alternatives: Sequence[str], within: Tag | None = None) -> list[Tag]:
        """What the first alternative that matches anything matches; [] when none does."""
        for css in alternatives:
            if found := self.select(css, within):
                return found
        return []

    def all(self, alternatives: Iterable[str], within: Tag | None = None) -> list[Tag]:
        """What any of the selectors matches, in no order."""
        return [element for css in alternatives for element in self.select(css, within)]

    def _inside(self, element: Tag, node: Tag) -> bool:
        place = self._at[id(element)]
        return self._at[id(node)] < place <= self._last[id(node)]


@lru_cache(maxsize=4096)
def _compiled(css: str) -> soupsieve.SoupSieve:
    return soupsieve.compile(css)


@lru_cache(maxsize=4096)
def _parts(css: str) -> tuple[tuple[str, tuple[Key, ...] | None], ...]:
    """The comma-separated parts of a selector, each with what an element must have to match (None: nothing that the index knows)."""
    return tuple((part, _keys(part)) for part in _split(css))


def _split(css: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, ch in enumerate(css):
        depth += (ch in "([") - (ch in ")]")
        if ch == "," and depth == 0:
            parts.append(css[start:i].strip())
            start = i + 1
    return [*parts, css[start:].strip()]


_SIMPLE = re.compile(r"(?P<kind>[.#]?)(?P<name>[A-Za-z_][\w-]*)|\[\s*(?P<attribute>[A-Za-z_][\w-]*)[^\]]*\]|::?[\w-]+(?P<open>\()?|\*")


def _keys(part: str) -> tuple[Key, ...] | None:
    """What the last compound of a selector needs. Pseudo-classes are skipped with their arguments: they only narrow."""
    last = _last_compound(part)
    keys: list[Key] = []
    at = 0
    while at < len(last):
        match = _SIMPLE.match(last, at)
        if match is None:
            return None  # escapes, namespaces: leave it to soupsieve
        at = match.end()
        if match.group("open"):
            depth = 1
            while depth and at < len(last):
                depth += (last[at] == "(") - (last[at] == ")")
                at += 1
        elif match.group("name"):
            kind = {".": "class", "#": "id", "": "tag"}[match.group("kind")]
            keys.append((kind, match.group("name") if kind != "tag" else match.group("name").lower()))
        elif match.group("attribute"):
            keys.append(("attribute", match.group("attribute").lower()))
    return tuple(keys) or None


def _last_compound(part: str) -> str:
    depth, start = 0, 0
    for i, ch in enumerate(part):
        depth += (ch in "([") - (ch in ")]")
        if depth == 0 and ch in " >+~":
            start = i + 1
    return part[start:]

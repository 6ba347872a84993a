"""Finding elements by CSS without walking the whole page for every selector.

A page is asked some fifty selectors, and soupsieve tests each of them on every element: 80 % of the time of a parser. Here the
elements are put into an index once, by tag, id, class and attribute, and a selector is tested on those alone that have what its last
part needs ("#main .news > a.title[href]" needs the class "title"). The answers are those of soupsieve, in document order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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
        for part, keys, above in _parts(css):
            if keys is None:
                candidates: Iterable[Tag] = node.select(part)
                found.update((id(e), e) for e in candidates)
                continue
            rarest = self._rarest(keys)
            holders = self._holders(above) if rarest else []
            if holders is None:
                continue
            matches = _matcher(part)
            for element in rarest:
                if (
                    (within is None or self._inside(element, node))
                    and (not holders or any(self._inside(element, holder) for holder in holders))
                    and id(element) not in found
                    and matches(element)
                ):
                    found[id(element)] = element
        return sorted(found.values(), key=lambda e: self._at[id(e)])

    def _rarest(self, keys: tuple[Key, ...]) -> list[Tag]:
        return min((self._by.get(key, []) for key in keys), key=len)

    def _holders(self, above: tuple[tuple[Key, ...], ...]) -> list[Tag] | None:
        """The few elements of which one must hold what is matched; [] when they are many or unknown, None when there are none.

        A menu of 700 links is not climbed for "ol.breadcrumb li a" on a page without a breadcrumb.
        """
        fewest: list[Tag] = []
        if self.root.parent is not None:
            return fewest  # part of a page: what holds the match may be outside, or the root
        for keys in above:
            found = self._rarest(keys)
            if not found:
                return None
            if len(found) <= _FEW and (not fewest or len(found) < len(fewest)):
                fewest = found
        return fewest

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


Matcher = Callable[[Tag], bool]

_PLAIN = re.compile(
    r"(?:(?P<tag>[A-Za-z][\w-]*)|\.(?P<class>[A-Za-z_][\w-]*)|#(?P<id>[A-Za-z_][\w-]*)|"
    r"\[(?P<name>[a-z][\w-]*)(?:(?P<how>[*^]?=)(?P<quote>[\"']?)(?P<value>[^\"'\]]+)(?P=quote))?\])"
)


@lru_cache(maxsize=4096)
def _matcher(part: str) -> Matcher:
    """A test of one element. A compound of names and plain attributes needs no engine, which would climb to the root for each element."""
    tests = _plain_tests(part)
    if tests is None:
        pattern = soupsieve.compile(part)
        return lambda element: pattern.match(element)
    return lambda element: all(test(element) for test in tests)


def _plain_tests(part: str) -> list[Matcher] | None:
    tests: list[Matcher] = []
    at = 0
    while at < len(part):
        match = _PLAIN.match(part, at)
        if match is None:
            return None
        at = match.end()
        tests.append(_plain_test(match))
    return tests


def _plain_test(match: re.Match[str]) -> Matcher:
    tag, word, own, name = match.group("tag", "class", "id", "name")
    if tag:
        return lambda element: element.name == tag.lower()
    if word:
        return lambda element: word in element.get_attribute_list("class")
    if own:
        return lambda element: element.get("id") == own
    how, value = match.group("how", "value")

    def test(element: Tag) -> bool:
        found = element.get(name)
        if found is None:
            return False
        words = " ".join(found) if isinstance(found, list) else str(found)
        return how is None or (words == value if how == "=" else value in words if how == "*=" else words.startswith(value))

    return test


_FEW = 16  # holders whose inside is looked at one by one


@lru_cache(maxsize=4096)
def _parts(css: str) -> tuple[tuple[str, tuple[Key, ...] | None, tuple[tuple[Key, ...], ...]], ...]:
    """The comma-separated parts of a selector, each with what an element must have to match (None: nothing that the index knows), and
    what elements must have that hold it."""
    found = []
    for part in split_list(css):
        *before, (last, _) = split_compounds(part)
        # the root itself is in no index, and it may be what ":root > body" or "html .x" begin with
        held = [compound_keys(c) for c, combinator in before if combinator in (" ", ">") and not c.startswith(("html", ":root", ":scope"))]
        found.append((part, compound_keys(last), tuple(keys for keys in held if keys)))
    return tuple(found)


def split_list(css: str) -> list[str]:
    """The parts between the commas of a selector list."""
    parts, depth, start = [], 0, 0
    for i, ch in enumerate(css):
        depth += (ch in "([") - (ch in ")]")
        if ch == "," and depth == 0:
            parts.append(css[start:i].strip())
            start = i + 1
    return [*parts, css[start:].strip()]


def split_compounds(part: str) -> list[tuple[str, str]]:
    """A selector without commas as its compounds, each with the combinator to its right ("" after the last).

    >>> split_compounds("ul.pager > li:not(.x) + li a")
    [('ul.pager', '>'), ('li:not(.x)', '+'), ('li', ' '), ('a', '')]
    """
    compounds: list[tuple[str, str]] = []
    depth, start, combinator = 0, 0, ""
    for i, ch in enumerate(part):
        depth += (ch in "([") - (ch in ")]")
        if depth == 0 and ch in " >+~":
            if part[start:i].strip():
                compounds.append((part[start:i].strip(), " "))
            if ch != " " and compounds:
                compounds[-1] = (compounds[-1][0], ch)
            start = i + 1
    return [*compounds, (part[start:].strip(), combinator)]


_SIMPLE = re.compile(r"(?P<kind>[.#]?)(?P<name>[A-Za-z_][\w-]*)|\[\s*(?P<attribute>[A-Za-z_][\w-]*)[^\]]*\]|::?[\w-]+(?P<open>\()?|\*")


def compound_keys(compound: str) -> tuple[Key, ...] | None:
    """What an element must have to match a compound. Pseudo-classes are skipped with their arguments: they only narrow."""
    keys: list[Key] = []
    at = 0
    while at < len(compound):
        match = _SIMPLE.match(compound, at)
        if match is None:
            return None  # escapes, namespaces: leave it to soupsieve
        at = match.end()
        if match.group("open"):
            depth = 1
            while depth and at < len(compound):
                depth += (compound[at] == "(") - (compound[at] == ")")
                at += 1
        elif match.group("name"):
            kind = {".": "class", "#": "id", "": "tag"}[match.group("kind")]
            keys.append((kind, match.group("name") if kind != "tag" else match.group("name").lower()))
        elif match.group("attribute"):
            keys.append(("attribute", match.group("attribute").lower()))
    return tuple(keys) or None

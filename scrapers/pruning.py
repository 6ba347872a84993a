"""A page as a BeautifulSoup tree of the parts alone that selectors can reach.

Building the tree costs ten times as much as parsing (3 ms with lxml, 39 ms with BeautifulSoup a saved page, in one run), and nine tenths
of a portal's page are menus. So lxml parses, the elements that the selectors hang on are found there, and only they become a tree:
whole where a selector may match, as bare tags along the way down and beside it, so that child, sibling and position selectors hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup
from lxml import etree

from scrapers.finding import Key, compound_keys, split_compounds, split_list

# attributes that every other element has: to hang on one of them is to reach the whole page
_EVERYWHERE = frozenset({"href", "class", "id", "style", "title", "src", "content", "name", "type", "value"})


# a link by what its address holds: "a[href*='/download/']" must not keep every link of the page
_VALUED = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?\[(?P<name>href|src)(?P<how>[*^])=[\"'](?P<value>[^\"'\]\s]+)[\"']\]")


@lru_cache(maxsize=4096)
def anchors(css: str) -> frozenset[Key] | None:
    """For each part of a selector list one tag, class, id or attribute within which all that it matches lies.

    None when there is none to be had: then the page must not be pruned for this selector.
    """
    found = set()
    for part in split_list(css):
        anchor = _anchor(part)
        if anchor is None:
            return None
        found.add(anchor)
    return frozenset(found)


def _anchor(part: str) -> Key | None:
    """The innermost element on the way to what is matched that has an id, a class or a rare attribute; else the tag of what is matched."""
    compounds = split_compounds(part)
    if (plain := _VALUED.fullmatch(compounds[-1][0])) and not any("(" in left for left, _ in compounds[:-1]):
        return "value", f"{plain['tag'] or ''} {plain['name']} {plain['how']} {plain['value']}"
    for place in range(len(compounds) - 1, -1, -1):
        compound, combinator = compounds[place]
        if any("(" in left for left, _ in compounds[:place]):
            continue  # ":has(…)" of an ancestor looks at what pruning would take away
        if combinator not in (" ", ">", ""):
            continue  # a sibling of what is matched: it does not hold it
        keys = compound_keys(compound) or ()
        for kind in ("id", "class", "attribute"):
            for key in keys:
                if key[0] == kind and key[1] not in _EVERYWHERE:
                    return key
    subject, left = compounds[-1][0], compounds[:-1]
    keys = compound_keys(subject) or ()
    return None if any("(" in c for c, _ in left) else next((k for k in keys if k[0] == "tag"), next(iter(keys), None))


@dataclass(frozen=True, slots=True)
class Reach:
    """The tags, ids, classes and attributes within which all selectors of a family lie."""

    tags: frozenset[str]
    ids: frozenset[str]
    classes: frozenset[str]
    attributes: frozenset[str]
    values: tuple[tuple[str, str, str, str], ...] = ()  # (tag or "", attribute, "*" or "^", what its value holds or begins with)


def reach(selectors: Iterable[str]) -> Reach | None:
    """None when one of the selectors can match anywhere."""
    keys: set[Key] = set()
    for css in selectors:
        found = anchors(css)
        if found is None:
            return None
        keys |= found

    def named(kind: str) -> frozenset[str]:
        return frozenset(name for k, name in keys if k == kind)

    values = [tuple(rule.split(" ", 3)) for rule in sorted(named("value"))]
    return Reach(named("tag"), named("id"), named("class"), named("attribute"), tuple((t, n, h, v) for t, n, h, v in values))


def pruned_soup(text: str, within: Reach) -> BeautifulSoup:
    """The tree of what the selectors can reach. `text` must not hold NUL."""
    parser = etree.HTMLParser(recover=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return BeautifulSoup(text, "lxml")
    whole, spine = _kept(root, within)
    soup = BeautifulSoup("", "lxml")
    for event, name, attributes in _events(root, whole, spine):
        if event == "start":
            soup.handle_starttag(name, None, None, attributes)
        elif event == "end":
            soup.handle_endtag(name)
        else:
            soup.handle_data(name)
    soup.endData()
    while soup.currentTag is not None and soup.currentTag.name != soup.ROOT_TAG_NAME:
        soup.popTag()
    return soup


def _kept(root: etree._Element, within: Reach) -> tuple[set[etree._Element], set[etree._Element]]:
    whole: set[etree._Element] = set()
    spine: set[etree._Element] = {root}
    known: dict[str, bool] = {}  # by the class attribute: a page has a thousand elements and some dozens of those
    for element in root.iter(etree.Element):
        if element.tag not in within.tags:
            classes = element.get("class")
            named = known.get(classes) if classes is not None else False
            if named is None and classes is not None:
                named = known[classes] = not within.classes.isdisjoint(classes.split())
            if not named and not _reached(element, within):
                continue
        whole.add(element)
        parent = element.getparent()
        while parent is not None and parent not in spine:
            spine.add(parent)
            parent = parent.getparent()
    return whole, spine


def _reached(element: etree._Element, within: Reach) -> bool:
    """Whether an element's id or attributes are among those wanted. One `get` a name: `attrib` makes an object for every element."""
    own = element.get("id")
    if own is not None and own in within.ids:
        return True
    if within.attributes and not within.attributes.isdisjoint(element.keys()):
        return True
    for tag, name, how, wanted in within.values:
        value = element.get(name) if tag in ("", element.tag) else None
        if value is not None and (wanted in value if how == "*" else value.startswith(wanted)):
            return True
    return False


def _events(root: etree._Element, whole: set[etree._Element], spine: set[etree._Element]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """What a builder is told: kept elements in full, the way to them as tags, their neighbours as empty tags."""
    stack: list[tuple[str, etree._Element | str, bool]] = [("open", root, False)]
    while stack:
        step, item, inside = stack.pop()
        if isinstance(item, str):
            yield ("end" if step == "close" else "data"), item, {}
            continue
        full = inside or item in whole
        yield "start", str(item.tag), {str(k): str(v) for k, v in item.attrib.items()}
        stack.append(("close", str(item.tag), False))
        if not full and item not in spine:
            continue
        for child in reversed(item):
            if full and child.tail:
                stack.append(("data", child.tail, False))
            stack.append(("open", child, full))
        if full and item.text:
            stack.append(("data", item.text, False))

"""The provision tree while it is built: what is open, where a marked item belongs, and whose the words are."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.model import Level
from corpus.pinpoint import DIVISION, SECTION, Pinpoint
from ingest.blocks import Block
from ingest.headings import DivisionLine
from ingest.markers import Marker, label_of
from ingest.sentences import ends_clause, ends_sentence, ends_with_colon

_DIVISION_WORDS = {Level.PART: "part", Level.CHAPTER: "ch.", Level.SECTION: "sec.", Level.TITLE: "title"}
_DIVISION_ORDER = list(_DIVISION_WORDS)
#: How many parts a pinpoint may have: a paragraph and three levels of subparagraphs.
MAX_PARTS = 4
#: How far an item's number may be ahead of the one before it, when those between were not recognised.
MAX_GAP = 3


@dataclass(eq=False)
class Node:
    """A provision under construction; the offsets grow with its words.

    Attributes:
        start: Offset of its marker or heading.
        body: Offset of its words.
        end: Offset behind all that it holds.
        own_end: Offset behind its own words, before its children.
        style: How an item is marked (see `ingest.markers.Marker`); ``plain`` for an unnumbered paragraph; empty for anything else.
        ordinal: The number of an item or of a declaration's paragraph.
        closing: Offsets of the words after its list.
    """

    pinpoint: Pinpoint
    level: Level
    start: int
    body: int
    end: int
    own_end: int = field(init=False)
    label: str = ""
    heading: str = ""
    style: str = ""
    ordinal: int = 0
    closing: tuple[int, int] | None = None
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.own_end = self.end

    @property
    def is_wordless(self) -> bool:
        """Whether it has no words of its own."""
        return self.own_end == self.body

    @property
    def is_empty(self) -> bool:
        """Whether it has neither words of its own nor children."""
        return self.is_wordless and not self.children


@dataclass(frozen=True)
class Place:
    """Where a marked item belongs, and which reading of its marker holds there."""

    parent: Node
    style: str
    ordinal: int


class Tree:
    """The nodes in the order of the text, and those that are open.

    Attributes:
        nodes: All nodes, parents before children.
        divisions: The open divisions, outermost first.
        unit: The open article, preamble, declaration paragraph, section of a commentary or closing clause.
        stack: The open paragraph and subparagraphs of the unit, outermost first.
        awaiting_heading: The division or article whose heading may stand in the next block.
    """

    def __init__(self, text: str) -> None:
        self.nodes: list[Node] = []
        self.divisions: list[Node] = []
        self.unit: Node | None = None
        self.stack: list[Node] = []
        self.awaiting_heading: Node | None = None
        self._text = text
        self._flush: tuple[int, int] | None = None  # closing words whose owner the next marker tells
        self._used: dict[Pinpoint, int] = {}  # how often each was given

    # -- opening and closing -------------------------------------------------------------------

    def open_division(self, line: DivisionLine, start: int, end: int) -> None:
        """Opens a part, chapter, section or title, inside the open divisions that stand above it."""
        self.close_unit()
        while self.divisions and _DIVISION_ORDER.index(self.divisions[-1].level) >= _DIVISION_ORDER.index(line.level):
            self.divisions.pop()
        parent = self.divisions[-1] if self.divisions else None
        name = f"{_DIVISION_WORDS[line.level]} {line.number}"
        if parent is not None and parent.level is not Level.PART:
            name = f"{parent.pinpoint.number}, {name}"
        node = self._add(Node(Pinpoint(DIVISION, name), line.level, start, end, end, label=line.number, heading=line.heading, parent=parent))
        self.divisions.append(node)
        self.grow(end)
        self.awaiting_heading = None if line.heading else node

    def open_unit(self, pinpoint: Pinpoint, level: Level, start: int, body: int, *, label: str = "", heading: str = "") -> Node:
        """Opens a unit in the open division; its words begin at `body` or later."""
        self.close_unit()
        parent = self.divisions[-1] if self.divisions else None
        self.unit = self._add(Node(pinpoint, level, start, body, body, label=label, heading=heading, parent=parent))
        self.grow(body)
        return self.unit

    def close_unit(self) -> None:
        """Closes the unit and all in it."""
        self._settle_flush(None, None)
        self.unit, self.stack, self.awaiting_heading = None, [], None

    def open_item(self, place: Place, marker: Marker, start: int) -> None:
        """Opens a paragraph or subparagraph at its place, and closes what stands beside it."""
        sibling = next((node for node in self.stack if node.parent is place.parent), None)
        self._settle_flush(place.parent, sibling)
        while self.stack and self.stack[-1] is not place.parent:
            self.stack.pop()
        label = label_of(place.style, place.ordinal)
        node = Node(
            place.parent.pinpoint.child(label),
            Level.PARAGRAPH if place.style == "digit" else Level.SUBPARAGRAPH,
            start,
            marker.end,
            marker.end,
            label="" if place.style == "dash" else label,
            style=place.style,
            ordinal=place.ordinal,
            parent=place.parent,
        )
        self.stack.append(self._add(node))
        self.grow(marker.end)

    def add_child(self, unit: Node, part: str, level: Level, block: Block, label: str = "") -> None:
        """Adds a block as the next child of the unit, a recital or an unmarked paragraph, and opens it."""
        self.stack = [self._add(Node(unit.pinpoint.child(part), level, block.start, block.start, block.end, label=label, parent=unit))]
        self.grow(block.end)

    def forget_listed(self, pinpoint: Pinpoint) -> None:
        """Drops an article without words that now comes again: its first appearance was a line of a table of contents."""
        listed = next((node for node in self.nodes if node.pinpoint == pinpoint), None) if pinpoint in self._used else None
        if listed is None or not listed.is_empty:
            return
        self.nodes.remove(listed)
        del self._used[pinpoint]
        if listed.parent is not None:
            listed.parent.children.remove(listed)
        if self.unit is listed:
            self.close_unit()

    def _add(self, node: Node) -> Node:
        node.pinpoint = self._unique(node.pinpoint)
        self.nodes.append(node)
        if node.parent is not None:
            node.parent.children.append(node)
        return node

    def _unique(self, pinpoint: Pinpoint) -> Pinpoint:
        wanted, copy = pinpoint, self._used.get(pinpoint, 0)
        while wanted in self._used:
            copy += 1
            if pinpoint.unit in (DIVISION, SECTION) and not pinpoint.parts:
                wanted = Pinpoint(pinpoint.unit, f"{pinpoint.number} [{copy}]")
            else:
                wanted = pinpoint.child(f"copy {copy}")
        self._used[pinpoint] = max(copy, 1)
        self._used.setdefault(wanted, 1)
        return wanted

    # -- places --------------------------------------------------------------------------------

    def place_of(self, marker: Marker) -> Place | None:
        """Returns where a marked item belongs; None when the marker is no marker here."""
        unit = self.unit
        if unit is None:
            return None
        if (place := self._next_in_list(marker)) is not None:
            return place
        inner = self.stack[-1] if self.stack else unit
        first = next((style for style, ordinal in marker.ordinals if ordinal == 1 or style == "dash"), None)
        if first is not None and len(inner.pinpoint.parts) < MAX_PARTS:
            return None if first == "digit" and self.stack else Place(inner, first, 1)
        if (place := self._further_in_list(marker)) is not None:
            return place
        if not self.stack and marker.style == "digit" and unit.is_empty:
            return Place(unit, "digit", marker.ordinals[0][1])
        return None

    def _next_in_list(self, marker: Marker) -> Place | None:
        """Returns the place after the item that the marker's number follows, in the innermost list first."""
        for node in reversed(self.stack):
            for style, ordinal in marker.ordinals:
                if style == node.style and (style == "dash" or ordinal == node.ordinal + 1):
                    introduces = node is self.stack[-1] and self.last_words(node).endswith(":")
                    if introduces and len(marker.ordinals) > 1 and any(o == 1 for _, o in marker.ordinals):
                        continue  # "(h) the following:" and then "(i)": a numeral, not the letter after h
                    assert node.parent is not None
                    return Place(node.parent, style, node.ordinal + 1)
        return None

    def _further_in_list(self, marker: Marker) -> Place | None:
        """Returns the place after an item whose number the marker's number follows with a small gap."""
        for node in reversed(self.stack):
            for style, ordinal in marker.ordinals:
                if style == node.style and node.ordinal < ordinal <= node.ordinal + MAX_GAP:
                    assert node.parent is not None
                    return Place(node.parent, style, ordinal)
        return None

    # -- words ---------------------------------------------------------------------------------

    def last_words(self, node: Node) -> str:
        """Returns the end of what a node holds so far: enough to see how it ends."""
        return self._text[max(node.body, node.end - 80) : node.end].rstrip()

    def grow(self, end: int) -> None:
        """Stretches all that is open to `end`."""
        for node in (*self.divisions, *((self.unit,) if self.unit else ()), *self.stack):
            node.end = max(node.end, end)

    def add_words(self, node: Node, start: int, end: int) -> None:
        """Adds words to a node: to its own while it has no children."""
        if not node.children:
            if node.is_wordless:
                node.body = max(node.body, start)
            node.own_end = max(node.own_end, end)
        node.end = max(node.end, end)
        self.grow(end)

    def add_block(self, block: Block) -> None:
        """Takes an unmarked block: a continuation, an unnumbered paragraph, or closing words."""
        unit = self.unit
        if unit is None:
            return
        if not self.stack:
            if unit.is_empty or unit.level is not Level.ARTICLE:
                self.add_words(unit, block.start, block.end)
            else:
                self._add_unnumbered(unit, block)
            return
        if self._flush is not None:
            self._flush = (self._flush[0], block.end)
            return
        last = self.stack[-1]
        in_list = len(self.stack) > 1 or last.style in ("letter", "roman", "dash")
        so_far = self.last_words(last)
        if in_list and block.fresh and ends_clause(so_far) and not ends_with_colon(so_far):
            self._flush = (block.start, block.end)
            return
        self.add_words(last, block.start, block.end)

    def _add_unnumbered(self, unit: Node, block: Block) -> None:
        """Splits an article's unnumbered paragraphs once there is a second one."""
        if unit.closing:
            unit.closing = (unit.closing[0], block.end)
        elif not unit.children:
            if not block.fresh or not ends_sentence(self.last_words(unit)):
                self.add_words(unit, unit.body, block.end)
                return
            self._add_plain(unit, unit.body, unit.own_end)
            unit.own_end = unit.body
            self._add_plain(unit, block.start, block.end)
        elif (last := unit.children[-1]).style != "plain":
            unit.closing = (block.start, block.end)
        elif not block.fresh or not ends_sentence(self.last_words(last)):
            last.end = last.own_end = block.end
        else:
            self._add_plain(unit, block.start, block.end)
        self.grow(block.end)

    def _add_plain(self, unit: Node, start: int, end: int) -> None:
        part = f"unnumbered {len(unit.children) + 1}"
        self._add(Node(unit.pinpoint.child(part), Level.PARAGRAPH, start, start, end, style="plain", parent=unit))

    def _settle_flush(self, parent: Node | None, sibling: Node | None) -> None:
        """Gives waiting words after a list to what they close, now that the next item is known.

        Before a sibling they close that sibling's own list, or go on with its words where it has none; before a first item they introduce it;
        before the next article (`parent` is None) they close the outermost list.
        """
        if self._flush is None or self.unit is None:
            return
        start, end = self._flush
        self._flush = None
        if parent is not None:
            owner = sibling or (parent.children[-1] if parent.children else parent)
            if not owner.children:
                self.add_words(owner, start, end)
                return
        else:
            owner = self.stack[0] if self.stack and self.stack[0].style == "digit" else self.unit
        owner.closing = (owner.closing[0] if owner.closing else start, end)
        above: Node | None = owner
        while above is not None:
            above.end = max(above.end, end)
            above = above.parent

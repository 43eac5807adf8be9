"""A small reader for XML that somebody else wrote: elements in a strict order, and nothing else.

No document type, no entities, no processing instructions, no comments; depth, size and the number of elements
are bounded. What a namespace's element may hold is the business of whoever walks the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from domain.packet import PACKET_BYTES_MAX, BadPacket

DEPTH_MAX, ELEMENTS_MAX = 8, 4096


@dataclass(slots=True)
class Node:
    """One element; its text without that of its children."""

    name: str
    attributes: Mapping[str, str]
    children: list[Node] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of its own text."""
        return "".join(self._text)


class Children:
    """The children of an element, taken in order. Raises BadPacket BAD_XML for what stands elsewhere."""

    def __init__(self, node: Node) -> None:
        self._left = node.children[::-1]
        if node.children and node.text.strip():
            raise BadPacket("BAD_XML")

    def maybe(self, name: str) -> Node | None:
        """The next child if it is called so."""
        return self._left.pop() if self._left and self._left[-1].name == name else None

    def one(self, name: str) -> Node:
        """The next child, which has to be called so."""
        found = self.maybe(name)
        if found is None:
            raise BadPacket("BAD_XML")
        return found

    def many(self, name: str) -> list[Node]:
        """All next children of this name."""
        found = []
        while (node := self.maybe(name)) is not None:
            found.append(node)
        return found

    def end(self) -> None:
        """There has to be no other child."""
        if self._left:
            raise BadPacket("BAD_XML")


def parse(data: bytes, namespace: str) -> Node:
    """The root of a UTF-8 document whose every element is of ``namespace``. Raises BadPacket BAD_XML."""
    if len(data) > PACKET_BYTES_MAX or not data.startswith(b"<"):  # a mark before it would be another code
        raise BadPacket("BAD_XML")
    parser = expat.ParserCreate("utf-8", " ")
    builder = _Builder(namespace)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ProcessingInstructionHandler = _refuse
    parser.CommentHandler = parser.StartCdataSectionHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise BadPacket("BAD_XML") from None
    return builder.root()


def _refuse(*_told: Any) -> None:
    raise BadPacket("BAD_XML")


class _Builder:
    def __init__(self, namespace: str) -> None:
        self._prefix = namespace + " "
        self._top = Node("", {})
        self._open = [self._top]
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MAX or len(self._open) > DEPTH_MAX or not name.startswith(self._prefix):
            raise BadPacket("BAD_XML")
        node = Node(name.removeprefix(self._prefix), attributes)
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        self._open[-1]._text.append(text)

    def root(self) -> Node:
        (root,) = self._top.children
        return root

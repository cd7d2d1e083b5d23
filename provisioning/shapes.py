"""What Keycloak's representations look like: field names and types as small data.

A shape reads a node into a plain value, complaining with file and line, and tells the diff how two values
of it compare. The names come from Keycloak's own representation classes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.nodes import MASK, Initial, Json, Node, Secret, hidden, plain
from provisioning.problems import Problems, Severity


class Shape:
    """Any JSON, compared as one value. The other shapes narrow this."""

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        """The plain value; a problem is recorded where it does not fit."""
        return plain(node)


@dataclass(frozen=True)
class Whole(Shape):
    """Any JSON, where even an empty mapping says something that its absence does not."""


@dataclass(frozen=True)
class Text(Shape):
    """A string; numbers and booleans are taken as they are written. `secret`: never shown, whatever its
    source. `initial`: may be left to the administrators after the first time. `longest`: how many characters
    Keycloak's database has room for."""

    secret: bool = False
    initial: bool = False
    longest: int | None = None

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if isinstance(node.value, (dict, list)):
            problems.add(node.mark, where, "must be a text")
            return None
        if node.value is None or isinstance(node.value, Secret):
            return node.value
        text = node.raw if node.raw is not None else str(node.value)
        if isinstance(text, Initial) and not self.initial:
            problems.add(
                node.mark, where, "takes no !initial, only localization texts do: give the text alone"
            )
        if self.longest is not None and len(text) > self.longest:
            problems.add(
                node.mark, where, f"has {len(text)} characters: Keycloak keeps {self.longest} at most"
            )
        return hidden(text, where) if self.secret else text


@dataclass(frozen=True)
class Number(Shape):
    """A whole number; in quotes too, as Keycloak reads it (Jackson's coercion), and from the environment."""

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        value = node.value
        if isinstance(value, str) and value.removeprefix("-").isdecimal():
            return int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        problems.add(node.mark, where, f"must be a whole number, not {_shown(node)}")
        return None


@dataclass(frozen=True)
class Flag(Shape):
    """true or false; in quotes too, as Keycloak reads it, and from the environment in any case."""

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        value = node.value
        text = value.lower() if node.tagged and isinstance(value, str) else value
        if text in ("true", "false"):
            return text == "true"
        if value is None or isinstance(value, bool):
            return value
        problems.add(node.mark, where, f"must be true or false, not {_shown(node)}")
        return None


@dataclass(frozen=True)
class Texts(Shape):
    """A list of strings; `ordered` where Keycloak keeps their order, `alone` where it takes one text for a
    list of it (StringListMapDeserializer)."""

    ordered: bool = False
    alone: bool = False

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if node.value is None:
            return []
        if self.alone and not isinstance(node.value, (list, dict)):
            return [TEXT.read(node, where, problems)]
        if not isinstance(node.value, list):
            problems.add(node.mark, where, "must be a list of texts")
            return []
        return [TEXT.read(item, f"{where}[{number}]", problems) for number, item in enumerate(node.items)]


@dataclass(frozen=True)
class Paths(Texts):
    """References to groups, without order; Keycloak understands them without their first slash too."""

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        return [f"/{str(path).lstrip('/')}" for path in super().read(node, where, problems)]


@dataclass(frozen=True)
class TextMap(Shape):
    """Named strings, each managed on its own. A key with null is managed to nothing; so is the whole where
    it is empty, if `clearable` (maps into which Keycloak writes of its own accord are not)."""

    secret_keys: frozenset[str] = frozenset()
    clearable: bool = False
    initial: bool = False

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if node.value is None:
            return {}
        if not isinstance(node.value, dict):
            problems.add(node.mark, where, "must be a mapping of texts (key: text)")
            return {}
        return {
            key: Text(key in self.secret_keys, self.initial).read(child, f"{where}.{key}", problems)
            for key, child in node.mapping.items()
            if not is_mask(child)
        }


@dataclass(frozen=True)
class Maps(Shape):
    """Named values of one shape, each managed on its own; an empty mapping is managed to nothing if
    `clearable`."""

    of: Shape
    clearable: bool = False

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if node.value is None:
            return {}
        if not isinstance(node.value, dict):
            problems.add(node.mark, where, "must be a mapping")
            return {}
        return {
            key: self.of.read(child, f"{where}.{key}", problems)
            for key, child in node.mapping.items()
            if not is_mask(child)
        }


@dataclass(frozen=True)
class Values(Shape):
    """One text, or several without order: the values of a component's setting, always a list in Keycloak.

    A list of one is the same as its text, and is read as that.
    """

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if not isinstance(node.value, list):
            return TEXT.read(node, where, problems)
        texts = SET.read(node, where, problems)
        return texts[0] if len(texts) == 1 else texts


@dataclass(frozen=True)
class Unmanaged(Shape):
    """A field that Keycloak has and this version of the tool does not manage. Exports hold such fields, so
    they are no error; ignoring them silently would lie."""

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if node.value not in (None, {}, []):
            words = "is not managed by this version of provisioning: whatever it says, it stays as it is"
            problems.add(node.mark, where, words, Severity.WARNING)
        return None


@dataclass(frozen=True)
class ReadOnly(Shape):
    """A field that Keycloak writes into its exports and takes no orders about; accepted and ignored."""


@dataclass(frozen=True)
class Record(Shape):
    """An object with known fields. Only declared ones are managed; with `exact`, an absent one means
    "none"."""

    fields: Mapping[str, Shape]
    exact: bool = False

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if not isinstance(node.value, dict):
            problems.add(node.mark, where, "must be a mapping")
            return {}
        return {
            key: value
            for key, child in node.mapping.items()
            if not is_mask(child)
            and (value := self.read_field(key, child, node, where, problems)) is not _IGNORED
        }

    def read_field(self, key: str, child: Node, parent: Node, where: str, problems: Problems) -> Json:
        path = f"{where}.{key}" if where else key
        shape = self.fields.get(key)
        if shape is None:
            message = f"is no field that Keycloak {KNOWN_VERSION} knows here{_guess(key, self.fields)}"
            problems.add(parent.mark_of(key), path, message, Severity.UNKNOWN_FIELD)
            return plain(child)
        value = shape.read(child, path, problems)
        return _IGNORED if isinstance(shape, (Unmanaged, ReadOnly)) else value


@dataclass(frozen=True)
class Records(Shape):
    """A list of objects, owned as a whole. `key` names them, where they have names; `ordered` where their
    order means something."""

    of: Record
    key: str = "name"
    ordered: bool = False
    brief: bool = False
    """Whether an object may be written as its name alone."""

    def read(self, node: Node, where: str, problems: Problems) -> Json:
        if node.value is None:
            return []
        if not isinstance(node.value, list):
            problems.add(node.mark, where, "must be a list")
            return []
        return [self.read_item(item, where, number, problems) for number, item in enumerate(node.items)]

    def read_item(self, item: Node, where: str, number: int, problems: Problems) -> Json:
        if self.brief and isinstance(item.value, str):
            return {self.key: item.value}
        named = item.mapping.get(self.key)
        if named is None and self.key and isinstance(item.value, dict):
            problems.add(item.mark, f"{where}[{number}]", f"lacks its {self.key}")
        name = named.value if named else number
        return self.of.read(item, f"{where}[{name}]", problems)


KNOWN_VERSION = "26.7"
"""The Keycloak whose representations the shapes describe. A newer server's fields are let through with a
warning."""

_IGNORED = object()

ANY = Shape()
WHOLE = Whole()
TEXT = Text()
SHORT = Text(longest=255)
"""Answered with an error 500 where it is longer (VARCHAR(255) in Keycloak's jpa-changelog files)."""
SECRET = Text(secret=True)
NUMBER = Number()
FLAG = Flag()
SET = Texts()
VALUES = Values()
PATHS = Paths()
LIST = Texts(ordered=True)
MAP = TextMap()
ATTRIBUTES = Maps(Texts(ordered=True, alone=True), clearable=True)
ROLES_BY_CLIENT = Maps(SET, clearable=True)
UNMANAGED = Unmanaged()
READ_ONLY = ReadOnly()


def fields(**groups: str) -> dict[str, Shape]:
    """Names by type, as `fields(text="name description", flag="enabled")`."""
    shapes: dict[str, Shape] = {
        "text": TEXT,
        "short": SHORT,
        "number": NUMBER,
        "flag": FLAG,
        "set": SET,
        "list": LIST,
        "map": MAP,
        "any": ANY,
        "read_only": READ_ONLY,
        "unmanaged": UNMANAGED,
    }
    return {name: shapes[group] for group, names in groups.items() for name in names.split()}


def is_mask(node: Node) -> bool:
    """Whether this is the mask of an export, alone or in a list: it says nothing about the value, so it is as
    good as absent."""
    if isinstance(node.value, list):
        return bool(node.value) and all(is_mask(item) for item in node.value)
    return isinstance(node.value, str) and node.value == MASK


def _shown(node: Node) -> str:
    return "a list or mapping" if isinstance(node.value, (dict, list)) else repr(node.value)


def _guess(key: str, known: Mapping[str, Shape]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f": did you mean {near[0]}?" if near else ": remove or correct it"

"""One YAML or JSON file → nodes, with the tags !env, !secret, !file, !sha256 and !initial.

The tags are ours because `${…}` already means something to Keycloak. The `$(env:NAME)` of files written for
keycloak-config-cli means what it means there (substitution.py).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from provisioning.nodes import Initial, Node, Secret, hidden
from provisioning.problems import Mark, Problems, Severity, relative
from provisioning.substitution import has_lookups, substituted

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTRUCTOR: Any = yaml.constructor.SafeConstructor()
_TYPED: Mapping[str, Callable[[yaml.Node], Any]] = {
    "tag:yaml.org,2002:null": _CONSTRUCTOR.construct_yaml_null,
    "tag:yaml.org,2002:bool": _CONSTRUCTOR.construct_yaml_bool,
    "tag:yaml.org,2002:int": _CONSTRUCTOR.construct_yaml_int,
    "tag:yaml.org,2002:float": _CONSTRUCTOR.construct_yaml_float,
}
_ANOTHER = "expected a single document in the stream"
_SEVERAL = "begins a second document: give each realm a file of its own (`provisioning each` applies many)"
_MERGE = "tag:yaml.org,2002:merge"


def read_nodes(path: Path, problems: Problems, environ: Mapping[str, str] | None = None) -> Node | None:
    """The file's tree, or None where it is empty or unreadable (which `problems` then tells)."""
    name = relative(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        words = _SEVERAL if error.context == _ANOTHER else f"is not valid YAML: {error.problem}"
        problems.add(Mark(name, line), "", words)
        return None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.add(Mark(name, 1), "", f"cannot be read: {error}")
        return None
    if root is None:
        return None
    return _Reader(path, name, problems, os.environ if environ is None else environ).node(root)


class _Reader:
    """Turns the parser's nodes into ours, resolving tags on the way."""

    def __init__(self, path: Path, name: str, problems: Problems, environ: Mapping[str, str]) -> None:
        self.path, self.name, self.problems, self.environ = path, name, problems, environ

    def mark(self, source: yaml.Node) -> Mark:
        return Mark(self.name, source.start_mark.line + 1)

    def node(self, source: yaml.Node) -> Node:
        if source.tag.startswith("!"):
            return self.tagged(source)
        if isinstance(source, yaml.MappingNode):
            return self.mapping(source)
        if isinstance(source, yaml.SequenceNode):
            return Node([self.node(child) for child in source.value], self.mark(source))
        if "$" in source.value and has_lookups(source.value):
            return self.substituted(source)
        return Node(_scalar(source), self.mark(source), raw=str(source.value))

    def substituted(self, source: yaml.Node) -> Node:
        """A scalar with lookups in it; like a tagged one it is text that may stand for a number or flag."""

        def tell(where: str, words: str, severity: Severity) -> None:
            self.problems.add(self.mark(source), where, words, severity)

        text = substituted(str(source.value), self.environ, tell)
        return Node(text, self.mark(source), raw=text, tagged=True)

    def mapping(self, source: yaml.MappingNode) -> Node:
        marks: dict[str, Mark] = {}
        result = Node({}, self.mark(source), key_marks=marks)
        inherited: dict[str, Node] = {}
        for key_source, value_source in source.value:
            if key_source.tag == _MERGE:
                inherited.update(self.node(value_source).mapping)
                continue
            key = str(key_source.value)
            if key in result.value:
                first = marks[key].line
                self.problems.add(
                    self.mark(key_source), key, f"is given twice (first in line {first}): keep one of them"
                )
            result.value[key] = self.node(value_source)
            marks[key] = self.mark(key_source)
        result.value = {**inherited, **result.value}
        return result

    def tagged(self, source: yaml.Node) -> Node:
        handlers = {
            "!env": self.env,
            "!secret": self.secret,
            "!file": self.file,
            "!sha256": self.sha256,
            "!initial": self.initial,
        }
        handler = handlers.get(source.tag)
        if handler is None:
            known = ", ".join(handlers)
            self.problems.add(self.mark(source), source.tag, f"is not a tag of this tool: use one of {known}")
            return Node(None, self.mark(source))
        value = handler(source)
        return Node(value, self.mark(source), raw=value if isinstance(value, str) else None, tagged=True)

    def env(self, source: yaml.Node) -> str | None:
        arguments = (
            [str(item.value) for item in source.value] if isinstance(source.value, list) else [source.value]
        )
        if len(arguments) not in (1, 2):
            self.problems.add(self.mark(source), "!env", "takes NAME or [NAME, default]")
            return None
        value = self.environ.get(arguments[0])
        if value is None and len(arguments) == 2:
            return arguments[1]
        if value is None:
            self.missing(
                source, f"set the variable {arguments[0]}, or give a default: !env [{arguments[0]}, …]"
            )
        return value

    def secret(self, source: yaml.Node) -> Secret | str | None:
        name = str(source.value)
        value = self.environ.get(name)
        file = self.environ.get(f"{name}_FILE")
        if value is None and file is not None:
            value = self.text_of(Path(file), source)
            value = value.rstrip("\r\n") if value is not None else None
        if not value:
            self.missing(source, f"set the secret in the variable {name}, or its file's path in {name}_FILE")
            return None
        return hidden(value, name)

    def missing(self, source: yaml.Node, message: str) -> None:
        self.problems.add(self.mark(source), source.tag, message, Severity.MISSING_VARIABLE)

    def file(self, source: yaml.Node) -> str | None:
        return self.text_of(self.path.parent / str(source.value), source)

    def sha256(self, source: yaml.Node) -> str | None:
        path = self.path.parent / str(source.value)
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            self.unreadable(path, source, error)
            return None

    def initial(self, source: yaml.Node) -> Initial | None:
        if isinstance(source.value, str):
            return Initial(source.value)
        self.problems.add(self.mark(source), source.tag, "takes a text")
        return None

    def text_of(self, path: Path, source: yaml.Node) -> str | None:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.unreadable(path, source, error)
            return None

    def unreadable(self, path: Path, source: yaml.Node, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        self.problems.add(self.mark(source), source.tag, f"cannot read {relative(path)}: {reason}")


def _scalar(source: yaml.Node) -> Any:
    """Null, booleans and numbers are typed; everything else, dates included, stays text."""
    construct = _TYPED.get(source.tag)
    return construct(source) if construct else str(source.value)

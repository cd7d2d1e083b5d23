"""Configuration values that remember the file and line they came from."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from provisioning.problems import Mark

Json = Any
"""What JSON can hold, and Secret in place of a text."""

MASK = "**********"
"""What Keycloak answers instead of a value that it only accepts, never returns."""

_VAULT_REFERENCE = re.compile(r"\$\{vault\..+?\}", re.DOTALL)


class Secret:
    """A text that never shows itself: printing, logging or formatting it gives a placeholder.

    Only `reveal` hands out the value, to the gateway and to the comparison.
    """

    __slots__ = ("_value", "name")

    def __init__(self, value: str, name: str = "") -> None:
        self._value = value
        self.name = name

    def reveal(self) -> str:
        """The value itself: for sending and comparing, never for printing."""
        return self._value

    def __repr__(self) -> str:
        return "(secret)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)


def refers_to_vault(value: Json) -> bool:
    """Whether Keycloak looks this secret up in its vault (`${vault.KEY}`). Such a text is no secret, and
    Keycloak shows it as it stands (StripSecretsUtils.VAULT_VALUE)."""
    return isinstance(value, str) and _VAULT_REFERENCE.fullmatch(value) is not None


def hidden(value: str, name: str = "") -> Secret | str:
    """A secret as Secret; a reference to the vault as it stands."""
    return value if refers_to_vault(value) else Secret(value, name)


def as_shown(secret: str) -> str:
    """A secret as exports show it (StripSecretsUtils.maskNonVaultValue)."""
    return secret if refers_to_vault(secret) else MASK


class Initial(str):
    """A text (`!initial`) that is written where there is none and then left to the administrators."""

    __slots__ = ()


_NO_MARKS: Mapping[str, Mark] = MappingProxyType({})
"""Of scalars and lists; one for all of them."""


@dataclass(slots=True)
class Node:
    """A value of the configuration: a mapping, a list or a scalar.

    `raw` is the scalar as written (`No`, `0755`), for fields that are text; `tagged` tells that the value
    came from the environment or a file, where everything is text.
    """

    value: Any
    mark: Mark
    raw: str | None = None
    tagged: bool = False
    key_marks: Mapping[str, Mark] = field(default_factory=lambda: _NO_MARKS)

    @property
    def mapping(self) -> dict[str, Node]:
        """The children of a mapping; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """The elements of a list; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    @property
    def written(self) -> str:
        """A scalar as it stands in the file (a realm may be called off, or 2026); empty for nothing."""
        return "" if self.value is None else str(self.value) if self.raw is None else self.raw

    def mark_of(self, key: str) -> Mark:
        """Where the key itself stands."""
        return self.key_marks.get(key, self.mark)


def plain(node: Node) -> Json:
    """The bare value, places forgotten."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def revealed(value: Json) -> Json:
    """The value as it goes over the wire: secrets in the clear. Never print the result."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, dict):
        return {key: revealed(child) for key, child in value.items()}
    if isinstance(value, list):
        return [revealed(child) for child in value]
    return value


def secrets_in(value: Json, path: str = "") -> dict[str, Secret]:
    """Every secret below `value`, by its dotted path."""
    if isinstance(value, Secret):
        return {path: value}
    children: list[tuple[str, Json]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = [(str(position), child) for position, child in enumerate(value)]
    found: dict[str, Secret] = {}
    for key, child in children:
        found.update(secrets_in(child, f"{path}.{key}" if path else key))
    return found


def json_list(text: str) -> list[Json] | None:
    """The list that is written as JSON text, as in settings of policies; None where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None

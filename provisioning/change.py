"""Changes as values: what differs, on which object, ready to be read by a person or carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from provisioning.nodes import Json
from provisioning.problems import Mark


class Action(Enum):
    """What happens to the object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class FieldChange:
    """One field, before and after; None is absence. A value containing a Secret prints as (secret).

    `mark` is where the configuration declares it, once the plan is located.
    """

    path: str
    before: Json
    after: Json
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Change:
    """What is to be done to one object. `desired` and `observed` are what the kind needs to do it.

    `fingerprints` are realm attributes to be kept with what this change writes (fingerprints of its secrets);
    `mark` is where the configuration declares the object, once the plan is located.
    """

    kind: str
    name: str
    action: Action
    fields: tuple[FieldChange, ...]
    desired: Json = field(repr=False)
    observed: Json = field(repr=False, default=None)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    mark: Mark | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.action.value} {self.title}"

    @property
    def title(self) -> str:
        """Kind and name, as `client bollette`; the name alone is not unique."""
        return f"{self.kind} {self.name}".strip()

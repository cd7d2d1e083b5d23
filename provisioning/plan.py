"""The plan: what an apply would do, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field

from provisioning.change import Change
from provisioning.nodes import Json
from provisioning.observed import Observed
from provisioning.resources import KINDS
from provisioning.resources.base import Declared


@dataclass(frozen=True)
class Plan:
    """Changes in the order in which they are carried out. `creates` tells that the realm itself is to be
    made."""

    realm: str
    creates: bool
    changes: tuple[Change, ...]
    observed: Observed = field(repr=False)

    @property
    def empty(self) -> bool:
        """Whether the realm is as declared."""
        return not self.creates and not self.changes


def make(declared: Declared, observed: Observed) -> Plan:
    """Compare all kinds, in writing order."""
    changes = tuple(change for kind in KINDS for change in kind.changes(declared, observed))
    return Plan(observed.realm, not observed.exists, changes, observed)


def creation(declared: Declared, plan: Plan) -> dict[str, Json]:
    """The import that makes the realm of `plan` in one call; what no import brings follows by the next plan.

    Fingerprints are left for that plan where the import lacks the secret's object, and sent along otherwise.
    """
    body: dict[str, Json] = {}
    for kind in KINDS:
        body.update(kind.creation(declared))
    fingerprints = {name: value for change in plan.changes for name, value in change.fingerprints.items()}
    attributes = {**(body.get("attributes") or {}), **fingerprints}
    name = {"realm": plan.realm, "enabled": body.get("enabled", True)}
    return {**body, **name, **({"attributes": attributes} if attributes else {})}

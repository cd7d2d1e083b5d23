"""The plan: what an apply would do, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from provisioning.change import Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.ownership import Ownership
from provisioning.resources import KINDS
from provisioning.resources.base import Declared


@dataclass(frozen=True)
class Danger:
    """Something that a plan would do and that nobody should do without saying so: `name` is what `--allow`
    takes, `words` tell what would happen, with numbers. See dangers/."""

    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


@dataclass(frozen=True)
class Plan:
    """Changes in the order in which they are carried out. `creates` tells that the realm itself is to be
    made."""

    realm: str
    creates: bool
    changes: tuple[Change, ...]
    observed: Observed = field(repr=False)
    dangers: tuple[Danger, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the realm is as declared."""
        return not self.creates and not self.changes


def make(declared: Declared, observed: Observed) -> Plan:
    """Compare all kinds, in writing order; what goes, goes after, those that refer to others first.

    The record of what is owned comes at the very end.
    """
    *kinds, record = KINDS
    ownership = Ownership.of(declared, observed.attributes)
    changes = [change for kind in kinds for change in kind.changes(declared, observed)]
    for kind in reversed(kinds):
        changes += kind.deletions(declared, observed, ownership)
    changes += record.changes(declared, observed)
    return Plan(observed.realm, not observed.exists, tuple(changes), observed)


def located(plan: Plan, root: Node) -> Plan:
    """The same plan, each change and each field knowing where the configuration declares it."""
    kinds = {kind.name: kind for kind in KINDS}
    nodes = {name: kind.nodes(root) for name, kind in kinds.items()}

    def locate(change: Change) -> Change:
        kind, mine = kinds[change.kind], nodes[change.kind]
        fields = tuple(
            replace(field, mark=kind.mark(mine, change.name, field.path)) for field in change.fields
        )
        return replace(change, mark=kind.mark(mine, change.name), fields=fields)

    return replace(plan, changes=tuple(locate(change) for change in plan.changes))


def creation(declared: Declared, plan: Plan) -> dict[str, Json]:
    """The import that makes the realm of `plan` in one call; what no import brings follows by the next plan.

    Fingerprints are left for that plan where the import lacks the secret's object, and sent along otherwise.
    """
    body: dict[str, Json] = {}
    for kind in KINDS:
        for name, part in kind.creation(declared).items():
            known = body.get(name)
            body[name] = {**known, **part} if isinstance(known, dict) else part
    fingerprints = {name: value for change in plan.changes for name, value in change.fingerprints.items()}
    attributes = {**(body.get("attributes") or {}), **fingerprints}
    named = {"realm": plan.realm, "enabled": body.get("enabled", True)}
    return {**body, **named, **({"attributes": attributes} if attributes else {})}

"""The contract of a kind: from declared and observed values to changes, and from a change to calls.

Most kinds are a shape and a few short methods. All is pure but `complete`, which reads, and `apply` and
`remove`, which write.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Any, ClassVar

from provisioning import fingerprint, places
from provisioning.change import Action, Change, FieldChange
from provisioning.diff import differences
from provisioning.expected import MISSING, laid
from provisioning.nodes import Json, Node, Secret, secrets_in
from provisioning.observed import Observed
from provisioning.ownership import Ownership
from provisioning.problems import Mark, Problems
from provisioning.reader import Reader
from provisioning.shapes import Maps, Records, Shape
from provisioning.target import Target

SAMPLE = "sample"
"""The name of every object that was recorded to learn the defaults of its kind."""

Declared = Mapping[str, Any]
"""The whole configuration as one plain RealmRepresentation."""


class Kind(ABC):
    """One kind of object: realm settings, clients, flows, ….

    `fields` are the top-level fields of RealmRepresentation that the kind owns, `shape` describes one
    object, and `masks` tells that Keycloak hides this kind's secrets on reading, so that fingerprints stand
    in for them. `prunable` is the list by which `provisioning.prune` names the kind; empty where objects of
    this kind are never deleted. `relation` tells that an object is what another one has (its roles, its
    texts): nothing in it and its absence are the same. `drifts` tells whether drift is looked for, `unkept`
    why Keycloak may not keep what it was given.
    """

    name: ClassVar[str]
    fields: ClassVar[Mapping[str, Shape]] = {}
    shape: ClassVar[Shape]
    masks: ClassVar[bool] = False
    prunable: ClassVar[str] = ""
    relation: ClassVar[bool] = False
    drifts: ClassVar[bool] = True
    unkept: ClassVar[str] = ""

    @abstractmethod
    def desired(self, declared: Declared) -> dict[str, Json]:
        """The declared objects by name."""

    @abstractmethod
    def existing(self, observed: Observed) -> dict[str, Json]:
        """The realm's objects by name, in the form of `desired`."""

    @abstractmethod
    def apply(self, change: Change, target: Target) -> None:
        """Carry out one change; the only method that writes."""

    def check(self, root: Node, problems: Problems) -> None:  # noqa: B027 - nothing to check is the usual case
        """Complain about what the shapes cannot see, such as references to nothing."""

    def nodes(self, root: Node) -> dict[str, Node]:
        """The declaring node of each object, by name: items of lists, entries of maps, or one whole field."""
        found: dict[str, Node] = {}
        for name, shape in self.fields.items():
            declared = root.mapping.get(name)
            if declared is None:
                continue
            if isinstance(shape, Records):
                keyed = (item for item in declared.items if shape.key in item.mapping)
                found.update({str(item.mapping[shape.key].value): item for item in keyed})
            else:
                found.update(declared.mapping if isinstance(shape, Maps) else {"": declared})
        return found

    def mark(self, nodes: Mapping[str, Node], name: str, path: str = "") -> Mark | None:
        """Where the object of this name is declared, or this field of it; `nodes` is what `nodes` gave."""
        return places.find(nodes[name], path) if name in nodes else None

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:  # noqa: B027
        """Read into `observed` what the export lacks of this kind, where it is declared; else no call."""

    def creation(self, declared: Declared) -> dict[str, Json]:
        """The part of a new realm's import that brings this kind; empty where the import cannot."""
        return {}

    def listed(self, declared: Declared) -> bool:
        """Whether the list of these objects is declared at all; one that is not is nobody's to prune."""
        return self.prunable in declared

    def built_in(self, name: str, existing: Json, observed: Observed) -> bool:
        """Whether Keycloak made the object itself: such are never deleted."""
        return False

    def waiting(self, declared: Declared, observed: Observed) -> Collection[str]:
        """Objects declared no more that stay a while before they go: until then they are owned."""
        return ()

    def remove(self, change: Change, target: Target) -> None:
        """Delete the object of a DELETE; where `prunable`."""
        raise NotImplementedError

    def carry_out(self, change: Change, target: Target) -> None:
        """Write a change, deletions included."""
        if change.action is Action.DELETE:
            self.remove(change, target)
        else:
            self.apply(change, target)

    def deletions(self, declared: Declared, observed: Observed, ownership: Ownership) -> list[Change]:
        """The objects to go: existing, declared no more, not built in, and ours to delete.

        In the opposite order of their names: what is below another goes before it.
        """
        if not self.prunable or not self.listed(declared):
            return []
        wanted = self.desired(declared)
        return [
            Change(self.name, name, Action.DELETE, (), None, found)
            for name, found in sorted(self.existing(observed).items(), reverse=True, key=itemgetter(0))
            if name not in wanted
            and ownership.may_delete(self.prunable, name)
            and not self.built_in(name, found, observed)
        ]

    def imported(self, change: Change) -> dict[str, Json]:
        """The part of a partial import that makes this new object among many; empty where it takes calls of
        its own."""
        return {}

    def changes(self, declared: Declared, observed: Observed) -> list[Change]:
        """What differs, object by object, in the order of the configuration."""
        existing = self.existing(observed)
        found = [
            self.change(name, wanted, existing.get(name), observed)
            for name, wanted in self.desired(declared).items()
        ]
        return [change for change in found if change is not None]

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        """The change of one object, or None."""
        place = self.place(name)
        fields = tuple(differences(self.shape, existing, wanted, place=place, kept=observed.fingerprints))
        if not fields and (existing is not None or self.relation):
            return None
        action = Action.CREATE if existing is None else Action.UPDATE
        return Change(self.name, name, action, fields, wanted, existing, self.fingerprints(place, fields))

    def sample(self, recorded: Mapping[str, Json], found: Json) -> Json:
        """What Keycloak makes of an object like `found` of which nothing but the name is declared, out of the
        recorded objects of this kind; None where none of them is like it."""
        sample = next((recorded[name] for name in recorded if {*name.split("/")} - {""} == {SAMPLE}), None)
        alike = sample is not None and _provider(sample) == _provider(found)
        return sample if alike else {} if self.relation else None

    def elsewhere(self, declared: Declared, observed: Observed) -> Collection[str]:
        """Objects that drift leaves to another kind, or to Keycloak, which makes them beside others."""
        return ()

    def expected(self, default: Json, declared: Json, found: Json) -> Json:
        """What drift compares with: the declared (None where nothing is) over the default."""
        return laid(self.shape, default, MISSING if declared is None else declared, found)

    def deviations(
        self, name: str, expected: Json, found: Json, observed: Observed
    ) -> tuple[FieldChange, ...]:
        """Where an object is not as expected; `before` is what is found."""
        return tuple(
            differences(self.shape, found, expected, place=self.place(name), kept=observed.fingerprints)
        )

    def place(self, name: str) -> str:
        """Where the object's secrets are, for their fingerprints."""
        return f"{self.name}.{name}".replace(" ", "-").rstrip(".")

    def fingerprints(self, place: str, fields: tuple[FieldChange, ...]) -> dict[str, str]:
        """What to remember of the secrets that these changes write."""
        if not self.masks:
            return {}
        secrets: dict[str, Secret] = {}
        for field in fields:
            secrets.update(secrets_in(field.after, f"{place}.{field.path}" if field.path else place))
        return {
            fingerprint.attribute(path): fingerprint.make(path, secret) for path, secret in secrets.items()
        }


def _provider(value: Json) -> Json:
    return value.get("providerId") if isinstance(value, Mapping) else None


def overlaid(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """A representation to send back: what is there, with the declared fields in place of theirs."""
    return {**(before or {}), **after}


def managed_map(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    """A clearable map to send: as it is where none is declared, empty where an empty one is."""
    return {} if after == {} else merged_map(before, after or {})


def with_scopes_that_leave(
    wanted: dict[str, Any], existing: Mapping[str, Any], default: str, optional: str
) -> dict[str, Any]:
    """A scope is in one of two lists only: declared in one, it leaves the other, declared or not."""
    for here, there in ((default, optional), (optional, default)):
        moved = set(wanted.get(here) or []) & set(existing.get(there) or [])
        if moved and there not in wanted:
            wanted = {**wanted, there: [scope for scope in existing[there] if scope not in moved]}
    return wanted


def merged_map(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], *, removed: Any = None
) -> dict[str, Any]:
    """A map managed key by key. Keys declared as nothing get `removed`; with None they go."""
    merged = {
        **(before or {}),
        **{key: removed if value in (None, "") else value for key, value in after.items()},
    }
    return {key: value for key, value in merged.items() if value is not None}

"""How a realm differs from what is declared, and where nothing is declared, from Keycloak's own defaults.

Nothing here can write: see reader.py. `provisioning.ignore` in the configuration lists what is meant to
differ, as `client portal: attributes.*` or `realm role made-by-hand*`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from provisioning.change import FieldChange
from provisioning.defaults import Defaults
from provisioning.diff import is_nothing
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.problems import Mark
from provisioning.resources import KINDS
from provisioning.resources.base import Declared, Kind


class What(Enum):
    """How an object deviates."""

    CHANGED = "changed"
    UNDECLARED = "undeclared"
    MISSING = "missing"


@dataclass(frozen=True)
class FieldDrift:
    """One field. `declared` tells that the expected value is the configuration's, else it is a default."""

    path: str
    expected: Json
    found: Json
    declared: bool
    mark: Mark | None = None


@dataclass(frozen=True)
class Drift:
    """One object that is not as it should be. `built_in` objects are those of every fresh realm."""

    kind: str
    name: str
    what: What
    fields: tuple[FieldDrift, ...] = ()
    mark: Mark | None = None
    built_in: bool = False

    @property
    def title(self) -> str:
        """Kind and name, as a plan has them."""
        return f"{self.kind} {self.name}".strip()


def find(
    declared: Declared, observed: Observed, defaults: Defaults, root: Node | None = None
) -> tuple[Drift, ...]:
    """Everything that differs and that no ignore rule names; `root` gives the places."""
    ignored = Ignored((declared.get("provisioning") or {}).get("ignore") or [])
    search = _Search(declared, observed, defaults, root)
    found = [drift for kind in KINDS if kind.drifts for drift in search.of(kind)]
    return tuple(kept for drift in found if (kept := ignored.rest(drift)) is not None)


@dataclass(frozen=True)
class Ignored:
    """Rules with * for any text: an object's title, or title, colon, field."""

    rules: Iterable[str]

    def rest(self, drift: Drift) -> Drift | None:
        """What is left of a deviation."""
        if self.has(drift.title):
            return None
        kept = tuple(field for field in drift.fields if not self.has(f"{drift.title}: {field.path}"))
        if drift.fields and not kept:
            return None
        return Drift(drift.kind, drift.name, drift.what, kept, drift.mark, drift.built_in)

    def has(self, text: str) -> bool:
        """Whether a rule names this."""
        return any(fnmatchcase(text, rule) for rule in self.rules)


class _Search:
    """Compares kind by kind, in their order: what an object has (its roles, …) comes after the object."""

    def __init__(self, declared: Declared, observed: Observed, defaults: Defaults, root: Node | None) -> None:
        self.declared, self.observed, self.defaults, self.root = declared, observed, defaults, root
        self._nowhere: set[str] = set()
        """Names of objects declared nowhere: what they have goes without saying."""

    def of(self, kind: Kind) -> Iterator[Drift]:
        nodes = kind.nodes(self.root) if self.root else {}
        desired, found = kind.desired(self.declared), kind.existing(self.observed)
        pristine = kind.existing(self.defaults.pristine)
        recorded = kind.existing(self.defaults.samples)
        elsewhere = frozenset(kind.elsewhere(self.declared, self.observed))
        for name in dict.fromkeys([*desired, *found, *pristine]):
            if name in elsewhere:
                continue
            mark, built_in = kind.mark(nodes, name), name in pristine
            if name not in found:
                if not is_nothing(desired.get(name, pristine.get(name))):
                    yield Drift(kind.name, name, What.MISSING, (), mark, built_in)
            elif name in desired or built_in or (kind.relation and name not in self._nowhere):
                default = pristine.get(name) or kind.sample(recorded, found[name])
                fields = tuple(
                    FieldDrift(each.path, each.after, each.before, own, kind.mark(nodes, name, each.path))
                    for each, own in _fields(kind, name, desired, found[name], default, self.observed)
                )
                if fields:
                    yield Drift(kind.name, name, What.CHANGED, fields, mark, built_in)
            elif not kind.relation:
                self._nowhere.add(name)
                yield Drift(kind.name, name, What.UNDECLARED)


def _fields(
    kind: Kind, name: str, desired: dict[str, Any], found: Json, default: Json, observed: Observed
) -> list[tuple[FieldChange, bool]]:
    """The deviating fields, each with whether it is declared. What a plan leaves alone is no drift; where no
    default was recorded, only the declared can deviate."""
    change = kind.change(name, desired[name], found, observed) if name in desired else None
    own = change.fields if change else ()
    if default is None:
        return [(field, True) for field in own]
    compared = kind.deviations(name, desired[name], found, observed) if name in desired else ()
    told = {field.path for field in (*own, *compared)}
    expected = kind.expected(default, desired.get(name), found)
    beyond = kind.deviations(name, expected, found, observed)
    return [(f, True) for f in own] + [(f, False) for f in beyond if f.path not in told]

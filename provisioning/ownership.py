"""Which objects this configuration may delete: what it asks for, and what the realm remembers.

Absent means not managed, so nothing is ever deleted unasked. `provisioning.prune` names lists of the realm
whose objects go when they are declared no more; `provisioning.owner` is the name under which a configuration
remembers its objects in the realm, so that several configurations can own parts of one realm. See
docs/decisions/007-pruning-is-asked-for.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.nodes import Node
from provisioning.problems import Problems
from provisioning.shapes import MAP, NUMBER, SET, TEXT, Record

OWN = "provisioning."
"""Realm attributes that begin so are the tool's own notes: no configuration declares them."""

PREFIX = f"{OWN}owner."
"""Realm attributes that begin so hold the names of an owner's objects, as JSON: {list: [name, …]}."""

OWNED, UNDECLARED = "owned", "undeclared"

SETTINGS = Record({"owner": TEXT, "prune": MAP, "ignore": SET, "mostChanged": NUMBER})

Names = Mapping[str, Iterable[str]]
"""Names of objects by the list of the realm that they are in."""


@dataclass(frozen=True)
class Ownership:
    """What may be deleted. `prune` has a mode for a list: OWNED (what this owner declared before) or
    UNDECLARED (whatever no owner declares)."""

    owner: str
    prune: Mapping[str, str]
    mine: Mapping[str, frozenset[str]]
    others: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, declared: Mapping[str, Any], attributes: Mapping[str, str]) -> Ownership:
        """From the configuration and the realm's attributes."""
        settings = declared.get("provisioning") or {}
        owner = settings.get("owner") or ""
        mine: Mapping[str, frozenset[str]] = {}
        others: dict[str, frozenset[str]] = {}
        for name, text in attributes.items():
            if name == PREFIX + owner:
                mine = remembered(text)
            elif name.startswith(PREFIX):
                for listed, names in remembered(text).items():
                    others[listed] = others.get(listed, frozenset()) | names
        return cls(owner, settings.get("prune") or {}, mine, others)

    def may_delete(self, listed: str, name: str) -> bool:
        """Whether an object of this list, existing and not declared, is to go."""
        if name in self.others.get(listed, ()):
            return False
        mode = self.prune.get(listed)
        return mode == UNDECLARED or (mode == OWNED and name in self.mine.get(listed, ()))


def remembered(text: str) -> dict[str, frozenset[str]]:
    """An owner's attribute, read; one that somebody damaged remembers nothing, which deletes nothing."""
    try:
        return {listed: frozenset(names) for listed, names in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def to_remember(names: Names) -> str:
    """The attribute's value; equal names give equal texts."""
    return json.dumps({listed: sorted(names[listed]) for listed in sorted(names)}, ensure_ascii=False)


def check(root: Node, prunable: Iterable[str], problems: Problems) -> None:
    """Complain about lists that cannot be pruned, modes and shares that are none, and a missing owner."""
    settings = root.mapping.get("provisioning")
    share = settings.mapping.get("mostChanged") if settings else None
    if share is not None and isinstance(share.value, int) and not 0 <= share.value <= 100:
        problems.add(share.mark, "provisioning.mostChanged", "must be 0 to 100 (per cent)")
    prune = settings.mapping.get("prune") if settings else None
    if settings is None or prune is None:
        return
    known = sorted(set(prunable))
    for listed, mode in prune.mapping.items():
        where = f"provisioning.prune.{listed}"
        if listed not in known:
            words = f"names nothing that can be pruned: use one of {', '.join(known)}"
            problems.add(prune.mark_of(listed), where, words)
        elif mode.value not in (OWNED, UNDECLARED):
            problems.add(mode.mark, where, f"must be {OWNED} or {UNDECLARED}")
        elif mode.value == OWNED and "owner" not in settings.mapping:
            words = f"needs a name to remember by: add `owner: NAME` to provisioning, or prune {UNDECLARED}"
            problems.add(mode.mark, where, words)

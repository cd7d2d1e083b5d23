"""What another Keycloak version means for this realm: effective settings that change, offline.

Two recorded defaults are laid below the same configuration and compared. What is declared does not change, so
it does not show. A realm that already exists keeps what Keycloak stored in it, unless its migration changes
that: the preview is of what is filled in, in new objects and new realms.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.change import Action, Change
from provisioning.defaults import Defaults
from provisioning.diff import is_nothing
from provisioning.plan import Plan
from provisioning.resources import KINDS
from provisioning.resources.base import Declared, Kind


def preview(declared: Declared, old: Defaults, new: Defaults) -> Plan:
    """The changes from `old` to `new`, as a plan that nobody applies."""
    changes = tuple(change for kind in KINDS if kind.drifts for change in _of_kind(kind, declared, old, new))
    return Plan(new.pristine.realm, False, changes, old.pristine)


def _of_kind(kind: Kind, declared: Declared, old: Defaults, new: Defaults) -> Iterator[Change]:
    desired = kind.desired(declared)
    before, after = kind.existing(old.pristine), kind.existing(new.pristine)
    for name in dict.fromkeys([*before, *after, *desired]):
        if name not in before and name not in after:
            one, other = (kind.sample(kind.existing(each.samples), desired[name]) for each in (old, new))
        else:
            one, other = before.get(name), after.get(name)
        if is_nothing(one) and is_nothing(other):
            continue
        if one is None or other is None:
            if name not in desired:
                yield Change(kind.name, name, Action.DELETE if other is None else Action.CREATE, (), None)
            continue
        was, will_be = (
            kind.expected(default, desired.get(name), opposite)
            for default, opposite in ((one, other), (other, one))
        )
        fields = kind.deviations(name, will_be, was, old.pristine)
        if fields:
            yield Change(kind.name, name, Action.UPDATE, fields, None)

"""Changes of the flows that people log in or register through, and of which flows these are: pure."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.change import Action, Change
from provisioning.dangers.base import Facts
from provisioning.observed import Observed
from provisioning.plan import Danger
from provisioning.resources import retiring
from provisioning.resources.clients import OVERRIDES
from provisioning.resources.flowtree import Leaving
from provisioning.resources.realm import BINDINGS

_NAME, _REALMS = "change-login-flow", "the realm's own"


def of_change(change: Change, facts: Facts) -> Iterator[Danger]:
    """What this change does to logins; a flow that only stays for who stands in it is no change."""
    if change.action is not Action.UPDATE:
        return
    if change.kind == "authentication flow" and not isinstance(change.desired, Leaving):
        uses = [use for use, flow in _uses(facts.observed) if flow == change.name]
        if uses:
            yield Danger(_NAME, f"change {change.name}, which is the {' and the '.join(uses)}")
    for field in change.fields:
        binding = field.path.removeprefix(f"{OVERRIDES}.")
        if change.kind == "realm" and binding in BINDINGS.split() and field.before:
            yield Danger(_NAME, f"make {field.after} the {binding} instead of {field.before}")
        if change.kind == "client" and binding != field.path:
            yield Danger(
                _NAME,
                f"make {field.after or _REALMS} the {binding} flow of client {change.name}"
                f" instead of {field.before or _REALMS}",
            )


def _uses(observed: Observed) -> Iterator[tuple[str, str]]:
    """In words what flows are used for, with the alias of each."""
    for binding in BINDINGS.split():
        yield binding, str(observed.export.get(binding))
    for client, overrides in retiring.of_clients(observed).items():
        yield from ((f"{binding} flow of client {client}", flow) for binding, flow in overrides.items())
    for (provider, moment), flow in retiring.of_providers(observed).items():
        yield f"{moment} login flow of identity provider {provider}", flow

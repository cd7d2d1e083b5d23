"""Settings that several executions have under one alias: an import of a realm makes such, and older versions
of Keycloak did when a flow was copied.

Keycloak deletes the settings with the first of these executions that goes
(KeycloakModelUtils.deepDeleteAuthenticationExecutor), and settings that are there can be given to a new
execution only. So one that stays gets the same settings anew before another goes, and is then the only one
to have them; two that stay could not both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from provisioning.nodes import MASK
from provisioning.problems import ProvisioningError
from provisioning.resources.flowtree import Configure, Edit, Execution, Flow, Remove, Renew, aliases_of


def with_renewals(before: Flow, steps: list[Edit]) -> list[Edit]:
    """The edits, with settings made anew for an execution that stays before another goes that shares them.

    Raises ProvisioningError where two stay, or where the settings hold a secret that cannot be read.
    """
    found = {step.execution.config_alias: step for step in _renewals(before, steps)}
    if not found:
        return steps
    first = next(i for i, step in enumerate(steps) if isinstance(step, Remove))
    return [*steps[:first], *found.values(), *steps[first:]]


def _renewals(before: Flow, steps: Iterable[Edit]) -> Iterator[Renew]:
    removed = [step for step in steps if isinstance(step, Remove)]
    lost = {alias for step in removed for alias in aliases_of(step.execution)}
    gone = {(step.flow, step.position) for step in removed}
    # Other settings take their place before anything goes.
    after = {(step.flow, step.position): step.after for step in steps if isinstance(step, Configure)}
    staying: dict[str, Renew] = {}
    for flow, position, execution in _staying(before, gone):
        one = replace(after.get((flow, position), execution), flow=None)
        if not one.config_alias or execution.config_alias not in lost:
            continue
        _refuse(before, one, staying.get(one.config_alias))
        staying[one.config_alias] = Renew(flow, position, one)
    yield from staying.values()


def _staying(flow: Flow, gone: set[tuple[str, int]]) -> Iterator[tuple[str, int, Execution]]:
    for position, execution in enumerate(flow.executions):
        if (flow.alias, position) in gone:
            continue
        yield flow.alias, position, execution
        if execution.flow:
            yield from _staying(execution.flow, gone)


def _refuse(flow: Flow, one: Execution, other: Renew | None) -> None:
    if other or MASK in one.config.values():
        why = f"{other.execution.step} and {one.step} stay" if other else "they hold a secret"
        raise ProvisioningError(
            f"authentication flow {flow.alias}: an execution goes that shares the settings"
            f" “{one.config_alias}”, and Keycloak deletes them with it ({why}): declare the flow under"
            " another alias, with settings of its own for each execution, and bind that"
        )

"""Workflows (WorkflowRepresentation): what Keycloak does by itself with users over time.

Exports hold them as components, but partial exports without their settings; they are declared in the form of
their own endpoint, which the console edits as text too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.login import GatewayError
from provisioning.nodes import Json
from provisioning.observed import Observed
from provisioning.reader import NotFoundError, Reader, segment
from provisioning.resources.base import Declared, Kind, overlaid
from provisioning.shapes import ANY, Record, Records, Shape, fields
from provisioning.target import Target

_WORKFLOW = Record(
    {
        **fields(text="name on if", flag="enabled", read_only="id state"),
        "schedule": Record(fields(text="after", number="batch-size")),
        "concurrency": Record(fields(text="cancel-in-progress restart-in-progress")),
        "steps": ANY,
    }
)


class Workflows(Kind):
    """One object a name. The list of steps is owned as a whole; Keycloak replaces steps that change."""

    name = "workflow"
    fields: ClassVar[Mapping[str, Shape]] = {"workflows": Records(_WORKFLOW)}
    shape = _WORKFLOW
    prunable = "workflows"

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        if "workflows" in declared:
            observed.workflows = _read(reader, observed.realm)

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {each["name"]: _normal(each) for each in declared.get("workflows") or [] if "name" in each}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {each["name"]: {"enabled": True, **_normal(each)} for each in observed.workflows}

    def remove(self, change: Change, target: Target) -> None:
        target.delete("workflows", change.observed["id"])

    def apply(self, change: Change, target: Target) -> None:
        if change.action is Action.CREATE:
            target.post("workflows", body=change.desired)
        else:
            target.put("workflows", change.observed["id"], body=overlaid(change.observed, change.desired))


def _read(reader: Reader, realm: str) -> list[dict[str, Any]]:
    try:
        return list(reader.get(f"/{segment(realm)}/workflows"))
    except NotFoundError as error:
        raise GatewayError(
            f"{error}: this server runs without workflows: start it with --features=workflows, or take"
            " workflows out of the configuration"
        ) from error


def _normal(workflow: dict[str, Any]) -> dict[str, Any]:
    """Steps without ids and without settings that say nothing."""
    found = {key: value for key, value in workflow.items() if key != "state"}
    if "steps" in found:
        found["steps"] = [_step(step) for step in found["steps"] or []]
    return found


def _step(step: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in step.items() if key != "id" and value not in (None, {}, [])}

"""Carrying edits of flows out. Whatever is added is complete before it takes part in a login.

Settings are made first and the execution in one call that already has requirement, priority and settings; a
subflow is filled while nothing refers to it, and then attached. So a login in progress never meets
something half built.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from provisioning.login import GatewayError
from provisioning.reader import NotFoundError
from provisioning.resources.flowtree import (
    Add,
    Adjust,
    Configure,
    Describe,
    Edit,
    Execution,
    Flow,
    Remove,
    Rename,
    Renew,
    aliases_of,
)
from provisioning.target import Target

_AUTH = "authentication"


class FlowWriter:
    """Writes to the flows of one realm, knowing the ids of flows and executions."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.ids = target.flows
        flows = target.observed.list_of("authenticationFlows")
        configs = target.observed.list_of("authenticatorConfig")
        self._left_behind = _left_behind(flows, configs)
        self._settings = _in_use(flows, configs)
        self._renewed: set[str] = set()
        self._live: dict[str, list[dict[str, Any]]] = {}

    def create(self, flow: Flow, *, top_level: bool = True) -> str:
        """A flow with all that is in it, bound to nothing; its id."""
        self._clear("flows", flow.alias)
        body = _head(replace(flow, top_level=top_level))
        self.ids[flow.alias] = self.target.post(_AUTH, "flows", body=body)
        for execution in flow.executions:
            self.add(flow.alias, execution)
        return self.ids[flow.alias]

    def add(self, flow: str, execution: Execution) -> None:
        """An execution at its place."""
        body: dict[str, Any] = {
            "requirement": execution.requirement,
            "priority": execution.priority,
            "authenticatorFlow": execution.flow is not None,
        }
        if execution.authenticator:
            body["authenticator"] = execution.authenticator
        if execution.flow:
            body["flowId"] = self.create(execution.flow, top_level=False)
        if execution.config_alias:
            self._make(execution.config_alias, execution)
            # An execution of this call takes its settings by alias (RepresentationToModel.toModel).
            body["authenticatorConfig"] = execution.config_alias
        body["parentFlow"] = self.ids[flow]
        self.target.post(_AUTH, "executions", body=body)

    def _make(self, alias: str, execution: Execution) -> None:
        """The settings, unless another execution has the same ones: then they are shared."""
        if self._settings.get(alias) == execution.config:
            return
        self._clear("config", alias)
        self.target.post(_AUTH, "config", body=_settings(execution))
        self._settings[alias] = execution.config

    def _clear(self, what: str, alias: str) -> None:
        """Remove what an apply left that died before it attached it: Keycloak takes an alias once only."""
        left = self._left_behind.pop((what, alias), None)
        if left:
            self.target.delete(_AUTH, what, left)

    def carry_out(self, edits: Iterable[Edit], top: Flow) -> None:
        """The edits of the existing top-level flow `top`, in order."""
        edits = list(edits)
        if any(isinstance(edit, (Remove, Adjust, Configure, Renew)) for edit in edits):
            # Before the first edit: an execution that is added would shift the positions of the others.
            self._live = _by_flow(top.alias, self._records(top.alias))
            for rename in (edit for edit in edits if isinstance(edit, Rename)):
                self._live[rename.after] = self._live[rename.flow.alias]
        for edit in _shared_settings_first(edits):
            self._carry_out(edit)

    def _carry_out(self, edit: Edit) -> None:
        match edit:
            case Rename():
                self.rename(edit.flow, edit.after)
            case Describe():
                self.describe(edit)
            case Add():
                self.add(edit.flow, edit.execution)
            case Remove():
                self.remove(edit)
            case Renew():
                self.renew(edit)
            case Adjust():
                self.adjust(edit)
            case Configure():
                self.configure(edit)

    def remove(self, edit: Remove) -> None:
        """The execution, its settings and what is below it."""
        self.target.delete(_AUTH, "executions", self.live(edit.flow, edit.position)["id"])
        for alias in aliases_of(edit.execution) - self._renewed:
            self._settings.pop(alias, None)

    def renew(self, edit: Renew) -> None:
        """Settings made in the place of the present ones, which go with all that share them."""
        live = self.live(edit.flow, edit.position)
        self.target.post(_AUTH, "executions", live["id"], "config", body=_settings(edit.execution))
        self._renewed.add(str(edit.execution.config_alias))

    def rename(self, flow: Flow, alias: str) -> None:
        """Another alias, and the description that `flow` has."""
        self.ids[alias] = self.ids[flow.alias]
        self.target.put(_AUTH, "flows", self.ids[alias], body=_head(replace(flow, alias=alias)))

    def put_aside(self, flow: Flow, leaving: Flow) -> None:
        """Other aliases for what is below a flow, from below: both trees are of one shape."""
        for step, after in zip(flow.executions, leaving.executions, strict=True):
            if step.flow and after.flow:
                self.put_aside(step.flow, after.flow)
                if step.flow.alias != after.flow.alias:
                    self.rename(step.flow, after.flow.alias)
            if after.config_alias and step.config_alias != after.config_alias:
                self.rename_settings(step, after.config_alias)

    def rename_settings(self, execution: Execution, alias: str) -> None:
        """The settings of an execution under another alias."""
        settings = self.target.observed.list_of("authenticatorConfig")
        (found,) = (str(each["id"]) for each in settings if each.get("alias") == execution.config_alias)
        body = {"id": found, **_settings(replace(execution, config_alias=alias))}
        self.target.put(_AUTH, "config", found, body=body)
        self._settings.pop(str(execution.config_alias), None)

    def describe(self, edit: Describe) -> None:
        """The description is replaced together with the whole head of the flow: that is read first."""
        head = self.target.get(_AUTH, "flows", self.ids[edit.flow])
        head.pop("authenticationExecutions", None)
        self.target.put(_AUTH, "flows", self.ids[edit.flow], body={**head, "description": edit.after})

    def adjust(self, edit: Adjust) -> None:
        """Requirement and priority in one call."""
        live = self.live(edit.flow, edit.position)
        body = {"id": live["id"], "requirement": edit.after.requirement, "priority": edit.after.priority}
        self.target.put(_AUTH, "flows", edit.flow, "executions", body=body)

    def configure(self, edit: Configure) -> None:
        """Settings changed in place, made, or removed."""
        live = self.live(edit.flow, edit.position)
        config = live.get("authenticationConfig")
        if not edit.after.config_alias:
            self.target.delete(_AUTH, "config", str(config))
        elif config:
            self.target.put(_AUTH, "config", config, body={"id": config, **_settings(edit.after)})
        else:
            self.target.post(_AUTH, "executions", live["id"], "config", body=_settings(edit.after))
        self._settings.pop(str(edit.before.config_alias), None)
        if edit.after.config_alias:
            self._settings[edit.after.config_alias] = edit.after.config

    def live(self, flow: str, position: int) -> dict[str, Any]:
        """The server's own record of an observed execution."""
        return self._live[flow][position]

    def _records(self, top: str) -> list[dict[str, Any]]:
        try:
            return list(self.target.get(_AUTH, "flows", top, "executions"))
        except NotFoundError as error:
            # AuthenticationManagementResource.recurseExecutions: a provider that is not installed is a 404.
            raise GatewayError(
                f"{error}: the flow has an authenticator that this server lacks: install its extension"
            ) from error


def _left_behind(flows: list[dict[str, Any]], configs: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Ids of subflows and settings that no execution refers to, by the part of their path and their alias."""
    used, configured = _named(flows, "flowAlias"), _named(flows, "authenticatorConfig")
    found = {
        ("flows", flow["alias"]): str(flow["id"])
        for flow in flows
        if not flow.get("topLevel", True) and not flow.get("builtIn") and flow["alias"] not in used
    }
    found.update(
        {
            ("config", config["alias"]): str(config["id"])
            for config in configs
            if config.get("alias") and config["alias"] not in configured
        }
    )
    return found


def _shared_settings_first(edits: list[Edit]) -> list[Edit]:
    """What is added may share settings that change."""
    adds = [edit for edit in edits if isinstance(edit, Add)]
    if not adds:
        return edits
    added = set().union(*(aliases_of(edit.execution) for edit in adds))
    first = [edit for edit in edits if isinstance(edit, Configure) and edit.after.config_alias in added]
    others = [edit for edit in edits if edit not in first]
    place = others.index(adds[0])
    return [*others[:place], *first, *others[place:]]


def _in_use(flows: list[dict[str, Any]], configs: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The settings that an execution has, by their alias."""
    configured = _named(flows, "authenticatorConfig")
    return {each["alias"]: each.get("config") or {} for each in configs if each.get("alias") in configured}


def _named(flows: list[dict[str, Any]], field: str) -> set[Any]:
    """What the executions of these flows name there."""
    return {each.get(field) for flow in flows for each in flow.get("authenticationExecutions") or []}


def _head(flow: Flow) -> dict[str, Any]:
    return {
        "alias": flow.alias,
        "providerId": flow.provider,
        "description": flow.description,
        "topLevel": flow.top_level,
        "builtIn": flow.built_in,
    }


def _settings(execution: Execution) -> dict[str, Any]:
    return {"alias": execution.config_alias, "config": execution.config}


def _by_flow(top: str, records: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The executions of each flow in order, out of the flat list in which `level` tells the depth."""
    found: dict[str, list[dict[str, Any]]] = {top: []}
    path = [top]
    for record in records:
        path = path[: record["level"] + 1]
        found[path[-1]].append(record)
        if record.get("authenticationFlow"):
            path.append(record["displayName"])
            found.setdefault(record["displayName"], [])
    return found

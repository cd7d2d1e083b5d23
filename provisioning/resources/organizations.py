"""Organizations (OrganizationRepresentation) with domains and, by alias, their identity providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed, pages
from provisioning.problems import Problems
from provisioning.reader import Reader, segment
from provisioning.resources.base import Declared, Kind, managed_map, overlaid
from provisioning.shapes import ATTRIBUTES, Record, Records, Shape, fields
from provisioning.target import Target

_PROVIDERS = "identityProviders"
_ORGANIZATION = Record(
    {
        **fields(
            text="name alias description redirectUrl",
            flag="enabled",
            read_only="id",
            unmanaged="members groups",
        ),
        "attributes": ATTRIBUTES,
        "domains": Records(Record(fields(text="name", flag="verified"))),
        # In exports each provider is a whole representation of which only the alias is told.
        _PROVIDERS: Records(Record(fields(text="alias", read_only="enabled config types")), key="alias"),
    }
)


class Organizations(Kind):
    """One object an alias (by default the name); lists of domains and of providers are owned whole."""

    name = "organization"
    fields: ClassVar[Mapping[str, Shape]] = {"organizations": Records(_ORGANIZATION, key="")}
    shape = _ORGANIZATION
    prunable = "organizations"

    def check(self, root: Node, problems: Problems) -> None:
        for number, item in enumerate(_items(root.mapping.get("organizations"))):
            if not {"alias", "name"} & item.mapping.keys():
                problems.add(item.mark, f"organizations[{number}]", "lacks its alias or its name")

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        # No export but that of kc.sh has them (ExportUtils.exportRealm: not if partial).
        if "organizations" not in declared or not observed.export.get("organizationsEnabled"):
            return
        realm = f"/{segment(observed.realm)}"
        found = list(pages(reader, f"{realm}/organizations?briefRepresentation=false&"))
        linked = reader.get(f"{realm}/identity-provider/instances") if found else []
        for organization in found:
            mine = [each for each in linked if each.get("organizationId") == organization["id"]]
            organization[_PROVIDERS] = [{"alias": each["alias"]} for each in mine]
        observed.organizations = found

    def desired(self, declared: Declared) -> dict[str, Json]:
        return _by_alias(declared.get("organizations") or [])

    def existing(self, observed: Observed) -> dict[str, Json]:
        return _by_alias(observed.organizations)

    def nodes(self, root: Node) -> dict[str, Node]:
        listed = root.mapping.get("organizations")
        named = [(item.mapping.get("alias", item.mapping.get("name")), item) for item in _items(listed)]
        return {str(name.value): item for name, item in named if name}

    def remove(self, change: Change, target: Target) -> None:
        target.delete("organizations", change.observed["id"])

    def apply(self, change: Change, target: Target) -> None:
        before, wanted = change.observed or {}, dict(change.desired)
        providers = wanted.pop(_PROVIDERS, None)
        if change.action is Action.CREATE:
            wanted.setdefault("name", change.name)
            uuid = target.post("organizations", body=wanted)
            target.made_organization(change.name, uuid)
        else:
            uuid = before["id"]
            if any(not field.path.startswith(_PROVIDERS) for field in change.fields):
                target.put("organizations", uuid, body=_whole(before, wanted))
        if providers is not None:
            _link(target, uuid, _aliases(before.get(_PROVIDERS)), _aliases(providers))


def _items(listed: Node | None) -> list[Node]:
    return listed.items if listed else []


def _by_alias(organizations: list[dict[str, Any]]) -> dict[str, Json]:
    named = ((each.get("alias") or each.get("name"), each) for each in organizations)
    return {name: each for name, each in named if name}


def _aliases(providers: list[dict[str, Any]] | None) -> list[str]:
    return [each["alias"] for each in providers or []]


def _whole(before: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Everything goes back: RepresentationToModel.toModel takes what is left out for nothing."""
    body = overlaid(before, wanted)
    body["attributes"] = managed_map(before.get("attributes"), wanted.get("attributes"))
    had = {domain["name"]: domain for domain in before.get("domains") or []}
    body["domains"] = [overlaid(had.get(each["name"]), each) for each in body.get("domains") or []]
    body.pop(_PROVIDERS, None)
    return body


def _link(target: Target, uuid: str, before: list[str], after: list[str]) -> None:
    for alias in after:
        if alias not in before:
            target.post("organizations", uuid, "identity-providers", body=alias)
    for alias in before:
        if alias not in after:
            target.delete("organizations", uuid, "identity-providers", alias)

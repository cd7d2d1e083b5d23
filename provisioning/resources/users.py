"""Users that a realm starts with (UserRepresentation): an administrator, a technical account.

Accounts of customers belong to no configuration: each declared user costs calls of its own at every reading.
What belongs to the person after the first login (credentials, required actions) is written only when the user
is created.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.reader import Reader, segment
from provisioning.resources.base import Declared, Kind, managed_map, overlaid
from provisioning.resources.rolemappings import FIELDS as ROLES
from provisioning.resources.rolemappings import given, map_roles, mappings
from provisioning.shapes import ATTRIBUTES, PATHS, SET, Record, Records, Shape, Text, fields
from provisioning.target import Target

_SECRET = Text(secret=True)
_CREDENTIAL = Record(
    {
        **fields(
            text="type userLabel credentialData device algorithm",
            flag="temporary",
            number="priority digits period counter hashIterations",
            any="config",
            read_only="id createdDate federationLink",
        ),
        **dict.fromkeys(("value", "secretData", "hashedSaltedValue", "salt"), _SECRET),
    }
)
_OWN: dict[str, Shape] = {
    **fields(text="firstName lastName email", flag="enabled emailVerified"),
    "attributes": ATTRIBUTES,
}
_FIRST = ("credentials", "requiredActions", "federationLink")
USER = Record(
    {
        **_OWN,
        **ROLES,
        **fields(
            text="username serviceAccountClientId federationLink",
            set="requiredActions",
            read_only="""id createdTimestamp totp disableableCredentialTypes notBefore self origin access
            userProfileMetadata""",
            unmanaged="""federatedIdentities clientConsents verifiableCredentials
            issuedVerifiableCredentials applicationRoles socialLinks""",
        ),
        "groups": PATHS,
        "credentials": Records(_CREDENTIAL, key=""),
    }
)


class Users(Kind):
    """One object a declared user; attributes are managed key by key."""

    name = "user"
    fields: ClassVar[Mapping[str, Shape]] = {"users": Records(USER, key="")}
    shape = Record({**_OWN, "requiredActions": SET})
    unkept = (
        "it drops a user's attributes that the user profile lacks: declare them in userProfile, or set its"
        " unmanagedAttributePolicy"
    )

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        for name, user in _persons(declared).items():
            path = f"/{segment(observed.realm)}/users"
            for found in reader.get(f"{path}?exact=true&username={segment(name)}"):
                observed.users.append({**found, **_memberships(reader, f"{path}/{found['id']}", user)})

    def desired(self, declared: Declared) -> dict[str, Json]:
        kept = (*_OWN, *_FIRST)
        return {
            name: {key: user[key] for key in kept if key in user} for name, user in _persons(declared).items()
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {user["username"]: user for user in observed.users}

    def nodes(self, root: Node) -> dict[str, Node]:
        return _nodes(root)

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        if existing is not None:
            wanted = {key: value for key, value in wanted.items() if key not in _FIRST}
        return super().change(name, wanted, existing, observed)

    def apply(self, change: Change, target: Target) -> None:
        if change.action is Action.CREATE:
            target.made_user(
                change.name, target.post("users", body={"username": change.name, **change.desired})
            )
            return
        # UserResource.updateUser replaces the attributes as one.
        before = {key: change.observed[key] for key in _OWN if key in change.observed}
        body = overlaid(before, change.desired)
        body["attributes"] = managed_map(before.get("attributes"), change.desired.get("attributes"))
        target.put("users", change.observed["id"], body={"username": change.name, **body})


class Memberships(Kind):
    """Groups and roles of a declared user; each declared list is owned as a whole."""

    name = "memberships of user"
    shape = Record({"groups": PATHS, **ROLES})
    relation = True

    def desired(self, declared: Declared) -> dict[str, Json]:
        found = {name: _listed(user) for name, user in _persons(declared).items()}
        return {name: lists for name, lists in found.items() if lists}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {user["username"]: _listed(user) for user in observed.users}

    def nodes(self, root: Node) -> dict[str, Node]:
        return _nodes(root)

    def changes(self, declared: Declared, observed: Observed) -> list[Change]:
        """A user that is yet to be made starts in the default groups, with the default role."""
        default = observed.default_role
        groups = declared.get("defaultGroups", observed.list_of("defaultGroups"))
        start = {"groups": groups, "realmRoles": [default] if default else []}
        existing = self.existing(observed)
        wanted = self.desired(declared)
        found = [self.change(name, wanted[name], existing.get(name, start), observed) for name in wanted]
        return [change for change in found if change is not None]

    def apply(self, change: Change, target: Target) -> None:
        user = ["users", target.user(change.name)]
        before = change.observed
        map_roles(target, user, before, change.desired)
        had, wanted = before.get("groups") or [], change.desired.get("groups")
        for group in wanted or []:
            if group not in had:
                target.put(*user, "groups", target.group(group))
        for group in had if wanted is not None else []:
            if group not in wanted:
                target.delete(*user, "groups", target.group(group))


def _persons(declared: Declared) -> dict[str, dict[str, Any]]:
    """Declared users by name, which Keycloak keeps in lower case; service accounts are another kind."""
    users = declared.get("users") or []
    return {
        str(user["username"]).lower(): user
        for user in users
        if user.get("username") and not user.get("serviceAccountClientId")
    }


def _nodes(root: Node) -> dict[str, Node]:
    users = root.mapping.get("users")
    return {
        str(user.mapping["username"].value).lower(): user
        for user in (users.items if users else [])
        if "username" in user.mapping
    }


def _listed(user: dict[str, Any]) -> dict[str, Any]:
    return {**mappings(user), **({"groups": user["groups"]} if "groups" in user else {})}


def _memberships(reader: Reader, path: str, user: dict[str, Any]) -> dict[str, Any]:
    """The lists of a user that the configuration declares, as far as they are read at all."""
    found: dict[str, Any] = {}
    if "groups" in user:
        found["groups"] = [group["path"] for group in reader.get(f"{path}/groups?max=-1")]
    if mappings(user):
        found.update(given(reader, path))
    return found

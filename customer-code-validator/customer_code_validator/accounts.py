"""Customers' accounts in Keycloak, as the purge of unconfirmed ones sees them. Only here are any deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from customer_code_validator.admin_api import AdminApi, UnansweredError, json_of
from customer_code_validator.settings import KeycloakSettings

PAGE = 250
_PATIENCE = (5.0, 60.0)
"""Seconds to connect and to read: no customer waits, and a cold server reads a page slowly."""

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """What decides whether an account may go. `link_until`: until when its confirmation link is good."""

    id: str
    created: datetime
    confirmed: bool
    has_email: bool
    is_customer: bool
    link_until: datetime | None


class Accounts(Protocol):
    """Where accounts live. What cannot be had is an `UnansweredError`."""

    def unconfirmed(self) -> Iterator[Candidate]:
        """Every account whose email is not confirmed, those without email included."""

    def count(self) -> int:
        """How many accounts there are."""

    def account(self, user_id: str) -> Candidate | None:
        """As it is now; None where it is gone."""

    def has_rights(self, user_id: str) -> bool:
        """Whether it has a role or group of its own: an administrator, help desk, anybody but a customer."""

    def delete(self, user_id: str) -> None:
        """Remove it, with all that Keycloak knows of it."""


class KeycloakAccounts:
    """The accounts of a real realm, by a service account with the roles manage-users and view-realm.

    Keycloak leaves roles that the caller may not view out of an answer without a word
    (`RoleMapperResource.getRoleMappings`): that this account sees the realm's own is proved first. Roles of
    clients it does not see, or it would see the clients' secrets too.
    """

    def __init__(self, settings: KeycloakSettings) -> None:
        self._api = AdminApi(settings, _PATIENCE)
        self._default_role = f"default-roles-{settings.realm}".lower()
        self._sees_roles = False

    def unconfirmed(self) -> Iterator[Candidate]:
        """In pages; one that a concurrent registration shifts out of its page is found by the next run."""
        first = 0
        while True:
            query = {"emailVerified": "false", "first": str(first), "max": str(PAGE)}
            page = self._api.users(query)
            yield from map(_candidate, page)
            if len(page) < PAGE:
                return
            first += PAGE

    def count(self) -> int:
        """All users of the realm."""
        counted = self._get("/users/count")
        if not isinstance(counted, int):
            raise UnansweredError("Keycloak did not count its users")
        return counted

    def account(self, user_id: str) -> Candidate | None:
        """By id. None only on Keycloak's own word."""
        user = self._api.user(user_id)
        return _candidate(user) if user else None

    def has_rights(self, user_id: str) -> bool:
        """More than the role that every user of the realm has by default."""
        if not self._sees_roles:
            self._get(f"/roles/{quote(self._default_role, safe='')}")
            self._sees_roles = True
        roles = self._get(f"/users/{quote(user_id, safe='')}/role-mappings")
        groups = self._get(f"/users/{quote(user_id, safe='')}/groups")
        if not isinstance(roles, dict) or not isinstance(groups, list):
            raise UnansweredError("Keycloak did not tell the roles of a user")
        names = {str(role.get("name")).lower() for role in roles.get("realmMappings") or []}
        return bool(names - {self._default_role} or groups)

    def delete(self, user_id: str) -> None:
        """Keycloak deletes the user, its sessions, credentials and consents in one transaction."""
        response = self._api.request("DELETE", f"/users/{quote(user_id, safe='')}")
        if response.status_code not in (204, 404):
            raise UnansweredError(f"Keycloak answered {response.status_code} to the deletion of a user")

    def _get(self, path: str) -> Any:
        response = self._api.request("GET", path)
        if response.status_code != 200:
            raise UnansweredError(
                f"Keycloak answered {response.status_code}; this service account needs the roles "
                "manage-users and view-realm"
            )
        return json_of(response)


def _candidate(user: dict[str, Any]) -> Candidate:
    attributes = user.get("attributes") or {}
    return Candidate(
        id=str(user["id"]),
        # What is not said counts as what keeps the account.
        created=_created(user.get("createdTimestamp")),
        confirmed=user.get("emailVerified") is not False,
        has_email=bool(user.get("email")),
        is_customer=bool(attributes.get("customerCode")),
        link_until=_link_until(attributes.get("confirmationMail")),
    )


def _created(milliseconds: object) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int) else _NEVER


def _link_until(values: list[str] | None) -> datetime | None:
    """Of "sent / good until / address", as the Keycloak extension writes it."""
    if not values:
        return None
    try:
        return datetime.fromisoformat(values[0].split(" / ")[1])
    except (IndexError, ValueError):
        return _NEVER

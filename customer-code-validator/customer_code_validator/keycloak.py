"""Asking Keycloak's admin interface about users, as the service account of one client.

What counts as an answer (Keycloak 26.7, `UsersResource` and `KeycloakErrorHandler`):

- `GET /admin/realms/R/users/ID`: 200, or 404 whose JSON is exactly {"error": "User not found"}. A wrong
  realm says "Realm not found." with 404 too, and so may a proxy: those are no answer.
- `GET /admin/realms/R/users?q=customerCode:CODE`: a list. Users that the caller may not *view* are silently
  left out of it (`toRepresentation` filters by `canView`), so an empty list means "absent" only if this
  account can view users. It proves so once per token by finding its own service-account user, which this
  kind of search includes.
"""

from datetime import UTC, datetime
from typing import Any

from customer_code_validator.admin_api import AdminApi, UnansweredError
from customer_code_validator.directory import Absent, Account, Answer, NoAnswer, Present
from customer_code_validator.settings import KeycloakSettings


class KeycloakDirectory:
    """The `Directory` of a real Keycloak. One instance may be used by several threads."""

    def __init__(self, settings: KeycloakSettings) -> None:
        self._api = AdminApi(settings)
        self._client = settings.client_id
        self._may_view_since = 0

    def user(self, user_id: str) -> Answer:
        """By id. `Absent` only on Keycloak's own word."""
        try:
            return Present(user_id) if self._api.user(user_id) else Absent()
        except UnansweredError as why:
            return NoAnswer(str(why))

    def present(self, user_ids: list[str]) -> frozenset[str] | NoAnswer:
        """Many at once, by the extension."""
        try:
            return self._api.present(user_ids)
        except UnansweredError as why:
            return NoAnswer(str(why))

    def user_with_code(self, code: str) -> Answer:
        """By the attribute customerCode. `Absent` only from an account that can view users."""
        try:
            return self._user_with_code(code)
        except UnansweredError as why:
            return NoAnswer(str(why))

    def accounts(self, who: str) -> list[Account] | NoAnswer:
        """By username or customer code, whichever it is."""
        try:
            named = self._api.users({"username": who.lower(), "exact": "true", "max": "2"})
            coded = self._api.users({"q": f"customerCode:{who.upper()}", "max": "2"}) if who.isalnum() else []
            if not named and not coded:
                self._require_view()
        except UnansweredError as why:
            return NoAnswer(str(why))
        return [_account(user) for user in {user["id"]: user for user in named + coded}.values()]

    def _user_with_code(self, code: str) -> Answer:
        found = self._api.users({"q": f"customerCode:{code}", "max": "2"})
        for user in found:
            held = (user.get("attributes") or {}).get("customerCode")
            # Some databases compare without regard to case: believe the attribute where it is shown.
            if held is None or code in held:
                return Present(str(user["id"]))
        self._require_view()
        return Absent()

    def _require_view(self) -> None:
        """Raise `UnansweredError` unless this service account sees users, itself among them."""
        login = self._api.logins
        if self._may_view_since == login:
            return
        own_user = f"service-account-{self._client}".lower()
        if not self._api.users({"username": own_user, "exact": "true", "max": "1"}):
            raise UnansweredError(
                "Keycloak lets this service account view no users; give it the role view-users"
            )
        self._may_view_since = login


def _account(user: dict[str, Any]) -> Account:
    return Account(
        user_id=str(user["id"]),
        username=str(user.get("username", "")),
        first_name=str(user.get("firstName") or ""),
        last_name=str(user.get("lastName") or ""),
        email=str(user.get("email") or ""),
        email_verified=user.get("emailVerified") is True,
        created=created(user),
        attributes=user.get("attributes") or {},
    )


def created(user: dict[str, Any]) -> datetime:
    """When Keycloak made the account."""
    return datetime.fromtimestamp((user.get("createdTimestamp") or 0) / 1000, UTC)

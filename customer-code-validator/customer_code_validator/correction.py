"""A codice fiscale that the co-operative's registry has corrected, brought into the customer's account.

The registry keeps it as a hash, so it is given once more; only the very one that the registry has is taken.
"""

from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from sqlalchemy import Engine

from customer_code_validator import rules
from customer_code_validator.admin_api import AdminApi, UnansweredError
from customer_code_validator.helpdesk import RefusedError
from customer_code_validator.identities import Identities
from customer_code_validator.rules import Malformed
from customer_code_validator.settings import KeycloakSettings
from customer_code_validator.store import codes, transitions
from customer_code_validator.store.engine import reading
from customer_code_validator.store.transitions import Note

Attributes = dict[str, list[str]]


class Accounts(Protocol):
    """Where the accounts' own copies are. What cannot be had is an `UnansweredError`."""

    def attributes(self, user_id: str) -> Attributes | None:
        """The account's attributes; None where it is gone."""

    def write(self, user_id: str, codice_fiscale: str) -> None:
        """Put this codice fiscale into the account."""


class KeycloakAccounts:
    """Those of a real realm, by a service account with the role manage-users."""

    def __init__(self, settings: KeycloakSettings) -> None:
        self._api = AdminApi(settings)

    def attributes(self, user_id: str) -> Attributes | None:
        """None only on Keycloak's own word."""
        user = self._api.user(user_id)
        return (user.get("attributes") or {}) if user else None

    def write(self, user_id: str, codice_fiscale: str) -> None:
        """Through the Keycloak extension: everywhere else the attribute is read-only."""
        path = f"/customer/{quote(user_id, safe='')}/codice-fiscale"
        answer = self._api.request("PUT", path, text=codice_fiscale)
        if answer.status_code != 204:
            raise UnansweredError(f"Keycloak answered {answer.status_code} to the correction of an account")


def correct(
    engine: Engine, accounts: Accounts, identities: Identities, typed: tuple[str, str], now: datetime
) -> bool:
    """Whether the account had another codice fiscale than the registry; now it has the registry's.

    `typed`: customer code and codice fiscale. Raises `RefusedError` where they are not the registry's or no
    account has the code, `UnansweredError` without an answer of Keycloak.
    """
    code, right = rules.normalise_code(typed[0]), rules.read_codice_fiscale(typed[1])
    with reading(engine) as connection:
        record = codes.by_code(connection, code)
    if record is None:
        raise RefusedError(f"{code}: no such code in the registry")
    if isinstance(right, Malformed) or not identities.same(code, record.codice_fiscale, right):
        raise RefusedError(
            f"{code}: this is not the codice fiscale that the registry has; correct it there first"
        )
    user_id = record.user_id
    if user_id is None:
        raise RefusedError(
            f"{code}: has no account; who registers now is checked against the registry as it is"
        )
    if not _differs(code, right.value, accounts.attributes(user_id)):
        return False
    accounts.write(user_id, right.value)
    with engine.begin() as connection:
        transitions.write_down(connection, record, Note("codice_fiscale_corrected", now, user_id))
    return True


def _differs(code: str, right: str, account: Attributes | None) -> bool:
    if account is None or account.get("customerCode") != [code]:
        raise RefusedError(f"{code}: Keycloak has no account of it; see customer-codes reconcile")
    return account.get("codiceFiscale") != [right]

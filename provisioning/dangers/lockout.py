"""Dangers that cannot be undone with the same login: whoever applies, or every administrator, stays outside.

Importing another server's export of the master realm is the usual way: its roles bring the composites of that
server's realms and take those of this one, and its clients stand for realms that are not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioning.change import Action, Change
from provisioning.dangers.base import Facts
from provisioning.plan import Danger

NAME = "lock-out"
_MASTER = "master"
_OF_REALM = "-realm"
"""Keycloak makes a client NAME-realm in master for each realm (RealmManager.setupMasterAdminManagement). Its
roles administer that realm; where there is none, nobody may touch them."""
_ADMINISTRATION = ("admin-cli", "security-admin-console", "realm-management")
_ADMIN_ROLES = ("admin", "create-realm", "realm-admin")


def of_change(change: Change, facts: Facts) -> Iterator[Danger]:
    """What the change takes from those who administer."""
    if change.action is Action.CREATE:
        yield from _of_new(change, facts)
        return
    ours = facts.observed.realm in (facts.login_realm, _MASTER)
    if change.kind == "realm" and ours and change.desired.get("enabled") is False:
        yield Danger(NAME, f"close realm {facts.observed.realm}, whose users administer")
    if change.kind == "client":
        yield from _of_client(change, facts)
    if change.name.rsplit("/", 1)[-1] in _ADMIN_ROLES:
        yield from _of_role(change)
    yield from _of_holder(change, facts)


def _of_new(change: Change, facts: Facts) -> Iterator[Danger]:
    """A client of another server's realm, out of that server's export of master."""
    realm = change.name.removesuffix(_OF_REALM)
    if change.kind == "client" and facts.observed.realm == _MASTER and realm != change.name:
        words = f"make {change.title} of a realm {realm} that is not here, and that nobody could remove again"
        yield Danger(NAME, f"{words} (is this another server's export of {_MASTER}?)")


def _of_role(change: Change) -> Iterator[Danger]:
    if change.kind in ("realm role", "client role") and change.action is Action.DELETE:
        yield Danger(NAME, f"delete {change.title}, by which administrators administer")
    if change.kind == "composites of role" and (taken := _taken(change)):
        yield Danger(NAME, f"take {_few(taken)} from {change.name}: administrators lose these rights")


def _of_client(change: Change, facts: Facts) -> Iterator[Danger]:
    own = change.name == facts.client and facts.observed.realm == facts.login_realm
    administration = change.name in _ADMINISTRATION or (
        facts.observed.realm == _MASTER and change.name.endswith(_OF_REALM)
    )
    who = "the login of this very apply" if own else "administration"
    if not (own or administration):
        return
    if change.action is Action.DELETE:
        yield Danger(NAME, f"delete {change.title}, {who}")
        return
    before, after = change.observed or {}, change.desired
    off = [
        field
        for field in ("enabled", "serviceAccountsEnabled", "directAccessGrantsEnabled", "standardFlowEnabled")
        if before.get(field) is True and after.get(field) is False
    ]
    if off:
        yield Danger(NAME, f"switch off {', '.join(off)} of {change.title}, {who}")
    if own and any(field.path == "secret" for field in change.fields):
        yield Danger(NAME, f"change the secret of {change.title}, {who}")


def _of_holder(change: Change, facts: Facts) -> Iterator[Danger]:
    """Rights of the user or the service account that applies."""
    if facts.observed.realm != facts.login_realm:
        return
    own = (change.kind == "service account" and change.name == facts.client) or (
        change.kind.startswith(("user", "memberships")) and change.name == facts.user != ""
    )
    if not own:
        return
    if change.action is Action.DELETE or (change.desired or {}).get("enabled") is False:
        yield Danger(NAME, f"end {change.title}, the login of this very apply")
        return
    taken = _taken(change)
    if taken:
        yield Danger(NAME, f"take {_few(taken)} from {change.title}, the login of this very apply")


def _taken(change: Change) -> list[str]:
    """The roles that a change takes away, in whichever fields it lists them."""
    found: list[str] = []
    for field in change.fields:
        before, after = _roles(field.before), _roles(field.after)
        found += sorted(before - after)
    return found


def _roles(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return {f"{client}/{role}" for client, roles in value.items() for role in _roles(roles)}
    return {str(role) for role in value} if isinstance(value, (list, tuple)) else set()


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")

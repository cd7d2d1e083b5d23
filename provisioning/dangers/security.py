"""Dangers of weakened security: what was protected before and would not be after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from provisioning.change import Action, Change
from provisioning.dangers.base import Facts
from provisioning.nodes import Json
from provisioning.plan import Danger

_GUARDS = {
    "verifyEmail": ("verify-email-off", "no longer confirm the address of a new user"),
    "bruteForceProtected": ("brute-force-off", "no longer slow down who guesses passwords"),
}
_MADE_SO = "admin-cli"
"""Keycloak makes it a public client with direct grants in every realm (RealmManager.setupAdminCli)."""
_LOWER_IS_WEAKER = frozenset(
    ["length", "digits", "lowerCase", "upperCase", "specialChars", "passwordHistory", "hashIterations"]
)


def of_realm(change: Change, facts: Facts) -> Iterator[Danger]:
    """Guards switched off, plain http allowed, a weaker password policy."""
    if change.kind != "realm":
        return
    before, after = change.observed or {}, change.desired
    for field, (name, words) in _GUARDS.items():
        if before.get(field) is True and after.get(field) is False:
            yield Danger(name, words)
    if after.get("sslRequired") == "none" and before.get("sslRequired", "none") != "none":
        yield Danger("plain-http", "let anybody log in over http without TLS")
    if "passwordPolicy" in after:
        weaker = weakened(before.get("passwordPolicy") or "", after["passwordPolicy"] or "")
        if weaker:
            yield Danger("password-policy-weaker", f"for {facts.how_many}: {', '.join(weaker)}")


def weakened(before: str, after: str) -> list[str]:
    """The rules of a password policy that go or demand less, in words."""
    had, has = _rules(before), _rules(after)
    found = [rule for rule in had if rule not in has]
    words = [f"{rule} goes" for rule in found]
    for rule in had.keys() & has.keys():
        old, new = had[rule], has[rule]
        less = old.isdigit() and new.isdigit() and int(new) < int(old)
        if rule in _LOWER_IS_WEAKER and less:
            words.append(f"{rule} {old} → {new}")
    return sorted(words)


def _rules(policy: str) -> dict[str, str]:
    found = (re.fullmatch(r"\s*(\w+)\s*(?:\((.*)\))?\s*", part) for part in re.split(r"\band\b", policy))
    return {match[1]: match[2] or "" for match in found if match}


def of_clients(change: Change, facts: Facts) -> Iterator[Danger]:
    """Redirects to anywhere, and passwords given to public clients."""
    if change.kind != "client" or change.action is Action.DELETE:
        return
    before, after = change.observed or {}, change.desired
    new = set(after.get("redirectUris") or []) - set(before.get("redirectUris") or [])
    wild = sorted(uri for uri in new if _anywhere(uri))
    if wild:
        yield Danger("wildcard-redirect-uri", f"let {change.title} send logins to {', '.join(wild)}")
    own = change.action is Action.CREATE and change.name == _MADE_SO
    if _gives_passwords(_laid(before, after)) and not _gives_passwords(before) and not own:
        words = f"let anybody try passwords through {change.title}, a public client with direct grants"
        yield Danger("public-client-with-direct-grants", words)


def _anywhere(uri: str) -> bool:
    """Whether the wildcard reaches into the host: only one after a host's slash stays with that host."""
    return "*" in re.sub(r"^[a-z][a-z0-9+.-]*://[^/*]+/.*|^/.*", "", uri, flags=re.IGNORECASE)


def _laid(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {**before, **after}


def _gives_passwords(client: dict[str, Any]) -> bool:
    return client.get("publicClient") is True and client.get("directAccessGrantsEnabled") is True


def of_user_profile(change: Change, facts: Facts) -> Iterator[Danger]:
    """Attributes and validators dropped, and new demands on users who exist."""
    if change.kind != "user profile" or change.observed is None or "attributes" not in change.desired:
        return
    had, has = _attributes(change.observed), _attributes(change.desired)
    gone = sorted(had.keys() - has.keys())
    if gone:
        words = f"hide {', '.join(gone)} of {facts.how_many} from everybody"
        yield Danger("user-profile-attribute-dropped", words)
    dropped = [
        f"{name}.{rule}" for name in had.keys() & has.keys() for rule in _dropped(had[name], has[name])
    ]
    if dropped:
        yield Danger("user-profile-validator-dropped", f"no longer check {', '.join(sorted(dropped))}")
    demanded = [name for name, attribute in has.items() if _demands_more(had.get(name), attribute)]
    if demanded:
        words = f"ask {facts.how_many} without {', '.join(demanded)} for it at their next login"
        yield Danger("user-profile-demands-more", words)


def _attributes(profile: Json) -> dict[str, dict[str, Any]]:
    return {attribute["name"]: attribute for attribute in profile.get("attributes") or []}


def _dropped(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return set(before.get("validations") or {}) - set(after.get("validations") or {})


def _demands_more(before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
    return after.get("required") is not None and (before or {}).get("required") is None

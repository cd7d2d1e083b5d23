"""load → observe → diff → plan → apply → verify, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from provisioning import dangers, references
from provisioning import plan as plans
from provisioning.applying import ApplyError, Applying, Outcome, Tell
from provisioning.config import Config
from provisioning.dangers import Facts
from provisioning.gateway import Gateway
from provisioning.lock import Patience
from provisioning.observed import Observed, count_users, observe
from provisioning.paging import LARGE
from provisioning.plan import Plan
from provisioning.problems import ConfigError, Problem, Severity
from provisioning.reader import Reader
from provisioning.resources import KINDS
from provisioning.resources.base import Declared
from provisioning.shapes import KNOWN_VERSION, Record

__all__ = ["ApplyError", "Outcome", "apply", "declare", "make_plan", "read", "refuse_broken"]

_FEW_CHANGES = 100
"""So many cannot make a large realm of a small one: its size need not be asked again."""

ROOT = Record({name: shape for kind in KINDS for name, shape in kind.fields.items()})
"""A whole configuration: RealmRepresentation, as far as the kinds know it."""


def read(config: Config) -> Declared:
    """The configuration as one plain representation; `config.problems` gains whatever is wrong with it."""
    declared: dict[str, Any] = ROOT.read(config.root, "", config.problems)
    for kind in KINDS:
        kind.check(config.root, config.problems)
    return declared


def declare(config: Config, reader: Reader | None = None) -> tuple[Declared, list[Problem]]:
    """What the configuration declares, and warnings; ConfigError lists everything that is wrong.

    Without a reader (validate) missing variables are warnings, since a pipeline that checks files needs no
    secrets, and references to nothing are errors. With one it is the other way round, and a field unknown to
    this tool is let through to a server newer than it.
    """
    declared = read(config)
    problems = config.problems
    tolerated = [Severity.WARNING]
    if reader is None:
        references.check(config.root, problems)
        tolerated.append(Severity.MISSING_VARIABLE)
    elif _only_unknown_fields(config) and _is_newer(reader.server_version()):
        tolerated.append(Severity.UNKNOWN_FIELD)
    errors = problems.of(*(severity for severity in Severity if severity not in tolerated))
    if errors:
        raise ConfigError(errors)
    return declared, problems.of(*tolerated)


def refuse_broken(config: Config) -> None:
    """Raise ConfigError for what is wrong with any server: told before a connection is missed."""
    read(config)
    if config.problems.of(Severity.ERROR, Severity.MISSING_VARIABLE):
        raise ConfigError(config.problems.of(*(each for each in Severity if each is not Severity.WARNING)))


def _only_unknown_fields(config: Config) -> bool:
    found = {problem.severity for problem in config.problems} - {Severity.WARNING}
    return found == {Severity.UNKNOWN_FIELD}


def make_plan(declared: Declared, reader: Reader, realm: str, before: Plan | None = None) -> Plan:
    """Observe the realm, compare, and judge. `before` is the plan that was carried out since the realm's size
    was last asked, where there is one."""
    plan = plans.make(declared, look(declared, reader, realm, large=_still_large(before)))
    login = reader.login
    facts = Facts(plan.observed, login.realm, login.client_id, login.username or "")
    if dangers.asks_for_users(plan):
        facts = replace(facts, users=count_users(reader, realm))
    return replace(plan, dangers=dangers.found(plan, facts, dangers.most_changed(declared)))


def _still_large(before: Plan | None) -> bool | None:
    """Whether the realm must be large, or small, as it was; None where that is to be asked."""
    if before is None:
        return None
    if before.creates:
        return None if len(before.changes) > LARGE else False
    return before.observed.large if before.observed.large or len(before.changes) < _FEW_CHANGES else None


def _all(observed: Observed, declared: Declared) -> Declared:
    """A declaration that asks for the whole realm. Of a large one the kinds read only what is declared, so
    every client that has what they read is named."""
    asked = {**dict.fromkeys(ROOT.fields), "userProfile": {}, **declared}
    if not observed.large:
        return asked
    clients = observed.list_of("clients")
    names = [client["clientId"] for client in clients]
    limited = [client["clientId"] for client in clients if not client.get("fullScopeAllowed")]
    served = [client["clientId"] for client in clients if client.get("serviceAccountsEnabled")]
    guarded = [client["clientId"] for client in clients if client.get("authorizationServicesEnabled")]
    settings = [{"clientId": name, "authorizationSettings": {}} for name in guarded]
    return {
        **asked,
        "clients": [*settings, *(declared.get("clients") or [])],
        "roles": {"client": dict.fromkeys(names, ())},
        "users": [*(declared.get("users") or []), *({"serviceAccountClientId": name} for name in served)],
        "scopeMappings": [{"client": name, "roles": []} for name in limited],
    }


def look(
    declared: Declared, reader: Reader, realm: str, *, everything: bool = False, large: bool | None = None
) -> Observed:
    """The realm as it is, as far as `declared` asks for it, or all of it; `large` as for `observe`."""
    observed = observe(reader, realm, large)
    asked = _all(observed, declared) if everything else declared
    if observed.exists:
        for kind in KINDS:
            kind.complete(asked, observed, reader)
    return observed


def apply(
    declared: Declared,
    gateway: Gateway,
    realm: str,
    tell: Tell = lambda _: None,
    *,
    approve: Callable[[Plan], None] = lambda _: None,
    allow: Collection[str] = (),
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> Outcome:
    """Make the realm as declared and prove it by planning again. Writes nothing where nothing differs.

    `approve` sees the plan before anything is written, and raises where it must not be carried out; dangers
    are refused (DangerError) unless `allow` has their names.
    """
    return Applying(
        look=lambda before: make_plan(declared, gateway, realm, before),
        creation=lambda plan: plans.creation(declared, plan),
        gateway=gateway,
        approve=approve,
        judge=lambda plan: dangers.refuse(plan.dangers, allow),
        tell=tell,
        patience=patience,
    ).run()


def _is_newer(version: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(".")[:2] if part.isdigit()]

    return numbers(version) > numbers(KNOWN_VERSION)

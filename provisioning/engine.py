"""load → observe → diff → plan → apply → verify, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from provisioning import plan as plans
from provisioning.change import Change
from provisioning.config import Config
from provisioning.gateway import Gateway
from provisioning.observed import Observed, observe
from provisioning.plan import Plan
from provisioning.problems import ConfigError, Problem, ProvisioningError, Severity
from provisioning.resources import KINDS
from provisioning.resources.base import Declared, Kind
from provisioning.shapes import KNOWN_VERSION, Record
from provisioning.target import Target

_ROUNDS = 2
"""Only what exists shows what Keycloak masks in it: settings it hides unasked need a second round, once."""

Tell = Callable[[str], None]
Approve = Callable[[Plan], None]

_ROOT = Record({name: shape for kind in KINDS for name, shape in kind.fields.items()})
_BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}


class ApplyError(ProvisioningError):
    """An apply that stopped: what was done, what failed and why, what was not attempted."""

    def __init__(self, done: list[str], failed: str, reason: str, left: list[str]) -> None:
        self.done, self.failed, self.reason, self.left = done, failed, reason, left
        lines = [f"stopped at: {failed}", f"  {reason}", *_listed("done before it", done)]
        super().__init__("\n".join([*lines, *_listed("not attempted", left)]))


@dataclass(frozen=True)
class Outcome:
    """What an apply did: what it found at first, and what it did, in words."""

    plan: Plan
    done: tuple[str, ...]


def read(config: Config) -> Declared:
    """The configuration as one plain representation; `config.problems` gains whatever is wrong with it."""
    declared: dict[str, Any] = _ROOT.read(config.root, "", config.problems)
    for kind in KINDS:
        kind.check(config.root, config.problems)
    return declared


def declare(config: Config, gateway: Gateway | None = None) -> tuple[Declared, list[Problem]]:
    """What the configuration declares, and warnings; ConfigError lists everything that is wrong.

    Without a gateway (validate) missing variables are warnings: a pipeline that checks files needs no
    secrets. With one they are errors, and a field unknown to this tool is let through to a server newer
    than it.
    """
    declared = read(config)
    problems = config.problems
    tolerated = [Severity.WARNING]
    if gateway is None:
        tolerated.append(Severity.MISSING_VARIABLE)
    elif _only_unknown_fields(config) and _is_newer(gateway.server_version()):
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


def make_plan(declared: Declared, gateway: Gateway, realm: str) -> Plan:
    """Observe the realm and compare."""
    return plans.make(declared, look(declared, gateway, realm))


def look(declared: Declared, gateway: Gateway, realm: str) -> Observed:
    """The realm as it is, as far as `declared` asks for it; whoever wants all of it declares empty lists."""
    observed = observe(gateway, realm)
    if observed.exists:
        for kind in KINDS:
            kind.complete(declared, observed, gateway)
    return observed


def apply(
    declared: Declared,
    gateway: Gateway,
    realm: str,
    tell: Tell = lambda _: None,
    *,
    approve: Approve = lambda _: None,
) -> Outcome:
    """Make the realm as declared and prove it by planning again. Writes nothing where nothing differs.

    `approve` sees the plan before anything is written, and raises where it must not be carried out.
    """
    first = plan = make_plan(declared, gateway, realm)
    approve(plan)
    done: list[str] = []
    if plan.creates:
        _create(declared, gateway, plan, tell, done)
        plan = make_plan(declared, gateway, realm)
    for _ in range(_ROUNDS):
        if not plan.empty:
            _carry_out(plan, gateway, tell, done)
            plan = make_plan(declared, gateway, realm)
    if not plan.empty:
        raise ProvisioningError("\n".join(["applied, but Keycloak did not keep:", *_residue(plan.changes)]))
    return Outcome(first, tuple(done))


def _create(declared: Declared, gateway: Gateway, plan: Plan, tell: Tell, done: list[str]) -> None:
    what = f"create realm {plan.realm}"
    try:
        gateway.post("", plans.creation(declared, plan))
        gateway.refresh()
    except ProvisioningError as error:
        raise ApplyError(done, what, str(error), [str(change) for change in plan.changes]) from error
    done.append(what)
    tell(what)


def _carry_out(plan: Plan, gateway: Gateway, tell: Tell, done: list[str]) -> None:
    target = Target(gateway, plan.observed)
    for position, change in enumerate(plan.changes):
        try:
            _BY_NAME[change.kind].carry_out(change, target)
        except ProvisioningError as error:
            left = [str(later) for later in plan.changes[position + 1 :]]
            raise ApplyError(done, str(change), str(error), left) from error
        done.append(str(change))
        tell(str(change))


def _residue(changes: Iterable[Change]) -> list[str]:
    return [f"  {change.title}: {', '.join(field.path for field in change.fields)}" for change in changes]


def _listed(title: str, items: list[str]) -> list[str]:
    return [f"{title}: {'nothing' if not items else ''}".rstrip(), *(f"  {item}" for item in items)]


def _is_newer(version: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(".")[:2] if part.isdigit()]

    return numbers(version) > numbers(KNOWN_VERSION)

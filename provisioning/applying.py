"""Carrying a plan out: under the lock, step by step, looking again where an answer was lost, until the realm
is as declared or a failure is told whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from provisioning.change import Action, Change
from provisioning.gateway import Gateway
from provisioning.lock import Lock, Patience
from provisioning.nodes import Json
from provisioning.plan import Plan
from provisioning.problems import ProvisioningError
from provisioning.reader import RefusedError, UncertainError
from provisioning.resources import BY_NAME
from provisioning.steps import skeleton, steps
from provisioning.target import Target

_ROUNDS = 2
"""Only what exists shows what Keycloak masks in it: settings it hides unasked need a second round, once."""
_LOOKS = (0.5, 2.0, 8.0, 30.0)
"""Seconds before each new look where a call's outcome is unknown: a server that a gateway gave up on may
still be at work."""
_SHOWN = 20
_CONFLICT = 409

Tell = Callable[[str], None]


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


@dataclass
class Applying:
    """One apply.

    `look` plans anew, given the plan that was carried out before; `creation` is the import that makes the
    realm of a plan; `approve` sees the first plan before any of it is written, again under the lock, and
    raises where it must not be; `judge` does so for the plan of each round.
    """

    look: Callable[[Plan | None], Plan]
    creation: Callable[[Plan], dict[str, Json]]
    gateway: Gateway
    approve: Callable[[Plan], None] = lambda _: None
    judge: Callable[[Plan], None] = lambda _: None
    tell: Tell = lambda _: None
    patience: Patience = field(default_factory=Patience)
    done: list[str] = field(default_factory=list)

    def run(self) -> Outcome:
        """Until a plan is empty. Raises ProvisioningError, ApplyError once something was to be written."""
        first = plan = self.look(None)
        self.approve(plan)
        self.judge(plan)
        lock = Lock(self.gateway.aside(), plan.realm, self.patience, self.tell, sleep=self.gateway.sleep)
        if plan.empty:
            lock.bury(plan.observed.lock)
            return Outcome(first, ())
        try:
            if not plan.creates and not _one_call(plan):
                plan = self._locked(lock, None if plan.observed.lock else plan)
            self._converge(plan, lock)
        finally:
            lock.release()
        return Outcome(first, tuple(self.done))

    def _locked(self, lock: Lock, before: Plan | None = None) -> Plan:
        """The plan of a realm that nobody else changes any more."""
        lock.take()
        plan = self.look(before)
        self.approve(plan)
        return plan

    def _converge(self, plan: Plan, lock: Lock) -> None:
        rounds, waits = 0, iter(_LOOKS)
        while not plan.empty:
            if rounds == _ROUNDS:
                raise ProvisioningError("\n".join(["applied, but Keycloak did not keep:", *_residue(plan)]))
            self.judge(plan)
            rounds += not plan.creates
            try:
                self._create(plan, lock) if plan.creates else self._carry_out(plan, lock)
            except ApplyError as error:
                wait = next(waits, None) if isinstance(error.__cause__, UncertainError) else None
                if wait is None:
                    raise
                self.tell(f"{error.reason}; looking what came of it in {wait:g} s")
                self.gateway.sleep(wait)
                rounds = 0
            before, plan = plan, self._again(plan, lock)
            if _told(before) != _told(plan):
                waits = iter(_LOOKS)

    def _again(self, before: Plan, lock: Lock) -> Plan:
        """What is left to do. A realm that another apply made meanwhile is locked by that one."""
        plan = self.look(before)
        if before.creates and not plan.creates and not lock.held:
            found = plan.observed.lock
            if found is not None and lock.made(found):
                lock.adopt(found)
            else:
                plan = self._locked(lock)
        return plan

    def _create(self, plan: Plan, lock: Lock) -> None:
        what = f"create realm {plan.realm}"
        body = skeleton(self.creation(plan))
        roles = body.get("roles") or {}
        locked = {**roles, "realm": [*(roles.get("realm") or []), lock.representation()]}
        try:
            self.gateway.post("", {**body, "roles": locked})
        except RefusedError as error:
            if error.status == _CONFLICT and not self.look(None).creates:
                return  # another apply was faster
            raise self._stopped(what, str(error), plan.changes) from error
        except ProvisioningError as error:
            raise self._stopped(what, str(error), plan.changes) from error
        self._did(what)
        # A token knows nothing of a realm made after it.
        self.gateway.refresh()

    def _carry_out(self, plan: Plan, lock: Lock) -> None:
        target = Target(self.gateway, plan.observed)
        done = 0
        for step in steps(plan.changes):
            done += len(step.changes)
            try:
                lock.require()
                step.carry_out(target)
            except ProvisioningError as error:
                raise self._stopped(step.words, str(error), plan.changes[done:]) from error
            except KeyboardInterrupt as error:
                words = "interrupted; whether this was done shows when the same command runs again"
                raise self._stopped(step.words, words, plan.changes[done:]) from error
            self._did(step.words)

    def _stopped(self, what: str, reason: str, left: tuple[Change, ...]) -> ApplyError:
        return ApplyError(self.done, what, reason, [str(change) for change in left])

    def _did(self, what: str) -> None:
        self.done.append(what)
        self.tell(what)


def _one_call(plan: Plan) -> bool:
    """Whether the plan changes one field of one object, which Keycloak does as a whole or not at all, in a
    realm that nobody holds: no lock is needed, and two calls are saved."""
    update = [change for change in plan.changes if change.action is Action.UPDATE]
    return plan.observed.lock is None and len(update) == len(plan.changes) == len(update[0].fields) == 1


def _told(plan: Plan) -> list[object]:
    """What is to be done, to compare: whether the last round came any further."""
    return [plan.creates, *((change.title, change.action, change.fields) for change in plan.changes)]


def _residue(plan: Plan) -> list[str]:
    fields = [
        f"  {change.title}: {', '.join(field.path for field in change.fields) or change.action.value}"
        for change in plan.changes
    ]
    reasons = dict.fromkeys(BY_NAME[change.kind].unkept for change in plan.changes)
    return [*fields, *filter(None, reasons)]


def _listed(title: str, items: list[str]) -> list[str]:
    if len(items) > 2 * _SHOWN:
        items = [*items[:_SHOWN], f"… {len(items) - 2 * _SHOWN} more …", *items[-_SHOWN:]]
    return [f"{title}: {'nothing' if not items else ''}".rstrip(), *(f"  {item}" for item in items)]

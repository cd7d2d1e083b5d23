"""One apply at a time in a realm: a lock with a holder, kept in the realm itself.

The lock is a realm role. Making it is atomic, since Keycloak's database allows one role of a name
(RoleEntity's unique constraint; POST answers 409 to the second, also across nodes), and taking it from a
holder who died is too: the role is removed by the very id that was watched, so it is no newer one. It is no
fence: Keycloak would still obey a holder that slept longer than its lease. So a holder looks at its own
clock before each change and stops when it cannot be sure any more.

A holder is alive while it counts up `beat`. Whoever waits compares beats by its own clock, never times of two
machines. The lock's calls name it in their query, which Keycloak ignores, to be told apart in access logs.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from provisioning.applier import Applier
from provisioning.gateway import Gateway
from provisioning.login import GatewayError
from provisioning.observed import LOCK
from provisioning.problems import ProvisioningError
from provisioning.reader import NotFoundError, RefusedError, UncertainError, segment

_CONFLICT = 409


@dataclass(frozen=True)
class Patience:
    """All in seconds: how long a silent holder is believed in, how long to wait for a living one, and how
    often to look."""

    lease: float = 30.0
    wait: float = 300.0
    poll: float = 1.0


class LockedError(ProvisioningError):
    """Another apply has the realm, or took it over from us."""


@dataclass
class Lock:
    """The lock of one realm. `take` or `adopt` it, ask `require` before each change, `release` it."""

    gateway: Gateway
    realm: str
    patience: Patience = field(default_factory=Patience)
    tell: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self.applier = Applier.here()
        self.nonce = uuid.uuid4().hex
        self._id, self._beat, self._beaten_at = "", 0, 0.0
        self._ended = threading.Event()
        self._heart: threading.Thread | None = None

    @property
    def held(self) -> bool:
        """Whether it was taken and not released."""
        return bool(self._id)

    def representation(self) -> dict[str, Any]:
        """The role, for the call that makes it: alone, or within the import of a new realm."""
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        values = {
            "holder": self.applier.shown,
            "process": self.applier.process,
            "nonce": self.nonce,
            "since": since,
            "beat": str(self._beat),
        }
        return {
            "name": LOCK,
            "description": f"provisioning apply of {self.applier.shown}; goes when it ends",
            "attributes": {name: [value] for name, value in values.items()},
        }

    def take(self) -> None:
        """Have it, after waiting for another holder where there is one. Raises LockedError."""
        deadline = self.clock() + self.patience.wait
        watched, seen_at, told = "", self.clock(), False
        while not self._made():
            role = self._look()
            if role is None:
                continue
            if self.made(role):
                return self.adopt(role)
            now, sign = self.clock(), f"{role['id']} {_value(role, 'beat')}"
            if sign != watched:
                watched, seen_at = sign, now
            if self.applier.saw_end_of(_value(role, "process")) or now - seen_at > self.patience.lease:
                self.tell(f"taking the realm over from {_described(role)}, which has ended")
                self._remove(role["id"])
                continue
            if now >= deadline:
                raise LockedError(_refusal(self.realm, role, self.patience.wait))
            if not told:
                self.tell(f"realm {self.realm} is being changed by {_described(role)}: waiting for it to end")
                told = True
            self.sleep(min(self.patience.poll, max(0.0, deadline - now)))
        return self._adopt_made()

    def _adopt_made(self) -> None:
        role = self._look()
        if role is None or not self.made(role):
            raise LockedError(_refusal(self.realm, role, 0))
        self.adopt(role)

    def made(self, role: dict[str, Any]) -> bool:
        """Whether this role is the one that we made."""
        return _value(role, "nonce") == self.nonce

    def adopt(self, role: dict[str, Any]) -> None:
        """Have the lock that was just `made`."""
        self._id, self._beaten_at = role["id"], self.clock()
        self._heart = threading.Thread(target=self._renew, args=(self.gateway.twin(),), daemon=True)
        self._heart.start()

    def bury(self, role: dict[str, Any] | None) -> None:
        """Remove this lock where its holder is known to be dead."""
        if role is not None and self.applier.saw_end_of(_value(role, "process")):
            self._remove(role["id"])

    def require(self) -> None:
        """Raise LockedError unless nobody can have taken it over."""
        if self.held and self.clock() - self._beaten_at > self.patience.lease:
            raise LockedError(
                f"the lock of realm {self.realm} was not renewed for {self.patience.lease:.0f} s, so another"
                " apply may have it: run the same command again, it carries on from what is there"
            )

    def release(self) -> None:
        """Give it back; quietly where that fails, since a lock that nobody renews ends by itself."""
        if not self.held:
            return
        self._ended.set()
        if self._heart is not None:
            self._heart.join()
        try:
            self._remove(self._id)
        except GatewayError as error:
            self.tell(f"the lock of realm {self.realm} stays until nobody renews it: {error}")
        self._id = ""

    def _made(self) -> bool:
        try:
            self.gateway.post(f"/{segment(self.realm)}/roles?{LOCK}", self.representation())
        except UncertainError:
            return False  # whose it is shows when it is looked at
        except RefusedError as error:
            if error.status != _CONFLICT:
                raise
            return False
        return True

    def _look(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.gateway.get(f"/{segment(self.realm)}/roles/{LOCK}")
        except NotFoundError:
            return None
        return found

    def _remove(self, role_id: str) -> None:
        try:
            self.gateway.delete(f"/{segment(self.realm)}/roles-by-id/{role_id}?{LOCK}")
        except NotFoundError:
            return  # somebody else was faster

    def _renew(self, gateway: Gateway) -> None:
        while not self._ended.wait(self.patience.lease / 3):
            began = self.clock()
            self._beat += 1
            try:
                gateway.put(f"/{segment(self.realm)}/roles-by-id/{self._id}?{LOCK}", self.representation())
            except NotFoundError:
                self._beaten_at = float("-inf")  # taken over
                return
            except ProvisioningError:
                return  # `require` tells, once it matters
            self._beaten_at = began


def _value(role: dict[str, Any], name: str) -> str:
    return str(((role.get("attributes") or {}).get(name) or [""])[0])


def _described(role: dict[str, Any]) -> str:
    return f"{_value(role, 'holder') or 'somebody'} (since {_value(role, 'since') or 'some time'})"


def _refusal(realm: str, role: dict[str, Any] | None, waited: float) -> str:
    who = _described(role) if role else "another apply"
    still = f", still after {waited:.0f} s" if waited else ""
    return (
        f"realm {realm} is being changed by {who}{still}: nothing was written; run the same command again"
        " later, or with a longer --wait"
    )

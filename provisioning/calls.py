"""The calls that a change would make, known before any is made: its own code runs against a gateway that
reads and writes nothing.

What does not exist yet is stood in for: its id is written ~new~, as in `PUT /admin/realms/r/clients/~new~`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from provisioning import plan as plans
from provisioning.connection import Answer
from provisioning.forecast import UNKNOWN, after_import
from provisioning.gateway import Gateway
from provisioning.nodes import Json
from provisioning.plan import Plan
from provisioning.problems import ProvisioningError
from provisioning.reader import NotFoundError, Reader
from provisioning.resources.base import Declared
from provisioning.steps import skeleton, steps
from provisioning.target import Target


@dataclass(frozen=True)
class Call:
    """A writing call: method, and path from /admin/realms on."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def covers(self, method: str, path: str) -> bool:
        """Whether a call that was made is this one; ~new~ stands for any one segment."""
        pattern = "[^/]+".join(re.escape(part) for part in self.path.split(UNKNOWN))
        return self.method == method and re.fullmatch(pattern, path) is not None


class Recorder(Gateway):
    """Reads through another gateway, and remembers writing calls instead of sending them."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.login)
        self._reader = reader
        self._made: list[Call] = []

    def take(self) -> tuple[Call, ...]:
        """What was written since the last time."""
        made, self._made = tuple(self._made), []
        return made

    def get(self, path: str) -> Json:
        try:
            answer = self._reader.get(path)
        except NotFoundError:
            answer = [] if "?" in path else _Unknown()
        return [_Unknown()] if answer == [] and "?" in path else answer

    def post(self, path: str, body: Json) -> str:
        self._made.append(Call("POST", f"/admin/realms{path}"))
        return UNKNOWN

    def put(self, path: str, body: Json) -> None:
        self._made.append(Call("PUT", f"/admin/realms{path}"))

    def delete(self, path: str, body: Json = None) -> None:
        self._made.append(Call("DELETE", f"/admin/realms{path}"))

    def refresh(self) -> None:
        """Nothing was made that a token could lack."""


class _Unknown(dict[str, Any]):
    """An object that is not there yet: whatever is asked of it is unknown."""

    def __missing__(self, key: str) -> str:
        return UNKNOWN


def listed(plan: Plan, reader: Reader, declared: Declared) -> Iterator[tuple[str, tuple[Call, ...]]]:
    """Each step in words with its calls, in their order. Those of the lock are no part of a plan.

    Where the realm does not exist, one import makes it; what no import can bring, and what is too much for
    one, follows from the realm that it will have made (forecast.py).
    """
    if plan.creates:
        yield f"create realm {plan.realm}", (Call("POST", "/admin/realms"),)
        body = skeleton(plans.creation(declared, plan))
        plan = plans.make(declared, after_import(body, plan.realm, reader.server_version()))
    recorder = Recorder(reader)
    target = Target(recorder, plan.observed)
    for step in steps(plan.changes):
        step.carry_out(target)
        yield step.words, recorder.take()


class UnplannedError(ProvisioningError):
    """Something was about to be written that the approved plan does not list."""


class Bound(Gateway):
    """Once bound, sends only the writing calls that were listed, each once and in their order."""

    _left: deque[Call] | None = None

    def bind(self, calls: Iterable[Call]) -> None:
        """From now on, only these."""
        self._left = deque(calls)

    def _send(self, method: str, path: str, body: Json = None) -> Answer:
        if self._left is not None and not is_reading(method, path):
            if not (self._left and self._left[0].covers(method, f"/admin/realms{path}")):
                raise UnplannedError(
                    f"{method} /admin/realms{path} is not what the saved plan lists next"
                    f" ({self._left[0] if self._left else 'nothing more'}): not sent; plan again"
                )
            self._left.popleft()
        return super()._send(method, path, body)


def is_reading(method: str, path: str) -> bool:
    """Whether a call changes nothing. A partial-export is a POST by name only."""
    return method == "GET" or (method == "POST" and path.partition("?")[0].endswith("/partial-export"))

"""The points at which a server is killed: before, while and after the validator does one step of a claim."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.support import breakable
from tests.support.breakable import Call, Gate

#: "delete" is the call after an account was deleted, which the gate knows as "other".
STEPS = ("reserve", "check", "claim", "confirm", "release", "delete")
MOMENTS = ("before", "during", "after")
VICTIMS = ("validator", "database", "keycloak")
#: A step takes the validator a few milliseconds.
_WITHIN_SECONDS = 0.015


@dataclass(frozen=True)
class Point:
    """Which server is killed at which moment of which step."""

    victim: str
    step: str
    moment: str

    def __str__(self) -> str:
        return f"{self.victim} {self.moment} {self.step}"


POINTS = [Point(victim, step, moment) for victim in VICTIMS for step in STEPS for moment in MOMENTS]
#: Where most is at stake, for a run that shall be short.
SHORT = [
    *(Point(victim, "claim", moment) for victim in ("validator", "database") for moment in MOMENTS),
    Point("validator", "confirm", "before"),
    Point("database", "confirm", "after"),
    Point("database", "release", "during"),
    Point("keycloak", "claim", "after"),
    Point("keycloak", "confirm", "before"),
]


def some_moment(within: float) -> float:
    """Seconds from none to so many."""
    return secrets.SystemRandom().uniform(0, within)


@dataclass
class Kill:
    """A fault of the gate that kills once, and lets pass what comes before and after."""

    point: Point
    kill: Callable[[], None]
    done: threading.Event = field(default_factory=threading.Event)
    _once: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, call: Call) -> None:
        if not self._once.acquire(blocking=False):
            breakable.healthy(call)
            return
        moments = {"before": self._before, "during": self._during, "after": self._after}
        moments[self.point.moment](call)

    def _before(self, call: Call) -> None:
        """What the dead one has sent arrives all the same; a dead service or store is asked in vain."""
        self._do()
        breakable.healthy(call)

    def _during(self, call: Call) -> None:
        killer = threading.Thread(target=self._do_soon)
        killer.start()
        breakable.healthy(call)
        killer.join()

    def _after(self, call: Call) -> None:
        """It is done, and nobody hears of it."""
        call.true_answer()
        self._do()
        breakable.hangs_up(call)

    def _do_soon(self) -> None:
        time.sleep(some_moment(_WITHIN_SECONDS))
        self._do()

    def _do(self) -> None:
        self.kill()
        self.done.set()


@contextmanager
def on_the_way(gate: Gate, kill: Kill) -> Iterator[None]:
    """The kill waits at its step until the block ends."""
    step = {"delete": "other"}.get(kill.point.step, kill.point.step)
    with ExitStack() as broken:
        if step == "release":
            # A claim that is done and whose answer is lost: Keycloak rolls back and releases it.
            broken.enter_context(gate.broken(breakable.truncates, "claim"))
        broken.enter_context(gate.broken(kill, step))
        yield

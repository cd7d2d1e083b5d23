"""What takes minutes where no cache keeps it, made while earlier tests wait for servers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from stack import distribution
from stack.errors import StackError
from stack.membership import SHARED_DATABASE
from stack.progress import quiet
from stack.settings import OLDER_KEYCLOAK
from tests.containers.making import make_images_ahead
from tests.support import kustomize

_NICE = 10


@dataclass(frozen=True)
class Step:
    """Something that the tests whose paths, below tests/, begin with `place` would else make themselves."""

    place: str
    make: Callable[[], object]


#: In the order in which they are needed.
_STEPS = (
    Step("containers/", make_images_ahead),
    Step("faults/", lambda: distribution.built(quiet, database=SHARED_DATABASE)),
    Step("faults/", lambda: distribution.built(quiet, extension=False)),
    Step("faults/", lambda: distribution.built(quiet, release=OLDER_KEYCLOAK, database=SHARED_DATABASE)),
    Step("live/", lambda: distribution.built(quiet, extension=False)),
    Step("live/", lambda: distribution.built(quiet, extension=False, release=OLDER_KEYCLOAK)),
    Step("stack/test_kustomize.py", kustomize.program),
)


def begin(paths: Sequence[str]) -> None:
    """Make what the tests of these paths need, in their order, unless the first one needs it already."""
    steps = [
        step
        for step in _STEPS
        if any(path.startswith(step.place) for path in paths) and not paths[0].startswith(step.place)
    ]
    if steps:
        threading.Thread(target=_make, args=(steps,), daemon=True).start()


def _make(steps: Sequence[Step]) -> None:
    """One after the other; what goes wrong is told by the test that needs it and makes it once more."""
    # Of this thread and of what it starts (Linux): the tests come first.
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    with suppress(StackError):
        # After this Maven has fetched all that it needs: two of them at once would disturb each other.
        distribution.built(quiet)
    for step in steps:
        with suppress(StackError, AssertionError, OSError):
            step.make()

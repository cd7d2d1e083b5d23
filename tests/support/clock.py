"""The clock of a running Keycloak, moved: what takes a day is proved in seconds.

Keycloak takes the time from its class org.keycloak.common.util.Time, which has an offset for tests. A small
agent (ClockAgent.java) sets it from outside, so that the server is that of all other tests: no build and no
option of its own. What Infinispan forgets after a while (its entries' lifespans) goes by the machine's clock.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import tools
from stack.keycloak import Keycloak

_SOURCES = ("ClockAgent.java", "SetClock.java")
_MANIFEST = "Manifest-Version: 1.0\nAgent-Class: ClockAgent\n"


class ServerClock:
    """Moves the clock of one Keycloak; what is compiled for it is put where that can read it: `folder`."""

    def __init__(self, keycloak: Keycloak, folder: Path) -> None:
        self._keycloak = keycloak
        self._classes = folder / "classes"
        self._agent = folder / "agent.jar"
        folder.mkdir(exist_ok=True)
        here = Path(__file__).parent
        compiler = str(Path(tools.java()).resolve().with_name("javac"))
        sources = [str(here / name) for name in _SOURCES]
        tools.run([compiler, "-d", str(self._classes), *sources], purpose="compiling the clock's agent")
        with zipfile.ZipFile(self._agent, "w") as jar:
            jar.writestr("META-INF/MANIFEST.MF", _MANIFEST)
            jar.write(self._classes / "ClockAgent.class", "ClockAgent.class")

    @contextmanager
    def moved(self, seconds: int) -> Iterator[None]:
        """Keycloak believes that it is so much later, or earlier; it is right again when the block ends."""
        self._set(seconds)
        try:
            yield
        finally:
            self._set(0)

    def _set(self, seconds: int) -> None:
        pid = self._keycloak.process.pid
        assert pid is not None, "Keycloak does not run"
        command = [tools.java(), "-cp", str(self._classes), "SetClock", str(pid), str(self._agent)]
        tools.run([*command, str(seconds)], purpose="setting Keycloak's clock")

"""Keycloak and PostgreSQL as containers of the official images, in the place of `stack.plain`."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from stack.children import children
from stack.container import Container, Image, Mount, Volume, myself
from stack.settings import KEYCLOAK, PASSWORD_BLOCKLISTS, THEMES

#: What docker-compose.yml has, chosen anew by the same variables.
_KEYCLOAK = ("KEYCLOAK_IMAGE", f"quay.io/keycloak/keycloak:{KEYCLOAK.version}")
_POSTGRESQL = ("POSTGRES_IMAGE", "postgres:17-bookworm")
_IN_THE_IMAGE = Path("/opt/keycloak")
_DATA = "/var/lib/postgresql/data"
_SOCKETS = "/var/run/postgresql"


class KeycloakContainer(Container):
    """The image's own Keycloak; its command is that of kc.sh.

    From the server folder it has what `kc.sh build` made, the extension and the data. All that stands beside
    the folder (the vault, certificates) has the same path inside.
    """

    def __init__(self, log: Path, home: Path, *, rootless: bool) -> None:
        built = [Mount(home / part, str(_IN_THE_IMAGE / part)) for part in ("lib/quarkus", "providers")]
        data = Mount(home / "data", str(_IN_THE_IMAGE / "data"), "rw")
        as_here = [Mount(path, str(path)) for path in (home.parent, THEMES, PASSWORD_BLOCKLISTS)]
        super().__init__("Keycloak", log, _image(*_KEYCLOAK), [*built, data, *as_here], myself(rootless))

    @property
    def pid(self) -> int | None:
        # Java is the child of kc.sh, which the container's own process is.
        script = super().pid
        if script is None:
            return None
        [java] = [each for each in children(script) if Path(f"/proc/{each}/comm").read_text() == "java\n"]
        return java


class PostgreSQLContainer(Container):
    """A server with a volume of its own; its command is that of the image."""

    def __init__(self, log: Path) -> None:
        self._volume = Volume()
        mounts = [Mount(self._volume.name, _DATA, "rw")]
        image = _image(*_POSTGRESQL)
        # SIGTERM would wait until the last client has gone.
        super().__init__("PostgreSQL", log, image, mounts, "postgres", signal.SIGINT, [_SOCKETS])

    def remove(self) -> None:
        """Take the data away."""
        self._volume.remove()


def _image(variable: str, official: str) -> Image:
    return Image(os.environ.get(variable) or official, variable)

"""Where a Keycloak keeps its data, and the others it shares them with.

Keycloak bakes the kind of database in when it is built; the rest is said at its start.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from stack.settings import HOST

EMBEDDED_DATABASE = "dev-file"
SHARED_DATABASE = "postgres"

#: How one that shares with nobody is started.
ALONE = (
    "--cache=local",
    # Otherwise the embedded database keeps half a second of commits in memory: `kill -9` loses them.
    "--db-url-properties=;WRITE_DELAY=0",
)

#: Connections of one node: those of all nodes and of the validators together must fit into the database’s.
_MOST_CONNECTIONS = 40


@dataclass(frozen=True)
class Membership:
    """One node’s place among the nodes of one Keycloak. They find each other through the database.

    database_url  the PostgreSQL of all, postgresql://USER@HOST:PORT/DATABASE; the schema is the user’s
    public_url    the address that browsers know, of what stands in front of all nodes
    cache_port    where this node’s caches talk to those of the others; None for the only node that there is:
                  one that was killed needs half a minute to be sure that its predecessor is gone
    """

    database_url: str
    public_url: str
    cache_port: int | None = None

    def options(self) -> tuple[str, ...]:
        """How the node is started."""
        address = urlsplit(self.database_url)
        return (
            f"--db-url=jdbc:postgresql://{address.hostname}:{address.port}{address.path}",
            f"--db-username={address.username}",
            f"--db-password={address.password or ''}",
            f"--db-schema={address.username}",
            f"--db-pool-max-size={_MOST_CONNECTIONS}",
            *self._caches(),
        )

    def _caches(self) -> tuple[str, ...]:
        if self.cache_port is None:
            return ("--cache=local",)
        return (
            "--cache=ispn",
            "--cache-stack=jdbc-ping",
            f"--cache-embedded-network-bind-address={HOST}",
            f"--cache-embedded-network-bind-port={self.cache_port}",
        )

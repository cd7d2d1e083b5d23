"""Every fixed fact of the local stack, each in this one place."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Release:
    """A published Keycloak: its version, and the SHA-256 of its `tar.gz`."""

    version: str
    sha256: str

    @property
    def archive(self) -> str:
        """The name of its file."""
        return f"keycloak-quarkus-dist-{self.version}.tar.gz"


#: The Keycloak that everything is built and tested against.
#: The extension is built against it too: it uses internal SPIs, rebuilt for each minor version.
KEYCLOAK = Release("26.7.4", "04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee")

#: The newest of the minor version before it, on which the provisioning must work too.
OLDER_KEYCLOAK = Release("26.6.4", "386b566bbea05527226e275c43e5cf6f218896ad2441ac4be5c39f1226772e8f")

#: The patch before the pinned one: a cluster goes from one to the other node by node.
FORMER_PATCH = Release("26.7.3", "77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47")

#: Options that Keycloak bakes in when it is built; every other one is given at start.
#: The database comes to these: see `stack.membership`.
KEYCLOAK_BUILD_OPTIONS = (
    "--health-enabled=true",
    "--metrics-enabled=true",
    # Logins, registrations and mails counted; nothing in it names a person.
    "--event-metrics-user-enabled=true",
    "--vault=file",
)

#: PostgreSQL's log: that a row was refused, and not its values (a username or an email that is taken).
POSTGRESQL_PRIVACY = {"log_error_verbosity": "terse"}
#: The hash of passwords, Argon2, is compiled as one piece. Left to itself, Java decides by what it happens to
#: have compiled before, and in every other start a password takes up to twice the time for as long as the
#: server lives (benchmarks/hashing; CompileCommand of java(1), whose `quiet` is: without telling about it).
KEYCLOAK_COMPILATION = (
    "-XX:CompileCommand=quiet",
    "-XX:CompileCommand=inline,org.bouncycastle.crypto.generators.Argon2BytesGenerator*::*",
)

#: Heap of a local Keycloak unless JAVA_OPTS_KC_HEAP says otherwise: modest, two fit in a laptop.
KEYCLOAK_HEAP = "-Xms256m -Xmx768m"

JAVA_MINIMUM = 17

#: Where servers listen and browsers go. Never the machine's outer addresses: the stack is for one developer.
HOST = "127.0.0.1"

REALM_CONFIG = REPOSITORY / "realm-config"
SAMPLE_CUSTOMERS = REALM_CONFIG / "sample-customers.csv"
PASSWORD_BLOCKLISTS = REALM_CONFIG / "password-blocklists"
THEMES = REPOSITORY / "themes"
EXTENSION = REPOSITORY / "keycloak-extension"
VALIDATOR_SOURCES = REPOSITORY / "customer-code-validator"
PROVISIONING_SOURCES = REPOSITORY / "provisioning"

#: Data of `make run`; tests and benchmarks give each `Stack` a folder of its own.
LOCAL_DATA = REPOSITORY / ".local"


def cache_folder() -> Path:
    """Where Keycloak is kept between runs: `$XDG_CACHE_HOME` or `~/.cache`, never the repository."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "customer-identity"


def realm_name() -> str:
    """The realm's name, read from its one source, `realm-config/realm.yaml`.

    A line is matched instead of parsing the YAML: its own tags (`!env`) need the provisioning package, which
    would cost every start a quarter of a second.
    """
    source = REALM_CONFIG / "realm.yaml"
    try:
        found = re.search(r"^realm:\s*[\"']?([^\s\"'#]+)", source.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError as error:
        raise StackError(f"cannot read {source}: {error.strerror}") from error
    if found is None:
        raise StackError(
            f"{source} has no line `realm: NAME`: add it, the stack takes the realm's name from there"
        )
    return found[1]

"""`provisioning import`: a live realm as a folder of configuration."""

from __future__ import annotations

import os
import shlex
from datetime import UTC, datetime
from pathlib import Path

from provisioning import defaults, engine, importing
from provisioning.commands.common import NOTHING, Commands, Options, command, complain, login
from provisioning.observed import Observed, read_client_secrets
from provisioning.problems import ProvisioningError
from provisioning.reader import Reader
from provisioning.writing import Files


def register(commands: Commands) -> None:
    """The subcommand's arguments."""
    parser = command(
        commands, "import", run, "write a realm's configuration: only what differs from Keycloak's defaults"
    )
    parser.add_argument("realm", metavar="REALM")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    parser.add_argument(
        "--secrets",
        type=Path,
        metavar="FILE",
        help="write the clients' secrets too, as NAME=value for a shell, readable by its owner only",
    )


def run(options: Options) -> int:
    """Write the folder; tell which secrets to set."""
    reader = Reader(login(), tell=complain)
    observed = engine.look({}, reader, options.realm, everything=True)
    if not observed.exists:
        raise ProvisioningError(f"there is no realm {options.realm}, or this login may not see it")
    version = str(observed.export.get("keycloakVersion") or reader.server_version())
    known = defaults.load(version, options.realm)
    clients = importing.confidential(observed)
    read_client_secrets(reader, observed, clients)
    origin = f"Realm {options.realm} of Keycloak {version}, {datetime.now(UTC):%Y-%m-%d}"
    files = Files(
        importing.configuration(observed, known),
        known=[("clients", client, "secret") for client in clients],
        title=f"{origin}: what differs from its defaults.",
    )
    files.write(options.folder)
    if options.secrets:
        _keep(options.secrets, files, observed)
    _tell(files, options)
    return NOTHING


def _tell(files: Files, options: Options) -> None:
    for name in files.texts:
        print(options.folder / name)
    if files.secrets:
        complain("set these secrets in the environment before plan or apply:")
    for path, name in files.secrets.items():
        complain(f"  {name}  ({' '.join(path)})")
    if files.later:
        complain("Keycloak does not show these; commented out, they stay as they are:")
    for path, name in files.later.items():
        complain(f"  {name}  ({' '.join(path)})")


def _keep(path: Path, files: Files, observed: Observed) -> None:
    lines = [
        f"{name}={shlex.quote(observed.client_secrets.get(client, ''))}\n"
        for (_, client, _), name in files.secrets.items()
    ]
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(lines)
    except OSError as error:
        raise ProvisioningError(f"cannot write the secrets to {path}: {error.strerror}") from error

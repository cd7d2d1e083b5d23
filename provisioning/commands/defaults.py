"""`provisioning defaults`: record what a fresh realm of this server holds, once a Keycloak version."""

from __future__ import annotations

from pathlib import Path

from provisioning.commands.common import NOTHING, Commands, Options, command, login
from provisioning.defaults import FOLDER, recording
from provisioning.gateway import Gateway


def register(commands: Commands) -> None:
    """The subcommand's arguments."""
    parser = command(
        commands,
        "defaults",
        run,
        "record the defaults of a server without extensions, in a realm that is made and removed for it",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        metavar="PATH",
        help="where the file goes (the package)",
    )


def run(options: Options) -> int:
    """Record; needs an administrator of the master realm."""
    print(recording.record(Gateway(login()), options.folder))
    return NOTHING

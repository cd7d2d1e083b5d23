"""`provisioning schema`: a JSON Schema of the configuration, for editors."""

from __future__ import annotations

import json

from provisioning import defaults, engine
from provisioning.commands.common import NOTHING, Commands, Options, command
from provisioning.schema import schema


def register(commands: Commands) -> None:
    """The subcommand's arguments."""
    parser = command(commands, "schema", run, "print a JSON Schema of the configuration, for editors")
    known = defaults.known_versions()
    parser.add_argument(
        "--keycloak", choices=known, default=known[-1], help=f"whose defaults it tells (default: {known[-1]})"
    )


def run(options: Options) -> int:
    """Print the schema."""
    made = schema(engine.ROOT, defaults.load(options.keycloak, "REALM"))
    print(json.dumps(made, ensure_ascii=False, indent=1))
    return NOTHING

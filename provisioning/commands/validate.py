"""`provisioning validate`: the files alone."""

from __future__ import annotations

from provisioning.commands.common import (
    NOTHING,
    Commands,
    Options,
    add_configuration,
    command,
    declare,
    loaded,
)


def register(commands: Commands) -> None:
    """The subcommand's arguments."""
    add_configuration(command(commands, "validate", run, "check the files; asks no server"))


def run(options: Options) -> int:
    """All errors, or none. Raises ConfigError."""
    config = loaded(options)
    declare(config)
    print(f"{config.source}: no errors")
    return NOTHING

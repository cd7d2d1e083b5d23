"""`provisioning drift`: how the realm differs from the configuration and from Keycloak's defaults."""

from __future__ import annotations

from collections.abc import Sequence

from provisioning import defaults, drift, engine
from provisioning.commands.common import (
    CHANGES,
    NOTHING,
    Commands,
    Options,
    add_configuration,
    add_format,
    colour,
    command,
    complain,
    declare,
    first_line,
    start,
)
from provisioning.config import Config
from provisioning.drift import Drift
from provisioning.problems import ProvisioningError
from provisioning.reader import Reader
from provisioning.report import drift as report


def register(commands: Commands) -> None:
    """The subcommand's arguments."""
    parser = command(
        commands, "drift", run, "show what differs from the files or from Keycloak's defaults; cannot write"
    )
    add_configuration(parser)
    add_format(parser)


def run(options: Options) -> int:
    """Print the drift; 2 where there is some."""
    config, login, realm = start(options)
    reader = Reader(login, tell=complain)
    declared = declare(config, reader)
    observed = engine.look(declared, reader, realm, everything=True)
    if not observed.exists:
        raise ProvisioningError(f"there is no realm {realm}, or this login may not see it")
    version = str(observed.export.get("keycloakVersion") or reader.server_version())
    known = defaults.load(version, realm)
    if not version.startswith(f"{known.version}."):
        complain(f"warning: Keycloak {version}: no defaults recorded, those of {known.version} are compared")
    found = drift.find(declared, observed, known, config.root)
    print(_told(realm, found, options.format, config))
    return CHANGES if found else NOTHING


def _told(realm: str, found: Sequence[Drift], form: str, config: Config) -> str:
    match form:
        case "json":
            return report.as_json(realm, found)
        case "markdown":
            return report.as_markdown(realm, found)
        case "sarif":
            return report.as_sarif(found, fallback=first_line(config))
    return report.as_text(realm, found, colour=colour())

"""What the subcommands share: exit codes, the arguments of a configuration, starting, printing."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from provisioning import engine
from provisioning.config import Config, load
from provisioning.login import Login
from provisioning.problems import Mark, Problem, ProvisioningError
from provisioning.reader import Reader
from provisioning.renaming import for_realm
from provisioning.resources.base import Declared

NOTHING, FAILED, CHANGES = 0, 1, 2
DEFAULT_CONFIG = Path("realm-config")
FORMATS = ("text", "json", "markdown", "sarif")

Options = argparse.Namespace
Run = Callable[[Options], int]
Commands = Any
"""argparse's own type for subparsers has no public name."""


def command(commands: Commands, name: str, run: Run, help_text: str) -> argparse.ArgumentParser:
    """A new subcommand."""
    made: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    made.set_defaults(run=run)
    return made


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """--config, --environment and --realm."""
    parser.add_argument(
        "--config", type=Path, metavar="PATH", help=f"folder or file (default: {DEFAULT_CONFIG})"
    )
    parser.add_argument("--environment", metavar="NAME", help="overlay environments/NAME.yaml of the folder")
    parser.add_argument(
        "--realm",
        metavar="NAME",
        help="the realm to work on (default: KEYCLOAK_REALM, or `realm` in the configuration)",
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """--format."""
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print it (default: text)")


def loaded(options: Options) -> Config:
    """The configuration that the arguments name."""
    return load(options.config or DEFAULT_CONFIG, options.environment)


def start(options: Options) -> tuple[Config, Login, str]:
    """The configuration without errors, the login and the realm's name. Raises ProvisioningError."""
    config = loaded(options)
    engine.refuse_broken(config)
    realm = realm_of(config, options)
    for_realm(config.root, realm)
    return config, login(), realm


def realm_of(config: Config, options: Options) -> str:
    """The realm to work on. Raises ProvisioningError where none is named."""
    named = config.root.mapping.get("realm")
    declared = named.written if named else ""
    realm: str = options.realm or os.environ.get("KEYCLOAK_REALM") or declared
    if not realm:
        raise ProvisioningError(
            "no realm is named: write `realm: NAME` in the configuration, give --realm or set KEYCLOAK_REALM"
        )
    return realm


def login() -> Login:
    """From the environment. Raises ProvisioningError."""
    return Login.from_environment(os.environ)


def declare(config: Config, reader: Reader | None = None) -> Declared:
    """What the configuration declares; warnings are printed. Raises ConfigError."""
    declared, warnings = engine.declare(config, reader)
    warn(warnings)
    return declared


def first_line(config: Config) -> Mark:
    """A place for what no line declares."""
    return min(config.root.key_marks.values(), default=config.root.mark)


def warn(warnings: Sequence[Problem]) -> None:
    """Print warnings."""
    for warning in warnings:
        complain(f"warning: {warning}")


def complain(text: str) -> None:
    """Print for people, apart from the command's own output."""
    print(text, file=sys.stderr)


def tell(text: str) -> None:
    """Print progress at once."""
    print(text, flush=True)


def colour() -> bool:
    """Whether the output is a terminal that wants colours (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")

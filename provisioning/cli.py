"""The command `provisioning`: arguments, exit codes, printing."""

from __future__ import annotations

import argparse
import gc
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from provisioning.commands import apply, defaults, drift, each, plan, schema, take, validate
from provisioning.commands.common import FAILED, complain
from provisioning.problems import ConfigError, ProvisioningError

_EPILOG = """\
Connection, from the environment:
  KEYCLOAK_URL                                    Keycloak's address, as http://localhost:8080
  KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET   a client with a service account, or
  KEYCLOAK_USERNAME and KEYCLOAK_PASSWORD         an administrator
  KEYCLOAK_LOGIN_REALM                            the realm of that login (default: master)
  KEYCLOAK_REALM                                  the realm to work on (default: `realm` in the configuration)
The secrets may be given as files instead: KEYCLOAK_PASSWORD_FILE, KEYCLOAK_CLIENT_SECRET_FILE.

Exit status: 0 nothing to do or done, 2 changes or drift found (plan, drift), 1 error.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    own, rest = each.parted(list(sys.argv[1:] if arguments is None else arguments))
    options = _parser().parse_args(own, argparse.Namespace(rest=rest))
    try:
        with _without_collector():
            return int(options.run(options))
    except ConfigError as error:
        complain(
            f"{error}\n{len(error.problems)} problem{'s' * (len(error.problems) != 1)} in the configuration"
        )
    except ProvisioningError as error:
        complain(f"provisioning: {error}")
    except KeyboardInterrupt:
        complain("provisioning: interrupted; run the same command again, it carries on from what is there")
    except Exception as error:  # its text may hold a secret
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        complain(
            f"provisioning: failed in a way that nobody has foreseen ({where}): please report it; "
            "`plan` shows what is done and what is not"
        )
    return FAILED


@contextmanager
def _without_collector() -> Iterator[None]:
    """No search for cycles of garbage: reading a large realm makes millions of values and hardly a cycle, and
    going over all of them again and again takes several times as long as the reading itself."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provisioning",
        description="Realm as code for Keycloak: shows what differs, changes only that.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (validate, plan, apply, drift, take, schema, defaults):
        module.register(commands)
    each.register(commands, main)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

"""The command `provisioning`: arguments, exit codes, printing."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from provisioning import calls, engine, report, saved
from provisioning import plan as plans
from provisioning.calls import Bound
from provisioning.config import Config, load
from provisioning.login import Login
from provisioning.plan import Plan
from provisioning.problems import ConfigError, Mark, Problem, ProvisioningError

NOTHING, FAILED, CHANGES = 0, 1, 2
DEFAULT_CONFIG = Path("realm-config")
FORMATS = ("text", "json", "markdown", "sarif")

_EPILOG = """\
Connection, from the environment:
  KEYCLOAK_URL                                    Keycloak's address, as http://localhost:8080
  KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET   a client with a service account, or
  KEYCLOAK_USERNAME and KEYCLOAK_PASSWORD         an administrator
  KEYCLOAK_LOGIN_REALM                            the realm of that login (default: master)
  KEYCLOAK_REALM                                  the realm to work on (default: `realm` in the configuration)
The secrets may be given as files instead: KEYCLOAK_PASSWORD_FILE, KEYCLOAK_CLIENT_SECRET_FILE.

Exit status: 0 nothing to do or done, 2 changes found (plan), 1 error.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ConfigError as error:
        _complain(
            f"{error}\n{len(error.problems)} problem{'s' * (len(error.problems) != 1)} in the configuration"
        )
    except ProvisioningError as error:
        _complain(f"provisioning: {error}")
    except KeyboardInterrupt:
        _complain("provisioning: interrupted; run the same command again, it carries on from what is there")
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provisioning",
        description="Realm as code for Keycloak: shows what differs, changes only that.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    validate = commands.add_parser("validate", help="check the files; asks no server")
    plan = commands.add_parser("plan", help="show what apply would change; changes nothing")
    apply = commands.add_parser("apply", help="make the realm as declared, then prove it")
    plan.add_argument(
        "--format",
        choices=("text", "json", "markdown", "sarif"),
        default="text",
        help="how to print the plan",
    )
    plan.add_argument("--calls", action="store_true", help="list the writing calls of each change too")
    plan.add_argument("--out", type=Path, metavar="FILE", help="save the plan, for `apply FILE`")
    apply.add_argument("plan", type=Path, nargs="?", metavar="FILE", help="a saved plan: do exactly that")
    for command, run in ((validate, _validate), (plan, _plan), (apply, _apply)):
        command.add_argument(
            "--config",
            type=Path,
            metavar="PATH",
            help=f"folder or file ({DEFAULT_CONFIG}; with a saved plan: its own)",
        )
        command.add_argument(
            "--environment", metavar="NAME", help="overlay environments/NAME.yaml of the folder"
        )
        command.set_defaults(run=run)
    return parser


def _validate(options: argparse.Namespace) -> int:
    config = load(options.config or DEFAULT_CONFIG, options.environment)
    _, warnings = engine.declare(config)
    _warn(warnings)
    print(f"{config.source}: no errors")
    return NOTHING


def _plan(options: argparse.Namespace) -> int:
    config, gateway, realm = _start(options)
    declared, warnings = engine.declare(config, gateway)
    _warn(warnings)
    plan = plans.located(engine.make_plan(declared, gateway, realm), config.root)
    steps = list(calls.listed(plan, gateway)) if options.calls or options.out else []
    if options.out:
        made = [call for _, own in steps for call in own]
        saved.write(options.out, plan, declared, _source(gateway, options), made)
    print(_told(plan, options.format, config))
    if options.calls:
        print(report.calls_as_text(steps))
    return NOTHING if plan.empty else CHANGES


def _told(plan: Plan, form: str, config: Config) -> str:
    match form:
        case "json":
            return report.as_json(plan)
        case "markdown":
            return report.as_markdown(plan)
        case "sarif":
            return report.as_sarif(plan, fallback=_first_line(config))
    return report.as_text(plan, colour=_colour())


def _first_line(config: Config) -> Mark:
    return min(config.root.key_marks.values(), default=config.root.mark)


def _apply(options: argparse.Namespace) -> int:
    approved = saved.read(options.plan) if options.plan else None
    if approved is not None:
        options.config = options.config or Path(approved.source.configuration)
        options.environment = options.environment or approved.source.environment
    config, gateway, realm = _start(options)
    if approved is not None:
        realm = approved.realm
    declared, warnings = engine.declare(config, gateway)
    _warn(warnings)

    def approve(plan: Plan) -> None:
        if approved is not None:
            approved.require_same(declared, plan, _source(gateway, options))
            if not plan.creates:
                gateway.bind(approved.calls)

    outcome = engine.apply(
        declared, gateway, realm, tell=lambda text: print(text, flush=True), approve=approve
    )
    print(
        f"Realm {realm} is as declared: "
        + (f"{len(outcome.done)} done." if outcome.done else "nothing to do.")
    )
    return NOTHING


def _source(gateway: Bound, options: argparse.Namespace) -> saved.Source:
    return saved.Source(gateway.login.url, str(options.config or DEFAULT_CONFIG), options.environment)


def _start(options: argparse.Namespace) -> tuple[Config, Bound, str]:
    config = load(options.config or DEFAULT_CONFIG, options.environment)
    engine.refuse_broken(config)
    named = config.root.mapping.get("realm")
    realm = os.environ.get("KEYCLOAK_REALM") or (str(named.value) if named and named.value else "")
    if not realm:
        raise ProvisioningError(
            "no realm is named: write `realm: NAME` in the configuration or set KEYCLOAK_REALM"
        )
    return config, Bound(Login.from_environment(os.environ)), realm


def _warn(warnings: Sequence[Problem]) -> None:
    for warning in warnings:
        _complain(f"warning: {warning}")


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


if __name__ == "__main__":
    raise SystemExit(main())

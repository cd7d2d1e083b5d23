"""`provisioning plan`: what apply would change."""

from __future__ import annotations

from pathlib import Path

from provisioning import calls, defaults, engine, report, saved, upgrade
from provisioning import plan as plans
from provisioning.commands.common import (
    CHANGES,
    DEFAULT_CONFIG,
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
    loaded,
    realm_of,
    start,
)
from provisioning.config import Config
from provisioning.plan import Plan
from provisioning.problems import ProvisioningError
from provisioning.reader import Reader


def register(commands: Commands) -> None:
    """The subcommand's arguments."""
    parser = command(commands, "plan", run, "show what apply would change; changes nothing")
    add_configuration(parser)
    add_format(parser)
    parser.add_argument("--calls", action="store_true", help="list the writing calls of each change too")
    parser.add_argument(
        "--against-defaults",
        nargs=2,
        metavar=("OLD", "NEW"),
        help="no server: what changes in this realm from one Keycloak version to another",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="save the plan, for `apply FILE`")


def run(options: Options) -> int:
    """Print the plan; 2 where there is something to do."""
    if options.against_defaults:
        return _preview(options, *options.against_defaults)
    config, login, realm = start(options)
    reader = Reader(login, tell=complain)
    declared = declare(config, reader)
    plan = plans.located(engine.make_plan(declared, reader, realm), config.root)
    steps = list(calls.listed(plan, reader, declared)) if options.calls or options.out else []
    if options.out:
        saved.write(
            options.out, plan, declared, source(reader, options), [call for _, own in steps for call in own]
        )
    print(_told(plan, options.format, config))
    if options.calls:
        print(report.calls_as_text(steps))
    return NOTHING if plan.empty else CHANGES


def _preview(options: Options, old: str, new: str) -> int:
    """What changes from one version's defaults to the other's; 2 where something does."""
    config = loaded(options)
    declared = declare(config)
    known = defaults.known_versions()
    for version in (old, new):
        if version not in known:
            there = ", ".join(known)
            raise ProvisioningError(f"no defaults of Keycloak {version} are recorded, only of {there}")
    realm = realm_of(config, options)
    found = upgrade.preview(declared, defaults.load(old, realm), defaults.load(new, realm))
    if options.format == "text":
        print(f"From Keycloak {old} to {new}, where the configuration says nothing:")
    print(_told(found, options.format, config))
    return CHANGES if found.changes else NOTHING


def source(reader: Reader, options: Options) -> saved.Source:
    """Where a plan of these arguments comes from."""
    return saved.Source(reader.login.url, str(options.config or DEFAULT_CONFIG), options.environment)


def _told(plan: Plan, form: str, config: Config) -> str:
    match form:
        case "json":
            return report.as_json(plan)
        case "markdown":
            return report.as_markdown(plan)
        case "sarif":
            return report.as_sarif(plan, fallback=first_line(config))
    return report.as_text(plan, colour=colour())

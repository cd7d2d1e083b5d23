"""`provisioning apply`: make the realm as declared, or carry out exactly a saved plan."""

from __future__ import annotations

from pathlib import Path

from provisioning import dangers, engine, saved
from provisioning.calls import Bound
from provisioning.commands.common import (
    NOTHING,
    Commands,
    Options,
    add_configuration,
    command,
    complain,
    declare,
    start,
    tell,
)
from provisioning.commands.plan import source
from provisioning.lock import Patience
from provisioning.plan import Plan


def register(commands: Commands) -> None:
    """The subcommand's arguments."""
    parser = command(commands, "apply", run, "make the realm as declared, then prove it")
    add_configuration(parser)
    parser.add_argument("plan", type=Path, nargs="?", metavar="FILE", help="a saved plan: do exactly that")
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=dangers.names(),
        metavar="DANGER",
        help="carry out a danger that plan names, as delete-client; `all` takes every risk",
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=Patience().wait,
        metavar="SECONDS",
        help="for another apply of this realm to end (default: 300; 0 refuses at once)",
    )


def run(options: Options) -> int:
    """Apply; what a saved plan does not give is taken from it."""
    approved = saved.read(options.plan) if options.plan else None
    if approved is not None:
        options.config = options.config or Path(approved.source.configuration)
        options.environment = options.environment or approved.source.environment
        options.realm = options.realm or approved.realm
    config, login, realm = start(options)
    gateway = Bound(login, tell=complain)
    declared = declare(config, gateway)

    def approve(plan: Plan) -> None:
        if approved is not None:
            approved.require_same(declared, plan, source(gateway, options))
            gateway.bind(approved.calls)

    realm = approved.realm if approved else realm
    patience = Patience(wait=options.wait)
    outcome = engine.apply(
        declared, gateway, realm, tell=tell, approve=approve, allow=options.allow, patience=patience
    )
    print(
        f"Realm {realm} is as declared: "
        + (f"{len(outcome.done)} done." if outcome.done else "nothing to do.")
    )
    return NOTHING

"""`provisioning each`: one command over many configurations, and a table of what came of each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from provisioning.commands.common import CHANGES, FAILED, NOTHING, Commands, Options, command, tell
from provisioning.problems import ProvisioningError

Main = Callable[[Sequence[str]], int]
_WORDS = {
    "plan": {NOTHING: "as declared", CHANGES: "changes", FAILED: "failed"},
    "drift": {NOTHING: "no drift", CHANGES: "drift", FAILED: "failed"},
    "apply": {NOTHING: "as declared", FAILED: "failed"},
    "validate": {NOTHING: "no errors", FAILED: "failed"},
}


def register(commands: Commands, main: Main) -> None:
    """The subcommand's arguments; `main` runs the command of each configuration."""

    def run(options: Options) -> int:
        return _run(options, main)

    parser = command(commands, "each", run, "one command over many realms' folders, and a table at the end")
    parser.add_argument("what", choices=tuple(_WORDS), help="the command")
    parser.add_argument("folders", type=Path, nargs="+", metavar="PATH", help="a realm's folder or file")
    parser.epilog = "What follows -- are options of that command, for every realm."


def parted(arguments: list[str]) -> tuple[list[str], list[str]]:
    """A command line before and after its `--`, which argparse would drop."""
    if arguments[:1] == ["each"] and "--" in arguments:
        at = arguments.index("--")
        return arguments[:at], arguments[at + 1 :]
    return arguments, []


def _run(options: Options, main: Main) -> int:
    if os.environ.get("KEYCLOAK_REALM"):
        raise ProvisioningError("KEYCLOAK_REALM names one realm, and this is about many: unset it")
    found: list[tuple[str, int, float]] = []
    for folder in map(str, options.folders):
        tell(f"== {folder}")
        began = time.monotonic()
        status = main([options.what, "--config", folder, *options.rest])
        found.append((folder, status, time.monotonic() - began))
    tell("")
    tell(_table(options.what, found))
    statuses = {status for _, status, _ in found}
    return FAILED if FAILED in statuses else max(statuses)


def _table(what: str, found: list[tuple[str, int, float]]) -> str:
    width = max(len(folder) for folder, _, _ in found)
    words = {folder: _WORDS[what].get(status, str(status)) for folder, status, _ in found}
    column = max(map(len, words.values()))
    return "\n".join(
        f"{folder:<{width}}  {words[folder]:<{column}}  {seconds:6.1f} s" for folder, _, seconds in found
    )

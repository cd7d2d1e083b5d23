"""`python -m stack COMMAND`: what the Makefile's targets call."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType
from typing import NoReturn

from stack import background, compose, provision, running
from stack.errors import StackError
from stack.local import Stack
from stack.ports import Ports
from stack.progress import Printer
from stack.ready import block
from stack.settings import LOCAL_DATA, REPOSITORY, realm_name
from stack.validator import command_line

_CUSTOMER_CODES = "customer-codes"
_WATCH_SECONDS = 0.5


def main() -> int:
    """Run one command. Returns its exit code: 0 done, 1 an error (told in one line), 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    parser.add_argument("command", choices=_commands())
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=f"those of {_CUSTOMER_CODES}")
    parsed = parser.parse_args()
    chosen: str = parsed.command
    if parsed.arguments and chosen != _CUSTOMER_CODES:
        parser.error(f"{chosen} takes no arguments: {' '.join(parsed.arguments)}")
    try:
        return _commands(*parsed.arguments)[chosen]()
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {error.filename or chosen}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _commands(*arguments: str) -> Mapping[str, Callable[[], int]]:
    return {
        "run": run,
        "up": background.up,
        "down": background.down,
        "status": status,
        "plan": lambda: provisioning("plan"),
        "apply": lambda: provisioning("apply", "--allow", "all"),
        _CUSTOMER_CODES: lambda: customer_codes(*arguments),
        "clean": clean,
        "env": env,
    }


def run() -> int:
    """Everything in the foreground, until Ctrl-C or SIGTERM."""
    # SIGINT too: a shell that starts us in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    say = Printer()
    ports = Ports.from_environment()
    with running.claim(LOCAL_DATA) as claim:
        claim.tell(ports, ready=False)
        try:
            with Stack(LOCAL_DATA, ports, theme_cache=False, say=say) as stack:
                say("all parts are ready")
                print(
                    f"\n{block(stack, realm_name())}\n\nCtrl-C (or `make down`) stops everything.", flush=True
                )
                claim.tell(ports, ready=True)
                _watch(stack)
        except KeyboardInterrupt:
            say("stopped")
    return 0


def _watch(stack: Stack) -> None:
    while True:
        stack.require_alive()
        time.sleep(_WATCH_SECONDS)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def status() -> int:
    """Tell what runs. Exit code 0 where a stack runs, 1 where none does."""
    found = running.find(LOCAL_DATA)
    if found is None:
        print("no stack runs here: `make run` (foreground) or `make up` (background) starts one")
        return 1
    if not found.ready:
        print(f"a stack is starting (process {found.pid})")
        return 0
    print(block(Stack(LOCAL_DATA, found.ports), realm_name()))
    return 0


def provisioning(command: str, *arguments: str) -> NoReturn:
    """The provisioning CLI against the running stack: its output, its exit code."""
    environment = {**os.environ, **_running_stack().environment()}
    _become(provision.command(command, *arguments), environment)


def customer_codes(*arguments: str) -> NoReturn:
    """`customer-codes ARGUMENTS` on the running stack's customers: its output, its exit code."""
    validator = _running_stack().validator
    _become(command_line(*(arguments or ("--help",))), validator.environment)


def _running_stack() -> Stack:
    found = running.find(LOCAL_DATA)
    if found is None or not found.ready:
        raise StackError("no stack runs here: `make up` starts one")
    return Stack(LOCAL_DATA, found.ports)


def _become(line: list[str], environment: Mapping[str, str]) -> NoReturn:
    """In this process's place, so that the terminal, Ctrl-C and the exit code are the command's own."""
    sys.stdout.flush()
    os.execve(line[0], line, environment)  # noqa: S606 - no shell is wanted: our own Python, by its path


def clean() -> int:
    """Remove the local data: accounts, customers, mails, secrets. What is cached for all stacks stays."""
    background.down()
    if LOCAL_DATA.exists():
        shutil.rmtree(LOCAL_DATA)
    return 0


def env() -> int:
    """Write `.env` and the secrets for `docker compose up`, what is missing of them."""
    written = compose.write(REPOSITORY, Ports.from_environment())
    names = ", ".join(str(path.relative_to(REPOSITORY)) for path in written)
    print(f"written: {names}" if names else "nothing to write: all of it exists")
    print(f"next: docker compose up; administrator: admin, password in {compose.SECRETS}/admin-password")
    return 0

"""`python -m benchmarks.reconciliation`: accounts and codes compared over a whole base.

The peer is what Keycloak offers by itself: its users with their attributes, in pages of the admin REST API.
It prints, and never fails on time.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import processor
from benchmarks.reconciliation.base import Base, running
from benchmarks.running import BenchmarkError, machine, printed
from stack.administrator import Administrator
from stack.settings import realm_name

_PAGE = 500
_DELETED = 10
#: The service itself goes on with its own rounds, so that a code may be free before this run asks.
_MOST_RUNS = 20


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of Keycloak's processor."""

    clock: float
    keycloak: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start or to do its work."""
    return printed("reconciliation", run(parse(arguments)))


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reconciliation", description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=20, help=f"of {_PAGE} accounts, read for the peer")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> Iterator[str]:
    """The report's lines. Raises BenchmarkError and StackError."""
    yield machine()
    with tempfile.TemporaryDirectory() as named, running(Path(named), options.accounts) as base:
        yield from measured(base, Path(named), options.pages)


def measured(base: Base, folder: Path, pages: int) -> Iterator[str]:
    """The same on a system that runs; `pages` are read for the peer, `folder` takes what is imported."""
    base.fill(folder)
    yield f"{base.most:,} accounts, each with a code; PostgreSQL"
    yield from _sweep(base)
    read = min(pages * _PAGE, base.most - _DELETED)
    peer = _spent(base, lambda: _read_pages(base, read))
    yield _line(f"{read:,} users read by Keycloak's own pages", peer)
    proof = _spent(base, lambda: _prove(base))
    yield _line("reconcile --verify", proof)
    share = read / base.most
    clock, keycloak = proof.clock * share / peer.clock, proof.keycloak * share / peer.keycloak
    yield f"verify / the pages, an account: {clock:.3f}, Keycloak's processor {keycloak:.3f}"


def _sweep(base: Base) -> Iterator[str]:
    """Runs until the codes are free whose accounts went without a word."""
    gone = [base.most * part // _DELETED for part in range(1, _DELETED + 1)]
    base.delete_untold(gone)
    for number in range(1, _MOST_RUNS + 1):
        spent = _spent(base, lambda: base.stack.validator.command("reconcile"))
        left = base.left(gone)
        yield _line(f"reconcile, run {number}: {len(gone) - left} of {len(gone)} codes freed", spent)
        if not left:
            return
    raise BenchmarkError(f"after {_MOST_RUNS} runs codes of deleted accounts are not free")


def _spent(base: Base, act: Callable[[], object]) -> Spent:
    pid = base.stack.keycloak.process.pid
    if pid is None:
        raise BenchmarkError("Keycloak has ended")
    began, used = time.monotonic(), processor.seconds([pid])
    act()
    return Spent(time.monotonic() - began, processor.seconds([pid]) - used)


def _prove(base: Base) -> None:
    told = base.stack.validator.run("reconcile", "--verify")
    if told.returncode != 0 or _counted(told.stdout) < base.most - _DELETED:
        raise BenchmarkError(f"the proof failed: {told.stdout[-300:]}{told.stderr[-300:]}")


def _counted(told: str) -> int:
    found = re.search(r"^accounts with a customer code: (\d+)$", told, re.MULTILINE)
    return int(found[1]) if found else 0


def _read_pages(base: Base, most: int) -> None:
    administrator = Administrator(base.stack.keycloak)
    for first in range(0, most, _PAGE):
        query = {"first": first, "max": _PAGE, "briefRepresentation": "false"}
        answer = administrator.request("GET", f"/{realm_name()}/users", params=query)
        if not answer.ok or "customerCode" not in answer.text:
            raise BenchmarkError(f"Keycloak's own list: {answer.status_code}")


def _line(what: str, spent: Spent) -> str:
    return f"{what:<60}{spent.clock:>8.1f} s, of Keycloak's processor {spent.keycloak:>6.1f} s"


if __name__ == "__main__":
    sys.exit(main())

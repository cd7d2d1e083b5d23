"""The benchmark of hashing: its arithmetic, and that the server which it speaks of is the one that runs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.hashing.__main__ import summary
from stack.children import with_children
from stack.keycloak import Keycloak
from stack.local import Stack
from stack.settings import KEYCLOAK_COMPILATION


def test_the_running_keycloak_compiles_the_hash_of_passwords_as_one_piece(stack: Stack) -> None:
    assert set(KEYCLOAK_COMPILATION) <= command_line(stack.keycloak)


def test_starts_at_half_the_cost_read_as_two() -> None:
    lines = list(summary({"as it happens": [40.0, 80.0, 60.0], "as one piece": [30.0, 40.0, 20.0]}))
    assert lines[1:3] == [
        "as it happens  least 40.0, median 60.0, most 80.0 ms",
        "as one piece   least 20.0, median 30.0, most 40.0 ms",
    ]
    assert lines[3].startswith("as it happens / as one piece: median 2.00, most 2.00")


def command_line(keycloak: Keycloak) -> set[str]:
    """What Java was started with."""
    first = keycloak.process.pid
    assert first is not None, "Keycloak has ended"
    processes = with_children(first)
    lines = [Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8") for process in processes]
    return {argument for line in lines for argument in line.split("\0")}

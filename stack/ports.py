"""Which port each part listens on, and whether it is free."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Self

from stack.errors import StackError
from stack.settings import HOST

#: Below the range that Linux gives out to clients (from 32768), so that none is taken meanwhile.
_TEST_RANGE = range(20_000, 32_000)


@dataclass(frozen=True)
class Ports:
    """One port a server. The defaults are those of `make run`; `variable` is how a user changes one."""

    keycloak: int = field(default=8080, metadata={"variable": "KEYCLOAK_PORT", "title": "Keycloak"})
    management: int = field(
        default=9000,
        metadata={"variable": "KEYCLOAK_MANAGEMENT_PORT", "title": "Keycloak’s health and metrics"},
    )
    validator: int = field(default=8090, metadata={"variable": "VALIDATOR_PORT", "title": "the validator"})
    validator_metrics: int = field(
        default=8091, metadata={"variable": "VALIDATOR_METRICS_PORT", "title": "the validator’s metrics"}
    )
    mailbox: int = field(default=8025, metadata={"variable": "MAILBOX_PORT", "title": "the mailbox’s page"})
    smtp: int = field(default=1025, metadata={"variable": "SMTP_PORT", "title": "the mailbox’s SMTP"})

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The defaults, each replaced by its environment variable where that is set.

        Raises StackError where a variable is no port number, or two parts were given the same port.
        """
        chosen: dict[str, int] = {}
        for port in fields(cls):
            variable = port.metadata["variable"]
            text = environment.get(variable, "")
            if text:
                chosen[port.name] = _port_number(variable, text)
        ports = cls(**chosen)
        ports._require_distinct()
        return ports

    @classmethod
    def free(cls) -> Self:
        """Ports that nothing listens on, for tests: several stacks can run at once."""
        candidates = iter(random.sample(_TEST_RANGE, 500))
        names = [port.name for port in fields(cls)]
        return cls(**{name: next(number for number in candidates if _is_free(number)) for name in names})

    def require_free(self) -> None:
        """Raise StackError naming the first port that is taken, and how to choose another."""
        for port in fields(self):
            number = getattr(self, port.name)
            if not _is_free(number):
                title, variable = port.metadata["title"], port.metadata["variable"]
                raise StackError(
                    f"port {number}, wanted for {title}, is already in use: stop what listens there, "
                    f"or choose another port, for example {variable}={number + 1000}"
                )

    def _require_distinct(self) -> None:
        seen: dict[int, str] = {}
        for port in fields(self):
            number, variable = getattr(self, port.name), port.metadata["variable"]
            if number in seen:
                raise StackError(
                    f"{seen[number]} and {variable} are both {number}: give each a port of its own"
                )
            seen[number] = variable


def free_port() -> int:
    """A port that nothing listens on, for a test's server that is no part of the stack."""
    return next(number for number in random.sample(_TEST_RANGE, 500) if _is_free(number))


def _port_number(variable: str, text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < number < 65_536:
        raise StackError(f"{variable}={text} is no port: give a number from 1 to 65535")
    return number


def _is_free(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without it, connections of a server that has just stopped would count as taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
    return True

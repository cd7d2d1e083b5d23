"""What is wrong with the configuration, gathered so that one run reports everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a configuration file; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Severity(Enum):
    """How a problem weighs.

    UNKNOWN_FIELD is an error unless the server is newer than this tool, MISSING_VARIABLE is one unless
    nothing is sent anywhere (`validate` in a pipeline that has no secrets). UNRESOLVED, a name of nothing
    that is declared or built in, is found only there: a server knows better.
    """

    ERROR = "error"
    UNKNOWN_FIELD = "unknown field"
    MISSING_VARIABLE = "missing variable"
    UNRESOLVED = "unresolved"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One complaint: where, about which field, and what to do about it."""

    mark: Mark
    where: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        subject = f"{self.where}: " if self.where else ""
        return f"{self.mark}: {subject}{self.message}"


@dataclass
class Problems:
    """A list that is added to while reading, and judged once at the end."""

    found: list[Problem] = field(default_factory=list)

    def add(self, mark: Mark, where: str, message: str, severity: Severity = Severity.ERROR) -> None:
        """Record one problem and carry on."""
        problem = Problem(mark, where, message, severity)
        if problem not in self.found:
            self.found.append(problem)

    def of(self, *severities: Severity) -> list[Problem]:
        """The problems of these severities, in reading order of their files."""
        return sorted((p for p in self.found if p.severity in severities), key=lambda p: p.mark)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)


class ProvisioningError(Exception):
    """Anything a person can act upon; its text is shown as it is, without a traceback."""


class ConfigError(ProvisioningError):
    """The configuration cannot be used. Every reason is listed, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def relative(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)

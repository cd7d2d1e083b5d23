"""What is known, and that nothing could be asked is no good news: it has an exit code of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

VULNERABLE, UNANSWERED = 2, 3


@dataclass(frozen=True)
class Verdict:
    """What is known of the packages of one kind.

    kind        in the plural, for a terminal
    vulnerable  a line each
    unaudited   the names of those that nobody could be asked about
    asked       how many there are
    """

    kind: str
    vulnerable: list[str]
    unaudited: list[str]
    asked: int

    @property
    def exit_code(self) -> int:
        """0 only where every one was asked about and nothing is known of any."""
        return VULNERABLE if self.vulnerable else UNANSWERED if self.unaudited or not self.asked else 0

    def lines(self) -> list[str]:
        """For a terminal."""
        told = list(self.vulnerable)
        if self.unaudited:
            few = ", ".join(self.unaudited[:3])
            told.append(f"no advisory data for {len(self.unaudited)} of {self.asked} {self.kind} ({few} …)")
        audited = self.asked - len(self.unaudited)
        told.append(f"{audited} {self.kind} audited, {len(self.vulnerable)} advisories")
        return told


def worst(codes: Iterable[int]) -> int:
    """The exit code of several: an advisory counts more than a question without an answer."""
    return max(codes, key=(0, UNANSWERED, VULNERABLE).index)

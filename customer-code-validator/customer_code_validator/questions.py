"""The questions that one run of reconciliation puts to Keycloak, and when it stops asking."""

import time
from collections.abc import Callable
from typing import TypeVar

from customer_code_validator.directory import NoAnswer

SILENCE = 3
"""After so many questions in a row without an answer, no more is put: each may cost seconds."""

_About = TypeVar("_About")
_Answer = TypeVar("_Answer")


class Questions:
    """None is put any more after some silence, or once the run's seconds are over.

    `untouched` counts the codes about which no answer came, `reasons` tells why, without personal data.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.untouched = 0
        self.reasons: set[str] = set()
        self._monotonic = monotonic
        self._until = monotonic() + seconds
        self._silent = 0

    @property
    def over(self) -> bool:
        """Whether the run's time is."""
        return self._monotonic() >= self._until

    def ask(
        self, question: Callable[[_About], _Answer | NoAnswer], about: _About, codes: int = 1
    ) -> _Answer | NoAnswer:
        """The answer to a question about so many codes."""
        answer = self._answer(question, about)
        if isinstance(answer, NoAnswer):
            self.untouched += codes
            self.reasons.add(answer.why)
        return answer

    def _answer(self, question: Callable[[_About], _Answer | NoAnswer], about: _About) -> _Answer | NoAnswer:
        if self._silent >= SILENCE:
            return NoAnswer("Keycloak was not asked any more")
        if self.over:
            return NoAnswer("the time of the run was over")
        answer = question(about)
        self._silent = self._silent + 1 if isinstance(answer, NoAnswer) else 0
        return answer

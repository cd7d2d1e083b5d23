"""What dangers are judged by, and the refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provisioning.change import Change
from provisioning.observed import Observed
from provisioning.plan import Danger
from provisioning.problems import ProvisioningError

ALL = "all"


@dataclass(frozen=True)
class Facts:
    """What dangers are judged by, beside the changes.

    `login_realm`, `client` and `user` say who applies; `users` is how many users the realm has, None where
    that was not asked or may not be known.
    """

    observed: Observed
    login_realm: str = ""
    client: str = ""
    user: str = ""
    users: int | None = None

    @property
    def how_many(self) -> str:
        """The users of the realm, in words."""
        if self.users is None:
            return "the realm's users"
        return f"{self.users} existing user{'s' * (self.users != 1)}"


Rule = Callable[[Change, Facts], Iterator[Danger]]
"""The dangers of one change."""


class DangerError(ProvisioningError):
    """Dangers that were not allowed; nothing was written."""

    def __init__(self, dangers: list[Danger]) -> None:
        self.dangers = dangers
        names = " ".join(f"--allow {name}" for name in dict.fromkeys(danger.name for danger in dangers))
        lines = [
            "refused, nothing was written: this would",
            *(f"  {danger}" for danger in dangers),
            f"if that is what you want, say so: {names}",
        ]
        super().__init__("\n".join(lines))

"""What the life of a claim can answer. Expected outcomes are values, never exceptions."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reserved:
    """The code is held for its owner; `reservation` is opaque and names it in every later call."""

    reservation: str
    code: str


@dataclass(frozen=True)
class CodeRefused:
    """Unknown, ceased or taken: deliberately one value, so that no caller can tell them apart."""


@dataclass(frozen=True)
class TooManyTries:
    """A throttle is full; `retry_after` is in whole seconds, at least 1. Which throttle: for the log only."""

    retry_after: int
    throttle: str


@dataclass(frozen=True)
class Unavailable:
    """The question needs Keycloak's answer and there is none: nothing was changed."""


@dataclass(frozen=True)
class ReservationLost:
    """No such reservation: it was never made, has been used, or somebody took the code over."""


@dataclass(frozen=True)
class FieldError:
    """One field of the form and the short reason why it is refused."""

    field: str
    reason: str


@dataclass(frozen=True)
class Rejected:
    """The form's data are refused, field by field."""

    errors: tuple[FieldError, ...]


@dataclass(frozen=True)
class Checked:
    """The data match the record; `names_agree` is for the log only and never decides."""

    codice_fiscale: str
    names_agree: bool


@dataclass(frozen=True)
class Claimed:
    """The code now belongs to the calling user, to be confirmed or released.

    `notify` is the registry's address of the customer, where another was typed: its holder hears of it.
    """

    code: str
    codice_fiscale: str
    notify: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ClaimRefused:
    """Somebody else holds the code, or the data do not match its record."""


@dataclass(frozen=True)
class Done:
    """The state asked for holds now; `changed` says whether this call made it so."""

    changed: bool


@dataclass(frozen=True)
class Holder:
    """The user whose account the code is."""

    user_id: str


@dataclass(frozen=True)
class NoHolder:
    """No account has this code, or the codice fiscale is not its record's: deliberately one value."""


ReserveOutcome = Reserved | CodeRefused | TooManyTries | Unavailable
CheckOutcome = Checked | Rejected | ReservationLost | TooManyTries
ClaimOutcome = Claimed | ClaimRefused
ConfirmOutcome = Done | ClaimRefused
HolderOutcome = Holder | NoHolder | TooManyTries
Outcome = ReserveOutcome | CheckOutcome | ClaimOutcome | ConfirmOutcome | HolderOutcome

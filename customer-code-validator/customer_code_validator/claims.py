"""The life of a customer code: free → reserved → claimed → confirmed, and back only on proof.

Keycloak's transaction and ours cannot be one. So the code is claimed *inside* Keycloak's transaction by the
single winner of an SQL statement, and confirmed or released after it. Whatever is lost in between is
settled by `reconcile`, which asks Keycloak; no claim is ever freed by time alone.

Every call may be repeated without harm. Database errors are SQLAlchemy's and pass through.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from customer_code_validator import rules
from customer_code_validator.directory import Absent, Directory, Present
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.identities import Identities
from customer_code_validator.limits import Limits
from customer_code_validator.outcomes import (
    Checked,
    CheckOutcome,
    Claimed,
    ClaimOutcome,
    ClaimRefused,
    CodeRefused,
    ConfirmOutcome,
    Done,
    FieldError,
    Rejected,
    ReservationLost,
    Reserved,
    ReserveOutcome,
    TooManyTries,
    Unavailable,
)
from customer_code_validator.store import codes, registering, settling, throttles, transitions
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import one_by_one, unflushed
from customer_code_validator.store.tables import State
from customer_code_validator.store.throttles import Try
from customer_code_validator.store.transitions import Moved, Note

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of the running service; tests pass their own clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Asker:
    """Who asks for a code, as hashes, and the throttles that count the asking."""

    owner: str
    address: str
    tries: list[Try]


class Claims:
    """The transitions, each a transaction of its own."""

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        lease: timedelta,
        hashed: KeyedHash,
        identities: Identities,
        directory: Directory,
        clock: Clock = utc_now,
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._lease = lease
        self._hashed = hashed
        self._identities = identities
        self._directory = directory
        self._clock = clock

    def reserve(self, typed: str, owner: str, network: str) -> ReserveOutcome:
        """Hold the code for the owner (Keycloak's root session id), also where another one holds it: the
        last who asks has it, so that nobody is kept out by a form left open, one's own or a stranger's.

        Unknown and taken codes run the same statements in the same order. `network` comes from
        `limits.network_of`. An empty code is refused without counting: it cannot be a guess.
        """
        code = rules.normalise_code(typed)
        if not code:
            return CodeRefused()
        asker, now = self._asker(owner, network), self._clock()
        # A reservation that a power cut undoes is typed again.
        with one_by_one(self._engine, flushed=False) as connection:
            won = self._take(connection, code, asker, now, untried=True)
        if won:  # as most do, in one way to the database and back
            return Reserved(won, code)
        with unflushed(self._engine) as connection:
            denied = throttles.enter(connection, asker.tries, now)
            held = self._hold(connection, code, asker, now, may_take=denied is None)
            if held:
                return Reserved(held, code)
            if denied:
                return TooManyTries(denied.retry_after, denied.throttle)
            seen = codes.reserved(connection, code)
            if seen is None:
                throttles.count(connection, asker.tries, now)
                return CodeRefused()
        return self._take_over(seen, asker, now)

    def check(self, reservation: str, codice_fiscale: str, names: tuple[str, str]) -> CheckOutcome:
        """Compare what the form holds with the record; `names` are first and last. Changes no state."""
        typed = rules.read_codice_fiscale(codice_fiscale)
        with one_by_one(self._engine) as connection:
            record = codes.by_reservation(connection, reservation)
            if record is None or record.state is not State.RESERVED:
                return ReservationLost()
            if isinstance(typed, rules.Malformed):
                return _rejected("codice_fiscale_invalid")
            same: bool | TooManyTries = self._same(record, typed) and throttles.have_not_erred(
                connection, [self._identity_try(record.code)]
            )
        if not same:
            with self._engine.begin() as connection:
                same = self._compare(connection, record, typed, self._clock())
        if isinstance(same, TooManyTries):
            return same
        if not same:
            return _rejected("identity_mismatch")
        return Checked(typed.value, rules.names_agree((record.first_name, record.last_name), names))

    def claim(
        self,
        reservation: str,
        user_id: str,
        codice_fiscale: str,
        email: str | None = None,
        code: str | None = None,
    ) -> ClaimOutcome:
        """reserved → claimed by this user, the record compared once more; the same user may repeat.

        `email` is the one typed; a caller who does not tell it (None) is told nobody to notify either.
        `code` is the reservation's, from a caller who knows it: most claims are one statement then.
        """
        typed = rules.read_codice_fiscale(codice_fiscale)
        now = self._clock()
        if isinstance(typed, rules.Malformed):
            return ClaimRefused()
        try:
            won = self._claim_untried(reservation, user_id, code, typed, now) if code else None
            claimed = won or self._claim(reservation, user_id, code, typed, now)
        except IntegrityError:
            return ClaimRefused()  # this user claimed another code at the same moment
        if claimed is None:
            return ClaimRefused()
        notify = None if email is None else rules.whom_to_notify(claimed.email, email)
        return Claimed(claimed.code, typed.value, notify)

    def confirm(self, reservation: str, user_id: str) -> ConfirmOutcome:
        """claimed → confirmed: Keycloak has committed the user.

        A claim that was freed too early (its transaction took longer than the grace) is taken back, as long
        as nobody else has claimed the code: the account exists and must have its code.
        """
        return self.confirm_all([(reservation, user_id)])[0]

    def confirm_all(self, claims: Sequence[tuple[str, str]]) -> list[ConfirmOutcome]:
        """The same for several (reservation, user id); the outcomes in their order."""
        now = self._clock()
        with one_by_one(self._engine, flushed=False) as connection:
            confirmed = [self._confirm(connection, *claim, now) for claim in claims]
        return [
            outcome or self._take_back(*claim, now) for claim, outcome in zip(claims, confirmed, strict=True)
        ]

    def release(self, reservation: str, user_id: str) -> Done:
        """claimed → free: Keycloak rolled back and the user was looked up and is absent."""
        with self._engine.begin() as connection:
            return Done(settling.free_claim(connection, reservation, user_id, "released", self._clock()))

    def user_deleted(self, user_id: str) -> Done:
        """confirmed → free: the user was deleted in Keycloak."""
        with self._engine.begin() as connection:
            return Done(settling.free_user(connection, user_id, "user_deleted", self._clock()))

    def _asker(self, owner: str, network: str) -> _Asker:
        session, address = self._hashed("owner", owner), self._hashed("address", network)
        tries = [Try(self._limits.owner, session), Try(self._limits.address, address)]
        return _Asker(session, address, tries)

    def _take(
        self, connection: Connection, code: str, asker: _Asker, now: datetime, *, untried: bool
    ) -> str | None:
        until, tries = now + self._lease, asker.tries if untried else None
        return registering.reserve(connection, code, asker.owner, until, now, asker.address, tries)

    def _hold(
        self, connection: Connection, code: str, asker: _Asker, now: datetime, *, may_take: bool
    ) -> str | None:
        """A new reservation, or the one that this owner has already: that one even after too many tries."""
        won = self._take(connection, code, asker, now, untried=False) if may_take else None
        return won or registering.renew(connection, code, asker.owner, now + self._lease)

    def _take_over(self, held: Record, asker: _Asker, now: datetime) -> ReserveOutcome:
        """Ask Keycloak, outside any transaction, whether the former owner made an account after all."""
        answer = self._directory.user_with_code(held.code)
        if not isinstance(answer, (Present, Absent)):
            return Unavailable()
        with self._engine.begin() as connection:
            denied = throttles.enter(connection, asker.tries, now)
            if denied:
                return TooManyTries(denied.retry_after, denied.throttle)
            won = None
            if isinstance(answer, Present):
                settling.assign(connection, held, answer.user_id, "takeover_present", now)
            else:
                until = now + self._lease
                won = registering.take_over(connection, held, asker.owner, until, now, asker.address)
            # Also where it was right: who knows a code could else push its owner out of the form for ever.
            throttles.count(connection, asker.tries, now)
            return Reserved(won, held.code) if won else CodeRefused()

    def _confirm(self, connection: Connection, reservation: str, user_id: str, now: datetime) -> Done | None:
        if settling.confirm(connection, reservation, user_id, "confirmed", now):
            return Done(changed=True)
        held = codes.by_reservation(connection, reservation)
        return Done(changed=False) if held and held.user_id == user_id else None

    def _take_back(self, reservation: str, user_id: str, now: datetime) -> ConfirmOutcome:
        with self._engine.begin() as connection:
            lost = codes.claimed_once(connection, reservation, user_id)
            if lost is None or lost.state not in (State.FREE, State.RESERVED):
                return ClaimRefused()
            healed = settling.assign(connection, lost, user_id, "healed", now, reservation)
            return Done(changed=True) if healed else ClaimRefused()

    def _compare(
        self, connection: Connection, record: Record, typed: rules.CodiceFiscale, now: datetime
    ) -> bool | TooManyTries:
        """Compared, and a mismatch counted against the code, whose tries nobody else has meanwhile."""
        tries = [self._identity_try(record.code)]
        denied = throttles.enter(connection, tries, now)
        if denied:
            return TooManyTries(denied.retry_after, denied.throttle)
        same = self._same(record, typed)
        if not same:
            throttles.count(connection, tries, now)
            transitions.write_down(
                connection, record, Note("identity_mismatch", now, reservation=record.reservation)
            )
        return same

    def _identity_try(self, code: str) -> Try:
        return Try(self._limits.identity, self._hashed("identity", code))

    def _same(self, record: Record, typed: rules.CodiceFiscale) -> bool:
        return self._identities.same(record.code, record.codice_fiscale, typed)

    def _claim_untried(
        self, reservation: str, user_id: str, code: str, typed: rules.CodiceFiscale, now: datetime
    ) -> Moved | None:
        """The code that is this user's now, as most are; None where it is not, or not in this way."""
        seals, untried = self._identities.seals(code, typed), self._identity_try(code)
        with one_by_one(self._engine) as connection:
            return registering.claim_untried(
                connection, code, reservation, user_id, now, seals=seals, untried=untried
            )

    def _claim(
        self, reservation: str, user_id: str, code: str | None, typed: rules.CodiceFiscale, now: datetime
    ) -> Record | None:
        """The same for who has erred before, or whose record is compared wrongly, or has it already, or where
        no code is told."""
        with self._engine.begin() as connection:
            record = codes.by_reservation(connection, reservation)
            if record is None or code not in (None, record.code):
                return None
            if self._compare(connection, record, typed, now) is not True:
                return None
            if registering.claim(connection, record, user_id, now):
                return record
            held = codes.by_reservation(connection, reservation)
            return held if held and held.user_id == user_id else None


def _rejected(reason: str) -> Rejected:
    return Rejected((FieldError("codiceFiscale", reason),))

"""Whose account a code is, for who lost the username and can name the code's codice fiscale.

The answer goes to Keycloak alone, which writes to the address in that account: a stranger learns nothing.
"""

from sqlalchemy import Engine

from customer_code_validator import rules
from customer_code_validator.claims import Clock, utc_now
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.identities import Identities
from customer_code_validator.limits import Limits
from customer_code_validator.outcomes import Holder, HolderOutcome, NoHolder, TooManyTries
from customer_code_validator.store import codes, throttles, transitions
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import unflushed
from customer_code_validator.store.tables import State
from customer_code_validator.store.throttles import Try
from customer_code_validator.store.transitions import Note


class Holders:
    """Looks up confirmed claims; changes none, but writes each question about a known code down."""

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        hashed: KeyedHash,
        identities: Identities,
        clock: Clock = utc_now,
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._hashed = hashed
        self._identities = identities
        self._clock = clock

    def find(self, typed_code: str, typed_codice_fiscale: str, network: str) -> HolderOutcome:
        """The user of the code; each try counts.

        Known and unknown codes need not take the same time: nobody waits for this answer.
        """
        code, now = rules.normalise_code(typed_code), self._clock()
        tries = self._tries(code, network)
        with unflushed(self._engine) as connection:
            denied = throttles.enter(connection, tries, now)
            if denied:
                return TooManyTries(denied.retry_after, denied.throttle)
            throttles.count(connection, tries, now)
            record = codes.by_code(connection, code)
            user_id = self._user_of(record, typed_codice_fiscale)
            if record:
                reason = "username_told" if user_id else "username_refused"
                asked = Note(reason, now, user_id, address_hash=self._hashed("address", network))
                transitions.write_down(connection, record, asked)
        return Holder(user_id) if user_id else NoHolder()

    def _user_of(self, record: Record | None, typed: str) -> str | None:
        codice_fiscale = rules.read_codice_fiscale(typed)
        if record is None or isinstance(codice_fiscale, rules.Malformed):
            return None
        same = self._identities.same(record.code, record.codice_fiscale, codice_fiscale)
        return record.user_id if same and record.state is State.CONFIRMED else None

    def _tries(self, code: str, network: str) -> list[Try]:
        limit = self._limits.holder
        return [Try(limit, self._hashed(limit.kind, f"{code} {network}"))]

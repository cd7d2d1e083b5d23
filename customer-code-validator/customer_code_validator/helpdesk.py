"""What the help desk does by hand: look at a code, free it, forget wrong tries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from customer_code_validator import identities, rules
from customer_code_validator.directory import Absent, Answer, Directory, NoAnswer, Present
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.limits import Limit, Limits, network_of
from customer_code_validator.store import codes, forgetting, queues, settling, throttles, transitions
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import reading
from customer_code_validator.store.queues import Event
from customer_code_validator.store.tables import State
from customer_code_validator.store.throttles import Try
from customer_code_validator.store.transitions import Note


class RefusedError(Exception):
    """Not done; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Freed:
    """The code is free and its wrong tries are forgotten; `was` is the state before."""

    was: State


def describe(engine: Engine, hashed: KeyedHash, limits: Limits, typed: str, now: datetime) -> Iterator[str]:
    """Lines about one code. Raises `RefusedError` for an unknown one."""
    code = rules.normalise_code(typed)
    with reading(engine) as connection:
        record = codes.by_code(connection, code)
        history = queues.history(connection, code)
        denied = throttles.full(connection, [_mismatches(hashed, limits.identity, code)], now)
    if record is None:
        raise RefusedError(f"{code}: no such code in the registry")
    yield f"code            {record.code}"
    yield f"customer        {record.status}"
    yield f"codice fiscale  {identities.describe(record.codice_fiscale)}"
    yield f"state           {record.state}"
    times = {"since": record.changed_at, "lease until": record.lease_until, "claimed": record.claimed_at}
    if denied:
        times["blocked until"] = now + timedelta(seconds=denied.retry_after)
    for name, time in times.items():
        if time:
            yield f"{name:<15} {time:%Y-%m-%d %H:%M:%S} UTC"
    if record.user_id:
        yield f"user            {record.user_id}"
    yield from map(_line, history)


def trail(engine: Engine, typed: str) -> Iterator[str]:
    """The audit of a code, also where the registry has it no more. Raises `RefusedError` if there is none."""
    code = rules.normalise_code(typed)
    with reading(engine) as connection:
        history = queues.history(connection, code)
        known = codes.by_code(connection, code) is not None
    if not history and not known:
        raise RefusedError(f"{code}: no such code in the registry, and nothing has happened to it")
    for event in history:
        # Enough of the hash to see which events came from one address; the address itself is nowhere.
        place = f"  from {event.address_hash[:8]}" if event.address_hash else ""
        yield _line(event) + place


def _line(event: Event) -> str:
    user = f"  user {event.user_id}" if event.user_id else ""
    return f"{event.at:%Y-%m-%d %H:%M:%S}  {event.from_state} -> {event.to_state}  {event.reason}{user}"


def unblock(engine: Engine, hashed: KeyedHash, typed: str, now: datetime) -> bool:
    """Forget the code's mismatches: its lawful owner, form still open, can send it again.

    False if there were none. Raises `RefusedError` for an unknown code.
    """
    code = rules.normalise_code(typed)
    with engine.begin() as connection:
        record = codes.by_code(connection, code)
        if record is None:
            raise RefusedError(f"{code}: no such code in the registry")
        forgotten = throttles.clear(connection, "identity", hashed("identity", code))
        if forgotten:
            transitions.write_down(connection, record, Note("unblocked", now))
    return forgotten


def unblock_address(engine: Engine, hashed: KeyedHash, address: str) -> bool:
    """Forget the wrong codes typed from this address; False if there were none. Raises `RefusedError`."""
    network = network_of(address)
    if network is None:
        raise RefusedError(f"{address}: no IP address")
    with engine.begin() as connection:
        return throttles.clear(connection, "address", hashed("address", network))


def release(
    engine: Engine, directory: Directory, hashed: KeyedHash, typed: str, now: datetime, force: bool = False
) -> Freed:
    """Free the code and forget its wrong tries, so that its lawful owner can register.

    Raises `RefusedError` if the code is unknown, if Keycloak still has its user, or if it gives no answer;
    `force` overrides the last two.
    """
    code = rules.normalise_code(typed)
    with reading(engine) as connection:
        record = codes.by_code(connection, code)
    if record is None:
        raise RefusedError(f"{code}: no such code in the registry")
    if record.state is not State.FREE and not force:
        _require_absent(code, _ask(directory, record))
    with engine.begin() as connection:
        throttles.clear(connection, "identity", hashed("identity", code))
        if record.state is State.FREE:
            return Freed(record.state)
        if not settling.free_by_hand(connection, record, "forced" if force else "help_desk", now):
            raise RefusedError(f"{code}: changed at this very moment; look at it again")
    return Freed(record.state)


def forget(engine: Engine, hashed: KeyedHash, typed: str, now: datetime) -> None:
    """Take the customer out of the registry and out of the code's audit, whose lines stay.

    Raises `RefusedError` for an unknown code and for one that is not free.
    """
    code = rules.normalise_code(typed)
    with engine.begin() as connection:
        record = codes.by_code(connection, code)
        if record is None:
            raise RefusedError(f"{code}: no such code in the registry")
        if not forgetting.forget_customer(connection, code):
            raise RefusedError(f"{code}: {record.state}, not free: delete the account in Keycloak first")
        transitions.write_down(connection, record, Note("forgotten", now))
        throttles.clear(connection, "identity", hashed("identity", code))


def _mismatches(hashed: KeyedHash, limit: Limit, code: str) -> Try:
    return Try(limit, hashed(limit.kind, code))


def _ask(directory: Directory, record: Record) -> Answer:
    """Absent only if neither the user who claimed it nor any user with this code exists."""
    if record.user_id:
        answer = directory.user(record.user_id)
        if not isinstance(answer, Absent):
            return answer
    return directory.user_with_code(record.code)


def _require_absent(code: str, answer: Answer) -> None:
    match answer:
        case Present(user_id):
            raise RefusedError(
                f"{code}: Keycloak still has its user {user_id}; delete the user there first, or use --force"
            )
        case NoAnswer(why):
            raise RefusedError(f"{code}: not freed: {why}; try again later, or use --force")

"""Random interleavings of registrations, crashes and reconciliation against a model of Keycloak.

The model holds Keycloak's side: registrations under way (claimed inside a transaction that is still open)
and accounts that exist. Whatever happens in whatever order, no code ever has two accounts, and once Keycloak
answers and time has passed, accounts and confirmed codes agree one to one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from customer_code_validator.outcomes import Claimed, Reserved
from customer_code_validator.store import queues
from customer_code_validator.store.engine import reading
from customer_code_validator.store.tables import State
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, event

from tests.validator.conftest import NewDatabase
from tests.validator.world import BIANCHI, ROSSI, World, make_world, usual_limits

CUSTOMERS = {one.code: one for one in (ROSSI, BIANCHI)}
GENEROUS = usual_limits(10_000, 10_000, 10_000)


class CrashError(BaseException):
    """Nobody handles this: the process is gone."""


Step = tuple[str, str, str]
"""Reservation, user id and code of a registration."""


class Registrations(RuleBasedStateMachine):
    """Keycloak's nodes, customers in a hurry, and a service that may be told things late or never."""

    reservations: Bundle[tuple[str, str]] = Bundle("reservations")
    open_transactions: Bundle[Step] = Bundle("open_transactions")
    committed: Bundle[Step] = Bundle("committed")
    rolled_back: Bundle[Step] = Bundle("rolled_back")

    new_database: NewDatabase

    def __init__(self) -> None:
        super().__init__()
        self._resources = ExitStack()
        self.users = 0
        self.open: set[Step] = set()

    @initialize()
    def start(self) -> None:
        """A new database for each run."""
        self.world: World = self._resources.enter_context(
            make_world(self.new_database(), GENEROUS, tuple(CUSTOMERS.values()))
        )

    def teardown(self) -> None:
        """After the last step: settle everything and compare."""
        if hasattr(self, "world"):
            self._agree_in_the_end()
        self._resources.close()

    @rule(target=reservations, code=st.sampled_from(sorted(CUSTOMERS)), owner=st.sampled_from("abc"))
    def reserve(self, code: str, owner: str) -> tuple[str, str] | MultipleResults[tuple[str, str]]:
        """The code page."""
        outcome = self.world.claims.reserve(code, owner, "203.0.113.7")
        return (outcome.reservation, code) if isinstance(outcome, Reserved) else multiple()

    @rule(
        target=open_transactions,
        reservation=reservations,
        each_told=st.lists(st.booleans(), min_size=1, max_size=2),
    )
    def claim(self, reservation: tuple[str, str], each_told: list[bool]) -> Step | MultipleResults[Step]:
        """The form's submit, possibly with a repeated call, possibly twice in parallel (two rules), each
        told the code or not."""
        self.users += 1
        name, code = reservation
        user = f"user-{self.users}"
        outcomes = [self.world.claim(name, user, CUSTOMERS[code], told=told) for told in each_told]
        assert len(set(outcomes)) == 1
        if not isinstance(outcomes[0], Claimed):
            return multiple()
        self.open.add((name, user, code))
        return (name, user, code)

    @rule(target=committed, step=consumes(open_transactions))
    def commit(self, step: Step) -> Step | MultipleResults[Step]:
        """Keycloak's transaction ends well: the account exists. The service has not heard of it yet."""
        if step not in self.open:  # a crash was faster
            return multiple()
        self.open.discard(step)
        self.world.directory.users[step[1]] = step[2]
        return step

    @rule(target=rolled_back, step=consumes(open_transactions))
    def roll_back(self, step: Step) -> Step:
        """Or badly."""
        self.open.discard(step)
        return step

    @rule(step=committed)
    def confirm(self, step: Step) -> None:
        """The hook after the commit; may come late, twice or never. It looked the user up."""
        if step[1] in self.world.directory.users:
            self.world.claims.confirm(step[0], step[1])

    @rule(step=rolled_back)
    def release(self, step: Step) -> None:
        """The hook after the roll-back; may come late, twice or never."""
        self.world.claims.release(step[0], step[1])

    @rule()
    def crash_of_keycloak(self) -> None:
        """What was open rolls back, and no hook ever tells of it."""
        self.open.clear()

    @rule(reservation=reservations, done=st.booleans(), told=st.booleans())
    def claim_and_crash(self, reservation: tuple[str, str], done: bool, told: bool) -> None:
        """The service or its database dies before or after the claim is written; Keycloak hears nothing,
        rolls back and, asked in vain for a release, leaves it.
        """
        self.users += 1
        name, code = reservation
        with self._crash(before_commit=not done):
            self.world.claim(name, f"user-{self.users}", CUSTOMERS[code], told=told)

    @rule(step=committed)
    def confirm_and_crash(self, step: Step) -> None:
        """The confirmation is lost."""
        with self._crash(before_commit=True):
            self.world.claims.confirm(step[0], step[1])

    @rule(step=rolled_back)
    def release_and_crash(self, step: Step) -> None:
        """The release is lost."""
        with self._crash(before_commit=True):
            self.world.claims.release(step[0], step[1])

    @rule()
    def reconcile_and_crash(self) -> None:
        """In the middle of a run: what it had settled stays, the rest is left to the next one."""
        with self._crash(before_commit=True):
            self.world.reconciler.run(self.world.clock.now)

    @rule(reservation=reservations, confirmed=st.booleans())
    def reconcile_while_somebody_registers(self, reservation: tuple[str, str], confirmed: bool) -> None:
        """Between Keycloak's answer and what is made of it a whole registration takes place."""
        name, code = reservation

        def register() -> None:
            self.users += 1
            user = f"user-{self.users}"
            if isinstance(self.world.claim(name, user, CUSTOMERS[code]), Claimed):
                self.world.directory.users[user] = code
                if confirmed:
                    self.world.claims.confirm(name, user)

        self.world.directory.meanwhile = register
        self.world.reconciler.run(self.world.clock.now)
        self.world.directory.meanwhile = None

    @rule(step=committed, told=st.booleans())
    def delete_user(self, step: Step, told: bool) -> None:
        """An administrator deletes the account; the service may miss it."""
        self.world.directory.users.pop(step[1], None)
        if told:
            self.world.claims.user_deleted(step[1])

    @rule(answers=st.booleans())
    def reconcile(self, answers: bool) -> None:
        """A run, with Keycloak answering or not."""
        self.world.directory.down = not answers
        self.world.reconciler.run(self.world.clock.now)
        self.world.directory.down = False

    @rule(minutes=st.sampled_from([1, 3, 130]))
    def wait(self, minutes: int) -> None:
        """Time passes; a transaction does not outlive the grace (what if it does has its own tests)."""
        if not self.open:
            self.world.clock.forward(minutes=minutes)

    @invariant()
    def no_code_has_two_accounts(self) -> None:
        """The promise of the whole service."""
        if hasattr(self, "world"):
            held = list(self.world.directory.users.values())
            assert len(held) == len(set(held))

    @invariant()
    def no_account_has_lost_its_code_to_another(self) -> None:
        """The code of an account is claimed or confirmed for it, never free."""
        if hasattr(self, "world"):
            for user, code in self.world.directory.users.items():
                record = self.world.record(code)
                assert record.user_id == user
                assert record.state in (State.CLAIMED, State.CONFIRMED)

    @contextmanager
    def _crash(self, *, before_commit: bool) -> Iterator[None]:
        """The first transaction that would commit rolls back instead, if any; nothing after it is done. A
        statement that is a transaction of its own is not begun.
        """

        def die(_connection: object) -> None:
            raise CrashError

        def die_of_its_own(connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
            alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
            if alone and not statement.startswith("SELECT"):
                raise CrashError

        deaths: dict[str, Callable[..., None]] = {"commit": die, "before_cursor_execute": die_of_its_own}
        with ExitStack() as ends:
            for name, death in deaths.items() if before_commit else ():
                event.listen(self.world.engine, name, death)
                ends.callback(event.remove, self.world.engine, name, death)
            ends.enter_context(suppress(CrashError))
            yield

    def _agree_in_the_end(self) -> None:
        self.open.clear()  # Keycloak died: its open transactions roll back
        for _ in range(2):
            self.world.clock.forward(hours=3)
            self.world.reconciler.run(self.world.clock.now)
        with reading(self.world.engine) as connection:
            records = queues.listed(connection, 100)
        confirmed = {record.user_id: record.code for record in records if record.state is State.CONFIRMED}
        assert confirmed == self.world.directory.users
        assert {record.state for record in records} <= {State.CONFIRMED, State.FREE}


#: `make faults` looks for orders that nobody has tried; every other run tries the same ones.
_ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
_SETTINGS = settings(
    max_examples=40 * _ROUNDS,
    stateful_step_count=30,
    deadline=None,
    derandomize=_ROUNDS == 1,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_whatever_the_order_accounts_and_codes_agree_in_the_end(new_database: NewDatabase) -> None:
    class OnThisStore(Registrations):
        pass

    OnThisStore.new_database = staticmethod(new_database)
    run_state_machine_as_test(OnThisStore, settings=_SETTINGS)

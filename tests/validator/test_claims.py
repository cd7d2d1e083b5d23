"""The life of a code: every transition and its refusals."""

from collections.abc import Callable

import pytest
from customer_code_validator.customers import Customer
from customer_code_validator.outcomes import (
    Checked,
    Claimed,
    ClaimRefused,
    CodeRefused,
    Done,
    FieldError,
    Rejected,
    ReservationLost,
    Reserved,
    Unavailable,
)
from customer_code_validator.settings import Times

from tests.validator.world import BIANCHI, CEASED, HOME, ROSSI, UNKNOWN, World, change

NAMES = ("Mario", "Rossi")


def test_a_free_code_is_reserved_whatever_blanks_were_typed(world: World) -> None:
    outcome = world.claims.reserve(" 1000 234 567", "session-1", HOME)
    assert isinstance(outcome, Reserved)
    assert outcome.code == ROSSI.code
    assert world.history() == [("free", "reserved", "reserved")]


def test_the_same_owner_gets_the_same_reservation_again_with_a_new_lease(world: World) -> None:
    first = world.reserve()
    world.clock.forward(minutes=90)
    assert world.reserve() == first
    assert world.record(ROSSI.code).lease_until == world.clock.now + Times().lease


@pytest.mark.parametrize("code", [UNKNOWN, CEASED.code, "", "x" * 64, "1000234567; DROP TABLE"])
def test_codes_that_are_not_to_be_had_are_refused(world: World, code: str) -> None:
    assert world.claims.reserve(code, "session-1", HOME) == CodeRefused()


@pytest.mark.parametrize("settle", [World.claimed, World.confirmed])
def test_a_claimed_or_confirmed_code_is_refused_to_its_own_session_too(
    world: World, settle: Callable[[World], str]
) -> None:
    settle(world)
    assert world.claims.reserve(ROSSI.code, "session-1", HOME) == CodeRefused()


def test_the_right_codice_fiscale_passes_and_other_names_do_not_block(world: World) -> None:
    reservation = world.reserve()
    assert world.claims.check(reservation, "rss mra 75c14 h501l", NAMES) == Checked(
        ROSSI.codice_fiscale, True
    )
    assert world.claims.check(reservation, ROSSI.codice_fiscale, ("X", "Y")) == Checked(
        ROSSI.codice_fiscale, False
    )
    assert world.state() == "reserved"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("RSSMRA75C14H501", "codice_fiscale_invalid"), (BIANCHI.codice_fiscale, "identity_mismatch")],
)
def test_a_wrong_codice_fiscale_is_named_at_its_field(world: World, typed: str, reason: str) -> None:
    outcome = world.claims.check(world.reserve(), typed, NAMES)
    assert outcome == Rejected((FieldError("codiceFiscale", reason),))


def test_a_reservation_nobody_made_is_lost(world: World) -> None:
    assert world.claims.check("nonsense", ROSSI.codice_fiscale, NAMES) == ReservationLost()
    assert world.claim("nonsense") == ClaimRefused()
    assert world.claims.confirm("nonsense", "user-1") == ClaimRefused()
    assert world.claims.release("nonsense", "user-1") == Done(changed=False)


def test_a_claim_is_repeatable_by_its_user_and_refused_to_any_other(world: World, told: bool) -> None:
    reservation = world.reserve()
    claimed = Claimed(ROSSI.code, ROSSI.codice_fiscale)
    assert world.claim(reservation, told=told) == claimed
    assert world.claim(reservation, told=told) == claimed
    assert world.claim(reservation, "user-2", told=told) == ClaimRefused()
    assert world.record(ROSSI.code).user_id == "user-1"
    assert world.history()[1:] == [("reserved", "claimed", "claimed")]


@pytest.mark.parametrize(
    ("customer", "typed", "notify"),
    [
        (ROSSI, "somebody.else@example.org", ROSSI.email),
        (ROSSI, "", ROSSI.email),
        (ROSSI, f" {ROSSI.email.upper()} ", None),
        (ROSSI, None, None),
        (BIANCHI, "giulia@example.org", None),
    ],
)
def test_the_registrys_address_is_told_only_where_another_was_typed(
    world: World, told: bool, customer: Customer, typed: str | None, notify: str | None
) -> None:
    reservation = world.reserve(customer)
    for _ in range(2):
        claimed = world.claim(reservation, "user-1", customer, email=typed, told=told)
        assert claimed == Claimed(customer.code, customer.codice_fiscale, notify)
        assert "@" not in repr(claimed)


def test_a_refused_claim_tells_no_address(world: World, told: bool) -> None:
    for reservation, fiscal in (
        (world.reserve(), BIANCHI.codice_fiscale),
        ("nonsense", ROSSI.codice_fiscale),
    ):
        refused = world.claim(reservation, typed=fiscal, email="other@example.org", told=told)
        assert refused == ClaimRefused()


@pytest.mark.parametrize("typed", [BIANCHI.codice_fiscale, "rubbish", ""])
def test_a_claim_compares_the_codice_fiscale_with_the_record_again(
    world: World, told: bool, typed: str
) -> None:
    assert world.claim(world.reserve(), typed=typed, told=told) == ClaimRefused()
    assert world.state() == "reserved"


@pytest.mark.parametrize("typed", [ROSSI.codice_fiscale, BIANCHI.codice_fiscale])
@pytest.mark.parametrize("code", [BIANCHI.code, UNKNOWN, "", f" {ROSSI.code}"])
def test_a_claim_that_tells_another_code_than_the_reservations_is_refused(
    world: World, code: str, typed: str
) -> None:
    """Whichever of the two the codice fiscale belongs to; nor is it a wrong try."""
    reservation = world.reserve()
    world.reserve(BIANCHI, "session-2")
    for _ in range(6):
        assert world.claims.claim(reservation, "user-1", typed, code=code) == ClaimRefused()
    assert world.history() == [("free", "reserved", "reserved")]
    assert world.history(BIANCHI.code) == [("free", "reserved", "reserved")]
    assert isinstance(world.claim(reservation), Claimed)


def test_a_codice_fiscale_corrected_since_the_form_was_checked_is_the_one_that_counts(
    world: World, told: bool
) -> None:
    reservation = world.reserve()
    with world.engine.begin() as connection:
        change(connection, ROSSI._replace(codice_fiscale=BIANCHI.codice_fiscale), world.clock.now)
    assert world.claim(reservation, told=told) == ClaimRefused()
    right = world.claim(reservation, typed=BIANCHI.codice_fiscale, told=told)
    assert right == Claimed(ROSSI.code, BIANCHI.codice_fiscale)


def test_one_user_cannot_claim_two_codes(world: World, told: bool) -> None:
    world.claimed(ROSSI, "user-1")
    second = world.reserve(BIANCHI)
    assert world.claim(second, "user-1", BIANCHI, told=told) == ClaimRefused()
    assert world.state(BIANCHI.code) == "reserved"


def test_confirming_is_repeatable_and_refused_to_another_user(world: World) -> None:
    reservation = world.claimed()
    assert world.claims.confirm(reservation, "user-2") == ClaimRefused()
    assert world.claims.confirm(reservation, "user-1") == Done(changed=True)
    assert world.claims.confirm(reservation, "user-1") == Done(changed=False)
    assert world.state() == "confirmed"


def test_an_unclaimed_reservation_cannot_be_confirmed(world: World) -> None:
    assert world.claims.confirm(world.reserve(), "user-1") == ClaimRefused()
    assert world.state() == "reserved"


def test_releasing_frees_the_users_own_claim_and_nothing_else(world: World) -> None:
    reservation = world.claimed()
    assert world.claims.release(reservation, "user-2") == Done(changed=False)
    assert world.state() == "claimed"
    assert world.claims.release(reservation, "user-1") == Done(changed=True)
    assert world.claims.release(reservation, "user-1") == Done(changed=False)
    assert world.state() == "free"
    assert world.record(ROSSI.code).user_id is None


def test_a_confirmed_code_is_not_freed_by_a_late_release(world: World) -> None:
    reservation = world.confirmed()
    assert world.claims.release(reservation, "user-1") == Done(changed=False)
    assert world.state() == "confirmed"


def test_the_code_of_a_deleted_user_is_free_again(world: World) -> None:
    world.confirmed()
    assert world.claims.user_deleted("user-2") == Done(changed=False)
    assert world.claims.user_deleted("user-1") == Done(changed=True)
    assert world.claims.user_deleted("user-1") == Done(changed=False)
    assert world.history()[-1] == ("confirmed", "free", "user_deleted")
    world.reserve(owner="session-2")


@pytest.mark.parametrize("minutes", [0, 121])
def test_the_last_session_that_asks_has_the_code_and_the_former_one_is_told(
    world: World, minutes: int
) -> None:
    """A form left open on another device keeps nobody out."""
    first = world.reserve(owner="session-1")
    world.clock.forward(minutes=minutes)
    second = world.reserve(owner="session-2")
    assert second != first
    assert world.claims.check(first, ROSSI.codice_fiscale, NAMES) == ReservationLost()
    assert world.claim(first) == ClaimRefused()
    assert world.history()[-1] == ("reserved", "reserved", "taken_over")
    assert isinstance(world.claim(second, "user-2"), Claimed)


def test_a_reservation_whose_user_exists_becomes_confirmed(world: World) -> None:
    world.reserve(owner="session-1")
    world.directory.users["user-1"] = ROSSI.code
    assert world.claims.reserve(ROSSI.code, "session-2", HOME) == CodeRefused()
    assert (world.state(), world.record(ROSSI.code).user_id) == ("confirmed", "user-1")


def test_a_reservation_stays_while_keycloak_gives_no_answer(world: World) -> None:
    first = world.reserve(owner="session-1")
    world.directory.down = True
    assert world.claims.reserve(ROSSI.code, "session-2", HOME) == Unavailable()
    assert isinstance(world.claim(first), Claimed)


def test_a_ceased_customers_code_is_not_taken_over(world: World) -> None:
    world.reserve(owner="session-1")
    with world.engine.begin() as connection:
        change(connection, ROSSI._replace(status="ceased"), world.clock.now)
    assert world.claims.reserve(ROSSI.code, "session-2", HOME) == CodeRefused()


def test_a_claim_is_never_freed_by_time_alone(world: World) -> None:
    world.claimed()
    world.clock.forward(days=365)
    assert world.claims.reserve(ROSSI.code, "session-2", HOME) == CodeRefused()
    assert (world.state(), world.directory.asked) == ("claimed", [])


@pytest.mark.parametrize("meanwhile", ["nothing", "reserved by another"])
def test_a_claim_freed_too_early_is_taken_back_when_its_user_confirms(world: World, meanwhile: str) -> None:
    """Keycloak's transaction took longer than the grace: the account exists and must have its code."""
    reservation = world.claimed()
    world.clock.forward(minutes=3)
    world.reconciler.run(world.clock.now)
    other = world.reserve(owner="session-2") if meanwhile != "nothing" else None
    assert world.claims.confirm(reservation, "user-1") == Done(changed=True)
    assert (world.state(), world.record(ROSSI.code).user_id) == ("confirmed", "user-1")
    if other:
        assert world.claim(other, "user-2") == ClaimRefused()


def test_a_claim_freed_too_early_is_not_taken_from_the_next_user(world: World) -> None:
    first = world.claimed(user="user-1")
    world.clock.forward(minutes=3)
    world.reconciler.run(world.clock.now)
    world.claimed(user="user-2", owner="session-2")
    assert world.claims.confirm(first, "user-1") == ClaimRefused()
    assert world.record(ROSSI.code).user_id == "user-2"


def test_every_transition_leaves_one_audit_row_and_no_address(world: World) -> None:
    reservation = world.confirmed()
    rows = world.audit_rows()
    assert [row["to_state"] for row in rows] == ["reserved", "claimed", "confirmed"]
    assert [row["user_id"] for row in rows] == [None, "user-1", "user-1"]
    assert [row["reservation"] for row in rows] == [reservation] * 3
    assert len(str(rows[0]["address_hash"])) == 32
    assert HOME not in str(rows)


def test_a_refused_call_leaves_no_audit_row(world: World) -> None:
    world.claims.reserve(UNKNOWN, "session-1", HOME)
    world.claim("nonsense")
    world.claims.release("nonsense", "user-1")
    assert world.audit_rows() == []

"""Throttles: the arithmetic of windows, and what is one customer on the Internet."""

from datetime import UTC, datetime, timedelta

import pytest
from customer_code_validator import limits
from customer_code_validator.limits import Allowed, Denied, Limit

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
THREE_AN_HOUR = Limit("test", 3, timedelta(hours=1))


def minutes(*after_noon: int) -> tuple[datetime, ...]:
    return tuple(NOON + timedelta(minutes=count) for count in after_noon)


def test_the_last_place_can_be_taken_and_the_next_try_is_denied() -> None:
    """Exactly `most` tries fit."""
    taken = limits.spend(minutes(0, 1), THREE_AN_HOUR, NOON + timedelta(minutes=2))
    assert taken == Allowed(minutes(0, 1, 2))
    assert limits.spend(minutes(0, 1, 2), THREE_AN_HOUR, NOON + timedelta(minutes=3)) == Denied(
        57 * 60, "test"
    )


def test_the_window_slides_so_that_no_hour_ever_holds_more() -> None:
    """A place comes free an hour after it was taken, not when some fixed hour ends."""
    at = NOON + timedelta(minutes=60)
    assert limits.spend(minutes(0, 58, 59), THREE_AN_HOUR, at) == Allowed(minutes(58, 59, 60))
    assert limits.spend(minutes(58, 59, 60), THREE_AN_HOUR, at) == Denied(58 * 60, "test")


def test_a_smaller_figure_holds_for_tries_counted_under_a_larger_one() -> None:
    """The place comes free when only two of the five are left."""
    strict = Limit("test", 3, timedelta(hours=1))
    assert limits.spend(minutes(0, 1, 2, 3, 4), strict, NOON + timedelta(minutes=5)) == Denied(
        57 * 60, "test"
    )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("0:0:0:0:0:0:0:1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("", None),
        ("unknown", None),
        ("203.0.113.7:443", None),
    ],
)
def test_an_address_stands_for_what_one_customer_has(address: str, network: str | None) -> None:
    """An IPv6 customer has a whole /64 to try from."""
    assert limits.network_of(address) == network

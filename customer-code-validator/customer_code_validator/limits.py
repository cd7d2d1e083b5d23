"""Throttles as pure arithmetic on lists of times: sliding windows, kept by `store.throttles`.

Only wrong tries count.
"""

import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """At most `most` wrong tries of one key within `window`; `kind` separates the keys' name spaces."""

    kind: str
    most: int
    window: timedelta


@dataclass(frozen=True)
class Limits:
    """All throttles of the service."""

    owner: Limit
    address: Limit
    identity: Limit
    holder: Limit
    """Asking whose a code is: of a code from one network, so that a stranger uses up nobody's tries."""


@dataclass(frozen=True)
class Alarm:
    """Somebody is called when `most` or more tries are refused within `window`, over all customers.

    It refuses nobody: a bound for all together would let one attacker shut everybody out.
    """

    most: int
    window: timedelta


@dataclass(frozen=True)
class Allowed:
    """The try may go on; `times` is the new list to keep."""

    times: tuple[datetime, ...]


@dataclass(frozen=True)
class Denied:
    """The window is full; `retry_after` is in whole seconds, at least 1, and `throttle` the limit's kind."""

    retry_after: int
    throttle: str


USUAL = Limits(
    owner=Limit("owner", 5, timedelta(days=1)),
    address=Limit("address", 10, timedelta(hours=1)),
    identity=Limit("identity", 5, timedelta(days=1)),
    holder=Limit("holder", 5, timedelta(days=1)),
)
"""A login session never outlives the owner's window."""


def spend(times: Sequence[datetime], limit: Limit, now: datetime) -> Allowed | Denied:
    """One more try at `now` after those at `times`."""
    recent = sorted(time for time in times if time > now - limit.window)
    if len(recent) < limit.most:
        return Allowed((*recent, now))
    # The window opens again when the oldest of the last `most` tries leaves it.
    reopens = recent[-limit.most] + limit.window
    return Denied(max(1, math.ceil((reopens - now).total_seconds())), limit.kind)


def network_of(address: str) -> str | None:
    """What one customer has of the Internet: an IPv4 address, an IPv6 /64; None if it is neither."""
    try:
        parsed = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))

"""The machine's own network interfaces: each container brings some, and takes them away again."""

from __future__ import annotations

import time
from pathlib import Path

_ADDRESSES = Path("/proc/net/if_inet6")
_FLAGS = 4
#: IFA_F_TENTATIVE of Linux' if_addr.h: not used yet, for another machine might have it.
_TENTATIVE = 0x40
_MOST_SECONDS = 10.0
_POLL_SECONDS = 0.1


def wait_until_at_rest() -> None:
    """Until each has its addresses, a second or two after a container has started: in that moment Chromium
    gives up what it is about to load (net::ERR_NETWORK_CHANGED)."""
    deadline = time.monotonic() + _MOST_SECONDS
    while _any_tentative():
        assert time.monotonic() < deadline, _ADDRESSES.read_text(encoding="ascii")
        time.sleep(_POLL_SECONDS)


def _any_tentative() -> bool:
    if not _ADDRESSES.exists():
        return False
    lines = _ADDRESSES.read_text(encoding="ascii").splitlines()
    return any(int(line.split()[_FLAGS], 16) & _TENTATIVE for line in lines)

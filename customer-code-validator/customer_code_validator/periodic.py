"""A thread that does something again and again inside one worker."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

log = logging.getLogger("customer_codes.periodic")


class Periodic:
    """`start` after the fork, `stop` before the worker ends; the first round is a period later or at once."""

    def __init__(self, name: str, every: timedelta, work: Callable[[], None], at_once: bool = False) -> None:
        self._name = name
        self._every = every
        self._work = work
        self._first_wait = 0.0 if at_once else every.total_seconds()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end. Does not wait long."""
        self._stopping.set()
        self._thread.join(timeout=1)

    def _loop(self) -> None:
        wait = self._first_wait
        while not self._stopping.wait(wait):
            wait = self._every.total_seconds()
            try:
                self._work()
            except Exception as error:  # a thread that died would leave its work undone for good
                log.error(f"{self._name} failed", extra={"error": type(error).__name__})

"""A thread that does something again and again inside one worker."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

log = logging.getLogger("customer_codes.periodic")


class Periodic:
    """`start` after the fork, `stop` before the worker ends; the first round comes after one period."""

    def __init__(self, name: str, every: timedelta, work: Callable[[], None]) -> None:
        self._name = name
        self._every = every
        self._work = work
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
        while not self._stopping.wait(self._every.total_seconds()):
            try:
                self._work()
            except Exception as error:  # a thread that died would leave its work undone for good
                log.error(f"{self._name} failed", extra={"error": type(error).__name__})

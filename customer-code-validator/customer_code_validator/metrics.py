"""What Prometheus reads: counted in each worker, shared by files, and what only the database knows.

No label holds anything about a person: routes are patterns, reasons and throttles come from short lists.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from customer_code_validator.limits import Alarm
from customer_code_validator.store import queues, refusals
from customer_code_validator.store.engine import reading

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Must be set before this module is imported where several workers count together (prometheus_client)."""

_own = CollectorRegistry()
_REQUESTS = Counter(
    "customer_codes_requests", "Answers", ["method", "route", "status", "reason"], registry=_own
)
_SECONDS = Histogram(
    "customer_codes_request_seconds",
    "From the request's head to its answer",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=_own,
)
_THROTTLED = Counter("customer_codes_throttled", "Tries that a throttle refused", ["throttle"], registry=_own)
_CONNECTIONS = Gauge(
    "customer_codes_database_connections_in_use",
    "Of the pools of all workers",
    registry=_own,
    multiprocess_mode="livesum",
)


def count(method: str, route: str, status: int, reason: str, seconds: float, throttle: str | None) -> None:
    """One answer."""
    _REQUESTS.labels(method, route, str(status), reason).inc()
    _SECONDS.labels(route).observe(seconds)
    if throttle:
        _THROTTLED.labels(throttle).inc()


def watch_pool(engine: Engine) -> None:
    """Count the connections that are taken out of the engine's pool."""
    event.listen(engine, "checkout", lambda *_: _CONNECTIONS.inc())
    event.listen(engine, "checkin", lambda *_: _CONNECTIONS.dec())


def worker_died(pid: int) -> None:
    """Its connections are no more."""
    mark_process_dead(pid)


class Queues(Collector):
    """Read from the database at each scrape, and so the same from every worker and replica."""

    def __init__(
        self,
        engine: Engine,
        alarm: Alarm,
        parts: Callable[[], dict[str, str]],
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._alarm = alarm
        self._parts = parts
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Without a database only that it is down."""
        up = GaugeMetricFamily("customer_codes_up", "Whether a part answers", labels=["part"])
        for part, state in self._parts().items():
            up.add_metric([part], float(state == "up"))
        yield up
        try:
            yield from self._queues()
        except SQLAlchemyError:
            return

    def _queues(self) -> Iterator[Metric]:
        now = self._clock()
        with reading(self._engine) as connection:
            claims, oldest = queues.unconfirmed_count(connection)
            refused = refusals.since(connection, now - self._alarm.window)
        age = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
        total = sum(refused.values())
        yield GaugeMetricFamily("customer_codes_unconfirmed_claims", "Claims not yet confirmed", claims)
        yield GaugeMetricFamily(
            "customer_codes_oldest_unconfirmed_claim_seconds", "Age of the oldest of them", age
        )
        yield GaugeMetricFamily("customer_codes_recent_refusals", "Within the alarm's window", total)
        sounds = float(total >= self._alarm.most)
        yield GaugeMetricFamily(
            "customer_codes_refusals_alarm", "1 while the alarm's figure is reached", sounds
        )


def page(collector: Queues) -> Callable[..., Any]:
    """A WSGI application that shows everything, whatever the path."""
    registry = CollectorRegistry()
    if SHARED_FOLDER in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(_own)
    registry.register(collector)
    return make_wsgi_app(registry)

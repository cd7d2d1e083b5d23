"""gunicorn in this process, set up so that no configuration file is needed."""

import logging
import select
import shutil
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from customer_code_validator import metrics
from customer_code_validator.listeners import Listener, let_nobody_in
from customer_code_validator.parts import Parts, parts_of
from customer_code_validator.settings import SettingsError
from customer_code_validator.tls import Tls
from customer_code_validator.unreadable import refusal, status_of

log = logging.getLogger("customer_codes.server")

DOOR_SECONDS = 0.3
"""Longer than a handshake under way takes."""

ARRIVES_WITHIN = 3.0
"""Seconds from a connection's first request, or the next one's first byte, to the last one. A request is one
packet, and Keycloak waits no longer for its answer."""

HEAD_START = 0.0002
"""Seconds that a worker leaves to the others for each of its connections: waking one takes less."""
COUNTED = 10
"""Connections at most that count for that: the worker does nothing else meanwhile."""

Wsgi = Callable[..., Iterable[bytes]]


class Server(BaseApplication):
    """One arbiter that makes the application once and forks its workers from it; at SIGHUP anew.

    `watched_at` shows the metrics, and nothing else: a listener of its own, so that who may read them is a
    question of the network, and no path of the service itself leads there.
    """

    def __init__(
        self,
        make_app: Callable[[], Flask],
        at: Listener,
        workers: int,
        threads: int,
        watched_at: Listener | None,
        shared: str,
        tls: Tls | None,
    ) -> None:
        self._make_app = make_app
        self._app = make_app()
        self._watched_at = watched_at
        self._shared = shared
        self._options: dict[str, Any] = {
            "bind": [str(listener) for listener in (at, watched_at) if listener],
            "workers": workers,
            "threads": threads,
            "worker_class": DrainingWorker,
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": 10,
            "keepalive": 30,
            "limit_request_line": 2048,
            "limit_request_fields": 50,
            "control_socket_disable": True,
            "logger_class": RootLogger,
            "post_worker_init": lambda _worker: _start_threads(parts_of(self._app)),
            "worker_exit": lambda _server, _worker: _stop_threads(parts_of(self._app)),
            "child_exit": lambda _server, worker: metrics.worker_died(worker.pid),
            "on_exit": lambda _server: shutil.rmtree(self._shared, ignore_errors=True),
            "proc_name": "customer-codes",
            **(tls.options() if tls else {}),
        }
        super().__init__()

    def load_config(self) -> None:
        """Our options only: no command line, no environment, no file."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def reload(self) -> None:
        """New workers have the settings as they are now; the old ones end what they have begun.

        Settings that cannot be used are told and not taken over.
        """
        try:
            self._app = self._make_app()
        except SettingsError as error:
            log.error("the settings are not taken over", extra={"error": str(error)})
        self.callable = None
        super().reload()

    def run(self) -> None:
        """Until SIGTERM."""
        DrainingArbiter(self).run()

    def load(self) -> Wsgi:
        """The application itself, and the metrics' page for who comes in by the other listener."""
        if self._watched_at is None:
            return self._app
        return _by_listener(self._app, metrics.page(parts_of(self._app).queues), self._watched_at.port)


class DrainingArbiter(Arbiter):
    """Before the end, nobody new begins, and the workers take in who stands at the door."""

    def stop(self, graceful: bool = True) -> None:
        """As gunicorn's own, after that."""
        if graceful:
            for listener in self.LISTENERS:
                let_nobody_in(listener.sock)
            time.sleep(DOOR_SECONDS)
        super().stop(graceful)


class DrainingWorker(ThreadWorker):
    """gunicorn's own leaves those at the door when it stops, and keeps the door open while it is at its
    last requests. This one lets them in and closes the door: others are refused at once.

    gunicorn's own also waits for the rest of a request for as long as the connection lasts, and each such
    wait keeps a thread from everybody else. And connections that are kept, as Keycloak's, it leaves to
    whichever worker is awake: of a few that come together mostly one worker has them all.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._under_way: dict[Any, float] = {}

    def accept(self, listener: Any) -> None:
        """All workers are woken by who comes: the one with the fewest connections takes it first."""
        if self.alive:
            time.sleep(HEAD_START * min(self.nr_conns, COUNTED))
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """A connection has, or will have, something to read; the time in the queue counts."""
        self._under_way[conn] = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """In a thread of the pool: read a request and answer it."""
        try:
            return super().handle(conn)
        finally:
            self._under_way.pop(conn, None)

    def murder_pending(self) -> None:
        """Called every second. Of who is late, what is there is read, and then the end: a request that is
        whole is answered however long that takes."""
        super().murder_pending()
        late = time.monotonic() - ARRIVES_WITHIN
        for conn, since in self._under_way.copy().items():
            if since < late:
                with suppress(OSError):
                    # Below TLS, which another thread may be at.
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called with False once the worker is told to stop."""
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        # A signal to the whole process group comes here before the arbiter has shut the door.
        until = time.monotonic() + DOOR_SECONDS
        while (left := until - time.monotonic()) > 0:
            for listener in select.select(self.sockets, [], [], left)[0]:
                self.accept(listener)
        for listener in self.sockets:
            listener.close()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """What cannot be read as a request; gunicorn's own answers with HTML and logs parts of what came."""
        status = status_of(exc)
        log.warning("no request", extra={"status": status.value, "error": type(exc).__name__})
        with suppress(OSError):
            write_nonblock(client, refusal(status))


class RootLogger(Logger):
    """gunicorn's messages through the root handler, in the same form as ours; no access log of its own."""

    def setup(self, cfg: object) -> None:
        """Replace gunicorn's own handlers."""
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers = []
            logger.propagate = True
        self.access_log.disabled = True


def _by_listener(app: Wsgi, watched: Wsgi, watched_port: int) -> Wsgi:
    """SERVER_PORT is the listener's own, whatever the request says."""

    def choose(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chosen = watched if environ["SERVER_PORT"] == str(watched_port) else app
        return chosen(environ, start_response)

    return choose


def _start_threads(parts: Parts) -> None:
    parts.watch.start()
    parts.readiness.start()
    if parts.runner:
        parts.runner.start()


def _stop_threads(parts: Parts) -> None:
    parts.watch.stop()
    parts.readiness.stop()
    if parts.runner:
        parts.runner.stop()
    parts.engine.dispose()

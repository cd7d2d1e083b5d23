"""gunicorn in this process, set up so that no configuration file is needed."""

import socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from customer_code_validator.parts import Parts, parts_of


class PortTakenError(Exception):
    """Something else listens there already; the message is one line that names it."""


class Server(BaseApplication):  # type: ignore[misc]
    """One arbiter that loads the application once and forks its workers from it."""

    def __init__(self, app: Flask, host: str, port: int, workers: int, threads: int) -> None:
        self._app = app
        self._options: dict[str, Any] = {
            "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": 10,
            "keepalive": 30,
            "limit_request_line": 2048,
            "limit_request_fields": 50,
            "control_socket_disable": True,
            "logger_class": RootLogger,
            "post_worker_init": _start_threads,
            "worker_exit": _stop_threads,
            "proc_name": "customer-codes",
        }
        super().__init__()

    def load_config(self) -> None:
        """Our options only: no command line, no environment, no file."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application itself."""
        return self._app


class RootLogger(Logger):  # type: ignore[misc]
    """gunicorn's messages through the root handler, in the same form as ours; no access log of its own."""

    def setup(self, cfg: object) -> None:
        """Replace gunicorn's own handlers."""
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers = []
            logger.propagate = True
        self.access_log.disabled = True


def require_free_port(host: str, port: int) -> None:
    """Raise `PortTakenError` now: gunicorn itself would try for five seconds and then say less."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"cannot listen on port {port} of {host}: {error.strerror}") from None


def _start_threads(worker: Any) -> None:
    parts = _parts(worker)
    parts.watch.start()
    if parts.runner:
        parts.runner.start()


def _stop_threads(_server: object, worker: Any) -> None:
    parts = _parts(worker)
    parts.watch.stop()
    if parts.runner:
        parts.runner.stop()
    parts.engine.dispose()


def _parts(worker: Any) -> Parts:
    return parts_of(worker.app.load())

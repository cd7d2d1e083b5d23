"""Running the service."""

import argparse
import os
import sys
import tempfile
from typing import Any

from customer_code_validator import logs, settings
from customer_code_validator.commands import migrating
from customer_code_validator.commands.context import CommandError, open_database
from customer_code_validator.listeners import Listener, PortTakenError, require_free_port
from customer_code_validator.store import sealing
from customer_code_validator.tls import tls


def add(commands: Any) -> None:
    """The commands' arguments."""
    serve = commands.add_parser("serve", help="run the HTTP service until SIGTERM")
    serve.set_defaults(command=_serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8090)
    serve.add_argument("--workers", type=int, default=2)
    serve.add_argument("--threads", type=int, default=8)
    serve.add_argument("--migrate", action="store_true", help="bring the database up to date first")
    serve.add_argument("--metrics-host", default="127.0.0.1", help="default: %(default)s, this machine only")
    serve.add_argument("--metrics-port", type=int, help="show Prometheus' metrics there (default: nowhere)")


def _serve(options: argparse.Namespace) -> int:
    loaded, encrypted = settings.load(os.environ), tls(os.environ)
    if options.migrate:
        migrating.migrate()
    engine = open_database(os.environ)
    loaded.identities.require_known(sealing.key_ids(engine))
    engine.dispose()
    at = Listener(options.host, options.port)
    watched_at = Listener(options.metrics_host, options.metrics_port) if options.metrics_port else None
    if watched_at and watched_at.port == at.port:
        raise CommandError(f"--metrics-port: {at.port} is the service's own port; choose another")
    try:
        for listener in (at, watched_at):
            if listener:
                require_free_port(listener)
    except PortTakenError as error:
        raise CommandError(str(error)) from None
    # Workers count together through files, which prometheus_client looks for when it is imported.
    shared = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="customer-codes-metrics-")
    # Flask takes a while to import: only the service pays for it.
    from flask import Flask

    from customer_code_validator.app import create_app
    from customer_code_validator.server import Server

    logs.configure()
    if loaded.keycloak is None:
        print(
            "customer-codes: warning: KEYCLOAK_URL and KEYCLOAK_CLIENT_SECRET are not set: unconfirmed "
            "claims are not reconciled and expired reservations stay held",
            file=sys.stderr,
        )

    def make_app() -> Flask:
        return create_app(settings.load(os.environ))

    Server(make_app, at, options.workers, options.threads, watched_at, shared, encrypted).run()
    return 0

"""The web application: its parts put together, who may call it, and how failures look."""

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, g, request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from customer_code_validator import metrics, problems, views
from customer_code_validator.claims import Claims, Clock, utc_now
from customer_code_validator.directory import Directory, NoDirectory
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.holders import Holders
from customer_code_validator.incoming import BadRequestError
from customer_code_validator.logs import where
from customer_code_validator.parts import Parts, put
from customer_code_validator.readiness import Readiness
from customer_code_validator.reconcile import Reconciler
from customer_code_validator.runner import Runner
from customer_code_validator.settings import Settings
from customer_code_validator.store.engine import open_engine
from customer_code_validator.watch import Watch

log = logging.getLogger("customer_codes.http")

MAX_BODY = 8 * 1024
"""Bytes: many times the largest request of the contract."""

HEALTH = frozenset({"/healthz", "/readyz"})
OPEN = HEALTH | {"/openapi.yaml"}
"""Paths that need no secret: they tell nothing of anybody."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def create_app(settings: Settings, directory: Directory | None = None, clock: Clock = utc_now) -> Flask:
    """The application over these settings. Tests inject their own directory and clock.

    Connects to nothing yet. `parts.parts_of(app)` gives what it is made of.
    """
    engine = open_engine(settings.database_url)
    asked = directory or _directory(settings)
    hashed = KeyedHash(settings.hash_key)
    claims = Claims(engine, settings.limits, settings.times.lease, hashed, settings.identities, asked, clock)
    holders = Holders(engine, settings.limits, hashed, settings.identities, clock)
    app = Flask("customer_code_validator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    watch = Watch(engine, settings.alarm, settings.times.address_retention, clock)
    readiness = Readiness(engine, asked)
    gauges = metrics.Queues(engine, settings.alarm, readiness.parts, clock)
    metrics.watch_pool(engine)
    put(
        app, Parts(engine, claims, holders, _runner(engine, settings, asked, clock), watch, readiness, gauges)
    )
    app.before_request(_start)
    app.before_request(_guard(settings.secrets))
    app.after_request(_finish(watch))
    app.register_blueprint(views.v1)
    _add_health(app, readiness)
    _add_contract(app)
    _add_error_handlers(app)
    return app


def _directory(settings: Settings) -> Directory:
    if settings.keycloak is None:
        return NoDirectory()
    # requests takes a while to import; a service without Keycloak does not pay for it
    from customer_code_validator.keycloak import KeycloakDirectory

    return KeycloakDirectory(settings.keycloak)


def _runner(engine: Engine, settings: Settings, directory: Directory, clock: Clock) -> Runner | None:
    if isinstance(directory, NoDirectory):
        return None
    reconciler = Reconciler(engine, directory, settings.times, settings.sweep_most)
    return Runner(engine, reconciler, settings.times.reconcile_every, clock)


def _start() -> None:
    g.started = time.perf_counter()


def _guard(secrets: tuple[str, ...]) -> Callable[[], Response | None]:
    """Every path but the open ones needs one of the secrets."""
    accepted = [hashlib.sha256(secret.encode()).digest() for secret in secrets]

    def guard() -> Response | None:
        if request.path in OPEN:
            return None
        scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
        digest = hashlib.sha256(presented.strip().encode()).digest()
        # Both secrets are always compared, in constant time: the time says nothing about either.
        matches = [hmac.compare_digest(digest, one) for one in accepted]
        if scheme.lower() == "bearer" and any(matches):
            return None
        response = problems.problem(HTTPStatus.UNAUTHORIZED, "unauthorized")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    return guard


def _add_health(app: Flask, readiness: Readiness) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return problems.success({"status": "ok"})

    @app.get("/readyz")
    def readyz() -> Response:
        parts = readiness.parts()
        if parts["database"] == "up":
            return problems.success({"status": "ready", **parts})
        return problems.problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", more=parts)


def _add_contract(app: Flask) -> None:
    contract = (Path(__file__).parent / "openapi.yaml").read_bytes()

    @app.get("/openapi.yaml")
    def openapi() -> Response:
        return Response(contract, mimetype="application/yaml")


def _add_error_handlers(app: Flask) -> None:
    @app.errorhandler(BadRequestError)
    def bad_request(error: BadRequestError) -> Response:
        return problems.problem(HTTPStatus.BAD_REQUEST, "request_invalid", error.errors)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        reason = "not_found" if status == HTTPStatus.NOT_FOUND else "request_invalid"
        response = problems.problem(status, reason)
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    @app.errorhandler(SQLAlchemyError)
    def database_error(error: SQLAlchemyError) -> Response:
        log.error("the database does not answer", extra={"error": where(error)})
        return problems.problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("unexpected failure", extra={"error": where(error)})
        return problems.problem(HTTPStatus.INTERNAL_SERVER_ERROR, "unavailable")


def _finish(watch: Watch) -> Callable[[Response], Response]:
    """One log line a request: the route's pattern, never the path, which names users and reservations."""

    def finish(response: Response) -> Response:
        request_id = request.headers.get("X-Request-Id", "")
        if _REQUEST_ID.fullmatch(request_id):
            response.headers["X-Request-Id"] = request_id
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        reason = response.headers.pop("X-Reason", None)
        watch.note(reason)
        if request.url_rule is None or request.url_rule.rule not in HEALTH:
            _account(response, reason)
        return response

    return finish


def _account(response: Response, reason: str | None) -> None:
    """The request in the log and in the metrics."""
    seconds, details = time.perf_counter() - g.started, g.get("details", {})
    route = request.url_rule.rule if request.url_rule else None
    # Of a route that is none, the method is whatever a stranger wrote.
    method = request.method if route else "other"
    metrics.count(
        method, route or "none", response.status_code, reason or "", seconds, details.get("throttle")
    )
    line = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "reason": reason,
        "ms": round(seconds * 1000, 1),
        "request_id": response.headers.get("X-Request-Id"),
        **details,
    }
    log.info("request", extra={name: value for name, value in line.items() if value is not None})

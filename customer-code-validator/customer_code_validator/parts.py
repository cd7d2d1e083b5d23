"""What the application is made of, for the views and for the server that starts and stops it."""

from dataclasses import dataclass
from typing import cast

from flask import Flask
from sqlalchemy import Engine

from customer_code_validator.claims import Claims
from customer_code_validator.holders import Holders
from customer_code_validator.metrics import Queues
from customer_code_validator.readiness import Readiness
from customer_code_validator.runner import Runner
from customer_code_validator.watch import Watch

_KEY = "customer_codes"


@dataclass(frozen=True)
class Parts:
    """`runner` is None where there is no Keycloak to ask."""

    engine: Engine
    claims: Claims
    holders: Holders
    runner: Runner | None
    watch: Watch
    readiness: Readiness
    queues: Queues


def put(app: Flask, parts: Parts) -> None:
    """Make them the application's."""
    app.extensions[_KEY] = parts


def parts_of(app: Flask) -> Parts:
    """The parts of an application made by `create_app`."""
    return cast(Parts, app.extensions[_KEY])

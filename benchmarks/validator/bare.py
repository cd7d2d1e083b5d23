"""The peer: what a reserve and a claim cost at least in Flask under gunicorn, one SQL statement each.

The same engine, table, kind of transaction and flushing to disk as the validator's own; but nothing is
checked, counted or written down, and whoever asks is believed.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from customer_code_validator.store.engine import open_engine, unflushed
from customer_code_validator.store.tables import State, codes
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, update

DATABASE = "BARE_DATABASE_URL"

_RESERVE = (
    update(codes)
    .where(codes.c.code == bindparam("given_code"), codes.c.state == State.FREE)
    .values(
        state=State.RESERVED,
        owner=bindparam("given_owner"),
        reservation=bindparam("given_reservation"),
        lease_until=bindparam("until"),
        changed_at=bindparam("now"),
    )
    .returning(codes.c.code)
)
_CLAIM = (
    update(codes)
    .where(codes.c.reservation == bindparam("given_reservation"), codes.c.state == State.RESERVED)
    .values(state=State.CLAIMED, user_id=bindparam("given_user"), claimed_at=bindparam("now"))
    .returning(codes.c.code)
)


def create_app() -> Flask:
    """The two routes, over the database that the environment names."""
    app = Flask(__name__, static_folder=None)
    engine = open_engine(os.environ[DATABASE])

    @app.get("/")
    def ready() -> ResponseReturnValue:
        return "", 200

    @app.post("/v1/reservations")
    def reserve() -> ResponseReturnValue:
        sent: dict[str, str] = request.get_json()
        reservation, now = secrets.token_urlsafe(24), datetime.now(UTC)
        values = {
            "given_code": sent["code"],
            "given_owner": sent["owner"][:32],
            "given_reservation": reservation,
            "until": now + timedelta(hours=2),
            "now": now,
        }
        with unflushed(engine) as connection:
            return _answer(connection.execute(_RESERVE, values).scalar_one_or_none(), reservation)

    @app.post("/v1/reservations/<reservation>/claim")
    def claim(reservation: str) -> ResponseReturnValue:
        sent: dict[str, str] = request.get_json()
        values: dict[str, Any] = {
            "given_reservation": reservation,
            "given_user": sent["userId"],
            "now": datetime.now(UTC),
        }
        with engine.begin() as connection:
            return _answer(connection.execute(_CLAIM, values).scalar_one_or_none(), reservation)

    return app


def _answer(code: str | None, reservation: str) -> ResponseReturnValue:
    return (jsonify(reservation=reservation, code=code), 200) if code else (jsonify(reason="refused"), 409)

"""The routes of /v1: read the request, call the life of a claim, answer. Nothing is decided here."""

from flask import Blueprint, Response, current_app, g, request

from customer_code_validator import limits, problems
from customer_code_validator.claims import Claims
from customer_code_validator.holders import Holders
from customer_code_validator.incoming import BadRequestError, fields, objects, require_user_id
from customer_code_validator.outcomes import Checked, ClaimRefused, FieldError, Holder, Outcome, TooManyTries
from customer_code_validator.parts import parts_of

_USER = {"userId": 255}

MOST_CONFIRMATIONS = 20
"""In one call: with the longest ids still within the body's limit."""

v1 = Blueprint("v1", __name__, url_prefix="/v1")


@v1.post("/reservations")
def reserve() -> Response:
    """The code page: hold a code for the session that typed it."""
    sent = fields(request, {"code": 64, "owner": 255, "address": 64})
    if not sent["owner"]:
        raise BadRequestError((FieldError("owner", "invalid"),))
    return _answer(_claims().reserve(sent["code"], sent["owner"], _network(sent["address"])))


@v1.post("/reservations/<reservation>/check")
def check(reservation: str) -> Response:
    """Each submit of the form: compare with the record."""
    sent = fields(request, {"codiceFiscale": 64, "firstName": 255, "lastName": 255})
    outcome = _claims().check(reservation, sent["codiceFiscale"], (sent["firstName"], sent["lastName"]))
    return _answer(outcome)


@v1.post("/reservations/<reservation>/claim")
def claim(reservation: str) -> Response:
    """Inside Keycloak's transaction: one winner."""
    sent = fields(request, {**_USER, "codiceFiscale": 64}, optional={"email": 255, "code": 64})
    user_id = require_user_id(sent["userId"])
    outcome = _claims().claim(
        reservation, user_id, sent["codiceFiscale"], sent.get("email"), sent.get("code")
    )
    return problems.respond(outcome)


@v1.post("/confirmations")
def confirm() -> Response:
    """After the commits."""
    sent = objects(request, "confirmations", {"reservation": 64, **_USER}, MOST_CONFIRMATIONS)
    claims = [(one["reservation"], require_user_id(one["userId"])) for one in sent]
    outcomes = zip(claims, _claims().confirm_all(claims), strict=True)
    return problems.success(
        {"refused": [user for (_, user), outcome in outcomes if outcome == ClaimRefused()]}
    )


@v1.post("/reservations/<reservation>/release")
def release(reservation: str) -> Response:
    """After a roll-back, the user proved absent."""
    user_id = require_user_id(fields(request, _USER)["userId"])
    return problems.respond(_claims().release(reservation, user_id))


@v1.post("/holders")
def holder() -> Response:
    """A forgotten username: whose account is the code, for who knows its codice fiscale?"""
    sent = fields(request, {"code": 64, "codiceFiscale": 64, "address": 64})
    outcome = _holders().find(sent["code"], sent["codiceFiscale"], _network(sent["address"]))
    return _answer(outcome)


@v1.delete("/users/<user_id>/code")
def delete_user(user_id: str) -> Response:
    """After a user was deleted: the code is free again."""
    return problems.respond(_claims().user_deleted(require_user_id(user_id)))


def _answer(outcome: Outcome) -> Response:
    """The answer, and for the log what it must not say."""
    match outcome:
        case Checked(names_agree=agree):
            g.details = {"names_agree": agree}
        case Holder():
            g.details = {"found": True}
        case TooManyTries(throttle=throttle):
            g.details = {"throttle": throttle}
    return problems.respond(outcome)


def _network(address: str) -> str:
    """Of the address, or `BadRequestError`: throttling by a wrong one would shield nothing."""
    network = limits.network_of(address)
    if network is None:
        raise BadRequestError((FieldError("address", "invalid"),))
    return network


def _holders() -> Holders:
    return parts_of(current_app).holders


def _claims() -> Claims:
    return parts_of(current_app).claims

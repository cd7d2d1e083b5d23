"""Answers over HTTP: outcomes to status and JSON, failures as RFC 9457 problem details."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response

from customer_code_validator.outcomes import (
    Checked,
    Claimed,
    ClaimRefused,
    CodeRefused,
    Done,
    FieldError,
    Holder,
    NoHolder,
    Outcome,
    Rejected,
    ReservationLost,
    Reserved,
    TooManyTries,
    Unavailable,
)


def success(body: Mapping[str, object]) -> Response:
    """200 with a JSON object."""
    return _json(HTTPStatus.OK, body, "application/json")


def problem(
    status: int, reason: str, errors: tuple[FieldError, ...] = (), more: Mapping[str, str] | None = None
) -> Response:
    """A problem whose `reason` is a stable short code; its words live with the reader.

    The header X-Reason is for the log and the counts, and never leaves the service: there the reason of a
    refused field says more than that a field is refused.
    """
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "reason": reason,
        **(more or {}),
    }
    if errors:
        body["errors"] = [{"field": error.field, "reason": error.reason} for error in errors]
    response = _json(status, body, "application/problem+json")
    response.headers["X-Reason"] = errors[0].reason if reason == "invalid" and errors else reason
    return response


def respond(outcome: Outcome) -> Response:
    """The one place that says which outcome has which status."""
    match outcome:
        case Reserved(reservation, code):
            return success({"reservation": reservation, "code": code})
        case Checked(codice_fiscale):
            return success({"codiceFiscale": codice_fiscale})
        case Claimed(code, codice_fiscale, notify):
            told = {"notify": notify} if notify else {}
            return success({"code": code, "codiceFiscale": codice_fiscale, **told})
        case Done():
            return success({})
        case Holder(user_id):
            return success({"userId": user_id})
        case Rejected(errors):
            return problem(HTTPStatus.CONFLICT, "invalid", errors)
        case TooManyTries(retry_after=retry_after):
            response = problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_tries")
            response.headers["Retry-After"] = str(retry_after)
            return response
        case _:
            return _refusal(outcome)


def _refusal(outcome: CodeRefused | ClaimRefused | NoHolder | ReservationLost | Unavailable) -> Response:
    match outcome:
        case CodeRefused():
            return problem(HTTPStatus.CONFLICT, "code_refused")
        case ClaimRefused():
            return problem(HTTPStatus.CONFLICT, "claim_refused")
        case NoHolder():
            return problem(HTTPStatus.CONFLICT, "no_holder")
        case ReservationLost():
            return problem(HTTPStatus.CONFLICT, "reservation_lost")
        case Unavailable():
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")


def _json(status: int, body: object, mimetype: str) -> Response:
    return Response(json.dumps(body, ensure_ascii=False) + "\n", status, mimetype=mimetype)

"""Reading what the caller sent: exactly the fields expected, as text, within bounds."""

import json
import re
from typing import Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from customer_code_validator.outcomes import FieldError

USER_ID = re.compile(r"[!-~]{1,255}")
"""Keycloak's ids: UUIDs, or f:COMPONENT:NAME of federated users."""


_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates: Unicode's categories Cc and Cs."""


class BadRequestError(Exception):
    """The request is not what the contract says; `errors` name the fields."""

    def __init__(self, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__("request_invalid")
        self.errors = errors


def fields(request: Request, most: dict[str, int], optional: dict[str, int] | None = None) -> dict[str, str]:
    """The JSON object's fields; `most` gives the names and longest lengths of those that are required.

    Raises `BadRequestError` for anything else: another type, an unknown or repeated field, control characters
    and lone surrogates (which no database takes).
    """
    body = _object(request)
    expected = most | {name: length for name, length in (optional or {}).items() if name in body}
    _refuse(_faults(body, expected))
    return {name: body[name] for name in expected}


def objects(request: Request, name: str, most: dict[str, int], at_most: int) -> list[dict[str, str]]:
    """The objects of the list `name`, which is all that the JSON object has: 1 to `at_most`, each as `fields`
    takes it. Raises `BadRequestError`, with the place of a faulty field as `name[3].field`.
    """
    body = _object(request)
    items = body.get(name)
    if set(body) != {name} or not isinstance(items, list) or not 0 < len(items) <= at_most:
        raise BadRequestError((FieldError(name, "invalid"),))
    for position, item in enumerate(items):
        where = f"{name}[{position}]"
        _refuse(
            _faults(item, most, f"{where}.") if isinstance(item, dict) else [FieldError(where, "invalid")]
        )
    return [{key: item[key] for key in most} for item in items]


def require_user_id(text: str) -> str:
    """The id itself, or `BadRequestError`."""
    if not USER_ID.fullmatch(text):
        raise BadRequestError((FieldError("userId", "invalid"),))
    return text


def _faults(body: dict[str, Any], most: dict[str, int], where: str = "") -> list[FieldError]:
    unknown = [FieldError(where + name, "unknown") for name in body if name not in most]
    wrong = {name: fault for name in most if (fault := _fault(body.get(name), most[name]))}
    return unknown + [FieldError(where + name, fault) for name, fault in wrong.items()]


def _refuse(faults: list[FieldError]) -> None:
    if faults:
        raise BadRequestError(tuple(faults[:20]))


def _object(request: Request) -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise BadRequestError
    try:
        body = json.loads(_sent(request), object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError):
        raise BadRequestError from None
    if not isinstance(body, dict):
        raise BadRequestError
    return body


def _sent(request: Request) -> bytes:
    sent = request.get_data()
    # A body of unknown length is cut at the limit without a word (werkzeug's LimitedStream).
    if request.content_length is None and len(sent) == request.max_content_length:
        raise RequestEntityTooLarge
    return sent


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("repeated field")
    return dict(pairs)


def _fault(value: object, most: int) -> str | None:
    if not isinstance(value, str):
        return "required"
    if len(value) > most:
        return "too_long"
    if _UNWANTED.search(value):
        return "invalid"
    return None

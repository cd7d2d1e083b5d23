"""What gunicorn cannot read as a request is answered with a problem too, in the contract's words."""

from http import HTTPStatus

from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

from customer_code_validator import problems

_STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (ParseException, HTTPStatus.BAD_REQUEST),
)


def status_of(error: Exception) -> HTTPStatus:
    """400 to 500: the caller's fault where gunicorn could not parse what came."""
    return next(
        (status for kind, status in _STATUSES if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR
    )


def refusal(status: HTTPStatus) -> bytes:
    """The whole answer; the connection ends with it."""
    reason = "unavailable" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "request_invalid"
    body = problems.problem(status, reason).get_data()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body

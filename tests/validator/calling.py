"""How tests call the service over HTTP, in its own process."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.validator.world import HOME, ROSSI

SECRET = "the-secret-of-today-has-40-characters..."
PREVIOUS = "the-secret-of-yesterday-40-characters..."
BEARER = {"Authorization": f"Bearer {SECRET}"}
RESERVE = {"code": ROSSI.code, "owner": "session-1", "address": HOME}


def post(client: FlaskClient, path: str, body: object, **headers: str) -> TestResponse:
    return client.post(path, json=body, headers={**BEARER, **headers})


def reason(response: TestResponse) -> tuple[int, str]:
    assert response.mimetype == "application/problem+json"
    body = response.get_json()
    assert body["status"] == response.status_code
    assert set(body) <= {"type", "title", "status", "reason", "errors"}
    return response.status_code, body["reason"]

"""What counts as Keycloak's answer. The bodies are those of Keycloak 26.7; no server runs here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from customer_code_validator.admin_api import AdminApi, UnansweredError
from customer_code_validator.directory import Absent, NoAnswer, Present
from customer_code_validator.keycloak import KeycloakDirectory
from customer_code_validator.settings import KeycloakSettings
from requests.adapters import BaseAdapter

TOKEN = (200, {"access_token": "t", "expires_in": 60})
OWN_USER = [{"id": "own", "username": "service-account-validator"}]


class Script(BaseAdapter):
    """Answers by path (and query) instead of a network; remembers what was asked."""

    def __init__(self, answers: dict[str, tuple[int, object]]) -> None:
        super().__init__()
        self.answers = answers
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str | bytes]] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The scripted answer, or a refused connection where there is none."""
        url = urlsplit(str(request.url))
        query = parse_qs(url.query)
        key = url.path.rsplit("/", 1)[-1] + "".join(
            f"?{query[name][0]}" for name in ("q", "username") if name in query
        )
        self.asked.append(key)
        self.headers.append(request.headers)
        if key not in self.answers:
            raise requests.ConnectionError("https://login.example.org/…/user-1 refused")
        status, body = self.answers[key]
        response = requests.Response()
        response.status_code = status
        response._content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return response

    def close(self) -> None:
        """Nothing to close."""


def directory(**answers: tuple[int, object]) -> tuple[KeycloakDirectory, Script]:
    """A directory whose network is a script; the token is always given."""
    made = KeycloakDirectory(KeycloakSettings("https://login.example.org", "r", "validator", "secret"))
    script = Script({"token": TOKEN, **answers})
    made._api._session.mount("https://", script)
    return made, script


def test_a_user_that_keycloak_shows_is_present() -> None:
    made, script = directory(**{"user-1": (200, {"id": "user-1"})})
    assert made.user("user-1") == Present("user-1")
    assert script.headers[-1]["Authorization"] == "Bearer t"


def test_only_keycloaks_own_word_makes_a_user_absent() -> None:
    made, _ = directory(**{"user-1": (404, {"error": "User not found"})})
    assert made.user("user-1") == Absent()


@pytest.mark.parametrize(
    "answer",
    [
        (404, {"error": "Realm not found."}),
        (404, {"error": "HTTP 404 Not Found"}),
        (404, "<html>no such page</html>"),
        (404, {"error": "User not found", "error_description": "by a proxy"}),
        (404, ""),
        (403, {"error": "HTTP 403 Forbidden"}),
        (401, {"error": "HTTP 401 Unauthorized"}),
        (500, {"error": "unknown_error"}),
        (302, ""),
        (200, "rubbish"),
        (200, {}),
        (200, {"id": "somebody else"}),
    ],
)
def test_anything_else_is_no_answer(answer: tuple[int, object]) -> None:
    made, _ = directory(**{"user-1": answer})
    outcome = made.user("user-1")
    assert isinstance(outcome, NoAnswer)
    assert "user-1" not in outcome.why


def test_a_refused_connection_is_no_answer_and_its_text_is_not_repeated() -> None:
    made, _ = directory()
    assert made.user("user-1") == NoAnswer("Keycloak cannot be reached (ConnectionError)")


def test_a_refused_login_is_no_answer() -> None:
    made, _ = directory(token=(401, {"error": "unauthorized_client"}))
    assert isinstance(made.user("user-1"), NoAnswer)


def test_a_user_found_by_its_code_is_present() -> None:
    found = [{"id": "user-1", "attributes": {"customerCode": ["1000234567"]}}]
    made, _ = directory(**{"users?customerCode:1000234567": (200, found)})
    assert made.user_with_code("1000234567") == Present("user-1")


def test_an_empty_list_means_absent_only_to_an_account_that_sees_users() -> None:
    """Keycloak leaves users out of a list silently where the caller may not view them."""
    nobody: dict[str, tuple[int, object]] = {"users?customerCode:1000234567": (200, [])}
    seeing, _ = directory(**nobody, **{"users?service-account-validator": (200, OWN_USER)})
    assert seeing.user_with_code("1000234567") == Absent()
    blind, _ = directory(**nobody, **{"users?service-account-validator": (200, [])})
    outcome = blind.user_with_code("1000234567")
    assert isinstance(outcome, NoAnswer)
    assert "view-users" in outcome.why


def test_a_user_whose_shown_code_is_another_is_not_the_one() -> None:
    found = [{"id": "user-1", "attributes": {"customerCode": ["ab12"]}}]
    made, _ = directory(
        **{"users?customerCode:AB12": (200, found), "users?service-account-validator": (200, OWN_USER)}
    )
    assert made.user_with_code("AB12") == Absent()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {"error": "HTTP 404 Not Found"}), "is its extension older than this service"),
        ((404, {"error": "Realm not found."}), "answered 404"),
        ((403, {"error": "HTTP 403 Forbidden"}), "answered 403 to the question which users there are"),
        ((200, {"user-1": True}), "answered 200"),
    ],
)
def test_which_of_many_users_there_are_is_believed_only_where_the_extension_says_it(
    answer: tuple[int, object], said: str
) -> None:
    made, script = directory(present=answer)
    got = made.present(["user-1", "user-2"])
    assert isinstance(got, NoAnswer)
    assert said in got.why
    script.answers["present"] = (200, ["user-2"])
    assert made.present(["user-1", "user-2"]) == frozenset({"user-2"})
    assert script.headers[-1]["Content-Type"] == "application/json"


def test_the_token_is_kept_and_fetched_again_once_it_is_refused() -> None:
    made, script = directory(**{"user-1": (200, {"id": "user-1"})})
    made.user("user-1")
    made.user("user-1")
    assert script.asked == ["token", "user-1", "user-1"]
    script.answers["user-1"] = (401, {"error": "HTTP 401 Unauthorized"})
    script.asked.clear()
    assert isinstance(made.user("user-1"), NoAnswer)
    assert script.asked == ["user-1", "token", "user-1"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {"error": "HTTP 404 Not Found"}), "is its extension older than this service"),
        ((403, {"error": "HTTP 403 Forbidden"}), "answered 403 to the list of customers"),
        ((200, "rubbish"), "answered 200"),
        ((200, {}), "answered 200"),
        ((200, [{"id": "user-1"}]), "answered 200"),
        ((200, [{"id": "user-1", "customerCode": None, "codiceFiscale": None}]), "answered 200"),
        ((200, [{"id": "user-1", "customerCode": "1000234567"}]), "is its extension older"),
    ],
)
def test_a_list_of_customers_is_believed_only_where_the_extension_gives_it(
    answer: tuple[int, object], said: str
) -> None:
    """An empty one would free every code after a restore."""
    api = AdminApi(KeycloakSettings("https://login.example.org", "r", "validator", "secret"))
    script = Script({"token": TOKEN, "holders": answer})
    api._session.mount("https://", script)
    with pytest.raises(UnansweredError, match=said):
        api.holders("", 10)
    script.answers["holders"] = (200, [])
    assert api.holders("", 10) == []

"""What is sent again, what is not, and what is said: a gateway on a connection that fails as it is told."""

from __future__ import annotations

import pytest

from provisioning import retry
from provisioning.connection import Answer, LostError, lost
from provisioning.gateway import Gateway
from provisioning.login import GatewayError, Login
from provisioning.reader import NotFoundError, RefusedError, UncertainError
from tests.provisioning.fakes import Scripted

FINE = Answer(200, "", "{}")
GATEWAY_TIMEOUT = Answer(504, "", "<html>upstream timed out</html>")


class Waiting(Gateway):
    """Takes no time over its waits, and remembers them."""

    def __init__(self, *outcomes: Answer | Exception) -> None:
        self.waited: list[float] = []
        self.told: list[str] = []
        self.script = Scripted(*outcomes)
        super().__init__(
            Login("http://fake", "master"),
            connection=self.script,
            sleep=self.waited.append,
            tell=self.told.append,
        )


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_reading_is_tried_again_after_a_passing_failure_and_says_so(status: int) -> None:
    gateway = Waiting(Answer(status, "", "busy"), FINE)
    assert gateway.get("/r") == {}
    assert gateway.waited == [retry.WAITS[0]]
    assert gateway.told == [f"GET /admin/realms/r: Keycloak answered {status}: busy; trying again in 0.25 s"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_a_refusal_is_final(status: int) -> None:
    gateway = Waiting(Answer(status, "", '{"errorMessage": "no"}'))
    with pytest.raises(RefusedError, match=f"Keycloak answered {status}: no"):
        gateway.get("/r")
    assert gateway.waited == []


def test_the_tries_are_bounded_and_counted_in_the_message() -> None:
    gateway = Waiting(*[LostError("the connection was lost before the answer")] * 8)
    with pytest.raises(GatewayError) as caught:
        gateway.put("/r", {})
    assert str(caught.value) == (
        "PUT /admin/realms/r: the connection was lost before the answer (8 tries in 31 s)"
    )
    assert gateway.waited == list(retry.WAITS)
    assert len(gateway.script.sent) == 8


@pytest.mark.parametrize(
    "path",
    [
        "/r/partial-export?exportClients=true",
        "/r/partialImport",
        "/r/users/u/role-mappings/realm",
        "/r/roles-by-id/x/composites",
        "/r/localization/it",
    ],
)
def test_a_post_of_which_keycloak_makes_no_second_one_is_sent_again(path: str) -> None:
    gateway = Waiting(GATEWAY_TIMEOUT, LostError("gone"), FINE)
    gateway.post(path, {})
    assert gateway.script.sent == [("POST", path)] * 3


@pytest.mark.parametrize("path", ["", "/r/clients", "/r/roles", "/r/groups", "/r/authentication/executions"])
@pytest.mark.parametrize("outcome", [GATEWAY_TIMEOUT, Answer(500, "", "{}"), LostError("gone")])
def test_a_creating_post_of_unknown_outcome_is_left_to_whoever_can_read(
    path: str, outcome: Answer | Exception
) -> None:
    gateway = Waiting(outcome)
    with pytest.raises(UncertainError, match="POST /admin/realms"):
        gateway.post(path, {})
    assert len(gateway.script.sent) == 1


@pytest.mark.parametrize("outcome", [LostError("nothing answers there", sent=False), Answer(429, "", "slow")])
def test_a_creating_post_that_never_arrived_is_sent_again(outcome: Answer | Exception) -> None:
    gateway = Waiting(outcome, Answer(201, "new-id", ""))
    assert gateway.post("/r/clients", {}) == "new-id"


def test_not_found_after_a_removal_whose_answer_was_lost_means_removed() -> None:
    gateway = Waiting(LostError("gone"), Answer(404, "", "{}"))
    gateway.delete("/r/clients/1")


def test_not_found_at_the_first_removal_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        Waiting(Answer(404, "", "{}")).delete("/r/clients/1")


def test_what_became_of_a_call_is_read_from_the_chain_of_causes() -> None:
    import requests
    from urllib3.exceptions import MaxRetryError, NewConnectionError, ReadTimeoutError
    from urllib3.util.connection import create_connection

    never = requests.ConnectionError(
        MaxRetryError(None, "/", NewConnectionError(create_connection, "refused"))  # type: ignore[arg-type]
    )
    assert lost(never).sent is False
    late = requests.ConnectionError(ReadTimeoutError(None, "/", "late"))  # type: ignore[arg-type]
    assert (lost(late).sent, str(lost(late))) == (True, "no answer came in time")
    assert lost(requests.ConnectionError("Connection aborted.")).sent is True


def test_a_new_token_is_asked_for_again_while_the_login_is_away() -> None:
    gateway = Waiting()
    failures = [LostError("the login was answered 502", sent=False)]

    def refresh() -> None:
        if failures:
            raise failures.pop()

    gateway.script.refresh = refresh  # type: ignore[method-assign]
    gateway.refresh()
    assert gateway.told == ["the login: the login was answered 502; trying again in 0.25 s"]

"""Where servers run: on this machine, unless containers are offered and an engine of it answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack import runtime
from stack.errors import StackError
from stack.plain import KeycloakProcess
from stack.settings import HOST, KEYCLOAK, OLDER_KEYCLOAK
from tests.support.answering import answering


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No engine has been asked for, and none is there."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.delenv(runtime.CHOICE, raising=False)
    monkeypatch.setattr(runtime._Offer, "asked", False)
    runtime._engine.cache_clear()
    yield
    runtime._engine.cache_clear()


def _is_plain(folder: Path) -> bool:
    return isinstance(runtime.keycloak(folder / "log", folder, KEYCLOAK), KeycloakProcess)


@contextmanager
def _engine_of(machine: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Docker API of which the machine's name is told."""

    with answering(lambda _: {"Name": machine, "ApiVersion": "1.44"}) as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://{HOST}:{port}")
        yield


def test_where_no_docker_api_answers_the_plain_distribution_serves_and_the_run_says_why(
    tmp_path: Path,
) -> None:
    assert _is_plain(tmp_path)
    [line] = runtime.account()
    assert "processes of this machine (no Docker API answers at unix://" in line


def test_an_engine_of_this_machine_gives_containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _engine_of(socket.gethostname(), monkeypatch):
        assert not _is_plain(tmp_path)
    [line] = runtime.account()
    assert "ran in containers (tcp://" in line


def test_an_engine_of_another_machine_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _engine_of("elsewhere", monkeypatch):
        assert _is_plain(tmp_path)
    assert "an engine of another machine, elsewhere" in runtime.account()[0]


def test_who_wants_no_containers_gets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(runtime.CHOICE, "plain")
    with _engine_of(socket.gethostname(), monkeypatch):
        assert _is_plain(tmp_path)
    assert "TEST_SERVERS=plain" in runtime.account()[0]


def test_make_run_offers_no_containers_and_gets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime._Offer, "made", False)
    with _engine_of(socket.gethostname(), monkeypatch):
        assert _is_plain(tmp_path)
    assert runtime.account() == []


def test_an_older_release_is_a_plain_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _engine_of(socket.gethostname(), monkeypatch):
        server = runtime.keycloak(tmp_path / "log", tmp_path, OLDER_KEYCLOAK)
    assert isinstance(server, KeycloakProcess)


def test_who_wants_containers_alone_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(runtime.CHOICE, "containers")
    with pytest.raises(StackError, match=r"no Docker API answers at unix:.*: start Docker or podman here"):
        _is_plain(tmp_path)


def test_a_choice_that_is_none_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(runtime.CHOICE, "sometimes")
    with pytest.raises(StackError, match="TEST_SERVERS=sometimes is none of plain and containers"):
        _is_plain(tmp_path)

"""How many calls a realm costs, counted in Keycloak's own access log: logins, readings and all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.provisioning import accesslog
from benchmarks.provisioning.subjects import many
from provisioning import engine
from provisioning.applying import ApplyError
from provisioning.config import load
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.observed import observe
from provisioning.reader import NotFoundError
from stack.keycloak import Keycloak


class Subject:
    """A realm declared in one file, and the calls that working on it takes."""

    def __init__(self, server: Keycloak, name: str, file: Path, content: dict[str, Any]) -> None:
        self.server, self.name, self.file, self.content = server, name, file, {**content, "realm": name}
        self.told: list[str] = []

    def login(self) -> Gateway:
        """As a new process would come: nothing known, no token yet."""
        username, password = self.server.admin_username, self.server.admin_password
        return Gateway(Login(self.server.url, "master", username=username, password=password))

    def apply(self, gateway: Gateway | None = None) -> engine.Outcome:
        self.file.write_text(json.dumps(self.content), encoding="utf-8")
        declared = engine.declare(load(self.file), gateway or self.login())[0]
        self.told.clear()
        return engine.apply(declared, gateway or self.login(), self.name, self.told.append)

    def calls_of(self, work: Callable[[], object]) -> list[str]:
        """What reached Keycloak while this was done."""
        began = accesslog.mark(self.server)
        work()
        return accesslog.calls(self.server, began)


@pytest.fixture
def subject(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A realm of 100 roles, 100 groups and 100 clients, not made yet; removed afterwards."""
    name = "c-" + re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_"))[:40].strip("-")
    made = Subject(keycloak_server, name, tmp_path / "realm.json", many(100, 100, 100))
    yield made
    with suppress(NotFoundError):
        made.login().delete(f"/{name}")


def test_an_unchanged_realm_costs_no_write_and_four_calls(subject: Subject) -> None:
    subject.apply()
    calls = subject.calls_of(subject.apply)
    assert subject.told == []
    # A login, two small readings of the realm's size, the export.
    assert len(calls) == 4, calls
    assert not [call for call in calls if call.startswith(("PUT", "DELETE"))]


def test_a_realm_of_300_objects_is_made_in_twelve_calls(subject: Subject) -> None:
    calls = subject.calls_of(subject.apply)
    # That there is no such realm, the import, what is there then, roles, clients and groups by one import
    # each, the proof of three readings, the lock given back.
    work = [call for call in calls if not _goes_by_time(call)]
    assert len(work) == 10, calls
    # A login, and a token that knows the new realm.
    assert len([call for call in calls[: calls.index(work[2])] if _goes_by_time(call)]) == 2, calls
    assert [words.split(":")[0] for words in subject.told] == [
        f"create realm {subject.name}",
        "create 100 realm roles",
        "create 100 clients",
        "create 100 groups",
    ]


def _goes_by_time(call: str) -> bool:
    """A slow server sees more of them: a new token each minute, the lock held on to every few seconds."""
    return "/token" in call or (call.startswith("PUT") and call.endswith("provisioning-lock"))


@pytest.mark.parametrize("change", ["the realm", "a client", "a role", "a group"])
def test_one_changed_field_costs_the_write_and_the_proof(subject: Subject, change: str) -> None:
    subject.apply()
    unchanged = len(subject.calls_of(subject.apply))
    match change:
        case "the realm":
            subject.content["displayName"] = "Other"
        case "a client":
            subject.content["clients"][7]["name"] = "Other"
        case "a role":
            subject.content["roles"]["realm"][7]["description"] = "Other"
        case "a group":
            subject.content["groups"][7]["attributes"] = {"a": ["b"]}
    calls = subject.calls_of(subject.apply)
    assert len(calls) == unchanged + 2, calls
    assert len(subject.told) == 1


def test_many_new_objects_of_a_realm_that_exists_come_in_chunks(subject: Subject) -> None:
    subject.content = {"realm": subject.name, "displayName": "Many"}
    subject.apply()
    subject.content = {**many(400, 300, 300), "realm": subject.name}
    calls = subject.calls_of(subject.apply)
    imports = [call for call in calls if call.endswith("/partialImport")]
    assert len(imports) == 6, calls  # of at most 250 each
    assert subject.told[0] == "create 250 realm roles (250 of 400): role-0 … role-249"
    assert len(calls) - len(imports) <= 20, calls
    assert subject.apply().done == ()


def test_a_realm_of_more_than_a_thousand_objects_is_made_in_chunks_and_goes_on_where_it_stopped(
    subject: Subject,
) -> None:
    subject.content = {**many(600, 600, 600), "realm": subject.name}
    gateway = subject.login()
    sent = gateway._send
    imports: list[str] = []

    def refuse_the_fourth(method: str, path: str, body: Any = None) -> Any:
        if path.endswith("/partialImport"):
            imports.append(path)
            if len(imports) == 4:
                raise KeyboardInterrupt
        return sent(method, path, body)

    gateway._send = refuse_the_fourth  # type: ignore[method-assign]
    with pytest.raises(ApplyError) as caught:
        subject.apply(gateway)
    assert len(caught.value.done) == 4  # the realm and three chunks
    assert "interrupted" in str(caught.value)
    assert len(str(caught.value).splitlines()) < 100
    calls = subject.calls_of(subject.apply)
    assert len([call for call in calls if call.endswith("/partialImport")]) == 6
    assert subject.apply().done == ()


def test_a_large_realm_read_in_pages_is_the_one_that_an_export_tells(subject: Subject) -> None:
    subject.content = {**many(300, 600, 510), "realm": subject.name}
    subject.content["groups"][3]["subGroups"] = [{"name": "below", "realmRoles": ["role-1"]}]
    subject.content["roles"]["realm"][5]["composites"] = {"realm": ["role-6"]}
    subject.content["clients"][2] = {
        "clientId": "client-2",
        "secret": "canary",
        "serviceAccountsEnabled": True,
    }
    subject.content["users"] = [{"serviceAccountClientId": "client-2", "realmRoles": ["role-2"]}]
    subject.content["roles"]["client"] = {"client-3": [{"name": "own", "composites": {"realm": ["role-9"]}}]}
    subject.apply()
    assert subject.apply().done == ()
    calls = subject.calls_of(subject.apply)
    assert not [call for call in calls if "exportClients=true" in call]
    assert len(calls) <= 26, calls
    gateway = subject.login()
    paged, whole = observe(gateway, subject.name, large=True), observe(gateway, subject.name, large=False)
    for listed in ("groups", "clients"):
        assert _plain(paged.export[listed]) == _plain(whole.export[listed])
    assert _plain(paged.export["roles"]["realm"]) == _plain(whole.export["roles"]["realm"])
    assert paged.client_secrets["client-2"] == "canary"
    assert "canary" not in json.dumps(paged.export)


def _plain(items: list[dict[str, Any]]) -> list[str]:
    """What both readings tell, in one order: an export adds no rights of the reader and no counts."""
    apart = {"access", "subGroupCount", "authorizationSettings", "parentId"}

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: without(child) for name, child in value.items() if name not in apart and child != []
            }
        return sorted(map(json.dumps, map(without, value))) if isinstance(value, list) else value

    return sorted(json.dumps(without(item), sort_keys=True) for item in items)

"""The flow of registrations changed while customers stand on its pages: each of them is registered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from provisioning import engine
from provisioning.config import load
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.observed import observe
from stack.local import Stack
from stack.settings import realm_name
from tests.support.flows_in_use import Watched
from tests.support.newcomers import NewCustomer
from tests.support.registration import WELCOME, Registrant

FLOW, FORM = "registration with customer code", "registration form with customer code"
Edit = Callable[[dict[str, Any]], None]


def several_steps(declared: dict[str, Any]) -> None:
    """Two actions of the form change places, and another one comes."""
    (form,) = (flow for flow in declared["authenticationFlows"] if flow["alias"] == FORM)
    for step in form["authenticationExecutions"]:
        step["priority"] = {30: 41, 40: 31}.get(step["priority"], step["priority"])
    form["authenticationExecutions"].append(
        {"authenticator": "registration-terms-and-conditions", "requirement": "DISABLED", "priority": 60}
    )


def other_names(declared: dict[str, Any]) -> None:
    """The whole flow and its form under other aliases, the old ones declared no more."""
    text = json.dumps(declared["authenticationFlows"]).replace(FORM, f"{FORM} 2").replace(FLOW, f"{FLOW} 2")
    declared.update(authenticationFlows=json.loads(text), registrationFlow=f"{FLOW} 2")


@pytest.fixture
def gateway(stack: Stack) -> Gateway:
    server = stack.keycloak
    return Gateway(
        Login(server.url, "master", username=server.admin_username, password=server.admin_password)
    )


@pytest.fixture
def declared(gateway: Gateway, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The flows of the customers' realm as they are; they are so again in the end."""
    export = observe(gateway, realm_name()).export
    names = ("realm", "registrationFlow", "authenticationFlows", "authenticatorConfig")
    # Nothing is recorded to be anybody's: what is undeclared and not built in goes.
    prune = {"prune": {"authenticationFlows": "undeclared"}}
    before = {**{name: export[name] for name in names}, "provisioning": prune}
    yield deepcopy(before)
    apply(gateway, before, tmp_path)


def apply(gateway: Gateway, content: dict[str, Any], folder: Path) -> tuple[str, ...]:
    file = folder / "flows.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return engine.apply(
        engine.declare(load(file), gateway)[0], gateway, realm_name(), allow=["change-login-flow"]
    ).done


@pytest.mark.parametrize("edit", [several_steps, other_names])
def test_customers_on_the_login_page_the_code_page_and_the_form_are_registered_at_any_call_of_a_change(
    stack: Stack,
    new_customer: NewCustomer,
    gateway: Gateway,
    declared: dict[str, Any],
    tmp_path: Path,
    edit: Edit,
) -> None:
    def standing() -> list[Callable[[], Any]]:
        """Customers on each page, and what they do next."""
        at_login, at_code, at_form = (Registrant(stack, new_customer()) for _ in range(3))
        login, code = at_login.login_page(), at_code.code_page()
        at_form.open_form()

        def go_on(registrant: Registrant, page: Any) -> Any:
            page = registrant.browser.submit(page.form, {"customerCode": registrant.customer.code})
            registrant.form = page.form
            return registrant.send_form()

        return [
            lambda: go_on(at_login, at_login.browser.follow(login, "login-actions/registration")),
            lambda: go_on(at_code, code),
            at_form.send_form,
        ]

    ends: list[str] = []

    def sent(call: str, goes_on: list[Callable[[], Any]]) -> None:
        pages = [go_on() for go_on in goes_on]
        ends.extend("" if page.name in WELCOME else f"{call}: {page.described()}" for page in pages)

    edit(declared)
    assert apply(Watched(gateway.login, standing, sent), declared, tmp_path)
    assert set(ends) == {""}, [end for end in ends if end]
    assert len(ends) >= 6
    assert apply(gateway, declared, tmp_path) == ()

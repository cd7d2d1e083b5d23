"""Flows changed while people log in and register through them: nobody fails."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from provisioning import engine
from provisioning.config import load
from provisioning.observed import Observed
from stack.browserless import Browser
from stack.keycloak import Keycloak
from stack.page import Form, Page
from tests.support.provisioned import Provisioned, realm_of

PASSWORD = "Corretto-Cavallo-7"
CLIENT = "account-console"
_PAGES = 3
Steps = list[dict[str, object]]

BROWSER = [
    {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE", "priority": 10},
    {"flowAlias": "our forms", "requirement": "ALTERNATIVE", "priority": 20},
]
OLD_FORMS = [{"authenticator": "auth-username-password-form", "requirement": "REQUIRED", "priority": 10}]
NEW_FORMS = [
    {"authenticator": "auth-username-form", "requirement": "REQUIRED", "priority": 20},
    {"authenticator": "auth-password-form", "requirement": "REQUIRED", "priority": 30},
]
REGISTRATION = [
    {"authenticator": "registration-user-creation", "requirement": "REQUIRED", "priority": 20},
    {"authenticator": "registration-password-action", "requirement": "REQUIRED", "priority": 50},
    {"authenticator": "registration-terms-and-conditions", "requirement": "DISABLED", "priority": 70},
]


def configuration(realm: str, forms: Steps, registration: Steps) -> str:
    """A realm with flows of its own for logins and registrations."""
    form = {
        "authenticator": "registration-page-form",
        "flowAlias": "our form",
        "requirement": "REQUIRED",
        "priority": 10,
    }
    return yaml.safe_dump(
        {
            "realm": realm,
            "registrationAllowed": True,
            "browserFlow": "our browser",
            "registrationFlow": "our registration",
            "authenticationFlows": [
                {"alias": "our browser", "authenticationExecutions": BROWSER},
                {"alias": "our forms", "topLevel": False, "authenticationExecutions": forms},
                {"alias": "our registration", "authenticationExecutions": [form]},
                {
                    "alias": "our form",
                    "topLevel": False,
                    "providerId": "form-flow",
                    "authenticationExecutions": registration,
                },
            ],
        }
    )


@dataclass
class People:
    """Who log in and register, each in a browser of their own, until told to stop."""

    url: str
    realm: str
    failures: list[str] = field(default_factory=list)
    done: int = 0
    stopping: bool = False
    counted: threading.Condition = field(default_factory=threading.Condition)

    def open(self) -> tuple[Browser, Page]:
        """The login page in a fresh browser."""
        browser = Browser(self.url)
        return browser, browser.login_page(self.realm, CLIENT, f"{self.url}/realms/{self.realm}/account/")

    def registration(self) -> tuple[Browser, Form]:
        """The registration form in a fresh browser."""
        browser, page = self.open()
        return browser, browser.follow(page, "login-actions/registration").form

    def register(self, name: str, opened: tuple[Browser, Form] | None = None) -> Page:
        """Send the registration form."""
        browser, form = opened or self.registration()
        names = {"firstName": "Anna", "lastName": "Rossi", "email": f"{name}@example.org", "username": name}
        return browser.submit(form, {**names, "password": PASSWORD, "password-confirm": PASSWORD})

    def log_in(self, name: str, opened: tuple[Browser, Page] | None = None) -> Page:
        """Fill in what each page asks for, as people do, until it is over: a login that stands in a step that
        leaves may be asked by the new one too."""
        browser, page = opened or self.open()
        for _ in range(_PAGES):
            if not page.name.startswith("login"):
                break
            values = {"username": name, "password": PASSWORD}
            page = browser.submit(
                page.form, {key: values[key] for key in values if f'name="{key}"' in page.text}
            )
        return page

    def keep_coming(self) -> None:
        """Register and log in, again and again."""
        while not self.stopping:
            name = f"u{secrets.token_hex(6)}"
            for step in (self.register, self.log_in):
                try:
                    page = step(name)
                    failure = "" if page.returned else f"{step.__name__}: {page.described()}"
                except Exception as error:
                    failure = f"{step.__name__}: {error!r}"
                with self.counted:
                    self.done += 1
                    self.failures += [failure] if failure else []
                    self.counted.notify_all()

    def wait_for(self, more: int) -> None:
        """Until so many more have come through."""
        with self.counted:
            wanted = self.done + more
            assert self.counted.wait_for(lambda: self.done >= wanted, timeout=120)


class InUse:
    """A realm whose flows change between two forms."""

    def __init__(self, realm: Provisioned, folder: Path) -> None:
        self.realm, self.folder = realm, folder
        self.people = People(realm.server.url, realm.name)

    def plan(self, forms: Steps, registration: Steps) -> str:
        declared = self._declared(forms, registration)
        plan = engine.make_plan(declared, self.realm.gateway, self.realm.name)
        return "\n".join(
            f"{f.path}: {f.before} → {f.after}" for change in plan.changes for f in change.fields
        )

    def apply(self, forms: Steps, registration: Steps) -> engine.Outcome:
        declared = self._declared(forms, registration)
        return engine.apply(declared, self.realm.gateway, self.realm.name, allow=["change-login-flow"])

    def steps(self) -> dict[str, str]:
        return {
            each.get("providerId") or each["displayName"]: each["requirement"]
            for each in self.realm.gateway.get(
                f"/{self.realm.name}/authentication/flows/our%20browser/executions"
            )
        }

    def _declared(self, forms: Steps, registration: Steps) -> dict[str, object]:
        file = self.folder / "flows.yaml"
        file.write_text(configuration(self.realm.name, forms, registration), encoding="utf-8")
        return dict(engine.declare(load(file), self.realm.gateway)[0])


@pytest.fixture
def in_use(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[InUse]:
    with realm_of(request.node.name, keycloak_server, tmp_path) as realm:
        made = InUse(realm, tmp_path)
        made.apply(OLD_FORMS, REGISTRATION)
        yield made


def test_logins_and_registrations_in_progress_all_end_well_while_their_flows_change(in_use: InUse) -> None:
    people = in_use.people
    people.register("anna")
    with ThreadPoolExecutor(3) as threads:
        coming = [threads.submit(people.keep_coming) for _ in range(3)]
        people.wait_for(6)
        standing = [people.open() for _ in range(3)]
        registering = [people.registration() for _ in range(3)]
        for forms, registration in (
            (NEW_FORMS, REGISTRATION[:2]),
            (OLD_FORMS, REGISTRATION),
            (NEW_FORMS, REGISTRATION[:2]),
        ):
            in_use.apply(forms, registration)
            people.wait_for(6)
        pages = [people.log_in("anna", each) for each in standing]
        pages += [people.register(f"late-{n}", each) for n, each in enumerate(registering)]
        people.stopping = True
    for each in coming:
        each.result()
    assert people.failures == []
    assert people.done >= 24
    assert [page.described() for page in pages if not page.returned] == []


def test_a_step_that_leaves_stays_out_of_reach_until_nobody_can_stand_in_it_and_the_plan_says_so(
    in_use: InUse, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = in_use.plan(NEW_FORMS, REGISTRATION)
    assert "our forms / auth-username-password-form.requirement: REQUIRED → ALTERNATIVE" in told
    assert "our forms / auth-username-password-form (retired): None → stays until " in told
    in_use.apply(NEW_FORMS, REGISTRATION)
    assert in_use.steps()["auth-username-password-form"] == "ALTERNATIVE"
    assert in_use.apply(NEW_FORMS, REGISTRATION).done == ()

    later = Observed.__init__

    def in_an_hour(self: Observed, *arguments: object, **options: object) -> None:
        later(self, *arguments, **options)  # type: ignore[arg-type]
        self.at += 3600

    monkeypatch.setattr(Observed, "__init__", in_an_hour)
    assert in_use.apply(NEW_FORMS, REGISTRATION).done == ("update authentication flow our browser",)
    assert "auth-username-password-form" not in in_use.steps()
    assert in_use.apply(NEW_FORMS, REGISTRATION).done == ()


def test_a_step_that_comes_back_before_it_is_gone_is_the_same_one(in_use: InUse) -> None:
    flow = f"/{in_use.realm.name}/authentication/flows/our%20browser/executions"
    before = {each.get("providerId"): each["id"] for each in in_use.realm.gateway.get(flow)}
    in_use.apply(NEW_FORMS, REGISTRATION)
    in_use.apply(OLD_FORMS, REGISTRATION)
    after = {each.get("providerId"): each["id"] for each in in_use.realm.gateway.get(flow)}
    step = "auth-username-password-form"
    assert after[step] == before[step]
    assert in_use.steps()[step] == "REQUIRED"

"""A realm with flows of its own, which people use while they change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from provisioning import engine
from provisioning.calls import is_reading
from provisioning.config import load
from provisioning.connection import Answer
from provisioning.gateway import Gateway
from provisioning.lock import Patience
from provisioning.login import Login
from provisioning.nodes import Json
from provisioning.plan import Plan
from tests.support.people import People
from tests.support.provisioned import Provisioned

Steps = list[dict[str, object]]


def step(authenticator: str, priority: int, requirement: str = "REQUIRED") -> dict[str, object]:
    return {"authenticator": authenticator, "requirement": requirement, "priority": priority}


OLD_FORMS = [step("auth-username-password-form", 10)]
NEW_FORMS = [step("auth-username-form", 20), step("auth-password-form", 30)]
TWICE = [*OLD_FORMS, step("auth-password-form", 20)]
FORM = [
    step("registration-user-creation", 20),
    step("registration-password-action", 50),
    step("registration-terms-and-conditions", 70, "DISABLED"),
]


def configuration(forms: Steps = OLD_FORMS, form: Steps = FORM, name: str = "our") -> dict[str, Any]:
    """Flows for logins and registrations, called after `name`."""
    browser = [
        step("auth-cookie", 10, "ALTERNATIVE"),
        {"flowAlias": f"{name} forms", "requirement": "ALTERNATIVE", "priority": 20},
    ]
    page = {**step("registration-page-form", 10), "flowAlias": f"{name} form"}
    below = {"topLevel": False}
    return {
        "registrationAllowed": True,
        "browserFlow": f"{name} browser",
        "registrationFlow": f"{name} registration",
        "authenticationFlows": [
            {"alias": f"{name} browser", "authenticationExecutions": browser},
            {"alias": f"{name} forms", **below, "authenticationExecutions": forms},
            {"alias": f"{name} registration", "authenticationExecutions": [page]},
            {"alias": f"{name} form", **below, "providerId": "form-flow", "authenticationExecutions": form},
        ],
    }


class Watched(Gateway):
    """Tells of each writing call: `before` it, and what that gave `after` it."""

    def __init__(self, login: Login, before: Callable[[], Any], after: Callable[[str, Any], None]) -> None:
        super().__init__(login)
        self._before, self._after = before, after

    def _send(self, method: str, path: str, body: Json = None) -> Answer:
        if is_reading(method, path) or "provisioning-lock" in path:
            return super()._send(method, path, body)
        given = self._before()
        answer = super()._send(method, path, body)
        self._after(f"{method} {path}", given)
        return answer


class InUse:
    """A realm with flows in use; `configuration()` is what it begins with."""

    def __init__(self, realm: Provisioned, folder: Path) -> None:
        self.realm, self.folder = realm, folder
        self.people = People(realm.server.url, realm.name)

    def declared(self, **content: Any) -> dict[str, Any]:
        file = self.folder / "flows.yaml"
        file.write_text(yaml.safe_dump({"realm": self.realm.name, **content}), encoding="utf-8")
        return dict(engine.declare(load(file), self.realm.gateway)[0])

    def plan(self, **content: Any) -> Plan:
        return engine.make_plan(self.declared(**content), self.realm.gateway, self.realm.name)

    def apply(self, *allow: str, by: Gateway | None = None, **content: Any) -> tuple[str, ...]:
        """What was done; `by` is who does it, where not the realm's usual gateway."""
        gateway, soon = by or self.realm.gateway, Patience(poll=0.05)
        names = ("change-login-flow", *allow)
        declared = self.declared(**content)
        return engine.apply(declared, gateway, self.realm.name, allow=names, patience=soon).done

    def steps(self, flow: str = "our browser") -> dict[str, dict[str, Any]]:
        path = f"/{self.realm.name}/authentication/flows/{flow.replace(' ', '%20')}/executions"
        return {each.get("providerId") or each["displayName"]: each for each in self.realm.gateway.get(path)}

    def ids(self) -> dict[str, str]:
        """The server's ids of the realm's own flows."""
        flows = self.realm.gateway.get(f"/{self.realm.name}/authentication/flows")
        return {each["alias"]: each["id"] for each in flows if not each["builtIn"]}

    def flows(self) -> list[str]:
        return sorted(self.ids())

    def notes(self) -> list[str]:
        """The realm's attributes that are this tool's own, without what they hold."""
        attributes = self.realm.gateway.get(f"/{self.realm.name}")["attributes"]
        return sorted(name for name in attributes if name.startswith("provisioning."))


PRUNE = {"owner": "us", "prune": {"authenticationFlows": "owned"}}
RESTRUCTURED = configuration(NEW_FORMS, FORM[:2])

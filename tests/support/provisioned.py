"""A configuration folder and the realm made from it, on a real Keycloak."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.provisioning import accesslog
from provisioning import calls, engine, report
from provisioning.calls import Call
from provisioning.config import load
from provisioning.dangers import ALL
from provisioning.engine import Outcome
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.reader import NotFoundError
from stack.keycloak import Keycloak

SAMPLE = Path(__file__).parents[1] / "provisioning" / "data" / "sample"
SECRETS = {
    "SAMPLE_SMTP_PASSWORD": "canary-smtp",
    "SAMPLE_CLIENT_SECRET": "canary-client",
    "SAMPLE_RECAPTCHA_SECRET": "canary-captcha",
}
_WRITES = ("POST", "PUT", "DELETE")


class Provisioned:
    """A copy of a configuration folder, the sample unless told otherwise, and the realm made from it."""

    def __init__(self, server: Keycloak, name: str, folder: Path, source: Path = SAMPLE) -> None:
        self.server, self.name, self.folder = server, name, folder
        self.environment = dict(SECRETS)
        self.told: list[str] = []
        login = Login(server.url, "master", username=server.admin_username, password=server.admin_password)
        self.gateway = Gateway(login)
        shutil.copytree(source, folder)

    def edit(self, file: str, before: str, after: str) -> None:
        """Change the configuration; `before` must be there."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def declared(self) -> Any:
        return engine.declare(load(self.folder, environ=self.environment), self.gateway)[0]

    def plan(self) -> str:
        return report.as_text(engine.make_plan(self.declared(), self.gateway, self.name))

    def planned_calls(self) -> list[Call]:
        """The writing calls that the plan lists."""
        declared = self.declared()
        plan = engine.make_plan(declared, self.gateway, self.name)
        return [call for _, own in calls.listed(plan, self.gateway, declared) for call in own]

    def apply(self) -> Outcome:
        self.told.clear()
        return engine.apply(self.declared(), self.gateway, self.name, self.told.append, allow=[ALL])

    def executions(self, flow: str = "sample registration") -> dict[str, str]:
        """Server ids of the executions below a flow, by provider or alias."""
        found = self.gateway.get(f"/{self.name}/authentication/flows/{flow}/executions")
        return {e.get("providerId") or e["displayName"]: e["id"] for e in found}

    def writes(self, *, creations: bool = False) -> list[str]:
        """Writing admin calls to this realm so far, from the access log, those of the lock apart, on demand
        also those that made a realm, which name none. A partial-export is a reading."""
        ours = [
            call
            for call in accesslog.calls(self.server)
            if re.search(rf" /admin/realms/{self.name}(/|$|\?)", call)
            or (creations and call == "POST /admin/realms")
        ]
        writes = [call for call in ours if call.startswith(_WRITES) and "/partial-export" not in call]
        return [call for call in writes if "provisioning-lock" not in call]


def assert_sent(sent: list[str], planned: list[Call]) -> None:
    """That these calls, as the access log has them, are the planned ones in their order and no others."""
    matching = zip(planned, sent, strict=False)
    wrong = [f"{call}, sent {made}" for call, made in matching if not call.covers(*made.split(" "))]
    assert not wrong, "\n".join(wrong)
    assert len(sent) == len(planned), (sent[len(planned) :], planned[len(sent) :])


@contextmanager
def realm_of(test: str, server: Keycloak, folder: Path, source: Path = SAMPLE) -> Iterator[Provisioned]:
    """A realm of this test alone, not made yet; removed afterwards."""
    name = "p-" + re.sub(r"[^a-z0-9]+", "-", test.removeprefix("test_").lower())[:40].strip("-")
    made = Provisioned(server, name, folder / "realm-config", source)
    yield made
    with suppress(NotFoundError):
        made.gateway.delete(f"/{name}")


@contextmanager
def empty_realm_of(test: str, server: Keycloak, folder: Path) -> Iterator[Provisioned]:
    """The same, with a configuration in which nothing is yet."""
    source = folder / "source"
    source.mkdir()
    with realm_of(test, server, folder, source) as made:
        yield made

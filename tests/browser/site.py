"""Where a customer comes from and what the administrator sees: addresses of the realm, admin REST API."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from stack.administrator import Administrator
from stack.keycloak import Keycloak

SERVICE_ID = "bollette"
SERVICE = "https://bollette.enercasa.example/"
CONFIRMATION_LIFETIME = "actionTokenGeneratedByUserLifespan.verify-email"
RESET_LIFETIME = "actionTokenGeneratedByUserLifespan.reset-credentials"
_VERIFIER = "a-code-verifier-of-at-least-forty-three-characters-for-tests"
_PATIENCE = 15.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """The realm's addresses as browsers see them."""

    keycloak: Keycloak
    realm: str

    @property
    def url(self) -> str:
        """Of the realm, without a slash at the end."""
        return f"{self.keycloak.url}/realms/{self.realm}"

    @property
    def service_login(self) -> str:
        """Where the service “Bollette e pagamenti” sends a customer who is not logged in (with PKCE)."""
        digest = hashlib.sha256(_VERIFIER.encode()).digest()
        query = {
            "client_id": SERVICE_ID,
            "redirect_uri": SERVICE,
            "response_type": "code",
            "scope": "openid",
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.url}/protocol/openid-connect/auth?{urlencode(query)}"

    @property
    def consents(self) -> str:
        """The page of consents, opened by the service: who is not logged in logs in first."""
        return f"{self.service_login}&kc_action=privacy-consents"

    @property
    def account(self) -> str:
        """The account console."""
        return f"{self.url}/account/"

    @property
    def own(self) -> str:
        """What the account console does not have itself: consents, portals, data."""
        return f"{self.url}/customer"

    @property
    def portals(self) -> str:
        """The previous portals, as a page of their own."""
        return f"{self.own}/portals"

    @property
    def applications(self) -> str:
        """The account console’s list of services."""
        return f"{self.url}/account/applications"


class Admin:
    """What the tests read, and the settings they change for a while, through the admin REST API."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._administrator = Administrator(site.keycloak)

    def user(self, username: str) -> Json | None:
        """The account of that username as Keycloak keeps it, None if there is none."""
        query = {"username": username.lower(), "exact": "true", "briefRepresentation": "false"}
        found: list[Json] = self._call("GET", "/users", params=query).json()
        return found[0] if found else None

    def delete(self, username: str) -> None:
        """Remove an account that must exist."""
        self._call("DELETE", f"/users/{self._id(username)}")

    def change(self, username: str, **fields: Any) -> None:
        """Change fields of an account as the console does, for example `email`."""
        self._call("PUT", f"/users/{self._id(username)}", json={**(self.user(username) or {}), **fields})

    def hire(self, username: str, password: str, role: str) -> None:
        """Make an account of the staff, with a role of the realm."""
        person = {"firstName": "Silvia", "lastName": "Sportello", "email": "sportello@enercasa.example"}
        login = {"credentials": [{"type": "password", "value": password}], "emailVerified": True}
        self._call("POST", "/users", json={"username": username, "enabled": True, **person, **login})
        found = self._call("GET", f"/roles/{role}").json()
        self._call("POST", f"/users/{self._id(username)}/role-mappings/realm", json=[found])

    def events(self, kind: str, username: str) -> list[Json]:
        """The stored events of that type about an account, the newest first."""
        query = {"type": kind, "user": self._id(username)}
        found: list[Json] = self._call("GET", "/events", params=query).json()
        return found

    def _id(self, username: str) -> str:
        user = self.user(username)
        assert user is not None, f"no account {username}"
        return str(user["id"])

    def attributes(self, username: str) -> dict[str, list[str]]:
        """The attributes of an account that must exist."""
        user = self.user(username)
        assert user is not None, f"no account {username}"
        attributes: dict[str, list[str]] = user["attributes"]
        return attributes

    def consent_history(self, username: str) -> list[dict[str, str]]:
        """Every entry of consentHistory, in the order of time, then of purpose."""
        entries = [json.loads(entry) for entry in self.attributes(username)["consentHistory"]]
        return sorted(entries, key=lambda entry: (entry["time"], entry["purpose"]))

    @contextmanager
    def text(self, key: str, text: str, locale: str = "it") -> Iterator[None]:
        """Another realm text, as the console’s editor writes it; in the end the old one is there again."""
        texts: dict[str, str] = self._call("GET", f"/localization/{locale}").json()
        self._put_text(locale, key, text)
        try:
            yield
        finally:
            if key in texts:
                self._put_text(locale, key, texts[key])
            else:
                self._call("DELETE", f"/localization/{locale}/{key}")

    def _put_text(self, locale: str, key: str, text: str) -> None:
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        self._call("PUT", f"/localization/{locale}/{key}", data=text.encode(), headers=plain)

    @contextmanager
    def privacy_text(self, version: str, text: str) -> Iterator[None]:
        """Publish another text in Italian; in the end the one that was found is there again."""
        config = self._consent_settings()
        newer = {**config, "config": {**config["config"], "textVersion": version}}
        path = f"/authentication/config/{config['id']}"
        with self.text("privacyNoticeText", text), self._instead(path, newer, config):
            yield

    def _consent_settings(self) -> Json:
        return self._config_of("registrationFlow", "privacy-consents-form")

    def _config_of(self, binding: str, provider: str) -> Json:
        flow = self.realm()[binding].replace(" ", "%20")
        executions: list[Json] = self._call("GET", f"/authentication/flows/{flow}/executions").json()
        [own] = [each for each in executions if each.get("providerId") == provider]
        config: Json = self._call("GET", f"/authentication/config/{own['authenticationConfig']}").json()
        return config

    def realm(self) -> Json:
        """The realm’s settings."""
        settings: Json = self._call("GET", "").json()
        return settings

    @contextmanager
    def password_policy(self, policy: str) -> Iterator[None]:
        """Another password policy, in Keycloak's words; in the end the one that was found holds again."""
        before = {"passwordPolicy": self.realm()["passwordPolicy"]}
        with self._instead("", {"passwordPolicy": policy}, before):
            yield

    @contextmanager
    def attribute_required(self, name: str) -> Iterator[None]:
        """Customers must fill in this attribute of the user profile; in the end it is as it was found."""
        before: Json = self._call("GET", "/users/profile").json()
        attributes = [
            {**attribute, "required": {"roles": ["user"]}} if attribute["name"] == name else attribute
            for attribute in before["attributes"]
        ]
        with self._instead("/users/profile", {**before, "attributes": attributes}, before):
            yield

    @contextmanager
    def recovery_limits(self, **figures: int) -> Iterator[None]:
        """Other limits of the forgotten credentials; in the end those that were found hold again."""
        config = self._config_of("resetCredentialsFlow", "forgotten-credentials")
        changed = {name: str(figure) for name, figure in figures.items()}
        path = f"/authentication/config/{config['id']}"
        with self._instead(path, {**config, "config": {**config["config"], **changed}}, config):
            yield

    def all_events(self) -> list[Json]:
        """The newest events, of whatever type."""
        found: list[Json] = self._call("GET", "/events", params={"max": 200}).json()
        return found

    def wait_for_event(self, username: str, kind: str, count: int = 1) -> Json:
        """The newest event of that type about an account, once there are `count`."""
        deadline = time.monotonic() + _PATIENCE
        while len(events := self.events(kind, username)) < count:
            assert time.monotonic() < deadline, f"{len(events)} events {kind} of {username}"
            time.sleep(0.1)
        return events[0]

    @contextmanager
    def confirmation_links_live(self, seconds: int) -> Iterator[None]:
        """Shorten the life of the confirmation links sent meanwhile; the realm is left as it was found."""
        with self._links_live(CONFIRMATION_LIFETIME, seconds):
            yield

    @contextmanager
    def reset_links_live(self, seconds: int) -> Iterator[None]:
        """The same of the links to a new password."""
        with self._links_live(RESET_LIFETIME, seconds):
            yield

    @contextmanager
    def _links_live(self, attribute: str, seconds: int) -> Iterator[None]:
        before = self.realm()["attributes"]
        changed = {**before, attribute: str(seconds)}
        with self._instead("", {"attributes": changed}, {"attributes": before}):
            yield

    @contextmanager
    def _instead(self, path: str, changed: Json, before: Json) -> Iterator[None]:
        self._call("PUT", path, json=changed)
        try:
            yield
        finally:
            self._call("PUT", path, json=before)

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._administrator.request(method, f"/{self._site.realm}{path}", **options)
        response.raise_for_status()
        return response


def claims(link: str) -> Json:
    """What the JWT in a mailed link says: `iat` and `exp` are seconds since 1970."""
    [key] = parse_qs(urlsplit(link).query)["key"]
    payload = key.split(".")[1]
    content: Json = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return content


def wait_until_expired(link: str) -> None:
    """Return when the server, whose clock is this machine’s, takes the link for expired."""
    # Keycloak counts whole seconds and still accepts the second of `exp` itself (TokenVerifier.IS_ACTIVE).
    expired: float = claims(link)["exp"] + 1.1
    while (left := expired - time.time()) > 0:
        time.sleep(left)

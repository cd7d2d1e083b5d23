"""Where Keycloak is and who logs in to it, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioning.problems import ProvisioningError


class GatewayError(ProvisioningError):
    """Keycloak could not be reached or did not do as asked."""


@dataclass(frozen=True)
class Login:
    """Where Keycloak is and who we are. Client credentials are used where given, else the administrator's."""

    url: str
    realm: str
    client_id: str = "admin-cli"
    client_secret: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Login:
        """KEYCLOAK_URL and KEYCLOAK_CLIENT_ID + KEYCLOAK_CLIENT_SECRET (a client of KEYCLOAK_LOGIN_REALM,
        by default master), or KEYCLOAK_USERNAME + KEYCLOAK_PASSWORD (an administrator of the same)."""
        url = environ.get("KEYCLOAK_URL")
        if not url:
            raise GatewayError("KEYCLOAK_URL is not set: give Keycloak's address, as http://localhost:8080")
        client, secret = environ.get("KEYCLOAK_CLIENT_ID"), _secret(environ, "KEYCLOAK_CLIENT_SECRET")
        username, password = environ.get("KEYCLOAK_USERNAME"), _secret(environ, "KEYCLOAK_PASSWORD")
        login_realm = environ.get("KEYCLOAK_LOGIN_REALM", "master")
        if client and secret:
            return cls(url, login_realm, client_id=client, client_secret=secret)
        if username and password:
            return cls(url, login_realm, username=username, password=password)
        raise GatewayError(
            f"no login for {url}: set KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET, or KEYCLOAK_USERNAME and"
            " KEYCLOAK_PASSWORD"
        )

    @property
    def who(self) -> str:
        """The one who logs in, in words."""
        return f"client {self.client_id}" if self.client_secret else f"user {self.username}"

    def refused(self, status: int) -> GatewayError:
        """What to say when Keycloak answered this status to the login."""
        if status == 404:
            return GatewayError(f"{self.url} has no realm {self.realm} to log in to: is KEYCLOAK_URL right?")
        names = (
            "KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET"
            if self.client_secret
            else "KEYCLOAK_USERNAME and KEYCLOAK_PASSWORD"
        )
        return GatewayError(f"Keycloak at {self.url} refused the login of {self.who}: check {names}")

    def unreachable(self) -> GatewayError:
        """What to say when nothing answers."""
        return GatewayError(f"cannot reach Keycloak at {self.url}: is it running, and is KEYCLOAK_URL right?")


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    file = environ.get(f"{name}_FILE")
    if environ.get(name) or not file:
        return environ.get(name)
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise GatewayError(f"{name}_FILE: cannot read {file}: {error.strerror}") from error

"""The routes of Keycloak and our extension, read from the classes that answer them: new ones too."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stack import distribution, tools
from stack.progress import Printer
from stack.settings import EXTENSION

_WALKER = Path(__file__).with_name("Routes.java")
_SERVICES = "org.keycloak.services.resources"
_OIDC = "org.keycloak.protocol.oidc"
_PROTOCOL = "/realms/{realm}/protocol/openid-connect"
#: Where the walk begins; the places that Keycloak's code leaves open are named here by what answers there.
_BEGINNINGS = {
    "": f"{_SERVICES}.WelcomeResource",
    "/resources": f"{_SERVICES}.ThemeResource",
    "/admin": f"{_SERVICES}.admin.AdminRoot",
    "/admin/realms": f"{_SERVICES}.admin.RealmsAdminResource",
    "/admin/serverinfo": f"{_SERVICES}.admin.info.ServerInfoAdminResource",
    "/realms": f"{_SERVICES}.RealmsResource",
    "/realms/{realm}/account": f"{_SERVICES}.account.AccountRestService",
    "/realms/{realm}/authz": "org.keycloak.authorization.AuthorizationService",
    _PROTOCOL: f"{_OIDC}.OIDCLoginProtocolService",
    f"{_PROTOCOL}/auth": f"{_OIDC}.endpoints.AuthorizationEndpoint",
    f"{_PROTOCOL}/registrations": f"{_OIDC}.endpoints.AuthorizationEndpoint",
    f"{_PROTOCOL}/forgot-credentials": f"{_OIDC}.endpoints.AuthorizationEndpoint",
    f"{_PROTOCOL}/token": f"{_OIDC}.endpoints.TokenEndpoint",
    f"{_PROTOCOL}/revoke": f"{_OIDC}.endpoints.TokenRevocationEndpoint",
    f"{_PROTOCOL}/login-status-iframe.html": f"{_OIDC}.endpoints.LoginStatusIframeEndpoint",
    f"{_PROTOCOL}/3p-cookies": f"{_OIDC}.endpoints.ThirdPartyCookiesIframeEndpoint",
    f"{_PROTOCOL}/logout": f"{_OIDC}.endpoints.LogoutEndpoint",
    f"{_PROTOCOL}/userinfo": f"{_OIDC}.endpoints.UserInfoEndpoint",
    f"{_PROTOCOL}/auth/device": f"{_OIDC}.grants.device.endpoints.DeviceEndpoint",
    "/realms/{realm}/protocol/saml": "org.keycloak.protocol.saml.SamlService",
    "/realms/{realm}/customer": "org.customeridentity.keycloak.account.CustomerPages$Resource",
    "/realms/{realm}/privacy-notice": "org.customeridentity.keycloak.consents.PrivacyNoticePage$Resource",
    "/admin/realms/{realm}/customer": "org.customeridentity.keycloak.account.CustomerAdministration$Resource",
}


@dataclass(frozen=True)
class Route:
    """A method and an address pattern, for example GET /realms/{realm}/account/sessions/{id}."""

    method: str
    pattern: str

    @property
    def methods(self) -> tuple[str, ...]:
        """The one; where Keycloak's code leaves it open (LOCATOR), both usual ones."""
        return ("GET", "POST") if self.method == "LOCATOR" else (self.method,)

    def path(self, **known: str) -> str:
        """The address with something in each place: what is known, else a name that nothing has."""

        def filled(found: re.Match[str]) -> str:
            return known.get(found[1].strip(), "nothing-of-that-name")

        return re.sub(r"\{([^:}]+)(?::[^}]*)?\}", filled, self.pattern) or "/"


@cache
def routes() -> frozenset[Route]:
    """All of them. Fetches Keycloak and builds the extension where need be. Raises StackError."""
    libraries = distribution.unpacked(Printer()) / "lib" / "lib"
    extension = distribution.built(Printer()) / "providers"
    done = subprocess.run(
        [
            tools.java(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            f"{libraries}/main/*:{libraries}/boot/*:{extension}/*",
            str(_WALKER),
            *(f"{prefix}={name}" for prefix, name in _BEGINNINGS.items()),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[:3000]
    return frozenset(Route(*line.split(" ", 1)) for line in done.stdout.splitlines())


def walked_classes() -> frozenset[str]:
    """Where the walk begins."""
    return frozenset(_BEGINNINGS.values())


def extension_resources() -> frozenset[str]:
    """The classes by which our jar answers requests, from its own registrations."""
    services = EXTENSION / "src" / "main" / "resources" / "META-INF" / "services"
    registered = [file.read_text("utf-8") for file in services.glob("org.keycloak.services.resource*")]
    return frozenset(f"{name}$Resource" for name in "".join(registered).split())

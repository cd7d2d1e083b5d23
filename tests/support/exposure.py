"""What anybody may read of Keycloak without a login, route by route."""

from __future__ import annotations

from tests.support.routes import Route, routes

_REALM = "/realms/{realm}"
_OIDC = f"{_REALM}/protocol/openid-connect"

#: Of any realm: pages that begin something, public keys, texts. Nothing of a person.
OF_EVERY_REALM = frozenset(
    {
        f"GET {_REALM}",
        f"HEAD {_REALM}/login-actions/action-token",
        f"GET {_REALM}/clients/{{client_id}}/redirect",
        f"GET {_OIDC}/3p-cookies/step1.html",
        f"GET {_OIDC}/3p-cookies/step2.html",
        # The page that asks for a device's code: no client may begin such a login (test_oauth.py).
        f"GET {_OIDC}/auth/device",
        f"GET {_OIDC}/auth/device/status",
        f"GET {_OIDC}/certs",
        f"GET {_OIDC}/login-status-iframe.html",
        f"GET {_OIDC}/logout",
        f"POST {_OIDC}/logout",
        f"GET {_OIDC}/logout/logout-confirm",
        f"GET {_REALM}/protocol/saml/descriptor",
    }
)
#: Of the customers' realm, where one registers and asks for a new password.
OF_CUSTOMERS = OF_EVERY_REALM | {
    f"GET {_REALM}/customer/portals",
    f"GET {_REALM}/privacy-notice",
    f"GET {_REALM}/login-actions/reset-credentials",
    f"GET {_OIDC}/registrations/device",
    f"GET {_OIDC}/forgot-credentials/device",
}
#: Beside either, at the administrators' address: the texts of their console.
OF_ADMINISTRATION = frozenset({"GET /admin/{realm}/console/messages.json"})
ADMINISTRATION = ("/admin/realms", "/admin/serverinfo")
#: What programs ask for; to browsers Keycloak shows the account console's empty page at many addresses.
ACCEPT = "application/json, application/xml"


def walked() -> frozenset[Route]:
    """Every route of Keycloak and the extension, without preflights, which tell only what a route takes."""
    return frozenset(route for route in routes() if route.method != "OPTIONS")

"""What a person is told once everything is ready."""

from __future__ import annotations

from pathlib import Path

from stack import customers
from stack.errors import StackError
from stack.local import Stack
from stack.settings import SAMPLE_CUSTOMERS

_SHOWN = 3


def block(stack: Stack, realm: str) -> str:
    """Addresses, the administrator's password and sample customers to try."""
    keycloak = stack.keycloak
    rows = [
        ("Customers’ area", f"{keycloak.url}/realms/{realm}/account/applications"),
        ("Mailbox", stack.mailbox.url),
        # The administrator is a user of the master realm, so the console is entered there.
        ("Admin console", f"{keycloak.url}/admin/master/console/#/{realm}/users"),
        ("", f"user {keycloak.admin_username}, password {keycloak.admin_password}"),
        ("Validator", f"{stack.validator.url}/readyz"),
        ("Customer codes", 'make customer-codes ARGS="history CODE"'),
        ("Logs", str(stack.folder / "log")),
    ]
    lines = [f"  {title:<17}{value}" for title, value in rows]
    return "\n".join(["Ready.", *lines, *sample_lines(SAMPLE_CUSTOMERS)])


def sample_lines(source: Path) -> list[str]:
    """The first customers of the sample file, as lines. Raises StackError where the file cannot be read."""
    try:
        samples = customers.read(source, most=_SHOWN)
    except (OSError, KeyError) as error:
        raise StackError(f"{source} cannot be read: {error!r}") from error
    lines = [
        f"    code {sample.code}   codice fiscale {sample.codice_fiscale}   "
        f"{sample.first_name} {sample.last_name}"
        for sample in samples
    ]
    return ["  Customers to register as:", *lines]

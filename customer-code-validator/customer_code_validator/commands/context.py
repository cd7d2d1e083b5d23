"""What commands share: how they fail, the database, Keycloak."""

import os

from sqlalchemy import Engine

from customer_code_validator import settings
from customer_code_validator.directory import Directory, NoDirectory


class CommandError(Exception):
    """The command failed; the message is one line."""


def open_database(environment: settings.Environment, busy_seconds: float = 5.0) -> Engine:
    """The database, or a failure that says how to make it ready."""
    from customer_code_validator.store.engine import NotMigratedError, open_engine, require_migrated

    try:
        engine = open_engine(settings.database_url(environment), busy_seconds)
        require_migrated(engine)
    except NotMigratedError:
        raise CommandError("the database is not ready for this version; run customer-codes migrate") from None
    except ImportError as error:
        raise CommandError(
            f"CUSTOMER_CODES_DATABASE_URL: its driver is not installed: {error.name}"
        ) from None
    return engine


def directory() -> Directory:
    """Keycloak, or what stands in for it where it is not configured."""
    known = settings.keycloak(os.environ)
    if known is None:
        return NoDirectory()
    from customer_code_validator.keycloak import KeycloakDirectory

    return KeycloakDirectory(known)

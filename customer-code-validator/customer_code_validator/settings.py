"""Settings from the environment. Every error is one line that names the variable."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy
from sqlalchemy.exc import ArgumentError

from customer_code_validator.identities import Identities
from customer_code_validator.limits import USUAL, Alarm, Limit, Limits

SECRET_LENGTH = 32
"""Characters: a bearer secret that is shorter could be guessed."""

Environment = Mapping[str, str]


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one line that names it and says what to do."""


@dataclass(frozen=True)
class KeycloakSettings:
    """Where Keycloak is and how this service logs in to its admin interface."""

    url: str
    realm: str
    client_id: str
    client_secret: str
    ca_file: str | None = None


@dataclass(frozen=True)
class Times:
    """How long things last."""

    lease: timedelta = timedelta(hours=2)
    """A reservation's; longer than Keycloak's login lifespan of an hour."""
    claim_grace: timedelta = timedelta(minutes=2)
    """How long a claim may stay unconfirmed before reconciliation asks Keycloak."""
    reconcile_every: timedelta = timedelta(minutes=1)
    address_retention: timedelta = timedelta(days=90)


USUAL_ALARM = Alarm(300, timedelta(minutes=5))


@dataclass(frozen=True)
class Settings:
    """Everything that the running service needs. `secrets` are the bearer secrets accepted."""

    database_url: str
    secrets: tuple[str, ...]
    hash_key: str
    identities: Identities
    keycloak: KeycloakSettings | None
    limits: Limits
    times: Times
    sweep_most: int = 250_000
    alarm: Alarm = USUAL_ALARM


def load(environment: Environment) -> Settings:
    """All settings. Raises `SettingsError`."""
    return Settings(
        database_url=database_url(environment),
        secrets=_secrets(environment),
        hash_key=hash_key(environment),
        identities=identities(environment),
        keycloak=keycloak(environment),
        limits=limits(environment),
        times=times(environment),
        sweep_most=sweep_most(environment),
        alarm=alarm(environment),
    )


def database_url(environment: Environment) -> str:
    """CUSTOMER_CODES_DATABASE_URL, an SQLAlchemy address."""
    name = "CUSTOMER_CODES_DATABASE_URL"
    value = _required(environment, name, "for example sqlite:////var/lib/customer-codes/codes.sqlite3")
    try:
        sqlalchemy.make_url(value).get_dialect()
    except (ArgumentError, sqlalchemy.exc.NoSuchModuleError, ValueError):
        # The value is not repeated: it may hold a password.
        raise SettingsError(
            f"{name}: not a database address; write for example sqlite:////var/lib/codes.sqlite3"
        ) from None
    return value


def hash_key(environment: Environment) -> str:
    """CUSTOMER_CODES_HASH_KEY, under which addresses and session ids are hashed."""
    return _long_enough(environment, "CUSTOMER_CODES_HASH_KEY")


def identities(environment: Environment) -> Identities:
    """CUSTOMER_CODES_IDENTITY_KEY, under which codici fiscali are hashed, and the one before it."""
    name = "CUSTOMER_CODES_IDENTITY_KEY"
    previous = f"{name}_PREVIOUS"
    known = _value(environment, previous) is not None
    return Identities(_long_enough(environment, name), _long_enough(environment, previous) if known else None)


def keycloak(environment: Environment) -> KeycloakSettings | None:
    """The KEYCLOAK_… settings; None without KEYCLOAK_URL or KEYCLOAK_CLIENT_SECRET."""
    return _keycloak(environment, "KEYCLOAK_CLIENT")


def keycloak_for_purge(environment: Environment) -> KeycloakSettings | None:
    """The same with KEYCLOAK_PURGE_CLIENT_ID and _SECRET: an account of its own, for it may delete users."""
    return _keycloak(environment, "KEYCLOAK_PURGE_CLIENT")


def _keycloak(environment: Environment, client: str) -> KeycloakSettings | None:
    names = ("KEYCLOAK_URL", "KEYCLOAK_REALM", f"{client}_ID", f"{client}_SECRET")
    values = [_value(environment, name) for name in names]
    if not values[0] or not values[3]:
        return None
    for name, value in zip(names, values, strict=True):
        if not value:
            raise SettingsError(f"{name}: not set, but KEYCLOAK_URL and {client}_SECRET are")
    url, realm, client_id, client_secret = (value or "" for value in values)
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
        raise SettingsError(
            "KEYCLOAK_URL: not an http(s) address; write for example https://login.example.org"
        )
    ca_file = environment.get("KEYCLOAK_CA_FILE") or None
    if ca_file and not Path(ca_file).is_file():
        raise SettingsError(f"KEYCLOAK_CA_FILE: no such file: {ca_file}")
    return KeycloakSettings(url.rstrip("/"), realm, client_id, client_secret, ca_file)


def limits(environment: Environment) -> Limits:
    """The throttles' figures; `holder` has those of `identity`."""
    identity = _limit(environment, USUAL.identity, "MISMATCHES_PER_CODE")
    return Limits(
        owner=_limit(environment, USUAL.owner, "TRIES_PER_OWNER"),
        address=_limit(environment, USUAL.address, "TRIES_PER_ADDRESS"),
        identity=identity,
        holder=replace(identity, kind=USUAL.holder.kind),
    )


def alarm(environment: Environment) -> Alarm:
    """How many refusals over everything, within how long, call somebody."""
    return Alarm(
        most=_count(environment, "CUSTOMER_CODES_REFUSALS_ALARM", USUAL_ALARM.most),
        window=_seconds(environment, "CUSTOMER_CODES_REFUSALS_WINDOW_SECONDS", USUAL_ALARM.window),
    )


def times(environment: Environment) -> Times:
    """Lease, grace, period and retention."""
    usual = Times()
    return Times(
        lease=_seconds(environment, "CUSTOMER_CODES_LEASE_SECONDS", usual.lease),
        claim_grace=_seconds(environment, "CUSTOMER_CODES_CLAIM_GRACE_SECONDS", usual.claim_grace),
        reconcile_every=_seconds(environment, "CUSTOMER_CODES_RECONCILE_SECONDS", usual.reconcile_every),
        address_retention=timedelta(
            days=_count(environment, "CUSTOMER_CODES_ADDRESS_RETENTION_DAYS", usual.address_retention.days)
        ),
    )


def sweep_most(environment: Environment) -> int:
    """How many confirmed codes one run of reconciliation looks at: in four runs, usually, a million."""
    return _count(environment, "CUSTOMER_CODES_SWEEP_MOST", 250_000)


def _secrets(environment: Environment) -> tuple[str, ...]:
    current = _long_enough(environment, "CUSTOMER_CODES_SECRET")
    if _value(environment, "CUSTOMER_CODES_SECRET_PREVIOUS") is None:
        return (current,)
    return (current, _long_enough(environment, "CUSTOMER_CODES_SECRET_PREVIOUS"))


def _long_enough(environment: Environment, name: str) -> str:
    value = _required(environment, name, f"at least {SECRET_LENGTH} random characters")
    if len(value) < SECRET_LENGTH:
        raise SettingsError(f"{name}: shorter than {SECRET_LENGTH} characters; make a longer random one")
    return value


def _required(environment: Environment, name: str, hint: str) -> str:
    value = _value(environment, name)
    if value is None:
        raise SettingsError(f"{name}: not set; set it or {name}_FILE ({hint})")
    return value


def _value(environment: Environment, name: str) -> str | None:
    """The variable, or the content of the file that NAME_FILE names; empty counts as not set."""
    value = environment.get(name) or None
    path = environment.get(f"{name}_FILE") or None
    if path is None:
        return value
    if value is not None:
        raise SettingsError(f"{name} and {name}_FILE are both set; keep one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SettingsError(f"{name}_FILE: cannot read {path}: {why}") from None


def _count(environment: Environment, name: str, usual: int) -> int:
    text = environment.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise SettingsError(f"{name}: not a whole number above 0: {text}")
    return int(text)


def _limit(environment: Environment, usual: Limit, name: str) -> Limit:
    return replace(
        usual,
        most=_count(environment, f"CUSTOMER_CODES_{name}", usual.most),
        window=_seconds(environment, f"CUSTOMER_CODES_{name}_WINDOW_SECONDS", usual.window),
    )


def _seconds(environment: Environment, name: str, usual: timedelta) -> timedelta:
    return timedelta(seconds=_count(environment, name, int(usual.total_seconds())))

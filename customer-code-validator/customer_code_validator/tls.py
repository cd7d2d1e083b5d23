"""TLS of the service's own listeners: its certificate, and whose certificates callers must show."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from customer_code_validator.settings import Environment, SettingsError

CERTIFICATE = "CUSTOMER_CODES_TLS_CERT_FILE"
KEY = "CUSTOMER_CODES_TLS_KEY_FILE"
CLIENT_CA = "CUSTOMER_CODES_TLS_CLIENT_CA_FILE"


@dataclass(frozen=True)
class Tls:
    """Files in PEM. With `client_ca`, who has no certificate of it is turned away at the handshake."""

    certificate: str
    key: str
    client_ca: str | None

    def options(self) -> dict[str, object]:
        """As gunicorn names them. It reads the files for each connection: renewed ones count at once."""
        options: dict[str, object] = {"certfile": self.certificate, "keyfile": self.key}
        if self.client_ca:
            options |= {"ca_certs": self.client_ca, "cert_reqs": ssl.CERT_REQUIRED}
        return options


def tls(environment: Environment) -> Tls | None:
    """None where no certificate is set. Raises `SettingsError`, also for files that cannot be used."""
    certificate, key, client_ca = (environment.get(name) or None for name in (CERTIFICATE, KEY, CLIENT_CA))
    if certificate is None or key is None:
        for name in (CERTIFICATE, KEY, CLIENT_CA):
            if environment.get(name):
                raise SettingsError(f"{name}: set, but TLS needs both {CERTIFICATE} and {KEY}")
        return None
    trial = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for name in (CERTIFICATE, KEY, CLIENT_CA):
        _require_readable(name, environment.get(name))
    try:
        trial.load_cert_chain(certificate, key)
    except OSError as error:
        raise SettingsError(f"{CERTIFICATE}, {KEY}: no certificate with its key ({_why(error)})") from None
    try:
        trial.load_verify_locations(client_ca or certificate)
    except OSError as error:
        raise SettingsError(f"{CLIENT_CA}: no certificates ({_why(error)})") from None
    return Tls(certificate, key, client_ca)


def _require_readable(name: str, path: str | None) -> None:
    try:
        if path:
            Path(path).open("rb").close()
    except OSError as error:
        raise SettingsError(f"{name}: cannot read {path}: {error.strerror}") from None


def _why(error: OSError) -> str:
    return str(getattr(error, "reason", None) or error.strerror or type(error).__name__)

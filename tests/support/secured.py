"""Certificates of an authority of one's own, for a validator and for who calls it."""

from __future__ import annotations

from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509 import load_pem_x509_certificate

from stack.settings import HOST

KEYSTORE_PASSWORD = "keystore-password"


class Certificates:
    """In a folder, as the validator and Keycloak want them: PEM, and a PKCS #12 keystore for Java.

    authority  whom both sides trust
    client     the caller's certificate with its key, in one file
    keystore   the same for Java
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.authority = str(folder / "authority.pem")
        self.client = str(folder / "client.pem")
        self.keystore = folder / "client.p12"
        self._server = folder / "server.pem"
        self._key = folder / "server.key"
        self._made = trustme.CA()
        self._made.cert_pem.write_to_path(self.authority)
        issued = self._made.issue_cert("keycloak.example.org")
        issued.private_key_and_cert_chain_pem.write_to_path(self.client)
        key = load_pem_private_key(issued.private_key_pem.bytes(), None)
        chain = [load_pem_x509_certificate(one.bytes()) for one in issued.cert_chain_pems]
        self.keystore.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"keycloak",
                # Loading may give any kind of key; trustme's are of those that PKCS#12 takes.
                key,  # type: ignore[arg-type]
                chain[0],
                None,
                BestAvailableEncryption(KEYSTORE_PASSWORD.encode()),
            )
        )
        self.renew()

    def renew(self) -> None:
        """Another certificate for the validator, in the place of the former one."""
        issued = self._made.issue_cert(HOST)
        issued.private_key_pem.write_to_path(str(self._key))
        issued.cert_chain_pems[0].write_to_path(str(self._server))

    def validator_environment(self) -> dict[str, str]:
        """TLS on the validator's side, for callers of the authority only."""
        return {
            "CUSTOMER_CODES_TLS_CERT_FILE": str(self._server),
            "CUSTOMER_CODES_TLS_KEY_FILE": str(self._key),
            "CUSTOMER_CODES_TLS_CLIENT_CA_FILE": self.authority,
        }

"""Keyed hashes for what must be recognised again but not kept: addresses and session ids."""

import hmac


class KeyedHash:
    """HMAC-SHA-256 under the service's own key; the purpose keeps equal values of different kinds apart."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def __call__(self, purpose: str, value: str) -> str:
        """32 hexadecimal characters."""
        return hmac.digest(self._key, f"{purpose}\0{value}".encode(), "sha256").hex()[:32]

"""The codice fiscale at rest: a keyed hash, beside it the id of its key.

There are few enough codici fiscali to try them all, so a hash without a key would hide nothing. The customer
code is hashed along: two codes of one person do not look alike.
"""

import binascii
import hmac
from collections.abc import Iterable

from customer_code_validator.rules import CodiceFiscale

_MARK = ":"
"""Between the key's id and the hash; no codice fiscale holds it."""


class UnknownKeyError(Exception):
    """A value was hashed under a key that is not at hand; the message is one line that says what to do."""


class Identities:
    """Hashes under the current key, recognises what was hashed under the previous one, too."""

    def __init__(self, key: str, previous: str | None = None) -> None:
        self._given = key, previous
        self._keys = {_id_of(one): _prepared(one) for one in (previous, key) if one is not None}
        self._current = _id_of(key)
        self._previous = _id_of(previous) if previous is not None else None

    def __reduce__(self) -> tuple[type["Identities"], tuple[str, str | None]]:
        """For the processes of an import, to which it is sent through a pipe and never written."""
        return Identities, self._given

    def seal(self, code: str, codice_fiscale: str) -> str:
        """What the registry keeps of a codice fiscale in its normal form."""
        return self._sealed(self._current, code, codice_fiscale)

    def seal_as_before(self, code: str, codice_fiscale: str) -> str:
        """The same under the previous key; "" where there is none."""
        return self._sealed(self._previous, code, codice_fiscale) if self._previous else ""

    def seals(self, code: str, typed: CodiceFiscale) -> tuple[str, str]:
        """Either of them is the one typed, for a statement that compares; twice the same without a previous
        key. A registry that is being migrated is `same` alone to understand.
        """
        sealed = self.seal(code, typed.value)
        return sealed, self.seal_as_before(code, typed.value) or sealed

    def same(self, code: str, recorded: str, typed: CodiceFiscale) -> bool:
        """Whether what the registry keeps is the one typed.

        A registry that is being migrated holds some as they are written. Raises `UnknownKeyError`.
        """
        if _MARK not in recorded:
            return hmac.compare_digest(recorded.encode(), typed.value.encode())
        key_id = recorded.partition(_MARK)[0]
        self.require_known([key_id])
        return hmac.compare_digest(recorded, self._sealed(key_id, code, typed.value))

    def require_known(self, key_ids: Iterable[str]) -> None:
        """Raise `UnknownKeyError` unless the keys of all these ids are at hand."""
        unknown = sorted(set(key_ids) - set(self._keys))
        if unknown:
            raise UnknownKeyError(
                f"the registry holds codici fiscali hashed under the key {', '.join(unknown)}, which is "
                "neither CUSTOMER_CODES_IDENTITY_KEY nor CUSTOMER_CODES_IDENTITY_KEY_PREVIOUS"
            )

    def _sealed(self, key_id: str, code: str, codice_fiscale: str) -> str:
        hashed = self._keys[key_id].copy()
        hashed.update(f"{code}\0{codice_fiscale}".encode())
        return f"{key_id}{_MARK}{binascii.b2a_base64(hashed.digest(), newline=False).decode()}"


def describe(recorded: str) -> str:
    """For the help desk: that it cannot be read back, and the key's id."""
    key_id, mark, _ = recorded.partition(_MARK)
    return f"kept as a hash, key {key_id}" if mark else "not hashed yet: customer-codes migrate"


def _prepared(key: str) -> hmac.HMAC:
    """To be copied: a third of the time of a new one."""
    return hmac.new(key.encode(), digestmod="sha256")


def _id_of(key: str) -> str:
    return hmac.new(key.encode(), b"key id", "sha256").hexdigest()[:8]

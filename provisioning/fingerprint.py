"""Telling whether a secret has changed although Keycloak never gives it back.

Beside each secret that Keycloak masks on reading (SMTP password, secret settings of authenticators), a
realm attribute keeps `v1:SALT:HMAC-SHA256(scrypt(secret, salt), place)`. Whoever may read realm attributes
can test guesses against it, at scrypt's price a guess; a random secret of usual length is out of reach. The
key comes from the secret itself, so nothing else has to be stored or shared between the machines that
apply. The place is part of the message: equal secrets in two places cannot be told to be equal.

What it cannot see: a secret changed by hand in the console, since the mask and the attribute stay the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping

from provisioning.nodes import Secret

PREFIX = "provisioning.secret."
"""Realm attributes that begin so are the tool's own."""

_VERSION = "v1"


def attribute(place: str) -> str:
    """The realm attribute that keeps the fingerprint of the secret at `place`."""
    return PREFIX + place


def make(place: str, secret: Secret, salt: bytes | None = None) -> str:
    """A new fingerprint; 50 ms of work by intention."""
    salt = os.urandom(12) if salt is None else salt
    key = hashlib.scrypt(secret.reveal().encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    digest = hmac.new(key, place.encode(), hashlib.sha256).digest()
    return f"{_VERSION}:{_text(salt)}:{_text(digest)}"


def matches(place: str, secret: Secret, kept: str | None) -> bool:
    """Whether `kept` was made from this secret for this place. Anything unreadable is a no: the secret is
    written."""
    try:
        version, salt, _ = (kept or "").split(":")
        decoded = base64.urlsafe_b64decode(salt)
    except ValueError:
        return False
    return version == _VERSION and hmac.compare_digest(make(place, secret, decoded), kept or "")


class Fingerprints:
    """The fingerprints that a realm keeps, asked by place."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes

    def known(self, place: str, secret: Secret) -> bool:
        """Whether the realm already has this very secret there, as far as we wrote it."""
        return matches(place, secret, self._attributes.get(attribute(place)))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()

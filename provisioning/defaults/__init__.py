"""What a fresh realm holds, and what Keycloak fills in where a new object says nothing, version by version.

The data files beside this one were recorded from real servers by `provisioning defaults` (recording.py): a
realm made with its name alone, and the same realm with one object of each kind made with its name alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioning.observed import Observed
from provisioning.problems import ProvisioningError

FOLDER = Path(__file__).parent
REALM = "provisioning-defaults"
"""The recorded realm's name; loading puts the asked-for name in its place (redirect URIs, default role)."""


@dataclass(frozen=True)
class Defaults:
    """`pristine` is a fresh realm, `samples` one that also has an object of each kind, named `sample`."""

    version: str
    pristine: Observed
    samples: Observed


def known_versions() -> list[str]:
    """Minor versions with recorded defaults, as 26.7, the oldest first."""
    return sorted((path.stem for path in FOLDER.glob("*.json")), key=_numbers)


def load(version: str, realm: str) -> Defaults:
    """The defaults of this version (26.7 or 26.7.4) in a realm of this name.

    A version that nobody recorded has those of the nearest older one, else of the oldest; `Defaults.version`
    tells. Raises ProvisioningError where there are none at all.
    """
    known = known_versions()
    if not known:
        raise ProvisioningError("no defaults are recorded: run `provisioning defaults` on a fresh server")
    older = [each for each in known if _numbers(each) <= _numbers(version)[:2]]
    chosen = (older or known[:1])[-1]
    text = (FOLDER / f"{chosen}.json").read_text(encoding="utf-8").replace(REALM, realm)
    found = json.loads(text)
    return Defaults(chosen, observed(realm, found["pristine"]), observed(realm, found["samples"]))


def observed(realm: str, recorded: dict[str, Any]) -> Observed:
    """A recorded realm as if it had just been read."""
    return Observed(realm, exists=True, **recorded)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]

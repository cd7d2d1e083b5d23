"""A plan kept in a file, and whether what it was made of is still so.

The file holds what a person reads of the plan, the calls, and digests of every object as declared and as
observed. It holds no secret: those come from the environment again, and one salted fingerprint, as costly to
guess as all of them together, tells whether they are still the planned ones.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from provisioning import fingerprint
from provisioning.calls import Call
from provisioning.nodes import Json, Secret, secrets_in
from provisioning.plan import Plan
from provisioning.problems import ProvisioningError
from provisioning.report.data import document
from provisioning.resources import KINDS
from provisioning.resources.base import Declared, Kind
from provisioning.shapes import Record

_FORMAT = "provisioning plan, version 1"
_PLACE = "plan"
_SHOWN = 10
_AGAIN = "nothing was written: plan again, and review what is new"

Digests = Mapping[str, tuple[str, str]]
"""By object, as `client portal`: a digest of it as declared, and one as observed; empty for absence."""


class MovedError(ProvisioningError):
    """What a saved plan was made of is not so any more."""

    def __init__(self, reasons: Iterable[str]) -> None:
        lines = ["not applied, since the plan was made:", *(f"  {reason}" for reason in reasons), _AGAIN]
        super().__init__("\n".join(lines))


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a plan comes from: the server, and the configuration's folder or file with its environment."""

    url: str
    configuration: str
    environment: str | None


@dataclasses.dataclass(frozen=True)
class SavedPlan:
    """A plan as its file has it."""

    source: Source
    plan: dict[str, Any]
    calls: tuple[Call, ...]
    objects: Digests
    secrets: str

    @property
    def realm(self) -> str:
        """The realm that it is for."""
        return str(self.plan["realm"])

    def require_same(self, declared: Declared, plan: Plan, source: Source) -> None:
        """Raise MovedError, naming what moved, unless `plan` is this very plan, made of the same."""
        reasons = list(_moved(self.objects, digests(declared, plan)))
        if self.source.url.rstrip("/") != source.url.rstrip("/"):
            reasons.insert(0, f"the server is another: planned for {self.source.url}, this is {source.url}")
        if not reasons and _without_places(document(plan)) != _without_places(self.plan):
            reasons = ["its changes are others"]
        if not reasons and not _same_secrets(plan, self.secrets):
            names = sorted({secret.name for secret in _secrets(plan).values()})
            reasons = [f"a secret is not the planned one: {' or '.join(names)}"]
        if reasons:
            raise MovedError(reasons)


def write(path: Path, plan: Plan, declared: Declared, source: Source, calls: Iterable[Call]) -> None:
    """Save the plan, readable by its owner only. Raises ProvisioningError."""
    content = {
        "format": _FORMAT,
        **dataclasses.asdict(source),
        "plan": document(plan),
        "calls": [str(call) for call in calls],
        "objects": digests(declared, plan),
        "secrets": fingerprint.make(_PLACE, _together(plan)) if _secrets(plan) else "",
    }
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.write("\n")
    except OSError as error:
        raise ProvisioningError(f"cannot save the plan in {path}: {error.strerror}") from error


def read(path: Path) -> SavedPlan:
    """A saved plan. Raises ProvisioningError for anything that is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != _FORMAT:
            raise ProvisioningError(f"{path} is a plan of another version of this tool: plan again")
        return SavedPlan(
            Source(found["url"], found["configuration"], found["environment"]),
            found["plan"],
            tuple(Call(*call.split(" ", 1)) for call in found["calls"]),
            {name: (one, other) for name, (one, other) in found["objects"].items()},
            found["secrets"],
        )
    except OSError as error:
        raise ProvisioningError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProvisioningError(f"{path} is no saved plan: make one with `plan --out {path}`") from error


def digests(declared: Declared, plan: Plan) -> dict[str, tuple[str, str]]:
    """Every declared or changed object with a digest of it as declared and as observed; secrets apart."""
    hidden = frozenset(plan.observed.client_secrets.values()) - {""}
    found: dict[str, tuple[str, str]] = {}
    for kind in KINDS:
        desired, existing = kind.desired(declared), kind.existing(plan.observed)
        changed = [change.name for change in plan.changes if change.kind == kind.name]
        for name in dict.fromkeys([*desired, *changed]):
            sides = (_own(kind, side.get(name)) for side in (desired, existing))
            one, other = (_digest(side, hidden) for side in sides)
            found[f"{kind.name} {name}".strip()] = (one, other)
    return found


def _moved(then: Digests, now: Digests) -> Iterable[str]:
    absent = ("", "")
    names = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    for side, what in ((0, "the configuration"), (1, "the realm")):
        moved = [name for name in names if then.get(name, absent)[side] != now.get(name, absent)[side]]
        if moved:
            more = f" and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
            yield f"{what} has moved: {', '.join(moved[:_SHOWN])}{more}"


def _own(kind: Kind, value: Json) -> Json:
    """Only what the kind looks at: the realm's own representation holds every other kind's too."""
    if isinstance(kind.shape, Record) and isinstance(value, dict):
        return {name: value[name] for name in value if name in kind.shape.fields}
    return value


def _digest(value: Json, hidden: frozenset[str]) -> str:
    if value is None:
        return ""
    text = json.dumps(_canonical(value, hidden), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _canonical(value: Json, hidden: frozenset[str]) -> Json:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _canonical(child, hidden) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(child, hidden) for child in value]
    if isinstance(value, Secret) or (isinstance(value, str) and value in hidden):
        return "(secret)"
    return value


def _without_places(found: Mapping[str, Any]) -> Json:
    """The plan without files and lines: an added comment moves lines, and nothing else."""
    places = ("file", "line")
    return json.loads(
        json.dumps(found), object_hook=lambda each: {k: v for k, v in each.items() if k not in places}
    )


def _secrets(plan: Plan) -> dict[str, Secret]:
    return {
        f"{change.title} {path}": secret
        for change in plan.changes
        for field in change.fields
        for path, secret in secrets_in(field.after, field.path).items()
    }


def _together(plan: Plan) -> Secret:
    return Secret(json.dumps(sorted((place, secret.reveal()) for place, secret in _secrets(plan).items())))


def _same_secrets(plan: Plan, kept: str) -> bool:
    if not _secrets(plan):
        return not kept
    return fingerprint.matches(_PLACE, _together(plan), kept)

"""What a plan would do that nobody should do without saying so, and the refusal to do it: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from provisioning.change import Action
from provisioning.dangers import lockout, logins, security
from provisioning.dangers.base import ALL, DangerError, Facts, Rule
from provisioning.plan import Danger, Plan
from provisioning.resources import KINDS, retiring
from provisioning.resources.base import Declared

__all__ = [
    "ALL",
    "Danger",
    "DangerError",
    "Facts",
    "asks_for_users",
    "found",
    "most_changed",
    "names",
    "refuse",
]

MOST_CHANGED = 30
"""Per cent of the objects of a kind that an apply may change or delete without being asked, unless
`provisioning.mostChanged` says otherwise."""
_AT_LEAST = 10
_FEW = 5
_RULES: tuple[Rule, ...] = (
    security.of_realm,
    security.of_clients,
    security.of_user_profile,
    logins.of_change,
    lockout.of_change,
)


def most_changed(declared: Declared) -> int:
    """The share that the configuration sets, in per cent."""
    share = (declared.get("provisioning") or {}).get("mostChanged")
    return MOST_CHANGED if share is None else int(share)


def found(plan: Plan, facts: Facts, share: int = MOST_CHANGED) -> tuple[Danger, ...]:
    """Every danger of the plan, each once; `share` in per cent, as `most_changed` gives it. A realm that is
    yet to be made has nothing to lose."""
    dangers = [danger for change in plan.changes for rule in _RULES for danger in rule(change, facts)]
    dangers += _deletions(plan)
    dangers += _share(plan, share)
    return tuple(dict.fromkeys(dangers))


def asks_for_users(plan: Plan) -> bool:
    """Whether a danger's number is that of the realm's users, which is worth one more reading."""
    return any(
        change.kind == "user profile" or any(field.path == "passwordPolicy" for field in change.fields)
        for change in plan.changes
        if change.action is Action.UPDATE
    )


def refuse(dangers: Collection[Danger], allowed: Collection[str]) -> None:
    """Raise DangerError unless each is allowed by name, or all are."""
    left = [danger for danger in dangers if danger.name not in allowed]
    if left and ALL not in allowed:
        raise DangerError(left)


def names() -> list[str]:
    """Every name that `--allow` takes."""
    kinds = [_deletion(kind.name) for kind in KINDS if kind.prunable]
    others = [
        "wildcard-redirect-uri",
        "public-client-with-direct-grants",
        "verify-email-off",
        "brute-force-off",
        "plain-http",
        "password-policy-weaker",
        "user-profile-attribute-dropped",
        "user-profile-validator-dropped",
        "user-profile-demands-more",
        "change-login-flow",
        "lock-out",
        "many-changes",
    ]
    return [ALL, *others, *kinds]


def _deletions(plan: Plan) -> Iterator[Danger]:
    kinds = dict.fromkeys(change.kind for change in plan.changes if change.action is Action.DELETE)
    for kind in kinds:
        gone = [c.name for c in plan.changes if c.kind == kind and c.action is Action.DELETE]
        if kind == "authentication flow":
            gone = [name for name in gone if not retiring.made(name, plan.observed)]
        if not gone:
            continue
        more = f" and {len(gone) - _FEW} more" if len(gone) > _FEW else ""
        yield Danger(_deletion(kind), f"delete {len(gone)}: {', '.join(gone[:_FEW])}{more}")


def _deletion(kind: str) -> str:
    return f"delete-{kind.replace(' ', '-')}"


def _share(plan: Plan, share: int) -> Iterator[Danger]:
    touched = [change for change in plan.changes if change.action is not Action.CREATE]
    if len(touched) < _AT_LEAST:
        return
    kinds = {change.kind for change in touched}
    there = sum(len(kind.existing(plan.observed)) for kind in KINDS if kind.name in kinds)
    if 100 * len(touched) > share * there:
        words = f"change or delete {len(touched)} of the {there} objects of their kinds, more than {share}%"
        yield Danger("many-changes", words)
